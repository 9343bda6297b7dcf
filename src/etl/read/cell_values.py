"""Values that libraries hand over, as the frozen cells of the model, and the bounds of a workbook."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from math import isfinite

from etl.errors import LimitError
from etl.model import Cell, CellValue
from etl.read.number_formats import PLAIN, Shown, shown_date

MAX_CELLS = 2_000_000
"""Non-empty cells of one workbook."""
MAX_GRID = 8_000_000
"""Cells of the rectangle that a sheet spans, empty ones included: calamine lays it out densely."""


DIGITS = 15
"""Significant digits that Excel shows and keeps of a number; what a stored float has beyond them is binary noise."""
_SHOWN = Context(prec=DIGITS)
LARGE = 1e18
"""From here on a float is no longer taken for a whole number."""


def decimal_of(number: float | int) -> Decimal:
    """The number to 15 significant digits, without exponent: 5.0 → 5, 1e15 → 1000000000000000.

    0.30000000000000004 → 0.3.
    """
    return Decimal(digits_of(number))


def digits_of(number: float | int) -> str:
    """As ``decimal_of``, as text."""
    if isinstance(number, int):
        return str(number)
    if number.is_integer() and abs(number) < LARGE:
        return str(int(number))
    text = f"{number:.{DIGITS}g}"
    return format(Decimal(text), "f") if "e" in text else text


def without_noise(number: Decimal) -> Decimal:
    """A number with a fraction to 15 significant digits: 2418.3299999999999 → 2418.33. Others as they are."""
    _, digits, exponent = number.as_tuple()
    if len(digits) <= DIGITS or not isinstance(exponent, int) or exponent >= 0:
        return number
    return plain(_SHOWN.plus(number))


def typed_cell(row: int, col: int, raw: object, shown: Shown = PLAIN) -> Cell | None:
    """The cell for a value of calamine as its style shows it; None for an empty one.

    A percent-formatted 0.362 becomes 36.2 (``36.2%``), 104 shown with one digit 104.0. A stored value keeps what it has
    beyond the digits shown.
    """
    if raw is None or raw == "":
        return None
    indent = shown.indent
    if isinstance(raw, str):
        error = raw if raw[0] == "#" and raw.rstrip("!?").isupper() and raw.endswith(("!", "?", "A")) else None
        return Cell(row, col, raw, raw, False, indent, error)
    if isinstance(raw, bool):
        return Cell(row, col, raw, "TRUE" if raw else "FALSE", indent=indent)
    if isinstance(raw, float | int):
        if isinstance(raw, float) and not isfinite(raw):
            return Cell(row, col, str(raw), str(raw), indent=indent, error=str(raw))
        number = decimal_of(raw)
        if shown.percent:
            number = plain(number * 100)
        number = with_decimals(number, shown.decimals)
        if shown.percent or shown.sign:
            return Cell(row, col, number, f"{number:f}%", percent=True, indent=indent)
        return Cell(row, col, number, f"{number:f}", indent=indent)
    value, text = _moment(raw)
    if shown.dated and isinstance(value, date):
        text = shown_date(value, shown.dated)
    return Cell(row, col, value, text, indent=indent)


def with_decimals(number: Decimal, decimals: int) -> Decimal:
    """The number with so many digits after the point at least, as far as 15 digits reach: 104 → 104.0."""
    return Decimal(padded(f"{number:f}", decimals)) if decimals else number


def padded(text: str, decimals: int) -> str:
    """As ``with_decimals``, of a number as text without exponent."""
    point = text.find(".")
    missing = decimals - (len(text) - point - 1 if point >= 0 else 0)
    digits = len(text) - (point >= 0) - (text[0] == "-")
    if missing <= 0 or digits + missing > DIGITS:
        return text
    return f"{text}{'' if point >= 0 else '.'}{'0' * missing}"


def plain(number: Decimal) -> Decimal:
    """Without trailing zeros after the point and without exponent."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return Decimal(format(number.normalize(), "f"))


def _moment(raw: object) -> tuple[CellValue, str]:
    if isinstance(raw, datetime):
        if raw.time() == time(0):
            return raw.date(), raw.date().isoformat()
        return raw, raw.isoformat(sep=" ")
    if isinstance(raw, date):
        return raw, raw.isoformat()
    if isinstance(raw, time):
        return raw.isoformat(), raw.isoformat()
    if isinstance(raw, timedelta):
        return str(raw), str(raw)
    return str(raw), str(raw)


def check_grid(where: str, sheet: str, rows: int, cols: int) -> None:
    """Raises LimitError when a sheet spans more cells than can be laid out."""
    if rows * cols > MAX_GRID:
        raise LimitError(
            where,
            f"sheet {sheet!r} spans {rows:,} rows × {cols:,} columns, the limit is {MAX_GRID:,} cells",
            next_step="Delete the stray cells far outside the table, or split the sheet.",
        )


def check_cells(where: str, count: int) -> None:
    """Raises LimitError when a workbook holds too many cells."""
    if count > MAX_CELLS:
        raise LimitError(where, f"holds more than {MAX_CELLS:,} cells", next_step="Split the workbook.")
