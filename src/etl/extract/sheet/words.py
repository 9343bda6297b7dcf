"""The word lists of ``reference/sheet_*.csv``, in the form in which they are asked."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from etl.reference import rows

LABEL = 60
"""Characters of a label at most; those of a sheet are asked over and over."""
_BLANK = re.compile(r"[\s\u00a0\u3000\u200b-\u200f\ufeff]+")


def squash(text: str) -> str:
    """Without any blank, line break or zero-width mark."""
    return text if text.isalnum() else _BLANK.sub("", text)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of one kind; a text is asked without blanks and in lower case."""

    whole: frozenset[str]
    start: tuple[str, ...]
    end: tuple[str, ...]
    inside: tuple[str, ...]

    def match(self, text: str) -> bool:
        """Whether the text is, begins with, ends with or holds one of the words."""
        return self._match(text) if len(text) <= LABEL else self._matches(text)

    @functools.lru_cache(maxsize=50_000)  # noqa: B019  the lists live as long as the process
    def _match(self, text: str) -> bool:
        return self._matches(text)

    def _matches(self, text: str) -> bool:
        plain = squash(text).lower()
        return bool(plain) and (
            plain in self.whole
            or plain.startswith(self.start)
            or plain.endswith(self.end)
            or any(word in plain for word in self.inside)
        )


@functools.cache
def words(kind: str) -> Words:
    """The words of a ``kind`` of sheet_words.csv."""
    found = [r for r in rows("sheet_words.csv") if r["kind"] == kind]

    def of(match: str) -> tuple[str, ...]:
        return tuple(r["text"].lower() for r in found if r["match"] == match)

    return Words(frozenset(of("whole")), of("start"), of("end"), of("in"))
