"""What a run shows in Prefect's UI. Without a server nothing is made: the temporary one of `etl run` shows nothing."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.settings import get_current_settings

from etl.check.suites import load_suites
from etl.outcome import RunSummary
from etl.run_page import MAX_FILES, files_table, markdown
from etl.settings import Settings


def server_is_set() -> bool:
    """Is there a server that someone looks at?"""
    return get_current_settings().api.url is not None


def log_to_server() -> None:
    """Send what the stages log about each file to the run's page, without the line that only moves a progress bar."""
    logger = logging.getLogger("etl")
    if not server_is_set():
        return
    if logger.level == logging.NOTSET or logger.level > logging.INFO:
        logger.setLevel(logging.INFO)
    for handler in logger.handlers:
        if not any(isinstance(f, _NoProgress) for f in handler.filters):
            handler.addFilter(_NoProgress())


class _NoProgress(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not hasattr(record, "file_read")


class Progress:
    """Percentage of the files done, on the run's page."""

    def __init__(self, key: str, total: int) -> None:
        self.key, self.total, self.done = key, total, 0
        self.artifact: UUID | None = None

    def __enter__(self) -> Progress:
        if self.total and server_is_set():
            made = create_progress_artifact(0.0, key=self.key, description=f"{self.total} 个文件")
            self.artifact = cast(UUID, made)
        return self

    def advance(self, files: int) -> None:
        self.done += files
        if self.artifact:
            update_progress_artifact(self.artifact, progress=round(100 * self.done / self.total, 1))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing: a run that broke off keeps the progress it had."""


def show(flow_name: str, settings: Settings, summary: RunSummary) -> None:
    """The table of files and the summary of a run."""
    if not server_is_set():
        return
    rows = files_table(summary.files)
    shown = f"前 {MAX_FILES} 个，共 {len(summary.files)} 个" if len(summary.files) > MAX_FILES else f"{len(rows)} 个"
    if rows:
        create_table_artifact(rows, key=f"{flow_name}-files", description=f"文件：{shown}")
    descriptions = {rule.rule_id: rule.description for s in load_suites(settings.suites_dir) for rule in s.rules}
    create_markdown_artifact(
        markdown(summary, descriptions, settings.reports_url),
        key=f"{flow_name}-summary",
        description=f"运行 {summary.run_id[:8]}",
    )
