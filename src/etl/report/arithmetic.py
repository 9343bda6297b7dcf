"""The arithmetic of a relation as a reviewer reads it: in the figures as printed, and no longer than a line or two."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from etl.model import CellRef
from etl.report.data import RelationIssue
from etl.report.wording import number

TERMS = 8
"""A longer sum is shown by its first and last terms."""
FIRST, LAST = 4, 2
NOISE = re.compile(r"(?<![\w.])(\d+)\.(\d{5,})(?!\d)")
DECIMALS = 4
BLANKS = re.compile(r"[\s,，\u00a0\u3000]")


@dataclass(frozen=True, slots=True)
class WrittenOut:
    text: str
    scale: Decimal
    """What a printed figure is multiplied with to give its value in the base unit: 10000 where 万 are printed."""
    difference: Decimal | None = None
    """Printed minus computed, as printed."""


def written_out(relation: RelationIssue, cell_text: Callable[[CellRef], str]) -> WrittenOut:
    """A sum over cells in the figures that stand there; anything else as the gate wrote it."""
    stored = WrittenOut(relation.arithmetic, Decimal(1))
    if relation.kind != "sum" or relation.computed_low is None or relation.computed_high is None:
        return stored
    totals = [_printed(place, cell_text) for role, place in relation.members if role == "total"]
    parts = [_printed(place, cell_text) for role, place in relation.members if role == "parts"]
    known = [p for p in parts if p is not None]
    if len(totals) != 1 or totals[0] is None or not known or len(known) < len(parts):
        return stored
    total, added = totals[0], sum(known, Decimal(0))
    scale = _scale(added, (relation.computed_low + relation.computed_high) / 2)
    if scale is None:
        return stored
    text = f"{' + '.join(map(_plain, known))} = {_plain(added)}，应为 {_plain(total)}，不成立"
    return WrittenOut(text, scale, total - added)


def _printed(place: object, cell_text: Callable[[CellRef], str]) -> Decimal | None:
    """The number in a cell; None for text that is none."""
    if not isinstance(place, CellRef):
        return None
    try:
        value = Decimal(BLANKS.sub("", cell_text(place)))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _scale(printed: Decimal, computed: Decimal) -> Decimal | None:
    """The power of ten between them; None where there is none: the cells are not all in one unit."""
    if not printed or not computed:
        return Decimal(1) if printed == computed else None
    ratio = computed / printed
    for exponent in range(-3, 13):
        power = Decimal(10) ** exponent
        if abs(ratio / power - 1) < Decimal("0.0000001"):
            return power
    return None


def _plain(value: Decimal) -> str:
    return number(value, 15).replace(",", "")


def brief(text: str) -> str:
    """The text with long sums and the noise of floating point cut: ``1 + 2 + 3 + 4 + …（共 30 项） + 29 + 30``."""
    terms = text.split(" + ")
    if len(terms) > TERMS:
        text = " + ".join([*terms[:FIRST], f"…（共 {len(terms)} 项）", *terms[-LAST:]])
    return NOISE.sub(_rounded, text)


def _rounded(found: re.Match[str]) -> str:
    value = Decimal(found[0])
    digits = DECIMALS if value >= 1 else max(DECIMALS, len(found[2]) - len(found[2].lstrip("0")) + 3)
    return f"{round(value, digits).normalize():f}"


def cut(text: str) -> str:
    """A printed figure with digits of noise cut off, which an ellipsis says: ``0.3000…``."""
    return NOISE.sub(lambda m: f"{m[1]}.{m[2][: _kept(m[2])]}…" if len(m[2]) > _kept(m[2]) else m[0], text)


def _kept(decimals: str) -> int:
    return max(DECIMALS, len(decimals) - len(decimals.lstrip("0")) + 3)


def ranges(cells: Sequence[str]) -> str:
    """A1 addresses with runs down a column or along a row drawn together: ``B5、B7:B21``."""
    runs: list[list[str]] = []
    for cell in cells:
        if runs and _follows(runs[-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return "、".join(run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs)


def _follows(run: Sequence[str], cell: str) -> bool:
    from etl.report.excerpts import position

    before, at = position(run[-1]), position(cell)
    if before is None or at is None:
        return False
    step = (at[0] - before[0], at[1] - before[1])
    if len(run) == 1:
        return step in {(1, 0), (0, 1)}
    first = position(run[0])
    along_row = first is not None and first[0] == before[0]
    return step == ((0, 1) if along_row else (1, 0))
