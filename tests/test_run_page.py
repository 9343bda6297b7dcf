"""What the page of a run says, as Prefect's two user interfaces show it."""

from pathlib import Path

from etl.ingest import FileSummary
from etl.outcome import RunSummary
from etl.run_page import markdown, report_link


def test_names_and_messages_mean_nothing_to_markdown() -> None:
    """Backslashes, which both pages of Prefect take away; numeric entities the older one shows as they are."""
    name = "a_b*c|<img src=x>[x](y).xls"
    file = FileSummary(name, "f" * 64, "failed", 0, 0, 0, 0, 0.1, "see `etl extract`")
    text = markdown(RunSummary("r", (file,), 0, (), 0, Path("var/reports/x.html")), {}, None)
    assert r"a\_b\*c\|\<img src=x\>\[x\](y).xls" in text
    assert r"see \`etl extract\`" in text
    assert "&#" not in text


def test_the_report_is_linked_where_a_web_server_shows_it() -> None:
    page = Path("var/reports/甲 1.html")
    assert report_link(page, "http://h:1/") == "[甲 1.html](http://h:1/%E7%94%B2%201.html)"
    assert report_link(page, None) == "`var/reports/甲 1.html`"
