"""Reader of txt and md: the text exactly as decoded."""

from __future__ import annotations

from pathlib import Path

from etl.errors import EmptyFileError, ReadError
from etl.model import Document
from etl.read.encoding import decode
from etl.read.limits import check_characters, check_text_size

READER = "text/1"


def read(path: Path, format: str = "txt") -> Document:
    """The whole file as text, line ends and control characters included: offsets count its code points.

    Raises ReadError (unreadable, undecodable), EmptyFileError, LimitError.
    """
    data = file_bytes(path)
    decoded = decode(data, str(path))
    check_characters(path, len(decoded.text))
    if not decoded.text.strip("\0 \t\r\n\ufeff\u3000"):
        raise EmptyFileError(str(path), "holds nothing but blanks", next_step="Fetch it again.")
    return Document(text=decoded.text, format=format, reader=READER, encoding=decoded.encoding)


def file_bytes(path: Path) -> bytes:
    """The bytes of a file that is text as a whole. Raises ReadError, LimitError."""
    try:
        check_text_size(path, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise ReadError(str(path), f"can't be opened ({error.strerror or error})") from error
