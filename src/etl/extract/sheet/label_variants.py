"""Labels that OCR got wrong, told by the other sheets of a series: 年内迁出入数 where all others say 年内迁出人数."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from etl.extract.sheet.flags import flag_at
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import split_unit
from etl.model import Flag
from etl.reference import rows

MIN_OTHERS = 2
"""Other sheets that must have the variant."""


@functools.cache
def _confusables() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for r in rows("sheet_confusables.csv"):
        found[r["a"]] += r["b"]
        found[r["b"]] += r["a"]
    return dict(found)


def variants(label: str) -> Iterator[str]:
    """The label with one character replaced by one that it is taken for."""
    for n, char in enumerate(label):
        for other in _confusables().get(char, ""):
            yield label[:n] + other + label[n + 1 :]


def settle_labels(tables: Sequence[Table]) -> list[Flag]:
    """Replace misread labels in the tables' paths; the flags name the cells. Needs several sheets of one series."""
    sheets: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for label in _labels(table):
            sheets[label].add(table.block.sheet)
    flags: list[Flag] = []
    for table in tables:
        own = _labels(table)
        misread = {}
        for label in own:
            if len(sheets[label]) > 1:
                continue
            known = [v for v in variants(label) if len(sheets.get(v, ())) >= MIN_OTHERS and v not in own]
            if len(known) == 1:
                misread[label] = known[0]
        if misread:
            flags.extend(_replace(table, misread))
    return flags


def _labels(table: Table) -> set[str]:
    found = {label for row in table.rows for label in row.path}
    return found | {label for column in table.header.columns.values() for label in column.path}


def _replace(table: Table, misread: dict[str, str]) -> Iterator[Flag]:
    table.rows = [replace(row, path=tuple(misread.get(p, p) for p in row.path)) for row in table.rows]
    for column in table.header.columns.values():
        column.path = tuple(misread.get(p, p) for p in column.path)
    for r in (*table.block.header, *table.block.data):
        for item in table.cells[r].values():
            if item.kind == "text" and (right := misread.get(split_unit(item.text).label)):
                yield flag_at(table, item, "ocr_label", f"其他各表均作“{right}”，按其读取")
    table.steps.extend(f"label {wrong} read as {right}" for wrong, right in misread.items())
