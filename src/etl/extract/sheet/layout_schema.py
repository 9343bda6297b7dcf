"""The form of a layout file, checked strictly: a mistyped key is told, never passed over."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from etl.extract.sheet.layout_files import PERIOD, ColumnRole, Correction, Corrections, RowRole, SavedTable
from etl.extract.sheet.layouts import Layout, LayoutColumn, Stated
from etl.model import Basis


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class _Column(_Strict):
    role: str
    label: str = ""
    unit: str | None = None


class _Layout(_Strict):
    title: str = ""
    regions_in: str | None = None
    periods_in: str | None = None
    units: tuple[str, ...] = ()
    columns: tuple[_Column, ...] = Field(min_length=1)
    rows: tuple[str, ...] = ()


class _Stated(_Strict):
    region: str | None = None
    region_basis: Basis | None = None
    period: str | None = None
    period_basis: Basis | None = None


class _Entry(_Strict):
    unit: str | None = None
    region: str | None = None
    period: str | None = Field(default=None, pattern=PERIOD)
    label: str | None = Field(default=None, max_length=60)


class _ColumnEntry(_Entry):
    role: ColumnRole | None = None

    def plain(self) -> Correction:
        return Correction(self.role, self.unit, self.region, self.period, self.label)


class _RowEntry(_Entry):
    role: RowRole | None = None

    def plain(self) -> Correction:
        return Correction(self.role, self.unit, self.region, self.period, self.label)


class _Corrections(_Strict):
    region: str | None = None
    period: str | None = Field(default=None, pattern=PERIOD)
    unit: str | None = None
    columns: dict[str, _ColumnEntry] = Field(default_factory=dict)
    rows: dict[str, _RowEntry] = Field(default_factory=dict)


class _Table(_Strict):
    layout: _Layout
    stated: _Stated = _Stated()
    corrections: _Corrections = _Corrections()

    def plain(self, name: str, source: str) -> SavedTable:
        """The table as the extractor takes it."""
        found, by_hand = self.layout, self.corrections
        return SavedTable(
            name,
            source,
            Layout(
                found.title,
                found.regions_in,
                found.periods_in,
                found.units,
                tuple(LayoutColumn(c.role, c.label, c.unit) for c in found.columns),
                found.rows,
            ),
            Stated(self.stated.region, self.stated.region_basis, self.stated.period, self.stated.period_basis),
            Corrections(
                by_hand.region,
                by_hand.period,
                by_hand.unit,
                {label: c.plain() for label, c in by_hand.columns.items()},
                {label: c.plain() for label, c in by_hand.rows.items()},
            ),
        )


class LayoutFile(_Strict):
    """A whole file."""

    source: str
    tables: tuple[_Table, ...] = Field(min_length=1)
