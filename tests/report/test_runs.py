"""What earlier runs brought stays what it was, whatever later runs do to their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.report.build import render
from etl.report.charts import history
from etl.report.data import RuleLine
from etl.report.queries import load_report_data
from etl.warehouse import schema
from tests.report.conftest import Builder


@pytest.fixture
def builder(warehouse_url: str, tmp_path: Path) -> Iterator[Builder]:
    made = Builder(tmp_path, warehouse_url)
    yield made
    made.engine.dispose()


def rule(builder: Builder, run_id: str, rule_id: str) -> RuleLine:
    return {r.rule_id: r for r in load_report_data(builder.engine, run_id).rules}[rule_id]


def test_a_file_read_again_does_not_change_the_history(builder: Builder) -> None:
    runs = []
    for _ in range(3):
        run_id = builder.run()
        builder.report(run_id)
        builder.finish(run_id)
        runs.append(run_id)

    unit = rule(builder, runs[-1], "OBS-UNIT")

    assert [(p.run_id, p.candidates, p.evaluated, p.failed) for p in unit.history] == [(r, 6, 6, 1) for r in runs]
    first = load_report_data(builder.engine, runs[0])
    assert (first.totals.files, first.totals.numerals, first.read_later) == (1, 7, 1)
    assert "1 个文件此后又被重新读入" in render(first, None)
    last = load_report_data(builder.engine, runs[2])
    assert last.previous is not None
    assert last.previous.run_id == runs[1]
    assert last.previous_totals.numerals == last.totals.numerals == 7


def test_the_totals_of_a_run_are_stored_when_it_ends(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)
    table = schema.ingest_run
    query = sa.select(table.c.totals).where(table.c.run_id == run_id)
    with builder.engine.connect() as connection:
        assert connection.scalar(query) is None
    before = load_report_data(builder.engine, run_id)
    builder.finish(run_id)

    with builder.engine.connect() as connection:
        totals = connection.scalar(query)

    assert totals["files"]["numerals"] == 11
    assert totals["rules"]["REL-SHARE"] == {"candidates": 1, "evaluated": 1, "failed": 1}
    assert load_report_data(builder.engine, run_id).totals == before.totals


def test_a_run_that_failed_in_part_is_compared_with_too(builder: Builder) -> None:
    first = builder.run()
    builder.standard(first)
    builder.finish(first, "failed")
    builder.run()  # killed: it never ended
    third = builder.run()
    previous = load_report_data(builder.engine, third).previous
    assert previous is not None
    assert previous.run_id == first


def test_charts_say_their_values_and_leave_gaps(builder: Builder) -> None:
    for total in ("800", "810"):
        run_id = builder.run()
        builder.sheet(run_id, total)
        builder.finish(run_id)
    run_id = builder.run()
    builder.report(run_id)
    builder.finish(run_id)
    unit, share = rule(builder, run_id, "OBS-UNIT"), rule(builder, run_id, "OBS-SHARE")

    chart = str(history(unit, "failing"))
    assert chart.count("<rect") == 3
    assert "11.1 %" not in chart
    assert "16.7 %" in chart
    assert str(history(unit, "coverage")).count('height="16.0"') == 3
    assert history(share, "evaluated") == "", "no row in any run"


def test_the_warehouse_is_compared_with_what_it_was_after_the_run_before(builder: Builder) -> None:
    first = builder.run()
    builder.sheet(first)
    builder.finish(first)
    second = builder.run()
    builder.report(second)
    builder.finish(second)
    third = builder.run()
    builder.sheet(third, "850")  # in the place of the first sheet
    builder.finish(third)

    data = load_report_data(builder.engine, second)

    assert data.warehouse_before is not None
    assert data.warehouse_after is not None
    assert (data.warehouse_before.numerals, data.warehouse_after.numerals) == (3, 10)
    page = render(data, None)
    assert '<td>10</td><td><b class="moved">+7</b></td><td>7</td><td>3</td>' in page
    assert load_report_data(builder.engine, first).warehouse_before is None
