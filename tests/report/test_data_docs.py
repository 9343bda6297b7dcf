"""Great Expectations' pages must be readable where there is no network, and hold nothing that a browser would run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.check.suites import load_suites
from etl.errors import UsageError
from etl.report.data_docs import write_data_docs
from etl.report.queries import load_report_data
from etl.settings import load_settings
from tests.report.conftest import Builder, observation, span


def test_pages_of_all_suites_are_offline(builder: Builder, tmp_path: Path) -> None:
    run_id = builder.run()
    builder.report(run_id)
    body = "<script>alert(1)</script>有12户。"
    row = observation(span(body, "12户"), "12户", unit=None, label=body, evidence=body, series_key="x")
    builder.put(run_id, "甲.txt", body, numerals=2, numerals_loaded=1, numerals_ignored=1, loaded=(row,))
    suites = load_suites(load_settings().suites_dir)

    index = write_data_docs(builder.engine, load_report_data(builder.engine, run_id), suites, tmp_path / "docs")

    pages = {p.name: p.read_text(encoding="utf-8") for p in index.parent.iterdir()}
    assert set(pages) == {"index.html", *(f"{s.name}.html" for s in suites)}
    assert all(name in pages["index.html"] for name in pages if name != "index.html")
    shown = pages[f"{next(s.name for s in suites if s.frame == 'observation')}.html"]
    assert "OBS-UNIT" in shown
    assert "不合格" in shown
    for page in pages.values():
        assert not re.search(r"<(script|link|img|iframe|form|input|button)\b", page)
        assert not re.search(r"""(https?:)?//[a-z]|\son[a-z]+=|javascript:""", page.split("</style>")[1])
        assert "default-src 'none'" in page


def test_a_folder_that_cannot_be_written(builder: Builder, tmp_path: Path) -> None:
    run_id = builder.run()
    builder.report(run_id)
    (tmp_path / "file").write_text("x")
    data = load_report_data(builder.engine, run_id)
    with pytest.raises(UsageError, match="can't be written"):
        write_data_docs(builder.engine, data, (), tmp_path / "file")
