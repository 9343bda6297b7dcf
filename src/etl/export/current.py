"""The rows that are published: ``current_observation`` without what only serves the pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema, views

LEFT_OUT = frozenset({"run_id", "steps", "layout_confidence", "area_unresolved", "area_candidates"})
FILE_COLUMNS = ("source", "source_title", "publisher", "published_on")
COLUMNS = (*(c.name for c in schema.observation.columns if c.name not in LEFT_OUT), *FILE_COLUMNS)
DECIMALS = ("obs_value", "obs_low", "obs_high")
INTEGERS = ("char_start", "char_end", "printed_mult", "printed_decimals")
BATCH = 5000

Row = dict[str, Any]


def current_rows(connection: sa.Connection) -> Iterator[list[Row]]:
    """Batches of rows in a fixed order; decimals as Decimal, the breakdown as JSON text. Memory stays bounded."""
    observation = schema.observation
    typed = {c.name: c.type for c in observation.columns}
    view = sa.table(views.CURRENT_OBSERVATION.name, *(sa.column(name, typed.get(name, sa.Text())) for name in COLUMNS))
    query = sa.select(view).order_by(
        *(view.c[n] for n in ("source", "file_sha256", "char_start", "sheet", "observation_id"))
    )
    streamed = connection.execution_options(stream_results=True).execute(query)
    for batch in streamed.mappings().partitions(BATCH):
        yield [{**row, "breakdown": json.dumps(row["breakdown"], ensure_ascii=False, sort_keys=True)} for row in batch]
