"""Who speaks, where the manifest gives no region: the publisher that it names, or the paper in a page's masthead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from etl.extract.report.naming import COUNTRY
from etl.extract.report.sites import seat_of
from etl.model import Area, ManifestEntry
from etl.normalise.regions import Gazetteer
from etl.reference import local_rows, rows

PAPERS = "region_papers.csv"
_PAPER = re.compile(r"[\u4e00-\u9fff]{2,14}?(?:报|周刊|简讯|快讯|新闻网|在线|网)(?![\u4e00-\u9fff])")
_IN_BRACKETS = re.compile(r"[((]([\u4e00-\u9fff]{2,12})[))]\s*$")
_EDITED = re.compile(
    r"^(?P<who>[\u4e00-\u9fff()]{4,24}?)[ \u3000]*(?:编印|主办|主编|编)(?=[ \u3000\d]|$)", re.MULTILINE
)
_OFFICE = re.compile(r"(?:总?工会|党委|团委|编辑部|宣传部|办公室)*$")
_LONGEST = 12
"""Characters of the longest name of a place at the head of a publisher's."""


def speaker_of(manifest: ManifestEntry | None, mastheads: Sequence[str], head: str, gazetteer: Gazetteer) -> Area:
    """The place that a text speaks for: as the manifest codes it, else by its publisher, its title or its masthead.

    The name of a publisher or paper tells its place (某某市教育局, 辽宁职工报); papers whose name tells none or
    another one are listed in ``region_papers.csv``, firms in ``region_sites.csv``. ``head`` is the top of the text,
    which can name who edits it (某某集团工会编).
    """
    if manifest is not None and manifest.region_code is not None:
        region = gazetteer.get(manifest.region_code)
        return Area(manifest.region_code, region.name if region else None, None, "manifest")
    names = [manifest.publisher] if manifest and manifest.publisher else []
    if manifest and manifest.title:
        bracketed = _IN_BRACKETS.search(manifest.title)
        names += [bracketed[1]] if bracketed else []
        names += [m[0] for m in _PAPER.finditer(manifest.title)]
    papers = {m[0] for line in mastheads for m in _PAPER.finditer(line)}
    names += papers if len({place_of(paper, gazetteer) for paper in papers}) == 1 else ()
    names += [m["who"] for m in _EDITED.finditer(head)]
    return next((area for area in (_speaking(name, gazetteer) for name in names) if area is not None), Area())


def _speaking(name: str, gazetteer: Gazetteer) -> Area | None:
    seat = seat_of(name)
    code = seat or place_of(name, gazetteer)
    region = gazetteer.get(code) if code else None
    firm = _OFFICE.sub("", name) if seat else None
    return Area(code, region.name, firm, "reference" if seat else "publisher") if region else None


@cache
def _papers() -> dict[str, str]:
    return {row["paper"]: row["code"] for row in (*rows(PAPERS), *local_rows(PAPERS))}


def place_of(name: str, gazetteer: Gazetteer) -> str | None:
    """The code of the place that the name of a publisher opens with, or of a listed paper."""
    if (listed := next((p for p in _papers() if p in name), None)) is not None:
        return _papers()[listed] or None
    for length in range(min(_LONGEST, len(name)), 1, -1):
        got = gazetteer.resolve(name[:length])
        if got.code is not None:
            return got.code if got.code != COUNTRY and len(got.code) == 6 else None
    return None
