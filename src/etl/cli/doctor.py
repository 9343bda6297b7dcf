"""``etl doctor``: settings, versions, and what can be reached."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Callable
from typing import Annotated

import typer

from etl import __version__
from etl.errors import GongbaoError
from etl.settings import Settings, describe, load_settings

LIBRARIES = (
    "prefect",
    "fastapi",
    "sqlalchemy",
    "pandas",
    "great-expectations",
    "alembic",
    "psycopg",
    "python-calamine",
)


def doctor(
    warehouse: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the warehouse.", show_default=False)] = None,
) -> int:
    """Tell whether this installation can work: settings, versions, warehouse, suites, reference data, folders.

    \b
    etl doctor
    etl doctor --warehouse postgresql://me:secret@db/gongbao

    Exit code 1 when something is broken. Passwords are never shown.
    """
    settings = load_settings(warehouse=warehouse)
    typer.echo(f"gongbao {__version__}, Python {platform.python_version()}, {platform.platform()}")
    typer.echo("  " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES))
    typer.echo("settings")
    for name, value in describe(settings).items():
        typer.echo(f"  {name:<17} {value}")
    typer.echo("checks")
    checks: dict[str, Callable[[Settings], str]] = {
        "warehouse": _warehouse,
        "suites": _suites,
        "reference": _reference,
        "folders": _folders,
        "prefect": _prefect,
    }
    failed = 0
    for name, check in checks.items():
        try:
            typer.echo(f"  ok      {name:<10} {check(settings)}")
        except GongbaoError as e:
            failed += 1
            typer.echo(f"  BROKEN  {name:<10} {e}")
    return 1 if failed else 0


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _warehouse(settings: Settings) -> str:
    import sqlalchemy as sa

    from etl.errors import WarehouseError
    from etl.warehouse import schema
    from etl.warehouse.engine import connect

    engine = connect(settings.warehouse)
    try:
        with engine.connect().execution_options(readonly=True) as connection:
            if not sa.inspect(connection).has_table(schema.observation.name):
                return "reachable, empty (the first run creates the schema)"
            rows = connection.execute(sa.select(sa.func.count()).select_from(schema.observation)).scalar_one()
            held = connection.execute(sa.select(sa.func.count()).select_from(schema.quarantine)).scalar_one()
            revision = connection.exec_driver_sql("select version_num from alembic_version").scalar()
            return f"reachable, schema {revision}, {rows} observations, {held} rows held"
    except sa.exc.SQLAlchemyError as e:
        reason = str(getattr(e, "orig", e)).strip().splitlines()[0]
        where = engine.url.render_as_string(hide_password=True)
        raise WarehouseError(where, f"can't be reached ({reason})", next_step="Check --warehouse.") from None


def _suites(settings: Settings) -> str:
    from etl.check.evaluation import gx_suite
    from etl.check.suites import load_suites

    suites = load_suites(settings.suites_dir)
    for suite in suites:
        gx_suite(suite)
    return f"{settings.suites_dir}: " + ", ".join(f"{s.name} {len(s.rules)} rules" for s in suites)


def _reference(_: Settings) -> str:
    from etl.normalise.indicators import load_indicators
    from etl.normalise.regions import load_regions
    from etl.normalise.units import load_units

    regions = sum(1 for _ in load_regions().all())
    return f"{regions} regions, {len(load_units().all())} units, {len(load_indicators().by_code)} indicators"


def _folders(settings: Settings) -> str:
    for folder in (settings.var_dir, settings.archive_dir, settings.reports_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise GongbaoError(
                str(folder), f"can't be created ({e.strerror})", next_step="Set GONGBAO_VAR_DIR."
            ) from None
        if not os.access(folder, os.W_OK):
            raise GongbaoError(str(folder), "can't be written", next_step="Set GONGBAO_VAR_DIR to another folder.")
    return str(settings.var_dir.resolve())


def _prefect(_: Settings) -> str:
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        return "no server set (PREFECT_API_URL): `etl run` starts a temporary one"
    import httpx

    try:
        httpx.get(f"{url}/health", timeout=5).raise_for_status()
    except httpx.HTTPError as e:
        raise GongbaoError(
            f"PREFECT_API_URL {url}", f"does not answer ({e})", next_step="Start `prefect server start` or unset it."
        ) from None
    return f"server {url} answers"
