"""Hostile and broken files: a typed error each, quickly, and nothing of a library comes through."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from etl.errors import EmptyFileError, EncryptedFileError, LimitError, ReadError, TruncatedFileError
from etl.read import limits, read
from etl.read.limits import Limits, check_zip
from tests.read.making import docx, p, pdf_bytes


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.xlsx", "a.pdf", "a.csv", "a.html", "a.xls"])
def test_an_empty_file_is_empty_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(EmptyFileError, match="is empty"):
        read(tmp_path / name)


def test_only_zero_bytes_are_as_good_as_empty(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(bytes(4096))
    with pytest.raises(EmptyFileError, match=r"zero|blanks"):
        read(tmp_path / "a.xlsx")


def test_a_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(ReadError, match="can't be opened"):
        read(tmp_path / "away.docx")


@pytest.mark.timeout(30)
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (40 * limits.MiB))
    with pytest.raises(LimitError, match="times its size"):
        read(path)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        (Limits(zip_total_bytes=100), "unpacks to"),
        (Limits(zip_member_bytes=100), "word/document.xml unpacks to"),
        (Limits(zip_members=1), "2 members"),
        (Limits(zip_ratio=1, zip_ratio_from=0), "times its size"),
    ],
)
def test_each_limit_of_a_zip_holds(tmp_path: Path, bounds: Limits, message: str) -> None:
    path = docx(tmp_path / "a.docx", p("全市") * 100)
    with pytest.raises(LimitError, match=message):
        check_zip(path, bounds)


def test_large_files_and_texts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("12")
    with pytest.raises(LimitError, match="bytes"):
        limits.check_size(path, 10, Limits(file_bytes=5))
    with pytest.raises(LimitError, match="bytes of text"):
        limits.check_text_size(path, 10, Limits(text_bytes=5))
    with pytest.raises(LimitError, match="characters"):
        limits.check_characters(path, 10, Limits(characters=5))


@pytest.mark.timeout(30)
def test_a_billion_laughs_are_not_laughed(tmp_path: Path) -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    with pytest.raises(ReadError):
        read(docx(tmp_path / "a.docx", p("&a11;"), prologue=f"<!DOCTYPE w [{entities}]>"))
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html [{entities}]><html><body><p>12&a11;</p></body></html>")
    read(tmp_path / "a.html")


def test_an_external_entity_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    prologue = f'<!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(ReadError) as caught:
        read(docx(tmp_path / "a.docx", p("&x;"), prologue=prologue))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["<!---->" * 9000 + "x", "<!--" * 16_000, "<meta " * 10_000, "<?xml" * 12_000, " " * 60_000 + "<", "1" * 60_000],
)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.csv"])
@pytest.mark.timeout(30)
def test_heads_made_to_confuse_cost_no_time(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    with contextlib.suppress(ReadError):
        read(tmp_path / name)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        read(docx(tmp_path / "a.docx", "<w:sdt>" * 100_000 + "</w:sdt>" * 100_000))


def test_an_encrypted_docx_is_told(tmp_path: Path) -> None:
    import docx as python_docx
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO()
    python_docx.Document().save(plain)
    path = tmp_path / "a.docx"
    with path.open("wb") as out:
        OOXMLFile(plain).encrypt("secret", out)
    with pytest.raises(EncryptedFileError, match="is encrypted"):
        read(path)


def test_an_encrypted_zip_member_is_told(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", p("甲"))
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            struct.pack_into("<H", data, at + offset, 1)
    path.write_bytes(data)
    with pytest.raises(EncryptedFileError):
        read(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_docx_is_truncated(tmp_path: Path, share: float) -> None:
    path = docx(tmp_path / "a.docx", p("全市12万人") * 50)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(TruncatedFileError, match=r"[Ff]etch it again"):
        read(path)


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "xls", "xlsx"])
def test_flipped_bytes_never_let_a_library_error_through(tmp_path: Path, kind: str) -> None:
    rng = random.Random(20240624)
    original = _sample(kind, tmp_path)
    for _ in range(60):
        data = bytearray(original)
        for _ in range(rng.randint(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path = tmp_path / f"b.{kind}"
        path.write_bytes(data[: rng.randint(len(data) // 2, len(data))] if rng.random() < 0.3 else data)
        with contextlib.suppress(ReadError):
            read(path)


def _sample(kind: str, folder: Path) -> bytes:
    path = folder / f"sample.{kind}"
    match kind:
        case "docx":
            docx(path, p("全市12万人") * 50)
        case "pdf":
            path.write_bytes(pdf_bytes("全市12万人", "次页"))
        case "html":
            path.write_text("<html><body>" + "<p>全市<b>12</b>万人</p>" * 20 + "</body></html>")
        case "xls":
            import xlwt

            book = xlwt.Workbook()
            for i in range(40):
                (book.add_sheet("一") if i == 0 else book.get_sheet(0)).write(i, 0, i)
            book.save(str(path))
        case "xlsx":
            import openpyxl

            workbook = openpyxl.Workbook()
            for i in range(40):
                workbook.worksheets[0].append([f"甲{i}", i])
            workbook.save(path)
    return path.read_bytes()
