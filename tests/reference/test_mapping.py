"""Labels without an indicator: counted and offered; a reviewer's mapping is one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from etl import ingest
from etl.check.suites import load_suites
from etl.cli.main import app
from etl.curation.mapping import map_label, unmapped
from etl.errors import SettingsError, UsageError, WarehouseError
from etl.landing import discover
from etl.normalise.indicators import load_indicators
from etl.settings import Settings
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.load import finish_run, start_run

DAY = date(2026, 11, 20)
TABLE = "表1 2023年帮扶情况\n单位：人\n地区,技能人才,困难职工帮扶情况人员\n宜昌市,100,40\n西陵区,60,25\n猇亭区,40,15\n"


@pytest.fixture(autouse=True)
def fresh_catalogue() -> Iterator[None]:
    load_indicators.cache_clear()
    yield
    load_indicators.cache_clear()


@pytest.fixture
def loaded(tmp_path: Path) -> sa.Engine:
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "宜昌.csv").write_text(TABLE, encoding="utf-8")
    engine = connect(f"sqlite:///{tmp_path / 'warehouse.db'}")
    upgrade(engine)
    plan = ingest.plan(discover([str(landing)]), tmp_path / "archive", engine)
    run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=plan.problems)
    ingest.process_batch(plan.new, engine, run_id, load_suites(Settings().suites_dir))
    ingest.record_arrivals(engine, run_id, plan.arrivals)
    finish_run(engine, run_id, status="completed")
    return engine


def test_unmapped_labels_are_counted_and_offered(loaded: sa.Engine) -> None:
    found, total = unmapped(loaded, 10)
    assert total == 1
    assert (found[0].observations, found[0].files, found[0].unit) == (3, 1, "人")
    assert found[0].candidates[0].code == "HARDSHIP_WORKERS"


def test_command_unmapped(loaded: sa.Engine) -> None:
    arguments = ["reference", "unmapped", "--warehouse", str(loaded.url), "--json"]
    (found,) = json.loads(CliRunner().invoke(app, arguments, standalone_mode=False).stdout)
    assert found["observations"] == 3
    shown = CliRunner().invoke(app, arguments[:-1], standalone_mode=False).stdout
    assert "HARDSHIP_WORKERS" in shown


def test_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="etl run"):
        unmapped(connect(f"sqlite:///{tmp_path / 'none.db'}"), 5)


def test_a_decision_is_one_line_and_counts_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    label = "冬季取暖,“送温暖”对象"
    path = map_label(label, "HARDSHIP_WORKERS", by="张三", on=DAY, local=tmp_path / "own")
    map_label("另一个说法", "UNION_MEMBERS", by="张三", on=DAY, local=tmp_path / "own")
    assert path.read_text(encoding="utf-8").splitlines() == [
        "label,code,decided_by,decided_on",
        '"冬季取暖,“送温暖”对象",HARDSHIP_WORKERS,张三,2026-11-20',
        "另一个说法,UNION_MEMBERS,张三,2026-11-20",
    ]
    assert load_indicators().map_label(label, unit="人", kind="count").code is None
    monkeypatch.setenv("GONGBAO_REFERENCE_DIR", str(tmp_path / "own"))
    load_indicators.cache_clear()
    found = load_indicators().map_label(label, unit="人", kind="count")
    assert (found.code, found.rule) == ("HARDSHIP_WORKERS", "alias")


@pytest.mark.parametrize(
    ("label", "code", "complaint"),
    [
        ("某说法", "HARDSHIP_WORKER", "HARDSHIP_WORKERS"),  # told what is near
        ("某说法", "困难职工", "HARDSHIP_WORKERS"),
        ("  ", "UNION_MEMBERS", "is no label"),
        ("两行\n标签", "UNION_MEMBERS", "is no label"),
        ("全市工会会员", "UNION_MEMBERS", "by the rules already"),
    ],
)
def test_what_can_not_be_mapped(tmp_path: Path, label: str, code: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        map_label(label, code, by="", on=DAY, local=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_label_is_decided_once(tmp_path: Path) -> None:
    map_label("某说法", "UNION_MEMBERS", by="张三", on=DAY, local=tmp_path)
    with pytest.raises(UsageError, match="mapped to UNION_MEMBERS by 张三 already"):
        map_label("某说法", "WORKERS_TOTAL", by="", on=DAY, local=tmp_path)


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="GONGBAO_REFERENCE_DIR"):
        map_label("某说法", "UNION_MEMBERS", by="", on=DAY, local=tmp_path / "file")


def test_command_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGBAO_REFERENCE_DIR", str(tmp_path))
    result = CliRunner().invoke(app, ["reference", "map", "某说法", "UNION_MEMBERS", "--by", "李四"])
    assert result.exception is None
    assert "某说法,UNION_MEMBERS,李四" in (tmp_path / "indicator_aliases.csv").read_text(encoding="utf-8")
