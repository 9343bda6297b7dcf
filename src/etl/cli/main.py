"""The command ``etl``. Each command lives in a module of its own and imports what it needs when it runs."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from etl import __version__
from etl.cli import (
    backfill,
    doctor,
    explain,
    export,
    extract,
    publish,
    recheck,
    reference,
    report,
    review,
    run,
    sheet,
    verify,
    watch,
)
from etl.errors import GongbaoError, SettingsError, UsageError

EXIT_FAILED = 1
EXIT_USAGE = 2

app = typer.Typer(
    name="etl",
    help="Gongbao: find every figure of Chinese reports and spreadsheets, check it, and load it into a warehouse.",
    epilog="Start with `etl run samples`, then `etl explain OBSERVATION_ID`. `etl COMMAND --help` has examples.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("extract")(extract.extract)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("watch")(watch.watch)
app.command("backfill")(backfill.backfill)
app.command("recheck")(recheck.recheck)
app.command("publish")(publish.publish)
app.command("export")(export.export)
app.command("verify")(verify.verify)
app.command("doctor")(doctor.doctor)
app.add_typer(reference.app, name="reference")
app.add_typer(sheet.app, name="sheet")
app.add_typer(review.app, name="review")


def _version(show: bool) -> None:
    if show:
        typer.echo(f"gongbao {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Options of all commands."""


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the script. Errors of our own end in one clear message and an exit code, never a traceback."""
    result: Any = None
    try:
        result = app(args=arguments, standalone_mode=False)
    except typer.Abort:
        sys.exit(130)
    except GongbaoError as e:
        typer.echo(f"etl: {e}", err=True)
        sys.exit(EXIT_USAGE if isinstance(e, UsageError | SettingsError) else EXIT_FAILED)
    except KeyboardInterrupt:
        typer.echo("etl: interrupted; what was committed stays, run again to go on", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
    except Exception as e:
        # click's own usage errors (unknown option, missing argument) know how to show themselves
        if hasattr(e, "show") and hasattr(e, "exit_code"):
            e.show()
            sys.exit(EXIT_USAGE)
        raise
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
