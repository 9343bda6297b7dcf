"""What reviewers decide, as frozen values. ``docs/review.md`` tells the rules they follow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal

from etl.contract import plain
from etl.model import Observation

DecisionKind = Literal["accept", "correct", "reject", "map", "undo"]
Scope = Literal["row", "rule", "column", "mapping", "undo"]
State = Literal["open", "accepted", "corrected", "rejected", "fixed"]
What = Literal["unit", "column", "region", "label"]

STALE = "REVIEW-STALE"
"""Rule id of the finding that a correction no longer fits its source."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction or a mapping sets; None leaves it as it was read."""

    value: str | None = None
    """As it should have been printed: ``76.5`` in the unit of the figure, or ``7.65万``, ``7.65万人``."""
    unit: str | None = None
    """With its multiplier: ``万人``."""
    region: str | None = None
    """Code of the region table."""
    period: str | None = None
    kind: str | None = None
    indicator: str | None = None

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.as_json().items())


NOTHING = Change()


@dataclass(frozen=True, slots=True)
class Like:
    """The figures a mapping is about: those whose printed unit, place or label no table settles, and those that stand
    under a heading, or in a row, of this name without any unit (``column``)."""

    what: What
    printed: str
    files: str = "*"
    """Pattern of file names."""

    def fits(self, o: Observation) -> bool:
        if not fnmatchcase(o.source, self.files):
            return False
        match self.what:
            case "unit":
                return o.unit == self.printed and o.unit_measure is None
            case "column":
                return o.unit is None and self.printed in parts_of(o.label)
            case "region":
                return o.area.unresolved and self.printed in (o.area.printed, o.area.name)
            case "label":
                return o.indicator is None and o.label == self.printed


def parts_of(label: str) -> tuple[str, ...]:
    """A label, and the headings that it is made of where it is one of a sheet."""
    return (label, *label.split("|"))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a decision about one figure hangs on: it lapses when any of it changes."""

    text: str
    series_key: str
    time_period: str | None
    obs_value: Decimal
    unit: str | None
    rules: Mapping[str, str]
    """Rules that held the figure → their versions."""

    def differences(self, o: Observation, versions: Mapping[str, str]) -> tuple[str, ...]:
        """What is no longer so, in Chinese clauses; ``versions``: today's rules. Empty: all is as it was."""
        found = [
            f"{name}由{_zh(before)}变为{_zh(now)}"
            for name, before, now in (
                ("原文", self.text, o.text),
                ("数值", plain(self.obs_value), plain(significant(o.obs_value))),
                ("单位", self.unit, o.unit),
                ("时期", self.time_period, o.period.iso),
            )
            if before != now
        ]
        if self.series_key != o.series_key and not found:
            found.append("所统计的内容（序列）已变")
        for rule, version in self.rules.items():
            if rule not in versions:
                found.append(f"规则 {rule} 已不存在")
            elif versions[rule] != version:
                found.append(f"规则 {rule} 已修改")
        return tuple(found)


def _zh(value: str | None) -> str:
    return "（空）" if value is None else f"“{value}”"


def significant(value: Decimal) -> Decimal:
    """The value as the warehouse keeps it."""
    from etl.warehouse.schema import SIGNIFICANT

    return SIGNIFICANT.plus(value)


def fingerprint(o: Observation, rules: Mapping[str, str]) -> Fingerprint:
    """Of a figure as it was read, and the rules that hold it."""
    return Fingerprint(
        o.text, o.series_key, o.period.iso, significant(o.obs_value), o.unit, dict(sorted(rules.items()))
    )


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that a decision is about."""

    observation_id: str
    file_sha256: str
    source: str
    place: str
    label: str
    fingerprint: Fingerprint
    covers: Mapping[str, str] = field(default_factory=dict)
    """Corrections: rules that the corrected figure does not meet, as the reviewer was told."""

    def as_json(self) -> dict[str, Any]:
        f = self.fingerprint
        return {
            "observation_id": self.observation_id,
            "file_sha256": self.file_sha256,
            "source": self.source,
            "place": self.place,
            "text": f.text,
            "label": self.label,
            "rules": dict(f.rules),
            "series_key": f.series_key,
            "time_period": f.time_period,
            "obs_value": plain(f.obs_value),
            "unit": f.unit,
            "covers": dict(self.covers),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the log."""

    kind: DecisionKind
    scope: Scope
    decided_by: str
    decided_at: datetime
    reason: str
    targets: tuple[Target, ...] = ()
    """Figures as shown; empty for mappings and undos."""
    change: Change = NOTHING
    like: Like | None = None
    """Mappings: which figures."""
    undoes: str | None = None
    expires_at: datetime | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    """Order in its warehouse; 0 before it is written."""
    decision_id: str = ""
    """See ``identified``."""

    @property
    def told(self) -> str:
        """One clause in Chinese for notes: which decision, of whom, when."""
        return f"{KIND_ZH[self.kind]} {self.decision_id[:8]}（{self.decided_by}，{self.decided_at:%Y-%m-%d}）"


def identified(d: Decision) -> Decision:
    """With an id derived from what was decided, by whom and when: the same when it is replayed elsewhere."""
    said = [
        d.kind,
        d.scope,
        d.decided_by,
        d.decided_at.isoformat(timespec="seconds"),
        d.reason,
        d.expires_at.isoformat(timespec="seconds") if d.expires_at else None,
        d.undoes,
        d.change.as_json(),
        asdict(d.like) if d.like else None,
        sorted((t.as_json() for t in d.targets), key=lambda t: str(t["observation_id"])),
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return replace(d, decision_id=hashlib.sha256(text.encode()).hexdigest()[:24])


KIND_ZH: dict[DecisionKind, str] = {
    "accept": "认可", "correct": "更正", "reject": "不予入库", "map": "对照", "undo": "撤销",
}  # fmt: skip
STATE_ZH: dict[State, str] = {
    "open": "待核", "accepted": "已认可", "corrected": "已更正", "rejected": "不予入库", "fixed": "已消除",
}  # fmt: skip
SETTLES: dict[DecisionKind, State] = {
    "accept": "accepted", "correct": "corrected", "map": "corrected", "reject": "rejected",
}  # fmt: skip
