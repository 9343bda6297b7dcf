"""``etl report``: where the page and the data go, and what a wrong argument is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from etl.cli.main import main
from tests.report.conftest import Builder


@pytest.fixture
def run_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two runs in a warehouse that the settings point to."""
    monkeypatch.setenv("GONGBAO_WAREHOUSE", f"sqlite:///{tmp_path}/warehouse.db")
    monkeypatch.setenv("GONGBAO_VAR_DIR", str(tmp_path))
    builder = Builder(tmp_path)
    first = builder.run()
    builder.standard(first)
    builder.finish(first, "failed")
    second = builder.run()
    builder.sheet(second, "850")
    builder.finish(second)
    builder.engine.dispose()
    return [first, second]


def etl(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit_:
        main(["report", *arguments])
    out, err = capsys.readouterr()
    return int(exit_.value.code or 0), out, err


def test_the_latest_run_by_default(run_ids: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = etl(capsys)
    path = Path(out.strip())
    assert code == 0
    assert run_ids[1] in path.read_text(encoding="utf-8")
    assert (tmp_path / "reports" / "latest.html").exists()


def test_an_older_page_does_not_become_the_latest(
    run_ids: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    etl(capsys)
    _, out, _ = etl(capsys, run_ids[0][:8])
    assert run_ids[0] in Path(out.strip()).read_text(encoding="utf-8")
    assert run_ids[1] in (tmp_path / "reports" / "latest.html").read_text(encoding="utf-8")


def test_json_and_csv_on_standard_output(run_ids: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = etl(capsys, run_ids[0], "--format", "json")
    assert json.loads(out)["run"]["run_id"] == run_ids[0]
    assert err == ""
    _, out, _ = etl(capsys, run_ids[0], "--format", "csv", "--output", "-")
    assert {"REL-SHARE", "OBS-UNIT"} <= {line["rule_id"] for line in csv.DictReader(io.StringIO(out))}


@pytest.mark.parametrize("form", ["html", "json", "csv"])
def test_into_a_file(run_ids: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    target = tmp_path / "new" / f"report.{form}"
    code, out, _ = etl(capsys, "--format", form, "-o", str(target))
    assert (code, out.strip()) == (0, str(target))
    text = target.read_text(encoding="utf-8")
    assert text.startswith("\ufeff") == (form == "csv"), "spreadsheet programs need the mark"
    assert {p.name for p in target.parent.iterdir()} == {target.name}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ffffffff",), ("run ffffffff: the warehouse has no such run", "Known: ")),
        (("ab",), ("at least 4 characters",)),
        (("--format", "pdf"), ("html", "json", "csv")),
    ],
)
def test_wrong_arguments(
    run_ids: list[str], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: tuple[str, ...]
) -> None:
    code, out, err = etl(capsys, *arguments)
    assert (code, out) == (2, "")
    assert all(part in err for part in told)


def test_an_output_that_is_a_folder(run_ids: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = etl(capsys, "--output", str(tmp_path))
    assert code == 2
    assert "it is a folder" in err


def test_without_a_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GONGBAO_WAREHOUSE", f"sqlite:///{tmp_path}/none.db")
    code, _, err = etl(capsys)
    assert code == 1
    assert "etl run" in err
