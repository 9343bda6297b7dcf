"""The edition of a census table that states no period, by the figures of its national row.

Many tables of a census circulate without a year. Where nothing in or around a table names a time and several of its
national figures are those of one census's bulletin and of no other's, the table is of that census.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from etl.extract.sheet.context import Names
from etl.extract.sheet.figures import Placed, table_figures
from etl.extract.sheet.places import is_total
from etl.extract.sheet.tables import Table
from etl.extract.sheet.words import squash
from etl.model import CellRef, Flag, RawFigure
from etl.normalise.regions import COUNTRY
from etl.reference import rows

ENOUGH = 3
"""Different measures with different values that must be those of one census."""
MAX_ROWS = 400
"""Rows that can be national ones; a table of more is no summary of a census."""
REGAINED = 0.2
"""What a period by benchmark gives back of the confidence that a table without one loses: less than a printed one."""
RULE = "period_by_benchmark"
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d\d(?!\d)")
_DASHES = re.compile(r"[—–―－~～至]+")


@dataclass(frozen=True, slots=True)
class Measure:
    """How tables name a measure of the bulletins."""

    name: str
    unit: str
    holds: tuple[str, ...]
    lacks: tuple[str, ...]

    def fits(self, label: str, unit: str | None) -> bool:
        return (
            unit in (None, self.unit)
            and any(word in label for word in self.holds)
            and not any(word in label for word in self.lacks)
        )


@functools.cache
def measures() -> tuple[Measure, ...]:
    def words(text: str) -> tuple[str, ...]:
        return tuple(filter(None, text.split("/")))

    return tuple(
        Measure(r["measure"], r["unit"], words(r["holds"]), words(r["lacks"])) for r in rows("census_measures.csv")
    )


@functools.cache
def editions() -> dict[tuple[str, Decimal], frozenset[str]]:
    """(measure, value) → the censuses whose bulletins print it."""
    found: dict[tuple[str, Decimal], set[str]] = defaultdict(set)
    for r in rows("census_figures.csv"):
        found[r["measure"], Decimal(r["value"])].add(r["edition"])
    return {key: frozenset(years) for key, years in found.items()}


def settle_edition(table: Table, names: Names) -> None:
    """Date a table without any period by the census whose figures its national row holds; else leave it alone."""
    if names_a_time(table, names):
        return
    found = edition_of([p.figure for p in _national(table)])
    if found is None:
        return
    year, agreeing = found
    table.context = replace(table.context, period=year, period_basis="benchmark", period_printed=None)
    table.steps = [s for s in table.steps if s != "no period named"]
    told = ", ".join(f"{f.label} {f.text}" for f in agreeing)
    table.steps.append(f"period {year} by benchmark: the bulletins of that census have {told}")
    table.confidence = min(1.0, round(table.confidence + REGAINED, 2))


def names_a_time(table: Table, names: Names) -> bool:
    """Whether a year stands anywhere in or around the table, its notes and the manifest's title included."""
    if table.context.period is not None or table.periods_in is not None or table.column_years:
        return True
    block = table.block
    around = (r for part in (block.preamble, block.metadata, block.header, block.notes) for r in part)
    texts = [i.text for r in around for i in table.cells[r].values()]
    texts += [names.file, names.sheet, (names.manifest.title if names.manifest else None) or "", *table.context.titles]
    texts += [row.printed for row in table.rows[:MAX_ROWS]]
    return any(_YEAR.search(squash(text)) for text in texts)


def _national(table: Table) -> Iterator[Placed]:
    """The figures of the whole country."""
    if table.regions_in == "rows":
        lines = [row for row in table.rows if row.regions and is_total(row.regions[-1])]
        table = replace(table, rows=lines)
    if len(table.rows) > MAX_ROWS:
        return
    yield from (p for p in table_figures(table).placed if p.figure.area.code == COUNTRY)


def edition_of(figures: list[RawFigure]) -> tuple[str, list[RawFigure]] | None:
    """The census of which at least ``ENOUGH`` figures are, with those figures; None when figures speak for two, or
    when more of them differ from its bulletin than agree with it."""
    agreeing: dict[str, dict[str, RawFigure]] = defaultdict(dict)
    named: set[str] = set()
    for figure in figures:
        label = _DASHES.sub("-", squash(figure.label))
        value = figure.number.scaleb(figure.multiplier)
        for measure in measures():
            if not measure.fits(label, figure.unit):
                continue
            named.add(measure.name)
            years = editions().get((measure.name, value), frozenset())
            if len(years) == 1:
                agreeing[next(iter(years))].setdefault(measure.name, figure)
    if len(agreeing) != 1:
        return None
    [(year, by_measure)] = agreeing.items()
    distinct = {f.number.scaleb(f.multiplier): f for f in by_measure.values()}
    known = {name for name in named if any(m == name and year in y for (m, _), y in editions().items())}
    if len(distinct) < ENOUGH or 2 * len(by_measure) <= len(known):
        return None
    return year, list(distinct.values())


def benchmark_flags(table: Table) -> Iterator[Flag]:
    """Tells the reader, at the first figure of a table, that its period is inferred."""
    if table.context.period_basis != "benchmark":
        return
    told = next((s for s in table.steps if " by benchmark: " in s), None)
    first = next((i for row in table.rows for i in table.cells[row.row].values() if i.kind == "number"), None)
    if told is not None and first is not None:
        place = CellRef(table.block.sheet, first.cell.address)
        reason = told.partition(" have ")[2]
        year = table.context.period
        message = f"表中未注明时间；全国数与{year}年人口普查公报一致（{reason}），据此定为{year}年"
        yield Flag(place, first.text, RULE, message)
