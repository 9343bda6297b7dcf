"""Where firms and sites lie whose place the text does not print: table ``region_sites.csv``."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from etl.model import Area
from etl.normalise.regions import Gazetteer
from etl.reference import rows


@cache
def _sites() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {r["site"]: r["code"] for r in rows("region_sites.csv")}
    return re.compile("|".join(map(re.escape, sorted(codes, key=len, reverse=True)))), codes


def seated(area: Area, gazetteer: Gazetteer) -> Area:
    """The area of an entity's figure, narrowed to the entity's seat where that lies inside."""
    if area.entity is None:
        return area
    pattern, codes = _sites()
    names = pattern.findall(area.entity)
    code = codes[names[-1]] if names else None
    if code is None or code == area.code or (area.code is not None and area.code not in gazetteer.ancestors(code)):
        return area
    region = gazetteer.get(code)
    return replace(area, code=code, name=region.name if region else area.name)
