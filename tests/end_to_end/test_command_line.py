"""The commands as a user types them, in processes of their own: `etl run samples` first, then the rest."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from etl.warehouse.engine import connect
from tests.barrier import Barrier, wait_until
from tests.conftest import REPO
from tests.dump import accounting, content

pytestmark = pytest.mark.prefect


def environment(folder: Path) -> dict[str, str]:
    """A user's environment in which no other machine can be reached."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GONGBAO_", "PREFECT_", "PYTEST"))}
    return kept | {
        "PYTHONPATH": str(REPO / "tests" / "end_to_end" / "no_network"),
        "ATTEMPTS": str(folder / "attempts.txt"),
        "COLUMNS": "160",
    }


def etl(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "etl.cli.main", *arguments],
        cwd=folder,
        env=environment(folder) | settings,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the samples were ingested once."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(REPO / "samples", folder / "samples")
    result = etl(folder, "run", "samples")
    (folder / "stdout.txt").write_text(result.stdout, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    return folder


def samples() -> list[str]:
    files = (p for p in (REPO / "samples").iterdir() if not p.name.startswith(".") and p.suffix != ".md")
    return sorted(p.name for p in files if p.name != "manifest.csv")


def test_the_first_run_shows_a_line_per_file_and_where_things_lie(home: Path) -> None:
    shown = (home / "stdout.txt").read_text(encoding="utf-8")
    for name in samples():
        assert re.search(rf"{re.escape(name)} +\d+ +\d+ +\d+ +\d+ +[\d.]+ +loaded", shown), name
    assert "var/warehouse.db" in shown
    (page,) = re.findall(r"^Report +(\S+)$", shown, re.MULTILINE)
    assert "<!doctype html>" in (home / page).read_text(encoding="utf-8").lower()


def test_no_other_machine_was_asked_for_anything(home: Path) -> None:
    attempts = home / "attempts.txt"
    assert not attempts.exists(), attempts.read_text(encoding="utf-8")


def test_the_planted_faults_are_held_or_told(home: Path) -> None:
    with sqlite3.connect(home / "var" / "warehouse.db") as connection:
        held = {r for (r,) in connection.execute("select distinct rule_id from finding where severity = 'quarantine'")}
        told = {r for (r,) in connection.execute("select distinct rule_id from finding")}
    assert {"OBS-SHARE", "OBS-UNIT", "OBS-AREA-RESOLVED", "OBS-SUSPECT"} <= held
    assert {"REL-SUM", "REL-SHARE"} <= told


def test_the_accounting_holds_for_every_sample(home: Path) -> None:
    counts = accounting(connect(f"sqlite:///{home / 'var' / 'warehouse.db'}"))
    assert [name for name, _, _ in counts] == samples()
    assert all(seen == parts > 0 for _, seen, parts in counts)


def test_a_second_run_finds_nothing_new_and_says_so(home: Path) -> None:
    before = content(connect(f"sqlite:///{home / 'var' / 'warehouse.db'}"))
    result = etl(home, "run", "samples")
    assert result.returncode == 0
    assert "Nothing new" in result.stdout
    assert content(connect(f"sqlite:///{home / 'var' / 'warehouse.db'}")) == before


def test_explain_tells_place_reading_and_checks(home: Path) -> None:
    with sqlite3.connect(home / "var" / "warehouse.db") as connection:
        held, text = connection.execute(
            "select q.observation_id, q.text from quarantine q join finding using (observation_id) "
            "where rule_id = 'OBS-SHARE'"
        ).fetchone()
    shown = etl(home, "explain", held[:10]).stdout
    assert f"【{text}】" in shown
    assert "OBS-SHARE" in shown
    as_json = json.loads(etl(home, "explain", held, "--json").stdout)
    assert as_json["row"]["text"] == text
    assert as_json["state"] == "held (open)"


def test_extract_prints_the_contract_and_loads_nothing(home: Path) -> None:
    relations, flags = home / "relations.jsonl", home / "flags.jsonl"
    result = etl(home, "extract", "samples", "--relations", str(relations), "--flags", str(flags))
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line["source"] for line in lines} == set(samples())
    for line in lines:
        assert (line["cell"] is None) == (line["char_start"] is not None)
        assert re.fullmatch(r"-?\d+(\.\d+)?", line["obs_value"])
    assert {json.loads(line)["verdict"] for line in relations.read_text(encoding="utf-8").splitlines()} >= {
        "holds",
        "fails",
    }
    assert flags.exists()


def test_the_report_can_be_written_again(home: Path) -> None:
    page = etl(home, "report").stdout.strip()
    assert (home / page).is_file()


def test_doctor_finds_all_in_order_and_shows_no_password(home: Path) -> None:
    result = etl(home, "doctor")
    assert result.returncode == 0, result.stdout
    assert "BROKEN" not in result.stdout
    broken = etl(home, "doctor", "--warehouse", "postgresql://me:secret@127.0.0.1:1/none")
    assert broken.returncode == 1
    assert "secret" not in broken.stdout + broken.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["run"], "PATH"),
        (["run", "nirgends"], "no such file"),
        (["run", "samples", "--fulll"], "--fulll"),
        (["run", "samples", "--manifest", "nirgends.csv"], "nirgends.csv"),
        (["run", "samples", "--warehouse", "mysql://h/db"], "mysql"),
        (["explain", "zzzzzzzz"], "no id"),
        (["extrakt"], "extrakt"),
    ],
)
def test_wrong_usage_says_what_is_wrong_and_exits_with_2(home: Path, arguments: list[str], complaint: str) -> None:
    result = etl(home, *arguments)
    assert result.returncode == 2
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_setting_is_named_with_the_known_ones(home: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "etl.cli.main", "doctor"],
        cwd=home,
        env=environment(home) | {"GONGBAO_WAREHOUS": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "GONGBAO_WAREHOUS" in result.stderr
    assert "GONGBAO_WAREHOUSE" in result.stderr


def test_a_warehouse_that_is_away_is_one_clear_error(home: Path) -> None:
    result = etl(home, "run", "samples", "--warehouse", "postgresql://me:secret@127.0.0.1:1/none")
    assert result.returncode == 1
    assert "can't be reached" in result.stderr
    assert "secret" not in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_files_fail_the_run_after_the_good_ones_were_loaded(home: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    shutil.copy(next((REPO / "samples").glob("*.txt")), landing)
    (landing / "leer.txt").write_bytes(b"")
    (landing / "bild.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    result = etl(tmp_path, "run", "landing", "auch-nicht-da")
    assert result.returncode == 1
    for word in ("leer.txt", "bild.pdf", "auch-nicht-da", "loaded"):
        assert word in result.stdout, word
    assert "Traceback" not in result.stdout + result.stderr


def test_a_killed_run_leaves_nothing_half_done(home: Path, tmp_path: Path) -> None:
    shutil.copytree(REPO / "samples", tmp_path / "samples")
    database = tmp_path / "var" / "warehouse.db"
    barrier = Barrier(tmp_path / "barrier")
    process = subprocess.Popen(
        [sys.executable, "-m", "etl.cli.main", "run", "samples"],
        cwd=tmp_path,
        env=environment(tmp_path) | barrier.settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    barrier.let_through(3, lambda: loaded(database))
    reader, server = child(process.pid, "etl.apart_worker"), child(process.pid, "prefect.server.api.server:create_app")
    process.kill()
    process.wait()
    wait_until(lambda: not is_running(reader), "the reader to end with its parent")
    assert loaded(database) == 3 < len(samples())
    again = etl(tmp_path, "run", "samples")
    assert again.returncode == 0, again.stderr
    wait_until(lambda: not is_running(server), "the server that the killed run left to be ended by the next one")
    undisturbed = content(connect(f"sqlite:///{home / 'var' / 'warehouse.db'}"))
    assert content(connect(f"sqlite:///{database}")) == undisturbed


def child(parent: int, word: str) -> int:
    """Number of the process that a process started, with this word in its command line."""
    children = Path(f"/proc/{parent}/task").glob("*/children")
    pids = [int(pid) for listed in children for pid in listed.read_text(encoding="ascii").split()]
    (found,) = [pid for pid in pids if word in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")]
    return found


def is_running(pid: int) -> bool:
    """A zombie, which waits for whoever adopted it, does not run."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def loaded(database: Path) -> int:
    """Files done so far; 0 while there is no database."""
    if not database.exists():
        return 0
    with sqlite3.connect(database, timeout=10) as connection:
        try:
            return int(connection.execute("select count(*) from source_file").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
