"""What becomes of a figure: decisions, new readings, other editions and rules, expiry, undo; on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.errors import ConflictError, UsageError
from etl.review import drafts
from etl.review.decide import apply, preview
from etl.review.drafts import Where
from etl.review.listing import Filter, history, items, show
from etl.review.model import STALE, Change
from etl.warehouse import schema
from tests.review.world import World, rules, with_share_up_to

SAID = {"why": "核对过原件", "by": "li"}


def accept(w: World, cell: str) -> str:
    return w.decide(drafts.accept([w.id_of(cell)], **SAID)).decision_id


def reject(w: World, cell: str) -> str:
    return w.decide(drafts.reject([w.id_of(cell)], **SAID)).decision_id


def correct(w: World, cell: str, **change: str) -> str:
    return w.decide(drafts.correct([w.id_of(cell)], Change(**change), **SAID)).decision_id


def undo(w: World, decision_id: str) -> str:
    return w.decide(drafts.undo(decision_id[:8], **SAID)).decision_id


def value(w: World, cell: str) -> tuple[str, str | None]:
    item, _ = show(w.engine, w.id_of(cell))
    return str(item.value), item.unit


DECIDED = {
    "C4": ("open", accept, "accepted", "open"),
    "B3": ("open", lambda w, c: correct(w, c, unit="万人"), "corrected", "open"),
    "B4": ("open", reject, "rejected", "open"),
    "C3": ("loaded", reject, "rejected", "fixed"),
    "C5": ("loaded", lambda w, c: correct(w, c, period="2022", region="420500"), "corrected", "fixed"),
}
"""Cell → its state, a decision, the state then, and after an undo."""


def test_decisions_move_their_figures_and_last(world: World) -> None:
    """Counts hold, reading and checking again change nothing, undo gives what was before; on both databases."""
    untouched = world.content()
    taken = []
    for cell, (before, decide, after, _) in DECIDED.items():
        assert world.state(cell) == before
        taken.append(decide(world, cell))
        assert world.state(cell) == after
        world.check_accounts()
    decided = world.content()
    world.run(full=True)
    assert world.content() == decided
    world.recheck()
    assert world.content() == decided
    for decision_id in taken:
        undo(world, decision_id)
    world.check_accounts()
    assert {cell: world.state(cell) for cell in DECIDED} == {cell: last for cell, (*_, last) in DECIDED.items()}
    back = world.content()
    for table in ("observation", "quarantine", "source_file", "finding", "relation", "quality_check"):
        assert back[table] == untouched[table], table


def test_a_correction_keeps_what_was_read_and_computes_anew(quick: World) -> None:
    world = quick
    correct(world, "B3", unit="万人")
    item, entries = show(world.engine, world.id_of("B3"))
    assert (item.value, item.unit, item.text) == ("12000000", "人", "1200")
    assert (item.reading["obs_value"], item.reading["unit"]) == ("1200", None)
    assert [e.decision.reason for e in entries] == [SAID["why"]]
    o = schema.observation
    with world.engine.connect() as connection:
        row = connection.execute(sa.select(o).where(o.c.cell == "B3")).mappings().one()
    assert (row["obs_low"], row["obs_high"]) == (11_995_000, 12_005_000)
    assert row["decision_id"] == entries[0].decision.decision_id
    assert row["steps"][-1].startswith("corrected by decision")
    assert row["kind"] == "count"


def test_an_undo_can_be_undone(quick: World) -> None:
    world = quick
    accepted = accept(world, "C4")
    taken = undo(world, accepted)
    assert world.state("C4") == "open"
    undo(world, taken)
    assert world.state("C4") == "accepted"
    with pytest.raises(ConflictError, match="taken back by li"):
        undo(world, taken)


def test_a_later_edition_takes_decisions_over_until_the_figure_changes(world: World) -> None:
    accept(world, "C4")
    reject(world, "B5")
    world.put(first="1300")
    world.run()
    assert (world.state("C4"), world.state("B5")) == ("accepted", "rejected")
    world.check_accounts()
    world.put(first="1300", share="130")
    world.run()
    assert world.state("C4") == "open"
    assert "“120”变为“130”" in world.note("C4")
    assert [i.place for i in items(world.engine, Filter(state="lapsed"))[0]] == ["csv!C4"]


def test_an_undone_undo_reaches_the_edition_that_took_the_decision_over(quick: World) -> None:
    world = quick
    accepted = accept(world, "C4")
    world.put(first="1300")
    world.run()
    taken = undo(world, accepted)
    assert world.state("C4") == "open"
    undo(world, taken)
    assert world.state("C4") == "accepted"
    world.check_accounts()


def test_an_edition_that_comes_back_is_judged_by_what_was_decided_meanwhile(quick: World) -> None:
    world = quick
    world.put(first="1300")
    world.run()
    accept(world, "C4")
    world.put()
    world.run()
    assert world.state("C4") == "accepted"
    world.check_accounts()


def test_a_figure_that_waits_in_an_edition_that_comes_back_is_open_again(quick: World) -> None:
    world = quick
    world.put(share="20")
    world.run()
    assert world.state("C4") == "loaded"
    world.put()
    world.run()
    assert world.state("C4") == "open"
    assert world.id_of("C4") in {i.observation_id for i in items(world.engine, Filter())[0]}
    world.check_accounts()


def test_a_correction_whose_source_changed_says_so(quick: World) -> None:
    world = quick
    correct(world, "C4", value="12.0")
    world.put(share="20")
    world.run()
    assert world.state("C4") == "loaded"
    assert value(world, "C4") == ("20", "%")
    f = schema.finding.c
    with world.engine.connect() as connection:
        messages = connection.execute(sa.select(f.message).where(f.rule_id == STALE)).scalars().all()
    assert len(messages) == 1
    assert "已失效" in messages[0]


def test_what_the_source_mended_is_fixed(quick: World) -> None:
    world = quick
    old = world.id_of("C4")
    world.put(share="20")
    world.run()
    i = schema.review_item.c
    with world.engine.connect() as connection:
        state, note = connection.execute(sa.select(i.state, i.note).where(i.observation_id == old)).one()
    assert state == "fixed"
    assert "“20”" in note


def test_a_rule_that_changed_opens_it_again_and_one_that_lets_it_pass_fixes_it(quick: World, tmp_path: Path) -> None:
    world = quick
    accept(world, "C4")
    world.recheck(with_share_up_to(110, tmp_path / "stricter"))
    assert world.state("C4") == "open"
    assert "规则 OBS-SHARE 已修改" in world.note("C4")
    world.recheck(with_share_up_to(200, tmp_path / "looser"))
    assert world.state("C4") == "fixed"
    world.recheck()
    assert world.state("C4") == "accepted"
    world.check_accounts()


def test_an_acceptance_expires_by_the_clock_of_the_run(quick: World) -> None:
    world = quick
    until = datetime.now(UTC) + timedelta(days=5)
    world.decide(drafts.accept([world.id_of("C4")], expires_at=until, **SAID))
    world.recheck(later=timedelta(days=4))
    assert world.state("C4") == "accepted"
    world.recheck(later=timedelta(days=6))
    assert world.state("C4") == "open"
    assert "到期" in world.note("C4")


def test_a_correction_that_breaks_a_rule_is_told_and_then_covered(quick: World) -> None:
    world = quick
    draft = drafts.correct([world.id_of("C4")], Change(value="125"), **SAID)
    shown = preview(world.engine, draft, rules())
    assert [m.breaks[0][:9] for m in shown.moves] == ["OBS-SHARE"]
    assert world.state("C4") == "open"
    apply(world.engine, draft, rules(), token=shown.token)
    assert world.state("C4") == "corrected"
    decided = world.content()
    world.run(full=True)
    assert world.content() == decided


def test_a_column_and_a_rule_are_decided_at_once(quick: World) -> None:
    world = quick
    reject(world, "B5")
    where = Where("a.csv", sheet="csv", column="b")
    draft = drafts.correct(change=Change(unit="人"), where=where, **SAID)
    shown = preview(world.engine, draft, rules())
    assert sorted(m.place for m in shown.moves) == ["csv!B3", "csv!B4"]
    assert len(shown.left_out) == 1
    apply(world.engine, draft, rules(), token=shown.token)
    assert [world.state(c) for c in ("B3", "B4", "B5", "C4")] == ["corrected", "corrected", "rejected", "open"]
    world.decide(drafts.accept(where=Where("*.csv", rule="OBS-SHARE"), **SAID))
    assert world.state("C4") == "accepted"
    world.check_accounts()
    before = world.content()
    world.run(full=True)
    assert world.content() == before


def test_a_mapping_reaches_files_to_come_until_it_is_taken_back(quick: World) -> None:
    world = quick
    text = "宜昌市2023年培训情况,\n地区,培训人数(人)\n西陵区,12\n高新产业园,8\n夷陵区,20\n"
    world.put("b.csv", text=text)
    world.run()
    assert [(i.place, i.region) for i in items(world.engine, Filter(rule="OBS-AREA-RESOLVED"))[0]] == [("csv!B4", None)]
    mapped = world.decide(drafts.mapping("region", "高新产业园", "420506", **SAID)).decision_id
    assert world.state("B4") == "corrected"
    world.put("b.csv", text=text.replace("8", "9"))
    world.run()
    (item,) = items(world.engine, Filter(files="b.csv", state="corrected"))[0]
    assert (item.value, item.region, item.reading["ref_area"]) == ("9", "420506", None)
    world.check_accounts()
    before = world.content()
    world.recheck()
    assert world.content() == before
    taken = undo(world, mapped)
    assert world.state("B4") == "open"
    world.check_accounts()
    undo(world, taken)
    assert world.state("B4") == "corrected"
    before = world.content()
    world.recheck()
    assert world.content() == before


UNITS = """宜昌市2023年职工帮扶情况,,,
指标,计量单位,西陵区,夷陵区
建档立卡户数,户,60,70
发放慰问品,人份,{gifts},1400
发放慰问金,万元,32.5,34
"""


def test_a_unit_that_no_table_knows_is_mapped_in_files_to_come(world: World) -> None:
    """It stands in a column of units beside others that are known."""
    world.put("b.csv", text=UNITS.format(gifts=1200))
    world.run()
    waiting, _ = items(world.engine, Filter(rule="OBS-UNIT-KNOWN"))
    assert [(i.place, i.label, i.unit) for i in waiting] == [
        ("csv!C4", "发放慰问品", "人份"), ("csv!D4", "发放慰问品", "人份"),
    ]  # fmt: skip
    draft = drafts.mapping("unit", "人份", "份", **SAID)
    shown = preview(world.engine, draft, rules())
    assert {(m.place, m.after.state, m.after.unit, m.after.kind) for m in shown.moves} == {
        ("csv!C4", "corrected", "份", "count"), ("csv!D4", "corrected", "份", "count"),
    }  # fmt: skip
    taken = apply(world.engine, draft, rules(), token=shown.token).decision_id
    world.put("c.csv", text=UNITS.format(gifts=1300).replace("2023", "2024"))
    world.run()
    mapped, _ = items(world.engine, Filter(files="c.csv", state="corrected"))
    assert [(i.place, i.value, i.unit) for i in mapped] == [("csv!C4", "1300", "份"), ("csv!D4", "1400", "份")]
    before = world.content()
    world.recheck()
    assert world.content() == before
    undo(world, taken)
    assert len(items(world.engine, Filter(rule="OBS-UNIT-KNOWN"))[0]) == 4
    world.check_accounts()


def test_a_column_of_organisations_is_none_of_units(quick: World) -> None:
    world = quick
    world.put("b.csv", text="宜昌市2023年捐款情况（单位：元）,\n单位,捐款额\n市一中,600\n港务局,500\n中医院,700\n")
    world.run()
    assert show(world.engine, world.id_of("B4"))[0].unit == "元"


def test_a_column_that_states_no_unit_is_mapped_in_files_to_come(world: World) -> None:
    """By its heading: figures under another, or with a unit, are none of its business."""
    text = "宜昌市2023年培训情况,,\n地区,参训规模,场次,培训人数(人)\n西陵区,{size},35,12\n夷陵区,1.6,41,20\n"
    world.put("b.csv", text=text.format(size="1.25"))
    world.run()
    (held,) = [i for i in items(world.engine, Filter(files="b.csv"))[0] if i.place == "csv!B3"]
    world.decide(drafts.reject([held.observation_id], why="与去年矛盾", by="wang"))
    draft = drafts.mapping("column", "参训规模", "万人", files="[bc].csv", **SAID)
    shown = preview(world.engine, draft, rules())
    assert [(m.place, m.before.state, m.after.value, m.after.unit) for m in shown.moves] == [
        ("csv!B3", "rejected", "12500", "人"), ("csv!B4", "open", "16000", "人"),
    ]  # fmt: skip
    assert "不予入库" in shown.moves[0].note, "somebody else's decision lapses"
    assert "wang" in shown.moves[0].note
    assert shown.moves[1].note == ""
    taken = apply(world.engine, draft, rules(), token=shown.token).decision_id
    world.put("c.csv", text=text.format(size="1.3").replace("2023", "2024"))
    world.put("d.csv", text=text.format(size="1.4").replace("2023", "2025"))
    world.run()
    mapped, _ = items(world.engine, Filter(files="[cd].csv", state="corrected"))
    assert [(i.source, i.place, i.value) for i in mapped] == [
        ("c.csv", "csv!B3", "13000"),
        ("c.csv", "csv!B4", "16000"),
    ]
    before = world.content()
    world.recheck()
    assert world.content() == before
    undo(world, taken)
    assert show(world.engine, held.observation_id)[0].state == "rejected"
    assert not items(world.engine, Filter(files="c.csv", state="corrected"))[0]
    world.check_accounts()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(value="1.6万", unit="人"), ("16000", "人")),
        (Change(value="1.6万人", unit="万人"), ("16000", "人")),
        (Change(value="1.6万人"), ("16000", "人")),
        (Change(value="1.6", unit="万人"), ("16000", "人")),
        (Change(value="1.6", unit="人"), ("1.6", "人")),
    ],
)
def test_a_multiplier_counts_on_either_side(change: Change, expected: tuple[str, str], quick: World) -> None:
    quick.decide(drafts.correct([quick.id_of("B3")], change, **SAID))
    assert value(quick, "B3") == expected


def test_a_label_is_mapped(quick: World) -> None:
    """Where the catalogue does not know it."""
    world = quick
    text = "宜昌市2023年工作情况,,\n地区,送水慰问（单位：桶装）,结对共建数(个)\n西陵区,12,3\n夷陵区,20,5\n"
    world.put(text=text)
    world.run()
    label = show(world.engine, world.id_of("C3"))[0].label
    with world.engine.connect() as connection:
        table = schema.observation
        unknown = sa.select(table.c.label).where(table.c.cell == "C3", table.c.indicator.is_(None))
        assert label in set(connection.execute(unknown).scalars())
    before = world.content()
    taken = world.decide(drafts.mapping("label", label, "HARDSHIP_WORKERS", **SAID)).decision_id
    assert (world.state("C3"), world.state("C4")) == ("corrected", "corrected")
    assert show(world.engine, world.id_of("C4"))[0].indicator == "HARDSHIP_WORKERS"
    decided = world.content()
    world.recheck()
    assert world.content() == decided
    undo(world, taken)
    assert world.content()["observation"] == before["observation"]
    world.check_accounts()


def test_the_second_reviewer_is_told_who_was_first(quick: World) -> None:
    world = quick
    draft = drafts.reject([world.id_of("C4")], why="不可信", by="wang")
    shown = preview(world.engine, draft, rules())
    accept(world, "C4")
    with pytest.raises(ConflictError, match=r"li decided on it on .* already .*核对过原件"):
        apply(world.engine, draft, rules(), token=shown.token)
    assert world.state("C4") == "accepted"
    assert [e.decision.decided_by for e in history(world.engine)] == ["li"]


def test_what_was_shown_is_what_is_decided(quick: World) -> None:
    world = quick
    draft = drafts.accept(where=Where("*", rule="OBS-UNIT"), **SAID)
    shown = preview(world.engine, draft, rules())
    reject(world, "B3")
    with pytest.raises(ConflictError, match="no longer holds"):
        apply(world.engine, draft, rules(), token=shown.token)
    assert world.state("B4") == "open"


def test_the_log_is_append_only(world: World) -> None:
    if not history(world.engine):
        accept(world, "C4")
    for table in (schema.decision, schema.decision_target):
        for statement in (table.delete(), table.update().values(decision_id="x")):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), world.engine.begin() as connection:
                connection.execute(statement)


def test_a_decision_between_judging_and_loading_counts(quick: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = quick
    from etl import ingest

    real, calls = ingest.load_file, []

    def after_a_decision(*arguments):  # type: ignore[no-untyped-def]
        if not calls:
            calls.append(accept(world, "C4"))
        return real(*arguments)

    monkeypatch.setattr(ingest, "load_file", after_a_decision)
    world.run(full=True)
    assert world.state("C4") == "accepted"


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (lambda w: drafts.accept(["ffffff1"], **SAID), "is no id"),
        (lambda w: drafts.accept(["ab"], **SAID), "too short"),
        (lambda w: drafts.accept([w.id_of("C4")], why=" ", by="li"), "reason"),
        (lambda w: drafts.accept([w.id_of("C3")], **SAID), "is loaded"),
        (lambda w: drafts.accept(**SAID), "needs either ids"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(), **SAID), "sets nothing"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(unit="万仁"), **SAID), "table of units.*Known: .+"),
        (
            lambda w: drafts.correct([w.id_of("C4")], Change(region="鼓楼区"), **SAID),
            "several places.*Known: 320106 [^,]*市鼓楼区,",
        ),
        (lambda w: drafts.correct([w.id_of("C4")], Change(region="999999"), **SAID), "neither a code nor a name"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(period="去年"), **SAID), "no period.*2024-Q1"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(value="很多"), **SAID), "is no number"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(kind="x"), **SAID), "kind of figure.*growth"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(indicator="X"), **SAID), "catalogue"),
        (lambda w: drafts.accept(where=Where("a.csv", rule="OBS-X"), **SAID), "holds nothing.*OBS-SHARE"),
        (lambda w: drafts.accept(where=Where("b.csv", rule="OBS-X"), **SAID), "matches no loaded file.*a.csv"),
        (lambda w: drafts.accept(where=Where("a.csv", column="Z"), **SAID), "no such figures.*Known: B, C"),
        (lambda w: drafts.mapping("unit", "人", "人", **SAID), "already"),
        (lambda w: drafts.mapping("colour", "x", "人", **SAID), "Known: unit, column, region, label"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(value="1.6万人", unit="元"), **SAID), "states 万人, .*元"),
        (lambda w: drafts.correct([w.id_of("C4")], Change(value="1.6万", unit="万人"), **SAID), "Give the unit once"),
        (lambda w: drafts.mapping("unit", "没有", "人", **SAID), "unit of no figure"),
        (lambda w: drafts.mapping("column", "占比", "‰", **SAID), "column of no figure .* settled. Known: %"),
        (lambda w: drafts.undo("abcdef1", **SAID), "is no decision"),
        (lambda w: drafts.accept(["abcdef"], expires_at=datetime(2020, 1, 1, tzinfo=UTC), **SAID), "passed"),
    ],
)
def test_bad_input_is_answered(draft, message: str, template: World) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError) as error:
        preview(template.engine, draft(template), rules())
    assert re.search(message, str(error.value)), str(error.value)


def test_the_report_tells_what_was_decided(quick: World) -> None:
    from etl.report.issues import count_findings, load_issues

    accept(quick, "C4")
    reject(quick, "C3")
    shas = sa.select(schema.source_file.c.sha256)
    with quick.engine.connect() as connection:
        issues = load_issues(connection, shas, count_findings(connection, shas))
    told = {
        f.observation_id: f.message
        for issue in (*issues.held, *issues.warned)
        for f in issue.findings
        if f.rule_id == "REVIEW"
    }
    assert told[quick.id_of("C4")].startswith("复核：已认可（li，")
    assert told[quick.id_of("C3")].endswith("核对过原件")
