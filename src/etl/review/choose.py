"""Which figures a draft is about: by id, by rule and file, by column, by what is printed, or by an earlier decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

import sqlalchemy as sa

from etl.errors import ConflictError, UsageError
from etl.model import Observation
from etl.review import store
from etl.review.drafts import Draft, Where
from etl.review.model import Decision, Like, Target, fingerprint, identified, parts_of
from etl.review.standing import active_undos, has_expired, revise, standing
from etl.warehouse import schema
from etl.warehouse.stored import StoredRow, chunks, rows_of

Targets = tuple[Decision, dict[str, str], set[str], tuple[str, ...]]


def chosen(connection: sa.Connection, draft: Draft) -> Targets:
    """The decision with its figures, the files they are in (hash → name), their ids, and what is left out."""
    decision = Decision(
        kind=draft.kind,
        scope=draft.scope,
        decided_by=draft.by,
        decided_at=draft.at,
        reason=draft.why,
        change=draft.change,
        like=draft.like,
        expires_at=draft.expires_at,
    )
    left_out: tuple[str, ...] = ()
    if draft.like is not None:
        files, ids = alike(connection, draft.like)
        return identified(decision), files, ids, ()
    if draft.where is not None:
        files, ids = _found(connection, draft.where, is_correction=draft.kind == "correct")
    else:
        ids = {one_id(connection, given) for given in draft.ids}
        files = _files_of(connection, ids)
    rows = rows_of(connection, files, ids)
    mapped = _as_mapped(connection, files, rows, draft)
    targets, reasons = [], []
    for sha, of_file in rows.items():
        for row in of_file:
            reason = _not_for(connection, row, draft)
            if reason is None:
                targets.append(_target(sha, files[sha], row, mapped[row.observation.observation_id]))
            elif draft.where is None:
                raise reason
            else:
                reasons.append(reason.what)
    left_out = tuple(f"{reasons.count(why)} × {why}" for why in dict.fromkeys(reasons))
    if not targets:
        raise UsageError(_where_told(draft.where), "leaves no figure to decide on", known=left_out)
    own = {t.observation_id for t in targets}
    return identified(replace(decision, targets=tuple(targets))), _files_of(connection, own), own, left_out


def _target(sha: str, source: str, row: StoredRow, mapped: Observation) -> Target:
    o = row.observation
    rules = row.rules if not row.is_loaded else {}
    return Target(o.observation_id, sha, source, str(o.place), o.label, fingerprint(mapped, rules))


def _as_mapped(
    connection: sa.Connection, files: Mapping[str, str], rows: Mapping[str, Sequence[StoredRow]], draft: Draft
) -> dict[str, Observation]:
    """Figures as read, with mappings: what a fingerprint speaks of."""
    decided = store.decisions_for(connection, dict.fromkeys(files, ()), draft.at)
    found = {}
    for sha, of_file in rows.items():
        for r in revise(decided[sha], [row.reading for row in of_file], {}):
            found[r.reading.observation_id] = r.mapped
    return found


def _not_for(connection: sa.Connection, row: StoredRow, draft: Draft) -> UsageError | ConflictError | None:
    """Why a figure can't be decided on so; None: it can."""
    o = row.observation
    by = row.settled_by
    if by and row.state in ("accepted", "corrected", "rejected"):
        (d,) = store.read_decisions(connection, [by]) or (None,)
        if d is not None and d.kind != "map" and not has_expired(d, draft.at):
            return ConflictError(
                o.observation_id,
                f"{d.decided_by} decided on it on {d.decided_at:%Y-%m-%d %H:%M} UTC already "
                f"({d.kind}, decision {d.decision_id[:8]}: {d.reason})",
                next_step=f"`etl review undo {d.decision_id[:8]}` takes that back.",
            )
    if draft.kind == "accept" and row.is_loaded:
        return UsageError(o.observation_id, "is loaded; no rule holds it")
    if draft.where is not None and draft.where.rule and set(row.rules) != {draft.where.rule}:
        others = "、".join(sorted(set(row.rules) - {draft.where.rule}))
        return UsageError(o.observation_id, f"held by {others or 'another rule'} as well: to be decided one by one")
    return None


def one_id(connection: sa.Connection, given: str) -> str:
    """The id that begins so. Raises UsageError for none (with those alike) or several."""
    found: list[str] = []
    for table in (schema.quarantine, schema.observation):
        c = table.c.observation_id
        found += connection.execute(sa.select(c).where(c.startswith(given, autoescape=True)).limit(6)).scalars()
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(given, "begins more than one id", known=sorted(found)[:6], next_step="Give more digits.")
    c = schema.quarantine.c.observation_id
    some = connection.execute(sa.select(c).order_by(c).limit(5000)).scalars().all()
    lead = connection.execute(sa.select(c).where(c.startswith(given[:4], autoescape=True)).limit(5)).scalars().all()
    near = [i[:12] for i in (*lead, *get_close_matches(given, [s[: len(given)] for s in some], 3, 0.7))]
    raise UsageError(
        given, "is no id of a loaded or held figure", known=dict.fromkeys(near), next_step="See `etl review list`."
    )


def present(connection: sa.Connection, ids: Collection[str]) -> tuple[dict[str, str], set[str]]:
    """Those of these figures that the warehouse has, and their files."""
    here: set[str] = set()
    for table in (schema.observation, schema.quarantine):
        c = table.c.observation_id
        for chunk in chunks(sorted(ids)):
            here.update(connection.execute(sa.select(c).where(c.in_(chunk))).scalars())
    return _files_of(connection, here), here


def _files_of(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    f = schema.source_file.c
    shas: set[str] = set()
    for table in (schema.observation, schema.quarantine):
        for chunk in chunks(sorted(ids)):
            query = sa.select(table.c.file_sha256).where(table.c.observation_id.in_(chunk)).distinct()
            shas.update(connection.execute(query).scalars())
    return dict(connection.execute(sa.select(f.sha256, f.name).where(f.sha256.in_(shas))).tuples().all())


def _current(connection: sa.Connection) -> dict[str, str]:
    """Loaded files that are current: hash → name."""
    f, a = schema.source_file.c, schema.file_arrival.c
    is_current = f.sha256.in_(sa.select(a.sha256).where(a.is_current))
    query = sa.select(f.sha256, f.name).where(f.status == "loaded", is_current)
    return dict(connection.execute(query).tuples().all())


def _found(connection: sa.Connection, where: Where, *, is_correction: bool) -> tuple[dict[str, str], set[str]]:
    """Held figures of a rule in files; figures of a column, held ones only unless they are to be corrected."""
    current = _current(connection)
    files = {sha: name for sha, name in current.items() if fnmatchcase(name, where.files)}
    if not files:
        names = sorted(set(current.values()))
        near = get_close_matches(where.files, names, 6, 0.4) or names[:6]
        raise UsageError(f"file {where.files}", "matches no loaded file", known=near)
    q, o, f = schema.quarantine.c, schema.observation.c, schema.finding.c
    if where.rule:
        held = sa.select(f.observation_id).where(
            f.file_sha256.in_(files), f.rule_id == where.rule, f.severity == "quarantine"
        )
        ids = set(connection.execute(sa.select(q.observation_id).where(q.observation_id.in_(held))).scalars())
        if not ids:
            holding = sa.select(f.rule_id).where(f.file_sha256.in_(files), f.severity == "quarantine").distinct()
            known = sorted(connection.execute(holding).scalars())
            raise UsageError(f"rule {where.rule}", f"holds nothing in {where.files}", known=known)
        return files, ids
    if len(files) > 1:
        raise UsageError(
            f"file {where.files}", "is more than one; a column is of one file", known=sorted(files.values())
        )
    tables = (q, o) if is_correction else (q,)
    cells = [
        row
        for c in tables
        for row in connection.execute(sa.select(c.observation_id, c.sheet, c.cell).where(c.file_sha256.in_(files)))
    ]
    sheets = {row.sheet for row in cells if row.sheet is not None}
    if where.sheet is None and len(sheets) > 1:
        raise UsageError("sheet", f"{where.files} has several", known=sorted(sheets), next_step="Give --sheet.")
    sheet = where.sheet if where.sheet is not None else next(iter(sheets), None)
    if sheet not in sheets:
        raise UsageError(f"sheet {where.sheet}", f"has no such figures in {where.files}", known=sorted(sheets))
    letters = (where.column or "").strip().upper()
    columns = {_letters(row.cell) for row in cells if row.sheet == sheet}
    if letters not in columns:
        known = sorted(columns, key=lambda c: (len(c), c))
        raise UsageError(f"column {where.column}", f"has no such figures in sheet {sheet}", known=known)
    return files, {row.observation_id for row in cells if row.sheet == sheet and _letters(row.cell) == letters}


def _letters(cell: str) -> str:
    return cell.rstrip("0123456789")


def _where_told(where: Where | None) -> str:
    if where is None:
        return "decision"
    of = f"rule {where.rule}" if where.rule else f"column {where.column}"
    return f"{of} of {where.files}"


def alike(connection: sa.Connection, like: Like) -> tuple[dict[str, str], set[str]]:
    """Figures that a mapping is about, in current files."""
    current = _current(connection)
    ids: set[str] = set()
    files: dict[str, str] = {}
    for table in (schema.quarantine, schema.observation):
        c = table.c
        printed = {
            "unit": sa.and_(c.unit == like.printed, c.unit_measure.is_(None)),
            "region": sa.and_(
                sa.or_(c.area_printed == like.printed, c.ref_area_name == like.printed), c.area_unresolved
            ),
            "column": sa.and_(c.unit.is_(None), c.label.contains(like.printed, autoescape=True)),
            "label": sa.and_(c.label == like.printed, c.indicator.is_(None)),
        }[like.what]
        found = sa.select(c.observation_id, c.file_sha256, c.label).where(printed)
        for observation_id, sha, label in connection.execute(found):
            if like.what == "column" and like.printed not in parts_of(label):
                continue
            if sha in current and fnmatchcase(current[sha], like.files):
                ids.add(observation_id)
                files[sha] = current[sha]
    return files, ids


def settled_as(connection: sa.Connection, like: Like) -> list[str]:
    """What figures have that a mapping might be about, were it not settled: indicators of a label, units."""
    found: set[str] = set()
    for table in (schema.quarantine, schema.observation):
        c = table.c
        has = c.indicator if like.what == "label" else c.unit
        if like.what in ("label", "column"):
            query = sa.select(has, c.label).where(has.is_not(None), c.label.contains(like.printed, autoescape=True))
            rows = connection.execute(query.distinct()).tuples()
            found.update(value for value, label in rows if like.printed in parts_of(label))
    return sorted(found)


def taken_back(connection: sa.Connection, draft: Draft) -> tuple[Decision, dict[str, str], set[str], bool]:
    """The undo, the files it reaches, the figures it is about, and whether the rules must run again."""
    log = {d.decision_id: d for d in store.read_log(connection)}
    given = draft.ids[0]
    found = [i for i in log if i.startswith(given)]
    if len(found) != 1:
        what = "begins more than one decision" if found else "is no decision"
        near = found or get_close_matches(given, [i[: len(given)] for i in log], 5, 0.5)
        raise UsageError(given, what, known=sorted(near)[:6], next_step="See `etl review history`.")
    undone = log[found[0]]
    stands = {d.decision_id for d in standing(log.values())}
    taken = [d for d in log.values() if d.undoes == undone.decision_id]
    active = active_undos(log.values())
    if (undone.kind != "undo" and undone.decision_id not in stands) or (
        undone.kind == "undo" and undone.decision_id not in active
    ):
        by = next((d for d in reversed(taken) if d.decision_id in active), taken[-1])
        raise ConflictError(
            undone.decision_id[:8],
            f"was taken back by {by.decided_by} on {by.decided_at:%Y-%m-%d %H:%M} UTC already "
            f"(decision {by.decision_id[:8]}: {by.reason})",
        )
    root = undone
    while root.kind == "undo" and root.undoes in log:
        root = log[root.undoes]
    decision = Decision(
        kind="undo",
        scope="undo",
        decided_by=draft.by,
        decided_at=draft.at,
        reason=draft.why,
        undoes=undone.decision_id,
    )
    i, t = schema.review_item.c, schema.decision_target.c
    touched = set(
        connection.execute(
            sa.select(i.observation_id).where((i.decision_id == root.decision_id) | (i.lapsed_id == root.decision_id))
        ).scalars()
    )
    touched.update(connection.execute(sa.select(t.observation_id).where(t.decision_id == root.decision_id)).scalars())
    touched |= _in_other_editions(connection, root)  # which an undone undo reaches again
    files = _files_of(connection, touched)
    if root.like is not None:
        waiting, ids = alike(connection, root.like)
        files |= _mapped_files(connection, root.like) | waiting
        touched |= ids
    return identified(decision), files, touched, root.kind in ("correct", "map")


def _in_other_editions(connection: sa.Connection, d: Decision) -> set[str]:
    """Figures printed like those that a decision is about, in current editions of their files."""
    t, a = schema.decision_target.c, schema.file_arrival.c
    about = sa.select(t.file_sha256).where(t.decision_id == d.decision_id)
    paths = sa.select(a.path).where(a.sha256.in_(about))
    editions = sa.select(a.sha256).where(a.path.in_(paths), a.is_current)
    texts = sa.select(t.text).where(t.decision_id == d.decision_id)
    found: set[str] = set()
    for table in (schema.observation, schema.quarantine):
        c = table.c
        query = sa.select(c.observation_id).where(c.file_sha256.in_(editions), c.text.in_(texts))
        found.update(connection.execute(query).scalars())
    return found


def _mapped_files(connection: sa.Connection, like: Like) -> dict[str, str]:
    """Files with a figure whose reading a mapping is about, changed by it or not."""
    names = _current(connection)
    i = schema.review_item.c
    altered = {
        sha
        for sha, reading in connection.execute(sa.select(i.file_sha256, i.reading).where(i.file_sha256.in_(names)))
        if reading and _may_be_mapped(reading, like)
    }
    return {sha: names[sha] for sha in altered if fnmatchcase(names[sha], like.files)}


def _may_be_mapped(reading: Mapping[str, str | None], like: Like) -> bool:
    """``reading``: what a decision changed, as it was read. It has no label, nor the place as printed."""
    match like.what:
        case "unit":
            return reading.get("unit") == like.printed
        case "column":
            return reading.get("unit") is None
        case _:
            return True
