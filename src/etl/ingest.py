"""The road of a batch of files: read, extract, normalise, check, load. Called by the flow; knows no Prefect.

Only the warehouse says what is done: a file is known when its bytes were read by the present reader and extractor
with the present manifest line.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import itertools
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from etl import __version__
from etl.archive import archive, archived_path, digest
from etl.check.frames import FileRows
from etl.check.gate import FileVerdict, check
from etl.check.reconcile import Evaluated
from etl.check.suites import Suite
from etl.errors import ReadError
from etl.extract import REPORT_EXTRACTOR, SHEET_EXTRACTOR
from etl.landing import Found, Landing, Look
from etl.model import Extraction, Finding, ManifestEntry, SourceFile
from etl.read.versions import present_readers
from etl.reading import Read, Unread, read_file, read_files
from etl.review.standing import FileDecisions, Settled, evaluated_anew, revise, settle, stale
from etl.review.store import decisions_for, started_at, to_judge_again
from etl.warehouse.load import Decided, FileRecord, KnownFile, known_files, load_file, record_arrival
from etl.warehouse.looks import has_rested, remember, seen, stat_key

if TYPE_CHECKING:
    from etl.extract.sheet.layout_files import SavedTable

__all__ = ["Read", "Unread", "read_file"]

log = logging.getLogger("etl.ingest")

Reading = Callable[[Iterable[SourceFile], "Sequence[SavedTable]"], Iterable[Read | Unread]]
"""How a batch of files becomes what the gate judges."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do."""

    new: tuple[SourceFile, ...]
    """To be read, in order of their paths; the same bytes only once."""
    arrivals: tuple[SourceFile, ...]
    """Known content under a new path: recorded, not read."""
    known: int
    """Files whose content is loaded, held or refused already."""
    failed_before: int
    """Of the known ones, those that were refused: ``--full`` tries them again."""
    problems: tuple[str, ...]
    """Broken manifest lines, files that vanished: what costs no other file."""
    unreadable: int = 0
    """Of the problems, files and paths that could not even be opened."""

    @property
    def seen(self) -> int:
        return len(self.new) + self.known


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One line of the run's table."""

    name: str
    sha256: str
    status: str
    numerals: int
    loaded: int
    held: int
    ignored: int
    seconds: float
    error: str | None = None


LOOKED_TOGETHER = 1_000
"""Files that the warehouse is asked about at once."""


def plan(landing: Landing | Look, archive_dir: Path, engine: sa.Engine, *, full: bool = False) -> Plan:
    """Tell which files are new, hash and archive those; memory grows with their number only.

    A file that looks as it did when it was hashed last (``warehouse/looks.py``) is not hashed again, unless
    ``full``. A file that can't be opened is a problem of its own. Raises ArchiveError, and SQLAlchemy's for the
    warehouse.
    """
    planned = _Planned(archive_dir, engine, full)
    files = iter(landing)
    while True:
        with _uncollected():
            chunk = list(itertools.islice(files, LOOKED_TOGETHER))
            changed = planned.changed(chunk)
        if not chunk:
            break
        planned.add(changed)
    problems = [str(p) for p in (*landing.missing, *landing.problems, *planned.problems)]
    unreadable = len(landing.missing) + len(planned.problems)
    return Plan(
        tuple(planned.new.values()),
        tuple(planned.arrivals),
        planned.known,
        planned.failed_before,
        tuple(problems),
        unreadable,
    )


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles of references: among thousands of short-lived rows it takes a sixth of the time,
    and none are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Planned:
    """A plan in the making."""

    def __init__(self, archive_dir: Path, engine: sa.Engine, full: bool) -> None:
        self.archive_dir, self.engine, self.full = archive_dir, engine, full
        self.new: dict[str, SourceFile] = {}
        self.arrivals: list[SourceFile] = []
        self.known = self.failed_before = 0
        self.problems: list[ReadError] = []

    def changed(self, chunk: Sequence[Found]) -> list[Found]:
        """Those that don't look as they did when they were read; the others are counted."""
        if self.full:
            return list(chunk)
        with self.engine.connect().execution_options(readonly=True) as connection:
            before = seen(connection, [f.path for f in chunk])
        return [f for f in chunk if not self._is_unchanged(f, before.get(f.path))]

    def add(self, changed: Sequence[Found]) -> None:
        """Hash them, and tell what is new among them."""
        hashed = [h for f in changed if (h := self._hashed(f))]
        if not hashed:
            return
        with self.engine.connect().execution_options(readonly=True) as connection:
            known = known_files(connection, [source.sha256 for source, _ in hashed])
            back = [s for s, _ in hashed if (k := known.get(s.sha256)) and str(s.path) not in k.paths]
            returned = to_judge_again(connection, back)
        looks = []
        for source, look in hashed:
            held = known.get(source.sha256)
            if self.full or held is None or not is_current(held, source) or str(source.path) in returned:
                self._add_new(source)
            else:
                self.known += 1
                self.failed_before += held.status != "loaded"
                if str(source.path) not in held.paths:
                    self.arrivals.append(source)
            if look:
                looks.append((str(source.path), look, source.sha256))
        remember(self.engine, looks)

    def _is_unchanged(self, file: Found, before: Sequence[Any] | None) -> bool:
        """Counts a file that looks as before, and is read and recorded."""
        if before is None:
            return False
        _, look, status, reader, extractor, key = before
        if look != stat_key(file.stat) or key != context_key(file.entry) or not is_of_today(reader, extractor):
            return False
        self.known += 1
        self.failed_before += status != "loaded"
        return True

    def _hashed(self, file: Found) -> tuple[SourceFile, str] | None:
        """The file with its hash, and how it looked then if that can be relied on."""
        path = Path(file.path)
        now = time.time_ns()
        try:
            sha256, size = digest(path)
        except ReadError as e:
            self.problems.append(e)
            return None
        look = stat_key(file.stat) if has_rested(file.stat, now) else ""
        return SourceFile(path, path.name, sha256, size, file.entry), look

    def _add_new(self, source: SourceFile) -> None:
        try:
            sha256, size = archive(source.path, self.archive_dir)
        except ReadError as e:
            self.problems.append(e)
            return
        archived = archived_path(sha256, self.archive_dir, source.path.suffix)
        source = replace(source, sha256=sha256, size=size, archived=archived)
        if sha256 in self.new:
            self.arrivals.append(source)
        self.new.setdefault(sha256, source)


def is_current(known: KnownFile, source: SourceFile) -> bool:
    """Was this content read by today's reader and extractor, with today's manifest line?"""
    return known.context_key == context_key(source.manifest) and is_of_today(known.reader, known.extractor)


@functools.lru_cache(64)
def is_of_today(reader: str | None, extractor: str | None) -> bool:
    """Are these the versions that a file would be read by today? A file without a reader could not be read: another
    version may."""
    if reader is None:
        return extractor == __version__
    return reader in present_readers() and extractor in (REPORT_EXTRACTOR, SHEET_EXTRACTOR)


@functools.lru_cache(4096)
def context_key(manifest: ManifestEntry | None) -> str:
    """Hash of what the manifest says: figures without a place or date of their own depend on it."""
    said = asdict(manifest) if manifest else {}
    said.pop("file", None)
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record_arrivals(engine: sa.Engine, run_id: str, sources: Sequence[SourceFile]) -> None:
    """Note known content that came under a new path."""
    for source in sources:
        record_arrival(engine, run_id, source.path, source.sha256)


CHECKED_TOGETHER = 75_000
"""Rows that wait for the gate at most, apart from those of the last file: bounds the memory of a batch."""


def process_batch(
    sources: Sequence[SourceFile],
    engine: sa.Engine,
    run_id: str,
    suites: Sequence[Suite],
    layouts: Sequence[SavedTable] = (),
    reading: Reading = read_files,
) -> tuple[FileSummary, ...]:
    """Read, check and load a batch of files, each in a transaction of its own; ``layouts`` are the saved ones.

    A bad file is recorded with its error and costs no other file. ``reading`` tells where files are read: in this
    process, or with ``etl.apart.read_files`` in one that may hang or die. Raises only when the warehouse is away.
    """
    summaries = []
    for outcomes in _portions(reading(sources, layouts)):
        records = judge(outcomes, suites, decisions_about(engine, run_id, outcomes))
        for outcome, judged in zip(outcomes, records, strict=True):
            record = _loaded(engine, run_id, outcome, judged, suites)
            summaries.append(summary(record))
            log.info("%s: %s, %d loaded, %d held", record.name, record.status, len(record.loaded), len(record.held))
    return tuple(summaries)


def _portions(outcomes: Iterable[Read | Unread]) -> Iterator[list[Read | Unread]]:
    """Files in groups that are large enough to share the fixed cost of the gate, and no larger."""
    portion: list[Read | Unread] = []
    waiting = 0
    for outcome in outcomes:
        log.info("read %s", outcome.source.name, extra={"file_read": outcome.source.name})
        portion.append(outcome)
        waiting += len(outcome.observations) if isinstance(outcome, Read) else 0
        if waiting >= CHECKED_TOGETHER:
            yield portion
            portion, waiting = [], 0
    if portion:
        yield portion


def decisions_about(engine: sa.Engine, run_id: str, outcomes: Sequence[Read | Unread]) -> dict[str, FileDecisions]:
    """What reviewers decided that may concern these files; what expired before the run began no longer counts."""
    files = {o.source.sha256: (str(o.source.path),) for o in outcomes if isinstance(o, Read)}
    with engine.connect().execution_options(readonly=True) as connection:
        return decisions_for(connection, files, started_at(connection, run_id))


def judge(
    outcomes: Sequence[Read | Unread], suites: Sequence[Suite], decided: Mapping[str, FileDecisions] | None = None
) -> list[FileRecord]:
    """What each file leaves in the warehouse, after one run of the gate over all that could be read.

    ``decided``: what reviewers decided, by hash; None: nothing.
    """
    decisions = decided or {o.source.sha256: FileDecisions(o.source.sha256, datetime.now(UTC)) for o in outcomes}
    versions = {rule.rule_id: rule.version for suite in suites for rule in suite.rules}
    good = {o.source.sha256: o for o in outcomes if isinstance(o, Read)}
    revised = {sha: revise(decisions[sha], f.observations, versions) for sha, f in good.items()}
    evaluated = {sha: evaluated_anew(revised[sha], f.evaluated) for sha, f in good.items()}
    rows = [FileRows(sha, tuple(r.observation for r in revised[sha]), evaluated[sha]) for sha in good]
    verdicts = {v.sha256: v for v in check(rows, suites)}

    def record(o: Read) -> FileRecord:
        sha = o.source.sha256
        verdict = verdicts[sha]
        told = replace(verdict, findings=(*verdict.findings, *stale(decisions[sha], revised[sha])))
        return _record(o, told, settle(revised[sha], verdict), evaluated[sha], decisions[sha].seen if decided else None)

    return [record(o) if isinstance(o, Read) else _unread(o) for o in outcomes]


def _loaded(
    engine: sa.Engine, run_id: str, outcome: Read | Unread, record: FileRecord, suites: Sequence[Suite]
) -> FileRecord:
    """Load it; judged once more whenever a reviewer decides something in between."""
    while True:
        try:
            load_file(engine, run_id, record)
        except Decided:
            (record,) = judge([outcome], suites, decisions_about(engine, run_id, [outcome]))
        else:
            return record


def _unread(file: Unread) -> FileRecord:
    source = file.source
    return FileRecord(
        sha256=source.sha256,
        name=source.name,
        path=source.path,
        size=source.size,
        manifest=source.manifest,
        context_key=context_key(source.manifest),
        status=file.status,
        seconds=file.seconds,
        extractor=__version__,
        error_code=file.error_code,
        error=file.error,
    )


def _record(
    file: Read, verdict: FileVerdict, settled: tuple[Settled, ...], evaluated: tuple[Evaluated, ...], seen: int | None
) -> FileRecord:
    """What goes into the warehouse: the rows that rules and reviewers let through, those held, and why."""
    accounting = file.accounting
    blocked = [f.message for f in verdict.blocking]
    if accounting.missing:
        places = ", ".join(map(str, accounting.missing[:5]))
        blocked.append(f"有 {len(accounting.missing)} 个数字未被识别也未说明原因（{places}）")
    held = tuple(s.observation for s in settled if not s.is_loaded)
    loaded = tuple(s.observation for s in settled if s.is_loaded)
    if blocked:
        held, loaded, settled = (), (), ()
    return FileRecord(
        sha256=file.source.sha256,
        name=file.source.name,
        path=file.source.path,
        size=file.source.size,
        manifest=file.source.manifest,
        context_key=context_key(file.source.manifest),
        status="blocked" if blocked else "loaded",
        seconds=file.seconds,
        format=file.content.format,
        encoding=file.content.encoding,
        reader=file.content.reader,
        extractor=file.content.extractor,
        title=file.content.title,
        error_code="unaccounted" if accounting.missing else "blocked" if blocked else None,
        error="；".join(blocked) or None,
        numerals=accounting.seen,
        numerals_loaded=sum(accounting.by_figure[o.place] for o in loaded),
        numerals_held=sum(accounting.by_figure[o.place] for o in held),
        numerals_ignored=accounting.ignored,
        missing=_missing(file.extraction),
        loaded=loaded,
        held=held,
        ignored=file.extraction.ignored,
        findings=(*verdict.findings, *_remarks(file)),
        evaluated=evaluated,
        verdict=verdict,
        settled=settled,
        seen=seen,
    )


def _missing(extraction: Extraction) -> dict[str, dict[str, int]]:
    """OBS_STATUS → marker as printed → cells."""
    counts: dict[str, dict[str, int]] = {}
    for m in extraction.missing:
        markers = counts.setdefault(m.obs_status, {})
        markers[m.text] = markers.get(m.text, 0) + m.cells
    return counts


def _remarks(file: Read) -> Iterator[Finding]:
    """What the reader had to put up with, and what a careful reader would be told of single places."""
    for warning in file.content.warnings:
        yield Finding("READ", "warn", warning)
    ids = {o.place: o.observation_id for o in file.observations}
    for flag in file.extraction.flags:
        yield Finding(flag.rule, "warn", f"{flag.place}：{flag.message}", ids.get(flag.place), evidence=flag.printed)


def summary(record: FileRecord) -> FileSummary:
    """The line of a file in the run's table."""
    return FileSummary(
        record.name,
        record.sha256,
        record.status,
        record.numerals,
        record.numerals_loaded,
        record.numerals_held,
        record.numerals_ignored,
        round(record.seconds, 2),
        record.error,
    )
