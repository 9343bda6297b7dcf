"""What a report tells, as plain values: what a run brought, loaded and held, and why.

Assembled from the warehouse by ``etl.report.queries``; rendered by ``etl.report.build``, and fit for JSON and CSV.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from etl.model import Place

Scope = Literal["run", "warehouse"]
SEVERITY_ORDER = {"block": 0, "quarantine": 1, "warn": 2}


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run as recorded. Times are aware, in UTC."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None
    status: str
    version: str
    files_seen: int
    files_known: int
    problems: tuple[str, ...]
    is_recheck: bool = False
    """It judged stored rows by today's rules and read no file."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over files: of a run as they were when it ended."""

    files: int = 0
    files_loaded: int = 0
    files_blocked: int = 0
    files_failed: int = 0
    numerals: int = 0
    numerals_loaded: int = 0
    numerals_held: int = 0
    numerals_ignored: int = 0
    rows_loaded: int = 0
    rows_held: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file with its accounting; counts of numerals, rows and findings."""

    sha256: str
    name: str
    paths: tuple[str, ...]
    format: str | None
    reader: str | None
    title: str | None
    publisher: str | None
    published_on: str | None
    size: int
    status: str
    error_code: str | None
    error: str | None
    numerals: int
    numerals_loaded: int
    numerals_held: int
    numerals_ignored: int
    rows_loaded: int
    rows_held: int
    seconds: float
    findings: int = 0
    is_reread: bool = False
    """Content that an earlier run had brought already, read once more (other reader, rules or manifest line)."""


@dataclass(frozen=True, slots=True)
class FindingLine:
    finding_id: str
    file_sha256: str
    observation_id: str | None
    rule_id: str
    severity: str
    message: str
    evidence: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class FindingCount:
    file_sha256: str
    rule_id: str
    severity: str
    findings: int


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of observation or quarantine, with what a reviewer needs to judge it."""

    observation_id: str
    file_sha256: str
    place: Place
    text: str
    obs_value: Decimal
    unit: str | None
    obs_low: Decimal | None
    obs_high: Decimal | None
    kind: str
    qualifier: str
    status: str
    ref_area: str | None
    ref_area_name: str | None
    ref_entity: str | None
    time_period: str | None
    label: str
    indicator: str | None
    series_key: str
    evidence: str


@dataclass(frozen=True, slots=True)
class RowIssue:
    """A row and all rules that it did not meet, the gravest first."""

    row: FigureRow
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class RelationIssue:
    """A relation that fails, with its arithmetic and the findings that speak of it."""

    relation_id: str
    file_sha256: str
    kind: str
    members: tuple[tuple[str, Place], ...]
    """(role, place): part, whole, share, total, parts, terms."""
    arithmetic: str
    computed_low: Decimal | None
    computed_high: Decimal | None
    findings: tuple[FindingLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What one rule did over all files: rows it speaks about, could decide on, and that fail; files by outcome."""

    rule_id: str
    severity: str
    candidates: int
    evaluated: int
    failed: int
    files_failed: int
    files_error: int
    files_not_applicable: int
    findings: int
    history: tuple[RulePoint, ...] = ()
    """Earlier runs and this one, oldest first."""

    @property
    def coverage(self) -> float | None:
        """Share of candidates that could be decided on; None without candidates."""
        return self.evaluated / self.candidates if self.candidates else None

    @property
    def failing_share(self) -> float | None:
        """Share of decided rows that fail; None when none was decided on."""
        return self.failed / self.evaluated if self.evaluated else None


@dataclass(frozen=True, slots=True)
class RulePoint:
    """One rule in one run."""

    run_id: str
    started_at: datetime
    candidates: int
    evaluated: int
    failed: int


@dataclass(frozen=True, slots=True)
class CrashedRule:
    """A rule that could not be trusted in a file, with its error."""

    file_sha256: str
    rule_id: str
    message: str


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A label without an indicator, and how many loaded rows carry it."""

    label: str
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact of a file that came with other content under the same path. None: it is not in that version."""

    path: str
    label: str
    area: str | None
    time_period: str | None
    unit: str | None
    old: Decimal | None
    new: Decimal | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """New content under a known path, compared fact by fact with the content it replaces."""

    path: str
    old_sha256: str
    new_sha256: str
    old_facts: int
    same: int
    added: int
    changed: int
    gone: int
    examples: tuple[FactChange, ...] = ()
    """Changed and gone facts first, at most ``queries.EXAMPLES``."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A fact to which a new file gives another value than a file that is current."""

    label: str
    area: str | None
    time_period: str
    unit: str | None
    old: Decimal
    new: Decimal
    old_file: str
    new_sha256: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run changed in the warehouse, apart from files whose content was replaced (``FileChange``)."""

    new_files: int = 0
    """Files whose content was never seen before."""
    new_facts: int = 0
    """Facts that these state."""
    revisions: tuple[Revision, ...] = ()
    is_complete: bool = True
    """False: there are more revisions than were read."""
    released: int = 0
    """Rows that a recheck loaded from quarantine."""
    newly_held: int = 0
    """Rows that a recheck put there."""


@dataclass(frozen=True, slots=True)
class Published:
    """The last publication and the guard against losing its facts."""

    at: datetime
    rows: int
    facts: int
    is_confirmed: bool
    """A person confirmed the facts that it lost against the one before."""
    gone: int | None
    """Its facts that are no longer current; None: too many to compare here."""
    sources: tuple[tuple[str, int], ...]
    """Files that had stated most of them."""
    max_loss: float
    """Share of facts gone from which on the next publication must be confirmed."""

    @property
    def loss(self) -> float:
        return (self.gone or 0) / self.facts if self.facts else 0.0

    @property
    def is_guarded(self) -> bool:
        """The next publication is refused until somebody confirms it."""
        return self.loss > self.max_loss


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One value of a series, loaded or held."""

    period: str
    value: Decimal
    observation_id: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class OverdueSource:
    """A publisher, or files under like paths, that came at some interval and no longer do."""

    name: str
    kind: str
    """``publisher`` or ``path``; of a path the digits of the file name are ``#``."""
    basis: str
    """Dates that the interval is taken from: ``published`` or ``arrived``."""
    arrivals: int
    """Different days."""
    interval_days: int
    last_seen: date
    expected: date
    missed: int
    """Arrivals that should have come since."""
    is_lapsed: bool
    """So many are missing that the source has probably ended."""
    example: str
    """Path of the file that came last."""


@dataclass(frozen=True, slots=True)
class ReportData:
    """All a report is made of. ``scope`` is ``warehouse`` when the run read no file: then the lists tell the state of
    all current files."""

    run: RunLine
    scope: Scope
    totals: Totals
    """Of this run."""
    previous: RunLine | None
    """The latest run before this one that read files."""
    previous_totals: Totals
    warehouse: Totals
    """Of all current files, as they are now."""
    warehouse_after: Totals | None
    """Of all files that were current when this run ended; None while it runs."""
    warehouse_before: Totals | None
    """The same of the run before it, whatever that did."""
    files: tuple[FileLine, ...]
    counts: tuple[FindingCount, ...]
    """All findings, counted per file, rule and severity."""
    held: tuple[RowIssue, ...]
    warned: tuple[RowIssue, ...]
    relations: tuple[RelationIssue, ...]
    loose: tuple[FindingLine, ...]
    """Findings about a whole file, or about rows of a blocked file, which are nowhere stored."""
    is_complete: bool
    """False: there are so many findings that ``held``, ``warned`` and ``loose`` are samples, taken from every rule
    of every file; all counts are of everything."""
    warned_rows: int
    rules: tuple[RuleLine, ...]
    crashed: tuple[CrashedRule, ...]
    unmapped: tuple[LabelLine, ...]
    unmapped_labels: int
    """Number of distinct labels without an indicator; ``unmapped`` holds the most frequent ones."""
    unmapped_rows: int
    ignored: tuple[tuple[str, int], ...]
    """(reason, count), the most frequent first."""
    changes: tuple[FileChange, ...] = ()
    difference: Difference = field(default_factory=Difference)
    published: Published | None = None
    held_before: int = 0
    """Rows still held from files that this run did not read."""
    read_later: int = 0
    """Files of this run that later runs read again: their rows are told there."""
    overdue: tuple[OverdueSource, ...] = ()
    series: Mapping[str, tuple[SeriesPoint, ...]] = field(default_factory=dict)
    """Series key → its values over time, of the rows in doubt."""
    is_latest: bool = True
    """No other run started after it."""
    by_sha: dict[str, FileLine] = field(default_factory=dict)

    @property
    def findings_by_severity(self) -> dict[str, int]:
        """All findings of the report, by what they did."""
        total = dict.fromkeys(SEVERITY_ORDER, 0)
        for count in self.counts:
            total[count.severity] = total.get(count.severity, 0) + count.findings
        return total
