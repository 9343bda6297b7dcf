"""The page of a run in Prefect: a table of its files and a summary in Chinese, both of bounded size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from etl.ingest import FileSummary
from etl.outcome import RuleCount, RunSummary, grouped

if TYPE_CHECKING:
    from etl.export.publication import Publication
    from etl.recheck import Rechecked

MAX_FILES = 300
"""Rows of the table: Prefect's page gets slow beyond."""
MAX_FINDINGS = 20
MAX_TEXT = 200
STATUS_ZH = {"loaded": "已入库", "blocked": "已拦截", "failed": "未能读取"}
_HARMLESS = {ord(mark): f"\\{mark}" for mark in "&\\`*_[]<>|#~!"}
"""Backslashes: of Prefect's two pages, the older one shows numeric entities as they are written."""
SEVERITY_ZH = {"block": "拦截文件", "quarantine": "暂存待审", "warn": "提醒"}


def files_table(files: Sequence[FileSummary]) -> list[dict[str, Any]]:
    """One row per file: those that failed first, then those with most rows held; at most ``MAX_FILES``."""
    ordered = sorted(files, key=lambda f: (f.status == "loaded", -f.held, f.name))
    return [
        {
            "文件": f.name,
            "状态": STATUS_ZH.get(f.status, f.status),
            "数字": f.numerals,
            "入库": f.loaded,
            "待审": f.held,
            "忽略": f.ignored,
            "秒": f.seconds,
            "错误": _short(f.error or ""),
        }
        for f in ordered[:MAX_FILES]
    ]


def markdown(run: RunSummary, descriptions: Mapping[str, str], reports_url: str | None) -> str:
    """The summary: totals, what failed, new critical findings, findings by rule, and where the report is.

    ``descriptions``: rule id → Chinese description.
    """
    return "\n\n".join(
        part
        for part in (
            _totals(run, reports_url),
            _failed(run),
            _new(run),
            _rules(run.rules, descriptions) if run.files else "",
        )
        if part
    )


def recheck_table(files: Sequence[Rechecked]) -> list[dict[str, Any]]:
    """One row per file of a recheck: those left as they were, then those with most rows moved."""
    ordered = sorted(files, key=lambda f: (f.error is None, -(f.released + f.held), f.name))
    return [
        {"文件": f.name, "行": f.rows, "放行": f.released, "新暂存": f.held, "未复核原因": _short(f.error or "")}
        for f in ordered[:MAX_FILES]
    ]


def recheck_markdown(
    files: Sequence[Rechecked], descriptions: Mapping[str, str], page: Path | None, reports_url: str | None
) -> str:
    """What a recheck moved, and its findings by rule. Without a page: a dry run."""
    title = "规则复核" if page else "规则复核（试运行，未作改动）"
    link = f"\n\n**审阅报告**：{report_link(page, reports_url)}" if page else ""
    bad = [f for f in files if f.error]
    counts = Counter((f.rule_id, f.severity) for file in files for f in file.findings)
    rules = sorted((RuleCount(*rule, n) for rule, n in counts.items()), key=lambda r: (-r.findings, r.rule_id))
    parts = [
        f"# {title}{link}",
        "| 文件 | 行 | 放行 | 新暂存 | 未能复核 |\n|--:|--:|--:|--:|--:|\n"
        f"| {len(files)} | {sum(f.rows for f in files)} | {sum(f.released for f in files)} "
        f"| {sum(f.held for f in files)} | {len(bad)} |",
        "\n".join(f"- **{_cell(f.name)}**：{_cell(f.error or '')}" for f in bad[:MAX_FINDINGS]),
        _rules(rules, descriptions),
    ]
    return "\n\n".join(part for part in parts if part)


def publication_markdown(p: Publication, exports_dir: Path) -> str:
    """What was published, and how it differs from the publication before."""
    confirmed = "（减少已经人工确认）" if p.loss_confirmed else ""
    files = "\n".join(
        f"- `{exports_dir / p.folder / name}`  sha256 `{digest[:16]}…`"
        for name, digest in p.sha256.items()
        if "/" not in name  # parts of Parquet are many
    )
    return (
        f"# 已发布 {p.rows} 行{confirmed}\n\n"
        "| 行 | 事实 | 上次的事实 | 新增 | 不再出现 | 减少比例 |\n|--:|--:|--:|--:|--:|--:|\n"
        f"| {p.rows} | {p.facts} | {p.facts_before} | {p.facts_new} | {p.facts_gone} | {p.loss:.1%} |\n\n{files}"
    )


def report_link(report: Path, reports_url: str | None) -> str:
    """A link where a web server shows the reports; browsers open no ``file://`` from Prefect's page."""
    return f"[{report.name}]({report_address(report, reports_url)})" if reports_url else f"`{report}`"


def report_address(report: Path, reports_url: str | None) -> str:
    """The report's URL where a web server shows the reports, else its path."""
    return f"{reports_url.rstrip('/')}/{quote(report.name)}" if reports_url else str(report)


def _totals(run: RunSummary, reports_url: str | None) -> str:
    counts = Counter(f.status for f in run.files)
    numerals, loaded, held, ignored = (
        sum(getattr(f, n) for f in run.files) for n in ("numerals", "loaded", "held", "ignored")
    )
    refused = numerals - loaded - held - ignored
    unread = counts["failed"] + run.unreadable
    lines = [
        f"# {'有文件未能入库' if run.failed else '全部文件已处理'}",
        f"**审阅报告**：{report_link(run.report, reports_url)}",
        "| 新文件 | 入库 | 拦截 | 未能读取 | 此前已知 |\n|--:|--:|--:|--:|--:|\n"
        f"| {len(run.files)} | {counts['loaded']} | {counts['blocked']} | {unread} | {run.known} |",
        "| 数字 | 入库 | 待审 | 忽略 | 在被拒文件中 |\n|--:|--:|--:|--:|--:|\n"
        f"| {numerals} | {loaded} | {held} | {ignored} | {refused} |",
    ]
    return "\n\n".join(lines)


def _failed(run: RunSummary) -> str:
    lines = [f"- **{_cell(f.name)}**：{_cell(f.error or f.status)}" for f in run.files if f.status != "loaded"]
    lines += [f"- {_cell(p)}" for p in run.problems]
    if not lines:
        return ""
    more = f"\n- ……另有 {len(lines) - MAX_FINDINGS} 条" if len(lines) > MAX_FINDINGS else ""
    return "## 未能入库与其他问题\n\n" + "\n".join(lines[:MAX_FINDINGS]) + more


def _new(run: RunSummary) -> str:
    groups = grouped(run.new_critical)
    if not groups:
        return ""
    lines = [f"| {_cell(file)} | {rule} | {n} | {_cell(example)} |" for file, rule, n, example in groups[:MAX_FINDINGS]]
    rest = len(groups) - len(lines)
    more = f"\n\n……另有 {rest} 组，见审阅报告。" if rest else ""
    title = f"## 新的严重问题（{len(run.new_critical)}）\n\n| 文件 | 规则 | 条数 | 例 |\n|---|---|--:|---|\n"
    return title + "\n".join(lines) + more


def _rules(rules: Sequence[RuleCount], descriptions: Mapping[str, str]) -> str:
    if not rules:
        return "## 检查结果\n\n没有发现问题。"
    lines = [
        f"| {r.rule_id} | {_cell(descriptions.get(r.rule_id, ''))} | {SEVERITY_ZH[r.severity]} | {r.findings} |"
        for r in rules
    ]
    return "## 各规则的发现\n\n| 规则 | 要求 | 处理 | 条数 |\n|---|---|---|--:|\n" + "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _cell(text: str) -> str:
    """Text of a document inside Markdown: on one line, and without meaning to Markdown or HTML."""
    return _short(" ".join(text.split())).translate(_HARMLESS)
