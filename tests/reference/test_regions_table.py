"""The built table of regions against a yearly history kept by others (not part of the project)."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from etl.normalise.regions import Region, load_regions

GAZETTEER = load_regions()


def test_the_table_is_sound() -> None:
    by_code: dict[str, list[Region]] = defaultdict(list)
    for r in GAZETTEER.all():
        by_code[r.code].append(r)
    for code, known in by_code.items():
        assert len(code) == 6
        for r in known:
            assert (r.valid_from or "0") <= (r.valid_to or "9999"), r
            assert r.code not in r.successors, r
            assert set(r.successors) <= by_code.keys(), r
            if (r.valid_to or "9999") >= "2002" and r.level != "country":
                assert r.parent in by_code, r
        spans = sorted((r.valid_from or "0", r.valid_to or "9999") for r in known)
        assert all(one[1] < other[0] for one, other in pairwise(spans)), known


def test_every_change_names_its_source() -> None:
    from etl.reference import rows

    for name in ("regions_changes.csv", "regions_corrections.csv", "regions_curated.csv"):
        assert all(r["source"] for r in rows(name)), name


@pytest.fixture(scope="module")
def history(shared: Path) -> list[dict[str, str]]:
    path = shared / "reference/areacodes_1981_2024.csv"
    if not path.exists():
        pytest.skip("no yearly history to compare with")
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def test_codes_valid_at_the_end_of_2024(history: list[dict[str, str]]) -> None:
    theirs = {r["代码"]: r["名称"] for r in history if r["状态"] == "在用"}
    ours = {r.code: r.name for r in GAZETTEER.all() if r.valid_in("2024")}
    same = sum(ours.get(code) == name for code, name in theirs.items())
    print(f"{same} of {len(theirs)} codes; misses: {[c for c in theirs if ours.get(c) != theirs[c]][:20]}")
    assert same / len(theirs) >= 0.995
    assert not {c for c in ours if c[:2] not in ("10", "71", "81", "82")} - theirs.keys()


def disagreements(history: list[dict[str, str]], since: str) -> Iterator[str | None]:
    """Per change since the year: None where the table agrees on name, year and successors, else what differs."""
    rows: dict[tuple[str, str], list[Region]] = defaultdict(list)
    for r in GAZETTEER.all():
        rows[r.code, r.name].append(r)
    repeated = Counter((h["代码"], h["名称"]) for h in history)
    for h in history:
        if repeated[h["代码"], h["名称"]] > 1:
            continue  # only its city changed its name
        start, end = h["启用时间"], h["变更/弃用时间"]
        starts, ends = since <= start, since <= end
        if not (starts or ends):
            continue
        mine = rows[h["代码"], h["名称"]]
        here = f"{h['代码']} {h['名称']}"
        if not mine:
            yield f"{here}: missing"
            continue
        r = mine[-1]
        # "[1995]" marks a part that left earlier; a code of a city needs no successor in that history
        after = {s for s in h["新代码"].split(";") if s and "[" not in s}
        if starts and r.valid_from != start:
            yield f"{here}: from {r.valid_from}, not {start}"
        elif ends and r.valid_to != str(int(end) - 1):
            yield f"{here}: to {r.valid_to}, not {int(end) - 1}"
        elif ends and h["状态"] == "弃用" and after and set(r.successors) != after:
            yield f"{here}: became {r.successors}, not {sorted(after)}"
        else:
            yield None


@pytest.mark.parametrize(("since", "share"), [("2014", 0.98), ("2003", 0.98)])
def test_changes(history: list[dict[str, str]], since: str, share: float) -> None:
    found = list(disagreements(history, since))
    misses = [d for d in found if d]
    print(f"{len(found) - len(misses)} of {len(found)} changes since {since}; misses: {misses}")
    assert 1 - len(misses) / len(found) >= share


def test_translations(shared: Path) -> None:
    path = shared / "reference/translate_tests.json"
    if not path.exists():
        pytest.skip("no assertions on successors")
    wrong = [
        t
        for t in json.loads(path.read_text(encoding="utf-8"))
        if set(GAZETTEER.translate(t["code"], since=str(t["from_year"]), to=str(t["to_year"]))) != set(t["expect"])
    ]
    # 1989 is the year of a change; the assertions read it both ways
    assert len(wrong) <= 1, wrong
