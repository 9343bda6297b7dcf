"""Facts wide by year: a row for each series, a column for each year there is."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

import sqlalchemy as sa

from etl.export.files import Writer
from etl.export.tables import FACTS, Row
from etl.warehouse import schema, views
from etl.warehouse.views import Column

HEAD = (
    "series_key", "indicator", "label", "ref_area", "ref_area_name", "ref_entity", "breakdown", "unit", "kind",
    "status", "time_type",
)  # fmt: skip


def years(connection: sa.Connection) -> list[str]:
    """The years that are the period of a current observation."""
    period = views.CURRENT_OBSERVATION.table().c.time_period
    query = sa.select(period).where(sa.func.length(period) == 4).distinct()
    return sorted(connection.execute(query).scalars())


def wide_columns(years: Iterable[str]) -> tuple[Column, ...]:
    """The columns of a row: what the series is, then the current value of each year, named ``y2023``."""
    of_series = {c.name: c for c in FACTS.columns}
    values = (Column(f"y{year}", schema.Exact(), f"current value of {year}") for year in years)
    return (*(of_series[name] for name in HEAD), *values)


class ByYear:
    """Takes facts in the order of their series, and gives rows by year to other files."""

    def __init__(self, years: Iterable[str], files: Iterable[Writer]) -> None:
        self.years, self.files = tuple(years), tuple(files)
        self.row: Row | None = None

    def write(self, rows: Iterable[Row]) -> None:
        ready = []
        for fact in rows:
            period = fact["time_period"]
            if period is None or len(period) != 4:
                continue
            if self.row is None or self.row["series_key"] != fact["series_key"]:
                if self.row is not None:
                    ready.append(self.row)
                self.row = {name: fact[name] for name in HEAD} | {f"y{year}": None for year in self.years}
            self.row[f"y{period}"] = fact["obs_value"]
        self._give(ready)

    def _give(self, rows: list[Row]) -> None:
        for file in self.files:
            file.write(rows)

    def __enter__(self) -> ByYear:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self.row is not None:
            self._give([self.row])
