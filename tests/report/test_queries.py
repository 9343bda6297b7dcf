"""What the report says must be what the warehouse holds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.errors import UsageError
from etl.model import Finding
from etl.report.build import render
from etl.report.issues import sample_size
from etl.report.machine import as_json
from etl.report.queries import load_report_data
from tests.report.conftest import Builder, observation, span


@pytest.fixture
def builder(warehouse_url: str, tmp_path: Path) -> Iterator[Builder]:
    """Every query runs on SQLite and on PostgreSQL."""
    made = Builder(tmp_path, warehouse_url)
    yield made
    made.engine.dispose()


def test_a_run_is_told_completely(builder: Builder) -> None:
    run_id = builder.run(seen=5, known=1, problems=["manifest.csv line 7: broken"])
    builder.standard(run_id)
    builder.finish(run_id, "failed")

    data = load_report_data(builder.engine, run_id)

    assert data.scope == "run"
    assert data.run.problems == ("manifest.csv line 7: broken",)
    t = data.totals
    assert (t.files, t.files_loaded, t.files_blocked, t.files_failed) == (4, 2, 1, 1)
    assert (t.numerals, t.numerals_loaded, t.numerals_held, t.numerals_ignored) == (11, 6, 3, 1)
    assert data.warehouse == t
    assert data.previous is None
    assert [f.status for f in data.files] == ["failed", "blocked", "loaded", "loaded"], "trouble comes first"
    assert data.ignored == (("date", 1),)
    assert data.unmapped_rows == 5
    assert data.findings_by_severity == {"block": 1, "quarantine": 3, "warn": 4}


def test_a_held_row_carries_all_its_findings(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)

    data = load_report_data(builder.engine, run_id)

    by_text = {issue.row.text: [f.rule_id for f in issue.findings] for issue in data.held}
    assert by_text == {"900": ["OBS-SUSPECT"], "90%": ["OBS-SUSPECT"], "312": ["OBS-UNIT", "OBS-AREA"]}
    assert [i.row.text for i in data.warned] == ["3000余份"], "warnings of loaded rows stand apart"
    assert [f.rule_id for f in data.loose] == ["OBS-KEY"], "a row of a blocked file is nowhere stored"


def test_a_failing_relation_meets_its_finding(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)

    relations = {r.kind: r for r in load_report_data(builder.engine, run_id).relations}

    assert set(relations) == {"share", "sum"}
    assert [f.rule_id for f in relations["sum"].findings] == ["REL-SUM"]
    assert [(role, str(p)) for role, p in relations["sum"].members] == [
        ("total", "csv!B4"),
        ("parts", "csv!B5"),
        ("parts", "csv!B6"),
    ]
    assert relations["sum"].computed_low == Decimal(800)


def test_rules_are_summed_over_files_and_runs(builder: Builder) -> None:
    first = builder.run()
    builder.sheet(first)
    builder.finish(first)
    second = builder.run()
    builder.report(second)
    builder.finish(second)

    rules = {r.rule_id: r for r in load_report_data(builder.engine, second).rules}

    unit = rules["OBS-UNIT"]
    assert (unit.candidates, unit.evaluated, unit.failed, unit.findings) == (6, 6, 1, 1)
    assert [(p.run_id, p.evaluated, p.failed) for p in unit.history] == [(first, 3, 0), (second, 6, 1)]
    assert rules["OBS-SHARE"].coverage is None
    assert rules["OBS-SHARE"].failing_share is None


def test_the_previous_completed_run_is_the_measure(builder: Builder) -> None:
    first = builder.run()
    builder.sheet(first)
    builder.finish(first)
    builder.finish(builder.run(), "failed")
    third = builder.run()
    builder.report(third)

    data = load_report_data(builder.engine, third)

    assert data.previous is not None
    assert data.previous.run_id == first
    assert (data.previous_totals.numerals, data.totals.numerals, data.warehouse.numerals) == (3, 7, 10)
    assert data.held_before == 1


def test_a_run_without_new_files_tells_the_state_of_the_warehouse(builder: Builder) -> None:
    first = builder.run()
    builder.standard(first)
    second = builder.run(seen=4, known=4)

    data = load_report_data(builder.engine, second)

    assert data.scope == "warehouse"
    assert data.totals.files == 0
    assert len(data.files) == 4
    assert len(data.held) == 3


def test_new_content_under_a_path_is_compared_fact_by_fact(builder: Builder) -> None:
    first = builder.run()
    builder.sheet(first, total="800")
    second = builder.run()
    builder.sheet(second, total="900")

    (change,) = load_report_data(builder.engine, second).changes

    assert (change.old_facts, change.same, change.changed, change.added, change.gone) == (3, 2, 1, 0, 0)
    (example,) = change.examples
    assert (example.old, example.new) == (Decimal(800), Decimal(900))
    assert load_report_data(builder.engine, first).changes == ()


def test_the_number_of_queries_does_not_grow_with_the_findings(builder: Builder) -> None:
    run_id = builder.run()
    builder.report(run_id)
    seen: list[str] = []
    sa.event.listen(builder.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    load_report_data(builder.engine, run_id)
    few = len(seen)
    builder.standard(run_id)
    seen.clear()
    load_report_data(builder.engine, run_id)
    assert len(seen) == few


def test_the_page_is_made_from_either_database(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)
    builder.finish(run_id, "failed")

    data = load_report_data(builder.engine, run_id)

    assert "83.07 至 83.08" in render(data, builder.archive_dir)
    assert as_json(data)


@pytest.mark.parametrize(
    ("counts", "limit", "expected"),
    [((3, 4), 7, None), ((), 5, None), ((10, 10), 10, 5), ((2, 100), 12, 10), ((1, 1, 1), 2, 1), ((9,) * 4, 3, 1)],
)
def test_a_sample_uses_what_small_groups_leave(counts: tuple[int, ...], limit: int, expected: int | None) -> None:
    assert sample_size(counts, limit) == expected


def test_too_many_findings_give_a_sample_of_every_rule_and_exact_counts(builder: Builder) -> None:
    run_id = builder.run()
    body = "".join(f"第{n}村{n}件。" for n in range(100, 150))
    rows = [observation(span(body, f"{n}件"), f"{n}件") for n in range(100, 150)]
    findings = [Finding("OBS-UNIT", "quarantine", "单位", r.observation_id) for r in rows]
    findings += [Finding("OBS-AREA", "warn", "地区", r.observation_id) for r in rows[:3]]
    builder.put(
        run_id, "村.txt", body, numerals=50, numerals_held=50, held=tuple(rows), findings=tuple(findings),
    )  # fmt: skip

    data = load_report_data(builder.engine, run_id, limit=10)

    assert not data.is_complete
    assert 7 <= len(data.held) <= 10
    assert sum(len(i.findings) == 2 for i in data.held) == 3, "a row keeps all its findings"
    assert data.findings_by_severity == {"block": 0, "quarantine": 50, "warn": 3}
    assert data.totals.rows_held == 50


def test_an_unknown_run_names_known_ones(builder: Builder) -> None:
    run_id = builder.run()
    assert load_report_data(builder.engine, None).run.run_id == run_id
    assert load_report_data(builder.engine, run_id[:8]).run.run_id == run_id
    with pytest.raises(UsageError, match=run_id):
        load_report_data(builder.engine, "nowhere")
