"""Decisions as YAML: replayed on another warehouse they give the same, twice they change nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.errors import UsageError
from etl.review import drafts
from etl.review.exchange import export, import_, parse
from etl.review.listing import show
from etl.review.model import Change
from etl.warehouse.engine import connect, upgrade
from tests.review.world import World, rules, with_share_up_to

SAID = {"why": "核对过原件", "by": "li"}


def test_replayed_elsewhere_they_give_the_same_warehouse(quick: World, tmp_path: Path) -> None:
    quick.decide(drafts.correct([quick.id_of("B3")], Change(unit="万人"), **SAID))
    quick.decide(drafts.correct([quick.id_of("C4")], Change(value="125"), **SAID))
    taken = quick.decide(drafts.reject([quick.id_of("B5")], **SAID))
    quick.decide(drafts.undo(taken.decision_id, **SAID))
    quick.decide(drafts.mapping("column", "培训人数", "人", **SAID))
    text = export(quick.engine)
    other = elsewhere(tmp_path)
    decisions = parse(text, "d.yaml")
    assert [i.outcome for i in import_(other.engine, decisions, rules())] == ["written"] * 5
    for table in ("observation", "quarantine", "finding", "review_item"):
        assert other.content()[table] == quick.content()[table], table
    assert [i.outcome for i in import_(other.engine, decisions, rules())] == ["known"] * 5
    assert export(other.engine) == text


def elsewhere(folder: Path) -> World:
    """Another warehouse over the same file."""
    engine = connect(f"sqlite:///{folder / 'other.db'}")
    upgrade(engine)
    (folder / "other").mkdir()
    other = World(engine, folder / "other")
    other.put()
    other.run()
    return other


def test_an_entry_edited_by_hand_is_another_decision(quick: World, tmp_path: Path) -> None:
    """In a pull request somebody changes the value: with its id the entry is refused, without it it is imported."""
    made = quick.decide(drafts.correct([quick.id_of("C4")], Change(value="12.5"), **SAID))
    edited = export(quick.engine).replace("value: '12.5'", "value: '12.0'")
    with pytest.raises(UsageError, match=f"line 4: was edited: its id {made.decision_id}"):
        parse(edited, "d.yaml")
    (decision,) = parse(edited.replace(f"- id: {made.decision_id}\n  kind", "- kind"), "d.yaml")
    assert decision.decision_id != made.decision_id
    other = elsewhere(tmp_path)
    assert [i.outcome for i in import_(other.engine, [decision], rules())] == ["written"]
    assert show(other.engine, other.id_of("C4"))[0].value == "12"


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
        (ONE.format(kind="accept") + "  why: x\n  figures: [{text: x}]\n", "figure without obs_value"),
        (ONE.format(kind="accept") + "  why: x\n  figures: [{obs_value: many}]\n", "obs_value many is no number"),
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
