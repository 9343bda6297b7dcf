"""Observations for a consumer who keeps a copy: what changed since a version, or what was known at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from etl.errors import UsageError
from etl.export.tables import MENTIONS, Row, batches, version_of
from etl.warehouse import views
from etl.warehouse.views import Column

CHANGE = (
    Column("change", sa.String(8), "put: this is how the row is now; delete: it is no longer current"),
    Column("version", sa.BigInteger(), "change of the warehouse with which it came or went"),
)
KNOWN = tuple(c for c in MENTIONS.columns if c.name != "version_from")
"""Columns of a row as known at a time. ``version_from`` of the view says when it became known so."""
CHANGED = (*CHANGE, *KNOWN)
_V = views.OBSERVATION_AS_KNOWN.table().c


def changed_since(connection: sa.Connection, since: int) -> Iterator[list[Row]]:
    """Rows of ``CHANGED``: a copy as of version ``since`` becomes one as of now by deleting and putting them by
    ``observation_id``. Deletions come first, in the order of their ids; so do the others.

    Raises UsageError for a version that the warehouse never had.
    """
    now = version_of(connection)
    if not 0 <= since <= now:
        raise UsageError(f"--since {since}", "is no version of this warehouse", known=[f"0 to {now}"])
    later = views.OBSERVATION_AS_KNOWN.table().alias("later").c
    still = sa.exists().where(later.observation_id == _V.observation_id, later.version_until.is_(None))
    nothing = [sa.null().label(c.name) for c in KNOWN if c.name != "observation_id"]
    gone = sa.select(
        sa.literal("delete").label("change"), _V.version_until.label("version"), _V.observation_id, *nothing
    ).where(_V.version_from <= since, _V.version_until > since, ~still)
    put = sa.select(
        sa.literal("put").label("change"), _V.version_from.label("version"), *(_V[c.name] for c in KNOWN)
    ).where(_V.version_from > since, _V.version_until.is_(None))
    for query in (gone, put):
        yield from batches(connection, query.order_by(_V.observation_id), CHANGED)


def known_at(connection: sa.Connection, at: datetime) -> Iterator[list[Row]]:
    """Rows of ``KNOWN`` as they were current at a time, in the order of their ids."""
    known = _V.known_from <= at, sa.or_(_V.known_until.is_(None), _V.known_until > at)
    query = sa.select(*(_V[c.name] for c in KNOWN)).where(*known).order_by(_V.observation_id)
    yield from batches(connection, query, KNOWN)
