"""Suites are loaded strictly: whatever GX would drop or let pass unseen is an error with file and rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from etl.check.evaluation import gx_suite
from etl.check.suites import Suite, load_suite, load_suites
from etl.errors import SuiteError
from etl.settings import Settings


def rule(**changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "obs_value", "min_value": 0, "max_value": 100},
        "severity": "critical",
        "description": "比重在 0–100 之间",
        "meta": {"rule_id": "T-1", "on_fail": "quarantine", "message": "{text} 越界", "when": {"kind": ["share"]}},
    }
    meta = changes.pop("meta", {})
    return entry | changes | {"meta": entry["meta"] | meta}


def written(tmp_path: Path, *rules: dict[str, Any]) -> Path:
    path = tmp_path / "observation.json"
    suite = {"name": "t", "meta": {"frame": "observation"}, "expectations": list(rules)}
    path.write_text(json.dumps(suite, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_projects_own_suites_load_and_gx_keeps_every_rule() -> None:
    suites = load_suites(Settings().suites_dir)
    assert {s.frame for s in suites} == {"observation", "relation"}
    for suite in suites:
        assert len(gx_suite(suite).expectations) == len(suite.rules) > 0


def test_an_unknown_rule_type_is_an_error_not_a_dropped_rule(tmp_path: Path) -> None:
    suite = load_suite(written(tmp_path, rule(), rule(type="expect_colum_values_to_exist", meta={"rule_id": "T-2"})))
    with pytest.raises(SuiteError, match="T-2"):
        gx_suite(suite)


def test_wrong_arguments_are_an_error(tmp_path: Path) -> None:
    suite = load_suite(written(tmp_path, rule(kwargs={"column": "obs_value", "minimum": 0})))
    with pytest.raises(SuiteError):
        gx_suite(suite)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (rule(severity="fatal"), "severity"),
        (rule(meta={"rule_id": ""}), "rule_id"),
        (rule(meta={"on_fail": "ignore"}), "on_fail"),
        (rule(meta={"message": ""}), "message"),
        (rule(meta={"message": "{valeu} 越界"}), "valeu"),
        (rule(meta={"wen": {}}), "wen"),
        (rule(meta={"when": {"kind": ["shares"]}}), "shares"),
        (rule(meta={"when": {"kin": ["share"]}}), "kin"),
        (rule(meta={"when": {"kind": []}}), "kind"),
        (rule(kwargs={"column": "value", "min_value": 0}), "value"),
        (rule(type="expect_part_not_to_exceed_whole", kwargs={"part": "obs"}), "whole"),
        (rule(type="expect_part_not_to_exceed_whole", kwargs={"part": "obs", "whole": "sum"}), "sum_low"),
    ],
)
def test_doubtful_rules_name_themselves(tmp_path: Path, entry: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SuiteError, match=complaint) as error:
        load_suite(written(tmp_path, entry))
    assert "observation.json" in str(error.value)


def test_an_empty_suite_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no rules"):
        load_suite(written(tmp_path))


def test_rule_ids_are_unique(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="twice"):
        load_suite(written(tmp_path, rule(), rule()))


def test_a_folder_without_suites_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no suite"):
        load_suites(tmp_path)


def test_broken_json_says_where(tmp_path: Path) -> None:
    path = tmp_path / "observation.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SuiteError, match=r"observation\.json"):
        load_suite(path)


def test_the_version_follows_the_check_not_its_wording(tmp_path: Path) -> None:
    def version(entry: dict[str, Any]) -> str:
        suite: Suite = load_suite(written(tmp_path, entry))
        return suite.rules[0].version

    assert version(rule()) == version(rule(description="换一种说法"))
    assert version(rule()) != version(rule(meta={"when": {"kind": ["growth"]}}))
