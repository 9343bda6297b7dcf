"""Options that choose files of the warehouse, shared by ``backfill`` and ``recheck``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from etl.errors import UsageError

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME...]", help="File names, paths or patterns ('*.xls').", show_default=False),
]
Publishers = Annotated[
    list[str] | None, typer.Option("--publisher", help="As in the manifest; patterns too.", show_default=False)
]
From = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Published then or later.", show_default=False)
]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="Published then or earlier.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]
Warehouse = Annotated[
    str | None,
    typer.Option(help="SQLAlchemy URL of the warehouse. Default: GONGBAO_WAREHOUSE.", show_default=False),
]


def day(option: str, given: str | None) -> date | None:
    """Raises UsageError for anything but an ISO date."""
    try:
        return datetime.strptime(given, "%Y-%m-%d").date() if given else None  # noqa: DTZ007
    except ValueError:
        raise UsageError(f"{option} {given}", "is no date", next_step="Write it as 2024-06-24.") from None
