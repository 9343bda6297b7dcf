"""What the number format of a cell shows of its value: digits after the point, a percent sign, how much of a date."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date

BUILTIN = {
    2: "0.00", 4: "#,##0.00", 9: "0%", 10: "0.00%", 17: "mmm-yy", 27: 'yyyy"年"m"月"', 36: 'yyyy"年"m"月"',
    39: "#,##0.00", 40: "#,##0.00", 43: "#,##0.00", 44: "#,##0.00", 50: 'yyyy"年"m"月"', 52: 'yyyy"年"m"月"',
    57: 'yyyy"年"m"月"',
}  # fmt: skip
"""Formats that Excel has by number alone and that show more than the plain value (those of its Chinese edition)."""
MAX_DECIMALS = 10
"""Zeros after a point that are believed."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DECIMALS = re.compile(r"[0#?]*\.(0+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a style shows beyond the plain value of a cell."""

    percent: bool = False
    """The value times 100, with a percent sign."""
    sign: bool = False
    """A percent sign behind the value as it is (0.0"%")."""
    decimals: int = 0
    """Digits after the point at least."""
    dated: str = ""
    """``y`` or ``ym``: a date of which no more is shown; with 年 and 月 when the format has them (``年``, ``年月``)."""
    indent: int = 0
    """Indentation of the cell."""


PLAIN = Shown()


@functools.lru_cache(maxsize=2000)
def shown_by(code: str, indent: int = 0) -> Shown:
    """What a format such as ``0.00_ `` or ``yyyy"年"m"月";@`` shows; its part for positive numbers speaks."""
    literals = "".join(_LITERAL.findall(code[:200]))
    bare = _LITERAL.sub("", code[:200]).split(";", 1)[0].lower()
    if "general" in bare or "e+" in bare or "e-" in bare:
        return Shown(indent=indent)
    if "y" in bare:
        return Shown(dated=_dated(bare, literals), indent=indent)
    found = _DECIMALS.search(bare)
    decimals = min(len(found[1]), MAX_DECIMALS) if found else 0
    if "," in bare[found.end() if found else len(bare.rstrip(",")) :]:
        decimals = 0  # a comma behind the digits: in thousands, what is shown is not the value
    return Shown("%" in bare, "%" not in bare and "%" in literals, decimals, "", indent)


def _dated(bare: str, literals: str) -> str:
    if any(part in bare for part in "dhs"):
        return ""
    han = "年" in literals or "年" in bare
    if "m" in bare:
        return "年月" if han else "ym"
    return "年" if han else "y"


def shown_date(day: date, dated: str) -> str:
    """A date as a format without days shows it: ``2023年1月``, ``2023-01``, ``2023年``, ``2023``."""
    forms = {"年月": f"{day.year}年{day.month}月", "ym": f"{day:%Y-%m}", "年": f"{day.year}年", "y": f"{day.year}"}
    return forms[dated]
