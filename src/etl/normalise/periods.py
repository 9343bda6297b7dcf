"""When a figure holds: absolute and relative periods of Chinese texts and sheet headers, as ISO 8601 / SDMX.

Years ``2024``, months ``2024-06``, quarters ``2024-Q1``, half-years ``2024-S1``, days ``2024-06-24``, ranges with a
slash and both ends included (``2021/2025``, ``2023-01/2023-09``). Relative periods need the day of publication;
without it their ``iso`` is None: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from etl.model import Period, TimeType
from etl.normalise.numbers import DIGITS, parse_numeral
from etl.record import record
from etl.reference import rows

Role = Literal["when", "now", "since", "compare", "until", "origin", "name"]
"""``when``: the time of what is said; ``compare``: the base of a comparison (比去年, 较2019年); ``until``: 到2025年;
``origin``: when something began that is spoken of (成立于1998年, 1966年建矿的老矿); ``name``: in the name of a plan
or a paper (《2021—2023年提升行动方案》, 2021—2023年行动计划), which tells of no figure when it was."""


@dataclass(frozen=True, slots=True)
class Today:
    """The day of publication, as precisely as known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    reported: int | None = None
    """The year that a work report of the first quarter reports on: 近三年 and 五年来 end with it."""

    @classmethod
    def of(cls, iso: str | None) -> Today:
        m = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", (iso or "").strip())
        if m is None:
            return cls()
        year, month, day = (int(g) if g else None for g in m.groups())
        return cls(year, month, day)

    @property
    def iso(self) -> str | None:
        if self.year is None:
            return None
        return "-".join(f"{n:02d}" for n in (self.year, self.month, self.day) if n is not None)


@record(frozen=True, slots=True)
class PeriodMention:
    start: int
    end: int
    text: str
    iso: str | None
    """None where the text alone (or with the day of publication) does not settle it."""
    time_type: TimeType
    role: Role
    vague: bool = False
    """A window without an anchor of its own (近三年, 上半年): the year came from the day of publication."""


_SUCH_A_YEAR = re.compile(r"(?:规划|时期)?的?[^,。;]{0,8}之年")
"""Behind “十五五”: 开局之年 tells what the year is, not when something is done."""
_RECORD = re.compile("最(?!近)|新[高低]")
"""Behind 近5年来, 1961年有记录以来: how long nothing was like it, not when it was."""
_BEFORE_WHAT = re.compile(r"[比较][^,。;\d]{1,5}前的$")
"""Before the base of a comparison: 比改革前的2011年."""


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, str]]:
    return {row["word"]: (row["kind"], row["value"]) for row in rows("text_periods.csv")}


_HAN_YEAR = "[一二][九〇零○][〇零○一二三四五六七八九]{2}"
_YEAR = rf"(?:(?:19|20)\d\d|{_HAN_YEAR})"
_DASH = r"\s?(?:[-—–―−~～]{1,2}|至|到)\s?"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:[12]\d|3[01]|0?[1-9]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_LEAD = re.compile(r"([快慢高低多少好优长短]于|比|较|与|同|相比于?|截至|截止到?|自从?|从|到|至)\s?$")
_CHANGED = re.compile(r"[高加长升降低少大缩展涨跌增减](?:到|至)\s?$")
_N = r"(?:\d{1,3}|[一二两三四五六七八九十百]{1,3})"


_THAT_YEAR = re.compile(r"(?:这|此)?一年(?:来|间|里|中)*")
"""The year that was named last: 2024年,…。一年里,…"""
_DATELINE = re.compile(r"[日号]?(?:\([^()]{0,24}\))?(?:电|讯)[ \u3000(,:]")
"""本报石家庄4月29日电: today is that day."""
_YEAR_PLAN = re.compile(r"(?:的)?(?:目标|任务|计划|预期|预算)")
_PART = rf"""(?:
    (?P<ma>{_MONTH})(?:月份?)?(?:{_DASH})(?P<mb>{_MONTH})月份?
  | (?P<m>{_MONTH})月
    (?:份|(?P<d>{_DAY})[日号]?(?:{_DASH}(?:(?P<dm>{_MONTH})月)?(?P<dd>{_DAY})(?=[日号]))?[日号])?(?P<mpart>[初中底末]|[上中下]旬)?
  | 第?(?P<q>[一二三四1-4])季度(?P<qend>末)?
  | 前(?P<pq>[二三两23])个?季度
  | (?P<h>[上下])半年
  | (?<![提以])前(?P<pm>\d{{1,2}}|[一二两三四五六七八九十]{{1,2}})个?月
  | (?P<whole>全年)
  | (?P<edge>年?[末底初]|岁末|同期)
)"""


_NAMED_TIMES = frozenset({"year", "month", "day", "now", "since"})


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a period opens with, looked at first, and the period."""
    words = _words()

    def named(*kinds: str) -> str:
        chosen = sorted((w for w, (kind, _) in words.items() if kind in kinds), key=len, reverse=True)
        return "|".join(map(re.escape, chosen))

    def part(prefix: str) -> str:
        return _PART.replace("?P<", f"?P<{prefix}")

    spans = named("span", "plan")
    pairs = "|".join(sorted({word[:2] for word, (kind, _) in words.items() if kind in _NAMED_TIMES}))
    # Most of the characters that a period can begin with begin none (到, 全, 一): two or three more settle it.
    # They are looked at from behind the first one: a pattern that opens with a set is found several times quicker
    opens = re.compile(
        rf"""
        [0-9一二三四五六七八九十两第前上下今未往接去本昨明年岁全目当现眼如迄至截到近过这最新党改建七八九"“「‘『]
        (?<=(?=
            [\d零〇○一二三四五六七八九十百两]{{1,4}}\s?[年月季多余\-—–―−~～至到./] | {pairs} | ["“「‘『]?(?:{spans})
          | 第[一二三四1-4]季 | 前[\d一二三四五六七八九十两] | [上下]半 | 全年 | 年[末底初] | 岁末 | [最新]?近
          | 过去 | 这 | 今后 | 未来 | 往后 | 接下
        ).)
        """,
        re.VERBOSE,
    )
    return opens, re.compile(
        rf"""
        (?P<body>
            (?P<ya>{_YEAR})年?(?:{_DASH})(?P<yb>{_YEAR})\s?(?P<school>学年|年度?)(?:间|期间)?
          | (?P<fa>{_YEAR})年(?:(?P<fam>{_MONTH})月)?(?:{_DASH})(?P<fb>{_YEAR})年(?:(?P<fbm>{_MONTH})月)?[末底初]?
          | (?P<y>{_YEAR})\s?(?:年度|年)\s?{part("")}?
          | (?P<dot>{_YEAR}[-./](?:1[0-2]|0?[1-9])[-./](?:[12]\d|3[01]|0?[1-9]))(?!\d)
          | (?<![以线网目之此当基成过])(?P<rel>{named("year")})\s?(?:的?{part("r_")})?
          | (?P<relm>{named("month")})
          | (?P<reld>{named("day")})
          | (?P<now>(?:{named("now")})(?!年))
          | (?P<since_event>{named("since")})
          | ["“「‘『]?(?P<plan>{spans})["”」’』]?(?P<planpart>规划)?
              (?P<planrole>期间|时期|期末|末期?|以来|收官)?
          | (?:(?:最|新)?近|过去|这)(?P<last>{_N})(?P<lastunit>个?年|个月)(?:多|来|间|时间|以来|里|中)*
          | (?:今后|未来|往后|接下来)的?(?P<next>{_N})年(?:左右|内|里|间)?
          | (?P<within>{_N})年内
          | (?P<ago>\d{{1,2}}|[一二两三四五六七八九十]{{1,2}})年(?:之|以)?前
          | (?P<lastb>{_N})(?P<more>多|余)?年(?:多)?(?:来|间|里)
          | {part("b_")}
        )
        (?P<tail>\s?(?:以来|[^，。；！？,;!?\n]{{0,24}}?以来|至今|迄今|起|开始|[以之]?后|(?:度|期间)))?
        """,
        re.VERBOSE,
    )


def find_periods(text: str, today: Today) -> Iterator[PeriodMention]:
    """The periods named in NFKC text, left to right, never overlapping."""
    known, known_at = today, 0
    year_before: int | None = None
    speaking = today
    opens, pattern = _patterns()
    at = 0
    for opening in opens.finditer(text):
        m = pattern.match(text, opening.start()) if opening.start() >= at else None
        if m is None:
            continue
        at = m.end()
        if known is not today and (m.start() - known_at > 600 or text.find("\n", known_at, m.start()) >= 0):
            known = today
        # 2023年3月…。5月…: a month without a year belongs to the year the paragraph last named
        part = m["b_m"] or m["b_ma"] or m["b_q"] or m["b_h"] or m["b_pq"] or m["b_whole"]
        mention = _mention(m, known if part else today, speaking if m["reld"] else today)
        if mention is None:
            continue
        if text[m.end() - 1] == "来" and _RECORD.match(text, m.end()):
            mention = replace(mention, role="name")
        if mention.iso is None and year_before is not None and _THAT_YEAR.fullmatch(mention.text):
            mention = replace(mention, iso=str(year_before))
        if mention.iso is not None and _DATELINE.match(text, mention.end):
            speaking = Today.of(mention.iso)
        if (m["y"] or m["rel"]) and mention.iso is not None and mention.role == "when":
            known, known_at = Today(int(mention.iso[:4]), 12, None), m.end()
            year_before = int(mention.iso[:4])
        yield mention


_HALF = {("01", "06"): "S1", ("07", "12"): "S2"}


def as_told(mention: PeriodMention) -> PeriodMention:
    """1-6月 as the half-year that it is (``2024-S1``), 前三季度 as 1-9月: a time has one name. Others as they are."""
    if mention.iso is None or "/" not in mention.iso:
        return mention
    if quarters := re.fullmatch(r"(\d{4})-Q1/\1-Q([23])", mention.iso):
        whole = f"{quarters[1]}-S1" if quarters[2] == "2" else f"{quarters[1]}-01/{quarters[1]}-09"
        return replace(mention, iso=whole)
    m = re.fullmatch(r"(\d{4})-(\d\d)/\1-(\d\d)", mention.iso)
    half = _HALF.get((m[2], m[3])) if m else None
    return replace(mention, iso=f"{m[1]}-{half}") if m and half else mention


def parse_period(text: str, *, published_on: str | None = None) -> Period | None:
    """The period that ``text`` as a whole names (a header, a phrase), or None when it names none or not for certain.

    Also takes the bare forms of sheets: ``2020``, ``2020/03``, ``202003``, ``2020Q1``, ``2020年1-9月``.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if not plain or len(plain) > 60:
        return None
    if iso := _bare(plain):
        return Period(iso, printed=text)
    today = Today.of(published_on)
    found = [x for x in find_periods(plain, today) if x.role != "compare"]
    if len(found) != 1 or found[0].iso is None:
        return None
    rest = plain[: found[0].start] + plain[found[0].end :]
    if re.search(r"\d", rest):
        return None
    return Period(found[0].iso, printed=text, time_type=found[0].time_type)


_BARE = re.compile(
    r"(?P<y>(?:18|19|20)\d\d)(?:年|学年)?(?:[-/.年](?P<m>1[0-2]|0?[1-9])月?(?:[-/.](?P<d>[12]\d|3[01]|0?[1-9])日?)?"
    r"|(?P<mm>0[1-9]|1[0-2])|-?(?:Q|q)(?P<q>[1-4])|-?(?:S|H|s|h)(?P<s>[12]))?"
    r"|(?P<a>(?:18|19|20)\d\d)[-/~—–](?P<b>(?:18|19|20)\d\d|\d\d)(?:学年度?|年度?)?"
)


def _bare(text: str) -> str | None:
    m = _BARE.fullmatch(text)
    if not m:
        return None
    if m["a"]:
        last = m["b"] if len(m["b"]) == 4 else m["a"][:2] + m["b"]
        return f"{m['a']}/{last}" if last > m["a"] else None
    if m["q"]:
        return f"{m['y']}-Q{m['q']}"
    if m["s"]:
        return f"{m['y']}-S{m['s']}"
    month = m["m"] or m["mm"]
    if month and m["d"]:
        return f"{m['y']}-{int(month):02d}-{int(m['d']):02d}"
    return f"{m['y']}-{int(month):02d}" if month else m["y"]


def _number(text: str) -> int:
    found = parse_numeral(text)
    return int(found.value) if found else 0


def _year(text: str) -> int:
    return int("".join(c if c.isdigit() and c.isascii() else str(DIGITS[c]) for c in text))


def _mention(m: re.Match[str], anchor: Today, today: Today) -> PeriodMention | None:
    led = _LEAD.search(m.string, max(0, m.start() - 4), m.start())
    lead, tail = led[1] if led else "", (m["tail"] or "").strip()
    time_type: TimeType = "period"
    role: Role = "when"
    vague = False
    iso: str | None
    if m["ya"]:
        first_number, last_number = _year(m["ya"]), _year(m["yb"])
        if last_number <= first_number:
            return None
        iso = f"{first_number}/{last_number}"
    elif m["fa"]:
        first = _join(_year(m["fa"]), _number(m["fam"]) if m["fam"] else None)
        last = _join(_year(m["fb"]), _number(m["fbm"]) if m["fbm"] else None)
        iso = f"{first}/{last}"
    elif m["y"]:
        iso = _within(_year(m["y"]), m, "")
        time_type = _edge_type(m, "")
    elif m["dot"]:
        iso = "-".join(f"{int(x):02d}" for x in re.split(r"[-./]", m["dot"]))
    elif m["rel"]:
        iso = _within(today.year + int(_words()[m["rel"]][1]), m, "r_") if today.year else None
        time_type = _edge_type(m, "r_")
        if m["r_edge"] == "同期" or lead in ("比", "较", "与", "同"):
            role = "compare"
    elif m["relm"]:
        iso = _month_before(today, int(_words()[m["relm"]][1]))
    elif m["reld"]:
        iso = _day(today, int(_words()[m["reld"]][1]))
    elif m["now"]:
        return PeriodMention(m.start(), m.end("body"), m["body"], today.iso, "point", "now", vague=True)
    elif m["since_event"]:
        iso = f"{_words()[m['since_event']][1]}/{today.year}" if today.year else None
        return PeriodMention(m.start(), m.end("body"), m["body"], iso, "cumulative", "since")
    elif m["plan"]:
        kind, span = _words()[m["plan"]]
        quoted = m["body"][0] in '"“「‘『'
        if not quoted and (kind == "plan" or not (m["planrole"] or m["planpart"])):
            return None
        if m["body"][0] in "‘『" and not (m["planrole"] or m["planpart"] or tail):
            return None  # “建功‘十四五’、奋进新征程”: a slogan
        first_year, _, last_year = span.partition("/")
        if m["planrole"] == "以来" or tail.endswith("以来"):
            return _since(m, first_year, today)
        if not m["planrole"] and _SUCH_A_YEAR.match(m.string, m.end("body")):
            return PeriodMention(m.start("body"), m.end("body"), m["body"], span, "period", "name")
        iso = last_year if (m["planrole"] or "").endswith(("末", "收官")) else span
        role = "compare" if lead in ("比", "较", "与", "同", "相比", "相比于") else "when"  # 较“十三五”末增加98万人
        return PeriodMention(m.start("body"), m.end("body"), m["body"], iso, "period", role)
    elif m["ago"]:
        iso = str(today.year - _number(m["ago"])) if today.year else None
        vague = True
    elif m["next"]:
        return PeriodMention(m.start(), m.end("body"), m["body"], _next(today, _number(m["next"])), "period", "until")
    elif m["within"]:
        return PeriodMention(
            m.start(), m.end("body"), m["body"], _next(today, _number(m["within"])), "cumulative", "until"
        )
    elif m["last"] or m["lastb"]:
        return _last(m, today)
    else:
        planned = m.string.endswith(_PLANNED, max(0, m.start() - 4), m.start()) or m.string.startswith("前", m.end())
        planned = planned or (lead in ("到", "至") and (anchor.month or 0) > 3)  # in June 到年底 is still to come
        planned = planned or bool(_COMES.match(m.string, m.end()))
        found = _bare_part(m, anchor, planned)
        if found is None:
            return None
        iso, time_type, vague = found
    if tail.endswith(("以来", "至今", "迄今")) or (tail in ("起", "开始") and lead in ("自", "自从", "从")):
        if lead == "" and not tail.endswith("以来") and tail not in ("至今", "迄今"):
            pass
        elif iso is None and m["rel"]:
            return PeriodMention(m.start("body"), m.end(), m[0], None, "cumulative", "since")
        else:
            return _since(m, iso, today) if iso is not None and "/" not in iso else None
    if role == "when" and m["y"] and _BEFORE_WHAT.search(m.string, max(0, m.start() - 9), m.start()):
        role = "compare"
    if role == "when" and (lead in ("比", "较", "与", "同", "相比", "相比于") or lead.endswith("于")):
        role = "compare"
    if lead.startswith("截") or (lead in ("到", "至") and time_type == "point"):
        time_type = "point"
    elif lead in ("到", "至") and iso is not None and iso.count("-") == 2:
        role = "until"  # 持续到5月28日: how long, not when
    elif lead in ("到", "至") and _CHANGED.search(m.string, max(0, m.start() - 4), m.start()):
        role = "when"  # 提高到2022年的13.7万元
    elif lead in ("到", "至") and not (today.year and iso is not None and iso[:4] <= str(today.year)):
        role = "until"
    if m["b_whole"] and _YEAR_PLAN.match(m.string, m.end("body")):
        role = "compare"  # 完成全年目标1.2万人的26%: which plan, not when
    if lead in ("自", "自从") and iso is not None and "/" not in iso:
        iso = iso.partition("-")[0]  # 自6月12日启动后…: what followed was not measured on that day
    end = m.end("body")
    if role == "when" and (m["y"] or m["rel"]) and _is_origin(m.string, m.start("body"), end):
        role = "origin"
    if (
        role == "when"
        and (m["y"] or m["ya"] or m["fa"])
        and _is_in_name(m.string, m.start("body"), end, m["y"] is None)
    ):
        role = "name"
    return PeriodMention(m.start("body"), end, m["body"], iso, time_type, role, vague)


@lru_cache(maxsize=1)
def _origin_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    def words(kind: str) -> str:
        return "|".join(word for word, (its, _) in _words().items() if its == kind)

    before = re.compile(rf"(?:{words('origin_before')})$")
    after = rf"(?:{words('origin_after')})[^,。;\d]{{0,4}}的(?![\d一二两三四五六七八九十百千近约超首])"
    return before, re.compile(after)


def _is_origin(text: str, start: int, end: int) -> bool:
    """始建于1958年, 1966年建矿的老矿; but 2023年建成的5个基地 dates the five."""
    before, after = _origin_words()
    return bool(before.search(text, max(0, start - 6), start) or after.match(text, end))


@lru_cache(maxsize=1)
def _plan() -> re.Pattern[str]:
    plans = "|".join(word for word, (kind, _) in _words().items() if kind == "named_plan")
    return re.compile(rf"[^,。;:、\d\n]{{0,12}}?(?:{plans})")


def _is_in_name(text: str, start: int, end: int, several: bool) -> bool:
    """Whether a year is part of a title in 《》, or ``several`` years of what they plan (2021—2023年行动计划)."""
    opened = text.rfind("《", max(0, start - _TITLE), start)
    if opened >= 0 and text.find("》", opened, start) < 0 and text.find("》", end, end + _TITLE) >= 0:
        return True
    return several and bool(_plan().match(text, end))


_TITLE = 40
"""The longest part of a title, in characters, on either side of a year in it."""


def _since(m: re.Match[str], first: str, today: Today) -> PeriodMention | None:
    iso: str | None = None
    if today.year is not None:
        start = first.partition("-")[0]
        iso = str(today.year) if start == str(today.year) else f"{start}/{today.year}"
    return PeriodMention(m.start("body"), m.end(), m[0], iso, "cumulative", "since")


def _last(m: re.Match[str], today: Today) -> PeriodMention | None:
    text = m["last"] or m["lastb"] or ""
    if m["lastunit"] == "个月" or m["more"] or not (count := _number(text)):
        return PeriodMention(m.start("body"), m.end("body"), m["body"], None, "cumulative", "when", vague=True)
    last = today.reported or today.year
    if count < 2:
        iso = str(today.reported) if today.reported else None
        return PeriodMention(m.start("body"), m.end("body"), m["body"], iso, "period", "when", vague=True)
    iso = f"{last - count + 1}/{last}" if last else None
    return PeriodMention(m.start("body"), m.end("body"), m["body"], iso, "period", "when", vague=True)


def _day(today: Today, offset: int) -> str | None:
    """今天 as precisely as the day is known, 昨天 only from a full date."""
    if not offset or today.year is None or today.month is None or today.day is None:
        return None if offset else today.iso
    return (date(today.year, today.month, today.day) + timedelta(days=offset)).isoformat()


def _next(today: Today, count: int) -> str | None:
    """今后五年: from this year on at its start, from the next one on at its end, open in between."""
    if today.year is None or today.month is None or count < 1 or 3 < today.month < 10:
        return None
    first = today.year + (today.month > 9)
    return f"{first}/{first + count - 1}" if count > 1 else str(first)


def _join(year: int, month: int | None, day: int | None = None) -> str:
    return "-".join(f"{n:02d}" for n in (year, month, day) if n is not None)


def _within(year: int, m: re.Match[str], prefix: str) -> str:
    """The ISO period of the part of ``year`` that the sub-groups name."""

    def get(name: str) -> str | None:
        return m[prefix + name]

    if (first := get("ma")) and (last := get("mb")):
        a, b = _number(first), _number(last)
        return f"{_join(year, a)}/{_join(year, b)}" if a < b else str(year)
    if month := get("m"):
        day = get("d")
        first_day = _join(year, _number(month), _number(day) if day else None)
        if not (day and (last := get("dd"))):
            return first_day
        last_day = _join(year, _number(get("dm") or month), _number(last))
        return f"{first_day}/{last_day}" if last_day > first_day else first_day
    if quarter := get("q"):
        return f"{year}-Q{_number(quarter)}"
    if quarters := get("pq"):
        return f"{year}-Q1/{year}-Q{_number(quarters)}"
    if half := get("h"):
        return f"{year}-S{1 if half == '上' else 2}"
    if months := get("pm"):
        return f"{_join(year, 1)}/{_join(year, _number(months))}"
    return str(year)


def _edge_type(m: re.Match[str], prefix: str) -> TimeType:
    edge = m[prefix + "edge"] or ""
    part = m[prefix + "mpart"] or ""
    ends = edge[-1:] in ("末", "底", "初") or part in ("底", "末") or m[prefix + "qend"]
    return "point" if ends else "period"


def _month_before(today: Today, offset: int) -> str | None:
    if today.year is None or today.month is None:
        return None
    index = today.year * 12 + today.month - 1 + offset
    return _join(index // 12, index % 12 + 1)


_COMES = re.compile(r"份?,?(?:还|再|又)?(?:将|拟|计划)")
_PLANNED = ("预计", "力争", "确保", "预期", "计划")


def _bare_part(m: re.Match[str], today: Today, planned: bool) -> tuple[str | None, TimeType, bool] | None:
    """A month, quarter or half-year without a year: the last one not after the day of publication."""
    if m["b_edge"]:
        if m["b_edge"] not in ("年末", "年底", "岁末"):
            return None
        past = not planned and (today.month is None or today.month < 11)
        return (str(today.year - past) if today.year else None, "point", True)
    if m["b_whole"]:
        if today.year is None:
            return (None, "period", True)
        if planned:
            return (str(today.year), "period", True)
        over = today.month is not None and today.month <= 6
        return (str(today.year - over) if over or today.month == 12 else None, "period", True)
    if today.year is None:
        return (None, _edge_type(m, "b_"), True)
    year = today.year
    month = _number(m["b_m"] or m["b_mb"] or "0")
    if month > 12:
        return None
    needed = month
    if m["b_q"]:
        needed = _number(m["b_q"]) * 3 - 2
    elif m["b_h"]:
        needed = 1 if m["b_h"] == "上" else 7
    elif m["b_pq"]:
        needed = _number(m["b_pq"]) * 3 - 1
    elif m["b_pm"]:
        needed = _number(m["b_pm"])
    if needed and today.month and needed > today.month and not planned:
        year -= 1
    return (_within(year, m, "b_"), _edge_type(m, "b_"), True)
