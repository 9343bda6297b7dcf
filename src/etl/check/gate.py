"""The gate: Great Expectations over a batch of files, and what follows for each row and file.

GX is used for what it is good at, evaluating declared rules over a frame. Everything its users trip over is decided
here: rules are paired by id, all failing ids are fetched, a rule that crashed or decided on nothing blocks, and
``success`` of the whole is never asked.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from etl.check.evaluation import Term, Told, groups, quiet
from etl.check.frames import FileRows, Rows
from etl.check.suites import Rule, Suite, columns_of
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


SLICE = 250_000
"""Rows of a slice: bounds the memory of the frame, and is long enough to share GX's cost per run."""


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
        with quiet():
            outcomes = _evaluate(suite, rows)
        for outcome in outcomes:
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
    """Run a suite over its rows. Raises SuiteError when GX did not load every rule.

    Rules with one condition share a frame of the rows they speak about. GX could apply conditions itself, but filters
    all columns anew for every number it computes.
    """
    outcomes = {rule.rule_id: _Outcome(rule, [], [], [], []) for rule in suite.rules}
    for row_wise, slice_length in ((True, SLICE), (False, len(rows))):
        own = [group for group in groups(suite) if group.row_wise == row_wise]
        needed = dict.fromkeys(c for group in own for c in (*dict(group.when), *group.columns))
        for first in range(0, len(rows) if own else 0, max(slice_length, 1)):
            frame = rows.frame(needed, first, min(first + slice_length, len(rows)))
            terms: dict[Term, Any] = {}
            for group in own:
                spoken_of = group.candidates(frame, terms)
                if len(spoken_of):
                    numbers = spoken_of.index.to_numpy()
                    for prepared, told in zip(group.rules, group.evaluate(spoken_of), strict=True):
                        _add(outcomes[prepared.rule.rule_id], told, spoken_of, numbers)
    return list(outcomes.values())


def _add(outcome: _Outcome, result: Told, frame: pd.DataFrame, candidates: Any) -> None:
    import numpy as np

    outcome.candidates.append(candidates)
    detail = result.result
    if not result.success and not detail:
        outcome.errors.append(result.error or "the rule crashed")
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
    outcome.undecided.append(_undecided(outcome.rule, detail, frame, candidates))


def _undecided(rule: Rule, detail: Mapping[str, Any], frame: pd.DataFrame, candidates: Any) -> Any:
    """Rules over values skip nulls, but for the not-null rule; reconciliations say themselves."""
    import numpy as np

    told = detail.get("details") or {}
    if "undecided_index_list" in told:
        return np.sort(np.array(told["undecided_index_list"] or [], dtype=np.int64))
    if "not_be_null" in rule.type or detail.get("missing_count") == 0:
        return np.empty(0, dtype=np.int64)
    missing = frame[list(columns_of(rule.type, rule.kwargs))].isna().to_numpy().any(axis=1)
    return candidates[missing]
