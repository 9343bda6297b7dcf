"""The gate over generated observations against the same checks in plain pandas, in the same run.

usage: gate.py [--rows N ...] [--batch N] [--json FILE]

Every number of rows runs in a process of its own that makes, checks and drops batches, as a run does and as large as
there. Both sides see the same batches, one after the other, and must name the same rows. Times are CPU seconds:

frame     observations → columns, the same for both
plain     the suite's checks in pandas, ids of all failing rows by rule
gate      Great Expectations, results and findings by file, with their messages in Chinese
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from etl.check.frames import FileRows, Rows
from etl.check.gate import check
from etl.check.suites import PRESENT, Rule, Suite, columns_of, load_suites
from etl.ingest import CHECKED_TOGETHER
from etl.model import Area, CellRef, Observation, Period, RawFigure, SourceFile
from etl.normalise.observe import observe
from etl.settings import Settings

SIZES = (250_000, 500_000, 1_000_000, 2_000_000)
FILE = 2_000
"""Observations of a file."""
FAULTS = 0.02
"""Share of the observations with one of the faults below."""
AREAS = (("360100", "南昌市"), ("360000", "江西省"), ("420500", "宜昌市"), ("370700", "潍坊市"))
MEASURES = (
    ("年末常住人口", "count", "人"),
    ("地区生产总值", "money", "元"),
    ("城镇人口比重", "share", "%"),
    ("财政收入增速", "growth", "%"),
    ("城镇化率变化", "pp_change", "百分点"),
    ("人口自然增长率", "rate", "‰"),
)


def sound(rng: random.Random, number: int, label: str, kind: Any, unit: str) -> Observation:
    """One figure as the road would make it."""
    code, name = rng.choice(AREAS)
    value = Decimal(rng.randint(1, 999)) / 10 if unit in {"%", "‰", "百分点"} else Decimal(rng.randint(1, 10**7))
    figure = RawFigure(
        place=CellRef("表1", f"C{number}"),
        text=f"{value}",
        number=value,
        multiplier=0,
        decimals=1,
        unit=unit,
        kind=kind,
        label=f"{label}|第{number}组",
        evidence=f"{name} {label}",
        area=Area(code, name, basis="sheet"),
        period=Period(f"{rng.randint(2010, 2024)}", basis="sheet"),
    )
    return observe(SourceFile(Path("b.xlsx"), "b.xlsx", f"{number:064x}", 1), figure)


def faulty(rng: random.Random, o: Observation) -> Observation:
    changes: tuple[dict[str, Any], ...] = (
        {"unit": None, "unit_measure": None},
        {"unit_measure": None},
        {"area": Area(printed="鼓楼区", unresolved=True)},
        {"area": Area()},
        {"area": Area("999999", "无此地")},
        {"period": Period()},
        {"period": Period("2024年")},
        {"label": ""},
        {"kind": "share", "unit": "%", "obs_value": Decimal("104.3")},
        {"kind": "growth", "unit": "%", "obs_value": Decimal(4000)},
        {"obs_low": Decimal(2), "obs_high": Decimal(1)},
        {"confidence": 0.1},
    )
    return replace(o, **rng.choice(changes))


def batches(rows: int, size: int) -> Iterator[list[FileRows]]:
    """The observations in files, the files in batches; the same for the same arguments."""
    rng = random.Random(20)
    models = [sound(rng, n, *MEASURES[n % len(MEASURES)]) for n in range(3_000)]
    batch: list[FileRows] = []
    for file in range(-(-rows // FILE)):
        own = []
        for n in range(min(FILE, rows - file * FILE)):
            model = rng.choice(models)
            place, series = CellRef("表1", f"C{n}"), f"{file:06d}{n:06d}"
            o = replace(model, observation_id=f"o{file:08d}{n:08d}", place=place, series_key=series)
            own.append(faulty(rng, o) if rng.random() < FAULTS else o)
        batch.append(FileRows(f"{file:064x}", tuple(own), ()))
        if len(batch) * FILE >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def needed(suite: Suite) -> list[str]:
    return list(dict.fromkeys(c for r in suite.rules for c in (*r.when, *columns_of(r.type, r.kwargs))))


def plain(suite: Suite, frame: pd.DataFrame, ids: np.ndarray[Any, Any]) -> dict[str, list[str]]:
    """The suite by hand: ids of the failing rows of each rule."""
    result = {}
    for rule in suite.rules:
        fails = failing(rule, frame)
        for column, values in rule.when.items():
            fails = fails & (frame[column].notna() if values == PRESENT else frame[column].isin(values))
        result[rule.rule_id] = ids[fails.to_numpy()].tolist()
    return result


def failing(rule: Rule, frame: pd.DataFrame) -> pd.Series[bool]:
    kwargs: Mapping[str, Any] = rule.kwargs
    match rule.type:
        case "expect_column_values_to_be_unique":
            return frame.duplicated(kwargs["column"], keep=False)
        case "expect_compound_columns_to_be_unique":
            return frame.duplicated(kwargs["column_list"], keep=False)
        case "expect_column_pair_values_a_to_be_greater_than_b":
            return frame[kwargs["column_A"]] < frame[kwargs["column_B"]]
    column = frame[kwargs["column"]]
    match rule.type:
        case "expect_column_values_to_not_be_null":
            return column.isna()
        case "expect_column_values_to_be_in_set":
            return column.notna() & ~column.isin(kwargs["value_set"])
        case "expect_column_values_to_be_between":
            return (column < kwargs.get("min_value", -np.inf)) | (column > kwargs.get("max_value", np.inf))
        case "expect_column_values_to_match_regex":
            return column.notna() & ~column.str.match(kwargs["regex"], na=False)
    raise ValueError(f"no plain form of {rule.type}")


def measured(rows: int, size: int) -> dict[str, Any]:
    """One size, in this process."""
    (suite,) = (s for s in load_suites(Settings().suites_dir) if s.frame == "observation")
    columns = needed(suite)
    check(next(batches(FILE, FILE)), [suite])  # imports
    start_rss = peak()
    seconds: dict[str, float] = defaultdict(float)
    framed, gather, build = 0.0, Rows.__init__, Rows.frame

    def timed(original: Any) -> Any:
        def call(*args: Any) -> Any:
            nonlocal framed
            before = time.process_time()
            made = original(*args)
            framed += time.process_time() - before
            return made

        return call

    found = 0
    for batch in batches(rows, size):
        started = time.process_time()
        frame = build(Rows("observation", batch), columns)
        seconds["frame"] += time.process_time() - started
        ids = np.array([o.observation_id for f in batch for o in f.observations], dtype=object)
        started = time.process_time()
        by_hand = plain(suite, frame, ids)
        seconds["plain"] += time.process_time() - started
        del frame
        framed = 0.0
        Rows.__init__, Rows.frame = timed(gather), timed(build)  # type: ignore[method-assign]
        started = time.process_time()
        verdicts = check(batch, [suite])
        seconds["gate"] += time.process_time() - started - framed
        seconds["gate's frame"] += framed
        Rows.__init__, Rows.frame = gather, build  # type: ignore[method-assign]
        by_gate: dict[str, list[str]] = {rule.rule_id: [] for rule in suite.rules}
        for verdict in verdicts:
            for finding in verdict.findings:
                by_gate[finding.rule_id].append(finding.observation_id or "")
        if by_gate != by_hand:
            raise SystemExit(f"gate and plain pandas differ: {[k for k in by_hand if by_hand[k] != by_gate[k]]}")
        found += sum(map(len, by_hand.values()))
    return {
        "rows": rows,
        "rules": len(suite.rules),
        "failing": found,
        "seconds": {k: round(v, 2) for k, v in seconds.items()},
        "gate / plain": round(seconds["gate"] / seconds["plain"], 2),
        "with frame": round((seconds["gate"] + seconds["gate's frame"]) / (seconds["plain"] + seconds["frame"]), 2),
        "peak_mb": peak(),
        "before_mb": start_rss,
    }


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--batch", type=int, default=CHECKED_TOGETHER, help="rows checked together")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measured(args.rows[0], args.batch)))
        return
    heads = ("failing", 8), ("frame", 7), ("plain", 7), ("gate", 7), ("ratio", 6), ("with frame", 11), ("peak MB", 8)
    print(f"{'rows':>10}", *(f"{head:>{width}}" for head, width in heads))
    results = []
    for rows in args.rows:
        command = [sys.executable, __file__, "--one", "--rows", str(rows), "--batch", str(args.batch)]
        r = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        s = r["seconds"]
        print(
            f"{rows:>10,} {r['failing']:>8,} {s['frame']:>7.2f} {s['plain']:>7.2f} {s['gate']:>7.2f} "
            f"{r['gate / plain']:>6.2f} {r['with frame']:>11.2f} {r['peak_mb']:>8,}",
            flush=True,
        )
        results.append(r)
    if args.json:
        told = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.platform()}
        versions = {name: version(name) for name in ("great_expectations", "pandas", "numpy")}
        args.json.write_text(json.dumps({**told, **versions, "batch": args.batch, "sizes": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
