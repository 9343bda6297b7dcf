"""Input made to cost too much, or to crash a stage."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from etl.model import SourceFile
from etl.reading import Read, Unread, read_file
from tests.growth import is_linear


def road(path: Path) -> Read | Unread:
    return read_file(SourceFile(path, path.name, "0" * 64, path.stat().st_size))


@pytest.mark.parametrize("unit", ["1.", "123,", "123 ", "1、", "（1人", "2023年"])
def test_a_long_line_of_numbers_costs_no_more_than_its_length(tmp_path: Path, unit: str) -> None:
    def read_line(length: int) -> None:
        path = tmp_path / "a.txt"
        path.write_text(f"2023年宜昌市{unit * (length // len(unit))}常住人口5万人。", encoding="utf-8")
        road(path)

    read_line(100)
    assert is_linear(read_line, 8_000)


def test_a_cell_that_is_not_a_number_costs_no_other_cell(tmp_path: Path) -> None:
    name = "urn:oasis:names:tc:opendocument:xmlns"
    cells = [("string", "", "地区"), ("string", "", "人口（人）"), ("string", "", "宜昌市"), ("float", "NaN", "NaN")]
    cells += [("string", "", "夷陵区"), ("float", "5", "5")]
    form = '<table:table-cell office:value-type="{}" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    xml = [form.format(*cell) for cell in cells]
    rows = "".join(f"<table:table-row>{xml[i]}{xml[i + 1]}</table:table-row>" for i in range(0, 6, 2))
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0" '
            f'xmlns:text="{name}:text:1.0"><office:body><office:spreadsheet><table:table table:name="甲">{rows}'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    outcome = road(path)
    assert isinstance(outcome, Read), outcome.error
