"""Who is counted: what the parts of a label say of sex, age, residence, ownership and the like."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from etl.reference import rows

_AGE = re.compile(
    r"(?P<low>\d{1,3})(?:周?岁)?(?:(?:[-—–－~～]|至|到)(?P<high>\d{1,3}))?周?岁(?P<open>及以上|以上|及以下|以下)?"
)
_BETWEEN = re.compile(r"[_\-—－/|:：()（）#＃＊*\s]+")
_OPENING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}[、.．](?!\d)|其中|in which)")
_LONGEST = 120
"""Characters; longer labels are sentences."""


def breakdown_of(label: str) -> Mapping[str, str]:
    """Properties of those whom a label counts, its parts divided by ``|``: 常住人口|女|65岁以上 → sex 女, age 65岁以上.

    Empty where no part of it is such a word. Inner parts go before outer ones. The mapping is shared and stays as it
    is.
    """
    return _breakdown_of(label) if len(label) <= _LONGEST else _NONE


_NONE: Mapping[str, str] = {}


@functools.lru_cache(maxsize=20_000)
def _breakdown_of(label: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    known = _words()
    for part in label.lower().split("|"):
        part = _OPENING.sub("", part).split("占", 1)[0]  # behind it stands the whole that a share is of
        if (word := known.get(part)) is not None:
            found[word[0]] = word[1]
            continue
        if (age := _AGE.search(part)) is not None:
            found["age"] = _written(age)
            part = f"{part[: age.start()]}|{part[age.end() :]}"
        for piece in _BETWEEN.split(part):
            if (word := known.get(_OPENING.sub("", piece))) is not None:
                found[word[0]] = word[1]
    return dict(sorted(found.items())) if found else _NONE  # one order, so that equal ones are written alike


def _written(age: re.Match[str]) -> str:
    """0～4岁 → 0-4岁, 65周岁以上 → 65岁以上."""
    upper = f"-{int(age['high'])}" if age["high"] else ""
    return f"{int(age['low'])}{upper}岁{age['open'] or ''}"


@functools.cache
def _words() -> dict[str, tuple[str, str]]:
    return {r["text"]: (r["key"], r["value"]) for r in rows("breakdown_words.csv")}
