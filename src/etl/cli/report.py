"""``etl report``: write the reviewer's page of a run again, or give its data to programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from etl.cli.choice import Warehouse
from etl.settings import Settings, load_settings

Format = Literal["html", "json", "csv"]


def report(
    run_id: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN]",
            help="Id of a run or its first 4 or more digits; the latest run without it.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="html: the page for reviewers; json and csv: for programs.")
    ] = "html",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there; - is standard output.", show_default=False),
    ] = None,
    data_docs: Annotated[
        Path | None,
        typer.Option(
            "--data-docs",
            metavar="DIR",
            help="Also write Great Expectations' own pages there, readable offline.",
            show_default=False,
        ),
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """Rebuild the report of a run (in Chinese, one file, works offline), or print its data.

    \b
    etl report                               the page of the latest run, into var/reports
    etl report 3f2a -o page.html             of the run whose id begins so, to a place of your own
    etl report --format json | jq .totals    everything the page tells
    etl report --format csv -o findings.csv  a line per finding, for a spreadsheet
    etl report --data-docs docs              with the pages of Great Expectations, for those who write rules

    json and csv go to standard output unless --output names a file.
    """
    settings = load_settings(warehouse=warehouse)
    if data_docs is not None:
        typer.echo(_data_docs(settings, run_id, data_docs), err=True)
    if form == "html" and output is None:
        typer.echo(_into_var(settings, run_id))
        return
    text = _text(settings, run_id, form)
    if output is None or str(output) == "-":
        typer.echo(text, nl=not text.endswith("\n"))
        return
    from etl.report.write import write_text

    # spreadsheet programs know UTF-8 by its mark only
    write_text(output, "\ufeff" + text if form == "csv" else text)
    typer.echo(output)


def _into_var(settings: Settings, run_id: str | None) -> Path:
    from etl.report.write import write_report
    from etl.warehouse.engine import connect

    return write_report(connect(settings.warehouse), run_id, settings.reports_dir, archive_dir=settings.archive_dir)


def _data_docs(settings: Settings, run_id: str | None, folder: Path) -> Path:
    from etl.check.suites import load_suites
    from etl.report.data_docs import write_data_docs
    from etl.report.queries import load_report_data
    from etl.warehouse.engine import connect

    engine = connect(settings.warehouse)
    data = load_report_data(engine, run_id)
    return write_data_docs(engine, data, load_suites(settings.suites_dir), folder)


def _text(settings: Settings, run_id: str | None, form: Format) -> str:
    from etl.report.issues import LIMIT
    from etl.report.queries import load_report_data
    from etl.report.write import with_publication
    from etl.warehouse.engine import connect

    engine = connect(settings.warehouse)
    limit = LIMIT if form == "html" else None  # the page samples and says so; programs get all
    data = with_publication(engine, load_report_data(engine, run_id, limit), settings.exports_dir)
    if form == "html":
        from etl.report.build import render

        return render(data, settings.archive_dir)
    from etl.report.machine import as_csv, as_json

    return as_json(data) if form == "json" else as_csv(data)
