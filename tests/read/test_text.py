"""txt and md: exactly the decoded text, whatever the encoding and the line ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import EmptyFileError, ReadError, TruncatedFileError
from etl.model import Document
from etl.read import read
from etl.read.encoding import decode

PROSE = "截至2023年末，全市共有产业工人68.5万人，\r\n其中女工占35.2%。\n\n去年\x0b培训１.２万\x00人次。\x1a"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
@pytest.mark.parametrize("suffix", ["txt", "md"])
def test_text_is_what_was_encoded(tmp_path: Path, encoding: str, named: str, suffix: str) -> None:
    path = tmp_path / f"公报.{suffix}"
    path.write_bytes(PROSE.encode(encoding))
    document = read(path)
    assert isinstance(document, Document)
    assert document.text == PROSE
    assert (document.encoding, document.format, document.reader) == (named, suffix, "text/1")
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("全國登記在案的勞工約有一萬二千人，較去年增加百分之五；其中製造業占三成。" * 3, "big5"),
        ("ナイキの売上高は前年比で増加した。従業員は約三千人である。" * 3, "shift_jis"),
        ("镕喆堃𠮷䶮㛃鿍" * 5 + "全市共有职工12万人，同比增长5.6%。" * 5, "gb18030"),
    ],
)
def test_rarer_encodings_are_found_out(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "").text == text


def test_a_declared_charset_counts_after_utf8() -> None:
    assert decode("职工".encode(), "", declared="gb2312").text == "职工"
    assert decode("职".encode("gbk"), "", declared="gb2312").text == "职"
    assert decode("职工".encode("gbk") * 9, "", declared="no-such").text == "职工" * 9


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "utf-8", "utf-16", "unicode_escape", "idna", ""])
def test_a_charset_that_any_bytes_are_in_is_not_believed(declared: str) -> None:
    assert decode("全市共有职工12万人。".encode("gbk"), "", declared=declared).text == "全市共有职工12万人。"


@pytest.mark.parametrize("text", ["太原,2260.4,1912.9", "同时,省", "café,12", "α=0.05", "Кемь 12", "5±0.1㎡", "×"])
def test_a_word_or_two_is_told_from_utf8_by_chance(text: str) -> None:
    assert decode(text.encode("gbk" if "太" in text or "省" in text else "utf-8"), "").text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_text_cut_inside_a_character_is_truncated(encoding: str) -> None:
    with pytest.raises(TruncatedFileError, match="ends inside"):
        decode(PROSE.replace("\x1a", "人").encode(encoding)[:-1], "报告.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_bytes_that_do_not_belong_are_told_with_their_place(encoding: str) -> None:
    good = (PROSE * 3).encode(encoding)
    with pytest.raises(ReadError, match=f"byte {len(good):,} "):
        decode(good + b"\xff" + good, "报告.txt")


@pytest.mark.parametrize("data", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", "\u3000\n".encode()])
def test_nothing_but_blanks_is_empty(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(EmptyFileError):
        read(path)


CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x7E)


@given(st.text(alphabet=st.one_of(CHINESE, LATIN, st.sampled_from("，。、：；“”（）％\n"))))
def test_utf8_of_chinese_text_always_comes_back(text: str) -> None:
    """Two lone bytes may be read either way (ȡ or 取): the promise is for what reports are written in."""
    assert decode(text.encode(), "").text == text
