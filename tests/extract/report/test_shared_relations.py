"""Relations against the annotated reports: precision, recall, verdicts. Skipped where the reports are not at hand.

What is found beyond the answers must be listed with its reason in ``relations/beyond_gold.csv``, by document and
characters.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from etl.cli.main import main

SHARED = Path(os.environ.get("GONGBAO_SHARED", Path(__file__).parents[4] / "shared"))
pytestmark = pytest.mark.skipif(not (SHARED / "gold/reports").is_dir(), reason="no annotated reports at hand")
BEYOND = Path(__file__).with_name("relations") / "beyond_gold.csv"
VERDICT = {True: "holds", False: "fails", None: "undecidable"}

Members = frozenset[tuple[str, tuple[int, int]]]
"""(role, characters) of each member."""


def found_relations(folder: Path) -> list[tuple[str, str, Members, str]]:
    """(document, kind, members, verdict) as ``etl extract --relations`` writes them."""
    out = folder / "relations.jsonl"
    reports = SHARED / "reports"
    with pytest.raises(SystemExit) as end:
        main(["extract", str(reports), "--manifest", str(reports / "manifest.csv"), "--relations", str(out)])
    assert not end.value.code
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return [(r["source"][:3], r["kind"], members(r["members"]), r["verdict"]) for r in rows]


def members(stored: dict[str, Any]) -> Members:
    single = [(role, stored[role]) for role in ("part", "whole", "share", "total") if role in stored]
    several = [("parts", p) for p in stored.get("parts", ())] + [
        ("terms", p) for t in stored.get("terms", ()) for p in t
    ]
    return frozenset((role, (place[0], place[1])) for role, place in (*single, *several))


def gold_relations() -> list[tuple[str, str, Members, str, bool]]:
    """(document, kind, members, verdict, whether it may be asserted) of the answers."""
    result = []
    for path in sorted((SHARED / "gold/reports").glob("*.jsonl")):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        spans = {x["id"]: (x["start"], x["end"]) for x in lines if "id" in x}
        for x in lines:
            if x["type"] == "relation":
                roles = [(role, x[role]) for role in ("part", "whole", "share", "total") if role in x]
                roles += [("parts", i) for i in x.get("parts", ())]
                places = frozenset((role, spans[i]) for role, i in roles)
                result.append((path.stem, x["kind"], places, VERDICT[x["holds"]], x.get("assert", True)))
    return result


def same(a: Members, b: Members) -> bool:
    """The same figures in the same roles, within two characters, as figures are scored."""
    return len(a) == len(b) and all(
        any(role == r and abs(s - start) <= 2 and abs(e - end) <= 2 for r, (s, e) in b) for role, (start, end) in a
    )


def extent(of: Members) -> tuple[int, int]:
    return min(start for _, (start, _) in of), max(end for _, (_, end) in of)


def test_precision_and_recall_of_relations(tmp_path: Path) -> None:
    found = found_relations(tmp_path)
    gold = gold_relations()
    wanted = [g for g in gold if g[4]]
    right = [
        (g, f) for g in wanted for f in found if f[0] == g[0] and f[1] == g[1] and f[3] == g[3] and same(f[2], g[2])
    ]
    forbidden = [f for f in found for g in gold if not g[4] and f[0] == g[0] and f[1] == g[1] and same(f[2], g[2])]
    with BEYOND.open(encoding="utf-8") as file:
        listed = [(r["document"], r["kind"], int(r["first"]), int(r["last"])) for r in csv.DictReader(file)]
    matched = [f for _, f in right]
    beyond = [f for f in found if f not in matched]
    unlisted = [
        f for f in beyond if (f[0], f[1], min(s for _, (s, _) in f[2]), max(e for _, (_, e) in f[2])) not in listed
    ]
    recall = len(right) / len(wanted)
    precision = (len(right) + len(beyond) - len(unlisted)) / len(found)
    print(f"relations: recall {recall:.3f} precision {precision:.3f} found {len(found)} beyond {len(beyond)}")
    assert not forbidden
    assert not unlisted
    assert recall == 1.0
