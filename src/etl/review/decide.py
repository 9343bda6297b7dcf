"""Preview a decision, and apply exactly what was previewed: the log, the rows and the counts in one transaction."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from etl.check.frames import FileRows
from etl.check.gate import FileVerdict, RuleResult, check
from etl.check.reconcile import Evaluated
from etl.check.suites import Suite
from etl.contract import plain
from etl.errors import ConflictError, UsageError
from etl.model import Finding, Observation
from etl.review import store
from etl.review.choose import alike, chosen, present, settled_as, taken_back
from etl.review.drafts import Draft
from etl.review.model import Decision, identified, significant
from etl.review.standing import FileDecisions, Revised, Settled, evaluated_anew, revise, settle, stale
from etl.warehouse import schema
from etl.warehouse.change import change
from etl.warehouse.judgement import Changed, Judgement, differs, evaluated_of, settle_file
from etl.warehouse.stored import StoredRow, relations_of, rows_of

log = logging.getLogger("etl.review")

TRIES = 3
SAMPLE = 20
"""Moves that the log keeps of what was shown."""


@dataclass(frozen=True, slots=True)
class Side:
    """A figure before or after."""

    state: str
    """``open``, ``accepted``, ``corrected``, ``rejected``; ``loaded``: by the rules alone."""
    value: str | None
    unit: str | None
    region: str | None
    period: str | None
    kind: str
    indicator: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """What a decision does to one figure."""

    observation_id: str
    source: str
    place: str
    text: str
    label: str
    before: Side
    after: Side
    breaks: tuple[str, ...]
    """Rules that it will not meet, each with its message in Chinese."""
    is_aside: bool
    """Not decided on: it moves because others do."""
    note: str = ""
    """Which earlier decision about it stands no longer then, in Chinese."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision will do. ``apply`` with its token does just that, or refuses."""

    decision: Decision
    moves: tuple[Move, ...]
    left_out: tuple[str, ...]
    """Why some figures of a wider scope are not touched, one line for each reason."""
    files: int
    token: str


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file as it was looked at, and as it will be."""

    sha256: str
    name: str
    read_by: str
    rows: tuple[StoredRow, ...]
    settled: tuple[Settled, ...]
    verdict: FileVerdict | None
    """Of today's rules over the changed figures; None: the findings stay as they are."""
    evaluated: tuple[Evaluated, ...]
    decisions: FileDecisions
    revised: tuple[Revised, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    decision: Decision
    files: tuple[FilePlan, ...]
    moves: tuple[Move, ...]
    left_out: tuple[str, ...]
    seen: int
    token: str


def preview(engine: sa.Engine, draft: Draft, suites: Sequence[Suite]) -> Preview:
    """What the draft will do, with today's rules.

    Raises UsageError for figures, files, columns or decisions that do not exist (with those alike), ConflictError
    when a person decided on a figure already.
    """
    plan = _plan(engine, draft, suites)
    return Preview(plan.decision, plan.moves, plan.left_out, len({m.source for m in plan.moves}), plan.token)


def apply(engine: sa.Engine, draft: Draft, suites: Sequence[Suite], *, token: str) -> Decision:
    """Write the decision and move its figures, in one transaction.

    ``token``: of the preview that the reviewer saw. Raises ConflictError, and changes nothing, when it would do
    anything else by now; and what ``preview`` raises.
    """
    for _ in range(TRIES):
        plan = _plan(engine, draft, suites)
        if plan.token != token:
            raise ConflictError(
                f"token {token}",
                "is of a preview that no longer holds: the figures, the rules or a decision changed in between",
                next_step="Look again: run the command without --token.",
            )
        with contextlib.suppress(Changed):
            _write(engine, plan)
            return plan.decision
    raise ConflictError("decision", "the file is being written all the time", next_step="Try again in a minute.")


def replay(engine: sa.Engine, decision: Decision, suites: Sequence[Suite]) -> int:
    """Write a decision that was made elsewhere, and apply it to those of its figures that are here and still as they
    were; gives the number of figures that moved."""
    ids = (decision.undoes,) if decision.undoes else tuple(t.observation_id for t in decision.targets)
    draft = Draft(
        decision.kind, decision.scope, decision.decided_by, decision.reason, datetime.now(UTC), ids,
        change=decision.change, like=decision.like, expires_at=decision.expires_at,
    )  # fmt: skip
    for _ in range(TRIES):
        plan = _plan(engine, draft, suites, decision)
        with contextlib.suppress(Changed):
            _write(engine, plan)
            return len(plan.moves)
    raise ConflictError("decision", "the file is being written all the time", next_step="Try again in a minute.")


def _write(engine: sa.Engine, plan: Plan) -> None:
    """Everything at once, or nothing: raises Changed when a file or the log is no longer as it was looked at."""
    d = plan.decision
    with engine.begin() as connection:
        for position, p in enumerate(plan.files):
            with change(connection, "decision", p.read_by, p.sha256) as ours:
                if not position:
                    _append(connection, plan)
                verdict = p.verdict
                if verdict is not None:
                    verdict = replace(verdict, findings=(*verdict.findings, *stale(p.decisions, p.revised)))
                pairs = tuple(zip(p.rows, p.settled, strict=True))
                settle_file(
                    connection, ours,
                    Judgement(p.sha256, p.read_by, None, pairs, verdict is not None, verdict, p.evaluated),
                )  # fmt: skip
        if not plan.files:
            _append(connection, plan)
    log.info("decision %s: %s of %d figures by %s", d.decision_id, d.kind, len(plan.moves), d.decided_by)


def _append(connection: sa.Connection, plan: Plan) -> None:
    if store.newest(connection) != plan.seen:
        raise Changed("somebody else decided meanwhile")
    store.write_decision(connection, plan.decision)


def _plan(engine: sa.Engine, draft: Draft, suites: Sequence[Suite], given: Decision | None = None) -> Plan:
    """``given``: the decision as it was made elsewhere."""
    with engine.connect().execution_options(readonly=True) as connection:
        seen = store.newest(connection)
        if draft.kind == "undo":
            decision, files, ids, is_fresh = taken_back(connection, draft)
            decision = given or decision
            left_out: tuple[str, ...] = ()
        elif given is not None:
            files, ids = alike(connection, draft.like) if draft.like else present(connection, draft.ids)
            decision, left_out, is_fresh = given, (), draft.kind in ("correct", "map")
        else:
            decision, files, ids, left_out = chosen(connection, draft)
            is_fresh = draft.kind in ("correct", "map")
        rows = rows_of(connection, files, None if is_fresh else ids)
        decided = store.decisions_for(connection, dict.fromkeys(files, ()), draft.at, [decision])
        stored = {sha: _judged(connection, sha) for sha in files}
        relations = relations_of(connection, files) if is_fresh else {}
        read_by = _read_by(connection, files)
    plans = [
        _file_plan(sha, name, read_by[sha], rows[sha], decided[sha], stored[sha], relations.get(sha, []))
        for sha, name in sorted(files.items())
    ]
    if is_fresh:
        decision, plans = _checked(decision, plans, suites, is_given=given is not None)
    own = set(ids)
    moves = tuple(m for plan in plans for m in _moves(plan, own))
    touched = [p for p in plans if any(m.source == p.name for m in moves)] if is_fresh else plans
    if not moves and draft.like is not None and not ids and given is None:
        with engine.connect().execution_options(readonly=True) as connection:
            known = settled_as(connection, draft.like)
        what = f"is {draft.like.what} of no figure that waits for a mapping"
        raise UsageError(draft.like.printed, what + (", but of such as are settled" if known else ""), known=known)
    decision = identified(replace(decision, shown=_shown(moves, left_out)))
    return Plan(decision, tuple(touched), moves, left_out, seen, _token(decision, moves, left_out))


def _judged(connection: sa.Connection, sha: str) -> FileVerdict:
    """What the gate said of the file when it was judged last."""
    c, f = schema.quality_check.c, schema.finding.c
    results = tuple(
        RuleResult(
            row.rule_id,
            row.rule_version,
            row.severity,
            row.status,
            row.candidates,
            row.evaluated,
            row.failed,
            row.message,
        )
        for row in connection.execute(sa.select(schema.quality_check).where(c.file_sha256 == sha))
    )
    held = sa.select(schema.finding).where(f.file_sha256 == sha, f.severity == "quarantine")
    findings = tuple(
        Finding(row.rule_id, row.severity, row.message, row.observation_id, row.evidence, row.suggestion)
        for row in connection.execute(held)
    )
    return FileVerdict(sha, results, findings)


def _read_by(connection: sa.Connection, files: Collection[str]) -> dict[str, str]:
    f = schema.source_file.c
    return dict(connection.execute(sa.select(f.sha256, f.run_id).where(f.sha256.in_(files))).tuples().all())


def _file_plan(
    sha: str,
    name: str,
    read_by: str,
    rows: Sequence[StoredRow],
    decided: FileDecisions,
    verdict: FileVerdict,
    relations: Sequence[Mapping[Any, Any]],
) -> FilePlan:
    """With the rules' last verdict: right as long as no figure changes."""
    evaluated = evaluated_of(relations, sha, {row.reading.place: row.reading for row in rows})
    versions = {r.rule_id: r.rule_version for r in verdict.results}
    revised = revise(decided, [row.reading for row in rows], versions)
    return FilePlan(sha, name, read_by, tuple(rows), settle(revised, verdict), None, evaluated, decided, revised)


def _checked(
    decision: Decision, plans: Sequence[FilePlan], suites: Sequence[Suite], *, is_given: bool
) -> tuple[Decision, list[FilePlan]]:
    """With the rules run over the changed figures. A correction of single figures covers the rules that these will
    not meet: the reviewer is shown them; of wider scopes, such figures wait on."""
    versions = {rule.rule_id: rule.version for suite in suites for rule in suite.rules}
    ready = []
    for p in plans:
        revised = revise(p.decisions, [row.reading for row in p.rows], versions)
        by_place_changed = evaluated_anew(revised, p.evaluated) if revised else p.evaluated
        ready.append(replace(p, revised=revised, evaluated=by_place_changed))
    rows = [FileRows(p.sha256, tuple(r.observation for r in p.revised), p.evaluated) for p in ready]
    verdicts = check(rows, suites)
    for p, verdict in zip(ready, verdicts, strict=True):
        if verdict.blocking:
            told = "；".join(f.message for f in verdict.blocking)
            raise UsageError(p.name, f"would be blocked: {told}")
    if decision.kind == "correct" and decision.scope == "row" and not is_given:
        held: dict[str, dict[str, str]] = {}
        for verdict in verdicts:
            by_version = {r.rule_id: r.rule_version for r in verdict.results}
            for f in verdict.findings:
                if f.severity == "quarantine" and f.observation_id:
                    held.setdefault(f.observation_id, {})[f.rule_id] = by_version[f.rule_id]
        targets = tuple(replace(t, covers=held.get(t.observation_id, {})) for t in decision.targets)
        covered = identified(replace(decision, targets=targets))
        by_id = {t.observation_id: t for t in targets}
        for n, p in enumerate(ready):
            about = tuple(
                (covered, by_id[t.observation_id]) if d.decision_id == decision.decision_id else (d, t)
                for d, t in p.decisions.targets
            )
            decisions = replace(p.decisions, targets=about)
            again = revise(decisions, [row.reading for row in p.rows], versions)
            ready[n] = replace(p, decisions=decisions, revised=again)
        decision = covered
    return decision, [replace(p, verdict=v, settled=settle(p.revised, v)) for p, v in zip(ready, verdicts, strict=True)]


def _moves(plan: FilePlan, own: Collection[str]) -> list[Move]:
    messages: dict[str, list[str]] = {}
    for f in plan.verdict.findings if plan.verdict else ():
        if f.observation_id:
            messages.setdefault(f.observation_id, []).append(f"{f.rule_id}: {f.message}")
    moves = []
    for row, s in zip(plan.rows, plan.settled, strict=True):
        o = s.observation
        if not differs(row, s):
            continue
        before = _side(row.observation, row.state if row.state not in (None, "fixed") else "loaded")
        after = _side(o, s.state or "loaded")
        breaks = tuple(messages.get(o.observation_id, ())) if plan.verdict else ()
        aside = o.observation_id not in own
        lapses = s.note if s.lapsed_id and s.lapsed_id != row.lapsed_id else ""
        moves.append(
            Move(o.observation_id, plan.name, str(o.place), o.text, o.label, before, after, breaks, aside, lapses)
        )
    return moves


def _side(o: Observation, state: str) -> Side:
    value = plain(significant(o.obs_value))
    return Side(state, value, o.unit, o.area.code or o.area.name, o.period.iso, o.kind, o.indicator)


def _shown(moves: Sequence[Move], left_out: Sequence[str]) -> dict[str, Any]:
    """What the log keeps of a preview."""
    lines = [
        {
            "observation_id": m.observation_id,
            "source": m.source,
            "place": m.place,
            "text": m.text,
            "before": _told(m.before),
            "after": _told(m.after),
            "breaks": list(m.breaks),
        }
        for m in moves[:SAMPLE]
    ]
    return {"figures": len(moves), "left_out": list(left_out), "sample": lines}


def _told(side: Side) -> dict[str, str]:
    names = ("state", "value", "unit", "region", "period", "kind", "indicator")
    return {name: value for name in names if (value := getattr(side, name)) is not None}


def _token(decision: Decision, moves: Sequence[Move], left_out: Sequence[str]) -> str:
    """Of what is decided and what follows; not of who, when and why, nor of how its figures were named."""
    said = [
        decision.kind,
        decision.scope,
        decision.change.as_json(),
        str(decision.like),
        str(decision.expires_at),
        decision.undoes,
        [(m.observation_id, _told(m.before), _told(m.after), m.breaks) for m in moves],
        list(left_out),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()[:12]
