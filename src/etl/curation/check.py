"""Everything that rots in the reference tables, as problems with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from etl.curation.indicators import check_indicators
from etl.curation.regions import check_regions
from etl.curation.tables import Folder, Problem, check_tables
from etl.curation.units import UNITS, check_units, unit_table
from etl.reference import HERE


def check(path: Path = HERE) -> list[Problem]:
    """The problems of the reference tables in a folder (the installed ones), by file and line; none when sound."""
    folder = Folder(path)
    found = [
        *check_tables(folder, _domains(folder)),
        *check_regions(folder),
        *check_units(folder),
        *check_indicators(folder),
        *folder.unreadable,
    ]
    return sorted(set(found))


def _domains(folder: Folder) -> dict[str, Callable[[str], bool]]:
    codes = {r["code"] for _, r in folder.rows("regions.csv")}
    reasons = {r["code"] for _, r in folder.rows("ignore_reasons.csv")}
    indicators = {e.cells.get("code") for e in folder.catalogue}
    dimensions = {r["dimension"] for _, r in folder.rows(UNITS)} | {"ratio"}
    units = unit_table(folder)

    def is_dimension(cell: str) -> bool:
        prefix = cell.removesuffix("*")
        return cell in dimensions or (prefix != cell and any(d.startswith(prefix) for d in dimensions))

    return {
        "region": codes.__contains__,
        "reason": reasons.__contains__,
        "indicator": indicators.__contains__,
        "dimension": is_dimension,
        "unit": lambda cell: units.parse(cell) is not None,
    }
