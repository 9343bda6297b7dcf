"""A publication: a folder of its own with the exports, complete or not there, and a guard against losing facts.

A fact is what a series key and a period name. When more than a stated share of the facts last published is gone,
somebody must confirm it: a broken reader or a folder that was moved would otherwise empty what others build on.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl import __version__
from etl.errors import GongbaoError, WarehouseError
from etl.export.files import CsvFile, ParquetByYear
from etl.export.package import data_package, resource
from etl.export.sdmx import SdmxFile
from etl.export.tables import CONTRADICTIONS, FACTS, MENTIONS, SERIES, Table, one_look, rows_of, version_of
from etl.export.wide import ByYear, wide_columns, years
from etl.export.workbook import Workbook
from etl.warehouse.views import CONTRACT_VERSION, Column

LATEST = "latest"
CSV_NAME = "current_observation.csv"
WIDE_NAME = "fact_by_year.csv"
WIDE_MEANING = "The facts whose period is a year: a row for each series, a column for each year there is."
SDMX_NAME = "fact.sdmx.csv"
WORKBOOK_NAME = "gongbao.xlsx"
PACKAGE = "datapackage.json"
ABOUT = "publication.json"
REPORT = "report.html"
EXAMPLES = 5


class LossError(GongbaoError):
    """Too much of what was published last is gone."""

    code = "loss"


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published; also the content of ``publication.json``."""

    published_at: str
    """ISO 8601 with offset."""
    version: str
    contract_version: str
    """Of the columns' names, types and meanings."""
    warehouse_version: int
    """Ask ``etl export --since`` this version for what changed later."""
    rows: int
    facts: int
    facts_before: int
    facts_gone: int
    facts_new: int
    loss_confirmed: bool
    sha256: Mapping[str, str]
    """File, by its path in the folder → hash."""
    folder: str
    """Name of the folder under the exports."""

    @property
    def loss(self) -> float:
        """Share of the facts published before that are gone."""
        return self.facts_gone / self.facts_before if self.facts_before else 0.0


def publish(
    engine: sa.Engine,
    exports_dir: Path,
    at: datetime,
    *,
    max_loss: float,
    confirm_loss: bool = False,
    report: Path | None = None,
) -> Publication:
    """Write ``<exports>/<at>/`` with all files and ``publication.json``, and point ``latest`` to it.

    Raises LossError when more than ``max_loss`` of the facts of ``latest`` are gone and nobody confirmed it, and
    GongbaoError when there is nothing to publish; then ``latest`` stays as it was.
    """
    folder = _free_name(exports_dir, at.strftime("%Y%m%d-%H%M%S"))
    try:
        exports_dir.mkdir(parents=True, exist_ok=True)
        incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=exports_dir))
        try:
            written = _write(engine, incoming)
            if not written.rows:
                raise GongbaoError(
                    "publish", "the warehouse has no current observation", next_step="Ingest files first."
                )
            before = dict(_facts_of(exports_dir / LATEST / CSV_NAME))
            gone = before.keys() - written.facts
            hashes = {p.relative_to(incoming).as_posix(): _hash(p) for p in sorted(incoming.rglob("*")) if p.is_file()}
            published_at = at.isoformat(timespec="seconds")
            published = Publication(
                published_at=published_at,
                version=__version__,
                contract_version=CONTRACT_VERSION,
                warehouse_version=written.version,
                rows=written.rows,
                facts=len(written.facts),
                facts_before=len(before),
                facts_gone=len(gone),
                facts_new=len(written.facts - before.keys()),
                loss_confirmed=confirm_loss,
                sha256=hashes,
                folder=folder,
            )
            if published.loss > max_loss and not confirm_loss:
                raise _lost(published, max_loss, Counter(before[fact] for fact in gone))
            if report is not None:
                shutil.copyfile(report, incoming / REPORT)
            tables = [
                resource(incoming / name, hashes[name], meaning, columns, key)
                for name, meaning, columns, key in written.tables
            ]
            _json(incoming / PACKAGE, data_package(published_at, written.version, tables))
            _json(incoming / ABOUT, asdict(published))
            incoming.chmod(0o755)
            incoming.rename(exports_dir / folder)
            _point(exports_dir / LATEST, folder)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    except OSError as e:
        raise WarehouseError(
            str(exports_dir), f"can't be written ({e.strerror or e})", next_step="Free space or set GONGBAO_VAR_DIR."
        ) from e
    return published


@dataclass(frozen=True, slots=True)
class Written:
    """What lies in the folder."""

    version: int
    rows: int
    facts: set[int]
    tables: tuple[tuple[str, str, tuple[Column, ...], str], ...]
    """CSV files: name, meaning, columns, the one that tells rows apart."""


def _write(engine: sa.Engine, folder: Path) -> Written:
    """All files from one look at the warehouse, each row read once."""
    rows, facts = 0, set[int]()
    with one_look(engine) as connection, ExitStack() as stack:
        enter = stack.enter_context
        version, wide = version_of(connection), wide_columns(found := years(connection))
        mentions = enter(CsvFile(folder / CSV_NAME, MENTIONS.columns))
        mentions_by_year = enter(ParquetByYear(folder / "current_observation.parquet", MENTIONS.columns, version))
        for batch in rows_of(connection, MENTIONS):
            rows += len(batch)
            facts.update(_fact(row["series_key"], row["time_period"]) for row in batch)
            mentions.write(batch)
            mentions_by_year.write(batch)
        book = enter(Workbook(folder / WORKBOOK_NAME, found, version))
        wide_csv = enter(CsvFile(folder / WIDE_NAME, wide))
        fact_files = (
            enter(CsvFile(folder / _csv(FACTS), FACTS.columns)),
            enter(ParquetByYear(folder / "fact.parquet", FACTS.columns, version)),
            enter(SdmxFile(folder / SDMX_NAME)),
            enter(ByYear(found, (wide_csv, book.by_year))),
            book.facts,
        )
        for batch in rows_of(connection, FACTS):
            for file in fact_files:
                file.write(batch)
        for table, sheet in ((SERIES, book.series), (CONTRADICTIONS, book.contradictions)):
            csv_file = enter(CsvFile(folder / _csv(table), table.columns))
            for batch in rows_of(connection, table):
                csv_file.write(batch)
                sheet.write(batch)
    described = [
        (_csv(table), table.view.comment, table.columns, key)
        for table, key in ((MENTIONS, "observation_id"), (FACTS, "observation_id"), (SERIES, ""), (CONTRADICTIONS, ""))
    ]
    return Written(version, rows, facts, (*described, (WIDE_NAME, WIDE_MEANING, wide, "series_key")))


def _csv(table: Table) -> str:
    return f"{table.name}.csv"


def _json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _facts_of(path: Path) -> Iterator[tuple[int, str]]:
    """(fact, source) of an earlier CSV; nothing where there is none."""
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield _fact(row["series_key"], row["time_period"] or None), row["source"]


def _fact(series_key: str, time_period: str | None) -> int:
    """64 bits that stand for a fact: a million of them fit in memory."""
    return int.from_bytes(hashlib.blake2b(f"{series_key} {time_period}".encode(), digest_size=8).digest())


def _lost(p: Publication, max_loss: float, sources: Counter[str]) -> LossError:
    most = ", ".join(f"{source} ({n})" for source, n in sources.most_common(EXAMPLES))
    return LossError(
        "publish",
        f"{p.facts_gone} of {p.facts_before} facts published last are gone "
        f"({p.loss:.1%}, allowed {max_loss:.1%}): {most}",
        next_step="See the report; if that is right, publish again with --confirm-loss (parameter confirm_loss).",
    )


def _free_name(exports_dir: Path, name: str) -> str:
    """Two publications of one second have two folders."""
    numbered = (f"{name}-{n}" for n in itertools.count(2))
    return next(n for n in itertools.chain([name], numbered) if not (exports_dir / n).exists())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _point(link: Path, folder: str) -> None:
    """Readers see the old publication or the new one."""
    incoming = link.with_name(f".{link.name}-{os.getpid()}")
    incoming.unlink(missing_ok=True)
    incoming.symlink_to(folder)
    incoming.replace(link)
