"""CSV and Parquet, written batch by batch."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from etl.contract import plain
from etl.export.current import COLUMNS, DECIMALS, INTEGERS, Row


class Writer(Protocol):
    """A file that takes batches of rows."""

    def write(self, rows: Iterable[Row]) -> None: ...
    def __enter__(self) -> Writer: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class CsvFile:
    """UTF-8 with a byte order mark, so that Excel shows Chinese; decimals exactly as in the warehouse."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(COLUMNS)

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.writer.writerow([plain(row[c]) if c in DECIMALS else row[c] for c in COLUMNS])

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


class ParquetFile:
    """Compressed with zstd; values and interval ends as doubles, which keep 15 digits."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        def type_of(column: str) -> Any:
            if column in DECIMALS:
                return pa.float64()
            return pa.int64() if column in INTEGERS else pa.string()

        self.schema = pa.schema([(column, type_of(column)) for column in COLUMNS])
        self.writer = pq.ParquetWriter(path, self.schema, compression="zstd")

    def write(self, rows: Iterable[Row]) -> None:
        import pyarrow as pa

        as_double = ({**row, **{c: None if row[c] is None else float(row[c]) for c in DECIMALS}} for row in rows)
        self.writer.write_table(pa.Table.from_pylist(list(as_double), schema=self.schema))

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()
