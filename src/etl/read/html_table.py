"""HTML pages whose tables are data, often saved with the extension .xls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.errors import LimitError, ReadError
from etl.model import Cell, MergedRange, Sheet, Workbook
from etl.read import limits
from etl.read.cell_values import check_cells
from etl.read.encoding import decode

READER = "html-table/1"
MAX_SPAN = 1_000
MAX_TABLES = 2_000
MAX_COLUMNS = 16_384
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def read(path: Path) -> Workbook:
    """One sheet per ``<table>``, named by its id or ``table1`` …; columns are counted after expanding spans.

    Raises LimitError, or ReadError when there is no table.
    """
    from lxml import etree, html

    where = str(path)
    limits.check_text_size(path, path.stat().st_size)
    data = path.read_bytes()
    charset = _CHARSET.search(data[:4096])
    decoded = decode(data, where, declared=charset.group(1).decode("ascii") if charset else None)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded.text)
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, ValueError) as error:
        raise ReadError(where, f"is no readable HTML ({error})") from error
    sheets: list[Sheet] = []
    total = 0
    for number, table in enumerate(root.iter("table"), start=1):
        if number > MAX_TABLES:
            raise LimitError(where, f"holds more than {MAX_TABLES:,} tables")
        cells, merged = _table(table, where)
        total += len(cells)
        check_cells(where, total)
        sheets.append(Sheet(table.get("id") or f"table{number}", tuple(cells), tuple(merged)))
    if not sheets:
        raise ReadError(where, "is HTML without a table")
    return Workbook(tuple(sheets), "html", READER, encoding=decoded.encoding)


def _table(table: Any, where: str) -> tuple[list[Cell], list[MergedRange]]:
    cells: list[Cell] = []
    merged: list[MergedRange] = []
    until: dict[int, int] = {}
    """Column → last row that a rowspan from above still covers."""
    for r, row in enumerate(_rows(table)):
        c = 0
        for element in row.iterchildren("td", "th"):
            while until.get(c, -1) >= r:
                c += 1
            wide, high = _span(element, "colspan"), _span(element, "rowspan")
            if c + wide > MAX_COLUMNS:
                raise LimitError(where, f"a table is wider than {MAX_COLUMNS:,} columns")
            text = _text(element)
            if text:
                cells.append(Cell(r, c, text, text))
            if wide > 1 or high > 1:
                merged.append(MergedRange(r, c, r + high - 1, c + wide - 1))
            if high > 1:
                for covered in range(c, c + wide):
                    until[covered] = r + high - 1
            c += wide
    return cells, merged


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table without those of tables inside its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterchildren("tr")


def _text(element: Any) -> str:
    """The text of a cell; text of tables inside it is theirs."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        if node.text and isinstance(node.tag, str):
            parts.append(node.text)
        for child in node:
            if child.tag == "br":
                parts.append("\n")
            elif child.tag != "table" and isinstance(child.tag, str):
                walk(child)
            if child.tail:
                parts.append(child.tail)

    walk(element)
    return "".join(parts).strip("\r\n\t ")


def _span(element: Any, name: str) -> int:
    raw = (element.get(name) or "1").strip()
    return max(1, min(int(raw), MAX_SPAN)) if raw.isascii() and raw.isdigit() else 1
