"""What waits, one figure with all that is known of it, and the log: for people and for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, get_args

import sqlalchemy as sa

from etl.contract import place_of, plain
from etl.errors import UsageError
from etl.review import store
from etl.review.choose import one_id
from etl.review.model import Decision, State
from etl.review.standing import active_undos, has_expired, standing
from etl.warehouse import schema
from etl.warehouse.stored import chunks

STATES = (*get_args(State), "lapsed", "all")
"""``lapsed``: open again after a decision that no longer stands."""


@dataclass(frozen=True, slots=True)
class Filter:
    """All conditions must hold."""

    files: str = "*"
    """Pattern of file names."""
    rule: str | None = None
    severity: str | None = None
    state: str = "open"
    region: str | None = None
    """Code or the beginning of one (4205), or part of a name."""
    indicator: str | None = None
    """Code, or part of a label."""
    since: datetime | None = None
    """First seen then or later."""


@dataclass(frozen=True, slots=True)
class Told:
    """One rule that a figure does not meet."""

    rule: str
    severity: str
    message: str
    evidence: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Item:
    """A figure that was held or decided on."""

    observation_id: str
    state: str
    source: str
    file_sha256: str
    place: str
    text: str
    value: str | None
    unit: str | None
    region: str | None
    region_name: str | None
    period: str | None
    label: str
    indicator: str | None
    evidence: str
    findings: tuple[Told, ...]
    note: str
    """Why it is open again, or how it was fixed, in Chinese."""
    decision_id: str | None
    lapsed_id: str | None
    reading: Mapping[str, Any]
    """What a decision changed, as it was read."""
    first_seen_at: datetime
    last_seen_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision with what became of it."""

    decision: Decision
    stands: bool
    """False: taken back, or expired."""
    undone_by: str | None
    figures: int
    """Figures that are as they are because of it."""


def items(engine: sa.Engine, filter: Filter, limit: int | None = None) -> tuple[list[Item], int]:
    """Figures of current files that meet the filter, by file and place, and how many there are.

    Raises UsageError for a state, rule or severity that does not exist.
    """
    if filter.state not in STATES:
        raise UsageError(f"state {filter.state}", "is no state", known=STATES)
    if filter.severity not in (None, "quarantine", "warn"):
        raise UsageError(f"severity {filter.severity}", "is no severity of a figure", known=("quarantine", "warn"))
    with engine.connect().execution_options(readonly=True) as connection:
        if filter.rule is not None:
            _known_rule(connection, filter.rule)
        found = _items(connection, filter)
        return _with_findings(connection, found[:limit]), len(found)


def _known_rule(connection: sa.Connection, rule: str) -> None:
    c = schema.quality_check.c.rule_id
    known = list(connection.execute(sa.select(c).distinct().order_by(c)).scalars())
    if known and rule not in known:
        near = get_close_matches(rule.upper(), known, 5, 0.4) or known
        raise UsageError(f"rule {rule}", "was never evaluated here", known=near)


def show(engine: sa.Engine, given: str) -> tuple[Item, list[Entry]]:
    """One figure by its id or the beginning of it, with all decisions about it, oldest first."""
    with engine.connect().execution_options(readonly=True) as connection:
        observation_id = one_id(connection, given)
        (item,) = _with_findings(connection, _items(connection, Filter(state="all"), [observation_id]))
        t = schema.decision_target.c
        about = sa.select(t.decision_id).where(t.observation_id == observation_id)
        ids = {*connection.execute(about).scalars(), *(i for i in (item.decision_id, item.lapsed_id) if i)}
        log = store.read_log(connection)
        grown = True
        while grown:  # undos of them, and undos of those
            more = {d.decision_id for d in log if d.undoes in ids} - ids
            ids |= more
            grown = bool(more)
        return item, _entries(connection, log, sorted(ids))


def history(engine: sa.Engine, given: str | None = None, *, by: str | None = None) -> list[Entry]:
    """The log, oldest first; ``given``: the decision that begins so. Raises UsageError for none or several."""
    with engine.connect().execution_options(readonly=True) as connection:
        log = store.read_log(connection)
        ids = [d.decision_id for d in log if (by is None or d.decided_by == by)]
        if given is not None:
            found = [i for i in ids if i.startswith(given)]
            if len(found) != 1:
                near = found or get_close_matches(given, [i[: len(given)] for i in ids], 5, 0.5) or ids[-5:]
                what = "begins more than one decision" if found else "is no decision"
                raise UsageError(given, what, known=[n[:12] for n in near])
            ids = found
        return _entries(connection, log, ids)


def _entries(connection: sa.Connection, log: Sequence[Decision], ids: Sequence[str]) -> list[Entry]:
    at = datetime.now(UTC)
    stands = {d.decision_id for d in standing(log) if not has_expired(d, at)}
    active = active_undos(log)
    undone = {d.undoes: d.decision_id for d in log if d.decision_id in active}
    i = schema.review_item.c
    count = sa.select(i.decision_id, sa.func.count()).where(i.decision_id.is_not(None)).group_by(i.decision_id)
    figures = dict(connection.execute(count).tuples().all())
    return [
        Entry(
            d,
            d.decision_id in (active if d.kind == "undo" else stands),
            undone.get(d.decision_id),
            int(figures.get(d.decision_id, 0)),
        )
        for d in store.read_decisions(connection, ids)
    ]


def _items(connection: sa.Connection, f: Filter, ids: Sequence[str] | None = None) -> list[Item]:
    """Rows of both tables with their review item; a loaded row without one is in state ``loaded``."""
    i, s, a, n = schema.review_item, schema.source_file, schema.file_arrival.c, schema.finding.c
    found = []
    for table in (schema.quarantine, schema.observation):
        t = table.c
        query = (
            sa.select(
                table,
                *(i.c[name].label(f"item_{name}") for name in _OF_ITEM),
                s.c.name.label("source"),
            )
            .join(s, s.c.sha256 == t.file_sha256)
            .outerjoin(i, i.c.observation_id == t.observation_id)
            .order_by(s.c.name, t.file_sha256, t.sheet, t.char_start, t.cell)
        )
        if ids is not None:
            query = query.where(t.observation_id.in_(ids))
        else:
            query = query.where(t.file_sha256.in_(sa.select(a.sha256).where(a.is_current)))
            if f.severity != "warn":
                query = query.where(i.c.observation_id.is_not(None))
        if f.rule is not None or f.severity is not None:
            which = [n.rule_id == f.rule] if f.rule else []
            which += [n.severity == f.severity] if f.severity else []
            told = sa.select(n.observation_id).where(n.observation_id.is_not(None), *which)
            query = query.where(t.observation_id.in_(told))
        if f.state == "lapsed":
            query = query.where(i.c.lapsed_id.is_not(None), i.c.state == "open")
        elif f.state != "all" and not (f.severity == "warn" and f.state == "open"):
            query = query.where(i.c.state == f.state)
        if f.region is not None:
            name = t.ref_area_name.contains(f.region, autoescape=True)
            query = query.where(sa.or_(t.ref_area.startswith(f.region, autoescape=True), name))
        if f.indicator is not None:
            query = query.where(sa.or_(t.indicator == f.indicator, t.label.contains(f.indicator, autoescape=True)))
        if f.since is not None:
            query = query.where(i.c.first_seen_at >= f.since)
        rows = connection.execute(query).mappings()
        found += [_item(dict(row)) for row in rows if fnmatchcase(row["source"], f.files)]
    return sorted(found, key=lambda item: item.source)


_OF_ITEM = (
    "state", "note", "decision_id", "lapsed_id", "reading", "first_seen_at", "last_seen_at", "changed_at",
)  # fmt: skip


def _item(row: Mapping[str, Any]) -> Item:
    never = datetime.fromtimestamp(0, UTC)
    times = [store.aware(row[f"item_{n}"]) if row[f"item_{n}"] else never for n in _OF_ITEM[-3:]]
    return Item(
        row["observation_id"],
        row["item_state"] or "loaded",
        row["source"],
        row["file_sha256"],
        str(place_of(row)),
        row["text"],
        plain(row["obs_value"]),
        row["unit"],
        row["ref_area"],
        row["ref_area_name"],
        row["time_period"],
        row["label"],
        row["indicator"],
        row["evidence"],
        (),
        row["item_note"] or "",
        row["item_decision_id"],
        row["item_lapsed_id"],
        row["item_reading"] or {},
        *times,
    )


def _with_findings(connection: sa.Connection, found: Sequence[Item]) -> list[Item]:
    n = schema.finding.c
    told: dict[str, list[Told]] = defaultdict(list)
    for chunk in chunks([item.observation_id for item in found]):
        query = sa.select(schema.finding).where(n.observation_id.in_(chunk)).order_by(n.severity, n.rule_id)
        for row in connection.execute(query):
            told[row.observation_id].append(Told(row.rule_id, row.severity, row.message, row.evidence, row.suggestion))
    return [replace(item, findings=tuple(told[item.observation_id])) for item in found]
