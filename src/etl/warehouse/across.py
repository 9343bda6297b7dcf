"""What the facts of all files together contradict: a check of the whole warehouse, part of ``etl recheck``.

Four rules, all told and never held (``warn``): the same fact with two values in two files, a part larger than its whole
in another file, a district above its city or districts that do not add up to it, a printed growth that the values of
the two periods do not give. They look at ``current_observation`` alone and replace all their findings at once, so the
result depends on what is in the warehouse and not on the order in which it came. Each is one statement over an indexed
copy of the facts; what it returns is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from etl.contract import plain
from etl.model import Finding
from etl.normalise.indicators import growth_of, normal_label
from etl.warehouse import schema
from etl.warehouse.load import finding_rows
from etl.warehouse.write import insert

SAME, PART, REGION, GROWTH = "ACROSS-SAME", "ACROSS-PART", "ACROSS-REGION", "ACROSS-GROWTH"
RULES = (SAME, PART, REGION, GROWTH)
MAX_ROWS = 5000
"""Rows that one rule may return: past that the first ones, by place and time, are enough to see what is wrong."""
MAX_PAIRS = 300
"""Labels of growths whose values are looked for."""
SHOWN = 6
"""Figures written out in one line of arithmetic."""

_FACTS = """
create temporary table across_fact as
select o.observation_id, o.file_sha256, o.source, o.series_key, coalesce(o.indicator, o.label) as measure, o.indicator,
       o.label, o.ref_area, o.ref_area_name, o.time_period, o.time_type, substr(o.time_period, 1, 4) as year, o.unit,
       o.kind, o.direction, cast(o.breakdown as text) as breakdown, o.text, o.obs_value, o.obs_low, o.obs_high
from current_observation o
where o.status = 'observed' and o.ref_entity is null and o.time_period is not null and o.ref_area is not null
  and (o.indicator is not null or length(o.label) >= 4)
"""
_SIZE = """kind in ('count', 'money', 'area', 'other') and label not like '%均%' and label not like '%率%'
  and label not like '%价%' and label not like '%密度%' and label not like '%指数%'"""
"""Averages and prices of a part can be above those of the whole."""
_SAME_TIME = """{b}.time_period = {a}.time_period and {b}.time_type = {a}.time_type and {b}.unit = {a}.unit
  and {b}.kind = {a}.kind"""
_ALIKE = _SAME_TIME + " and {b}.breakdown = {a}.breakdown"
_VALID = "(r.valid_from = '' or r.valid_from <= {year}) and (r.valid_to = '' or r.valid_to >= {year})"

_SAME = f"""
select f.* from across_fact f join (
  select series_key, time_period from across_fact group by series_key, time_period
  having count(distinct file_sha256) > 1 and max(obs_low) > min(obs_high)
) g on g.series_key = f.series_key and g.time_period = f.time_period
order by f.series_key, f.time_period, f.source, f.observation_id limit {MAX_ROWS}
"""  # noqa: S608
_PARTS = f"""
select p.*, w.ref_area_name as whole_area, w.label as whole_label, w.text as whole_text, w.unit as whole_unit,
       w.obs_value as whole_value, w.source as whole_source
from across_fact p
join indicator i on i.code = p.indicator and i.part_of is not null
join across_fact w on w.indicator = i.part_of and w.ref_area = p.ref_area and {_SAME_TIME.format(a="p", b="w")}
  and w.breakdown in (p.breakdown, '{{}}')
where p.file_sha256 <> w.file_sha256 and p.obs_low > w.obs_high
order by p.ref_area, p.time_period, p.observation_id, w.source, w.observation_id limit {MAX_ROWS}
"""  # noqa: S608
_DISTRICTS = f"""
select p.*, w.ref_area_name as whole_area, w.label as whole_label, w.text as whole_text, w.unit as whole_unit,
       w.obs_value as whole_value, w.source as whole_source
from across_fact p
join region r on r.code = p.ref_area and {_VALID.format(year="p.year")}
join across_fact w on w.measure = p.measure and w.ref_area = r.parent and {_ALIKE.format(a="p", b="w")}
where p.file_sha256 <> w.file_sha256 and p.obs_low > w.obs_high and p.{_SIZE.replace(" label", " p.label")}
order by p.ref_area, p.time_period, p.observation_id, w.source, w.observation_id limit {MAX_ROWS}
"""  # noqa: S608
_HULLS = f"""
create temporary table across_hull as
select measure, breakdown, unit, kind, time_type, time_period, year, ref_area, min(ref_area_name) as name,
       min(obs_low) as low, max(obs_high) as high, min(obs_value) as value,
       min(file_sha256) as first_file, max(file_sha256) as last_file
from across_fact where {_SIZE}
group by measure, breakdown, unit, kind, time_type, time_period, year, ref_area
having count(*) = count(obs_low) and count(*) = count(obs_high)
"""  # noqa: S608
_CITIES = f"""
select f.observation_id, f.file_sha256, f.ref_area_name, f.time_period, f.label, f.text, f.unit, f.obs_value,
       s.ref_area, s.low, s.high
from (
  select w.ref_area, w.measure, w.breakdown, w.unit, w.kind, w.time_type, w.time_period, sum(c.low) as low,
         sum(c.high) as high
  from across_hull w
  join region r on r.parent = w.ref_area and {_VALID.format(year="w.year")}
  join across_hull c on c.ref_area = r.code and c.measure = w.measure and {_ALIKE.format(a="w", b="c")}
  group by w.ref_area, w.measure, w.breakdown, w.unit, w.kind, w.time_type, w.time_period, w.year, w.low, w.high
  having count(*) > 1 and (sum(c.low) > w.high or sum(c.high) < w.low)
     and (min(c.first_file) <> min(w.first_file) or max(c.last_file) <> max(w.last_file))
     and count(distinct c.ref_area) = (
       select count(distinct r.code) from region r where r.parent = w.ref_area and {_VALID.format(year="w.year")}
     )
) s
join across_fact f on f.ref_area = s.ref_area and f.measure = s.measure and {_ALIKE.format(a="s", b="f")}
order by f.ref_area, f.time_period, f.observation_id limit {MAX_ROWS}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Told:
    """A finding and the file that it stands in."""

    sha256: str
    finding: Finding


def reconcile_files(engine: sa.Engine) -> int:
    """Replace the findings across files by those of today's rows, in one transaction; how many there are."""
    with engine.begin() as connection:
        told = list(_once(_all(connection)))
        finding = schema.finding
        connection.execute(finding.delete().where(finding.c.rule_id.in_(RULES)))
        by_file = sorted(told, key=lambda t: t.sha256)
        for sha256, group in groupby(by_file, key=lambda t: t.sha256):
            insert(connection, finding, finding_rows(sha256, [t.finding for t in group]))
        for table in ("across_fact", "across_hull"):
            connection.execute(sa.text(f"drop table {table}"))
    return len(told)


def count_across(engine: sa.Engine) -> int:
    """How many findings of this kind there are."""
    finding = schema.finding
    count = sa.select(sa.func.count()).select_from(finding).where(finding.c.rule_id.in_(RULES))
    with engine.connect() as connection:
        return connection.execute(count).scalar_one()


def _once(told: Iterable[Told]) -> Iterator[Told]:
    """One finding of a rule for a row: the first counterpart shows what is wrong."""
    seen = set()
    for t in told:
        key = (t.finding.rule_id, t.finding.observation_id)
        if key not in seen:
            seen.add(key)
            yield t


def _all(connection: sa.Connection) -> Iterator[Told]:
    connection.execute(sa.text(_FACTS))
    for columns in ("series_key, time_period", "ref_area, measure, time_period", "ref_area, indicator, time_period"):
        name = "ix_across_" + columns.replace(", ", "_")
        connection.execute(sa.text(f"create index {name} on across_fact ({columns})"))
    connection.execute(sa.text(_HULLS))
    connection.execute(sa.text("create index ix_across_hull on across_hull (ref_area, measure, time_period)"))
    yield from _same(connection)
    for row in _rows(connection, _PARTS):
        yield _told(row, PART, "部分大于整体", f"{_figure(row)} > {_whole(row)}", "核对两份文件的口径、单位与区划")
    for row in _rows(connection, _DISTRICTS):
        yield _told(row, REGION, "下级区划大于上级", f"{_figure(row)} > {_whole(row)}", "核对两份文件的口径与单位")
    for row in _rows(connection, _CITIES):
        low, high = plain(Decimal(str(row["low"]))), plain(Decimal(str(row["high"])))
        added = f"{low}{row['unit']}" if low == high else f"{low}—{high}{row['unit']}"
        arithmetic = f"{row['ref_area_name']}所辖区划全部之和 {added}，应为 {_figure(row)}"
        yield _told(row, REGION, "所辖区划之和与合计不符", arithmetic, "核对各区划与合计是否同一口径")
    yield from _growths(connection)


def _rows(connection: sa.Connection, statement: str, **values: Any) -> Sequence[sa.RowMapping]:
    return connection.execute(sa.text(statement), values).mappings().all()


def _told(row: sa.RowMapping, rule: str, what: str, arithmetic: str, suggestion: str) -> Told:
    finding = Finding(rule, "warn", f"{what}：{arithmetic}", row["observation_id"], arithmetic, suggestion)
    return Told(row["file_sha256"], finding)


def _when(row: sa.RowMapping) -> str:
    period = row["time_period"]
    return f"{period}年" if len(period) == 4 else f"（{period}）"


def _figure(row: sa.RowMapping) -> str:
    return f"{row['ref_area_name']}{_when(row)}{row['label']} {plain(_exact(row['obs_value']))}{row['unit']}"


def _whole(row: sa.RowMapping) -> str:
    value = plain(_exact(row["whole_value"]))
    return f"{row['whole_area']}{row['whole_label']} {value}{row['whole_unit']}（{row['whole_source']}）"


def _exact(value: Any) -> Decimal:
    """A number of a temporary table, whose columns have no type of ours."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _same(connection: sa.Connection) -> Iterator[Told]:
    rows = _rows(connection, _SAME)
    for _, group in groupby(rows, key=lambda r: (r["series_key"], r["time_period"])):
        members = list(group)
        shown = [f"{plain(_exact(r['obs_value']))}{r['unit'] or ''}（{r['source']}）" for r in members]
        values = " ≠ ".join(list(dict.fromkeys(shown))[:SHOWN])
        first = members[0]
        arithmetic = f"{first['ref_area_name']}{_when(first)}{first['label']}：{values}"
        for row in members:
            yield _told(row, SAME, "同一事实在不同文件中数值不一致", arithmetic, "以较新版本或发布单位自己的数字为准")


# ---------------------------------------------------------------- growth


def _growths(connection: sa.Connection) -> Iterator[Told]:
    """Printed growths of counted things against the values of both periods; values in money grow in real terms."""
    labels = "select distinct label from across_fact where kind = :kind order by label"
    grown = [row["label"] for row in _rows(connection, labels, kind="growth")]
    growing = [(form, label) for label in grown if (form := growth_of(normal_label(label)))]
    counted = [row["label"] for row in _rows(connection, labels, kind="count")] if growing else []
    levels = {normal_label(label): label for label in counted}
    pairs = [(label, levels[form]) for form, label in growing if form in levels][:MAX_PAIRS]
    earlier = "cast(cast(g.year as integer) - 1 as varchar(4)) || substr(g.time_period, 5)"
    statement = f"""
    select g.*, n.obs_value as new_value, n.unit as new_unit, n.source as new_source, o.obs_value as old_value,
           n.obs_low as new_low, n.obs_high as new_high, o.obs_low as old_low, o.obs_high as old_high
    from across_fact g
    join across_fact n on n.ref_area = g.ref_area and n.label = :level and n.kind = 'count'
      and n.time_period = g.time_period and n.breakdown = g.breakdown
    join across_fact o on o.series_key = n.series_key and o.time_period = {earlier}
    where g.label = :growth and g.kind = 'growth' and g.unit = '%' and o.obs_low > 0
      and (g.file_sha256 <> n.file_sha256 or n.file_sha256 <> o.file_sha256)
    order by g.ref_area, g.time_period, g.observation_id, n.source, o.source limit {MAX_ROWS}
    """  # noqa: S608
    for growth, level in pairs:
        for row in _rows(connection, statement, growth=growth, level=level):
            found = _grown(row)
            if found:
                yield _told(row, GROWTH, "增长率与前后两期数值不符", found, "核对两期数值、口径与增长率")


def _grown(row: sa.RowMapping) -> str | None:
    """The arithmetic of a growth that does not fit; None where it fits or an end is open."""
    ends = [row[name] for name in ("new_low", "new_high", "old_low", "old_high", "obs_low", "obs_high")]
    if None in ends:
        return None
    new_low, new_high, old_low, old_high, low, high = map(_exact, ends)
    computed = ((new_low / old_high - 1) * 100, (new_high / old_low - 1) * 100)
    printed = (-high, -low) if row["direction"] == "down" else (low, high)
    if computed[0] <= printed[1] and printed[0] <= computed[1]:
        return None
    new, old = _exact(row["new_value"]), _exact(row["old_value"])
    sign = "−" if row["direction"] == "down" else ""
    quotient = plain(round((new / old - 1) * 100, 2))
    return f"{plain(new)}{row['new_unit']} ÷ {plain(old)}{row['new_unit']} − 1 = {quotient}%，应为 {sign}{row['text']}"
