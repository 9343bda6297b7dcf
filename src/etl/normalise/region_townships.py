"""The 41,000 townships, read when one is first asked for."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass

from etl.reference import rows

ENDS = ("镇", "乡", "街道", "苏木")
_OFFICE = ("办事处", "办")


@dataclass(frozen=True, slots=True)
class Townships:
    """Nine-digit codes and names as of the statistics bureau's list of 2023."""

    name_of: dict[str, str]
    by_name: dict[str, tuple[str, ...]]
    longest: int
    """Characters of the longest name that ends as townships do."""
    last_three: frozenset[str]
    """The last three characters of each of those names: few places in a text that end as townships do have them."""


@functools.cache
def load_townships() -> Townships:
    names: dict[str, str] = {}
    by_name: dict[str, list[str]] = defaultdict(list)
    for r in rows("regions_townships.csv"):
        code, name = r["code"], r["name"]
        names[code] = name
        by_name[name].append(code)
    usual = [name for name in by_name if name.endswith(ENDS)]
    codes = {n: tuple(c) for n, c in by_name.items()}
    return Townships(names, codes, max(map(len, usual)), frozenset(name[-3:] for name in usual))


def official(label: str) -> str:
    """盛泽街道办事处 → 盛泽街道."""
    for end in _OFFICE:
        if label.endswith("街道" + end):
            return label.removesuffix(end)
    return label


def named(label: str, above: str | None) -> tuple[str, ...]:
    """Codes of the townships of this name inside ``above`` (province, city or county; None: anywhere).

    A short name (盛泽) counts only inside one county or city.
    """
    label = official(label)
    table = load_townships()
    prefix = "" if above is None else _prefix(above)
    forms = [label] if label.endswith(ENDS) else [label + end for end in ENDS] if len(prefix) >= 4 else []
    return tuple(c for form in forms for c in table.by_name.get(form, ()) if c.startswith(prefix))


def _prefix(code: str) -> str:
    if code == "100000":
        return ""
    return code[:2] if code[2:] == "0000" else code[:4] if code[4:] == "00" else code
