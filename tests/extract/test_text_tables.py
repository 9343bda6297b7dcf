"""Tables in reports: their cells become figures placed by characters, the prose around them reads as without them."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.accounting import account
from etl.extract import extract
from etl.model import Document, Extraction, ManifestEntry, RawFigure, SourceFile, Span
from etl.read import read

HEAD = "荆门市2023年技能培训通报\n\n2023年，全市培训职工5.2万人次。\n\n表1 各县（市、区）技能培训情况\n单位：人\n"
ROWS = [
    "地区\t培训人数\t取证人数\t其中：高级工\t完成率（%）",
    "合计\t6000\t3200\t800\t96.5",
    "东宝区\t2000\t1200\t300\t101.2",
    "钟祥市\t4000\t2000\t500\t95",
]
TAIL = "\n\n下一步将培训7000人。\n"
TEXT = HEAD + "\n".join(ROWS) + TAIL


def found(text: str, form: str = "docx") -> Extraction:
    entry = ManifestEntry("a.docx", None, None, "420800", "2024-01")
    return extract(SourceFile(Path("a.docx"), "a.docx", "0" * 64, 1, entry), Document(text, form, f"{form}/1"))


def told(extraction: Extraction, printed: str) -> RawFigure:
    return next(f for f in extraction.figures if f.text == printed)


def test_cells_are_read_by_their_row_and_column() -> None:
    figure = told(found(TEXT), "1200")
    assert isinstance(figure.place, Span)
    assert TEXT[figure.place.start : figure.place.end] == "1200"
    assert (figure.unit, figure.label, figure.area.code, figure.period.iso) == ("人", "取证人数", "420802", "2023")


def test_the_prose_around_keeps_its_own_place() -> None:
    after = told(found(TEXT), "7000人")
    assert (after.area.code, after.status) == ("420800", "target")


def test_columns_that_add_up_are_relations_between_characters() -> None:
    sums = [r for r in found(TEXT).relations if r.kind == "sum"]
    assert {TEXT[t.start : t.end] for r in sums if isinstance(t := r.members.total, Span)} >= {"6000", "3200", "800"}


def test_every_numeral_is_accounted_for() -> None:
    assert account(Document(TEXT, "docx", "docx/1"), found(TEXT)).missing == ()


@given(
    st.lists(
        st.lists(st.text(alphabet="地区合计人一三12３.%,- （）其中年", max_size=8), min_size=1, max_size=4).map(
            "\t".join
        ),
        max_size=8,
    )
)
def test_whatever_stands_in_cells_is_accounted_for(rows: list[str]) -> None:
    text = HEAD + "\n".join(rows) + TAIL
    extraction = found(text)
    assert account(Document(text, "docx", "docx/1"), extraction).missing == ()
    places = [p.place for p in (*extraction.figures, *extraction.ignored) if isinstance(p.place, Span)]
    assert len(places) == len(extraction.figures) + len(extraction.ignored)
    assert all(text[f.place.start : f.place.end] == f.text for f in extraction.figures if isinstance(f.place, Span))


@pytest.mark.parametrize("rows", [["姓名\t电话", "王某\t13800000000"], ["一\t二", "三\t四"], ["电话\t0724-12345"]])
def test_what_is_no_table_of_figures_stays_prose(rows: list[str]) -> None:
    extraction = found(HEAD + "\n".join(rows) + TAIL)
    assert [f.text for f in extraction.figures] == ["5.2万人次", "7000人"]


def test_merged_cells_of_word_keep_their_columns(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("荆门市2023年技能培训通报")
    document.add_paragraph("单位：人")
    table = document.add_table(4, 5)
    for r, row in enumerate([["地区", "培训", "", "取证", ""], ["", "男", "女", "男", "女"]]):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    for r, row in enumerate([["东宝区", "20", "12", "9", "7"], ["钟祥市", "25", "11", "8", "6"]], start=2):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 3).merge(table.cell(0, 4))
    table.cell(0, 0).merge(table.cell(1, 0))
    path = tmp_path / "a.docx"
    document.save(str(path))
    content = read(path)
    assert isinstance(content, Document)
    extraction = found(content.text)
    assert {f.text: f.label for f in extraction.figures} == {
        "20": "培训|男", "12": "培训|女", "9": "取证|男", "7": "取证|女",
        "25": "培训|男", "11": "培训|女", "8": "取证|男", "6": "取证|女",
    }  # fmt: skip


def test_merged_cells_of_a_page_keep_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><p>荆门市2023年技能培训通报，各地高度重视。</p><p>全市职工技能水平稳步提高。</p><p>单位：人</p><table>"
        "<tr><th rowspan=2>地区</th><th colspan=2>培训</th></tr><tr><th>男</th><th>女</th></tr>"
        "<tr><td>东宝区</td><td>20</td><td>12</td></tr></table></body></html>",
        encoding="utf-8",
    )
    content = read(path)
    assert isinstance(content, Document)
    assert {f.text: f.label for f in found(content.text, "html").figures} == {"20": "培训|男", "12": "培训|女"}
