"""What a file is, told from its bytes. The name only settles what bytes leave open (txt or md, txt or csv)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

from etl.errors import EmptyFileError, EncryptedFileError, ReadError, TruncatedFileError, UnknownFormatError
from etl.read.limits import check_size, check_zip

HEAD = 64 * 1024
"""Bytes that suffice to tell a text format."""


class Format(StrEnum):
    """The formats that can be read. The value is the usual extension, but for ``HTML_TABLE``."""

    TXT = "txt"
    MD = "md"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    HTML_TABLE = "html_table"
    """HTML that is a spreadsheet: named .xls, or little else than a table of numbers."""
    SPREADSHEET_XML = "spreadsheet_xml"
    """The XML of Excel 2003, mostly named .xls or .xml."""


KNOWN = tuple(f.value for f in Format if f not in (Format.HTML_TABLE, Format.SPREADSHEET_XML))

EXTENSIONS: dict[Format, frozenset[str]] = {
    Format.TXT: frozenset({".txt", ".text", ""}),
    Format.MD: frozenset({".md", ".markdown"}),
    Format.HTML: frozenset({".html", ".htm", ".xhtml", ".shtml"}),
    Format.DOCX: frozenset({".docx", ".docm", ".dotx", ".wps"}),
    Format.PDF: frozenset({".pdf"}),
    Format.XLSX: frozenset({".xlsx", ".xlsm", ".xltx", ".et"}),
    Format.XLS: frozenset({".xls", ".xlt", ".et"}),
    Format.ODS: frozenset({".ods"}),
    Format.CSV: frozenset({".csv", ".tsv", ".tab"}),
    Format.SPREADSHEET_XML: frozenset({".xml"}),
    Format.HTML_TABLE: frozenset({".html", ".htm", ".xhtml", ".shtml"}),
}
SPREADSHEETS = frozenset().union(*(EXTENSIONS[f] for f in (Format.XLSX, Format.XLS, Format.ODS, Format.CSV)))

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_CONTROLS = "".join(chr(code) for code in range(1, 32) if chr(code) not in "\t\n\v\f\r\x1a\x1b")
_DELIMITERS = ",\t;|"
_HTML_PROLOGUE = re.compile(  # atomic: a head of nothing but comments must not be tried in all groupings
    r"(?>\s+|\ufeff|<\?xml[^>]*>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|table|meta|title|div|p|h\d)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_ANYWHERE = re.compile(r"<(?:html|body|table)[\s>]", re.IGNORECASE)
_WORD_XML = "schemas.microsoft.com/office/word/2003"
_EXCEL_XML = "urn:schemas-microsoft-com:office:spreadsheet"


def sniff(path: Path) -> Format:
    """The format of ``path``.

    Raises EmptyFileError, EncryptedFileError, TruncatedFileError, LimitError for what those names say,
    UnknownFormatError for anything that can't be read, with the known formats and the next step.
    """
    where, extension = str(path), path.suffix.lower()
    try:
        size = path.stat().st_size
        check_size(path, size)
        with path.open("rb") as file:
            head = file.read(HEAD)
    except IsADirectoryError as error:
        raise ReadError(where, "is a folder", next_step="Pass the files in it.") from error
    except OSError as error:
        raise ReadError(where, f"can't be opened ({error.strerror or error})") from error
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        if size <= HEAD:
            what = "is empty" if not head else "holds nothing but blanks"
            raise EmptyFileError(where, what, next_step="Fetch it again.")
        raise UnknownFormatError(where, "begins with blanks or zero bytes only", known=KNOWN)

    if head.startswith(b"PK"):
        return _sniff_zip(path)
    if head.startswith(_OLE):
        return _sniff_ole(path, extension)
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    for offset, magic, name, next_step in _signatures():
        if head.startswith(magic, offset) and not (len(magic) < 4 and _is_text(head)):
            raise UnknownFormatError(where, f"is {name}", known=KNOWN, next_step=next_step)
    return _sniff_text(path, head, extension)


@cache
def _signatures() -> tuple[tuple[int, bytes, str, str], ...]:
    from etl.reference import rows

    return tuple(
        (int(row["offset"]), bytes.fromhex(row["hex"]), row["name"], row["next_step"])
        for row in rows("file_signatures.csv")
    )


def _sniff_zip(path: Path) -> Format:
    names = check_zip(path)
    if "mimetype" in names:
        kind = _small_member(path, "mimetype")
        if kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
            return Format.ODS
        if kind.startswith("application/vnd.oasis.opendocument"):
            raise _unknown(path, f"is an OpenDocument file ({kind[:60]})", "Save it as docx or pdf.")
        if kind.startswith("application/epub"):
            raise _unknown(path, "is an e-book (epub)", "Convert it to txt or docx.")
    if any(name.startswith("word/") for name in names):
        return Format.DOCX
    if "xl/workbook.bin" in names:
        raise _unknown(path, "is a binary workbook (xlsb)", "Save it as xlsx.")
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if any(name.startswith("ppt/") for name in names):
        raise _unknown(path, "is a presentation (pptx)", "Save it as pdf.")
    if "[Content_Types].xml" in names:
        raise _unknown(path, "is an Office container without a document in it", "Fetch it again, or save it anew.")
    if "OFD.xml" in names:
        raise _unknown(path, "is an OFD document", "Convert it to pdf.")
    raise _unknown(path, f"is a zip archive of {len(names)} files", "Unpack it and pass the files.")


def _small_member(path: Path, name: str) -> str:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            return member.read(200).decode("ascii", errors="replace").strip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise TruncatedFileError(str(path), f"is damaged inside ({error})", next_step="Fetch it again.") from error


def _sniff_ole(path: Path, extension: str) -> Format:
    import olefile  # type: ignore[import-untyped,unused-ignore]

    try:
        with olefile.OleFileIO(path) as ole:
            streams = {"/".join(entry).lower() for entry in ole.listdir()}
    except Exception as error:  # olefile lets IndexError, struct.error and its own through for damaged files
        raise TruncatedFileError(
            str(path),
            f"is an old Office file whose directory is damaged ({error})",
            next_step="The file was probably cut off in transfer: fetch it again.",
        ) from error
    if streams & {"workbook", "book"}:
        return Format.XLS
    if "encryptedpackage" in streams:
        if extension in SPREADSHEETS:
            return Format.XLSX  # its reader knows Excel's own default password
        raise EncryptedFileError(str(path), "is encrypted", next_step="Save it without a password.")
    if "worddocument" in streams:
        raise _unknown(path, "is an old Word document (doc, wps)", "Open it in a word processor and save it as docx.")
    if "powerpoint document" in streams:
        raise _unknown(path, "is an old presentation (ppt)", "Save it as pdf.")
    raise _unknown(path, "is an OLE container of an unknown kind", "Save it as docx, xlsx or pdf.")


def _sniff_text(path: Path, head: bytes, extension: str) -> Format:
    if not _is_text(head):
        raise _unknown(path, "is binary data of an unknown kind", "Convert it to a known format.")
    text = _rough_text(head)
    if text.lstrip()[:2000].lower().startswith("mime-version:") and "multipart/related" in text[:2000].lower():
        raise _unknown(path, "is a web archive (mhtml)", "Open it in a browser and save it as html.")
    is_xml = text.lstrip("\ufeff \r\n\t").startswith("<?xml")
    if is_xml and _EXCEL_XML in text[:4096] and "<html" not in text[:4096].lower():
        return Format.SPREADSHEET_XML
    if is_xml and _WORD_XML in text[:4096]:
        raise _unknown(path, "is a Word 2003 XML document", "Open it in a word processor and save it as docx.")
    markdown = extension in EXTENSIONS[Format.MD] and "<html" not in text.lower()  # may hold any markup
    if not markdown and _HTML_PROLOGUE.match(text) and _HTML_ANYWHERE.search(text):
        return _sniff_html(path, extension)
    if is_xml:
        raise _unknown(path, "is XML of an unknown kind", "Convert it to html or csv.")
    if extension in (".json", ".jsonl", ".geojson") and text.lstrip()[:1] in ("{", "["):
        raise _unknown(path, "is JSON", "Convert it to csv.")
    return _sniff_plain(text, extension)


def _sniff_html(path: Path, extension: str) -> Format:
    """A page of numbers in a table, whatever its name; under a spreadsheet's name any table will do."""
    from etl.read.html import is_mostly_table

    return Format.HTML_TABLE if is_mostly_table(path, lenient=extension in SPREADSHEETS) else Format.HTML


def _sniff_plain(text: str, extension: str) -> Format:
    if extension in EXTENSIONS[Format.MD]:
        return Format.MD
    widths = [list(_cells(line)) for line in text.splitlines()[:-1][:200] or [text] if line.strip()]
    filled = [max(row) for row in widths]
    if extension in SPREADSHEETS:
        # notes above and below the table have no delimiter; prose has sentence ends and hardly any comma
        prose = text.count("。") > max(len(widths) // 4, 2) and sum(f > 1 for f in filled) * 2 < len(filled)
        return Format.TXT if prose else Format.CSV
    if len(widths) >= 3:
        for column in range(len(_DELIMITERS)):
            counts = {row[column] for row in widths}
            if len(counts) == 1 and counts.pop() >= 3 and text.count("。") <= len(widths) // 20:
                return Format.CSV
    return Format.TXT


def _cells(line: str) -> Iterator[int]:
    for delimiter in _DELIMITERS:
        yield line.count(delimiter) + 1


def _is_text(head: bytes) -> bool:
    """Few control characters; bytes of zero may be halves of UTF-16 characters."""
    few = max(len(head) * 0.02, 4)
    if head.count(0) > few or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _rough_text(head)
        return sum(map(text.count, _CONTROLS)) + text.count("\0") <= few
    return sum(head.count(ord(control)) for control in _CONTROLS) <= few


def _rough_text(head: bytes) -> str:
    """The head decoded well enough to look for ASCII marks."""
    from etl.read.encoding import decode

    for cut in range(4):  # the head may end inside a character
        try:
            return decode(head[: len(head) - cut], "").text
        except ReadError:
            continue
    return head.decode("latin-1")


def _unknown(path: Path, what: str, next_step: str) -> UnknownFormatError:
    return UnknownFormatError(str(path), what, known=KNOWN, next_step=next_step)
