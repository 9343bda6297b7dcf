"""What `etl run` says when the machine, not a file, is in trouble: one clear line each."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from etl.cli.flow_run import call_flow
from etl.errors import MachineError, WarehouseError
from etl.settings import Settings

Usage = namedtuple("Usage", "total used free")


class State:
    """What a flow returned."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def result(self, *, raise_on_failure: bool) -> Any:
        return self.value


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    import flows.artifacts  # noqa: F401 (Prefect keeps the settings that it finds first: not those of this test)

    for name in ("PREFECT_HOME", "PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return Settings(var_dir=tmp_path / "var", warehouse="postgresql://me:geheim@db/gongbao")


def calling(settings: Settings, flow: Any) -> Any:
    return call_flow(settings, lambda: flow, 1)


def test_a_full_disk_is_told_before_prefect_starts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100, 100, 3 * 2**20))
    with pytest.raises(MachineError, match=r"3 MB are free, it takes 20 MB.*GONGBAO_VAR_DIR"):
        calling(settings, lambda **_: pytest.fail("it was started"))


def test_a_folder_that_can_not_be_made_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(MachineError, match="can't keep its own state"):
        calling(settings, lambda **_: pytest.fail("it was started"))


def test_a_server_that_does_not_answer_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: Any) -> Any:
        raise RuntimeError("Failed to reach API at http://server/api/")

    with pytest.raises(MachineError, match=r"temporary Prefect server.*PREFECT_LOGGING_LEVEL=INFO"):
        calling(settings, away)
    monkeypatch.setenv("PREFECT_API_URL", "http://server/api")
    with pytest.raises(MachineError, match=r"http://server/api: can't be used .*unset PREFECT_API_URL"):
        calling(settings, away)


def test_a_warehouse_that_fails_in_mid_run_is_one_line_without_the_password(settings: Settings) -> None:
    import sqlalchemy as sa

    error = sa.exc.OperationalError("insert …", {}, Exception("database or disk is full\nmore"))
    with pytest.raises(WarehouseError) as told:
        calling(settings, lambda **_: State(error))
    assert "can't be used (database or disk is full)" in str(told.value)
    assert "geheim" not in str(told.value)


def test_a_file_that_can_not_be_written_is_named(settings: Settings) -> None:
    with pytest.raises(MachineError, match="/var/x: No space left on device"):
        calling(settings, lambda **_: State(OSError(28, "No space left on device", "/var/x")))


def test_anything_else_is_raised_as_it_is(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError):
        calling(settings, lambda **_: State(ZeroDivisionError()))
