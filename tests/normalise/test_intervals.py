"""What a printed figure allows (contract.md, "Intervals")."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.model import Qualifier
from etl.normalise.intervals import Interval, last_nonzero_digit, printed_interval
from tests.make import figure, observed

D = Decimal


@pytest.mark.parametrize(
    ("printed", "number", "multiplier", "qualifier", "ratio", "worded", "low", "high"),
    [
        ("153人", "153", 0, "eq", False, False, "153", "153"),
        ("7.6万人", "7.6", 4, "eq", False, False, "75500", "76500"),
        ("40万元", "40", 4, "eq", False, False, "395000", "405000"),
        ("61%", "61", 0, "eq", True, False, "60.5", "61.5"),
        ("47.1%", "47.1", 0, "eq", True, False, "47.05", "47.15"),
        ("180多人", "180", 0, "gt", False, False, "180", "190"),
        ("3000余场", "3000", 0, "gt", False, False, "3000", "4000"),
        ("1.8万余人", "1.8", 4, "gt", False, False, "18000", "19000"),
        ("近500人", "500", 0, "lt", False, False, "400", "500"),
        ("约23万平方米", "23", 4, "approx", False, False, "225000", "235000"),
        ("五分之一", "20", 0, "eq", True, True, "17.5", "22.5"),
        ("3家以上", "3", 0, "ge", False, False, "3", None),
        ("不超过100万元", "100", 4, "le", False, False, None, "1000000"),
    ],
)
def test_printed_intervals(
    printed: str,
    number: str,
    multiplier: int,
    qualifier: Qualifier,
    ratio: bool,
    worded: bool,
    low: str | None,
    high: str | None,
) -> None:
    got = printed_interval(
        D(number),
        multiplier=multiplier,
        decimals=len(number.partition(".")[2]),
        qualifier=qualifier,
        ratio=ratio,
        worded=worded,
    )
    assert got == Interval(D(low) if low else None, D(high) if high else None), printed


def test_a_range_is_its_own_interval() -> None:
    got = printed_interval(D(5), multiplier=4, decimals=0, qualifier="eq", ratio=False, upper=D(10))
    assert got == Interval(D(50000), D(100000))


def test_conversion_scales_value_and_interval_alike() -> None:
    (o,) = observed(figure("1.5", "公顷", kind="area"))
    assert (o.obs_value, o.unit, o.obs_low, o.obs_high) == (D(15000), "平方米", D(14500), D(15500))


@pytest.mark.parametrize(("number", "digit"), [("180", "10"), ("3.63", "0.01"), ("500", "100"), ("0", "1"), ("7", "1")])
def test_last_nonzero_digit(number: str, digit: str) -> None:
    assert last_nonzero_digit(D(number)) == D(digit)


@given(
    st.decimals(min_value=0, max_value=10**9, places=3),
    st.integers(min_value=0, max_value=12),
    st.sampled_from(["eq", "approx", "gt", "ge", "lt", "le"]),
    st.booleans(),
)
def test_the_value_lies_in_its_interval(number: Decimal, multiplier: int, qualifier: Qualifier, ratio: bool) -> None:
    got = printed_interval(number, multiplier=multiplier, decimals=3, qualifier=qualifier, ratio=ratio)
    value = number.scaleb(multiplier)
    assert got.low is None or got.low <= value
    assert got.high is None or value <= got.high


def test_the_unit_code_is_that_of_the_base_unit() -> None:
    hectares, plain = observed(figure("1.5", "公顷", kind="area"), figure("3", "平方米", kind="area", at=50))
    assert hectares.unit_measure == plain.unit_measure
