"""Write what was found in a file, in one transaction: data, counts and the "done" mark commit together."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl import __version__
from etl.check.gate import FileVerdict
from etl.check.reconcile import Evaluated
from etl.contract import place_columns, place_list
from etl.model import Finding, Ignored, ManifestEntry, Observation, RelationMembers
from etl.review.standing import Settled
from etl.review.store import fix_replaced, newest, write_items
from etl.warehouse import precedence, schema
from etl.warehouse.change import arrive, change, now
from etl.warehouse.merge import merge_held, merge_loaded
from etl.warehouse.rows import observation_batches
from etl.warehouse.totals import run_totals
from etl.warehouse.write import insert

Row = dict[str, Any]


class Decided(Exception):  # noqa: N818 (no error: the file is judged once more)
    """A reviewer decided something between the judging of a file and its loading."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Everything one file leaves in the warehouse."""

    sha256: str
    name: str
    path: Path
    size: int
    context_key: str
    status: str
    """``loaded``, ``blocked`` or ``failed``."""
    seconds: float
    manifest: ManifestEntry | None = None
    format: str | None = None
    encoding: str | None = None
    reader: str | None = None
    extractor: str | None = None
    title: str | None = None
    error_code: str | None = None
    error: str | None = None
    numerals: int = 0
    numerals_loaded: int = 0
    numerals_held: int = 0
    numerals_ignored: int = 0
    missing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Cells of sheets without a number: OBS_STATUS → marker as printed → cells."""
    loaded: tuple[Observation, ...] = ()
    held: tuple[Observation, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    findings: tuple[Finding, ...] = ()
    evaluated: tuple[Evaluated, ...] = ()
    verdict: FileVerdict | None = None
    settled: tuple[Settled, ...] = ()
    """Every figure with where it goes and why: of files that are loaded."""
    seen: int | None = None
    """The newest decision that was applied; None: none was asked for."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the warehouse holds of a file."""

    sha256: str
    reader: str | None
    extractor: str | None
    context_key: str
    status: str
    paths: frozenset[str] = field(default_factory=frozenset)
    """Paths under which it is the current content."""


def known_files(connection: sa.Connection, hashes: Sequence[str]) -> dict[str, KnownFile]:
    """Those of the files with these hashes that the warehouse has, by hash."""
    f, a = schema.source_file.c, schema.file_arrival.c
    among: sa.BindParameter[list[str]] = sa.bindparam("hashes", list(hashes), expanding=True)
    paths: dict[str, set[str]] = {}
    for sha256, path in connection.execute(sa.select(a.sha256, a.path).where(a.is_current, a.sha256.in_(among))):
        paths.setdefault(sha256, set()).add(path)
    query = sa.select(f.sha256, f.reader, f.extractor, f.context_key, f.status).where(f.sha256.in_(among))
    return {
        row.sha256: KnownFile(
            row.sha256, row.reader, row.extractor, row.context_key, row.status, frozenset(paths.get(row.sha256, ()))
        )
        for row in connection.execute(query)
    }


def start_run(
    engine: sa.Engine, arguments: Mapping[str, Any], *, seen: int, known: int, problems: Sequence[str]
) -> str:
    """Record that a run starts; returns its id."""
    run_id = str(uuid.uuid4())
    with engine.begin() as connection:
        connection.execute(
            schema.ingest_run.insert(),
            {
                "run_id": run_id,
                "started_at": now(),
                "status": "running",
                "version": __version__,
                "arguments": dict(arguments),
                "files_seen": seen,
                "files_known": known,
                "problems": list(problems),
            },
        )
    return run_id


def finish_run(engine: sa.Engine, run_id: str, *, status: str) -> None:
    """Record how a run ended, ``completed`` or ``failed``, and what it brought."""
    table = schema.ingest_run
    with engine.begin() as connection:
        ended = {"status": status, "finished_at": now(), "totals": run_totals(connection, run_id)}
        connection.execute(table.update().where(table.c.run_id == run_id).values(ended))


def record_arrival(engine: sa.Engine, run_id: str, path: Path, sha256: str) -> None:
    """Content that the warehouse has came under a path; other content under the same path is no longer current."""
    with engine.begin() as connection, change(connection, "arrival", run_id, sha256) as ours:
        ours.is_new = arrive(connection, ours, path)


def load_file(engine: sa.Engine, run_id: str, record: FileRecord) -> None:
    """Bring all that the warehouse holds of this file to what was found in it, in one transaction.

    Rows that are as before stay untouched; what is superseded goes to the history. Raises Decided, and writes
    nothing, when a reviewer decided something since the record was made.
    """
    with engine.begin() as connection, change(connection, "read", run_id, record.sha256) as ours:
        if record.seen is not None and newest(connection) != record.seen:
            raise Decided(record.name)
        ours.reader, ours.extractor = record.reader, record.extractor
        _write_source_file(connection, run_id, record)
        precedence.place(connection, record.sha256)
        came = arrive(connection, ours, record.path)
        owner = {"file_sha256": record.sha256, "run_id": run_id, "version_from": ours.version}
        by = {s.observation.observation_id: s.decision_id for s in record.settled if s.decision_id}
        held = merge_held(connection, ours, observation_batches(record.held, owner, by))
        gone = "gone" if record.status == "loaded" else record.status
        loaded = merge_loaded(connection, ours, observation_batches(record.loaded, owner, by), gone=gone)
        if record.status == "loaded":
            write_items(connection, record.sha256, record.settled, ours.at)
            fix_replaced(connection, record.sha256, str(record.path), record.settled, ours.at)
        ours.is_new = came or held or loaded
        for table in schema.REPLACED_TABLES:
            connection.execute(table.delete().where(table.c.file_sha256 == record.sha256))
        insert(connection, schema.finding, finding_rows(record.sha256, record.findings))
        insert(connection, schema.relation, _relations(record))
        insert(connection, schema.ignored_numeral, _ignored(record))
        insert(connection, schema.quality_check, check_rows(record.sha256, record.verdict, run_id))


def _write_source_file(connection: sa.Connection, run_id: str, r: FileRecord) -> None:
    table = schema.source_file
    manifest = r.manifest or ManifestEntry(file=r.name)
    values = {
        "size": r.size,
        "format": r.format,
        "encoding": r.encoding,
        "reader": r.reader,
        "extractor": r.extractor,
        "context_key": r.context_key,
        "title": manifest.title or r.title,
        "publisher": manifest.publisher,
        "region_code": manifest.region_code,
        "published_on": manifest.published_on,
        "status": r.status,
        "error_code": r.error_code,
        "error": r.error,
        "numerals": r.numerals,
        "numerals_loaded": r.numerals_loaded,
        "numerals_held": r.numerals_held,
        "numerals_ignored": r.numerals_ignored,
        "rows_loaded": len(r.loaded),
        "rows_held": len(r.held),
        "missing": {status: dict(counts) for status, counts in r.missing.items()},
        "seconds": r.seconds,
        "run_id": run_id,
        "read_at": now(),
    }
    updated = connection.execute(table.update().where(table.c.sha256 == r.sha256).values(values))
    if not updated.rowcount:
        connection.execute(table.insert(), {"sha256": r.sha256, "name": r.name, **values})


def finding_rows(sha256: str, findings: Iterable[Finding]) -> Iterable[Row]:
    """The findings of one file, in the order of the gate."""
    for position, f in enumerate(findings):
        yield {
            "finding_id": finding_id(sha256, f.rule_id, f.observation_id or position),
            "file_sha256": sha256,
            "observation_id": f.observation_id,
            "rule_id": f.rule_id,
            "severity": f.severity,
            "message": f.message,
            "evidence": f.evidence,
            "suggestion": f.suggestion,
        }


def _relations(record: FileRecord) -> Iterable[Row]:
    for position, e in enumerate(record.evaluated):
        yield {
            "relation_id": _derived(record.sha256, e.relation.kind, str(position)),
            "file_sha256": record.sha256,
            "kind": e.relation.kind,
            "members": members_json(e.relation.members),
            "computed_low": e.computed_low,
            "computed_high": e.computed_high,
            "verdict": e.verdict,
            "arithmetic": e.arithmetic,
        }


def members_json(members: RelationMembers) -> Row:
    """The contract's members: names → places, only those that are set."""
    single = {name: getattr(members, name) for name in ("part", "whole", "share", "total")}
    result: Row = {name: place_list(place) for name, place in single.items() if place is not None}
    if members.parts:
        result["parts"] = [place_list(p) for p in members.parts]
    if members.terms:
        result["terms"] = [[place_list(p) for p in term] for term in members.terms]
    return result


def _ignored(record: FileRecord) -> Iterable[Row]:
    for i in record.ignored:
        yield {
            "ignored_id": _derived(record.sha256, "ignored", str(i.place)),
            "file_sha256": record.sha256,
            **place_columns(i.place),
            "text": i.text,
            "reason": i.reason,
        }


def check_rows(sha256: str, verdict: FileVerdict | None, run_id: str) -> Iterable[Row]:
    """What each rule evaluated in one file."""
    for r in verdict.results if verdict else ():
        yield {
            "file_sha256": sha256,
            "rule_id": r.rule_id,
            "rule_version": r.rule_version,
            "severity": r.severity,
            "status": r.status,
            "candidates": r.candidates,
            "evaluated": r.evaluated,
            "failed": r.failed,
            "message": r.message,
            "run_id": run_id,
        }


def finding_id(sha256: str, rule_id: str, about: str | int) -> str:
    """Id of a finding about an observation, or about the file: then its position among the file's findings counts."""
    return _derived(sha256, rule_id, str(about))


def relation_id(sha256: str, kind: str, position: int) -> str:
    """Id of the relation at this position of a file's extraction."""
    return _derived(sha256, kind, str(position))


def _derived(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
