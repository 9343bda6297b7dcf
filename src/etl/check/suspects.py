"""Which figures are to blame for relations that fail.

An explanation is a set of figures with the values that they would have to have, such that every relation they are in
holds: one figure that all its groups miss by the same amount, two figures that changed places, several slips in one
line, a whole column that slipped by powers of ten or by one row. Explanations are tried from the simplest on; where
two of the same kind explain the same failures, nobody is accused. What no explanation reaches is put to the vote of the
groups, outside of sums: there the figures of a line share their groups, and a vote can't tell them apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, combinations, islice

from etl.check.reconcile import Evaluated, evaluate
from etl.model import CellRef, Observation, Place

MAX_FAILING = 600
"""Failing relations of a file; with more its structure is in question, and no single figure."""
MAX_ALIKE = 14
"""Members of one relation among which several slips are looked for."""
POWERS = (1, -1, 2, -2, 3, -3, 4, -4, 8, -8)
"""Slips by these powers of ten: 万 for 元, 亿 for 万元, a digit too many."""
MAX_JOINED = 10
MAX_SLIPS = 4
MAX_SINGLES = 120
MAX_STEPS = 20_000
MAX_FOUND = 200
"""Bounds of the search for slips in typing: sums that hang together, slips of one explanation, values of one sum for
which pairs are tried, steps, explanations found."""
LINE = 3
"""Failing relations that a slip of a whole line must explain at least."""

Correction = Mapping[str, Decimal]
"""Observation id → the value that would make its relations hold."""


def suspects(evaluated: Iterable[Evaluated], observations: Iterable[Observation]) -> dict[str, Evaluated]:
    """Observations that explain failing relations: observation id → one of those relations."""
    decided = [e for e in evaluated if e.verdict != "undecidable"]
    failing = [e for e in decided if e.verdict == "fails"]
    if not failing or len(failing) > MAX_FAILING:
        return {}
    return _Case(decided, observations).solve()


@dataclass(frozen=True, slots=True)
class _Explanation:
    correction: Correction
    explained: frozenset[int]
    """Indices of the failing relations that hold with it."""


class _Case:
    """The relations of one file, with what has been corrected so far in thought."""

    def __init__(self, decided: Sequence[Evaluated], observations: Iterable[Observation]) -> None:
        self._relations = decided
        self._of: dict[str, list[int]] = defaultdict(list)
        for n, e in enumerate(decided):
            for member in dict.fromkeys(e.members):
                self._of[member].append(n)
        self._by_id = {o.observation_id: o for o in observations if o.observation_id in self._of}
        self._by_place: dict[Place, Observation] = {o.place: o for o in self._by_id.values()}
        self._failing = {n for n, e in enumerate(decided) if e.verdict == "fails"}
        self._accused: dict[str, Evaluated] = {}

    def solve(self) -> dict[str, Evaluated]:
        for propose in (self._lines, self._singles, self._several, self._swaps, self._typed):
            self._apply(propose)
        self._vote()
        return self._accused

    def _apply(self, propose: Callable[[], Iterator[Correction]]) -> None:
        """Accuse by the explanations of one kind that no other of the kind contests."""
        found: dict[frozenset[str], _Explanation] = {}
        for correction in propose():
            if explanation := self._explains(correction):
                found.setdefault(frozenset(correction), explanation)
        every = sorted(found.values(), key=lambda x: (-len(x.explained), sorted(x.correction)))
        for one in every:
            if not one.explained <= self._failing:
                continue
            rivals = [x for x in every if x is not one and x.explained & one.explained]
            if any(len(x.explained) >= len(one.explained) for x in rivals):
                continue
            self._accept(one)

    def _accept(self, explanation: _Explanation) -> None:
        for member, value in explanation.correction.items():
            reason = next((n for n in self._of[member] if n in explanation.explained), min(explanation.explained))
            self._accused.setdefault(member, self._relations[reason])
            corrected = _with_value(self._by_id[member], value)
            self._by_id[member] = corrected
            self._by_place[corrected.place] = corrected
        self._failing -= explanation.explained

    def _explains(self, correction: Correction) -> _Explanation | None:
        """The correction, if every relation of its figures holds with it and some of them failed."""
        touched = {n for member in correction for n in self._of[member]}
        if not touched & self._failing:
            return None
        before = {}
        for member, value in correction.items():
            o = self._by_id[member]
            before[o.place] = o
            self._by_place[o.place] = _with_value(o, value)
        holds = all(evaluate(self._relations[n].relation, self._by_place).verdict != "fails" for n in sorted(touched))
        self._by_place.update(before)
        return _Explanation(dict(correction), frozenset(touched & self._failing)) if holds else None

    # ------------------------------------------------------------ kinds of explanations

    def _lines(self) -> Iterator[Correction]:
        """A column, or a row, of a sheet that slipped as a whole: by powers of ten, or by one place."""
        for along in ("column", "row"):
            lines: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
            for member, o in self._by_id.items():
                if isinstance(o.place, CellRef):
                    row, column = _position(o.place)
                    lines[o.place.sheet, column if along == "column" else row][member] = None
            for members in lines.values():
                broken = sorted({n for m in members for n in self._crossing(m, members)})
                if len(broken) < LINE:
                    continue
                for power in POWERS:
                    correction = {m: self._by_id[m].obs_value.scaleb(-power) for m in members}
                    if all(self._would_hold(n, correction) for n in broken):
                        yield correction
                yield from self._moved(members, along)

    def _moved(self, members: Mapping[str, None], along: str) -> Iterator[Correction]:
        """Values that stand one place too far: each of them is the next one's."""
        axis = 0 if along == "column" else 1
        ordered = sorted(members, key=lambda m: _position(self._by_id[m].place)[axis])
        broken = [i for i, m in enumerate(ordered) if self._crossing(m, members)]
        if len(broken) < 2:
            return
        first, last = broken[0], broken[-1]
        run = ordered[first : last + 1]
        for step in (1, -1):
            open_end = run[-1] if step == 1 else run[0]
            values = [self._by_id[m].obs_value for m in run]
            moved = values[1:] if step == 1 else values[:-1]
            targets = run[:-1] if step == 1 else run[1:]
            lost = self._implied(open_end, self._crossing(open_end, members)[0])
            if lost is None:
                continue
            correction = {m: v for m, v in zip(targets, moved, strict=True) if self._by_id[m].obs_value != v}
            yield correction | {open_end: lost}

    def _singles(self) -> Iterator[Correction]:
        """A figure that two or more of its groups miss, by what one of them says it should be."""
        for member in self._members():
            sums = self._failing_sums(member)
            if len(sums) > 1 and (value := self._implied(member, sums[0])) is not None:
                yield {member: value}

    def _several(self) -> Iterator[Correction]:
        """Two or three figures of one group, each with the value that another of its groups says."""
        for n in sorted(self._failing):
            if self._relations[n].relation.kind != "sum":
                continue
            values: dict[str, Decimal] = {}
            for member in dict.fromkeys(self._relations[n].members):
                others = [k for k in self._failing_sums(member) if k != n]
                value = self._implied(member, others[0]) if others else None
                if value is not None:
                    values[member] = value
            if len(values) > MAX_ALIKE:
                continue
            for size in (2, 3):
                for chosen in combinations(values, size):
                    correction = {m: values[m] for m in chosen}
                    if self._would_hold(n, correction):
                        yield correction

    def _swaps(self) -> Iterator[Correction]:
        """Two figures next to each other in a sheet, each with the value of the other."""
        for member in self._members():
            o = self._by_id[member]
            if not isinstance(o.place, CellRef):
                continue
            row, column = _position(o.place)
            for other in self._at(o.place.sheet, row, column + 1), self._at(o.place.sheet, row + 1, column):
                if other and other.obs_value != o.obs_value:
                    yield {member: other.obs_value, other.observation_id: o.obs_value}
            for other in self._at(o.place.sheet, row, column - 1), self._at(o.place.sheet, row - 1, column):
                if other and other.obs_value != o.obs_value:
                    yield {other.observation_id: o.obs_value, member: other.obs_value}

    def _typed(self) -> Iterator[Correction]:
        """Slips that people make in typing, of one figure or several: a power of ten, two digits changed about.

        Here one group is enough, if only one such slip of one of its figures mends it.
        """
        seen: set[int] = set()
        for n in sorted(self._failing):
            if n in seen or self._relations[n].relation.kind != "sum":
                continue
            joined = self._joined(n)
            seen |= joined
            if len(joined) > MAX_JOINED:
                continue
            steps = [MAX_STEPS]
            found = list(islice(self._search(frozenset(joined), {}, steps), MAX_FOUND))
            if steps[0] < 0 or len(found) == MAX_FOUND:
                continue  # there may be others
            fewest = [c for c in found if len(c) == min(map(len, found))]
            if len({frozenset(c) for c in fewest}) == 1:
                yield fewest[0]

    def _search(self, broken: frozenset[int], so_far: Correction, steps: list[int]) -> Iterator[Correction]:
        """Corrections by plausible slips after which none of these sums is broken, and no other."""
        if not broken:
            yield so_far
            return
        n = min(broken)
        values = {
            m: _plausible(self._by_id[m].obs_value)
            for m in dict.fromkeys(self._relations[n].members)
            if m not in so_far and not any(self._holds(k, so_far) for k in self._sums(m))
        }
        singles = [{m: v} for m, options in values.items() for v in options]
        pairs = ({**a, **b} for a, b in combinations(singles, 2) if a.keys() != b.keys())
        for fix in chain(singles, pairs if len(singles) <= MAX_SINGLES else ()):
            steps[0] -= 1
            if steps[0] < 0 or len(so_far) + len(fix) > MAX_SLIPS:
                return
            correction = {**so_far, **fix}
            if self._holds(n, correction):
                touched = {k for m in fix for k in self._sums(m)}
                left = frozenset(k for k in broken | touched if not self._holds(k, correction))
                if left <= broken:
                    yield from self._search(left, correction, steps)

    def _joined(self, n: int) -> set[int]:
        """The failing sums that hang together by figures that no sum speaks for."""
        found, todo = {n}, [n]
        while todo and len(found) <= MAX_JOINED:
            for member in self._relations[todo.pop()].members:
                sums = self._sums(member)
                if all(k in self._failing for k in sums):
                    todo += [k for k in sums if k not in found]
                    found.update(sums)
        return found

    def _sums(self, member: str) -> list[int]:
        return [n for n in self._of[member] if self._relations[n].relation.kind == "sum"]

    def _holds(self, n: int, correction: Correction) -> bool:
        """Whether a sum holds, by its values and the width of its intervals: quicker than to judge it anew."""
        members = self._relations[n].relation.members
        difference = room = Decimal(0)
        for place in (members.total, *members.parts):
            if place is None or (o := self._by_place.get(place)) is None or o.obs_low is None or o.obs_high is None:
                return False
            value = correction.get(o.observation_id, o.obs_value)
            difference += -value if place == members.total else value
            room += (o.obs_high - o.obs_low) / 2
        return abs(difference) <= room

    def _vote(self) -> None:
        """Shares, products, subsets: each relation votes on its members, +1 when it fails and -1 when it holds.

        The one member with the highest score of a failing relation is its suspect; members that tie are not told
        apart. A figure that only one relation speaks about is never accused.
        """
        score: dict[str, int] = defaultdict(int)
        for n, e in enumerate(self._relations):
            for member in e.members:
                score[member] += 1 if n in self._failing else -1
        for n in sorted(self._failing):
            e = self._relations[n]
            if e.relation.kind == "sum":
                continue
            best = max(score[m] for m in e.members)
            top = [m for m in dict.fromkeys(e.members) if score[m] == best]
            if len(top) == 1:
                self._accused.setdefault(top[0], e)

    # ------------------------------------------------------------ what they are made from

    def _members(self) -> list[str]:
        """Figures of failing relations, in the order of the relations."""
        return list(dict.fromkeys(m for n in sorted(self._failing) for m in self._relations[n].members))

    def _crossing(self, member: str, line: Mapping[str, None]) -> list[int]:
        """Failing sums that a line crosses in this figure alone."""
        return [n for n in self._failing_sums(member) if sum(m in line for m in self._relations[n].members) == 1]

    def _failing_sums(self, member: str) -> list[int]:
        return [n for n in self._of[member] if n in self._failing and self._relations[n].relation.kind == "sum"]

    def _at(self, sheet: str, row: int, column: int) -> Observation | None:
        return self._by_place.get(CellRef(sheet, _address(row, column))) if row > 0 and column > 0 else None

    def _would_hold(self, n: int, correction: Correction) -> bool:
        relation = self._relations[n].relation
        places = {
            self._by_id[m].place: _with_value(self._by_id[m], correction[m])
            for m in self._relations[n].members
            if m in correction
        }
        here = {self._by_id[m].place: self._by_id[m] for m in self._relations[n].members}
        return evaluate(relation, here | places).verdict == "holds"

    def _implied(self, member: str, n: int) -> Decimal | None:
        """What the other members of a sum say that this one is; None where that is no size."""
        members = self._relations[n].relation.members
        if members.total is None:
            return None
        place = self._by_id[member].place
        parts = [self._by_place[p].obs_value for p in members.parts if p != place]
        if place == members.total:
            return sum(parts, Decimal(0))
        value = self._by_place[members.total].obs_value - sum(parts, Decimal(0))
        return value if value >= 0 or self._by_id[member].obs_value < 0 else None


def _plausible(value: Decimal) -> list[Decimal]:
    """What may have been meant: other powers of ten, two digits next to each other changed about."""
    found = [value.scaleb(-power) for power in POWERS] if value else []
    digits = format(value, "f")
    for i in range(len(digits) - 1):
        a, b = digits[i], digits[i + 1]
        if a.isdigit() and b.isdigit() and a != b and not (i == 0 and b == "0"):
            found.append(Decimal(digits[:i] + b + a + digits[i + 2 :]))
    return found


def _with_value(o: Observation, value: Decimal) -> Observation:
    """The figure with another value, and its interval moved with it."""
    by = value - o.obs_value
    low = None if o.obs_low is None else o.obs_low + by
    return replace(o, obs_value=value, obs_low=low, obs_high=None if o.obs_high is None else o.obs_high + by)


def _position(place: Place) -> tuple[int, int]:
    """1-based row and column of a cell."""
    assert isinstance(place, CellRef)
    letters = place.cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(place.cell[len(letters) :]), column


def _address(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
