"""Call a flow in this process: with the server that PREFECT_API_URL names, or with a temporary one of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from etl.cli.names import shown_name
from etl.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


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
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from etl.outcome import FilesFailedError

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

        handler = _Advance(progress, bar)
        logger = logging.getLogger("etl.ingest")
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = server_is_set() or settings.log_level in ("DEBUG", "INFO")
        try:
            state = flow(**parameters, return_state=True)
        finally:
            logger.removeHandler(handler)
    result = state.result(raise_on_failure=False)
    if isinstance(result, FilesFailedError):
        return result.outcome
    if isinstance(result, BaseException):
        raise result
    return result


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
