"""Value, unit, qualifier, kind and status of the figures of sentences by phenomenon, and every rule by its example."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.extract.report import extract_report
from etl.extract.report.rules import Rule, rules
from etl.model import Document, ManifestEntry, RawFigure, Span

TABLES = sorted((Path(__file__).parent / "judged").glob("*.csv"))
ENTRY = ManifestEntry("a.txt", None, "发布单位", "411300", "2024-07-18")


def read(text: str) -> tuple[RawFigure, ...]:
    return extract_report(Document(text, "txt", "txt/1"), ENTRY).figures


def told(figure: RawFigure) -> str:
    value = f"{figure.number.scaleb(figure.multiplier).normalize():f}"
    status = [] if figure.status == "observed" else [figure.status]
    return ":".join([figure.text, value, figure.unit or "", figure.qualifier, figure.kind, *status])


def cases() -> Iterator[object]:
    for path in TABLES:
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines):
            yield pytest.param(row["sentence"], row["figures"], id=f"{path.stem}-{row['sentence'][:14]}")


@pytest.mark.parametrize(("sentence", "figures"), list(cases()))
def test_judged(sentence: str, figures: str) -> None:
    assert " ".join(told(f) for f in read(sentence)) == figures


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_eight_sentences_each_at_least(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) >= 10


def examples(table: str) -> list[Rule]:
    return [rule for _, rule in rules(table)]


def marked(rule: Rule) -> tuple[str, int]:
    """The example without its brackets, and where the marked figure starts."""
    assert rule.example.count("[") == rule.example.count("]") == 1, rule.example
    return rule.example.replace("[", "").replace("]", ""), rule.example.index("[")


@pytest.mark.parametrize("rule", examples("status"), ids=lambda r: r.example)
def test_the_example_of_a_rule_has_its_status(rule: Rule) -> None:
    text, start = marked(rule)
    (status,) = [f.status for f in read(f"{text}。") if isinstance(f.place, Span) and f.place.start == start]
    assert status == rule.tells


@pytest.mark.parametrize("rule", examples("reason"), ids=lambda r: r.example)
def test_the_example_of_a_rule_is_set_aside_or_a_figure(rule: Rule) -> None:
    text, start = marked(rule)
    found = [f for f in read(f"{text}。") if isinstance(f.place, Span) and f.place.start == start]
    assert bool(found) == (rule.tells == "figure")
