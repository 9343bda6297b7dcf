"""Places: from what is printed to a code of GB/T 2260 (or a nine-digit township code), or to the reason why not."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Sequence

from etl.normalise import region_mentions, region_resolve
from etl.normalise.region_names import normal
from etl.normalise.region_table import COUNTRY, Level, Mention, Named, Region, RegionTable, Resolution
from etl.reference import rows

__all__ = ["COUNTRY", "Gazetteer", "Level", "Mention", "Named", "Region", "Resolution", "load_regions"]


class Gazetteer(RegionTable):
    """The table of places with the questions that the stages ask of it. Get it from ``load_regions()``."""

    def resolve(self, text: str, *, within: str | None = None, on: str | None = None) -> Resolution:
        """The place that ``text`` names.

        ``within`` is the code of the context: of the speaker, or of the table's parent; ``on`` an ISO period or
        a year. Never picks one of several equals: code None with ranked candidates then.
        """
        return region_resolve.resolve(self, text, within=within, on=on)

    def resolve_column(
        self, labels: Sequence[str], *, within: str | None = None, on: str | None = None
    ) -> tuple[Resolution, ...]:
        """The places of one column of a table, read together: what one label leaves open, its neighbours settle.

        吉林 between 长春 and 四平 is the city, between 辽宁 and 黑龙江 the province.
        """
        return region_resolve.resolve_column(self, labels, within=within, on=on)

    def may_name(self, text: str) -> bool:
        """Whether the text as a whole is a name, or a path of names (江苏省扬州市), whatever its code."""
        return region_resolve.may_name(self, text)

    def find(self, text: str, *, within: str | None = None) -> list[Mention]:
        """Every place named in running text, in order, not overlapping, the longest reading of each.

        ``within`` (the speaker's code) lets short names of its neighbours through and its townships.
        """
        return region_mentions.find_mentions(self, text, within)


@functools.cache
def load_regions() -> Gazetteer:
    """The gazetteer of ``reference/regions.csv``; townships are read when first needed."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for r in rows("region_aliases.csv"):
        aliases[r["code"]].append(normal(r["alias"]))
    return Gazetteer(
        Region(
            code=r["code"],
            name=r["name"],
            level=r["level"],  # type: ignore[arg-type]
            parent=r["parent"] or None,
            valid_from=r["valid_from"] or None,
            valid_to=r["valid_to"] or None,
            successors=tuple(filter(None, r["successors"].split("|"))),
            aliases=(*filter(None, r["aliases"].split("|")), *aliases[r["code"]]),
            short=r["short"],
        )
        for r in sorted(rows("regions.csv"), key=lambda r: (r["code"], r["valid_from"]))
    )
