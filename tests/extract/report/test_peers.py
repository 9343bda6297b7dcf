"""Against the test cases of Recognizers-Text and JioNLP; skipped where they are not at hand."""

from __future__ import annotations

import csv
import json
import os
import re
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from etl.extract.report import extract_report
from etl.extract.report.asides import Covering, find_asides
from etl.extract.report.flow import Flow, flow
from etl.extract.report.scan import Number, find_numbers
from etl.model import Document, Span
from etl.normalise.units import load_units

SHARED = Path(os.environ.get("GONGBAO_SHARED", Path(__file__).parents[4] / "shared"))
PEERS = SHARED / "peers"
pytestmark = pytest.mark.skipif(not PEERS.is_dir(), reason="no cases of the peers at hand")


@cache
def on_purpose(name: str) -> dict[int, str]:
    lines = (Path(__file__).parent / "peers_on_purpose.csv").read_text("utf-8").splitlines()
    return {int(r["case"]): r["reason"] for r in csv.DictReader(lines[1:]) if r["set"] == name}


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((PEERS / f"recognizers/Number/{name}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize(("model", "index"), [("NumberModel", "Number"), ("PercentModel", "Percent")])
def test_numerals_of_recognizers(model: str, index: str) -> None:
    listed = json.loads((PEERS / f"recognizers/domain_index_{index}.json").read_text("utf-8"))
    domain = [entry["i"] for entry in listed if entry["domain"]]
    known = on_purpose(model)
    assert len(known) <= 0.05 * len(domain)
    assert all(known.values())
    every = cases(model)
    wrong = [(i, every[i]["Input"]) for i in domain if i not in known and not agrees(every[i], model)]
    assert len(wrong) <= 0.02 * len(domain), wrong


def agrees(case: dict[str, Any], model: str) -> bool:
    """Whether spans and values are those of the peer: all numerals, or those that are no words or names."""
    reading = flow(case["Input"])
    covering = Covering(find_asides(reading.text, ()))
    numbers = list(find_numbers(reading.text))
    words = ("idiom", "name")
    plain = [n for n in numbers if covering.reason(n.start, n.digits_end) not in words]
    return any(same(reading, found, case["Results"], model == "PercentModel") for found in (numbers, plain))


def same(reading: Flow, numbers: list[Number], results: list[dict[str, Any]], percent: bool) -> bool:
    scale = {"%": Decimal(1), "‰": Decimal("0.1")} if percent else {"%": Decimal("0.01"), "‰": Decimal("0.001")}
    found = []
    for number in numbers:
        printed = reading.text[number.start : number.digits_end]
        bare = number.bare_power and number.qualifier == "eq" and number.numeral and number.numeral.value >= 10_000
        if number.numeral is None or bare:
            continue
        if number.unit not in ("%", "‰", "个百分点", "百分点") if percent else "折" in printed:
            continue  # the other model's
        span = reading.to_raw(number.start, number.end if percent else number.digits_end)
        found.append((span.start, span.end, number.numeral.value * scale.get(number.numeral.unit or "", Decimal(1))))
    if len(found) != len(results):
        return False
    for (start, end, value), result in zip(found, results, strict=True):
        try:
            wanted = Decimal(str(result["Resolution"]["value"]).rstrip("%"))
        except InvalidOperation:
            return False
        if (start, end) != (result["Start"], result["End"] + 1):
            return False
        if abs(value - wanted) > Decimal("1e-8") * max(Decimal(1), abs(wanted)):
            return False
    return True


BOUND = re.compile(r"超过|过|[至最][少多高低]|以[上下]|更多|[余多几幾]|[不大小少低]于|不[大小]于|≥|[~–-]|到")
COMPARES = re.compile(r"比|之间|间$|等于一|之下")
"""Comparisons and membership in an interval: no bounds that a report prints."""


def test_bounds_of_recognizers() -> None:
    known = on_purpose("NumberRangeModel")
    domain = [
        (case["Input"], case["Results"])
        for i, case in enumerate(cases("NumberRangeModel"))
        if i not in known and BOUND.search(case["Input"]) and not COMPARES.search(case["Input"])
    ]
    assert len(domain) >= 45
    assert len(known) <= 0.05 * len(domain)
    wrong = [text for text, results in domain if not wanted_bounds(results) <= printed_bounds(text)]
    assert len(wrong) <= 0.05 * len(domain), wrong


def wanted_bounds(results: list[dict[str, Any]]) -> set[tuple[str, Decimal]]:
    bounds = set()
    for result in results:
        low, high = result["Resolution"]["value"].strip("[]()").split(",")
        if low != high:
            bounds |= {(side, Decimal(v)) for side, v in (("low", low), ("high", high)) if v}
    return bounds


def printed_bounds(text: str) -> set[tuple[str, Decimal]]:
    bounds = set()
    for number in find_numbers(flow(text).text):
        if number.numeral is None:
            continue
        value = number.numeral.value
        # intervals of Recognizers' are of plain numbers, shares of theirs of percents where printed as such
        if number.unit == "%" and "/" in text:
            value /= 100
        if number.upper is not None:
            bounds |= {("low", value), ("high", number.upper.scaleb(number.numeral.multiplier))}
        if number.qualifier in ("gt", "ge"):
            bounds.add(("low", value))
        if number.qualifier in ("lt", "le"):
            bounds.add(("high", value))
    return bounds


def test_money_of_jionlp() -> None:
    """Spans of amounts in sentences, and values and currencies of amounts that stand alone."""
    right = total = 0
    wrong = []
    listed = json.loads((PEERS / "jionlp/test_money_extractor.json").read_text("utf-8"))["money_string_list"]
    for text, wanted in listed:
        found = [f for f in extract_report(Document(text, "txt", "txt/1")).figures if f.kind == "money"]
        spans = {(f.place.start, f.place.end) for f in found if isinstance(f.place, Span)}
        ok = spans == {tuple(w["offset"]) for w in wanted}
        right, total = right + ok, total + 1
        wrong += [] if ok else [text[:40]]
    listed = json.loads((PEERS / "jionlp/test_money_parser.json").read_text("utf-8"))["money_string_list"]
    for text, wanted in listed:
        ok = amount(f"金额{text}") == (tuple(map(Decimal, as_list(wanted["num"]))), code(wanted["case"]))
        right, total = right + ok, total + 1
        wrong += [] if ok else [text]
    assert right / total >= 0.95, wrong


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def amount(text: str) -> tuple[tuple[Decimal, ...], str] | None:
    """Value (both ends of a range; what 多 and 几 leave open as JioNLP closes it) and currency, to the cent."""
    numbers = [n for n in find_numbers(flow(text).text) if n.numeral is not None]
    if len(numbers) != 1 or numbers[0].numeral is None:
        return None
    number = numbers[0]
    numeral = number.numeral
    assert numeral is not None
    values = [numeral.value]
    if number.upper is not None:
        values.append(number.upper.scaleb(numeral.multiplier))
    elif number.qualifier == "gt" and re.search("[余多几]", text):
        digits = len(str(int(numeral.value))) - 1
        values.append(numeral.value + 10**digits)
    return tuple(v.quantize(Decimal("0.01"), "ROUND_DOWN") for v in values), code(number.unit or "元")


def code(unit: str) -> str:
    parsed = load_units().parse(unit)
    return parsed.unit.code if parsed else unit
