"""The last publication, and what of it would be missing from the next one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from etl.report.data import Published
from etl.warehouse import views

LATEST = "latest"
ABOUT = "publication.json"
TABLE = "current_observation.csv"
LARGEST = 100 * 2**20
"""Bytes of a table that is compared: a report must not wait for minutes."""
SOURCES = 10


def last_publication(engine: sa.Engine, exports_dir: Path, max_loss: float) -> Published | None:
    """None where nothing was published yet, or where it can't be read: a report must appear all the same."""
    folder = exports_dir / LATEST
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        published_at, rows, facts = about["published_at"], int(about["rows"]), int(about["facts"])
        is_confirmed = bool(about.get("loss_confirmed"))
        at = datetime.fromisoformat(published_at)
        is_small = (folder / TABLE).stat().st_size <= LARGEST
        lost = _lost(engine, folder / TABLE) if is_small else None
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return None
    return Published(
        at=at.astimezone(),
        rows=rows,
        facts=facts,
        is_confirmed=is_confirmed,
        gone=None if lost is None else sum(lost.values()),
        sources=tuple(lost.most_common(SOURCES)) if lost else (),
        max_loss=max_loss,
    )


def _lost(engine: sa.Engine, table: Path) -> Counter[str]:
    """Source → facts of the table that no current observation states any more."""
    before: dict[tuple[str, str | None], str] = {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            before[row["series_key"], row["time_period"] or None] = row["source"]
    view = views.CURRENT_OBSERVATION.table()
    query = sa.select(view.c.series_key, view.c.time_period).distinct()
    with engine.connect().execution_options(readonly=True) as connection:
        for key, period in connection.execute(query):
            before.pop((key, period), None)
    return Counter(before.values())
