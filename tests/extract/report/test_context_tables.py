"""Place, period and label of figures in sentences of many fields, by phenomenon: tables in ``context/``."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from etl.extract.report import extract_report
from etl.model import Document, ManifestEntry, RawFigure

TABLES = Path(__file__).parent / "context"


def cases(table: str) -> list[dict[str, str]]:
    lines = [line for line in (TABLES / table).read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def figure(case: dict[str, str]) -> RawFigure:
    entry = ManifestEntry("a.txt", None, None, case["home"] or None, case["day"] or None)
    text = case["sentence"].replace("\\n", "\n")
    found = extract_report(Document(text, "txt", "txt/1"), entry if case["home"] else None)
    return next(f for f in found.figures if f.text == case["printed"])


def every(table: str) -> Iterator[ParameterSet]:
    for i, case in enumerate(cases(table)):
        yield pytest.param(case, id=f"{i}-{case['printed']}")


@pytest.mark.parametrize("case", [*every("places.csv"), *every("subjects.csv")])
def test_place(case: dict[str, str]) -> None:
    assert (figure(case).area.code or "") == case["expected"]


@pytest.mark.parametrize("case", [*every("periods.csv"), *every("carried.csv")])
def test_period(case: dict[str, str]) -> None:
    assert (figure(case).period.iso or "") == case["expected"]


@pytest.mark.parametrize("case", list(every("labels.csv")))
def test_label(case: dict[str, str]) -> None:
    assert figure(case).label == case["expected"]


@pytest.mark.parametrize("table", ["places.csv", "subjects.csv", "periods.csv", "carried.csv", "labels.csv"])
def test_each_phenomenon_has_several_cases(table: str) -> None:
    assert min(Counter(case["phenomenon"] for case in cases(table)).values()) >= 6
