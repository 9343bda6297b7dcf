"""What a run brought, summed when it ends: its files may be read again by later runs, its totals stay.

``ingest_run.totals`` holds ``{"files": {name: sum}, "warehouse": {name: sum}, "rules": {rule id: {candidates,
evaluated, failed}}}``: over the files that the run read, over all that were current when it ended, and over its rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema

STATUSES = ("loaded", "blocked", "failed")
SUMMED = (
    "numerals", "numerals_loaded", "numerals_held", "numerals_ignored", "rows_loaded", "rows_held", "seconds",
)  # fmt: skip
COUNTED = ("candidates", "evaluated", "failed")


def file_sums() -> list[sa.ColumnElement[Any]]:
    """Columns of a query over ``source_file``: ``files``, ``files_<status>`` and the sums of SUMMED."""
    f = schema.source_file.c
    of_status = [sa.func.sum(sa.case((f.status == s, 1), else_=0)).label(f"files_{s}") for s in STATUSES]
    return [sa.func.count().label("files"), *of_status, *(sa.func.sum(f[name]).label(name) for name in SUMMED)]


def rule_sums() -> list[sa.ColumnElement[Any]]:
    """Columns of a query over ``quality_check`` that groups by rule."""
    return [sa.func.sum(schema.quality_check.c[name]).label(name) for name in COUNTED]


def plain_numbers(row: Mapping[Any, Any]) -> dict[str, int | float]:
    """Sums as JSON holds them; databases give null for nothing and decimals for sums."""
    return {str(k): round(float(v), 3) if k == "seconds" else int(v) for k, v in ((k, v or 0) for k, v in row.items())}


def run_totals(connection: sa.Connection, run_id: str) -> dict[str, Any]:
    """Totals of the files that a run read, of the warehouse, and of the rules that the run evaluated."""
    f, a, q = schema.source_file.c, schema.file_arrival.c, schema.quality_check.c
    current = f.sha256.in_(sa.select(a.sha256).where(a.is_current))
    files, warehouse = (
        plain_numbers(connection.execute(sa.select(*file_sums()).where(which)).mappings().one())
        for which in (f.run_id == run_id, current)
    )
    rules = connection.execute(
        sa.select(q.rule_id, *rule_sums()).where(q.run_id == run_id).group_by(q.rule_id).order_by(q.rule_id)
    ).mappings()
    return {
        "files": files,
        "warehouse": warehouse,
        "rules": {r["rule_id"]: plain_numbers({name: r[name] for name in COUNTED}) for r in rules},
    }
