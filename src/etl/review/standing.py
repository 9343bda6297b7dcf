"""Which decisions stand for the figures of a file, and what follows: pure functions, called at every reading, recheck
and decision, so that the same files, rules and decisions give the same warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from etl.check.gate import FileVerdict
from etl.check.reconcile import Evaluated, evaluate
from etl.errors import UsageError
from etl.model import Finding, Observation
from etl.review.change import changed
from etl.review.model import SETTLES, STALE, Decision, State, Target, significant


@dataclass(frozen=True, slots=True)
class FileDecisions:
    """The decisions that may concern one file; those undone are not among them."""

    sha256: str
    at: datetime
    """By which expiry is told: when the run started."""
    mappings: tuple[Decision, ...] = ()
    targets: tuple[tuple[Decision, Target], ...] = ()
    """Of this content and of other editions of the file, in the order of the log."""
    seen: int = 0
    """The newest entry of the log that was looked at."""

    @property
    def is_empty(self) -> bool:
        return not self.mappings and not self.targets


@dataclass(frozen=True, slots=True)
class Revised:
    """A figure after mappings and corrections, before the rules."""

    observation: Observation
    reading: Observation
    """As it was read."""
    mapped: Observation
    """As read, with mappings applied: what fingerprints speak of."""
    mapping: Decision | None = None
    decision: Decision | None = None
    """The decision about this figure that stands."""
    target: Target | None = None
    lapsed: Decision | None = None
    """The newest decision about it that no longer does, where none stands."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """A figure as it goes to the warehouse."""

    observation: Observation
    reading: Observation
    mapped: Observation
    is_loaded: bool
    rules: Mapping[str, str]
    """Rules with consequence ``quarantine`` that it does not meet → their versions."""
    state: State | None
    """None: loaded, and neither held nor decided on."""
    decision_id: str | None = None
    """What made it so: the decision about it, else the mapping."""
    lapsed_id: str | None = None
    note: str = ""

    @property
    def is_altered(self) -> bool:
        return self.observation is not self.reading


def standing(log: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions that nothing takes back, in the order of the log. An undo can be undone."""
    undone: set[str] = set()
    left: list[Decision] = []
    for d in sorted(log, key=lambda d: d.seq, reverse=True):
        if d.decision_id in undone:
            continue
        if d.kind == "undo":
            undone.add(d.undoes or "")
        else:
            left.append(d)
    return tuple(reversed(left))


def active_undos(log: Iterable[Decision]) -> set[str]:
    """Ids of undos that nothing takes back."""
    undone: set[str] = set()
    active: set[str] = set()
    for d in sorted(log, key=lambda d: d.seq, reverse=True):
        if d.kind == "undo" and d.decision_id not in undone:
            active.add(d.decision_id)
            undone.add(d.undoes or "")
    return active


def has_expired(d: Decision, at: datetime) -> bool:
    return d.expires_at is not None and d.expires_at <= at


def revise(
    decisions: FileDecisions, observations: Sequence[Observation], versions: Mapping[str, str]
) -> tuple[Revised, ...]:
    """Apply mappings and corrections; ``versions``: rule id → version of the rules that will judge."""
    if decisions.is_empty:
        return tuple(Revised(o, o, o) for o in observations)
    own: dict[str, list[tuple[Decision, Target]]] = defaultdict(list)
    same: dict[tuple[object, ...], list[tuple[Decision, Target]]] = defaultdict(list)
    near: dict[tuple[object, ...], list[tuple[Decision, Target]]] = defaultdict(list)
    for d, t in decisions.targets:
        f = t.fingerprint
        if t.file_sha256 == decisions.sha256:
            own[t.observation_id].append((d, t))
        else:
            same[(f.text, f.series_key, f.time_period, f.obs_value, f.unit)].append((d, t))
            near[(t.place, t.label)].append((d, t))
            near[(f.series_key, f.time_period)].append((d, t))
    result = []
    for o in observations:
        mapped, mapping = _mapped(decisions, o)
        value = significant(mapped.obs_value)
        exact = same.get((mapped.text, mapped.series_key, mapped.period.iso, value, mapped.unit), [])
        alike = near.get((str(o.place), o.label)) or near.get((mapped.series_key, mapped.period.iso)) or []
        about = own.get(o.observation_id) or exact or alike
        result.append(_revised(decisions, o, mapped, mapping, about, versions))
    return tuple(result)


def _mapped(decisions: FileDecisions, o: Observation) -> tuple[Observation, Decision | None]:
    """The newest fitting mapping of each kind; a unit before a label, whose meaning may depend on it."""
    mapped, by = o, None
    for what in ("region", "column", "unit", "label"):
        for d in reversed(decisions.mappings):
            if d.like and d.like.what == what and d.like.fits(mapped) and not has_expired(d, decisions.at):
                mapped, by = changed(mapped, d.change, f"mapped by decision {d.decision_id[:8]}"), d
                break
    return mapped, by


def _revised(
    decisions: FileDecisions,
    o: Observation,
    mapped: Observation,
    mapping: Decision | None,
    about: Sequence[tuple[Decision, Target]],
    versions: Mapping[str, str],
) -> Revised:
    lapsed: Decision | None = None
    why = ""
    for d, t in sorted(about, key=lambda pair: pair[0].seq, reverse=True):
        differences = t.fingerprint.differences(mapped, versions)
        if has_expired(d, decisions.at) and d.expires_at:
            differences = (f"已于 {d.expires_at:%Y-%m-%d} 到期", *differences)
        if not differences:
            try:
                result = mapped
                if d.kind == "correct":
                    result = changed(mapped, d.change, f"corrected by decision {d.decision_id[:8]}")
            except UsageError as e:  # the tables changed since: its unit, say, is none any more
                differences = (f"更正无法应用：{e}",)
            else:
                return Revised(result, o, mapped, mapping, d, t)
        if lapsed is None:
            lapsed, why = d, f"先前的{d.told}已失效：{'；'.join(differences)}"
    return Revised(mapped, o, mapped, mapping, lapsed=lapsed, why=why)


def evaluated_anew(revised: Sequence[Revised], evaluated: tuple[Evaluated, ...]) -> tuple[Evaluated, ...]:
    """The relations over the figures as they are now; as they were where nothing was changed."""
    if all(r.observation is r.reading for r in revised):
        return evaluated
    by_place = {r.observation.place: r.observation for r in revised}
    return tuple(evaluate(e.relation, by_place) for e in evaluated)


def settle(revised: Sequence[Revised], verdict: FileVerdict) -> tuple[Settled, ...]:
    """Where each figure goes, by the rules and the decisions."""
    versions = {r.rule_id: r.rule_version for r in verdict.results}
    held: dict[str, dict[str, str]] = defaultdict(dict)
    for f in verdict.findings:
        if f.severity == "quarantine" and f.observation_id:
            held[f.observation_id][f.rule_id] = versions.get(f.rule_id, "")
    return tuple(_settled(r, held.get(r.observation.observation_id, {})) for r in revised)


def _settled(r: Revised, rules: Mapping[str, str]) -> Settled:
    d, t = r.decision, r.target
    by_mapping = r.mapping.decision_id if r.mapping else None

    def so(is_loaded: bool, state: State | None, **more: str | None) -> Settled:
        given: dict[str, str | None] = {"decision_id": by_mapping, **more}
        return Settled(
            r.observation, r.reading, r.mapped, is_loaded, dict(rules), state,
            given["decision_id"], given.get("lapsed_id"), given.get("note") or "",
        )  # fmt: skip

    if d is None or t is None:
        lapsed = {"lapsed_id": r.lapsed.decision_id, "note": r.why} if r.lapsed else {}
        if rules:
            return so(False, "open", **lapsed)
        return so(True, "corrected" if by_mapping else None, **lapsed)
    if d.kind == "reject":
        return so(False, "rejected", decision_id=d.decision_id)
    covered = t.covers if d.kind == "correct" else t.fingerprint.rules
    beyond = [rule for rule, version in rules.items() if covered.get(rule) != version]
    if beyond:
        note = f"{d.told}之外，另有规则 {'、'.join(beyond)} 不符"
        return so(False, "open", lapsed_id=d.decision_id, note=note)
    if d.kind == "accept" and not rules:  # nothing holds it: the acceptance sleeps until something does
        return so(True, "corrected" if by_mapping else None, lapsed_id=d.decision_id)
    return so(True, SETTLES[d.kind], decision_id=d.decision_id)


def stale(decisions: FileDecisions, revised: Sequence[Revised]) -> tuple[Finding, ...]:
    """Corrections that no longer fit what this content says, as findings."""
    findings = []
    told: set[str] = set()
    found = {r.observation.observation_id for r in revised}
    for r in revised:
        told.update(d.decision_id for d in (r.decision, r.lapsed) if d)
        if r.lapsed and r.lapsed.kind == "correct":
            findings.append(
                Finding(
                    STALE,
                    "warn",
                    f"{r.why}；更正（{r.lapsed.change}）未应用",
                    r.observation.observation_id,
                    evidence=r.observation.evidence,
                    suggestion="对照新原文重新裁定；更正已无必要时用 etl review undo 撤销",
                )
            )
    for d, t in decisions.targets:
        gone = t.observation_id not in found if t.file_sha256 == decisions.sha256 else d.decision_id not in told
        if d.kind == "correct" and gone:
            message = f"{d.told}所指的“{t.fingerprint.text}”（{t.place}）在此文件中已找不到，更正（{d.change}）未应用"
            findings.append(Finding(STALE, "warn", message, suggestion="更正已无必要时用 etl review undo 撤销"))
    return tuple(findings)
