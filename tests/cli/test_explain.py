"""``etl explain`` leads from a value to its file, its readings, the other mentions and why one of them won."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.cli.main import main
from etl.warehouse import schema
from etl.warehouse.engine import connect, upgrade
from tests.warehouse.test_views import CITY, Warehouse, figure


@pytest.fixture
def books(tmp_path: Path) -> Warehouse:
    engine = connect(f"sqlite:///{tmp_path / 'w.db'}")
    upgrade(engine)
    books = Warehouse(engine)
    books.put("年鉴.xlsx", figure("76012"), figure("5", year="2020"), **CITY, title="统计年鉴", published_on="2024-10")
    books.put("年鉴.xlsx", figure("76013"), **CITY, title="统计年鉴", published_on="2024-10")
    books.put("快报.xlsx", figure("75000"), **CITY, title="统计快报", published_on="2025-01")
    return books


def explain(books: Warehouse, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(["explain", *arguments, "--warehouse", str(books.engine.url)])
    assert left.value.code == 0
    return capsys.readouterr().out


def an_id(books: Warehouse, table: sa.Table, text: str) -> str:
    with books.engine.connect() as connection:
        query = sa.select(table.c.observation_id).where(table.c.text == text)
        return str(connection.execute(query).scalar_one())


def test_readings_and_other_mentions_are_told(books: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    shown = explain(books, capsys, an_id(books, schema.observation, "76013"))
    assert "path           landing/年鉴.xlsx" in shown
    assert f"run {books.run_id[:8]} of Gongbao" in shown
    assert "76012 户  superseded by read" in shown
    assert "until version 2: reread" in shown
    assert "current value  76013 户" in shown
    assert "outranked by finality: final before provisional" in shown


def test_a_superseded_figure_can_be_asked_for(books: Warehouse, capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(explain(books, capsys, an_id(books, schema.observation_history, "5"), "--json"))
    assert shown["state"] == "superseded"
    assert [(r["version_from"], r["version_until"], r["ended_by"]) for r in shown["readings"]] == [(1, 2, "gone")]
