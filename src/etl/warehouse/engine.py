"""Connections to the warehouse, and its schema brought up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from etl.errors import SettingsError, WarehouseError

KNOWN_DIALECTS = ("sqlite", "postgresql")
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 60
"""How long a writer waits for another one on SQLite before it gives up."""
WRITER_CACHE_KIB = 131072
"""Pages that a writer on SQLite may keep. Ids are hashes: a file's rows go to all places of the index on them, and of a
million rows hardly a page would still be there (SQLite's default: 2 MB). One who only reads keeps the default."""
CHECKPOINT_PAGES = 32768
"""Pages (of 4 KiB) in the write-ahead log before they are brought into the database file. For the same reason each file
changes most pages of the indexes: at SQLite's default of 1,000 they would be written twice with every file."""


def connect(url: str) -> sa.Engine:
    """An engine for a SQLite or PostgreSQL URL. Creates the folder of a SQLite file; opens no connection yet.

    Raises SettingsError for a URL that can't be parsed or names another database.
    """
    parsed = _parsed(url)
    dialect = parsed.get_backend_name()
    if dialect not in KNOWN_DIALECTS:
        raise SettingsError(
            "warehouse",
            f"database {dialect!r} is not supported",
            known=KNOWN_DIALECTS,
            next_step="Write postgresql://…" if dialect == "postgres" else "",
        )
    if dialect == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    if parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise WarehouseError(
                str(parsed.database),
                f"the folder can't be created ({e.strerror})",
                next_step="Choose another --warehouse.",
            ) from None
    engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _configure_sqlite)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _parsed(url: str) -> sa.URL:
    try:
        return make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # ValueError: a port that is no number
        raise SettingsError(  # without the text itself: there may be a password in it
            "warehouse",
            "is not a database URL",
            known=["sqlite:///FILE", "postgresql://USER:PASSWORD@HOST:PORT/DB"],
            next_step="Write @ : / in a password as %40 %3A %2F.",
        ) from None


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log (readers don't block the writer) and foreign keys; transactions are begun by us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode=wal")
    cursor.execute("pragma synchronous=normal")
    cursor.execute("pragma foreign_keys=on")
    cursor.execute(f"pragma wal_autocheckpoint={CHECKPOINT_PAGES}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once, so that two ingests queue up instead of failing half-way."""
    if connection.get_execution_options().get("readonly"):
        connection.exec_driver_sql("begin")
    else:
        connection.exec_driver_sql(f"pragma cache_size=-{WRITER_CACHE_KIB}")
        connection.exec_driver_sql("begin immediate")


def shown(url: str) -> str:
    """The URL without its password, for people and logs. Raises SettingsError when it is none."""
    return _parsed(url).render_as_string(hide_password=True)


def no_tables(engine: sa.Engine) -> WarehouseError:
    """What to raise where a command that needs what was loaded finds no warehouse: a mistyped name, most likely."""
    return WarehouseError(
        engine.url.render_as_string(hide_password=True),
        "holds no tables of Gongbao",
        next_step="The first `etl run` creates them; check --warehouse.",
    )


def upgrade(engine: sa.Engine, *, create: bool = True) -> None:
    """Create the schema or bring it to this version, and refresh the reference tables and the views.

    Raises WarehouseError when the database is away or belongs to a newer version; without ``create`` also where it has
    no schema yet.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    from etl.warehouse import precedence, reference_tables, views

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":  # two first runs at once: one waits for the other
                connection.exec_driver_sql("select pg_advisory_xact_lock(723511)")
            config.attributes["connection"] = connection
            held = MigrationContext.configure(connection).get_current_revision()
            if held is None and not create:
                raise no_tables(engine)
            if held != ScriptDirectory.from_config(config).get_current_head():
                views.drop(connection)
            command.upgrade(config, "head")
            reference_tables.refresh(connection)
            precedence.refresh(connection)
            views.refresh(connection)
    except CommandError as e:
        raise WarehouseError(
            where, f"its schema is not one this version knows ({e})", next_step="Upgrade Gongbao on this machine."
        ) from e
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as e:
        raise WarehouseError(
            where,
            f"can't be reached or used ({str(e.orig).strip().splitlines()[0]})",
            next_step="Check --warehouse or GONGBAO_WAREHOUSE, then run `etl doctor`.",
        ) from e
