"""``etl sheet``: show how spreadsheets are understood, and keep corrected layouts of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.errors import LayoutError, UsageError
from etl.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from etl.extract.sheet.layout_files import Sample, SavedTable
    from etl.extract.sheet.workbook import Inspected
    from etl.model import ManifestEntry, Workbook

app = typer.Typer(
    help="Show how spreadsheets are understood, and keep corrected layouts of them (docs/layouts.md).",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A spreadsheet.", show_default=False)]
Folder = Annotated[
    Path | None, typer.Option("--layouts", help="Folder of saved layouts. Default: layouts_dir.", show_default=False)
]
EXIT_MISFIT = 1


@app.command("explain")
def explain(
    file: File,
    html: Annotated[Path | None, typer.Option(help="Write a page to this file instead.", show_default=False)] = None,
    sheet: Annotated[str | None, typer.Option(help="Only the sheet of this name.", show_default=False)] = None,
    whole: Annotated[bool, typer.Option("--all", help="Every row, not only the first and last of each table.")] = False,
    layouts: Folder = None,
) -> int:
    """Show the cells with their roles, and where region, indicator, period and unit of each table stand.

    \b
    etl sheet explain yearbook.xls
    etl sheet explain yearbook.xls --sheet 2012 --all | less -RS
    etl sheet explain yearbook.xls --html yearbook.html

    Letters tell the roles: T title, U unit, K key and value, H header, S stub, D data, A total, M missing, X ignored
    number, N note, O other. Exit code 1 when a table no longer fits the layout saved for it.
    """
    from etl.extract.sheet.layout_view import view_sheets

    found = _inspect(file, _saved(layouts))
    names = [read.grid.name for read in found.sheets]
    if sheet is not None and sheet not in names:
        raise UsageError(f"{file}: {sheet}", "there is no such sheet", known=names)
    views = [view for view in view_sheets(found) if sheet in (None, view.name)]
    if html is not None:
        from etl.extract.sheet.layout_page import layout_page

        page = layout_page(file.name, views, found.misfits)
        try:
            html.write_text(page, encoding="utf-8")
        except OSError as e:
            raise UsageError(str(html), f"can't be written ({e.strerror})") from None
        typer.echo(f"Written to {html}", err=True)
    else:
        from etl.cli.sheet_terminal import show

        show(views, found.misfits, whole=whole)
    return EXIT_MISFIT if found.misfits else 0


@app.command("save")
def save(
    file: File,
    to: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write to this file, or into this folder.", show_default=False)
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Only the tables of this sheet.", show_default=False)] = None,
    layouts: Folder = None,
) -> int:
    """Print the layouts of the tables as YAML, to be corrected by hand and kept in the folder of layouts.

    \b
    etl sheet save yearbook.xls > layouts/yearbook.yaml
    etl sheet save yearbook.xls --to layouts

    Corrections of a layout that the tables fit, or no longer fit, are taken over as far as their columns still exist.
    """
    from etl.extract.sheet.layout_files import SUFFIX, dump, load_layouts

    folder = _folder(layouts)
    text = dump(file.name, _samples(file, _saved(layouts), sheet))
    if to is None:
        typer.echo(text, nl=False)
        return 0
    path = to / f"{file.stem}{SUFFIX}" if to.is_dir() or not to.suffix else to
    before = path.read_bytes() if path.is_file() else None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as e:
        raise UsageError(str(path), f"can't be written ({e.strerror})") from None
    try:
        load_layouts(path.parent)
    except LayoutError:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)
        raise
    used = "" if path.parent.resolve() == folder.resolve() else f"; it is used once it lies in {folder}"
    typer.echo(f"Written to {path}{used}", err=True)
    return 0


@app.command("check")
def check(layouts: Folder = None) -> int:
    """Tell what is wrong with the saved layouts; run it after every edit.

    \b
    etl sheet check
    """
    found = _saved(layouts)
    for table in found:
        by_hand = table.corrections
        corrected = [n for n in ("region", "period", "unit") if getattr(by_hand, n) is not None]
        corrected += [*by_hand.columns, *by_hand.rows]
        typer.echo(f"{table.name}  {table.layout.title or table.source}  {', '.join(corrected) or 'as inferred'}")
    typer.echo(f"{len(found)} tables in {_folder(layouts)}", err=True)
    return 0


def _folder(given: Path | None) -> Path:
    if given is not None and not given.is_dir():
        raise UsageError(str(given), "is no folder")
    return given or load_settings().layouts_dir


def _saved(given: Path | None) -> Sequence[SavedTable]:
    from etl.extract.sheet.layout_files import load_layouts

    return load_layouts(_folder(given))


def _content(file: Path) -> Workbook:
    from etl.model import Workbook
    from etl.read import read

    if not file.is_file():
        raise UsageError(str(file), "is no file")
    content = read(file)
    if not isinstance(content, Workbook):
        raise UsageError(str(file), "is no spreadsheet", known=("xlsx", "xls", "ods", "csv", "html"))
    for warning in content.warnings:
        typer.echo(f"etl: {file.name}: note: {warning}", err=True)
    return content


def _manifest(file: Path) -> ManifestEntry | None:
    """What manifest.csv beside the file says of it."""
    from etl.landing import discover

    landing = discover([str(file)], own=load_settings().var_dir)
    return landing.entry(landing.files[0]) if landing.files else None


def _inspect(file: Path, saved: Sequence[SavedTable]) -> Inspected:
    from etl.extract.sheet.workbook import inspect_workbook

    return inspect_workbook(_content(file), file.name, _manifest(file), saved, shapes=True)


def _samples(file: Path, saved: Sequence[SavedTable], sheet: str | None) -> list[Sample]:
    """The tables as inferred without any saved layout, with the corrections of those they fit or fitted."""
    from etl.errors import NothingFoundError
    from etl.extract.sheet.layout_files import Sample
    from etl.extract.sheet.layout_fit import taken_over
    from etl.extract.sheet.layouts import stated_by

    found = []
    for read in _inspect(file, ()).sheets:
        for (_, table), known in zip(read.tables, read.fits, strict=True):
            if known is None or sheet not in (None, read.grid.name):
                continue
            rows = (table.block.data[0] + 1, table.block.data[-1] + 1)
            corrections = taken_over(known.layout, saved, file.name)
            steps = tuple(table.steps)
            found.append(
                Sample(read.grid.name, rows, known.layout, stated_by(table), table.confidence, steps, corrections)
            )
    if not found:
        raise NothingFoundError(str(file), "no table was found to be saved")
    return found
