"""Great Expectations' metrics behind the expectations: for each relation, which rows agree and which are decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_condition_partial import (
    multicolumn_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_map_metric_provider import (
    MulticolumnMapMetricProvider,
)
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value
from great_expectations.validator.metric_configuration import MetricConfiguration

from etl.check.expectations.formulas import Formula, verdict
from etl.check.expectations.roles import ROLES, formula_of
from etl.check.expectations.sql import judged

if TYPE_CHECKING:
    import pandas as pd

DOMAIN = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")
VERDICT = "reconciliation.verdict"


def agrees(name: str) -> str:
    """The metric whose unexpected rows fail."""
    return f"reconciliation.{name}.agrees"


def decided(name: str) -> str:
    """The metric whose unexpected rows could not be decided."""
    return f"reconciliation.{name}.decided"


def _formula(name: str, values: Mapping[str, Any]) -> Formula:
    return formula_of(name, {role: values[role] for role in ROLES[name] if values.get(role) is not None})


def _register(name: str) -> None:
    """Great Expectations registers a class when it is made."""
    own = f"reconciliation.{name}.verdict"

    class Verdicts(MetricProvider):
        metric_name = own
        domain_keys = DOMAIN
        value_keys = ROLES[name]

        @metric_value(engine=PandasExecutionEngine)
        def _pandas(
            cls: Any, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any, **_: Any
        ) -> pd.Series[Any]:
            import pandas as pd

            frame, _compute, _accessor = execution_engine.get_compute_domain(
                metric_domain_kwargs, domain_type=MetricDomainTypes.MULTICOLUMN
            )
            formula = _formula(name, metric_value_kwargs)
            columns = formula.columns
            rows = zip(*(frame[column] for column in columns), strict=True)
            told = [verdict(formula, dict(zip(columns, row, strict=True))) for row in rows]
            return pd.Series(told, index=frame.index, dtype=object)

    class Condition(MulticolumnMapMetricProvider):
        condition_domain_keys = DOMAIN
        condition_value_keys = ROLES[name]

        @classmethod
        def _get_evaluation_dependencies(
            cls,
            metric: MetricConfiguration,
            configuration: Any = None,
            execution_engine: ExecutionEngine | None = None,
            runtime_configuration: dict[str, Any] | None = None,
        ) -> dict[str, MetricConfiguration]:
            needed: dict[str, MetricConfiguration] = super()._get_evaluation_dependencies(
                metric, configuration, execution_engine, runtime_configuration
            )
            if metric.metric_name.endswith(".condition") and isinstance(execution_engine, PandasExecutionEngine):
                needed[VERDICT] = MetricConfiguration(own, metric.metric_domain_kwargs, metric.metric_value_kwargs)
            return needed

    class Agrees(Condition):
        condition_metric_name = agrees(name)

        @multicolumn_condition_partial(engine=PandasExecutionEngine)
        def _pandas(cls: Any, column_list: pd.DataFrame, _metrics: Mapping[str, Any], **_: Any) -> Any:
            return _metrics[VERDICT] != "fails"

        @multicolumn_condition_partial(engine=SqlAlchemyExecutionEngine)
        def _sqlalchemy(cls: Any, column_list: Any, _sqlalchemy_engine: Any, **values: Any) -> Any:
            return ~judged(_formula(name, values), _sqlalchemy_engine.dialect.name).fails

    class Decided(Condition):
        condition_metric_name = decided(name)

        @multicolumn_condition_partial(engine=PandasExecutionEngine)
        def _pandas(cls: Any, column_list: pd.DataFrame, _metrics: Mapping[str, Any], **_: Any) -> Any:
            return _metrics[VERDICT] != "undecidable"

        @multicolumn_condition_partial(engine=SqlAlchemyExecutionEngine)
        def _sqlalchemy(cls: Any, column_list: Any, _sqlalchemy_engine: Any, **values: Any) -> Any:
            return judged(_formula(name, values), _sqlalchemy_engine.dialect.name).decided


for _name in ROLES:
    _register(_name)
