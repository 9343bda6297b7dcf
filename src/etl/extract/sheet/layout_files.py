"""Saved layouts: YAML files that a person reads, corrects and keeps, one per workbook they were inferred from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from etl.errors import LayoutError
from etl.extract.sheet.layouts import Layout, LayoutColumn, Stated, fits
from etl.extract.sheet.wording import parse_unit, parse_units
from etl.normalise.regions import load_regions
from etl.reference import parse

SUFFIX = ".yaml"
PERIOD = r"^\d{4}(-(0[1-9]|1[0-2])(-[0-3]\d)?|-Q[1-4]|-S[12])?(/\d{4}(-(0[1-9]|1[0-2])(-[0-3]\d)?|-Q[1-4]|-S[12])?)?$"

StubRole = Literal["region", "label", "unit", "period", "code", "ordinal", "skip"]
ColumnRole = Literal["ignore", "region", "label", "unit", "period", "code", "ordinal", "skip"]
RowRole = Literal["ignore", "header", "title", "note", "data"]
STUB_ROLES: frozenset[str] = frozenset(get_args(StubRole))
BLOCK_ROLES: frozenset[str] = frozenset({"header", "title", "note", "data"})
"""Roles of rows that change where a table begins and ends: it is read anew with them."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of one column or row; None: as inferred."""

    role: str | None = None
    """Columns: a kind of stub column, or ``ignore``. Rows: ``header``, ``title``, ``note``, ``data``, ``ignore``."""
    unit: str | None = None
    region: str | None = None
    """Code."""
    period: str | None = None
    """ISO 8601 / SDMX; only for the file that the layout was saved from."""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person says of a table; None and empty: as inferred."""

    region: str | None = None
    period: str | None = None
    unit: str | None = None
    columns: Mapping[str, Correction] = field(default_factory=dict)
    """By label."""
    rows: Mapping[str, Correction] = field(default_factory=dict)
    """By label, place, or the first text of the row."""


@dataclass(frozen=True, slots=True)
class SavedTable:
    """One table of a saved layout."""

    name: str
    """File of the layout without its suffix, and the number of the table in it: ``city_2012#3``."""
    source: str
    """Name of the file it was saved from."""
    layout: Layout
    stated: Stated
    """What that file said of itself."""
    corrections: Corrections


def load_layouts(folder: Path) -> tuple[SavedTable, ...]:
    """All tables of the layouts in a folder, by file name; none when there is no such folder.

    Raises LayoutError with file and field for what can't be used, and for two layouts of one shape.
    """
    if not folder.is_dir():
        return ()
    found: list[SavedTable] = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        for table in load_file(path):
            same = next(
                (t for t in found if fits(table.layout, t.layout) and t.layout.title == table.layout.title), None
            )
            if same is not None:
                raise LayoutError(
                    str(path), f"{table.name} describes the same table as {same.name}", next_step="Delete one of them."
                )
            found.append(table)
    return tuple(found)


def load_file(path: Path) -> tuple[SavedTable, ...]:
    """The tables of one layout file. Raises LayoutError with file and field."""
    from pydantic import ValidationError

    from etl.extract.sheet.layout_schema import LayoutFile

    try:
        read = LayoutFile.model_validate(parse(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as e:
        raise LayoutError(str(path), f"is no readable YAML ({' '.join(str(e).split())})") from None
    except ValidationError as e:
        first = e.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise LayoutError(f"{path}: {place}", first["msg"], next_step="See docs/layouts.md.") from None
    tables = tuple(t.plain(f"{path.stem}#{n}", read.source) for n, t in enumerate(read.tables, start=1))
    for table in tables:
        _check(path, table)
    return tables


def _check(path: Path, table: SavedTable) -> None:
    """Raises LayoutError for a correction that could never be applied."""
    corrections = table.corrections
    if not any(c.role in BLOCK_ROLES for c in corrections.rows.values()):
        known = {c.label for c in table.layout.columns if c.label}
        for label in corrections.columns:
            if label not in known:
                raise LayoutError(f"{path}: {table.name}", f"corrects a column {label!r} that it has not", known=known)
    each = [*corrections.columns.items(), *corrections.rows.items()]
    for label, region in [("", corrections.region), *((k, c.region) for k, c in each)]:
        if region is not None and load_regions().get(region) is None:
            raise LayoutError(
                f"{path}: {table.name} {label}".rstrip(),
                f"region {region!r} is no code of a region",
                next_step="`etl reference` knows them: 440100, or 100000 for the country.",
            )
    for label, unit in [("", corrections.unit), *((k, c.unit) for k, c in each)]:
        if unit is not None and parse_unit(unit) is None and not parse_units(unit):
            raise LayoutError(
                f"{path}: {table.name} {label}".rstrip(),
                f"{unit!r} is no known unit",
                next_step="Add it to reference/units.csv or correct it.",
            )


# ---------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class Sample:
    """A table as inferred, to be saved."""

    sheet: str
    rows: tuple[int, int]
    """First and last data row as Excel shows them."""
    layout: Layout
    stated: Stated
    confidence: float
    reasons: tuple[str, ...]
    corrections: Corrections = Corrections()


HEAD = """\
# 版式：由 `etl sheet save` 从下面 source 所写的文件推断而来，供人核对和更正。
#
# layout 说明什么样的表适用（标题、各列、各行的名称、次序和单位；地区、年份和数字不论），一般不改。
# 同样形状的表今后都按此读取。列有增减、改名、换位或改了单位的表不再适用，整个文件暂不入库，并列出差异。
# 更正一律写在 corrections 下，按列名、行名而不按位置，例如：
#   corrections:
#     region: "440300"              # 全表所说的地区（区划代码）
#     period: "2020"                # 全表的时期，只用于 source 这一个文件
#     unit: 万人                    # 全表的单位
#     columns:
#       年末常住人口: {unit: 万人}   # 该列的单位；也可写 label、region、period
#       排名: {role: ignore}         # 该列不作为数据
#       街道: {role: region}         # 左侧说明列的作用：region label unit period code ordinal skip
#     rows:
#       其他: {role: ignore}         # 该行不作为数据
#       单位 人: {role: title}       # 该行其实是 header（表头）title（标题、单位行）note（表注）data（数据）
# 改后用 `etl sheet explain 文件` 查看结果，用 `etl backfill 文件名` 重新读取已收到的文件。
"""


def dump(source: str, samples: Sequence[Sample]) -> str:
    """The text of a layout file: comments, Chinese kept, the same tables only once."""
    lines = [HEAD, f"source: {_scalar(source)}", "tables:"]
    for sample in distinct(samples):
        lines.extend(("", f"# {_comment(sample)}"))
        lines.extend(f"#   {' '.join(reason.split())}" for reason in sample.reasons)
        layout, stated = sample.layout, sample.stated
        lines.append("- layout:")
        lines.append(f"    title: {_scalar(layout.title)}")
        lines.append(f"    regions_in: {_scalar(layout.regions_in)}")
        lines.append(f"    periods_in: {_scalar(layout.periods_in)}")
        lines.append(f"    units: {_flow(list(layout.units))}")
        lines.append("    columns:")
        lines.extend(f"    - {_flow(_column(c))}" for c in layout.columns)
        lines.append("    rows:" if layout.rows else "    rows: []")
        lines.extend(f"    - {_scalar(label)}" for label in layout.rows)
        said = {
            "region": stated.region, "region_basis": stated.region_basis,
            "period": stated.period, "period_basis": stated.period_basis,
        }  # fmt: skip
        lines.append(f"  stated: {_flow(said)}")
        lines.extend(_corrections(sample.corrections))
    return "\n".join(lines) + "\n"


def distinct(samples: Iterable[Sample]) -> list[Sample]:
    """The first table of each shape."""
    found: list[Sample] = []
    for sample in samples:
        if not any(s.layout == sample.layout for s in found):
            found.append(sample)
    return found


def _comment(sample: Sample) -> str:
    first, last = sample.rows
    sheet = " ".join(sample.sheet.split())
    return f"工作表 {sheet}，数据在第 {first}–{last} 行；识别置信度 {sample.confidence:.2f}"


def _column(column: LayoutColumn) -> dict[str, Any]:
    plain = {"role": column.role, "label": column.label}
    return plain | ({"unit": column.unit} if column.unit else {})


def _corrections(corrections: Corrections) -> list[str]:
    plain: dict[str, Any] = {k: v for k in ("region", "period", "unit") if (v := getattr(corrections, k)) is not None}
    for part in ("columns", "rows"):
        entries = getattr(corrections, part)
        if entries:
            plain[part] = {
                label: {k: v for k in ("role", "unit", "region", "period", "label") if (v := getattr(c, k)) is not None}
                for label, c in entries.items()
            }
    if not plain:
        return ["  corrections: {}"]
    text = yaml.safe_dump({"corrections": plain}, allow_unicode=True, sort_keys=False, width=200)
    return [f"  {line}" for line in text.splitlines()]


def _flow(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000).strip()


def _scalar(value: str | None) -> str:
    text = yaml.safe_dump(value, allow_unicode=True, width=10_000).strip()
    return text.removesuffix("...").strip()
