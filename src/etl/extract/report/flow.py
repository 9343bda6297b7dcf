"""Reading order: a text without the blanks and breaks that layout put into it, with the way back to its offsets.

Flow text is NFKC; every line of it is one paragraph or one heading. A sentence that a column end tore apart is one
line again; blanks beside digits and inside numbers are gone.
"""

from __future__ import annotations

import itertools
import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from etl.extract.report.lexicon import counted_nouns, unit_at
from etl.model import Span
from etl.read.view import NormalisedView
from etl.record import record


@record(frozen=True, slots=True)
class Line:
    """One paragraph or heading of the flow, half-open offsets into ``Flow.text``."""

    start: int
    end: int
    heading: bool


@dataclass(frozen=True)
class Flow:
    text: str
    lines: tuple[Line, ...]
    view: NormalisedView
    _flow_starts: array[int]
    _view_starts: array[int]

    def to_raw(self, start: int, end: int) -> Span:
        """Half-open offsets of the flow as offsets of the document's text."""
        i = bisect_right(self._flow_starts, start)
        first = self._in_view(i, start)
        if end <= start:
            return self.view.to_raw(first, first)
        # Most of what is asked for lies in one piece
        torn = i < len(self._flow_starts) and self._flow_starts[i] < end
        return self.view.to_raw(first, self.view_offset(end - 1) + 1 if torn else first + end - start)

    def view_offset(self, offset: int) -> int:
        """The offset in ``view.text`` of the character at ``offset`` of the flow."""
        return self._in_view(bisect_right(self._flow_starts, offset), offset)

    def _in_view(self, pieces: int, offset: int) -> int:
        """As ``view_offset``, of which so many pieces begin at or before the offset."""
        return self._view_starts[pieces - 1] + offset - self._flow_starts[pieces - 1] if pieces else offset

    @cached_property
    def line_starts(self) -> list[int]:
        return [line.start for line in self.lines]


_TERMINAL = frozenset("。!?;…：:）)”』」》")
_CLOSED = re.compile(r"[。!?;…:”』」》)\]]$|\.\.\.$|(?:[。 ][^。]{0,12}(?:摄|报道|文|图|供稿))$")
_CLOSES_IN = 16
"""Characters of a line's end in which it is looked for what closes it."""
_PROSE = re.compile(r"[。;,]")
_MARK = re.compile(r"[ \t]*(?:#{1,6}[ \t]|>[ \t]?|[-*+·•●■◆▲][ \t]|[●■◆▲★])")
_HAN = r"\u3400-\u9fff"
_NUMERAL = "零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟"
_LAYOUT_BLANK = re.compile(
    rf"(?<=[{_NUMERAL}])[ \u3000]+(?=[{_NUMERAL}余多几点成折]|分[ ]?之|个[ ]?百分?)"
    rf"|(?<=成)[ ]+(?=[{_NUMERAL[1:11]}])|(?<=[余几多点])[ ]+(?=[万亿千百十{_NUMERAL[:10]}])"
    r"|(?<=个)[ ]+(?=百[ ]?分)|(?<=百)[ ]+(?=分)|(?<=分)[ ]+(?=[之点])"
    rf"|(?<=[分 ]之)[ ]+(?=[{_NUMERAL}\d])"
    rf"|(?<=[{_HAN}0-9%‰、。;:(“”)])[ \u3000]+(?=[0-9%‰])(?<![0-9] )(?<![0-9]  )"
    rf"|(?<=[0-9])[ \u3000]+(?=[{_HAN}%‰℃])"
    r"|(?<=[余多万亿])[ \u3000]+(?=[人名个家户次场条件项亩元吨斤公平立千种])"
    rf"|(?<=[{_HAN}])[\u200b\ufeff\u00ad]+(?=[{_HAN}0-9])"
)
_BLANK = re.compile("[ \u3000\u200b\ufeff\u00ad]")
_BLANKS = re.compile("[ \u3000]+|[\u200b\ufeff\u00ad]+")
"""Where a blank of the layout can stand: looking for those first is several times quicker than for all its cases."""
_GROUPS = r"[1-9]\d{0,2}(?:[ ]{1,2}\d{3})+(?!\d)(?:\.\d+)?"
_GROUPED = re.compile(
    rf"(?<!\d[.,:/])(?<![\dA-Za-z第])(?<![\dA-Za-z]-)(?<!\d )(?<!\d  )"
    rf"{_GROUPS}(?:(?:[、和及至到]|[-–—~～]{{1,2}}){_GROUPS})*"
)
"""Digits in groups of three before what is counted (4 500口, 1 823.5万亩, 3 000至5 000元): blanks part thousands.

A first group of four digits is a year or a code (2023 125人), and so are groups without anything counted.
"""
_INNER_BLANK = re.compile(r"(?<=\d)[ ]+(?=\d)")
_COUNTED = re.compile(r"[ ]?[万亿千百余多几]")
_TORN = re.compile(r"\d[ ]\d{3}")
_GAP = 4
"""Blanks and breaks at most between a number in groups and what it counts."""
_LINE = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c\x85]*")
_CUT_NUMBER = re.compile(r"(?<![\d:/-])(?!(?:19|20)\d\d(?:[.]\d{1,2}){0,2}$)\d[\d.,]*[ \t]?[万亿千百余多]*$")
"""A number at the end of a line, which may go on in the next; a year, a day (2026-01-29) and a time (02:54) do not."""
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])[^:]{2,28}(?<![、的和与及])")
"""二、2021年工作: a heading, however short the lines beside it are."""
CUT_LENGTH = 40
"""Characters of a line's end in which a number that the line cuts is looked for."""
_FURNISHED = re.compile(
    r"(?:19|20)\d\d(?:[-./]\d{1,2}[-./]\d{1,2}|年\d{1,2}月\d{1,2}日)\s*\d{1,2}:\d\d"
    r"|(?:来源|作者|编辑|责任编辑|发布时间|发布日期|发布单位|稿源|信息来源|文章来源)\s?:"
)
"""When and by whom a page was put up: no line above goes on here."""
HEADING_LENGTH = 60
WRAPPED_LENGTH = 16


def flow(text: str) -> Flow:
    """The flow of a document's text. Linear in its length."""
    view = NormalisedView.of(text)
    kept: list[tuple[int, int]] = []
    breaks: list[tuple[int, bool]] = []  # (index into kept where a new line starts, heading)
    blocks = _blocks(view.text)
    grouped = _TORN.search(view.text) is not None
    torn = torn_number = False
    for block in blocks:
        widest = max(end - start for start, end in block)
        wrapped = False
        for n, (start, end) in enumerate(block):
            raw = view.text[start:end]
            mark = _MARK.match(raw)
            line = raw.strip()
            titled = bool(mark and "#" in mark[0])
            prose = len(line) > HEADING_LENGTH or bool(_PROSE.search(line))
            row = "\t" in line  # cells of a table: nothing of it goes on in the next line
            cut_number = bool(_CUT_NUMBER.search(line[-CUT_LENGTH:])) and not titled and not row
            heading = (
                titled
                or (not prose and not wrapped and line.startswith("——"))
                or (not prose and not wrapped and bool(_NUMBERED.fullmatch(line)))
                or (not prose and not wrapped and not cut_number and (len(block) == 1 or end - start < 0.8 * widest))
            )
            begin = start + (mark.end() if mark else 0)
            furnished = len(line) <= HEADING_LENGTH and _FURNISHED.search(line) is not None
            wrapped = wrapped and not furnished
            goes_on = torn and n == 0 and not mark and (prose or (torn_number and unit_at(line, 0) is not None))
            if not (wrapped or goes_on) or mark:
                breaks.append((len(kept), heading))
            kept.extend(_pieces(view.text, begin, end, grouped=grouped))
            open_end = not row and not _CLOSED.search(line[-_CLOSES_IN:])
            is_last = n == len(block) - 1
            fills = len(line) >= max(WRAPPED_LENGTH, int(0.6 * widest))
            wrapped = open_end and not furnished and not is_last and not titled and (fills or cut_number)
            torn = open_end and is_last and (prose or wrapped or cut_number or goes_on) and not heading
            torn_number = torn and cut_number
    if "上接" in view.text:
        kept, breaks = _turned(view.text, kept, breaks)
    return _assembled(view, kept, breaks)


def _turned(
    text: str, kept: list[tuple[int, int]], breaks: list[tuple[int, bool]]
) -> tuple[list[tuple[int, int]], list[tuple[int, bool]]]:
    """The lines with each paragraph that goes on on another page, (下转二版) … (上接一版), in one piece."""
    ends = [first for first, _ in breaks[1:]] + [len(kept)]
    lines: list[tuple[list[tuple[int, int]], bool]] = []
    torn: list[int] = []
    for (first, heading), last in zip(breaks, ends, strict=True):
        pieces = kept[first:last]
        if not pieces:
            continue
        start, end = pieces[-1]
        if turn := _TURN.search(text, start, end):
            if len(pieces) > 1 or turn.start() > start:
                lines.append(([*pieces[:-1], (start, turn.start())], heading))
                pieces, heading = [(turn.start(), end)], True
            torn.append(len(lines) - 1)
        elif torn and (mark := _RESUMED.match(text, *pieces[0])):
            begun = lines[torn.pop(0)][0]
            goes_on = [(mark.end(), pieces[0][1]), *pieces[1:]] if mark.end() < pieces[0][1] else pieces[1:]
            if not (_CUT_NUMBER.search(text, *begun[-1]) or text[begun[-1][1] - 1] in _NUMERAL):
                begun.extend(goes_on)
                pieces, heading = [mark.span()], False
        lines.append((pieces, heading))
    kept, breaks = [], []
    for pieces, heading in lines:
        breaks.append((len(kept), heading))
        kept.extend(pieces)
    return kept, breaks


_TURN = re.compile(r"[(][ ]?下转[^()\n]{1,10}[)]$")
_RESUMED = re.compile(r"[(][ ]?上接[^()\n]{1,10}[)]")


def _blocks(text: str) -> list[list[tuple[int, int]]]:
    """Runs of lines without a blank line between them, each line as offsets without outer blanks."""
    blocks: list[list[tuple[int, int]]] = []
    current: list[tuple[int, int]] = []
    for m in _LINE.finditer(text):
        start, end = m.span()
        if start == end:
            pair = text[max(0, start - 1) : start + 1]
            if current and len(pair) == 2 and set(pair) <= {"\n", "\r"} and pair != "\r\n":
                blocks.append(current)
                current = []
            continue
        piece = text[start:end]
        stripped = piece.strip()
        if not stripped:
            if current:
                blocks.append(current)
                current = []
            continue
        lead = len(piece) - len(piece.lstrip())
        current.append((start + lead, start + lead + len(stripped)))
    if current:
        blocks.append(current)
    return blocks


def _pieces(text: str, start: int, end: int, *, grouped: bool) -> list[tuple[int, int]]:
    if _BLANK.search(text, start, end) is None:
        return [(start, end)] if start < end else []
    inner = _separators(text, start, end) if grouped else frozenset()
    pieces = []
    at = start
    for blank in _BLANKS.finditer(text, start, end):
        if blank.start() not in inner and _LAYOUT_BLANK.match(text, blank.start(), end) is None:
            continue
        if blank.start() > at:
            pieces.append((at, blank.start()))
        at = blank.end()
    if at < end:
        pieces.append((at, end))
    return pieces


def _separators(text: str, start: int, end: int) -> frozenset[int]:
    """Where the blanks start that separate thousands inside of numbers; their unit may stand in the next line."""
    found: set[int] = set()
    for m in _GROUPED.finditer(text, start, end):
        after = m.end()
        while after < m.end() + _GAP and text[after : after + 1].isspace():
            after += 1  # the line may end before what is counted
        if _COUNTED.match(text, after) or unit_at(text, after) or counted_nouns()[0].match(text, after):
            found.update(b.start() for b in _INNER_BLANK.finditer(text, *m.span()))
    return frozenset(found)


def _assembled(view: NormalisedView, kept: list[tuple[int, int]], breaks: list[tuple[int, bool]]) -> Flow:
    out: list[str] = []
    flow_starts, view_starts = array("q"), array("q")
    lines: list[Line] = []
    length = 0
    bounds = [*breaks, (len(kept), False)]
    for (first, heading), (last, _) in itertools.pairwise(bounds):
        begin = length
        for start, end in kept[first:last]:
            flow_starts.append(length)
            view_starts.append(start)
            out.append(view.text[start:end])
            length += end - start
        if length > begin:
            lines.append(Line(begin, length, heading))
            flow_starts.append(length)
            view_starts.append(kept[last - 1][1])
            out.append("\n")
            length += 1
    return Flow("".join(out), tuple(lines), view, flow_starts, view_starts)
