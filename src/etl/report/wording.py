"""Words and numbers as the Chinese report shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import yaml

SHANGHAI = ZoneInfo("Asia/Shanghai")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""Characters that a page can't hold, and those that would turn the text around them right to left."""


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The report's vocabulary: group → code → Chinese."""
    loaded = yaml.safe_load((Path(__file__).parent / "wording.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({group: MappingProxyType(entries) for group, entries in loaded.items()})


def clean(text: str) -> str:
    """The text with unprintable characters made visible; as many code points as before."""
    return CONTROLS.sub("\ufffd", text)


def number(value: Decimal | int | float | None, digits: int = 4) -> str:
    """With thousands separators, at most ``digits`` digits after the point; ``—`` for None."""
    if value is None:
        return "—"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return "∞"
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -digits:
        exact = round(exact, digits)
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float | None) -> str:
    """0.0312 → ``3.1 %``; a share that is not nothing never reads 0."""
    if share is None:
        return "—"
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{share * 100:.1f} %".replace(".0 %", " %")


def signed(value: int) -> str:
    """Change since the last run: ``+1,204``, ``−3``, ``±0``."""
    return "±0" if not value else f"{'+' if value > 0 else '−'}{abs(value):,}"


def moment(value: datetime | None) -> str:
    """In the time of Shanghai, to the second."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if value else "—"


def seconds(value: float) -> str:
    if value >= 90:
        minutes, rest = divmod(round(value), 60)
        return f"{minutes:,} 分 {rest} 秒"
    return f"{value:.2f} 秒" if value < 10 else f"{value:.0f} 秒"


def size(count: int) -> str:
    value = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
