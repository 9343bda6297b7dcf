"""The report of a run: one HTML file in Chinese that works offline, prints, and asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from etl import reference
from etl.check.suites import load_suites
from etl.errors import SuiteError
from etl.report import charts, wording
from etl.report.arrivals import shown as late_sources
from etl.report.cards import Card, Cards, build_cards
from etl.report.data import FileLine, ReportData, RuleLine, Totals
from etl.report.excerpts import address
from etl.report.payload import payload, pieces
from etl.report.queries import load_report_data
from etl.settings import load_settings

TEMPLATES = Path(__file__).parent / "templates"
PAGE = 100
"""Cards in the static page; report.js has the same."""


def build_report(engine: sa.Engine, run_id: str, *, archive_dir: Path | None) -> str:
    """The whole self-contained report of a run (``run_id`` or a prefix of it).

    Source text comes from ``archive_dir``; where that lacks a file the evidence of the warehouse is shown.
    Raises UsageError for a run that the warehouse does not know.
    """
    return render(load_report_data(engine, run_id), archive_dir)


def render(data: ReportData, archive_dir: Path | None) -> str:
    """HTML from the data of a report."""
    words = wording.words()
    cards = build_cards(data, archive_dir, words)
    totals = data.totals if data.scope == "run" else data.warehouse
    style, script = _asset("report.css"), _asset("report.js")
    rules = _descriptions()
    late, lapsed = late_sources(data.overdue)
    held_rows = sum(f.rows_held for f in data.files)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            data=data,
            t=totals,
            cards=cards,
            cell=cards.cell,
            words=words,
            reasons={row["code"]: row["name_zh"] for row in reference.rows("ignore_reasons.csv")},
            described=lambda rule_id: rules.get(rule_id, ""),
            toc=_toc(data, cards, held_rows, len(late)),
            tiles=_tiles(data, totals, cards, len(late)),
            comparison=_comparison(data),
            held_total=held_rows,
            has_difference=_has_difference(data),
            late=late,
            lapsed=lapsed,
            trouble=[f for f in data.files if f.status != "loaded"],
            rereads=sum(f.is_reread for f in data.files) if data.scope == "run" else 0,
            unclaimed=totals.numerals - totals.numerals_loaded - totals.numerals_held - totals.numerals_ignored,
            ignored_total=sum(n for _, n in data.ignored),
            generated=datetime.now(UTC),
            page=PAGE,
            payload=payload(data, cards, words),
            style=style,
            script=script,
            style_hash=_csp_hash(style),
            script_hash=_csp_hash(script),
        )
    )


@cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "num": wording.number,
        "percent": wording.percent,
        "share": lambda part, whole: wording.percent(part / whole if whole else None),
        "signed": wording.signed,
        "moment": wording.moment,
        "seconds": wording.seconds,
        "size": wording.size,
    }
    env.globals |= {
        "address": address,
        "column_name": lambda col: address(0, col)[:-1],
        "pieces": pieces,
        "rule_options": _rule_options,
        "file_options": _file_options,
        "meter_parts": _meter_parts,
        "list_of": _list_of,
        "history": charts.history,
        "rows_of": _rows_of,
    }
    return env


def _finalize(value: Any) -> Any:
    """Every text on its way into the page, before it is escaped."""
    return wording.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _asset(name: str) -> Markup:
    """Our own style or script, which goes into the page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  a file of this package


def _csp_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _descriptions() -> Mapping[str, str]:
    """Rule → what it asks, from the suites, and what the reader of sheets marks on its own. Suites that can't be read
    give none: the report must still appear."""
    try:
        suites = load_suites(load_settings().suites_dir)
    except SuiteError:
        suites = ()
    return {**wording.words()["flag"], **{rule.rule_id: rule.description for suite in suites for rule in suite.rules}}


def _toc(data: ReportData, cards: Cards, held_rows: int, late: int) -> list[tuple[str, str, int | None]]:
    trouble = sum(f.status != "loaded" for f in data.files) + len(data.run.problems)
    entries: list[tuple[str, str, int | None] | None] = [
        ("trouble", "先处理这些", trouble) if trouble or data.crashed else None,
        ("held", "待核", held_rows),
        ("relations", "勾稽", len(cards.relations)),
        ("warned", "提醒", data.warned_rows),
        ("loose", "文件级", len(cards.loose)) if cards.loose else None,
        ("changes", "变化", len(data.changes) + len(data.difference.revisions)) if _has_difference(data) else None,
        ("overdue", "逾期来源", late) if data.overdue else None,
        ("files", "文件", len(data.files)),
        ("rules", "规则", len(data.rules)),
        ("unmapped", "未归指标", data.unmapped_labels),
        ("ignored", "非统计数字", None),
        ("reading", "说明", None),
    ]
    return [e for e in entries if e is not None]


def _has_difference(data: ReportData) -> bool:
    d = data.difference
    news = bool(data.previous and d.new_files) or bool(data.changes or d.revisions)
    return news or data.run.is_recheck or data.published is not None


def _tiles(data: ReportData, totals: Totals, cards: Cards, late: int) -> list[dict[str, Any]]:
    bad = totals.files_failed + totals.files_blocked
    by_severity = data.findings_by_severity
    return [
        {
            "name": "读入文件" if data.scope == "run" else "现行文件",
            "value": totals.files,
            "tone": "block" if bad else "",
            "aside": f"{bad:,} 个没有入库" if bad else f"{late:,} 个来源逾期未到" if late else "全部入库或待核",
        },
        {"name": "其中的数字", "value": totals.numerals, "tone": "", "aside": "独立清点，逐个交代"},
        {
            "name": "入库行",
            "value": totals.rows_loaded,
            "tone": "loaded",
            "aside": f"未归指标 {data.unmapped_rows:,} 行",
        },
        {
            "name": "待核行",
            "value": totals.rows_held,
            "tone": "held" if totals.rows_held else "",
            "aside": f"待核问题 {by_severity['quarantine']:,} 个",
        },
        {
            "name": "勾稽不符",
            "value": len(cards.relations),
            "tone": "warn" if cards.relations else "",
            "aside": "按取值范围核对",
        },
        {
            "name": "提醒行",
            "value": data.warned_rows,
            "tone": "warn" if data.warned_rows else "",
            "aside": "已入库，值得看一眼",
        },
    ]


def _comparison(data: ReportData) -> list[dict[str, Any]]:
    """For each count: of this run and the one before, of the warehouse and its change by this run."""
    names = {
        "files": "文件",
        "files_failed": "未能读取的文件",
        "files_blocked": "被拦截的文件",
        "numerals": "数字",
        "numerals_loaded": "入库的数字",
        "numerals_held": "待核的数字",
        "numerals_ignored": "忽略的数字",
        "rows_loaded": "入库行",
        "rows_held": "待核行",
    }
    after, before = data.warehouse_after or data.warehouse, data.warehouse_before
    return [
        {
            "name": zh,
            "now": int(getattr(data.totals, name)),
            "previous": int(getattr(data.previous_totals, name)) if data.previous else None,
            "warehouse": int(getattr(after, name)),
            "change": int(getattr(after, name)) - int(getattr(before, name)) if before else None,
        }
        for name, zh in names.items()
    ]


def _rule_options(cards: Iterable[Card]) -> list[tuple[str, int]]:
    return Counter(rule for card in cards for rule in {s.rule_id for s in card.said}).most_common()


def _file_options(cards: Iterable[Card]) -> list[tuple[int, int]]:
    return sorted(Counter(card.file for card in cards).items())


def _meter_parts(counts: FileLine | Totals) -> list[tuple[str, str, str]]:
    """(x, width, kind) of the bars of 100 units that show what became of the numerals."""
    parts, at = [], 0.0
    for kind in ("loaded", "held", "ignored"):
        width = 100 * getattr(counts, f"numerals_{kind}") / counts.numerals if counts.numerals else 0
        if width:
            parts.append((f"{at:.2f}", f"{width:.2f}", kind))
        at += width
    return parts


def _list_of(rule: RuleLine) -> str:
    """The list of cards in which a rule's findings stand."""
    if rule.rule_id.startswith("REL-"):
        return "relations"
    return {"quarantine": "held", "warn": "warned", "block": "loose"}.get(rule.severity, "")


def _rows_of(cards: Iterable[Card]) -> int:
    """Rows that the cards are about."""
    return sum(card.rows for card in cards)
