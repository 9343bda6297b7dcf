"""The road of files into the warehouse, without Prefect, on both databases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import ingest, reading
from etl.check.suites import load_suites
from etl.ingest import FileSummary
from etl.landing import discover
from etl.settings import Settings
from etl.warehouse import schema
from etl.warehouse.load import finish_run, start_run
from tests.dump import accounting, content

REPORT = """某省总工会：2024年全省新增高技能人才3.2万人，其中女性1.1万人，占34.4%。
截至2024年末，全省技能人才总量达到120万余人，比上年增长5.5%。会议由王一主持，第三次全体会议于5月8日召开。
"""
MANIFEST = "file,title,publisher,region_code,published_on\nreport.txt,产改简报,湖北省总工会,420000,2025-01\n"
TABLE = "表1 2023年技能人才情况\n单位：万人\n地区,技能人才,高技能人才\n全市,100,40\n西陵区,60,25\n伍家岗区,40,15\n"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    (folder / "report.txt").write_text(REPORT, encoding="utf-8")
    (folder / "manifest.csv").write_text(MANIFEST, encoding="utf-8")
    (folder / "宜昌.csv").write_text(TABLE, encoding="gb18030")
    return folder


def run(engine: sa.Engine, landing: Path, *, full: bool = False) -> tuple[ingest.Plan, tuple[FileSummary, ...]]:
    """What the flow does, in a row."""
    plan = ingest.plan(discover([str(landing)]), landing.parent / "archive", engine, full=full)
    run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=plan.problems)
    files = ingest.process_batch(plan.new, engine, run_id, load_suites(Settings().suites_dir))
    ingest.record_arrivals(engine, run_id, plan.arrivals)
    finish_run(engine, run_id, status="completed")
    return plan, files


def rows(engine: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_figures_reach_the_analyst_with_place_unit_and_period(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    found = rows(
        warehouse,
        "select text, obs_value, unit, ref_area, time_period, publisher from current_observation "
        "where source = 'report.txt' order by char_start",
    )
    assert ("3.2万人", 32000, "人", "420000", "2024", "湖北省总工会") in [
        (t, int(v) if v == int(v) else v, *rest) for t, v, *rest in found
    ]
    assert [r[0] for r in found if r[2] == "%"] == ["34.4%", "5.5%"]


def test_a_text_offset_leads_back_to_what_was_printed(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    for start, end, text in rows(warehouse, "select char_start, char_end, text from observation where cell is null"):
        assert REPORT[start:end] == text


def test_every_numeral_is_accounted_for(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    counts = accounting(warehouse)
    assert len(counts) == 2
    for name, seen, parts in counts:
        assert seen == parts > 0, name


def test_running_again_finds_nothing_new_and_changes_nothing(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    before = content(warehouse)
    plan, files = run(warehouse, landing)
    assert (plan.new, plan.arrivals, plan.known, files) == ((), (), 2, ())
    assert content(warehouse) == before


def test_full_reads_again_and_gives_the_same(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    before = content(warehouse)
    first_seen = rows(warehouse, "select observation_id, first_seen_at from quarantine order by 1")
    plan, _ = run(warehouse, landing, full=True)
    assert len(plan.new) == 2
    assert content(warehouse) == before
    assert rows(warehouse, "select observation_id, first_seen_at from quarantine order by 1") == first_seen


def test_a_changed_manifest_line_reads_only_its_file_again(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    (landing / "manifest.csv").write_text(MANIFEST.replace("420000", "430000"), encoding="utf-8")
    plan, _ = run(warehouse, landing)
    assert [s.name for s in plan.new] == ["report.txt"]
    regions = rows(warehouse, "select distinct ref_area from current_observation where source = 'report.txt'")
    assert regions == [("430000",)]


def test_the_same_bytes_under_two_names_are_loaded_once(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    before = rows(warehouse, "select count(*) from observation")
    shutil.copy(landing / "宜昌.csv", landing / "副本.csv")
    plan, _ = run(warehouse, landing)
    assert (plan.new, [s.name for s in plan.arrivals]) == ((), ["副本.csv"])
    assert rows(warehouse, "select count(*) from observation") == before
    assert rows(warehouse, "select count(*) from file_arrival") == [(3,)]


def test_altered_content_under_the_same_name_replaces_the_current_values(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    (landing / "report.txt").write_text(REPORT.replace("3.2万人", "3.3万人"), encoding="utf-8")
    run(warehouse, landing)
    current = [r[0] for r in rows(warehouse, "select text from current_observation where source = 'report.txt'")]
    assert "3.3万人" in current
    assert "3.2万人" not in current
    assert rows(warehouse, "select count(*) from observation where text = '3.2万人'") == [(1,)]


def test_a_bad_file_is_recorded_and_costs_no_other(warehouse: sa.Engine, landing: Path) -> None:
    (landing / "leer.txt").write_bytes(b"")
    (landing / "kaputt.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    (landing / "ohne.txt").write_text("这里没有任何统计内容。", encoding="utf-8")
    _, files = run(warehouse, landing)
    status = {f.name: f.status for f in files}
    assert status["report.txt"] == status["宜昌.csv"] == "loaded"
    assert status["leer.txt"] == status["kaputt.xlsx"] == status["ohne.txt"] == "failed"
    errors = dict(rows(warehouse, "select name, error from source_file where status = 'failed'"))
    assert all(str(name) in str(error) for name, error in errors.items())
    codes = dict(rows(warehouse, "select name, error_code from source_file where status = 'failed'"))
    assert (codes["leer.txt"], codes["ohne.txt"]) == ("empty", "nothing_found")


def test_a_broken_manifest_line_is_told_and_the_file_still_loaded(warehouse: sa.Engine, landing: Path) -> None:
    (landing / "manifest.csv").write_text(MANIFEST + "fehlt.txt,,,,20x4\n", encoding="utf-8")
    plan, files = run(warehouse, landing)
    assert len(plan.problems) == 1
    assert "line 3" in plan.problems[0]
    assert {f.status for f in files} == {"loaded"}


def test_a_numeral_that_the_extractor_loses_blocks_the_file(
    warehouse: sa.Engine, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    real = reading.extract
    monkeypatch.setattr(reading, "extract", lambda *a: replace(real(*a), ignored=()))
    _, files = run(warehouse, landing)
    assert "blocked" in {f.status for f in files}
    blocked = rows(warehouse, "select sha256 from source_file where status = 'blocked'")
    for (sha256,) in blocked:
        assert rows(warehouse, f"select count(*) from observation where file_sha256 = '{sha256}'") == [(0,)]


def test_an_extractor_that_crashes_marks_its_file(
    warehouse: sa.Engine, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = reading.extract

    def crash(source: object, *rest: object) -> object:
        if getattr(source, "name", "") == "report.txt":
            raise RuntimeError("boom")
        return real(source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "extract", crash)
    _, files = run(warehouse, landing)
    assert {f.name: f.status for f in files} == {"report.txt": "failed", "宜昌.csv": "loaded"}
    assert rows(warehouse, "select error_code from source_file where name = 'report.txt'") == [("crashed",)]


def test_the_database_itself_refuses_counts_that_do_not_add_up(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    table = schema.source_file
    with pytest.raises(sa.exc.IntegrityError), warehouse.begin() as connection:
        connection.execute(table.update().values(numerals=table.c.numerals + 1))
