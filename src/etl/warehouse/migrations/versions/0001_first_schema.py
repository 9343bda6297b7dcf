"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CURRENT_OBSERVATION = """
create view current_observation as
select o.*, f.name as source, f.title as source_title, f.publisher, f.published_on
from observation o
join source_file f on f.sha256 = o.file_sha256
where f.status = 'loaded'
  and exists (select 1 from file_arrival a where a.sha256 = f.sha256 and a.is_current)
"""


def upgrade() -> None:
    op.create_table(
        "indicator",
        sa.Column("code", sa.String(length=64), nullable=False, comment="stable code"),
        sa.Column("name_zh", sa.Text(), nullable=False, comment="name"),
        sa.Column("name_en", sa.Text(), nullable=False, comment="name in English"),
        sa.Column("indicator_group", sa.Text(), nullable=False, comment="group of the catalogue"),
        sa.Column("definition", sa.Text(), nullable=False, comment="what is counted"),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="kind of figure"),
        sa.Column("unit", sa.Text(), nullable=False, comment="base unit"),
        sa.Column("part_of", sa.String(length=64), nullable=True, comment="indicator it is a part of"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_indicator")),
        comment="The indicator catalogue.",
    )
    op.create_table(
        "ingest_run",
        sa.Column("run_id", sa.String(length=36), nullable=False, comment="UUID of the run"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="when the run started (UTC)"),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it ended; null while it runs and after it was killed",
        ),
        sa.Column("status", sa.String(length=16), nullable=False, comment="running, completed or failed"),
        sa.Column("version", sa.String(length=32), nullable=False, comment="version of Gongbao"),
        sa.Column("arguments", sa.JSON(), nullable=False, comment="paths and options the run was started with"),
        sa.Column("files_seen", sa.Integer(), nullable=False, comment="files found under the paths"),
        sa.Column("files_known", sa.Integer(), nullable=False, comment="of these, loaded before with the same bytes"),
        sa.Column(
            "problems", sa.JSON(), nullable=False, comment="broken manifest lines and other troubles that cost no file"
        ),
        sa.Column(
            "totals",
            sa.JSON(),
            nullable=True,
            comment="at its end: sums over the files it read and the rules it evaluated; null before",
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_ingest_run")),
        comment="One row per run of the ingest.",
    )
    op.create_table(
        "reference_version",
        sa.Column("name", sa.String(length=32), nullable=False, comment="region, unit or indicator"),
        sa.Column(
            "content_hash",
            sa.String(length=64),
            nullable=False,
            comment="hash of the reference data that the table holds",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reference_version")),
        comment="Which state of the reference data the tables region, unit and indicator hold.",
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=12), nullable=False, comment="GB/T 2260 (6 digits); 9 digits for townships"),
        sa.Column(
            "valid_from", sa.String(length=4), nullable=False, comment="first year; empty: before the table begins"
        ),
        sa.Column("valid_to", sa.String(length=4), nullable=False, comment="last year; empty: still valid"),
        sa.Column("name", sa.Text(), nullable=False, comment="official name"),
        sa.Column("level", sa.String(length=16), nullable=False, comment="country, province, city, county, township"),
        sa.Column("parent", sa.String(length=12), nullable=True, comment="code of the region it lies in"),
        sa.Column("successors", sa.Text(), nullable=False, comment="codes that took its place, separated by blanks"),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_region")),
        comment="Administrative divisions with the years in which their codes are valid.",
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=32), nullable=False, comment="ASCII code, used as unit_measure"),
        sa.Column("symbol", sa.Text(), nullable=False, comment="symbol in Chinese"),
        sa.Column("dimension", sa.String(length=32), nullable=False, comment="what it measures"),
        sa.Column("factor", sa.Text(), nullable=False, comment="exact factor to the base unit"),
        sa.Column("base", sa.Text(), nullable=False, comment="symbol of the base unit in which values are stored"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
        comment="Units of measure.",
    )
    op.create_table(
        "source_file",
        sa.Column(
            "sha256", sa.String(length=64), nullable=False, comment="hash of the bytes: the identity of the file"
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="name under which it was first read"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes"),
        sa.Column(
            "format",
            sa.String(length=16),
            nullable=True,
            comment="what the bytes are: txt, html, docx, pdf, xlsx, xls, ods, csv",
        ),
        sa.Column("encoding", sa.String(length=32), nullable=True, comment="text encoding, where the format has one"),
        sa.Column(
            "reader",
            sa.String(length=32),
            nullable=True,
            comment="reader and version; character offsets refer to its text",
        ),
        sa.Column("extractor", sa.String(length=32), nullable=True, comment="extractor and version"),
        sa.Column(
            "context_key", sa.String(length=64), nullable=False, comment="hash of what the manifest says of the file"
        ),
        sa.Column("title", sa.Text(), nullable=True, comment="title by manifest or metadata"),
        sa.Column("publisher", sa.Text(), nullable=True, comment="publisher by manifest"),
        sa.Column(
            "region_code",
            sa.String(length=12),
            nullable=True,
            comment="GB/T 2260 code the publisher speaks for, by manifest",
        ),
        sa.Column(
            "published_on", sa.String(length=10), nullable=True, comment="ISO 8601, as precisely as known, by manifest"
        ),
        sa.Column(
            "status",
            sa.String(length=16),
            nullable=False,
            comment="loaded (all rows loaded or held), blocked or failed",
        ),
        sa.Column(
            "error_code",
            sa.String(length=32),
            nullable=True,
            comment="stable short name of the error of a blocked or failed file",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="the error: where, what, known values, next step"),
        sa.Column(
            "numerals", sa.Integer(), nullable=False, comment="independent count of numerals (numeric cells of a sheet)"
        ),
        sa.Column("numerals_loaded", sa.Integer(), nullable=False, comment="of these, in loaded observations"),
        sa.Column("numerals_held", sa.Integer(), nullable=False, comment="of these, in quarantined rows"),
        sa.Column("numerals_ignored", sa.Integer(), nullable=False, comment="of these, ignored with a reason"),
        sa.Column("rows_loaded", sa.Integer(), nullable=False, comment="observations loaded"),
        sa.Column("rows_held", sa.Integer(), nullable=False, comment="rows in quarantine"),
        sa.Column(
            "missing",
            sa.JSON(),
            nullable=False,
            comment="sheets: cells without a number, {obs_status: {marker as printed: cells}}",
        ),
        sa.Column("seconds", sa.Float(), nullable=False, comment="time spent on the file"),
        sa.Column("run_id", sa.String(length=36), nullable=False, comment="run that last read it"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False, comment="when it was last read"),
        sa.CheckConstraint(
            "status <> 'loaded' or numerals = numerals_loaded + numerals_held + numerals_ignored",
            name="ck_source_file_accounting",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_source_file_run_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_source_file")),
        comment="One row per distinct file content, with its accounting: numerals = numerals_loaded + numerals_held + numerals_ignored.",
    )
    op.create_table(
        "file_arrival",
        sa.Column("path", sa.Text(), nullable=False, comment="path as found"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="content found there"),
        sa.Column("run_id", sa.String(length=36), nullable=False, comment="run that first saw it"),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False, comment="when it was first seen"),
        sa.Column(
            "is_current", sa.Boolean(), nullable=False, comment="false once other content came under the same path"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_file_arrival_run_id")),
        sa.ForeignKeyConstraint(["sha256"], ["source_file.sha256"], name=op.f("fk_file_arrival_sha256")),
        sa.PrimaryKeyConstraint("path", "sha256", name=op.f("pk_file_arrival")),
        comment="Under which names which content came. The same bytes under two names are two rows here, one file there.",
    )
    op.create_index("ix_file_arrival_sha256", "file_arrival", ["sha256"], unique=False)
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.String(length=24), nullable=False, comment="derived from file, rule and row"),
        sa.Column("file_sha256", sa.String(length=64), nullable=False, comment="the file"),
        sa.Column(
            "observation_id",
            sa.String(length=24),
            nullable=True,
            comment="the row, in observation or quarantine; null: the whole file",
        ),
        sa.Column("rule_id", sa.String(length=32), nullable=False, comment="rule of expectations/"),
        sa.Column("severity", sa.String(length=16), nullable=False, comment="block, quarantine or warn"),
        sa.Column("message", sa.Text(), nullable=False, comment="what is wrong, in Chinese"),
        sa.Column("evidence", sa.Text(), nullable=False, comment="text or arithmetic that shows it"),
        sa.Column("suggestion", sa.Text(), nullable=False, comment="what a reviewer may do, ranked readings"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_finding_file_sha256")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding")),
        comment="Every rule that a row or file did not meet, whatever its severity.",
    )
    op.create_index("ix_finding_file_sha256", "finding", ["file_sha256"], unique=False)
    op.create_index("ix_finding_observation_id", "finding", ["observation_id"], unique=False)
    op.create_table(
        "ignored_numeral",
        sa.Column("ignored_id", sa.String(length=24), nullable=False, comment="derived from file and place"),
        sa.Column("file_sha256", sa.String(length=64), nullable=False, comment="the file"),
        sa.Column("char_start", sa.Integer(), nullable=True, comment="reports: first character; null for sheets"),
        sa.Column("char_end", sa.Integer(), nullable=True, comment="reports: one past the last character"),
        sa.Column("sheet", sa.Text(), nullable=True, comment="sheets: name of the sheet"),
        sa.Column("cell", sa.String(length=16), nullable=True, comment="sheets: A1 address"),
        sa.Column("text", sa.Text(), nullable=False, comment="as printed"),
        sa.Column(
            "reason",
            sa.String(length=32),
            nullable=False,
            comment="why it is no figure: date, ordinal, name, idiom, header …",
        ),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_ignored_numeral_file_sha256")),
        sa.PrimaryKeyConstraint("ignored_id", name=op.f("pk_ignored_numeral")),
        comment="Numerals that are no figures, with the reason, so that every numeral of a file is accounted for.",
    )
    op.create_index("ix_ignored_numeral_file_sha256", "ignored_numeral", ["file_sha256"], unique=False)
    op.create_table(
        "observation",
        sa.Column(
            "observation_id", sa.String(length=24), nullable=False, comment="derived from the file's hash and the place"
        ),
        sa.Column("file_sha256", sa.String(length=64), nullable=False, comment="the file"),
        sa.Column(
            "char_start",
            sa.Integer(),
            nullable=True,
            comment="reports: first character of the figure in the text as read; null for sheets",
        ),
        sa.Column(
            "char_end", sa.Integer(), nullable=True, comment="reports: one past the last character; null for sheets"
        ),
        sa.Column(
            "sheet",
            sa.Text(),
            nullable=True,
            comment="sheets: name of the sheet (csv for a csv file); null for reports",
        ),
        sa.Column(
            "cell",
            sa.String(length=16),
            nullable=True,
            comment="sheets: A1 address (csv: column letter and record number); null for reports",
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="the figure exactly as printed"),
        sa.Column(
            "obs_value", sa.Numeric(), nullable=False, comment="the number in the base unit; of a range its lower end"
        ),
        sa.Column("unit", sa.Text(), nullable=True, comment="base unit in Chinese (人, 元, %, 百分点, 平方米)"),
        sa.Column("unit_measure", sa.String(length=32), nullable=True, comment="code of that unit in table unit"),
        sa.Column(
            "printed_mult", sa.Integer(), nullable=False, comment="power of ten of the printed multiplier (万: 4)"
        ),
        sa.Column("printed_decimals", sa.Integer(), nullable=False, comment="digits printed after the point"),
        sa.Column(
            "qualifier",
            sa.String(length=8),
            nullable=False,
            comment="eq, approx, gt (余/多/超), ge (以上), lt (近), le (以内)",
        ),
        sa.Column("obs_low", sa.Numeric(), nullable=True, comment="least value the print allows; null: open"),
        sa.Column("obs_high", sa.Numeric(), nullable=True, comment="greatest value the print allows; null: open"),
        sa.Column(
            "kind",
            sa.String(length=16),
            nullable=False,
            comment="count, money, share, growth, pp_change, rate, ratio, index, multiple, rank, duration, area, other",
        ),
        sa.Column(
            "direction", sa.String(length=8), nullable=True, comment="down for 下降/减少; the value stays as printed"
        ),
        sa.Column(
            "status",
            sa.String(length=16),
            nullable=False,
            comment="observed, target (plan) or standard (threshold, tariff)",
        ),
        sa.Column("time_type", sa.String(length=16), nullable=False, comment="point, period or cumulative"),
        sa.Column(
            "ref_area",
            sa.String(length=12),
            nullable=True,
            comment="GB/T 2260 code (9 digits: township; 100000: country); null: none or unknown",
        ),
        sa.Column("ref_area_name", sa.Text(), nullable=True, comment="the most specific place name the text supports"),
        sa.Column(
            "ref_entity",
            sa.Text(),
            nullable=True,
            comment="organisation or site, when the figure is not about the whole area",
        ),
        sa.Column(
            "time_period",
            sa.String(length=32),
            nullable=True,
            comment="ISO 8601 / SDMX: 2024, 2024-06, 2024-Q1, 2021/2025; null: unknown",
        ),
        sa.Column(
            "area_basis",
            sa.String(length=16),
            nullable=True,
            comment="what settled the area: text, section, article, publisher, manifest …",
        ),
        sa.Column("area_printed", sa.Text(), nullable=True, comment="the place as printed (全省, 盛泽镇)"),
        sa.Column(
            "area_unresolved", sa.Boolean(), nullable=False, comment="a place was printed that could not be resolved"
        ),
        sa.Column(
            "area_candidates",
            sa.JSON(),
            nullable=False,
            comment="ranked readings of an unresolved place: code, name, score, reason",
        ),
        sa.Column("period_basis", sa.String(length=16), nullable=True, comment="what settled the period"),
        sa.Column(
            "label",
            sa.Text(),
            nullable=False,
            comment="what is measured, in Chinese; for sheets the header path joined with a bar",
        ),
        sa.Column("breakdown", sa.JSON(), nullable=False, comment="sex, age, ownership and the like as an object"),
        sa.Column(
            "indicator", sa.String(length=64), nullable=True, comment="code in table indicator; null: not yet mapped"
        ),
        sa.Column(
            "series_key",
            sa.String(length=24),
            nullable=False,
            comment="what, where, whom, unit, kind; with time_period it names a fact",
        ),
        sa.Column("evidence", sa.Text(), nullable=False, comment="the sentence, or the row and column headers"),
        sa.Column("obs_status", sa.String(length=4), nullable=False, comment="SDMX CL_OBS_STATUS (A: normal)"),
        sa.Column("steps", sa.JSON(), nullable=False, comment="how the reading came about, one clause each"),
        sa.Column(
            "layout_confidence",
            sa.Float(),
            nullable=False,
            comment="sheets: how sure the roles of its table are, 0 to 1",
        ),
        sa.Column("run_id", sa.String(length=36), nullable=False, comment="run that wrote the row"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_observation_file_sha256")),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_observation_run_id")),
        sa.PrimaryKeyConstraint("observation_id", name=op.f("pk_observation")),
        comment="Accepted figures, one row per mention.",
    )
    op.create_index("ix_observation_file_sha256", "observation", ["file_sha256"], unique=False)
    op.create_index("ix_observation_indicator", "observation", ["indicator"], unique=False)
    op.create_index("ix_observation_series_key_time_period", "observation", ["series_key", "time_period"], unique=False)
    op.create_table(
        "quality_check",
        sa.Column("file_sha256", sa.String(length=64), nullable=False, comment="the file"),
        sa.Column("rule_id", sa.String(length=32), nullable=False, comment="rule of expectations/"),
        sa.Column(
            "rule_version", sa.String(length=12), nullable=False, comment="hash of the rule's type and arguments"
        ),
        sa.Column(
            "severity", sa.String(length=16), nullable=False, comment="what a failure does: block, quarantine or warn"
        ),
        sa.Column(
            "status",
            sa.String(length=16),
            nullable=False,
            comment="passed, failed, error, or not_applicable (no row of its kind)",
        ),
        sa.Column("candidates", sa.Integer(), nullable=False, comment="rows the rule speaks about"),
        sa.Column("evaluated", sa.Integer(), nullable=False, comment="of these, rows it could decide on"),
        sa.Column("failed", sa.Integer(), nullable=False, comment="of these, rows that do not meet it"),
        sa.Column("message", sa.Text(), nullable=False, comment="the error of a rule that crashed"),
        sa.Column("run_id", sa.String(length=36), nullable=False, comment="run of the check"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_quality_check_file_sha256")),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_quality_check_run_id")),
        sa.PrimaryKeyConstraint("file_sha256", "rule_id", name=op.f("pk_quality_check")),
        comment="What each rule evaluated in each file.",
    )
    op.create_table(
        "quarantine",
        sa.Column(
            "observation_id", sa.String(length=24), nullable=False, comment="derived from the file's hash and the place"
        ),
        sa.Column("file_sha256", sa.String(length=64), nullable=False, comment="the file"),
        sa.Column(
            "char_start",
            sa.Integer(),
            nullable=True,
            comment="reports: first character of the figure in the text as read; null for sheets",
        ),
        sa.Column(
            "char_end", sa.Integer(), nullable=True, comment="reports: one past the last character; null for sheets"
        ),
        sa.Column(
            "sheet",
            sa.Text(),
            nullable=True,
            comment="sheets: name of the sheet (csv for a csv file); null for reports",
        ),
        sa.Column(
            "cell",
            sa.String(length=16),
            nullable=True,
            comment="sheets: A1 address (csv: column letter and record number); null for reports",
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="the figure exactly as printed"),
        sa.Column(
            "obs_value", sa.Numeric(), nullable=False, comment="the number in the base unit; of a range its lower end"
        ),
        sa.Column("unit", sa.Text(), nullable=True, comment="base unit in Chinese (人, 元, %, 百分点, 平方米)"),
        sa.Column("unit_measure", sa.String(length=32), nullable=True, comment="code of that unit in table unit"),
        sa.Column(
            "printed_mult", sa.Integer(), nullable=False, comment="power of ten of the printed multiplier (万: 4)"
        ),
        sa.Column("printed_decimals", sa.Integer(), nullable=False, comment="digits printed after the point"),
        sa.Column(
            "qualifier",
            sa.String(length=8),
            nullable=False,
            comment="eq, approx, gt (余/多/超), ge (以上), lt (近), le (以内)",
        ),
        sa.Column("obs_low", sa.Numeric(), nullable=True, comment="least value the print allows; null: open"),
        sa.Column("obs_high", sa.Numeric(), nullable=True, comment="greatest value the print allows; null: open"),
        sa.Column(
            "kind",
            sa.String(length=16),
            nullable=False,
            comment="count, money, share, growth, pp_change, rate, ratio, index, multiple, rank, duration, area, other",
        ),
        sa.Column(
            "direction", sa.String(length=8), nullable=True, comment="down for 下降/减少; the value stays as printed"
        ),
        sa.Column(
            "status",
            sa.String(length=16),
            nullable=False,
            comment="observed, target (plan) or standard (threshold, tariff)",
        ),
        sa.Column("time_type", sa.String(length=16), nullable=False, comment="point, period or cumulative"),
        sa.Column(
            "ref_area",
            sa.String(length=12),
            nullable=True,
            comment="GB/T 2260 code (9 digits: township; 100000: country); null: none or unknown",
        ),
        sa.Column("ref_area_name", sa.Text(), nullable=True, comment="the most specific place name the text supports"),
        sa.Column(
            "ref_entity",
            sa.Text(),
            nullable=True,
            comment="organisation or site, when the figure is not about the whole area",
        ),
        sa.Column(
            "time_period",
            sa.String(length=32),
            nullable=True,
            comment="ISO 8601 / SDMX: 2024, 2024-06, 2024-Q1, 2021/2025; null: unknown",
        ),
        sa.Column(
            "area_basis",
            sa.String(length=16),
            nullable=True,
            comment="what settled the area: text, section, article, publisher, manifest …",
        ),
        sa.Column("area_printed", sa.Text(), nullable=True, comment="the place as printed (全省, 盛泽镇)"),
        sa.Column(
            "area_unresolved", sa.Boolean(), nullable=False, comment="a place was printed that could not be resolved"
        ),
        sa.Column(
            "area_candidates",
            sa.JSON(),
            nullable=False,
            comment="ranked readings of an unresolved place: code, name, score, reason",
        ),
        sa.Column("period_basis", sa.String(length=16), nullable=True, comment="what settled the period"),
        sa.Column(
            "label",
            sa.Text(),
            nullable=False,
            comment="what is measured, in Chinese; for sheets the header path joined with a bar",
        ),
        sa.Column("breakdown", sa.JSON(), nullable=False, comment="sex, age, ownership and the like as an object"),
        sa.Column(
            "indicator", sa.String(length=64), nullable=True, comment="code in table indicator; null: not yet mapped"
        ),
        sa.Column(
            "series_key",
            sa.String(length=24),
            nullable=False,
            comment="what, where, whom, unit, kind; with time_period it names a fact",
        ),
        sa.Column("evidence", sa.Text(), nullable=False, comment="the sentence, or the row and column headers"),
        sa.Column("obs_status", sa.String(length=4), nullable=False, comment="SDMX CL_OBS_STATUS (A: normal)"),
        sa.Column("steps", sa.JSON(), nullable=False, comment="how the reading came about, one clause each"),
        sa.Column(
            "layout_confidence",
            sa.Float(),
            nullable=False,
            comment="sheets: how sure the roles of its table are, 0 to 1",
        ),
        sa.Column("run_id", sa.String(length=36), nullable=False, comment="run that wrote the row"),
        sa.Column("state", sa.String(length=16), nullable=False, comment="open: waits for a reviewer"),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False, comment="when the row was first held"),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False, comment="when it was last found again"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_quarantine_file_sha256")),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_quarantine_run_id")),
        sa.PrimaryKeyConstraint("observation_id", name=op.f("pk_quarantine")),
        comment="Figures held back for a person, with the columns of observation. Table finding tells why.",
    )
    op.create_index("ix_quarantine_file_sha256", "quarantine", ["file_sha256"], unique=False)
    op.create_table(
        "relation",
        sa.Column("relation_id", sa.String(length=24), nullable=False, comment="derived from file, kind and places"),
        sa.Column("file_sha256", sa.String(length=64), nullable=False, comment="the file"),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="share, sum, product, growth, subset or equal"),
        sa.Column("members", sa.JSON(), nullable=False, comment="places of part, whole, share, parts, total, terms"),
        sa.Column(
            "computed_low", sa.Numeric(), nullable=True, comment="interval computed from the members; null: open"
        ),
        sa.Column("computed_high", sa.Numeric(), nullable=True, comment="its upper end; null: open"),
        sa.Column("verdict", sa.String(length=16), nullable=False, comment="holds, fails or undecidable"),
        sa.Column("arithmetic", sa.Text(), nullable=False, comment="the calculation written out, in Chinese"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_relation_file_sha256")),
        sa.PrimaryKeyConstraint("relation_id", name=op.f("pk_relation")),
        comment="Arithmetic that the source states or its table implies, judged on intervals.",
    )
    op.create_index("ix_relation_file_sha256", "relation", ["file_sha256"], unique=False)
    op.execute(CURRENT_OBSERVATION)
