"""An Excel workbook for people: facts, facts by year, series and contradictions, with Chinese heads.

Streamed to disk row by row. Texts that begin like a formula are made harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from etl.export.files import harmless
from etl.export.tables import Row
from etl.warehouse.views import CONTRACT_VERSION

MOST_ROWS = 200_000
"""Rows of a sheet: people read no more, and the CSV has them all."""
LONGEST = 32_767
"""Characters that Excel takes in a cell."""
WIDTH = 16
Heads = Sequence[tuple[str, str]]
"""(column, head in Chinese)."""

FACT_HEADS: Heads = (
    ("indicator", "指标代码"), ("label", "内容"), ("ref_area", "地区代码"), ("ref_area_name", "地区"),
    ("ref_entity", "单位或地点"), ("time_period", "时期"), ("obs_value", "数值"), ("unit", "单位"),
    ("obs_low", "下限"), ("obs_high", "上限"), ("text", "原文"), ("status", "性质"), ("source", "来源文件"),
    ("publisher", "发布单位"), ("published_on", "发布日期"), ("mentions", "提及次数"),
    ("is_contradicted", "是否矛盾"), ("observation_id", "编号"),
)  # fmt: skip
WIDE_HEADS: Heads = (
    ("indicator", "指标代码"), ("label", "内容"), ("ref_area", "地区代码"), ("ref_area_name", "地区"),
    ("ref_entity", "单位或地点"), ("breakdown", "分组"), ("unit", "单位"), ("status", "性质"),
)  # fmt: skip
SERIES_HEADS: Heads = (
    ("indicator", "指标代码"), ("label", "内容"), ("ref_area", "地区代码"), ("ref_area_name", "地区"),
    ("ref_entity", "单位或地点"), ("unit", "单位"), ("frequency", "频率"), ("first_period", "最早"),
    ("last_period", "最晚"), ("periods", "期数"), ("gaps", "缺期"), ("mentions", "提及次数"),
    ("contradicted", "矛盾期数"), ("sources", "来源数"),
)  # fmt: skip
CONTRADICTION_HEADS: Heads = (
    ("label", "内容"), ("ref_area_name", "地区"), ("time_period", "时期"), ("unit", "单位"),
    ("higher_value", "较大值"), ("higher_source", "出自"), ("lower_value", "较小值"), ("lower_source", "出自"),
    ("gap", "相差至少"), ("higher_wins", "采用较大值"),
)  # fmt: skip


class Sheet:
    """A sheet of the workbook; takes rows, and counts those that find no room."""

    def __init__(self, book: Any, name: str, heads: Heads) -> None:
        self.sheet = book.create_sheet(name)
        self.sheet.freeze_panes = "A2"
        self.columns = [column for column, _ in heads]
        self.rows = self.left_out = 0
        self.name = name
        for number in range(len(heads)):
            from openpyxl.utils import get_column_letter

            self.sheet.column_dimensions[get_column_letter(number + 1)].width = WIDTH
        self.sheet.append([head for _, head in heads])

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self.rows == MOST_ROWS:
                self.left_out += 1
                continue
            self.rows += 1
            self.sheet.append([cell(row[column]) for column in self.columns])

    def __enter__(self) -> Sheet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


class Workbook:
    """The file with its sheets; saved when left without an error."""

    def __init__(self, path: Path, years: Sequence[str], version: int) -> None:
        from openpyxl import Workbook as Book

        self.path, self.version = path, version
        self.book = Book(write_only=True)
        self.about = self.book.create_sheet("说明")
        self.facts = Sheet(self.book, "事实", FACT_HEADS)
        self.by_year = Sheet(self.book, "按年", (*WIDE_HEADS, *((f"y{year}", year) for year in years)))
        self.series = Sheet(self.book, "序列", SERIES_HEADS)
        self.contradictions = Sheet(self.book, "矛盾", CONTRADICTION_HEADS)

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            return
        lines = [
            ("公报数据", ""),
            ("数据版本", self.version),
            ("列定义版本", CONTRACT_VERSION),
            ("数值", "以基本单位计；约、余、近等按区间列出上下限"),
            ("事实", "同一序列同一时期只列一值，取舍规则见 source_precedence.yaml；各次提及见 current_observation.csv"),
            ("以撇号开头的文字", "原文以 = + - @ 开头，为防被当作公式而加"),
        ]
        for sheet in (self.facts, self.by_year, self.series, self.contradictions):
            more = f"，另有 {sheet.left_out} 行未列，见同名 CSV" if sheet.left_out else ""
            lines.append((f"工作表“{sheet.name}”", f"{sheet.rows} 行{more}"))
        for line in lines:
            self.about.append(line)
        self.book.save(self.path)


def cell(value: Any) -> Any:
    """What Excel shows: numbers as numbers, truth as 是 or nothing, texts harmless and not too long."""
    if isinstance(value, bool):
        return "是" if value else None
    if isinstance(value, str):
        return _printable(harmless(value))[:LONGEST]
    return value


def _printable(text: str) -> str:
    """Without the control characters that XML can't hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", text)
