"""Against the annotated reports; skipped where they are not at hand."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from etl.extract.report import extract_report
from etl.model import Document, ManifestEntry, RawFigure, Span
from etl.normalise.units import load_units

SHARED = Path(os.environ.get("GONGBAO_SHARED", Path(__file__).parents[4] / "shared"))
pytestmark = pytest.mark.skipif(not (SHARED / "gold/reports").is_dir(), reason="no annotated reports at hand")
ALSO = {"名": "人", "位": "人", "户": "家"}


def reports() -> Iterator[tuple[str, str, ManifestEntry]]:
    with (SHARED / "reports/manifest.csv").open(encoding="utf-8") as f:
        for row in csv.DictReader(f):
            text = (SHARED / "reports" / row["file"]).read_text("utf-8")
            yield row["file"], text, ManifestEntry(**{k: v or None for k, v in row.items()})  # type: ignore[arg-type]


def value(figure: RawFigure) -> tuple[Decimal, str]:
    parsed = load_units().parse(figure.unit or "")
    factor = parsed.unit.factor if parsed else Decimal(1)
    base = parsed.unit.base if parsed else figure.unit or ""
    return figure.number.scaleb(figure.multiplier + (parsed.multiplier if parsed else 0)) * factor, ALSO.get(base, base)


def test_quantities_of_the_annotated_reports() -> None:
    wanted = found = right = 0
    for file, text, manifest in reports():
        gold = SHARED / "gold/reports" / f"{file[:3]}.jsonl"
        if not gold.exists():
            continue
        lines = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
        optional = [(x["start"], x["end"]) for x in lines if x["type"] == "optional"]
        facts = [x for x in lines if x["type"] == "fact"]
        figures = [
            f
            for f in extract_report(Document(text, "txt", "txt/1"), manifest).figures
            if isinstance(f.place, Span) and not any(f.place.start < e and s < f.place.end for s, e in optional)
        ]
        wanted += len(facts)
        found += len(figures)
        for fact in facts:
            for figure in figures:
                place = figure.place
                assert isinstance(place, Span)
                if place.start < fact["end"] and fact["start"] < place.end:
                    units = [ALSO.get(u, u) for u in (fact["unit"], *fact.get("unit_also", []))]
                    number, unit = value(figure)
                    right += abs(number - Decimal(str(fact["value"]))) <= abs(number) / 10**9 and unit in units
    assert 2 * right / (wanted + found) >= 0.985


def test_without_a_manifest_no_wrong_place_is_asserted() -> None:
    facts = wrong = 0
    for file, text, _ in reports():
        gold = SHARED / "gold/reports" / f"{file[:3]}.jsonl"
        if not gold.exists():
            continue
        figures = extract_report(Document(text, "txt", "txt/1")).figures
        for fact in map(json.loads, gold.read_text("utf-8").splitlines()):
            for figure in figures:
                place = figure.place
                if fact["type"] == "fact" and isinstance(place, Span) and place.start == fact["start"]:
                    facts += 1
                    known = (None, fact["region"], *fact.get("region_also", []))
                    wrong += figure.area.code not in known
    assert wrong <= 0.02 * facts
