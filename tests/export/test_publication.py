"""Publications are complete, exact and guarded against losing facts, from both databases."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.check.suites import load_suites
from etl.errors import GongbaoError
from etl.export.publication import LossError, publish
from etl.settings import Settings
from tests.test_ingest import rows
from tests.test_recheck import load

AT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.fixture
def loaded(warehouse: sa.Engine, tmp_path: Path) -> sa.Engine:
    load(warehouse, tmp_path, load_suites(Settings().suites_dir))
    return warehouse


def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / "latest" / "current_observation.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_and_parquet_hold_every_current_observation(loaded: sa.Engine, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    done = publish(loaded, tmp_path / "exports", AT, max_loss=0)
    told = rows(loaded, "select observation_id, text, obs_value, source, time_period from current_observation")
    written = lines(tmp_path / "exports")
    assert done.rows == len(told) == len(written) > 100
    by_id = {line["observation_id"]: line for line in written}
    table = pq.read_table(tmp_path / "exports" / "latest" / "current_observation.parquet").to_pylist()
    in_parquet = {line["observation_id"]: line for line in table}
    assert by_id.keys() == in_parquet.keys()
    for observation_id, text, value, source, period in told:
        line, same = by_id[str(observation_id)], in_parquet[str(observation_id)]
        assert (line["text"], line["source"], line["time_period"]) == (text, source, period or "")
        assert Decimal(line["obs_value"]) == Decimal(str(value))
        assert same["obs_value"] == float(line["obs_value"])
        assert json.loads(line["breakdown"]) == json.loads(same["breakdown"])
    about = json.loads((tmp_path / "exports" / "latest" / "publication.json").read_text(encoding="utf-8"))
    assert about["published_at"] == "2026-11-20T07:30:00+00:00"


def test_the_same_warehouse_gives_the_same_bytes(loaded: sa.Engine, tmp_path: Path) -> None:
    first = publish(loaded, tmp_path / "exports", AT, max_loss=0)
    second = publish(loaded, tmp_path / "exports", AT, max_loss=0)
    assert first.sha256["current_observation.csv"] == second.sha256["current_observation.csv"]
    assert first.folder != second.folder
    assert (second.facts_gone, second.facts_new) == (0, 0)


def test_a_loss_is_refused_named_and_confirmed(loaded: sa.Engine, tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    before = publish(loaded, exports, AT, max_loss=0.05)
    with loaded.begin() as connection:
        connection.execute(sa.text("update file_arrival set is_current = false where path like '%.xlsx'"))
    with pytest.raises(LossError, match=r"shandong_2023_population\.xlsx.*confirm") as caught:
        publish(loaded, exports, AT, max_loss=0.05)
    assert "allowed 5.0%" in str(caught.value)
    assert (exports / "latest").resolve().name == before.folder
    assert [p.name for p in exports.iterdir() if p.name.startswith(".")] == []
    within = publish(loaded, exports, AT, max_loss=0.9)
    assert not within.loss_confirmed
    assert (exports / "latest").resolve().name == within.folder


def test_an_empty_warehouse_is_not_published(warehouse: sa.Engine, tmp_path: Path) -> None:
    with pytest.raises(GongbaoError, match="no current observation"):
        publish(warehouse, tmp_path / "exports", AT, max_loss=1, confirm_loss=True)
    assert not (tmp_path / "exports" / "latest").exists()
