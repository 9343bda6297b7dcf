"""Publications are complete, exact, guarded against losing facts, and valid by the tools of others; both databases."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl.check.suites import load_suites
from etl.errors import GongbaoError
from etl.export.publication import LossError, publish
from etl.settings import Settings
from tests.test_ingest import rows
from tests.test_recheck import load
from tests.warehouse.test_views import CITY, Warehouse, figure

AT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.fixture
def loaded(warehouse: sa.Engine, tmp_path: Path) -> sa.Engine:
    load(warehouse, tmp_path, load_suites(Settings().suites_dir))
    return warehouse


@pytest.fixture
def small(warehouse: sa.Engine) -> Warehouse:
    books = Warehouse(warehouse)
    evil = figure("5", year="2021/2025", cell="D1", label="=HYPERLINK(1)", series_key="evil")
    nothing = figure("6", cell="E1", label="-无期", series_key="none")
    books.put("a.xlsx", figure("76012"), figure("70000", year="2021"), evil, **CITY, title="统计年鉴")
    books.put("b.xlsx", figure("90000", half="5000"), nothing)
    return books


def lines(folder: Path, name: str = "current_observation") -> list[dict[str, str]]:
    with (folder / "latest" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_and_parquet_hold_every_current_observation(loaded: sa.Engine, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    done = publish(loaded, tmp_path / "exports", AT, max_loss=0)
    told = rows(loaded, "select observation_id, text, obs_value, source, time_period from current_observation")
    written = lines(tmp_path / "exports")
    assert done.rows == len(told) == len(written) > 100
    by_id = {line["observation_id"]: line for line in written}
    table = pq.read_table(tmp_path / "exports" / "latest" / "current_observation.parquet")
    in_parquet = {line["observation_id"]: line for line in table.to_pylist()}
    assert by_id.keys() == in_parquet.keys()
    for observation_id, text, value, source, period in told:
        line, same = by_id[str(observation_id)], in_parquet[str(observation_id)]
        assert (line["text"], line["source"], line["time_period"]) == (text, source, period or "")
        assert Decimal(line["obs_value"]) == Decimal(str(value))
        assert same["obs_value"] == float(line["obs_value"])
        assert period is None or str(same["year"]) == str(period)[:4]
        assert json.loads(line["breakdown"]) == json.loads(same["breakdown"])
    about = json.loads((tmp_path / "exports" / "latest" / "publication.json").read_text(encoding="utf-8"))
    assert about["published_at"] == "2026-11-20T07:30:00+00:00"
    assert about["warehouse_version"] == rows(loaded, "select version from warehouse_version")[0][0]
    assert table.schema.field("obs_value").metadata[b"meaning"].startswith(b"the number in the base unit")


def test_the_same_warehouse_gives_the_same_bytes(loaded: sa.Engine, tmp_path: Path) -> None:
    first = publish(loaded, tmp_path / "exports", AT, max_loss=0)
    second = publish(loaded, tmp_path / "exports", AT, max_loss=0)
    same = {name for name in first.sha256 if first.sha256[name] == second.sha256[name]}
    assert first.sha256.keys() - same <= {"gongbao.xlsx"}  # has the time at which it was written
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


def test_facts_by_year_and_contradictions(small: Warehouse, tmp_path: Path) -> None:
    publish(small.engine, tmp_path, AT, max_loss=0)
    wide = {line["series_key"]: (line["y2021"], line["y2023"]) for line in lines(tmp_path, "fact_by_year")}
    assert wide == {"技能人才420500": ("70000", "76012"), "none": ("", "6")}
    assert [(c["higher_value"], c["lower_value"]) for c in lines(tmp_path, "contradiction")] == [("90000", "76012")]
    assert {s["series_key"] for s in lines(tmp_path, "series")} == {"技能人才420500", "none", "evil"}


def test_frictionless_finds_the_package_valid(small: Warehouse, tmp_path: Path) -> None:
    from frictionless import Package, validate

    publish(small.engine, tmp_path, AT, max_loss=0)
    folder = tmp_path / "latest"
    report = validate(str(folder.resolve() / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    package = Package(str(folder.resolve() / "datapackage.json"))
    assert len(package.resources) == 5
    told = {field.name: field.description for field in package.get_resource("fact").schema.fields}
    assert all(told.values())
    with (folder / "fact.csv").open("a", encoding="utf-8") as file:
        file.write("not,a,row\n")
    assert not validate(str(folder.resolve() / "datapackage.json")).valid


def test_pysdmx_reads_the_sdmx_csv(small: Warehouse, tmp_path: Path) -> None:
    from pysdmx.io.csv.sdmx20.reader import read

    publish(small.engine, tmp_path, AT, max_loss=0)
    (dataset,) = read((tmp_path / "latest" / "fact.sdmx.csv").read_text(encoding="utf-8"))
    assert dataset.short_urn == "Dataflow=GONGBAO:FACT(1.0)"
    found = {(r["SERIES"], r["FREQ"], r["TIME_PERIOD"]): r["OBS_VALUE"] for r in dataset.data.to_dict("records")}
    assert found == {
        ("技能人才420500", "A", "2021"): "70000",
        ("技能人才420500", "A", "2023"): "76012",
        ("evil", "_O", "2021-01-01/P5Y"): "5",
        ("none", "A", "2023"): "6",
    }


def test_nothing_in_the_files_runs_as_a_formula(small: Warehouse, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    publish(small.engine, tmp_path, AT, max_loss=0)
    labels = {line["label"] for line in lines(tmp_path, "fact")}
    assert labels == {"技能人才", "'=HYPERLINK(1)", "'-无期"}
    book = load_workbook(tmp_path / "latest" / "gongbao.xlsx")
    assert book.sheetnames == ["说明", "事实", "按年", "序列", "矛盾"]
    cells: list[Any] = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    head, *body = book["事实"].iter_rows(values_only=True)
    values = {(row[head.index("内容")], row[head.index("时期")]): row[head.index("数值")] for row in body}
    assert values["技能人才", "2023"] == 76012
    assert values["'=HYPERLINK(1)", "2021/2025"] == 5
