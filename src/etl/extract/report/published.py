"""The day of publication as a page prints it: masthead, page header, 发布时间, a date that stands alone, a dateline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.extract.report.flow import Flow
from etl.extract.report.lexicon import words
from etl.normalise.periods import Today, find_periods

_FULL_DATE = re.compile(
    r"(?:(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?[日号]"
    r"|[一二][九〇零○][〇零○一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
    r"|(?<!\d)(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}(?!\d))"
)
_MONTH = re.compile(r"[(]?((?:19|20)\d\d)\s?年\s?(1[0-2]|0?[1-9])\s?月(?:份|号|刊)?[)]?")
_PAGE = re.compile(r"(?:第\s?[\dA-Z一二三四五六七八九十]{1,3}|[A-Z]?\d{1,2})\s?版(?!本)")
_SENT = re.compile(r"(?:\([^()\n]{0,24}\))?(?:电|讯)[ \u3000(,:]")
_SENTENCE = re.compile(r"[。;!?]|,(?![^()]*\))")
"""In a line with one of these something is told: its date is that of an event."""
HEAD, FOOT = 12, 4
"""How many lines of a document's head and foot a date may stand alone in."""
ALONE, LABELLED = 40, 160
"""The longest line, in characters, with a date that stands alone, and with one behind 发布时间 or in a masthead."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A masthead or page header (某某日报 2024年6月24日 星期一 第3版), or a line with 发布时间, with its day."""

    line: str
    start: int
    """Where it starts in the view of the text, blanks before it included."""
    labelled: bool
    """It only tells a date: 发布时间."""
    day: Today


def published_on(reading: Flow, printed: Sequence[Dated]) -> Today:
    """The day of publication, as precisely as the page tells it: what its mastheads, datelines and lines agree on.

    ``printed`` are the lines that ``dated_lines`` finds. A date in running prose tells when something happened and is
    never taken.
    """
    if printed:
        return _shared([found.day for found in printed])
    alone = _alone(reading)
    return alone if alone.year else _shared(list(_datelines(reading)))


def dated_lines(reading: Flow) -> Iterator[Dated]:
    """The mastheads and page headers of a text, and the lines of its head and foot with 发布时间."""
    text = reading.view.text
    lines = reading.lines
    head = reading.view_offset(lines[HEAD].start) if len(lines) > HEAD else len(text)
    foot = reading.view_offset(lines[-FOOT].start) if len(lines) > FOOT else 0
    end = -1
    for printed in text.split("\n"):
        start, end = end + 1, end + 1 + len(printed)
        line = printed.strip()
        if len(line) > LABELLED or not _FULL_DATE.search(line):
            continue
        labelled = (start < head or end > foot) and words("published").search(line) is not None
        if not labelled and (_SENTENCE.search(line) or not (_PAGE.search(line) or words("masthead").search(line))):
            continue
        if (day := _only_day(line)) is not None:
            yield Dated(line, start, labelled, day)


def _alone(reading: Flow) -> Today:
    """The first date that a line of the head or foot holds by itself, else the one month that does."""
    near = {line.start: line for line in (*reading.lines[:HEAD], *reading.lines[-FOOT:])}
    printed = [reading.text[line.start : line.end].strip() for line in near.values()]
    for line in printed:
        if len(line) <= ALONE and not _SENTENCE.search(line) and (day := _only_day(line)) is not None:
            return day
    months = {m.groups() for line in printed if (m := _MONTH.fullmatch(line))}
    if len(months) != 1:
        return Today()  # a chronicle has many
    ((year, month),) = months
    return Today(int(year), int(month))


def _datelines(reading: Flow) -> Iterator[Today]:
    """The days behind which a report was sent: 新华社某市2024年6月24日电."""
    for line in reading.lines:
        if line.heading:
            continue
        date = _FULL_DATE.search(reading.text, line.start, min(line.end, line.start + ALONE))
        if date and _SENT.match(reading.text, date.end()) and (day := _only_day(date[0])) is not None:
            yield day


def _only_day(line: str) -> Today | None:
    """The one full date of a line; a line with several tells of none."""
    found = [p.iso for p in find_periods(line, Today()) if p.iso and p.role == "when"]
    return Today.of(found[0]) if len(found) == 1 and found[0].count("-") == 2 and "/" not in found[0] else None


def _shared(days: list[Today]) -> Today:
    """What all the days have in common: pages of two issues share their year at most."""
    years = {d.year for d in days}
    if len(years) != 1:
        return Today()
    months = {d.month for d in days}
    if len(months) != 1:
        return Today(days[0].year)
    return days[0] if len({d.day for d in days}) == 1 else Today(days[0].year, days[0].month)
