"""Words about places that are data: places without a code, self references, namesakes."""

from __future__ import annotations

import functools

from etl.reference import rows


def is_uncoded_name(label: str) -> bool:
    """Whether the label is the name or the kind of a place that has no code (长三角, 市区, 高新区)."""
    return label in _uncoded()


@functools.cache
def uncoded_ends() -> tuple[str, ...]:
    """Kinds of places without a code that follow a name in running text: 高新区, 工业园区."""
    return tuple(r["name"] for r in rows("regions_uncoded.csv") if r["match"] == "suffix" and r["in_text"] == "yes")


@functools.cache
def kinds_without_code() -> frozenset[str]:
    return frozenset(r["name"] for r in rows("regions_uncoded.csv") if r["match"] == "suffix")


@functools.cache
def _uncoded() -> frozenset[str]:
    return frozenset(r["name"] for r in rows("regions_uncoded.csv"))


@functools.cache
def self_references() -> dict[str, tuple[str, ...]]:
    return {r["text"]: tuple(r["names_end"].split("|")) for r in rows("region_self_references.csv")}


@functools.cache
def namesakes() -> dict[str, str]:
    return {r["name"]: r["code"] for r in rows("region_namesakes.csv")}
