"""Bytes to text: which encoding a file is in, decided strictly, and nothing altered on the way."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from etl.errors import ReadError, TruncatedFileError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CUT_OFF = ("unexpected end of data", "incomplete multibyte sequence", "truncated data")
"""What the codecs of UTF-8, of GB 18030 and Big5, and of UTF-16 say at the end of a text cut short."""
_SAVE_AS_UTF8 = "Save it as UTF-8 and try again."
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
"""Declared names under which pages really use the larger set."""
_WIDE = re.compile("[\u0800-\U0010ffff]")
SAMPLE = 64 * 1024
"""Bytes looked at where all of them would be too slow."""
_TRUSTED = ("gb", "x-gbk", "big5", "euc-", "shift", "iso-2022-", "cp936", "cp950")
"""Charsets that a page in them fails to be in any other; all bytes are Latin-1, also those of pages that are not."""
_EUROPEAN = re.compile(r"[\u0080-\u017f\u0370-\u044f\u2000-\u20ff]")
PLAUSIBLE = 0.6
"""Least share of common characters among the two-byte ones of a text in its true encoding (prose has 0.95)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text exactly as encoded: line ends, control characters and NULs are all kept, a byte order mark is not."""

    text: str
    encoding: str


def decode(data: bytes, where: str, *, declared: str | None = None) -> Decoded:
    """The text of ``data``. ``declared`` is what the file says of itself (a charset), tried after a BOM and UTF-8.

    Raises TruncatedFileError when the bytes stop inside a character, ReadError when no encoding fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Decoded(_strict(data, encoding, where), encoding)
    utf16 = _utf16_without_mark(data)
    if utf16:
        return Decoded(_strict(data, utf16, where), utf16)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_utf8_but_for_errors(data):
            raise _undecodable(error, data, "utf-8", where) from error
    else:
        if text.isascii() or _WIDE.search(text) or not (declared or _is_gb_by_chance_utf8(data, text)):
            return Decoded(text, "utf-8")
        # a word or two of GBK can pass for UTF-8, but hardly for Chinese in UTF-8
    declared = (declared or "").strip().lower()
    if declared.startswith(_TRUSTED):
        encoding = _WIDER.get(declared, declared)
        try:
            return Decoded(data.decode(encoding), encoding)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass  # pages lie about their charset
    return _legacy(data, where)


def _legacy(data: bytes, where: str) -> Decoded:
    """GB 18030 or Big5 by which one yields common characters; anything else by charset-normalizer."""
    score, encoding = max(
        (_common_in_gb(data[:SAMPLE]), "gb18030"),
        (_common_in_big5(data[:SAMPLE]), "big5hkscs"),
    )
    if score >= PLAUSIBLE:
        return Decoded(_strict(data, encoding, where), encoding)

    from charset_normalizer import from_bytes

    guess = from_bytes(data[:SAMPLE], chunk_size=2048).best()
    text = guess and _try(data, guess.encoding)
    if guess and text:
        return Decoded(text, guess.encoding)
    return Decoded(_strict(data, "gb18030", where), "gb18030")


def _strict(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(error, data, encoding, where) from error


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _undecodable(error: UnicodeDecodeError, data: bytes, encoding: str, where: str) -> ReadError:
    if error.reason in _CUT_OFF and error.end >= len(data):
        return TruncatedFileError(
            where,
            f"ends inside a {encoding} character",
            next_step="It was probably cut off in transfer: fetch it again.",
        )
    return ReadError(
        where,
        f"is {encoding} text, but byte {error.start:,} (0x{data[error.start]:02x}) does not belong to it",
        next_step=_SAVE_AS_UTF8,
    )


def _is_utf8_but_for_errors(data: bytes) -> bool:
    """Whether hardly any of the non-ASCII characters fails: other encodings all but never look like UTF-8."""
    text = data[: SAMPLE * 16].decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    good = sum(not char.isascii() for char in text) - broken
    return good > 20 * broken or (good > 2 * broken and broken == 1)


def _is_gb_by_chance_utf8(data: bytes, text: str) -> bool:
    """太原,2260.4 in GBK is valid UTF-8, but of letters of the Caucasus and phonetic signs."""
    sample = data[:SAMPLE]
    letters = [char for char in text[:SAMPLE] if not char.isascii()]
    strange = sum(_EUROPEAN.match(char) is None for char in letters)
    return strange * 3 >= len(letters) and _common_in_gb(sample) == 1


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows by the zero bytes of its ASCII characters and by no others."""
    sample = data[: SAMPLE - SAMPLE % 2]
    if len(data) % 2 or len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    for here, there, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if here > half * 0.05 and there * 4 < here and _try(sample, encoding) is not None:
            return encoding
    return None


def _common_in_gb(data: bytes) -> float:
    """Share of GB 2312 punctuation and level-one characters among the two-byte characters."""
    return _common(data, lambda lead, trail: trail >= 0xA1 and (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7))


def _common_in_big5(data: bytes) -> float:
    """Share of Big5 punctuation and level-one characters among the two-byte characters."""
    return _common(data, lambda lead, trail: 0xA1 <= lead <= 0xC6 and (0x40 <= trail <= 0x7E or 0xA1 <= trail <= 0xFE))


def _common(data: bytes, is_common: Callable[[int, int], bool]) -> float:
    pairs = common = 0
    i, end = 0, len(data) - 1
    while i < end:
        if data[i] < 0x80:
            i += 1
            continue
        pairs += 1
        common += is_common(data[i], data[i + 1])
        i += 2
    return common / pairs if pairs else 0.0
