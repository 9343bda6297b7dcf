"""Fixtures shared by all tests: where shared/ is, a SQLite and a PostgreSQL warehouse, a browser."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

REPO = Path(__file__).parents[1]
IS_CI = os.environ.get("CI") == "true"


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


def _postgres_bin() -> Path | None:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: Debian's package made a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """URL of the maintenance database of a cluster that lives as long as the tests."""
    folder = _postgres_bin()
    if folder is None:
        skip_or_fail("PostgreSQL is not installed (apt-get install postgresql)")
        return
    data = Path(tempfile.mkdtemp(prefix="gongbao-pg-"))
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    run = {"check": True, "capture_output": True, "cwd": "/"}
    subprocess.run(
        _as_postgres(
            [str(folder / "initdb"), "-D", str(data / "db"), "-A", "trust", "-U", user, "-E", "UTF8", "--no-sync"]
        ),
        **run,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off"
    control = [str(folder / "pg_ctl"), "-D", str(data / "db"), "-w", "-l", str(data / "log")]
    subprocess.run(_as_postgres([*control, "-o", options, "start"]), **run)
    try:
        yield f"postgresql+psycopg://{user}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(_as_postgres([*control, "-m", "immediate", "stop"]), **run)
        shutil.rmtree(data, ignore_errors=True)


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
