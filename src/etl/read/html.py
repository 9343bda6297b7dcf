"""Reader of HTML reports: the text a person sees, one line per block."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from etl.errors import EmptyFileError, LimitError, ReadError
from etl.model import Document
from etl.read.encoding import Decoded, decode
from etl.read.limits import check_characters
from etl.read.text import file_bytes

READER = "html/2"

_UNSEEN = frozenset(
    (
        "script", "style", "noscript", "template", "head", "nav", "iframe", "object", "embed", "svg", "math",
        "canvas", "audio", "video", "map", "select", "button", "textarea", "datalist", "dialog", "rt", "rp",
    )
)  # fmt: skip
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "tfoot", "thead", "tr", "ul",
    )
)  # fmt: skip
_CELLS = frozenset(("td", "th"))
SMALL_CELL = 60
"""Characters."""
MAX_SPAN = 200
MAX_SPREAD = 100_000
"""Empty cells that are put in for merged ones at most, in a page."""
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*[-+]?[\d,，. ]*\d\s*%?\s*")
_STOP = re.compile("[。；！？]")
_EAST_ASIAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def read(path: Path) -> Document:
    """Blocks separated by line breaks, table cells by tabs; blanks folded as a browser does.

    Scripts, styles, navigation and hidden elements are left out. Nothing is fetched, no entity but HTML's own is
    known. Raises ReadError, EmptyFileError, LimitError.
    """
    decoded = load(path)
    root = parse(decoded.text, str(path))
    _spread(root)
    text = _seen(root)
    check_characters(path, len(text))
    if not text:
        raise EmptyFileError(
            str(path), "is a page without text", next_step="It may be filled in by a script: save the page as pdf."
        )
    title = _BLANKS.sub(" ", root.findtext(".//head/title") or "").strip()
    return Document(text=text, format="html", reader=READER, encoding=decoded.encoding, title=title or None)


def load(path: Path) -> Decoded:
    """The source of a page, decoded by byte order mark, UTF-8, or the charset that it declares."""
    data = file_bytes(path)
    match = _CHARSET.search(data[:4096])
    declared = match and (match[1] or match[2]).decode("ascii")
    return decode(data, str(path), declared=declared)


def parse(source: str, where: str) -> etree._Element:
    """The ``html`` element of a page. Raises ReadError when there is no markup at all, LimitError for elements nested
    deeper than the parser follows (2,048; pages that never close their <font> get to some hundreds): it would drop
    the rest of the page without a word."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(where, f"is HTML that can't be parsed ({error})") from error
    if parser.error_log.filter_types(etree.ErrorTypes.ERR_RESOURCE_LIMIT):
        raise LimitError(
            where,
            "is HTML nested too deeply to be read to its end",
            next_step="Open it in a browser and save it as pdf.",
        )
    if root is None:
        raise ReadError(where, "is HTML without any element", next_step="Fetch it again.")
    return root


def is_mostly_table(path: Path, *, lenient: bool = False) -> bool:
    """Whether a page is a spreadsheet: tables of numbers outweigh its sentences. ``lenient``: any table will do.

    Text without the stops of a sentence (menus, links, captions) counts for neither.
    """
    root = parse(load(path).text, str(path))
    tables = [table for table in root.iter("table") if next(table.iterdescendants("table"), None) is None]
    if lenient:
        return bool(tables)
    numbers = size = 0
    for table in tables:
        cells = ["".join(map(str, cell.itertext())).strip() for cell in table.iter("td", "th")]
        filled = [cell for cell in cells if cell]
        count = sum(_NUMBER.fullmatch(cell[:40]) is not None for cell in filled)
        if count >= len(filled) * 0.3:
            numbers += count
            size += sum(map(len, filled))
    prose = sum(len(line) for line in _seen(root).splitlines() if _STOP.search(line))
    return numbers >= 6 and size > prose


def _seen(root: etree._Element) -> str:
    """The visible text. Iterative: pages may nest as deep as they like."""
    lines: list[str] = []
    run: list[str | None] = []  # None ends a table cell
    preformatted = 0
    small_cell: etree._Element | None = None

    def end_line() -> None:
        line = "\t".join(map(_folded, _cells_of(run))).rstrip("\t")
        if line.count("\t") == len(line) - len(line.lstrip("\t")):
            line = line.lstrip("\t")  # one cell alone lays out a page; in a row of data the empty ones before it count
        run.clear()
        if line:
            lines.append(line)

    def add(text: str | None) -> None:
        first, *rest = (text or "").splitlines() if preformatted else [text or ""]
        run.append(first)
        for line in rest:
            end_line()
            run.append(line)

    events = etree.iterwalk(root, events=("start", "end", "comment"))
    for event, element in events:
        tag = str(element.tag)
        seen = event != "comment" and not _is_unseen(element, tag)
        if event == "start":
            if not seen:
                events.skip_subtree()
                continue  # its end event still comes, and with it the text behind it
            preformatted += tag == "pre"
            if tag in _CELLS and small_cell is None and _is_small(element):
                small_cell = element
            if tag in _BLOCKS or tag == "br":
                run.append(" ") if small_cell is not None else end_line()
            if element.text:
                add(element.text)
            continue
        if seen:
            if tag in _BLOCKS:
                run.append(" ") if small_cell is not None else end_line()
            elif tag in _CELLS:
                run.append(None)
                if element is small_cell:
                    small_cell = None
            preformatted -= tag == "pre"
        if element.tail:
            add(element.tail)
    end_line()
    return "\n".join(lines)


def _spread(root: etree._Element) -> None:
    """Give tables empty cells where a cell spans several columns or rows, so that columns stay below each other."""
    room = MAX_SPREAD
    for row in list(root.iter("tr")):
        cells = [cell for cell in row if cell.tag in _CELLS]
        for cell in cells:
            empty = min(_spanned(cell, "colspan"), room)
            room -= empty
            for _ in range(empty):
                cell.addnext(etree.Element("td"))
    for table in list(root.iter("table")):
        hanging: dict[int, int] = {}
        for row in [r for r in table.iter("tr") if next(r.iterancestors("table")) is table]:
            for column in sorted(c for c, rows in hanging.items() if rows and room):
                row.insert(min(column, len(row)), etree.Element("td"))
                hanging[column] -= 1
                room -= 1
            for column, cell in enumerate(row):
                if cell.tag in _CELLS and (below := _spanned(cell, "rowspan")):
                    hanging[column] = below


def _spanned(cell: etree._Element, name: str) -> int:
    """The columns or rows that a cell covers besides its own."""
    printed = (cell.get(name) or "").strip()
    return min(int(printed), MAX_SPAN) - 1 if printed.isascii() and printed.isdigit() and int(printed) > 1 else 0


def _is_unseen(element: etree._Element, tag: str) -> bool:
    return tag in _UNSEEN or element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_small(cell: etree._Element) -> bool:
    """A cell of a table of data, whose paragraphs stay on the line of their row; others lay out a page."""
    size = 0
    for text in cell.itertext():
        size += len(text.strip())
        if size > SMALL_CELL:
            return False
    return next(cell.iterdescendants("td", "th"), None) is None


def _cells_of(run: list[str | None]) -> list[str]:
    cells = [""]
    for text in run:
        if text is None:
            cells.append("")
        else:
            cells[-1] += text
    return cells


def _folded(cell: str) -> str:
    """Blanks as a browser shows them: one for many, none at a line break between Chinese characters."""
    out: list[str] = []
    done = 0
    for match in _BLANKS.finditer(cell):
        start, end = match.span()
        torn = "\n" in match[0] and _EAST_ASIAN.match(cell, start - 1) and _EAST_ASIAN.match(cell, end)
        out += (cell[done:start], "" if torn and start else " ")
        done = end
    return "".join((*out, cell[done:])).strip(" ")
