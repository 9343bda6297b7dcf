from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.extract.sheet.cells import looks_damaged, read_number, read_text_number
from etl.model import Cell


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        ("605.02", "605.02", ()),
        ("    1165081", "1165081", ()),
        ("\u3000-4,923", "-4923", ()),
        ("621 89", "62189", ("space_in_number",)),
        ("8.1 8", "8.18", ("space_in_number",)),
        ("7. 35", "7.35", ("space_in_number",)),
        ("- 45.0", "-45.0", ("space_in_number",)),
        ("10．89", "10.89", ("full_width",)),
        ("１２３", "123", ("full_width",)),
        ("1,24", "1.24", ("comma_for_point",)),
        ("13.50\xa0", "13.50", ()),
        ("1.5E+04", "15000", ()),
        ("2418.3299999999999", "2418.33", ()),
        ("1000179.9999999999", "1000180", ()),
        ("12345678901234567890", "12345678901234567890", ()),
    ],
)
def test_numbers_are_read_and_their_damage_named(text: str, value: str, repairs: tuple[str, ...]) -> None:
    number = read_text_number(text)
    assert number is not None
    assert number.value == Decimal(value)
    assert number.repairs == repairs


@pytest.mark.parametrize(
    "text", ["…", "-", "NA", "7.8S", "217E", "2010 2011", "1.2.3", "12,34,5", "2019年", "", "1 " * 30]
)
def test_what_is_no_number_stays_text(text: str) -> None:
    assert read_text_number(text) is None


def test_a_percent_cell_keeps_its_sign() -> None:
    number = read_number(Cell(0, 0, Decimal("36.2"), "36.2%", percent=True))
    assert number is not None
    assert (number.value, number.sign, number.decimals) == (Decimal("36.2"), "%", 1)
    assert read_text_number("36.2%") == number


@pytest.mark.parametrize(
    ("text", "damaged"), [("7.8S", True), ("217E", True), ("4.9T", True), ("男", False), ("A1", False)]
)
def test_lost_digits_are_recognised(text: str, damaged: bool) -> None:
    assert looks_damaged(text) is damaged


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_what_is_printed_plainly_is_read_as_is(value: Decimal) -> None:
    number = read_text_number(f"  {value:f} ")
    assert number is not None
    assert number.value == value
    assert number.decimals == 2
    assert number.repairs == ()


@given(st.text(max_size=50))
def test_any_text_is_safe(text: str) -> None:
    read_text_number(text)
    looks_damaged(text)
