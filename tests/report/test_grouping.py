"""Like findings of neighbours are one thing to decide."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.model import CellRef, Finding, Span
from etl.report.build import render
from etl.report.cards import build_cards, heading
from etl.report.data import FindingLine, RowIssue
from etl.report.grouping import extent, grouped, masked
from etl.report.queries import load_report_data
from etl.report.wording import words
from tests.report.conftest import Builder, figure, observation, span


def issue(place: str | tuple[int, int], rule: str = "OBS-UNIT", text: str = "12.5", **changes: str) -> RowIssue:
    """A finding on a cell of sheet 表 or at a span of the text."""
    at = CellRef("表", place) if isinstance(place, str) else Span(*place)
    row = figure(at, text, **changes)
    message = f"“{text}”没有标明计量单位"
    return RowIssue(row, (FindingLine("f", row.file_sha256, row.observation_id, rule, "quarantine", message, "", ""),))


def cells(groups: list[tuple[RowIssue, ...]]) -> list[list[str]]:
    return [[str(i.row.place).removeprefix("表!") for i in group] for group in groups]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (["G3", "G4", "G5"], [["G3", "G4", "G5"]]),
        (["B2", "C2", "D2"], [["B2", "C2", "D2"]]),
        (["B2", "B3", "C2", "C3"], [["B2", "B3", "C2", "C3"]]),
        (["B2", "B4"], [["B2", "B4"]]),
        (["B2", "B9"], [["B2"], ["B9"]]),
        (["B2", "D9", "B3"], [["B2", "B3"], ["D9"]]),
        (["B2"], [["B2"]]),
        ([], []),
    ],
)
def test_neighbouring_cells_are_grouped(places: list[str], expected: list[list[str]]) -> None:
    assert cells(grouped([issue(p, text=str(i)) for i, p in enumerate(places)], lambda _: False)) == expected


def test_other_rules_sheets_and_sentences_stay_apart() -> None:
    issues = [
        issue("B2"),
        issue("B3", rule="OBS-AREA"),
        issue((10, 12), evidence="甲"),
        issue((20, 22), evidence="甲"),
        issue((30, 32), evidence="乙"),
    ]
    assert [len(g) for g in grouped(issues, lambda _: False)] == [1, 1, 2, 1]


def test_those_with_more_to_tell_stay_alone() -> None:
    issues = [issue("B2"), issue("B3"), issue("B4")]
    assert cells(grouped(issues, lambda i: i is issues[1])) == [["B2", "B4"], ["B3"]]


def test_a_large_block_is_one_group_soon() -> None:
    issues = [issue(f"{c}{r}", text=str(r)) for r in range(2, 1002) for c in "BCDEFGHIJK"]
    (group,) = grouped(issues, lambda _: False)
    assert len(group) == 10_000


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["G3", "G4", "G5"], "G3:G5"),
        (["B2", "C3"], "B2:C3 中"),
        (["AA1", "AB1"], "AA1:AB1"),
        (["??"], ""),
    ],
)
def test_extent(addresses: list[str], expected: str) -> None:
    assert extent(addresses) == expected


def test_headings_and_masks() -> None:
    rows = [issue((i * 10, i * 10 + 3), text=f"{i}个").row for i in range(6)]
    assert heading(rows[:1]) == "0个"
    assert heading(rows[:3]) == "0个、1个、2个，3 个"
    assert heading(rows) == "0个、1个、2个、3个等，6 个"
    assert masked("“12”没有标明单位", "12") == masked("“7”没有标明单位", "7")


def test_a_group_is_one_card_that_lists_its_rows(builder: Builder) -> None:
    run_id = builder.run()
    body = "有12户、15人没有单位。另有3处。"
    rows = tuple(
        observation(span(body, t), t, obs_value=Decimal(t[:-1]), label=f"{t}数", evidence=body)
        for t in ("12户", "15人")
    )
    findings = tuple(Finding("OBS-UNIT", "quarantine", f"“{r.text}”没有单位", r.observation_id, body) for r in rows)
    builder.put(run_id, "甲.txt", body, numerals=2, numerals_held=2, held=rows, findings=findings)
    data = load_report_data(builder.engine, run_id)

    (card,) = build_cards(data, builder.archive_dir, words()).held

    assert card.text == "12户、15人，2 个"
    assert [s.message for s in card.said] == ["这 2 个数字没有单位"]
    assert [(m.text, m.label, m.observation_id) for m in card.members] == [
        (r.text, r.label, r.observation_id) for r in rows
    ]
    assert ("时期", "2024") in card.facts
    assert "统计内容" not in dict(card.facts), "what differs is told row by row"
    page = render(data, builder.archive_dir)
    assert "共 1 条（2 个数字）" in page
    assert page.count('<mark class="main">') == 2
