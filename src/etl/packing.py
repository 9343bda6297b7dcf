"""Outcomes of reading as bytes, for the way from the process that reads to the one that checks and loads.

Pickle, with a short cut for frozen dataclasses: what the standard library writes for them takes several times longer
than all else. Both ends run the same code, and bytes of strangers never come here.
"""

from __future__ import annotations

import io
import itertools
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

from etl.check.reconcile import Evaluated
from etl.contract import json_lines, observation_row
from etl.model import (
    Area,
    Candidate,
    Flag,
    Ignored,
    MissingCells,
    Observation,
    Period,
    Relation,
    RelationMembers,
    Span,
)
from etl.reading import Read, Unread

ITEMS = 5_000
"""Rows in one message, so that neither side holds a large file twice."""

_SHORT: dict[type, Callable[[Any], tuple[Any, ...]]] = {}


@cache
def _setters(kind: type) -> tuple[Callable[[Any, Any], None], ...]:
    return tuple(kind.__dict__[f.name].__set__ for f in fields(kind))


def _rebuilt(kind: type, values: tuple[Any, ...]) -> Any:
    made: Any = object.__new__(kind)
    for put, value in zip(_setters(kind), values, strict=True):
        put(made, value)
    return made


def _shorten(kind: type) -> None:
    names = [f.name for f in fields(kind)]
    get = attrgetter(*names)
    _SHORT[kind] = lambda made: (_rebuilt, (kind, get(made)))


for _kind in (
    Area, Candidate, Flag, Ignored, MissingCells, Observation, Period, Relation, RelationMembers, Span,
    Evaluated,
):  # fmt: skip
    _shorten(_kind)
_SHORT[Decimal] = lambda value: (Decimal, (str(value),))


class _Pickler(pickle.Pickler):
    dispatch_table = _SHORT


def packed(value: object) -> bytes:
    """One value as bytes."""
    out = io.BytesIO()
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(value)
    return out.getvalue()


unpacked = pickle.loads


def pack(outcome: Read | Unread, *, as_lines: bool = False) -> Iterator[bytes]:
    """The messages that carry an outcome: first the number of those that follow, with all that is short. With
    ``as_lines`` the observations go as JSON Lines, which nobody has to take apart again."""
    if isinstance(outcome, Unread):
        yield packed((0, outcome))
        return
    long = list(_long(outcome))
    head = replace(
        outcome,
        observations=(),
        evaluated=(),
        extraction=replace(outcome.extraction, figures=(), ignored=(), relations=()),
        accounting=replace(outcome.accounting, by_figure={}),
    )
    yield packed((len(long), head))
    for name, items in long:
        if as_lines and name == "observations":
            yield packed(("lines", json_lines(map(observation_row, items))))
        else:
            yield packed((name, () if as_lines and name == "by_figure" else items))


def unpack(messages: Callable[[], bytes], lines: Callable[[bytes], object] | None = None) -> Read | Unread:
    """The outcome that ``pack`` made; ``messages`` gives the next one. Figures and relations as found are not
    carried: the gate and the warehouse take the observations and what was evaluated. JSON Lines go to ``lines`` as
    they come, some thousands at a time."""
    count, head = unpacked(messages())
    if isinstance(head, Unread):
        return head
    lists: dict[str, list[Any]] = {"observations": [], "evaluated": [], "ignored": [], "by_figure": []}
    for _ in range(count):
        name, items = unpacked(messages())
        if name != "lines":
            lists[name].extend(items)
        elif lines is not None:
            lines(items)
    read: Read = head
    return replace(
        read,
        observations=tuple(lists["observations"]),
        evaluated=tuple(lists["evaluated"]),
        extraction=replace(read.extraction, ignored=tuple(lists["ignored"])),
        accounting=replace(
            read.accounting,
            by_figure={o.place: n for o, n in zip(lists["observations"], lists["by_figure"], strict=True)},
        ),
    )


def _long(outcome: Read) -> Iterator[tuple[str, tuple[Any, ...]]]:
    by_figure = outcome.accounting.by_figure
    series: tuple[tuple[str, Iterable[Any]], ...] = (
        ("observations", outcome.observations),
        ("by_figure", (by_figure[o.place] for o in outcome.observations)),
        ("evaluated", outcome.evaluated),
        ("ignored", outcome.extraction.ignored),
    )
    for name, items in series:
        rest = iter(items)
        while part := tuple(itertools.islice(rest, ITEMS)):
            yield name, part
