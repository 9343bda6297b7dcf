"""Rules of ``reference/text_*_rules.csv``: what the words around a number say of it, the first that holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache

from etl.extract.report import lexicon
from etl.normalise.units import load_units
from etl.record import record
from etl.reference import rows

_WORDS = re.compile(r"\{([a-z_]+)\}")
NONE = Decimal(0)
BEFORE = 24
"""Characters of its clause before a number that tell of it."""
AFTER = 80
TOLD = 160
"""How far back in its sentence, in characters, a number looks for a plan or a rule."""
NEAR = 90


@record(frozen=True, slots=True)
class Around:
    """A number with the words around it, as rules see it."""

    unit: str
    value: Decimal
    han: bool
    """Written in Chinese characters."""
    bound: str
    """Code of the qualifier."""
    limited: bool
    """The qualifier is the word of a limit (最高, 不超过), not of an estimate (近, 余)."""
    before: str
    after: str
    told: str
    """The sentence up to the number, from the item of a list on that it stands in."""

    @property
    def dimension(self) -> str:
        return dimension_of(self.unit)

    @property
    def near(self) -> str:
        near = self.told[-NEAR:]
        return near[near.rfind(";") + 1 :]


@lru_cache(maxsize=4096)
def dimension_of(unit: str) -> str:
    parsed = load_units().parse(unit) if unit else None
    return parsed.unit.dimension if parsed else ""


@record(frozen=True, slots=True)
class Rule:
    """A line of a table of rules; what is None asks nothing."""

    tells: str
    han: bool | None
    dimensions: tuple[str, ...]
    others: tuple[str, ...]
    bounds: frozenset[str]
    below: Decimal | None
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    told: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    example: str

    def holds(self, number: Around) -> bool:
        """Whether the words around the number are those of the rule, which speaks of such numbers."""
        if self.below is not None and number.value >= self.below:
            return False
        if self.after and not self.after.match(number.after):
            return False
        if self.before and not self.before.search(number.before):
            return False
        if self.told and not self.told.search(number.told):
            return False
        return not (self.unless and self.unless.search(number.near))

    def speaks_of(self, dimension: str, han: bool, bound: str, limited: bool) -> bool:
        """Whether it speaks of such numbers at all, whatever the words around them."""
        if self.dimensions and not dimension.startswith(self.dimensions):
            return False
        if self.others and dimension.startswith(self.others):
            return False
        if self.han is not None and self.han != han:
            return False
        return not self.bounds or bound in self.bounds or (limited and "limit" in self.bounds)


def first(table: str, stage: str, number: Around) -> str | None:
    """What the first rule of the table (``text_<table>_rules.csv``) that holds in its stage tells of the number."""
    for rule in _of(table, stage, number.dimension, number.han, number.bound, number.limited):
        if rule.holds(number):
            return rule.tells
    return None


@cache
def _of(table: str, stage: str, dimension: str, han: bool, bound: str, limited: bool) -> tuple[Rule, ...]:
    return tuple(rule for at, rule in rules(table) if at == stage and rule.speaks_of(dimension, han, bound, limited))


@cache
def rules(table: str) -> tuple[tuple[str, Rule], ...]:
    """All rules of a table with the stage that each belongs to."""
    return tuple(_read(table))


def _read(table: str) -> Iterator[tuple[str, Rule]]:
    for r in rows(f"text_{table}_rules.csv"):
        units = [u for u in r["units"].split("|") if u]
        yield (
            r["stage"],
            Rule(
                tells=r["tells"],
                han=r["script"] == "han" if r.get("script") else None,
                dimensions=tuple(u for u in units if not u.startswith("!")),
                others=tuple(u[1:] for u in units if u.startswith("!")),
                bounds=frozenset(filter(None, r["bound"].split("|"))),
                below=Decimal(r["below"]) if r["below"] else None,
                before=_pattern(f"(?:{r['before']})$") if r["before"] else None,
                after=_pattern(r["after"]),
                told=_pattern(r["told"]),
                unless=_pattern(r["unless"]),
                example=r["example"],
            ),
        )


def _pattern(cell: str) -> re.Pattern[str] | None:
    """The pattern of a cell, ``{group}`` in it one of the words of that group."""
    return re.compile(_WORDS.sub(lambda m: f"(?:{lexicon.any_of(m[1])})", cell)) if cell else None
