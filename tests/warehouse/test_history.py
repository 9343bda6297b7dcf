"""What was known stays known: superseded readings, re-issued files, and moves by rules, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl.warehouse import schema
from etl.warehouse.change import now
from etl.warehouse.views import CURRENT_OBSERVATION, OBSERVATION_AS_KNOWN
from tests.dump import content, history
from tests.test_ingest import MANIFEST, REPORT, TABLE, run
from tests.test_recheck import load, recheck, suites, unit_only_told

SHARED = [c.name for c in OBSERVATION_AS_KNOWN.columns if c.name in {d.name for d in CURRENT_OBSERVATION.columns}]
SAID = [name for name in SHARED if name not in {"version_from", "run_id"}]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    (folder / "report.txt").write_text(REPORT, encoding="utf-8")
    (folder / "manifest.csv").write_text(MANIFEST, encoding="utf-8")
    (folder / "宜昌.csv").write_text(TABLE, encoding="gb18030")
    return folder


def current(engine: sa.Engine) -> list[Any]:
    """Every current observation with what was told of its file, in a fixed order."""
    v = CURRENT_OBSERVATION.table().c
    return _rows(engine, sa.select(*(v[name] for name in SAID)).order_by(v.observation_id))


def as_known(engine: sa.Engine, at: datetime) -> list[Any]:
    """The same as of then."""
    v = OBSERVATION_AS_KNOWN.table().c
    known = v.known_from <= at, sa.or_(v.known_until.is_(None), v.known_until > at)
    return _rows(engine, sa.select(*(v[name] for name in SAID)).where(*known).order_by(v.observation_id))


def _rows(engine: sa.Engine, query: sa.Select[Any]) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def version(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.max(schema.warehouse_change.c.version))) or 0)


def test_a_reissued_file_leaves_what_it_said_before(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    before, then = current(warehouse), now()
    (landing / "report.txt").write_text(REPORT.replace("3.2万人", "3.3万人"), encoding="utf-8")
    run(warehouse, landing)
    after = current(warehouse)
    assert before != after
    assert as_known(warehouse, then) == before
    assert as_known(warehouse, now()) == after
    (landing / "report.txt").write_text(REPORT, encoding="utf-8")  # and back again
    run(warehouse, landing)
    again = now()
    assert current(warehouse) == before == as_known(warehouse, again) == as_known(warehouse, then)
    v = OBSERVATION_AS_KNOWN.table().c
    ended = _rows(warehouse, sa.select(v.ended_by).where(v.known_until.is_not(None)).distinct())
    assert ended == [("file",)]


def test_another_reading_of_the_same_bytes_supersedes(warehouse: sa.Engine, landing: Path) -> None:
    """The manifest says another region: figures of the report that it settled are read otherwise."""
    run(warehouse, landing)
    before, then = current(warehouse), now()
    with warehouse.connect() as connection:
        stamps = dict(
            connection.execute(sa.select(schema.observation.c.observation_id, schema.observation.c.run_id))
            .tuples()
            .all()
        )
    (landing / "manifest.csv").write_text(MANIFEST.replace("420000", "430000"), encoding="utf-8")
    run(warehouse, landing)
    assert as_known(warehouse, then) == before
    assert as_known(warehouse, now()) == current(warehouse) != before
    h, o = schema.observation_history.c, schema.observation.c
    kept = _rows(warehouse, sa.select(h.ref_area, h.ended_by).distinct())
    assert kept == [("420000", "reread")]
    untouched = _rows(warehouse, sa.select(o.observation_id, o.run_id).where(o.sheet.is_not(None)))
    assert untouched
    assert all(stamps[observation_id] == run_id for observation_id, run_id in untouched)


def test_reading_again_with_the_same_result_is_no_change(warehouse: sa.Engine, landing: Path) -> None:
    run(warehouse, landing)
    before = version(warehouse), history(warehouse), content(warehouse)
    run(warehouse, landing, full=True)
    run(warehouse, landing)
    assert (version(warehouse), history(warehouse), content(warehouse)) == before


def test_rows_that_rules_move_were_known_before(warehouse: sa.Engine, tmp_path: Path) -> None:
    old = suites(tmp_path / "old")
    load(warehouse, tmp_path, old)
    first, at_first = current(warehouse), now()
    recheck(warehouse, suites(tmp_path / "new", unit_only_told))
    second, at_second = current(warehouse), now()
    recheck(warehouse, old)
    assert len(second) > len(first)
    assert as_known(warehouse, at_first) == first == as_known(warehouse, now())
    assert as_known(warehouse, at_second) == second
    h = schema.observation_history.c
    assert _rows(warehouse, sa.select(h.ended_by).distinct()) == [("held",)]
    change = schema.warehouse_change.c
    counts = sa.select(sa.func.sum(change.added), sa.func.sum(change.removed)).where(change.action == "recheck")
    assert _rows(warehouse, counts) == [(len(second) - len(first),) * 2]


def test_versions_count_on_and_time_never_runs_back(
    warehouse: sa.Engine, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl.warehouse import change

    run(warehouse, landing)
    earlier = now() - timedelta(days=1)
    monkeypatch.setattr(change, "now", lambda: earlier)
    (landing / "report.txt").write_text(REPORT.replace("3.2万人", "3.3万人"), encoding="utf-8")
    run(warehouse, landing)
    c = schema.warehouse_change.c
    changes = _rows(warehouse, sa.select(c.version, c.changed_at).order_by(c.version))
    assert [v for v, _ in changes] == list(range(1, len(changes) + 1))
    assert [at for _, at in changes] == sorted(at for _, at in changes)
    assert current(warehouse) == as_known(warehouse, changes[-1][1])


def test_a_file_that_fails_now_was_known_before(
    warehouse: sa.Engine, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl import reading

    run(warehouse, landing)
    before, then = current(warehouse), now()

    def crash(*_: object) -> object:
        raise RuntimeError("boom")

    monkeypatch.setattr(reading, "extract", crash)
    run(warehouse, landing, full=True)
    assert current(warehouse) == []
    assert as_known(warehouse, then) == before
    h = schema.observation_history.c
    assert _rows(warehouse, sa.select(h.ended_by).distinct()) == [("failed",)]
