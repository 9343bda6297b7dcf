"""Reader of docx: the text of the main part in reading order, text frames, tables and notes included."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from etl.errors import EmptyFileError, LimitError, ReadError, TruncatedFileError
from etl.model import Document
from etl.read.limits import LIMITS, check_characters, check_zip

READER = "docx/2"
MAX_SPAN = 200
"""Columns that a merged cell is taken to cover at most."""

_DROPPED = frozenset(
    (
        "Fallback",  # the same text frame again, for old programs
        "del", "moveFrom",  # tracked changes: what was taken out
        "rt",  # pronunciation above a character
        "instrText", "delText", "delInstrText",
        "pPr", "rPr", "sdtPr", "tblPr", "trPr", "tcPr", "sectPr", "tblGrid",
    )
)  # fmt: skip
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_NOTES = ("footnotes", "endnotes")


def read(path: Path) -> Document:
    """Paragraphs and table rows separated by line breaks, cells by tabs; frames follow the paragraph they hang on.

    Deleted and hidden text, headers and footers are left out. No entities, no network.
    Raises ReadError, EmptyFileError, EncryptedFileError, TruncatedFileError, LimitError.
    """
    names = check_zip(path)
    title = None
    try:
        with zipfile.ZipFile(path) as archive:
            main = _main_part(archive, names, path)
            writer = _Writer()
            writer.part(_parsed(archive, main, path))
            for note in _NOTES:
                name = f"{main.rpartition('/')[0]}/{note}.xml"
                if name in names:
                    writer.part(_parsed(archive, name, path))
            if "docProps/core.xml" in names:
                title = _parsed(archive, "docProps/core.xml", path).findtext("{http://purl.org/dc/elements/1.1/}title")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise TruncatedFileError(
            str(path),
            f"is a docx that is damaged inside ({error})",
            next_step="Fetch it again, or let a word processor repair it.",
        ) from error
    text = writer.text()
    check_characters(path, len(text))
    if not text.strip():
        raise EmptyFileError(
            str(path),
            "is a docx without text",
            next_step="If its pages are pictures, run text recognition (OCR) on them first.",
        )
    return Document(text=text, format="docx", reader=READER, title=(title or "").strip() or None)


def _main_part(archive: zipfile.ZipFile, names: frozenset[str], path: Path) -> str:
    """The member that the container declares to be its document; usually word/document.xml."""
    if "_rels/.rels" in names:
        for relation in _parsed(archive, "_rels/.rels", path):
            target = (relation.get("Target") or "").lstrip("/")
            if (relation.get("Type") or "").endswith("/officeDocument") and target in names:
                return target
    if "word/document.xml" in names:
        return "word/document.xml"
    raise TruncatedFileError(str(path), "is a docx without its main part", next_step="Fetch it again.")


def _parsed(archive: zipfile.ZipFile, name: str, path: Path) -> etree._Element:
    size = archive.getinfo(name).file_size
    if size > LIMITS.xml_bytes:
        raise LimitError(str(path), f"{name} unpacks to {size:,} bytes, the limit is {LIMITS.xml_bytes:,}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(archive.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(
            str(path), f"{name} is not well-formed XML ({error})", next_step="Let a word processor repair it."
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(
            str(path),
            f"{name} declares a document type, which Office never writes",
            next_step="This looks like an attack by entities: check where the file comes from.",
        )
    return root


@dataclass(slots=True)
class _Writer:
    """Collects lines while walking a part. Depth is bounded by the parser (256 levels)."""

    lines: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    frames: list[etree._Element] = field(default_factory=list)

    def text(self) -> str:
        return "\n".join(self.lines).strip("\n")

    def part(self, root: etree._Element) -> None:
        self.walk(root)
        self.end_paragraph()

    def end_paragraph(self) -> None:
        if self.run:
            self.lines.append("".join(self.run).rstrip())
            self.run.clear()
        frames, self.frames = self.frames, []
        for frame in frames:
            for child in frame:
                self.walk(child)
            self.end_paragraph()

    def walk(self, element: etree._Element) -> None:
        tag = _local(element)
        if tag in _DROPPED or (tag == "r" and _is_hidden(element)):
            return
        if tag == "t":
            self.run.append(element.text or "")
        elif tag == "txbxContent":
            self.frames.append(element)
        elif tag == "tbl":
            self.end_paragraph()
            self.table(element)
        elif tag in ("footnote", "endnote"):
            if element.get(_attribute(element, "type")) in (None, "normal"):
                self.children(element)
        elif tag in _CHARACTERS:
            self.run.append(_CHARACTERS[tag])
        elif tag == "p":
            self.children(element)
            self.run.append("")  # an empty paragraph is an empty line
            self.end_paragraph()
        else:
            self.children(element)

    def children(self, element: etree._Element) -> None:
        for child in element:
            self.walk(child)

    def table(self, table: etree._Element) -> None:
        """One line per row; a table that lays out a page (long cells, tables inside) goes cell by cell."""
        for row in _nearest(table, "tr"):
            cells = []
            for cell in _nearest(row, "tc"):
                inside = _Writer()
                inside.part(cell)
                cells += [inside.text(), *[""] * (_columns(cell) - 1)]
            if any("\t" in cell or cell.count("\n") > 3 for cell in cells):
                self.lines += [cell for cell in cells if cell]
            else:
                self.lines.append("\t".join(cell.replace("\n", " ") for cell in cells).rstrip())


def _columns(cell: etree._Element) -> int:
    """How many columns of the table's grid a cell covers: what stands below its right part must not move left."""
    for properties in cell:
        if _local(properties) == "tcPr":
            for each in properties:
                if _local(each) == "gridSpan" and (printed := each.get(_attribute(each, "val"), "")).isdecimal():
                    return max(1, min(int(printed), MAX_SPAN))
    return 1


def _nearest(element: etree._Element, name: str) -> list[etree._Element]:
    """The rows of a table or cells of a row, also inside content controls, but none of tables inside."""
    found = []
    for child in element:
        tag = _local(child)
        if tag == name:
            found.append(child)
        elif tag in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            found += _nearest(child, name)
    return found


def _local(element: etree._Element) -> str:
    """The name without namespace (that of strict documents differs); empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: etree._Element, name: str) -> str:
    namespace = str(element.tag).rpartition("}")[0]
    return f"{namespace}}}{name}"


def _is_hidden(run: etree._Element) -> bool:
    for properties in run:
        if _local(properties) == "rPr":
            for each in properties:
                if _local(each) == "vanish":
                    return each.get(_attribute(each, "val")) not in ("0", "false", "off")
    return False
