"""Labels of headers and stubs: bilingual cells, ordinals, units in brackets, years inside."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from etl.extract.sheet.words import squash, words
from etl.normalise.units import ParsedUnit, load_units
from etl.reference import rows

MAX_TEXT = 300
"""Characters of a cell that are looked at as a label; longer cells are prose."""
CJK = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_LINES = re.compile(r"[\r\n]+")
_TAIL = re.compile(r"(?<=[\u4e00-\u9fff)）\]］])\s*\(?[A-Z]?[a-z]{2}[A-Za-z ,.'()\-/&*\d]*$|"
                   r"(?<=[\u4e00-\u9fff)）\]］])\s*[A-Z][a-z]+[A-Za-z ,.'()\-/&*\d]*$|"
                   r"(?<=[)）])[a-z]$")  # fmt: skip
_ENGLISH_BRACKET = re.compile(r"[(（][^()（）\u4e00-\u9fff%‰]*[A-Za-z]{2}[^()（）\u4e00-\u9fff]*[)）]")
_BRACKET = re.compile(r"[(（\[［]([^()（）\[\]［］]*)[)）\]］]")
_UNIT_WORD = re.compile(r"(?:计量)?单位[:：为]?")
_UNIT_STATED = re.compile(r"(?<![\u4e00-\u9fff])(?:计量)?单位[:：为]?|(?:计量)?单位(?:[:：为]|(?![(（]))")
"""法人单位（个） states no unit by its 单位."""
_INDEX = re.compile(r"^[\u4e00-\u9fffA-Za-z0-9]{1,8}[=＝]100(?:\.0)?$")
_SIGN_TAIL = re.compile(r"[+＋]?[、,，/]?[-－—±]?(?P<sign>[%％‰])$")
"""比上年+、-%: a sign at the end of a label is its unit."""
_SEPARATED = re.compile(r"(?<=.)[/／，,:：_](?P<unit>[^/／，,:：_]{1,12})$")
"""面积/平方公里, GDP_亿元: a unit set off by a sign."""
_LIST = re.compile(r"[、,，;；.．和及]")


LONGEST_UNKNOWN = 4
"""Characters of a word that passes for a unit where units stand."""
MOST_UNITS = 4
"""Units of a line that has unknown ones among them; longer lists are of something else."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a sheet states it: power of ten, symbol without it, and the dimension of the unit table."""

    multiplier: int
    symbol: str
    dimension: str
    """Empty: the table of units does not know it."""
    printed: str
    misread: bool = False
    """The printed form is a misprint of this unit (%0 for ‰)."""


def has_cjk(text: str) -> bool:
    return bool(CJK.search(text))


def is_latin(text: str) -> bool:
    """Whether a text has Latin letters and no Chinese character."""
    return bool(_LATIN.search(text)) and not has_cjk(text)


def chinese(text: str) -> str:
    """The text without its English: lines without Chinese, and English words behind it. A wholly English text stays.

    ``人数\\n(人)\\nPopulation\\n(person)`` → ``人数(人)``; ``R&D人员`` and ``占GDP`` stay.
    """
    return _chinese(text[:MAX_TEXT])


@functools.lru_cache(maxsize=20_000)
def _chinese(text: str) -> str:
    lines = [line for line in _LINES.split(text) if squash(line)]
    if any(has_cjk(line) for line in lines):
        lines = [line for line in lines if not is_latin(line)]
    joined = "".join(lines) if has_cjk(text) else " ".join(lines)
    if has_cjk(joined):
        joined = _ENGLISH_BRACKET.sub("", _TAIL.sub("", joined.strip()))
        return squash(joined)
    return " ".join(joined.split())


@functools.cache
def _forms() -> dict[str, tuple[str, bool]]:
    return {r["printed"]: (r["unit"], r["misread"] == "yes") for r in rows("sheet_unit_forms.csv")}


def parse_unit(printed: str) -> Unit | None:
    """The unit that a whole text (with or without brackets) states, or None."""
    return _parse_unit(printed) if len(printed) <= 60 else None


@functools.lru_cache(maxsize=20_000)
def _parse_unit(printed: str) -> Unit | None:
    plain = squash(printed)
    if not plain or len(plain) > 24:
        return None
    bare = plain.strip("()（）[]［］ ")
    if words("no_unit").match(bare):
        return None
    known = _forms().get(bare.lower())
    parsed = load_units().parse(known[0] if known else bare)
    if parsed is not None:
        return _unit(parsed, bare, misread=bool(known and known[1]))
    if _INDEX.match(bare):
        return Unit(0, bare.replace("＝", "="), "index", bare)
    return None


BARE = "multiplier"
"""Dimension of a multiplier that stands where a unit should: what it multiplies, the label tells."""


@functools.cache
def _bare() -> dict[str, int]:
    return {r["text"]: int(r["power"]) for r in rows("multipliers.csv") if int(r["power"]) > 2 and not r["not_before"]}


def bare_multiplier(printed: str) -> Unit | None:
    """``万`` or ``（亿）`` alone; None for other texts."""
    word = printed.strip("()（）[]［］ ") if len(printed) < MAX_TEXT else ""
    power = _bare().get(word)
    return None if power is None else Unit(power, word, BARE, word)


def _unit(parsed: ParsedUnit, printed: str, *, misread: bool = False) -> Unit:
    return Unit(parsed.multiplier, parsed.unit.symbol, parsed.unit.dimension, printed, misread)


def unknown_unit(printed: str) -> Unit | None:
    """A short word in a column of units that the table does not know (人份): a person says what it means."""
    word = squash(printed).strip("()（）[]［］ ")
    is_word = 0 < len(word) <= LONGEST_UNKNOWN and word.isalpha() and not words("no_unit").match(word)
    return Unit(0, word, "", word) if is_word else None


def parse_units(printed: str) -> tuple[Unit, ...]:
    """The units of a list such as ``人、‰``; empty unless every member is a unit."""
    plain = squash(_ENGLISH_BRACKET.sub("", printed)).strip(":：")
    whole = parse_unit(plain) or bare_multiplier(plain)
    if whole is not None:
        return (whole,)
    found = [parse_unit(part) for part in _LIST.split(plain) if part]
    if found and all(u is not None for u in found):
        return tuple(u for u in found if u is not None)
    return ()


def _units_partly_unknown(stated: str) -> tuple[Unit, ...]:
    """The units of a statement with words that the table of units does not know (人份、万元); empty for prose."""
    parts = [part for part in _LIST.split(stated) if part]
    if words("office").match(stated) or len(parts) > MOST_UNITS:
        return ()
    found = [parse_unit(part) or unknown_unit(part) for part in parts]
    return tuple(u for u in found if u is not None) if all(found) else ()


def unit_line(text: str) -> tuple[Unit, ...]:
    """The units of a cell that states nothing but units: ``单位：人、‰``, ``（%）``, ``(person, ‰)``; else empty."""
    return _unit_line(text) if len(text) <= MAX_TEXT else ()


@functools.lru_cache(maxsize=20_000)
def _unit_line(text: str) -> tuple[Unit, ...]:
    plain = squash(text)
    found = _UNIT_WORD.search(plain)
    if found:
        if plain[: found.start()].strip("()（）[]"):
            return ()
        stated = _ENGLISH_BRACKET.sub("", plain[found.end() :]).strip("()（）")
        return parse_units(stated) or _parted_by_blanks(text) or _units_partly_unknown(stated)
    if plain[:1] in "(（" and plain[-1:] in ")）":
        return parse_units(plain[1:-1])
    base = parse_unit(plain) if plain.endswith("100") else None
    return (base,) if base is not None and base.dimension == "index" else ()


def _parted_by_blanks(text: str) -> tuple[Unit, ...]:
    """The units of ``单位：户 人``, where blanks stand between them; empty for other texts."""
    parts = _UNIT_WORD.sub("", text, count=1).strip("()（）:： \u3000\u00a0").split()
    found = [parse_unit(part) for part in parts]
    known = tuple(u for u in found if u is not None and u.dimension)
    return known if len(known) == len(parts) > 1 else ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label without its unit."""

    label: str
    unit: Unit | None = None
    units: tuple[Unit, ...] = ()
    """Of a ``单位：`` statement inside the label: it speaks for the whole table."""


def split_unit(text: str) -> Labelled:
    """Label and unit of a header or stub text: ``常住人口\\n(万人)`` → 常住人口, 万人; ``高中(含中专)`` has none."""
    return _split_unit(text[:MAX_TEXT])


_FOOTNOTE = re.compile(r"(?<=[\u4e00-\u9fff)）%％‰])(?:[\[［〔【]\d{1,2}[\]］〕】]|[①-⑳])+$")


@functools.lru_cache(maxsize=50_000)
def _split_unit(text: str) -> Labelled:
    plain = _FOOTNOTE.sub("", chinese(text))
    found = _UNIT_STATED.search(plain)
    if found:
        units = parse_units(plain[found.end() :].strip("()（）"))
        if units:
            label = plain[: found.start()].rstrip("(（[:： ，,、；;").lstrip("()（）[]:： ")
            return Labelled(label + "）" if label.count("（") > label.count("）") else label, None, units)
    for bracket in reversed(list(_BRACKET.finditer(plain))):
        unit = parse_unit(bracket.group(1)) or bare_multiplier(bracket.group(1))
        if unit is None or (unit.dimension == "duration_a" and unit.symbol == "年"):
            continue
        label = (plain[: bracket.start()] + plain[bracket.end() :]).strip()
        return Labelled(label, unit)
    if (cut := _SEPARATED.search(plain)) and (unit := parse_unit(cut.group("unit"))) is not None:
        left = plain[: cut.start()]
        if plain[cut.start()] not in "/／" or glued_unit(left) is None:  # 人口密度人/平方公里 is one unit
            return Labelled(left, unit)
    if (sign := _SIGN_TAIL.search(plain)) and sign.start() and has_cjk(plain):
        return Labelled(plain[: sign.start()], parse_unit(sign.group("sign")))
    return Labelled(plain)


@functools.lru_cache(maxsize=20_000)
def glued_unit(label: str) -> Labelled | None:
    """A unit that follows its label without brackets: ``常住人口万人``, ``出生率‰``, ``男人``; the longest reading."""
    for start in range(1, len(label)):
        unit = parse_unit(label[start:])
        if unit is not None and unit.dimension != "age" and not label[start - 1].isdigit():
            return Labelled(label[:start], unit)
    return None


_ORDINAL = re.compile(
    r"^(?:(?P<han>[一二三四五六七八九十]{1,3}[、.．])|(?P<arabic>\d{1,2}[、.．](?!\d))|(?P<paren>[(（]\d{1,2}[)）])"
    r"|(?P<hanparen>[(（][一二三四五六七八九十]{1,3}[)）]))"
)
_ORDINAL_RANK = {"han": 0, "hanparen": 1, "arabic": 2, "paren": 3}


def ordinal_rank(label: str) -> int | None:
    """0 for 一、, 1 for (一), 2 for 1., 3 for (1); None for a label without ordinal."""
    found = _ORDINAL.match(label)
    return _ORDINAL_RANK[found.lastgroup or ""] if found else None


def strip_ordinal(label: str) -> str:
    return _ORDINAL.sub("", label) or label


def is_of_which(label: str) -> bool:
    """Whether a label marks a part of what stands before it: ``其中：女性``, ``#婴儿``, ``(1)其中``."""
    return words("of_which").match(strip_ordinal(label))


def is_sum(label: str) -> bool:
    """Whether a header cell says 合计 or the like and nothing more."""
    return words("sum").match(chinese(label))


def mark_width(text: str) -> int:
    """The room that 其中： or # takes before a label, in half-width characters; 0 for a label without such a mark."""
    plain = text.strip()
    mark = max((m for m in words("of_which").start if plain.lower().startswith(m)), key=len, default="")
    if not mark:
        return 0
    end = len(mark)
    while end < len(plain) and plain[end] in ":： \u3000\u00a0":
        end += 1
    return sum(1 if char.isascii() or char == "\u00a0" else 2 for char in plain[:end])


@functools.cache
def _bare_change() -> re.Pattern[str]:
    parts = sorted(words("bare_change").whole, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, parts))})+")


def is_bare_change(label: str) -> bool:
    """Whether a label tells only that something grew, or its share (比上年增长, 同比, 增减额), and not what."""
    return bool(_bare_change().fullmatch(squash(label)))


@functools.cache
def _unit_words() -> dict[str, list[tuple[str, str, str]]]:
    """(word, match, unit) of sheet_unit_words.csv by kind; nouns that texts count too follow the people and things."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for r in rows("sheet_unit_words.csv"):
        found.setdefault(r["kind"], []).append((r["word"], r["match"], r["unit"]))
    for r in rows("text_counted_nouns.csv"):
        for word in (r["noun"], f"{r['noun']}数"):
            found["people" if r["unit"] == "人" else "thing"].append((word, "end", r["unit"]))
    return found


_PER = re.compile(r"[/／](?P<of>[\u4e00-\u9fff]{1,2})$")


def _is_per(unit: Unit, labels: Sequence[str]) -> bool:
    """Whether a label is an average over what the unit divides by: 人/户 for 平均每个家庭户的人口."""
    found = _PER.search(unit.printed)
    if found is None:
        return False
    each = re.compile(rf"每[个一]?[^每十百千万亿\d]{{0,3}}{found['of']}")
    return any(each.search(label) for label in labels)


def choose_unit(units: tuple[Unit, ...], *paths: str) -> Unit | None:
    """The unit of a list that fits what stands over and beside a cell; None where the words do not settle it.

    Each path is one of labels from the outside in, joined with a bar; the first that says what it counts speaks. A
    rate is one wherever it is said (死亡率|男), what is counted the innermost label tells (户数|人口).
    """
    if len(units) == 1:
        return units[0]
    offered = frozenset(u.symbol for u in units)
    labels = [label for path in paths for label in path.split("|")]
    plain = {u.printed for u in units}
    per_each = [u for u in units if _is_per(u, labels) and not plain.isdisjoint(re.split("[/／]", u.printed))]
    if len(per_each) == 1:
        return per_each[0]
    inner = [path.rsplit("|", 1)[-1] for path in paths]
    for word, match, symbol in _unit_words()["rate"]:
        if (not symbol or symbol in offered) and any(_says(label, word, match, inner) for label in labels):
            return _of_symbol(units, symbol, labels) if symbol else None
    for path in paths:
        if (counted := _counted_in(offered, path)) is not None:
            return _of_symbol(units, counted, labels)
    rest = [u for u in units if u.dimension not in ("percent", "per_mille", "percentage_points")]
    return rest[0] if len(rest) == 1 else None


def counted_units(units: tuple[Unit, ...], paths: Iterable[str]) -> frozenset[str]:
    """The units of a list that the labels of rows or columns count in."""
    offered = frozenset(u.symbol for u in units)
    return frozenset(symbol for path in paths if (symbol := _counted_in(offered, path)) is not None)


@functools.lru_cache(maxsize=20_000)
def _counted_in(offered: frozenset[str], path: str) -> str | None:
    """The symbol of the unit in which the labels of a path count."""
    for kind in ("measure", "people", "thing"):
        known = [w for w in _unit_words()[kind] if w[2] in offered]
        for label in reversed(path.split("|")):
            for word, match, symbol in known:
                if _says(label, word, match, (label,)):
                    return symbol
    return None


def _says(label: str, word: str, match: str, inner: Collection[str]) -> bool:
    """Whether a label holds a word of sheet_unit_words.csv; the end of a label speaks only where it is innermost."""
    if match == "in":
        return word in label
    return label.startswith(word) if match == "start" else label in inner and label.endswith(word)


def _of_symbol(units: tuple[Unit, ...], symbol: str, labels: Sequence[str]) -> Unit | None:
    """The unit of a list with a symbol; of 万元 and 元 the small one is that of averages (单位：人、万元、元)."""
    found = sorted((u for u in units if u.symbol == symbol), key=lambda u: u.multiplier)
    if len(found) == 1 or found[0].multiplier == found[-1].multiplier:
        return found[0]
    if not found[0].dimension.startswith("money"):
        return None
    return found[0] if any(words("per_head").match(label) for label in labels) else found[-1]
