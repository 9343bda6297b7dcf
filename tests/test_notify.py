"""Notifications against a web server and a mail server of our own: what is told, and what never happens."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl import notify
from etl.errors import WarehouseError
from etl.ingest import FileSummary
from etl.notify import Message
from etl.outcome import CriticalFinding, RunSummary
from etl.settings import Settings, describe
from tests.receiver import web_receiver

SECRET = "geheim123"


def file(name: str, status: str = "loaded", error: str | None = None) -> FileSummary:
    return FileSummary(name, "a" * 64, status, 1, 1, 0, 0, 0.1, error)


def run(*files: FileSummary, new: tuple[CriticalFinding, ...] = (), **more: Any) -> RunSummary:
    values: dict[str, Any] = {"known": 0, "problems": (), "unreadable": 0, "report": Path("var/reports/x.html")} | more
    return RunSummary("run-1", files, new_critical=new, **values)


@pytest.fixture
def web() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Address of a web server, and the JSON it was sent."""
    with web_receiver() as (port, received):
        yield f"json://user:{SECRET}@127.0.0.1:{port}", received


@pytest.fixture
def mail() -> Iterator[tuple[str, list[email.message.EmailMessage]]]:
    """Address of a mail server, and the mails it took."""
    from aiosmtpd.controller import Controller

    received: list[Any] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            return "250 OK"

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    yield f"mailto://127.0.0.1:{port}/?from=gongbao@example.org&to=reviewer@example.org", received
    controller.stop()


def tell(address: str, message: Message | None) -> None:
    notify.tell(Settings(notify=address), message)


def test_a_blocked_file_is_told_by_webhook_and_mail(
    web: tuple[str, list[dict[str, Any]]], mail: tuple[str, list[Any]]
) -> None:
    message = notify.of_run("ingest", run(file("好.txt"), file("坏.xlsx", "blocked", "规则 OBS-KEY 未能执行")))
    tell(f"{web[0]} {mail[0]}", message)
    (hook,), (letter,) = web[1], mail[1]
    assert hook["title"] == "[gongbao] ingest：1 个文件未能入库"
    assert letter["subject"] == hook["title"]
    assert letter["to"] == "reviewer@example.org"
    text = letter.get_body(("plain",)).get_content()
    for body in (hook["message"], text):
        assert "坏.xlsx：规则 OBS-KEY 未能执行" in body
        assert "好.txt" not in body
        assert "var/reports/x.html" in body


def test_a_crashed_run_is_told_with_its_name_and_page() -> None:
    message = notify.of_crash("ingest", "ingest landing · 2026-11-20 07:30", "no sign of life", "http://server/runs/1")
    assert message.title == "[gongbao] ingest：运行崩溃"
    for word in ("ingest landing · 2026-11-20 07:30", "no sign of life", "http://server/runs/1"):
        assert word in message.body


def test_new_critical_findings_are_told_in_groups() -> None:
    new = tuple(CriticalFinding("表.csv", "OBS-UNIT", f"“{n}”没有标明计量单位") for n in range(1000))
    message = notify.of_run("ingest", run(file("表.csv"), new=new))
    assert message is not None
    assert message.title == "[gongbao] ingest：1000 个新的严重问题"
    assert "表.csv：[OBS-UNIT] 1000 条" in message.body
    assert len(message.body) < 2000


def test_nobody_is_told_of_a_run_without_trouble() -> None:
    assert notify.of_run("ingest", run(file("好.txt"))) is None
    assert notify.of_run("ingest", run(file("好.txt"), problems=("manifest.csv line 3: names x",))) is None


def test_files_that_could_not_be_opened_are_told() -> None:
    message = notify.of_run("ingest", run(problems=("landing: no such folder",), unreadable=1))
    assert message is not None
    assert "landing: no such folder" in message.body


def test_a_run_that_broke_off_is_told_with_its_error() -> None:
    message = notify.of_failure("ingest", WarehouseError("db", "can't be reached", next_step="Check it."))
    assert message == Message("[gongbao] ingest：运行中断", "db: can't be reached. Check it.")
    cancelled = notify.of_failure("ingest", asyncio.CancelledError())
    assert "CancelledError" in cancelled.body


@pytest.mark.parametrize(
    "address",
    [
        f"json://user:{SECRET}@127.0.0.1:1/",
        f"nonsense://{SECRET}",
        f"mailto://me:{SECRET}@127.0.0.1:1?from=a@b.example&to=c@d.example",
        SECRET,
    ],
)
def test_what_can_not_be_sent_is_logged_without_secrets(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        tell(address, Message("title", "body"))
    assert any(r.name == "etl.notify" and r.levelname == "WARNING" for r in caplog.records)
    assert SECRET not in caplog.text


def test_a_receiver_that_refuses_costs_the_others_nothing(
    web: tuple[str, list[dict[str, Any]]], caplog: pytest.LogCaptureFixture
) -> None:
    tell(f"{web[0]}/refuse nonsense://x {web[0]}", Message("title", "body"))
    assert [m["title"] for m in web[1]] == ["title", "title"]
    assert len(caplog.records) == 2


def test_without_an_address_nothing_is_imported_or_sent() -> None:
    notify.tell(Settings(), Message("title", "body"))


def test_addresses_are_never_shown() -> None:
    settings = Settings(notify=f"json://u:{SECRET}@h/")
    assert SECRET not in repr(settings)
    assert SECRET not in str(dict(describe(settings)))


def test_where_a_web_server_shows_the_reports_the_message_links_to_it() -> None:
    message = notify.of_run("ingest", run(file("坏.xlsx", "failed", "empty")), "http://reports.example.org/")
    assert message is not None
    assert "审阅报告：http://reports.example.org/x.html" in message.body
