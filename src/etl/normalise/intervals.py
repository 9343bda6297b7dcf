"""What values a printed figure allows: qualifiers and rounding as a closed interval in the printed unit's scale.

The widths are data: ``reference/interval_widths.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from etl import reference
from etl.model import Qualifier
from etl.record import record


@record(frozen=True, slots=True)
class Interval:
    """Closed; None is an open end."""

    low: Decimal | None
    high: Decimal | None

    def scaled(self, factor: Decimal) -> Interval:
        """Both ends times a positive factor."""
        return Interval(
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
        )


@dataclass(frozen=True, slots=True)
class Width:
    digit: Literal["last", "last_nonzero"]
    low: Decimal | None
    high: Decimal | None


@cache
def widths() -> dict[str, Width]:
    """The table of ``interval_widths.csv`` by qualifier."""
    return {
        row["qualifier"]: Width(
            "last" if row["digit"] == "last" else "last_nonzero",
            Decimal(row["low"]) if row["low"] else None,
            Decimal(row["high"]) if row["high"] else None,
        )
        for row in reference.rows("interval_widths.csv")
    }


def last_nonzero_digit(number: Decimal) -> Decimal:
    """The unit of the last digit that is not 0: 180 → 10, 3.63 → 0.01, 500 → 100; 0 → 1."""
    exponent = number.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) if number else Decimal(1)


def printed_interval(
    number: Decimal,
    *,
    multiplier: int,
    decimals: int,
    qualifier: Qualifier,
    ratio: bool,
    worded: bool = False,
    upper: Decimal | None = None,
) -> Interval:
    """The interval of ``number`` × 10^``multiplier`` as printed with ``decimals`` digits after the point.

    ``ratio``: the unit is a ratio (%, ‰, points, times), so that even an integer is a rounded figure; other
    integers without multiplier are exact. ``worded``: a fraction in words. ``upper``: the other end of a range.
    """
    scale = Decimal(1).scaleb(multiplier)
    value = number * scale
    if upper is not None:
        return Interval(value, upper * scale)
    if qualifier == "eq":
        if worded:
            width = widths()["fraction"]
        elif decimals == 0 and multiplier == 0 and not ratio:
            return Interval(value, value)
        else:
            width = widths()["rounded"]
    else:
        width = widths()[qualifier]
    step = scale.scaleb(-decimals) if width.digit == "last" else last_nonzero_digit(value)
    return Interval(
        None if width.low is None else value + width.low * step,
        None if width.high is None else value + width.high * step,
    )
