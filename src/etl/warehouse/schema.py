"""The tables of the warehouse. Comments are the analyst's documentation: ``docs/warehouse.md`` is made from them.

A change here needs a migration in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)


class SqliteNumeric(sa.types.UserDefinedType[Decimal]):
    """NUMERIC affinity: SQLite keeps the text it is given as an integer or a real, whichever is exact."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "NUMERIC"

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        return lambda value: None if value is None else format(value, "f")

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        return lambda value: None if value is None else Decimal(str(value))


SIGNIFICANT = Context(prec=15)
"""As many digits as Excel shows and as SQLite keeps exactly; the same on every database."""


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal of at most 15 significant digits, which comes back as it was stored."""

    impl = sa.Numeric
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else SIGNIFICANT.plus(value)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Without the detours of TypeDecorator: it is called for every value loaded."""
        if dialect.name == "sqlite":
            return lambda value: None if value is None else format(SIGNIFICANT.plus(value), "f")
        return lambda value: None if value is None else SIGNIFICANT.plus(value)

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(SqliteNumeric() if dialect.name == "sqlite" else sa.Numeric())


class Text(sa.types.TypeDecorator[str]):
    """Text without NUL, which PostgreSQL can't hold: damaged files have them."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return _without_nul(value)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        """Without the detours of TypeDecorator: it is called for every value loaded."""
        return _without_nul


def _without_nul(value: str | None) -> str | None:
    return value.replace("\0", "\ufffd") if value and "\0" in value else value


UTC = sa.DateTime(timezone=True)


def _column(name: str, kind: Any, comment: str, *args: Any, **kwargs: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *args, comment=comment, **kwargs)


ingest_run = sa.Table(
    "ingest_run",
    metadata,
    _column("run_id", sa.String(36), "UUID of the run", primary_key=True),
    _column("started_at", UTC, "when the run started (UTC)", nullable=False),
    _column("finished_at", UTC, "when it ended; null while it runs and after it was killed"),
    _column("status", sa.String(16), "running, completed, failed, or interrupted: stopped or killed", nullable=False),
    _column("process", sa.String(96), "process that runs it: boot and container, number, start"),
    _column("alive_at", UTC, "its last sign of life, by the clock of the database (UTC)"),
    _column("version", sa.String(32), "version of Gongbao", nullable=False),
    _column("arguments", sa.JSON, "paths and options the run was started with", nullable=False),
    _column("files_seen", sa.Integer, "files found under the paths", nullable=False, default=0),
    _column("files_known", sa.Integer, "of these, loaded before with the same bytes", nullable=False, default=0),
    _column("problems", sa.JSON, "broken manifest lines and other troubles that cost no file", nullable=False),
    _column("totals", sa.JSON, "at its end: sums over the files it read and the rules it evaluated; null before"),
    comment="One row per run of the ingest.",
)

warehouse_change = sa.Table(
    "warehouse_change",
    metadata,
    _column(
        "version",
        sa.BigInteger,
        "number of the change: without gaps, in the order in which changes became visible",
        primary_key=True,
        autoincrement=False,
    ),
    _column("changed_at", UTC, "when (UTC); never earlier than the change before", nullable=False),
    _column("action", sa.String(16), "read, arrival, recheck, decision, or upgrade (of the schema)", nullable=False),
    _column("file_sha256", sa.String(64), "file it is about; null: several"),
    _column("run_id", sa.String(36), "run that made it", sa.ForeignKey("ingest_run.run_id")),
    _column("reader", sa.String(32), "reader and version, of a file that was read"),
    _column("extractor", sa.String(32), "extractor and version, of a file that was read"),
    _column("added", sa.Integer, "observations that came", nullable=False),
    _column("changed", sa.Integer, "observations that were superseded by another reading", nullable=False),
    _column("removed", sa.Integer, "observations that went", nullable=False),
    sa.Index("ix_warehouse_change_file_sha256", "file_sha256"),
    comment="Every change of what is known, one transaction each: the clock of the warehouse. Its greatest version is "
    "the version of the warehouse.",
)

source_file = sa.Table(
    "source_file",
    metadata,
    _column("sha256", sa.String(64), "hash of the bytes: the identity of the file", primary_key=True),
    _column("name", Text, "name under which it was first read", nullable=False),
    _column("size", sa.BigInteger, "bytes", nullable=False),
    _column("format", sa.String(16), "what the bytes are: txt, html, docx, pdf, xlsx, xls, ods, csv"),
    _column("encoding", sa.String(32), "text encoding, where the format has one"),
    _column("reader", sa.String(32), "reader and version; character offsets refer to its text"),
    _column("extractor", sa.String(32), "extractor and version"),
    _column("context_key", sa.String(64), "hash of what the manifest says of the file", nullable=False),
    _column("title", Text, "title by manifest or metadata"),
    _column("publisher", Text, "publisher by manifest"),
    _column("region_code", sa.String(12), "GB/T 2260 code the publisher speaks for, by manifest"),
    _column("published_on", sa.String(10), "ISO 8601, as precisely as known, by manifest"),
    _column("status", sa.String(16), "loaded (all rows loaded or held), blocked or failed", nullable=False),
    _column("error_code", sa.String(32), "stable short name of the error of a blocked or failed file"),
    _column("error", Text, "the error: where, what, known values, next step"),
    _column("numerals", sa.Integer, "independent count of numerals (numeric cells of a sheet)", nullable=False),
    _column("numerals_loaded", sa.Integer, "of these, in loaded observations", nullable=False),
    _column("numerals_held", sa.Integer, "of these, in quarantined rows", nullable=False),
    _column("numerals_ignored", sa.Integer, "of these, ignored with a reason", nullable=False),
    _column("rows_loaded", sa.Integer, "observations loaded", nullable=False),
    _column("rows_held", sa.Integer, "rows in quarantine", nullable=False),
    _column(
        "missing", sa.JSON, "sheets: cells without a number, {obs_status: {marker as printed: cells}}", nullable=False
    ),
    _column("seconds", sa.Float, "time spent on the file", nullable=False),
    _column("run_id", sa.String(36), "run that last read it", sa.ForeignKey("ingest_run.run_id"), nullable=False),
    _column("read_at", UTC, "when it was last read", nullable=False),
    sa.CheckConstraint(
        "status <> 'loaded' or numerals = numerals_loaded + numerals_held + numerals_ignored",
        name="ck_source_file_accounting",
    ),
    comment="One row per distinct file content, with its accounting: "
    "numerals = numerals_loaded + numerals_held + numerals_ignored.",
)

file_arrival = sa.Table(
    "file_arrival",
    metadata,
    _column("path", Text, "path as found", primary_key=True),
    _column("sha256", sa.String(64), "content found there", sa.ForeignKey("source_file.sha256"), primary_key=True),
    _column("run_id", sa.String(36), "run that first saw it", sa.ForeignKey("ingest_run.run_id"), nullable=False),
    _column("arrived_at", UTC, "when it was first seen", nullable=False),
    _column("is_current", sa.Boolean, "false once other content came under the same path", nullable=False),
    _column("version_from", sa.BigInteger, "change with which it came", primary_key=True, autoincrement=False),
    _column("version_until", sa.BigInteger, "change with which other content took its path; null: current"),
    sa.Index("ix_file_arrival_sha256", "sha256"),
    comment="Under which names which content came and when. The same bytes under two names are two rows here, one file "
    "there; content that comes back after other content is another row.",
)

file_look = sa.Table(
    "file_look",
    metadata,
    _column("path", Text, "path as found", primary_key=True),
    _column("stat", Text, "size, times of change (ns) and inode when the bytes were hashed", nullable=False),
    _column("sha256", sa.String(64), "hash of the bytes then", nullable=False),
    comment="How files looked when they were hashed last, so that unchanged ones need not be hashed again. A hint: "
    "the table may be emptied at any time.",
)

file_edition = sa.Table(
    "file_edition",
    metadata,
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), primary_key=True),
    _column("version_from", sa.BigInteger, "change that began it", primary_key=True, autoincrement=False),
    _column("version_until", sa.BigInteger, "change that ended it; null: it holds now"),
    _column("name", Text, "name of the file", nullable=False),
    _column("title", Text, "title by manifest or metadata, as told then"),
    _column("publisher", Text, "publisher by manifest, as told then"),
    _column("region_code", sa.String(12), "region the publisher speaks for, as told then"),
    _column("published_on", sa.String(10), "date of publication, as told then"),
    comment="When each file was current, and what was told of it then: a file without an open edition is current under "
    "no path.",
)

file_precedence = sa.Table(
    "file_precedence",
    metadata,
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), primary_key=True),
    _column("region_code", sa.String(12), "region the publisher speaks for"),
    _column("region_prefix", sa.String(12), "what the codes of the areas in it begin with"),
    _column("finality", sa.String(16), "final, bulletin, unmarked or provisional", nullable=False),
    _column("publisher_class", sa.String(16), "statistics, government, unmarked or media", nullable=False),
    _column("form", sa.String(16), "sheet or prose", nullable=False),
    _column("rank_own", sa.BigInteger, "rank of what it says of the publisher's own area", nullable=False),
    _column("rank_above", sa.BigInteger, "… of areas that lie in it", nullable=False),
    _column("rank_unknown", sa.BigInteger, "… where it is not known whose area it is", nullable=False),
    _column("rank_other", sa.BigInteger, "… of somebody else's area", nullable=False),
    comment="How each file stands in the order of reference/source_precedence.yaml: of several mentions of a fact the "
    "one with the greatest rank is its current value.",
)


def _observation_columns(*, historic: bool = False) -> list[sa.Column[Any]]:
    """The row of the contract: the same columns for what is loaded, what is held and what was loaded once."""
    return [
        _column("observation_id", sa.String(24), "derived from the file's hash and the place", primary_key=True),
        _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), nullable=False),
        _column(
            "char_start", sa.Integer, "reports: first character of the figure in the text as read; null for sheets"
        ),
        _column("char_end", sa.Integer, "reports: one past the last character; null for sheets"),
        _column("sheet", Text, "sheets: name of the sheet (csv for a csv file); null for reports"),
        _column("cell", sa.String(16), "sheets: A1 address (csv: column letter and record number); null for reports"),
        _column("text", Text, "the figure exactly as printed", nullable=False),
        _column("obs_value", Exact(), "the number in the base unit; of a range its lower end", nullable=False),
        _column("unit", Text, "base unit in Chinese (人, 元, %, 百分点, 平方米)"),
        _column("unit_measure", sa.String(32), "code of that unit in table unit"),
        _column("printed_mult", sa.Integer, "power of ten of the printed multiplier (万: 4)", nullable=False),
        _column("printed_decimals", sa.Integer, "digits printed after the point", nullable=False),
        _column("qualifier", sa.String(8), "eq, approx, gt (余/多/超), ge (以上), lt (近), le (以内)", nullable=False),
        _column("obs_low", Exact(), "least value the print allows; null: open"),
        _column("obs_high", Exact(), "greatest value the print allows; null: open"),
        _column(
            "kind",
            sa.String(16),
            "count, money, share, growth, pp_change, rate, ratio, index, multiple, rank, duration, area, other",
            nullable=False,
        ),
        _column("direction", sa.String(8), "down for 下降/减少; the value stays as printed"),
        _column("status", sa.String(16), "observed, target (plan) or standard (threshold, tariff)", nullable=False),
        _column("time_type", sa.String(16), "point, period or cumulative", nullable=False),
        _column(
            "ref_area", sa.String(12), "GB/T 2260 code (9 digits: township; 100000: country); null: none or unknown"
        ),
        _column("ref_area_name", Text, "the most specific place name the text supports"),
        _column("ref_entity", Text, "organisation or site, when the figure is not about the whole area"),
        _column("time_period", sa.String(32), "ISO 8601 / SDMX: 2024, 2024-06, 2024-Q1, 2021/2025; null: unknown"),
        _column("area_basis", sa.String(16), "what settled the area: text, section, article, publisher, manifest …"),
        _column("area_printed", Text, "the place as printed (全省, 盛泽镇)"),
        _column("area_unresolved", sa.Boolean, "a place was printed that could not be resolved", nullable=False),
        _column(
            "area_candidates",
            sa.JSON,
            "ranked readings of an unresolved place: code, name, score, reason",
            nullable=False,
        ),
        _column("period_basis", sa.String(16), "what settled the period"),
        _column(
            "label",
            Text,
            "what is measured, in Chinese; for sheets the header path joined with a bar",
            nullable=False,
        ),
        _column("breakdown", sa.JSON, "sex, age, ownership and the like as an object", nullable=False),
        _column("indicator", sa.String(64), "code in table indicator; null: not yet mapped"),
        _column(
            "series_key",
            sa.String(24),
            "what, where, whom, unit, kind; with time_period it names a fact",
            nullable=False,
        ),
        _column("evidence", Text, "the sentence, or the row and column headers", nullable=False),
        _column("obs_status", sa.String(4), "SDMX CL_OBS_STATUS (A: normal)", nullable=False),
        _column("steps", sa.JSON, "how the reading came about, one clause each", nullable=False),
        _column("layout_confidence", sa.Float, "sheets: how sure the roles of its table are, 0 to 1", nullable=False),
        _column("run_id", sa.String(36), "run that wrote the row", sa.ForeignKey("ingest_run.run_id"), nullable=False),
        _column(
            "version_from",
            sa.BigInteger,
            "change (table warehouse_change) with which this row came",
            primary_key=historic,
            autoincrement=False,
            nullable=False,
        ),
        _column(
            "decision_id", sa.String(24), "the reviewer's decision (table decision) that made it so; null: the rules"
        ),
    ]


observation = sa.Table(
    "observation",
    metadata,
    *_observation_columns(),
    sa.Index("ix_observation_series_key_time_period", "series_key", "time_period"),
    sa.Index("ix_observation_file_sha256", "file_sha256"),
    sa.Index("ix_observation_indicator", "indicator"),
    comment="Accepted figures, one row per mention.",
)

observation_history = sa.Table(
    "observation_history",
    metadata,
    *_observation_columns(historic=True),
    _column("version_until", sa.BigInteger, "change that ended this reading", nullable=False),
    _column(
        "ended_by",
        sa.String(16),
        "reread: another reading of the place; gone: no figure there any more; held: a rule or a reviewer holds it; "
        "blocked, failed: its file; decision: a reviewer changed it",
        nullable=False,
    ),
    sa.Index("ix_observation_history_file_sha256", "file_sha256"),
    sa.Index("ix_observation_history_series_key_time_period", "series_key", "time_period"),
    comment="Readings that were accepted once and are no more, as they were. Nothing is ever overwritten.",
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    *_observation_columns(),
    _column("state", sa.String(16), "open: waits for a reviewer; rejected: kept out by one", nullable=False),
    _column("first_seen_at", UTC, "when the row was first held", nullable=False),
    _column("last_seen_at", UTC, "when it was last found again", nullable=False),
    sa.Index("ix_quarantine_file_sha256", "file_sha256"),
    comment="Figures held back for a person, with the columns of observation. Table finding tells why.",
)

finding = sa.Table(
    "finding",
    metadata,
    _column("finding_id", sa.String(24), "derived from file, rule and row", primary_key=True),
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), nullable=False),
    _column("observation_id", sa.String(24), "the row, in observation or quarantine; null: the whole file"),
    _column("rule_id", sa.String(32), "rule of expectations/", nullable=False),
    _column("severity", sa.String(16), "block, quarantine or warn", nullable=False),
    _column("message", Text, "what is wrong, in Chinese", nullable=False),
    _column("evidence", Text, "text or arithmetic that shows it", nullable=False),
    _column("suggestion", Text, "what a reviewer may do, ranked readings", nullable=False),
    sa.Index("ix_finding_file_sha256", "file_sha256"),
    sa.Index("ix_finding_observation_id", "observation_id"),
    comment="Every rule that a row or file did not meet, whatever its severity.",
)

decision = sa.Table(
    "decision",
    metadata,
    _column("seq", sa.Integer, "order in which decisions were written here", primary_key=True, autoincrement=True),
    _column("decision_id", sa.String(24), "derived from its content: the same when replayed elsewhere", nullable=False),
    _column("kind", sa.String(16), "accept, correct, reject, map or undo", nullable=False),
    _column("scope", sa.String(16), "row, rule (in a file), column (of a sheet), mapping or undo", nullable=False),
    _column("decided_by", Text, "who", nullable=False),
    _column("decided_at", UTC, "when", nullable=False),
    _column("reason", Text, "why", nullable=False),
    _column("expires_at", UTC, "from when on it no longer counts; null: never"),
    _column("undoes", sa.String(24), "undo: the decision it takes back"),
    _column(
        "change", sa.JSON, "correct, map: what is set, {value, unit, region, period, kind, indicator}", nullable=False
    ),
    _column("mapping", sa.JSON, "map: which figures, {what, printed, files}; else empty", nullable=False),
    _column("shown", sa.JSON, "what the reviewer was shown: counts and a sample of lines", nullable=False),
    sa.UniqueConstraint("decision_id"),
    comment="What reviewers decided. Rows are only ever added: triggers refuse changes.",
)

decision_target = sa.Table(
    "decision_target",
    metadata,
    _column("decision_id", sa.String(24), "the decision", sa.ForeignKey("decision.decision_id"), primary_key=True),
    _column("observation_id", sa.String(24), "the figure", primary_key=True),
    _column("file_sha256", sa.String(64), "its file", nullable=False),
    _column("source", Text, "name of that file", nullable=False),
    _column("place", Text, "where it stands in it", nullable=False),
    _column("text", Text, "the figure exactly as printed", nullable=False),
    _column("label", Text, "what is measured", nullable=False),
    _column("rules", sa.JSON, "fingerprint: rules that held it, {rule id: version}", nullable=False),
    _column("series_key", sa.String(24), "fingerprint: its series", nullable=False),
    _column("time_period", sa.String(32), "fingerprint: its period"),
    _column("obs_value", Exact(), "fingerprint: its value", nullable=False),
    _column("unit", Text, "fingerprint: its unit"),
    _column("covers", sa.JSON, "correct: rules that it does not meet once corrected, as shown", nullable=False),
    sa.Index("ix_decision_target_file_sha256", "file_sha256"),
    sa.Index("ix_decision_target_observation_id", "observation_id"),
    comment="The figures that a decision is about, as they were then. It stands while they still are so.",
)

review_item = sa.Table(
    "review_item",
    metadata,
    _column("observation_id", sa.String(24), "the figure, in observation or quarantine", primary_key=True),
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), nullable=False),
    _column("state", sa.String(16), "open, accepted, corrected, rejected or fixed", nullable=False),
    _column("rules", sa.JSON, "rules that hold it, or would, {rule id: version}", nullable=False),
    _column("decision_id", sa.String(24), "the standing decision; null: none"),
    _column("lapsed_id", sa.String(24), "an earlier decision that no longer stands; null: none"),
    _column("note", Text, "why it is open again, or how it was fixed, in Chinese", nullable=False),
    _column("reading", sa.JSON, "the columns that a decision changed, as they were read; empty: none", nullable=False),
    _column("first_seen_at", UTC, "when it was first held or decided on", nullable=False),
    _column("last_seen_at", UTC, "when it was last found again", nullable=False),
    _column("changed_at", UTC, "since when it is in this state", nullable=False),
    sa.Index("ix_review_item_file_sha256", "file_sha256"),
    sa.Index("ix_review_item_decision_id", "decision_id"),
    comment="Every figure that was ever held or decided on, and what became of it. It outlives a new reading.",
)

quality_check = sa.Table(
    "quality_check",
    metadata,
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), primary_key=True),
    _column("rule_id", sa.String(32), "rule of expectations/", primary_key=True),
    _column("rule_version", sa.String(12), "hash of the rule's type and arguments", nullable=False),
    _column("severity", sa.String(16), "what a failure does: block, quarantine or warn", nullable=False),
    _column("status", sa.String(16), "passed, failed, error, or not_applicable (no row of its kind)", nullable=False),
    _column("candidates", sa.Integer, "rows the rule speaks about", nullable=False),
    _column("evaluated", sa.Integer, "of these, rows it could decide on", nullable=False),
    _column("failed", sa.Integer, "of these, rows that do not meet it", nullable=False),
    _column("message", Text, "the error of a rule that crashed", nullable=False),
    _column("run_id", sa.String(36), "run of the check", sa.ForeignKey("ingest_run.run_id"), nullable=False),
    comment="What each rule evaluated in each file.",
)

relation = sa.Table(
    "relation",
    metadata,
    _column("relation_id", sa.String(24), "derived from file, kind and places", primary_key=True),
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), nullable=False),
    _column("kind", sa.String(16), "share, sum, product, growth, subset or equal", nullable=False),
    _column("members", sa.JSON, "places of part, whole, share, parts, total, terms", nullable=False),
    _column("computed_low", Exact(), "interval computed from the members; null: open"),
    _column("computed_high", Exact(), "its upper end; null: open"),
    _column("verdict", sa.String(16), "holds, fails or undecidable", nullable=False),
    _column("arithmetic", Text, "the calculation written out, in Chinese", nullable=False),
    sa.Index("ix_relation_file_sha256", "file_sha256"),
    comment="Arithmetic that the source states or its table implies, judged on intervals.",
)

ignored_numeral = sa.Table(
    "ignored_numeral",
    metadata,
    _column("ignored_id", sa.String(24), "derived from file and place", primary_key=True),
    _column("file_sha256", sa.String(64), "the file", sa.ForeignKey("source_file.sha256"), nullable=False),
    _column("char_start", sa.Integer, "reports: first character; null for sheets"),
    _column("char_end", sa.Integer, "reports: one past the last character"),
    _column("sheet", Text, "sheets: name of the sheet"),
    _column("cell", sa.String(16), "sheets: A1 address"),
    _column("text", Text, "as printed", nullable=False),
    _column("reason", sa.String(32), "why it is no figure: date, ordinal, name, idiom, header …", nullable=False),
    sa.Index("ix_ignored_numeral_file_sha256", "file_sha256"),
    comment="Numerals that are no figures, with the reason, so that every numeral of a file is accounted for.",
)

region = sa.Table(
    "region",
    metadata,
    _column("code", sa.String(12), "GB/T 2260 (6 digits); 9 digits for townships", primary_key=True),
    _column("valid_from", sa.String(4), "first year; empty: before the table begins", primary_key=True),
    _column("valid_to", sa.String(4), "last year; empty: still valid", nullable=False),
    _column("name", Text, "official name", nullable=False),
    _column("level", sa.String(16), "country, province, city, county, township", nullable=False),
    _column("parent", sa.String(12), "code of the region it lies in"),
    _column("successors", Text, "codes that took its place, separated by blanks", nullable=False),
    comment="Administrative divisions with the years in which their codes are valid.",
)

unit = sa.Table(
    "unit",
    metadata,
    _column("code", sa.String(32), "ASCII code, used as unit_measure", primary_key=True),
    _column("symbol", Text, "symbol in Chinese", nullable=False),
    _column("dimension", sa.String(32), "what it measures", nullable=False),
    _column("factor", Text, "exact factor to the base unit", nullable=False),
    _column("base", Text, "symbol of the base unit in which values are stored", nullable=False),
    comment="Units of measure.",
)

indicator = sa.Table(
    "indicator",
    metadata,
    _column("code", sa.String(64), "stable code", primary_key=True),
    _column("name_zh", Text, "name", nullable=False),
    _column("name_en", Text, "name in English", nullable=False),
    _column("indicator_group", Text, "group of the catalogue", nullable=False),
    _column("definition", Text, "what is counted", nullable=False),
    _column("kind", sa.String(16), "kind of figure", nullable=False),
    _column("unit", Text, "base unit", nullable=False),
    _column("part_of", sa.String(64), "indicator it is a part of"),
    comment="The indicator catalogue.",
)

reference_version = sa.Table(
    "reference_version",
    metadata,
    _column("name", sa.String(32), "region, unit, indicator, file_precedence or views", primary_key=True),
    _column("content_hash", sa.String(64), "hash of the reference data, or of the text of the views", nullable=False),
    comment="Which state of the reference data the tables region, unit and indicator hold, and which views there are.",
)

REPLACED_TABLES = (finding, quality_check, relation, ignored_numeral)
"""Tables whose rows of a file are replaced together when it is read again."""
FILE_TABLES = (*REPLACED_TABLES, observation, quarantine)
"""Tables whose rows belong to one file, as it was read last."""
