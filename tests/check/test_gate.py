"""The gate: each rule of the suites, and what GX does wrong if trusted."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from etl.check.frames import FileRows
from etl.check.gate import FileVerdict, check
from etl.check.reconcile import Evaluated, evaluate
from etl.check.suites import Suite, load_suite, load_suites
from etl.model import Area, Candidate, Observation, Period, RawFigure, Relation, RelationMembers
from etl.settings import Settings
from tests.check.test_suites import rule, written
from tests.make import SHA, figure, observed

SUITES = load_suites(Settings().suites_dir)


def gate(*figures: RawFigure, suites: tuple[Suite, ...] = SUITES) -> FileVerdict:
    (verdict,) = check([FileRows(SHA, observed(*figures), ())], suites)
    return verdict


def share(number: str, **changes: Any) -> RawFigure:
    return figure(number, "%", kind="share", **changes)


@pytest.mark.parametrize(
    ("bad", "rule_id", "severity"),
    [
        (figure(unit=None), "OBS-UNIT", "quarantine"),
        (figure(unit="饼"), "OBS-UNIT-KNOWN", "quarantine"),
        (figure(area=Area(printed="鼓楼区", unresolved=True)), "OBS-AREA-RESOLVED", "quarantine"),
        (figure(area=Area()), "OBS-AREA", "quarantine"),
        (figure(area=Area("999999", "无此地")), "OBS-AREA-KNOWN", "quarantine"),
        (figure(period=Period()), "OBS-PERIOD", "quarantine"),
        (figure(period=Period("2024年")), "OBS-PERIOD-FORM", "quarantine"),
        (share("104.3"), "OBS-SHARE", "quarantine"),
        (figure("1200", "‰", kind="share"), "OBS-PERMILLE", "quarantine"),
        (figure("130", "%", kind="growth", direction="down"), "OBS-DECLINE", "quarantine"),
        (figure("4000", "%", kind="growth"), "OBS-GROWTH", "warn"),
        (figure("130", "百分点", kind="pp_change"), "OBS-POINTS", "quarantine"),
        (figure("1300", "‰", kind="rate"), "OBS-RATE", "quarantine"),
    ],
)
def test_each_rule_finds_its_fault_and_nothing_else(bad: RawFigure, rule_id: str, severity: str) -> None:
    good = figure("5", at=100)
    verdict = gate(bad, good)
    assert [(f.rule_id, f.severity) for f in verdict.findings] == [(rule_id, severity)]
    assert verdict.held == ({observed(bad)[0].observation_id} if severity == "quarantine" else set())
    assert not verdict.blocking


@pytest.mark.parametrize(
    "good",
    [
        figure(),
        share("0"),
        share("100"),
        figure("130", "%", kind="growth"),
        figure("104.3", "%", kind="ratio"),
        figure(area=Area(None, "长三角", basis="text")),
        figure(period=Period("2021/2025", basis="text")),
        figure(period=Period("2024-Q1", basis="text")),
    ],
)
def test_sound_rows_meet_every_rule(good: RawFigure) -> None:
    verdict = gate(good)
    assert verdict.findings == ()
    assert any(r.evaluated for r in verdict.results)


def test_messages_are_filled_in_and_rank_candidates() -> None:
    candidates = (Candidate("350102", "福州市鼓楼区", 0.5, ""), Candidate("320106", "南京市鼓楼区", 0.5, ""))
    (finding,) = gate(figure(area=Area(printed="鼓楼区", unresolved=True, candidates=candidates))).findings
    assert "鼓楼区" in finding.message
    assert "福州市鼓楼区（350102）" in finding.suggestion


def test_every_failing_id_comes_back_not_the_first_twenty() -> None:
    figures = [share("150", at=i * 20) for i in range(300)]
    verdict = gate(*figures)
    assert len(verdict.held) == 300


def test_two_values_for_one_fact_are_told() -> None:
    verdict = gate(figure("5", label="劳模人数", at=0), figure("9", label="劳模人数", at=50))
    assert {f.rule_id for f in verdict.findings} == {"OBS-FACT"}
    assert {f.severity for f in verdict.findings} == {"warn"}
    agreeing = gate(figure("1.2", multiplier=4, label="劳模人数", at=0), figure("12100", label="劳模人数", at=50))
    assert agreeing.findings == ()


def test_a_place_told_twice_blocks_the_file() -> None:
    verdict = gate(figure(at=3), figure(at=3))
    assert verdict.blocking


def test_a_rule_that_crashes_blocks_instead_of_warning(tmp_path: Path) -> None:
    crashing = rule(
        kwargs={"column": "text", "min_value": 0, "max_value": 100},
        severity="warning",
        meta={"when": {}, "on_fail": "warn"},
    )
    suite = load_suite(written(tmp_path, crashing))
    verdict = gate(figure(), suites=(suite,))
    assert [f.severity for f in verdict.findings] == ["block"]
    assert verdict.results[0].status == "error"


def test_a_rule_that_decides_on_nothing_blocks(tmp_path: Path) -> None:
    blind = rule(kwargs={"column": "indicator_low", "min_value": 0}, meta={"when": {}})
    suite = load_suite(written(tmp_path, blind))
    verdict = gate(figure(), suites=(suite,))
    assert [f.severity for f in verdict.findings] == ["block"]
    assert "none could be evaluated" in verdict.results[0].message


def test_a_rule_without_candidates_is_not_counted_as_passed() -> None:
    results = {r.rule_id: r for r in gate(figure()).results}
    assert results["OBS-SHARE"].status == "not_applicable"
    assert results["OBS-UNIT"].status == "passed"
    assert (results["OBS-UNIT"].candidates, results["OBS-UNIT"].evaluated) == (1, 1)


def test_relations_warn_and_undecidable_ones_are_not_counted() -> None:
    figures = [figure("22", at=0), figure("65", at=10), share("70", at=20), figure("3", qualifier="ge", at=30)]
    observations = observed(*figures)
    by_place = {o.place: o for o in observations}
    relations = (
        Relation("share", RelationMembers(part=figures[0].place, whole=figures[1].place, share=figures[2].place)),
        Relation("sum", RelationMembers(parts=(figures[3].place,), total=figures[1].place)),
    )
    evaluated = tuple(evaluate(r, by_place) for r in relations)
    (verdict,) = check([FileRows(SHA, observations, evaluated)], SUITES)
    assert [(f.rule_id, f.severity) for f in verdict.findings] == [("REL-SHARE", "warn")]
    results = {r.rule_id: r for r in verdict.results}
    assert (results["REL-SUM"].status, results["REL-SUM"].candidates, results["REL-SUM"].evaluated) == (
        "undecided",
        1,
        0,
    )


def relations_of(count: int) -> tuple[tuple[Observation, ...], tuple[Evaluated, ...]]:
    """Relations of every kind between figures at random: exact, rounded, open and missing ones."""
    rng = random.Random(3)
    figures = [
        figure(
            str(rng.choice([2, 3, 5, 6, 10, 60, 40])),
            rng.choice(["人", "%", "‰"]),
            at=n * 20,
            qualifier=rng.choice(["eq", "eq", "approx", "gt", "ge", "le"]),
            direction=rng.choice([None, "down"]),
        )
        for n in range(60)
    ]
    nowhere = figure("1", at=9_000).place
    relations = []
    for _ in range(count):
        a, b, c, d = (rng.choice(figures).place for _ in range(4))
        a = rng.choice([a] * 9 + [nowhere])
        members = {
            "share": RelationMembers(part=a, whole=b, share=c),
            "growth": RelationMembers(part=a, whole=b, share=c),
            "sum": RelationMembers(parts=(a, b, d), total=c),
            "product": RelationMembers(terms=((a, b), (d,)), total=c),
            "subset": RelationMembers(part=a, whole=b),
            "equal": RelationMembers(parts=(a, b, c)),
        }
        kind: Any = rng.choice(sorted(members))
        relations.append(Relation(kind, members[kind]))
    observations = observed(*figures)
    by_place = {o.place: o for o in observations}
    return observations, tuple(evaluate(r, by_place) for r in relations)


def test_the_gate_and_reconcile_give_one_verdict() -> None:
    """The expectations judge the intervals anew; the warehouse keeps what reconcile said. They may not part."""
    observations, evaluated = relations_of(600)
    suite = next(s for s in SUITES if s.frame == "relation")
    (verdict,) = check([FileRows(SHA, observations, evaluated)], [suite])
    for own_rule, result in zip(suite.rules, verdict.results, strict=True):
        own = [e for e in evaluated if [e.relation.kind] == own_rule.when["kind"]]
        told = Counter(e.verdict for e in own)
        assert min(told["fails"], told["undecidable"]) > 0 or own_rule.rule_id in {"REL-SUBSET", "REL-EQUAL"}
        assert (result.candidates, result.evaluated) == (len(own), len(own) - told["undecidable"]), own_rule.rule_id
        findings = [f.evidence for f in verdict.findings if f.rule_id == own_rule.rule_id]
        assert findings == [e.arithmetic for e in own if e.verdict == "fails"]


def test_too_few_evaluated_relations_block(tmp_path: Path) -> None:
    observations, evaluated = relations_of(40)
    entry = rule(
        type="expect_parts_to_sum_to_total",
        kwargs={"parts": ["parts"], "total": "total", "min_evaluated": 1000},
        meta={"when": {"kind": ["sum"]}, "message": "{arithmetic}"},
    )
    path = written(tmp_path, entry)
    path.write_text(path.read_text(encoding="utf-8").replace('"observation"', '"relation"'), encoding="utf-8")
    (verdict,) = check([FileRows(SHA, observations, evaluated)], [load_suite(path)])
    assert [f.severity for f in verdict.findings] == ["block"]
    assert "1000 at least are needed" in verdict.findings[0].message


def test_slices_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place told twice is found across slices, a row alone in any."""
    files = [
        FileRows(SHA, observed(figure(at=3), *(share("150", at=i * 20) for i in range(1, 9)), figure(at=3)), ()),
        FileRows("b" * 64, observed(share("150"), figure(unit=None, at=9), sha256="b" * 64), ()),
    ]
    whole = check(files, SUITES)
    monkeypatch.setattr("etl.check.gate.SLICE", 3)
    assert check(files, SUITES) == whole
    assert whole[0].blocking
    assert len([f for f in whole[0].findings if f.rule_id == "OBS-SHARE"]) == 8


def test_findings_stay_with_their_file() -> None:
    other = "b" * 64
    first, second = check(
        [FileRows(SHA, observed(share("150")), ()), FileRows(other, observed(share("50"), sha256=other), ())], SUITES
    )
    assert (len(first.findings), len(second.findings)) == (1, 0)


def test_a_file_without_rows_has_results_but_no_findings() -> None:
    (verdict,) = check([FileRows(SHA, (), ())], SUITES)
    assert verdict.findings == ()
    assert {r.status for r in verdict.results} == {"not_applicable"}


def test_suites_are_plain_json_that_a_person_can_read() -> None:
    for path in Settings().suites_dir.glob("*.json"):
        assert "\\u" not in path.read_text(encoding="utf-8")
        json.loads(path.read_text(encoding="utf-8"))
