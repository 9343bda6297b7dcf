"""An independent count of the numeric cells of a workbook, sharing no code with the extractor.

A numeric cell is a typed number, or a text that reads as one number: digits with an optional sign, point, thousands
commas, percent or permille sign, exponent, full-width digits, and stray blanks inside (``621 89``). Several years in
one cell (``2010 2011``) are none, nor is anything longer than 40 characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from etl.model import Cell, CellRef, Workbook

_LENGTH = 40
_DIGITS = 15


def count_numeric_cells(workbook: Workbook) -> list[CellRef]:
    """Every numeric cell, in the order of the workbook."""
    return list(numeric_cells(workbook))


def numeric_cells(workbook: Workbook) -> Iterator[CellRef]:
    """As ``count_numeric_cells``, one after the other."""
    for sheet in workbook.sheets:
        name = sheet.name
        for cell in sheet.cells:
            if _is_numeric(cell):
                yield CellRef(name, cell.address)


def _is_numeric(cell: Cell) -> bool:
    if isinstance(cell.value, Decimal):
        return True
    if cell.error or not isinstance(cell.value, str):
        return False
    return _reads_as_number(cell.value)


def _reads_as_number(raw: str) -> bool:
    text = raw.replace("\ufeff", "").replace("\u200b", "").strip()
    if not text or len(text) > _LENGTH or "\n" in text or "\r" in text:
        return False
    text = "".join(_narrow(char) for char in text)
    if text[-1] in "%‰":
        text = text[:-1].strip()
    if text and text[0] in "+-":
        text = text[1:] if "e" in text.lower() else text[1:].lstrip(" ")
    if not text or not text[0].isdecimal() or not text[-1].isdecimal():
        return False
    lower = text.lower()
    if "e" in lower:
        return _is_scientific(lower)
    groups = text.split(" ")
    if any(not set(g) <= set("0123456789.,") for g in groups):
        return False
    groups = [g for g in groups if g]
    if len(groups) > 1:
        if all(len(g) == 4 and g.isdecimal() and g[:2] in ("18", "19", "20") for g in groups):
            return False
        if sum(c.isdecimal() for c in text) > _DIGITS:
            return False
    return _is_plain("".join(groups), spaced=len(groups) > 1, groups=groups)


def _narrow(char: str) -> str:
    """Full-width digits and signs as ASCII, every blank as a space; circled and other digits stay what they are."""
    if "０" <= char <= "９" or char in "．，－＋％":
        return unicodedata.normalize("NFKC", char)
    if char in "−﹣":
        return "-"
    return " " if char.isspace() else char


def _is_scientific(text: str) -> bool:
    mantissa, _, exponent = text.partition("e")
    whole, point, fraction = mantissa.partition(".")
    if len(whole) != 1 or not whole.isdecimal() or (point and not fraction.isdecimal()):
        return False
    signed = exponent[:1] in ("+", "-")
    digits = exponent[1:] if signed else exponent
    return digits.isdecimal() and len(digits) <= 2 and (signed or bool(point))


def _is_plain(text: str, *, spaced: bool, groups: list[str]) -> bool:
    if spaced and (sum(c in ".," for c in text) > 1 or any(g in (".,", ",.") for g in groups)):
        return False
    whole, point, fraction = text.partition(".")
    if point and not fraction.isdecimal():
        return False
    parts = whole.split(",")
    if not all(p.isdecimal() for p in parts):
        return False
    if len(parts) == 1:
        return True
    if all(len(p) == 3 for p in parts[1:]) and 1 <= len(parts[0]) <= 3:
        return True
    return len(parts) == 2 and not point and len(parts[1]) <= 2
