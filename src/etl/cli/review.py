"""``etl review``: settle what the rules held back. The functions behind it are ``etl.review``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from etl.cli.choice import Warehouse, day
from etl.errors import UsageError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from etl.review.drafts import Draft
    from etl.settings import Settings

app = typer.Typer(
    help="Settle what the rules held back: accept, correct or reject figures, with a reason that lasts.",
    epilog="The guide is docs/review.md. Start with `etl review list`, then `etl review show ID`.",
    no_args_is_help=True,
)

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID...]", help="Figures, by 6 or more digits.", show_default=False)
]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept for ever.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who decides. Default: the name you are logged in with.")]
Expires = Annotated[
    str | None, typer.Option("--expires", metavar="DATE", help="Holds through this day (UTC).", show_default=False)
]
File = Annotated[
    str | None, typer.Option("--file", help="Name or pattern: with --rule or --column.", show_default=False)
]
Rule = Annotated[str | None, typer.Option("--rule", help="All figures that it holds in --file.", show_default=False)]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of --column.", show_default=False)]
Column = Annotated[
    str | None, typer.Option("--column", metavar="LETTERS", help="All figures of a column.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Apply it without asking.")]
Token = Annotated[
    str | None, typer.Option("--token", help="Apply exactly what was shown under this token.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = 20


@app.command("list")
def list_(
    file: Annotated[str, typer.Option("--file", help="Name or pattern.")] = "*",
    rule: Annotated[str | None, typer.Option("--rule", help="A rule it does not meet.", show_default=False)] = None,
    severity: Annotated[
        str | None, typer.Option(help="quarantine, or warn: loaded figures with a finding.", show_default=False)
    ] = None,
    state: Annotated[
        str, typer.Option(help="open, accepted, corrected, rejected, fixed, lapsed (open again) or all.")
    ] = "open",
    region: Annotated[str | None, typer.Option(help="Code, its beginning, or part of a name.")] = None,
    indicator: Annotated[str | None, typer.Option(help="Code, or part of a label.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First held then or later.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 50,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits for a person.

    \b
    etl review list                                   what is open
    etl review list --rule OBS-UNIT --file '*.xls'
    etl review list --region 4205 --since 2025-01-01
    etl review list --state lapsed                    open again: a decision no longer fits
    etl review list --severity warn                   loaded, with a finding
    """
    from etl.cli import review_terminal as terminal
    from etl.review.listing import Filter, items

    first = day("--since", since)
    at = datetime.combine(first, time(), UTC) if first else None
    chosen = Filter(file, rule, severity, state, region, indicator, at)
    found, total = items(_engine(warehouse)[1], chosen, limit)
    if as_json:
        terminal.as_json({"total": total, "items": found})
    else:
        terminal.show_list(found, total)


@app.command("show")
def show(
    observation_id: Annotated[str, typer.Argument(metavar="ID", help="A figure, by 6 or more digits.")],
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Show one figure: where it stands, which rules hold it and why, what was decided about it.

    \b
    etl review show 19b6aa5752
    etl explain 19b6aa5752          how it was read, step by step
    """
    from etl.cli import review_terminal as terminal
    from etl.review.listing import show as show_one

    item, entries = show_one(_engine(warehouse)[1], observation_id)
    if as_json:
        terminal.as_json({"item": item, "decisions": entries})
    else:
        terminal.show_item(item, entries)


def _settling(kind: Literal["accept", "reject"]) -> Callable[..., int]:
    """The command that settles figures as they were read."""

    def command(
        ids: Ids = None,
        why: Why = "",
        file: File = None,
        rule: Rule = None,
        sheet: Sheet = None,
        column: Column = None,
        expires: Expires = None,
        by: By = "",
        yes: Yes = False,
        token: Token = None,
        warehouse: Warehouse = None,
        as_json: AsJson = False,
    ) -> int:
        from etl.review import drafts

        make = drafts.accept if kind == "accept" else drafts.reject
        where = _where(file, rule, sheet, column)
        draft = make(ids or (), where=where, why=why, by=_by(by), expires_at=_expires(expires))
        return _decide(draft, yes, token, warehouse, as_json)

    return command


app.command(
    "accept",
    help="""Load held figures as they were read, although a rule holds them.

    \b
    etl review accept 19b6aa5752 --why "电话核实，原表无误"
    etl review accept --rule OBS-SHARE --file 'yichang*.xls' --why "企业自报口径，可超过100%"
    etl review accept 19b6aa5752 --expires 2026-06-30 --why "待年鉴核对"

    It lapses when value, unit, period, series or rule change: the figure is open again then.
    """,
)(_settling("accept"))

app.command(
    "reject",
    help="""Keep figures out of the warehouse; a loaded one is taken out again.

    \b
    etl review reject 19b6aa5752 --why "与年鉴矛盾，待发布方更正"
    etl review reject --file F.xls --column C --why "该列与年鉴矛盾"
    """,
)(_settling("reject"))


@app.command("correct")
def correct(
    ids: Ids = None,
    why: Why = "",
    value: Annotated[
        str | None, typer.Option(help="As it should have been printed: 76.5, 7.65万, 7.65万人.", show_default=False)
    ] = None,
    unit: Annotated[str | None, typer.Option(help="With its multiplier: 万人.", show_default=False)] = None,
    region: Annotated[str | None, typer.Option(help="Code, or a name that only one has.", show_default=False)] = None,
    period: Annotated[str | None, typer.Option(help="2024, 2024-06, 2024-Q1, 2021/2025.", show_default=False)] = None,
    kind: Annotated[str | None, typer.Option(help="count, share, growth …", show_default=False)] = None,
    indicator: Annotated[str | None, typer.Option(help="Code of the catalogue.", show_default=False)] = None,
    file: File = None,
    rule: Rule = None,
    sheet: Sheet = None,
    column: Column = None,
    expires: Expires = None,
    by: By = "",
    yes: Yes = False,
    token: Token = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> int:
    """Load figures with something set by you. What was printed stays; all rules run over the result first.

    \b
    etl review correct 19b6aa5752 --unit 万人 --why "表头漏印单位，见去年公报"
    etl review correct 19b6aa5752 --value 76.5 --why "小数点错位，见同表合计"
    etl review correct --file F.xls --sheet 表1 --column C --unit 万人 --why "该列单位为万人"
    """
    from etl.review.drafts import correct as draft
    from etl.review.model import Change

    change = Change(value, unit, region, period, kind, indicator)
    where = _where(file, rule, sheet, column)
    return _decide(
        draft(ids or (), change, where=where, why=why, by=_by(by), expires_at=_expires(expires)),
        yes, token, warehouse, as_json,
    )  # fmt: skip


@app.command("map")
def map_(
    what: Annotated[str, typer.Argument(metavar="unit|column|region|label", help="What is printed.")],
    printed: Annotated[str, typer.Argument(help="Exactly as printed.")],
    to: Annotated[str, typer.Argument(help="A unit, the code of a region, or of an indicator.")],
    why: Why = "",
    file: Annotated[str, typer.Option("--file", help="Only in files of this name or pattern.")] = "*",
    expires: Expires = None,
    by: By = "",
    yes: Yes = False,
    token: Token = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> int:
    """Say what a printed unit, place or label means: for every figure the tables don't settle, now and later.

    \b
    etl review map unit 人份 份 --why "制表习惯"
    etl review map column 参训规模 万人 --file '*培训*' --why "该列从不标单位，见填表说明"
    etl review map region 高新区 420506 --file 'yichang*' --why "指宜昌高新区，由夷陵区统计"
    etl review map label 困难职工帮扶 HARDSHIP_WORKERS --why "口径一致"

    `column` speaks of figures that state no unit, by the heading of their column or row.
    To change the tables for everybody instead, see `etl reference`.
    """
    from etl.review.drafts import mapping

    draft = mapping(what, printed, to, files=file, why=why, by=_by(by), expires_at=_expires(expires))
    return _decide(draft, yes, token, warehouse, as_json)


@app.command("undo")
def undo(
    decision_id: Annotated[str, typer.Argument(metavar="DECISION", help="A decision, by 6 or more digits.")],
    why: Why = "",
    by: By = "",
    yes: Yes = False,
    token: Token = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> int:
    """Take a decision back: its figures are what the rules alone say. An undo can be undone.

    \b
    etl review history
    etl review undo 5c01e7 --why "发布方已更正"
    """
    from etl.review.drafts import undo as draft

    return _decide(draft(decision_id, why=why, by=_by(by)), yes, token, warehouse, as_json)


@app.command("history")
def history(
    decision_id: Annotated[
        str | None, typer.Argument(metavar="[DECISION]", help="Only this one, with all its figures.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Of one person.")] = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Show the log of decisions: who, when, why, what, and whether it stands.

    \b
    etl review history
    etl review history 5c01e7
    """
    from etl.cli import review_terminal as terminal
    from etl.review.listing import history as log

    entries = log(_engine(warehouse)[1], decision_id, by=by)
    if as_json:
        terminal.as_json(entries)
    else:
        terminal.show_history(entries, in_full=decision_id is not None)


@app.command("export")
def export(
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="YAML file; without it, standard output.")
    ] = None,
    warehouse: Warehouse = None,
) -> None:
    """Write all decisions as YAML: for a pull request, or for another warehouse.

    \b
    etl review export decisions.yaml
    """
    from etl.review.exchange import export as as_yaml

    text = as_yaml(_engine(warehouse)[1])
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as e:
        raise UsageError(str(path), f"can't be written ({e.strerror})") from None


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="As `etl review export` writes it.")],
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> int:
    """Replay decisions of a YAML file. Known ones are skipped; those that contradict a standing one are left out.

    \b
    etl review import decisions.yaml

    Exit code 1 when any was left out.
    """
    from etl.check.suites import load_suites
    from etl.cli import review_terminal as terminal
    from etl.review.exchange import import_ as replayed
    from etl.review.exchange import parse

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise UsageError(str(path), f"can't be read ({getattr(e, 'strerror', None) or e})") from None
    decisions = parse(text, str(path))
    settings, engine = _engine(warehouse)
    done = replayed(engine, decisions, load_suites(settings.suites_dir))
    if as_json:
        terminal.as_json(done)
    else:
        for one in done:
            typer.echo(f"{one.decision_id[:10]}  {one.outcome}  {one.message}")
    return 1 if any(one.outcome == "conflict" for one in done) else 0


def _by(given: str) -> str:
    import getpass

    return given or getpass.getuser()


def _expires(given: str | None) -> datetime | None:
    """The end of that day."""
    last: date | None = day("--expires", given)
    return datetime.combine(last + timedelta(days=1), time(), UTC) if last else None


def _where(file: str | None, rule: str | None, sheet: str | None, column: str | None) -> Any:
    from etl.review.drafts import Where

    if file is None:
        if rule or column or sheet:
            raise UsageError("--rule, --sheet, --column", "need --file", next_step="--file '*' is every file.")
        return None
    return Where(file, rule, sheet, column)


def _engine(warehouse: str | None) -> tuple[Settings, sa.Engine]:
    from etl.settings import load_settings
    from etl.warehouse.engine import connect, upgrade

    settings = load_settings(warehouse=warehouse)
    engine = connect(settings.warehouse)
    upgrade(engine, create=False)
    return settings, engine


def _decide(draft: Draft, yes: bool, token: str | None, warehouse: str | None, as_json: bool) -> int:
    """Show it; apply it with --yes, with its token, or after a yes on the terminal."""
    from etl.check.suites import load_suites
    from etl.cli import review_terminal as terminal
    from etl.review.decide import apply, preview

    settings, engine = _engine(warehouse)
    suites = load_suites(settings.suites_dir)
    if token is None:
        shown = preview(engine, draft, suites)
        if as_json and not yes:
            terminal.as_json(shown)
            return 0
        if not as_json:
            terminal.show_preview(shown)
        if not yes:
            if not (sys.stdin.isatty() and sys.stdout.isatty()):
                typer.echo(
                    f"Nothing was written. Apply it with --yes, or just this with --token {shown.token}", err=True
                )
                return 0
            typer.confirm("Apply it?", abort=True)
        token = shown.token
    decision = apply(engine, draft, suites, token=token)
    if as_json:
        terminal.as_json(decision)
    else:
        typer.echo(
            f"decision {decision.decision_id} written; `etl review undo {decision.decision_id[:8]}` takes it back"
        )
    return 0
