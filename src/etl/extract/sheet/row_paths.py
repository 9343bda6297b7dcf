"""The labels that a row hangs under: sections, groups by indentation, the row before 其中 and 男."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from etl.extract.sheet.wording import Unit, is_bare_change, is_of_which, ordinal_rank
from etl.extract.sheet.words import words

RATIOS = frozenset({"percent", "per_mille", "percentage_points", "density", "index", "ratio"})
NARROW = 2
"""Width of a # at most; blanks stand for it exactly. For 其中： they do not."""
SLACK = 2


@dataclass(frozen=True, slots=True)
class _Open:
    """A label under which following rows can hang."""

    indent: int
    label: str
    section: bool
    """Its row has no values."""
    unit: Unit | None
    mark: int = 0
    """Width of the 其中： or # before the label."""
    divides: bool = False
    """A section that divides the row above it (按性别分)."""
    member: int | None = None
    """Indent of the first row below a section."""
    bare: bool = False
    """That row has no unit of its own."""
    part: bool = False
    """其中, 男 and the like: a part of the label it hangs under."""
    told: bool = True
    """The label is part of the paths of rows below; 合计 over 按性别分 says nothing there."""


@dataclass(frozen=True, slots=True)
class RowPath:
    labels: tuple[str, ...]
    """From the outside in."""
    unit: Unit | None
    """The row's own unit, or that of the row or section it is a part of."""


class OpenLabels:
    """Feed the rows in order; keeps which labels are still open."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._list_indent: int | None = None
        """Indent of the last row marked 其中: rows indented like it or more go on with its list."""

    def place(self, labels: Sequence[str], indent: int, unit: Unit | None, *, section: bool, mark: int = 0) -> RowPath:
        """The path of a row with these labels; ``section`` when no value stands in it. ``mark`` is the width of the
        其中： or # that opens the label."""
        if len(labels) > 1:
            self._open = []
            return RowPath(tuple(labels), unit)
        label = labels[0]
        divides = section and is_division(label)
        broken = words("breakdown").match(label) and not self._counts_else(unit)
        self._close_before(label, indent, unit, section=section, broken=broken)
        parent = self._open[-1] if self._open else None
        nested = parent is not None and _is_nested(label, parent.label)
        changes = _tells_change(label, section)
        part = divides or nested or is_of_which(label) or broken or changes
        inner = parent is not None and (part or parent.section or parent.indent < indent)
        if parent is not None and parent.section and parent.member is None:
            self._open[-1] = replace(parent, member=indent, bare=unit is None)
        if unit is None and parent is not None and inner and not _is_rate(label):
            unit = parent.unit
        path = (*(o.label for o in self._open if o.told), label)
        marked = is_of_which(label) or broken or changes
        self._open.append(_Open(indent, label, section, unit, mark, divides=divides, part=marked))
        return RowPath(path, unit)

    def _close_before(self, label: str, indent: int, unit: Unit | None, *, section: bool, broken: bool) -> None:
        if section and is_division(label):
            self._close_before_division(indent)
            self._list_indent = None
        elif section:
            self._close(lambda o: o.indent >= indent or (o.section and indent == 0))
            self._list_indent = None
        elif is_of_which(label):
            going_on = self._list_indent is not None
            self._close(
                lambda o: not o.section and (o.indent > indent or (o.indent == indent and (going_on or o.part)))
            )
            flat = bool(self._open) and self._open[-1].indent >= indent and not self._open[-1].section
            self._list_indent = None if flat else indent
        elif _tells_change(label, section):
            self._close(lambda o: not o.section and (is_bare_change(o.label) or o.indent > indent))
        elif broken:
            self._close(lambda o: o.part)
        elif ordinal_rank(label) == 0:
            self._open = [o for o in self._open if o.section and o.indent < indent]
            self._list_indent = None
        else:
            if self._list_indent is not None and indent < self._list_indent:
                self._list_indent = None
            while (marked := self._in_line(indent)) is not None:
                del self._open[marked:]
            self._close(
                lambda o: (
                    o.indent >= indent
                    and not (o.section and o.indent == indent and not _ended(o, unit))
                    and not (o.indent == indent and _is_nested(label, o.label))
                )
            )
            self._close(lambda o: o.section and o.indent > indent)

    def _close_before_division(self, indent: int) -> None:
        """按性别分 divides the count above it, as the division before it does, and not a part of that count."""
        divided = next((n for n, o in enumerate(self._open) if o.divides and o.indent == indent), None)
        if divided is not None:
            del self._open[divided:]
            return
        self._close(lambda o: o.indent > indent or o.part)
        whole = self._open[-1] if self._open else None
        if whole is None or whole.section:
            return
        if _is_rate(whole.label) or (whole.unit is not None and whole.unit.dimension in RATIOS):
            self._close(lambda o: o.indent >= indent)
        elif words("generic").match(whole.label):
            self._open[-1] = replace(whole, told=False)

    def _counts_else(self, unit: Unit | None) -> bool:
        """Whether a row with this unit is no part of what stands above it (乡村人口（人） behind 乡村户数（户）)."""
        above = next((o.unit for o in reversed(self._open) if o.unit is not None), None)
        return unit is not None and above is not None and unit.symbol != above.symbol and unit.dimension not in RATIOS

    def _in_line(self, indent: int) -> int | None:
        """The open label behind whose 其中： or # a row is indented just so that their texts stand in line: they are
        parts of one whole."""
        for n, o in enumerate(self._open):
            slack = 0 if o.mark <= NARROW else SLACK
            if o.mark and abs(indent - o.indent - o.mark) <= slack:
                return n
        return None

    def _close(self, closes: Callable[[_Open], bool]) -> None:
        while self._open and closes(self._open[-1]):
            self._open.pop()


def _tells_change(label: str, section: bool) -> bool:
    """Whether a row with values says only that what stands above it grew (增长, 比上年±)."""
    return not section and is_bare_change(label)


def _ended(section: _Open, unit: Unit | None) -> bool:
    """Whether a row in line with a section is behind its list: the rows of the list are indented, or those of a
    division have no unit of their own where this row has one."""
    if section.member is None:
        return False
    if section.divides and unit is not None and (section.bare or _differ(unit, section.unit)):
        return True
    return section.member > section.indent


def _differ(unit: Unit, whole: Unit | None) -> bool:
    return whole is not None and unit.symbol != whole.symbol


def _is_nested(label: str, above: str) -> bool:
    """Whether the ordinal of a label is one below that of another: 1. below (一)."""
    inner, outer = ordinal_rank(label), ordinal_rank(above)
    return inner is not None and outer is not None and inner > outer


def is_division(label: str) -> bool:
    """Whether a label only tells by what the rows below it are told apart: 按性别分, 按行业分组, 分城乡."""
    by = words("division_start").match(label) and words("division_end").match(label)
    return by or words("division").match(label)


def _is_rate(label: str) -> bool:
    """Whether a label can't have the unit of the count above it (出生率 under 人口（人）)."""
    return words("rate").match(label)
