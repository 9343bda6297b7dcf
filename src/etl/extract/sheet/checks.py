"""Sums that a table makes possible: totals with their parts, groups with their complete divisions.

A group is only trusted as a sum when it holds, within rounding, in most of the lines where it can be computed: that
tells complete lists (all districts of a city) from samples of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby, islice
from operator import attrgetter

from etl.extract.sheet.figures import Placed
from etl.extract.sheet.places import is_total, likeness
from etl.extract.sheet.slips import slipped
from etl.extract.sheet.stubs import StubRow
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import is_of_which, strip_ordinal
from etl.extract.sheet.words import words
from etl.model import Flag, Place, RawFigure, Relation, RelationMembers
from etl.record import record

HOLDS_IN = 0.6
"""Share of the lines in which a group must hold to be taken for a sum."""
TELLING_IN = 1 / 3
"""The same, where the sums that hold can't do so by accident: several errors in a table of few lines."""
LARGE = 100
LOST = 40
"""Lines after which a group that held in none of them is given up."""
PARTS_IN = 0.7
"""Share of the lines in which a part must not exceed its whole to be taken for a part of it."""
MIN_LINES = 2
MAX_SUMS = 20_000
"""Sums per table; beyond it the rest is left to the checks of the warehouse."""
ZERO = Decimal(0)
ADDITIVE = frozenset({"count", "money", "area", "other"})
NOISE = Decimal("1e-9")
"""Relative; binary noise of stored floats."""
NEGLIGIBLE = Decimal("2e-6")
"""Relative; smaller differences come from rounding in steps and are no sign of a misprint."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows (or columns) whose values should add up to another one, line by line."""

    total: int
    parts: tuple[int, ...]


@record(frozen=True, slots=True)
class Sum:
    """One line of a group: a total and its parts."""

    total: Placed
    parts: tuple[Placed, ...]
    difference: Decimal
    """What the total is more than its parts."""
    holds: bool
    """The difference lies within rounding."""


Line = Callable[[int], Sum | None]
"""The sum of a group in one line of the table; None where it can't be computed."""


def _sum(total: Placed, parts: tuple[Placed, ...]) -> Sum:
    whole = _value(total)
    difference = whole - sum([p.figure.number for p in parts], ZERO)
    if not difference:
        return Sum(total, parts, difference, True)
    room = sum((_half_unit(p) for p in (total, *parts)), ZERO)
    return Sum(total, parts, difference, abs(difference) <= room + abs(whole) * NOISE)


def _value(placed: Placed) -> Decimal:
    return placed.figure.number


def _half_unit(placed: Placed) -> Decimal:
    """Integers without multiplier are exact, as in the intervals of the contract."""
    figure = placed.figure
    return Decimal(5).scaleb(-figure.decimals - 1) if figure.decimals or figure.multiplier else ZERO


@dataclass(frozen=True, slots=True)
class Checked:
    """What the sums of a table tell."""

    relations: tuple[Relation, ...] = ()
    flags: tuple[Flag, ...] = ()
    """The cells that break them."""
    part_rows: frozenset[int] = frozenset()
    part_columns: frozenset[int] = frozenset()
    """Rows and columns that are parts of trusted sums."""


def check_sums(table: Table, placed: Sequence[Placed], damaged: Collection[Place] = ()) -> Checked:
    """Relations of the groups that are sums in this table, and flags for the cells that break them.

    ``damaged`` are cells already known to be misprints: a sum that one of them breaks blames no other.
    """
    if not placed:
        return Checked()
    everywhere = Places(placed)
    rounded = frozenset(label for label in {p.figure.label for p in placed} if words("rounded").match(label))
    by_place = everywhere.of(ADDITIVE, rounded)
    sums: list[Sum] = []
    part_rows: set[int] = set()
    part_columns: set[int] = set()
    columns = list(table.values)
    rows = [r.row for r in table.rows]
    for choices in _row_groups(table):
        found = _best(choices, by_place.of_rows, columns)
        part_rows.update(p.row for s in found for p in s.parts)
        sums.extend(found)
        if len(sums) > MAX_SUMS:
            break
    flows = everywhere.of(ADDITIVE | {"rate"})
    for group in _flows([(c, table.header.columns[c].path) for c in table.values]):
        sums.extend(_best([group], flows.of_columns, rows))
    for group in _flows([(r.row, r.path) for r in table.rows]):
        sums.extend(_best([group], flows.of_rows, columns))
    for choices in _column_groups(table):
        found = _best(choices, by_place.of_columns, rows)
        part_columns.update(p.col for s in found for p in s.parts)
        sums.extend(found)
        if len(sums) > MAX_SUMS:
            break
    sums = sums[:MAX_SUMS]
    relations = [
        Relation("sum", RelationMembers(total=s.total.figure.place, parts=tuple(p.figure.place for p in s.parts)))
        for s in sums
    ]
    flags = _suspects(sums, damaged)
    for part, whole in islice(_subsets(table, by_place), MAX_SUMS):
        relations.append(Relation("subset", RelationMembers(part=part.figure.place, whole=whole.figure.place)))
        if _value(part) > _value(whole) + _half_unit(part) + _half_unit(whole):
            message = f"其中项 {_value(part):f} 大于总项 {_value(whole):f}"
            flags.append(Flag(part.figure.place, part.figure.text, "suspect_value", message))
    return Checked(tuple(relations), tuple(flags), frozenset(part_rows), frozenset(part_columns))


class Places:
    """The figures of a table by row and column: those that have a unit, and a kind and label that can be added up."""

    def __init__(self, placed: Sequence[Placed]) -> None:
        self._rows: dict[int, dict[int, Placed]] = {}
        for row, figures in groupby(placed, attrgetter("row")):
            self._rows.setdefault(row, {}).update({p.col: p for p in figures})
        self._kinds: frozenset[str] = frozenset()
        self._without: frozenset[str] = frozenset()

    def of(self, kinds: frozenset[str], without: frozenset[str] = frozenset()) -> Places:
        """The same figures, only those of some kinds, and without some labels."""
        found = copy(self)
        found._kinds, found._without = kinds, without
        return found

    def get(self, place: tuple[int, int]) -> Placed | None:
        found = self._rows.get(place[0], {}).get(place[1])
        return found if found is not None and self._can_add(found.figure) else None

    def of_rows(self, group: Group) -> Line:
        """The sum of a group of rows by column."""
        total = self._rows.get(group.total, {})
        parts = [self._rows.get(r, {}) for r in group.parts]
        return lambda c: self._sum(total.get(c), (row.get(c) for row in parts))

    def of_columns(self, group: Group) -> Line:
        """The sum of a group of columns by row."""

        def line(r: int) -> Sum | None:
            row = self._rows.get(r, {})
            return self._sum(row.get(group.total), map(row.get, group.parts))

        return line

    def _sum(self, total: Placed | None, parts: Iterable[Placed | None]) -> Sum | None:
        """The sum of one line; None when a member is missing or in another unit."""
        if total is None or not self._can_add(total.figure):
            return None
        unit, multiplier = total.figure.unit, total.figure.multiplier
        members = []
        for part in parts:
            if part is None:
                return None
            figure = part.figure
            if figure.unit != unit or figure.multiplier != multiplier or not self._can_add(figure):
                return None
            members.append(part)
        return _sum(total, tuple(members)) if len(members) > 1 else None

    def _can_add(self, figure: RawFigure) -> bool:
        return figure.unit is not None and figure.kind in self._kinds and figure.label not in self._without


def _subsets(table: Table, by_place: Places) -> Iterator[tuple[Placed, Placed]]:
    """(part, whole) for columns and rows marked 其中 or #, in the same unit."""
    columns = [(c.col, c.part_of) for c in table.header.columns.values() if c.part_of is not None]
    wholes = {row.path: row.row for row in table.rows if row.path}
    rows = [(r.row, wholes[r.path[:-1]]) for r in table.rows if r.opens_part and r.path[:-1] in wholes]
    pairs = [[((r.row, part), (r.row, whole)) for r in table.rows] for part, whole in columns]
    pairs += [[((part, c), (whole, c)) for c in table.values] for part, whole in rows]
    for places in pairs:
        found = []
        for part, whole in places:
            inner, outer = by_place.get(part), by_place.get(whole)
            if inner is None or outer is None:
                continue
            if (inner.figure.unit, inner.figure.multiplier) == (outer.figure.unit, outer.figure.multiplier):
                found.append((inner, outer))
        if sum(_value(i) <= _value(o) for i, o in found) >= PARTS_IN * len(found):
            yield from found


def confirm_zones(placed: Sequence[Placed], checked: Checked) -> list[Placed]:
    """Places that nothing knows, but without which the total would not add up, are parts without a code of their own.

    空港经济区 beside the districts of a city: not unresolved, known by its name.
    """
    if not checked.part_rows and not checked.part_columns:
        return list(placed)
    found = []
    for p in placed:
        area = p.figure.area
        if area.unresolved and area.name and not area.candidates and _is_part(p, checked):
            known = replace(area, unresolved=False)
            steps = (*p.figure.steps, "a part without a code: the total needs it")
            p = replace(p, figure=replace(p.figure, area=known, steps=steps))
        found.append(p)
    return found


def _is_part(placed: Placed, checked: Checked) -> bool:
    return placed.row in checked.part_rows or placed.col in checked.part_columns


def _best(choices: Iterable[Group], line_of: Callable[[Group], Line], lines: Sequence[int]) -> list[Sum]:
    """The sums of the first group that holds in most lines, or would without a slip of one line; none otherwise."""
    slips: list[Sum] = []
    for group in choices:
        line = line_of(group)
        found: list[Sum] = []
        held = telling = 0
        for n in lines:
            one = line(n)
            if one is None:
                continue
            found.append(one)
            held += one.holds
            telling += one.holds and _tells(one)
            if not held and len(found) >= LOST:
                break  # no sum at all, unless it slipped
        if held >= MIN_LINES and held >= HOLDS_IN * len(found):
            return found
        if telling >= MIN_LINES and telling >= TELLING_IN * len(found):
            return found
        if not slips and slipped(found):
            slips = [one for n in lines if (one := line(n)) is not None]
    return slips


def _tells(one: Sum) -> bool:
    """A sum that holds by no accident: several parts, and large enough."""
    return abs(_value(one.total)) >= LARGE and sum(p.figure.number != 0 for p in one.parts) > 1


# ---------------------------------------------------------------- groups of rows


def _row_groups(table: Table) -> list[list[Group]]:
    """Alternatives for each group of rows: the parts of totals and the divisions of groups."""
    return _region_rows(table) if table.regions_in == "rows" else _partitions([(r.row, r.path) for r in table.rows])


def _region_rows(table: Table) -> list[list[Group]]:
    """Each row with the rows indented under it, and each total with the rows of its level up to the next total."""
    rows = [r for r in table.rows if r.regions and not r.empty]
    below: dict[int, list[StubRow]] = defaultdict(list)
    level: dict[int, list[StubRow]] = defaultdict(list)
    open_rows: list[tuple[int, int]] = []
    totals: dict[int, int] = {}
    for n, row in enumerate(rows):
        while open_rows and open_rows[-1][0] >= row.indent:
            open_rows.pop()
        if open_rows:
            below[open_rows[-1][1]].append(row)
        open_rows.append((row.indent, n))
        if is_total(row.regions[-1]):
            totals[row.indent] = n
        elif row.indent in totals:
            level[totals[row.indent]].append(row)
    return [
        choices
        for n, row in enumerate(rows)
        for parts in (below.get(n), level.get(n))
        if parts and (choices := _alternatives(row, parts))
    ]


def _alternatives(total: StubRow, parts: list[StubRow]) -> list[Group]:
    """All parts, those with a code, those without, those that are no part of the one above them (# 市内六区): zones can
    stand beside the districts that make them up."""
    sets = [
        parts,
        [r for r in parts if not is_of_which(r.regions[-1])],
        [r for r in parts if likeness(r.regions[-1]) == "place"],
        [r for r in parts if likeness(r.regions[-1]) != "place"],
    ]
    found = []
    for chosen in sets:
        group = Group(total.row, tuple(r.row for r in chosen))
        if len(chosen) >= 2 and group not in found:
            found.append(group)
    return found


# ---------------------------------------------------------------- groups of columns


def _column_groups(table: Table) -> list[list[Group]]:
    columns = table.header.columns
    if table.regions_in == "columns":
        places = [(c, columns[c].region or "") for c in table.values if columns[c].region]
        totals = [c for c, label in places if is_total(label) or _speaks(table, label)]
        if not totals:
            return []
        total = totals[0]
        parts = [c for c, label in places if c != total and likeness(label) != "other"]
        others = [c for c, label in places if c != total and not words("growth").match(label)]
        coded = [c for c, label in places if c != total and likeness(label) == "place"]
        return [[Group(total, tuple(p)) for p in (others, parts, coded) if len(p) >= 2]]
    found = _partitions([(c, columns[c].path) for c in table.values])
    known = {group for choices in found for group in choices}
    of_which: dict[int, list[int]] = defaultdict(list)
    for c in table.values:
        if (whole := columns[c].part_of) is not None:
            of_which[whole].append(c)
    groups = (Group(whole, tuple(parts)) for whole, parts in of_which.items() if len(parts) >= 2)
    return [*found, *([group] for group in groups if group not in known)]


def _speaks(table: Table, label: str) -> bool:
    speaker = table.context.speaker
    return speaker is not None and label.replace(" ", "") in (speaker.name, speaker.name[:-1])


def _partitions(lines: Sequence[tuple[int, tuple[str, ...]]]) -> list[list[Group]]:
    """Groups by their paths: 合计 beside its siblings, and known pairs (男 + 女) under the line that opens them."""
    known = [tuple(w.split("+")) for w in sorted(words("partition").whole)]
    by_parent: dict[tuple[str, ...], list[int]] = defaultdict(list)
    path_of = {}
    at: dict[tuple[str, ...], int] = {}
    for n, path in lines:
        if path:
            by_parent[path[:-1]].append(n)
            path_of[n] = path
            at.setdefault(path, n)
    found: list[list[Group]] = []
    for parent, members in by_parent.items():
        names = {_bare(path_of[n][-1]): n for n in members}
        totals = [n for n in members if words("generic").match(path_of[n][-1]) and is_total(path_of[n][-1])]
        if totals:
            parts = [n for n in members if n != totals[0] and not is_of_which(path_of[n][-1])]
            if len(parts) >= 2:
                found.append([Group(totals[0], tuple(parts))])
        whole = at.get(parent)
        for pair in known:
            if all(name in names for name in pair):
                head = whole if whole is not None else (totals[0] if totals else None)
                if head is not None and head not in (names[n] for n in pair):
                    found.append([Group(head, tuple(names[name] for name in pair))])
    return found


def _flows(lines: Sequence[tuple[int, tuple[str, ...]]]) -> list[Group]:
    """出生 = 死亡 + 自然增长, 迁入 = 迁出 + 净增: lines of such names, counts and rates each among themselves."""
    named: dict[tuple[str, bool], int] = {}
    fillers = sorted(words("difference_filler").whole, key=len, reverse=True)
    for n, path in lines:
        if not path or len(path) > 3:
            continue
        for labels in (path, path[1:]):
            core = "".join(dict.fromkeys(strip_ordinal(label) for label in labels))
            rate = core.endswith("率")
            for filler in fillers:
                core = core.replace(filler, "")
            half = len(core) // 2
            core = core[:half] if half and core[:half] == core[half:] else core
            named.setdefault((core, rate), n)
    found = []
    for equation in sorted(words("difference").whole):
        whole, _, rest = equation.partition("=")
        for rate in (False, True):
            members = [named.get((name, rate)) for name in (whole, *rest.split("+"))]
            known = [m for m in members if m is not None]
            if len(known) == len(members) and len(set(known)) == len(known):
                found.append(Group(known[0], tuple(known[1:])))
    return found


def _bare(label: str) -> str:
    plain = strip_ordinal(label)
    for mark in ("其中：", "其中:", "其中", "#", "总人口中：", "总人口中:"):
        plain = plain.removeprefix(mark)
    return plain


# ---------------------------------------------------------------- suspects


def _suspects(sums: Sequence[Sum], damaged: Collection[Place]) -> list[Flag]:
    """For each broken sum the cell that breaks most sums and keeps fewest; the total when nothing else stands out."""
    if all(s.holds for s in sums):
        return []
    broken: dict[tuple[int, int], int] = defaultdict(int)
    kept: dict[tuple[int, int], int] = defaultdict(int)
    for s in sums:
        counts = kept if s.holds else broken
        for p in (s.total, *s.parts):
            counts[p.row, p.col] += 1
    flags: dict[tuple[int, int], Flag] = {}
    for s in sums:
        if s.holds or abs(s.difference) <= NEGLIGIBLE * abs(_value(s.total)):
            continue
        members = [s.total, *s.parts]
        if any(p.figure.place in damaged for p in members):
            continue
        worst = max(broken[p.row, p.col] for p in members)
        candidates = [p for p in members if broken[p.row, p.col] == worst] if worst > 1 else members
        fewest = min(kept[p.row, p.col] for p in candidates)
        candidates = [p for p in candidates if kept[p.row, p.col] == fewest]
        suspect = s.total if s.total in candidates else candidates[0] if len(candidates) == 1 else s.total
        flags.setdefault((suspect.row, suspect.col), _flag(suspect, s, unique=len(candidates) == 1))
    return list(flags.values())


def _flag(suspect: Placed, s: Sum, *, unique: bool) -> Flag:
    total = _value(s.total)
    added = total - s.difference
    message = f"合计 {total:f} 与各部分之和 {added:f} 相差 {s.difference:f}"
    if unique and suspect is not s.total:
        message += "；本单元格同时使多个合计不成立"
    return Flag(suspect.figure.place, suspect.figure.text, "suspect_value", message)
