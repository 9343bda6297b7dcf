"""Census tables without a year: dated by the bulletins where they leave no doubt, else not at all."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from etl.extract.sheet import extract_workbook
from etl.model import Extraction, ManifestEntry
from etl.reference import rows
from tests.extract.sheet.building import Grid, book, sheet

LEVELS = ("大学", "高中", "初中", "小学")
OF_2000: Grid = [
    ["各地区每10万人拥有的各种受教育程度人口"],
    ["单位：人/10万人"],
    ["地  区", *LEVELS],
    ["全  国", 3611, 11146, 33961, 35701],
    ["山  西", 3423, 11575, 38965, 34411],
    ["江  苏", 3917, 13039, 36372, 32881],
]
OF_2010: Grid = [
    ["各地区人口性别、年龄构成"],
    ["地区", "男（%）", "女（%）", "0-14岁（%）", "60岁及以上（%）"],
    ["全国", 51.27, 48.73, 16.6, 13.26],
    ["浙江", 51.38, 48.62, 13.21, 13.89],
    ["安徽", 50.83, 49.17, 17.77, 15.01],
]


def _read(grid: Grid, file: str = "构成.xlsx", manifest: ManifestEntry | None = None) -> Extraction:
    return extract_workbook(book(sheet(grid)), file, manifest)


def _periods(found: Extraction) -> set[tuple[str | None, str | None]]:
    return {(f.period.iso, f.period.basis) for f in found.figures}


@pytest.mark.parametrize(("grid", "year"), [(OF_2000, "2000"), (OF_2010, "2010")])
def test_the_national_row_dates_the_table(grid: Grid, year: str) -> None:
    found = _read(grid)
    assert _periods(found) == {(year, "benchmark")}
    flags = [f for f in found.flags if f.rule == "period_by_benchmark"]
    assert len(flags) == 1
    assert f"{year}年人口普查公报" in flags[0].message
    assert any("by benchmark" in step for step in found.figures[-1].steps)


def _with(grid: Grid, row: int, *values: object) -> Grid:
    return [(*line[:1], *values) if n == row else line for n, line in enumerate(grid)]


@pytest.mark.parametrize(
    "grid",
    [
        pytest.param([line[:3] for line in OF_2000], id="two values only"),
        pytest.param(_with(OF_2000, 3, 3611, 11146, 33961, 37057), id="one value of another census"),
        pytest.param(_with(OF_2010, 2, 51.3, 48.7, 16.6, 13.3), id="rounded differently"),
        pytest.param([*OF_2010[:2], ["安徽", *OF_2010[2][1:]], *OF_2010[3:]], id="the row of a province"),
        pytest.param([["地区", "甲", "乙", "丙"], ["全国", 3611, 11146, 33961], ["山西", 1, 2, 3]], id="no measure"),
        pytest.param(
            [
                ["地区", "男（%）", "女（%）", "0-14岁（%）", "60岁以上（%）", "65岁以上（%）", "农村%", "文盲%"],
                ["全国", 51.27, 48.73, 16.6, 11.2, 7.1, 40.1, 5.2],
                ["安徽", 50, 50, 17, 15, 10, 57, 8],
            ],
            id="more differs than agrees",
        ),
    ],
)  # fmt: skip
def test_without_proof_the_period_stays_unknown(grid: Grid) -> None:
    assert _periods(_read(grid)) == {(None, None)}


def test_any_year_that_is_stated_goes_first() -> None:
    noted = [*OF_2000, ["注：与1990年口径一致。"]]
    assert _periods(_read(noted)) == {(None, None)}
    assert _periods(_read(OF_2000, "2005年.xlsx")) == {("2005", "file")}
    told = ManifestEntry("构成.xlsx", title="2005年抽样调查资料")
    assert _periods(_read(OF_2000, manifest=told)) == {(None, None)}
    titled = [["2015年1%抽样调查每10万人受教育程度"], *OF_2000[1:]]
    assert _periods(_read(titled)) == {("2015", "title")}


def test_the_figures_of_each_census_add_up() -> None:
    by_edition: dict[str, dict[str, Decimal]] = defaultdict(dict)
    known = {r["measure"] for r in rows("census_measures.csv")}
    for r in rows("census_figures.csv"):
        assert r["measure"] in known
        assert r["source"]
        by_edition[r["edition"]].setdefault(r["measure"], Decimal(r["value"]))
    assert sorted(by_edition) == ["1953", "1964", "1982", "1990", "2000", "2010", "2020"]
    parts = [
        ("population", ("male", "female")), ("population", ("age_0_14", "age_15_59", "age_60")),
        ("population", ("han", "minorities")),
    ]  # fmt: skip
    shares = [("share_male", "share_female"), ("share_0_14", "share_15_64", "share_65"), ("share_urban", "share_rural")]
    for edition, figures in by_edition.items():
        for whole, names in parts:
            if set(names) <= set(figures):
                assert sum(figures[n] for n in names) == figures[whole], (edition, names)
        for names in shares:
            if set(names) <= set(figures):
                assert abs(sum(figures[n] for n in names) - 100) <= Decimal("0.02"), (edition, names)
