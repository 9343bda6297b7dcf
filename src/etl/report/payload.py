"""The cards as compact JSON for the browser, safe inside a script element."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from etl.report.cards import Card, Cards
from etl.report.data import ReportData
from etl.report.excerpts import Excerpt, TextExcerpt
from etl.report.wording import clean

ESCAPES = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
"""No string can end the script element, open a comment in it, or break a line where JavaScript sees one."""


class Pool:
    """Strings that recur (sentences, suggestions, names), kept once and named by number."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._index: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        text = clean(text)
        found = self._index.get(text)
        if found is None:
            found = self._index[text] = len(self.strings)
            self.strings.append(text)
        return found


def payload(data: ReportData, cards: Cards, words: Mapping[str, Mapping[str, str]]) -> Markup:
    """``{files, pool, lists: {name: [card]}, cells, severities}``; what report.js reads."""
    pool = Pool()
    lists = {
        name: [_card(card, pool) for card in part]
        for name, part in (
            ("held", cards.held),
            ("relations", cards.relations),
            ("warned", cards.warned),
            ("loose", cards.loose),
        )
    }
    return script_json(
        {
            "files": [clean(f.name) for f in data.files],
            "lists": lists,
            "cells": {clean(key): dict(cells) for key, cells in cards.cells.items()},
            "severities": dict(words["severity"]),
            "pool": pool.strings,
        }
    )


def script_json(value: Any) -> Markup:
    """JSON for ``<script type="application/json">``: it holds no character that HTML or JavaScript reads otherwise."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return Markup(text)  # noqa: S704  escaped above


def _card(card: Card, pool: Pool) -> dict[str, Any]:
    return {
        "f": card.file,
        "w": clean(card.where),
        "t": clean(card.text),
        "s": [[s.rule_id, s.severity, clean(s.message), pool(s.suggestion)] for s in card.said],
        "a": [[pool(name), pool(value)] for name, value in card.facts],
        "k": clean(card.arithmetic),
        "x": [_excerpt(x, pool) for x in card.excerpts],
        "o": card.observation_id,
    } | {key: value for key, value in _seldom(card, pool).items() if value}


def _seldom(card: Card, pool: Pool) -> dict[str, Any]:
    """What few cards have, left out elsewhere: members, the full arithmetic, a series."""
    chart = card.chart
    return {
        "n": clean(card.full),
        "m": [[clean(m.where), clean(m.text), pool(m.label), pool(m.period), m.observation_id] for m in card.members],
        "c": chart and [chart.line, chart.dots, chart.doubtful, clean(chart.told), clean(chart.caption)],
    }


def _excerpt(excerpt: Excerpt, pool: Pool) -> list[Any]:
    """``["t", text, [[start, end, main]], is_stored]`` with offsets in UTF-16 units, or
    ``["g", sheet, rows, cols, main, related, wide]``."""
    if isinstance(excerpt, TextExcerpt):
        marks = [[_utf16(excerpt.text, m.start), _utf16(excerpt.text, m.end), int(m.main)] for m in excerpt.marks]
        return ["t", pool(excerpt.text), marks, int(excerpt.is_stored)]
    return ["g", clean(excerpt.sheet), excerpt.rows, excerpt.cols, excerpt.main, excerpt.related, excerpt.wide]


def _utf16(text: str, offset: int) -> int:
    """An offset in code points as JavaScript counts it."""
    head = text[:offset]
    return offset if head.isascii() else offset + sum(c > "\uffff" for c in head)


def pieces(excerpt: TextExcerpt) -> Iterable[tuple[str, str]]:
    """The text cut at its marks: (text, ``""`` | ``main`` | ``member``). Overlapping marks give way to the first."""
    at = 0
    for mark in excerpt.marks:
        if mark.start < at:
            continue
        yield excerpt.text[at : mark.start], ""
        yield excerpt.text[mark.start : mark.end], "main" if mark.main else "member"
        at = mark.end
    yield excerpt.text[at:], ""
