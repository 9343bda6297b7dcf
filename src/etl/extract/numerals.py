"""How many numerals a text has, counted without the extractor: the yardstick that nothing was passed over.

Deliberately naive and deliberately sharing no code with ``etl.extract.report``.
"""

from __future__ import annotations

import re

from etl.model import Span

_RUN = re.compile("[0-9０-９]+(?:[.,．，][0-9０-９]+)*|[一二三四五六七八九十百千万亿兆零〇两壹贰叁肆伍陆柒捌玖拾佰仟]+")


def count_numerals(text: str) -> list[Span]:
    """Every maximal run of digits (with points and commas between them) or of Chinese numeral characters."""
    return [Span(*m.span()) for m in _RUN.finditer(text)]
