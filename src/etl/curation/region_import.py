"""A newer official list of codes against the table: what it changes, shown before anything is written."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from etl.curation.region_lists import Row, curated, is_place, is_statistical_only, level, parent, write_regions
from etl.errors import GongbaoError, ReferenceDataError
from etl.model import Cell, Sheet, Workbook
from etl.normalise.region_names import normal, short_name
from etl.reference import numbered_rows

Kind = Literal["added", "renamed", "moved", "abolished"]
REGIONS = "regions.csv"
CURATED = "regions_curated.csv"
_CODE = re.compile(r"(\d{6})(\d{6}|\d{3})?(?:\.0)?")
_CODE_HEADINGS = ("代码", "区划码", "code", "编码")
_NAME_HEADINGS = ("名称", "name", "单位", "地区", "区划")
_HAN = re.compile("[\u4e00-\u9fff]")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_LOOKED_AT = 200
"""Rows from which the columns are told."""
_SHOWN = 5
"""Likely successors shown of one place."""
_LEAST = 3
"""Places; fewer are no list."""


@dataclass(frozen=True, slots=True)
class OfficialList:
    """What a file lists: county level and above."""

    places: dict[str, str]
    """Code → name."""
    smaller: int
    """Townships and villages, which are left to ``scripts/build_regions.py``."""
    year: str | None
    """Year in the file's title or name."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A place that may continue an abolished one."""

    code: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the table and the list."""

    kind: Kind
    code: str
    """As in the list; of an abolished place as in the table."""
    name: str
    old_code: str = ""
    old_name: str = ""
    successors: tuple[Successor, ...] = ()

    def __str__(self) -> str:
        if self.kind == "added":
            return f"+ {self.code} {self.name}"
        if self.kind == "renamed":
            return f"~ {self.code} {self.old_name} → {self.name}"
        if self.kind == "moved":
            return f"> {self.old_code} {self.old_name} → {self.code} {self.name}"
        after = "; ".join(f"{s.code} {s.name} ({s.reason})" for s in self.successors) or "no likely successor"
        return f"- {self.code} {self.name}: {after}"


# ---------------------------------------------------------------- the file


def read_list(path: Path) -> OfficialList:
    """The codes and names of a csv, spreadsheet or HTML page, whatever else stands in it.

    Raises ReadError for files that can't be opened, ReferenceDataError where no two columns look like codes and names.
    """
    from etl.read import read

    content = read(path)
    if not isinstance(content, Workbook):
        raise ReferenceDataError(str(path), "is no table", next_step="Save the list as csv or xlsx.")
    places: dict[str, str] = {}
    smaller = 0
    for sheet in content.sheets:
        for full, name in _pairs(sheet):
            found = _CODE.fullmatch(full)
            code = found[1] if found else ""
            if not found or (found[2] and found[2].strip("0")):
                smaller += bool(found)
                continue
            if code in places and places[code] != name:
                raise ReferenceDataError(
                    str(path), f"{code} is {places[code]} and {name}", next_step="Keep the right line."
                )
            if not is_statistical_only(code) and is_place(code, name):
                places[code] = name
    if len(places) < _LEAST:
        raise ReferenceDataError(
            str(path),
            "has no column of six- or twelve-digit codes beside one of names",
            known=_CODE_HEADINGS + _NAME_HEADINGS,
            next_step="Head the columns so.",
        )
    return OfficialList(places, smaller, _year(path, content))


def _pairs(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """(code, name) of each line that has both."""
    lines: dict[int, dict[int, str]] = defaultdict(dict)
    for cell in sheet.cells:
        lines[cell.row][cell.col] = _plain(cell)
    columns = _columns(list(lines.values())[:_LOOKED_AT])
    if columns is None:
        return
    code, name = columns
    for line in lines.values():
        if _CODE.fullmatch(line.get(code, "")) and _HAN.search(line.get(name, "")):
            yield line[code], normal(line[name])


def _plain(cell: Cell) -> str:
    return re.sub(r"\s+", "", str(cell.value) if cell.value is not None else cell.text)


def _columns(lines: list[dict[int, str]]) -> tuple[int, int] | None:
    """The columns of codes and names: by what they hold, and where several hold it, by their headings."""
    widths = sorted({c for line in lines for c in line})
    codes = {c: sum(bool(_CODE.fullmatch(line.get(c, ""))) for line in lines) for c in widths}
    best = max(codes.values(), default=0)
    if not best:
        return None
    code = _headed(lines, [c for c in widths if codes[c] * 2 >= best], _CODE_HEADINGS)
    rows = [line for line in lines if _CODE.fullmatch(line.get(code, ""))]
    names = {c: sum(bool(_HAN.search(line.get(c, ""))) for line in rows) for c in widths if c != code}
    most = max(names.values(), default=0)
    return (code, _headed(lines, [c for c in names if names[c] == most], _NAME_HEADINGS)) if most else None


def _headed(lines: list[dict[int, str]], columns: list[int], headings: tuple[str, ...]) -> int:
    """The first of the columns with such a heading, else the first."""
    for column in columns:
        cells = [line.get(column, "").lower() for line in lines[:10]]
        if any(h in cell for cell in cells for h in headings if not _CODE.fullmatch(cell)):
            return column
    return columns[0]


def _year(path: Path, content: Workbook) -> str | None:
    top = [c.text for s in content.sheets[:1] for c in s.cells[:20] if not _CODE.fullmatch(_plain(c))]
    found = _YEAR.findall(" ".join((*top, path.name)))
    return max(found) if found else None


# ---------------------------------------------------------------- the difference


def read_table(folder: Path) -> list[Row]:
    """The lines of ``regions.csv``."""
    return [Row(**cells) for _, cells in numbered_rows(folder / REGIONS)]


def differences(table: Iterable[Row], listed: OfficialList) -> list[Change]:
    """What the list changes in the places that are valid today, by code.

    A list of some provinces says nothing about the others.
    """
    provinces = {code[:2] for code in listed.places if code[2:] != "0000"}
    today = {r.code: r for r in table if not r.valid_to and r.code[:2] in provinces}
    new = {c: n for c, n in listed.places.items() if c not in today and c[:2] in provinces}
    gone = {c: r for c, r in today.items() if c not in listed.places}
    changes = [
        Change("renamed", c, n, old_code=c, old_name=today[c].name)
        for c, n in listed.places.items()
        if c in today and today[c].name != n
    ]
    for code, row in gone.items():
        same = [c for c, n in new.items() if _alike(code, row.name, c, n)]
        twins = [c for c, r in gone.items() if same and _alike(c, r.name, same[0], new[same[0]])]
        if len(same) == 1 and len(twins) == 1:
            changes.append(Change("moved", same[0], new[same[0]], old_code=code, old_name=row.name))
        else:
            changes.append(Change("abolished", code, row.name, successors=_successors(code, row, listed, new)))
    moved = {c.code for c in changes if c.kind == "moved"}
    changes += [Change("added", c, n) for c, n in new.items() if c not in moved]
    return sorted(changes, key=lambda c: (c.code, c.old_code))


def _alike(old_code: str, old_name: str, code: str, name: str) -> bool:
    return old_code[:2] == code[:2] and level(old_code) == level(code) and short_name(old_name) == short_name(name)


def _successors(code: str, row: Row, listed: OfficialList, new: dict[str, str]) -> tuple[Successor, ...]:
    """Likely successors of an abolished place, the likeliest first; none of them is certain from a list alone."""
    short = short_name(row.name)
    found: dict[str, Successor] = {}
    for other, name in listed.places.items():
        if other[:2] != code[:2]:
            continue
        if short_name(name) == short:
            found[other] = Successor(other, name, "same name")
        elif other in new and parent(other) == row.parent and level(other) == level(code):
            found[other] = Successor(other, name, "new in the same city")
    return tuple(sorted(found.values(), key=lambda s: (s.reason != "same name", s.code))[:_SHOWN])


# ---------------------------------------------------------------- applied


def curated_lines(changes: Iterable[Change], table: Iterable[Row], year: str, source: str) -> list[dict[str, str]]:
    """Lines for ``regions_curated.csv``: when each name ended and began, and the successors that are certain.

    ``year`` is the first in which the new names hold. An abolished place's successors are left open: nobody knows them
    from a list; write them into the line by hand.
    """
    names = {r.code: r.name for r in table if not r.valid_to}
    lines = []
    for change in changes:
        before = {"valid_to": str(int(year) - 1), "source": source}
        if change.kind == "abolished":
            lines.append({"code": change.code, "name": change.name, **before})
            continue
        if change.kind == "renamed":
            lines.append({"code": change.code, "name": names[change.code], **before})
        elif change.kind == "moved":
            lines.append({"code": change.old_code, "name": change.old_name, "successors": change.code, **before})
        lines.append({"code": change.code, "name": change.name, "valid_from": year, "source": source})
    return lines


def apply(folder: Path, changes: list[Change], *, year: str, source: str) -> int:
    """Append the changes to ``regions_curated.csv`` and bring ``regions.csv`` to what a rebuild would give.

    Returns the number of lines written. Raises GongbaoError, with nothing changed, where the folder can't be written.
    """
    table = read_table(folder)
    lines = curated_lines(changes, table, year, source)
    path = folder / CURATED
    text = path.read_text(encoding="utf-8")
    header = next(csv.reader(line for line in text.splitlines() if not line.startswith("#")))
    try:
        with path.open("a", encoding="utf-8", newline="") as f:
            f.write("" if text.endswith("\n") else "\n")
            csv.DictWriter(f, header, restval="", lineterminator="\n").writerows(lines)
        write_regions(folder / REGIONS, curated(table, lines))
    except OSError as e:
        raise GongbaoError(
            str(folder), f"can't be written ({e.strerror})", next_step="Work in a checkout, or give --folder."
        ) from None
    return len(lines)
