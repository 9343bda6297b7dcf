"""What ``notes/sheets_index.md`` of shared/ says of each real spreadsheet: how many rows, and samples of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from etl.model import CellRef, Observation
from tests.labels import label_fits

SECTION = re.compile(r"Folder: `sheets/([^`]+)/`")
FILE = re.compile(r"^### (.+)$")
ROWS = re.compile(r"correct long table: \*\*([\d,]+)")
SAMPLE = re.compile(r"(?:Sample: |;  |^  - )(\(?[A-Z0-9a-z]+\)?, .+?)\s*<- ?((?:[^;!]*!)?[A-Z]+\d+)")
WITHOUT_COUNT = frozenset({"census_county_2010_v1.xlsx", "census_county_2020_v1.xlsx"})
"""Tables whose index counts numeric cells in bulk."""


@dataclass(frozen=True, slots=True)
class Sample:
    sheet: str
    """Empty when the index names the cell alone."""
    cell: str
    region: str | None
    indicator: str
    period: str | None
    value: Decimal
    unit: str | None


@dataclass(frozen=True, slots=True)
class Described:
    path: Path
    rows: int | None
    samples: tuple[Sample, ...]


def read_index(shared: Path) -> list[Described]:
    """Every file of the index that has a count or samples."""
    found: list[Described] = []
    folder, name = "", ""
    rows: int | None = None
    samples: list[Sample] = []

    def close() -> None:
        if name:
            found.append(Described(shared / "sheets" / folder / name, rows, tuple(samples)))

    for line in (shared / "notes/sheets_index.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## ") or FILE.match(line):
            close()
            name, rows, samples = "", None, []
        if match := SECTION.search(line):
            folder = match[1]
        elif match := FILE.match(line):
            name = match[1]
        if match := ROWS.search(line):
            rows = int(match[1].replace(",", ""))
        samples.extend(s for m in SAMPLE.finditer(line) if (s := _sample(m[1], m[2])) is not None)
    close()
    return found


def _sample(text: str, place: str) -> Sample | None:
    parts = text.split(", ")
    if len(parts) < 6:
        return None
    code, value, unit, period = parts[0], parts[-2], parts[-1], parts[-3]
    sheet, _, cell = place.rpartition("!")
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    region = {"000000": "100000"}.get(code, code if re.fullmatch(r"\d{6}", code) else None)
    return Sample(
        sheet.strip(),
        cell,
        region,
        ", ".join(parts[2:-3]),
        None if period.startswith("(") else period,
        number,
        None if unit.startswith("(") else unit,
    )


def deviations(described: Described, observations: Iterable[Observation]) -> list[str]:
    """In which respects the observations differ from what the index says; empty when they agree."""
    by_place: dict[tuple[str, str], Observation] = {}
    for o in observations:
        if isinstance(o.place, CellRef):
            by_place[o.place.sheet, o.place.cell] = o
    found = []
    if described.rows is not None and described.path.name not in WITHOUT_COUNT and len(by_place) != described.rows:
        found.append(f"rows {len(by_place)} for {described.rows}")
    for s in described.samples:
        matches = [o for (sheet, cell), o in by_place.items() if cell == s.cell and (not s.sheet or sheet == s.sheet)]
        if not matches:
            found.append(f"{s.cell} missed")
            continue
        o = matches[0]
        if abs(o.obs_value - s.value) > abs(s.value) * Decimal("1e-9"):
            found.append(f"{s.cell} value {o.obs_value} for {s.value}")
        if o.unit != s.unit:
            found.append(f"{s.cell} unit {o.unit} for {s.unit}")
        if o.area.code != s.region:
            found.append(f"{s.cell} region {o.area.code} {o.area.name} for {s.region}")
        if o.period.iso != s.period:
            found.append(f"{s.cell} period {o.period.iso} for {s.period}")
        if not label_fits(s.indicator, o.label):
            found.append(f"{s.cell} label {o.label} for {s.indicator}")
    return found
