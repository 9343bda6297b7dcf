"""The place of a figure: the nearest naming subject, what its paragraph named, the article, the publisher."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from etl.extract.report.articles import Article
from etl.extract.report.flow import Line
from etl.extract.report.furniture import dateline_end
from etl.extract.report.lexicon import place_words
from etl.extract.report.naming import COUNTRY, FULL_NAME, NOT_SUBJECT, Named, Naming
from etl.extract.report.sites import Seats, misleading
from etl.model import Area, Basis
from etl.normalise.regions import Gazetteer, Mention

_HELD = re.compile(rf"[^,。;]{{0,20}}(?:{place_words('held')})")
_CLAUSE = re.compile(r"[^,。;\n]*")
_SPEAKER = {"全国": "country", "我国": "country"}
_QUOTATION = re.compile(r"(?:本报讯(?:\([^()\n]{0,24}\))?)?[^“”\n]{0,3}“[^“”\n]{1,300}[。!?]”(?!的)")
_SAID = re.compile(r"说|评价|介绍|表示|告诉|坦言|感慨|笑道|算了")
_SAME_FIRM = re.compile(r"”?(?:该|这家)?(?:公司|集团|企业|厂|矿|村|镇|县|区|市)")
_SHAPE = re.compile(
    r"(?P<han>[一二三四五六七八九十]{1,3}[、.])|(?P<bracket>[((][一二三四五六七八九十\d]{1,3}[))])|(?P<digit>\d{1,2}[、.])"
    r"|(?P<colon>[^:,。]{2,24}:)"
)
_BEING = re.compile(r"(?:是|为|系|属于)[^,。;是为]{0,16}$")
_ONE_OF_THEM = re.compile(r"[^,。;]{0,40}?(?:之一|(?:中|里|当中)的?(?:一|其中|[1-9]\d?[名位个家人]))")
_COUNTS_ITSELF = re.compile(r"[有各共约达]?\d")
_COMPARED = re.compile(r"[与比较同]|[高低多少]于|超过")
_NEW_SUBJECT = re.compile(r"(?:^|[\s,。;:!?“(]|其中|另外|[而但使让])$")
"""Before a place that a sentence turns to."""
_OF_COUNTRY = re.compile(rf"[^,。;:\d]{{0,24}}?(?:{place_words('whole')}|\d[\d.]*[万亿])")
_OPENS_COUNTRY = re.compile(rf"{_NEW_SUBJECT.pattern}|[年月末底]$|目前$|截至$|预计$")
_HONOUR = re.compile(rf"[^,。;:\d]{{0,24}}?(?:{place_words('honour')})")
_OTHERS = re.compile(
    rf"(?:{place_words('rest')})的?(?:各|[两二三四五六七八九十\d]{{1,2}}个?)?(?:{place_words('rank')})"
)
"""其余各市: all but those that were named before."""
_SEVERAL = re.compile(rf"[两二三四五六七八九十](?<![\u4e00-\u9fff\d].)个?(?:{place_words('rank')})")
"""三县合计: several places that were named before."""
_TITLED_AGAIN = re.compile(r"(?:目前,|如今,|全)?(?:集团|公司)(?![\u4e00-\u9fff]{0,4}(?:位于|坐落))")
"""Turns from a plant of a headline's firm to the firm itself."""
_SUMMED = re.compile(r"合计|总计|共计")
"""Before what several places of its sentence have together."""
_OPENING = 16
"""A place this close to the start of its sentence is what the sentence is about."""
_NEAR = 20
"""How many places back 全市 looks for its city."""
_REACH = 1000
"""How far back, in characters, an organ of state looks for its city."""
_DATELINE = 120
"""Characters of the longest dateline."""
_OPENS_ON = 200
"""How far into an article, in characters, its titles included, the place stands that it opens on."""
_AND_OTHERS = re.compile(r"(?:、[^、,。;]{2,9})?等")
_ORGAN = re.compile(r"总工会|委[、,市县]|政府|人社|财政|教育|卫健|住建|民政|农业")
_OWN_ORGAN = re.compile(rf"([省市州盟县区旗])(?<![\u4e00-\u9fff].)(?={_ORGAN.pattern})")
_ENTITY = re.compile(
    r"(?:^|(?<=[,。;:\n在据是]))(?:[\u4e00-\u9fffA-Za-z()]{2,18}?(?:有限责任公司|股份有限公司|有限公司|集团公司|分公司|公司|集团|煤矿|矿业|煤业|钢铁|"
    r"医院|大学(?!文化|程度|生|本科|以上|毕业|专科|学历)|学院|冶炼厂|电厂|银行|合作社))(?:[\u4e00-\u9fff]{0,6}?(?:煤矿|矿|公司|分公司|电厂|医院|科技园|产业园|园区))?"
)
_INSTITUTION = re.compile("公司|集团|煤矿|矿业|煤业|钢铁|医院|大学|学院|冶炼厂|电厂|银行|合作社")
"""What the name of an entity holds: in most sentences none is looked for."""
_LED_INTO = re.compile("^(?:走进|来到|走访|位于|作为|在|据)")
_DASHES = re.compile(r"(?:[-—–·\s]|\d{1,2}[.、]|[一二三四五六七八九十]{1,2}、)+")
_TITLED_FIRM = re.compile(
    r"[\u4e00-\u9fffA-Za-z()]{2,14}?(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团|煤矿|矿业|煤业|钢铁|冶炼厂|电厂)"
    r"(?:[\u4e00-\u9fff]{0,6}?(?:煤矿|矿|公司|分公司|电厂))?"
)
_FIRM_END = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团|煤矿|矿业|煤业|钢铁|冶炼厂|电厂)+$")
_SEAT_REACH = 400
"""How far behind a headline, in characters, its firm's seat is looked for."""
_GENERIC = re.compile(
    r"^(?:成为|促进|从|由|该|本|各|全|每|某|多|一|家|其|我|这|那|有|让|使|对|为|与|和|等|指导|支持|推动|引导|鼓励|组织|依托|深入|打造|建成|创建|新建|成立|设立|引进|建设|评选|获批|开办|组建|联合|[\u4e00-\u9fff]*企业)"
    r"|(?:中央|国有|民营|上市|物业|快递|物流|金融|保险|三甲|二级|三级|公立|县级|乡镇|职业|综合性|基层|定点|各类|省属|市属)[\u4e00-\u9fff]{0,2}"
    r"(?:公司|集团|医院|大学|学院|银行|合作社)$"
)


def _inside(spans: Sequence[tuple[int, int]], m: Mention) -> bool:
    at = bisect_right(spans, (m.start, math.inf)) - 1
    return at >= 0 and m.end <= spans[at][1]


def _meets(spans: Sequence[tuple[int, int]], named: Named | Mention) -> bool:
    """Whether one of the spans, which are in order and apart, has a character of the name."""
    at = bisect_left(spans, (named.end, 0)) - 1
    return at >= 0 and named.start < spans[at][1]


def _new(mentions: Sequence[Mention], known: Sequence[tuple[int, int]]) -> list[Mention]:
    """The mentions that are not among the known spans, with those that they adjoin: 江苏省苏州市 is read as one."""
    runs: list[list[Mention]] = []
    for m in mentions:
        if runs and runs[-1][-1].end == m.start:
            runs[-1].append(m)
        else:
            runs.append([m])
    return [m for run in runs if not all(_meets(known, m) for m in run) for m in run]


def _named(words: str) -> str:
    """The firm alone in 走进某市的某某公司."""
    return _LED_INTO.sub("", words[words.rfind("的") + 1 :])


def firm_core(name: str) -> str:
    """What tells a firm from others: 宜化 in 宜化集团有限公司."""
    return _FIRM_END.sub("", name) or name


def _distinct(named: Sequence[Named]) -> list[str]:
    """The codes of several places, of none where all are one."""
    codes = list(dict.fromkeys(n.code for n in named if n.code and not n.self_reference))
    return codes if len(codes) > 1 else []


class Atlas:
    """Places of a flow by where they are named, read article by article."""

    def __init__(
        self, text: str, gazetteer: Gazetteer, articles: Sequence[Article], headings: Sequence[Line], home: Area
    ) -> None:
        self._text = text
        self._gazetteer = gazetteer
        self._naming = Naming(text, gazetteer)
        self._home = home
        misled = misleading(text, gazetteer)
        mentions = [m for m in gazetteer.find(text, within=home.code) if not _inside(misled, m)]
        self._naming.learn(mentions)
        full = {m.text for m in mentions if FULL_NAME.search(m.text)}
        starts = [m.start for m in mentions]
        self._named: list[Named] = []
        self._places: list[tuple[int, Area]] = []
        """Where the text begins to speak for a place, and which."""
        heading_starts = [h.start for h in headings]
        openings: list[int] = []
        for article in articles:
            own = mentions[bisect_left(starts, article.start) : bisect_left(starts, article.end)]
            own_headings = headings[
                bisect_left(heading_starts, article.start) : bisect_left(heading_starts, article.end)
            ]
            plain = [m for m in own if not m.self_reference]
            named = self._naming.resolved(plain, full, home.code)
            place = self._place_of(article, own_headings, named, own)
            if home.code is None and place.code is not None:
                # now that the speaker is known, short names of its own places count too
                near = gazetteer.find(text[article.start : article.end], within=place.code)
                own = [replace(m, start=m.start + article.start, end=m.end + article.start) for m in near]
                own = [m for m in own if not _inside(misled, m)]
                named = self._naming.resolved([m for m in own if not m.self_reference], full, place.code)
            if article.resumes is not None:
                place = self._places[openings[article.resumes]][1]
            openings.append(len(self._places))
            self._places.append((article.start, place))
            self._places += self._titled(own_headings, named, place)
            named = self._with_short_names(named, article, openings[-1], full, misled)
            named = self._naming.with_lists(named)
            named += self._self_references([m for m in own if m.self_reference], named)
            named += self._organs(article, sorted(named, key=lambda n: n.start))
            named += self._groups(article, sorted(named, key=lambda n: n.start))
            self._named += sorted(named, key=lambda n: n.start)
        self._starts = [n.start for n in self._named]
        self._institutions = [m.start() for m in _INSTITUTION.finditer(text)]
        self._seats = Seats(text, self._named, gazetteer)
        self._places = self._places_of_firms(articles)

    def _with_short_names(
        self,
        named: list[Named],
        article: Article,
        opening: int,
        full: set[str],
        misled: Sequence[tuple[int, int]],
    ) -> list[Named]:
        """The places with short names of those inside the place that a headline names: 醴陵 under 株洲:…."""
        found = list(named)
        starts = [n.start for n in named]
        places = self._places[opening:]
        ends = [at for at, _ in places[1:]] + [article.end]
        for (start, area), end in zip(places, ends, strict=True):
            region = self._gazetteer.get(area.code) if area.code else None
            if area.basis != "title" or region is None or region.level != "city" or end <= start:
                continue
            near = self._gazetteer.find(self._text[start:end], within=region.code)
            near = [replace(m, start=m.start + start, end=m.end + start) for m in near if not m.self_reference]
            near = [m for m in near if not _inside(misled, m)]
            known = named[max(0, bisect_left(starts, start) - 1) : bisect_left(starts, end)]
            taken = [(n.start, n.end) for n in known]
            found += [
                n
                for n in self._naming.resolved(_new(near, taken), full, region.code)
                if n.level == "county" and not _meets(taken, n)
            ]
        return sorted(found, key=lambda n: n.start)

    def _places_of_firms(self, articles: Sequence[Article]) -> list[tuple[int, Area]]:
        """The places, with the firm that an article introduces (以下简称某钢) where no place is known."""
        firms = {a.start: self._seats.introduced(a.start, a.end) for a in articles}
        return [(at, firms.get(at) or area if area.code is None else area) for at, area in self._places]

    # ------------------------------------------------------------ names

    def _place_at(self, at: int) -> Area:
        return self._places[max(0, bisect_left(self._places, (at + 1,)) - 1)][1]

    def _titled(
        self, headings: Sequence[Line], named: Sequence[Named], otherwise: Area | None = None
    ) -> list[tuple[int, Area]]:
        """The places that headings name: what follows speaks for them, up to a heading of the same shape without one.

        That one gives the word back to ``otherwise``.
        """
        starts = [n.start for n in named]
        found = []
        shape = ""
        for i, line in enumerate(headings):
            own = self._shape(line)
            for n in named[bisect_left(starts, line.start) : bisect_left(starts, line.end)]:
                if n.code is not None and self._inside_home(n.code) and self._titular(n):
                    found.append((line.start, Area(n.code, n.name, None, "title", n.printed)))
                    shape = own
                    answered = self._text.find("\n", line.end + 1)
                    last = i + 1 == len(headings) or headings[i + 1].start >= answered
                    if otherwise is not None and self._text.endswith("?", line.start, line.end) and last:
                        found.append((answered, otherwise))  # a question gives the word for its answer only
                    break
            else:
                firm = self._titled_firm(line)
                if firm is not None and otherwise is not None:
                    found.append((line.start, replace(self._seat_of(firm, line, named) or otherwise, entity=firm)))
                    shape = own
                elif otherwise is not None and ((shape and own == shape) or (found and found[-1][1].entity)):
                    titled = self._home.code is not None and otherwise.code in {area.code for _, area in found}
                    found.append((line.start, self._home if titled else otherwise))
        return found

    def _seat_of(self, firm: str, line: Line, named: Sequence[Named]) -> Area | None:
        """The county that the text under a headline says a firm lies in: 在宜昌市猇亭区的宜化化工车间."""
        core = firm_core(firm)
        core = core[2:] if len(core) > 3 and self._gazetteer.resolve(core[:2]).code else core
        starts = [n.start for n in named]
        for n in named[bisect_left(starts, line.end) : bisect_left(starts, line.end + _SEAT_REACH)]:
            if n.level == "county" and self._inside_home(n.code) and core in self._text[n.end : n.end + 16]:
                return Area(n.code, n.name, None, "article", n.printed)
        return None

    def _titled_firm(self, line: Line) -> str | None:
        """The firm that a heading opens with: what follows is about it."""
        opened = _DASHES.match(self._text, line.start, line.end)
        m = _TITLED_FIRM.match(self._text, opened.end() if opened else line.start, line.end)
        listed = m is not None and self._text[m.end() : m.end() + 1] in "、等和及与"
        return m[0] if m is not None and not listed and len(m[0]) > 3 and not _GENERIC.search(m[0]) else None

    def _shape(self, line: Line) -> str:
        """What headings of one rank have in common: 甲县:…, (一)…, 1.…; empty where nothing tells."""
        printed = _SHAPE.match(self._text, line.start, line.end)
        return printed.lastgroup or "" if printed else ""

    def _self_references(self, mentions: Sequence[Mention], named: Sequence[Named]) -> list[Named]:
        found = []
        starts = [n.start for n in named]
        for m in mentions:
            place = self._place_at(m.start)
            i = bisect_left(starts, m.start)
            last = next((n for n in reversed(named[max(0, i - _NEAR) : i]) if n.code and n.subject), None)
            got = self._gazetteer.resolve(m.text, within=place.code)
            if last is not None and last.level == "county" and self._text.find("\n", last.end, m.start) >= 0:
                last = self._city_over(last, named[:i], m) or last
            if last is not None and (got.code is None or m.text[0] == "该") and not last.listed:
                # 新乡市总工会…。全市…: a paper of the province tells of one city after the other
                nearer = self._gazetteer.resolve(m.text, within=last.code)
                got = nearer if nearer.code is not None and self._inside_home(nearer.code) else got
            before = self._text[max(0, m.start - 4) : m.start]
            if m.text in _SPEAKER:
                subject = self._home.code == COUNTRY and not NOT_SUBJECT.search(before)
                subject = subject or self._tells_of_it(m)
                found.append(Named(m.start, m.end, COUNTRY, "全国", m.text, "country", True, subject))
            elif got.code is not None:
                wider = self._wider(got.code, place.code)
                subject = not NOT_SUBJECT.search(before) and (not wider or self._tells_of_it(m))
                found.append(
                    Named(m.start, m.end, got.code, got.name or m.text, m.text, got.level or "", True, subject)
                )
        return found

    def _city_over(self, county: Named, before: Sequence[Named], m: Mention) -> Named | None:
        """For 全市 in a paragraph behind one of a county-level city: the city above, if the article speaks of it."""
        over = self._gazetteer.ancestors(county.code or "") if m.text.endswith("市") else ()
        return next((n for n in reversed(before) if n.level == "city" and n.subject and n.code in over), None)

    def _tells_of_it(self, m: Mention) -> bool:
        """全国技能人才总量超过2亿人 in a province's report, 全省 in a county's; 全国铁路先进集体12个 are its own."""
        opens = _OPENS_COUNTRY.search(self._text, max(0, m.start - 4), m.start)
        return bool(opens and _OF_COUNTRY.match(self._text, m.end) and not self._honours(m))

    def _honours(self, m: Mention) -> bool:
        return _HONOUR.match(self._text, m.end) is not None

    def _groups(self, article: Article, named: Sequence[Named]) -> list[Named]:
        """三县合计, 其余各市 behind places of their rank in the paragraph: what lies over those."""
        found = []
        starts = [n.start for n in named]
        span = article.start, article.end
        for m in chain(_OTHERS.finditer(self._text, *span), _SEVERAL.finditer(self._text, *span)):
            near = max(article.start, m.start() - _REACH)
            line = max(near, self._text.rfind("\n", near, m.start()) + 1)
            told = [
                n
                for n in named[bisect_left(starts, line) : bisect_left(starts, m.start())]
                if n.code and n.level in ("city", "county") and not n.self_reference
            ]
            siblings = [n.code for n in told if n.level == told[-1].level and n.code]
            place = self._place_at(m.start())
            code = self._over_all(siblings, place.code)
            if code is not None and (region := self._gazetteer.get(code)) is not None:
                found.append(Named(m.start(), m.end(), code, region.name, m[0], region.level, True, True))
        return found

    def _over_all(self, codes: Sequence[str], place: str | None) -> str | None:
        """The smallest region around all of ``codes``, but not beyond ``place``; None without any."""
        if not codes:
            return None
        over = [self._gazetteer.ancestors(code) for code in codes]
        common = next((a for a in over[0] if a not in codes and all(a in others for others in over)), None)
        inside = common is not None and (place is None or common == place or self._inside_place(common, place))
        return common if inside and common != COUNTRY else place

    def _organs(self, article: Article, named: Sequence[Named]) -> list[Named]:
        """市总工会, 县政府 at the start of a clause: the text speaks for the speaker's own place (again).

        Behind 醴陵市 in the same paragraph 市财政 is that of 醴陵.
        """
        found = []
        starts = [n.start for n in named]
        for m in _OWN_ORGAN.finditer(self._text, article.start, article.end):
            place = self._place_at(m.start())
            got = self._gazetteer.resolve(f"全{m[1]}", within=place.code) if place.code else None
            near = max(article.start, m.start() - _REACH)
            line = max(near, self._text.rfind("\n", near, m.start()) + 1)
            told = [
                n for n in named[bisect_left(starts, line) : bisect_left(starts, m.start())] if n.subject and n.code
            ]
            if told and told[-1].name.endswith(m[1]) and not told[-1].listed:
                last = told[-1]
                found.append(replace(last, start=m.start(), end=m.end(), printed=m[0], self_reference=True))
            elif got is not None and got.code is not None and (got.code == place.code or self._of_home(m, got.code)):
                name = got.name or m[0]
                found.append(Named(m.start(), m.end(), got.code, name, m[0], got.level or "", True, True))
        return found

    def _of_home(self, organ: re.Match[str], code: str) -> bool:
        """省总工会将在全省…, in what a page of the province tells of a city: the province again."""
        if self._home.code not in (None, code):
            return False
        opens = self._home.code is not None and self._text[organ.start() - 1 : organ.start()] in ("", "\n")
        clause = _CLAUSE.match(self._text, organ.end())
        return opens or (clause is not None and f"全{organ[1]}" in clause[0])

    def _wider(self, code: str, place: str | None) -> bool:
        """全省 in a city's report is the yardstick (全省前列), not the subject."""
        return place is not None and code != place and code in self._gazetteer.ancestors(place)

    # ------------------------------------------------------------ articles

    def _place_of(
        self, article: Article, headings: Sequence[Line], named: Sequence[Named], mentions: Sequence[Mention]
    ) -> Area:
        home = self._home
        starts = {n.start for n in headings}
        titles = [n for n in article.titles if n.start in starts and not self._text.endswith("?", n.start, n.end)]
        if titled := self._titled(titles, named):
            return titled[-1][1]
        if home.code is not None:
            if self._is_national(article, named, mentions):
                return Area(COUNTRY, "全国", None, "article")
            return self._only_place(article, named, mentions) or home
        first_line = next((n for n in named if n.code and n.subject and n.start < article.start + 120), None)
        level = self._speaking_level(mentions)
        if level is None and first_line is not None:
            return Area(first_line.code, first_line.name, None, "article", first_line.printed)
        votes = Counter(n.code for n in named if n.code and (level is None or n.level == level))
        if votes:
            (code, count), *rest = votes.most_common(2)
            if count >= 2 and (not rest or count > 1.5 * rest[0][1]):
                region = self._gazetteer.get(code or "")
                return Area(code, region.name if region else None, None, "article")
        return home

    def _is_national(self, article: Article, named: Sequence[Named], mentions: Sequence[Mention]) -> bool:
        """Whether a local paper prints news of the whole country: 我国 again and again, and never its own place."""
        told = [m for m in mentions if m.text in _SPEAKER and not self._honours(m)]
        if len(told) < 2 or not any(self._tells_of_it(m) for m in told):
            return False
        own = any(m.self_reference and m.text not in _SPEAKER for m in mentions)
        near = any(n.code and self._home.code in (n.code, *self._gazetteer.ancestors(n.code)) for n in named)
        return not (own or near or _OWN_ORGAN.search(self._text, article.start, article.end))

    def _only_place(self, article: Article, named: Sequence[Named], mentions: Sequence[Mention]) -> Area | None:
        """The place inside home whose organ an article opens on and that is its only one: news of a county."""
        told = [n for n in named if n.subject and n.code and not self._sends(n)]
        first = told[0] if told else None
        if first is None or first.listed or first.start > article.start + _OPENS_ON:
            return None
        if not _ORGAN.match(self._text, first.end) or _OWN_ORGAN.search(self._text, article.start, article.end):
            return None
        around = self._gazetteer.ancestors(first.code or "")
        if self._home.code == first.code or self._home.code not in around:
            return None
        if any(n.code != first.code and first.code not in self._gazetteer.ancestors(n.code or "") for n in told):
            return None
        spoken = (self._gazetteer.resolve(m.text, within=first.code).code for m in mentions if m.self_reference)
        if any(code is None or code in around for code in spoken):
            return None
        return Area(first.code, first.name, None, "article", first.printed)

    def _sends(self, n: Named) -> bool:
        """梧州工会网讯: the place is that of a paper."""
        line = self._text.rfind("\n", max(0, n.start - _DATELINE), n.start) + 1
        return bool(line or n.start < _DATELINE) and n.start < dateline_end(self._text, line)

    def _titular(self, n: Named) -> bool:
        before = self._text[max(0, n.start - 2) : n.start]
        after = self._text[n.end : n.end + 12]
        return not before.endswith(("在", "赴", "到")) and not re.match(
            r"[\u4e00-\u9fff]{2,8}(?:公司|集团|大学|学院)", after
        )

    def _inside_home(self, code: str | None) -> bool:
        home = self._home.code if self._home.basis == "manifest" else None  # a paper tells of other places, too
        return home is None or code is None or home in (*self._gazetteer.ancestors(code), code)

    @staticmethod
    def _speaking_level(mentions: Sequence[Mention]) -> str | None:
        levels = {"省": "province", "市": "city", "县": "county", "区": "county"}
        votes = Counter(levels[m.text[-1]] for m in mentions if m.self_reference and m.text[-1] in levels)
        return votes.most_common(1)[0][0] if votes else None

    # ------------------------------------------------------------ figures

    def area(
        self, at: int, clause: tuple[int, int], sentence: int, paragraph: int, article: int, *, heading: bool
    ) -> Area:
        """The place of the figure at ``at``; the other offsets are where its sentence and paragraph start.

        ``article`` is where its article starts; in a ``heading`` a place named after the figure counts too.
        """
        return self._seats.narrowed(self._area(at, clause, sentence, paragraph, article, heading=heading))

    def _area(
        self, at: int, clause: tuple[int, int], sentence: int, paragraph: int, article: int, *, heading: bool
    ) -> Area:
        entity = self._entity(at, sentence) or self._entity_before(sentence, paragraph)
        here = [n for n in self._between(sentence, clause[1]) if n.subject]
        before = [n for n in here if n.start < at and not self._closed(n, at)]
        place = self._place_at(at)
        if (opens := self._one_of_them(at, clause[0])) is not None:
            whole = self._between(opens, at)
            return self._told(whole[-1], "text", None) if whole else place
        before = self._without_wider(before)
        if self._beyond_items(before, at):
            return place
        if _SUMMED.match(self._text, clause[0], at) and (code := self._over_all(_distinct(before), place.code)):
            region = self._gazetteer.get(code)
            return Area(code, region.name if region else place.name, None, "text")
        if before:
            own = entity if entity and self._is_there(entity, before[-1]) else None
            return self._shared(before, at, place, own) or self._told(before[-1], "text", own)
        if here and here[0].start >= at and (heading or here[0].start < clause[1]):
            return self._told(here[0], "text", entity)
        if (speaker := self._speaker(sentence, clause[1])) is not None:
            said = next((n for n in self._between(*speaker)), None)
            entity = self._entity(speaker[1], speaker[0]) or entity
            if said is not None and said.subject and not said.listed:
                return self._told(said, "text", entity)
        titled = place.entity not in (None, self._home.entity) and _TITLED_AGAIN.match(self._text, sentence)
        if not titled and (carried := self._carried(sentence, paragraph)) is not None:
            return self._told(carried, "section", entity)
        if entity is not None:
            named = [n for n in self._between(max(article, at - 1500), paragraph) if n.subject and not n.self_reference]
            inner = [
                n
                for n in named
                if place.code and n.code != place.code and place.code in self._gazetteer.ancestors(n.code or "")
            ]
            if inner and inner[-1] is named[-1] and sum(n.code == inner[-1].code for n in inner) > 1:
                return self._told(inner[-1], "section", entity)
        if place.code is None and not heading and (event := self._event(paragraph, at)) is not None:
            return self._told(event, "section", entity)
        return replace(place, entity=entity[1]) if entity else place

    def _is_there(self, entity: tuple[int, str], n: Named) -> bool:
        """Whether a firm is named behind a place, or is the one in it: 某集团在某区的工厂."""
        named_after = entity[0] >= n.start - 1
        return named_after or (entity[0] + len(entity[1]) == n.start - 1 and self._text[n.start - 1] == "在")

    def _event(self, paragraph: int, at: int) -> Named | None:
        """Where the event of a paragraph took place, for a text that speaks for no place: 展览在某市…启动."""
        for n in self._between(paragraph, at):
            if n.code is not None and not n.self_reference and self._is_venue(n):
                return n
        return None

    def _is_venue(self, n: Named) -> bool:
        """Whether something only took place there: 大会在北京召开."""
        return self._text[n.start - 1 : n.start] == "在" and _HELD.match(self._text, n.end) is not None

    def _one_of_them(self, at: int, clause: int) -> int | None:
        """Behind 是, for the figure at ``at`` in 某县的李某是全省74名劳模之一: those 74 are not that county's."""
        told = _BEING.search(self._text, max(clause, at - 24), at)
        return told.start() if told and _ONE_OF_THEM.match(self._text, at) else None

    def _beyond_items(self, before: Sequence[Named], at: int) -> bool:
        """Whether ``at`` is of a further item behind 平定县2个、盂县1个, whose place is not known."""
        if len(before) < 2 or not all(_COUNTS_ITSELF.match(self._text, n.end) for n in before[-2:]):
            return False
        first = _COUNTS_ITSELF.match(self._text, before[-1].end)
        return first is not None and self._text.find("、", first.end(), at) > 0

    def _without_wider(self, before: Sequence[Named]) -> list[Named]:
        """Without what holds an earlier place and opens no clause: 雁塔区承办西安市技能大赛4项 tells of 雁塔."""
        kept: list[Named] = []
        for n in before:
            over = n.code is not None and any(n.code in self._gazetteer.ancestors(k.code or "") for k in kept)
            if n.self_reference or not over or self._turns_to(n):
                kept.append(n)
        return kept

    def _turns_to(self, n: Named) -> bool:
        """Whether a place opens a clause; that in 资兴的某啤酒(郴州)有限公司 does not."""
        bracketed = self._text[n.end : n.end + 1] == ")"
        return not bracketed and _NEW_SUBJECT.search(self._text, max(0, n.start - 4), n.start) is not None

    def _is_of_speaker(self, n: Named) -> bool:
        """…。”龙海区某厂包装工说: where a speaker comes from, not what the text goes on about."""
        closed = self._text.rfind("”", max(0, n.start - 3), n.start)
        if closed < 1 or self._text[closed - 1] not in "。!?,":
            return False
        end = self._text.find("。", n.end, n.end + 80)
        return end > 0 and bool(_SAID.search(self._text, n.end, end))

    def _speaker(self, sentence: int, clause_end: int) -> tuple[int, int] | None:
        """The sentence after the quotation “…。” around the figure, if it tells who speaks."""
        closed = _QUOTATION.match(self._text, sentence)
        if closed is None or closed.end() < clause_end:
            return None
        end = self._text.find("。", closed.end(), closed.end() + 120)
        return (closed.end(), end) if end > 0 and _SAID.search(self._text, closed.end(), end) else None

    def _closed(self, n: Named, at: int) -> bool:
        """A list that its count closes (A、B等3个县): what is counted from there on is the speaker's."""
        return n.listed and bool(_AND_OTHERS.match(self._text, n.end, at + 1))

    def _shared(self, before: Sequence[Named], at: int, place: Area, entity: tuple[int, str] | None) -> Area | None:
        """What lies over the places of a list that ends with the last of ``before``."""
        last = before[-1]
        if not last.listed or last.code is None:
            return None
        codes = {n.code for n in self._between(before[0].start, at) if n.listed and n.code}
        if len(codes) < 2:
            return None
        over = [set(self._gazetteer.ancestors(code)) for code in codes if code]
        common = set.intersection(*over)
        parent = next((a for a in self._gazetteer.ancestors(last.code) if a in common), None)
        if parent is None or not (parent == place.code or self._inside_place(parent, place.code)):
            return replace(place, entity=entity[1] if entity else None)
        region = self._gazetteer.get(parent)
        return Area(parent, region.name if region else None, entity[1] if entity else None, "text", last.printed)

    def _inside_place(self, code: str, place: str | None) -> bool:
        return place is not None and place in self._gazetteer.ancestors(code)

    def _carried(self, sentence: int, paragraph: int) -> Named | None:
        """The place that the sentences before were about: it opened one of them, alone, or the paragraph."""
        first = self._text.find("。", paragraph, sentence)
        for n in reversed(self._between(paragraph, sentence)):
            if not n.subject or n.listed or (n.code == COUNTRY and self._place_at(sentence).code != COUNTRY):
                continue
            if self._place_at(sentence).code is not None and self._is_venue(n):
                continue
            if self._is_of_speaker(n) and not _SAME_FIRM.match(self._text, sentence):
                continue
            opened = max(paragraph, *(self._text.rfind(mark, paragraph, n.start) + 1 for mark in "。!?;"))
            if n.start - opened <= _OPENING or n.start < first:
                return n
        return None

    def ends_in(self, start: int, end: int) -> list[int]:
        """Where the places named between two offsets end."""
        return [n.end for n in self._between(start, end) if not n.self_reference]

    def names_in(self, start: int, end: int) -> list[str]:
        """The names of places, as printed, between two offsets."""
        return [self._text[n.start : n.end] for n in self._between(start, end)]

    def named_in(self, start: int, end: int, listing: int) -> Area | None:
        """The place that an item of the list from ``listing`` on names, if any; 与甲县、乙县相比 is told of neither."""
        if _COMPARED.match(self._text, listing):
            return None
        named = self._between(start, end)
        return self._told(named[0], "text", None) if named and not named[0].self_reference else None

    def _told(self, named: Named, basis: Basis, entity: tuple[int, str] | None) -> Area:
        held = bool(named.candidates)
        whose = entity[1] if entity else named.name if named.zone else None
        return Area(named.code, named.name, whose, basis, named.printed, held, named.candidates)

    def _between(self, start: int, end: int) -> list[Named]:
        return self._named[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _entities(self, start: int, end: int) -> Iterator[re.Match[str]]:
        """The firms and institutions named between two offsets."""
        i = bisect_left(self._institutions, start)
        if i < len(self._institutions) and self._institutions[i] < end:
            yield from _ENTITY.finditer(self._text, start, end)

    def _entity_before(self, sentence: int, paragraph: int) -> tuple[int, str] | None:
        """The firm that opened an earlier sentence of the paragraph, unless a place was named since."""
        entity = None
        for m in self._entities(paragraph, min(sentence, paragraph + 80)):
            name = _named(m[0])
            listed = self._text[m.end() : m.end() + 1] in "、等和及"
            if len(name) > 3 and not listed and not _GENERIC.search(name):
                entity = (m.end() - len(name), name)
                break
        if entity is None or any(n.subject for n in self._between(entity[0] + 1, sentence)):
            return None
        return entity

    def _entity(self, at: int, sentence: int) -> tuple[int, str] | None:
        """The firm or institution that the sentence is about before ``at``, with its offset."""
        found = None
        for m in self._entities(max(sentence, at - 160), at):
            name = _named(m[0])
            listed = self._text[m.end() : m.end() + 1] in "、等和及"
            if len(name) > 3 and not listed and not _GENERIC.search(name) and m.end() < at:
                found = (m.end() - len(name), name)
        known = self._seats.subject(at, sentence)
        return known if known and (found is None or known[0] > found[0] + len(found[1])) else found
