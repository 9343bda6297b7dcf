"""The data of a report for programs: JSON with everything, CSV with one line per finding."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from etl.contract import place_columns, plain
from etl.model import CellRef, Span
from etl.report.data import FigureRow, FindingLine, ReportData

CSV_COLUMNS = (
    "rule_id", "severity", "file", "file_sha256", "observation_id", "state", "char_start", "char_end", "sheet", "cell",
    "text", "obs_value", "unit", "ref_area", "ref_area_name", "time_period", "label", "message", "evidence",
    "suggestion",
)  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_json(data: ReportData) -> str:
    """One JSON object with the fields of ``ReportData``; decimals as strings, times in ISO 8601 (UTC), places as in
    the contract."""
    value = {field.name: _jsonable(getattr(data, field.name)) for field in fields(data) if field.name != "by_sha"}
    value["findings_by_severity"] = data.findings_by_severity
    return json.dumps(value, ensure_ascii=False, indent=1)


def as_csv(data: ReportData) -> str:
    """One line per finding with its row. Text that a spreadsheet program would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for line in _lines(data):
        writer.writerow({name: _cell(value) for name, value in line.items()})
    return out.getvalue()


def _lines(data: ReportData) -> Iterable[dict[str, Any]]:
    for state, issues in (("held", data.held), ("loaded", data.warned)):
        for issue in issues:
            for finding in issue.findings:
                yield _finding(data, finding, state) | _row(issue.row)
    for relation in data.relations:
        for finding in relation.findings:
            yield _finding(data, finding, "relation")
    for finding in data.loose:
        yield _finding(data, finding, "file")


def _finding(data: ReportData, finding: FindingLine, state: str) -> dict[str, Any]:
    file = data.by_sha.get(finding.file_sha256)
    value = asdict(finding) | {"file": file.name if file else "", "state": state}
    del value["finding_id"]
    return value


def _row(row: FigureRow) -> dict[str, Any]:
    columns = ("text", "unit", "ref_area", "ref_area_name", "time_period", "label")
    return {name: getattr(row, name) for name in columns} | place_columns(row.place) | {"obs_value": row.obs_value}


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Span | CellRef):
        return {k: v for k, v in place_columns(value).items() if v is not None}
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    if isinstance(value, dict):
        return {k: _jsonable(v) for k, v in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _jsonable(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
