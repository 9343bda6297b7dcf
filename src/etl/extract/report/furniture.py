"""What stands among prose and says nothing of its figures: who sent a report from where, marks of citations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.extract.report.flow import Flow

_NAMES = r"[^()\n]{0,60}"
_DATELINE = re.compile(
    r"(?:【[^】\n]{1,20}】)?[^,。;:!?\n“《]{0,28}?(?:[日号网报社刊台端闻线]|客户端)(?:电|讯|消息)(?=[\s\d(/,:“据]|记者|[\u4e00-\u9fff]{2,4}报)"
    rf"(?:\s?\({_NAMES}\))?[\s/:,]*"
    rf"|[又另](?:讯|电)[\s,:]*|\s?\((?:[^()\n]{{0,12}}(?:记者|通讯员)){_NAMES}\)[\s:]*"
)
"""新华社北京1月21日电(王某、李某), 本报讯(记者 王某), 中评社北京6月4日电/, (记者王某)."""
_CITED = re.compile(r"\[\d{1,3}(?:[-,、]\d{1,3})*\]")
"""A mark of a note: 技能人才560万人[3]."""


def dateline_end(text: str, line: int) -> int:
    """Where the dateline ends that opens the paragraph at ``line``; ``line`` where it has none."""
    sent = _DATELINE.match(text, line)
    return sent.end() if sent else line


def furniture(reading: Flow) -> Iterator[tuple[int, int]]:
    """The spans, half-open in the flow's text, of what belongs to the page and not to its sentences."""
    for line in reading.lines:
        if not line.heading and (end := dateline_end(reading.text, line.start)) > line.start:
            yield line.start, end
    if "[" in reading.text:
        yield from (m.span() for m in _CITED.finditer(reading.text))
