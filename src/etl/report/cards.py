"""Cards: everything shown about one thing to decide: held or doubtful rows, a failing relation, or a finding about a
file.

The first page of cards is rendered by the template, all others by the browser from the same values as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.model import CellRef, Place
from etl.report import facts
from etl.report.arithmetic import WrittenOut, brief, cut, ranges, written_out
from etl.report.charts import Chart, series_chart
from etl.report.data import FigureRow, FindingLine, RelationIssue, ReportData, RowIssue, SeriesPoint
from etl.report.excerpts import Excerpt, Grid, GridExcerpt, Source, TextExcerpt, address
from etl.report.grouping import extent, grouped, masked
from etl.report.wording import clean

SHARES = frozenset({"share", "growth"})
"""Relations whose result is stated per hundred or per thousand."""
NAMED_FIGURES = 4
NAMED_RELATIONS = 3
NAMED_PLACES = 8
"""Members of a relation that are named; all are marked in the excerpt."""

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """One finding in words."""

    rule_id: str
    severity: str
    message: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Member:
    """One of the rows that a card is about, where it is about several."""

    where: str
    text: str
    label: str
    period: str
    observation_id: str


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
    full: str = ""
    """The arithmetic with all of its terms and digits, where ``arithmetic`` is shortened."""
    excerpts: tuple[Excerpt, ...] = ()
    observation_id: str = ""
    members: tuple[Member, ...] = ()
    chart: Chart | None = None

    @property
    def rows(self) -> int:
        return len(self.members) or 1


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


def build_cards(data: ReportData, archive_dir: Path | None, words: Words) -> Cards:
    """All cards of a report; opens each file that needs one once, and only one at a time."""
    jobs: dict[str, list[tuple[str, int, Callable[[Source], Card]]]] = {}
    sizes = {"relations": len(data.relations)}
    index = {f.sha256: i for i, f in enumerate(data.files)}

    def add(part: str, number: int, sha256: str, make: Callable[[Source], Card]) -> None:
        jobs.setdefault(sha256, []).append((part, number, make))

    failing: dict[tuple[str, Place], list[RelationIssue]] = {}
    for relation in data.relations:
        for _, place in relation.members:
            failing.setdefault((relation.file_sha256, place), []).append(relation)
    told = _told_again(issue.row for issue in (*data.held, *data.warned))

    def has_more_to_tell(issue: RowIssue) -> bool:
        return (issue.row.file_sha256, issue.row.place) in failing or _fact_key(issue.row) in told

    for part, issues in (("held", data.held), ("warned", data.warned)):
        groups = grouped(issues, has_more_to_tell)
        sizes[part] = len(groups)
        for i, group in enumerate(groups):
            row = group[0].row
            broken = failing.get((row.file_sha256, row.place), [])[:NAMED_RELATIONS]
            others = told.get(_fact_key(row), [])
            maker = _Rows(group, broken, others, data.series.get(row.series_key, ()), index[row.file_sha256], words)
            add(part, i, row.file_sha256, maker.card)
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
                        kept[key] = clean(cut(text))


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


@dataclass(frozen=True, slots=True)
class _Rows:
    """A held or doubtful row, or several alike, on their way to a card."""

    issues: tuple[RowIssue, ...]
    broken: Sequence[RelationIssue]
    told: Sequence[FigureRow]
    series: Sequence[SeriesPoint]
    file: int
    words: Words

    def card(self, source: Source) -> Card:
        rows = [issue.row for issue in self.issues]
        row = rows[0]
        others = [r for r in self.told if r.place != row.place and r.obs_value != row.obs_value]
        fellows = [place for relation in self.broken for _, place in relation.members]
        fellows += [r.place for r in others[:NAMED_PLACES]]
        arithmetic, full = _shortened([written_out(relation, source.cell_text) for relation in self.broken])
        several = len(rows) > 1
        return Card(
            file=self.file,
            where=where_rows(rows),
            text=heading(rows),
            said=_said(self.issues[0].findings, self.broken, rows),
            facts=(*facts.of_rows(rows, self.words), *_other_values(others)),
            arithmetic=arithmetic,
            full=full,
            excerpts=(source.figures(rows, [p for p in fellows if p != row.place]),),
            observation_id="" if several else row.observation_id,
            members=tuple(map(_member, rows)) if several else (),
            chart=series_chart(self.series, rows),
        )


def _member(row: FigureRow) -> Member:
    at = row.place.cell if isinstance(row.place, CellRef) else where(row.place)
    return Member(at, cut(row.text.strip()), row.label, row.time_period or "", row.observation_id)


def _shortened(written: Sequence[WrittenOut]) -> tuple[str, str]:
    """The arithmetic for the card, a line per relation, and in full where that is longer."""
    lines = list(dict.fromkeys(w.text for w in written))
    short, full = "\n".join(map(brief, lines)), "\n".join(lines)
    return short, full if full != short else ""


def _relation_maker(issue: RelationIssue, index: Mapping[str, int], words: Words) -> Callable[[Source], Card]:
    def make(source: Source) -> Card:
        written = written_out(issue, source.cell_text)
        arithmetic, full = _shortened([written])
        return Card(
            file=index[issue.file_sha256],
            where=where_all([p for _, p in issue.members]),
            text=words["relation"].get(issue.kind, issue.kind),
            said=_said(issue.findings, [issue]),
            facts=tuple(_computed(issue, written)),
            arithmetic=arithmetic,
            full=full,
            excerpts=source.relation(issue.members, brief(issue.arithmetic)),
        )

    return make


def _computed(issue: RelationIssue, written: WrittenOut) -> Iterable[tuple[str, str]]:
    if issue.kind not in {"subset", "equal"}:
        low, high = (None if v is None else v / written.scale for v in (issue.computed_low, issue.computed_high))
        per = "‰" if "‰" in issue.arithmetic else "%"
        unit = f" {per}" if issue.kind in SHARES and not (low is None and high is None) else ""
        yield "按原文可得", facts.interval(low, high) + unit
    if written.difference:
        yield "印出的比算得的", facts.more_or_less(written.difference)


def _loose(finding: FindingLine, index: Mapping[str, int]) -> Card:
    is_told = not finding.evidence or finding.evidence in finding.message
    return Card(
        file=index.get(finding.file_sha256, -1),
        where="整个文件" if finding.observation_id is None else "",
        text="",
        said=_said((finding,)),
        excerpts=() if is_told else (TextExcerpt(cut(finding.evidence), (), is_stored=True),),
    )


def _said(
    findings: Iterable[FindingLine], broken: Sequence[RelationIssue] = (), rows: Sequence[FigureRow] = ()
) -> tuple[Said, ...]:
    """The findings in words: without the arithmetic that the card shows anyway, and of several rows at once."""
    return tuple(Said(f.rule_id, f.severity, _message(f, broken, rows), f.suggestion) for f in findings)


def _message(finding: FindingLine, broken: Sequence[RelationIssue], rows: Sequence[FigureRow]) -> str:
    message = finding.message
    if len(rows) > 1:
        message = masked(message, rows[0].text).replace("\0", f"这 {len(rows):,} 个数字")
    for relation in broken:
        if relation.arithmetic and message.endswith(relation.arithmetic):
            message = message.removesuffix(relation.arithmetic).rstrip("：")
    return brief(message)


def where(place: Place) -> str:
    if isinstance(place, CellRef):
        return f"{place.sheet}!{place.cell}"
    return f"第 {place.start:,}–{place.end:,} 字"


def heading(rows: Sequence[FigureRow]) -> str:
    """The figure; of several the cells or the first ones, and how many: ``G3:G12，10 个``."""
    if len(rows) == 1:
        return cut(rows[0].text.strip())
    cells = [r.place.cell for r in rows if isinstance(r.place, CellRef)]
    named = extent(cells) if cells else "、".join(cut(r.text.strip()) for r in rows[:NAMED_FIGURES])
    more = "等" if not cells and len(rows) > NAMED_FIGURES else ""
    return f"{named}{more}，{len(rows):,} 个"


def where_rows(rows: Sequence[FigureRow]) -> str:
    """Where one row stands, or the stretch over which several lie."""
    first, last = rows[0].place, rows[-1].place
    if len(rows) == 1:
        return where(first)
    if isinstance(first, CellRef):
        return f"工作表 {first.sheet}"
    return f"第 {first.start:,}–{last.end:,} 字" if not isinstance(last, CellRef) else ""


def where_all(places: Sequence[Place]) -> str:
    """The places of a relation, runs of cells drawn together: ``表1!B4、B5:B21``."""
    sheets: dict[str, list[str]] = {}
    for place in places:
        if isinstance(place, CellRef):
            sheets.setdefault(place.sheet, []).append(place.cell)
    told = [f"{sheet}!{ranges(cells)}" for sheet, cells in sheets.items()]
    spans = sorted((p for p in places if not isinstance(p, CellRef)), key=lambda p: p.start)
    told += [where(place) for place in spans[:NAMED_PLACES]]
    return "、".join(told) + (f" 等 {len(spans)} 处" if len(spans) > NAMED_PLACES else "")


def _other_values(others: Sequence[FigureRow]) -> Iterable[tuple[str, str]]:
    """Where the file gives the same fact another value."""
    if others:
        shown = "；".join(f"{r.text.strip()}（{where(r.place)}）" for r in others[:NAMED_PLACES])
        yield "同一事实的其他数值", shown + (f" 等 {len(others)} 处" if len(others) > NAMED_PLACES else "")
