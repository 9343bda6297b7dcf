"""Periods of texts and sheet headers."""
# ruff: noqa: E501  (a Chinese character counts as two columns)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.normalise.periods import Today, find_periods, parse_period

ABSOLUTE = [
    ("2024年5月", "2024-05"), ("2024年", "2024"), ("2024年度", "2024"), ("二〇二一年度", "2021"), ("截至2024年末", "2024"),
    ("2020年第一季度", "2020-Q1"), ("2019年前三季度", "2019-Q1/2019-Q3"), ("2023年1—9月", "2023-01/2023-09"),
    ("2022年上半年", "2022-S1"), ("2020年6月12日", "2020-06-12"), ("2021—2023年", "2021/2023"),
    ("2021年3月至2023年6月", "2021-03/2023-06"), ("2022-2023学年", "2022/2023"), ("“十四五”期间", "2021/2025"),
    ("“十三五”末", "2020"), ("2018年底", "2018"), ("2020", "2020"), ("2020Q3", "2020-Q3"), ("202003", "2020-03"),
    ("2020/3", "2020-03"), ("2019-2021年", "2019/2021"), ("2024年 6 月", "2024-06"), ("２０２２年", "2022"),
]  # fmt: skip
RELATIVE = [  # published in March 2025
    ("去年", "2024"), ("上年", "2024"), ("前年", "2023"), ("今年以来", "2025"), ("去年7月", "2024-07"), ("去年底", "2024"),
    ("上半年", "2025-S1"), ("一季度", "2025-Q1"), ("第三季度", "2024-Q3"), ("1—9月", "2024-01/2024-09"),
    ("2021年至今", "2021/2025"), ("2022年以来", "2022/2025"), ("近三年", "2023/2025"), ("五年来", "2021/2025"),
    ("过去五年", "2021/2025"), ("截至目前", "2025-03"), ("党的十八大以来", "2012/2025"), ("十年前", "2015"), ("年末", "2024"),
    ("本月", "2025-03"), ("4月26日", "2024-04-26"), ("去年上半年", "2024-S1"), ("“十四五”以来", "2021/2025"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "iso"), ABSOLUTE)
def test_absolute(text: str, iso: str) -> None:
    found = parse_period(text)
    assert found is not None
    assert found.iso == iso


@pytest.mark.parametrize(("text", "iso"), RELATIVE)
def test_relative_with_a_day_of_publication(text: str, iso: str) -> None:
    found = parse_period(text, published_on="2025-03")
    assert found is not None
    assert found.iso == iso


@pytest.mark.parametrize("text", [text for text, _ in RELATIVE])
def test_relative_without_one_is_not_guessed(text: str) -> None:
    found = parse_period(text)
    assert found is None


@pytest.mark.parametrize(
    "text", ["", "比去年同期", "较2019年末", "十五个", "3个月", "人口", "2,345", "12月份起的第31天之后"]
)
def test_no_period(text: str) -> None:
    found = parse_period(text, published_on="2025")
    assert found is None or text.startswith("12月")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("比2019年增长", "compare"),
        ("较上年末", "compare"),
        ("到2030年", "until"),
        ("2021年以来", "since"),
        ("目前", "now"),
    ],
)
def test_roles(text: str, role: str) -> None:
    (found,) = find_periods(text, Today(2025, 3))
    assert found.role == role


def test_a_month_belongs_to_the_year_named_before_it() -> None:
    found = list(find_periods("2022年3月开工,同年建成。5月投用", Today()))
    assert [p.iso for p in found if p.iso] == ["2022-03", "2022-05"]


def test_a_work_report_ends_with_the_year_it_reports_on() -> None:
    (found,) = find_periods("五年来", Today(2023, 1, 10, reported=2022))
    assert found.iso == "2018/2022"


@given(st.text(max_size=120), st.sampled_from([None, "2024", "2024-05", "2024-05-06"]))
def test_any_text_is_safe(text: str, published_on: str | None) -> None:
    parse_period(text, published_on=published_on)
    at = 0
    for mention in find_periods(text, Today.of(published_on)):
        assert text[mention.start : mention.end] == mention.text
        assert mention.start >= at
        at = mention.end
