"""The log of decisions and the state of each figure, in the warehouse. Every function works on an open connection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from etl.contract import place_of, plain
from etl.model import CellRef, Observation, SourceFile
from etl.review.model import Change, Decision, Fingerprint, Like, Target
from etl.review.standing import FileDecisions, Settled, standing
from etl.warehouse import schema
from etl.warehouse.stored import chunks
from etl.warehouse.write import insert

GONE = "重新读取后，此处不再有这个数字"
MET = "没有规则扣留此数"

Row = dict[str, Any]


def newest(connection: sa.Connection) -> int:
    """The last entry of the log; 0 when nothing was decided yet."""
    return int(connection.scalar(sa.select(sa.func.max(schema.decision.c.seq))) or 0)


def started_at(connection: sa.Connection, run_id: str) -> datetime:
    """The clock of a run: by it, expiry is told."""
    r = schema.ingest_run.c
    return aware(connection.execute(sa.select(r.started_at).where(r.run_id == run_id)).scalar_one())


def read_log(connection: sa.Connection) -> tuple[Decision, ...]:
    """All decisions in their order, without their targets and without what was shown."""
    d = schema.decision.c
    columns = [c for c in d if c.name != "shown"]
    return tuple(decision_of(row) for row in connection.execute(sa.select(*columns).order_by(d.seq)).mappings())


def read_decisions(connection: sa.Connection, ids: Sequence[str] | None = None) -> tuple[Decision, ...]:
    """Decisions with everything, in their order; None: all of them."""
    d, t = schema.decision, schema.decision_target
    some = sa.true() if ids is None else d.c.decision_id.in_(ids)
    targets: dict[str, list[Target]] = defaultdict(list)
    of_some = sa.true() if ids is None else t.c.decision_id.in_(ids)
    for row in connection.execute(sa.select(t).where(of_some).order_by(t.c.observation_id)).mappings():
        targets[row["decision_id"]].append(target_of(row))
    found = connection.execute(sa.select(d).where(some).order_by(d.c.seq)).mappings()
    return tuple(decision_of(row, tuple(targets[row["decision_id"]])) for row in found)


def decision_of(row: Mapping[Any, Any], targets: tuple[Target, ...] = ()) -> Decision:
    """A row of ``decision``."""
    return Decision(
        kind=row["kind"],
        scope=row["scope"],
        decided_by=row["decided_by"],
        decided_at=aware(row["decided_at"]),
        reason=row["reason"],
        targets=targets,
        change=Change(**row["change"]),
        like=Like(**row["mapping"]) if row["mapping"] else None,
        undoes=row["undoes"],
        expires_at=aware(row["expires_at"]) if row["expires_at"] else None,
        shown=row.get("shown") or {},
        seq=row["seq"],
        decision_id=row["decision_id"],
    )


def target_of(row: Mapping[Any, Any]) -> Target:
    """A row of ``decision_target``."""
    fingerprint = Fingerprint(
        row["text"], row["series_key"], row["time_period"], row["obs_value"], row["unit"], row["rules"]
    )
    return Target(
        row["observation_id"], row["file_sha256"], row["source"], row["place"], row["label"], fingerprint, row["covers"]
    )


def aware(at: datetime) -> datetime:
    """SQLite gives times without a zone; all of them are UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def write_decision(connection: sa.Connection, d: Decision) -> None:
    """Append it, with its targets."""
    values = {
        "decision_id": d.decision_id,
        "kind": d.kind,
        "scope": d.scope,
        "decided_by": d.decided_by,
        "decided_at": d.decided_at,
        "reason": d.reason,
        "expires_at": d.expires_at,
        "undoes": d.undoes,
        "change": d.change.as_json(),
        "mapping": asdict(d.like) if d.like else {},
        "shown": dict(d.shown),
    }
    connection.execute(schema.decision.insert(), values)
    targets = [{"decision_id": d.decision_id, **t.as_json(), "obs_value": t.fingerprint.obs_value} for t in d.targets]
    if targets:
        connection.execute(schema.decision_target.insert(), targets)


def decisions_for(
    connection: sa.Connection, files: Mapping[str, Iterable[str]], at: datetime, more: Sequence[Decision] = ()
) -> dict[str, FileDecisions]:
    """What stands for each of some files, given as hash → paths under which it came (those in the warehouse are
    added). ``more``: decisions that are not written yet, as if they were."""
    seen = newest(connection)
    if not seen and not more:
        return {sha: FileDecisions(sha, at) for sha in files}
    logged = read_log(connection)
    unwritten = [replace(d, seq=seen + n) for n, d in enumerate(more, 1)]
    stands = {d.decision_id: d for d in standing((*logged, *unwritten))}
    mappings = tuple(d for d in stands.values() if d.kind == "map")
    editions = _editions(connection, files)
    wanted = set(files).union(*editions.values()) if editions else set(files)
    by_file = _targets(connection, wanted, stands)
    for d in unwritten:
        for t in d.targets if d.decision_id in stands else ():
            by_file[t.file_sha256].append((d, t))
    result = {}
    for sha in files:
        about = [pair for edition in {sha, *editions.get(sha, ())} for pair in by_file.get(edition, ())]
        about.sort(key=lambda pair: (pair[0].seq, pair[1].observation_id))
        result[sha] = FileDecisions(sha, at, mappings, tuple(about), seen)
    return result


def _editions(connection: sa.Connection, files: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Hash → other contents that came under one of its paths."""
    a = schema.file_arrival.c
    paths: dict[str, set[str]] = {sha: {str(p) for p in given} for sha, given in files.items()}
    for chunk in chunks(list(files)):
        for sha, path in connection.execute(sa.select(a.sha256, a.path).where(a.sha256.in_(chunk))):
            paths[sha].add(path)
    under: dict[str, set[str]] = defaultdict(set)
    for chunk in chunks(sorted(set().union(*paths.values()))):
        for sha, path in connection.execute(sa.select(a.sha256, a.path).where(a.path.in_(chunk))):
            under[path].add(sha)
    return {sha: {other for p in own for other in under[p]} - {sha} for sha, own in paths.items()}


def to_judge_again(connection: sa.Connection, sources: Sequence[SourceFile]) -> set[str]:
    """Of known content that comes under these paths anew: paths where it was before, replaced meanwhile, so that its
    open figures passed for fixed, and paths where other content came whose figures were decided on."""
    by_path = {str(s.path): s.sha256 for s in sources}
    a, t = schema.file_arrival.c, schema.decision_target.c
    found: set[str] = set()
    for chunk in chunks(sorted(by_path)):
        is_concerned = sa.or_(a.sha256.in_(sa.select(t.file_sha256)), a.sha256.in_([by_path[p] for p in chunk]))
        found.update(connection.execute(sa.select(a.path).where(a.path.in_(chunk), is_concerned)).scalars())
    return found


def _targets(
    connection: sa.Connection, shas: Iterable[str], stands: Mapping[str, Decision]
) -> dict[str, list[tuple[Decision, Target]]]:
    t = schema.decision_target
    found: dict[str, list[tuple[Decision, Target]]] = defaultdict(list)
    for chunk in chunks(sorted(shas)):
        for row in connection.execute(sa.select(t).where(t.c.file_sha256.in_(chunk))).mappings():
            if d := stands.get(row["decision_id"]):
                found[row["file_sha256"]].append((d, target_of(row)))
    return found


def reading_of(o: Observation) -> Row:
    """The columns that a decision may change, as JSON holds them."""
    return {
        "obs_value": plain(o.obs_value),
        "unit": o.unit,
        "unit_measure": o.unit_measure,
        "printed_mult": o.printed_mult,
        "printed_decimals": o.printed_decimals,
        "obs_low": plain(o.obs_low),
        "obs_high": plain(o.obs_high),
        "kind": o.kind,
        "ref_area": o.area.code,
        "ref_area_name": o.area.name,
        "area_basis": o.area.basis,
        "area_unresolved": o.area.unresolved,
        "area_candidates": [asdict(c) for c in o.area.candidates],
        "time_period": o.period.iso,
        "period_basis": o.period.basis,
        "indicator": o.indicator,
        "series_key": o.series_key,
        "steps": list(o.steps),
    }


def write_items(
    connection: sa.Connection, sha256: str, settled: Sequence[Settled], at: datetime, *, is_whole: bool = True
) -> None:
    """What became of the figures of a file: those held, those decided on, and those that were so before.

    ``is_whole``: ``settled`` has all figures of the file, those that are not among them are gone.
    """
    table = schema.review_item
    mine = table.c.file_sha256 == sha256
    known: dict[str, Row] = {
        row["observation_id"]: dict(row) for row in connection.execute(sa.select(table).where(mine)).mappings()
    }
    rows = []
    for s in settled:
        before = known.pop(s.observation.observation_id, None)
        row = _item(sha256, s, before, at)
        if row is not None:
            rows.append(row)
    rows += [_gone(row, at) if is_whole else row for row in known.values()]
    connection.execute(table.delete().where(mine))
    insert(connection, table, rows)
    q = schema.quarantine
    rejected = {s.observation.observation_id for s in settled if s.state == "rejected"}
    is_open = {r["observation_id"] for r in rows if r["state"] == "open"}
    held = connection.execute(sa.select(q.c.observation_id, q.c.state).where(q.c.file_sha256 == sha256))
    was = dict(held.tuples().all())
    for state, shall in (("rejected", rejected), ("open", is_open)):
        for chunk in chunks([i for i in sorted(shall) if was.get(i, state) != state]):  # mostly none
            connection.execute(q.update().where(q.c.observation_id.in_(chunk)).values(state=state))


def fix_replaced(connection: sa.Connection, sha256: str, path: str, settled: Sequence[Settled], at: datetime) -> None:
    """Open figures of content that this file replaced, and that it does not hold again, are fixed at their source."""
    a, i, q = schema.file_arrival.c, schema.review_item, schema.quarantine
    current = sa.select(a.sha256).where(a.is_current)
    replaced = sa.select(a.sha256).where(a.path == path, a.sha256 != sha256, a.sha256.not_in(current))
    query = (
        sa.select(
            q.c.observation_id, q.c.char_start, q.c.char_end, q.c.sheet, q.c.cell, q.c.series_key, q.c.time_period
        )
        .join(i, i.c.observation_id == q.c.observation_id)
        .where(q.c.file_sha256.in_(replaced), i.c.state == "open")
    )
    waiting = [dict(row) for row in connection.execute(query).mappings()]
    if not waiting:
        return
    by_place = {(str(s.observation.place), s.mapped.series_key): s for s in settled}
    by_cell = {str(s.observation.place): s for s in settled if isinstance(s.observation.place, CellRef)}
    by_fact = {(s.mapped.series_key, s.mapped.period.iso): s for s in settled}
    for row in waiting:
        place = str(place_of(row))
        now = (
            by_place.get((place, row["series_key"]))
            or by_cell.get(place)
            or by_fact.get((row["series_key"], row["time_period"]))
        )
        if now is not None and now.state == "open":
            continue
        note = f"新版文件中此处为“{now.observation.text}”，不再扣留" if now else "新版文件中不再有这个数字"
        fixed = {"state": "fixed", "note": note, "changed_at": at}
        connection.execute(i.update().where(i.c.observation_id == row["observation_id"]).values(fixed))


def _item(sha256: str, s: Settled, before: Row | None, at: datetime) -> Row | None:
    if s.state is None and before is None:
        return None
    state = s.state or "fixed"
    since = before["changed_at"] if before and before["state"] == state else at
    return {
        "observation_id": s.observation.observation_id,
        "file_sha256": sha256,
        "state": state,
        "rules": dict(s.rules),
        "decision_id": s.decision_id,
        "lapsed_id": s.lapsed_id,
        "note": s.note or (MET if state == "fixed" else ""),
        "reading": reading_of(s.reading) if s.is_altered else {},
        "first_seen_at": before["first_seen_at"] if before else at,
        "last_seen_at": at,
        "changed_at": since,
    }


def _gone(before: Row, at: datetime) -> Row:
    if before["state"] == "fixed":
        return before
    return before | {"state": "fixed", "note": GONE, "decision_id": None, "reading": {}, "rules": {}, "changed_at": at}
