"""The count that everything else is held against."""

from __future__ import annotations

import pytest

from etl.accounting import check_numerals
from etl.errors import LimitError
from etl.model import Document


def test_a_report_with_more_numerals_than_memory_allows_is_refused() -> None:
    document = Document("全市5人，" * 11, "txt", "text/1")
    check_numerals("a.txt", document, 11)
    with pytest.raises(LimitError, match="11 numerals, the limit is 10"):
        check_numerals("a.txt", document, 10)
