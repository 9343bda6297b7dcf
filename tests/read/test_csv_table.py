from pathlib import Path

import pytest

from etl.errors import EmptyFileError, LimitError
from etl.read import csv_table


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_told_from_the_bytes(tmp_path: Path, encoding: str) -> None:
    text = "数据库：分省年度数据\r\n地区,2019年\r\n北京市,1187.5\r\n天津市,226.5\r\n数据来源：国家统计局\r\n"
    workbook = csv_table.read(write(tmp_path / "a.csv", text, encoding))
    found = {c.address: c.text for c in workbook.sheets[0].cells}
    assert workbook.sheets[0].name == "csv"
    assert (found["A1"], found["A3"], found["B4"]) == ("数据库：分省年度数据", "北京市", "226.5")


def test_rows_are_records_not_lines(tmp_path: Path) -> None:
    workbook = csv_table.read(write(tmp_path / "a.csv", '"地区 \n单位：人","大学\n（大专）"\n全国,1\n\n北京,2\n'))
    assert [c.address for c in workbook.sheets[0].cells] == ["A1", "B1", "A2", "B2", "A4", "B4"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    rows = [["地区", "人口", "户数"], ["全市", "1,5", "2"], ["玄武区", "3", "4"]]
    text = "\n".join(delimiter.join(f'"{c}"' if "," in c else c for c in row) for row in rows)
    workbook = csv_table.read(write(tmp_path / "a.csv", text))
    assert {c.address: c.text for c in workbook.sheets[0].cells}["C3"] == "4"


def test_empty_and_endless_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmptyFileError):
        csv_table.read(write(tmp_path / "a.csv", " \n \n"))
    monkeypatch.setattr(csv_table, "MAX_FIELD", 1000)
    with pytest.raises(LimitError, match="quotation"):
        csv_table.read(write(tmp_path / "b.csv", '地区,"未闭合\n' + "北京,1\n" * 500))
