"""``etl verify``: recompute what the warehouse claims, and find what belongs to nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from etl.settings import load_settings


def verify(
    warehouse: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the warehouse.", show_default=False)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not hash the archive's bytes again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Recompute counts, hashes and references of the warehouse and its archive. Changes nothing.

    \b
    etl verify                          after a restore, a crash, or now and then
    etl verify --json                   for machines

    Exit code: 0 all is as the warehouse says, 1 something is not (each kind with its first cases).
    """
    from etl.verify import verify as checks_of
    from etl.warehouse.engine import connect, shown

    settings = load_settings(warehouse=warehouse)
    checks = checks_of(connect(settings.warehouse), settings.archive_dir, hashes=not quick)
    faults = sum(check.faults for check in checks)
    if as_json:
        typer.echo(json.dumps({"faults": faults, "checks": [asdict(c) for c in checks]}, ensure_ascii=False, indent=2))
        return 1 if faults else 0
    for check in checks:
        state = "ok     " if not check.faults else "BROKEN "
        typer.echo(f"  {state} {check.name:<11} {check.looked_at:>8} looked at: {check.meaning}")
        for example in check.examples:
            typer.echo(f"            {example}")
        if check.faults > len(check.examples):
            typer.echo(f"            … and {check.faults - len(check.examples)} more")
    typer.echo(f"Warehouse  {shown(settings.warehouse)}")
    typer.echo(f"Archive    {settings.archive_dir}{'' if not quick else ' (not hashed)'}")
    typer.echo("All is as it should be." if not faults else f"{faults} faults.")
    return 1 if faults else 0
