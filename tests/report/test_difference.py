"""What a run changed: new facts, contradictions between files, rows that a recheck moved, and the last publication."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.model import Period
from etl.report.build import render
from etl.report.data import Published, ReportData
from etl.report.published import last_publication
from etl.report.queries import load_report_data
from etl.report.write import with_publication
from etl.warehouse import schema
from etl.warehouse.change import change
from tests.report.conftest import Builder, observation, span


@pytest.fixture
def builder(warehouse_url: str, tmp_path: Path) -> Iterator[Builder]:
    made = Builder(tmp_path, warehouse_url)
    yield made
    made.engine.dispose()


def bulletin(builder: Builder, run_id: str, name: str, printed: str, low: str, high: str) -> None:
    """A file that gives the number of households of 2023."""
    body = f"{name}：2023年共有{printed}户。"
    row = observation(
        span(body, f"{printed}户"), f"{printed}户", source=name, series_key="户", label="户数",
        obs_value=Decimal(low), obs_low=Decimal(low), obs_high=Decimal(high),
        period=Period("2023", "text"),
    )  # fmt: skip
    builder.put(run_id, name, body, numerals=1, numerals_loaded=1, loaded=(row,))


def test_a_later_file_that_says_otherwise_is_named(builder: Builder) -> None:
    first = builder.run()
    bulletin(builder, first, "公报.txt", "76000", "76000", "76000")
    builder.finish(first)
    second = builder.run()
    bulletin(builder, second, "年鉴.txt", "78000", "78000", "78000")
    builder.finish(second)

    data = load_report_data(builder.engine, second)

    assert (data.difference.new_files, data.difference.new_facts) == (1, 1)
    (revision,) = data.difference.revisions
    assert (revision.old, revision.new, revision.old_file) == (Decimal(76000), Decimal(78000), "公报.txt")
    page = render(data, builder.archive_dir)
    assert "76,000" in page
    assert "与其他现行文件不一致的数值" in page
    assert load_report_data(builder.engine, first).difference.revisions == (), "told once, by the file that came later"


@pytest.mark.parametrize(("printed", "low", "high"), [("7.6万", "75500", "76500"), ("76012", "76012", "76012")])
def test_what_rounding_explains_is_no_contradiction(builder: Builder, printed: str, low: str, high: str) -> None:
    first = builder.run()
    bulletin(builder, first, "公报.txt", "76012", "76012", "76012")
    second = builder.run()
    bulletin(builder, second, "年鉴.txt", printed, low, high)
    assert load_report_data(builder.engine, second).difference.revisions == ()


def test_a_file_read_again_is_no_new_file(builder: Builder) -> None:
    for _ in range(2):
        run_id = builder.run()
        builder.report(run_id)
        builder.finish(run_id)
    assert load_report_data(builder.engine, run_id).difference.new_files == 0


def test_rows_that_a_recheck_moved_are_counted(builder: Builder) -> None:
    first = builder.run()
    builder.report(first)
    builder.finish(first)
    second = builder.run()
    o, q, r = schema.observation, schema.quarantine, schema.ingest_run
    with builder.engine.begin() as connection:
        connection.execute(r.update().where(r.c.run_id == second).values(arguments={"recheck": {}}))
        with change(connection, "recheck", second, None) as ours:
            ours.is_new = True
            moved = {"run_id": second, "version_from": ours.version}
            connection.execute(o.update().where(o.c.text == "54家").values(moved))
            connection.execute(q.update().values(moved))
    builder.finish(second)

    data = load_report_data(builder.engine, second)

    assert (data.difference.released, data.difference.newly_held) == (1, 2)
    assert "放行 1 行，新转待核 2 行" in render(data, None)


def publish(folder: Path, facts: list[tuple[str, str, str]], **about: Any) -> None:
    """A publication as ``etl publish`` leaves it: (series key, period, source)."""
    latest = folder / "latest"
    latest.mkdir(parents=True)
    values = {"published_at": "2026-11-19T08:30:00+08:00", "rows": len(facts), "facts": len(facts)}
    (latest / "publication.json").write_text(json.dumps(values | about), encoding="utf-8")
    with (latest / "current_observation.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["series_key", "time_period", "source"])
        writer.writerows(facts)


def told(builder: Builder, folder: Path) -> tuple[Published | None, str]:
    data: ReportData = with_publication(builder.engine, load_report_data(builder.engine, None), folder)
    return data.published, render(data, None)


def test_the_guard_tells_what_is_gone_and_what_to_do(builder: Builder, tmp_path: Path) -> None:
    run_id = builder.run()
    bulletin(builder, run_id, "公报.txt", "76000", "76000", "76000")
    publish(tmp_path / "exports", [("户", "2023", "公报.txt"), ("人", "2023", "旧表.xls"), ("人", "", "旧表.xls")])

    published, page = told(builder, tmp_path / "exports")

    assert published is not None
    assert (published.facts, published.gone, published.sources) == (3, 2, (("旧表.xls", 2),))
    assert published.is_guarded
    assert "发布已拦下" in page
    assert "etl publish --confirm-loss" in page


def test_nothing_gone_means_it_can_be_published(builder: Builder, tmp_path: Path) -> None:
    run_id = builder.run()
    bulletin(builder, run_id, "公报.txt", "76000", "76000", "76000")
    publish(tmp_path / "exports", [("户", "2023", "公报.txt")], loss_confirmed=True)
    published, page = told(builder, tmp_path / "exports")
    assert published is not None
    assert not published.is_guarded
    assert "都还在，可以发布" in page


@pytest.mark.parametrize("broken", [None, "{", "{}", '{"published_at": "x", "rows": 1, "facts": 1}'])
def test_without_a_readable_publication_the_report_appears(
    builder: Builder, tmp_path: Path, broken: str | None
) -> None:
    builder.run()
    if broken is not None:
        publish(tmp_path / "exports", [])
        (tmp_path / "exports" / "latest" / "publication.json").write_text(broken, encoding="utf-8")
    assert last_publication(builder.engine, tmp_path / "exports", 0.05) is None
