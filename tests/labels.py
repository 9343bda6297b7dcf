"""Whether a label says what a long table expects of it."""

from __future__ import annotations

import re


def _words(text: str) -> str:
    return re.sub(r"其中|[#＃：:\s()（）|/、,，—-]", "", text)


def label_fits(expected: str, label: str) -> bool:
    """As the scorer compares labels; an indicator in brackets is one that the file does not state."""
    if expected.startswith("("):
        return True
    parts = [w for w in map(_words, expected.split("|")) if w]
    got = _words(label)
    return not parts or (
        len(got) <= 2 * sum(map(len, parts)) + 12
        and parts[-1] in got
        and sum(p in got for p in parts) * 2 >= len(parts)
    )
