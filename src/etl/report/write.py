"""Puts the report of a run beside the warehouse, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from errno import EISDIR
from pathlib import Path

import sqlalchemy as sa

from etl.errors import UsageError, WarehouseError
from etl.report.build import render
from etl.report.data import ReportData
from etl.report.published import last_publication
from etl.report.queries import load_report_data
from etl.report.wording import SHANGHAI
from etl.settings import load_settings

LATEST = "latest.html"
EXPORTS = "exports"
"""Folder beside that of the reports, as in the settings."""


def write_report(engine: sa.Engine, run_id: str | None, reports_dir: Path, *, archive_dir: Path | None) -> Path:
    """Write ``<start, time of Shanghai>-<run>.html``, of the latest run also ``latest.html``; gives the path of the
    first. ``run_id``: the run, a prefix of its id, or None for the latest.

    Raises UsageError for an unknown run and WarehouseError when the folder can't be written.
    """
    data = with_publication(engine, load_report_data(engine, run_id), reports_dir.parent / EXPORTS)
    html = render(data, archive_dir)
    started = data.run.started_at.astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
    path = reports_dir / f"{started}-{data.run.run_id[:8]}.html"
    try:
        reports_dir.mkdir(parents=True, exist_ok=True)
        for target in (path, reports_dir / LATEST) if data.is_latest else (path,):
            _write_whole(target, html)
    except OSError as e:
        raise WarehouseError(
            str(reports_dir),
            f"the report can't be written there ({e.strerror or e})",
            next_step="Free space or set GONGBAO_VAR_DIR to another folder.",
        ) from e
    return path


def with_publication(engine: sa.Engine, data: ReportData, exports_dir: Path) -> ReportData:
    """The data of a report with the state of the last publication."""
    return replace(data, published=last_publication(engine, exports_dir, load_settings().publish_max_loss))


def write_text(target: Path, text: str) -> None:
    """Write what a person asked to have at a path, whole or not at all. Raises UsageError when that can't be."""
    try:
        if target.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, text)
    except OSError as e:
        raise UsageError(
            str(target), f"can't be written ({e.strerror or e})", next_step="Give another --output."
        ) from None


def _write_whole(target: Path, text: str) -> None:
    """A reader sees the old report or the new one, never half of one."""
    handle, name = tempfile.mkstemp(prefix=".report-", suffix=".html", dir=target.parent)
    incoming = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        incoming.chmod(0o644)
        incoming.replace(target)
    finally:
        incoming.unlink(missing_ok=True)
