"""docx: every visible word once, in reading order."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from etl.errors import EmptyFileError, ReadError, TruncatedFileError
from etl.read import docx as reader
from tests.read.making import MC, W, docx, p


def text(path: Path, body: str, parts: dict[str, str] | None = None) -> str:
    return reader.read(docx(path, body, parts=parts)).text


def r(content: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{content}</w:t></w:r>"


UNVANISH = '<w:vanish w:val="0"/>'
FRAME = "<w:txbxContent><w:p><w:r><w:t>框内9.5%</w:t></w:r></w:p></w:txbxContent>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("全市", "12", "万人") + p("次段"), "全市12万人\n次段"),
        (p("甲") + p() + p("乙"), "甲\n\n乙"),
        ("<w:p><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>", "甲\t乙\n丙"),
        ("<w:p><w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>9月</w:t></w:r></w:p>", "1-9月"),
        (f"<w:p><w:del>{r('2')}</w:del><w:ins>{r('3')}</w:ins></w:p>", "3"),
        (f"<w:p><w:del><w:r><w:delText>2</w:delText></w:r></w:del>{r('3')}</w:p>", "3"),
        (f"<w:p><w:moveFrom>{r('2')}</w:moveFrom>{r('3')}</w:p>", "3"),
        (f"<w:p>{r('2', '<w:vanish/>')}{r('3', UNVANISH)}</w:p>", "3"),
        (f"<w:p><w:hyperlink>{r('链接4')}</w:hyperlink><w:r><w:instrText>PAGE 5</w:instrText></w:r></w:p>", "链接4"),
        (
            f"<w:p><w:r><w:t>段前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{FRAME}</mc:Choice>"
            f"<mc:Fallback>{FRAME}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>段后</w:t></w:r></w:p>",
            "段前段后\n框内9.5%",
        ),
        (
            f"<w:tbl><w:tr><w:tc>{p('地区')}</w:tc><w:tc>{p('人数')}{p('（人）')}</w:tc></w:tr>"
            f"<w:tr><w:tc>{p('甲县')}</w:tc><w:tc>{p('12')}</w:tc></w:tr></w:tbl>{p('后')}",
            "地区\t人数 （人）\n甲县\t12\n后",
        ),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{p('控件6')}</w:sdtContent></w:sdt>", "控件6"),
        ("<!-- 7 --><w:p><w:r><w:t>甲</w:t></w:r></w:p><w:sectPr/>", "甲"),
    ],
)  # fmt: skip
def test_what_is_seen_is_read(tmp_path: Path, body: str, expected: str) -> None:
    assert text(tmp_path / "a.docx", body) == expected


def test_notes_follow_and_the_title_is_kept(tmp_path: Path) -> None:
    note = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator">{p("线")}</w:footnote>'
        f"<w:footnote>{p('注：含8人')}</w:footnote></w:footnotes>"
    )
    core = '<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>公报</dc:title></c>'
    document = reader.read(
        docx(tmp_path / "a.docx", p("正文"), parts={"word/footnotes.xml": note, "docProps/core.xml": core})
    )
    assert (document.text, document.title, document.reader) == ("正文\n注：含8人", "公报", "docx/2")


def test_the_declared_main_part_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            '<Relationships><Relationship Type="x/officeDocument" Target="/word/document2.xml"/></Relationships>',
        )
        archive.writestr("word/document2.xml", f'<w:document xmlns:w="{W}" xmlns:mc="{MC}">{p("在此")}</w:document>')
    assert reader.read(path).text == "在此"


def test_entities_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(ReadError, match="document type"):
        reader.read(docx(tmp_path / "a.docx", p("&b;"), prologue=laughs))


@pytest.mark.parametrize("body", ["", p(), p("  ")])
def test_no_text_is_said(tmp_path: Path, body: str) -> None:
    with pytest.raises(EmptyFileError, match="without text"):
        text(tmp_path / "a.docx", body)


@pytest.mark.parametrize("body", ["<w:p>", "<w:p/>\x01"])
def test_broken_xml_is_said(tmp_path: Path, body: str) -> None:
    with pytest.raises(ReadError, match="not well-formed"):
        text(tmp_path / "a.docx", body)


def test_a_damaged_part_is_said(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", p("全市共有职工十二万人，其中女职工五万人。") * 50)
    data = bytearray(path.read_bytes())
    start = data.index(b"word/document.xml") + 60
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(TruncatedFileError, match="damaged inside"):
        reader.read(path)


def test_python_docx_writes_what_this_reads(tmp_path: Path) -> None:
    import docx as python_docx

    document = python_docx.Document()
    document.add_heading("一、综合", 1)
    document.add_paragraph("全年生产总值12.5亿元。")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "合计", "30"
    document.save(str(tmp_path / "a.docx"))
    assert reader.read(tmp_path / "a.docx").text == "一、综合\n全年生产总值12.5亿元。\n合计\t30"
