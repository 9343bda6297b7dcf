"""How long whole extraction of spreadsheets takes, beside what pandas and python-calamine need only to read them.

    python benchmarks/sheets.py                files of GONGBAO_SHARED/sheets, and generated sheets up to 1 M cells
    python benchmarks/sheets.py FOLDER --cells 100000 --json out.json

Of each file: *gongbao* reads and extracts (roles, regions, units, periods, sums), *rows* goes on from there to the
lines of ``etl extract`` (base units, intervals, indicators, verdicts, JSON), *pandas* is ``read_excel`` or ``read_csv``
of all sheets with its default engines, *calamine* yields the same cells as Python values (csv: the module csv). Files
that pandas or calamine can't open at all (HTML named .xls, default passwords) are left out of the comparison with that
reader and counted; so are, in a second line, the large ones, in which the cost of a cell and not of a file is measured.

The best of several rounds counts, in CPU seconds (all use one core). Modules and reference tables are loaded before;
whatever gongbao remembers of labels is forgotten before each file, so that no file gains by an earlier round or file.
Peak memory is that of a process of its own; of ``etl extract``, which reads in a second process, that of both. Linux
only.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import functools
import gc
import itertools
import json
import math
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

PLACES = (
    "玄武区",
    "秦淮区",
    "建邺区",
    "鼓楼区",
    "浦口区",
    "栖霞区",
    "雨花台区",
    "江宁区",
    "六合区",
    "溧水区",
    "高淳区",
)
COLUMNS = 50
LARGE = 1024 * 1024
"""Bytes of a file from which on cells matter and not the file."""
SIZES = (10_000, 50_000, 200_000, 1_000_000)
SUFFIXES = frozenset({".xlsx", ".xls", ".ods", ".et", ".csv", ".xlsm"})


def gongbao(path: Path) -> int:
    from etl.errors import GongbaoError
    from etl.extract.sheet.workbook import extract_workbook
    from etl.model import Workbook
    from etl.read import read

    try:
        content = read(path)
    except GongbaoError:
        return 0
    if not isinstance(content, Workbook):
        return 0
    found = extract_workbook(content, path.name)
    return len(found.figures) + len(found.ignored)


def rows(path: Path) -> int:
    """As ``etl extract`` does, in this process."""
    from etl.contract import json_lines, observation_row
    from etl.model import SourceFile
    from etl.packing import ITEMS
    from etl.reading import Unread, read_file

    found = read_file(SourceFile(path, path.name, "0" * 64, path.stat().st_size))
    if isinstance(found, Unread):
        return 0
    rest = iter(found.observations)
    with Path(os.devnull).open("wb") as out:
        while part := tuple(itertools.islice(rest, ITEMS)):
            out.write(json_lines(map(observation_row, part)))
    return len(found.observations)


def forget() -> None:
    """Empty the bounded caches, those of single labels; tables that are loaded once stay."""
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper) and found.cache_parameters()["maxsize"]:
            found.cache_clear()


def pandas(path: Path) -> int:
    import pandas as pd

    if path.suffix.lower() == ".csv":
        try:
            return int(pd.read_csv(path, header=None, dtype=object, on_bad_lines="skip").notna().sum().sum())
        except UnicodeDecodeError:
            frame = pd.read_csv(path, header=None, dtype=object, on_bad_lines="skip", encoding="gb18030")
            return int(frame.notna().sum().sum())
    frames = pd.read_excel(path, sheet_name=None, header=None)
    return sum(int(f.notna().sum().sum()) for f in frames.values())


def calamine(path: Path) -> int:
    if path.suffix.lower() == ".csv":  # it reads none; the csv module is the nearest to it
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("gb18030", "replace")
        return sum(bool(v) for row in csv.reader(text.splitlines()) for v in row)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    return sum(v != "" for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for v in row)


READERS: dict[str, Callable[[Path], int]] = {"gongbao": gongbao, "rows": rows, "pandas": pandas, "calamine": calamine}


def timed(reader: Callable[[Path], int], path: Path, rounds: int) -> tuple[float | None, int]:
    """Best of the rounds and the cells; None when the reader can't open the file."""
    best, cells = None, 0
    for _ in range(rounds):
        if reader in (gongbao, rows):
            forget()
        started = time.process_time()
        try:
            cells = reader(path)
        except Exception:  # whatever another reader raises for a file that it can't open
            return None, 0
        spent = time.process_time() - started
        best = spent if best is None else min(best, spent)
    return best, cells


def compare(folder: Path, rounds: int) -> dict[str, Any]:
    """All files of a folder with all three, and the sums over the files that each pair can open."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.name != "manifest.csv")
    for reader in READERS.values():  # imports and tables are loaded once, before the clock runs
        for path in files[:2]:
            timed(reader, path, 1)
    found = []
    for path in files:
        row: dict[str, Any] = {"file": str(path.relative_to(folder)), "bytes": path.stat().st_size}
        for name, reader in READERS.items():
            row[name], row[f"{name}_cells"] = timed(reader, path, rounds)
        found.append(row)
    return {
        "files": found,
        "totals": [_total(found, other, small) for other in ("pandas", "calamine") for small in (False, True)],
    }


def _total(found: list[dict[str, Any]], other: str, small: bool) -> dict[str, Any]:
    rows = [r for r in found if not small or r["bytes"] < LARGE]
    both = [r for r in rows if r["gongbao"] is not None and r[other] is not None]
    ours, theirs = sum(r["gongbao"] for r in both), sum(r[other] for r in both)
    return {
        "against": other, "small_only": small, "files": len(both), "unopened": len(rows) - len(both),
        "gongbao": ours, "rows": sum(r["rows"] or 0 for r in both), other: theirs,
        "ratio": ours / theirs if theirs else None, "faster_in": sum(r["gongbao"] < r[other] for r in both),
    }  # fmt: skip


def generate(path: Path, cells: int) -> None:
    """Districts by month with 50 indicators, as xlsx: whole numbers, decimals, shares, gaps and dashes among them."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("各区")
    sheet.append(["南京市各区主要指标"])
    units = ("万元", "人", "%", "公顷", "个")
    sheet.append(["年份", "地区", *(f"指标{n}({units[n % len(units)]})" for n in range(COLUMNS))])
    chance = random.Random(1)
    for n in range(max(1, cells // COLUMNS)):
        year = f"{2000 + n // (12 * len(PLACES)) % 25}年{n // len(PLACES) % 12 + 1}月"
        sheet.append([year, PLACES[n % len(PLACES)], *(_value(c, chance) for c in range(COLUMNS))])
    book.save(path)


def _value(column: int, chance: random.Random) -> float | int | str | None:
    kind = chance.random()
    if kind < 0.02:
        return None if kind < 0.01 else "—"
    if column % 5 == 2:
        return round(chance.uniform(0, 100), 2)
    return round(chance.lognormvariate(8, 2), 1) if column % 5 == 0 else int(chance.lognormvariate(8, 2))


def linearity(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Seconds and peak memory by cells, each in a process of its own."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for cells in sizes:
            path = Path(folder) / f"南京_{cells}.xlsx"
            generate(path, cells)
            done = subprocess.run([sys.executable, __file__, "--one", str(path)], capture_output=True, check=True)
            found.append({"cells": cells, **json.loads(done.stdout), **command(path)})
    return found


def exponent(found: list[dict[str, Any]]) -> float:
    """Of seconds by cells, between the smallest and the largest sheet: 1 is linear."""
    first, last = found[0], found[-1]
    return math.log(last["seconds"] / first["seconds"]) / math.log(last["cells"] / first["cells"])


def command(path: Path) -> dict[str, Any]:
    """``etl extract``: CPU seconds and wall seconds of the command with its second process, the peak of each."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [Path(sys.executable).with_name("etl"), "extract", str(path)],
        stdout=subprocess.DEVNULL,
    )
    peaks: dict[int, int] = {}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    while child.poll() is None:
        for pid in (child.pid, *_children(child.pid)):
            with contextlib.suppress(OSError, IndexError, ValueError):
                peaks[pid] = peak_kb(pid)
        time.sleep(0.02)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "extract_wall": time.perf_counter() - start,
        "extract_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "extract_peak_mb": sorted((kb / 1024 for kb in peaks.values()), reverse=True),
        "extract_exit": child.returncode,
    }


def _children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def one(path: Path) -> dict[str, Any]:
    small = path.with_name("small.xlsx")
    generate(small, 2000)
    gongbao(small)
    base = peak_kb()
    started = time.process_time()
    read = gongbao(path)
    spent = time.process_time() - started
    peak = peak_kb()
    return {"read": read, "seconds": spent, "peak_mb": peak / 1024, "above_base_mb": (peak - base) / 1024}


def peak_kb(pid: int | str = "self") -> int:
    """Largest resident set of a process; getrusage's would still hold that of the process it was forked from."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def show(result: dict[str, Any]) -> None:
    print(f"{'file':<60} {' '.join(f'{n:>8}' for n in READERS)}  CPU seconds")
    for row in sorted(result["files"], key=lambda r: -(r["gongbao"] or 0)):
        times = " ".join(f"{row[n]:8.3f}" if row[n] is not None else f"{'—':>8}" for n in READERS)
        print(f"{row['file'][-60:]:<60} {times}")
    for t in result["totals"]:
        print(
            f"{'small' if t['small_only'] else 'all'} {t['files']} files that {t['against']} opens "
            f"({t['unopened']} it does not): gongbao {t['gongbao']:.2f} s (rows {t['rows']:.2f} s), "
            f"{t['against']} {t[t['against']]:.2f} s, ratio {t['ratio']:.2f}, faster in {t['faster_in']}"
        )
    for row in result["linearity"]:
        print(
            f"{row['cells']:>9} cells: {row['seconds']:7.2f} s, {row['seconds'] / row['cells'] * 1e6:5.1f} µs a cell, "
            f"peak {row['peak_mb']:.0f} MB ({row['above_base_mb'] / row['cells'] * 1024:.2f} KB a cell); etl extract: "
            f"{row['extract_wall']:.1f} s wall, {row['extract_seconds']:.1f} s CPU, peaks "
            f"{' + '.join(f'{mb:.0f}' for mb in row['extract_peak_mb'])} MB"
        )
    if len(result["linearity"]) > 1:
        print(f"exponent of seconds by cells: {exponent(result['linearity']):.2f}")


def main() -> None:
    shared = os.environ.get("GONGBAO_SHARED", str(Path(__file__).parents[2] / "shared"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(shared) / "sheets")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cells", type=int, default=SIZES[-1], help="largest generated sheet; 0: none")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.one:
        print(json.dumps(one(given.one)))
        return
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is no folder; name one or set GONGBAO_SHARED")
    result = compare(given.folder, given.rounds)
    result["linearity"] = linearity(tuple(n for n in SIZES if n <= given.cells))
    show(result)
    result["machine"] = {"python": platform.python_version(), "cpu": platform.processor(), "cores": os.cpu_count()}
    result["versions"] = {n: metadata.version(n) for n in ("gongbao", "pandas", "python-calamine", "openpyxl", "xlrd")}
    if given.json:
        given.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
