"""SDMX-CSV 2.0: the facts with the names, codes and periods of SDMX.

A fact of unknown period has no place in it and is left out.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType

from etl.contract import plain
from etl.export.files import harmless
from etl.export.tables import Row
from etl.warehouse.views import CONTRACT_VERSION

STRUCTURE = ("dataflow", f"GONGBAO:FACT({CONTRACT_VERSION})")
DIMENSIONS = ("SERIES", "FREQ", "REF_AREA", "TIME_PERIOD")
ATTRIBUTES = (
    "OBS_STATUS", "UNIT_MEASURE", "UNIT_MULT", "DECIMALS", "OBS_LOW", "OBS_HIGH", "INDICATOR", "TITLE", "AREA_TITLE",
    "ENTITY", "KIND", "TIME_TYPE", "STATUS", "SOURCE", "OBSERVATION_ID",
)  # fmt: skip
HEADER = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)
NOT_APPLICABLE = "_Z"
OTHER = "_O"
_FREQUENCIES = (
    (re.compile(r"\d{4}"), "A"),
    (re.compile(r"\d{4}-S[12]"), "S"),
    (re.compile(r"\d{4}-Q[1-4]"), "Q"),
    (re.compile(r"\d{4}-\d\d"), "M"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "D"),
)
_MONTHS = {"S": 6, "Q": 3}


class SdmxFile:
    """Takes facts; one row for each with a period."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(HEADER)
        self.left_out = 0

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row["time_period"] is None:
                self.left_out += 1
            else:
                self.writer.writerow(sdmx_row(row))

    def __enter__(self) -> SdmxFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


def sdmx_row(fact: Row) -> list[str]:
    """The cells of a fact in the order of ``HEADER``; action I: information, the whole of what is known."""
    frequency, period = sdmx_period(fact["time_period"])
    texts = (
        fact["indicator"], fact["label"], fact["ref_area_name"], fact["ref_entity"], fact["kind"], fact["time_type"],
        fact["status"], fact["source"], fact["observation_id"],
    )  # fmt: skip
    return [
        *STRUCTURE,
        "I",
        fact["series_key"],
        frequency,
        fact["ref_area"] or NOT_APPLICABLE,
        period,
        plain(fact["obs_value"]) or "",
        fact["obs_status"],
        fact["unit_measure"] or NOT_APPLICABLE,
        "0",
        str(max(0, fact["printed_decimals"] - fact["printed_mult"])),
        plain(fact["obs_low"]) or "",
        plain(fact["obs_high"]) or "",
        *(harmless(text or "") for text in texts),
    ]


def sdmx_period(iso: str) -> tuple[str, str]:
    """Frequency and period: ``2021/2025`` is ``_O`` and ``2021-01-01/P5Y``, a time range from its first day on."""
    first, _, last = iso.partition("/")
    if not last:
        return next((code for pattern, code in _FREQUENCIES if pattern.fullmatch(iso)), OTHER), iso
    begin, end = _days(first)[0], _days(last)[1] + timedelta(days=1)
    months = (end.year - begin.year) * 12 + end.month - begin.month
    if begin.day != 1 or end.day != 1:
        duration = f"P{(end - begin).days}D"
    else:
        duration = f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"
    return OTHER, f"{begin.isoformat()}/{duration}"


def _days(iso: str) -> tuple[date, date]:
    """First and last day of a year, half-year, quarter, month or day."""
    year, _, rest = iso.partition("-")
    y = int(year)
    if not rest:
        return date(y, 1, 1), date(y, 12, 31)
    if rest[0] in _MONTHS:
        length = _MONTHS[rest[0]]
        last = int(rest[1]) * length
        return date(y, last - length + 1, 1), date(y, last, calendar.monthrange(y, last)[1])
    month, _, day = rest.partition("-")
    m = int(month)
    if day:
        return date(y, m, int(day)), date(y, m, int(day))
    return date(y, m, 1), date(y, m, calendar.monthrange(y, m)[1])
