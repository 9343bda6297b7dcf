"""Annotated rows load without a person, and what loads is right: ``benchmarks/trust.py``. Skipped without answers."""

from __future__ import annotations

import pytest

from benchmarks.trust import SHARED, measure

pytestmark = pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="no answers at hand")


@pytest.mark.parametrize("reports", [True, False], ids=["reports", "sheets"])
def test_most_rows_load_and_are_right(reports: bool) -> None:
    trust = measure(reports)
    assert trust.loaded >= 0.85 * trust.rows
    assert trust.right >= 0.99 * trust.loaded
