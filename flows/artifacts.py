"""What a run shows in Prefect's UI. Without a server nothing is made: the temporary one of `etl run` shows nothing."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, cast
from uuid import UUID

import httpx
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import PrefectException
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_CLIENT_MAX_RETRIES,
    get_current_settings,
    temporary_settings,
)
from rich.console import Console

from etl.check.suites import Suite, load_suites
from etl.export.publication import Publication
from etl.outcome import RunSummary
from etl.recheck import Rechecked
from etl.report.wording import words
from etl.run_page import (
    MAX_FILES,
    files_table,
    markdown,
    publication_markdown,
    recheck_markdown,
    recheck_table,
)
from etl.settings import Settings

log = logging.getLogger("etl.runs")

AT_ONCE = {PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: 10}
"""One attempt of at most 10 seconds; Prefect itself tries for minutes."""


def server_is_set() -> bool:
    """Is there a server that someone looks at?"""
    return get_current_settings().api.url is not None


@contextlib.contextmanager
def unless_away(what: str) -> Iterator[None]:
    """A server that is away shows less, and breaks off no run: what the run is for is in the warehouse."""
    try:
        yield
    except (httpx.HTTPError, PrefectException) as e:
        log.warning("Prefect's server does not take the %s (%s): the run goes on", what, e or type(e).__name__)


def log_to_server() -> None:
    """Send what the stages log about each file to the run's page, without the line that only moves a progress bar."""
    logger = logging.getLogger("etl")
    if not server_is_set():
        return
    outlive_worker()
    if logger.level == logging.NOTSET or logger.level > logging.INFO:
        logger.setLevel(logging.INFO)
    for handler in logger.handlers:
        if not any(isinstance(f, _NoProgress) for f in handler.filters):
            handler.addFilter(_NoProgress())


def outlive_worker() -> None:
    """Let a run go on when its worker is killed. The pipe that it logs into is gone then, and rich, through which
    Prefect writes, would end the process for that; the server gets the log in any case."""
    loggers = [logging.root, *logging.Logger.manager.loggerDict.values()]
    for handler in (h for logger in loggers if isinstance(logger, logging.Logger) for h in logger.handlers):
        if isinstance(console := getattr(handler, "console", None), Console):
            console.on_broken_pipe = _write_nowhere  # type: ignore[method-assign]


def _write_nowhere() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


class _NoProgress(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not hasattr(record, "file_read")


class Progress:
    """Percentage of the files done, on the run's page. Nothing waits for it: where the server is away, the next batch
    tells how far the run has come."""

    def __init__(self, key: str, total: int) -> None:
        self.key, self.total, self.done = key, total, 0
        self.artifact: UUID | None = None

    def __enter__(self) -> Progress:
        if self.total and server_is_set():
            with unless_away("progress"):
                made = create_progress_artifact(0.0, key=self.key, description=f"{self.total} 个文件")
                self.artifact = cast(UUID, made)
        return self

    def advance(self, files: int) -> None:
        self.done += files
        if self.artifact:
            with unless_away("progress"), temporary_settings(AT_ONCE):
                update_progress_artifact(self.artifact, progress=round(100 * self.done / self.total, 1))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing: a run that broke off keeps the progress it had."""


@unless_away("artifacts")
def show(flow_name: str, settings: Settings, summary: RunSummary) -> None:
    """The table of files and the summary of a run."""
    if not server_is_set():
        return
    _table(f"{flow_name}-files", files_table(summary.files), len(summary.files))
    text = markdown(summary, descriptions(load_suites(settings.suites_dir)), settings.reports_url)
    create_markdown_artifact(text, key=f"{flow_name}-summary", description=f"运行 {summary.run_id[:8]}")


@unless_away("artifacts")
def show_plan(flow_name: str, names: Sequence[str], problems: Sequence[str]) -> None:
    """What a dry run found."""
    if server_is_set():
        rows: list[dict[str, Any]] = [{"文件": name, "问题": ""} for name in names[:MAX_FILES]]
        rows += [{"文件": "", "问题": problem} for problem in problems[:MAX_FILES]]
        _table(f"{flow_name}-plan", rows, len(names))


@unless_away("artifacts")
def show_recheck(
    settings: Settings, files: Sequence[Rechecked], suites: Sequence[Suite], page: Path | None, *, dry_run: bool
) -> None:
    """Rows moved per file, and findings by rule."""
    if server_is_set():
        _table("recheck-plan" if dry_run else "recheck-files", recheck_table(files), len(files))
        text = recheck_markdown(files, descriptions(suites), page, settings.reports_url)
        create_markdown_artifact(text, key="recheck-summary", description=f"{len(files)} 个文件")


@unless_away("artifacts")
def show_publication(settings: Settings, publication: Publication) -> None:
    """What was published."""
    if server_is_set():
        text = publication_markdown(publication, settings.exports_dir)
        create_markdown_artifact(text, key="publish-summary", description=publication.folder)


def descriptions(suites: Sequence[Suite]) -> dict[str, str]:
    """Rule id → what it asks for, in Chinese; with what the reader of sheets marks on its own."""
    return {**words()["flag"], **{rule.rule_id: rule.description for suite in suites for rule in suite.rules}}


def _table(key: str, rows: list[dict[str, Any]], total: int) -> None:
    if rows:
        shown = f"{total} 个文件" if total <= MAX_FILES else f"{total} 个文件中的 {MAX_FILES} 个"
        create_table_artifact(rows, key=key, description=shown)
