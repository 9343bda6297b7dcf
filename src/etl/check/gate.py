"""The gate: Great Expectations over a batch of files, and what follows for each row and file.

GX is used for what it is good at, evaluating declared rules over a frame. Everything its users trip over is decided
here: rules are paired by id, all failing ids are fetched, a rule that crashed or decided on nothing blocks, and
``success`` of the whole is never asked.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from etl.check.frames import FileRows, Rows
from etl.check.suites import PRESENT, Rule, Suite, columns_of
from etl.errors import SuiteError
from etl.model import Finding, Severity

if TYPE_CHECKING:
    import pandas as pd

RuleStatus = Literal["passed", "failed", "error", "not_applicable", "undecided"]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule did in one file."""

    rule_id: str
    rule_version: str
    severity: Severity
    status: RuleStatus
    candidates: int
    evaluated: int
    failed: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """The gate's answer for one file."""

    sha256: str
    results: tuple[RuleResult, ...]
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "block")

    @property
    def held(self) -> frozenset[str]:
        """Ids of observations that wait for a person."""
        return frozenset(f.observation_id for f in self.findings if f.severity == "quarantine" and f.observation_id)


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

SLICE = 250_000
"""Rows of a slice: bounds the memory of the frame, and is long enough to share GX's cost per run."""

FORMAT = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
}
"""All failing ids, and nothing else."""

When = tuple[tuple[str, str | tuple[Any, ...]], ...]


@dataclass(slots=True)
class _Outcome:
    """One rule over all slices. Rows are told by number."""

    rule: Rule
    errors: list[str]
    """Why it can't be trusted; empty when it ran."""
    candidates: list[Any]
    """Arrays of the rows it speaks about."""
    undecided: list[Any]
    """Of these, the ones it can't say anything of."""
    failing: list[Any]
    """Of these, the ones that do not meet it."""


def check(files: Sequence[FileRows], suites: Sequence[Suite]) -> tuple[FileVerdict, ...]:
    """Judge a batch of files, in their order. All of them share the runs of each suite."""
    results: list[list[RuleResult]] = [[] for _ in files]
    findings: list[list[Finding]] = [[] for _ in files]
    for suite in suites:
        rows = Rows(suite.frame, files)
        for outcome in _evaluate(suite, rows):
            for number, (result, found) in enumerate(_by_file(outcome, rows)):
                results[number].append(result)
                findings[number].extend(found)
    return tuple(
        FileVerdict(file.sha256, tuple(r), tuple(f)) for file, r, f in zip(files, results, findings, strict=True)
    )


ForFile = tuple[RuleResult, Sequence[Finding]]


def _by_file(outcome: _Outcome, rows: Rows) -> Iterator[ForFile]:
    """What an outcome means for each file."""
    import numpy as np

    def counted(parts: list[Any]) -> tuple[Any, Any]:
        found = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)  # in the order of the rows
        return found, np.diff(np.searchsorted(found, rows.starts)).tolist()

    (_, candidates), (_, undecided), (failing, failed) = map(
        counted, (outcome.candidates, outcome.undecided, outcome.failing)
    )
    passed = 0
    for number in range(len(rows.files)):
        numbers = failing[passed : passed + failed[number]].tolist()
        passed += failed[number]
        if not candidates[number]:
            yield _result(outcome.rule, "not_applicable"), ()
        else:
            yield _for_file(outcome, candidates[number], candidates[number] - undecided[number], rows, number, numbers)


def _for_file(
    outcome: _Outcome, candidates: int, decided: int, rows: Rows, file: int, failing: Sequence[int]
) -> ForFile:
    """What an outcome means for a file with at least one candidate row."""
    rule, failed = outcome.rule, len(failing)
    error = outcome.errors[0] if outcome.errors else ""
    if not error and not decided and not rule.may_abstain:
        error = f"{candidates} candidate rows, none could be evaluated"
    if error:
        message = f"规则 {rule.rule_id} 未能执行，文件不予入库：{error}"
        result = _result(rule, "error", candidates, decided, failed, error)
        return result, [Finding(rule.rule_id, "block", message)]
    status: RuleStatus = "failed" if failed else "passed" if decided else "undecided"
    return _result(rule, status, candidates, decided, failed), [_finding(rule, rows, file, row) for row in failing]


def _result(
    rule: Rule, status: RuleStatus, candidates: int = 0, evaluated: int = 0, failed: int = 0, message: str = ""
) -> RuleResult:
    return RuleResult(rule.rule_id, rule.version, rule.on_fail, status, candidates, evaluated, failed, message)


def _finding(rule: Rule, rows: Rows, file: int, row: int) -> Finding:
    def field(name: str) -> Any:
        return rows.field(row, file, name)

    is_observation = "observation_id" in rows.fields
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.on_fail,
        message=_filled(rule.message, field),
        observation_id=field("observation_id") if is_observation else None,
        evidence=field("evidence" if is_observation else "arithmetic"),
        suggestion=_filled(rule.suggestion, field),
    )


def _filled(template: str, field: Callable[[str], Any]) -> str:
    return template.format_map({name: _shown(field(name)) for name in _names(template)})


@functools.cache
def _names(template: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _shown(value: Any) -> str:
    if value is None:
        return "（空）"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else f"{value}"


def _evaluate(suite: Suite, rows: Rows) -> list[_Outcome]:
    """Run a suite over its rows. Raises SuiteError when GX did not load or evaluate every rule.

    Rules with one condition share a frame of the rows they speak about. GX could apply conditions itself, but filters
    all columns anew for every number it computes.
    """
    loaded = {rule.meta["rule_id"]: rule for rule in gx_suite(suite, conditions=False).expectations}
    outcomes = {rule.rule_id: _Outcome(rule, [], [], [], []) for rule in suite.rules}
    in_slices = [rule for rule in suite.rules if rule.type in ROW_WISE]
    whole = [rule for rule in suite.rules if rule.type not in ROW_WISE]
    for first in range(0, len(rows), SLICE):
        _run(in_slices, loaded, rows, first, min(first + SLICE, len(rows)), outcomes)
    if len(rows):
        _run(whole, loaded, rows, 0, len(rows), outcomes)
    return list(outcomes.values())


def _run(
    rules: Sequence[Rule],
    loaded: Mapping[str, Any],
    rows: Rows,
    first: int,
    last: int,
    outcomes: Mapping[str, _Outcome],
) -> None:
    """Add to the outcomes what some rules make of some rows."""
    needed = {c: None for rule in rules for c in (*rule.when, *columns_of(rule.type, rule.kwargs))}
    frame = rows.frame(needed, first, last)
    for when, alike in _by_condition(rules).items():
        own = list(dict.fromkeys(c for rule in alike for c in columns_of(rule.type, rule.kwargs)))
        spoken_of = frame[own] if not when else frame.loc[_meets(when, frame), own]
        if not len(spoken_of):
            continue
        results = _validated([loaded[rule.rule_id].configuration for rule in alike], spoken_of)
        candidates = spoken_of.index.to_numpy()
        for rule in alike:
            if rule.rule_id not in results:
                raise SuiteError(f"rule {rule.rule_id}", "Great Expectations did not evaluate it")
            _add(outcomes[rule.rule_id], results[rule.rule_id], spoken_of, candidates)


def _by_condition(rules: Sequence[Rule]) -> dict[When, list[Rule]]:
    found: dict[When, list[Rule]] = {}
    for rule in rules:
        when = tuple((c, v if isinstance(v, str) else tuple(v)) for c, v in sorted(rule.when.items()))
        found.setdefault(when, []).append(rule)
    return found


def _meets(when: When, frame: pd.DataFrame) -> Any:
    mask: Any = None
    for column, values in when:
        own = (frame[column].notna() if values == PRESENT else frame[column].isin(values)).to_numpy()
        mask = own if mask is None else mask & own
    return mask


def _validated(configurations: Sequence[Any], frame: pd.DataFrame) -> dict[str, Any]:
    """Results by rule id. This is what GX does below its contexts and stores, which the gate has no use for."""
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    with _quiet():
        validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"rows": frame}))
        validator.metrics_calculator.show_progress_bars = False
        results: list[Any] = validator.graph_validate(
            configurations=list(configurations), runtime_configuration={"result_format": dict(FORMAT)}
        )
    return {r.expectation_config.meta["rule_id"]: r for r in results}


def _add(outcome: _Outcome, result: Any, frame: pd.DataFrame, candidates: Any) -> None:
    import numpy as np

    detail = result.result or {}
    outcome.candidates.append(candidates)
    if not result.success and not detail:
        outcome.errors.append(_exception(result.exception_info) or "the rule crashed")
        return
    told = detail.get("details") or {}
    failing = np.sort(np.array(detail.get("unexpected_index_list") or [], dtype=np.int64))
    if told and told["evaluated"] < told["min_evaluated"]:
        outcome.errors.append(
            f"{told['evaluated']} rows could be evaluated, {told['min_evaluated']} at least are needed"
        )
    elif not result.success and not len(failing):
        outcome.errors.append("it failed without naming rows")
    elif len(failing) != detail.get("unexpected_count", len(failing)):
        outcome.errors.append(f"{detail['unexpected_count']} rows failed but {len(failing)} ids came back")
    elif (candidates[np.searchsorted(candidates[:-1], failing)] != failing).any():
        outcome.errors.append(f"it named rows {failing[:3].tolist()} that it was not shown")
    else:
        outcome.failing.append(failing)
    outcome.undecided.append(_undecided(outcome.rule, told, frame, candidates))


def _undecided(rule: Rule, told: Mapping[str, Any], frame: pd.DataFrame, candidates: Any) -> Any:
    """Rules over values skip nulls, but for the not-null rule; reconciliations say themselves."""
    import numpy as np

    if "undecided_index_list" in told:
        return np.sort(np.array(told["undecided_index_list"] or [], dtype=np.int64))
    if "not_be_null" in rule.type:
        return np.empty(0, dtype=np.int64)
    missing = frame[list(columns_of(rule.type, rule.kwargs))].isna().to_numpy().any(axis=1)
    return candidates[missing]


def _exception(info: Mapping[str, Any] | None) -> str:
    """The first exception message of a crashed rule."""
    for value in [info or {}, *(info or {}).values()]:
        if isinstance(value, Mapping) and value.get("exception_message"):
            return str(value["exception_message"]).strip().splitlines()[0]
    return ""


def gx_suite(suite: Suite, *, conditions: bool = True) -> Any:
    """The suite as Great Expectations holds it, with or without the conditions of its rules.

    Raises SuiteError for a rule it dropped or refused.
    """
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
def _quiet() -> Iterator[None]:
    """GX logs what this module already turns into results."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
