"""The password of the warehouse lies in nothing that a run, a publication or a report leaves, and in no log."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import REPO, new_database
from tests.end_to_end.test_command_line import etl

SECRET = "geheim4711"


@pytest.fixture
def url(postgres_cluster: str) -> Iterator[str]:
    """A warehouse whose URL has a password; the cluster of the tests takes any."""
    with new_database(postgres_cluster, "gongbao_secrets") as plain:
        yield sa.make_url(plain).set(drivername="postgresql", password=SECRET).render_as_string(hide_password=False)


@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_run_publish_and_report_on_postgresql_leave_no_password(tmp_path: Path, url: str) -> None:
    (tmp_path / "landing").mkdir()
    for name in ("weifang_2024_report.txt", "mianyang_2023_schools.csv"):
        shutil.copy(REPO / "samples" / name, tmp_path / "landing")
    (tmp_path / "landing" / "leer.txt").write_bytes(b"")  # a failure to be told of
    more = {"GONGBAO_WAREHOUSE": url, "GONGBAO_LOG_LEVEL": "DEBUG"}
    run = etl(tmp_path, "run", "landing", **more)
    assert run.returncode == 1, run.stderr
    published = etl(tmp_path, "publish", **more)
    assert published.returncode == 0, published.stderr
    others = [etl(tmp_path, *command, **more) for command in (["report"], ["verify"], ["doctor"], ["recheck"])]
    for done in (run, published, *others):
        assert SECRET not in done.stdout + done.stderr, done.args
    assert "DEBUG" in run.stderr

    left = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {".html", ".csv", ".parquet", ".xlsx", ".db"} <= {p.suffix for p in left}
    assert [p for p in left if SECRET.encode() in bytes_of(p)] == []

    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        facts = connection.execute(sa.text("select count(*) from fact where obs_value is not null")).scalar_one()
        arguments = [str(row) for row in connection.execute(sa.text("select * from ingest_run"))]
    engine.dispose()
    assert not any(SECRET in row for row in arguments)
    about = json.loads((tmp_path / "var/exports/latest/publication.json").read_text("utf-8"))
    assert facts > 0
    assert SECRET not in json.dumps(about)


def bytes_of(path: Path) -> bytes:
    """Of a workbook those of its parts, which are compressed."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        return b"".join(map(packed.read, packed.namelist()))
