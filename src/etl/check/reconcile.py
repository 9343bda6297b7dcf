"""Relations between figures, judged on intervals: does what was printed fit together within what the print allows?

Every figure is an interval (``obs_low``, ``obs_high``; None is an open end). A relation *holds* when the interval
computed from its members meets the printed one, *fails* when it can't, and is *undecidable* when an open end or a
missing member leaves it open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import prod

from etl.contract import plain
from etl.model import Observation, Place, Relation, RelationMembers, Verdict

INFINITY = Decimal("Infinity")
SHARE_BASE = {"‰": Decimal(1000)}
"""Shares are per hundred unless their unit says otherwise."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A relation with its verdict and its arithmetic."""

    relation: Relation
    computed_low: Decimal | None
    computed_high: Decimal | None
    verdict: Verdict
    arithmetic: str
    """In Chinese: ``72 ÷ 153 = 47.06%，应为 47.1%，成立``."""
    members: tuple[str, ...]
    """Observation ids of the members found."""


@dataclass(frozen=True, slots=True)
class Range:
    """An interval with infinities for open ends, so that arithmetic needs no cases."""

    low: Decimal
    high: Decimal
    mid: Decimal

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high, self.mid + other.mid)

    def __mul__(self, other: Range) -> Range:
        """For figures that are not negative."""
        return Range(_times(self.low, other.low), _times(self.high, other.high), self.mid * other.mid)

    def __truediv__(self, other: Range) -> Range:
        """For figures that are not negative; a denominator that may be 0 leaves the quotient open upwards."""
        low = Decimal(0) if other.high == INFINITY or other.high <= 0 else self.low / other.high
        high = INFINITY if other.low <= 0 or self.high == INFINITY else self.high / other.low
        return Range(low, high, self.mid / other.mid if other.mid else Decimal(0))

    def scaled(self, factor: Decimal) -> Range:
        return Range(_times(self.low, factor), _times(self.high, factor), self.mid * factor)

    def shifted(self, by: Decimal) -> Range:
        return Range(self.low + by, self.high + by, self.mid + by)

    def negated(self) -> Range:
        return Range(-self.high, -self.low, -self.mid)

    @property
    def is_negative(self) -> bool:
        """Quotients and products are only computed of figures that are not; an open lower end is no sign of it."""
        return (self.low < 0 and self.low != -INFINITY) or self.high < 0

    @property
    def is_bounded(self) -> bool:
        return self.low != -INFINITY and self.high != INFINITY

    def meets(self, other: Range) -> bool:
        return self.low <= other.high and other.low <= self.high


def _times(a: Decimal, b: Decimal) -> Decimal:
    """Infinity times zero is zero here: nothing of something unbounded is nothing. Two open lower ends are one."""
    if not a or not b:
        return Decimal(0)
    return -INFINITY if a == b == -INFINITY else a * b


def range_of(o: Observation) -> Range:
    """The interval of an observation in its base unit."""
    return Range(
        -INFINITY if o.obs_low is None else o.obs_low,
        INFINITY if o.obs_high is None else o.obs_high,
        o.obs_value,
    )


def evaluate(relation: Relation, by_place: Mapping[Place, Observation]) -> Evaluated:
    """Judge one relation. Members that are no observation make it undecidable."""
    places = member_places(relation.members)
    found = [by_place[p] for p in places if p in by_place]
    ids = tuple(o.observation_id for o in found)
    if len(found) < len(places) or not places:
        return Evaluated(relation, None, None, "undecidable", "有成员未能识别，无法核对", ids)
    with localcontext() as context:
        context.prec = 34
        return _evaluate(relation, by_place, ids)


def _evaluate(relation: Relation, by_place: Mapping[Place, Observation], ids: tuple[str, ...]) -> Evaluated:
    members = relation.members
    match relation.kind:
        case "share" | "growth":
            if not (members.part and members.whole and members.share):
                return Evaluated(relation, None, None, "undecidable", "缺少分子、分母或比重", ids)
            part, whole, share = (by_place[p] for p in (members.part, members.whole, members.share))
            per = per_of(share)
            text = f"{shown(part)} ÷ {shown(whole)}"
            computed = share_of(range_of(part), range_of(whole), per)
            if relation.kind == "growth":
                text += " − 1"
                computed = growth_of(range_of(part), range_of(whole), per, down=share.direction == "down")
            return _judged(relation, ids, computed, share, text)
        case "sum" if members.total and members.parts:
            total = by_place[members.total]
            parts = [by_place[p] for p in members.parts]
            computed = sum_of(list(map(range_of, parts)))
            return _judged(relation, ids, computed, total, " + ".join(map(shown, parts)))
        case "product" if members.total and members.terms:
            total = by_place[members.total]
            terms = [[by_place[p] for p in term] for term in members.terms]
            computed = products_of([[range_of(o) for o in term] for term in terms])
            return _judged(relation, ids, computed, total, " + ".join(" × ".join(map(shown, term)) for term in terms))
        case "subset" if members.part and members.whole:
            part, whole = by_place[members.part], by_place[members.whole]
            fails = range_of(part).low > range_of(whole).high
            verdict: Verdict = "fails" if fails else "holds"
            sign = ">" if fails else "≤"
            text = f"{shown(part)} {sign} {shown(whole)}，{VERDICT_ZH[verdict]}"
            return Evaluated(relation, part.obs_low, part.obs_high, verdict, text, ids)
        case "equal" if len(members.parts) > 1:
            first, *rest = (by_place[p] for p in members.parts)
            meets = all(range_of(first).meets(range_of(o)) for o in rest)
            verdict = "holds" if meets else "fails"
            text = " = ".join(shown(o) for o in (first, *rest)) + f"，{VERDICT_ZH[verdict]}"
            return Evaluated(relation, first.obs_low, first.obs_high, verdict, text, ids)
        case _:
            return Evaluated(relation, None, None, "undecidable", "关系不完整，无法核对", ids)


VERDICT_ZH: dict[Verdict, str] = {"holds": "成立", "fails": "不成立", "undecidable": "无法判定"}


def per_of(share: Observation) -> Decimal:
    """What a share or growth is stated per: 100 or 1000."""
    return SHARE_BASE.get(share.unit or "", Decimal(100))


UNKNOWN = Range(-INFINITY, INFINITY, Decimal(0))
"""What can't be computed: nothing meets it or fails it."""


def share_of(part: Range, whole: Range, per: Decimal) -> Range:
    """part ÷ whole × per; unknown where a figure is negative or the whole is nothing."""
    if part.is_negative or whole.is_negative or whole.high <= 0:
        return UNKNOWN
    return (part / whole).scaled(per)


def growth_of(now: Range, earlier: Range, per: Decimal, *, down: bool) -> Range:
    """The relative change in the direction that is printed."""
    share = share_of(now, earlier, per)
    return share.shifted(-per).negated() if down else share.shifted(-per)


def sum_of(parts: Sequence[Range]) -> Range:
    return sum(parts[1:], start=parts[0])


def products_of(terms: Sequence[Sequence[Range]]) -> Range:
    """The sum of products; unknown where a factor is negative."""
    if any(factor.is_negative for term in terms for factor in term):
        return UNKNOWN
    return sum_of([prod(term[1:], start=term[0]) for term in terms])


def compared(computed: Range, printed: Range) -> Verdict:
    """A meeting that rests on an open end decides nothing."""
    if not computed.meets(printed):
        return "fails"
    return "holds" if computed.is_bounded and printed.is_bounded else "undecidable"


def _judged(relation: Relation, ids: tuple[str, ...], computed: Range, printed: Observation, text: str) -> Evaluated:
    verdict = compared(computed, range_of(printed))
    unit = printed.unit or ""
    result = "？" if computed is UNKNOWN else rounded(computed.mid)
    arithmetic = f"{text} = {result}{unit}，应为 {_read(printed)}，{VERDICT_ZH[verdict]}"
    return Evaluated(
        relation,
        None if computed.low == -INFINITY else computed.low,
        None if computed.high == INFINITY else computed.high,
        verdict,
        arithmetic,
        ids,
    )


_CORRECTED = re.compile(r"corrected by decision \w+: (?:value|unit) ")


def _read(o: Observation) -> str:
    """As printed; of a figure whose value or unit a reviewer corrected, what it counts for as well."""
    if any(step.startswith("corrected") and _CORRECTED.match(step) for step in o.steps):
        return f"{plain(o.obs_value)}{o.unit or ''}（原文 {o.text.strip()}）"
    return o.text


def shown(o: Observation) -> str:
    """A figure in a line of arithmetic: as printed in reports, as a number in sheets (whose cells carry no unit)."""
    worded = o.text.strip("0123456789.,-")  # nothing is left of most
    return _read(o).strip() if any(not c.isdigit() and c not in ".,-" for c in worded) else plain(o.obs_value) or ""


def rounded(value: Decimal) -> str:
    """At most two digits after the point, for people."""
    return plain(round(value, 2)) or "0" if value.is_finite() else "∞"


def member_places(members: RelationMembers) -> tuple[Place, ...]:
    """All places a relation names, in a fixed order."""
    single = (members.part, members.whole, members.share, members.total)
    return (
        *(p for p in single if p is not None),
        *members.parts,
        *(p for term in members.terms for p in term),
    )
