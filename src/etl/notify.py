"""Tell the operator, by the services that Apprise knows (e-mail, webhooks, chats), what needs a person.

A notification that can't be sent never costs a run anything: it is logged, without the secrets in its address.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl.errors import GongbaoError
from etl.outcome import CriticalFinding, RunSummary, grouped
from etl.run_page import report_address
from etl.settings import Settings

if TYPE_CHECKING:
    from etl.recheck import Rechecked

log = logging.getLogger("etl.notify")

MAX_LINES = 10
"""Files and findings named in a message; the report has them all."""
MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: a title of one line and a plain text."""

    title: str
    body: str


def of_run(flow_name: str, run: RunSummary, reports_url: str | None = None) -> Message | None:
    """Files that were blocked or failed, and critical findings that are new. None: nobody needs to be told.

    ``reports_url``: where a web server shows the reports; else the message names the file.
    """
    bad = [f"{f.name}：{f.error or f.status}" for f in run.files if f.status != "loaded"]
    bad += list(run.problems) if run.unreadable else []
    new = [f"{file}：[{rule}] {n} 条，如：{example}" for file, rule, n, example in grouped(run.new_critical)]
    if not bad and not new:
        return None
    told = [f"{len(bad)} 个文件未能入库"] if bad else []
    told += [f"{len(run.new_critical)} 个新的严重问题"] if new else []
    lists = {"未能入库": bad, "新的严重问题": new}
    return _message(
        flow_name, "，".join(told), lists, f"审阅报告：{report_address(run.report, reports_url)}\n运行：{run.run_id}"
    )


def of_recheck(
    files: Sequence[Rechecked], news: Sequence[CriticalFinding], page: Path, reports_url: str | None = None
) -> Message | None:
    """Files that could not be checked, and rows held by rules that are new or changed."""
    bad = [f"{f.name}：{f.error}" for f in files if f.error]
    new = [f"{file}：[{rule}] {n} 条，如：{example}" for file, rule, n, example in grouped(news)]
    if not bad and not new:
        return None
    told = [f"{len(bad)} 个文件未能复核"] if bad else []
    told += [f"{len(news)} 个新的严重问题"] if new else []
    end = f"审阅报告：{report_address(page, reports_url)}"
    return _message("recheck", "，".join(told), {"未能复核": bad, "新的严重问题": new}, end)


def of_failure(flow_name: str, error: BaseException) -> Message:
    """A flow that broke off."""
    text = str(error) if isinstance(error, GongbaoError) else f"{type(error).__name__}: {error}"
    return Message(f"[gongbao] {flow_name}：运行中断", _short(text) or type(error).__name__)


def of_crash(flow_name: str, run: str, why: str, page: str) -> Message:
    """A run whose process was killed."""
    lines = [f"运行：{run}", f"原因：{why or '进程已不在'}", "已入库的保持不变；再运行一次即可继续。", page]
    return Message(f"[gongbao] {flow_name}：运行崩溃", "\n".join(_short(line) for line in lines if line))


def tell(settings: Settings, message: Message | None) -> None:
    """Send a message to all addresses of the setting ``notify``. Never raises."""
    if message is None or settings.notify is None:
        return
    try:
        _send(settings.notify.get_secret_value(), message)
    except Exception as e:  # whatever a service or its library does, the run has been recorded and goes on
        log.warning("notification %r could not be sent: %s", message.title, type(e).__name__)


def _send(addresses: str, message: Message) -> None:
    from apprise import Apprise, NotifyFormat, NotifyType
    from apprise.utils.parse import parse_urls

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its messages may name addresses; ours say what matters
    for number, address in enumerate(parse_urls(addresses) or [addresses], 1):  # type: ignore[no-untyped-call]
        service = Apprise.instantiate(address, suppress_exceptions=True)
        if service is None:
            log.warning(
                "notify: address %d is none that Apprise knows (it begins with %.8r)", number, address.split(":")[0]
            )
            continue
        sent = Apprise([service]).notify(
            title=message.title, body=message.body, body_format=NotifyFormat.TEXT, notify_type=NotifyType.FAILURE
        )
        if not sent:
            log.warning("notify: %s did not take the message %r", service.url(privacy=True), message.title)  # type: ignore[no-untyped-call]


def _message(flow_name: str, told: str, lists: Mapping[str, Sequence[str]], end: str) -> Message:
    parts = [f"{title}：\n{_listed(lines)}" for title, lines in lists.items() if lines]
    return Message(f"[gongbao] {flow_name}：{told}", "\n\n".join([*parts, end]))


def _listed(lines: Sequence[str]) -> str:
    shown = [f"- {_short(' '.join(line.split()))}" for line in lines[:MAX_LINES]]
    if rest := len(lines) - len(shown):
        shown.append(f"- ……另有 {rest} 条")
    return "\n".join(shown)


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
