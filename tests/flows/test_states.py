"""What each flow ends in, and what its page shows, for good and bad input."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl.export.publication import LossError
from etl.settings import load_settings
from etl.warehouse import schema
from etl.warehouse.engine import connect
from tests.dump import content
from tests.flows.conftest import ask
from tests.flows.making import landing


def artifacts(api: str) -> dict[str, Any]:
    found = ask("POST", f"{api}/artifacts/latest/filter", json={})
    return {a["key"]: a for a in found}


def count(table: sa.Table) -> int:
    with connect(load_settings().warehouse).connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_good_files_complete_the_run_and_its_page_tells_of_them(server: str, settings: Path) -> None:
    from flows.ingest import ingest

    folder = landing(settings / "landing", 4)
    state = ingest((str(folder),), return_state=True)
    assert state.is_completed(), state.message
    shown = artifacts(server)
    assert {row["文件"] for row in json.loads(shown["ingest-files"]["data"])} == {p.name for p in folder.iterdir()}
    summary = state.result()
    assert summary.report.name in shown["ingest-summary"]["data"]
    assert shown["ingest-progress"]["data"] == 100
    run = ask("GET", f"{server}/flow_runs/{shown['ingest-files']['flow_run_id']}")
    assert run["name"].startswith(f"ingest {folder} · ")
    tasks = ask("POST", f"{server}/task_runs/filter", json={"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert any("(4 files)" in t["name"] for t in tasks) or not tasks  # recorded in batches, a little later


def test_a_bad_file_fails_the_run_after_the_others_were_loaded(server: str, settings: Path) -> None:
    from flows.ingest import ingest

    folder = landing(settings / "landing", 2)
    (folder / "leer.txt").write_bytes(b"")
    state = ingest((str(folder), str(settings / "gibt-es-nicht")), return_state=True)
    assert state.is_failed()
    assert "2 of 4 files" in (state.message or "")
    error = state.result(raise_on_failure=False)
    assert len(str(error)) < 300, "the page shows it with a traceback"
    summary = error.outcome
    assert sorted(f.status for f in summary.files) == ["failed", "loaded", "loaded"]
    text = artifacts(server)["ingest-summary"]["data"]
    assert "leer.txt" in text
    assert "gibt-es-nicht" in text
    again = ingest((str(folder),), return_state=True)
    assert again.is_completed(), "known files, also failed ones, are not read again"


def test_a_path_that_names_nothing_is_a_clear_failure(server: str, settings: Path) -> None:
    from flows.ingest import ingest

    (settings / "landung").mkdir()
    state = ingest((str(settings / "landing"),), return_state=True)
    assert state.is_failed()
    assert "no such file or folder" in (state.message or "")
    assert "landung" in (state.message or "")


@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [({"paths": [""]}, "at least 1 character"), ({"full": "vielleicht"}, "valid boolean"), ({"paths": [3]}, "string")],
)
def test_parameters_are_validated(server: str, parameters: dict[str, Any], complaint: str) -> None:
    from prefect.exceptions import ParameterTypeError

    from flows.ingest import ingest

    with pytest.raises(ParameterTypeError, match=complaint):
        ingest.validate_parameters(parameters)


def test_a_broken_suite_stops_the_run_before_any_file(
    server: str, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.ingest import ingest

    (settings / "suites").mkdir()
    monkeypatch.setenv("GONGBAO_EXPECTATIONS_DIR", str(settings / "suites"))
    state = ingest((str(landing(settings / "landing", 1)),), return_state=True)
    assert state.is_failed()
    assert not (settings / "warehouse.db").exists()


def test_a_run_that_breaks_off_is_recorded_as_failed(
    server: str, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import steps
    from flows.ingest import ingest

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(steps.stages, "process_batch", crash)
    state = ingest((str(landing(settings / "landing", 1)),), return_state=True)
    assert state.is_failed()
    with connect(load_settings().warehouse).connect() as connection:
        status = connection.execute(sa.select(schema.ingest_run.c.status)).scalar_one()
    assert status == "failed"


def test_a_warehouse_that_comes_back_is_waited_for_and_a_bug_is_not(
    server: str, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import steps
    from flows.ingest import ingest

    real, calls = steps.stages.process_batch, 0

    def away_once(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise sa.exc.OperationalError("select 1", {}, Exception("server closed the connection"))
        return real(*arguments)

    monkeypatch.setattr(steps.stages, "process_batch", away_once)
    state = ingest((str(landing(settings / "landing", 1)),), return_state=True)
    assert state.is_completed(), state.message
    assert calls == 2


def test_backfill_lists_reads_and_resumes(server: str, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import steps
    from flows.backfill import backfill
    from flows.ingest import ingest

    monkeypatch.setenv("GONGBAO_BATCH_SIZE", "1")
    folder = landing(settings / "landing", 4)
    ingest((str(folder),))
    before = content(connect(load_settings().warehouse))
    for path in folder.iterdir():
        path.unlink()  # the archive is enough

    runs = count(schema.ingest_run)
    listed = backfill(names=("*",), dry_run=True, return_state=True)
    assert listed.message == "would read 4 files again, 0 are done"
    assert count(schema.ingest_run) == runs

    real, calls = steps.stages.process_batch, 0

    def killed_at_the_third(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(steps.stages, "process_batch", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        backfill(names=("*",))
    monkeypatch.setattr(steps.stages, "process_batch", real)
    state = backfill(names=("*",), return_state=True)
    assert state.message == "2 files loaded or held, 2 known"
    assert content(connect(load_settings().warehouse)) == before
    again = backfill(names=("*",), return_state=True)
    assert again.message == "4 files loaded or held, 0 known", "a finished backfill is not gone on with"
    chosen = backfill(names=("*",), published_from=date(2050, 1, 1), return_state=True)
    assert chosen.is_failed()
    assert "no file of the warehouse meets it" in (chosen.message or "")


def test_recheck_completes_and_changes_nothing_under_the_same_rules(server: str, settings: Path) -> None:
    from flows.ingest import ingest
    from flows.recheck import recheck

    ingest((str(landing(settings / "landing", 3)),))
    before = content(connect(load_settings().warehouse))
    state = recheck(return_state=True)
    assert state.is_completed(), state.message
    assert content(connect(load_settings().warehouse)) == before
    assert "规则复核" in artifacts(server)["recheck-summary"]["data"]


def test_publish_refuses_a_loss_until_it_is_confirmed(server: str, settings: Path) -> None:
    from flows.ingest import ingest
    from flows.publish import publish

    empty = publish(return_state=True)
    assert empty.is_failed()
    assert "no current observation" in (empty.message or "")

    folder = landing(settings / "landing", 4)
    ingest((str(folder),))
    first = publish()
    latest = load_settings().exports_dir / "latest"
    assert json.loads((latest / "publication.json").read_text())["rows"] == first.rows
    assert (latest / "report.html").exists()

    (folder / "report_001.txt").write_text("2023年宜昌市技能人才5人。", encoding="utf-8")
    ingest((str(folder),))
    refused = publish(return_state=True)
    assert isinstance(refused.result(raise_on_failure=False), LossError)
    assert latest.resolve().name == first.folder
    confirmed = publish(confirm_loss=True)
    assert confirmed.facts_gone > 0
    assert latest.resolve().name == confirmed.folder
