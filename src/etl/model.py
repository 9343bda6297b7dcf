"""The frozen types that pass from stage to stage.

landing → ``SourceFile`` → read → ``Document`` | ``Workbook`` → extract → ``Extraction`` of ``RawFigure``
→ normalise → ``Observation`` → check → ``Finding`` → load.

Nothing here computes; every stage is a function of these values and imports no other stage's internals.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from etl.record import record

Kind = Literal[
    "count", "money", "share", "growth", "pp_change", "rate", "ratio", "index",
    "multiple", "rank", "duration", "area", "other",
]  # fmt: skip
Qualifier = Literal["eq", "approx", "gt", "ge", "lt", "le"]
Status = Literal["observed", "target", "standard"]
TimeType = Literal["point", "period", "cumulative"]
Basis = Literal[
    "text", "section", "article", "publisher", "manifest", "layout", "title", "sheet", "file", "benchmark", "reference",
    "review",
]  # fmt: skip
Severity = Literal["block", "quarantine", "warn"]
Verdict = Literal["holds", "fails", "undecidable"]
RelationKind = Literal["share", "sum", "product", "growth", "subset", "equal"]


# ---------------------------------------------------------------- landing


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What a person knows of a file beforehand: one line of ``manifest.csv``. Empty cells are None."""

    file: str
    title: str | None = None
    publisher: str | None = None
    region_code: str | None = None
    """GB/T 2260 code of the place the publisher speaks for."""
    published_on: str | None = None
    """ISO 8601, as precisely as known: ``2025-11``, ``2024-06-24``, ``2023``."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it arrived. Its identity is the hash of its bytes, never its name or time stamp."""

    path: Path
    name: str
    """As given by the user; what ``source`` means in the contract."""
    sha256: str
    size: int
    manifest: ManifestEntry | None = None
    archived: Path | None = None
    """Our own copy of the bytes: what is read, so that hash and content can't part. None: read ``path``."""


# ---------------------------------------------------------------- read


@dataclass(frozen=True, slots=True)
class Document:
    """A report as text. All offsets of later stages count code points of ``text``."""

    text: str
    format: str
    """``txt``, ``md``, ``html``, ``docx``, ``pdf``."""
    reader: str
    """Name and version of the reader, e.g. ``docx/1``; offsets are only comparable within one."""
    encoding: str | None = None
    title: str | None = None
    """Title in the file's metadata; None when the format has none."""
    warnings: tuple[str, ...] = ()
    """What the reader had to put up with (a wrong extension, pages without text), in Chinese."""


CellValue = str | Decimal | bool | date | datetime | None


@record(frozen=True, slots=True)
class Cell:
    """One cell, with the value the file stores and the text a person sees in it."""

    row: int
    """0-based."""
    col: int
    """0-based."""
    value: CellValue
    """Numbers are Decimals of the stored float to 15 significant digits, as Excel shows it. A percent-formatted
    0.362 arrives as Decimal("36.2") with ``text`` "36.2%" (``percent`` is True)."""
    text: str
    """As printed. Equals the stored text for text cells (untrimmed), the number as displayed otherwise."""
    percent: bool = False
    indent: int = 0
    """Cell indentation of the alignment format, 0 when the format has none or it was not read."""
    error: str | None = None
    """``#REF!`` and the like."""

    @property
    def address(self) -> str:
        """A1 address as Excel shows it."""
        return f"{column_letters(self.col)}{self.row + 1}"


@functools.cache
def column_letters(col: int) -> str:
    """0 → A, 26 → AA."""
    letters, n = "", col + 1
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class MergedRange:
    """0-based, both ends inclusive."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The non-empty cells of one sheet, in row-major order."""

    name: str
    """``csv`` for a csv file, the id of the ``<table>`` for HTML."""
    cells: tuple[Cell, ...]
    merged: tuple[MergedRange, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    sheets: tuple[Sheet, ...]
    format: str
    """``xlsx``, ``xls``, ``ods``, ``csv``, ``html``."""
    reader: str
    encoding: str | None = None
    warnings: tuple[str, ...] = ()
    """What the reader had to put up with (a damaged part, a default password), in Chinese."""


# ---------------------------------------------------------------- extract


@record(frozen=True, slots=True)
class Span:
    """Half-open offsets into ``Document.text``."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


class CellRef(NamedTuple):
    """A cell of a workbook by sheet name and A1 address. A tuple: a million of them are looked up several times."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


Place = Span | CellRef


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible reading that nobody has decided on yet."""

    code: str
    name: str
    score: float
    reason: str


@record(frozen=True, slots=True)
class Area:
    """The place a figure describes, and what settled it."""

    code: str | None = None
    """GB/T 2260 (6 digits), 9 digits for townships, ``100000`` for the country; None when unknown or uncoded."""
    name: str | None = None
    """The most specific name that the text supports."""
    entity: str | None = None
    """The organisation, firm or site, when the figure is not about the whole area."""
    basis: Basis | None = None
    printed: str | None = None
    """The mention as printed (全省, 盛泽镇)."""
    unresolved: bool = False
    """True when a place was printed that could not be resolved: the row is held, with ``candidates``.
    False with code None: a place known to have no code (市区, 长三角), or no place at all."""
    candidates: tuple[Candidate, ...] = ()


@record(frozen=True, slots=True)
class Period:
    """ISO 8601 / SDMX time: ``2024``, ``2024-06``, ``2024-Q1``, ``2024-S1``, ``2024-06-24``, ``2021/2025``."""

    iso: str | None = None
    basis: Basis | None = None
    printed: str | None = None
    time_type: TimeType = "period"


NO_BREAKDOWN: Mapping[str, str] = {}
"""One for all the figures that have none."""


@record(frozen=True, slots=True)
class RawFigure:
    """One figure as found: verbatim text, place, and the words that tell what it is. Units not yet converted."""

    place: Place
    text: str
    number: Decimal
    """The printed number without its multiplier: 7.6 for 7.6万人, 20 for 五分之一 (in %)."""
    multiplier: int
    """Power of ten of the printed multiplier (万 → 4), header multipliers of sheets included."""
    decimals: int
    """Digits printed after the point."""
    unit: str | None
    """As printed, without multiplier (名, 公顷, %); None where the source states none: the row is held."""
    kind: Kind
    label: str
    """What is measured, at most 60 characters, understandable alone; for sheets the header path joined by ``|``."""
    evidence: str
    """The sentence, or the row and column headers."""
    area: Area
    period: Period
    qualifier: Qualifier = "eq"
    worded: bool = False
    """A worded fraction or approximate numeral (五分之一, 上千): its interval is wider than a printed digit's."""
    upper: Decimal | None = None
    """For a printed range (5-10万元): its upper end, same multiplier and unit; ``number`` is the lower end."""
    direction: Literal["up", "down"] | None = None
    status: Status = "observed"
    breakdown: Mapping[str, str] = field(default_factory=dict)
    obs_status: str = "A"
    """SDMX CL_OBS_STATUS."""
    steps: tuple[str, ...] = ()
    """How the reading came about, in English, one short clause each, for ``etl explain``."""
    confidence: float = 1.0
    """How sure the roles are of the table that it stands in, 0 to 1; 1 in reports."""


@record(frozen=True, slots=True)
class Ignored:
    """A numeral that is no figure, and why."""

    place: Place
    text: str
    reason: str
    """A code of ``reference/ignore_reasons.csv``: ``date``, ``ordinal``, ``name``, ``idiom``, ``header`` …"""


@record(frozen=True, slots=True)
class RelationMembers:
    """Places of the figures that a relation joins. Which are set depends on the kind."""

    part: Place | None = None
    whole: Place | None = None
    share: Place | None = None
    total: Place | None = None
    parts: tuple[Place, ...] = ()
    terms: tuple[tuple[Place, ...], ...] = ()
    """Products to add up: ((count, rate), (count, rate)) against ``total``."""


@record(frozen=True, slots=True)
class Relation:
    """A stated arithmetic relation between figures of one file; the verdict is computed later, on intervals."""

    kind: RelationKind
    members: RelationMembers


@record(frozen=True, slots=True)
class Flag:
    """Something a careful reader would be told about a place; never changes what was printed."""

    place: Place
    printed: str
    rule: str
    message: str
    """In Chinese."""


@dataclass(frozen=True, slots=True)
class MissingCells:
    """Cells of a table that hold no number: no observations, but counted."""

    place: Place
    """The cell, or the first of several."""
    text: str
    """The marker as printed (…, —, NA); empty for empty cells."""
    obs_status: str
    """SDMX CL_OBS_STATUS."""
    cells: int = 1


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one file. Every numeral lies in exactly one figure or one ignored entry."""

    figures: tuple[RawFigure, ...]
    ignored: tuple[Ignored, ...]
    relations: tuple[Relation, ...] = ()
    flags: tuple[Flag, ...] = ()
    missing: tuple[MissingCells, ...] = ()


# ---------------------------------------------------------------- normalise


@record(frozen=True, slots=True)
class Observation:
    """One row of the contract (docs/warehouse.md). Value and interval are in the base unit."""

    observation_id: str
    """Derived from the file's hash and the place: the same bytes always give the same ids."""
    source: str
    place: Place
    text: str
    obs_value: Decimal
    unit: str | None
    unit_measure: str | None
    printed_mult: int
    printed_decimals: int
    qualifier: Qualifier
    obs_low: Decimal | None
    """None: open downwards."""
    obs_high: Decimal | None
    """None: open upwards."""
    kind: Kind
    direction: Literal["up", "down"] | None
    status: Status
    area: Area
    period: Period
    label: str
    breakdown: Mapping[str, str]
    indicator: str | None
    series_key: str
    evidence: str
    obs_status: str
    steps: tuple[str, ...]
    confidence: float = 1.0
    """How sure the roles are of the table that it stands in; 1 in reports."""


# ---------------------------------------------------------------- check


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one observation (or, with no id, the whole file) did not meet."""

    rule_id: str
    severity: Severity
    message: str
    """In Chinese, with the arithmetic written out."""
    observation_id: str | None = None
    evidence: str = ""
    suggestion: str = ""
