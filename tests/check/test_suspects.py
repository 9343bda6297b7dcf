"""Planted faults are found and put to the right cells: a small run of ``benchmarks/faults.py``."""

from __future__ import annotations

import pytest

from benchmarks.faults import measure


@pytest.mark.parametrize(
    ("kind", "located"),
    [
        ("times ten", 0.95),
        ("digits swapped", 0.95),
        ("slip of 10^4 in a column", 0.95),
        ("neighbours swapped", 0.9),
        ("column shifted", 0.85),
        ("cluster", 0.6),
    ],
)
def test_faults_are_detected_and_located(kind: str, located: float) -> None:
    score = measure(kind, 10, seed=3)
    covered = score.faults["two"]
    assert score.detected["two"] >= 0.95 * covered
    assert score.located["two"] >= located * covered
    assert score.right["two"] >= 0.95 * score.suspects["two"]
    assert score.false_alarms <= 0.01 * score.cells


def test_clean_tables_are_left_alone() -> None:
    score = measure("clean", 15, seed=3)
    assert (score.false_alarms, sum(score.suspects.values())) == (0, 0)
