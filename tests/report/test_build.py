"""The page: what a reviewer reads, and what a hostile document can't do to it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from etl.model import CellRef, Finding, Span
from etl.report.build import build_report
from etl.report.excerpts import GridExcerpt, Mark, Source, TextExcerpt
from etl.report.payload import script_json
from etl.report.queries import load_report_data
from etl.report.write import write_report
from tests.report.conftest import Builder, figure, observation, span


class Page(HTMLParser):
    """Elements, attributes and visible text of a report, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.marks: list[str] = []
        self.text = ""
        self.data = ""
        self._open: list[str] = []
        self._json = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open.append(tag)
        self._json = tag == "script" and ("type", "application/json") in attrs
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "script":
            self.data += data if self._json else ""
        elif inside != "style":
            self.text += data
        if inside == "mark":
            self.marks[-1] += data


def page_of(builder: Builder, run_id: str, *, archive: bool = True) -> Page:
    return Page(build_report(builder.engine, run_id, archive_dir=builder.archive_dir if archive else None))


def test_the_page_tells_the_run(builder: Builder) -> None:
    run_id = builder.run(seen=5, problems=["manifest.csv line 7: names nothing"])
    builder.standard(run_id)
    builder.finish(run_id, "failed")

    page = page_of(builder, run_id)

    for expected in (
        "数据质量报告",
        "坏.docx: ends early.",
        "manifest.csv line 7: names nothing",
        "“312”没有标明单位",
        "54家 ÷ 65家 = 83.08%，应为 90%，不成立",
        "计量单位不可缺失",
        "3,000 份（3,000 至 4,000）",
        "日期",
    ):
        assert expected in page.text
    assert page.text.index("坏.docx") < page.text.index("“312”没有标明单位"), "what was not loaded comes first"


def test_figures_are_marked_in_their_source(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)

    page = page_of(builder, run_id)

    assert {"312", "90%", "54家", "65家", "3000余份", "900", "300", "500"} <= set(page.marks)
    assert "入库时记下的依据" in page.text, "the blocked row's evidence is all there is"


def test_a_fact_with_two_values_names_the_other(builder: Builder) -> None:
    run_id = builder.run()
    body = "甲处12户，乙处15户。"
    rows = tuple(
        observation(span(body, text), text, obs_value=Decimal(text[:2]), evidence=body) for text in ("12户", "15户")
    )
    findings = tuple(Finding("OBS-FACT", "warn", "互不相容", r.observation_id, body) for r in rows)
    builder.put(run_id, "甲.txt", body, numerals=2, numerals_loaded=2, loaded=rows, findings=findings)

    page = page_of(builder, run_id)

    assert "15户（第 8–11 字）" in page.text
    assert page.marks == ["12户", "15户"] * 2


def test_without_the_archive_the_stored_evidence_is_shown(builder: Builder) -> None:
    run_id = builder.run()
    builder.report(run_id)

    page = page_of(builder, run_id, archive=False)

    assert "各镇另有帮扶点312，未注明计量单位。" in page.text
    assert "312" in page.marks


def test_a_file_that_reads_otherwise_today_is_not_shown_at_wrong_offsets(builder: Builder) -> None:
    run_id = builder.run()
    record = builder.report(run_id)
    archived = next(builder.archive_dir.glob(f"*/{record.sha256}*"))
    archived.write_text("前面多出一段话，" + archived.read_text(encoding="utf-8"), encoding="utf-8")

    page = page_of(builder, run_id)

    assert set(page.marks) <= {"312", "90%", "54家", "65家", "3000余份"}
    assert "前面多出一段话" not in page.text


HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<!-- --><style>*{display:none}</style>",
    "a\u2028b\u2029c",
    "{{ 7*7 }}{% raw %}",
    "\x00\x1b[31m\u202egnp.exe",
    "𠮷" * 3,
    "&lt;b&gt;",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(builder: Builder, text: str) -> None:
    clean = builder.run()
    builder.report(clean)
    expected = page_of(builder, clean)

    run_id = builder.run(problems=[text])
    body = f"前文{text}后文12户。"
    row = observation(span(body, "12户"), "12户", label=text, evidence=body, unit=text)
    finding = Finding("OBS-UNIT", "quarantine", f"单位“{text}”", row.observation_id, body, text)
    builder.put(run_id, "甲.txt", body.encode(), numerals=1, numerals_held=1, held=(row,), findings=(finding,))
    builder.put(run_id, "乙.txt", "乙", status="failed", error_code=text[:30], error=text)
    html = build_report(builder.engine, run_id, archive_dir=builder.archive_dir)
    page = Page(html)

    assert set(page.tags) <= set(expected.tags) | {"pre", "ul", "li", "h3"}
    assert page.tags.count("script") == 2
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    json.loads(page.data)
    assert "\u2028" not in page.data
    assert not re.search("[\x00-\x08\x1b\u202e]", html)


def test_script_json_cannot_leave_its_element() -> None:
    value = {"a": "</script><!--<script>&\u2028\u2029'\""}
    text = str(script_json(value))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_nothing_outside_the_page_is_asked_for(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)

    page = page_of(builder, run_id)

    addresses = [v for n, v in page.attributes if n in {"src", "href", "action", "srcset", "data", "xlink:href"}]
    assert all(a.startswith("#") and not urlsplit(a).netloc for a in addresses)
    assert "link" not in page.tags
    policy = next(v for n, v in page.attributes if n == "content" and "default-src" in v)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_offsets_reach_the_browser_in_its_own_units(builder: Builder) -> None:
    run_id = builder.run()
    body = "𠮷𠮷村有12户。"
    row = observation(span(body, "12户"), "12户", evidence=body)
    finding = Finding("OBS-UNIT", "quarantine", "无", row.observation_id, body, "")
    builder.put(run_id, "甲.txt", body, numerals=1, numerals_held=1, held=(row,), findings=(finding,))

    page = page_of(builder, run_id)

    assert page.marks == ["12户"]
    data = json.loads(page.data)
    kind, text, [[start, end, _]], _ = data["lists"]["held"][0]["x"][0]
    assert kind == "t"
    units = data["pool"][text].encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == "12户"


def test_the_report_is_written_with_a_copy_as_latest(builder: Builder, tmp_path: Path) -> None:
    run_id = builder.run()
    builder.report(run_id)

    path = write_report(builder.engine, run_id, tmp_path / "reports", archive_dir=builder.archive_dir)

    assert re.fullmatch(rf"\d{{8}}-\d{{6}}-{run_id[:8]}\.html", path.name)
    latest = path.with_name("latest.html")
    assert latest.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([path.name, "latest.html"])


def test_an_empty_run_has_a_report(builder: Builder) -> None:
    assert "没有需要读入的新内容" in page_of(builder, builder.run()).text


def test_a_run_without_new_files_shows_what_waits_and_no_false_losses(builder: Builder) -> None:
    first = builder.run()
    builder.standard(first)
    builder.finish(first)

    text = page_of(builder, builder.run(seen=4, known=4)).text

    assert "“312”没有标明单位" in text
    assert "−11" not in text


def test_excerpts_of_unusual_places(builder: Builder) -> None:
    run_id = builder.run()
    builder.report(run_id)
    builder.sheet(run_id)
    files = {f.name: f for f in load_report_data(builder.engine, run_id).files}
    report = Source(files["报告.txt"], builder.archive_dir)
    sheet = Source(files["分镇.csv"], builder.archive_dir)

    beyond = report.figures([figure(Span(10_000, 10_002), "12", "有12户")])
    assert beyond == TextExcerpt("有12户", (Mark(1, 3, True),), is_stored=True)
    for cell in ("XFD1048576", "C4"):
        found = sheet.figures([figure(CellRef("csv", cell), "400", "全县|城镇")])
        assert isinstance(found, GridExcerpt)
        assert len(found.rows) <= 16
    assert isinstance(sheet.figures([figure(CellRef("无此表", "A1"), "1", "x")]), TextExcerpt)
    assert isinstance(sheet.figures([figure(CellRef("csv", "??"), "1", "x")]), TextExcerpt)
