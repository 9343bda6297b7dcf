"""Decisions as YAML: replayed on another warehouse they give the same, twice they change nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.errors import UsageError
from etl.review import drafts
from etl.review.exchange import export, import_, parse
from etl.review.model import Change
from etl.warehouse.engine import connect, upgrade
from tests.review.world import World, rules, with_share_up_to

SAID = {"why": "核对过原件", "by": "li"}


def test_replayed_elsewhere_they_give_the_same_warehouse(quick: World, tmp_path: Path) -> None:
    quick.decide(drafts.correct([quick.id_of("B3")], Change(unit="万人"), **SAID))
    quick.decide(drafts.correct([quick.id_of("C4")], Change(value="125"), **SAID))
    taken = quick.decide(drafts.reject([quick.id_of("B5")], **SAID))
    quick.decide(drafts.undo(taken.decision_id, **SAID))
    text = export(quick.engine)
    other_engine = connect(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other_engine)
    (tmp_path / "other").mkdir()
    other = World(other_engine, tmp_path / "other")
    other.put()
    other.run()
    decisions = parse(text, "d.yaml")
    assert [i.outcome for i in import_(other.engine, decisions, rules())] == ["written"] * 4
    for table in ("observation", "quarantine", "finding", "review_item"):
        assert other.content()[table] == quick.content()[table], table
    assert [i.outcome for i in import_(other.engine, decisions, rules())] == ["known"] * 4
    assert export(other.engine) == text


def test_a_contradiction_is_told_and_left_out(quick: World) -> None:
    accepted = quick.decide(drafts.accept([quick.id_of("C4")], **SAID))
    text = export(quick.engine).replace("kind: accept", "kind: reject").replace(f"  id: {accepted.decision_id}\n", "")
    text = text.replace(f"- id: {accepted.decision_id}\n  kind", "- kind")
    (done,) = import_(quick.engine, parse(text, "d.yaml"), rules())
    assert done.outcome == "conflict"
    assert "li decided" in done.message
    assert quick.state("C4") == "accepted"


def test_a_decision_that_lapsed_is_in_no_bodys_way(quick: World, tmp_path: Path) -> None:
    accepted = quick.decide(drafts.accept([quick.id_of("C4")], **SAID))
    again = (
        export(quick.engine).replace("by: li", "by: wang").replace(f"- id: {accepted.decision_id}\n  kind", "- kind")
    )
    (done,) = import_(quick.engine, parse(again, "d.yaml"), rules())
    assert done.outcome == "conflict"
    stricter = with_share_up_to(110, tmp_path / "stricter")
    quick.recheck(stricter)
    assert quick.state("C4") == "open"
    (done,) = import_(quick.engine, parse(again, "d.yaml"), stricter)
    assert done.outcome == "written"
    assert quick.state("C4") == "open", "both lapsed"


ONE = "format: 1\ndecisions:\n- kind: {kind}\n  scope: row\n  by: li\n  at: 2025-01-01T00:00:00+00:00\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format: 1\ndecisions: [", "line 2: is no YAML"),
        ("- a", "no `format: 1`"),
        (ONE.format(kind="accept"), "line 3: has no why"),
        (ONE.format(kind="agree"), "line 3: kind is 'agree'. Known: accept"),
        (ONE.format(kind="accept") + "  why: x\n", "names no figures"),
        (ONE.format(kind="map") + "  why: x\n", "needs map"),
        (ONE.format(kind="undo") + "  why: x\n", "needs undoes"),
        (ONE.format(kind="accept") + "  why: x\n  wy: y\n", "unknown wy"),
        (ONE.format(kind="accept") + "  why: x\n  figures: [{a: 1}]\n", "figure that is none"),
        (
            ONE.format(kind="accept").replace("2025-01", "2025-13") + "  why: x\n  figures: [{text: x}]\n",
            "figure|time|YAML",
        ),
        ("format: 1\ndecisions:\n- !!python/object:os.system x\n", "is no YAML"),
    ],
)
def test_a_broken_file_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(text, "d.yaml")
    assert re.search(message, str(error.value)), str(error.value)
