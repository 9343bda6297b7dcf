"""Numbers in the flow: every numeral with what stands beside it (qualifier, multiplier, unit), not yet judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from etl.extract.report import lexicon
from etl.model import Qualifier
from etl.normalise.numbers import POWERS, Numeral, parse_numeral
from etl.record import record

_HAN_DIGIT = "零〇○一二三四五六七八九两壹贰叁肆伍陆柒捌玖貳參陸兩"
_HAN_POWER = "十百千万亿兆拾佰仟萬億廿卅"
_MULTIPLIER = r"(?:千(?![克米瓦卡伏帕赫安焦])|兆(?![瓦赫帕字焦伏])|百(?![分帕])|[十万亿萬億佰仟])"
_ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,9}+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\d.])\.\d+)"
_DECIMAL = _HAN_DIGIT.replace("两", "").replace("兩", "")
_PIECES = r"个(?:亿(?![元级吨])|万亿(?=[,。;、的美欧港日英卢人左上以]|$))"
"""两个亿, but not 两个亿元村."""
_HAN = rf"[{_HAN_DIGIT}{_HAN_POWER}]+(?:点[{_DECIMAL}]+[万亿]*)?"
_TENTHS = (
    r"(?:成(?![立为功果效员绩就长交本品都熟型份才片套形规体活产分]|人(?!口))"
    r"(?:半|[一二三四五六七八九](?![十百千万亿个])|\d(?!\d))?"
    r"|折(?![合叠算旧射扣腾现抵价]))"
)

_START = re.compile(
    rf"[\d.{_HAN_DIGIT}{_HAN_POWER}半数几好对过]"
    rf"(?:(?<![半数几好对过])|(?<=半)[成折数]|(?<=[数几好])[{_HAN_POWER}数几]|(?<=[对过])半)"
)
"""What a numeral can begin with: looking for that first is several times quicker than trying all of it everywhere."""
_SOME = r"(?:[余多](?!少)|\+(?=[人名个家户次场项件条万亿台所种篇]))"
_COME = r"来(?=[个名人位家万千百亿户次场项棵头亩台只件种所座吨条辆艘斤里岁张间册本])"
_TAIL = rf"(?:(?<=[百千万亿兆萬億])零?{_ARABIC}{_MULTIPLIER}*(?![年月日号]))*"
_NUMBER = re.compile(
    rf"""
    (?P<fraction>(?:(?:\d+|{_HAN})\s?又\s?)?(?:\d+|{_HAN})分之负?(?:{_ARABIC}|{_HAN}))
  | (?P<half>半[成折](?![本品])|一半|半数|对半|过半(?![个年月天百]))
  | (?<![\d/])(?P<slash>(?:\d{{1,3}}[ ]){{0,1}}\d{{1,2}}/\d{{1,2}})(?![\d/年月])
  | (?P<arabic>{_ARABIC})(?P<in1>[几幾]|{_SOME}|{_COME})?
        (?P<mult>(?:{_MULTIPLIER}+|{_PIECES}|(?P<typed>[kw])(?![A-Za-z0-9/]))?)(?P<tail>{_TAIL})
        (?P<in2>{_SOME})?(?P<mult2>[万亿])?
  | (?P<indefinite>(?:好?[数几]|好)[{_HAN_POWER}]+)
  | (?P<han>{_HAN})(?P<hin>{_SOME}|(?<=[十百千零拾佰仟])[几幾]|{_COME})?(?P<hmult>[万亿億萬]+|{_PIECES}|)
    """,
    re.VERBOSE,
)
_RANGE = re.compile(r"(?:\((?:含|不含)\))?\s?(?:[-–—~～]{1,2}|至|到)\s?(?=[\d一二两三四五六七八九十百])")
_BETWEEN = frozenset({"至", "到", "~", "～"})
_RANGE_STARTS = frozenset("( \t\n-–—~～至到")
_GOES_ON = _RANGE_STARTS | {"成", "折"}
"""Behind these a numeral may be longer than what ``_NUMBER`` matches."""
_APART = re.compile(
    r"(至少|不少于|最多|最高|不超过|不[低高]于(?=每))(?![时的者])[\u4e00-\u9fff]{1,4}$|(不高于|不[得能应]超过|不[得能应]低于|不超过|不低于|不少于|不到|不足|接近|(?<![不得能应未])超过)(?!以来|之后|以后)[\u4e00-\u9fff]{2,12}的$"
    r"|(不到|不足|接近|超过|近)(?:全[国省市县区州盟旗镇乡村校院厂]|总[数量额])[\u4e00-\u9fff]{0,8}$"
)
"""至少培训20名, 最高给予50万元, 不到全市的4%: the qualifier stands before the verb or before the whole."""
_NEGATIVE = re.compile(r"(?<![-−\d%‰元人万亿个A-Za-z)])[-−]$|(?<![担肩背抱辜自胜欺])负$")


@record(frozen=True, slots=True)
class Number:
    """A numeral of the flow, half-open offsets."""

    start: int
    end: int
    """With unit and inner qualifier: the span of the figure."""
    digits_end: int
    """End of the numeral itself."""
    numeral: Numeral | None
    """None for an indefinite numeral (数百, 几十)."""
    han: bool
    """Written in Chinese characters."""
    unit: str | None
    qualifier: Qualifier = "eq"
    before: str = ""
    """The qualifier word that stands before, if any."""
    after: str = ""
    """The qualifier word that stands after, if any."""
    upper: Decimal | None = None
    worded: bool = False
    lead: int = 0
    """Characters before ``start`` that the qualifier takes."""
    slash: bool = False
    """Printed as 1/4: a date or a part of a code unless the words tell a share."""
    bare_power: bool = False
    """百, 万 … without a digit: a figure only with a qualifier (逾百万元)."""
    set_aside: str | None = None
    """Why it is no figure, where that is known before its value: numeral, unit and qualifier are not read then."""


def find_numbers(text: str, set_aside: Callable[[int, int], str | None] | None = None) -> Iterator[Number]:
    """All numerals of NFKC text from left to right, ranges as one.

    ``set_aside`` tells of half-open offsets why nothing there is a figure: dates and names are most of the numerals
    of a text, and nobody asks what they would count.
    """
    at = 0
    while start := _START.search(text, at):
        at = start.start()
        m = _NUMBER.match(text, at)
        if m is None:
            at += 1
            continue
        end = m.end()
        if set_aside and text[end : end + 1] not in _GOES_ON and (reason := set_aside(at, end)):
            yield Number(at, end, end, None, not text[at].isdigit(), None, set_aside=reason)
            at = end
            continue
        number = _number(text, m)
        yield number
        at = max(number.end, number.digits_end, m.start() + 1)


def _number(text: str, m: re.Match[str]) -> Number:
    start, end = m.span()
    kind = m.lastgroup
    if kind == "indefinite":
        return Number(start, end, end, None, True, lexicon.unit_at(text, end))
    upper: Decimal | None = None
    inner, han, bare, slash = "", False, False, kind == "slash"
    if kind in ("fraction", "half", "slash"):
        numeral, han = _worded(m[0]), not m[0][0].isdigit()
    else:
        arabic, printed_han, in1, in2, hin = m.group("arabic", "han", "in1", "in2", "hin")
        inner = in1 or in2 or hin or ""
        han = printed_han is not None
        if han:
            printed = printed_han + m["hmult"]
            bare = printed[0] in _BARE_POWER and not _HAN_DIGITS.intersection(printed)
            numeral = parse_numeral(f"一{printed}" if printed[0] in "万亿兆萬億" else printed)
        else:
            if m["typed"] and not _TYPED_MONEY.search(text, max(0, start - 14), start):
                end = m.end("arabic")
            printed = arabic + m["mult"] + m["tail"] + (m["mult2"] or "") if end == m.end() else arabic
            numeral = parse_numeral(printed)
        if not inner and (tenths := _tenths(text, end)) and (share := parse_numeral(text[start:tenths])):
            numeral, end = share, tenths
        if numeral is None and han and (pair := _APPROXIMATE.fullmatch(printed)):
            numeral, last = parse_numeral(pair[1] + pair[3]), parse_numeral(pair[2] + pair[3])
            if numeral is not None and last is not None and last.value > numeral.value:
                upper = last.number
    number_end = end
    unit, end = _unit(text, end, numeral)
    if unit == "个" and (some := _SOME_MONTHS.match(text, end)):
        unit, end, inner = f"个{some[2]}", some.end(), inner or some[1]
    if numeral is not None:
        if unit is None and end == m.end() and _is_priced(text, m):
            unit = "元"
        if unit in _YUAN and (coins := _COINS.match(text, end)):
            numeral, end = _with_coins(numeral, coins), coins.end()
        elif upper is None and (found := _range(text, end, numeral, unit)):
            upper, numeral, unit, end, number_end = found
        if unit in _YUAN and (currency := _CURRENCY_AFTER.match(text, end)):
            unit, end = currency[0], currency.end()
        elif unit in _YUAN and (currency := _CURRENCY_BEFORE.search(text, max(0, start - 6), start)):
            unit = currency[1]
    qualifier, before, after, lead = _qualifier(text, start, end, inner)
    if qualifier == "eq" and unit in _LIMITED and _WITHIN.match(text, end):
        qualifier, after = "le", "内"
    if (
        numeral is not None
        and not lead
        and start
        and text[start - 1] in "-−负"
        and _NEGATIVE.search(text, max(0, start - 3), start)
    ):
        start, numeral = start - 1, replace(numeral, number=-numeral.number)
    if after in ("多", "余"):
        end += 1
    if m["half"] == "过半":
        qualifier = "gt"
    return Number(
        start, end, number_end, numeral, han, unit, qualifier, before, after, upper,
        worded=bare or (numeral is not None and numeral.worded), lead=lead, slash=slash, bare_power=bare,
    )  # fmt: skip


_SOME_MONTHS = re.compile(r"([多余来])(月|小时|星期)")
"""3个多月"""
_BARE_POWER = frozenset(_HAN_POWER) - frozenset("十拾廿卅")
_HAN_DIGITS = frozenset(_HAN_DIGIT)
_TYPED_MONEY = re.compile(r"薪|工资|收入|报酬|奖金|年包|预算|价|费|金额|[￥¥$]$")
"""Before 15k and 30w, which else are more often models and watts."""
_MONEY = re.compile(r"[款资金额债贷费税利]|收入|产值|身家|欠")


def _is_priced(text: str, m: re.Match[str]) -> bool:
    """¥300, 月薪15k, 捐款两个亿"""
    if m["typed"] or text[m.start() - 1 : m.start()] == "¥":
        return True
    pieces = (m["mult"] or m["hmult"] or "").startswith("个")
    return pieces and bool(_MONEY.search(text, max(0, m.start() - 10), m.start()))


_CURRENCY_AFTER = re.compile(r"(?:欧元|日元|美元|港元|港币|日币|台币|韩元|英镑)(?!区)")
"""三万元欧元"""
_CURRENCY_BEFORE = re.compile(r"(港币|新台币|台币|美元|欧元|日元|日币|韩元|英镑)\s?$")
"""港币两千九百六十元"""


def _worded(printed: str) -> Numeral | None:
    """三分之二, 一半, 1/4, 1 3/5; 五分之负一 is negative."""
    whole, blank, part = printed.rpartition(" ")
    if blank and "/" in part:
        numeral = parse_numeral(part)
        return numeral and Numeral(Decimal(whole) + numeral.number / 100, 0, 0, worded=True)
    numeral = parse_numeral(printed.replace("之负", "之"))
    if numeral is not None and "之负" in printed:
        return replace(numeral, number=-numeral.number)
    return numeral


_APPROXIMATE = re.compile(r"([一二两三四五六七八])([二两三四五六七八九])([十百千万亿]*)")
"""三五百, 八九亿: between the one and the other."""
_WITHIN = re.compile(r"内(?![部外地])")
_LIMITED = frozenset({"个工作日", "工作日", "小时", "个小时", "天", "日", "分钟", "个月", "年"})
_YUAN = frozenset({"元", "块", "圆"})
_COINS = re.compile(
    r"整|([\d一二两三四五六七八九])[角毛](?:([\d一二两三四五六七八九])分)?钱?|零?([\d一二两三四五六七八九])分钱?(?![之公])"
)


def _with_coins(yuan: Numeral, m: re.Match[str]) -> Numeral:
    """123元1角1分 → 123.11"""
    if m[0] == "整" or yuan.multiplier:
        return yuan
    cents = [parse_numeral(digit) if digit else None for digit in (m[1], m[2] or m[3])]
    tenth, hundredth = (c.value if c else Decimal(0) for c in cents)
    decimals = 2 if m[2] or m[3] else 1
    return replace(yuan, number=yuan.value + tenth / 10 + hundredth / 100, decimals=decimals)


_TENTHS_RE = re.compile(_TENTHS)


def _tenths(text: str, at: int) -> int | None:
    if at >= len(text) or text[at] not in "成折":
        return None
    m = _TENTHS_RE.match(text, at)
    return m.end() if m else None


def _unit(text: str, at: int, numeral: Numeral | None) -> tuple[str | None, int]:
    if numeral is not None and numeral.unit:
        return numeral.unit, at
    unit = lexicon.unit_at(text, at)
    if unit is None:
        return None, at
    at += len(unit)
    if text[at : at + 1] == "/" and (below := lexicon.unit_at(text, at + 1)):
        return f"{unit}/{below}", at + 1 + len(below)
    return unit, at


def _range(text: str, end: int, low: Numeral, unit: str | None) -> tuple[Decimal, Numeral, str | None, int, int] | None:
    """5-10万元, 20%至30%: the upper end in the multiplier of the lower one, which takes over multiplier and unit."""
    if text[end : end + 1] not in _RANGE_STARTS:
        return None
    sep = _RANGE.match(text, end)
    if sep is None or low.unit not in (None, "%"):
        return None
    m = _NUMBER.match(text, sep.end())
    if m is None or not (m["arabic"] or m["han"]):
        return None
    printed = (m["arabic"] or "") + (m["mult"] or "") if m["arabic"] else m["han"]
    high = parse_numeral(printed)
    if high is None:
        return None
    high_end = m.end()
    high_unit, unit_end = _unit(text, high_end, high)
    if high_unit is None and m["typed"]:
        high_unit = unit
    if unit is not None and unit != high_unit:
        return None
    if high_unit is None and (sep[0].strip() not in _BETWEEN or high.value < 100):
        return None  # 1-2, 3:1 are codes and scores more often than ranges
    own = unit is not None or low.multiplier or low.number >= high.number
    multiplier = low.multiplier if own else high.multiplier
    if high.number.scaleb(high.multiplier) <= low.number.scaleb(multiplier):
        return None
    upper = high.number.scaleb(high.multiplier - multiplier)
    if not own and low.number < 10 and (power := POWERS.get(printed[-1])) and power < 4 and not high.multiplier:
        low = replace(low, number=low.number.scaleb(power))  # 两到三千
    lower = Numeral(low.number, multiplier, max(low.decimals, high.decimals), low.unit, low.worded)
    return upper, lower, high_unit, unit_end, high_end


def _qualifier(text: str, start: int, end: int, inner: str) -> tuple[Qualifier, str, str, int]:
    before = after = ""
    lead = 0
    near = text[max(0, start - 8) : start]
    if (near[-1:] in lexicon.qualifier_ends() or near[-1:].isspace()) and (
        m := lexicon.qualifier_before().search(near)
    ):
        before = m[1]
        lead = len(m[0])
        power = text[start] in "百千万亿十" or (before == "破" and not _POWERS_PRINTED.isdisjoint(text[start:end]))
        if (before in _OF_POWERS and not power) or (
            before in _SHORT and near[: len(near) - lead][-1:] in _IN_OTHER_WORDS
        ):
            before = ""
    elif (near[-1:] == "的" or not _APART_SIGN.isdisjoint(near)) and (
        m := _APART.search(text, max(0, start - 18), start)
    ):
        before = m[1] or m[2] or m[3]
    following = text[end : end + 1]
    if following in lexicon.qualifier_starts() and (m := lexicon.qualifier_after().match(text, end)):
        after = m[0]
    elif following == " " and (m := lexicon.qualifier_after().match(text, end + 1)) and len(m[0]) > 1:
        after = f" {m[0]}"  # 85% 以上
    elif following in ("多", "余") and end > start and not inner and text[end + 1 : end + 2] not in _NO_MORE:
        after = following
    elif following in ("强", "弱") and _ABOUT_WHOLE.match(text, end) and text[start:end].endswith((*_DECIMAL, "成")):
        return ("gt" if following == "强" else "lt"), before, following, lead if before else 0
    if not (inner or before or after):
        return "eq", "", "", 0
    code = (
        lexicon.qualifiers("inside").get(inner)
        or lexicon.qualifiers("after").get(after.strip())
        or lexicon.qualifiers("before").get(before)
        or "eq"
    )
    return code, before, after, lead if before else 0  # type: ignore[return-value]


_NO_MORE = "少次年个种项0123456789"
"""Behind 多 those make it another word: 3000人多次参加, 比去年的3000人多600人."""
_ABOUT_WHOLE = re.compile(r"[强弱](?=[,。;、的]|$)")
"""三分之一强: somewhat more than that."""
_APART_SIGN = frozenset("少多高超低到足近")
_POWERS_PRINTED = frozenset("万亿")
_OF_POWERS = frozenset({"上", "过", "破"})
"""Qualifiers of 百, 千, 万 … only: 上千人, 过百, 破亿; 看过3场 is none."""
_SHORT = frozenset({"近", "上", "超", "过", "破", "约"})
_IN_OTHER_WORDS = frozenset("最附邻接以晚网赶马通经侦打签履预节合公条制集特契违")
"""Before those: 最近, 晚上, 赶超, 通过, 侦破, 签约."""
