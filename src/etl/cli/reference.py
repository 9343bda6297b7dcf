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


@regions.command("import")
def import_regions(
    file: Annotated[Path, typer.Argument(help="csv, xlsx, xls or HTML with a column of codes and one of names.")],
    year: Annotated[int | None, typer.Option(help="First year of the new names; else the year in its title.")] = None,
    write: Annotated[bool, typer.Option("--apply", help="Write the changes into the curated table.")] = False,
    source: Annotated[str, typer.Option(help="Where the list comes from; needed with --apply.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Reference tables of a checkout. Default: the installed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Show what a newer official list of regions changes; nothing is written without --apply.

    \b
    etl reference regions import list-2025.xlsx
    etl reference regions import list-2025.xlsx --apply --source "民政部 2025年行政区划代码"

    + added  ~ renamed  > moved to another code  - abolished, with likely successors

    Lists of some provinces leave the others alone. Codes may have 6 or 12 digits; townships are left out.
    """
    import json
    from dataclasses import asdict

    from etl import reference
    from etl.curation.check import check as problems_of
    from etl.curation.region_import import apply, differences, read_list, read_table
    from etl.errors import UsageError

    if write and not source.strip():
        raise UsageError("--apply", "needs --source", next_step="Name the authority and the date of the list.")
    path = folder or reference.HERE
    listed = read_list(file)
    since = str(year) if year else listed.year
    if write and since is None:
        raise UsageError(str(file), "tells no year in its title or name", next_step="Give --year.")
    changes = differences(read_table(path), listed)
    if as_json:
        found = {"year": since, "places": len(listed.places), "changes": [asdict(c) for c in changes]}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for change in changes:
            typer.echo(str(change))
    kinds = [f"{sum(c.kind == kind for c in changes)} {kind}" for kind in ("added", "renamed", "moved", "abolished")]
    typer.echo(f"{len(listed.places)} places of {since or 'an unknown year'}: {', '.join(kinds)}", err=True)
    if listed.smaller:
        typer.echo(f"{listed.smaller} townships and villages left out: see scripts/build_regions.py", err=True)
    if not write or not changes:
        if changes:
            typer.echo("Nothing written. Look through it, then give --apply and --source.", err=True)
        return 0
    lines = apply(path, changes, year=str(since), source=source.strip())
    typer.echo(f"{lines} lines added to {path / 'regions_curated.csv'}; regions.csv brought up to date", err=True)
    problems = problems_of(path)
    for problem in problems:
        typer.echo(f"{path / problem.file}:{problem.line}: {problem.message}")
    return 1 if problems else 0


@app.command("unmapped")
def unmapped(
    limit: Annotated[int, typer.Option(min=1, help="How many labels to show.")] = 20,
    warehouse: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the warehouse.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the commonest labels that no indicator fits yet, with candidates.

    \b
    etl reference unmapped --limit 50
    etl reference map "困难职工帮扶" HARDSHIP_WORKERS
    """
    import json
    from dataclasses import asdict

    from etl.curation.mapping import unmapped as labels_of
    from etl.settings import load_settings
    from etl.warehouse.engine import connect

    found, total = labels_of(connect(load_settings(warehouse=warehouse).warehouse), limit)
    if as_json:
        typer.echo(json.dumps([asdict(u) for u in found], ensure_ascii=False, indent=2))
        return
    for u in found:
        near = "; ".join(f"{c.code} {c.name} {c.score:.2f}" for c in u.candidates[:3]) or "nothing alike"
        typer.echo(f"{u.observations:>6}  {u.label}  [{u.unit or 'no unit'}, {u.kind}]  {near}")
    typer.echo(f"{len(found)} of {total} labels without an indicator", err=True)


@app.command("map")
def map_to_indicator(
    label: Annotated[str, typer.Argument(help="As it stands in `etl reference unmapped`.")],
    code: Annotated[str, typer.Argument(metavar="INDICATOR", help="Code of the catalogue.")],
    by: Annotated[str, typer.Option(help="Who decides. Default: the name you are logged in with.")] = "",
) -> None:
    """Say that a label means an indicator: one line in indicator_aliases.csv.

    \b
    etl reference map "困难职工帮扶" HARDSHIP_WORKERS

    The line goes into the folder of the setting reference_dir, else into the installed tables.
    It counts for files read from now on; `etl backfill '*'` reads those in the warehouse again.
    """
    import getpass
    from datetime import UTC, datetime

    from etl.curation.mapping import map_label
    from etl.settings import load_settings

    local = load_settings().reference_dir
    path = map_label(label, code, by=by or getpass.getuser(), on=datetime.now(UTC).date(), local=local)
    typer.echo(f"{label} means {code}: added to {path}. `etl backfill '*'` maps what is loaded already.", err=True)
