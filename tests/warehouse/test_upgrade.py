"""A warehouse of every earlier schema, with data in it, becomes one of today's; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from etl.warehouse import schema, views
from etl.warehouse.engine import MIGRATIONS, connect, upgrade
from tests.warehouse.test_views import CITY, Warehouse, figure

CONFIG = Config()
CONFIG.set_main_option("script_location", str(MIGRATIONS))
EARLIER = [s.revision for s in ScriptDirectory.from_config(CONFIG).walk_revisions()][:0:-1]
FIRST = datetime(2025, 3, 1, 8, tzinfo=UTC)
OLD, NEW, OTHER = (letter * 64 for letter in "abc")


def at_revision(engine: sa.Engine, revision: str) -> None:
    with engine.begin() as connection:
        CONFIG.attributes["connection"] = connection
        command.upgrade(CONFIG, revision)


class Filler:
    """Inserts rows into the tables of an earlier schema; what is not given and must not be null gets something."""

    def __init__(self, engine: sa.Engine) -> None:
        self.connection = engine.connect()
        self.transaction = self.connection.begin()
        self.tables = sa.MetaData()
        self.tables.reflect(self.connection)

    def put(self, table: str, **values: Any) -> None:
        t = self.tables.tables[table]
        row = {c.name: self._something(c) for c in t.columns if not c.nullable and c.name not in values}
        known = {k: v for k, v in values.items() if k in t.c}
        types = {c.name: self._type(c) for c in t.columns}
        target = sa.table(table, *(sa.column(name, types[name]) for name in (*row, *known)))
        self.connection.execute(target.insert(), row | known)

    def _type(self, column: sa.Column[Any]) -> Any:
        kind = column.type
        return schema.Exact() if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float) else kind

    def _something(self, column: sa.Column[Any]) -> Any:
        kind = column.type
        if isinstance(kind, sa.JSON):
            return {}
        if isinstance(kind, sa.DateTime):
            return FIRST
        if isinstance(kind, sa.Boolean):
            return False
        return 0 if isinstance(kind, sa.Integer | sa.Numeric) else "x"

    def done(self) -> None:
        self.transaction.commit()
        self.connection.close()


def fill(engine: sa.Engine) -> None:
    """Three files: content that was replaced under its path, what replaced it a day later, and another."""
    f = Filler(engine)
    f.put("ingest_run", run_id="r1", started_at=FIRST, status="completed", version="0.0.9")
    for number, (sha256, path, days, is_current) in enumerate(
        ((OLD, "landing/a.xlsx", 0, False), (NEW, "landing/a.xlsx", 1, True), (OTHER, "landing/b.xlsx", 0, True))
    ):
        at = FIRST + timedelta(days=days)
        counted = {"numerals": 3, "numerals_loaded": 2, "numerals_held": 1, "rows_loaded": 2, "rows_held": 1}
        told = {"publisher": "宜昌市统计局", "region_code": "420500", "published_on": "2025-02"}
        f.put(
            "source_file", sha256=sha256, name=path[8:], size=1, format="xlsx", reader="xlsx/1", extractor="sheet/1",
            status="loaded", run_id="r1", read_at=at + timedelta(minutes=1), **counted, **told,
        )  # fmt: skip
        if "version_from" not in f.tables.tables["file_arrival"].c:
            f.put("file_arrival", path=path, sha256=sha256, run_id="r1", arrived_at=at, is_current=is_current)
        else:
            until = None if is_current else 2
            f.put("file_arrival", path=path, sha256=sha256, run_id="r1", arrived_at=at, is_current=is_current,
                  version_from=number + 1, version_until=until)  # fmt: skip
            f.put(
                "file_edition", file_sha256=sha256, version_from=number + 1, version_until=until, name=path[8:], **told
            )
            f.put("warehouse_change", version=number + 1, changed_at=FIRST + timedelta(days=number), action="read",
                  file_sha256=sha256, run_id="r1", added=2)  # fmt: skip
        for table, cell in (("observation", "B1"), ("observation", "B2"), ("quarantine", "B3")):
            f.put(
                table, observation_id=f"{number}{cell}", file_sha256=sha256, sheet="表1", cell=cell, text="12.50万人",
                obs_value=Decimal("125000.5"), obs_low=Decimal("124950"), obs_high=Decimal("125050"), unit="人",
                qualifier="eq", kind="count", status="observed", ref_area="420500", time_period="2024",
                label="技能人才", series_key=cell, run_id="r1", state="open", version_from=number + 1,
            )  # fmt: skip
        f.put("finding", finding_id=f"f{number}", file_sha256=sha256, observation_id=f"{number}B3", rule_id="OBS-UNIT",
              severity="quarantine")  # fmt: skip
    f.done()


def test_every_earlier_schema_is_tested() -> None:
    assert EARLIER[0] == "0001"
    assert len(EARLIER) >= 3


@pytest.mark.parametrize("revision", EARLIER)
def test_data_of_an_earlier_schema_is_kept_and_goes_on(warehouse_url: str, revision: str) -> None:
    engine = connect(warehouse_url)
    at_revision(engine, revision)
    fill(engine)
    upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, schema.metadata) == []
        o, c = schema.observation.c, views.CURRENT_OBSERVATION.table().c
        kept = connection.execute(sa.select(o.observation_id, o.text, o.obs_value, o.time_period)).all()
        assert {tuple(row) for row in kept} == {
            (f"{n}{cell}", "12.50万人", Decimal("125000.5"), "2024") for n in range(3) for cell in ("B1", "B2")
        }
        current = set(connection.execute(sa.select(c.observation_id)).scalars())
        assert current == {"1B1", "1B2", "2B1", "2B2"}
        v = views.OBSERVATION_AS_KNOWN.table().c
        day = FIRST + timedelta(hours=1)
        then = sa.select(v.observation_id).where(v.known_from <= day, v.known_until.is_(None) | (v.known_until > day))
        assert "0B1" in set(connection.execute(then).scalars())
        now = set(connection.execute(sa.select(v.observation_id).where(v.known_until.is_(None))).scalars())
        assert now == current
        fact = views.FACT.table().c
        assert connection.execute(sa.select(fact.series_key, fact.mentions).order_by(fact.series_key)).all() == [
            ("B1", 2), ("B2", 2),
        ]  # fmt: skip
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.quarantine)).scalar_one() == 3
        if revision == "0001":  # before reviewers' decisions: what it held is open
            item = schema.review_item.c
            assert (
                connection.execute(sa.select(item.state, item.first_seen_at == item.changed_at)).all()
                == [("open", True)] * 3
            )
        before = connection.execute(sa.select(views.WAREHOUSE_VERSION.table().c.version)).scalar_one()
    books = Warehouse(engine)  # and the road goes on
    books.put("b.xlsx", figure("7", year="2024"), **CITY)
    assert books.rows(views.WAREHOUSE_VERSION, "version") == [(before + 1,)]
    assert {row[0] for row in books.rows(views.REVISION, "reason")} == {"reissued"}
    upgrade(engine)
    engine.dispose()
