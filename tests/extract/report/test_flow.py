"""Reading order: what a layout tears is joined, what it sets apart stays apart."""

from __future__ import annotations

from etl.extract.report import extract_report
from etl.model import Document


def test_cells_of_a_table_row_are_not_one_number_and_do_not_go_on_in_the_next_row() -> None:
    document = Document("地区\t企业数\t产值\n西陵区\t41.0\t8317\t6792\n枝江市\t36.3\t7000\t5000\n", "txt", "text/1")
    assert extract_report(document).figures == ()
