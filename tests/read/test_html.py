"""HTML reports: what a person sees, block by block."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import EmptyFileError, LimitError
from etl.model import Document
from etl.read import html, read


def seen(tmp_path: Path, body: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "a.html"
    path.write_bytes(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(encoding))
    document = read(path)
    assert isinstance(document, Document)
    return document.text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<h1>公报</h1><p>一、综合</p><p>二、<b>人口</b>为12<span>万人</span></p>", "公报\n一、综合\n二、人口为12万人"),
        ("<p>第一行<br>第二行<br/>第三行</p>", "第一行\n第二行\n第三行"),
        ("<div>甲<p>乙</p>丙</div>丁", "甲\n乙\n丙\n丁"),
        ("<p>全市共有\n    职工 12\n   万人</p>", "全市共有职工 12 万人"),
        ("<p>甲</p><script>var n=99;</script><style>p{width:88%}</style><nav>首页 77</nav>乙<!-- 66 -->丙", "甲\n乙丙"),
        ("<p>甲<span style='display: none'>55</span>乙<i hidden>44</i>丙</p>", "甲乙丙"),
        ("<p>增长&nbsp;5.6&#37;，&lt;3&gt;</p>", "增长\xa05.6%，<3>"),
        ("<pre>  12\n 34</pre>", "12\n34"),
        ("<ul><li>一<li>二</ul>", "一\n二"),
        ("<p>甲<p>乙", "甲\n乙"),
        ("<noscript>请打开脚本1</noscript><button>分享2</button>正文<select><option>3</select>", "正文"),
        ("<ruby>潍<rt>wéi</rt></ruby>坊", "潍坊"),
    ],
)
def test_blocks_become_lines(tmp_path: Path, body: str, text: str) -> None:
    assert seen(tmp_path, body) == text


def test_rows_of_a_table_are_lines_of_cells(tmp_path: Path) -> None:
    body = (
        "<p>前</p><table><tr><th><p>地区</p></th><th>人数<br>（人）</th></tr>"
        "<tr><td>甲县</td><td>12</td></tr></table><p>后</p>"
    )
    assert seen(tmp_path, body) == "前\n地区\t人数 （人）\n甲县\t12\n后"


def test_a_table_that_lays_out_the_page_is_read_as_prose(tmp_path: Path) -> None:
    prose = "全市共有职工十二万人，其中女职工五万人，较上年增加三千人；" * 3
    assert seen(tmp_path, f"<table><tr><td><p>{prose}</p><p>次段</p></td></tr></table>") == f"{prose}\n次段"


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030"])
def test_the_declared_charset_is_used(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes(
        f'<html><head><meta charset="{declared}"><title> 统计\n公报 </title></head><body>镕</body></html>'.encode("gbk")
    )
    document = html.read(path)
    assert (document.text, document.title, document.encoding) == ("镕", "统计 公报", "gb18030")


def test_a_page_filled_in_by_a_script_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="script"):
        seen(tmp_path, "<div id=app></div><script>render(12)</script>")


@pytest.mark.parametrize("tag", ["font", "div", "b"])
def test_elements_that_are_never_closed_lose_no_text(tmp_path: Path, tag: str) -> None:
    assert "深12万人" in seen(tmp_path, "<p>浅</p>" + f"<{tag}>" * 600 + "深12万人")


def test_nesting_without_end_is_refused_instead_of_cut_off(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="nested too deeply"):
        seen(tmp_path, "12万人" + "<div>" * 50_000 + "深")


def test_entities_of_a_page_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        '<!DOCTYPE html [<!ENTITY a "1234567890"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<html><body><p>甲&a;&x;乙</p></body></html>"
    )
    document = html.read(path)
    assert "root:" not in document.text
    assert "甲" in document.text
