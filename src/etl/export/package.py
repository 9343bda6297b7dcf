"""``datapackage.json``: the CSV files of a publication as a Frictionless Data Package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etl.export.tables import kind_of
from etl.warehouse.views import CONTRACT_VERSION, Column


def data_package(created: str, version: int, resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The descriptor."""
    return {
        "profile": "tabular-data-package",
        "name": "gongbao",
        "title": "Gongbao: figures of Chinese reports and spreadsheets",
        "created": created,
        "version": f"{CONTRACT_VERSION}.{version}",
        "contract_version": CONTRACT_VERSION,
        "warehouse_version": version,
        "resources": list(resources),
    }


def resource(path: Path, sha256: str, description: str, columns: Sequence[Column], key: str) -> dict[str, Any]:
    """One CSV file with its columns; ``key`` is the column that tells its rows apart, or empty."""
    schema: dict[str, Any] = {"fields": [_field(c) for c in columns], "missingValues": [""]}
    if key:
        schema["primaryKey"] = [key]
    return {
        "profile": "tabular-data-resource",
        "name": path.stem,
        "path": path.name,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256}",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    kind = kind_of(column)
    more: dict[str, Any] = {"trueValues": ["true"], "falseValues": ["false"]} if kind == "boolean" else {}
    return {"name": column.name, "type": kind, "description": column.meaning, **more}
