"""Settings come from defaults, file and environment, and what is wrong is named with what is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import SettingsError
from etl.settings import describe, load_settings
from etl.warehouse.engine import connect, shown


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_need_no_server() -> None:
    settings = load_settings()
    assert settings.warehouse.startswith("sqlite:///")
    assert (settings.suites_dir / "observation.json").is_file()


def test_environment_wins_over_file_and_option_over_both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gongbao.toml").write_text('batch_size = 7\nwarehouse = "sqlite:///file.db"\n', encoding="utf-8")
    assert load_settings().batch_size == 7
    monkeypatch.setenv("GONGBAO_WAREHOUSE", "sqlite:///environment.db")
    assert load_settings().warehouse == "sqlite:///environment.db"
    assert load_settings(warehouse="sqlite:///option.db").warehouse == "sqlite:///option.db"


def test_passwords_are_not_described() -> None:
    shown = describe(load_settings(warehouse="postgresql://me:secret@db/gongbao"))
    assert "secret" not in str(shown)
    assert "me" in shown["warehouse"]


@pytest.mark.parametrize("url", ["", "no url", "postgresql://me:ge:he@im@db:port/x", "postgres://me:geheim@db/x"])
def test_a_warehouse_that_is_no_url_is_told_without_its_password(url: str) -> None:
    for use in (connect, shown) if "postgres://" not in url else (connect,):
        with pytest.raises(SettingsError, match="Known") as told:
            use(url)
        assert "geheim" not in str(told.value)
        assert "im@db" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [("GONGBAO_WAREHOUS", "x", "GONGBAO_WAREHOUSE"), ("GONGBAO_BATCH_SIZE", "many", "GONGBAO_BATCH_SIZE")],
)
def test_wrong_variables_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=complaint):
        load_settings()


@pytest.mark.parametrize("text", ["batchsize = 7\n", "batch_size = \n", "batch_size = 0\n"])
def test_wrong_files_are_named(folder: Path, text: str) -> None:
    (folder / "gongbao.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert "gongbao.toml" in str(error.value) or "GONGBAO_BATCH_SIZE" in str(error.value)
