"""What the rules look at: observations and relations of a batch of files, as columns that are made when asked for.

A rule needs a few columns of all rows, a message a few fields of the rows that fail: neither needs all of both.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from etl.check.reconcile import INFINITY, Evaluated, Range, per_of, products_of, range_of, sum_of
from etl.check.suspects import suspects
from etl.extract.confidence import ENOUGH
from etl.model import Observation, Place
from etl.normalise.magnitudes import judge
from etl.normalise.regions import load_regions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class FileRows:
    """What one file brings to the gate."""

    sha256: str
    observations: tuple[Observation, ...]
    evaluated: tuple[Evaluated, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What only the whole file says of its observations."""

    fact_values: Mapping[str, int]
    accused: Mapping[str, Evaluated]


@dataclass(frozen=True, slots=True)
class _Relation:
    """A relation with the intervals of its operands."""

    relation_id: str
    evaluated: Evaluated
    operands: Mapping[str, Any]


Field = str | Callable[[Any, Any], Any]
"""A value of a row: an attribute, or a function of (observation, what its file tells) or (relation, None)."""


def _decimal_as_float(path: str) -> Field:
    get = attrgetter(path)
    return lambda row, _file: None if (value := get(row)) is None else float(value)


def _fact_values(o: Observation, told: _Told) -> int | None:
    return told.fact_values.get(_fact_key(o)) if told.fact_values else None


def _suspect_arithmetic(o: Observation, told: _Told) -> str:
    suspect = told.accused.get(o.observation_id)
    return suspect.arithmetic if suspect else ""


def _magnitude(o: Observation, _told: _Told) -> float | None:
    inside = judge(o).inside
    return None if inside is None else float(inside)


@functools.cache
def _is_known(code: str | None) -> int | None:
    return None if code is None else int(load_regions().get(code) is not None)


OBSERVATION: dict[str, Field] = {
    "observation_id": "observation_id",
    "place": lambda o, _: str(o.place),
    "text": lambda o, _: o.text.strip(),
    "obs_value": _decimal_as_float("obs_value"),
    "unit": "unit",
    "unit_measure": "unit_measure",
    "qualifier": "qualifier",
    "obs_low": _decimal_as_float("obs_low"),
    "obs_high": _decimal_as_float("obs_high"),
    "kind": "kind",
    "direction": "direction",
    "status": "status",
    "time_type": "period.time_type",
    "ref_area": "area.code",
    "ref_area_name": "area.name",
    "ref_entity": "area.entity",
    # code, or the name of a place that has none
    "area": lambda o, _: o.area.code or o.area.name,
    "area_printed": lambda o, _: o.area.printed or o.area.name or "",
    # yes and no are 1 and 0: conditions of GX take no booleans
    "area_is_unresolved": lambda o, _: int(o.area.unresolved),
    "area_is_known": lambda o, _: _is_known(o.area.code),
    "area_candidates": lambda o, _: _candidates(o) if o.area.unresolved else "",
    "time_period": "period.iso",
    "label": lambda o, _: o.label or None,
    "indicator": "indicator",
    "indicator_low": lambda o, _: _number(judge(o).low),
    "indicator_high": lambda o, _: _number(judge(o).high),
    # 1 inside the catalogue's bounds for the level of the place, 0 outside, None where it states none
    "magnitude": _magnitude,
    # the one other reading that would be plausible; else what to do
    "magnitude_suggestion": lambda o, _: judge(o).suggestion or "对照原件核对单位和数位",
    "series_key": "series_key",
    "evidence": "evidence",
    # values told for this fact in this file; 1 when they agree, None when it is told once
    "fact_values": _fact_values,
    # 1 where the roles of its table are less sure than ``extract.confidence.ENOUGH``
    "layout_is_unsure": lambda o, _: int(o.confidence < ENOUGH),
    # how the table was read and how sure that is; empty where it is sure
    "layout": lambda o, _: _layout(o) if o.confidence < ENOUGH else "",
    "is_suspect": lambda o, told: int(o.observation_id in told.accused),
    "suspect_arithmetic": _suspect_arithmetic,
}

OPERANDS = ("part", "whole", "share", "parts", "total", "terms", "first", "rest")
"""Intervals of a relation. ``parts`` and ``terms`` are the sums of any number of members, ``rest`` what all statements
but the first have in common: low above high where they have nothing."""


def _operand(name: str) -> Field:
    return lambda r, _file: r.operands.get(name)


RELATION: dict[str, Field] = {
    "relation_id": "relation_id",
    "kind": "evaluated.relation.kind",
    # None for an undecidable one
    "verdict": lambda r, _: None if r.evaluated.verdict == "undecidable" else r.evaluated.verdict,
    "arithmetic": "evaluated.arithmetic",
    **{f"{name}_{end}": _operand(f"{name}_{end}") for name in OPERANDS for end in ("low", "high")},
    # what shares and growth are stated per: 100 or 1000
    "per": _operand("per"),
    # ``down`` for a decline
    "direction": _operand("direction"),
}

FILE = "file_sha256"
FRAMES: dict[str, dict[str, Field]] = {"observation": OBSERVATION, "relation": RELATION}
"""Columns that rules and messages of a frame may name, apart from ``file_sha256``."""

NUMERIC = frozenset(
    {"obs_value", "obs_low", "obs_high", "indicator_low", "indicator_high", "magnitude", "fact_values"}
    | {"area_is_unresolved", "area_is_known", "layout_is_unsure", "is_suspect"}
)
EXACT = frozenset({"per", *(f"{name}_{end}" for name in OPERANDS for end in ("low", "high"))})
"""Decimals: what a bound touches must not depend on how a float is rounded."""


class Rows:
    """The rows of one frame, numbered from 0 in the order of the files."""

    def __init__(self, frame: str, files: Sequence[FileRows]) -> None:
        self.fields = FRAMES[frame]
        self.files = files
        self.items: list[Any] = []
        self.told: list[_Told | None] = []
        self.starts = [0]
        """Where each file's rows begin, and the end of the last."""
        for file in files:
            if frame == "observation":
                self.items += file.observations
                accused = suspects(file.evaluated, file.observations)
                self.told.append(_Told(_conflicting_facts(file.observations), accused))
            else:
                self.items += _relations(file)
                self.told.append(None)
            self.starts.append(len(self.items))

    def __len__(self) -> int:
        return len(self.items)

    def values(self, name: str, first: int = 0, last: int | None = None) -> list[Any]:
        """A column of the rows from ``first`` to before ``last``."""
        last = len(self) if last is None else last
        field = self.fields.get(name)
        result: list[Any] = []
        for number, file in enumerate(self.files):
            start, end = max(self.starts[number], first), min(self.starts[number + 1], last)
            if start >= end:
                continue
            if field is None:
                result += [file.sha256] * (end - start)
            elif isinstance(field, str):
                result += map(attrgetter(field), self.items[start:end])
            else:
                told = self.told[number]
                result += [field(item, told) for item in self.items[start:end]]
        return result

    def frame(self, columns: Iterable[str], first: int = 0, last: int | None = None) -> pd.DataFrame:
        """Some columns, under the row numbers as unnamed index: GX then returns all failing ones, quickly."""
        import numpy as np
        import pandas as pd

        last = len(self) if last is None else last
        made: dict[str, Any] = {}
        for name in columns:
            values = self.values(name, first, last)
            if name in NUMERIC:
                made[name] = np.array(values, dtype=float)
            else:
                made[name] = pd.Series(values, dtype=object).array if name in EXACT else values
        df = pd.DataFrame(made, index=range(last - first))
        df.index = pd.RangeIndex(first, last)
        return df

    def field(self, row: int, file: int, name: str) -> Any:
        """A value of one row of a file, both by number."""
        field = self.fields.get(name)
        if field is None:
            return self.files[file].sha256
        return attrgetter(field)(self.items[row]) if isinstance(field, str) else field(self.items[row], self.told[file])


def _relations(file: FileRows) -> list[_Relation]:
    if not file.evaluated:
        return []
    by_place = {o.place: o for o in file.observations}
    with localcontext() as context:
        context.prec = 34
        return [
            _Relation(f"{file.sha256}:{number}", e, _operands(e, by_place)) for number, e in enumerate(file.evaluated)
        ]


def _operands(evaluated: Evaluated, by_place: Mapping[Place, Observation]) -> dict[str, Any]:
    """The columns of a relation's operands, those of members that were not found left out."""
    relation, members = evaluated.relation, evaluated.relation.members
    found: dict[str, Range] = {}
    result: dict[str, Any] = {}
    for name in ("part", "whole", "share", "total"):
        place: Place | None = getattr(members, name)
        if place is None or place not in by_place:
            continue
        found[name] = range_of(by_place[place])
        if name == "share":
            result["per"] = per_of(by_place[place])
            result["direction"] = by_place[place].direction
    if members.parts and all(p in by_place for p in members.parts):
        parts = [range_of(by_place[p]) for p in members.parts]
        if relation.kind == "sum":
            found["parts"] = sum_of(parts)
        elif len(parts) > 1:
            found["first"] = parts[0]
            found["rest"] = Range(max(p.low for p in parts[1:]), min(p.high for p in parts[1:]), parts[1].mid)
    if members.terms and all(p in by_place for term in members.terms for p in term):
        found["terms"] = products_of([[range_of(by_place[p]) for p in term] for term in members.terms])
    for name, interval in found.items():
        result[f"{name}_low"] = None if interval.low == -INFINITY else interval.low
        result[f"{name}_high"] = None if interval.high == INFINITY else interval.high
    return result


def _layout(o: Observation) -> str:
    """What was inferred of the table, as the steps tell it."""
    told = list(itertools.takewhile(lambda step: not step.startswith("confidence "), o.steps))
    return f"{'；'.join(told)}；置信度 {o.confidence:g}，入库须达 {ENOUGH:g}"


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _candidates(o: Observation) -> str:
    ranked = "；".join(f"{c.name}（{c.code}）" for c in o.area.candidates[:5])
    return f"候选：{ranked}" if ranked else "核对地名，或在区划别名表中增加一行"


def _fact_key(o: Observation) -> str:
    return f"{o.series_key} {o.period.iso}"


def _conflicting_facts(observations: Sequence[Observation]) -> dict[str, int]:
    """Fact key → number of distinct values, for facts told more than once; 1 when all their intervals meet."""
    first: dict[str, Observation] = {}
    by_fact: dict[str, list[Observation]] = defaultdict(list)
    for o in observations:
        if o.period.iso is not None:
            key = _fact_key(o)
            other = first.setdefault(key, o)
            if other is not o:
                told = by_fact[key]
                told.extend((o,) if told else (other, o))
    result: dict[str, int] = {}
    for key, told in by_fact.items():
        lows = [o.obs_low for o in told if o.obs_low is not None]
        highs = [o.obs_high for o in told if o.obs_high is not None]
        agree = not lows or not highs or max(lows) <= min(highs)
        result[key] = 1 if agree else len({o.obs_value for o in told})
    return result
