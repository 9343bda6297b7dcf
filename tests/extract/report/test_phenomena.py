"""Sentences of many fields and places, by phenomenon; the tables were written before the reader had seen them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from etl.extract.report import extract_report
from etl.model import Document, Span

TABLES = sorted((Path(__file__).parent / "phenomena").glob("*.csv"))


def cases(path: Path) -> list[tuple[str, list[str], str]]:
    """Sentence, its figures, and why we miss them, mostly empty."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(row["sentence"], wanted(row["figures"]), row["missed"]) for row in csv.DictReader(lines)]


def wanted(cell: str) -> list[str]:
    """``text:value:unit[:qualifier]`` of each figure, apart by a blank; blanks inside a text stay with it."""
    figures: list[str] = []
    for piece in cell.split(" ") if cell else []:
        if figures and ":" not in figures[-1]:
            figures[-1] += f" {piece}"
        else:
            figures.append(piece)
    return [f if f.count(":") == 3 else f"{f}:eq" for f in figures]


def found(sentence: str) -> list[str]:
    out = []
    for figure in extract_report(Document(sentence, "txt", "txt/1")).figures:
        assert isinstance(figure.place, Span)
        assert sentence[figure.place.start : figure.place.end] == figure.text
        value = figure.number.scaleb(figure.multiplier)
        shown = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
        out.append(f"{figure.text}:{shown}:{SAME.get(figure.unit or '', figure.unit or '')}:{figure.qualifier}")
    return out


SAME = {"位": "人"}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_sixty_sentences_each(path: Path) -> None:
    assert len(cases(path)) >= 60


def every() -> Iterator[ParameterSet]:
    for path in TABLES:
        for sentence, figures, missed in cases(path):
            marks = [pytest.mark.xfail(strict=True, reason=missed)] if missed else []
            yield pytest.param(sentence, figures, id=f"{path.stem}-{sentence[:14]}", marks=marks)


@pytest.mark.parametrize(("sentence", "figures"), list(every()))
def test_phenomena(sentence: str, figures: list[str]) -> None:
    assert found(sentence) == figures


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_few_are_missed(path: Path) -> None:
    assert sum(bool(missed) for _, _, missed in cases(path)) <= 0.03 * len(cases(path))
