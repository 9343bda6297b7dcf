"""The place of a figure: the nearest naming subject, what was named before it, the article, the publisher."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from etl.model import Area, Basis
from etl.normalise.regions import Gazetteer, Mention

_ATTRIBUTE = re.compile(
    r"(?:首[个批家届]|第[一二三\d]|唯一|劳动模范|劳模|五一|职业技能|技能大赛|人大|政协|两会|先进|优秀|道德|脱贫|百强|前列|平均|水平|同类|领先|范围|比赛|竞赛|大赛|冠军|重点|产改|率先|性|行业协会|统一|占比|总工会|总量的?|的?比重|比例|轻工|文明|模范|示范|标准|最|居|位居|各地|各|其他|其它|多个)"
)
_COMPARED = re.compile(r"(?:占|居|列|位居|高于|低于|超过|领先|比|较|为|全|与|向|面向|来自|入选|获评?|获得|荣获|获评|驻|赴|对口|支援|援|被评为|通过|至|到|出口)$")
_ORGAN = re.compile(
    r"(?:[\u4e00-\u9fff()]{0,12}?)(?:有限责任公司|有限公司|股份公司|集团公司|公司|集团|煤矿|矿业|煤业|钢铁|医院|大学|学院|学校|中学|小学|银行|工厂|厂|研究所|研究院|合作社)"
)
_LOCATIVE = re.compile(r"(?:在|赴|到|位于|去|来|从|往|飞往|前往|等|及|、)$")
_ENTITY = re.compile(
    r"[\u4e00-\u9fffA-Za-z()]{2,16}?(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团|煤矿|矿业|煤业|钢铁|医院|大学|学院|工厂|冶炼厂|电厂|银行)(?:科技园|产业园|园区)?"
)


@dataclass(frozen=True, slots=True)
class Named:
    start: int
    end: int
    code: str | None
    name: str
    printed: str
    self_reference: bool
    strong: bool
    """Stands as a subject, not as part of a firm's name or as a mere attribute."""


class Atlas:
    """Places of a flow by where they are named."""

    def __init__(self, text: str, gazetteer: Gazetteer, home: str | None) -> None:
        self._text = text
        self._gazetteer = gazetteer
        self._home = home
        self._named = self._resolve(gazetteer.find(text, within=home))
        self._starts = [n.start for n in self._named]

    def _resolve(self, mentions: Sequence[Mention]) -> list[Named]:
        found: list[Named] = []
        within = self._home
        text = self._text
        for m in mentions:
            if m.self_reference and m.text in ("全国", "我国"):
                follows = bool(_ATTRIBUTE.match(text, m.end)) or bool(_COMPARED.search(text[max(0, m.start - 4) : m.start]))
                inside = text[max(0, m.start - 1) : m.start] in "”》"
                found.append(Named(m.start, m.end, "100000", "全国", m.text, True, False and follows and inside))
                continue
            if m.text in ("中国", "中华"):
                continue
            chained = found and found[-1].end == m.start and found[-1].code
            parent = found[-1].code if chained else within
            got = self._gazetteer.resolve(m.text, within=parent)
            if got.code is None and not got.uncoded and parent != self._home:
                got = self._gazetteer.resolve(m.text, within=self._home)
            if got.code is None:
                continue
            before = text[max(0, m.start - 4) : m.start]
            strong = not _COMPARED.search(before)
            if not m.self_reference:
                if _ORGAN.match(text, m.end) or re.match(r"(?:日报|晚报|工人报|路|大道|街\d)", text[m.end : m.end + 4]):
                    strong = False
                elif _LOCATIVE.search(before) and not re.match(r"(?:市|县|区|省)?[^,。;]{0,14}(?:中|内)[,，]", text[m.end : m.end + 18]):
                    strong = strong and before.endswith(("位于",)) is False and not before.endswith(("在", "赴", "到", "、", "及"))
            if chained and found[-1].end == m.start:
                strong = strong and found[-1].strong
                found.pop()
            found.append(Named(m.start, m.end, got.code, got.name or m.text, m.text, m.self_reference, strong))
            if strong:
                within = got.code if got.level in ("province", "city") else within
        return found

    def area(self, at: int, end: int, sentence: tuple[int, int], section: int, article: int, default: Area) -> Area:
        """The place of the figure at ``at`` whose clause ends at ``end``."""
        start, _ = sentence
        entity = self._entity(at, start)
        here = self._between(start, end)
        strong = [n for n in here if n.strong]
        before = [n for n in strong if n.start < at]
        if before:
            return self._told(before[-1], "text", entity)
        if strong and not entity:
            return self._told(strong[0], "text", entity)
        earlier = [n for n in self._between(section, start) if n.strong]
        if earlier:
            return self._told(earlier[-1], "section", entity)
        further = [n for n in self._between(article, section) if n.strong]
        if further:
            return self._told(further[-1], "article", entity)
        return Area(default.code, default.name, entity, default.basis, unresolved=default.unresolved)

    def _told(self, named: Named, basis: Basis, entity: str | None) -> Area:
        return Area(named.code, named.name, entity, basis, named.printed)

    def _between(self, start: int, end: int) -> list[Named]:
        return self._named[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _entity(self, at: int, start: int) -> str | None:
        return None

    def main_place(self, start: int, end: int) -> Named | None:
        """The first strong place between two offsets."""
        return next((n for n in self._between(start, end) if n.strong and not n.self_reference), None)
