"""The parameters of each expectation, and the formula they make. Knows no Great Expectations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from etl.check.expectations.formulas import Formula, Name

TYPES: dict[str, Name] = {
    "expect_share_to_equal_part_of_whole": "share",
    "expect_growth_to_match_earlier_value": "growth",
    "expect_parts_to_sum_to_total": "sum",
    "expect_products_to_equal_total": "product",
    "expect_part_not_to_exceed_whole": "subset",
    "expect_values_to_agree": "equal",
}
"""Rule type → relation."""

ROLES: dict[str, tuple[str, ...]] = {
    "share": ("part", "whole", "share", "per"),
    "growth": ("now", "earlier", "growth", "per", "direction"),
    "sum": ("parts", "total"),
    "product": ("terms", "total"),
    "subset": ("part", "whole"),
    "equal": ("values",),
}
"""Relation → its parameters. ``per`` and ``direction`` may be left out."""


def formula_of(name: str, parameters: Mapping[str, Any]) -> Formula:
    """Raises KeyError when a parameter is missing."""
    get = parameters.__getitem__
    terms: tuple[int, ...] = ()
    match name:
        case "sum":
            operands = [*get("parts"), get("total")]
        case "product":
            operands = [*(factor for term in get("terms") for factor in term), get("total")]
            terms = tuple(len(term) for term in get("terms"))
        case "equal":
            operands = [*get("values")]
        case _:
            operands = [get(role) for role in ROLES[name] if role not in {"per", "direction"}]
    per = parameters.get("per", 100)
    return Formula(
        name=cast(Name, name),
        operands=tuple(operands),
        terms=terms,
        per=per if isinstance(per, str) else Decimal(str(per)),
        direction=parameters.get("direction"),
    )


def rule_columns(rule_type: str, kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that a rule with one of these types looks at; none for other types. KeyError as above."""
    name = TYPES.get(rule_type)
    return formula_of(name, kwargs).columns if name else ()
