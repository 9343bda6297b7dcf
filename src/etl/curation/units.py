"""What rots in the tables of units and multipliers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from etl.curation.tables import Folder, Problem, is_decimal
from etl.normalise.units import UnitTable, normal_unit

UNITS = "units.csv"
MULTIPLIERS = "multipliers.csv"


def unit_table(folder: Folder) -> UnitTable:
    """The table of units as the folder has it, without the lines that ``check_units`` complains of."""
    seen: set[str] = set()
    sound = []
    for _, row in folder.rows(UNITS):
        forms = {normal_unit(f) for f in (row["symbol"], *filter(None, row["aliases"].split("|")))} | {row["code"]}
        if not seen & forms and is_decimal(row["factor"]):
            seen |= forms
            sound.append(row)
    return UnitTable(sound, (r for _, r in folder.rows(MULTIPLIERS) if r["power"].isdecimal()))


def check_units(folder: Folder) -> Iterator[Problem]:
    """Names shared by two units, aliases that say nothing, bases that are none, factors that don't compose."""
    yield from _names(folder)
    yield from _bases(folder)
    yield from _multipliers(folder)


def _names(folder: Folder) -> Iterator[Problem]:
    known: dict[str, tuple[str, int]] = {}
    words = [r["text"] for _, r in folder.rows(MULTIPLIERS)]
    for line, row in folder.rows(UNITS):
        own: set[str] = set()
        for form in (row["symbol"], *filter(None, row["aliases"].split("|"))):
            plain = normal_unit(form)
            other = known.setdefault(plain, (row["code"], line))
            if other[0] != row["code"]:
                yield Problem(UNITS, line, f"{form} names {row['code']} here and {other[0]} in line {other[1]}")
            if form in own:
                yield Problem(UNITS, line, f"alias {form} is unused: {row['code']} has it already")
            own.add(form)
            if plain in {w + normal_unit(row["symbol"]) for w in words}:
                yield Problem(UNITS, line, f"alias {form} hides a multiplier of {row['symbol']}")


def _bases(folder: Folder) -> Iterator[Problem]:
    by_symbol = {r["symbol"]: r for _, r in folder.rows(UNITS)}
    for line, row in folder.rows(UNITS):
        if not row["code"].isascii() or not row["code"] or " " in row["code"]:
            yield Problem(UNITS, line, f"code {row['code']!r} is not ASCII without blanks")
        try:
            factor = Decimal(row["factor"])
        except ArithmeticError:
            continue  # told by the table's description
        base = by_symbol.get(row["base"]) if row["base"] else row
        if factor <= 0:
            yield Problem(UNITS, line, f"factor {row['factor']} is not above 0")
        if base is None:
            yield Problem(UNITS, line, f"base {row['base']} is the symbol of no unit")
        elif base is row and factor != 1:
            yield Problem(UNITS, line, f"factor {row['factor']} without a base")
        elif base["base"]:
            yield Problem(UNITS, line, f"base {row['base']} has a base itself: factors would not compose")
        elif base["dimension"] != row["dimension"]:
            yield Problem(UNITS, line, f"dimension {row['dimension']} is not {base['dimension']}, that of its base")
    owners: dict[str, tuple[str, int]] = {}
    for line, row in folder.rows(UNITS):
        if not row["base"] and row["dimension"] != "index":  # indices of different bases never convert
            first = owners.setdefault(row["dimension"], (row["symbol"], line))
            if first[1] != line:
                what = (
                    f"dimension {row['dimension']} has two units that are their own base: {first[0]} in line {first[1]}"
                )
                yield Problem(UNITS, line, what)


def _multipliers(folder: Folder) -> Iterator[Problem]:
    power = {r["text"]: int(r["power"]) for _, r in folder.rows(MULTIPLIERS) if r["power"].isdecimal()}
    for line, row in folder.rows(MULTIPLIERS):
        word = row["text"]
        if len(word) > 1 and all(c in power for c in word) and power.get(word) != sum(power[c] for c in word):
            yield Problem(MULTIPLIERS, line, f"{word} is not {' × '.join(word)}")
