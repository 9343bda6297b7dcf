"""``etl reference``: look after the reference data — regions, units, indicators, words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Look after the reference data: check it, bring in a newer list of regions, map labels to indicators.",
    no_args_is_help=True,
)
regions = typer.Typer(help="The table of regions.", no_args_is_help=True)
app.add_typer(regions, name="regions")


@app.command("check")
def check(
    folder: Annotated[Path | None, typer.Option(help="Check the tables in this folder instead.")] = None,
) -> int:
    """Tell everything that rots in the tables, with file and line: run it after every edit.

    \b
    etl reference check
    etl reference check --folder src/etl/reference

    Unused and overlapping names, cycles, unknown codes, units and kinds, lines that stand twice, missing sources.
    Exit code 1 if there is anything.
    """
    from etl import reference
    from etl.curation.check import check as problems_of
    from etl.errors import UsageError

    if folder is not None and not folder.is_dir():
        raise UsageError(str(folder), "is no folder", next_step="Leave --folder out to check the installed tables.")
    path = folder or reference.HERE
    problems = problems_of(path)
    for problem in problems:
        typer.echo(f"{path / problem.file}:{problem.line}: {problem.message}")
    typer.echo(f"{len(problems)} problems in {path}" if problems else f"No problems in {path}", err=True)
    return 1 if problems else 0
