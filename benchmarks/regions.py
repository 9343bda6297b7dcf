"""Places: right, wrong and abstained on labelled mentions and on the gold tables beside the project; speed.

usage: regions.py [--shared DIR]

Prints one JSON object. Without the shared folder the gold tables are left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.normalise.regions import Resolution, load_regions

ROOT = Path(__file__).parents[1]
MENTIONS = (
    ROOT / "tests/normalise/region_mentions.txt",
    ROOT / "tests/normalise/region_mentions_blind.txt",
)
CHARACTERS = 1_000_000
"""Running text that the speed is measured on."""
PROSE = (
    "要坚持问题导向，聚焦职工急难愁盼，把技能提升、权益维护和文化建设结合起来，做到月月有安排、季季有检查、年年有总结。"
)
"""Text without places, so that the running text names one in some 50 characters; work reports do in 80 or more."""
RESOLVES = 20_000


def labelled(path: Path) -> Iterator[tuple[str | None, str, str, dict[tuple[int, int], str]]]:
    """(speaker, year, sentence, span → code) of a file of mentions; its head explains the notation."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        within, on, marked = line.split("|")
        text, wanted = "", {}
        for before, mention, code in re.findall(r"([^\[]*)(?:\[([^=\]]+)=([^\]]*)\])?", marked):
            text += before
            if code:
                wanted[len(text), len(text) + len(mention)] = code
            text += mention
        yield None if within == "-" else within, on, text, wanted


def answer(found: Resolution) -> str:
    """A code, ``-`` for a place that has none, ``?`` for no answer."""
    return found.code or ("-" if found.uncoded else "?")


def mentions(path: Path, misses: list[str] | None = None) -> Counter[str]:
    """right, wrong, abstained, missed (not found in the text), false (found where none is labelled)."""
    gazetteer = load_regions()
    counts: Counter[str] = Counter()
    for within, on, text, wanted in labelled(path):
        found = {(m.start, m.end) for m in gazetteer.find(text, within=within)}
        for span in sorted(wanted.keys() | found):
            mention = text[slice(*span)]
            if span in wanted and span in found:
                code = answer(gazetteer.resolve(mention, within=within, on=on))
                verdict = "right" if code == wanted[span] else "abstained" if code == "?" else "wrong"
            else:
                verdict = "missed" if span in wanted else "false"
            counts[verdict] += 1
            if verdict != "right" and misses is not None:
                misses.append(f"{verdict} {mention} in {text}")
    return counts


def gold_sheets(shared: Path) -> Counter[str]:
    """The region column of the gold tables, each label inside the table's own place."""
    gazetteer = load_regions()
    counts: Counter[str] = Counter()
    for path in sorted((shared / "gold/sheets").glob("*.csv")):
        if path.name == "files.csv" or path.name.endswith(".flags.csv"):
            continue
        with path.open(encoding="utf-8", newline="") as f:
            lines = {(r["region_name"], r["region_code"], r["period"]) for r in csv.DictReader(f)}
        chains = [gazetteer.ancestors(code) for code in {code for _, code, _ in lines if code}]
        around = next(c for c in min(chains, key=len) if all(c in chain for chain in chains))
        for name, code, period in lines:
            parent, _, label = name.rpartition("|")
            within = gazetteer.resolve(parent).code if parent else around
            got = answer(gazetteer.resolve(label, within=within, on=period))
            counts["right" if got == (code or "-") else "abstained" if got == "?" else "wrong"] += 1
    return counts


def gold_reports(shared: Path) -> Counter[str]:
    """The names of places of the gold reports, each inside the place that its publisher speaks for."""
    gazetteer = load_regions()
    with (shared / "reports/manifest.csv").open(encoding="utf-8", newline="") as f:
        speakers = {r["file"].partition("_")[0]: r["region_code"] for r in csv.DictReader(f)}
    counts: Counter[str] = Counter()
    for path in sorted((shared / "gold/reports").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            fact = json.loads(line)
            if fact["type"] != "fact" or not fact.get("region_name"):
                continue
            within = speakers.get(path.stem) or None
            got = answer(gazetteer.resolve(fact["region_name"], within=within, on=fact.get("period")))
            right = {fact.get("region") or "-", *fact.get("region_also", [])}
            counts["right" if got in right else "abstained" if got == "?" else "wrong"] += 1
    return counts


def speed() -> dict[str, int]:
    """Characters a second of ``find`` in running text, and different names a second of ``resolve``."""
    gazetteer = load_regions()
    sentences = [text for path in MENTIONS for _, _, text, _ in labelled(path)]
    found = {}
    for name, pieces in (("find", [t + PROSE * 4 for t in sentences]), ("find_dense", sentences)):
        text = "\n".join(pieces)
        text *= CHARACTERS // len(text) + 1
        gazetteer.find(text[:1000], within="320000")
        started = time.perf_counter()
        places = len(gazetteer.find(text, within="320000"))
        found[f"{name}_characters_per_second"] = round(len(text) / (time.perf_counter() - started))
        found[f"{name}_characters_per_place"] = round(len(text) / places)
    names = [r.name for r in gazetteer.all() if r.level != "country"]
    names = (names * (RESOLVES // len(names) + 1))[:RESOLVES]
    started = time.perf_counter()
    for name in names:
        gazetteer.resolve(name, within="320000", on="2024")
    return found | {"resolves_per_second": round(len(names) / (time.perf_counter() - started))}


def shares(counts: Counter[str]) -> dict[str, Any]:
    """Counts with the share answered, and the share right of those answered."""
    answered = counts["right"] + counts["wrong"] + counts["false"]
    labels = counts.total() - counts["false"]
    return {
        **dict(sorted(counts.items())),
        "answered": round((counts["right"] + counts["wrong"]) / labels, 4),
        "right_of_answered": round(counts["right"] / answered, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("GONGBAO_SHARED", ROOT.parent / "shared")))
    options = parser.parse_args()
    started = time.perf_counter()
    load_regions()
    result: dict[str, Any] = {"load_seconds": round(time.perf_counter() - started, 3)}
    result |= {path.stem: shares(mentions(path)) for path in MENTIONS}
    if (options.shared / "gold").is_dir():
        result["gold_sheets"] = shares(gold_sheets(options.shared))
        result["gold_reports"] = shares(gold_reports(options.shared))
    print(json.dumps(result | speed(), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
