"""Labels that no indicator fits yet: counted, offered with candidates, and mapped by one line of a reviewer."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import sqlalchemy as sa

from etl.errors import SettingsError, UsageError, WarehouseError
from etl.model import Candidate
from etl.normalise.indicators import ALIASES, load_indicators, normal_label
from etl.reference import HERE, numbered_rows
from etl.warehouse.views import CURRENT_OBSERVATION

HEADER = ("label", "code", "decided_by", "decided_on")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A label without an indicator in the warehouse."""

    label: str
    unit: str | None
    kind: str
    observations: int
    files: int
    candidates: tuple[Candidate, ...]
    """Ranked; empty where nothing in the catalogue is alike."""


def unmapped(engine: sa.Engine, limit: int) -> tuple[list[Unmapped], int]:
    """The commonest labels of the current observations that no indicator fits by today's rules, and how many there are.

    Raises WarehouseError when there is no warehouse.
    """
    c = CURRENT_OBSERVATION.table().c
    count = sa.func.count()
    query = (
        sa.select(c.label, c.unit, c.kind, count, sa.func.count(sa.distinct(c.file_sha256)))
        .where(c.indicator.is_(None))
        .group_by(c.label, c.unit, c.kind)
        .order_by(count.desc(), c.label)
    )
    try:
        with engine.connect().execution_options(readonly=True) as connection:
            rows = connection.execute(query).all()
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as e:
        where = engine.url.render_as_string(hide_password=True)
        reason = str(e.orig).strip().splitlines()[0]
        raise WarehouseError(where, f"can't be read ({reason})", next_step="Run `etl run` or `etl doctor`.") from None
    found = []
    for label, unit, kind, observations, files in rows[:limit]:
        candidates = load_indicators().map_label(label, unit=unit, kind=kind).candidates
        found.append(Unmapped(label, unit, kind, observations, files, candidates))
    return found, len(rows)


def map_label(label: str, code: str, *, by: str, on: date, local: Path | None) -> Path:
    """Append the reviewer's decision to the alias file, and return that file.

    ``local`` is the setting ``reference_dir``; without it the line goes into the installed tables.
    Raises UsageError for a label or an indicator that can't be mapped so, SettingsError where nothing can be written.
    """
    table = load_indicators()
    if not normal_label(label) or len(label) > _LONGEST or "\n" in label:
        raise UsageError(label[:40], "is no label", next_step="Copy it from `etl reference unmapped`.")
    if code not in table.by_code:
        names = {i.name_zh: i.code for i in table.by_code.values()}
        near = [*get_close_matches(code.upper(), table.by_code, 5, 0.5), *(c for n, c in names.items() if code in n)]
        raise UsageError(code, "is no indicator", known=near[:8], next_step="The codes stand in table indicator.")
    path = (local or HERE) / ALIASES
    for decided in _decided(path):
        if normal_label(decided["label"]) == normal_label(label):
            raise UsageError(
                label,
                f"is mapped to {decided['code']} by {decided['decided_by'] or 'a reviewer'} already",
                next_step=f"Change that line of {path}.",
            )
    meant = table.by_code[code]
    if table.map_label(label, unit=meant.unit, kind=meant.kind).code == code:
        raise UsageError(label, f"means {code} by the rules already", next_step="No line is needed.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        ends = fresh or path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8", newline="") as f:
            f.write("" if ends else "\n")
            out = csv.writer(f, lineterminator="\n")
            if fresh:
                out.writerow(HEADER)
            out.writerow([label, code, by, on.isoformat()])
    except OSError as e:
        raise SettingsError(
            str(path),
            f"can't be written ({e.strerror})",
            next_step="Set GONGBAO_REFERENCE_DIR to your own folder.",
        ) from None
    return path


def _decided(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        yield from (row for _, row in numbered_rows(path))
