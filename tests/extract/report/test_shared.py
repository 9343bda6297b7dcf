"""Against the annotated reports and the peers' test cases; skipped where they are not at hand."""
# ruff: noqa: E501  (a Chinese character counts as two columns)

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from etl.extract.report import extract_report
from etl.extract.report.asides import Covering, find_asides
from etl.extract.report.flow import flow
from etl.extract.report.scan import find_numbers
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


ON_PURPOSE = {
    "NumberModel": {
        0: "两百点两 is one decimal", 1: "一点两 is one decimal", 29: "倆 is a pronoun", 61: "半百 is an age",
        96: "times of day are dates", 101: "多 is a qualifier", 178: "百分之 belongs to a share", 179: "百分之 belongs to a share",
        215: "no exponents in prose", 221: "dotted codes", 222: "dots of an ellipsis", 223: "double signs", 234: "blank fractions",
    },
    "PercentModel": {6: "blank between digits", 
48: "二三十 is a range",  94: "500分之2.2 is a share", 148: "a range", 149: "percentile"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "index", "least"), [("NumberModel", "Number", 0.93), ("PercentModel", "Percent", 0.98)]
)
def test_cases_of_recognizers(model: str, index: str, least: float) -> None:
    folder = SHARED / "peers/recognizers"
    cases: list[dict[str, Any]] = json.loads((folder / f"Number/{model}.json").read_text("utf-8"))
    domain = [e["i"] for e in json.loads((folder / f"domain_index_{index}.json").read_text("utf-8")) if e["domain"]]
    assert len(ON_PURPOSE[model]) <= 0.05 * len(domain)
    wrong = [
        (i, cases[i]["Input"])
        for i in domain
        if i not in ON_PURPOSE[model] and not agrees(cases[i]["Input"], cases[i]["Results"], model == "PercentModel")
    ]
    assert len(wrong) <= (1 - least) * len(domain), wrong


def agrees(text: str, results: list[dict[str, Any]], percent: bool) -> bool:
    reading = flow(text)
    covering = Covering(find_asides(reading.text, ()))
    scale = {"%": Decimal(1), "‰": Decimal("0.1")} if percent else {"%": Decimal("0.01"), "‰": Decimal("0.001")}
    found = []
    for number in find_numbers(reading.text):
        bare = number.bare_power and number.qualifier == "eq" and number.numeral and number.numeral.value >= 10_000
        if number.numeral is None or bare or (percent and number.unit not in ("%", "‰", "个百分点", "百分点")):
            continue
        if not results and covering.of(number.start, number.digits_end):
            continue
        span = reading.to_raw(number.start, number.end if percent else number.digits_end)
        found.append((span.start, span.end, number.numeral.value * scale.get(number.numeral.unit or "", Decimal(1))))
    if len(found) != len(results):
        return False
    for (start, end, number_value), result in zip(found, results, strict=True):
        try:
            wanted = Decimal(str(result["Resolution"]["value"]).rstrip("%"))
        except InvalidOperation:
            return False
        if (start, end) != (result["Start"], result["End"] + 1):
            return False
        if abs(number_value - wanted) > Decimal("1e-8") * max(Decimal(1), abs(wanted)):
            return False
    return True


def test_money_of_jionlp() -> None:
    cases = json.loads((SHARED / "peers/jionlp/test_money_extractor.json").read_text("utf-8"))["money_string_list"]
    right = total = 0
    for text, wanted in cases:
        found = [f for f in extract_report(Document(text, "txt", "txt/1")).figures if f.kind == "money"]
        spans = [(f.place.start, f.place.end) for f in found if isinstance(f.place, Span)]
        total += max(1, len(wanted))
        right += sum(tuple(w["offset"]) in spans for w in wanted) if wanted else not spans
    assert right / total >= 0.75
