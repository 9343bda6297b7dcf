"""Numerals as printed in Chinese texts and sheets: Arabic, Chinese, mixed (1.2万亿), full width, fractions, 成, 半.

``parse_numeral`` reads one whole numeral and knows nothing of units and qualifiers.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal, localcontext

from etl.record import record

DIGITS = {
    "零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
    "貳": 2, "參": 3, "陸": 6, "兩": 2, "俩": 2, "仨": 3,
}  # fmt: skip
SMALL = {"十": 1, "百": 2, "千": 3, "拾": 1, "佰": 2, "仟": 3, "廿": 1, "卅": 1}
LARGE = {"万": 4, "亿": 8, "兆": 12, "萬": 4, "億": 8}
_TYPED = {"k": "千", "w": "万"}
POWERS = {**SMALL, **LARGE}

MAX_DIGITS = 24
"""More digits than any figure has; arithmetic stays exact below."""
MAX_LENGTH = 40
"""Characters of the longest numeral."""
_WIDE = Context(prec=400)
"""Room for anything that forty characters can write (亿亿亿亿…), before it is found to be too large."""
_D = "".join(DIGITS)
_S = "".join(SMALL)
_L = "".join(LARGE)

_CLEAN = re.compile(r"[\s,，、]")
_PIECES = re.compile(r"个(万?亿|万)$")
"""两个亿"""
_MIXED_PART = re.compile(rf"(\d+(?:\.\d+)?|\.\d+)([{_S}{_L}]*)")
_MIXED_FRACTION = re.compile(r"(.+?)又(.+?)分之(.+)")
_FRACTION = re.compile(r"(.+?)分之(.+)")
_SLASH = re.compile(r"(\d{1,4})/(\d{1,4})")
_TENTHS = re.compile(r"(.+?)成(.?)")
_DISCOUNT = re.compile(r"(.+)折")
_WORDED_HALF = frozenset({"一半", "半数", "半", "过半", "对半"})
_HAN_ONLY = re.compile(rf"[{_D}{_S}{_L}点]+")
_PLAIN = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,8}))?([十百千万亿]?)")
_HAN_DIGITS_ONLY = re.compile(rf"[{_D}]+")


@record(frozen=True, slots=True)
class Numeral:
    """``number`` × 10^``multiplier``; ``decimals`` digits were printed after the point."""

    number: Decimal
    multiplier: int
    decimals: int
    unit: str | None = None
    """The unit that the numeral itself states: ``%`` for fractions, 成 and 一半, ``‰`` for 千分之; else None."""
    worded: bool = False
    """A worded fraction: its interval is wider than that of a printed digit."""

    @property
    def value(self) -> Decimal:
        return self.number.scaleb(self.multiplier) if self.multiplier else self.number


def parse_numeral(text: str) -> Numeral | None:
    """The value of a whole numeral, or None when ``text`` is not exactly one. Blanks inside are layout.

    >>> parse_numeral("1.2万亿")
    Numeral(number=Decimal('1.2'), multiplier=12, decimals=1, unit=None, worded=False)
    """
    if m := _PLAIN.fullmatch(text):
        printed = m[1] if m[2] is None else f"{m[1]}.{m[2]}"
        return Numeral(Decimal(printed), POWERS[m[3]] if m[3] else 0, len(m[2] or ""))
    if len(text) <= MAX_LENGTH and _HAN_ONLY.fullmatch(text):
        return _of_figures_size(_han(text))
    plain = _CLEAN.sub("", unicodedata.normalize("NFKC", text))
    plain = _PIECES.sub(lambda m: m[1], plain)
    if plain[-1:] in _TYPED and plain[:1].isdigit():
        plain = plain[:-1] + _TYPED[plain[-1]]
    if not plain or len(plain) > MAX_LENGTH or sum(map(str.isdigit, plain)) > MAX_DIGITS:
        return None
    sign = Decimal(1)
    if plain[0] in "-−－负" and len(plain) > 1:
        sign, plain = Decimal(-1), plain[1:]
    with localcontext(_WIDE):
        found = _of_figures_size(_worded(plain) or _discount(plain) or _mixed(plain) or _han(plain))
    if found is None or sign == 1:
        return found
    return Numeral(-found.number, found.multiplier, found.decimals, found.unit, found.worded)


def _of_figures_size(found: Numeral | None) -> Numeral | None:
    return None if found is None or found.number.adjusted() + found.multiplier > MAX_DIGITS else found


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """``part`` of ``whole`` in %, at most twelve decimals, without trailing zeros."""
    value = (part * 100 / whole).quantize(Decimal(1).scaleb(-12))
    value = value.normalize()
    return value if value == value.to_integral() and value.as_tuple().exponent == 0 else _plain(value)


def _plain(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def _worded(text: str) -> Numeral | None:
    if text in _WORDED_HALF:
        return Numeral(Decimal(50), 0, 0, "%", worded=True)
    if m := _MIXED_FRACTION.fullmatch(text):
        base, below, above = _integer(m[1]), _integer(m[2]), _value(m[3])
        if base is None or not below or above is None:
            return None
        return Numeral(base + percent(above, below * 100), 0, 0, worded=True)
    if m := _FRACTION.fullmatch(text):
        whole = _integer(m[1] if m[1][0] not in LARGE else f"一{m[1]}")
        part = parse_numeral(m[2])
        if not whole or part is None or part.unit:
            return None
        if whole in (100, 1000):
            return Numeral(part.value, 0, part.decimals, "%" if whole == 100 else "‰")
        return Numeral(percent(part.value, whole), 0, 0, "%", worded=True)
    if m := _SLASH.fullmatch(text):
        return Numeral(percent(Decimal(m[1]), Decimal(m[2])), 0, 0, "%", worded=True) if int(m[2]) else None
    if m := _TENTHS.fullmatch(text):
        tenths = Decimal("0.5") if m[1] == "半" else _value(m[1])
        more = Decimal("0.5") if m[2] == "半" else Decimal(DIGITS.get(m[2], int(m[2]) if m[2].isdigit() else 0))
        if tenths is None or tenths > 100 or (m[2] and not more):
            return None
        return Numeral(_plain((tenths * 10 + more * (10 if m[2] == "半" else 1)).normalize()), 0, 0, "%", worded=True)
    return None


def _discount(text: str) -> Numeral | None:
    """八折 → 80 %, 七五折 and 75折 → 75 %, 8.5折 → 85 %."""
    m = _DISCOUNT.fullmatch(text)
    if m and len(m[1]) == 2 and set(m[1]) <= set(DIGITS):
        found: Decimal | None = Decimal(DIGITS[m[1][0]] * 10 + DIGITS[m[1][1]])
    else:
        found = Decimal(5) if m and m[1] == "半" else _value(m[1]) if m else None
    if found is None or not 0 < found < 100 or found == 10:
        return None
    return Numeral(_plain((found * 10 if found < 10 else found).normalize()), 0, 0, "%", worded=True)


def _value(text: str) -> Decimal | None:
    found = _mixed(text) or _han(text)
    return found.value if found else None


def _integer(text: str) -> Decimal | None:
    found = _value(text)
    return found if found is not None and found == found.to_integral() else None


def _mixed(text: str) -> Numeral | None:
    if not (text[0].isdigit() or text[0] == "."):
        return None
    total, section = Decimal(0), Decimal(0)
    at = decimals = power = 0
    highest = 99
    for m in _MIXED_PART.finditer(text):
        if text[at : m.start()] not in ("", "零"):
            return None
        if at and not power:
            return None
        at = m.end()
        small = sum(SMALL.get(c, 0) for c in m[2])
        power = small + sum(LARGE.get(c, 0) for c in m[2])
        decimals = len(m[1].partition(".")[2])
        number = Decimal(m[1]).scaleb(small)
        if (section and number >= section) or power >= highest:
            return None
        section += number
        if power > small:
            total += section.scaleb(power - small)
            section, highest = Decimal(0), power
    if at != len(text):
        return None
    value = total + section
    return Numeral(value.scaleb(-power).quantize(Decimal(1).scaleb(-decimals)), power, decimals)


def _han(text: str) -> Numeral | None:
    if not _HAN_ONLY.fullmatch(text):
        return None
    whole, point, rest = text.partition("点")
    if point:
        tail = len(rest) - len(rest.rstrip(_L))
        digits, powers = rest[: len(rest) - tail], rest[len(rest) - tail :]
        before = _han_integer(whole)
        if before is None or not _HAN_DIGITS_ONLY.fullmatch(digits):
            return None
        fraction = "".join(str(DIGITS[c]) for c in digits)
        return Numeral(Decimal(f"{before}.{fraction}"), sum(LARGE[c] for c in powers), len(fraction))
    head = text.rstrip(_L)
    value = _han_integer(text) if head else None
    if value is None:
        return None
    power = sum(LARGE[c] for c in text[len(head) :])
    return Numeral(Decimal(value // 10**power), power, 0)


def _han_integer(text: str) -> int | None:
    """一百五十二 → 152, 四百五 → 450, 二〇二一 → 2021, 百 → 100; None when malformed."""
    if not text:
        return None
    if _HAN_DIGITS_ONLY.fullmatch(text):
        if len(text) == 1:
            return DIGITS[text]
        if len(text) == 2 and "〇" not in text and "零" not in text:
            return None  # 两三个, 七八家: no number but an approximation
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    last = 1
    zero = False
    for c in text:
        if c in DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = DIGITS[c]
            zero = zero or digit == 0
        elif c in SMALL:
            power = SMALL[c]
            lead = {"廿": 2, "卅": 3}.get(c, digit if digit else 1)
            if digit is None and section and c in "十拾百佰千仟" and power >= last:
                return None
            section += lead * 10**power
            last, digit, zero = power, None, False
        else:
            power = LARGE[c]
            block = section + (digit or 0)
            gathers = total < 10**power if power >= 8 else not block
            total = (total + block) * 10**power if gathers else total + block * 10**power
            section, digit, last, zero = 0, None, power, False
    if digit:
        short = last > 1 and not zero and text[-2] in POWERS
        section += digit * 10 ** (last - 1) if short else digit
    return total + section
