"""A password in the warehouse URL is shown by no command, whatever becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.cli.main import main

SECRET = "geheim4711"
AWAY = f"postgresql://me:{SECRET}@127.0.0.1:1/gongbao"


@pytest.mark.parametrize(
    "command",
    [["doctor"], ["verify"], ["verify", "--json"], ["explain", "0123456789"], ["report"], ["run", "a.txt"]],
    ids=" ".join,
)
@pytest.mark.parametrize("url", [AWAY, f"postgresql://me:{SECRET}@127.0.0.1:port/x", f"oracle://me:{SECRET}@h/x"])
def test_no_command_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: list[str], url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GONGBAO_WAREHOUSE", url)
    (tmp_path / "a.txt").write_text("2024年宜昌市新增5人。", encoding="utf-8")
    shown, code = "", None
    try:
        main(command)
    except SystemExit as e:
        code = e.code
    except Exception as e:
        shown = f"{type(e).__name__}: {e}"
    out, err = capfd.readouterr()
    shown += out + err
    assert SECRET not in shown
    assert code in (1, 2, None)
    assert shown.strip()
