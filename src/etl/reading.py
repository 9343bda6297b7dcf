"""One file through all stages before the gate: read, extract, normalise, account. Knows no warehouse and no GX, so
that the process which does it for strangers' files (``etl.apart``) starts quickly."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from etl.accounting import Accounting, account, check_numerals
from etl.check.catalogue import catalogue_relations
from etl.check.reconcile import Evaluated, evaluate, member_places
from etl.collector import collector_paused
from etl.errors import GongbaoError, LayoutError, NothingFoundError
from etl.extract import extract, extractor_of
from etl.model import Document, Extraction, Observation, RawFigure, SourceFile, Workbook
from etl.normalise.observe import Observer
from etl.read import read

if TYPE_CHECKING:
    from etl.extract.sheet.layout_files import SavedTable

log = logging.getLogger("etl.ingest")


@dataclass(frozen=True, slots=True)
class Described:
    """What is kept of a file's content: how it was read."""

    format: str
    encoding: str | None
    reader: str
    extractor: str
    title: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A file after reading, extraction and normalisation."""

    source: SourceFile
    content: Described
    extraction: Extraction
    """Without its figures: they have become the observations."""
    observations: tuple[Observation, ...]
    evaluated: tuple[Evaluated, ...]
    accounting: Accounting
    seconds: float


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    source: SourceFile
    status: Literal["failed", "blocked"]
    error_code: str
    error: str
    seconds: float


def read_files(sources: Iterable[SourceFile], layouts: Sequence[SavedTable] = ()) -> Iterator[Read | Unread]:
    """``read_file`` for one after the other, in this process."""
    for source in sources:
        yield read_file(source, layouts)


def read_file(source: SourceFile, layouts: Sequence[SavedTable] = ()) -> Read | Unread:
    """All stages before the gate. Any failure becomes an ``Unread`` that failed, a sheet that no longer fits its
    saved layout one that is blocked."""
    started = time.perf_counter()

    def unread(code: str, error: str, status: Literal["failed", "blocked"] = "failed") -> Unread:
        return Unread(source, status, code, error, time.perf_counter() - started)

    try:
        content = read(source.archived or source.path)
        check_numerals(source.name, content)
        with collector_paused(_cells(content)):
            extraction = extract(source, content, layouts)
            if not extraction.figures:
                kind = "figure" if isinstance(content, Document) else "table with figures"
                raise NothingFoundError(
                    source.name,
                    f"no {kind} was found in it ({len(extraction.ignored)} numerals ignored)",
                    next_step="If it should hold some, see `etl extract` and the report.",
                )
            accounting, described = account(content, extraction), _described(content)
            del content  # of a large sheet, cells and figures take as much memory as the observations: not all at once
            figures = deque(extraction.figures)
            extraction = replace(extraction, figures=())
            observations = tuple(_observed(source, figures))
            relations = (*extraction.relations, *catalogue_relations(observations, extraction.relations))
            members = {place for relation in relations for place in member_places(relation.members)}
            by_place = {o.place: o for o in observations if o.place in members} if members else {}
            evaluated = tuple(evaluate(relation, by_place) for relation in relations)
    except LayoutError as e:
        return unread(e.code, str(e), "blocked")
    except GongbaoError as e:
        return unread(e.code, str(e).replace(str(source.archived), str(source.path)))  # people know it by its own name
    except MemoryError:
        return unread("memory", f"{source.name}: reading it takes more memory than there is. Split the file.")
    except Exception as e:  # a reader or extractor may meet anything; the file is marked, the rest goes on
        log.debug("%s crashed", source.name, exc_info=True)
        return unread("crashed", f"{source.name}: {type(e).__name__}: {e}")
    seconds = time.perf_counter() - started
    return Read(source, described, extraction, observations, evaluated, accounting, seconds)


def _observed(source: SourceFile, figures: deque[RawFigure]) -> Iterator[Observation]:
    """The observations of the figures, each of which is let go."""
    observer = Observer(source)
    while figures:
        yield observer.observe(figures.popleft())


def _cells(content: Document | Workbook) -> int:
    return sum(len(sheet.cells) for sheet in content.sheets) if isinstance(content, Workbook) else 0


def _described(content: Document | Workbook) -> Described:
    title = content.title if isinstance(content, Document) else None
    return Described(
        content.format, content.encoding, content.reader, extractor_of(content), title, tuple(content.warnings)
    )
