"""Read archived files again, for a new reader, extractor or rule, chosen by name, publisher or date.

A backfill that was killed goes on where it stopped: a file is done once the warehouse says that this run read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from etl.errors import GongbaoError, UsageError
from etl.ingest import is_current
from etl.model import SourceFile
from etl.selection import Selection, select
from etl.warehouse import schema


@dataclass(frozen=True, slots=True)
class Backfill:
    """What a backfill has to do."""

    todo: tuple[SourceFile, ...]
    """To be read again, by path."""
    done: int
    """Read by the interrupted backfill that this one goes on with."""
    problems: tuple[str, ...]
    """Files that the archive lacks."""
    resumes: str | None
    """Run of the interrupted backfill; None: a new one."""


def arguments_of(selection: Selection) -> dict[str, object]:
    """What is recorded with the run; the same arguments find an interrupted backfill again."""
    return {"backfill": selection.as_json()}


def plan_backfill(engine: sa.Engine, selection: Selection, archive_dir: Path) -> Backfill:
    """The files that a backfill would read.

    Raises UsageError when nothing is selected, so that nobody reads a whole archive by accident, and when no file
    meets the selection.
    """
    if selection.is_everything:
        raise UsageError("backfill", "no files are chosen", next_step="Give names (e.g. '*'), publishers or dates.")
    with engine.connect().execution_options(readonly=True) as connection:
        files = select(connection, selection)
        resumes = _interrupted(connection, selection)
    if not files:
        raise UsageError(
            f"backfill {selection.as_json()}", "no file of the warehouse meets it", next_step="Try wider patterns."
        )
    todo: list[SourceFile] = []
    problems: list[str] = []
    done = 0
    for file in files:
        try:
            source = file.source(archive_dir)
        except GongbaoError as e:
            problems.append(f"{file.name}: {e}")
            continue
        if resumes == file.run_id and is_current(file.known, source):
            done += 1
        else:
            todo.append(source)
    return Backfill(tuple(todo), done, tuple(problems), resumes)


def _interrupted(connection: sa.Connection, selection: Selection) -> str | None:
    """The last run with this selection that was interrupted; not one that still runs."""
    run = schema.ingest_run.c
    query = sa.select(run.run_id, run.arguments).where(run.status == "interrupted").order_by(run.started_at.desc())
    wanted = arguments_of(selection)
    return next((run_id for run_id, arguments in connection.execute(query) if arguments == wanted), None)
