"""What stands around a table and holds for all its figures: titles, unit line, the names of sheet and file.

A table that another one carries on takes it from that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from etl.extract.sheet.blocks import Row, metadata_of
from etl.extract.sheet.places import (
    Speaker,
    city_of_part,
    covering_place,
    inside_share,
    place_in_text,
    place_named,
    speaker_of,
)
from etl.extract.sheet.stubs import title_units
from etl.extract.sheet.subjects import TABLE_NUMBER, part_told, subject_of
from etl.extract.sheet.timing import (
    YEAR,
    census_in_text,
    is_day_in_brackets,
    is_period_label,
    period_in_name,
    period_in_note,
    period_in_title,
    period_label,
)
from etl.extract.sheet.wording import (
    Unit,
    chinese,
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

if TYPE_CHECKING:
    from etl.extract.sheet.tables import Table

MIN_NATIONAL = 2
MIN_SHARE = 0.25
"""Labels that name the country, and their share: one may speak of what is called so (中国传统村落)."""
MAX_NAME = 40
NAME = 4
"""Characters of a label in which 全国, 中国 or 我国 opens it."""
DAY = len("2020-11-01")
YEAR_ALONE = len("2020")
TRUST = 0.6
"""Share of the places of a table that must lie in the place its title or file name mentions."""


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
    within: str = ""
    """The part of the speaker to which the title limits the table (市区): it has no code of its own."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a table can draw on."""

    file: str
    sheet: str
    manifest: ManifestEntry | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands above a table, and the tables before it whose context holds on."""

    texts: tuple[str, ...]
    """All above its header."""
    notes: tuple[str, ...]
    """All below the table."""
    titles: tuple[str, ...]
    metadata: Mapping[str, str]
    inherited: Context | None
    """Of the table that this one carries on."""
    upper: Context | None
    """Of the table above it on the sheet."""
    own_title: str
    """Of this one of several blocks of a sheet."""
    head: str
    """The title of all blocks of the sheet."""

    @property
    def said(self) -> tuple[str, ...]:
        """The titles that speak of the table, of the whole sheet too."""
        return (*self.titles, self.head) if self.head else self.titles


def context_of(table: Table, names: Names, before: Context | None, above: Sequence[str]) -> Context:
    """What stands around a table; ``before`` and ``above`` as in ``build_table``."""
    around = _around(table, names, before, above)
    own, inherited = around.own_title, around.inherited
    period, basis, printed = _period(around, names)
    speaker = _speaker(table, around, names, period)
    units = _units(table, around, names) or (inherited.units if inherited else ())
    titles = (own,) if own else around.titles
    subject = _subject([strip_ordinal(own)] if own else titles, around.metadata, names, speaker, inherited)
    within = _within(around, speaker) or (inherited.within if inherited else "")
    subject = (within and subject.partition(within)[2]) or subject  # the place says it
    part = subject_of(strip_ordinal(chinese(own)), speaker) if own else ""
    return Context(
        titles,
        subject,
        _fallback(names),
        period,
        basis,
        printed,
        speaker,
        units,
        names.sheet,
        _of_whom(around.said, names) or (inherited.of_whom if inherited else ""),
        around.head,
        part or (inherited.part if inherited else ""),
        within,
    )


def _within(around: _Around, speaker: Speaker | None) -> str:
    """The part of a city that a title speaks of; parts of provinces are no places."""
    region = load_regions().get(speaker.code) if speaker else None
    if speaker is None or region is None or not region.name.endswith(("市", "州", "盟", "地区")):
        return ""
    if region.level == "province" and region.name.endswith("州"):
        return ""
    return next((part for title in around.said if has_cjk(title) and (part := part_told(title, speaker))), "")


def _around(table: Table, names: Names, before: Context | None, above: Sequence[str]) -> _Around:
    block, cells = table.block, table.cells
    texts = (*above, *_texts(block.preamble, cells))
    metadata = _metadata([*block.preamble, *block.metadata], cells)
    titles = tuple(t for t in texts if _is_title(t))
    same_sheet = before is not None and before.sheet == names.sheet and not metadata
    everything = [*texts, *(i.text for r in block.header for i in cells[r].values())]
    continued = any(words("continued").match(t) for t in everything)
    upper = before if same_sheet else None
    own_title = _part_title(table, titles, upper)
    head = next(filter(has_cjk, titles)) if own_title and upper is None else _head(titles, names, before)
    inherited = before if continued or (same_sheet and not titles) else None
    return _Around(texts, tuple(_texts(block.notes, cells)), titles, metadata, inherited, upper, own_title, head)


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
    own = found and not TABLE_NUMBER.match(found) and place_in_text(chinese(found)) is None
    return found if own else ""


def _head(titles: Sequence[str], names: Names, before: Context | None) -> str:
    """The title of a whole sheet: the first of the titles above its first table, when a later one has a number."""
    if before is not None and before.sheet == names.sheet:
        return before.head
    named = [t for t in titles if has_cjk(t)]
    numbered = any(TABLE_NUMBER.match(t) for t in named[1:])
    return named[0] if numbered and not TABLE_NUMBER.match(named[0]) else ""


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


def _period(around: _Around, names: Names) -> tuple[str | None, Basis | None, str | None]:
    """(ISO period, what settled it, as printed)."""
    census = next(((year, squash(t)) for t in around.said if (year := census_in_text(t)) is not None), None)
    labels = [(iso, squash(t)) for t in around.texts if (iso := period_label(t)) is not None]
    titles = sorted(around.said, key=lambda t: not has_cjk(t))
    told = [(iso, text) for iso, text in labels if YEAR not in iso and (census is None or len(iso) != DAY)]
    told += [(iso, squash(t)) for t in titles if (iso := period_in_title(t)) is not None]
    if census is not None:  # its day, and that of its bulletin, date no figure unless the title states it
        told = [(iso, text) for iso, text in told if len(iso) != DAY or is_day_in_brackets(text)] or [census]
    if told:
        iso, text = told[0]
        part = next(((p, t) for p, t in labels if YEAR in p), None)
        if len(iso) == YEAR_ALONE and part is not None:  # 2020年度 | 1月
            return part[0].replace(YEAR, iso), "title", f"{text} {part[1]}"
        return iso, "title", text
    for text in (*around.texts, *around.notes):
        if (iso := period_in_note(text)) is not None:
            return iso, "text", squash(text)
    inherited = around.inherited or (around.upper if around.own_title else None)
    if inherited and inherited.period:
        return inherited.period, inherited.period_basis, inherited.period_printed
    upper = around.upper if around.upper and around.upper.period_basis in ("title", "text") else None
    if upper and around.head:
        return upper.period, upper.period_basis, upper.period_printed  # 表4-2 below the title of the sheet
    if (iso := period_in_title(names.sheet) or period_in_name(names.sheet)) is not None:
        return iso, "sheet", names.sheet
    if (iso := period_in_name(names.file)) is not None:
        return iso, "file", names.file
    return (upper.period, upper.period_basis, upper.period_printed) if upper else (None, None, None)


def _speaker(table: Table, around: _Around, names: Names, period: str | None) -> Speaker | None:
    labels = table.place_labels()
    on = period[:4] if period else None
    covering = covering_place(labels, on)
    candidates: list[tuple[str, Basis]] = []
    for text in around.said:
        if has_cjk(text) and (code := place_in_text(chinese(text)) or city_of_part(chinese(text))):
            candidates.append((code, "title"))
            break
    metadata = around.metadata
    if "meta_region" in metadata and (code := place_in_text(metadata["meta_region"])):
        candidates.append((code, "title"))
    upper = around.upper
    inherited = around.inherited or (upper if upper and upper.speaker and upper.speaker.basis == "title" else None)
    if inherited and inherited.speaker:
        candidates.append((inherited.speaker.code, inherited.speaker.basis))
    if code := place_in_text(names.sheet):
        candidates.append((code, "sheet"))
    outside = [*(code for code, _ in candidates), names.manifest.region_code if names.manifest else None]
    for outer in (*outside, place_in_text(names.file)):
        if outer and (code := place_named(names.sheet, outer)):
            candidates.insert(0, (code, "sheet"))  # a sheet for each county of the city that title or file names
            break
    if names.manifest and names.manifest.region_code:
        candidates.append((names.manifest.region_code, "manifest"))
    if code := place_in_text(names.file):
        candidates.append((code, "file"))
    if not labels and any(words("national").match(t) for t in (metadata.get("meta_database", ""), names.sheet)):
        candidates.append((COUNTRY, "title"))
    if not labels and _is_national(table):
        candidates.append((COUNTRY, "layout"))
    for code, basis in candidates:
        if inside_share(labels, code, on) < TRUST:
            continue
        if covering and basis != "title" and covering != code and inside_share([covering], code, on) == 1.0:
            break  # the places listed say more than a name that only holds them
        return speaker_of(code, basis, on)
    return speaker_of(covering, "layout", on) if covering else None


def _is_national(table: Table) -> bool:
    """Whether the labels of a table that names no place are of the country: several say so themselves (全国工会会员,
    中国护士总数), or one exists for it alone (国民总收入). A table of several countries is not."""
    paths = {row.path for row in table.rows} | {column.path for column in table.header.columns.values()}
    labels = [path[0] for path in paths if path]
    if any(words("foreign").match(label) for label in labels):
        return False
    said = sum(len(label) <= MAX_NAME and place_in_text(label[:NAME]) == COUNTRY for label in labels)
    alone = any(words("of_the_country").match(label) for label in labels)
    return alone or (said >= MIN_NATIONAL and said >= MIN_SHARE * len(labels))


def _units(table: Table, around: _Around, names: Names) -> tuple[Unit, ...]:
    if found := title_units(around.texts):
        return found
    metadata = around.metadata
    if "meta_unit" in metadata and (found := parse_units(metadata["meta_unit"])):
        return found
    if "meta_indicator" in metadata:
        unit = split_unit(metadata["meta_indicator"]).unit
        if unit is not None:
            return (unit,)
    if table.header.table_units:
        return table.header.table_units
    for head in (s.header for s in table.stub):
        if found := unit_line(head):
            return found
        split = split_unit(head)
        if split.units:
            return split.units
    for text in around.texts:
        split = split_unit(text)
        if split.units:
            return split.units
        if split.unit is not None and _is_title(text):
            return (split.unit,)
        for aside in _BRACKETS.findall(chinese(text)) if _is_title(text) else ():
            if len(found := parse_units(aside)) > 1:
                return found  # 2015年财政收支（万元、%）
    if _has_one_measure(table):
        for name in (names.sheet, PurePath(names.file).stem):
            if (unit := split_unit(name).unit) is not None:
                return (unit,)
    return ()


def _has_one_measure(table: Table) -> bool:
    """Whether neither rows nor columns name a measure: what the names of sheet or file say holds for every number."""
    columns = () if table.regions_in == "columns" else (c for c in table.header.columns.values() if c.path)
    return not any(columns) and not any(row.path for row in table.rows)


def _subject(
    titles: Sequence[str], metadata: Mapping[str, str], names: Names, speaker: Speaker | None, inherited: Context | None
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
