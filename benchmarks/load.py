"""Loading observations, beside the raw path of each database for the same rows.

    python benchmarks/load.py [--rows 1000000] [--warehouse postgresql://…] [--dlt PYTHON] [--json FILE]

The same observations, in files of 10,000, are loaded by `load_file` (merge with history, findings' tables and the
file's own row, a transaction per file), and written as ready rows into a bare table of the same columns, keys and
indexes: by executemany in one transaction on SQLite, by COPY on PostgreSQL. Beside them pandas.to_sql, and dlt when
an interpreter is named that has it (it is no dependency of ours). Words are made at random, so that no cache flatters.
Times are wall seconds; the warehouse named is emptied. dlt wants a password in the URL of PostgreSQL, any will do where
none is asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.emptied import emptied
from etl import __version__
from etl.ingest import context_key
from etl.model import Area, CellRef, Observation, Period
from etl.warehouse import schema
from etl.warehouse.load import FileRecord, load_file, start_run

PER_FILE = 10_000
HAN = "人口就业技能工资培训企业职工城镇农村收入比重增长教育住房医疗产业投资消费出口粮食面积总量女性高新"


def file_of(number: int, rows: int, pick: random.Random) -> FileRecord:
    """A file of observations, no label or value like another's."""
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    made = []
    for n in range(rows):
        label = "|".join("".join(pick.choices(HAN, k=pick.randint(3, 9))) for _ in range(3))
        value = Decimal(pick.randrange(10**9)) / 100
        made.append(
            Observation(
                observation_id=hashlib.sha256(f"{number} {n}".encode()).hexdigest()[:24],
                source=f"{number}.xlsx",
                place=CellRef("Sheet1", f"C{n + 5}"),
                text=f"{value}",
                obs_value=value,
                unit="人",
                unit_measure="PERSONS",
                printed_mult=0,
                printed_decimals=2,
                qualifier="eq",
                obs_low=value,
                obs_high=value,
                kind="count",
                direction=None,
                status="observed",
                area=Area(code="420500", name="宜昌市", basis="manifest", printed="全市"),
                period=Period(iso=str(pick.randint(2000, 2024)), basis="title"),
                label=label,
                breakdown={"sex": pick.choice("男女")},
                indicator=None,
                series_key=hashlib.sha256(label.encode()).hexdigest()[:24],
                evidence=f"{label}；{pick.randrange(10**6)}",
                obs_status="A",
                steps=(f"单位取自表头{pick.choice('甲乙丙丁')}", "年份取自标题"),
            )
        )
    return FileRecord(
        sha256=sha256,
        name=f"{number}.xlsx",
        path=Path(f"/landing/{number}.xlsx"),
        size=1,
        context_key=context_key(None),
        status="loaded",
        seconds=0.0,
        format="xlsx",
        reader="excel/1",
        extractor="sheet/1",
        numerals=rows,
        numerals_loaded=rows,
        loaded=tuple(made),
    )


def files(rows: int) -> Iterator[FileRecord]:
    pick = random.Random(7)
    for number, first in enumerate(range(0, rows, PER_FILE)):
        yield file_of(number, min(PER_FILE, rows - first), pick)


def ours(engine: sa.Engine, rows: int) -> float:
    """Seconds in `load_file`; making the observations is not counted."""
    run_id = start_run(engine, {}, seen=0, known=0, problems=[])
    seconds = 0.0
    for record in files(rows):
        began = time.perf_counter()
        load_file(engine, run_id, record)
        seconds += time.perf_counter() - began
    return seconds


def bare(engine: sa.Engine) -> sa.Table:
    """An empty table like `observation`, with its keys and indexes, without references."""
    metadata = sa.MetaData()
    columns = [sa.Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable) for c in schema.observation.c]
    table = sa.Table("bare_observation", metadata, *columns)
    for index in schema.observation.indexes:
        sa.Index(f"bare_{index.name}", *(table.c[c.name] for c in index.columns))
    metadata.drop_all(engine)
    metadata.create_all(engine)
    return table


def stored(engine: sa.Engine) -> list[tuple[Any, ...]]:
    """The rows that `ours` wrote, as the database's own driver gives them."""
    names = ", ".join(c.name for c in schema.observation.c)
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"select {names} from observation")
        return [tuple(json.dumps(v) if isinstance(v, dict | list) else v for v in row) for row in cursor.fetchall()]


def raw(engine: sa.Engine, rows: list[tuple[Any, ...]]) -> float:
    """COPY, or executemany in one transaction: the fastest that the driver offers for rows that are ready."""
    table = bare(engine)
    names = ", ".join(c.name for c in table.c)
    began = time.perf_counter()
    with engine.begin() as connection:
        cursor: Any = connection.connection.cursor()
        if engine.dialect.name == "postgresql":
            with cursor.copy(f"copy {table.name} ({names}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(table.c))
            cursor.executemany(f"insert into {table.name} ({names}) values ({marks})", rows)
    return time.perf_counter() - began


def pandas(engine: sa.Engine, rows: list[tuple[Any, ...]]) -> float:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=[c.name for c in schema.observation.c])
    table = bare(engine)
    types = {c.name: c.type for c in table.c} if engine.dialect.name == "postgresql" else None
    if types:  # PostgreSQL takes no text for JSON and numbers that pandas binds as text
        for c in table.c:
            if isinstance(c.type, sa.JSON):
                frame[c.name] = frame[c.name].map(json.loads)
    began = time.perf_counter()
    with engine.begin() as connection:
        frame.to_sql(table.name, connection, if_exists="append", index=False, chunksize=10_000, dtype=types)
    return time.perf_counter() - began


DLT_SCRIPT = """
import json, sys, time
import dlt
rows_file, url, folder = sys.argv[1:]
def rows():
    with open(rows_file, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
destination = dlt.destinations.sqlalchemy(url) if url.startswith("sqlite") else dlt.destinations.postgres(url)
pipeline = dlt.pipeline("bench", destination=destination, dataset_name="bench_dlt", pipelines_dir=folder)
began = time.perf_counter()
pipeline.run(rows(), table_name="bare_observation", write_disposition="append")
print(time.perf_counter() - began)
"""


def dlt(python: str, engine: sa.Engine, rows: list[tuple[Any, ...]], folder: Path) -> float:
    """dlt's own road from Python rows, in its interpreter."""
    names = [c.name for c in schema.observation.c]
    lines = folder / "rows.jsonl"
    with lines.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(dict(zip(names, row, strict=True)), default=str) + "\n" for row in rows)
    url = engine.url.set(drivername="postgresql" if engine.dialect.name == "postgresql" else "sqlite")
    if engine.dialect.name == "sqlite":
        url = url.set(database=str(folder / "dlt.db"))
    command = [python, "-c", DLT_SCRIPT, str(lines), url.render_as_string(hide_password=False), str(folder / "dlt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"dlt: {done.stderr[-2000:]}")
    return float(done.stdout.splitlines()[-1])


def measure(url: str | None, rows: int, dlt_python: str | None) -> dict[str, float]:
    """Way → seconds."""
    with tempfile.TemporaryDirectory() as name:
        engine = emptied(url or f"sqlite:///{name}/warehouse.db")
        seconds = {"load_file": ours(engine, rows)}
        ready = stored(engine)
        way = "raw COPY" if engine.dialect.name == "postgresql" else "raw executemany"
        ways: dict[str, Callable[[], float]] = {
            way: lambda: raw(engine, ready),
            "pandas.to_sql": lambda: pandas(engine, ready),
        }
        if dlt_python:
            ways["dlt"] = lambda: dlt(dlt_python, engine, ready, Path(name))
        for key, work in ways.items():
            seconds[key] = work()
        engine.dispose()
        return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--warehouse", help="a PostgreSQL database that is emptied; default: a new SQLite file")
    parser.add_argument("--dlt", metavar="PYTHON", help="an interpreter that has dlt")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    seconds = measure(given.warehouse, given.rows, given.dlt)
    database = "PostgreSQL" if given.warehouse else "SQLite"
    raw_seconds = next(v for k, v in seconds.items() if k.startswith("raw"))
    print(f"{given.rows:,} observations into {database}; {machine}")
    for way, taken in seconds.items():
        print(f"{way:16} {taken:8.2f} s {given.rows / taken:10,.0f} rows/s {taken / raw_seconds:6.2f} x raw")
    if given.json:
        figures = {"machine": machine, "version": __version__, "database": database, "rows": given.rows}
        given.json.write_text(json.dumps(figures | {"seconds": seconds}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
