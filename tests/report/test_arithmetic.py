"""The arithmetic that a reviewer reads."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.model import CellRef, Span
from etl.report.arithmetic import brief, cut, ranges, written_out
from etl.report.data import RelationIssue

SUM = " + ".join(str(n) for n in range(1, 31)) + " = 465，应为 470，不成立"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SUM, "1 + 2 + 3 + 4 + …（共 30 项） + 29 + 30 = 465，应为 470，不成立"),
        ("各部分之和不符：" + SUM, "各部分之和不符：1 + 2 + 3 + 4 + …（共 30 项） + 29 + 30 = 465，应为 470，不成立"),
        ("1 + 2 = 3", "1 + 2 = 3"),
        ("0.30000000000000004 + 590.135724468363", "0.3 + 590.1357"),
        ("0.0000123456 ÷ 3", "0.0000123 ÷ 3"),
        ("1.2345，2024.12.31", "1.2345，2024.12.31"),
        ("", ""),
    ],
)
def test_brief(text: str, expected: str) -> None:
    assert brief(text) == expected


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("0.30000000000000004", "0.3000…"),
        ("590.135724468363", "590.1357…"),
        ("12.5%", "12.5%"),
        ("0.00001234567", "0.0000123…"),
        ("1234.56789", "1234.5678…"),
        ("22 1.47", "22 1.47"),
    ],
)
def test_cut_says_that_it_cut(printed: str, shown: str) -> None:
    assert cut(printed) == shown


@given(st.text(alphabet="0123456789.+ =…", max_size=200))
def test_shortening_never_fails_nor_grows_much(text: str) -> None:
    assert len(brief(text)) <= len(text) + 20
    assert len(cut(text)) <= len(text) + 1


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["B5", *(f"B{r}" for r in range(7, 22))], "B5、B7:B21"),
        (["B2", "C2", "D2"], "B2:D2"),
        (["B2", "C3"], "B2、C3"),
        (["B2", "B3", "C3"], "B2:B3、C3"),
        (["??", "B2"], "??、B2"),
        ([], ""),
    ],
)
def test_ranges(cells: list[str], expected: str) -> None:
    assert ranges(cells) == expected


def relation(low: str, high: str, kind: str = "sum") -> RelationIssue:
    members = (("total", CellRef("表", "B2")), ("parts", CellRef("表", "B3")), ("parts", CellRef("表", "B4")))
    return RelationIssue("r", "f", kind, members, "原式", Decimal(low), Decimal(high))


def test_sums_are_written_as_printed() -> None:
    printed = {"B2": "1,000.5", "B3": "400.2", "B4": "500.1"}
    written = written_out(relation("9002950", "9003050"), lambda c: printed[c.cell])
    assert written.text == "400.2 + 500.1 = 900.3，应为 1000.5，不成立"
    assert written.scale == 10_000
    assert written.difference == Decimal("100.2")


@pytest.mark.parametrize("cells", [{"B2": "10", "B3": "", "B4": "5"}, {"B2": "10", "B3": "7", "B4": "…"}])
def test_what_is_no_number_leaves_the_sum_as_stored(cells: dict[str, str]) -> None:
    assert written_out(relation("12", "12"), lambda c: cells[c.cell]).text == "原式"


def test_cells_of_different_units_leave_the_sum_as_stored() -> None:
    printed = {"B2": "10", "B3": "7", "B4": "5"}
    assert written_out(relation("70005", "70005"), lambda c: printed[c.cell]).text == "原式"


def test_other_relations_and_texts_stay_as_stored() -> None:
    assert written_out(relation("12", "12", "share"), lambda _: "1").text == "原式"
    spans = RelationIssue(
        "r", "f", "sum", (("total", Span(0, 1)), ("parts", Span(2, 3))), "原式", Decimal(1), Decimal(1)
    )
    assert written_out(spans, lambda _: "1").text == "原式"
