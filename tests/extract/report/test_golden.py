"""Against reports of our own writing (``golden/``), annotated before the extractor had seen them.

Each ``NNN.jsonl`` holds ``fact`` lines (span, value, unit, kind, qualifier, place, period, words that its label must
hold, and what else the text honestly allows), ``not`` lines (numerals that are no figures) and ``optional`` ones.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from etl.extract import extract
from etl.model import Document, ManifestEntry, Observation, SourceFile, Span
from etl.normalise.observe import observe

GOLDEN = Path(__file__).parent / "golden"
REPORTS = sorted(GOLDEN.glob("*.txt"))
SAME_UNIT = {"名": "人", "位": "人", "户": "家", "个百分点": "百分点"}


@dataclass
class Tally:
    wanted: int = 0
    found: int = 0
    quantities: int = 0
    rows: int = 0
    spurious: int = 0
    wrong_places: int = 0
    wrong_periods: int = 0

    def f1(self, right: int) -> float:
        return 2 * right / max(1, self.wanted + self.found)


@cache
def manifest() -> Mapping[str, ManifestEntry]:
    with (GOLDEN / "manifest.csv").open(encoding="utf-8") as lines:
        rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(lines)]
    return {str(row["file"]): ManifestEntry(**row) for row in rows}  # type: ignore[arg-type]


@cache
def gold(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.with_name(f"{path.name[:3]}.jsonl").read_text("utf-8").splitlines()]


@cache
def observations(path: Path, known: bool) -> list[tuple[Span, Observation]]:
    entry = manifest().get(path.name) if known else None
    source = SourceFile(path, path.name, "0" * 64, 1, entry)
    found = [observe(source, f) for f in extract(source, Document(path.read_text("utf-8"), "txt", "txt/1")).figures]
    return [(o.place, o) for o in found if isinstance(o.place, Span)]


def overlap(span: Span, line: Mapping[str, Any]) -> int:
    return min(span.end, int(line["end"])) - max(span.start, int(line["start"]))


def tally(path: Path, known: bool) -> Tally:
    lines = gold(path)
    optional = [x for x in lines if x["type"] == "optional"]
    left = [(s, o) for s, o in observations(path, known) if not any(overlap(s, x) > 0 for x in optional)]
    t = Tally(wanted=sum(x["type"] == "fact" for x in lines), found=len(left))
    for fact in (x for x in lines if x["type"] == "fact"):
        best = max(
            ((same_value(o, fact), overlap(s, fact), i) for i, (s, o) in enumerate(left) if overlap(s, fact) > 0),
            default=None,
        )
        if best is None:
            continue
        span, seen = left.pop(best[2])
        quantity = is_quantity(seen, fact)
        place, period = has_place(seen, fact), has_period(seen, fact)
        t.quantities += quantity
        t.rows += quantity and place and period and is_row(span, seen, fact)
        t.wrong_places += not place and seen.area.code is not None
        t.wrong_periods += not period and seen.period.iso is not None
    t.spurious = len(left)
    return t


def same_value(seen: Observation, fact: Mapping[str, Any]) -> bool:
    value = float(seen.obs_value)
    return abs(value - float(fact["value"])) <= 1e-9 * max(1.0, abs(value))


def is_quantity(seen: Observation, fact: Mapping[str, Any]) -> bool:
    units = [SAME_UNIT.get(u, u) for u in (fact["unit"], *fact.get("unit_also", []))]
    qualified = seen.qualifier in (fact["qualifier"], *fact.get("qualifier_also", []))
    return same_value(seen, fact) and SAME_UNIT.get(seen.unit or "", seen.unit) in units and qualified


def has_place(seen: Observation, fact: Mapping[str, Any]) -> bool:
    return (seen.area.code or "")[:6] in [r or "" for r in (fact["region"], *fact.get("region_also", []))]


def has_period(seen: Observation, fact: Mapping[str, Any]) -> bool:
    return seen.period.iso in (fact["period"], *fact.get("ambiguous", []))


def is_row(span: Span, seen: Observation, fact: Mapping[str, Any]) -> bool:
    words = fact["keywords"]
    label = "".join(seen.label.split())
    told = len(label) <= 60 and 2 * sum(w in label for w in words) >= len(words)
    near = abs(span.start - fact["start"]) <= 2 and abs(span.end - fact["end"]) <= 2
    if fact["kind"] in ("target", "standard"):
        return told and near and seen.status in (fact["kind"], *fact.get("status_also", []))
    kinds = (fact["kind"], *fact.get("kind_also", []))
    return (
        told
        and near
        and seen.status in ("observed", *fact.get("status_also", []))
        and (fact["kind"] == "other" or seen.kind in kinds)
    )


def total(known: bool) -> Tally:
    out = Tally()
    for path in REPORTS:
        for name, count in vars(tally(path, known)).items():
            setattr(out, name, getattr(out, name) + count)
    return out


def marks() -> Iterator[tuple[Path, dict[str, Any]]]:
    return ((path, line) for path in REPORTS for line in gold(path))


def test_marks_stand_where_they_say() -> None:
    for path, line in marks():
        assert path.read_text("utf-8")[line["start"] : line["end"]] == line["text"]


def test_quantities_and_rows() -> None:
    t = total(known=True)
    assert t.f1(t.quantities) >= QUANTITY
    assert t.f1(t.rows) >= ROW
    assert t.spurious <= 0.02 * t.found


@pytest.mark.parametrize("path", REPORTS, ids=lambda p: p.stem)
def test_no_report_falls_behind(path: Path) -> None:
    t = tally(path, known=True)
    assert t.f1(t.quantities) >= 0.93
    assert t.f1(t.rows) >= 0.8


def test_without_a_manifest_little_is_asserted_wrongly() -> None:
    t = total(known=False)
    assert t.wrong_places <= 0.02 * t.wanted
    assert t.wrong_periods <= 0.02 * t.wanted


QUANTITY, ROW = 0.985, 0.97
"""A little below what is reached. Blind, before any rule knew them, the later six stood at 0.986 and 0.90."""
