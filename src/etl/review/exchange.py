"""Decisions as YAML: to be read in a pull request, and replayed on another warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

import sqlalchemy as sa
import yaml

from etl.check.suites import Suite
from etl.errors import ConflictError, GongbaoError, UsageError
from etl.review import store
from etl.review.change import checked
from etl.review.decide import replay
from etl.review.model import NOTHING, Change, Decision, DecisionKind, Fingerprint, Like, Scope, Target, What, identified
from etl.review.standing import has_expired, standing
from etl.warehouse import schema
from etl.warehouse.stored import chunks

FORMAT = 1
LARGEST = 50_000_000
"""Characters of a file."""
KEYS = frozenset(
    {"id", "kind", "scope", "by", "at", "why", "expires", "undoes", "set", "map", "figures"}
)  # fmt: skip
OF_FIGURE = (
    "observation_id", "file_sha256", "source", "place", "text", "label", "rules", "series_key", "time_period",
    "obs_value", "unit", "covers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one decision of a file."""

    decision_id: str
    outcome: str
    """``written``, ``known`` (it is there already), ``waiting`` (written; none of its figures is here yet) or
    ``conflict``."""
    message: str = ""


def export(engine: sa.Engine, ids: Sequence[str] | None = None) -> str:
    """The log, or some of its decisions by their ids, as YAML in the order in which they were made."""
    with engine.connect().execution_options(readonly=True) as connection:
        decisions = store.read_decisions(connection, ids)
    entries = [_entry(d) for d in decisions]
    text = yaml.safe_dump({"format": FORMAT, "decisions": entries}, allow_unicode=True, sort_keys=False, width=110)
    return "# Decisions of reviewers: see docs/review.md. `etl review import` replays them.\n" + text


def _entry(d: Decision) -> dict[str, Any]:
    entry = {
        "id": d.decision_id,
        "kind": d.kind,
        "scope": d.scope,
        "by": d.decided_by,
        "at": d.decided_at.isoformat(timespec="seconds"),
        "why": d.reason,
        "expires": d.expires_at.isoformat(timespec="seconds") if d.expires_at else None,
        "undoes": d.undoes,
        "set": d.change.as_json(),
        "map": {"what": d.like.what, "printed": d.like.printed, "files": d.like.files} if d.like else None,
        "figures": [{k: v for k, v in t.as_json().items() if v not in (None, {})} for t in d.targets],
    }
    return {name: value for name, value in entry.items() if value}


def parse(text: str, where: str) -> tuple[Decision, ...]:
    """Decisions of a YAML file. Raises UsageError with file and line for anything that is none."""
    if len(text) > LARGEST:
        raise UsageError(where, f"has more than {LARGEST:,} characters")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as e:
        line = f" line {e.problem_mark.line + 1}" if e.problem_mark else ""
        raise UsageError(f"{where}{line}", f"is no YAML ({e.problem or e.context})") from None
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        raise UsageError(where, f"is no YAML ({str(e).splitlines()[0]})") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("decisions"), list):
        raise UsageError(where, f"has no `format: {FORMAT}` and list `decisions`", next_step="See `etl review export`.")
    lines = _lines(root)
    return tuple(
        _decision(f"{where} line {lines[n] if n < len(lines) else '?'}", entry)
        for n, entry in enumerate(data["decisions"])
    )


def _lines(root: Any) -> list[int]:
    """The line of each entry."""
    for key, value in root.value:
        if key.value == "decisions":
            return [node.start_mark.line + 1 for node in value.value]
    return []


def _decision(where: str, entry: Any) -> Decision:
    if not isinstance(entry, dict):
        raise UsageError(where, "is no decision", known=sorted(KEYS))
    if unknown := set(map(str, entry)) - KEYS:
        raise UsageError(where, f"unknown {', '.join(sorted(unknown))}", known=sorted(KEYS))
    kind, scope = _one_of(where, entry, "kind", get_args(DecisionKind)), _one_of(where, entry, "scope", get_args(Scope))
    for name in ("by", "at", "why"):
        if not str(entry.get(name) or "").strip():
            raise UsageError(where, f"has no {name}")
    like = None
    if kind == "map":
        said = entry.get("map")
        if not isinstance(said, dict) or not said.get("printed"):
            raise UsageError(where, "a mapping needs map: {what, printed, files}")
        what = _one_of(where, said, "what", get_args(What))
        like = Like(what, str(said["printed"]), str(said.get("files") or "*"))
    figures = entry.get("figures") or []
    if kind in ("accept", "correct", "reject") and not (isinstance(figures, list) and figures):
        raise UsageError(where, f"{kind} names no figures")
    if kind == "undo" and not entry.get("undoes"):
        raise UsageError(where, "an undo needs undoes: the id of a decision")
    d = identified(
        Decision(
            kind=kind,
            scope=scope,
            decided_by=str(entry["by"]),
            decided_at=_time(where, entry["at"]),
            reason=str(entry["why"]),
            targets=tuple(_target(where, f) for f in figures),
            change=_change(where, entry.get("set")) if kind in ("correct", "map") else NOTHING,
            like=like,
            undoes=str(entry["undoes"]) if kind == "undo" else None,
            expires_at=_time(where, entry["expires"]) if entry.get("expires") else None,
        )
    )
    if entry.get("id") and entry["id"] != d.decision_id:
        raise UsageError(
            where,
            f"was edited: its id {entry['id']} is not that of its content",
            next_step="Decide anew, or leave its id out to import it as another decision.",
        )
    return d


def _one_of(where: str, entry: Mapping[str, Any], name: str, known: Sequence[str]) -> Any:
    if entry.get(name) not in known:
        raise UsageError(where, f"{name} is {entry.get(name)!r}", known=known)
    return entry[name]


def _time(where: str, given: Any) -> datetime:
    try:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError:
        raise UsageError(where, f"{given} is no time", next_step="Write it as 2025-06-24T08:30:00+00:00.") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _change(where: str, said: Any) -> Change:
    if not isinstance(said, dict):
        raise UsageError(where, "needs set: {value, unit, region, period, kind, indicator}")
    try:
        return checked(Change(**{str(k): str(v) for k, v in said.items()}))
    except TypeError:
        raise UsageError(where, f"can't set {', '.join(map(str, said))}", known=Change.__slots__) from None
    except UsageError as e:
        raise UsageError(f"{where}: {e.where}", e.what, known=e.known, next_step=e.next_step) from None


def _target(where: str, f: Any) -> Target:
    if not isinstance(f, dict) or set(f) - set(OF_FIGURE):
        raise UsageError(where, "has a figure that is none", known=OF_FIGURE)
    try:
        value = Decimal(str(f["obs_value"]))
        said = {n: str(f[n]) for n in ("observation_id", "file_sha256", "source", "place", "label")}
        rules = {str(k): str(v) for k, v in dict(f.get("rules") or {}).items()}
        covers = {str(k): str(v) for k, v in dict(f.get("covers") or {}).items()}
        unit, period = (None if f.get(n) is None else str(f[n]) for n in ("unit", "time_period"))
        fingerprint = Fingerprint(str(f["text"]), str(f["series_key"]), period, value, unit, rules)
    except KeyError as e:
        raise UsageError(where, f"has a figure without {e.args[0]}", known=OF_FIGURE) from None
    except InvalidOperation:
        raise UsageError(where, f"has a figure whose obs_value {f['obs_value']} is no number") from None
    except (TypeError, ValueError):
        raise UsageError(
            where, "has a figure whose rules or covers are none", next_step="OBS-UNIT: 134dc1cbdcdc"
        ) from None
    return Target(**said, fingerprint=fingerprint, covers=covers)


def import_(engine: sa.Engine, decisions: Sequence[Decision], suites: Sequence[Suite]) -> list[Imported]:
    """Replay decisions in their order, each in a transaction of its own.

    Those that are there already are skipped, those that contradict a standing one are told and left out.
    """
    done = []
    for d in decisions:
        try:
            done.append(_import_one(engine, d, suites))
        except GongbaoError as e:
            done.append(Imported(d.decision_id, "conflict", str(e)))
    return done


def _import_one(engine: sa.Engine, d: Decision, suites: Sequence[Suite]) -> Imported:
    with engine.connect().execution_options(readonly=True) as connection:
        log = store.read_log(connection)
        if any(known.decision_id == d.decision_id for known in log):
            return Imported(d.decision_id, "known")
        if d.undoes and all(known.decision_id != d.undoes for known in log):
            raise ConflictError(d.decision_id[:8], f"takes back {d.undoes[:8]}, which is not here")
        now = datetime.now(UTC)
        if other := _contradicted(connection, d, [k for k in standing(log) if not has_expired(k, now)]):
            raise ConflictError(
                d.decision_id[:8],
                f"contradicts what {other.decided_by} decided on {other.decided_at:%Y-%m-%d %H:%M} UTC "
                f"({other.kind} {other.change}, decision {other.decision_id[:8]}: {other.reason})",
                next_step=f"`etl review undo {other.decision_id[:8]}` takes that back.",
            )
    moved = replay(engine, d, suites)
    return Imported(d.decision_id, "written" if moved else "waiting", f"{moved} figures")


def _contradicted(connection: sa.Connection, d: Decision, stands: Sequence[Decision]) -> Decision | None:
    """A standing decision about one of the same figures, or of the same printed text. One that a figure has outlived
    (it is open again, with a note that names it) is in nobody's way."""
    t, i = schema.decision_target.c, schema.review_item.c
    about: set[str] = set()
    for chunk in chunks(sorted(t.observation_id for t in d.targets)):
        lapsed = sa.exists().where(
            i.observation_id == t.observation_id, i.lapsed_id == t.decision_id, i.state == "open"
        )
        about.update(connection.execute(sa.select(t.decision_id).where(t.observation_id.in_(chunk), ~lapsed)).scalars())
    for other in stands:
        if other.decision_id in about:
            return other
        if d.like is not None and d.like == other.like and d.change != other.change:
            return other
    return None
