"""Places as a text names them: which mentions are places at all, and which are what the text is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from etl.extract.report.lexicon import place_words
from etl.model import Candidate
from etl.normalise.region_words import is_uncoded_name
from etl.normalise.regions import Gazetteer, Mention, Resolution
from etl.record import record

COUNTRY = "100000"
FULL_NAME = re.compile(r"(?:省|市|县|区|州|盟|旗|地区|自治区|兵团)$")
_CAPITAL = "110000"
_FILED = re.compile(r"\s?(?:\d{1,2}月)?\d{1,2}日\s?[电讯]")
"""本报北京6月2日电: news of the whole country are filed there."""
_AT_EDGE = re.compile(r"(?:^|[\s,。;:、!?()“”《》\n\-—]|[在于与和及对从由以让使将是为])$")
NOT_SUBJECT = re.compile(rf"(?:{place_words('not_subject')})$")
_LOCATIVE = re.compile(rf"(?:{place_words('locative')})$")
_ITEM_BEFORE = re.compile(r"\d[\d.,]*[余多万亿]*[^\d,。;、]{0,4}、$")
_COUNT = re.compile(r"[^\d,。;、]{0,4}\d")
"""Around a place that counts for itself: 平定县2个、盂县1个."""
_ORGANISATION = re.compile(rf"[\u4e00-\u9fff()·]{{0,14}}?(?:{place_words('organisation')})")
_JOINT = re.compile(r"、|和|及|以及|与|,")
_SITE = re.compile(rf"(?:(?![在有于到至的通])[\u4e00-\u9fff]){{0,4}}?(?:{place_words('site')})")
_ORGAN_OF_STATE = re.compile(rf"[\u4e00-\u9fff]{{0,4}}(?:{place_words('organ_of_state')})")
_IN_FULL = 5
"""Characters of the shortest path of names: 沈阳铁西区."""
_AMONG = re.compile(r"[^,。;]{0,16}(?:中|内|上),")
_THERE = re.compile(rf"(?:[^,。;、]{{0,12}}?(?:{place_words('there')}))?,")
_FIRMS = re.compile(r"[^,。;在有与和及、]{2,8}(?:、[^,。;、]{2,8}){1,4}?等(?:多家)?(?:企业|公司|单位|院校|医院|学校)")
"""Names of firms behind a place that is the first of their names: 河南黄河旋风、森源重工等企业."""
_BEYOND = re.compile("平原|都市圈|城市群|城市圈|城市带|经济圈")
_WITHIN = re.compile(r"、|,|·|及|和|与")
_CLOSES = re.compile(r"[”》’]")


@record(frozen=True, slots=True)
class Named:
    """A place as named: ``subject`` when what follows is about it, not when it is an attribute or a firm's name."""

    start: int
    end: int
    code: str | None
    name: str
    printed: str
    level: str
    self_reference: bool
    subject: bool
    zone: bool = False
    """A part of the place ``code``, without a code of its own: figures are told of it as of an entity."""
    listed: bool = False
    """One of several (A县、B县): they share a clause, what follows is about all of them or about none."""
    candidates: tuple[Candidate, ...] = ()
    """The places of this name when the text does not settle which: the figure is held."""


class Naming:
    """Reads the mentions of one text."""

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        self._text = text
        self._gazetteer = gazetteer
        self._in_full: dict[str, list[tuple[int, str]]] = {}
        """Names with the codes that the text gives them where it names what holds them (沈阳市铁西区), by offset."""

    def learn(self, mentions: Sequence[Mention]) -> None:
        """Take in which of the places of one name the text means where it names what holds it."""
        for m in mentions:
            if m.self_reference or len(m.text) < _IN_FULL:
                continue
            got = self._gazetteer.resolve(m.text)
            if got.code is not None and got.name and m.text != got.name and m.text.endswith(got.name):
                self._in_full.setdefault(got.name, []).append((m.start, got.code))

    def _resolve(self, m: Mention, within: str | None) -> Resolution:
        """The place that a mention names; of several of its name the one that the text last named in full."""
        got = self._gazetteer.resolve(m.text, within=within)
        told = self._in_full.get(m.text, ())
        several = len({code for _, code in told}) > 1
        if told and (several or (got.code is None and got.candidates)):
            meant = next((code for at, code in reversed(told) if at < m.start), None if several else told[0][1])
            return self._gazetteer.resolve(m.text, within=meant) if meant else got
        return got

    def resolved(self, mentions: Sequence[Mention], full: set[str], home: str | None) -> list[Named]:
        """The mentions that are places, adjoining ones (江苏省苏州市) as one.

        ``full`` are the official names that the text prints, ``home`` the code of the place it speaks for.
        """
        found: list[Named] = []
        text = self._text
        for m in mentions:
            if m.text in ("中国", "中华"):
                continue
            joined = found[-1] if found and found[-1].end == m.start and found[-1].code else None
            got = self._resolve(m, joined.code if joined else home)
            if got.code is None or got.level is None:
                if got.uncoded and (zone := self._zone(m, home)) is not None:
                    found.append(zone)
                    continue
                known = got.uncoded and (is_uncoded_name(m.text) or not m.text.endswith("区"))
                if known or (got.candidates and FULL_NAME.search(m.text)):
                    subject = self._is_subject(m)
                    held = () if known else got.candidates
                    found.append(Named(m.start, m.end, None, m.text, m.text, "", False, subject, candidates=held))
                continue
            if not joined and not self._believable(m, got.code, got.level, full, home):
                continue
            subject = joined.subject if joined else self._is_subject(m)
            if subject and home is not None and got.code in self.over(home) and not self._opens_clause(m):
                subject = False  # 融水是广西重点林区县: what lies over the speaker is told of it, not of itself
            if subject and (_SITE.match(text, m.end) or (got.code == _CAPITAL and _FILED.match(text, m.end))):
                subject = False
            elif subject and self._names_firm(m):
                over = home is not None and got.code in self.over(home)
                subject = not over and self._seat(m, got.code, got.level, home)
            if joined:
                found.pop()
            start = joined.start if joined else m.start
            found.append(
                Named(start, m.end, got.code, got.name or m.text, text[start : m.end], got.level, False, subject)
            )
        return found

    def _names_firm(self, m: Mention) -> bool:
        """Whether a place is the first part of the name of a firm, or of the first of several."""
        organisation = _ORGANISATION.match(self._text, m.end, m.end + 24)
        if organisation and not _ORGAN_OF_STATE.match(self._text, m.end):
            return True
        several = self._text.find("、", m.end, m.end + 9) >= 0
        return several and _FIRMS.match(self._text, m.end, m.end + 60) is not None

    def _zone(self, m: Mention, home: str | None) -> Named | None:
        """西安高新区: a part of the city without a code of its own; 成都平原经济区 reaches beyond its city."""
        if _BEYOND.search(m.text):
            return None
        for length in range(len(m.text) - 2, 1, -1):
            got = self._gazetteer.resolve(m.text[:length], within=home)
            if got.code is not None and got.level in ("city", "county"):
                # in the report of a district, a zone of the city around it is the zone there
                within = home if home is not None and got.code in self.over(home) else None
                code = within or got.code
                return Named(m.start, m.end, code, m.text, m.text, got.level, False, self._is_subject(m), zone=True)
        return None

    def _seat(self, m: Mention, code: str, level: str, home: str | None) -> bool:
        """Whether a place before a firm's or site's name tells where it lies: 位于涪城区的…公司, not 江苏…集团."""
        official = bool(FULL_NAME.search(m.text)) and level in ("county", "city")
        return official or (level == "city" and home is not None and home in self.over(code))

    def over(self, code: str) -> tuple[str, ...]:
        """The places around ``code``, without the country."""
        return tuple(c for c in self._gazetteer.ancestors(code) if c not in (code, COUNTRY))

    def _believable(self, m: Mention, code: str, level: str, full: set[str], home: str | None) -> bool:
        """Short names collide with words: they count when the text gives the full name too, or near home."""
        if FULL_NAME.search(m.text) or level in ("country", "province"):
            return True
        region = self._gazetteer.get(code)
        if region is not None and region.name in full:
            return True
        if any((over := self._gazetteer.get(c)) and over.short and over.short in m.text for c in self.over(code)):
            return True  # 黑龙江齐齐哈尔富拉尔基
        near = home is None or code[:2] == home[:2]
        if level == "city":
            return near or bool(_AT_EDGE.search(self._text[max(0, m.start - 1) : m.start]))
        inside = (home is not None and code[:4] == home[:4]) or (home is not None and home[2:] == "0000" and near)
        return inside and bool(_AT_EDGE.search(self._text[max(0, m.start - 1) : m.start]))

    def _is_subject(self, m: Mention) -> bool:
        text = self._text
        before = text[max(0, m.start - 4) : m.start]
        if NOT_SUBJECT.search(before) or self._in_name(m):
            return False
        if (
            before.endswith("、")
            and _ITEM_BEFORE.search(text, max(0, m.start - 12), m.start)
            and _COUNT.match(text, m.end)
        ):
            return True
        if _LOCATIVE.search(before):
            return bool(_AMONG.match(text, m.end) or _THERE.match(text, m.end))
        return True

    def _opens_clause(self, m: Mention | Named) -> bool:
        return m.start == 0 or bool(re.match(r"[\s,。;:!?“(]", self._text[m.start - 1]))

    def _in_name(self, m: Mention) -> bool:
        """Inside a short quotation or a title in 《》: part of a name."""
        before = self._text[max(0, m.start - 12) : m.start]
        opened = max(before.rfind("“"), before.rfind("《"), before.rfind("‘"))
        if opened < 0 or _CLOSES.search(before, opened):
            return False
        return _CLOSES.search(self._text, m.end, m.end + 14) is not None

    def with_lists(self, named: Sequence[Named]) -> list[Named]:
        """The places with those marked that stand in a list of several."""
        out = self._zones_in_place(named)
        for i in range(1, len(out)):
            joint = _JOINT.fullmatch(self._text, out[i - 1].end, out[i].start)
            if joint is None or self._holds(out[i - 1], out[i]):
                continue  # 在河北唐山,迁安市有…: the one lies in the other
            if None not in (out[i - 1].code, out[i].code) and out[i - 1].code != out[i].code:
                subject = out[i].subject and (out[i - 1].subject or self._opens_clause(out[i]))
                out[i - 1 : i + 1] = replace(out[i - 1], listed=True), replace(out[i], listed=True, subject=subject)
        return out

    def _zones_in_place(self, named: Sequence[Named]) -> list[Named]:
        """The places with each zone that a list names beside a district of its city told of as that district.

        广州开发区、黄埔区: they are governed as one.
        """
        out = list(named)
        for i in range(1, len(out)):
            for zone, other in ((i - 1, i), (i, i - 1)):
                one = out[zone]
                if not (one.zone and out[other].level == "county" and self._holds(one, out[other])):
                    continue
                if _WITHIN.fullmatch(self._text, out[i - 1].end, out[i].start):
                    out[zone] = replace(one, code=out[other].code, level="county")
        return out

    def _holds(self, one: Named, other: Named) -> bool:
        """Whether the second of two places lies in the first, and is not a member of a list with it."""
        return one.code is not None and other.code is not None and one.code in self.over(other.code)
