"""Sizes: bounds by level of place, and the one reading that would be plausible."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.model import Area, Observation
from etl.normalise.indicators import load_indicators
from etl.normalise.magnitudes import bounds, judge
from tests.make import figure, observed

CATALOGUE = load_indicators().by_code


def size(label: str, number: str, unit: str, code: str | None, mult: int = 0, kind: str = "count", **more: Any) -> Any:
    area = Area(code=code, name="某地", entity=more.pop("entity", None))
    o: Observation = observed(figure(number, unit, label=label, kind=kind, area=area, multiplier=mult, **more))[0]
    assert o.indicator, label
    return judge(o)


@pytest.mark.parametrize(
    ("label", "number", "unit", "mult", "kind", "code", "inside"),
    [
        ("常住人口", "2475.05", "人", 4, "count", "310000", True),
        ("常住人口", "2475.05", "人", 4, "count", "310115", False),  # no county has 24 million people
        ("常住人口", "2475.05", "人", 8, "count", "310000", False),
        ("常住人口", "475", "人", 0, "count", "320500", False),
        ("地区生产总值", "2.4", "元", 12, "money", "320500", True),
        ("地区生产总值", "24", "元", 12, "money", "320500", False),
        ("城镇单位就业人员平均工资", "12.1", "元", 4, "money", "320581", True),
        ("城镇单位就业人员平均工资", "12.1", "元", 0, "money", "320581", False),
        ("人口自然增长率", "-3.2", "‰", 0, "rate", "320581", True),
    ],
)
def test_bounds_go_by_the_level_of_the_place(
    label: str, number: str, unit: str, mult: int, kind: str, code: str, inside: bool
) -> None:
    assert size(label, number, unit, code, mult, kind).inside is inside


@pytest.mark.parametrize(
    ("label", "number", "unit", "mult", "kind", "code", "words"),
    [
        ("常住人口", "1291", "人", 0, "count", "320500", ["“万人”而非“人”", "12910000 人"]),
        ("常住人口", "1291", "人", 8, "count", "320500", ["“万人”而非“亿人”", "12910000 人"]),
        ("地区生产总值", "2.4", "元", 4, "money", "320500", ["“亿元”而非“万元”", "240000000 元"]),
        ("城镇单位就业人员平均工资", "12.1", "元", 0, "money", "320581", ["“万元”而非“元”", "121000 元"]),
    ],
)
def test_the_only_plausible_reading_is_suggested(
    label: str, number: str, unit: str, mult: int, kind: str, code: str, words: list[str]
) -> None:
    found = size(label, number, unit, code, mult, kind)
    assert found.inside is False
    assert all(w in found.suggestion for w in words), found.suggestion


@pytest.mark.parametrize(
    ("label", "number", "unit", "mult", "kind", "code"),
    [
        ("地区生产总值", "300", "元", 12, "money", "320500"),  # no multiplier of three fits
        ("高技能人才总量", "3000", "人", 8, "count", None),  # two readings fit
        ("城镇化率", "135", "%", 0, "share", "320500"),  # a share is never scaled
    ],
)
def test_no_guess_where_none_or_several_are_plausible(
    label: str, number: str, unit: str, mult: int, kind: str, code: str | None
) -> None:
    found = size(label, number, unit, code, mult, kind)
    assert (found.inside, found.suggestion) == (False, "")


def test_parts_and_organisations_are_not_held_to_the_size_of_a_place() -> None:
    assert size("职工总数", "80", "人", "320500").inside is False
    assert size("职工总数", "80", "人", "320500", entity="某公司").inside is True
    assert size("职工总数", "80", "人", "320500", breakdown={"sex": "女"}).inside is True
    assert size("职工总数", "80", "人", None).inside is True


def test_nothing_is_changed() -> None:
    o = observed(figure("1291", "人", label="常住人口", area=Area("320500", "苏州市")))[0]
    assert judge(o).suggestion
    assert (o.obs_value, o.printed_mult) == (Decimal(1291), 0)


@given(st.sampled_from(sorted(CATALOGUE)))
def test_a_smaller_place_never_reaches_more_than_a_larger_one(code: str) -> None:
    highs = [bounds(CATALOGUE[code], level)[1] for level in ("country", "province", "city", "county", "township")]
    known = [h for h in highs if h is not None]
    assert known == sorted(known, reverse=True)
