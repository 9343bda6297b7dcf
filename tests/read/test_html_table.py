from pathlib import Path

import pytest

from etl.errors import LimitError, ReadError
from etl.read import html_table, spreadsheet_xml

PAGE = """<html><head><meta charset="{charset}"></head><body>
<table id="tab0"><tr><td>单位:人</td></tr></table>
<table id="tab1"><thead><tr><td rowspan="2">地区</td><td colspan="2">R&amp;D人员</td></tr>
<tr><td>合计</td><td>女<br>性</td></tr></thead>
<tr><td>全国</td><td>4767501</td><td>1057078</td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_spans_are_expanded_and_sheets_named_by_id(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(PAGE.format(charset=charset).encode(charset))
    workbook = html_table.read(path)
    assert [s.name for s in workbook.sheets] == ["tab0", "tab1"]
    found = {c.address: c.text for c in workbook.sheets[1].cells}
    assert found == {
        "A1": "地区", "B1": "R&D人员", "B2": "合计", "C2": "女\n性", "A3": "全国", "B3": "4767501", "C3": "1057078",
    }  # fmt: skip
    assert {(m.last_row, m.last_col) for m in workbook.sheets[1].merged} == {(1, 0), (0, 2)}


def test_html_without_a_table_and_endless_spans(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text("<html><p>无</p></html>", encoding="utf-8")
    with pytest.raises(ReadError, match="without a table"):
        html_table.read(path)
    path.write_text("<table><tr>" + '<td colspan="99999">1</td>' * 40 + "</tr></table>", encoding="utf-8")
    with pytest.raises(LimitError):
        html_table.read(path)


SPREADSHEET = """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="p"><NumberFormat ss:Format="0.0%"/></Style></Styles>
<Worksheet ss:Name="表"><Table>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">地区</Data></Cell>
<Cell><Data ss:Type="String">占比</Data></Cell></Row>
<Row ss:Index="4"><Cell><Data ss:Type="String">全市</Data></Cell>
<Cell ss:Index="3" ss:StyleID="p"><Data ss:Type="Number">0.362</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_spreadsheet_xml(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(SPREADSHEET, encoding="utf-8")
    found = {c.address: c.text for c in spreadsheet_xml.read(path).sheets[0].cells}
    assert found == {"A1": "地区", "C1": "占比", "A4": "全市", "C4": "36.2%"}
    path.write_text(SPREADSHEET[:300], encoding="utf-8")
    with pytest.raises(ReadError):
        spreadsheet_xml.read(path)
