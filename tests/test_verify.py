"""etl verify finds what was tampered with; a backup that is restored is the warehouse it was made of."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import ingest
from etl.landing import Look
from etl.verify import verify
from etl.warehouse import schema
from etl.warehouse.engine import connect
from tests.cluster import postgres_bin
from tests.conftest import REPO, new_database
from tests.dump import content
from tests.flows.making import ingest_quietly


@pytest.fixture
def loaded(warehouse: sa.Engine, tmp_path: Path) -> sa.Engine:
    """A warehouse with three samples: a report, a sheet, and one with rows held."""
    landing = tmp_path / "landing"
    landing.mkdir()
    for name in ("weifang_2024_report.txt", "mianyang_2023_schools.csv", "yichang_2022_farming.xls"):
        shutil.copy(REPO / "samples" / name, landing / name)
    ingest_quietly(warehouse, landing, tmp_path / "archive")
    return warehouse


def broken(engine: sa.Engine, archive: Path) -> dict[str, tuple[str, ...]]:
    return {c.name: c.examples for c in verify(engine, archive) if c.faults}


def copy_of(archive: Path, suffix: str) -> Path:
    return next(archive.rglob(f"*{suffix}"))


def alter(archive: Path) -> None:
    path = copy_of(archive, ".txt")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


DAMAGE: list[tuple[str, str | Callable[[Path], object], str]] = [
    ("archive", lambda a: copy_of(a, ".csv").unlink(), "is not in"),
    ("archive", alter, "is altered"),
    ("archive", lambda a: copy_of(a, ".txt").write_bytes(b"short"), "has 5 bytes"),
    ("orphans", lambda a: (a / "ab").mkdir(exist_ok=True) or (a / "ab" / ("ab" * 32)).touch(), "no file of the"),
    ("orphans", lambda a: (a / ".incoming-x").touch(), "left by a run"),
    ("counts", "update source_file set rows_loaded = rows_loaded + 1", "rows_loaded is"),
    ("arrivals editions", "delete from file_arrival", "came under no path"),
    ("findings", "update finding set observation_id = 'nowhere'", "which is nowhere"),
    ("relations", "update relation set members = '{\"parts\": [[1, 2]]}'", "no row at"),
    ("history", "update warehouse_change set version = version + 1 where version = 3", "the newest version"),
    ("history", "update warehouse_change set removed = removed + 1", "readings were superseded"),
    ("editions", "update file_edition set version_until = version_from + 1", "0 open editions"),
    ("editions", "update file_edition set publisher = '别人'", "tells otherwise"),
    ("review", "update review_item set state = 'lost'", "is none of"),
    ("review", "delete from review_item", "for the reviewers it is None"),
    ("review", "update observation set decision_id = 'none'", "no decision none"),
]


@pytest.mark.parametrize(("check", "damage", "words"), DAMAGE)
def test_each_kind_of_damage_is_found_and_nothing_else(
    loaded: sa.Engine, tmp_path: Path, check: str, damage: str | Callable[[Path], object], words: str
) -> None:
    archive = tmp_path / "archive"
    assert broken(loaded, archive) == {}
    if isinstance(damage, str):
        with loaded.begin() as connection:
            connection.execute(sa.text(damage.replace(":", r"\:")))
    else:
        damage(archive)
    found = broken(loaded, archive)
    assert list(found) == check.split()
    assert words in found[check.split()[0]][0]


@pytest.mark.parametrize(
    ("until", "by", "words"),
    [(3, "reread", "is current since version 2"), (2, "reread", "from version 2 to 2"), (3, "magic", "magic")],
)
def test_a_past_that_can_not_have_been_is_found(
    loaded: sa.Engine, tmp_path: Path, until: int, by: str, words: str
) -> None:
    with loaded.begin() as connection:
        o, h = schema.observation, schema.observation_history
        ended = [sa.literal(until), sa.literal(by)]
        connection.execute(
            h.insert().from_select(list(h.c.keys()), sa.select(*o.c, *ended).where(o.c.version_from == 2))
        )
    found = broken(loaded, tmp_path / "archive")
    assert set(found) == {"history"}
    assert any(words in example for example in found["history"])


def test_rows_without_their_file_are_found_on_sqlite(tmp_path: Path) -> None:
    from etl.warehouse.engine import upgrade

    engine = connect(f"sqlite:///{tmp_path / 'w.db'}")
    upgrade(engine)
    landing = tmp_path / "landing"
    landing.mkdir()
    shutil.copy(REPO / "samples" / "mianyang_2023_schools.csv", landing)
    ingest_quietly(engine, landing, tmp_path / "archive")
    engine.dispose()
    with sqlite3.connect(tmp_path / "w.db") as connection:  # another program does not ask for foreign keys
        connection.execute("delete from source_file")
    assert "references" in broken(engine, tmp_path / "archive")


def test_a_backup_restored_is_the_same_and_nothing_is_new(
    loaded: sa.Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = content(loaded)
    shutil.copytree(tmp_path / "archive", tmp_path / "backup" / "archive")
    if loaded.dialect.name == "sqlite":
        with loaded.connect() as connection:
            connection.connection.driver_connection.execute("vacuum into ?", (str(tmp_path / "backup" / "w.db"),))
        check_restored(connect(f"sqlite:///{tmp_path / 'backup' / 'w.db'}"), before, tmp_path)
        return
    url = loaded.url
    tools, where = postgres_bin(), ["-h", str(url.host), "-p", str(url.port), "-U", str(url.username)]
    assert tools
    dump = tmp_path / "backup" / "w.dump"
    subprocess.run([tools / "pg_dump", *where, "-Fc", "-f", dump, str(url.database)], check=True)
    with new_database(request.getfixturevalue("postgres_cluster"), "gongbao_restored") as restored:
        subprocess.run([tools / "pg_restore", *where, "-d", "gongbao_restored", dump], check=True)
        engine = connect(restored)
        check_restored(engine, before, tmp_path)
        engine.dispose()


def check_restored(engine: sa.Engine, before: dict[str, list[str]], folder: Path) -> None:
    assert content(engine) == before
    assert broken(engine, folder / "backup" / "archive") == {}
    for path in (folder / "landing").iterdir():
        os.utime(path)
    plan = ingest.plan(Look([str(folder / "landing")]), folder / "backup" / "archive", engine)
    assert (plan.new, plan.arrivals, plan.known) == ((), (), 3)
