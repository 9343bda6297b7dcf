"""What is prepared once for all frames says what Great Expectations says by itself."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
import pytest
from great_expectations.data_context.types.base import ProgressBarsConfig

from etl.check.evaluation import groups, gx_suite
from etl.check.frames import FileRows, Rows
from etl.check.gate import check
from etl.check.suites import FRAMES, Suite, load_suite
from etl.model import Area, Observation, Period
from tests.check.test_gate import SUITES, relations_of
from tests.check.test_suites import rule, written
from tests.make import SHA, figure, observed

FAULTS: tuple[dict[str, Any], ...] = (
    {"unit": None, "unit_measure": None},
    {"unit_measure": None},
    {"area": Area(printed="鼓楼区", unresolved=True)},
    {"area": Area()},
    {"area": Area("999999", "无此地")},
    {"period": Period()},
    {"period": Period("2024年")},
    {"label": ""},
    {"kind": "share", "unit": "%", "obs_value": Decimal("104.3")},
    {"kind": "share", "unit": "‰", "obs_value": Decimal(1200)},
    {"kind": "growth", "unit": "%", "direction": "down", "obs_value": Decimal(130)},
    {"kind": "growth", "unit": "%", "obs_value": Decimal(4000)},
    {"kind": "pp_change", "unit": "百分点", "obs_value": Decimal(130)},
    {"kind": "rate", "unit": "‰", "obs_value": Decimal(1300)},
    {"obs_low": Decimal(2), "obs_high": Decimal(1)},
    {"obs_low": None, "obs_high": None},
    {"confidence": 0.1},
    {"observation_id": "twice"},
    {"place": figure(at=0).place},
)


def rows_of(suite: Suite) -> Rows:
    """Rows of which every rule that looks at one alone finds some faulty and some sound."""
    rng = random.Random(11)
    if suite.frame == "relation":
        return Rows(suite.frame, [FileRows(SHA, *relations_of(400))])
    sound = observed(*(figure(str(rng.randint(1, 99)), at=n * 20) for n in range(300)))
    faulty = [replace(o, **rng.choice(FAULTS)) if n % 3 else o for n, o in enumerate(sound)]
    return Rows(suite.frame, [FileRows(SHA, tuple(faulty), ())])


def by_great_expectations(suite: Suite, frame: pd.DataFrame) -> dict[str, tuple[bool, list[int]]]:
    """By its documented way, with its own conditions: rule → success and failing rows."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    validated = batch.validate(gx_suite(suite), result_format={"result_format": "COMPLETE"})
    assert len(validated.results) == len(suite.rules)
    return {
        r.expectation_config.meta["rule_id"]: (bool(r.success), sorted(r.result["unexpected_index_list"] or []))  # type: ignore[union-attr,index]
        for r in validated.results
    }


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_each_rule_fails_the_rows_that_great_expectations_names(suite: Suite) -> None:
    rows = rows_of(suite)
    frame = rows.frame(sorted(FRAMES[suite.frame]))
    expected = by_great_expectations(suite, frame)
    terms: dict[Any, Any] = {}
    found = {}
    for group in groups(suite):
        spoken_of = group.candidates(frame, terms)
        for prepared, told in zip(group.rules, group.evaluate(spoken_of), strict=True):
            assert not told.error, prepared.rule.rule_id
            found[prepared.rule.rule_id] = (told.success, sorted(told.result["unexpected_index_list"]))
    assert found == expected
    assert sum(bool(failing) for _, failing in found.values()) > len(suite.rules) * 0.7


def test_one_preparation_serves_frame_after_frame() -> None:
    """Nothing of one frame is left for the next."""
    (suite,) = (s for s in SUITES if s.frame == "observation")
    bad: tuple[Observation, ...] = observed(figure(unit=None), figure("7", at=40))
    good: tuple[Observation, ...] = observed(figure("6"), figure("7", at=40))
    first, second, third = (check([FileRows(SHA, rows, ())], [suite])[0] for rows in (bad, good, bad))
    assert [f.rule_id for f in first.findings] == ["OBS-UNIT"]
    assert second.findings == ()
    assert third == first


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            rule(type="expect_column_values_to_match_regex", kwargs={"column": "text", "regex": "("}),
            "Invalid regular expression",
        ),
        (
            rule(kwargs={"column": "obs_value", "min_value": 9, "max_value": 1}),
            "min_value cannot be greater than max_value",
        ),
        (
            rule(type="expect_column_mean_to_be_between", kwargs={"column": "obs_value", "min_value": 10**9}),
            "it failed without naming rows",
        ),
    ],
)
def test_an_error_tells_its_reason_and_costs_no_other_rule(tmp_path: Path, entry: Any, message: str) -> None:
    entry["meta"]["when"] = {}
    other = rule(
        type="expect_column_values_to_not_be_null", kwargs={"column": "unit"}, meta={"rule_id": "T-2", "when": {}}
    )
    suite = load_suite(written(tmp_path, entry, other))
    (verdict,) = check([FileRows(SHA, observed(figure(unit=None)), ())], [suite])
    broken, sound = verdict.results
    assert (broken.status, sound.status) == ("error", "failed")
    assert message in broken.message
