"""What a reviewer wants to decide, before anything is looked up: one constructor for each kind of decision.

Each raises UsageError for what can be told to be wrong without a warehouse: no reason, no name, an unknown unit,
region, period, kind or indicator, an expiry that has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from etl.errors import UsageError
from etl.normalise.units import load_units
from etl.review.change import checked
from etl.review.model import NOTHING, Change, DecisionKind, Like, Scope, What

SHORTEST_ID = 6


@dataclass(frozen=True, slots=True)
class Where:
    """Figures of a rule in some files, or of a column of a sheet."""

    files: str
    """Name of a file, or a pattern."""
    rule: str | None = None
    sheet: str | None = None
    column: str | None = None
    """Letters as Excel shows them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision that names its figures by id, by where they are, or by what is printed."""

    kind: DecisionKind
    scope: Scope
    by: str
    why: str
    at: datetime
    ids: tuple[str, ...] = ()
    """Observation ids, or their beginnings; of an undo: one decision id."""
    where: Where | None = None
    change: Change = NOTHING
    like: Like | None = None
    expires_at: datetime | None = None


def accept(
    ids: Sequence[str] = (), *, where: Where | None = None, why: str, by: str, expires_at: datetime | None = None
) -> Draft:
    """Load held figures although rules hold them."""
    return _draft("accept", ids, where, why=why, by=by, expires_at=expires_at)


def reject(
    ids: Sequence[str] = (), *, where: Where | None = None, why: str, by: str, expires_at: datetime | None = None
) -> Draft:
    """Keep figures out; loaded ones are taken out again."""
    return _draft("reject", ids, where, why=why, by=by, expires_at=expires_at)


def correct(
    ids: Sequence[str] = (),
    change: Change | None = None,
    *,
    where: Where | None = None,
    why: str,
    by: str,
    expires_at: datetime | None = None,
) -> Draft:
    """Load figures with something set by a person."""
    change = checked(change or NOTHING)
    if change.value is not None and (where is not None or len(ids) > 1):
        raise UsageError("value", "can be corrected in one figure at a time only")
    return _draft("correct", ids, where, why=why, by=by, expires_at=expires_at, change=change)


def mapping(
    what: str, printed: str, to: str, *, files: str = "*", why: str, by: str, expires_at: datetime | None = None
) -> Draft:
    """Say what a printed unit, place or label means wherever the tables don't know it, or in which unit the figures of
    a column are that states none."""
    if what not in get_args(What):
        raise UsageError(f"map {what}", "is no kind of mapping", known=get_args(What))
    if not printed.strip():
        raise UsageError(f"map {what}", "needs what is printed", next_step="Copy it from `etl review show`.")
    if what == "unit" and load_units().parse(printed) is not None:
        raise UsageError(f"unit {printed}", "is in the table of units already; nothing is held for it")
    name = {"unit": "unit", "column": "unit", "region": "region", "label": "indicator"}[what]
    change = checked(Change(**{name: to}))
    like = Like(what, printed, files)  # type: ignore[arg-type]
    return _draft("map", (), None, why=why, by=by, expires_at=expires_at, change=change, like=like)


def undo(decision_id: str, *, why: str, by: str) -> Draft:
    """Take a decision back; an undo, too."""
    return _draft("undo", (decision_id,), None, why=why, by=by, expires_at=None)


def _draft(
    kind: DecisionKind,
    ids: Sequence[str],
    where: Where | None,
    *,
    why: str,
    by: str,
    expires_at: datetime | None,
    change: Change | None = None,
    like: Like | None = None,
) -> Draft:
    if not why.strip():
        raise UsageError("--why", "is empty; a decision needs its reason")
    if not by.strip():
        raise UsageError("--by", "is empty; a decision needs who made it")
    at = datetime.now(UTC).replace(microsecond=0)
    if expires_at is not None and expires_at <= at:
        raise UsageError(f"expires {expires_at:%Y-%m-%d %H:%M} UTC", "has passed already")
    if kind not in ("map",) and bool(ids) == (where is not None):
        raise UsageError(
            kind, "needs either ids, or a file with a rule or a column", next_step="See `etl review list`."
        )
    for given in ids:
        if len(given) < SHORTEST_ID:
            raise UsageError(given, "is too short for an id", next_step=f"Give its first {SHORTEST_ID} or more digits.")
    scope: Scope = "undo" if kind == "undo" else "mapping" if kind == "map" else "row"
    if where is not None:
        if (where.rule is None) == (where.column is None):
            raise UsageError("file", "needs a rule or a column", known=("rule", "column"))
        scope = "rule" if where.rule else "column"
    ids = tuple(dict.fromkeys(ids))
    return Draft(kind, scope, by.strip(), why.strip(), at, ids, where, change or NOTHING, like, expires_at)
