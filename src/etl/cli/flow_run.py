"""Call a flow in this process: with the server that PREFECT_API_URL names, or with a temporary one of its own."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.cli.lost_servers import end_lost_servers, sign_server
from etl.cli.names import shown_name
from etl.errors import MachineError, WarehouseError
from etl.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


ROOM = 20 * 2**20
"""Bytes: the database of the temporary server and its write-ahead log, with something to spare."""


def log_as_set(settings: Settings) -> None:
    """Log lines of the set level on standard error."""
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.root.handlers:
        handler.setLevel(settings.log_level)  # loggers may be more talkative: they feed the progress bar and Prefect


def call_flow(settings: Settings, load: Callable[[], Any], total: int | None, **parameters: Any) -> Any:
    """The result of a flow, also of one with files that failed, and a progress bar fed by the log of the ingest.
    Raises what the flow raised.

    ``load`` imports the flow, which takes a second or two: the bar is on the screen by then.
    """
    os.environ.setdefault("PREFECT_HOME", str((settings.var_dir / "prefect").resolve()))
    home = Path(os.environ["PREFECT_HOME"])
    free = _free(home)
    end_lost_servers()
    sign_server()
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")  # of the temporary server: errors are told below
    import httpx
    import sqlalchemy as sa
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from etl.outcome import FilesFailedError
    from etl.warehouse.engine import shown

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[name]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("starting Prefect", total=total, name="")
        flow = load()
        from flows.artifacts import server_is_set

        if not server_is_set() and free < ROOM:
            what = f"no room for Prefect's own state: {free // 2**20} MB are free, it takes {ROOM // 2**20} MB"
            raise MachineError(str(home), what, next_step="Free space or set GONGBAO_VAR_DIR to another folder.")
        handler = _Advance(progress, bar)
        logger = logging.getLogger("etl.ingest")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = server_is_set() or settings.log_level in ("DEBUG", "INFO")
        try:
            state = flow(**parameters, return_state=True)
        except (RuntimeError, httpx.HTTPError) as e:  # of Prefect itself: what a flow raises is in its state
            raise _prefect_failed(e) from e
        finally:
            logger.removeHandler(handler)
    result = state.result(raise_on_failure=False)
    if isinstance(result, FilesFailedError):
        return result.outcome
    if isinstance(result, sa.exc.DBAPIError):
        where, reason = shown(settings.warehouse), str(result.orig).strip().splitlines()[0]
        raise WarehouseError(where, f"can't be used ({reason})", next_step="Mend that, then run again.") from result
    if isinstance(result, OSError):
        where = str(result.filename or settings.var_dir)
        raise MachineError(where, result.strerror or str(result), next_step="Mend that, then run again.") from result
    if isinstance(result, BaseException):
        raise result
    return result


def _free(home: Path) -> int:
    """Bytes that Prefect's folder has room for. Raises MachineError where it can't be made."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(home).free
    except OSError as e:
        what = f"Prefect can't keep its own state there ({e.strerror})"
        raise MachineError(str(home), what, next_step="Set GONGBAO_VAR_DIR to another folder.") from e


def _prefect_failed(error: Exception) -> MachineError:
    where = os.environ.get("PREFECT_API_URL", "temporary Prefect server")
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    then = "Run again with PREFECT_LOGGING_LEVEL=INFO and PREFECT_SERVER_LOGGING_LEVEL=INFO to see why."
    if "PREFECT_API_URL" in os.environ:
        then = "Start that server, or unset PREFECT_API_URL to run without one."
    return MachineError(where, f"can't be used ({reason})", next_step=then)


class _Advance(logging.Handler):
    """Moves the progress bar for every file read."""

    def __init__(self, progress: Progress, bar: TaskID) -> None:
        super().__init__(logging.INFO)
        self.progress, self.bar = progress, bar

    def emit(self, record: logging.LogRecord) -> None:
        from rich.markup import escape

        name = getattr(record, "file_read", None)
        if name is not None:
            self.progress.update(self.bar, advance=1, description="reading", name=escape(shown_name(name)))
