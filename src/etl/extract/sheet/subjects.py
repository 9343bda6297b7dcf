"""What the title of a table is about."""

from __future__ import annotations

import functools
import re

from etl.extract.sheet.places import Speaker
from etl.extract.sheet.wording import chinese, split_unit
from etl.extract.sheet.words import words
from etl.normalise.regions import load_regions

TABLE_NUMBER = re.compile(
    r"^(?:[附续]?表\s*[一二三四五六七八九十\d]{1,3}(?![\d.．—-])|(?:[附续]?表)?\s*[A-Z]?\d{1,2}(?:[-—–.．]\d{1,2}){1,3}[a-z]?)"
    r"\s*(?:\(续\)|（续）|续表\d*)?"
)
_NUMBER_INSIDE = re.compile(
    r".*[\u4e00-\u9fff][\s)）》]+(?=[附续]?表\s*(?:[A-Z]?\d|[一二三四五六七八九十]+[\s:：]))", re.DOTALL
)
_BULLETIN = re.compile(r"^.*(?:公报|公告|通报)\s*[(（\[〔]?第?[一二三四五六七八九十\d]{1,3}号[)）\]〕]?", re.DOTALL)
"""What stands before the number of a table in one cell with it, and the number of a bulletin: of the document."""
_PERIOD_PART = re.compile(
    r"[(（]?(?:19|20)\d\d年?(?:[-—–~～至](?:19|20)?\d\d年?)?(?:第?[一二三四]季度|\d{1,2}月(?:\d{1,2}日)?)?(?:[末底]|零时)?[)）]?"
)
_BROKEN_DOWN = re.compile(r"^[按分][^的]{1,24}的(?=.{2})|^按[^分的]{1,16}分(?:组)?(?=[^的]{4})")
"""按受教育程度、孩次分的育龄妇女生育人数, 按行业分企业法人单位数: rows and columns say what stands before it."""
_ASIDE = re.compile(r"(?<=.{2})[(（][^()（）]*[)）]$")
_LEFTOVER = re.compile(r"[(（]\s*(?:续|截至[^)）]*|按[^)）]*)?\s*[)）]")

_LEVEL = "(?:设区市|地级市|省辖市|县级市|地市|省份|城市|自治[州县旗区]|直辖市|地区(?!生产)|街道|[省市区县旗州盟镇乡])"
_LISTED = rf"(?:{_LEVEL}|[、,，/及和](?={_LEVEL})|[(（](?:{_LEVEL}|[、,，/])+[)）])+"
_EACH = rf"(?:按{_LISTED}(?:分布|分组|分)?|[各分]{_LISTED}(?:分布|分组)?)(?![场域政容税债])"
"""各县（市、区）, 分市县, 按地区分组: what rows or columns list."""
_OF_PLACES = tuple("省市区县旗州盟")


def subject_of(title: str, speaker: Speaker | None) -> str:
    """What a title is about, without number, period, place and words such as 各区、县 or 情况.

    ``表2.6 各区、县户籍人口年龄构成（2012）`` → ``户籍人口年龄构成``.
    """
    text = chinese(_BULLETIN.sub("", _NUMBER_INSIDE.sub("", title)))
    text = TABLE_NUMBER.sub("", text)
    text = _LEFTOVER.sub("", _PERIOD_PART.sub("", text))
    if speaker:
        text = _without_place(text, speaker)
    text = _without_noise(text)
    text = split_unit(text).label
    text = _BROKEN_DOWN.sub("", _ASIDE.sub("", text))
    return text.strip("的、，,：:-—_ ·.()（）")


def _without_noise(text: str) -> str:
    """A title without 全市, 各区县, 情况 and the like: as whole words only (各市场, 部分县 and 全国性 stay)."""
    noise = words("title_noise")
    while text.startswith(noise.start) and not text.startswith(words("title_noise_apart").start):
        text = text[max(len(w) for w in noise.start if text.startswith(w)) :].lstrip("、及和与")
    text = _noise_inside().sub(lambda m: m["apart"] or "", text)
    for word in sorted(noise.end, key=len, reverse=True):
        text = text.removesuffix(word)
    return text


@functools.cache
def _noise_inside() -> re.Pattern[str]:
    def any_of(kind: str) -> str:
        return "|".join(map(re.escape, sorted(words(kind).inside, key=len, reverse=True)))

    return re.compile(f"(?P<apart>{any_of('title_noise_apart')})|{_EACH}|(?:{any_of('title_noise')})")


_TOWN = re.compile(r"市区(?![县市、,，/及和与级])")


def part_told(title: str, speaker: Speaker) -> str:
    """The part of the speaker to which a title limits its table (历年市区户籍人口 → 市区); empty for others."""
    text = _without_place(subject_of(title, speaker), speaker)  # 历年 can stand before the place
    part = max((w for w in words("title_part").start if text.startswith(w)), key=len, default="")
    return "" if not part or text.startswith(words("title_part_apart").start) else part


def _without_place(text: str, speaker: Speaker) -> str:
    """The text without the name of the speaker that opens it, in whichever form it stands there (海西州, 黔东南)."""
    region = load_regions().get(speaker.code)
    names = {speaker.name, *((region.name, region.short, *region.aliases) if region else ())}
    shorts = {name.rstrip("省市区县") for name in names}
    names |= {f"{short}{level}" for short in shorts for level in _OF_PLACES if short}
    for name in sorted(names | shorts, key=len, reverse=True):
        if len(name) >= 2 and text.startswith(name):
            if name.endswith("市") and len(name) > 2 and _TOWN.match(text[len(name) - 1 :]):
                return text[len(name) - 1 :]  # 湖州|市区户籍人口
            return text[len(name) :].lstrip("、及和与")
    return text
