"""Numerals as printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.normalise.numbers import parse_numeral

PLAIN = [
    ("0", "0"), ("7", "7"), ("1,234,567", "1234567"), ("３．６", "3.6"), ("1.2万亿", "1200000000000"),
    ("3千万", "30000000"), ("2亿3000万", "230000000"), ("1兆4,833.74億", "1483374000000"), ("5万4千6百", "54600"),
    ("3万4000", "34000"), ("1千零20", "1020"), ("113 614", "113614"), ("-3.5", "-3.5"), ("负三十二", "-32"),
    ("十", "10"), ("十五", "15"), ("二十", "20"), ("一百零五", "105"), ("四百五", "450"), ("两千四百五", "2450"),
    ("一万零三百", "10300"), ("三千零四", "3004"), ("二十五万三千二百", "253200"), ("一亿二千万", "120000000"),
    ("三点五万", "35000"), ("零点五", "0.5"), ("二〇二一", "2021"), ("壹佰伍拾", "150"), ("百万", "1000000"),
    ("十亿零五百万", "1005000000"), ("三万亿", "3000000000000"), ("六百万零五", "6000005"), (".5", "0.5"),
]  # fmt: skip
WORDED = [
    ("五分之一", "20", "%"), ("三分之二", "66.666666666667", "%"), ("百分之三十五点五", "35.5", "%"),
    ("千分之三", "3", "‰"), ("万分之五", "0.05", "%"), ("3成", "30", "%"), ("七成六", "76", "%"), ("四成半", "45", "%"),
    ("一半", "50", "%"), ("半数", "50", "%"), ("1/4", "25", "%"), ("八折", "80", "%"), ("75折", "75", "%"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_value(text: str, value: str) -> None:
    found = parse_numeral(text)
    assert found is not None
    assert found.value == Decimal(value)
    assert found.unit is None


@pytest.mark.parametrize(("text", "value", "unit"), WORDED)
def test_worded(text: str, value: str, unit: str) -> None:
    found = parse_numeral(text)
    assert found is not None
    assert (found.value, found.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text", ["", "万", "亿", "一线", "12a", "1.2.3万", "abc", "成", "1/0", "十折", "两三", "三二", "九" * 80]
)
def test_not_a_numeral(text: str) -> None:
    assert parse_numeral(text) is None


@pytest.mark.parametrize(
    ("text", "number", "multiplier", "decimals"),
    [
        ("7.6万", "7.6", 4, 1),
        ("1.20", "1.20", 0, 2),
        ("2亿3000万", "23000", 4, 0),
        ("三百万", "300", 4, 0),
        ("3百", "3", 2, 0),
    ],
)
def test_what_was_printed_is_kept(text: str, number: str, multiplier: int, decimals: int) -> None:
    found = parse_numeral(text)
    assert found is not None
    assert (found.number, found.multiplier, found.decimals) == (Decimal(number), multiplier, decimals)


def _spoken(n: int) -> str:
    digits = "零一二三四五六七八九"
    out, zero = "", False
    for power, word in ((3, "千"), (2, "百"), (1, "十"), (0, "")):
        d = n // 10**power % 10
        if d:
            out += ("零" if zero and out else "") + digits[d] + word
            zero = False
        else:
            zero = True
    return out


@given(st.integers(1, 99_999_999))
def test_chinese_round_trip(n: int) -> None:
    high, low = divmod(n, 10_000)
    text = (
        (f"{_spoken(high)}万" if high else "")
        + ("零" if high and 0 < low < 1000 else "")
        + (_spoken(low) if low else "")
    )
    found = parse_numeral(text)
    assert found is not None
    assert found.value == n


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["", "万", "亿", "万亿"]))
def test_arabic_round_trip(number: Decimal, word: str) -> None:
    found = parse_numeral(f"{number}{word}")
    assert found is not None
    assert found.value == number.scaleb({"": 0, "万": 4, "亿": 8, "万亿": 12}[word])


@given(st.text(max_size=80))
def test_any_text_is_safe(text: str) -> None:
    parse_numeral(text)
