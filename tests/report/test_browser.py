"""The page in a real browser, offline: filters, pages, sorting, and both renderers of a card agree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.model import Finding, Period
from etl.report.write import write_report
from tests.report.conftest import Builder, observation, span

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.browser


@pytest.fixture
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield launched
        launched.close()


@pytest.fixture
def report(builder: Builder, tmp_path: Path) -> Path:
    """The four standard files, and one with 250 held figures."""
    run_id = builder.run()
    builder.standard(run_id)
    body = "".join(f"第{n}村报来{n}件。" for n in range(1000, 1250))
    rows = [
        observation(span(body, f"{n}件"), f"{n}件", label=f"第{n}村件数", unit=None, evidence=f"第{n}村报来{n}件。")
        for n in range(1000, 1250)
    ]
    findings = tuple(
        Finding("OBS-AREA" if i % 5 else "OBS-PERIOD", "quarantine", f"{r.text}存疑", r.observation_id, r.evidence, "")
        for i, r in enumerate(rows)
    )
    builder.put(run_id, "各村.txt", body, numerals=500, numerals_held=500, held=tuple(rows), findings=findings)
    doubtful_series(builder, run_id)
    builder.finish(run_id, "failed")
    return write_report(builder.engine, run_id, tmp_path / "reports", archive_dir=builder.archive_dir)


def doubtful_series(builder: Builder, run_id: str) -> None:
    """A loaded value among those of other years, and two figures of one sentence with the same warning."""
    body = "2020年410户。2021年420户。2022年4300户。2023年440户。另有17处、18处。"
    rows = [
        observation(
            span(body, f"{value}户"), f"{value}户", obs_value=Decimal(value), series_key="逐年",
            period=Period(str(2020 + i), "text"), evidence=f"{2020 + i}年{value}户。",
        )
        for i, value in enumerate((410, 420, 4300, 440))
    ]  # fmt: skip
    pair = [observation(span(body, t), t, label=t, evidence="另有17处、18处。") for t in ("17处", "18处")]
    findings = [Finding("OBS-MAGNITUDE", "warn", f"“{r.text}”少见", r.observation_id) for r in (rows[2], *pair)]
    builder.put(
        run_id, "逐年.txt", body, numerals=6, numerals_loaded=6, loaded=(*rows, *pair), findings=tuple(findings),
    )  # fmt: skip


def test_filtering_paging_sorting_offline(browser: Any, report: Path) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(offline=True)
    page = context.new_page()
    requests: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda r: requests.append(r.url))
    page.on("pageerror", lambda e: troubles.append(str(e)))
    page.on("console", lambda m: troubles.append(m.text) if m.type in {"error", "warning"} else None)
    page.goto(report.as_uri())

    held = page.locator("#held")
    cards = held.locator(".card")
    static = cards.evaluate_all("nodes => nodes.map(n => n.outerHTML)")
    assert len(static) == 100

    held.locator("[data-step='1']").click()
    assert "以下为第 101–200 条" in held.locator(".shown").inner_text()
    assert cards.count() == 100
    held.locator("[data-step='1']").click()
    assert cards.count() == 53
    held.locator(".pager input").fill("1")
    held.locator(".pager input").press("Enter")
    assert cards.evaluate_all("nodes => nodes.map(n => n.outerHTML)") == static, "browser and template draw alike"

    held.locator("select[name=rule]").select_option("OBS-PERIOD")
    expect(cards).to_have_count(50)
    assert "253 条中的 50 条" in held.locator(".shown").inner_text()
    held.locator("input[name=text]").fill("1005件")
    expect(cards).to_have_count(1)
    assert cards.locator("mark").text_content() == "1005件"
    held.locator("button[type=reset]").click()
    expect(cards).to_have_count(100)

    page.locator("#rules a[data-rule='OBS-UNIT']").click()
    expect(cards).to_have_count(1)
    page.locator("#files a[data-file]").first.click()
    expect(held.locator("select[name=file]")).not_to_have_value("")

    page.locator("#files button.sort", has_text="数字").click()
    assert page.locator("#files tbody th .name").first.inner_text() == "各村.txt"
    assert page.locator("#files th[aria-sort]").get_attribute("aria-sort") == "descending"

    assert requests == [report.as_uri()]
    assert troubles == []
    context.close()


def test_grids_and_relations_are_drawn_alike(browser: Any, report: Path) -> None:
    from playwright.sync_api import expect

    page = browser.new_page()
    page.goto(report.as_uri())
    assert page.locator("#warned .series circle.main").count() == 1
    assert page.locator("#warned .members tr").count() == 2
    for name in ("relations", "warned", "loose"):
        cards = page.locator(f"#{name} .card")
        static = cards.evaluate_all("nodes => nodes.map(n => n.outerHTML)")
        assert static
        cards.first.evaluate("node => node.classList.add('static')")
        page.locator(f"#{name} button[type=reset]").click()
        expect(page.locator(f"#{name} .card.static")).to_have_count(0)
        assert cards.evaluate_all("nodes => nodes.map(n => n.outerHTML)") == static


def test_without_scripts_the_first_page_stands(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("#held .card").count() == 100
    assert page.locator("#held noscript").count() == 1
    assert not page.locator("#held form.controls").is_visible()
    context.close()
