"""The custom expectations: the same rows fail on pandas, SQLite and PostgreSQL, and the same as reconcile says."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.check.expectations.formulas import arithmetic, verdict
from etl.check.expectations.roles import TYPES, formula_of
from etl.check.expectations.sql import judged
from etl.check.reconcile import evaluate
from etl.model import Observation, Relation, RelationKind, RelationMembers
from tests.conftest import new_database
from tests.make import figure, observed

Row = Mapping[str, Any]
COMPLETE = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
RULES: dict[str, dict[str, Any]] = {
    "share": {"part": "x", "whole": "y", "share": "z"},
    "growth": {"now": "x", "earlier": "y", "growth": "z", "per": "per", "direction": "direction"},
    "sum": {"parts": ["x", "y"], "total": "z"},
    "product": {"terms": [["x", "y"], ["x"]], "total": "z"},
    "subset": {"part": "x", "whole": "z"},
    "equal": {"values": ["x", "y", "z"]},
}
TYPE_OF = {name: rule_type for rule_type, name in TYPES.items()}
OPERANDS = ("x", "y", "z")
COLUMNS = [f"{name}_{end}" for name in OPERANDS for end in ("low", "high")]


def rule(name: str, **changes: Any) -> dict[str, Any]:
    kwargs = RULES[name] | changes
    return {"type": TYPE_OF[name], "kwargs": kwargs, "severity": "warning", "meta": {"rule_id": name}}


def table_row(number: int, bounds: Sequence[tuple[Any, Any]], per: Any = 100, direction: str | None = None) -> Row:
    ends = dict(zip(COLUMNS, itertools.chain.from_iterable(bounds), strict=True))
    return {"row_id": f"r{number}", **ends, "per": per, "direction": direction}


def edge_rows() -> list[Row]:
    """Every combination of bounds that touch, overlap, are open, missing, zero or negative, and some at random."""
    d = Decimal
    cases = [
        (None, None), (d(0), d(0)), (d("0.1"), d("0.1")), (d("0.2"), d("0.3")), (None, d("0.3")), (d("0.3"), None),
        (d(-2), d(-1)), (d(50), d(100)),
    ]  # fmt: skip
    rows = [
        table_row(n, bounds, per=(100, 1000, None)[n % 7 % 3], direction=(None, "up", "down")[n % 3])
        for n, bounds in enumerate(itertools.product(cases, repeat=3))
    ]
    rng = random.Random(7)
    for n in range(
        len(rows), len(rows) + 300
    ):  # figures that nearly fit: the share, sum or product, a digit off or not
        whole, part = rng.randint(1, 9999), rng.randint(0, 9999)
        target = rng.choice(
            [d(part) * 100 / whole, d(part) * 100 / whole - 100, d(part + whole), d(part * whole + part)]
        )
        printed = round(target + rng.choice([d(0), d(0), d("0.1"), d("-0.05")]), 1)
        bounds = [(d(part), d(part)), (d(whole), d(whole)), (printed - d("0.05"), printed + d("0.05"))]
        rows.append(table_row(n, bounds, direction=rng.choice([None, "down"])))
    return rows


def suite(*rules: dict[str, Any]) -> Any:
    """Through JSON, as a file would bring it."""
    import great_expectations as gx

    import etl.check.expectations.reconciliation  # noqa: F401 - registers them

    made = gx.ExpectationSuite(name="t", expectations=[dict(r) for r in rules])
    loaded = gx.ExpectationSuite(**json.loads(json.dumps(made.to_json_dict())))
    assert len(loaded.expectations) == len(rules)
    return loaded


def context() -> Any:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    made = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = ProgressBarsConfig(globally=False)
    return made


def on_pandas(rows: Sequence[Row], checked: Any) -> dict[str, Any]:
    frame = pd.DataFrame(list(rows), dtype=object)
    frame.index = pd.Index(frame["row_id"].array)
    asset = context().data_sources.add_pandas("p").add_dataframe_asset("t")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    return {r.expectation_config.meta["rule_id"]: r for r in batch.validate(checked, result_format=COMPLETE).results}


def stored(url: str, rows: Sequence[Row]) -> None:
    engine = sa.create_engine(url)
    number: Any = sa.Float if engine.dialect.name == "sqlite" else sa.Numeric
    own = [sa.Column(name, number) for name in (*COLUMNS, "per")]
    table = sa.Table("t", sa.MetaData(), sa.Column("row_id", sa.Text), *own, sa.Column("direction", sa.Text))
    with engine.begin() as connection:
        table.drop(connection, checkfirst=True)
        table.create(connection)
        connection.execute(table.insert(), list(rows))
    engine.dispose()


def on_sql(url: str, rows: Sequence[Row], checked: Any) -> dict[str, Any]:
    stored(url, rows)
    sources = context().data_sources
    add = sources.add_sqlite if url.startswith("sqlite") else sources.add_postgres
    source = add("s", connection_string=url)
    batch = source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("all").get_batch()
    outcome = batch.validate(checked, result_format={**COMPLETE, "unexpected_index_column_names": ["row_id"]})
    source.get_engine().dispose()
    return {r.expectation_config.meta["rule_id"]: r for r in outcome.results}


def ids(listed: Sequence[Any]) -> list[str]:
    return sorted(i["row_id"] if isinstance(i, Mapping) else i for i in listed)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('gx') / 'figures.db'}"
    else:
        with new_database(request.getfixturevalue("postgres_cluster"), "gongbao_gx") as url:
            yield url


def assert_told(results: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """All failing ids and all undecided ones, as computed exactly."""
    assert set(results) == set(RULES)
    for name, result in results.items():
        assert "details" in result.result, result.exception_info
        told = {row["row_id"]: verdict(formula_of(name, RULES[name]), row) for row in rows}
        fails = sorted(i for i, v in told.items() if v == "fails")
        undecided = sorted(i for i, v in told.items() if v == "undecidable")
        assert ids(result.result["unexpected_index_list"]) == fails, name
        assert ids(result.result["details"]["undecided_index_list"]) == undecided, name
        assert result.result["details"]["evaluated"] == len(rows) - len(undecided)
        assert len(fails) > 20  # more than Great Expectations lists of its own accord
        assert not result.success


def test_pandas_names_every_failing_and_every_undecided_row() -> None:
    rows = edge_rows()
    assert_told(on_pandas(rows, suite(*map(rule, RULES))), rows)


def test_databases_name_the_same_rows(database: str) -> None:
    rows = edge_rows()
    assert_told(on_sql(database, rows, suite(*map(rule, RULES))), rows)


def test_a_condition_is_applied_before(database: str) -> None:
    rows = edge_rows()
    from great_expectations.expectations.row_conditions import Column

    checked = suite(rule("share", row_condition=Column("direction") == "down"))
    down = [r for r in rows if r["direction"] == "down"]
    formula = formula_of("share", RULES["share"])
    expected = sorted(r["row_id"] for r in down if verdict(formula, r) == "fails")
    for results in (on_pandas(rows, checked), on_sql(database, rows, checked)):
        assert ids(results["share"].result["unexpected_index_list"]) == expected
        assert results["share"].result["details"]["candidates"] == len(down)


def decimals(places: int, largest: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-largest // 20, largest).map(lambda n: Decimal(n).scaleb(-places))


def intervals(places: int, largest: int) -> st.SearchStrategy[tuple[Decimal | None, Decimal | None]]:
    """Points, intervals, half-open ones and missing ones."""
    number = decimals(places, largest)
    width = st.integers(0, 20).map(lambda n: Decimal(n).scaleb(-places))
    closed = st.tuples(number, width).map(lambda p: (p[0], p[0] + p[1]))
    half = st.one_of(number.map(lambda n: (n, None)), number.map(lambda n: (None, n)))
    return st.one_of(closed, closed, closed, half, st.just((None, None)))


def tables(largest: int) -> st.SearchStrategy[list[Row]]:
    bounds = st.tuples(intervals(0, largest), intervals(0, largest), intervals(1, 10 * largest))
    row = st.tuples(bounds, st.sampled_from([100, 1000, None]), st.sampled_from([None, "up", "down"]))
    return st.lists(row, min_size=1, max_size=40).map(
        lambda found: [table_row(n, *parts) for n, parts in enumerate(found)]
    )


def assert_sql_agrees(url: str, rows: list[Row]) -> None:
    stored(url, rows)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for name, parameters in RULES.items():
            formula = formula_of(name, parameters)
            told = judged(formula, engine.dialect.name)
            query = sa.select(sa.column("row_id"), told.fails, told.decided).select_from(sa.table("t"))
            answers = {i: (f, d) for i, f, d in connection.execute(query)}
            for row in rows:
                expected = verdict(formula, row)
                assert answers[row["row_id"]] == (expected == "fails", expected != "undecidable"), (name, row)
    engine.dispose()


@settings(max_examples=25, deadline=None)
@given(rows=tables(largest=20_000))
def test_sql_agrees_with_exact_arithmetic(database: str, rows: list[Row]) -> None:
    """Floats, too: what a bound touches does not fail, and what misses it by a printed digit does."""
    assert_sql_agrees(database, rows)


@settings(max_examples=200, deadline=None)
@given(rows=tables(largest=10**14), name=st.sampled_from(sorted(RULES)))
def test_rows_are_judged_as_relations_are(rows: list[Row], name: RelationKind) -> None:
    """The expectations and ``reconcile.evaluate``, which writes the verdict into the warehouse, can't part."""
    for row in rows:
        bounds = [(row[f"{o}_low"], row[f"{o}_high"]) for o in OPERANDS]
        if (None, None) in bounds or row["per"] is None:
            continue
        x, y, z = (interval(n * 10, *pair) for n, pair in enumerate(bounds))
        z = replace(z, unit="‰" if row["per"] == 1000 else "%", direction=row["direction"])
        members = {
            "share": RelationMembers(part=x.place, whole=y.place, share=z.place),
            "growth": RelationMembers(part=x.place, whole=y.place, share=z.place),
            "sum": RelationMembers(parts=(x.place, y.place), total=z.place),
            "product": RelationMembers(terms=((x.place, y.place), (x.place,)), total=z.place),
            "subset": RelationMembers(part=x.place, whole=z.place),
            "equal": RelationMembers(parts=(x.place, z.place)),
        }[name]
        parameters = RULES[name] | ({"per": "per"} if name == "share" else {})
        if name == "equal":
            parameters = {"values": ["x", "z"]}
        told = evaluate(Relation(name, members), {o.place: o for o in (x, y, z)})
        assert verdict(formula_of(name, parameters), row) == told.verdict


def interval(at: int, low: Decimal | None, high: Decimal | None) -> Observation:
    (made,) = observed(figure("1", at=at))
    value = low if low is not None else high
    return replace(made, obs_low=low, obs_high=high, obs_value=value or Decimal(0))


@pytest.mark.parametrize("rows", [[], [table_row(0, [(None, None)] * 3)]])
def test_nothing_evaluated_is_a_failure(database: str, rows: list[Row]) -> None:
    checked = suite(rule("share"), rule("sum", min_evaluated=0))
    results = [on_sql(database, rows, checked)] if rows else []
    results.append(on_pandas(rows or [table_row(0, [(None, None)] * 3)], checked))
    for result in results:
        assert not result["share"].success
        assert result["share"].result["unexpected_count"] == 0
        assert result["sum"].success


def test_the_least_share_is_held_to() -> None:
    fitting = [(Decimal(1), Decimal(1)), (Decimal(2), Decimal(2)), (Decimal(50), Decimal(50))]
    rows = [table_row(n, fitting if n < 8 else [(None, None)] * 3) for n in range(10)]
    assert on_pandas(rows, suite(rule("share", min_evaluated_share=0.8)))["share"].success
    assert not on_pandas(rows, suite(rule("share", min_evaluated_share=0.81)))["share"].success
    assert not on_pandas(rows, suite(rule("share", min_evaluated=9)))["share"].success


@pytest.mark.parametrize(
    "kwargs",
    [
        {"part": "x", "whole": "y"},
        {"part": "x", "whole": "y", "share": "z", "column_list": ["x_low", "x_high"]},
        {"part": "x", "whole": "y", "share": "z", "min_evaluated_share": 1.5},
        {"part": "x", "whole": "y", "share": "z", "tolerance": 0.5},
    ],
)
def test_wrong_parameters_are_refused(kwargs: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"needs share|column_list must|between 0 and 1|tolerance"):
        suite({**rule("share"), "kwargs": kwargs})


@pytest.mark.parametrize(
    ("name", "bounds", "text"),
    [
        ("share", [(72, 72), (153, 153), (47.05, 47.15)], "72 ÷ 153 = 47.06%，应为 47.1±0.05%，成立"),
        ("share", [(22, 22), (65, 65), (69.5, 70.5)], "22 ÷ 65 = 33.85%，应为 70±0.5%，不成立"),
        ("growth", [(110, 110), (100, 100), (9.95, 10.05)], "110 ÷ 100 − 1 = 10%，应为 10±0.05%，成立"),
        ("sum", [(180, 190), (300, None), (400, 500)], "185±5 + ≥300 = 485，应为 450±50，无法判定"),
        ("sum", [(1, 1), (None, None), (4, 4)], "1、（缺）、4，无法判定"),
        ("product", [(3, 3), (4, 4), (14, 14)], "3 × 4 + 3 = 15，应为 14，不成立"),
        ("subset", [(5, 5), (1, 1), (4, 4)], "5 > 4，不成立"),
        ("equal", [(5, 5), (4, 6), (7, 8)], "5 = 5±1 = 7.5±0.5，不成立"),
    ],
)
def test_arithmetic_is_written_out(name: str, bounds: list[tuple[Any, Any]], text: str) -> None:
    assert arithmetic(formula_of(name, RULES[name]), table_row(0, bounds)) == text


def test_data_docs_tell_it_in_chinese(tmp_path: Path) -> None:
    from great_expectations.render.renderer.page_renderer import (
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view.view import DefaultJinjaPageView

    rows = [table_row(0, [(22, 22), (65, 65), (69.5, 70.5)]), table_row(1, [(None, None)] * 3)]
    checked = suite(rule("share"), rule("product", min_evaluated=2), rule("sum", min_evaluated_share=0.5))
    frame_result = on_pandas(rows, checked)
    import great_expectations as gx

    names = ("evaluated_expectations", "successful_expectations", "unsuccessful_expectations", "success_percent")
    whole = gx.core.ExpectationSuiteValidationResult(
        success=False,
        results=list(frame_result.values()),
        suite_name="t",
        statistics=dict(zip(names, (3, 0, 3, 0.0), strict=True)),
        meta={"active_batch_definition": {"datasource_name": "p"}, "run_id": None},
    )
    page = DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(whole))
    assert "22 ÷ 65 = 33.85%，应为 70±0.5%，不成立" in page
    assert "2 行中判定了 1 行，1 行不成立" in page
    assert "判定得太少" in page
    prescribed = DefaultJinjaPageView().render(ExpectationSuitePageRenderer().render(checked))
    assert "x ÷ y 应等于 z；至少要能判定 1 行" in prescribed
    assert "x × y + x 应等于 z" in prescribed
    assert "且不少于 50%" in prescribed
