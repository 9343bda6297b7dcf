"""How names of places are written: normal form for matching, short names, other forms of long names."""

from __future__ import annotations

import functools
import re
import unicodedata

from etl.reference import rows

# Blanks (also U+00A0, U+3000 after NFKC), zero-width marks, and the signs that tables put before a name.
_NOISE = re.compile(r"[\s\u200b-\u200f\ufeff#＃*＊·•]+")
_FOOTNOTE = re.compile(r"(?:\[\d+\]|〔\d+〕|[①-⑳]|\(\d+\))$")
_TRIMMINGS = re.compile(r"^\(?[\d一二三四五六七八九十]{1,3}[、.)]|^[\x21-\x7e]+|[\x21-\x7e]+$")


@functools.cache
def variants() -> dict[int, str]:
    """For ``str.translate``, length kept: misprints, traditional forms and compatibility ideographs (U+F9xx)."""
    table = {ord(r["variant"]): r["character"] for r in rows("region_character_variants.csv")}
    for code in range(0xF900, 0xFB00):
        usual = unicodedata.normalize("NFKC", chr(code))
        if len(usual) == 1 and usual != chr(code):
            table[code] = usual
    return table


@functools.cache
def _variant() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, variants()))}]")


def usual(text: str) -> str:
    """The text with the usual character for each of ``variants``, length kept; most texts have none of them."""
    return text.translate(variants()) if _variant().search(text) else text


@functools.cache
def _unusual() -> re.Pattern[str]:
    """A character that ``normal`` may change or leave out."""
    return re.compile(f"[^\u4e00-\u9fff]|[{''.join(map(chr, variants()))}]")


def normal(text: str) -> str:
    """The form in which names are compared: NFKC, no blanks, no ``#``, no footnote, 巿 as 市, 蘇 as 苏."""
    if not _unusual().search(text):
        return text
    text = usual(unicodedata.normalize("NFKC", _FOOTNOTE.sub("", text.strip())))
    return _FOOTNOTE.sub("", _NOISE.sub("", text)).strip("():,、。;")


def trimmed(label: str) -> str:
    """A normal label without an ordinal, a code or a foreign name beside it: ``1.北京``, ``北京Beijing``."""
    return _TRIMMINGS.sub("", label)


@functools.cache
def _suffixes() -> tuple[tuple[str, str], ...]:
    found = ((r["suffix"], r["autonomous"]) for r in rows("region_suffixes.csv"))
    return tuple(sorted(found, key=lambda s: -len(s[0])))


@functools.cache
def _groups() -> re.Pattern[str]:
    names = sorted((r["name"] for r in rows("ethnic_groups.csv")), key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(names)})+$")


def short_name(name: str) -> str:
    """江西省 → 江西, 恩施土家族苗族自治州 → 恩施; the name itself where nothing of two characters would be left."""
    for suffix, kind in _suffixes():
        if not name.endswith(suffix):
            continue
        if kind == "keep":
            return name
        stem = name.removesuffix(suffix)
        if kind == "yes":
            bare = _groups().sub("", stem)
            stem = bare if len(bare) > 1 else stem.removesuffix("族")
        return stem if len(stem) > 1 else name
    return name


def other_forms(name: str) -> tuple[str, ...]:
    """Common ways to write the long name of an autonomous place: 恩施州, 三江县, 三江自治县, 广西自治区, 管城区."""
    if name.endswith("族区"):
        stem = _groups().sub("", name.removesuffix("区"))
        return (f"{stem}区",) if len(stem) > 1 else ()
    for suffix, kind in _suffixes():
        if name.endswith(suffix):
            if kind != "yes" or not suffix.startswith("自治"):
                return ()
            stem = short_name(name)
            plain = () if suffix == "自治区" else (stem + suffix[-1],)
            return tuple(form for form in (*plain, stem + suffix) if form != name)
    return ()
