from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.warehouse.engine import connect, upgrade
from tests.past import assert_past_agrees
from tests.review.world import World


@pytest.fixture
def world(warehouse: sa.Engine, tmp_path: Path) -> Iterator[World]:
    """One sheet: B3, B4, B5 without a unit, C4 a share of 120 %, the others loaded; on both databases."""
    world = World(warehouse, tmp_path)
    world.put()
    world.run()
    yield world
    assert_past_agrees(warehouse)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same on SQLite, made once: only to be looked at."""
    folder = tmp_path_factory.mktemp("template")
    engine = connect(f"sqlite:///{folder / 'w.db'}")
    upgrade(engine)
    world = World(engine, folder)
    world.put()
    world.run()
    yield world
    engine.dispose()


@pytest.fixture
def quick(template: World, tmp_path: Path) -> Iterator[World]:
    """A copy of the template: for what does not depend on the database. Its file comes under a path of its own."""
    source, target = (sqlite3.connect(folder / "w.db") for folder in (template.folder, tmp_path))
    source.backup(target)
    source.close()
    target.close()
    engine = connect(f"sqlite:///{tmp_path / 'w.db'}")
    world = World(engine, tmp_path)
    world.put()
    with engine.begin() as connection:
        path = str(world.inbox / "a.csv")
        connection.execute(sa.text("update file_arrival set path = :path"), {"path": path})
    yield world
    engine.dispose()
