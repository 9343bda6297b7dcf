"""``etl export``: observations into one file, now, as known at a time, or what changed since a version."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from etl.cli.choice import Warehouse
from etl.errors import UsageError, WarehouseError
from etl.settings import load_settings

SUFFIXES = (".csv", ".parquet")


def export(
    output: Annotated[Path, typer.Argument(help="File to write: .csv or .parquet.")],
    since: Annotated[
        int | None, typer.Option("--since", help="Only what changed after this version of the warehouse.")
    ] = None,
    as_known: Annotated[
        str | None, typer.Option("--as-known", help="As it was known at the end of this day, or at this time (UTC).")
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """Write observations into one file.

    \b
    etl export all.csv                             every current observation
    etl export then.parquet --as-known 2026-03-31  as it was known then
    etl export changes.csv --since 41              what to delete from and put into a copy as of version 41

    The last line printed is the version that the file brings a copy to. Everything in one folder, with facts, Excel,
    SDMX-CSV and a data package: `etl publish`.
    """
    import sqlalchemy as sa

    from etl.export.changes import CHANGED, KNOWN, changed_since, known_at
    from etl.export.files import CsvFile, ParquetFile
    from etl.export.tables import MENTIONS, one_look, rows_of, version_of
    from etl.warehouse.engine import connect, shown

    if output.suffix not in SUFFIXES:
        raise UsageError(str(output), "can't be told what to be", known=SUFFIXES, next_step="Choose one of these ends.")
    if since is not None and as_known is not None:
        raise UsageError("--since and --as-known", "can't be used together")
    at = None if as_known is None else end_of(as_known)
    url = load_settings(warehouse=warehouse).warehouse
    incoming = output.with_name(f".{output.name}.incoming")
    try:
        with one_look(connect(url)) as connection:
            version = version_of(connection)
            if since is not None:
                columns, batches = CHANGED, changed_since(connection, since)
            elif at is not None:
                columns, batches = KNOWN, known_at(connection, at)
            else:
                columns, batches = MENTIONS.columns, rows_of(connection, MENTIONS)
            written = 0
            first = next(batches, [])  # a wrong version is told before a file is made
            is_csv = output.suffix == ".csv"
            with CsvFile(incoming, columns) if is_csv else ParquetFile(incoming, columns, version) as file:
                batch = first
                while batch:
                    file.write(batch)
                    written += len(batch)
                    batch = next(batches, [])
        incoming.replace(output)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as e:
        reason = str(e.orig).strip().splitlines()[0]
        raise WarehouseError(shown(url), f"can't be read ({reason})", next_step="Run `etl run` or `etl doctor`.") from e
    except OSError as e:
        raise WarehouseError(str(output), f"can't be written ({e.strerror or e})") from e
    finally:
        incoming.unlink(missing_ok=True)
    typer.echo(f"{written} rows in {output}")
    typer.echo(f"version {version}")


def end_of(text: str) -> datetime:
    """The end of a day, or a time; without an offset it is UTC. Raises UsageError for anything else."""
    try:
        if len(text) == len("2026-03-31"):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, UTC) - timedelta.resolution
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--as-known {text}", "is no day and no time", next_step="Write 2026-03-31 or 2026-03-31T12:00."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
