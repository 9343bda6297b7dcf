"""Reading order: what a layout tears is joined, what it sets apart stays apart."""

from __future__ import annotations

import pytest

from etl.extract.confidence import ENOUGH
from etl.extract.report import extract_report
from etl.model import Document


def test_cells_of_a_table_row_are_not_one_number_and_do_not_go_on_in_the_next_row() -> None:
    document = Document("地区\t企业数\t产值\n西陵区\t41.0\t8317\t6792\n枝江市\t36.3\t7000\t5000\n", "txt", "text/1")
    assert extract_report(document).figures == ()


@pytest.mark.parametrize(
    ("text", "printed", "sure"),
    [
        ("全镇水稻面积1 8235亩。", "8235亩", False),
        ("参加培训的有28, 416 人。", "416 人", False),
        ("2023 125人参保。", "125人", True),
        ("医院床位 2 300张。", "2 300张", True),
        ("2024年5月 1 120人报名。", "1 120人", True),
    ],
)
def test_a_figure_that_other_digits_touch_is_held(text: str, printed: str, sure: bool) -> None:
    found = next(f for f in extract_report(Document(text, "txt", "text/1")).figures if f.text == printed)
    assert (found.confidence >= ENOUGH) is sure
