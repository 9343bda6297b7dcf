"""The real spreadsheets beside the project, where present: gold tables, flags, and every cell accounted for."""

import csv
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from etl.extract.numeric_cells import count_numeric_cells
from etl.extract.sheet import extract_workbook
from etl.model import CellRef, Extraction, Workbook
from etl.normalise.units import load_units
from etl.read import read

SHARED = Path(os.environ.get("GONGBAO_SHARED", Path(__file__).parents[3].parent / "shared"))
GOLD = SHARED / "gold" / "sheets"
LARGE = 1_000_000
"""Bytes; larger workbooks are left to the benchmark."""

pytestmark = pytest.mark.skipif(not GOLD.is_dir(), reason="no shared files (GONGBAO_SHARED)")


def files() -> Iterator[Path]:
    if (SHARED / "sheets").is_dir():
        yield from (p for p in sorted((SHARED / "sheets").rglob("*")) if p.is_file() and p.stat().st_size < LARGE)


def extracted(path: Path) -> tuple[Workbook, Extraction]:
    workbook = read(path)
    assert isinstance(workbook, Workbook)
    return workbook, extract_workbook(workbook, path.name)


@pytest.mark.parametrize("path", list(files()), ids=lambda p: p.name)
def test_every_numeric_cell_is_accounted_for(path: Path) -> None:
    workbook, extraction = extracted(path)
    found = [str(f.place) for f in extraction.figures] + [str(i.place) for i in extraction.ignored]
    assert sorted(found) == sorted(str(place) for place in count_numeric_cells(workbook))


def gold() -> Iterator[tuple[str, Path]]:
    if GOLD.is_dir():
        for line in csv.DictReader((GOLD / "files.csv").open(encoding="utf-8")):
            yield line["gold"], SHARED / "sheets" / line["file"]


def rows(name: str) -> list[dict[str, str]]:
    path = GOLD / f"{name}.csv"
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []


@pytest.mark.parametrize(("name", "path"), list(gold()), ids=lambda v: v if isinstance(v, str) else "")
def test_cells_of_the_gold_tables(name: str, path: Path) -> None:
    _, extraction = extracted(path)
    by_place = {str(f.place): f for f in extraction.figures}
    wanted = rows(name)
    right = 0
    for row in wanted:
        figure = by_place.get(f"{row['sheet']}!{row['cell']}")
        if figure is None:
            continue
        unit = load_units().parse(figure.unit or "")
        value = figure.number.scaleb(figure.multiplier) * (unit.unit.factor if unit else 1)
        right += (
            (figure.area.code or "") == row["region_code"]
            and figure.period.iso == row["period"]
            and (unit.unit.base if unit else figure.unit) == row["unit"]
            and abs(value - Decimal(row["value"])) <= abs(value) * Decimal("1e-9")
        )
    assert right >= 0.98 * len(wanted)


@pytest.mark.parametrize(("name", "path"), list(gold()), ids=lambda v: v if isinstance(v, str) else "")
def test_flags_of_the_gold_tables(name: str, path: Path) -> None:
    wanted = {f"{row['sheet']}!{row['cell']}" for row in rows(f"{name}.flags")}
    workbook, extraction = extracted(path)
    found = {str(f.place) for f in extraction.flags if isinstance(f.place, CellRef)}
    assert len(wanted & found) >= 0.9 * len(wanted)
    assert len(found - wanted) <= max(2, 0.01 * sum(len(s.cells) for s in workbook.sheets))
