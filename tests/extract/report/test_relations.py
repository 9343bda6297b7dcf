"""Relations that texts state: each line of ``relations/sentences.csv`` gives exactly the relations beside it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from etl.check.catalogue import catalogue_relations
from etl.check.reconcile import Evaluated, evaluate
from etl.extract.report import extract_report
from etl.model import Document, Place, SourceFile, Span
from etl.normalise.observe import observe

TABLE = Path(__file__).with_name("relations") / "sentences.csv"
MARK = {"holds": "", "fails": "!", "undecidable": "?"}


def relations_in(text: str) -> list[Evaluated]:
    """As ``etl extract --relations`` finds and judges them."""
    extraction = extract_report(Document(text, "txt", "txt/1"))
    observations = [observe(SourceFile(Path("a.txt"), "a.txt", "a" * 64, 1), f) for f in extraction.figures]
    by_place = {o.place: o for o in observations}
    relations = (*extraction.relations, *catalogue_relations(observations, extraction.relations))
    return [evaluate(r, by_place) for r in relations]


def shown(text: str, e: Evaluated) -> str:
    def words(place: Place | None) -> str:
        assert isinstance(place, Span)
        return text[place.start : place.end]

    m = e.relation.members
    match e.relation.kind:
        case "share" | "growth":
            members = f"{words(m.part)}/{words(m.whole)}={words(m.share)}"
        case "subset":
            members = f"{words(m.part)}<{words(m.whole)}"
        case "sum":
            members = "+".join(map(words, m.parts)) + "=" + words(m.total)
        case "product":
            members = "+".join("*".join(map(words, term)) for term in m.terms) + "=" + words(m.total)
        case _:
            members = "=".join(map(words, m.parts))
    return f"{MARK[e.verdict]}{e.relation.kind} {members}"


def cases() -> list[tuple[str, str]]:
    with TABLE.open(encoding="utf-8") as f:
        return [(row["text"], row["relations"]) for row in csv.DictReader(f)]


@pytest.mark.parametrize(("text", "expected"), cases())
def test_exactly_the_relations_that_a_text_states(text: str, expected: str) -> None:
    assert sorted(shown(text, e) for e in relations_in(text)) == sorted(filter(None, expected.split(";")))
