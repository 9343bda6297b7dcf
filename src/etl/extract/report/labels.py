"""What a figure counts, in words that stand alone: subject and measure from the clause, filled up from before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_LABEL = 60
ENOUGH = 22

_NOISE = re.compile(
    r"[“”‘’「」『』\"\s#*]|(?:据(?:不完全)?统计|截至目前|截止目前|目前|同时|此外|另外|其次|首先|至今|今年|去年|近年来|当前|以来|累计|先后|已经|共计|总计|合计|分别|仅|已有|已经|均|约|近|超过|突破|达到|高达|多达|逾|不足)"
)
_EDGE_LEFT = re.compile(r"^(?:[、,;:()的了和与及并且也还就都将把被又再由以于从在即为是到至超已共有达]|以及|并且|而且|其)+")
_EDGE_RIGHT = re.compile(r"(?:[、,;:(的了和与及并达至到为共有计超近约过是已由从占]|以上|左右|分别|累计|合计|总计|共计|达到|超过|突破)+$")
_DEPENDENT = re.compile(r"^(?:其中|占|同比|环比|较|比上年|比去年|增长|下降|增幅|增速|降幅|增加|减少|人均|平均|位居|居|列|全国|排名|高于|低于|涵盖|覆盖|惠及|涉及|参与|带动|实现|发放|投入|总)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text between the parts that do not belong to a label (figures, dates, qualifiers)."""

    start: int
    end: int


def label_of(
    text: str,
    at: tuple[int, int],
    clauses: Sequence[tuple[int, int]],
    holes: Sequence[tuple[int, int]],
    heading: str,
) -> str:
    """The label of the figure at ``at``.

    ``clauses`` are those of its sentence up to its own, which is the last; ``holes`` the spans to leave out (all
    figures and dates of the sentence), by start.
    """
    own = clauses[-1]
    before = _clean(_without(text, own[0], at[0], holes))
    after = _clean(_without(text, at[1], min(own[1], _next_hole(at[1], own[1], holes)), holes))
    parts = [f"{_EDGE_RIGHT.sub('', before) if not after else before}{after}"]
    label = _trim(parts[0])
    for start, end in reversed(clauses[:-1]):
        if len(label) >= ENOUGH and not _DEPENDENT.match(label):
            break
        more = _trim(_clean(_without(text, start, end, holes)))
        if not more or more in label:
            continue
        if len(more) + len(label) + 1 > MAX_LABEL:
            more = more[: max(0, MAX_LABEL - len(label) - 1)]
            label = f"{more},{label}" if len(more) > 3 else label
            break
        label = f"{more},{label}"
    if len(label) < 6 and heading:
        label = f"{_trim(_clean(heading))[: MAX_LABEL - len(label) - 1]},{label}".strip(",")
    return label[:MAX_LABEL]


def _next_hole(at: int, end: int, holes: Sequence[tuple[int, int]]) -> int:
    return next((start for start, _ in holes if start >= at), end)


def _without(text: str, start: int, end: int, holes: Sequence[tuple[int, int]]) -> str:
    out, at = [], start
    for hole_start, hole_end in holes:
        if hole_end <= at or hole_start >= end:
            continue
        out.append(text[at : max(at, hole_start)])
        at = hole_end
    out.append(text[at:end])
    return "".join(out)


def _clean(text: str) -> str:
    return _NOISE.sub("", text)


def _trim(text: str) -> str:
    return _EDGE_RIGHT.sub("", _EDGE_LEFT.sub("", text))
