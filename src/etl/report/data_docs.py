"""Great Expectations' own Data Docs of the rows of a run, readable without a network.

As GX builds them, the pages take their styles, icons and tables from sixteen addresses on the net and show next to
nothing without. Only its renderer is used here, a page per suite; what would be fetched is taken out, icons become
words, and a small style of our own is put in. These pages are for those who write rules; reviewers have the report.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree, html

from etl.check.evaluation import gx_suite, quiet
from etl.check.frames import FileRows, Rows
from etl.check.suites import Suite, columns_of
from etl.errors import UsageError
from etl.recheck import stored_rows
from etl.report.data import ReportData
from etl.report.wording import clean, moment
from etl.selection import Selection, select

TEMPLATES = Path(__file__).parent / "templates"
FILES_AT_ONCE = 500
WORDS = {"fa-check-circle": "合格", "fa-times": "不合格", "fa-exclamation-triangle": "未能执行"}
"""What an icon says."""
DROPPED = ("script", "link", "style", "img", "nav", "iframe", "object", "embed", "form", "input", "button", "meta")


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    """File name."""
    title: str
    rules: int
    failed: int
    html: str


def write_data_docs(engine: sa.Engine, data: ReportData, suites: Sequence[Suite], folder: Path) -> Path:
    """Evaluate the suites over the rows of the report's files and write ``index.html`` with a page for each suite;
    gives the path of the index.

    Raises UsageError when the folder can't be written.
    """
    files = _rows(engine, {f.sha256 for f in data.files})
    pages = [page for suite in suites if (page := _page(suite, files)) is not None]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for page in pages:
            (folder / page.name).write_text(page.html, encoding="utf-8")
        index = folder / "index.html"
        index.write_text(_index(data, pages), encoding="utf-8")
    except OSError as e:
        raise UsageError(
            str(folder), f"can't be written ({e.strerror or e})", next_step="Give another --data-docs."
        ) from None
    return index


def _rows(engine: sa.Engine, shas: set[str]) -> list[FileRows]:
    with engine.connect().execution_options(readonly=True) as connection:
        chosen = [f for f in select(connection, Selection()) if f.sha256 in shas]
        rows: list[FileRows] = []
        for start in range(0, len(chosen), FILES_AT_ONCE):
            stored = stored_rows(connection, chosen[start : start + FILES_AT_ONCE])
            rows += [FileRows(s.file.sha256, (*s.loaded, *s.held), s.evaluated) for s in stored]
    return rows


def _page(suite: Suite, files: Sequence[FileRows]) -> Page | None:
    """None for a suite without a row to look at."""
    rows = Rows(suite.frame, files)
    if not len(rows):
        return None
    result = _validated(suite, rows)
    failed = sum(not r.success for r in result.results)
    return Page(f"{suite.name}.html", suite.name, len(result.results), failed, _offline(_rendered(result), suite.name))


def _validated(suite: Suite, rows: Rows) -> Any:
    """The suite as GX judges it. Its pages know descriptions but no rule ids: these are put in front."""
    import great_expectations as gx
    import pandas as pd
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    named = replace(suite, rules=tuple(replace(r, description=f"{r.rule_id} {r.description}") for r in suite.rules))
    in_memory = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    with quiet():
        context = gx.get_context(mode="ephemeral", project_config=in_memory)
        asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset(suite.frame)
        definition = asset.add_batch_definition_whole_dataframe("all")
        frame = rows.frame(dict.fromkeys(c for r in suite.rules for c in (*r.when, *columns_of(r.type, r.kwargs))))
        frame.index = pd.Index(rows.values(next(iter(rows.fields))))
        batch = definition.get_batch(batch_parameters={"dataframe": frame})
        return batch.validate(gx_suite(named), result_format={"result_format": "SUMMARY"})


def _rendered(result: Any) -> str:
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    page, view = ValidationResultsPageRenderer(), DefaultJinjaPageView()
    with quiet():
        return str(view.render(page.render(result)))  # type: ignore[no-untyped-call]


def _offline(rendered: str, title: str) -> str:
    """The page without anything that a browser would fetch or run."""
    body: Any = html.document_fromstring(rendered).find("body")
    for element in [e for e in body.iter() if isinstance(e.tag, str)]:
        icon = next((word for name, word in WORDS.items() if name in (element.get("class") or "")), None)
        if element.tag == "i" and icon:
            element.text = icon
        for name in list(element.attrib):
            if name.startswith("on") or name in {"style", "src", "srcset", "background"}:
                del element.attrib[name]
        if element.tag == "a" and not (element.get("href") or "").startswith("#"):
            element.attrib.pop("href", None)
    for element in list(body.iter(*DROPPED, etree.Comment, etree.ProcessingInstruction)):
        element.drop_tree()
    for card in body.xpath('.//div[@class="card-header p-2"]/..'):
        card.drop_tree()
    for unfolds in body.xpath('.//p[a[@data-toggle="collapse"]]'):
        unfolds.drop_tree()
    content = str(etree.tostring(body, method="html", encoding="unicode"))
    inner = content[content.index(">") + 1 : content.rindex("</body>")]
    return _whole(title, f'<p class="back"><a href="index.html">全部规则集</a></p>{inner}')


def _index(data: ReportData, pages: Sequence[Page]) -> str:
    from markupsafe import escape

    rows = "".join(
        f'<tr><td><a href="{escape(p.name)}">{escape(p.title)}</a></td><td>{p.rules}</td><td>{p.failed}</td></tr>'
        for p in pages
    )
    lead = f"运行 {data.run.run_id}（{moment(data.run.started_at)}，北京时间），{len(data.files):,} 个文件的现存数据。"
    table = f"<table><thead><tr><th>规则集</th><th>规则</th><th>不合格</th></tr></thead><tbody>{rows}</tbody></table>"
    return _whole("Data Docs", f"<h1>Great Expectations Data Docs</h1><p>{escape(lead)}</p>{table}")


def _whole(title: str, content: str) -> str:
    from markupsafe import escape

    style = (TEMPLATES / "data_docs.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{clean(content)}</body></html>\n"
    )
