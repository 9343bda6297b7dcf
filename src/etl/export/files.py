"""CSV and Parquet, written batch by batch."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from etl.contract import plain
from etl.export.tables import Row, kind_of
from etl.warehouse.views import CONTRACT_VERSION, Column

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMERAL = re.compile(r"[-+]?\d[\d,.，]*\s*[%‰％]?")
MOST_WAITING = 10_000
"""Rows that wait for their partition at most."""


class Writer(Protocol):
    """A file that takes batches of rows."""

    def write(self, rows: Iterable[Row]) -> None: ...
    def __enter__(self) -> Writer: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def harmless(text: str) -> str:
    """Text that a spreadsheet program shows and never executes: what begins like a formula gets an apostrophe.

    A printed numeral (-3.2%) stays as it is.
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMERAL.fullmatch(text) else text


def csv_value(value: Any, kind: str) -> Any:
    """Decimals without exponent, truth as true and false, times as ISO 8601, texts harmless, null empty."""
    if value is None:
        return ""
    if kind == "number":
        return plain(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "string":
        return harmless(str(value))
    return value.isoformat() if isinstance(value, datetime) else value


class CsvFile:
    """UTF-8 with a byte order mark, so that Excel shows Chinese; decimals exactly as in the warehouse."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self.columns = [(c.name, kind_of(c)) for c in columns]
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow([name for name, _ in self.columns])

    def write(self, rows: Iterable[Row]) -> None:
        self.writer.writerows([csv_value(row[name], kind) for name, kind in self.columns] for row in rows)

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


class ParquetFile:
    """One file, compressed with zstd; values and interval ends as doubles, which keep 15 digits.

    Each column carries its meaning, the file the version of the contract and of the warehouse.
    """

    def __init__(self, path: Path, columns: Sequence[Column], version: int) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {
            "number": pa.float64(),
            "integer": pa.int64(),
            "boolean": pa.bool_(),
            "datetime": pa.timestamp("us", tz="UTC"),
        }
        fields = [
            pa.field(c.name, types.get(kind_of(c), pa.string()), metadata={"meaning": c.meaning}) for c in columns
        ]
        about = {"contract_version": CONTRACT_VERSION, "warehouse_version": str(version)}
        self.doubles = [c.name for c in columns if kind_of(c) == "number"]
        self.flags = [c.name for c in columns if kind_of(c) == "boolean"]
        self.schema = pa.schema(fields, metadata=about)
        self.writer = pq.ParquetWriter(path, self.schema, compression="zstd")

    def write(self, rows: Iterable[Row]) -> None:
        import pyarrow as pa

        typed = [
            {
                **row,
                **{c: None if row[c] is None else float(row[c]) for c in self.doubles},
                **{c: None if row[c] is None else bool(row[c]) for c in self.flags},
            }
            for row in rows
        ]
        self.writer.write_table(pa.Table.from_pylist(typed, schema=self.schema))

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()


class ParquetByYear:
    """A folder ``<name>/year=2023/part-0.parquet`` …: the year in which the period begins."""

    UNKNOWN = "__HIVE_DEFAULT_PARTITION__"

    def __init__(self, folder: Path, columns: Sequence[Column], version: int) -> None:
        self.folder, self.columns, self.version = folder, columns, version
        self.parts: dict[str, ParquetFile] = {}
        self.waiting: dict[str, list[Row]] = {}
        self.open = ExitStack()
        folder.mkdir()

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.waiting.setdefault((row["time_period"] or self.UNKNOWN)[:4], []).append(row)
        if sum(map(len, self.waiting.values())) > MOST_WAITING:
            self._flush()

    def _flush(self) -> None:
        for year, rows in self.waiting.items():
            if year not in self.parts:
                name = year if year.isdigit() else self.UNKNOWN
                path = self.folder / f"year={name}" / "part-0.parquet"
                path.parent.mkdir()
                self.parts[year] = self.open.enter_context(ParquetFile(path, self.columns, self.version))
            self.parts[year].write(rows)
        self.waiting.clear()

    def __enter__(self) -> ParquetByYear:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.open:
            if error is None:
                self._flush()
