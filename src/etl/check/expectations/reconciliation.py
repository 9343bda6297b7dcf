"""The expectations themselves, one for each relation. Operands are intervals: X stands for the columns X_low, X_high.

Rows that fail are unexpected, all of them with their ids when the result format is COMPLETE (for SQL, it must name the
id columns). Rows that nothing can be said of, because a bound is open or an operand missing, are neither: an
expectation fails when fewer than ``min_evaluated`` rows, or less than the share ``min_evaluated_share`` of its rows,
could be decided. Counts and the ids of undecided rows are in ``result["details"]``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, ClassVar, Literal

from great_expectations.compatibility import pydantic
from great_expectations.core.metric_function_types import SummarizationMetricNameSuffixes as Suffix
from great_expectations.core.suite_parameters import SuiteParameterDict
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.render.components import (
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
    RenderedTableContent,
)
from great_expectations.render.renderer.renderer import renderer
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from etl.check.expectations.formulas import arithmetic
from etl.check.expectations.metrics import agrees, decided
from etl.check.expectations.roles import formula_of

NO_LIMIT = 2**31 - 1
COUNT, INDEX, ROWS = (
    s.value for s in (Suffix.UNEXPECTED_COUNT, Suffix.UNEXPECTED_INDEX_LIST, Suffix.FILTERED_ROW_COUNT)
)
SHOWN = 50
"""Rows in a table of Data Docs."""


class ReconciliationExpectation(MulticolumnMapExpectation):
    """What the six have in common."""

    min_evaluated: pydantic.StrictInt | SuiteParameterDict = 1
    """Rows that must have been decided."""
    min_evaluated_share: float | SuiteParameterDict = 0.0
    """Share of the rows, 0 to 1, that must have been decided."""
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "all_values_are_missing"
    """Always ``never``: a row without operands is undecided, not absent."""

    relation: ClassVar[str]
    sentence: ClassVar[str]
    """In Chinese, with the names of parameters in braces."""
    joint: ClassVar[str] = "、"
    """Between the names of a list."""

    @pydantic.root_validator(pre=True)
    def _fill_columns(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The columns follow from the operands."""
        try:
            columns = list(formula_of(cls.relation, values).columns)
        except KeyError as e:
            raise ValueError(f"needs {e.args[0]}") from None
        if values.get("column_list", columns) != columns:
            raise ValueError(f"column_list must be {columns}, or be left out")
        return {**values, "column_list": columns, "ignore_row_if": "never"}

    @pydantic.validator("min_evaluated_share")
    def _is_a_share(cls, value: Any) -> Any:
        if isinstance(value, float) and not 0 <= value <= 1:
            raise ValueError("min_evaluated_share is between 0 and 1")
        return value

    def get_validation_dependencies(
        self, execution_engine: ExecutionEngine | None = None, runtime_configuration: dict[str, Any] | None = None
    ) -> ValidationDependencies:
        needed = super().get_validation_dependencies(execution_engine, runtime_configuration)
        failed, undecided = agrees(self.relation), decided(self.relation)
        count = needed.metric_configurations[f"{failed}.{COUNT}"]
        wanted: dict[str, Any] = {f"{undecided}.{COUNT}": count.metric_value_kwargs}
        listed = needed.metric_configurations.get(f"{failed}.{INDEX}")
        if listed is not None and needed.result_format.get("result_format") == "COMPLETE":
            # on SQL, ids are cut at 20 otherwise
            unlimited = {**listed.metric_value_kwargs["result_format"], "partial_unexpected_count": NO_LIMIT}
            values = {**listed.metric_value_kwargs, "result_format": unlimited}
            wanted |= {f"{failed}.{INDEX}": values, f"{undecided}.{INDEX}": values}
        for name, values in wanted.items():
            needed.set_metric_configuration(name, MetricConfiguration(name, count.metric_domain_kwargs, values))
        return needed

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> Any:
        told: Any = super()._validate(metrics, runtime_configuration, execution_engine)
        failed, undecided = agrees(self.relation), decided(self.relation)
        candidates = metrics[f"{failed}.{ROWS}"] or 0
        evaluated = candidates - (metrics[f"{undecided}.{COUNT}"] or 0)
        share = self._get_success_kwarg("min_evaluated_share")
        least = max(self._get_success_kwarg("min_evaluated"), math.ceil(share * candidates - 1e-9))
        told["success"] = bool(told["success"] and evaluated >= least)
        if "result" in told:
            told["result"]["details"] = {
                "candidates": candidates,
                "evaluated": evaluated,
                "min_evaluated": least,
                "undecided_index_list": metrics.get(f"{undecided}.{INDEX}"),
            }
        return told

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[RenderedStringTemplateContent]:
        kwargs = _configuration(configuration, result).kwargs
        return [_text(cls._sentence(kwargs))]

    @classmethod
    def _sentence(cls, kwargs: Mapping[str, Any]) -> str:
        shown: dict[str, str] = {}
        for role, value in kwargs.items():
            if role == "terms":
                shown[role] = " + ".join(" × ".join(term) for term in value)
            elif isinstance(value, list):
                shown[role] = cls.joint.join(value)
            else:
                shown[role] = str(value)
        share = kwargs.get("min_evaluated_share") or 0
        least = f"，且不少于 {share * 100:g}%" if isinstance(share, float) and share else ""
        return f"{cls.sentence.format_map(shown)}；至少要能判定 {kwargs.get('min_evaluated', 1)} 行{least}"

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)
    def _diagnostic_unexpected_statement_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[Any]:
        details = (result.result or {}).get("details")
        if details is None:
            crashed: list[Any] = super()._diagnostic_unexpected_statement_renderer(
                configuration, result, runtime_configuration
            )
            return crashed
        text = f"{details['candidates']:,} 行中判定了 {details['evaluated']:,} 行"
        text += f"，{result.result['unexpected_count']:,} 行不成立"
        if details["evaluated"] < details["min_evaluated"]:
            text += f"；至少应判定 {details['min_evaluated']:,} 行，判定得太少"
        return [] if result.success else [_text(text, tag="strong")]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[Any] | None:
        told = result.result or {} if result is not None else {}
        rows = told.get("unexpected_list") or told.get("partial_unexpected_list") or []
        if not rows:
            return None
        ids = told.get("unexpected_index_list") or told.get("partial_unexpected_index_list") or []
        formula = formula_of(cls.relation, _configuration(configuration, result).kwargs)
        named = told.get("unexpected_index_column_names") or []
        table = []
        for row_id, row in zip_longest(ids[: min(SHOWN, len(rows))], rows[:SHOWN]):
            name = " ".join(str(row_id[c]) for c in named) if isinstance(row_id, dict) else row_id
            table.append(["" if name is None else str(name), arithmetic(formula, row)])
        block = RenderedTableContent(
            content_block_type="table",
            table=table,
            header_row=["标识", "算式"],
            styling={"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}},
        )
        return [block]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> str:
        details = (result.result or {}).get("details") if result is not None else None
        return f"判定 {details['evaluated']:,} / {details['candidates']:,} 行" if details else "--"


def _configuration(configuration: Any, result: Any) -> Any:
    return configuration if configuration is not None else result.expectation_config


def _text(text: str, tag: str = "span") -> RenderedStringTemplateContent:
    """What stands in it is text: Great Expectations would replace ``$name``."""
    return RenderedStringTemplateContent(
        content_block_type="string_template",
        string_template={"template": "$text", "params": {"text": text}, "tag": tag},
    )


class ExpectShareToEqualPartOfWhole(ReconciliationExpectation):
    """part ÷ whole × per meets the printed share."""

    part: pydantic.StrictStr
    whole: pydantic.StrictStr
    share: pydantic.StrictStr
    per: pydantic.StrictStr | float = 100
    """What shares are stated per: a number, or the column that holds it."""

    relation = "share"
    sentence = "{part} ÷ {whole} 应等于 {share}"
    map_metric = agrees("share")
    success_keys = ("mostly", "part", "whole", "share", "per", "min_evaluated", "min_evaluated_share")


class ExpectGrowthToMatchEarlierValue(ReconciliationExpectation):
    """now ÷ earlier − 1, times per, meets the printed growth."""

    now: pydantic.StrictStr
    earlier: pydantic.StrictStr
    growth: pydantic.StrictStr
    per: pydantic.StrictStr | float = 100
    direction: pydantic.StrictStr | None = None
    """Column that says ``down`` where the growth is printed as a decline."""

    relation = "growth"
    sentence = "{now} ÷ {earlier} − 1 应等于 {growth}"
    map_metric = agrees("growth")
    success_keys = ("mostly", "now", "earlier", "growth", "per", "direction", "min_evaluated", "min_evaluated_share")


class ExpectPartsToSumToTotal(ReconciliationExpectation):
    """The parts add up to the printed total."""

    parts: pydantic.conlist(pydantic.StrictStr, min_items=1)  # type: ignore[valid-type]
    total: pydantic.StrictStr

    relation = "sum"
    sentence = "{parts} 应等于 {total}"
    joint = " + "
    map_metric = agrees("sum")
    success_keys = ("mostly", "parts", "total", "min_evaluated", "min_evaluated_share")


class ExpectProductsToEqualTotal(ReconciliationExpectation):
    """The products, added up, meet the printed total: [[count, rate], [count, rate]]."""

    terms: pydantic.conlist(  # type: ignore[valid-type]
        pydantic.conlist(pydantic.StrictStr, min_items=1),
        min_items=1,
    )
    total: pydantic.StrictStr

    relation = "product"
    sentence = "{terms} 应等于 {total}"
    map_metric = agrees("product")
    success_keys = ("mostly", "terms", "total", "min_evaluated", "min_evaluated_share")


class ExpectPartNotToExceedWhole(ReconciliationExpectation):
    """A part is not larger than its whole."""

    part: pydantic.StrictStr
    whole: pydantic.StrictStr

    relation = "subset"
    sentence = "{part} 不应大于 {whole}"
    map_metric = agrees("subset")
    success_keys = ("mostly", "part", "whole", "min_evaluated", "min_evaluated_share")


class ExpectValuesToAgree(ReconciliationExpectation):
    """All statements of one fact meet each other."""

    values: pydantic.conlist(pydantic.StrictStr, min_items=2)  # type: ignore[valid-type]

    relation = "equal"
    sentence = "{values} 应当一致"
    map_metric = agrees("equal")
    success_keys = ("mostly", "values", "min_evaluated", "min_evaluated_share")
