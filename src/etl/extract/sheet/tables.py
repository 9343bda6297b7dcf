"""A block with its roles: which of region, indicator, period and unit stands in rows, columns, header lines, names."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from etl.extract.sheet.blocks import Block, Row, metadata_of
from etl.extract.sheet.grid import Grid
from etl.extract.sheet.headers import Column, Header, read_header
from etl.extract.sheet.places import (
    Speaker,
    covering_place,
    inside_share,
    likeness,
    place_in_text,
    place_named,
    place_share,
    speaker_of,
)
from etl.extract.sheet.stubs import StubColumn, StubRow, read_rows, split_columns, title_units
from etl.extract.sheet.timing import (
    YEAR,
    is_period_label,
    period_in_name,
    period_in_note,
    period_in_title,
    period_label,
    year_in_label,
)
from etl.extract.sheet.wording import (
    Unit,
    chinese,
    choose_unit,
    has_cjk,
    is_latin,
    ordinal_rank,
    parse_units,
    split_unit,
    strip_ordinal,
    unit_line,
)
from etl.extract.sheet.words import squash, words
from etl.model import Basis, ManifestEntry
from etl.normalise.breakdown import breakdown_of
from etl.normalise.regions import COUNTRY, load_regions

TRUST = 0.6
"""Share of the places of a table that must lie in the place its title or file name mentions."""


MIN_MACRO = 3
"""Columns of 全国 and macro-regions that make a header one of places."""


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a table: above it, in the table it continues, in the names of sheet and file."""

    titles: tuple[str, ...] = ()
    subject: str = ""
    fallback: str = ""
    """What a figure is called when neither header nor title says: the name of the sheet or file."""
    period: str | None = None
    period_basis: Basis | None = None
    period_printed: str | None = None
    speaker: Speaker | None = None
    units: tuple[Unit, ...] = ()
    sheet: str = ""
    of_whom: str = ""
    """Those whom title or sheet name restrict the table to (镇, 女), where several tables differ in nothing else."""
    head: str = ""
    """The line above the first table of the sheet that stands over the tables' own titles."""
    part: str = ""
    """What the own title of one of several blocks says (二、在校学生数 → 在校学生数): all its labels need it."""


@dataclass(slots=True)
class Table:
    """A block whose parts have been told apart."""

    block: Block
    cells: dict[int, Row]
    header: Header
    stub: list[StubColumn]
    values: list[int]
    other: list[int]
    rows: list[StubRow]
    context: Context
    regions_in: str | None = None
    """``rows``, ``columns`` or None."""
    periods_in: str | None = None
    confidence: float = 1.0
    steps: list[str] = field(default_factory=list)
    column_years: dict[int, str] = field(default_factory=dict)
    """Years that stand inside the labels of columns, when they differ (popu_2010, popu_2020)."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a table can draw on."""

    file: str
    sheet: str
    manifest: ManifestEntry | None = None


def build_table(
    grid: Grid, block: Block, cells: dict[int, Row], names: Names, before: Context | None, above: Sequence[str]
) -> Table | None:
    """The table of a block, or None when it is none (no labels, or no values).

    ``before`` is the context of the table above or before, for continued tables; ``above`` are texts of blocks
    without numbers that stand before it.
    """
    stub, values, other = split_columns(block, cells)
    if not values or not _is_told_apart(stub, block):
        return None
    header_rows = [(r, cells[r]) for r in block.header]
    header = read_header(grid, header_rows, values, [s.col for s in stub])
    rows = read_rows(grid, block, cells, stub, values)
    table = Table(block, cells, header, stub, values, other, rows, Context())
    _find_regions(table)
    _find_periods(table)
    table.context = _context(table, names, before, above)
    _free_translated_units(table)
    _rate(table)
    return table


def _free_translated_units(table: Table) -> None:
    """``Households`` below 总户数 translates what is counted; it is no unit beside a line that says 万户."""
    for column in table.header.columns.values():
        unit = column.unit
        if unit is not None and not unit.multiplier and is_latin(unit.printed):
            said = choose_unit(table.context.units, "|".join(column.path))
            if said is not None and said.symbol == unit.symbol:
                column.unit = None


def _is_told_apart(stub: list[StubColumn], block: Block) -> bool:
    """Rows need a stub; a single row of figures under a header does not."""
    return bool(stub) or (len(block.data) == 1 and bool(block.header))


# ---------------------------------------------------------------- roles


def _find_regions(table: Table) -> None:
    labels = [text for row in table.rows for text in row.regions]
    if labels or any(s.kind in ("region", "region_code") for s in table.stub):
        real, share = place_share(labels)
        if share >= 0.5 or any(s.kind == "region_code" for s in table.stub) or not _columns_are_places(table):
            table.regions_in = "rows"
            table.steps.append(f"regions in rows: {real} place names")
            return
    if _columns_are_places(table):
        table.regions_in = "columns"
        for column in table.header.columns.values():
            if column.region is None:
                column.region, column.path = _place_of(column.path)
        table.steps.append("regions in columns")


def _columns_are_places(table: Table) -> bool:
    columns = table.header.columns.values()
    if any(c.region is not None for c in columns):
        return True
    labels = [_place_of(c.path)[0] for c in columns if c.path]
    real, share = place_share(labels)
    if real == 1 and share == 1.0 and len(set(labels)) >= MIN_MACRO:
        return True  # 全国 | 东部地区 | 中部地区
    return real >= 2 and share >= 0.5


def _place_of(path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """(place, labels of the measure) of a header path: 市区 / 越城区 → 越城区; 人口 / 越城区 → 越城区 and 人口.

    A name cut over rows is joined; then the path stays as it is.
    """
    joined = "".join(path)
    if len(path) < 2 or likeness(joined) == "place":
        return joined, path
    kinds = [likeness(label) for label in path]
    if "place" in kinds or ("neutral" in kinds and "other" in kinds):
        inner = max(n for n, kind in enumerate(kinds) if kind == ("place" if "place" in kinds else "neutral"))
        measure = tuple(label for label, kind in zip(path, kinds, strict=True) if kind == "other")
        return path[inner], measure or path[inner : inner + 1]
    return joined, path


def _find_periods(table: Table) -> None:
    columns = table.header.columns
    if any(row.period for row in table.rows):
        table.periods_in = "rows"
    if sum(c.period is not None for c in columns.values()) >= 0.5 * len(columns):
        table.periods_in = "columns" if table.periods_in is None else "rows and columns"
    years = {}
    for c, column in columns.items():
        found = [y for y in map(year_in_label, column.path) if y]
        if column.period is None and found:
            years[c] = found[-1][0]
    if len(set(years.values())) >= 2:
        table.column_years = years
    if table.periods_in:
        table.steps.append(f"periods in {table.periods_in}")


def place_labels(table: Table) -> list[str]:
    """The labels that stand where the table names places."""
    if table.regions_in == "rows":
        return [row.regions[-1] for row in table.rows if row.regions]
    if table.regions_in == "columns":
        return [c.region for c in table.header.columns.values() if c.region]
    return []


# ---------------------------------------------------------------- context


def _context(table: Table, names: Names, before: Context | None, above: Sequence[str]) -> Context:
    own = [*above, *_texts(table.block.preamble, table.cells)]
    metadata = _metadata([*table.block.preamble, *table.block.metadata], table.cells)
    stub_heads = [s.header for s in table.stub]
    everything = [*own, *(i.text for r in table.block.header for i in table.cells[r].values())]
    continued = any(words("continued").match(t) for t in everything)
    titles = tuple(t for t in own if _is_title(t))
    goes_on = before is not None and before.sheet == names.sheet and not titles and not metadata
    inherited = before if continued or goes_on else None
    upper = before if before is not None and before.sheet == names.sheet and not metadata else None
    own_title = _part_title(table, titles, upper)
    head = next(filter(has_cjk, titles)) if own_title and upper is None else _head(titles, names, before)
    around = (*titles, head) if head else titles
    if own_title:
        titles = (own_title,)
    notes = [*own, *_texts(table.block.notes, table.cells)]
    period, basis, printed = _period(own, around, notes, names, inherited or (upper if own_title else None))
    told = upper if upper and upper.speaker and upper.speaker.basis == "title" else None
    speaker = _speaker(table, around, metadata, names, inherited or told, period)
    units = _units(own, metadata, stub_heads, table, names) or (inherited.units if inherited else ())
    subject = _subject([strip_ordinal(t) if t == own_title else t for t in titles], metadata, names, speaker, inherited)
    part = subject_of(strip_ordinal(chinese(own_title)), speaker) if own_title else ""
    part = part or (inherited.part if inherited else "")
    of_whom = _of_whom(around, names) or (inherited.of_whom if inherited else "")
    fallback = _fallback(names)
    return Context(titles, subject, fallback, period, basis, printed, speaker, units, names.sheet, of_whom, head, part)


_BRACKETS = re.compile(r"[(（]([^()（）]{1,12})[)）]")


def _of_whom(titles: Sequence[str], names: Names) -> str:
    """What stands in brackets in a title, or is the whole name of the sheet, and tells who is counted."""
    asides = [aside for title in titles for aside in _BRACKETS.findall(chinese(title))]
    return next((squash(text) for text in (*asides, names.sheet) if breakdown_of(squash(text))), "")


def _part_title(table: Table, titles: Sequence[str], upper: Context | None) -> str:
    """The title of one block among several of a sheet: in the first block the line below the title of all, in later
    ones a line without number and place of its own; empty for others."""
    named = [t for t in titles if has_cjk(t) and not words("continued").match(t)]
    if upper is None:
        found = named[1] if len(named) > 1 and ordinal_rank(named[0]) is None else ""
        if ordinal_rank(found) is None and (not table.block.stacked or found[:1] in "(（"):
            return ""
    else:
        found = named[0] if len(named) == 1 else ""
    own = found and not _TABLE_NUMBER.match(found) and place_in_text(chinese(found)) is None
    return found if own else ""


def _head(titles: Sequence[str], names: Names, before: Context | None) -> str:
    """The title of a whole sheet: the first of two titles above its first table, when the second has a number."""
    if before is not None and before.sheet == names.sheet:
        return before.head
    named = [t for t in titles if has_cjk(t)]
    return named[0] if len(named) > 1 and not _TABLE_NUMBER.match(named[0]) and _TABLE_NUMBER.match(named[1]) else ""


def _texts(rows: Sequence[int], cells: dict[int, Row]) -> list[str]:
    return [i.text for r in rows for i in cells[r].values() if i.kind == "text"]


def _metadata(rows: Sequence[int], cells: dict[int, Row]) -> dict[str, str]:
    found: dict[str, str] = {}
    for r in rows:
        line = metadata_of(cells[r])
        if line is not None and line[2]:
            found.setdefault(line[0], line[2])
    return found


def _is_title(text: str) -> bool:
    if is_period_label(text) or unit_line(text) or words("prices").match(squash(text).strip("()（）")):
        return False
    if not squash(text):
        return False
    key = re.split(r"[:：]", text, maxsplit=1)
    if len(key) == 2 and any(
        squash(key[0]).lower() in words(k).whole
        for k in ("meta_database", "meta_indicator", "meta_time", "meta_source")
    ):
        return False
    return not words("note").match(text)


def _period(
    own: Sequence[str], titles: Sequence[str], notes: Sequence[str], names: Names, inherited: Context | None
) -> tuple[str | None, Basis | None, str | None]:
    for text in own:
        if (iso := period_label(text)) is not None and YEAR not in iso:
            return iso, "title", squash(text)
    for text in sorted(titles, key=lambda t: not has_cjk(t)):
        if (iso := period_in_title(text)) is not None:
            return iso, "title", squash(text)
    for text in notes:
        if (iso := period_in_note(text)) is not None:
            return iso, "text", squash(text)
    if inherited and inherited.period:
        return inherited.period, inherited.period_basis, inherited.period_printed
    if (iso := period_in_title(names.sheet) or period_in_name(names.sheet)) is not None:
        return iso, "sheet", names.sheet
    if (iso := period_in_name(names.file)) is not None:
        return iso, "file", names.file
    return None, None, None


def _speaker(
    table: Table, titles: Sequence[str], metadata: dict[str, str], names: Names, inherited: Context | None,
    period: str | None,
) -> Speaker | None:  # fmt: skip
    labels = place_labels(table)
    on = period[:4] if period else None
    covering = covering_place(labels, on)
    candidates: list[tuple[str, Basis]] = []
    for text in titles:
        if has_cjk(text) and (code := place_in_text(chinese(text))):
            candidates.append((code, "title"))
            break
    if "meta_region" in metadata and (code := place_in_text(metadata["meta_region"])):
        candidates.append((code, "title"))
    if inherited and inherited.speaker:
        candidates.append((inherited.speaker.code, inherited.speaker.basis))
    if code := place_in_text(names.sheet):
        candidates.append((code, "sheet"))
    around = [*(code for code, _ in candidates), names.manifest.region_code if names.manifest else None]
    for outer in (*around, place_in_text(names.file)):
        if outer and (code := place_named(names.sheet, outer)):
            candidates.insert(0, (code, "sheet"))  # a sheet for each county of the city that title or file names
            break
    if names.manifest and names.manifest.region_code:
        candidates.append((names.manifest.region_code, "manifest"))
    if code := place_in_text(names.file):
        candidates.append((code, "file"))
    if not labels and any(words("national").match(t) for t in (metadata.get("meta_database", ""), names.sheet)):
        candidates.append((COUNTRY, "title"))
    for code, basis in candidates:
        if inside_share(labels, code, on) < TRUST:
            continue
        if covering and basis != "title" and covering != code and inside_share([covering], code, on) == 1.0:
            break  # the places listed say more than a name that only holds them
        return speaker_of(code, basis, on)
    return speaker_of(covering, "layout", on) if covering else None


def _units(
    own: Sequence[str], metadata: dict[str, str], stub_heads: Sequence[str], table: Table, names: Names
) -> tuple[Unit, ...]:
    if found := title_units(own):
        return found
    if "meta_unit" in metadata and (found := parse_units(metadata["meta_unit"])):
        return found
    if "meta_indicator" in metadata:
        unit = split_unit(metadata["meta_indicator"]).unit
        if unit is not None:
            return (unit,)
    if table.header.table_units:
        return table.header.table_units
    for head in stub_heads:
        if found := unit_line(head):
            return found
        split = split_unit(head)
        if split.units:
            return split.units
    for text in own:
        split = split_unit(text)
        if split.units:
            return split.units
        if split.unit is not None and _is_title(text):
            return (split.unit,)
    if _has_one_measure(table):
        for name in (names.sheet, PurePath(names.file).stem):
            if (unit := split_unit(name).unit) is not None:
                return (unit,)
    return ()


def _has_one_measure(table: Table) -> bool:
    """Whether neither rows nor columns name a measure: what the names of sheet or file say holds for every number."""
    columns = () if table.regions_in == "columns" else (c for c in table.header.columns.values() if c.path)
    return not any(columns) and not any(row.path for row in table.rows)


_TABLE_NUMBER = re.compile(
    r"^(?:附?表\s*[一二三四五六七八九十\d]{1,3}(?![\d.．—-])|(?:附?表)?\s*[A-Z]?\d{1,2}(?:[-—–.．]\d{1,2}){1,3}[a-z]?)"
    r"\s*(?:\(续\)|（续）|续表\d*)?"
)
_PERIOD_PART = re.compile(
    r"[(（]?(?:19|20)\d\d年?(?:[-—–~～至](?:19|20)?\d\d年?)?(?:第?[一二三四]季度|\d{1,2}月)?[末底]?[)）]?"
)
_BROKEN_DOWN = re.compile(r"^[按分][^的]{1,24}的(?=.{2})|^按[^分的]{1,16}分(?:组)?(?=[^的]{4})")
"""按受教育程度、孩次分的育龄妇女生育人数, 按行业分企业法人单位数: rows and columns say what stands before it."""
_ASIDE = re.compile(r"(?<=.{2})[(（][^()（）]*[)）]$")
_LEFTOVER = re.compile(r"[(（]\s*(?:续|截至[^)）]*|按[^)）]*)?\s*[)）]")


def subject_of(title: str, speaker: Speaker | None) -> str:
    """What a title is about, without number, period, place and words such as 各区、县 or 情况.

    ``表2.6 各区、县户籍人口年龄构成（2012）`` → ``户籍人口年龄构成``.
    """
    text = chinese(title)
    text = _TABLE_NUMBER.sub("", text)
    text = _LEFTOVER.sub("", _PERIOD_PART.sub("", text))
    if speaker:
        region = load_regions().get(speaker.code)
        for name in (speaker.name, speaker.name.rstrip("省市区县"), region.short if region else ""):
            if len(name) >= 2 and text.startswith(name):
                text = text[len(name) :]
                break
    text = _without_noise(text)
    text = split_unit(text).label
    text = _BROKEN_DOWN.sub("", _ASIDE.sub("", text))
    return text.strip("的、，,：:-—_ ·.()（）")


def _without_noise(text: str) -> str:
    """A title without 全市, 各区县, 情况 and the like: as whole words only (各市场, 部分县 and 全国性 stay)."""
    noise = words("title_noise")
    for word in noise.start:
        if not text.startswith(words("title_noise_apart").start):
            text = text.removeprefix(word)
    text = _noise_inside().sub(lambda m: m["apart"] or "", text)
    for word in sorted(noise.end, key=len, reverse=True):
        text = text.removesuffix(word)
    return text


@functools.cache
def _noise_inside() -> re.Pattern[str]:
    def any_of(kind: str) -> str:
        return "|".join(map(re.escape, sorted(words(kind).inside, key=len, reverse=True)))

    return re.compile(f"(?P<apart>{any_of('title_noise_apart')})|(?:{any_of('title_noise')})")


def _subject(
    titles: Sequence[str], metadata: dict[str, str], names: Names, speaker: Speaker | None, inherited: Context | None
) -> str:
    if "meta_indicator" in metadata:
        return split_unit(metadata["meta_indicator"]).label
    for title in titles:
        if not is_latin(title) and not words("continued").match(title) and (found := subject_of(title, speaker)):
            return found
    if inherited and inherited.subject:
        return inherited.subject
    for name in (names.sheet, re.sub(r"\.[A-Za-z]{2,5}$", "", names.file)):
        found = subject_of(name, speaker)
        if has_cjk(found):
            return found
    return ""


_NO_NAME = re.compile(r"csv|sheet\s*\d*|tab(?:le)?\s*\d*|工作表\d*|\d*", re.IGNORECASE)


def _fallback(names: Names) -> str:
    if not _NO_NAME.fullmatch(names.sheet.strip()):
        return squash(names.sheet)
    return re.sub(r"\.[A-Za-z]{2,5}$", "", squash(names.file))


# ---------------------------------------------------------------- confidence


def _rate(table: Table) -> None:
    """How sure the roles are: each thing the table leaves open costs."""
    context = table.context
    score = 1.0
    if table.regions_in is None and context.speaker is None:
        score -= 0.4
        table.steps.append("no place named")
    if table.periods_in is None and not table.column_years:
        if context.period is None:
            score -= 0.3
            table.steps.append("no period named")
        elif context.period_basis == "file":
            score -= 0.1
    if not table.block.header:
        score -= 0.3
        table.steps.append("no header row")
    table.confidence = max(0.0, round(score, 2))


__all__ = ["Column", "Context", "Names", "Table", "build_table", "place_labels", "subject_of"]
