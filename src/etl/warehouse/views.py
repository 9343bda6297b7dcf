"""The views: what analysts build on. Their names, columns and meanings are a contract (``docs/warehouse.md``).

They are made anew whenever their text differs from what the warehouse has, and are dropped before a migration runs:
a migration sees tables only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema

KEPT_AS = "views"
"""The row of ``reference_version`` that holds the hash of their text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view: its type is that of SQLAlchemy, its meaning is the analyst's documentation."""

    name: str
    type: Any
    meaning: str


@dataclass(frozen=True, slots=True)
class View:
    """A view, the same SQL on both databases; ``select`` gives its columns in this order."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    select: str

    @property
    def ddl(self) -> str:
        return f"create view {self.name} as\n{self.select.strip()}"

    def table(self) -> sa.TableClause:
        """For queries: with the types of its columns."""
        return sa.table(self.name, *(sa.column(c.name, c.type) for c in self.columns))


def own(table: sa.Table, *, without: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of a table as columns of a view."""
    left_out = frozenset(without)
    return tuple(Column(c.name, c.type, str(c.comment)) for c in table.columns if c.name not in left_out)


def listed(alias: str, columns: Sequence[Column]) -> str:
    """``o.observation_id, o.file_sha256, …``."""
    return ", ".join(f"{alias}.{c.name}" for c in columns)


READING = own(schema.observation, without=("version_from",))
"""What a figure was read as."""
TOLD = (
    Column("source", schema.Text(), "name of the file"),
    Column("source_title", schema.Text(), "its title, by manifest or metadata"),
    Column("publisher", schema.Text(), "who published it, by manifest"),
    Column("published_on", sa.String(10), "ISO 8601, as precisely as known, by manifest"),
)
"""What was told of its file."""

CURRENT_OBSERVATION = View(
    "current_observation",
    "Accepted observations of the files that are current (the latest content under at least one path): every mention "
    "of every fact.",
    (*own(schema.observation), *TOLD),
    f"""
select {listed("o", own(schema.observation))},
  f.name as source, f.title as source_title, f.publisher, f.published_on
from observation o
join source_file f on f.sha256 = o.file_sha256
where f.status = 'loaded'
  and exists (select 1 from file_arrival a where a.sha256 = f.sha256 and a.is_current)
""",  # noqa: S608 (names of our own)
)

OBSERVATION_READING = View(
    "observation_reading",
    "Every reading that was ever accepted: what observation holds now and observation_history held once.",
    (
        *own(schema.observation),
        Column("version_until", sa.BigInteger(), "change that ended it; null: it holds now"),
        Column("ended_by", sa.String(16), "as in observation_history; null: it holds now"),
    ),
    f"""
select {listed("o", own(schema.observation))},
  cast(null as bigint) as version_until, cast(null as varchar(16)) as ended_by
from observation o
union all
select {listed("h", own(schema.observation))}, h.version_until, h.ended_by
from observation_history h
""",  # noqa: S608 (names of our own)
)

OBSERVATION_AS_KNOWN = View(
    "observation_as_known",
    "What was known when: `where known_from <= D and (known_until is null or known_until > D)` gives the rows of "
    "current_observation as they were at time D, with `known_until is null` as they are now. An observation has a row "
    "for each time in which it, and what was told of its file, stayed the same.",
    (
        *READING,
        *TOLD,
        Column("version_from", sa.BigInteger(), "change with which it became known so"),
        Column("version_until", sa.BigInteger(), "change that ended it; null: it holds now"),
        Column("known_from", schema.UTC, "when it became known (UTC)"),
        Column("known_until", schema.UTC, "when it ceased to hold; null: it holds now"),
        Column(
            "ended_by",
            sa.String(16),
            "null: it holds now; file: other content took the file's path, or the manifest told otherwise of it; "
            "else as in observation_history",
        ),
    ),
    f"""
select {listed("k", (*READING, *TOLD))}, k.version_from, k.version_until,
  c.changed_at as known_from, u.changed_at as known_until,
  case when k.version_until is null then null when k.version_until = k.row_until then k.row_ended_by else 'file' end
    as ended_by
from (
  select {listed("r", READING)},
    e.name as source, e.title as source_title, e.publisher, e.published_on,
    case when e.version_from > r.version_from then e.version_from else r.version_from end as version_from,
    case when r.version_until is null then e.version_until
         when e.version_until is null or e.version_until > r.version_until then r.version_until
         else e.version_until end as version_until,
    r.version_until as row_until, r.ended_by as row_ended_by
  from observation_reading r
  join file_edition e on e.file_sha256 = r.file_sha256
    and (e.version_until is null or e.version_until > r.version_from)
    and (r.version_until is null or r.version_until > e.version_from)
) k
join warehouse_change c on c.version = k.version_from
left join warehouse_change u on u.version = k.version_until
""",  # noqa: S608 (names of our own)
)

FACT_MENTION = View(
    "fact_mention",
    "Every current mention of every fact (series_key and time_period) with its standing in the order of precedence: "
    "greater `precedence` wins, then the one known later.",
    (
        *CURRENT_OBSERVATION.columns,
        Column("speaks_for", sa.String(16), "whose area it is, seen from the publisher: own, above, unknown or other"),
        Column("finality", sa.String(16), "final, bulletin, unmarked or provisional, by title and name of the file"),
        Column("publisher_class", sa.String(16), "statistics, government, unmarked or media, by the publisher's name"),
        Column("form", sa.String(16), "sheet or prose"),
        Column("precedence", sa.BigInteger(), "rank by reference/source_precedence.yaml"),
    ),
    f"""
select {listed("m", CURRENT_OBSERVATION.columns)}, m.speaks_for, m.finality, m.publisher_class, m.form,
  case m.speaks_for when 'own' then m.rank_own when 'above' then m.rank_above
                    when 'unknown' then m.rank_unknown else m.rank_other end as precedence
from (
  select {listed("c", CURRENT_OBSERVATION.columns)}, p.finality, p.publisher_class, p.form,
    p.rank_own, p.rank_above, p.rank_unknown, p.rank_other,
    case when p.region_code is null or c.ref_area is null then 'unknown'
         when c.ref_area = p.region_code then 'own'
         when substr(c.ref_area, 1, length(p.region_prefix)) = p.region_prefix then 'above'
         else 'other' end as speaks_for
  from current_observation c
  join file_precedence p on p.file_sha256 = c.file_sha256
) m
""",  # noqa: S608 (names of our own)
)

FACT = View(
    "fact",
    "The current values, one row for each fact: the mention that wins by reference/source_precedence.yaml, how many "
    "there are and whether they contradict each other. Start here. A figure of unknown period is a fact of its own.",
    (
        *FACT_MENTION.columns,
        Column("mentions", sa.Integer(), "current mentions of the fact"),
        Column(
            "is_contradicted",
            sa.Boolean(),
            "no value lies in the intervals of all mentions: see view contradiction",
        ),
    ),
    f"""
select {listed("m", FACT_MENTION.columns)},
  case when m.time_period is null then 1 else (
    select count(*) from fact_mention n where n.series_key = m.series_key and n.time_period = m.time_period
  ) end as mentions,
  coalesce((
    select max(n.obs_low) > min(n.obs_high) from fact_mention n
    where n.series_key = m.series_key and n.time_period = m.time_period
  ), false) as is_contradicted
from fact_mention m
where not exists (
  select 1 from fact_mention b
  where b.series_key = m.series_key and b.time_period = m.time_period
    and (b.precedence > m.precedence
         or b.precedence = m.precedence and b.version_from > m.version_from
         or b.precedence = m.precedence and b.version_from = m.version_from and b.observation_id < m.observation_id)
)
""",  # noqa: S608 (names of our own)
)

CONTRADICTION = View(
    "contradiction",
    "Pairs of current mentions of the same fact that can't both be true: their intervals do not meet (7.6万 and 76,012 "
    "do). `higher_wins` tells which of the two has precedence.",
    (
        Column("series_key", sa.String(24), "with time_period: the fact"),
        Column("time_period", sa.String(32), "the period"),
        Column("indicator", sa.String(64), "code in table indicator; null: not yet mapped"),
        Column("label", schema.Text(), "what is measured"),
        Column("ref_area", sa.String(12), "GB/T 2260 code"),
        Column("ref_area_name", schema.Text(), "name of the area"),
        Column("unit", schema.Text(), "base unit"),
        Column("higher_id", sa.String(24), "observation with the higher value"),
        Column("higher_value", schema.Exact(), "its value"),
        Column("higher_source", schema.Text(), "its file"),
        Column("higher_published_on", sa.String(10), "when that was published"),
        Column("lower_id", sa.String(24), "observation with the lower value"),
        Column("lower_value", schema.Exact(), "its value"),
        Column("lower_source", schema.Text(), "its file"),
        Column("lower_published_on", sa.String(10), "when that was published"),
        Column("gap", schema.Exact(), "how far the intervals are apart, in the base unit"),
        Column("same_file", sa.Boolean(), "both stand in one file"),
        Column("higher_wins", sa.Boolean(), "the higher one has precedence"),
    ),
    """
select a.series_key, a.time_period, a.indicator, a.label, a.ref_area, a.ref_area_name, a.unit,
  a.observation_id as higher_id, a.obs_value as higher_value, a.source as higher_source,
  a.published_on as higher_published_on,
  b.observation_id as lower_id, b.obs_value as lower_value, b.source as lower_source,
  b.published_on as lower_published_on,
  a.obs_low - b.obs_high as gap, a.file_sha256 = b.file_sha256 as same_file,
  case when a.precedence <> b.precedence then a.precedence > b.precedence
       when a.version_from <> b.version_from then a.version_from > b.version_from
       else a.observation_id < b.observation_id end as higher_wins
from fact_mention a
join fact_mention b on b.series_key = a.series_key and b.time_period = a.time_period and a.obs_low > b.obs_high
""",
)

SERIES = View(
    "series",
    "One row for each series and frequency, with what it covers.",
    (
        Column("series_key", sa.String(24), "the series"),
        Column("frequency", sa.String(8), "A year, S half-year, Q quarter, M month, D day, range, or other"),
        Column("indicator", sa.String(64), "code in table indicator; null: not yet mapped"),
        Column("label", schema.Text(), "what is measured, as one of its mentions puts it"),
        Column("ref_area", sa.String(12), "GB/T 2260 code; null: none or unknown"),
        Column("ref_area_name", schema.Text(), "name of the area"),
        Column("ref_entity", schema.Text(), "organisation or site, when it is not about the whole area"),
        Column("unit", schema.Text(), "base unit"),
        Column("kind", sa.String(16), "count, money, share …"),
        Column("status", sa.String(16), "observed, target or standard"),
        Column("time_type", sa.String(16), "point, period or cumulative"),
        Column("first_period", sa.String(32), "earliest period"),
        Column("last_period", sa.String(32), "latest period"),
        Column("periods", sa.Integer(), "periods with a value"),
        Column("gaps", sa.Integer(), "periods without one between the first and the last; null: frequency D or none"),
        Column("mentions", sa.Integer(), "current mentions"),
        Column("contradicted", sa.Integer(), "periods whose mentions contradict each other"),
        Column("sources", sa.Integer(), "files that the current values are from"),
    ),
    """
select s.series_key, s.frequency, min(s.indicator) as indicator, min(s.label) as label, min(s.ref_area) as ref_area,
  min(s.ref_area_name) as ref_area_name, min(s.ref_entity) as ref_entity, min(s.unit) as unit, min(s.kind) as kind,
  min(s.status) as status, min(s.time_type) as time_type,
  min(s.time_period) as first_period, max(s.time_period) as last_period, count(*) as periods,
  max(s.position) - min(s.position) + 1 - count(s.position) as gaps,
  sum(s.mentions) as mentions, sum(case when s.is_contradicted then 1 else 0 end) as contradicted,
  count(distinct s.file_sha256) as sources
from (
  select f.*,
    case f.frequency when 'A' then f.year when 'S' then f.year * 2 + cast(substr(f.time_period, 7, 1) as integer)
      when 'Q' then f.year * 4 + cast(substr(f.time_period, 7, 1) as integer)
      when 'M' then f.year * 12 + cast(substr(f.time_period, 6, 2) as integer) end as position
  from (
    select f.*, cast(substr(f.time_period, 1, 4) as integer) as year,
      case when f.time_period like '%/%' then 'range' when length(f.time_period) = 4 then 'A'
        when f.time_period like '____-Q_' then 'Q' when f.time_period like '____-S_' then 'S'
        when length(f.time_period) = 7 then 'M' when length(f.time_period) = 10 then 'D' else 'other' end as frequency
    from fact f
    where f.time_period is not null
  ) f
) s
group by s.series_key, s.frequency
""",
)

INDICATOR_VALUE = View(
    "indicator_value",
    "Current values of the catalogue's indicators by region and period, long: observed figures of whole areas with a "
    "code. Wide by year it is part of the exports, as its columns are the years there are.",
    (
        Column("indicator", sa.String(64), "code in table indicator"),
        Column("indicator_name", schema.Text(), "its name"),
        Column("indicator_group", schema.Text(), "group of the catalogue"),
        Column("province", sa.String(12), "code of the province"),
        Column("province_name", schema.Text(), "its name today"),
        Column("ref_area", sa.String(12), "GB/T 2260 code"),
        Column("ref_area_name", schema.Text(), "name as the source puts it"),
        Column("region_name", schema.Text(), "official name; the latest where it changed"),
        Column("region_level", sa.String(16), "country, province, city, county, township"),
        Column("time_period", sa.String(32), "ISO 8601 / SDMX"),
        Column("year", sa.Integer(), "its (first) year"),
        Column("time_type", sa.String(16), "point, period or cumulative"),
        Column("breakdown", sa.JSON(), "sex, age, ownership and the like as an object"),
        Column("kind", sa.String(16), "count, money, share …"),
        Column("obs_value", schema.Exact(), "the current value, in the base unit"),
        Column("obs_low", schema.Exact(), "least value the print allows; null: open"),
        Column("obs_high", schema.Exact(), "greatest value the print allows; null: open"),
        Column("unit", schema.Text(), "base unit"),
        Column("direction", sa.String(8), "down for 下降/减少; the value stays as printed"),
        Column("mentions", sa.Integer(), "current mentions of the fact"),
        Column("is_contradicted", sa.Boolean(), "no value lies in the intervals of all mentions"),
        Column("source", schema.Text(), "file that the value is from"),
        Column("publisher", schema.Text(), "who published it"),
        Column("published_on", sa.String(10), "when"),
        Column("series_key", sa.String(24), "the series"),
        Column("observation_id", sa.String(24), "the mention: etl explain tells all of it"),
    ),
    """
select f.indicator, i.name_zh as indicator_name, i.indicator_group,
  case when f.ref_area = '100000' then null else substr(f.ref_area, 1, 2) || '0000' end as province,
  p.name as province_name, f.ref_area, f.ref_area_name, r.name as region_name, r.level as region_level,
  f.time_period, cast(substr(f.time_period, 1, 4) as integer) as year, f.time_type, f.breakdown, f.kind,
  f.obs_value, f.obs_low, f.obs_high, f.unit, f.direction, f.mentions, f.is_contradicted,
  f.source, f.publisher, f.published_on, f.series_key, f.observation_id
from fact f
join indicator i on i.code = f.indicator
left join (select code, max(valid_from) as valid_from from region group by code) l on l.code = f.ref_area
left join region r on r.code = l.code and r.valid_from = l.valid_from
left join (select code, max(valid_from) as valid_from from region group by code) q
  on q.code = substr(f.ref_area, 1, 2) || '0000' and f.ref_area <> '100000'
left join region p on p.code = q.code and p.valid_from = q.valid_from
where f.status = 'observed' and f.ref_entity is null and f.ref_area is not null and f.time_period is not null
""",
)

REVISION = View(
    "revision",
    "Where what was known changed: a place was read otherwise (reread, decision), other content came under the same "
    "path (reissued; without a new value: it no longer states the fact), or the same publisher published another value "
    "later (edition).",
    (
        Column("version", sa.BigInteger(), "change with which the new value became known"),
        Column("revised_at", schema.UTC, "when that was (UTC)"),
        Column("reason", sa.String(16), "reread, decision, reissued or edition"),
        Column("series_key", sa.String(24), "the series"),
        Column("time_period", sa.String(32), "the period; null: unknown"),
        Column("indicator", sa.String(64), "code in table indicator; null: not yet mapped"),
        Column("label", schema.Text(), "what is measured"),
        Column("ref_area", sa.String(12), "GB/T 2260 code"),
        Column("ref_area_name", schema.Text(), "name of the area"),
        Column("unit", schema.Text(), "base unit"),
        Column("old_value", schema.Exact(), "value before"),
        Column("new_value", schema.Exact(), "value after; null: not stated any more"),
        Column("intervals_meet", sa.Boolean(), "both can be true: 7.6万 became 76,012; null: no new value"),
        Column("old_id", sa.String(24), "observation before"),
        Column("new_id", sa.String(24), "observation after"),
        Column("old_source", schema.Text(), "file before"),
        Column("new_source", schema.Text(), "file after"),
        Column("old_sha256", sa.String(64), "its hash"),
        Column("new_sha256", sa.String(64), "its hash"),
    ),
    """
select v.version, c.changed_at as revised_at, v.reason,
  o.series_key, o.time_period, o.indicator, o.label, o.ref_area, o.ref_area_name, o.unit,
  o.obs_value as old_value, n.obs_value as new_value,
  case when n.observation_id is null then null
    else not (coalesce(o.obs_low > n.obs_high, false) or coalesce(n.obs_low > o.obs_high, false)) end as intervals_meet,
  o.observation_id as old_id, n.observation_id as new_id, fo.name as old_source, fn.name as new_source,
  o.file_sha256 as old_sha256, v.new_sha256
from (
  select h.version_until as version, h.ended_by as reason, h.observation_id as old_id, h.version_from as old_from,
    r.observation_id as new_id, r.version_from as new_from, r.file_sha256 as new_sha256
  from observation_history h
  join observation_reading r on r.observation_id = h.observation_id and r.version_from = h.version_until
  where h.ended_by in ('reread', 'decision')
    and (h.obs_value <> r.obs_value or h.series_key <> r.series_key
         or coalesce(h.time_period, '') <> coalesce(r.time_period, ''))
  union all
  select x.version, 'reissued', x.old_id, x.old_from, r.observation_id, r.version_from, x.new_sha256
  from (
    select b.version_from as version, o.observation_id as old_id, o.version_from as old_from, b.sha256 as new_sha256,
      o.series_key, o.time_period, o.obs_value
    from file_arrival a
    join file_arrival b on b.path = a.path and b.version_from = a.version_until and b.sha256 <> a.sha256
    join observation_reading o on o.file_sha256 = a.sha256 and o.version_from < b.version_from
      and (o.version_until is null or o.version_until >= b.version_from)
  ) x
  left join observation_reading r on r.file_sha256 = x.new_sha256 and r.series_key = x.series_key
    and r.time_period = x.time_period and r.version_from <= x.version
    and (r.version_until is null or r.version_until > x.version)
  where not exists (
    select 1 from observation_reading s where s.file_sha256 = x.new_sha256 and s.series_key = x.series_key
      and s.time_period = x.time_period and s.obs_value = x.obs_value and s.version_from <= x.version
      and (s.version_until is null or s.version_until > x.version)
  )
  union all
  select e.version_from, 'edition', e.old_id, e.old_from, e.observation_id, e.version_from, e.file_sha256
  from (
    select m.observation_id, m.version_from, m.file_sha256, m.obs_value, m.publisher, m.published_on,
      lag(m.observation_id) over w as old_id, lag(m.version_from) over w as old_from,
      lag(m.obs_value) over w as old_value, lag(m.published_on) over w as old_published_on
    from current_observation m
    where m.publisher is not null and m.published_on is not null and m.time_period is not null
    window w as (partition by m.publisher, m.series_key, m.time_period
                 order by m.published_on, m.version_from, m.observation_id)
  ) e
  where e.old_value <> e.obs_value and e.old_published_on < e.published_on
) v
join observation_reading o on o.observation_id = v.old_id and o.version_from = v.old_from
left join observation_reading n on n.observation_id = v.new_id and n.version_from = v.new_from
join source_file fo on fo.sha256 = o.file_sha256
left join source_file fn on fn.sha256 = v.new_sha256
join warehouse_change c on c.version = v.version
""",
)

LINEAGE = View(
    "lineage",
    "From any value, loaded, held or superseded, to its file, its place in it, the run and the versions that read it, "
    "and the decision that changed it. View lineage_check has its checks.",
    (
        Column("observation_id", sa.String(24), "the figure"),
        Column("state", sa.String(16), "loaded, held or superseded"),
        Column("obs_value", schema.Exact(), "value in the base unit"),
        Column("unit", schema.Text(), "base unit"),
        Column("text", schema.Text(), "the figure exactly as printed"),
        Column("file_sha256", sa.String(64), "the file; under this hash it lies in the archive"),
        Column("source", schema.Text(), "its name"),
        Column("path", schema.Text(), "a path under which it came"),
        Column("publisher", schema.Text(), "who published it"),
        Column("published_on", sa.String(10), "when"),
        Column("place", schema.Text(), "sheet!cell, or first and last character"),
        Column("evidence", schema.Text(), "the sentence, or the row and column headers"),
        Column("steps", sa.JSON(), "how the reading came about, one clause each"),
        Column("version_from", sa.BigInteger(), "change with which this reading came"),
        Column("known_from", schema.UTC, "when that was (UTC)"),
        Column("action", sa.String(16), "what brought it: read, recheck, decision, upgrade"),
        Column("version_until", sa.BigInteger(), "change that ended it; null: it holds now"),
        Column("ended_by", sa.String(16), "as in observation_history"),
        Column("run_id", sa.String(36), "run that wrote it"),
        Column("run_started_at", schema.UTC, "when that run started"),
        Column("gongbao_version", sa.String(32), "version of Gongbao"),
        Column("reader", sa.String(32), "reader and version"),
        Column("extractor", sa.String(32), "extractor and version"),
        Column("decision_id", sa.String(24), "the reviewer's decision; null: none"),
        Column("decision_kind", sa.String(16), "accept, correct, reject, map or undo"),
        Column("decided_by", schema.Text(), "who decided"),
        Column("decided_at", schema.UTC, "when"),
        Column("decision_reason", schema.Text(), "why"),
    ),
    """
select x.observation_id, x.state, x.obs_value, x.unit, x.text, x.file_sha256, f.name as source, a.path, f.publisher,
  f.published_on,
  case when x.cell is null then cast(x.char_start as text) || '-' || cast(x.char_end as text)
       else x.sheet || '!' || x.cell end as place,
  x.evidence, x.steps, x.version_from, c.changed_at as known_from, c.action, x.version_until, x.ended_by,
  x.run_id, r.started_at as run_started_at, r.version as gongbao_version,
  coalesce(c.reader, f.reader) as reader, coalesce(c.extractor, f.extractor) as extractor,
  x.decision_id, d.kind as decision_kind, d.decided_by, d.decided_at, d.reason as decision_reason
from (
  select case when version_until is null then 'loaded' else 'superseded' end as state,
    observation_id, obs_value, unit, text, file_sha256, sheet, cell, char_start, char_end, evidence, steps,
    version_from, version_until, ended_by, run_id, decision_id
  from observation_reading
  union all
  select 'held', observation_id, obs_value, unit, text, file_sha256, sheet, cell, char_start, char_end, evidence, steps,
    version_from, cast(null as bigint), cast(null as varchar(16)), run_id, decision_id
  from quarantine
) x
join source_file f on f.sha256 = x.file_sha256
left join (select sha256, min(path) as path from file_arrival group by sha256) a on a.sha256 = x.file_sha256
left join warehouse_change c on c.version = x.version_from
join ingest_run r on r.run_id = x.run_id
left join decision d on d.decision_id = x.decision_id
""",
)

LINEAGE_CHECK = View(
    "lineage_check",
    "The rules that were evaluated in the file of a value, and what each said of the value itself.",
    (
        Column("observation_id", sa.String(24), "the figure, loaded or held"),
        Column("rule_id", sa.String(32), "rule of expectations/"),
        Column("rule_version", sa.String(12), "hash of the rule's type and arguments"),
        Column("severity", sa.String(16), "what a failure does: block, quarantine or warn"),
        Column("outcome", sa.String(16), "not met: by this value; met: by all of its file; elsewhere: others failed"),
        Column("message", schema.Text(), "what is wrong with it, in Chinese; null: nothing"),
        Column("run_id", sa.String(36), "run of the check"),
    ),
    """
select x.observation_id, q.rule_id, q.rule_version, q.severity,
  case when n.finding_id is not null then 'not met' when q.failed = 0 then 'met' else 'elsewhere' end as outcome,
  n.message, q.run_id
from (
  select observation_id, file_sha256 from observation
  union all
  select observation_id, file_sha256 from quarantine
) x
join quality_check q on q.file_sha256 = x.file_sha256 and q.candidates > 0
left join finding n on n.observation_id = x.observation_id and n.rule_id = q.rule_id
""",
)

CONTRACT_VERSION = "1.0"
"""Of the views' columns and meanings: greater before the point when one is dropped, renamed or retyped, after it when
one is added (``etl.warehouse.contract``)."""

WAREHOUSE_VERSION = View(
    "warehouse_version",
    "One row: the version of the contract, and that of the warehouse, which grows with every change.",
    (
        Column("contract_version", sa.String(16), "of names, types and meanings of the views' columns"),
        Column("version", sa.BigInteger(), "greatest version in warehouse_change; 0: empty"),
        Column("changed_at", schema.UTC, "when the last change was made"),
    ),
    f"""
select cast('{CONTRACT_VERSION}' as varchar(16)) as contract_version, coalesce(max(version), 0) as version,
  max(changed_at) as changed_at
from warehouse_change
""",  # noqa: S608 (a constant of our own)
)

VIEWS = (
    CURRENT_OBSERVATION,
    FACT_MENTION,
    FACT,
    CONTRADICTION,
    SERIES,
    INDICATOR_VALUE,
    OBSERVATION_READING,
    OBSERVATION_AS_KNOWN,
    REVISION,
    LINEAGE,
    LINEAGE_CHECK,
    WAREHOUSE_VERSION,
)
"""In the order in which they are made: a view stands after those it uses."""


@cache
def _text_hash() -> str:
    return hashlib.sha256("\0".join(view.ddl for view in VIEWS).encode()).hexdigest()


def refresh(connection: sa.Connection) -> None:
    """Make the views anew when they are not those of this version."""
    version = schema.reference_version
    held = connection.execute(sa.select(version.c.content_hash).where(version.c.name == KEPT_AS)).scalar()
    if held == _text_hash():
        return
    drop(connection)
    for view in VIEWS:
        connection.execute(sa.text(view.ddl))
    connection.execute(version.insert(), {"name": KEPT_AS, "content_hash": _text_hash()})


def drop(connection: sa.Connection) -> None:
    """Take the views away; nothing to do where an earlier version made them in its migrations."""
    if not sa.inspect(connection).has_table("reference_version"):
        return
    version = schema.reference_version
    if not connection.execute(version.delete().where(version.c.name == KEPT_AS)).rowcount:
        return
    for view in reversed(VIEWS):
        connection.exec_driver_sql(f"drop view if exists {view.name}")
