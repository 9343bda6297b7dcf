"""The formulas as SQL: of a row, whether it fails and whether it is decided.

PostgreSQL computes in ``numeric``, without division and so exactly. SQLite has floats only: two numbers that differ by
less than its rounding errors can amount to count as equal there, so that a bound that is met never fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from etl.check.expectations.formulas import Formula

Expression = sa.ColumnElement[Any]

ROUNDING = 4e-15
"""Some eighteen roundings of a double, relative to the size of what was added and multiplied."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and the sum of the sizes of all that went into it; the latter None where nothing is rounded."""

    value: Expression
    size: Expression | None

    def __add__(self, other: Number) -> Number:
        return Number(self.value + other.value, self._size(other, lambda a, b: a + b))

    def __sub__(self, other: Number) -> Number:
        return Number(self.value - other.value, self._size(other, lambda a, b: a + b))

    def __mul__(self, other: Number) -> Number:
        return Number(self.value * other.value, self._size(other, lambda a, b: a * b))

    def __gt__(self, other: Number) -> Expression:
        """Null where one of them is."""
        if self.size is None or other.size is None:
            return self.value > other.value
        return (self.value - other.value) > ROUNDING * (self.size + other.size)

    def _size(self, other: Number, joined: Any) -> Expression | None:
        return None if self.size is None or other.size is None else joined(self.size, other.size)


@dataclass(frozen=True, slots=True)
class Interval:
    low: Number
    high: Number

    @property
    def is_missing(self) -> Expression:
        return sa.and_(self.low.value.is_(None), self.high.value.is_(None))

    @property
    def is_open(self) -> Expression:
        return sa.or_(self.low.value.is_(None), self.high.value.is_(None))

    @property
    def is_negative(self) -> Expression:
        return _true(sa.or_(self.low.value < 0, self.high.value < 0))


@dataclass(frozen=True, slots=True)
class Judged:
    """Both never null."""

    fails: Expression
    decided: Expression


def judged(formula: Formula, dialect: str) -> Judged:
    """The verdict on a row. ``dialect`` is SQLAlchemy's name of the database."""
    exact = dialect == "postgresql"
    operands = [Interval(_number(sa.column(a), exact), _number(sa.column(b), exact)) for a, b in formula.bounds]
    missing: Expression = sa.or_(*(o.is_missing for o in operands))
    unknown: Expression = sa.false()
    match formula.name:
        case "subset":
            fails = operands[0].low > operands[1].high
        case "equal":
            fails = sa.or_(*(_true(a.low > b.high) for a in operands for b in operands if a is not b))
        case "share" | "growth":
            per: Expression = (
                sa.column(formula.per) if isinstance(formula.per, str) else sa.literal_column(f"{formula.per:f}")
            )
            if isinstance(formula.per, str):
                missing = sa.or_(missing, per.is_(None))
            fails, unknown = _quotient(formula, operands, _number(per, exact))
        case "sum":
            computed = _sum(operands[:-1])
            fails, unknown = _against(computed, operands[-1])
        case "product":
            factors = operands[:-1]
            computed = _sum(_products(factors, formula.terms))
            negative = sa.or_(*(f.is_negative for f in factors))
            fails, unknown = _against(computed, operands[-1])
            fails, unknown = sa.and_(_true(fails), sa.not_(negative)), sa.or_(unknown, negative)
    fails = sa.and_(sa.not_(missing), _true(fails))
    return Judged(fails, sa.and_(sa.not_(missing), sa.or_(fails, sa.not_(unknown))))


def _quotient(formula: Formula, operands: Sequence[Interval], per: Number) -> tuple[Expression, Expression]:
    """part ÷ whole × per against the printed share, multiplied out. An unbounded whole leaves 0 below."""
    part, whole, printed = operands
    low, high = printed.low, printed.high
    if formula.name == "growth":
        up = Interval(printed.low + per, printed.high + per)
        down = Interval(per - printed.high, per - printed.low)
        if formula.direction is None:
            low, high = up.low, up.high
        else:
            is_down = _true(sa.column(formula.direction) == "down")
            low, high = _either(is_down, down.low, up.low), _either(is_down, down.high, up.high)
    nothing = whole.high.value.is_(None)
    too_high = sa.or_(
        sa.and_(nothing, _true(high.value < 0)),
        sa.and_(sa.not_(nothing), _true(per * part.low > high * whole.high)),
    )
    too_low = sa.and_(_true(whole.low.value > 0), _true(low * whole.low > per * part.high))
    impossible = sa.or_(part.is_negative, whole.is_negative, _true(whole.high.value <= 0))
    unbounded = sa.or_(
        sa.and_(part.low.value.is_(None), sa.not_(nothing)),
        part.high.value.is_(None),
        sa.not_(_true(whole.low.value > 0)),
    )
    fails = sa.and_(sa.not_(impossible), sa.or_(too_high, too_low))
    return fails, sa.or_(impossible, unbounded, printed.is_open)


def _against(computed: Interval, printed: Interval) -> tuple[Expression, Expression]:
    apart = sa.or_(_true(computed.low > printed.high), _true(printed.low > computed.high))
    return apart, sa.or_(computed.is_open, printed.is_open)


def _sum(parts: Sequence[Interval]) -> Interval:
    low, high = parts[0].low, parts[0].high
    for part in parts[1:]:
        low, high = low + part.low, high + part.high
    return Interval(low, high)


def _products(factors: Sequence[Interval], terms: Sequence[int]) -> list[Interval]:
    """Nothing of something unbounded is nothing; else an open end stays open."""
    result, start = [], 0
    for length in terms:
        term = factors[start : start + length]
        result.append(Interval(_product([f.low for f in term]), _product([f.high for f in term])))
        start += length
    return result


def _product(ends: Sequence[Number]) -> Number:
    result = ends[0]
    for end in ends[1:]:
        result = result * end
    is_zero = sa.or_(*(_true(end.value == 0) for end in ends))
    zero = _number(sa.literal_column("0"), exact=result.size is None)
    return _either(is_zero, zero, result)


def _either(condition: Expression, yes: Number, no: Number) -> Number:
    size = None
    if yes.size is not None and no.size is not None:
        size = sa.case((condition, yes.size), else_=no.size)
    return Number(sa.case((condition, yes.value), else_=no.value), size)


def _number(column: Any, exact: bool) -> Number:
    if exact:
        return Number(sa.cast(column, sa.Numeric), None)
    real: Any = sa.cast(column, sa.REAL)
    return Number(real, sa.func.abs(real))


def _true(condition: Expression) -> Expression:
    """False where it is null."""
    return sa.func.coalesce(condition, sa.false())
