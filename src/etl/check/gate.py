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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from etl.check.frames import FileRows, ObservationRow, Row, observation_rows, relation_rows, to_frame
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


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One rule over the whole batch."""

    rule: Rule
    error: str = ""
    """Why it can't be trusted; empty when it ran."""
    failing: Sequence[str] = ()
    """Ids of the rows that do not meet it."""


def check(files: Sequence[FileRows], suites: Sequence[Suite]) -> tuple[FileVerdict, ...]:
    """Judge a batch of files, in their order. All of them share one run of each suite."""
    results: dict[str, list[RuleResult]] = {f.sha256: [] for f in files}
    findings: dict[str, list[Finding]] = {f.sha256: [] for f in files}
    for suite in suites:
        rows: Sequence[Row] = observation_rows(files) if suite.frame == "observation" else relation_rows(files)
        for rule, by_file in _judge(suite, rows):
            for file in files:
                result, found = by_file.get(file.sha256) or (_result(rule, "not_applicable"), ())
                results[file.sha256].append(result)
                findings[file.sha256].extend(found)
    return tuple(FileVerdict(f.sha256, tuple(results[f.sha256]), tuple(findings[f.sha256])) for f in files)


ForFile = tuple[RuleResult, Sequence[Finding]]


def _judge(suite: Suite, rows: Sequence[Row]) -> Iterator[tuple[Rule, Mapping[str, ForFile]]]:
    """Each rule of a suite with its result and findings in every file that has rows it speaks about."""
    if not rows:
        yield from ((rule, {}) for rule in suite.rules)
        return
    df = to_frame(rows)
    for outcome in _evaluate(suite, df):
        rule = outcome.rule
        candidates = _candidates(rule, df)
        decided = candidates & _decided(rule, df)
        failing = candidates & df.index.isin(outcome.failing)
        counts = df[["file_sha256"]].assign(candidates=candidates, decided=decided, failing=failing)
        per_file = counts.groupby("file_sha256", sort=False).sum()
        failing_rows: dict[str, list[Row]] = {}
        for position in failing.to_numpy().nonzero()[0].tolist():
            failing_rows.setdefault(rows[position].file_sha256, []).append(rows[position])
        by_file = {}
        for sha256, n in per_file[per_file["candidates"] > 0].iterrows():
            failed = failing_rows.get(str(sha256), ())
            by_file[str(sha256)] = _for_file(outcome, int(n["candidates"]), int(n["decided"]), failed)
        yield rule, by_file


def _for_file(outcome: _Outcome, candidates: int, decided: int, failing: Sequence[Row]) -> ForFile:
    """What an outcome means for a file with at least one candidate row."""
    rule, error, failed = outcome.rule, outcome.error, len(failing)
    if not error and not decided and not rule.may_abstain:
        error = f"{candidates} candidate rows, none could be evaluated"
    if error:
        message = f"规则 {rule.rule_id} 未能执行，文件不予入库：{error}"
        result = _result(rule, "error", candidates, decided, failed, error)
        return result, [Finding(rule.rule_id, "block", message)]
    status: RuleStatus = "failed" if failed else "passed" if decided else "undecided"
    return _result(rule, status, candidates, decided, failed), [_finding(rule, row) for row in failing]


def _result(
    rule: Rule, status: RuleStatus, candidates: int = 0, evaluated: int = 0, failed: int = 0, message: str = ""
) -> RuleResult:
    return RuleResult(rule.rule_id, rule.version, rule.on_fail, status, candidates, evaluated, failed, message)


def _finding(rule: Rule, row: Row) -> Finding:
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.on_fail,
        message=_filled(rule.message, row),
        observation_id=row.observation_id if isinstance(row, ObservationRow) else None,
        evidence=row.evidence if isinstance(row, ObservationRow) else row.arithmetic,
        suggestion=_filled(rule.suggestion, row),
    )


def _filled(template: str, row: Row) -> str:
    return template.format_map({name: _shown(getattr(row, name)) for name in _names(template)})


@functools.cache
def _names(template: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


def _shown(value: Any) -> str:
    if value is None:
        return "（空）"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else f"{value}"


def _candidates(rule: Rule, df: pd.DataFrame) -> pd.Series[bool]:
    """The rows a rule speaks about."""
    mask = df.iloc[:, 0].notna()
    for column, values in rule.when.items():
        mask &= df[column].notna() if values == PRESENT else df[column].isin(values)
    return mask


def _decided(rule: Rule, df: pd.DataFrame) -> pd.Series[bool]:
    """Rules over values skip nulls; the not-null rule is about them."""
    mask = df.iloc[:, 0].notna()
    if "not_be_null" not in rule.type:
        for column in columns_of(rule.kwargs):
            mask &= df[column].notna()
    return mask


def _evaluate(suite: Suite, df: pd.DataFrame) -> list[_Outcome]:
    """Run a suite over a frame. Raises SuiteError when GX did not load or evaluate every rule."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    in_memory = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    with _quiet():
        loaded = gx_suite(suite)
        context = gx.get_context(mode="ephemeral", project_config=in_memory)
        asset = context.data_sources.add_pandas("batch").add_dataframe_asset(suite.frame)
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": df})
        outcome = batch.validate(
            loaded, result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False}
        )
    by_id = {r.expectation_config.meta["rule_id"]: r for r in outcome.results}
    if missing := [rule.rule_id for rule in suite.rules if rule.rule_id not in by_id]:
        raise SuiteError(f"suite {suite.name}", f"rules were not evaluated: {', '.join(missing)}")
    return [_outcome(rule, by_id[rule.rule_id], df) for rule in suite.rules]


def _outcome(rule: Rule, result: Any, df: pd.DataFrame) -> _Outcome:
    detail = result.result or {}
    if not result.success and not detail:
        return _Outcome(rule, _exception(result.exception_info) or "the rule crashed")
    ids = detail.get("unexpected_index_list") or []
    if not result.success and not ids:
        return _Outcome(rule, "it failed without naming rows")
    if len(ids) != detail.get("unexpected_count", len(ids)):
        return _Outcome(rule, f"{detail['unexpected_count']} rows failed but {len(ids)} ids came back")
    if ids and not df.index.isin(ids).any():
        return _Outcome(rule, f"it named unknown rows {list(map(str, ids[:3]))}")
    return _Outcome(rule, failing=ids)


def _exception(info: Mapping[str, Any] | None) -> str:
    """The first exception message of a crashed rule."""
    for value in [info or {}, *(info or {}).values()]:
        if isinstance(value, Mapping) and value.get("exception_message"):
            return str(value["exception_message"]).strip().splitlines()[0]
    return ""


def gx_suite(suite: Suite) -> Any:
    """The suite as Great Expectations holds it. Raises SuiteError for a rule it dropped or refused."""
    import great_expectations as gx
    from great_expectations.expectations.row_conditions import Column

    entries = []
    for rule in suite.rules:
        kwargs = dict(rule.kwargs)
        condition: Any = None
        for column, values in rule.when.items():
            term = Column(column).is_not_null() if values == PRESENT else Column(column).is_in(list(values))
            condition = term if condition is None else condition & term
        if condition is not None:
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
