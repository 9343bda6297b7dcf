"""A width-normalised view of a text for matching, with a way back to the offsets of the text itself."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from etl.model import Span

_USED_AS = {"︰": ":"}
"""U+FE30 is two dots to Unicode (11.8︰48.3 would become 11.8..48.3); Chinese pages print it as their colon."""
MAX_MARKS = 30
"""Combining marks taken together with their base, as in Unicode's stream-safe format. Sorting marks is
quadratic, so that a run of them without end would be an attack."""


@dataclass(frozen=True, slots=True)
class NormalisedView:
    """NFKC of a text: full-width letters, digits and punctuation folded (１２．５％ → 12.5%, ， → ``,``).

    Three exceptions: ``︰`` is a colon; characters that have no shape (zero-width spaces, soft hyphens, direction
    marks) are left out; and characters that *contain* digits without being one (①, ², ½, ⒈, ㎡, ㏠) stay as they are,
    because folded they would run together with the digits beside them (每㎡3000元 → 每m23000元).
    """

    text: str
    _view_starts: array[int]
    _view_ends: array[int]
    _raw_starts: array[int]
    _raw_ends: array[int]

    @classmethod
    def of(cls, text: str) -> NormalisedView:
        """The view of ``text``. Time and memory beyond the text itself go only to pieces that change length."""
        view_starts, view_ends, raw_starts, raw_ends = (array("q") for _ in range(4))
        if text.isascii():
            return cls(text, view_starts, view_ends, raw_starts, raw_ends)

        folds: dict[str, str] = {}  # one character to one character: offsets stay
        resized: dict[str, str] = {}
        shapeless = ""
        kept: set[str] = set()
        marks: set[str] = set()
        for char in set(text):
            if char.isascii() or "\u4e00" <= char <= "\u9fff":
                continue  # ideographs stand for themselves: those that are forms of others have a block of their own
            folded = _USED_AS.get(char) or unicodedata.normalize("NFKC", char)
            if _joins_the_character_before(char):
                marks.add(char)
            if unicodedata.category(char) == "Cf":
                resized[char] = ""
                shapeless += char
            elif folded == char:
                continue
            elif _has_digits_inside(char, folded):
                kept.add(char)
            elif len(folded) == 1:
                folds[char] = folded
            else:
                resized[char] = folded

        same_length = _folded(text, folds)
        irregular = _irregular_pieces(marks, set(resized))
        if irregular is None:
            return cls(same_length, view_starts, view_ends, raw_starts, raw_ends)

        out: list[str] = []
        done = length = 0
        for match in irregular.finditer(text):
            start, end = match.span()
            piece = match[0]
            if end - start == 1:
                replacement = resized[piece] if piece in resized else folds.get(piece, piece)
            else:
                # NFC leaves the kept characters alone and still puts the marks in order
                replacement = unicodedata.normalize("NFC" if kept.intersection(piece) else "NFKC", piece)
                replacement = replacement.translate(dict.fromkeys(map(ord, shapeless)))
            before = same_length[done:start]
            out += (before, replacement)
            length += len(before)
            view_starts.append(length)
            length += len(replacement)
            view_ends.append(length)
            raw_starts.append(start)
            raw_ends.append(end)
            done = end
        out.append(same_length[done:])
        return cls("".join(out), view_starts, view_ends, raw_starts, raw_ends)

    def to_raw(self, start: int, end: int) -> Span:
        """Half-open offsets of the view as half-open offsets of the text.

        An offset inside a character that became several (the m of a ㎜) widens to the whole character.
        """
        if not self._view_starts:
            return Span(start, max(start, end))
        raw_start = self._raw_start(start)
        return Span(raw_start, raw_start if end <= start else self._raw_end(end))

    def _raw_start(self, offset: int) -> int:
        i = bisect_right(self._view_starts, offset) - 1
        if i < 0:
            return offset
        if offset < self._view_ends[i]:
            return self._raw_starts[i]
        return self._raw_ends[i] + offset - self._view_ends[i]

    def _raw_end(self, offset: int) -> int:
        i = bisect_left(self._view_starts, offset) - 1
        if i < 0:
            return offset
        return self._raw_ends[i] + max(offset - self._view_ends[i], 0)


def _folded(text: str, folds: dict[str, str]) -> str:
    """The text with each key of ``folds`` replaced; a pass for each of a few is quicker than one that asks of all."""
    if len(folds) > 50:
        return text.translate({ord(char): folded for char, folded in folds.items()})
    for char, folded in folds.items():
        text = text.replace(char, folded)
    return text


def _irregular_pieces(marks: set[str], resized: set[str]) -> re.Pattern[str] | None:
    """Finds the pieces whose length may change: a base with its marks, or a character that becomes several or none."""
    choices = []
    if marks:
        choices.append(rf"[\s\S][{_listed(marks)}]{{1,{MAX_MARKS}}}")
    if resized:
        choices.append(f"[{_listed(resized)}]")
    return re.compile("|".join(choices)) if choices else None


def _listed(chars: set[str]) -> str:
    return "".join(map(re.escape, sorted(chars)))


def _joins_the_character_before(char: str) -> bool:
    """Whether normalisation may reorder or compose ``char`` with what stands before it."""
    first = unicodedata.normalize("NFKD", char)[0]
    jamo = "\u1161" <= first <= "\u1175" or "\u11a8" <= first <= "\u11c2"
    return jamo or unicodedata.category(first)[0] == "M"


def _has_digits_inside(char: str, folded: str) -> bool:
    return unicodedata.category(char) != "Nd" and any(map(str.isdecimal, folded))
