"""What rots in the indicator catalogues and in the aliases that reviewers add."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from itertools import pairwise
from typing import get_args

from etl.curation.tables import Entry, Folder, Problem, is_decimal
from etl.curation.units import unit_table
from etl.model import Kind
from etl.normalise.indicators import ALIASES, KIN, Indicator, IndicatorTable, indicator, normal_label
from etl.normalise.units import UnitTable

KNOWN = frozenset(f.name for f in fields(Indicator))
BOUNDS = "indicator_bounds.csv"
OPTIONAL = frozenset({"part_of"})
LEVELS = ("country", "province", "city", "county")
"""From large to small."""


def check_indicators(folder: Folder) -> Iterator[Problem]:
    """Missing and unknown fields, codes that stand twice, unknown units, kinds, groups and wholes, cycles, overlaps."""
    entries = folder.catalogue
    units = unit_table(folder)
    for entry in entries:
        yield from _fields(units, entry)
        yield from _range(entry)
    yield from _codes(entries)
    yield from _wholes(entries)
    yield from _groups(folder, entries)
    yield from _phrases(entries)
    yield from _aliases(folder, entries)
    yield from _levels(folder, entries)


def _problem(entry: Entry, key: str, message: str) -> Problem:
    return Problem(entry.file, entry.lines.get(key, entry.line), f"{entry.cells.get('code', '?')}: {message}")


def _fields(units: UnitTable, entry: Entry) -> Iterator[Problem]:
    cells = entry.cells
    for key in cells.keys() - KNOWN:
        yield _problem(entry, key, f"there is no field {key}")
    for key in sorted(KNOWN - OPTIONAL - cells.keys()):
        yield _problem(entry, "code", f"field {key} is missing")
    for key in sorted(k for k, cell in cells.items() if cell in ("", [])):
        yield _problem(entry, key, f"field {key} is empty")
    if not str(cells.get("code", "")).isascii():
        yield _problem(entry, "code", "a code is ASCII")
    if cells.get("kind") not in get_args(Kind):
        yield _problem(entry, "kind", f"there is no kind {cells.get('kind')}")
    if cells.get("stock_flow") not in ("stock", "flow"):
        yield _problem(entry, "stock_flow", f"{cells.get('stock_flow')} is neither stock nor flow")
    parsed = units.parse(str(cells.get("unit", "")))
    if parsed is None:
        yield _problem(entry, "unit", f"there is no unit {cells.get('unit')}")
    elif parsed.multiplier or parsed.unit.base != cells["unit"]:
        yield _problem(entry, "unit", f"{cells['unit']} is not the base unit {parsed.unit.base}")


def _range(entry: Entry) -> Iterator[Problem]:
    try:
        whole = Decimal(entry.cells.get("low", "-Infinity")), Decimal(entry.cells.get("high", "Infinity"))
    except (ArithmeticError, TypeError):
        yield _problem(entry, "low", "low and high are numbers")
        return
    if whole[0] >= whole[1]:
        yield _problem(entry, "low", f"low {whole[0]} is not below high {whole[1]}")


def _codes(entries: list[Entry]) -> Iterator[Problem]:
    seen: dict[str, Entry] = {}
    names: dict[str, Entry] = {}
    for entry in entries:
        code, name = str(entry.cells.get("code")), str(entry.cells.get("name_zh"))
        first = seen.setdefault(code, entry)
        if first is not entry:
            yield _problem(entry, "code", f"code stands in {first.file} line {first.line} already")
        other = names.setdefault(name, entry)
        if other is not entry:
            yield _problem(entry, "name_zh", f"name {name} is that of {other.cells.get('code')} too")


def _wholes(entries: list[Entry]) -> Iterator[Problem]:
    above = {str(e.cells.get("code")): e.cells.get("part_of") for e in entries}
    by_code = {str(e.cells.get("code")): e for e in entries}
    for entry in entries:
        whole = entry.cells.get("part_of")
        if whole is None:
            continue
        if whole not in above:
            yield _problem(entry, "part_of", f"there is no indicator {whole}")
            continue
        chain = [entry.cells["code"]]
        while (step := above.get(chain[-1])) and step not in chain:
            chain.append(step)
        if step == chain[0]:
            yield _problem(entry, "part_of", f"cycle {' → '.join([*chain, step])}")
        other = by_code[whole].cells
        if (entry.cells.get("unit"), entry.cells.get("stock_flow")) != (other.get("unit"), other.get("stock_flow")):
            yield _problem(entry, "part_of", f"is no part of {whole}: unit or stock and flow differ")


def _groups(folder: Folder, entries: list[Entry]) -> Iterator[Problem]:
    used = {e.cells.get("group") for e in entries}
    for entry in entries:
        if entry.cells.get("group") not in folder.groups:
            yield _problem(entry, "group", f"there is no group {entry.cells.get('group')}")
    for name, (file, line) in folder.groups.items():
        if name not in used:
            yield Problem(file, line, f"group {name} is unused")


def _phrases(entries: list[Entry]) -> Iterator[Problem]:
    """Phrases that a name or another phrase says already, and those that two indicators share."""
    owners: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        own: dict[str, str] = {}
        for phrase in (entry.cells.get("name_zh", ""), *entry.cells.get("phrases", ())):
            plain = normal_label(phrase)
            if not plain:
                yield _problem(entry, "phrases", f"phrase {phrase!r} is empty")
            elif plain in own:
                yield _problem(entry, "phrases", f"phrase {phrase} is unused: it says the same as {own[plain]}")
            else:
                own[plain] = phrase
                kind = str(entry.cells.get("kind"))
                owners[plain, str(entry.cells.get("unit")), KIN.get(kind, kind)].append(entry)
    for (plain, _, _), sharing in owners.items():
        for entry in sharing[1:]:
            first = sharing[0]
            yield _problem(entry, "phrases", f"{plain} names {first.cells.get('code')} ({first.file}:{first.line}) too")


def _aliases(folder: Folder, entries: list[Entry]) -> Iterator[Problem]:
    """A reviewer's line that the rules make needless by now."""
    lines = folder.rows(ALIASES)
    if not lines:
        return
    sound = {e.cells["code"]: indicator(e.cells) for e in entries if e.cells.keys() - OPTIONAL == KNOWN - OPTIONAL}
    table = IndicatorTable(sound.values(), {})
    seen: dict[str, int] = {}
    for line, row in lines:
        plain = normal_label(row["label"])
        if plain in seen:
            yield Problem(ALIASES, line, f"{row['label']} says the same as line {seen[plain]}")
        seen.setdefault(plain, line)
        meant = table.by_code.get(row["code"])
        if meant and table.map_label(row["label"], unit=meant.unit, kind=meant.kind).code == meant.code:
            yield Problem(ALIASES, line, f"alias {row['label']} is unused: the rules map it to {meant.code} without it")


def _levels(folder: Folder, entries: list[Entry]) -> Iterator[Problem]:
    """Bounds of a level in order, inside the catalogue's, and no higher than those of the level above."""
    highest = {str(e.cells.get("code")): e.cells.get("high", "Infinity") for e in entries}
    levels: dict[str, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for line, row in folder.rows(BOUNDS):
        code, level = row["code"], row["level"]
        if level == "any" or code not in highest or not (is_decimal(row["low"]) and is_decimal(row["high"])):
            continue
        low, high = Decimal(row["low"]), Decimal(row["high"])
        if low >= high:
            yield Problem(BOUNDS, line, f"low {low} is not below high {high}")
        if high > Decimal(str(highest[code])) * 2:
            yield Problem(BOUNDS, line, f"high {high} of a {level} is far above the catalogue's {highest[code]}")
        levels[code][level] = line, high
    for code, known in levels.items():
        ordered = [(level, *known[level]) for level in LEVELS if level in known]
        for (larger, _, above), (level, line, high) in pairwise(ordered):
            if high > above:
                yield Problem(BOUNDS, line, f"{code}: a {level} reaches more than a {larger}")
