"""The number that a cell shows, and the damage to its digits that had to be put up with."""

from __future__ import annotations

import re
from decimal import Decimal

from etl.model import Cell
from etl.read.cell_values import DIGITS, without_noise
from etl.record import record

_WIDE = str.maketrans("０１２３４５６７８９．，－＋％−﹣", "0123456789.,-+%--")
_INVISIBLE = re.compile("[\ufeff\u200b]")
_BLANKS = re.compile(r"\s+")
_PLAIN = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE][+-]\d{1,2}|[+-]?\d\.\d+[eE]\d{1,2}")
_COMMA_POINT = re.compile(r"[+-]?\d+,\d{1,2}")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_SPACED = re.compile(r"[+-]? ?\d+(?: \d+)*(?: ?[.,] ?\d+(?: \d+)*)?")
_YEARS = re.compile(r"(?:1[89]|20)\d\d(?: (?:1[89]|20)\d\d)+")
MAX_LENGTH = 40
"""Characters of a numeral, blanks at its edges aside; longer texts are no numbers."""


@record(frozen=True, slots=True)
class Number:
    """What a numeric cell shows. ``sign`` is ``%`` or ``‰`` when the cell itself shows it."""

    value: Decimal
    decimals: int
    sign: str | None = None
    repairs: tuple[str, ...] = ()
    """Rules of flags: ``space_in_number``, ``full_width``, ``comma_for_point``."""
    grouped: bool = False
    """Blanks stand regularly between groups of three: damage only where no other number has them."""


def read_number(cell: Cell) -> Number | None:
    """The number of a cell, or None. Damaged digits are repaired only where one reading is possible."""
    value = cell.value
    if isinstance(value, Decimal):
        return Number(value, decimals_of(value), "%" if cell.percent else None)
    if not isinstance(value, str) or cell.error:
        return None
    return read_text_number(value)


def decimals_of(value: Decimal) -> int:
    """Digits after the point."""
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    point = text.find(".")
    return len(text) - point - 1 if point >= 0 else 0


def read_text_number(text: str) -> Number | None:
    """As ``read_number``, for a text: ``621 89``, ``10．89`` and ``1,24`` are read and their damage is named."""
    if text[:1].isalpha():
        return None  # most cells of text: labels
    if text.isascii() and len(text) <= DIGITS and _PLAIN.fullmatch(text):
        plain = text.replace(",", "") if "," in text else text
        return Number(Decimal(plain), len(plain) - plain.find(".") - 1 if "." in plain else 0)
    text = _INVISIBLE.sub("", text).strip()
    if not text or len(text) > MAX_LENGTH or "\n" in text or "\r" in text:
        return None
    plain = text.translate(_WIDE)
    repairs: list[str] = []
    if plain != text and re.search(r"[０-９．，]", text):
        repairs.append("full_width")
    sign = None
    if plain[-1] in "%‰":
        sign = plain[-1]
        plain = plain[:-1].rstrip()
    if _PLAIN.fullmatch(plain):
        return _number(plain.replace(",", ""), sign, repairs)
    if _SCIENTIFIC.fullmatch(plain):
        return _number(plain, sign, repairs)
    if _COMMA_POINT.fullmatch(plain):
        return _number(plain.replace(",", "."), sign, [*repairs, "comma_for_point"])
    spaced = _BLANKS.sub(" ", plain)
    if not _SPACED.fullmatch(spaced) or _YEARS.fullmatch(spaced) or " " not in spaced:
        return None
    joined = spaced.replace(" ", "")
    if sum(c.isdigit() for c in joined) > 15:
        return None
    regular = bool(_GROUPED.fullmatch(spaced))
    if _PLAIN.fullmatch(joined):
        return _number(joined.replace(",", ""), sign, [*repairs, "space_in_number"], grouped=regular)
    if _COMMA_POINT.fullmatch(joined):
        return _number(joined.replace(",", "."), sign, [*repairs, "space_in_number", "comma_for_point"])
    return None


def _number(plain: str, sign: str | None, repairs: list[str], *, grouped: bool = False) -> Number:
    value = Decimal(plain)
    if len(plain) > DIGITS:
        value = without_noise(value)
    if "e" in plain.lower():
        value = Decimal(format(value, "f"))
    return Number(value, decimals_of(value), sign, tuple(repairs), grouped)


_ALMOST = re.compile(r"[+-]?\d[\d.,]*[A-Za-z]{1,2}\d*|[+-]?\d*[.,]?\d*[OolIS][\d.,]+|\d+[.,]\d+[.,]\d+")


def looks_damaged(text: str) -> bool:
    """Whether a text was probably a number whose digits can't be told any more: ``7.8S``, ``217E``, ``1.2.3``."""
    plain = _BLANKS.sub("", text.strip().translate(_WIDE))
    return 1 < len(plain) <= 16 and bool(_ALMOST.fullmatch(plain)) and any(c.isdigit() for c in plain)
