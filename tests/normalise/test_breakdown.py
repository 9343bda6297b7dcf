"""Who is counted, from the words of labels."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from etl.model import Area, CellRef, Observation, Period, RawFigure, SourceFile
from etl.normalise.breakdown import breakdown_of
from etl.normalise.indicators import load_indicators
from etl.normalise.observe import observe


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("常住人口|女|65岁及以上", {"sex": "女", "age": "65岁及以上"}),
        ("常住人口|男_1到4岁", {"sex": "男", "age": "1-4岁"}),
        ("15～59周岁（女）", {"sex": "女", "age": "15-59岁"}),
        ("从业人员|其中：国有单位", {"ownership": "国有"}),
        ("从业人员|#女性", {"sex": "女"}),
        ("户籍人口|2.非农业人口", {"registration": "非农业"}),
        ("6岁及以上人口|小学-男", {"age": "6岁及以上", "education": "小学", "sex": "男"}),
        ("乡村|人口|0岁", {"residence": "乡村", "age": "0岁"}),
        ("人口|15岁及以上|20-24岁", {"age": "20-24岁"}),
        ("未婚占15岁及以上人口比重", {"marital_status": "未婚"}),  # the age is that of the whole
        ("城镇化率", {}),
        ("妇女代表", {}),
        ("镇区绿地面积", {}),
        ("12个岁修项目", {}),
        ("", {}),
    ],
)
def test_words_and_ages_of_the_parts(label: str, said: dict[str, str]) -> None:
    assert breakdown_of(label) == said


def figure(label: str, period: Period = Period("2021"), kind: str = "count", unit: str = "人") -> RawFigure:  # noqa: B008
    return RawFigure(
        CellRef("Sheet1", "B3"), "7", Decimal(7), 0, 0, unit, kind, label, "x", Area("330500"), period  # type: ignore[arg-type]
    )  # fmt: skip


def observed(found: RawFigure) -> Observation:
    return observe(SourceFile(Path("x.csv"), "x.csv", "0" * 64, 1), found)


def test_an_observation_says_whom_its_label_counts() -> None:
    o = observed(figure("在园幼儿|女"))
    assert (o.indicator, json.dumps(o.breakdown, ensure_ascii=False)) == (None, '{"sex": "女"}')
    assert o.series_key != observed(figure("在园幼儿|男")).series_key


def test_one_indicator_has_one_breakdown_however_it_is_put() -> None:
    table, sentence = observed(figure("常住人口|城镇人口")), observed(figure("城镇常住人口"))
    assert table.indicator == sentence.indicator == "POP_RESIDENT_URBAN"
    assert table.breakdown == sentence.breakdown == {"residence": "城镇"}
    assert table.series_key == sentence.series_key


def test_an_indicator_tells_what_lies_beyond_its_name() -> None:
    men = load_indicators().by_code["POP_REGISTERED_MALE"]
    assert men.beyond({"sex": "男"}) == {}
    assert men.beyond({"sex": "男", "age": "0-4岁"}) == {"age": "0-4岁"}


def test_a_stock_is_that_of_a_day() -> None:
    assert observed(figure("常住人口")).period.time_type == "point"
    assert observed(figure("常住人口", Period("2016/2020"))).period.time_type == "period"
    assert observed(figure("常住人口", Period("2016/", time_type="cumulative"))).period.time_type == "cumulative"
    assert observed(figure("出生人数")).period.time_type == "period"
