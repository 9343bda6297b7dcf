"""Figures of one list (300元、500元、800元; 分别增长12.3%和15.6%) are of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from etl.extract.report.judge import Figure
from etl.extract.report.scan import Number

_LINK = re.compile(r"(?:左右|以上|以下|以内)?(?:、|和|及|与|以及|,)(?:约|近|超过?)?")


def like_their_list(text: str, numbers: Sequence[tuple[Number, Figure]]) -> list[tuple[Number, Figure]]:
    """The same figures, those of a list with the kind, status and direction of its first or last member.

    The first member stands behind the words that tell the kind (分别增长), the last before them (…元的标准).
    """
    out = list(numbers)
    for i in range(1, len(out)):
        (_, last), (number, figure) = out[i - 1], out[i]
        if not figure.unit and figure.start - last.end <= 40 and "。" not in text[last.end : figure.start]:
            figure = replace(figure, unit=last.unit, kind=last.kind if last.unit != "%" else "count")
            out[i] = number, figure
        if figure.unit == last.unit and figure.start - last.end <= 4 and _LINK.fullmatch(text, last.end, figure.start):
            out[i] = number, replace(figure, kind=last.kind, status=last.status, direction=last.direction)
    return out
