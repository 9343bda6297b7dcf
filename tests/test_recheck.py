"""Today's rules over stored rows give what reading the files again under these rules would give, on both databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl import ingest
from etl.check.suites import Suite, load_suites
from etl.landing import discover
from etl.recheck import Rechecked, recheck_batch
from etl.selection import Selection, select
from etl.settings import Settings
from etl.warehouse import schema
from etl.warehouse.load import finish_run, start_run
from tests.conftest import REPO
from tests.dump import content

Change = Callable[[dict[str, Any]], None]


def suites(folder: Path, change: Change | None = None) -> tuple[Suite, ...]:
    """The project's suites, each rule passed through ``change``."""
    folder.mkdir(exist_ok=True)
    for path in Settings().suites_dir.glob("*.json"):
        suite = json.loads(path.read_text(encoding="utf-8"))
        for rule in suite["expectations"]:
            if change:
                change(rule)
        (folder / path.name).write_text(json.dumps(suite), encoding="utf-8")
    return load_suites(folder)


def unit_only_told(rule: dict[str, Any]) -> None:
    if rule["meta"]["rule_id"] == "OBS-UNIT":
        rule["meta"]["on_fail"] = "warn"


def growth_held(rule: dict[str, Any]) -> None:
    if rule["meta"]["rule_id"] == "OBS-GROWTH":
        rule["kwargs"]["max_value"] = 1
        rule["meta"]["on_fail"] = "quarantine"


def broken(rule: dict[str, Any]) -> None:
    if rule["meta"]["rule_id"] == "OBS-UNIT":
        rule["meta"]["on_fail"] = "block"


def load(engine: sa.Engine, folder: Path, rules: Sequence[Suite], *, full: bool = False) -> str:
    plan = ingest.plan(discover([str(REPO / "samples")]), folder / "archive", engine, full=full)
    run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=[])
    ingest.process_batch(plan.new, engine, run_id, rules)
    finish_run(engine, run_id, status="completed")
    return run_id


def recheck(engine: sa.Engine, rules: Sequence[Suite], *, dry: bool = False) -> dict[str, Rechecked]:
    with engine.connect() as connection:
        files = select(connection, Selection())
    run_id = None if dry else start_run(engine, {"recheck": {}}, seen=0, known=0, problems=[])
    return {r.name: r for r in recheck_batch(files, engine, run_id, rules)}


def first_seen(engine: sa.Engine) -> dict[str, object]:
    q = schema.quarantine.c
    with engine.connect() as connection:
        return dict(connection.execute(sa.select(q.observation_id, q.first_seen_at)).tuples().all())


def test_the_same_rules_change_nothing(warehouse: sa.Engine, tmp_path: Path) -> None:
    rules = suites(tmp_path / "same")
    load(warehouse, tmp_path, rules)
    before, seen = content(warehouse), first_seen(warehouse)
    done = recheck(warehouse, rules)
    assert content(warehouse) == before
    assert first_seen(warehouse) == seen
    assert {(r.released, r.held, r.error) for r in done.values()} == {(0, 0, None)}
    assert sum(r.rows for r in done.values()) > 100


@pytest.mark.parametrize("change", [unit_only_told, growth_held])
def test_changed_rules_give_what_reading_again_gives(warehouse: sa.Engine, tmp_path: Path, change: Change) -> None:
    load(warehouse, tmp_path, suites(tmp_path / "old"))
    seen = first_seen(warehouse)
    rules = suites(tmp_path / "new", change)
    done = recheck(warehouse, rules)
    assert sum(r.released + r.held for r in done.values()) > 0
    rechecked, still = content(warehouse), first_seen(warehouse)
    assert {i: at for i, at in still.items() if i in seen} == {i: at for i, at in seen.items() if i in still}
    load(warehouse, tmp_path, rules, full=True)
    assert rechecked == content(warehouse)


def test_going_there_and_back_is_as_before(warehouse: sa.Engine, tmp_path: Path) -> None:
    old = suites(tmp_path / "old")
    load(warehouse, tmp_path, old)
    before = content(warehouse)
    recheck(warehouse, suites(tmp_path / "new", unit_only_told))
    assert content(warehouse) != before
    recheck(warehouse, old)
    assert content(warehouse) == before


def test_a_dry_run_tells_and_changes_nothing(warehouse: sa.Engine, tmp_path: Path) -> None:
    load(warehouse, tmp_path, suites(tmp_path / "old"))
    before = content(warehouse)
    rules = suites(tmp_path / "new", unit_only_told)
    told = recheck(warehouse, rules, dry=True)
    assert content(warehouse) == before
    assert told == recheck(warehouse, rules)


def test_a_file_that_a_rule_blocks_stays_as_it_was(warehouse: sa.Engine, tmp_path: Path) -> None:
    load(warehouse, tmp_path, suites(tmp_path / "old"))
    before = content(warehouse)
    done = recheck(warehouse, suites(tmp_path / "new", broken))
    blocked = {name for name, r in done.items() if r.error}
    assert blocked
    after = content(warehouse)
    assert after["observation"] == before["observation"]
    assert after["quarantine"] == before["quarantine"]


def test_rows_that_moved_meanwhile_are_left_alone(
    warehouse: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run reads the file between the look and the write."""
    from etl import recheck as module

    load(warehouse, tmp_path, suites(tmp_path / "old"))
    rules = suites(tmp_path / "new", unit_only_told)
    real = module.check

    def meanwhile(*arguments: Any) -> Any:
        load(warehouse, tmp_path, suites(tmp_path / "old"), full=True)
        return real(*arguments)

    monkeypatch.setattr(module, "check", meanwhile)
    before = content(warehouse)
    done = recheck(warehouse, rules)
    assert content(warehouse) == before
    assert all("meanwhile" in (r.error or "") for r in done.values())


def test_files_are_chosen_by_name_publisher_and_date(warehouse: sa.Engine, tmp_path: Path) -> None:
    from datetime import date

    load(warehouse, tmp_path, suites(tmp_path / "old"))

    def names(**conditions: Any) -> set[str]:
        with warehouse.connect() as connection:
            return {f.name for f in select(connection, Selection(**conditions))}

    assert names(names=("*.xls",)) == {"yichang_2022_farming.xls"}
    assert names(names=("*samples/yichang*",)) == {"yichang_2022_farming.xls", "yichang_2023_bulletin.docx"}
    with warehouse.connect() as connection:
        dated = {f.name: f.published_on for f in select(connection, Selection()) if f.published_on}
    assert names(published_from=date(1900, 1, 1)) == set(dated)
    year = min(dated.values())[:4]
    chosen = names(published_from=date(int(year), 1, 1), published_to=date(int(year), 12, 31))
    assert chosen == {n for n, d in dated.items() if d.startswith(year)}
    publisher = next(f.publisher for f in _all(warehouse) if f.publisher)
    assert names(publishers=(publisher,)) == {f.name for f in _all(warehouse) if f.publisher == publisher}


def _all(engine: sa.Engine) -> tuple[Any, ...]:
    with engine.connect() as connection:
        return select(connection, Selection())


def test_a_stored_file_is_known_as_it_was_read(warehouse: sa.Engine, tmp_path: Path) -> None:
    """Rebuilt from the warehouse, each file has the manifest line it came with: the next ingest reads none again."""
    load(warehouse, tmp_path, suites(tmp_path / "old"))
    for file in _all(warehouse):
        source = file.source(tmp_path / "archive")
        assert ingest.is_current(file.known, source), file.name
        assert source.archived is not None
    shutil.rmtree(tmp_path / "archive")
    from etl.errors import ReadError

    with pytest.raises(ReadError):
        _all(warehouse)[0].source(tmp_path / "archive")
