"""Each fault planted in samples/ (samples/README.md) is found, and nothing else is held."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from etl import ingest
from etl.check.suites import load_suites
from etl.landing import discover
from etl.model import SourceFile
from etl.settings import Settings
from etl.warehouse.load import FileRecord

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def records() -> dict[str, FileRecord]:
    landing = discover([str(SAMPLES)])
    sources = [SourceFile(p, p.name, f"{n:064}", 1, landing.entry(p)) for n, p in enumerate(landing.files)]
    records = ingest.judge([ingest.read_file(s) for s in sources], load_suites(Settings().suites_dir))
    return {r.name: r for r in records}


def held(record: FileRecord) -> set[tuple[str, str]]:
    """(rule, figure or cell) of everything held."""
    names = {o.observation_id: getattr(o.place, "cell", o.text) for o in record.held}
    return {(f.rule_id, names[f.observation_id]) for f in record.findings if f.observation_id in names}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("yichang_2023_bulletin.docx", {("OBS-SHARE", "104.3%"), ("OBS-PERIOD", "745元")}),
        ("shandong_2023_population.xlsx", {("OBS-SUSPECT", "B12")}),
        ("yichang_2022_farming.xls", {("OBS-AREA-RESOLVED", f"{c}10") for c in "BCDEFG"}),
        ("mianyang_2023_schools.csv", {("OBS-UNIT", f"G{r}") for r in range(3, 13)}),
        ("jiangmen_2023_industry.ods", set()),
        ("weifang_2024_report.txt", set()),
    ],
)
def test_what_is_held_and_nothing_else(
    records: dict[str, FileRecord], name: str, expected: set[tuple[str, str]]
) -> None:
    found = {(rule, place) for rule, place in held(records[name]) if rule.startswith("OBS")}
    assert found == expected


@pytest.mark.parametrize(
    ("name", "rule", "arithmetic"),
    [
        ("weifang_2024_report.txt", "REL-SHARE", "66名 ÷ 120名 = 55%，应为 62.5%"),
        ("mianyang_2024_talent.pdf", "REL-SUBSET", "52场 > 46场"),
        ("jiangmen_2024_housing.html", "REL-GROWTH", "18.6亿元 ÷ 15.5亿元 − 1 = 20%，应为 25.0%"),
    ],
)
def test_relations_that_fail_are_told_with_their_arithmetic(
    records: dict[str, FileRecord], name: str, rule: str, arithmetic: str
) -> None:
    failing = [f.message for f in records[name].findings if f.rule_id == rule]
    assert len(failing) == 1
    assert arithmetic in failing[0]


def test_the_unknown_region_comes_with_a_suggestion(records: dict[str, FileRecord]) -> None:
    suggestions = {f.suggestion for f in records["yichang_2022_farming.xls"].findings if f.severity == "quarantine"}
    assert any("夷陵区" in s for s in suggestions)


def test_damaged_digits_are_read_and_told(records: dict[str, FileRecord]) -> None:
    record = records["jiangmen_2023_industry.ods"]
    (cell,) = [o for o in record.loaded if getattr(o.place, "cell", "") == "G10"]
    assert (cell.obs_value, cell.text) == (Decimal("22147000000"), "22 1.47")
    assert any(f.observation_id == cell.observation_id for f in record.findings)


def test_relations_that_hold_are_not_told(records: dict[str, FileRecord]) -> None:
    """Everything else in the samples adds up: no other relation may fail."""
    failing = {(n, f.rule_id) for n, r in records.items() for f in r.findings if f.rule_id.startswith("REL")}
    assert failing == {
        ("weifang_2024_report.txt", "REL-SHARE"),
        ("mianyang_2024_talent.pdf", "REL-SUBSET"),
        ("jiangmen_2024_housing.html", "REL-GROWTH"),
        ("shandong_2023_population.xlsx", "REL-SUM"),
    }
