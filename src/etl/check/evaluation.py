"""How Great Expectations evaluates a suite: what it would work out anew for every frame is worked out once.

Its ``Validator`` copies each rule's configuration, asks which metrics it needs and how they depend on each other, and
asks again for the result: for rules over 50,000 rows that takes longer than the metrics themselves. None of it
depends on the rows. So the graph of metrics is kept with the rules, and a frame only resolves it.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import operator
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from etl.check.suites import PRESENT, Rule, Suite, columns_of
from etl.errors import SuiteError

if TYPE_CHECKING:
    import pandas as pd

FORMAT = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 0,
    "include_unexpected_rows": False,
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}
"""All failing ids, and nothing else."""

UNASKED = (".unexpected_values", ".unexpected_index_query")
"""Metrics that Great Expectations computes even for results that leave them out."""

ROW_WISE = frozenset(
    {
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_between",
        "expect_column_values_to_match_regex",
        "expect_column_pair_values_a_to_be_greater_than_b",
    }
)
"""Rule types that look at one row at a time, so that a long frame can go through in slices. All others see it whole."""

Term = tuple[str, str | tuple[Any, ...]]
"""A column, and the values that meet the condition, or ``present``."""
When = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What Great Expectations says of one rule and one frame."""

    success: bool
    result: Mapping[str, Any]
    error: str = ""
    """Why there is no result."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule with all of its metrics."""

    rule: Rule
    expectation: Any
    metrics: Mapping[str, Any]
    """What it judges by, as configurations of metrics by name."""
    edges: tuple[Any, ...]
    """These and the metrics they are computed from."""
    error: str = ""
    """Why it can't be evaluated, whatever the rows."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules about the same rows: with one condition, and either all row by row or all about the whole."""

    when: When
    row_wise: bool
    columns: tuple[str, ...]
    """What they look at, without the columns of the condition."""
    rules: tuple[Prepared, ...]
    edges: tuple[Any, ...]
    """The metrics of all its rules, each once."""

    def candidates(self, frame: pd.DataFrame, terms: dict[Term, Any]) -> pd.DataFrame:
        """The rows and columns that its rules speak of. ``terms``: rows of this frame that meet a term of a condition;
        those that are missing are added, as other groups share them."""
        own: pd.DataFrame = frame[list(self.columns)]
        for term in self.when:
            if term not in terms:
                column, values = term
                meets = frame[column].notna() if values == PRESENT else frame[column].isin(values)
                terms[term] = meets.to_numpy(dtype=bool)
        if self.when:
            own = own.loc[functools.reduce(operator.and_, (terms[term] for term in self.when))]
        return own

    def evaluate(self, frame: pd.DataFrame) -> list[Told]:
        """Its rules over some rows, in their order."""
        from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
        from great_expectations.validator.validation_graph import ValidationGraph

        engine = PandasExecutionEngine(batch_data_dict={"rows": frame})
        graph = ValidationGraph(execution_engine=engine, edges=list(self.edges))
        resolved, aborted = graph.resolve(runtime_configuration=_configuration(), show_progress_bars=False)
        return [_told(rule, engine, resolved, aborted) for rule in self.rules]


@functools.lru_cache(maxsize=16)
def groups(suite: Suite) -> tuple[Group, ...]:
    """The suite, ready to be evaluated. Raises SuiteError when Great Expectations does not hold every rule."""
    expectations = {e.meta["rule_id"]: e for e in gx_suite(suite, conditions=False).expectations}
    alike: dict[tuple[bool, When], list[Rule]] = {}
    for rule in suite.rules:
        when = tuple((c, v if isinstance(v, str) else tuple(v)) for c, v in sorted(rule.when.items()))
        alike.setdefault((rule.type in ROW_WISE, when), []).append(rule)
    found = []
    for (row_wise, when), rules in alike.items():
        prepared = tuple(_prepared(rule, expectations[rule.rule_id]) for rule in rules)
        columns = dict.fromkeys(c for rule in rules for c in columns_of(rule.type, rule.kwargs))
        edges = {edge.id: edge for edge in itertools.chain.from_iterable(p.edges for p in prepared)}
        found.append(Group(when, row_wise, tuple(columns), prepared, tuple(edges.values())))
    return tuple(found)


def _prepared(rule: Rule, expectation: Any) -> Prepared:
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.validator.metrics_calculator import MetricsCalculator

    engine = PandasExecutionEngine()
    try:
        needed = expectation.get_validation_dependencies(
            execution_engine=engine, runtime_configuration=_configuration()
        )
        for name in needed.get_metric_names():
            if name.endswith(UNASKED):
                needed.remove_metric_configuration(name)
        graph = MetricsCalculator(execution_engine=engine, show_progress_bars=False).build_metric_dependency_graph(
            metric_configurations=needed.get_metric_configurations(), runtime_configuration=_configuration()
        )
    except Exception as e:  # a rule that can't even be asked for is an error of that rule, in every file
        return Prepared(rule, expectation, {}, (), _first_line(e))
    return Prepared(rule, expectation, needed.metric_configurations, tuple(graph.edges))


def _told(rule: Prepared, engine: Any, resolved: Mapping[Any, Any], aborted: Mapping[Any, Any]) -> Told:
    if rule.error:
        return Told(False, {}, rule.error)
    metrics = {name: resolved[metric.id] for name, metric in rule.metrics.items() if metric.id in resolved}
    if len(metrics) < len(rule.metrics):
        mine = {m.id for edge in rule.edges for m in (edge.left, edge.right) if m is not None}
        crashed = next((str(v["exception_info"].exception_message) for k, v in aborted.items() if k in mine), "")
        return Told(False, {}, _first_line(crashed))
    try:
        told = rule.expectation._validate(
            metrics=metrics, runtime_configuration=_configuration(), execution_engine=engine
        )
    except Exception as e:  # whatever a rule trips over in these rows, the other rules are judged
        return Told(False, {}, _first_line(e))
    return Told(bool(told["success"]), told.get("result") or {})


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "the rule crashed"


def _configuration() -> dict[str, Any]:
    """A new one each time: Great Expectations writes into it."""
    return {"result_format": dict(FORMAT)}


@functools.cache
def _lock_of_this_process() -> None:
    """Great Expectations draws even no progress bar under tqdm's lock, which a process shares with those forked from
    it: one that is killed while it holds the lock would stop all others for good."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    tqdm.set_lock(threading.RLock())


def gx_suite(suite: Suite, *, conditions: bool = True) -> Any:
    """The suite as Great Expectations holds it, with or without the conditions of its rules.

    Raises SuiteError for a rule it dropped or refused.
    """
    _lock_of_this_process()
    import great_expectations as gx
    from great_expectations.expectations.row_conditions import Column

    import etl.check.expectations.reconciliation  # noqa: F401 - registers the custom expectations

    entries = []
    for rule in suite.rules:
        kwargs = dict(rule.kwargs)
        condition: Any = None
        for column, values in rule.when.items():
            term = Column(column).is_not_null() if values == PRESENT else Column(column).is_in(list(values))
            condition = term if condition is None else condition & term
        if condition is not None and conditions:
            kwargs["row_condition"] = condition
        entries.append(
            {
                "type": rule.type,
                "kwargs": kwargs,
                "severity": rule.gx_severity,
                "description": rule.description,
                "meta": {"rule_id": rule.rule_id},
            }
        )
    try:
        loaded = gx.ExpectationSuite(name=suite.name, expectations=entries)
    except Exception as e:  # GX raises pydantic, TypeError and its own errors here, whatever the mistake is
        raise SuiteError(f"suite {suite.name}", f"Great Expectations refuses it: {str(e).splitlines()[0]}") from e
    kept = {(e.meta or {}).get("rule_id") for e in loaded.expectations}
    if dropped := [rule for rule in suite.rules if rule.rule_id not in kept]:
        raise SuiteError(
            f"suite {suite.name}",
            "Great Expectations silently dropped " + ", ".join(f"{r.rule_id} ({r.type})" for r in dropped),
            next_step="Correct the rule's type or severity.",
        )
    return loaded


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Great Expectations logs what is a result here already."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
