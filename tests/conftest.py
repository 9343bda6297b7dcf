"""Fixtures shared by all tests: where shared/ is, a SQLite and a PostgreSQL warehouse, a browser."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from tests.cluster import Cluster, postgres_bin

REPO = Path(__file__).parents[1]
IS_CI = os.environ.get("CI") == "true"

settings.register_profile("gongbao", deadline=None, derandomize=True)
settings.load_profile("gongbao")
"""A run of the tests says the same whenever and wherever it runs; `make fuzz` looks for what is new."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real input that is not part of the project; tests that use it skip without it."""
    path = Path(os.environ.get("GONGBAO_SHARED", REPO.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"no shared folder at {path} (set GONGBAO_SHARED)")
    return path


def skip_or_fail(reason: str) -> None:
    """On a developer's machine a missing server skips a test; in CI nothing of that kind may be missing."""
    if IS_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """URL of the maintenance database of a cluster that lives as long as the tests."""
    cluster = own_cluster()
    try:
        yield cluster.url
    finally:
        cluster.remove()


def own_cluster() -> Cluster:
    """A cluster that the caller removes."""
    folder = postgres_bin()
    if folder is None:
        skip_or_fail("PostgreSQL is not installed (apt-get install postgresql)")
        raise AssertionError
    return Cluster(folder)


@contextlib.contextmanager
def new_database(cluster: str, name: str) -> Iterator[str]:
    """A fresh database of the cluster, dropped afterwards."""
    admin = sa.create_engine(cluster, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
        connection.exec_driver_sql(f'create database "{name}"')
    try:
        yield cluster.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
        admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty warehouse; each test that uses it runs on both databases."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'warehouse.db'}"
    else:
        with new_database(request.getfixturevalue("postgres_cluster"), "gongbao_test") as url:
            yield url


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[sa.Engine]:
    """A warehouse with its schema, on each database."""
    from etl.warehouse.engine import connect, upgrade

    engine = connect(warehouse_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever the developer has set."""
    for name in list(os.environ):
        if name.startswith("GONGBAO_") and name != "GONGBAO_SHARED":
            monkeypatch.delenv(name)
