"""Groups that would be sums if one of their lines had not slipped: then the group is one, and its lines are wrong.

A column in 元 among columns in 万元, or one that stands a row too low, breaks every sum that it is in. Without a look
at what would mend them all, such a table only seems to have no sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.extract.sheet.checks import Sum

POWERS = tuple(p for p in range(-8, 9) if p)
LINES = 40
"""Lines that are looked at: enough to tell."""
MEMBERS = 40
"""Members of a group; in wider ones one slip is not looked for."""
LEAST = 3
"""Lines that a slip must mend."""
MOST = Decimal("0.6")
"""Share of the lines that must hold with it."""


def slipped(sums: Sequence[Sum]) -> bool:
    """Whether one member of all these sums, scaled by a power of ten or moved by one line, makes most of them hold."""
    lines = [s for s in sums if s.total.figure.number][:LINES]
    if len(lines) < LEAST or len(lines[0].parts) > MEMBERS:
        return False
    members = range(-1, len(lines[0].parts))
    return _changed_places(lines) or any(
        _scaled(lines, m) or _moved(lines, m, 1) or _moved(lines, m, -1) for m in members
    )


def _changed_places(lines: Sequence[Sum]) -> bool:
    """Two lines miss by opposite amounts: values of the one stand in the other."""
    broken = [s for s in lines if not s.holds]
    return (
        len(broken) == 2
        and len(lines) > len(broken)
        and abs(broken[0].difference + broken[1].difference) <= _room(broken[0]) + _room(broken[1])
    )


def _number(line: Sum, member: int) -> Decimal:
    return (line.total if member < 0 else line.parts[member]).figure.number


def _room(line: Sum) -> Decimal:
    """Rounding of the members, and of a total that was rounded by itself."""
    decimals = max(p.figure.decimals for p in (line.total, *line.parts))
    return (len(line.parts) + 1) * Decimal(5).scaleb(-decimals - 1) if decimals else Decimal(0)


def _mended(line: Sum, member: int, value: Decimal, room: Decimal) -> bool:
    """Whether the sum holds, within its room for rounding, with another value of this member."""
    by = value - _number(line, member)
    return abs(line.difference + (by if member < 0 else -by)) <= room


def _scaled(lines: Sequence[Sum], member: int) -> bool:
    first = next((s for s in lines if not s.holds and _number(s, member)), None)
    if first is None:
        return False
    number, room = _number(first, member), _room(first)
    for power in POWERS:
        if _mended(first, member, number.scaleb(power), room):
            filled = [s for s in lines if _number(s, member)]
            mended = sum(_mended(s, member, _number(s, member).scaleb(power), _room(s)) for s in filled)
            return mended >= LEAST and mended >= MOST * len(lines)
    return False


def _moved(lines: Sequence[Sum], member: int, step: int) -> bool:
    """From some line on the values of a member stand one line too far."""
    values = [_number(s, member) for s in lines]
    held = mended = 0
    for n, line in enumerate(lines):
        if line.holds:
            held += 1
        elif 0 <= n + step < len(lines) and _mended(line, member, values[n + step], _room(line)):
            mended += 1
    return mended >= 2 and held + mended >= max(Decimal(LEAST), MOST * len(lines))
