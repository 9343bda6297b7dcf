"""Periods in headers, stubs, titles, sheet and file names, whatever the cells made of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePath

from etl.extract.sheet.grid import Item, month_of
from etl.extract.sheet.words import squash, words
from etl.normalise.periods import parse_period
from etl.reference import rows

MAX_TEXT = 80
"""Characters of a cell that can be a period, blanks included."""
MONTH = len("2023-01")
_YEAR = r"(?:19|20)\d\d"
_QUARTERS = r"第?[一1](?:季度)?[-—–~～至]第?[二三四2-4]季度"
"""From the first quarter on: 1-2季度 is a half-year, 1-3季度 前三季度, 1-4季度 the year."""
_LABEL = re.compile(
    rf"{_YEAR}(?:\.0|年(?:度|末|底)?)?"
    rf"|{_YEAR}年?(?:第?[一二三四1-4]季度|[Qq][1-4]|上半年|下半年)"
    rf"|{_YEAR}[年./-](?:0?[1-9]|1[0-2])月?(?:份|末)?"
    rf"|{_YEAR}年?(?:0?[1-9]|1[0-2])月?(?:-|—|–|~|～|至)(?:0?[1-9]|1[0-2])月(?:份)?"
    rf"|{_YEAR}年前三季度|{_YEAR}年?{_QUARTERS}"
    rf"|{_YEAR}年?[-—–~～至]{_YEAR}(?:年|学年)?"
    r"|[“\"]?[一二三四五六七八九十]{1,2}五[”\"]?(?:时期|期间)"
    rf"|{_YEAR}[年./-](?:0?[1-9]|1[0-2])[月./-](?:0?[1-9]|[12]\d|3[01])日?"
)
_BRACKETED = re.compile(rf"[(（\[]\s*({_YEAR}[^()（）\[\]]{{0,12}})[)）\]]")
_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_MONTHS = rf"{_MONTH}月?[-—–~～至]{_MONTH}月(?:份)?"
_TITLE_YEAR = re.compile(
    rf"(?<!\d){_YEAR}年(?:第?[一二三四1-4]季度|前三季度|{_MONTHS}|{_MONTH}月(?:{_DAY}日)?|[上下]半年)?"
)
_PART_APART = re.compile(rf"(?<![\d年月第])(?:{_MONTHS}|第?[一二三四]季度|前三季度|[上下]半年)")
"""Stands behind the name of the place: 2021年济宁市1—9月, 2021年全区上半年."""
_WHOLE_DAY = rf"({_YEAR})[年./-](0?[1-9]|1[0-2])[月./-]({_DAY})日?"
_DAYS = re.compile(rf"(?<!\d){_WHOLE_DAY}\s*[-—–~～至]+\s*{_WHOLE_DAY}(?!\d)")
_RANGE = re.compile(rf"{_YEAR}年?\s*[-—–~～至]\s*(?:{_YEAR}|\d{{2}}(?!\d))")
_LEADING = re.compile(rf"^({_YEAR})年(?=[\u4e00-\u9fffA-Z])")
_TRAILING = re.compile(rf"[_\s-]({_YEAR})$")
_ISO_DAY = re.compile(
    rf"(?<!\d)(?P<year>{_YEAR})(?P<sep>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)
_EDITION = re.compile(rf"(?<!普查)年鉴\W{{0,2}}{_YEAR}年?(?!\d)|{_YEAR}年?(?=[\u4e00-\u9fff]{{0,8}}(?<!普查)年鉴)")
"""The year of a yearbook is that of its edition: its tables are of the year before, or of many. That of a census's
yearbook is the year of the census."""


_HAN_MONTHS = {
    han: n for n, han in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], 1)
}
_HAN_DIGITS = str.maketrans("234", "二三四")
_PART = re.compile(
    r"(?P<han>十[一二]?|[一二三四五六七八九])月(?:份)?"
    r"|(?P<first>0?[1-9]|1[0-2])(?:月?[-—–~～至](?P<last>0?[1-9]|1[0-2]))?月(?:份)?"
    r"|第?(?P<quarter>[一二三四1-4])季度?|(?P<half>[上下])半年|(?P<three>前三季度)|(?P<whole>全年)"
)
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_HAN_YEAR = re.compile(r"[一二][九〇零○][〇零○一二三四五六七八九]{2}(?=年)")
_HAN_MONTH = "十[一二]?|[一二三四五六七八九]"
_PART_OF_YEAR = rf"(?:{_MONTHS}|{_MONTH}月|第?[一二三四1-4]季|前三季度|[上下]半年)"
_BEHIND_YEAR = re.compile(rf"(?<=\d年)(?:度?[(（](?P<part>{_PART_OF_YEAR}[^()（）]{{0,4}})[)）]|度(?={_PART_OF_YEAR}))")
_HAN_MONTHS_BEHIND = re.compile(rf"(?<=\d年)度?(?:(?P<first>{_HAN_MONTH})月?[-—–~～至])?(?P<last>{_HAN_MONTH})月")
_THREE_QUARTERS = re.compile(r"(?<=\d年)[一1][-—–~～至][三3]季度")
YEAR = "{year}"
"""Stands in a part of a year (3月, 一季度) for the year that something else tells."""


def part_of_year(text: str) -> str | None:
    """A period without its year, as ``{year}-03``, ``{year}-01/{year}-02``, ``{year}-Q1``, ``{year}-S1``; else None."""
    return _part_of_year(text) if len(text) <= MAX_TEXT else None


@functools.lru_cache(maxsize=20_000)
def _part_of_year(text: str) -> str | None:
    plain = squash(text)
    if re.fullmatch(_QUARTERS, plain):
        return {"二": f"{YEAR}-S1", "三": f"{YEAR}-Q1/{YEAR}-Q3", "四": YEAR}[plain[-3].translate(_HAN_DIGITS)]
    found = _PART.fullmatch(plain)
    if not found:
        return None
    if found["han"]:
        return f"{YEAR}-{_HAN_MONTHS[found['han']]:02d}"
    if found["first"]:
        first = f"{YEAR}-{int(found['first']):02d}"
        return f"{first}/{YEAR}-{int(found['last']):02d}" if found["last"] else first
    if found["quarter"]:
        return f"{YEAR}-Q{'一二三四'.find(found['quarter']) + 1 or found['quarter']}"
    if found["three"]:
        return f"{YEAR}-Q1/{YEAR}-Q3"
    if found["whole"]:
        return YEAR
    return f"{YEAR}-S{1 if found['half'] == '上' else 2}"


def _plain(text: str) -> str:
    """A text as periods are read in it: ``二〇二〇年一月``, ``2020年度1月``, ``2020年（1月）`` are ``2020年1月``."""
    if "年" not in text:
        return text
    text = _HAN_YEAR.sub(lambda m: m[0].translate(_HAN_DIGITS), text)
    text = _HAN_MONTHS_BEHIND.sub(_months_in_digits, text)
    text = _BEHIND_YEAR.sub(lambda m: m["part"] or "", text)
    return _THREE_QUARTERS.sub("前三季度", text)


def _months_in_digits(found: re.Match[str]) -> str:
    first = f"{_HAN_MONTHS[found['first']]}-" if found["first"] else ""
    return f"{first}{_HAN_MONTHS[found['last']]}月"


@functools.cache
def _censuses() -> dict[str, str]:
    return {r["name"]: r["year"] for r in rows("censuses.csv")}


_YEAR_BEHIND = re.compile(rf"[(（\[]({_YEAR})年?[)）\]]$")


def census_year(text: str) -> str | None:
    """Year of a cell that names a census: ``六普``, ``第五次全国人口普查(2000年)``; the year printed there counts."""
    printed = _YEAR_BEHIND.search(text)
    year = _censuses().get(text[: printed.start()].replace("全国", "") if printed else text.replace("全国", ""))
    return printed[1] if printed and year else year


def census_in_text(text: str) -> str | None:
    """Year of the one census that a title names (…第七次全国人口普查公报（第四号）); None for none or several."""
    plain = squash(text[:300]).replace("全国", "")
    found = {year for name, year in _censuses().items() if re.search(f"{name}(?!查)", plain)}
    return found.pop() if len(found) == 1 and len(set(_ORDINAL_CENSUS.findall(plain))) < 2 else None


_ORDINAL_CENSUS = re.compile(r"第[一二三四五六七八九]次")


def is_day_in_brackets(text: str) -> bool:
    """Whether a title states a day as its period: …人口普查（2020年11月1日零时）."""
    return any("日" in stated for stated in _BRACKETED.findall(squash(text)))


_FOOTNOTE = re.compile(r"(?<=[\d年月度])(?:[\[［〔【]\d{1,2}[\]］〕】]|[①-⑳])+$")
"""2015① has a note; it is 2015 all the same."""


def is_period_label(text: str) -> bool:
    """Whether a whole cell is a period: ``2012年``, ``2020年第一季度``, ``2010-05``, ``(201 1年)``."""
    return len(text) <= MAX_TEXT and _is_period_label(text)


@functools.lru_cache(maxsize=20_000)
def _is_period_label(text: str) -> bool:
    plain = _plain(_FOOTNOTE.sub("", squash(text)))
    if census_year(plain) is not None:
        return True
    return 2 <= len(plain) <= 16 and (bool(_LABEL.fullmatch(_unbracketed(plain))) or part_of_year(plain) is not None)


def _unbracketed(text: str) -> str:
    """``(2022年1-6月)`` → ``2022年1-6月``; a year may lack one of its brackets."""
    return text.strip("()（）[]")


def period_label(text: str) -> str | None:
    """ISO period of a cell that is one, with ``{year}`` for a year that is not in it; else None."""
    return _period_label(text) if len(text) <= MAX_TEXT else None


@functools.lru_cache(maxsize=20_000)
def _period_label(text: str) -> str | None:
    plain = _plain(_FOOTNOTE.sub("", squash(text)))
    if not is_period_label(plain):
        return None
    if (year := census_year(plain)) is not None:
        return year
    if (part := part_of_year(plain)) is not None:
        return part
    bare = _unbracketed(plain)
    if re.fullmatch(_YEAR + "年?" + _QUARTERS, bare):
        part = part_of_year(bare[4:].removeprefix("年"))
        return part.replace(YEAR, bare[:4]) if part else None
    if bare.endswith(".0"):
        bare = bare[:-2]
    parsed = parse_period(bare)
    return parsed.iso if parsed else None


def period_of_item(item: Item) -> str | None:
    """ISO period of a header or stub cell: text, year stored as number, or date."""
    if item.kind == "number":
        return str(int(item.number.value)) if item.yearlike and item.number is not None else month_of(item)
    if item.kind == "moment" and isinstance(item.cell.value, date):
        day = item.cell.value
        if (told := period_label(item.text)) is not None and len(told) <= MONTH:
            return told  # its format shows no day
        return f"{day.year:04d}-{day.month:02d}" if day.day == 1 else day.strftime("%Y-%m-%d")
    return period_label(item.text) if item.kind == "text" else None


def are_whole_years(items: Iterable[Item]) -> bool:
    """Whether dates side by side mean years: New Year's Days of several years (Excel shows 2020年 for 2020-01-01)."""
    days = [i.cell.value for i in items if isinstance(i.cell.value, date) and len(period_label(i.text) or "") != MONTH]
    return len({d.year for d in days}) > 1 and all((d.month, d.day) == (1, 1) for d in days)


def period_in_title(text: str) -> str | None:
    """The one period that a title names, in brackets (``(2022年)``) or in words; None for none, ranges or several."""
    text = text[:300]
    return _in_title(_plain(squash(text))) or _in_title(
        " ".join(text.split())
    )  # 表5 2022年: the blank parts two numbers


def _in_title(plain: str) -> str | None:
    if found_days := _DAYS.search(plain):
        numbers = [int(g) for g in found_days.groups()]
        return "/".join("{:04d}-{:02d}-{:02d}".format(*numbers[n : n + 3]) for n in (0, 3))
    if _RANGE.search(plain):
        return None
    for found in reversed(list(_BRACKETED.finditer(plain))):
        parsed = parse_period(found.group(1))
        if parsed and parsed.iso and _within_a_year(parsed.iso):
            return parsed.iso
    named = {m.group() for m in _TITLE_YEAR.finditer(plain)}
    if len(named) == 1:
        text = named.pop()
        parts = {m.group() for m in _PART_APART.finditer(plain)} if text.endswith("年") else set()
        parsed = parse_period(text + parts.pop() if len(parts) == 1 else text)
        return parsed.iso if parsed else None
    years = set(_ANY_YEAR.findall(plain))
    return years.pop() if not named and len(years) == 1 else None


_NOTE_MARK = re.compile(r"^(?:注释?[:：]?)?(?:\d[.．、]|[(（]\d[)）]|[①-⑨])?")


def period_in_note(text: str) -> str | None:
    """The one period of which a note says that the figures are (本表是2003年卫生服务调查数据); None for other notes."""
    plain = _NOTE_MARK.sub("", squash(text[:300]))
    if not plain.startswith(words("note_of_data").start):
        return None
    sentence = re.split(r"[。；;]", plain, maxsplit=1)[0]
    return None if words("note_of_other").match(sentence) else _in_title(_EDITION.sub("", sentence))


def _within_a_year(iso: str) -> bool:
    """Whether a period is no range, or one of months or quarters of one year."""
    first, _, last = iso.partition("/")
    return not last or (len(first) > 4 and first[:4] == last[:4])


_PART_BEFORE = re.compile(
    rf"^(?P<part>{_MONTHS}|{_MONTH}月(?:份|末)?|第?[一二三四]季度|[上下]半年)(?P<rest>[\u4e00-\u9fff±+（(].{{0,20}})$"
)


def part_before_label(label: str) -> tuple[str, str] | None:
    """(part of a year, the label behind it) of a header such as ``1-6月累计`` or ``6月末余额``; else None."""
    found = _PART_BEFORE.match(label)
    if found is None or not words("behind_period").match(found["rest"]):
        return None
    part = part_of_year(found["part"].removesuffix("末"))
    return (part, found["rest"]) if part else None


_PERIOD_BEFORE = re.compile(
    rf"^(?P<period>{_YEAR}年(?:{_MONTH}月{_DAY}日(?:零时)?|{_MONTHS}|{_MONTH}月(?:份|末|底)?|第?[一二三四]季度|前三季度|[上下]半年))"
    r"(?P<rest>[\u4e00-\u9fff]{2}.{0,30})$"
)


def period_before_label(label: str) -> tuple[str, str] | None:
    """(period finer than a year, the label behind it) of ``2020年11月1日常住人口``; None where it is compared with
    (比, 至) or is a year alone."""
    found = _PERIOD_BEFORE.match(label)
    if found is None or found["rest"][0] in "比至到以与和":
        return None
    parsed = parse_period(found["period"].removesuffix("零时"))
    return (parsed.iso, found["rest"]) if parsed and parsed.iso else None


_SPAN_BEFORE = re.compile(rf"^(?P<first>{_YEAR})年?[-—–~～至]+(?P<last>{_YEAR})年?[\u4e00-\u9fff]")


def span_before_label(label: str) -> str | None:
    """The years over which a header speaks of a mean or sum: ``2016-2020年年均增长`` → ``2016/2020``; else None."""
    found = _SPAN_BEFORE.match(label)
    return f"{found['first']}/{found['last']}" if found and found["first"] < found["last"] else None


def year_before(period: str) -> str:
    """The same time of the year before: ``2019-01/2019-06`` → ``2018-01/2018-06``."""
    return "/".join(f"{int(part[:4]) - 1:04d}{part[4:]}" for part in period.split("/"))


def since_january(period: str) -> str:
    """``2023-06`` → ``2023-01/2023-06``; other periods stay."""
    return f"{period[:4]}-01/{period}" if re.fullmatch(r"\d{4}-\d\d", period) else period


def period_in_name(name: str) -> str | None:
    """The one period of a sheet or file name: ``2022``, ``2012_C0202.xls``, ``2020-02-10.csv``; None for ranges."""
    stem = PurePath(name).stem if "." in name else name
    plain = _EDITION.sub(" ", squash(stem))
    day = _ISO_DAY.search(plain)
    if day and len(_ISO_DAY.findall(plain)) == 1:
        return f"{day['year']}-{day['month']}-{day['day']}"
    if _RANGE.search(plain):
        return None
    years = set(_ANY_YEAR.findall(plain))
    if len(years) == 1:
        return _part_in_name(plain) or years.pop()
    return None if years else census_in_text(plain)


def _part_in_name(plain: str) -> str | None:
    """The part of a year that a name tells (民政统计月报2020年1月); a day can be that of publication."""
    iso = _in_title(_plain(plain))
    return iso if iso is not None and all(len(p) in (MONTH, MONTH - 1) or "Q" in p for p in iso.split("/")) else None


@functools.lru_cache(maxsize=20_000)  # labels are short already
def year_in_label(label: str) -> tuple[str, str] | None:
    """(year, label without it) for ``2022年平均人口``, ``popu_2020``; None for a label without a year of its own."""
    found = _LEADING.match(label)
    if found:
        rest = label[found.end() :]
        return found.group(1), ("年" + rest if rest.startswith(("平均", "末", "内", "初")) else rest)
    found = _TRAILING.search(label)
    return (found.group(1), label[: found.start()]) if found else None


def combined(row: str | None, column: str | None) -> str | None:
    """The period of two headers (of row and column): a part of a year in the year of the other, else the finer one."""
    if row is None or column is None:
        return row or column
    if YEAR in row and YEAR not in column:
        return row.replace(YEAR, column[:4])
    if YEAR in column and YEAR not in row:
        return column.replace(YEAR, row[:4])
    return row if row.startswith(column) else column
