"""Relations on intervals: the design's own examples, open ends, missing members, and who is suspected."""

from __future__ import annotations

from typing import Any

import pytest

from etl.check.reconcile import Evaluated, evaluate
from etl.check.suspects import suspects
from etl.model import RawFigure, Relation, RelationMembers, Span
from tests.make import figure, observed


def judge(kind: Any, figures: list[RawFigure], **members: Any) -> Evaluated:
    """Evaluate a relation whose members are given as indices into ``figures``."""
    places = [f.place for f in figures]

    def place(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(place(v) for v in value)
        return places[value]

    relation = Relation(kind, RelationMembers(**{k: place(v) for k, v in members.items()}))
    return evaluate(relation, {o.place: o for o in observed(*figures)})


def test_a_share_within_its_rounding_holds() -> None:
    figures = [figure("72", at=0), figure("153", at=10), figure("47.1", "%", kind="share", at=20)]
    got = judge("share", figures, part=0, whole=1, share=2)
    assert got.verdict == "holds"
    assert got.arithmetic == "72人 ÷ 153人 = 47.06%，应为 47.1%，成立"


def test_a_wrong_share_fails() -> None:
    figures = [figure("22", at=0), figure("65", at=10), figure("70", "%", kind="share", at=20)]
    assert judge("share", figures, part=0, whole=1, share=2).verdict == "fails"


def test_rounded_members_widen_the_share() -> None:
    figures = [
        figure("3.63", multiplier=4, at=0),
        figure("7.6", multiplier=4, at=10),
        figure("47.8", "%", kind="share", at=20),
    ]
    assert judge("share", figures, part=0, whole=1, share=2).verdict == "holds"


def test_counts_times_rates_against_a_rounded_total() -> None:
    figures = [
        figure("22", at=0),
        figure("5000", "元", at=10),
        figure("289", at=20),
        figure("1000", "元", at=30),
        figure("40", "元", multiplier=4, at=40),
    ]
    assert judge("product", figures, terms=((0, 1), (2, 3)), total=4).verdict == "holds"


def test_a_sum_of_qualified_figures_meets_a_qualified_total() -> None:
    figures = [
        figure("180", qualifier="gt", at=0),
        figure("300", qualifier="gt", at=10),
        figure("500", qualifier="lt", at=20),
    ]
    assert judge("sum", figures, parts=(0, 1), total=2).verdict == "holds"
    wrong = [*figures[:2], figure("900", qualifier="lt", at=20)]
    assert judge("sum", wrong, parts=(0, 1), total=2).verdict == "fails"


def test_growth_against_the_earlier_value() -> None:
    figures = [figure("110", at=0), figure("100", at=10), figure("10.0", "%", kind="growth", at=20)]
    assert judge("growth", figures, part=0, whole=1, share=2).verdict == "holds"
    down = [
        figure("90", at=0),
        figure("100", at=10),
        figure("10.0", "%", kind="growth", direction="down", at=20),
    ]
    assert judge("growth", down, part=0, whole=1, share=2).verdict == "holds"
    assert judge("growth", [down[0], down[1], figures[2]], part=0, whole=1, share=2).verdict == "fails"


def test_an_open_end_decides_nothing_unless_it_contradicts() -> None:
    figures = [figure("10", qualifier="ge", at=0), figure("20", at=10), figure("30", at=20)]
    assert judge("sum", figures, parts=(0, 1), total=2).verdict == "undecidable"
    too_much = [figure("50", qualifier="ge", at=0), figure("20", at=10), figure("30", at=20)]
    assert judge("sum", too_much, parts=(0, 1), total=2).verdict == "fails"


def test_a_missing_member_decides_nothing() -> None:
    figures = [figure("10", at=0), figure("20", at=10)]
    relation = Relation("sum", RelationMembers(parts=(Span(0, 3), Span(500, 502)), total=Span(10, 13)))
    assert evaluate(relation, {o.place: o for o in observed(*figures)}).verdict == "undecidable"


@pytest.mark.parametrize(("part", "verdict"), [("21", "holds"), ("65", "holds"), ("66", "fails")])
def test_a_part_is_no_larger_than_its_whole(part: str, verdict: str) -> None:
    assert judge("subset", [figure(part, at=0), figure("65", at=10)], part=0, whole=1).verdict == verdict


def test_a_whole_that_may_be_zero_leaves_the_share_open() -> None:
    figures = [figure("1", at=0), figure("0", at=10), figure("10", "%", kind="share", at=20)]
    assert judge("share", figures, part=0, whole=1, share=2).verdict == "undecidable"


def grid(values: list[list[int]]) -> dict[str, Evaluated]:
    """Reconcile a table whose last row and column are totals, and return its suspects by printed text."""
    figures = {
        (r, c): figure(str(v), at=(r * 10 + c) * 10, text=f"{v}@{r},{c}")
        for r, row in enumerate(values)
        for c, v in enumerate(row)
    }
    rows, columns = len(values), len(values[0])
    observations = observed(*figures.values())
    by_place = {o.place: o for o in observations}

    def total(parts: list[tuple[int, int]], whole: tuple[int, int]) -> Relation:
        return Relation(
            "sum", RelationMembers(parts=tuple(figures[p].place for p in parts), total=figures[whole].place)
        )

    relations = [total([(r, c) for c in range(columns - 1)], (r, columns - 1)) for r in range(rows)]
    relations += [total([(r, c) for r in range(rows - 1)], (rows - 1, c)) for c in range(columns)]
    accused = suspects([evaluate(relation, by_place) for relation in relations], observations)
    text = {o.observation_id: o.text for o in observations}
    return {text[i]: e for i, e in accused.items()}


def test_the_one_wrong_cell_of_a_table_is_found() -> None:
    assert set(grid([[1, 2, 3], [4, 50, 9], [5, 7, 12]])) == {"50@1,1"}


def test_a_clean_table_accuses_nobody() -> None:
    assert grid([[1, 2, 3], [4, 5, 9], [5, 7, 12]]) == {}


def test_a_single_failing_relation_accuses_nobody() -> None:
    figures = [figure("10", at=0), figure("20", at=10), figure("50", at=20)]
    assert suspects([judge("sum", figures, parts=(0, 1), total=2)], observed(*figures)) == {}
