"""pdf with a text layer: page by page; anything else is told apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from etl.errors import EncryptedFileError, LimitError, ReadError, TruncatedFileError
from etl.read import limits, pdf
from etl.read.limits import Limits
from tests.read.making import pdf_bytes

PAGE = "全市共有产业工人68.5万人，\n其中女工占35.2%。"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.pdf"


def test_pages_are_joined_by_line_breaks(path: Path) -> None:
    path.write_bytes(pdf_bytes(PAGE, "第二页说12个。", title="公报"))
    document = pdf.read(path)
    assert document.text == f"{PAGE}\n第二页说12个。"
    assert (document.title, document.reader, document.warnings) == ("公报", "pdf/1", ())


def test_pages_without_text_are_named(path: Path) -> None:
    path.write_bytes(pdf_bytes(PAGE, "", PAGE))
    assert pdf.read(path).warnings == ("第 2 页没有文字层",)


def test_a_scan_is_said_to_be_one(path: Path) -> None:
    path.write_bytes(pdf_bytes("", ""))
    with pytest.raises(ReadError, match=r"scan: 2 pages.*OCR"):
        pdf.read(path)


def test_a_password_is_said(path: Path) -> None:
    path.write_bytes(pdf_bytes(PAGE, password="x"))
    with pytest.raises(EncryptedFileError, match="password"):
        pdf.read(path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_file_is_truncated_even_where_pdfium_repairs_it(path: Path, share: float) -> None:
    data = pdf_bytes(*[PAGE] * 20)
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(TruncatedFileError, match="without its end"):
        pdf.read(path)


def test_rubbish_is_damaged(path: Path) -> None:
    path.write_bytes(b"%PDF-1.4\nrubbish\n%%EOF\n")
    with pytest.raises(ReadError, match="damaged"):
        pdf.read(path)


def test_too_many_pages_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(pdf_bytes(PAGE, PAGE, PAGE))
    monkeypatch.setattr(pdf, "LIMITS", Limits(pages=2))
    with pytest.raises(LimitError, match="3 pages"):
        pdf.read(path)
    assert limits.LIMITS.pages > 2


def test_threads_may_read_at_once(path: Path) -> None:
    path.write_bytes(pdf_bytes(*[PAGE] * 5))
    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(lambda _: pdf.read(path).text, range(24)))
    assert len(texts) == 1
