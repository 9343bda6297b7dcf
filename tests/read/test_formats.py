"""Formats are told by bytes, never by the name alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from etl.errors import UnknownFormatError
from etl.model import Document, Workbook
from etl.read import Format, read, sniff
from tests.read.making import docx, p, pdf_bytes

PROSE = "截至2023年末，全市共有职工68.5万人，其中女工占35.2%。\n去年培训1.2万人次，\n"
TABLE = "地区,人口,土地面积\n甲县,12,34\n乙县,56,78\n"
EXCEL_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
MENU = "<div>" + "<a href='/x'>政务公开 统计数据 办事服务</a> | " * 40 + "</div>"
GRID = "<table><tr><th>地区</th><th>人口</th></tr>" + "<tr><td>甲县</td><td>1234</td></tr>" * 8 + "</table>"


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def xls() -> bytes:
    import xlwt

    book = xlwt.Workbook()
    book.add_sheet("一").write(0, 0, 12)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", PROSE.encode(), Format.TXT),
        ("a.txt", PROSE.encode("utf-16"), Format.TXT),
        ("无扩展名", PROSE.encode("gbk"), Format.TXT),
        ("a.md", b"# 1\n", Format.MD),
        ("a.md", f"<div align=center>\n<table><tr><td>1</td></tr></table></div>\n{PROSE}".encode(), Format.MD),
        ("a.csv", TABLE.encode("gbk"), Format.CSV),
        ("a.csv", f"表题\n单位：万人\n{TABLE}注：略。\n".encode(), Format.CSV),
        ("a.tsv", TABLE.replace(",", "\t").encode(), Format.CSV),
        ("a.csv", b"12\n34\n", Format.CSV),
        ("a.txt", (TABLE * 2).replace(",", "\t").encode(), Format.CSV),
        ("a.csv", (PROSE * 4).encode(), Format.TXT),
        ("a.xls", TABLE.replace(",", "\t").encode("gbk"), Format.CSV),
        ("a.html", f"<html><body><p>{PROSE * 5}</p></body></html>".encode(), Format.HTML),
        ("a.txt", f"\ufeff\n<!-- x -->\n<!DOCTYPE HTML>\n<html><p>{PROSE}</p></html>".encode(), Format.HTML),
        ("a.html", f"<html><body><p>{PROSE * 5}</p>{GRID}</body></html>".encode(), Format.HTML),
        ("a.html", f"<html><body><h1>人口</h1>{GRID}</body></html>".encode(), Format.HTML_TABLE),
        ("a.html", f"<html><body>{MENU}<h1>人口</h1>{GRID}<p>注：略。</p></body></html>".encode(), Format.HTML_TABLE),
        ("a.xls", b"\n\n" + f"<html><body><p>{PROSE * 5}</p>{GRID}</body></html>".encode("gbk"), Format.HTML_TABLE),
        ("a.xls", f"<html><p>{PROSE}</p></html>".encode(), Format.HTML),
        ("a.xls", EXCEL_2003, Format.SPREADSHEET_XML),
        ("a.pdf", pdf_bytes("12"), Format.PDF),
        ("a.doc", b"\xef\xbb\xbf\n" + pdf_bytes("12"), Format.PDF),
        ("a.doc", zipped(word__document_dot_xml="<x/>"), Format.DOCX),
        ("a.xls", zipped(xl__workbook_dot_xml="<x/>"), Format.XLSX),
        ("a.xlsx", zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), Format.ODS),
        ("a.xlsx", xls(), Format.XLS),
        ("a.txt", b"BM, " + PROSE.encode(), Format.TXT),
        ("a.txt", "热热闹闹".encode("gbk") * 9, Format.TXT),
    ],
)  # fmt: skip
def test_formats_are_told_by_their_bytes(tmp_path: Path, name: str, data: bytes, expected: Format) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert sniff(path) is expected


@pytest.mark.parametrize(
    ("data", "what", "then"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG image", "OCR"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "JPEG image", "OCR"),
        (b"{\\rtf1\\ansi 12}", "Rich Text", "docx"),
        (b"Rar!\x1a\x07\x00" + bytes(range(256)), "RAR archive", "Unpack"),
        (b"BM" + bytes(range(256)) * 4, "BMP image", "OCR"),
        (zipped(a="1", b="2"), "zip archive of 2 files", "Unpack"),
        (zipped(ppt__x="1"), "presentation", "pdf"),
        (zipped(xl__workbook_dot_bin="1"), "xlsb", "xlsx"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument", "docx"),
        (zipped(OFD_dot_xml="1"), "OFD", "pdf"),
        (b'<?xml version="1.0"?><rss><item>12</item></rss>', "XML of an unknown kind", "csv"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n", "web archive", "html"),
        (bytes(range(256)) * 64, "binary data", "known format"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_next_step(tmp_path: Path, data: bytes, what: str, then: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UnknownFormatError) as caught:
        sniff(path)
    assert what in str(caught.value)
    assert then in caught.value.next_step
    assert {"docx", "pdf", "xlsx", "csv"} <= set(caught.value.known)


def test_json_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"人口": 12}')
    with pytest.raises(UnknownFormatError, match="is JSON"):
        sniff(tmp_path / "a.json")


def test_an_old_word_document_is_told_from_an_old_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import olefile  # type: ignore[import-untyped,unused-ignore]

    path = tmp_path / "a.doc"
    path.write_bytes(xls())
    for stream, what in (("WordDocument", "old Word document"), ("PowerPoint Document", "old presentation")):
        monkeypatch.setattr(olefile.OleFileIO, "listdir", lambda _, stream=stream: [[stream]])
        with pytest.raises(UnknownFormatError, match=what):
            sniff(path)


def test_a_wrong_extension_is_read_as_what_it_is_with_a_warning(tmp_path: Path) -> None:
    document = read(docx(tmp_path / "a.pdf", p("全市12万人")))
    assert isinstance(document, Document)
    assert document.text == "全市12万人"
    assert document.warnings == ("扩展名是 .pdf，内容是 docx，已按内容读取",)

    (tmp_path / "b.xlsx").write_bytes(xls())
    workbook = read(tmp_path / "b.xlsx")
    assert isinstance(workbook, Workbook)
    assert workbook.warnings[-1] == "扩展名是 .xlsx，内容是 xls，已按内容读取"


@pytest.mark.parametrize("name", ["a.TXT", "没有扩展名"])
def test_a_right_or_missing_extension_is_not_warned_of(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PROSE)
    assert read(tmp_path / name).warnings == ()
