"""Units: from what is printed to a unit of the table and a power of ten."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from etl.errors import ReferenceDataError
from etl.reference import rows


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of ``reference/units.csv``, or a ratio composed of two of them (元/吨)."""

    code: str
    """ASCII ``unit_measure``."""
    symbol: str
    dimension: str
    factor: Decimal
    """Exact: one of this unit is ``factor`` of ``base``."""
    base: str
    """Symbol of the unit that observations of this dimension are stored in."""


@dataclass(frozen=True, slots=True)
class ParsedUnit:
    """``10**multiplier`` of ``unit``. To store a number n: n × 10**multiplier × unit.factor, in unit.base."""

    multiplier: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class _Multiplier:
    text: str
    power: int
    not_before: str
    """Standard of the units before which the word means something else (兆 before those of UCUM is mega)."""


_LONGEST = 40
"""Characters; what is longer is no unit."""
_FACTORS = 3
"""Units in the denominator of a ratio."""
_POWER = re.compile(r"1(0{3,12}|0{1,2}(?=[a-z千万亿]))(?!\d)")
_TIMES = re.compile(r"[·•*.]")
_WRAPPING = re.compile(r"^(?:计量)?单位[::]?|^[((\[〔]|[))\]〕]$")
_INDEX = re.compile(r"^以?(\d{4})年?(?:价格)?(?:=|为)100$")


def normal_unit(printed: str) -> str:
    """The form in which units are compared: NFKC, no blanks, no brackets around, no 单位: before."""
    text = "".join(unicodedata.normalize("NFKC", printed).split())
    while (shorter := _WRAPPING.sub("", text)) != text:
        text = shorter
    return text.strip(":,、.。")


class UnitTable:
    """All units by symbol and alias. Get it from ``load_units()``."""

    def __init__(self, lines: Iterable[dict[str, str]], multipliers: Iterable[dict[str, str]]) -> None:
        self._multipliers = sorted(
            (_Multiplier(r["text"], int(r["power"]), r["not_before"]) for r in multipliers),
            key=lambda m: len(m.text),
            reverse=True,
        )
        self._opening = tuple(m.text for m in self._multipliers)
        self._by_form: dict[str, Unit] = {}
        self._by_code: dict[str, Unit] = {}
        self._scalable: set[str] = set()
        self._standard: dict[str, str] = {}
        printed: set[str] = set()
        for r in lines:
            unit = Unit(r["code"], r["symbol"], r["dimension"], Decimal(r["factor"]), r["base"] or r["symbol"])
            if unit.code in self._by_code:
                raise ReferenceDataError("units.csv", f"code {unit.code} stands twice", next_step="Remove one line.")
            self._by_code[unit.code] = unit
            self._standard[unit.code] = r["standard"]
            if r["scalable"] == "yes":
                self._scalable.add(unit.code)
            for form in (unit.symbol, *filter(None, r["aliases"].split("|"))):
                printed.add(form)
                if (other := self._by_form.setdefault(normal_unit(form), unit)) != unit:
                    raise ReferenceDataError(
                        "units.csv", f"{form} names both {other.code} and {unit.code}", next_step="Keep one."
                    )
        self._forms = frozenset(printed)

    def get(self, code: str) -> Unit | None:
        """The unit of this ``unit_measure``."""
        return self._by_code.get(code)

    def all(self) -> tuple[Unit, ...]:
        """Every unit of the table, in its order."""
        return tuple(self._by_code.values())

    def base(self, unit: Unit) -> Unit:
        """The unit in which observations of ``unit`` are stored (平方米 for 公顷); often itself."""
        return self._by_form.get(normal_unit(unit.base), unit) if unit.base != unit.symbol else unit

    def surface_forms(self) -> frozenset[str]:
        """Every symbol and alias, without multipliers, for scanning running text."""
        return self._forms

    def parse(self, printed: str) -> ParsedUnit | None:
        """万人 → (4, 人), 千公顷 → (3, 公顷), (亿元) → (8, 元); None when it is no unit of the table."""
        text = normal_unit(printed)
        if not text or len(text) > _LONGEST:
            return None
        return self._simple(text) or self._index(text) or (None if self._is_fixed(text) else self._ratio(text))

    def write(self, parsed: ParsedUnit) -> str:
        """The usual way to print it, which ``parse`` reads as the same: (4, 人) → 万人.

        Raises ReferenceDataError for a multiplier that no one or two words of the table make.
        """
        words = {m.power: m.text for m in reversed(self._multipliers) if not m.text.isascii()}
        if not parsed.multiplier:
            return parsed.unit.symbol
        for power, word in sorted(words.items(), reverse=True):
            rest = parsed.multiplier - power
            if rest == 0 or rest in words:
                printed = words.get(rest, "") + word + parsed.unit.symbol
                if self.parse(printed) == parsed:
                    return printed
        known = [f"10**{power} {word}" for power, word in sorted(words.items())]
        raise ReferenceDataError("multipliers.csv", f"no words for 10**{parsed.multiplier}", known=known)

    def _is_fixed(self, text: str) -> bool:
        """A multiplier before a unit that takes none (万 before 人/万人)."""
        return text.startswith(self._opening) and any(
            text.startswith(m.text) and text[len(m.text) :] in self._by_form for m in self._multipliers
        )

    def _simple(self, text: str, words: int = 2) -> ParsedUnit | None:
        """A unit behind a power of ten in digits (10000人) or at most so many words (万千升 has two)."""
        if unit := self._by_form.get(text):
            return ParsedUnit(0, unit)
        if digits := _POWER.match(text):
            inner = self._simple(text[digits.end() :], words) if len(text) > digits.end() else None
            return self._scaled(inner, len(digits[1])) if inner else None
        for m in self._multipliers if words and text.startswith(self._opening) else ():
            inner = self._simple(text[len(m.text) :], words - 1) if text.startswith(m.text) else None
            if inner and not (m.not_before and self._standard.get(inner.unit.code) == m.not_before):
                return self._scaled(inner, m.power)
        return None

    def _scaled(self, parsed: ParsedUnit, power: int) -> ParsedUnit | None:
        return ParsedUnit(parsed.multiplier + power, parsed.unit) if parsed.unit.code in self._scalable else None

    def _index(self, text: str) -> ParsedUnit | None:
        found = _INDEX.match(text)
        if not found:
            return None
        symbol = f"{found[1]}=100"
        return ParsedUnit(0, Unit(f"INDEX_{found[1]}", symbol, "index", Decimal(1), symbol))

    def _ratio(self, text: str) -> ParsedUnit | None:
        above, slash, below = text.partition("/")
        if not slash or not (top := self._simple(above)):
            return None
        parts = _TIMES.split(below.strip("()").removeprefix("每"))
        known = [p for p in map(self._simple, parts) if p]
        if len(known) < len(parts) or len(parts) > _FACTORS:
            return None
        code = ".".join(p.unit.code if not p.multiplier else f"1E{p.multiplier}_{p.unit.code}" for p in known)
        names = [part if p.multiplier else p.unit.symbol for part, p in zip(parts, known, strict=True)]
        symbol = f"{top.unit.symbol}/{'·'.join(names)}"
        return ParsedUnit(top.multiplier, Unit(f"{top.unit.code}_PER_{code}", symbol, "ratio", Decimal(1), symbol))


@functools.cache
def load_units() -> UnitTable:
    """The table of ``reference/units.csv``. Raises ReferenceDataError when it contradicts itself."""
    return UnitTable(rows("units.csv"), rows("multipliers.csv"))
