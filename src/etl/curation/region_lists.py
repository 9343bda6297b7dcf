"""Official lists of codes: what their lines mean, and how curated lines go into the table built from them."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from etl.normalise.region_names import short_name
from etl.reference import rows

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of ``regions.csv``: one name of one code. Years are strings, empty when open; so are lists joined by |."""

    code: str
    name: str
    short: str = ""
    aliases: str = ""
    level: str = ""
    parent: str = ""
    valid_from: str = ""
    valid_to: str = ""
    successors: str = ""


FIELDS = tuple(f.name for f in fields(Row))


@functools.cache
def _placeholders() -> frozenset[str]:
    return frozenset(r["name"] for r in rows("region_placeholders.csv"))


def is_place(code: str, name: str) -> bool:
    """Whether the line is a place of its own, not a heading such as 市辖区 or the 县 of a municipality."""
    is_heading = code[:2] in MUNICIPALITIES and code[2:4] in ("01", "02") and code[4:] == "00"
    return name not in _placeholders() and not is_heading


def is_statistical_only(code: str) -> bool:
    """Codes that the statistics bureau gives to development zones and to cities without districts."""
    return code[4] == "7" or (code[4:] == "00" and code[2:4] == "90")


def level(code: str) -> str:
    """``country``, ``province``, ``city`` or ``county`` of six digits."""
    if code == "100000":
        return "country"
    return "province" if code[2:] == "0000" else "city" if code[4:] == "00" else "county"


def parent(code: str) -> str:
    """The county's city, or its province where it answers to it directly."""
    if code[2:] == "0000":
        return "" if code == "100000" else "100000"
    if code[4:] == "00" or code[:2] in MUNICIPALITIES or code[2:4] == "90":
        return code[:2] + "0000"
    return code[:4] + "00"


def curated(table: Iterable[Row], lines: Iterable[Mapping[str, str]]) -> list[Row]:
    """Non-empty cells of a curated line replace those of the row with its code and name, or make a new row."""
    known = {(r.code, r.name): r for r in table}
    for line in lines:
        key = (line["code"], line["name"])
        base = known.get(key) or Row(*key, short=short_name(key[1]), level=level(key[0]), parent=parent(key[0]))
        cells = {k: v for k, v in line.items() if k in FIELDS and v}
        known[key] = replace(base, **cells)
    return sorted(known.values(), key=lambda r: (r.code, r.valid_to or "9999", r.valid_from))


def write_csv(path: Path, header: Iterable[str], lines: Iterable[Iterable[str]]) -> None:
    """Replace the file in one step; UTF-8, lines end in a line feed."""
    half = path.with_suffix(".part")
    with half.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(lines)
    half.replace(path)


def write_regions(path: Path, table: Iterable[Row]) -> None:
    """``regions.csv`` of these rows."""
    write_csv(path, FIELDS, ([getattr(r, f) for f in FIELDS] for r in table))
