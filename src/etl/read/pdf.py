"""Reader of pdf files with a text layer: the text of each page in the order of its content stream."""

from __future__ import annotations

import threading
from pathlib import Path

from etl.errors import EncryptedFileError, LimitError, ReadError, TruncatedFileError
from etl.model import Document
from etl.read.limits import LIMITS, check_characters

READER = "pdf/1"

TAIL = 4096
"""Bytes at the end among which a complete file has its trailer."""
LEAST_TEXT = 5
"""Characters per page below which the pages are pictures with, at most, a page number."""
MOST_UNMAPPED = 0.2
"""Share of characters without a Unicode value above which the text is unusable."""

_PDFIUM = threading.Lock()
"""PDFium must not be called by two threads at once."""
_OCR = "Run text recognition (OCR) on it first, e.g. ocrmypdf, and pass its output."


def read(path: Path) -> Document:
    """Pages joined by a line break; lines end where the page layout ends them.

    Raises EncryptedFileError (password), TruncatedFileError (no trailer), LimitError (pages, characters),
    ReadError (damaged; a scan without text; fonts without Unicode values).
    """
    with _PDFIUM:
        pages, title = _pages(path)
    printed = sum(len(page) - page.count(" ") - page.count("\n") for page in pages)
    if printed < LEAST_TEXT * len(pages):
        raise ReadError(str(path), f"is a scan: {len(pages)} pages and no text layer", next_step=_OCR)
    text = "\n".join(pages)
    unmapped = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text)
    if unmapped > printed * MOST_UNMAPPED:
        raise ReadError(
            str(path), f"has fonts without Unicode values: {unmapped:,} of {printed:,} characters", next_step=_OCR
        )
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page.strip()]
    warnings = (f"第 {'、'.join(empty[:20])} 页没有文字层",) if empty else ()
    return Document(text=text, format="pdf", reader=READER, title=title, warnings=warnings)


def _pages(path: Path) -> tuple[list[str], str | None]:
    import pypdfium2

    where = str(path)
    truncated = _is_truncated(path)
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedFileError(where, "needs a password", next_step="Save it without one.") from error
        if truncated:
            raise _cut_off(where) from error
        raise ReadError(where, f"is a damaged pdf ({error})", next_step="Fetch it again.") from error
    except OSError as error:
        raise ReadError(where, f"can't be opened ({error.strerror or error})") from error
    with document:
        if truncated:
            raise _cut_off(where)  # PDFium repairs what it can, and silently loses the rest
        if len(document) > LIMITS.pages:
            raise LimitError(
                where, f"has {len(document):,} pages, the limit is {LIMITS.pages:,}", next_step="Split the document."
            )
        pages: list[str] = []
        total = 0
        for number in range(len(document)):
            try:
                page = document[number]
                text_page = page.get_textpage()
                text = text_page.get_text_range()
                text_page.close()
                page.close()
            except pypdfium2.PdfiumError as error:
                raise ReadError(
                    where, f"page {number + 1} is damaged ({error})", next_step="Fetch it again."
                ) from error
            total += len(text)
            check_characters(path, total)
            pages.append(_tidy(text))
        title = document.get_metadata_value("Title").strip("\0 \t\r\n") or None
        return pages, title


def _tidy(text: str) -> str:
    """PDFium ends lines with CR LF and writes U+FFFE for a hyphen at a line's end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").replace("\0", "").strip("\n")


def _is_truncated(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - TAIL, 0))
        tail = file.read()
    return b"%%EOF" not in tail and b"startxref" not in tail


def _cut_off(where: str) -> TruncatedFileError:
    return TruncatedFileError(
        where, "is a pdf without its end", next_step="It was probably cut off in transfer: fetch it again."
    )
