"""The gate: Great Expectations over a batch of files, and what follows for each row and file.

GX is used for what it is good at, evaluating declared rules over a frame. Everything its users trip over is decided
here: rules are paired by id, all failing ids are fetched, a rule that crashed or decided on nothing blocks, and
``success`` of the whole is never asked.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from etl.check.frames import FileRows, Row, observation_rows, relation_rows, to_frame
from etl.check.suites import PRESENT, Rule, Suite, columns_of
from etl.errors import SuiteError
from etl.model import Finding, Severity

if TYPE_CHECKING:
    import pandas as pd

RuleStatus = Literal["passed", "failed", "error", "not_applicable", "undecided"]
ID_COLUMN = {"observation": "observation_id", "relation": "relation_id"}


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
    error: str
    """Why it can't be trusted; empty when it ran."""
    failing: frozenset[str]


def check(files: Sequence[FileRows], suites: Sequence[Suite]) -> tuple[FileVerdict, ...]:
    """Judge a batch of files, in their order. Findings in the whole batch share one run of each suite."""
    rows = {"observation": observation_rows(files), "relation": relation_rows(files)}
    results: dict[str, list[RuleResult]] = {f.sha256: [] for f in files}
    findings: dict[str, list[Finding]] = {f.sha256: [] for f in files}
    for suite in suites:
        frame_rows = rows[suite.frame]
        by_file: dict[str, list[Row]] = {f.sha256: [] for f in files}
        for row in frame_rows:
            by_file[row["file_sha256"]].append(row)
        for outcome in _evaluate(suite, frame_rows):
            for file in files:
                result, found = _for_file(suite.frame, outcome, by_file[file.sha256])
                results[file.sha256].append(result)
                findings[file.sha256].extend(found)
    return tuple(FileVerdict(f.sha256, tuple(results[f.sha256]), tuple(findings[f.sha256])) for f in files)


def _for_file(frame: str, outcome: _Outcome, rows: Sequence[Row]) -> tuple[RuleResult, list[Finding]]:
    """What an outcome means for one file: its counts, status and findings."""
    rule = outcome.rule
    candidates = [row for row in rows if _speaks_about(rule, row)]
    decided = [row for row in candidates if _decides(rule, row)]
    failing = [row for row in candidates if row[ID_COLUMN[frame]] in outcome.failing]
    error = outcome.error
    if not error and candidates and not decided and not rule.may_abstain:
        error = f"{len(candidates)} candidate rows, none could be evaluated"
    if error and candidates:
        status: RuleStatus = "error"
        message = f"规则 {rule.rule_id} 未能执行，文件不予入库：{error}"
        findings = [Finding(rule.rule_id, "block", message)]
    else:
        findings = [_finding(frame, rule, row) for row in failing]
        if failing:
            status = "failed"
        elif not candidates:
            status = "not_applicable"
        else:
            status = "passed" if decided else "undecided"
    result = RuleResult(
        rule.rule_id, rule.version, rule.on_fail, status, len(candidates), len(decided), len(failing), error
    )
    return result, findings


def _finding(frame: str, rule: Rule, row: Row) -> Finding:
    shown = {key: _shown(value) for key, value in row.items()}
    return Finding(
        rule_id=rule.rule_id,
        severity=rule.on_fail,
        message=rule.message.format_map(shown),
        observation_id=row["observation_id"] if frame == "observation" else None,
        evidence=shown["evidence"] if frame == "observation" else shown["arithmetic"],
        suggestion=rule.suggestion.format_map(shown),
    )


def _shown(value: Any) -> str:
    if value is None:
        return "（空）"
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else f"{value}"


def _speaks_about(rule: Rule, row: Row) -> bool:
    return all(
        row[column] is not None if values == PRESENT else row[column] in values for column, values in rule.when.items()
    )


def _decides(rule: Rule, row: Row) -> bool:
    """Rules over values skip nulls; the not-null rule is about them."""
    return "not_be_null" in rule.type or all(row[column] is not None for column in columns_of(rule.kwargs))


def _evaluate(suite: Suite, rows: Sequence[Row]) -> list[_Outcome]:
    """Run a suite over a frame. Raises SuiteError when GX did not load or evaluate every rule."""
    if not rows:
        return [_Outcome(rule, "", frozenset()) for rule in suite.rules]
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
    df = to_frame(rows, suite.frame, ID_COLUMN[suite.frame])
    with _quiet():
        loaded = gx_suite(suite)
        context = gx.get_context(mode="ephemeral", project_config=in_memory)
        asset = context.data_sources.add_pandas("batch").add_dataframe_asset(suite.frame)
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": df})
        outcome = batch.validate(
            loaded,
            result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False},
        )
    by_id = {(r.expectation_config.meta or {}).get("rule_id"): r for r in outcome.results}
    if missing := [rule.rule_id for rule in suite.rules if rule.rule_id not in by_id]:
        raise SuiteError(f"suite {suite.name}", f"rules were not evaluated: {', '.join(missing)}")
    return [_outcome(rule, by_id[rule.rule_id], df) for rule in suite.rules]


def _outcome(rule: Rule, result: Any, df: pd.DataFrame) -> _Outcome:
    detail = result.result or {}
    if not result.success and not detail:
        return _Outcome(rule, _exception(result.exception_info) or "the rule crashed", frozenset())
    ids = detail.get("unexpected_index_list") or []
    if not result.success and not ids:
        return _Outcome(rule, "it failed without naming rows", frozenset())
    if rule.type != "expect_column_values_to_be_unique" and len(ids) != detail.get("unexpected_count", len(ids)):
        return _Outcome(rule, f"{detail['unexpected_count']} rows failed but {len(ids)} ids came back", frozenset())
    if strangers := [i for i in ids if i not in df.index]:
        return _Outcome(rule, f"it named unknown rows {strangers[:3]}", frozenset())
    return _Outcome(rule, "", frozenset(str(i) for i in ids))


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
    kept = {e.meta["rule_id"] for e in loaded.expectations}
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
