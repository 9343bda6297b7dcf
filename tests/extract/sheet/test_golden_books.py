"""Workbooks of our own design against the long tables that they stand for, as the scorer of real tables counts."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from etl.ingest import Read, read_file
from etl.model import CellRef, SourceFile
from tests.extract.sheet import (
    golden_books,
    golden_books_eighth,
    golden_books_fifth,
    golden_books_fourth,
    golden_books_hard,
    golden_books_seventh,
    golden_books_sixth,
    golden_books_third,
)
from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_pages import Fact
from tests.labels import label_fits

BUILDERS = {
    b.__name__: b
    for b in (
        *golden_books.BUILDERS,
        *golden_books_hard.BUILDERS,
        *golden_books_third.BUILDERS,
        *golden_books_fourth.BUILDERS,
        *golden_books_fifth.BUILDERS,
        *golden_books_sixth.BUILDERS,
        *golden_books_seventh.BUILDERS,
        *golden_books_eighth.BUILDERS,
    )
}


def _read(path: Path) -> Read:
    outcome = read_file(SourceFile(path, path.name, "0" * 64, path.stat().st_size))
    assert isinstance(outcome, Read), outcome.error
    return outcome


def _wrong(fact: Fact, read: Read) -> str | None:
    found = next(
        (o for o in read.observations if o.place == CellRef(fact.sheet, fact.cell)),
        None,
    )
    if found is None:
        return f"{fact.sheet}!{fact.cell} missed"
    got = (found.area.code, found.period.iso, found.unit)
    want = (fact.region, fact.period, fact.unit)
    if got != want or abs(found.obs_value - fact.value) > abs(fact.value) * Decimal("1e-9"):
        return f"{fact.sheet}!{fact.cell} {(*got, found.obs_value)} for {(*want, fact.value)}"
    return None if label_fits(fact.indicator, found.label) else f"{fact.cell} {found.label} for {fact.indicator}"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[GoldenBook, Read]]:
    """A golden book and what was read of it, once for all tests."""

    @functools.cache
    def read(name: str) -> tuple[GoldenBook, Read]:
        book = BUILDERS[name](random.Random(len(name)))
        return book, _read(book.save(tmp_path_factory.mktemp(name)))

    return read


@pytest.mark.parametrize("name", BUILDERS)
def test_every_cell_of_a_golden_book_is_read_right(name: str, books: Callable[[str], tuple[GoldenBook, Read]]) -> None:
    book, read = books(name)
    wrong = [w for fact in book.facts if (w := _wrong(fact, read))]
    expected = {CellRef(f.sheet, f.cell) for f in book.facts}
    extra = [o.place for o in read.observations if o.place not in expected]
    assert (wrong[:5], extra[:5]) == ([], [])
    assert not read.accounting.missing


def test_flags_are_rare_on_sound_tables(books: Callable[[str], tuple[GoldenBook, Read]]) -> None:
    """Notes and signs for no figure aside, at most one in a hundred cells is doubted."""
    cells = doubts = 0
    for name in BUILDERS:
        book, read = books(name)
        cells += len(book.facts)
        numbers = {CellRef(f.sheet, f.cell) for f in book.facts}
        damaged = {"space_in_number", "full_width", "ocr_unit"} if name == "pasted_yearbook" else set()
        doubts += len({f.place for f in read.extraction.flags if f.place in numbers and f.rule not in damaged})
    assert doubts <= cells * 0.01
