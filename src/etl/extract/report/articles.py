"""Articles of a page: one file can hold several, from different places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.extract.report.flow import Flow, Line
from etl.extract.report.lexicon import words

_CLOSER = re.compile(
    r"(?:[((](?:据|来源|作者|记者|通讯员|文/?图|本报|供稿)[^()()\n]{1,40}[))]|[((][\u4e00-\u9fff]{2,16}(?:工会|局|委|厅|办|社|部|中心|公司)[))]"
    r"|[。!”][((][\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,3}[))]"
    r"|[。 ](?:本报记者|通讯员|记者)?[^。\n]{0,12}(?:摄|供稿))\s*$"
)
_BYLINE = re.compile(r"^(?:文/|文/图|图/|本报记者|本报通讯员|记者|通讯员|□|作者|来源)")
_BULLET = re.compile(r"[ \t]*[·•●■◆▲][ \t]")
_ANOTHER = re.compile(r"(?:又讯|另讯|又电)[\s,:(]")
"""Opens another article in the middle of a page."""
_SENT = re.compile(
    r"(?:本报|本网|本刊|本台)(?:[\u4e00-\u9fff\d]{0,12}?[日号])?(?:讯|电)[\s,:(“]|[^,。\n]{2,16}(?:讯|电)\s?\((?:记者|通讯员|特约)"
)
"""Opens the text of an article of its own: 本报讯 (记者 某某)."""
_TORN = re.compile(r"[\u4e00-\u9fff\d,、]$")
"""At the end of a paragraph: its sentence goes on elsewhere."""
_GOES_ON = re.compile(r"(?!本报|据|又讯|另讯|近日|日前|记者|[(\[【])[\u4e00-\u9fff\d][^\n]{0,120}[,。]")
_INSET_LINES = 12
"""How long an article can be, in lines, that a page sets inside of another."""


_FURNITURE = 60
"""Characters of the longest line that belongs to the page and not to an article."""


@dataclass(frozen=True, slots=True)
class Article:
    start: int
    end: int
    titles: tuple[Line, ...]
    """The headings before its first paragraph."""
    resumes: int | None = None
    """The article, by its place in the list, that goes on here behind others that the page has set inside of it."""
    torn: int | None = None
    """Where the part of its first sentence ends that stands before those others."""


_RUBRIC = 8
"""Characters of the longest rubric."""


def _is_rubric(heading: str) -> bool:
    """简讯, 工会动态: what stands below is of no article above."""
    title = heading.strip("【】[]〔〕 ·")
    found = words("rubric").search(title) if len(title) <= _RUBRIC else None
    return found is not None and found.end() == len(title)


def _is_sent(reading: Flow, heading: int) -> bool:
    """Whether the paragraph below a heading opens as an article of its own does."""
    below = next((n for n in reading.lines[heading + 1 : heading + 4] if not n.heading), None)
    return below is not None and _SENT.match(reading.text, below.start, below.end) is not None


def split_articles(reading: Flow) -> list[Article]:
    """The articles of a reading, in order; they cover it."""
    lines = reading.lines
    starts: list[int] = []
    resumed: dict[int, tuple[int, int]] = {}
    closed = True
    for i, line in enumerate(lines):
        text = reading.text[line.start : line.end]
        if i and line.heading and _is_furniture(reading.text, line):
            continue
        opens = closed and (line.heading or i == 0)
        if i in resumed:
            starts.append(i)
            closed = False
        if starts and line.heading and (inset := _behind_inset(reading, i)) is not None:
            behind, torn = inset
            whole, _ = resumed.get(starts[-1], (len(starts) - 1, torn))
            resumed[behind] = (whole, torn)
            opens = True
        if line.heading and not opens:
            raw = reading.view.text[max(0, reading.view_offset(line.start) - 4) : reading.view_offset(line.start)]
            byline_follows = i + 1 < len(lines) and any(
                _BYLINE.match(reading.text[n.start : n.end]) for n in lines[i + 1 : i + 3] if n.heading
            )
            opens = bool(_BULLET.search(raw)) or (byline_follows and not lines[i - 1].heading)
            opens = opens or _is_rubric(text) or (not lines[i - 1].heading and _is_sent(reading, i))
        if opens or _ANOTHER.match(text):
            starts.append(i)
            closed = False
        if _CLOSER.search(text[-60:]):
            closed = True
    if not starts or starts[0] != 0:
        starts.insert(0, 0)
    articles = []
    for n, first in enumerate(starts):
        last = starts[n + 1] if n + 1 < len(starts) else len(lines)
        titles = []
        for line in lines[first:last]:
            if not line.heading:
                break
            titles.append(line)
        begin = lines[first].start if first < len(lines) else 0
        end = lines[last - 1].end + 1 if last else len(reading.text)
        articles.append(Article(begin, end, tuple(titles), *resumed.get(first, (None, None))))
    return articles


def _behind_inset(reading: Flow, at: int) -> tuple[int, int] | None:
    """Where the article that opens at ``at``, with others below it, tears a sentence apart: the line behind them, and
    where the first part of the sentence ends."""
    lines, text = reading.lines, reading.text
    above = (line for line in reversed(lines[max(0, at - 3) : at]) if not _is_furniture(text, line))
    torn = next(above, None)
    if torn is None or torn.heading or not _TORN.search(text, torn.start, torn.end):
        return None
    for i in range(at + 1, min(at + _INSET_LINES, len(lines) - 1)):
        if _CLOSER.search(text, max(lines[i].start, lines[i].end - 60), lines[i].end):
            behind = lines[i + 1]
            if behind.heading:
                continue  # a page can set several
            return (i + 1, torn.end) if _GOES_ON.match(text, behind.start, behind.end) else None
    return None


def _is_furniture(text: str, line: Line) -> bool:
    """Page number, editors, telephone: what a page prints between the parts of an article."""
    short = line.end - line.start <= _FURNITURE
    return short and words("masthead").search(text, line.start, line.end) is not None
