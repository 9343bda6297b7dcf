"""The picture of `make bench`: how ways of loading compare, and how time grows with the number of files."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

OURS, PEER, LIMIT = "#1f6f8b", "#b8c4cc", "#d98c3f"


def plot(results: dict[str, dict[str, Any]], about: str, out: Path) -> None:
    """``results`` by benchmark and database, as their JSON has them; ``about`` tells machine and versions."""
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "bench"})
    figure, (loading, growing) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    _loading(loading, results)
    _growing(growing, results)
    figure.supxlabel(textwrap.fill(about, 150), fontsize=7)
    figure.savefig(out, metadata={"Date": None})
    plt.close(figure)


def _loading(axes: Any, results: dict[str, dict[str, Any]]) -> None:
    names, values, colours = [], [], []
    for key, result in sorted(results.items(), reverse=True):
        if not key.startswith("load"):
            continue
        seconds: dict[str, float] = result["seconds"]
        raw = next(s for way, s in seconds.items() if way.startswith("raw"))
        for way, s in reversed(seconds.items()):
            names.append(f"{result['database']}: {way}")
            values.append(s / raw)
            colours.append(OURS if way == "load_file" else LIMIT if way.startswith("raw") else PEER)
    bars = axes.barh(names, values, color=colours)
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.axvline(2, color="black", linewidth=0.8, linestyle=":")
    rows = next(r["rows"] for key, r in results.items() if key.startswith("load"))
    axes.set_title(f"Loading {rows:,} observations: time as a multiple of raw (dotted: the aim)")
    axes.margins(x=0.12)


def _growing(axes: Any, results: dict[str, dict[str, Any]]) -> None:
    for name, files, seconds, style in _growths(results):
        slope = math.log(seconds[-1] / seconds[0]) / math.log(files[-1] / files[0])
        axes.loglog(files, seconds, style, label=f"{name} (slope {slope:.2f})", marker="o", markersize=4)
    axes.set_title("CPU seconds by number of files")
    axes.set_xlabel("files")
    axes.set_ylabel("seconds")
    axes.legend(frameon=False)


def _growths(results: dict[str, dict[str, Any]]) -> Iterator[tuple[str, list[float], list[float], str]]:
    for key, result in results.items():
        database = result["database"]
        if key.startswith("end_to_end"):
            by_files = {int(files): sum(stages.values()) for files, stages in result["seconds"].items()}
            yield f"{database}: end to end", list(by_files), list(by_files.values()), "-"
        elif key.startswith("nothing_new"):
            files = [f["files"] for f in result["figures"]]
            yield f"{database}: nothing new", files, [f["look"] for f in result["figures"]], "--"
            if database == "SQLite":
                yield "list and stat", files, [f["list_and_stat"] for f in result["figures"]], ":"


__all__ = ["plot"]
