"""``etl extract``: what would be loaded, as JSON Lines on standard output. Loads nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from etl.errors import GongbaoError, UsageError
from etl.settings import load_settings

if TYPE_CHECKING:
    from etl.landing import Landing
    from etl.model import SourceFile
    from etl.reading import Read


def extract(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or globs.", show_default=False)],
    manifest: Annotated[Path | None, typer.Option(help="manifest.csv: what you know of the files.")] = None,
    relations: Annotated[Path | None, typer.Option(help="Write the relations between figures to this file.")] = None,
    flags: Annotated[Path | None, typer.Option(help="Write what a careful reader would be told to this file.")] = None,
) -> int:
    """Print every observation of the files as one JSON object a line.

    \b
    etl extract report.txt | head -1
    etl extract landing --manifest what-we-know.csv > rows.jsonl
    etl extract landing --relations sums.jsonl --flags doubts.jsonl

    The fields are those of table observation, see docs/warehouse.md. Nothing is loaded.

    Files that can't be read are named on standard error; the others are printed. Exit code 1 if there were any.
    """
    from etl.apart import reading
    from etl.contract import flag_row
    from etl.extract.sheet.layout_files import load_layouts
    from etl.landing import discover
    from etl.reading import Unread

    settings = load_settings()
    layouts = load_layouts(settings.layouts_dir)
    landing = discover(paths, manifest=manifest, own=settings.var_dir)
    failed = len(landing.missing)

    def told(error: str) -> None:
        nonlocal failed
        failed += 1
        typer.echo(f"etl: {error}", err=True)

    for problem in (*landing.missing, *landing.problems):
        typer.echo(f"etl: {problem}", err=True)
    with ExitStack() as stack:
        to_relations = stack.enter_context(_writable(relations)) if relations else None
        to_flags = stack.enter_context(_writable(flags)) if flags else None
        for outcome in reading(settings, sys.stdout.buffer.write)(_sources(landing, told), layouts):
            if isinstance(outcome, Unread):
                told(outcome.error)
                continue
            for warning in outcome.content.warnings:
                typer.echo(f"etl: {outcome.source.name}: note: {warning}", err=True)
            _write(to_relations, _relation_rows(outcome))
            _write(to_flags, (flag_row(outcome.source.name, f) for f in outcome.extraction.flags))
    return 1 if failed else 0


def _writable(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as e:
        raise UsageError(str(path), f"can't be written ({e.strerror or e})", next_step="Name another file.") from None


def _sources(landing: Landing, tell: Callable[[str], None]) -> Iterator[SourceFile]:
    """The files of the landing; why one can't be opened is told."""
    from etl.archive import digest
    from etl.model import SourceFile

    for path in landing.files:
        try:
            sha256, size = digest(path)
        except (OSError, GongbaoError) as e:
            tell(str(e))
            continue
        yield SourceFile(path, path.name, sha256, size, landing.entry(path))


def _relation_rows(outcome: Read) -> Iterable[dict[str, Any]]:
    from etl.contract import plain
    from etl.warehouse.load import members_json

    for e in outcome.evaluated:
        yield {
            "source": outcome.source.name,
            "kind": e.relation.kind,
            "members": members_json(e.relation.members),
            "computed_low": plain(e.computed_low),
            "computed_high": plain(e.computed_high),
            "verdict": e.verdict,
            "arithmetic": e.arithmetic,
        }


def _write(out: BinaryIO | None, rows: Iterable[dict[str, Any]]) -> None:
    from etl.contract import json_lines

    if out is not None:
        out.write(json_lines(rows))
