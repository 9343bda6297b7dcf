"""What the views tell of facts, contradictions, series, revisions and lineage, on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import reference
from etl.model import Area, CellRef, ManifestEntry, Observation, Period
from etl.warehouse import views
from etl.warehouse.load import FileRecord, load_file, start_run
from etl.warehouse.precedence import load_precedence, region_prefix, why
from tests.report.conftest import observation

YICHANG = Area("420500", "宜昌市", basis="text")


def figure(value: str, *, year: str = "2023", half: str = "0", area: Area = YICHANG, **changes: Any) -> Observation:
    """A value of the series 技能人才, plus or minus ``half``."""
    number, width = Decimal(value), Decimal(half)
    place = CellRef("表1", changes.pop("cell", f"B{int(year[:4]) - 2000}"))
    more = {
        "series_key": "技能人才" + str(area.code),
        "label": "技能人才",
        "area": area,
        "period": Period(year, "text"),
    }
    interval = {"obs_value": number, "obs_low": number - width, "obs_high": number + width}
    return observation(place, value, **(more | interval | changes))


class Warehouse:
    """Loads files that consist of given figures."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.run_id = start_run(engine, {}, seen=0, known=0, problems=[])

    def put(self, name: str, *figures: Observation, edition: str = "", **told: Any) -> str:
        sha256 = hashlib.sha256(f"{name}{edition}".encode()).hexdigest()
        loaded = tuple(
            replace(o, observation_id=hashlib.sha256(f"{sha256}{o.place}".encode()).hexdigest()[:24]) for o in figures
        )
        record = FileRecord(
            sha256=sha256, name=name, path=Path("landing") / name, size=1, context_key="k", status="loaded",
            seconds=0.1, manifest=ManifestEntry(file=name, **told), format="xlsx",
            reader="xlsx/1", extractor="sheet/1", numerals=len(loaded), numerals_loaded=len(loaded), loaded=loaded,
        )  # fmt: skip
        load_file(self.engine, self.run_id, record)
        return sha256

    def rows(self, view: views.View, *columns: str, order: str = "") -> list[Any]:
        table = view.table()
        query = sa.select(*(table.c[c] for c in columns)).order_by(*(table.c[c] for c in (order or columns[0],)))
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def books(warehouse: sa.Engine) -> Warehouse:
    return Warehouse(warehouse)


CITY = {"publisher": "宜昌市统计局", "region_code": "420500"}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (
            CITY | {"published_on": "2024-01"},
            {"publisher": "长江日报", "region_code": "420100", "published_on": "2025"},
        ),
        (
            CITY | {"published_on": "2024-01"},
            {"publisher": "湖北省统计局", "region_code": "420000", "published_on": "2025"},
        ),
        (
            {"region_code": "420000", "publisher": "湖北省总工会"},
            {"publisher": "成都市总工会", "region_code": "510100"},
        ),
        (
            CITY | {"title": "宜昌统计年鉴2024", "published_on": "2024-10"},
            CITY | {"title": "统计快报", "published_on": "2025"},
        ),
        (CITY | {"title": "统计公报"}, CITY | {"title": "2023年经济运行情况（初步核算）", "published_on": "2024-02"}),
        (CITY, CITY | {"publisher": "三峡日报"}),
        (CITY | {"published_on": "2024-06"}, CITY | {"published_on": "2024-05-31"}),
        (CITY | {"published_on": "2024-06-01"}, CITY | {"published_on": "2024-06"}),
        (CITY | {"published_on": "2024"}, CITY),
    ],
)
def test_which_of_two_files_has_precedence(better: dict[str, str], worse: dict[str, str]) -> None:
    order = load_precedence()
    blank = {"sha256": "", "name": "f.xlsx", "title": None, "publisher": None, "region_code": None,
             "published_on": None, "format": "xlsx"}  # fmt: skip

    def rank(told: dict[str, str]) -> int:
        code = told.get("region_code")
        how = "unknown" if code is None else "own" if code == "420500" else "other"
        if code is not None and how != "own" and "420500".startswith(region_prefix(code)):
            how = "above"
        return int(order.row(blank | told)[f"rank_{how}"])

    assert rank(better) > rank(worse)


def test_prefixes_of_regions() -> None:
    assert [region_prefix(c) for c in ("100000", "420000", "420500", "420502", "420502001")] == [
        "", "42", "4205", "420502", "420502001",
    ]  # fmt: skip


def test_the_fact_is_the_mention_that_wins_and_says_what_contradicts_it(books: Warehouse) -> None:
    books.put(
        "日报.xlsx", figure("90000", half="5000"), publisher="长江日报", region_code="420100", published_on="2025"
    )
    books.put(
        "年鉴.xlsx", figure("76012"), figure("70000", year="2022"), **CITY, title="宜昌统计年鉴", published_on="2024-10"
    )
    books.put("公报.xlsx", figure("76000", half="500"), **CITY, title="统计公报", published_on="2024-04")
    facts = books.rows(views.FACT, "time_period", "obs_value", "source", "mentions", "is_contradicted", "speaks_for")
    assert facts == [
        ("2022", 70000, "年鉴.xlsx", 1, False, "own"),
        ("2023", 76012, "年鉴.xlsx", 3, True, "own"),
    ]
    found = books.rows(views.CONTRADICTION, "lower_source", "higher_source", "gap", "higher_wins", "same_file")
    assert sorted(found) == [
        ("公报.xlsx", "日报.xlsx", 8500, False, False),
        ("年鉴.xlsx", "日报.xlsx", 8988, False, False),
    ]
    with books.engine.connect() as connection:
        table = views.FACT_MENTION.table()
        mentions = {m["source"]: m for m in connection.execute(sa.select(table)).mappings()}
    assert why(mentions["公报.xlsx"], mentions["日报.xlsx"]) == "speaks_for: own before other"  # type: ignore[arg-type]


def test_another_order_of_precedence_gives_other_facts(
    books: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl.warehouse import precedence
    from etl.warehouse.engine import upgrade

    books.put("年鉴.xlsx", figure("76012"), **CITY, title="统计年鉴", published_on="2024-10")
    books.put("快报.xlsx", figure("75000"), **CITY, title="统计快报", published_on="2025-01")
    assert books.rows(views.FACT, "source") == [("年鉴.xlsx",)]
    text = (reference.HERE / precedence.FILE).read_text(encoding="utf-8")
    (tmp_path / precedence.FILE).write_text(
        text.replace("[final, bulletin, unmarked, provisional]", "[provisional, unmarked, bulletin, final]"),
        encoding="utf-8",
    )
    with monkeypatch.context() as patch:
        patch.setattr(reference, "HERE", tmp_path)
        patch.setattr(precedence, "load_precedence", precedence.load_precedence.__wrapped__)
        with books.engine.begin() as connection:
            precedence.refresh(connection)
        assert books.rows(views.FACT, "source") == [("快报.xlsx",)]
    upgrade(books.engine)
    assert books.rows(views.FACT, "source") == [("年鉴.xlsx",)]


def test_series_tell_what_they_cover(books: Warehouse) -> None:
    books.put("a.xlsx", *(figure("1", year=year) for year in ("2019", "2020", "2023")), **CITY)
    books.put("b.xlsx", figure("2", year="2023-Q1", cell="C1"), figure("3", year="2023-Q4", cell="C2"), **CITY)
    columns = ("frequency", "first_period", "last_period", "periods", "gaps", "mentions", "contradicted")
    assert books.rows(views.SERIES, *columns) == [
        ("A", "2019", "2023", 3, 2, 3, 0),
        ("Q", "2023-Q1", "2023-Q4", 2, 2, 2, 0),
    ]


def test_indicators_by_region_and_period(books: Warehouse) -> None:
    with books.engine.connect() as connection:
        code, name = connection.execute(sa.text("select code, name_zh from indicator order by code limit 1")).one()
    books.put("a.xlsx", figure("5", indicator=code), figure("6", year="2022", status="target", indicator=code), **CITY)
    columns = ("indicator_name", "province_name", "region_name", "region_level", "year", "obs_value")
    assert books.rows(views.INDICATOR_VALUE, *columns) == [(name, "湖北省", "宜昌市", "city", 2023, 5)]


def test_revisions_by_a_new_reading_a_new_content_and_a_later_edition(books: Warehouse) -> None:
    books.put("a.xlsx", figure("100"), figure("7", year="2021"), edition="1", **CITY, published_on="2024-01")
    books.put("a.xlsx", figure("101"), figure("7", year="2021"), edition="1", **CITY, published_on="2024-01")
    books.put("a.xlsx", figure("102", half="5"), figure("8", year="2020"), edition="2", **CITY, published_on="2024-01")
    books.put("b.xlsx", figure("110"), **CITY, published_on="2025-01")
    columns = (
        "version",
        "reason",
        "time_period",
        "old_value",
        "new_value",
        "intervals_meet",
        "old_source",
        "new_source",
    )
    assert sorted(books.rows(views.REVISION, *columns), key=str) == [
        (2, "reread", "2023", 100, 101, False, "a.xlsx", "a.xlsx"),
        (3, "reissued", "2021", 7, None, None, "a.xlsx", "a.xlsx"),
        (3, "reissued", "2023", 101, 102, True, "a.xlsx", "a.xlsx"),
        (4, "edition", "2023", 102, 110, False, "a.xlsx", "b.xlsx"),
    ]


def test_lineage_leads_from_a_value_to_its_file_place_run_and_versions(books: Warehouse) -> None:
    sha256 = books.put("a.xlsx", figure("100", cell="B7"), **CITY)
    books.put("a.xlsx", figure("101", cell="B7"), **CITY)
    columns = ("state", "obs_value", "file_sha256", "path", "place", "run_id", "reader", "extractor", "ended_by")
    told = (sha256, "landing/a.xlsx", "表1!B7", books.run_id, "xlsx/1", "sheet/1")
    assert books.rows(views.LINEAGE, *columns) == [
        ("loaded", 101, *told, None),
        ("superseded", 100, *told, "reread"),
    ]
    assert books.rows(views.WAREHOUSE_VERSION, "version", "contract_version") == [(2, views.CONTRACT_VERSION)]
