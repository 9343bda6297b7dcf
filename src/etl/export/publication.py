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

import sqlalchemy as sa

from etl import __version__
from etl.errors import GongbaoError, WarehouseError
from etl.export.current import current_rows
from etl.export.files import CsvFile, ParquetFile, Writer

LATEST = "latest"
CSV_NAME = "current_observation.csv"
PARQUET_NAME = "current_observation.parquet"
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
    rows: int
    facts: int
    facts_before: int
    facts_gone: int
    facts_new: int
    loss_confirmed: bool
    sha256: Mapping[str, str]
    """File name → hash."""
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
    """Write ``<exports>/<at>/`` with CSV, Parquet and ``publication.json``, and point ``latest`` to it.

    Raises LossError when more than ``max_loss`` of the facts of ``latest`` are gone and nobody confirmed it, and
    GongbaoError when there is nothing to publish; then ``latest`` stays as it was.
    """
    folder = _free_name(exports_dir, at.strftime("%Y%m%d-%H%M%S"))
    try:
        exports_dir.mkdir(parents=True, exist_ok=True)
        incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=exports_dir))
        try:
            rows, facts = _write(engine, incoming)
            if not rows:
                raise GongbaoError(
                    "publish", "the warehouse has no current observation", next_step="Ingest files first."
                )
            before = dict(_facts_of(exports_dir / LATEST / CSV_NAME))
            gone = before.keys() - facts
            published = Publication(
                published_at=at.isoformat(timespec="seconds"),
                version=__version__,
                rows=rows,
                facts=len(facts),
                facts_before=len(before),
                facts_gone=len(gone),
                facts_new=len(facts - before.keys()),
                loss_confirmed=confirm_loss,
                sha256={name: _hash(incoming / name) for name in (CSV_NAME, PARQUET_NAME)},
                folder=folder,
            )
            if published.loss > max_loss and not confirm_loss:
                raise _lost(published, max_loss, Counter(before[fact] for fact in gone))
            if report is not None:
                shutil.copyfile(report, incoming / REPORT)
            about = json.dumps(asdict(published), ensure_ascii=False, indent=2)
            (incoming / ABOUT).write_text(about + "\n", encoding="utf-8")
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


def _write(engine: sa.Engine, folder: Path) -> tuple[int, set[int]]:
    """Both files from one look at the warehouse; gives the number of rows and the facts."""
    rows, facts = 0, set[int]()
    with ExitStack() as stack:
        connection = stack.enter_context(engine.connect().execution_options(readonly=True))
        written: tuple[Writer, ...] = (CsvFile(folder / CSV_NAME), ParquetFile(folder / PARQUET_NAME))
        files = [stack.enter_context(file) for file in written]
        for batch in current_rows(connection):
            rows += len(batch)
            facts.update(_fact(row["series_key"], row["time_period"]) for row in batch)
            for file in files:
                file.write(batch)
    return rows, facts


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
