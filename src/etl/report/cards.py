"""Cards: everything shown about one held row, doubtful row, failing relation or finding about a file.

The first page of cards is rendered by the template, all others by the browser from the same values as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from etl.model import CellRef, Place
from etl.report.data import FigureRow, FindingLine, RelationIssue, ReportData, RowIssue
from etl.report.excerpts import Excerpt, Grid, GridExcerpt, Source, TextExcerpt, address
from etl.report.wording import clean, number

NAMED_PLACES = 8
"""Members of a relation that are named; all are marked in the excerpt."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding in words."""

    rule_id: str
    severity: str
    message: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Card:
    file: int
    """Index into the report's files; -1 when the file is not among them."""
    where: str
    text: str
    """The figure as printed, or what the card is about."""
    said: tuple[Said, ...]
    facts: tuple[tuple[str, str], ...] = ()
    """(name, value) pairs: value, place, period, label …"""
    arithmetic: str = ""
    excerpts: tuple[Excerpt, ...] = ()
    observation_id: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    held: tuple[Card, ...]
    relations: tuple[Card, ...]
    warned: tuple[Card, ...]
    loose: tuple[Card, ...]
    cells: Mapping[str, Mapping[str, str]]
    """Text of every cell that a GridExcerpt shows: "file index/sheet" → A1 address → text. Neighbourhoods overlap,
    so the cells are kept once."""

    def cell(self, excerpt: GridExcerpt, file: int, row: int, col: int) -> str:
        return self.cells.get(grid_key(file, excerpt.sheet), {}).get(address(row, col), "")


def grid_key(file: int, sheet: str) -> str:
    return f"{file}/{sheet}"


def build_cards(data: ReportData, archive_dir: Path | None, words: Mapping[str, Mapping[str, str]]) -> Cards:
    """All cards of a report; opens each file that needs one once, and only one at a time."""
    jobs: dict[str, list[tuple[str, int, Callable[[Source], Card]]]] = {}
    sizes = {"held": len(data.held), "relations": len(data.relations), "warned": len(data.warned), "loose": 0}
    index = {f.sha256: i for i, f in enumerate(data.files)}

    def add(part: str, number_: int, sha256: str, make: Callable[[Source], Card]) -> None:
        jobs.setdefault(sha256, []).append((part, number_, make))

    failing: dict[tuple[str, Place], RelationIssue] = {}
    for relation in data.relations:
        for _, place in relation.members:
            failing.setdefault((relation.file_sha256, place), relation)
    told = _told_again(issue.row for issue in (*data.held, *data.warned))
    for part, issues in (("held", data.held), ("warned", data.warned)):
        for i, issue in enumerate(issues):
            broken = failing.get((issue.row.file_sha256, issue.row.place))
            others = told.get(_fact_key(issue.row), [])
            add(part, i, issue.row.file_sha256, _row_maker(issue, broken, others, index, words))
    for i, relation in enumerate(data.relations):
        add("relations", i, relation.file_sha256, _relation_maker(relation, index, words))
    done: dict[str, list[Card | None]] = {part: [None] * size for part, size in sizes.items()}
    cells: dict[str, dict[str, str]] = {}
    for sha256, todo in jobs.items():
        source = Source(data.by_sha[sha256], archive_dir)
        for part, position, make in todo:
            card = make(source)
            done[part][position] = card
            _keep_cells(cells, card, source.grids)
    order = {f.sha256: (f.name, f.sha256) for f in data.files}

    def ordered(part: str) -> tuple[Card, ...]:
        cards = [card for card in done[part] if card is not None]
        return tuple(sorted(cards, key=lambda c: order[data.files[c.file].sha256]))

    loose = tuple(_loose(f, index) for f in data.loose)
    return Cards(ordered("held"), ordered("relations"), ordered("warned"), loose, cells)


def _keep_cells(cells: dict[str, dict[str, str]], card: Card, grids: Mapping[str, Grid]) -> None:
    for excerpt in card.excerpts:
        if isinstance(excerpt, GridExcerpt):
            kept = cells.setdefault(grid_key(card.file, excerpt.sheet), {})
            for row in excerpt.rows:
                for col in excerpt.cols:
                    key = address(row, col)
                    if key not in kept and (text := grids[excerpt.sheet].text(row, col)):
                        kept[key] = clean(text)


FactKey = tuple[str, str, str | None]
"""File, series and period."""


def _fact_key(row: FigureRow) -> FactKey:
    return row.file_sha256, row.series_key, row.time_period


def _told_again(rows: Iterable[FigureRow]) -> dict[FactKey, list[FigureRow]]:
    """Facts that a file tells with different values, among the rows of the report."""
    told: dict[FactKey, list[FigureRow]] = {}
    for row in rows:
        if row.time_period is not None:
            told.setdefault(_fact_key(row), []).append(row)
    return {key: found for key, found in told.items() if len({r.obs_value for r in found}) > 1}


def _row_maker(
    issue: RowIssue,
    broken: RelationIssue | None,
    told: Sequence[FigureRow],
    index: Mapping[str, int],
    words: Mapping[str, Mapping[str, str]],
) -> Callable[[Source], Card]:
    row = issue.row
    others = [r for r in told if r.place != row.place and r.obs_value != row.obs_value]
    members = [place for _, place in broken.members] if broken else [r.place for r in others[:NAMED_PLACES]]
    fellows = [place for place in members if place != row.place]

    def make(source: Source) -> Card:
        return Card(
            file=index[row.file_sha256],
            where=where(row.place),
            text=row.text.strip(),
            said=_said(issue.findings),
            facts=(*_facts(row, words), *_other_values(others)),
            arithmetic=broken.arithmetic if broken else "",
            excerpts=(source.figure(row.place, row.text, row.evidence, fellows),),
            observation_id=row.observation_id,
        )

    return make


def _relation_maker(
    issue: RelationIssue, index: Mapping[str, int], words: Mapping[str, Mapping[str, str]]
) -> Callable[[Source], Card]:
    def make(source: Source) -> Card:
        return Card(
            file=index[issue.file_sha256],
            where=where_all([p for _, p in issue.members]),
            text=words["relation"].get(issue.kind, issue.kind),
            said=tuple(
                replace(s, message=s.message.removesuffix(issue.arithmetic).rstrip("：")) for s in _said(issue.findings)
            ),
            facts=(("按原文可得", interval(issue.computed_low, issue.computed_high)),),
            arithmetic=issue.arithmetic,
            excerpts=source.relation(issue.members, issue.arithmetic),
        )

    return make


def _loose(finding: FindingLine, index: Mapping[str, int]) -> Card:
    shown = (TextExcerpt(finding.evidence, (), is_stored=True),) if finding.evidence else ()
    return Card(
        file=index.get(finding.file_sha256, -1),
        where="整个文件" if finding.observation_id is None else "",
        text="",
        said=_said((finding,)),
        excerpts=shown,
    )


def _said(findings: Iterable[FindingLine]) -> tuple[Said, ...]:
    return tuple(Said(f.rule_id, f.severity, f.message, f.suggestion) for f in findings)


def where(place: Place) -> str:
    if isinstance(place, CellRef):
        return f"{place.sheet}!{place.cell}"
    return f"第 {place.start:,}–{place.end:,} 字"


def where_all(places: Sequence[Place]) -> str:
    """The places of a relation, a sheet named only once: ``表1!B4、B5、B6``."""
    told, sheet = [], None
    for place in places[:NAMED_PLACES]:
        told.append(place.cell if isinstance(place, CellRef) and place.sheet == sheet else where(place))
        sheet = place.sheet if isinstance(place, CellRef) else None
    return "、".join(told) + (f" 等 {len(places)} 处" if len(places) > NAMED_PLACES else "")


def interval(low: Decimal | None, high: Decimal | None) -> str:
    """``[1,200, 1,300]``; open ends in words."""
    if low is None and high is None:
        return "不限"
    if low is None:
        return f"不高于 {number(high)}"
    if high is None:
        return f"不低于 {number(low)}"
    return number(low) if low == high else f"{number(low)} 至 {number(high)}"


def _facts(row: FigureRow, words: Mapping[str, Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    yield "统计内容", row.label or "（未读出）"
    value = f"{number(row.obs_value)} {row.unit or '（无单位）'}"
    if row.obs_low != row.obs_high:
        value += f"（{interval(row.obs_low, row.obs_high)}）"
    yield "读作", value
    yield "类别", words["kind"].get(row.kind, row.kind) + _status(row, words)
    area = row.ref_area_name or ""
    code = f"（{row.ref_area}）" if row.ref_area else ""
    yield "地区", (area + code or "（未定）") + (f" · {row.ref_entity}" if row.ref_entity else "")
    yield "时期", row.time_period or "（未定）"


def _other_values(others: Sequence[FigureRow]) -> Iterable[tuple[str, str]]:
    """Where the file gives the same fact another value."""
    if others:
        shown = "；".join(f"{r.text.strip()}（{where(r.place)}）" for r in others[:NAMED_PLACES])
        yield "同一事实的其他数值", shown + (f" 等 {len(others)} 处" if len(others) > NAMED_PLACES else "")


def _status(row: FigureRow, words: Mapping[str, Mapping[str, str]]) -> str:
    return "" if row.status == "observed" else " · " + words["observation_status"].get(row.status, row.status)
