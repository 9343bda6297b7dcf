"""Load the hand-written suites of ``expectations/`` strictly.

Great Expectations only logs what it drops (an unknown rule type, a bad severity), and a suite that lost all its
rules passes. So nothing is trusted: every rule that is written must be there after loading, with an id of its own,
a known consequence, and a condition over columns and values that exist.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from etl.check import frames
from etl.check.expectations.roles import rule_columns
from etl.errors import SuiteError
from etl.model import Kind, Qualifier, RelationKind, Severity, Status, TimeType

SEVERITIES = ("critical", "warning", "info")
PRESENT = "present"
"""Condition on a column: it is not null."""

FRAMES = {name: frozenset(fields) | {frames.FILE} for name, fields in frames.FRAMES.items()}
"""Columns that rules and messages of a frame may name."""

KNOWN_VALUES: dict[tuple[str, str], frozenset[str]] = {
    ("observation", "kind"): frozenset(get_args(Kind)),
    ("observation", "status"): frozenset(get_args(Status)),
    ("observation", "qualifier"): frozenset(get_args(Qualifier)),
    ("observation", "time_type"): frozenset(get_args(TimeType)),
    ("observation", "direction"): frozenset({"up", "down"}),
    ("relation", "kind"): frozenset(get_args(RelationKind)),
}
"""Where a condition compares with one of a closed set of values, a misspelt value would match no row for ever."""

META_KEYS = frozenset({"rule_id", "on_fail", "when", "may_abstain", "message", "suggestion"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a suite, as written."""

    rule_id: str
    version: str
    """Hash of type, arguments and condition: changes when what is checked changes, not when its wording does."""
    type: str
    kwargs: Mapping[str, Any]
    gx_severity: str
    description: str
    on_fail: Severity
    when: Mapping[str, Any]
    """Rows it speaks about: column → list of values, or ``present``."""
    may_abstain: bool
    """True where candidates may all be undecidable; other rules that decide on nothing are errors."""
    message: str
    suggestion: str


@dataclass(frozen=True, slots=True, eq=False)
class Suite:
    """A suite as loaded. It is itself, not its contents, so that what was prepared for it can be kept."""

    name: str
    frame: str
    rules: tuple[Rule, ...]


def load_suite(path: Path) -> Suite:
    """Read and verify one suite. Raises SuiteError (file, rule, what, known values) for anything doubtful."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise SuiteError(str(path), f"can't be read as JSON ({e})") from None
    frame = raw.get("meta", {}).get("frame")
    if frame not in FRAMES:
        raise SuiteError(str(path), f"meta.frame is {frame!r}", known=sorted(FRAMES))
    rules = tuple(_rule(path, frame, position, entry) for position, entry in enumerate(raw.get("expectations", [])))
    if not rules:
        raise SuiteError(str(path), "has no rules; an empty suite would pass everything")
    seen: set[str] = set()
    for rule in rules:
        if rule.rule_id in seen:
            raise SuiteError(f"{path} rule {rule.rule_id}", "is there twice; rule ids must be unique")
        seen.add(rule.rule_id)
    return Suite(name=raw["name"], frame=frame, rules=rules)


def load_suites(folder: Path) -> tuple[Suite, ...]:
    """All suites of a folder. Raises SuiteError when there is none, or a frame has none."""
    suites = tuple(load_suite(path) for path in sorted(folder.glob("*.json")))
    if missing := set(FRAMES) - {s.frame for s in suites}:
        raise SuiteError(
            str(folder),
            f"no suite checks {', '.join(sorted(missing))}",
            next_step="Point GONGBAO_EXPECTATIONS_DIR at the folder with observation.json and relation.json.",
        )
    return suites


def _rule(path: Path, frame: str, position: int, entry: Mapping[str, Any]) -> Rule:
    meta = entry.get("meta", {})
    rule_id = meta.get("rule_id")
    where = f"{path} rule {rule_id or f'#{position + 1}'}"
    if not rule_id:
        raise SuiteError(where, "has no meta.rule_id")
    if unknown := set(meta) - META_KEYS:
        raise SuiteError(where, f"unknown meta {', '.join(sorted(unknown))}", known=sorted(META_KEYS))
    if meta.get("on_fail") not in get_args(Severity):
        raise SuiteError(where, f"meta.on_fail is {meta.get('on_fail')!r}", known=get_args(Severity))
    if entry.get("severity") not in SEVERITIES:
        raise SuiteError(where, f"severity is {entry.get('severity')!r}", known=SEVERITIES)
    if not meta.get("message") or not entry.get("description"):
        raise SuiteError(where, "needs a description and a meta.message in Chinese")
    when = meta.get("when", {})
    for column, values in when.items():
        _check_column(where, frame, column)
        if values != PRESENT and not (isinstance(values, list) and values):
            raise SuiteError(where, f"meta.when.{column} must be a list of values or {PRESENT!r}")
        known = KNOWN_VALUES.get((frame, column))
        if known is not None and values != PRESENT and (wrong := set(values) - known):
            raise SuiteError(where, f"meta.when.{column} never is {', '.join(sorted(wrong))}", known=sorted(known))
    kwargs = entry.get("kwargs", {})
    try:
        columns = columns_of(entry["type"], kwargs)
    except (KeyError, TypeError) as e:
        raise SuiteError(where, f"its arguments are incomplete or no columns ({e})") from None
    for column in columns:
        _check_column(where, frame, column)
    for text in (meta["message"], meta.get("suggestion", "")):
        _check_template(where, frame, text)
    identity = json.dumps([entry["type"], kwargs, when], sort_keys=True, ensure_ascii=False)
    return Rule(
        rule_id=rule_id,
        version=hashlib.sha256(identity.encode()).hexdigest()[:12],
        type=entry["type"],
        kwargs=kwargs,
        gx_severity=entry["severity"],
        description=entry["description"],
        on_fail=meta["on_fail"],
        when=when,
        may_abstain=meta.get("may_abstain", False),
        message=meta["message"],
        suggestion=meta.get("suggestion", ""),
    )


def columns_of(rule_type: str, kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns a rule looks at. Raises KeyError for a reconciliation that lacks an operand."""
    single = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return (*single, *kwargs.get("column_list", ()), *rule_columns(rule_type, kwargs))


def _check_column(where: str, frame: str, column: str) -> None:
    if column not in FRAMES[frame]:
        raise SuiteError(where, f"there is no column {column!r} in frame {frame}", known=sorted(FRAMES[frame]))


def _check_template(where: str, frame: str, text: str) -> None:
    import string

    for _, name, _, _ in string.Formatter().parse(text):
        if name is not None:
            _check_column(where, frame, name)
