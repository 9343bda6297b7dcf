"""What the custom expectations compute, row by row and exactly. Operand X is an interval: columns X_low and X_high.

An empty bound is an open end, two empty bounds are a missing operand. The arithmetic and the comparison are those of
``check.reconcile``: there is no other exact implementation. ``check.expectations.sql`` says the same in SQL.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Literal, TypeVar

from etl.check.reconcile import (
    INFINITY,
    UNKNOWN,
    VERDICT_ZH,
    Range,
    compared,
    growth_of,
    products_of,
    rounded,
    share_of,
    sum_of,
)
from etl.contract import plain
from etl.model import Verdict

T = TypeVar("T")
Name = Literal["share", "growth", "sum", "product", "subset", "equal"]


@dataclass(frozen=True, slots=True)
class Formula:
    """One relation between operands, named as in ``model.RelationKind``."""

    name: Name
    operands: tuple[str, ...]
    """share: part, whole, share; growth: now, earlier, growth; sum: parts and total; product: all factors and total;
    subset: part, whole; equal: two or more values."""
    terms: tuple[int, ...] = ()
    """product: how many factors each term has, in the order of the operands."""
    per: Decimal | str = Decimal(100)
    """What shares and growth are stated per: a number, or the column that holds it."""
    direction: str | None = None
    """Column that says ``down`` where a growth is printed as a decline."""

    @property
    def bounds(self) -> tuple[tuple[str, str], ...]:
        """The two columns of each operand."""
        return tuple((f"{name}_low", f"{name}_high") for name in self.operands)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns it reads, each once."""
        own = [column for pair in self.bounds for column in pair]
        own += [self.per] if isinstance(self.per, str) else []
        own += [self.direction] if self.direction else []
        return tuple(dict.fromkeys(own))


def verdict(formula: Formula, row: Mapping[str, Any]) -> Verdict:
    """Does a row hold? Raises KeyError for a missing column, ArithmeticError for what is no number."""
    with localcontext() as context:
        context.prec = 34
        operands = [_range(row[low], row[high]) for low, high in formula.bounds]
        per = _per(formula, row)
        known = [o for o in operands if o is not None]
        if len(known) < len(operands) or per is None:
            return "undecidable"
        match formula.name:
            case "subset":
                return "fails" if known[0].low > known[1].high else "holds"
            case "equal":
                return "fails" if any(a.low > b.high for a in known for b in known if a is not b) else "holds"
        return compared(_computed(formula, known, per, row), known[-1])


def arithmetic(formula: Formula, row: Mapping[str, Any]) -> str:
    """A row written out for people: ``72 ÷ 153 = 47.06%，应为 47.1±0.05%，成立``."""
    with localcontext() as context:
        context.prec = 34
        operands = [_range(row[low], row[high]) for low, high in formula.bounds]
        told = VERDICT_ZH[verdict(formula, row)]
        shown = [_shown(o) for o in operands]
        per = _per(formula, row)
        if any(o is None for o in operands) or per is None:
            return f"{'、'.join(shown)}，{told}"
        known = [o for o in operands if o is not None]
        match formula.name:
            case "subset":
                return f"{shown[0]} {'≤' if known[0].low <= known[1].high else '>'} {shown[1]}，{told}"
            case "equal":
                return f"{' = '.join(shown)}，{told}"
        computed = _computed(formula, known, per, row)
        unit = {100: "%", 1000: "‰"}.get(int(per), "") if formula.name in {"share", "growth"} else ""
        result = "？" if computed is UNKNOWN else rounded(computed.mid)
        return f"{_left(formula, shown)} = {result}{unit}，应为 {shown[-1]}{unit}，{told}"


def _left(formula: Formula, shown: Sequence[str]) -> str:
    match formula.name:
        case "share":
            return f"{shown[0]} ÷ {shown[1]}"
        case "growth":
            return f"{shown[0]} ÷ {shown[1]} − 1"
        case "product":
            return " + ".join(" × ".join(term) for term in _split(shown, formula.terms))
        case _:
            return " + ".join(shown[:-1])


def _computed(formula: Formula, operands: Sequence[Range], per: Decimal, row: Mapping[str, Any]) -> Range:
    match formula.name:
        case "share":
            return share_of(operands[0], operands[1], per)
        case "growth":
            down = formula.direction is not None and row[formula.direction] == "down"
            return growth_of(operands[0], operands[1], per, down=down)
        case "product":
            return products_of(_split(operands, formula.terms))
        case _:
            return sum_of(operands[:-1])


def _split(operands: Sequence[T], terms: Sequence[int]) -> list[Sequence[T]]:
    """The factors by term; the last operand, the total, is left out."""
    result, start = [], 0
    for length in terms:
        result.append(operands[start : start + length])
        start += length
    return result


def _per(formula: Formula, row: Mapping[str, Any]) -> Decimal | None:
    return _number(row[formula.per]) if isinstance(formula.per, str) else formula.per


def _range(low: Any, high: Any) -> Range | None:
    """None when both bounds are empty."""
    a, b = _number(low), _number(high)
    if a is None and b is None:
        return None
    middle = (a + b) / 2 if a is not None and b is not None else a if a is not None else b
    return Range(-INFINITY if a is None else a, INFINITY if b is None else b, middle or Decimal(0))


def _number(value: Any) -> Decimal | None:
    """A float is the decimal it prints as: 47.1 is 47.1, not the binary fraction next to it."""
    if value is None or value != value:
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return None if not math.isfinite(number) else number


def _shown(operand: Range | None) -> str:
    if operand is None:
        return "（缺）"
    if operand.low == -INFINITY:
        return f"≤{plain(operand.high)}"
    if operand.high == INFINITY:
        return f"≥{plain(operand.low)}"
    half = (operand.high - operand.low) / 2
    if half < 0:
        return "（互不相容）"
    return f"{plain(operand.mid)}±{plain(half)}" if half else f"{plain(operand.mid)}"
