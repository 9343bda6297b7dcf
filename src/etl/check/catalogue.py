"""Relations that the catalogue implies between the figures of one file: a part is no larger than its whole.

技能人才50万人 and 高技能人才15万人 of the same place and time need no 其中. Figures of a firm, goals and standards
take no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from etl.check.reconcile import member_places
from etl.model import Observation, Place, Relation, RelationMembers
from etl.normalise.indicators import IndicatorTable, load_indicators
from etl.normalise.observe import area_key

ADDITIVE = frozenset({"count", "money", "area", "other"})
"""Kinds whose figures are sizes of something, so that a part has less of it than the whole."""
MAX_RELATIONS = 20_000
"""Per file; beyond it the rest is left to the checks across files."""


def catalogue_relations(observations: Iterable[Observation], stated: Sequence[Relation]) -> tuple[Relation, ...]:
    """Subsets by ``part_of`` of the catalogue, by part; none that ``stated`` has already."""
    table = load_indicators()
    involved = _involved(table)
    facts: dict[tuple[object, ...], list[Observation]] = {}
    parts = []
    for o in observations:
        if o.indicator in involved and _counts(o):
            facts.setdefault((o.indicator, *_context(o)), []).append(o)
            if table.by_code[o.indicator or ""].part_of:
                parts.append(o)
    joined = _joined(stated) if parts else frozenset()
    found: list[Relation] = []
    for part in parts:
        for code in ancestors(table, part.indicator):
            wholes = facts.get((code, *_context(part)))
            if wholes:
                whole = wholes[0]
                if frozenset((part.place, whole.place)) not in joined:
                    found.append(Relation("subset", RelationMembers(part=part.place, whole=whole.place)))
                break
        if len(found) >= MAX_RELATIONS:
            break
    return tuple(found)


def ancestors(table: IndicatorTable, code: str | None) -> Iterable[str]:
    """The indicators that this one is a part of, the nearest first."""
    seen = set()
    while code and (entry := table.by_code.get(code)) and entry.part_of and entry.part_of not in seen:
        code = entry.part_of
        seen.add(code)
        yield code


def _involved(table: IndicatorTable) -> frozenset[str]:
    parts = [i for i in table.by_code.values() if i.part_of]
    return frozenset([i.code for i in parts] + [i.part_of for i in parts if i.part_of])


def _counts(o: Observation) -> bool:
    return o.kind in ADDITIVE and o.status == "observed" and o.area.entity is None and not o.area.unresolved


def _context(o: Observation) -> tuple[object, ...]:
    """What part and whole must agree in; a time that nothing settles is only that of the same sentence. Whom an
    indicator counts by its own name makes it the part that it is."""
    beyond = tuple(sorted(load_indicators().by_code[o.indicator or ""].beyond(o.breakdown).items()))
    return area_key(o.area), o.period.iso or o.evidence, o.period.time_type, beyond, o.unit


def _joined(relations: Sequence[Relation]) -> frozenset[frozenset[Place]]:
    pairs: set[frozenset[Place]] = set()
    for relation in relations:
        places = member_places(relation.members)
        if len(places) <= 3:
            pairs.update(frozenset((a, b)) for a in places for b in places if a != b)
        elif relation.members.total is not None:
            pairs.update(frozenset((relation.members.total, p)) for p in relation.members.parts)
    return frozenset(pairs)
