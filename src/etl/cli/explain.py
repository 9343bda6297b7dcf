"""``etl explain``: everything that is known of one observation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etl.errors import GongbaoError, UsageError
from etl.settings import Settings, load_settings

if TYPE_CHECKING:
    from etl.warehouse.lookup import Explained

AROUND = 60
"""Characters of text shown on either side of a figure."""


def explain(
    observation_id: Annotated[
        str, typer.Argument(help="Id of a loaded, held or superseded row, or its first 6 or more digits.")
    ],
    warehouse: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the warehouse.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show where a figure stands, how it was read and by which run, which checks it met, and what else tells of it.

    \b
    etl explain 5f3a9c                  for people
    etl explain 5f3a9c --json           for machines

    Ids stand in the report, in exports, and in the tables observation, quarantine and observation_history.
    """
    from etl.warehouse.engine import connect
    from etl.warehouse.lookup import look_up

    settings = load_settings(warehouse=warehouse)
    if len(observation_id) < 6:
        raise UsageError(observation_id, "is too short for an id", next_step="Give at least its first 6 digits.")
    found = look_up(connect(settings.warehouse), observation_id)
    around = _around(settings, found)
    if as_json:
        typer.echo(json.dumps({**found.as_dict(), "around": around}, ensure_ascii=False, indent=2, default=str))
    else:
        _print(found, around)


def _around(settings: Settings, found: Explained) -> str:
    """The text on both sides of the figure, from the archived file; the stored evidence where that is gone."""
    from etl.archive import archived_path
    from etl.contract import place_of
    from etl.model import Document, Span
    from etl.read import read

    row, place = found.row, place_of(found.row)
    try:
        content = read(archived_path(row["file_sha256"], settings.archive_dir))
    except GongbaoError as e:
        return f"{row['evidence']}  [{e}]"
    if not isinstance(content, Document) or not isinstance(place, Span):
        return str(row["evidence"])
    before = content.text[max(0, place.start - AROUND) : place.start]
    after = content.text[place.end : place.end + AROUND]
    return f"…{before}【{content.text[place.start : place.end]}】{after}…".replace("\n", " ")


def _print(found: Explained, around: str) -> None:
    from rich.console import Console
    from rich.markup import escape

    out = Console(highlight=False, soft_wrap=True)
    row = found.row

    def line(name: str, value: Any) -> None:
        if value not in (None, "", [], {}):
            out.print(f"  [dim]{name:<14}[/dim] {escape(str(value))}")

    out.print(f"[bold]{row['observation_id']}[/bold]  {found.state}")
    line("source", found.file["name"])
    line(
        "place", f"{row['sheet']}!{row['cell']}" if row["cell"] else f"characters {row['char_start']}–{row['char_end']}"
    )
    line("printed", row["text"])
    line("around", around)
    line("read by", f"{found.file['reader']}, {found.file['extractor']}")
    out.print("\n[bold]reading[/bold]")
    for step in row["steps"]:
        line("", step)
    line("value", f"{row['obs_value']} {row['unit'] or '(no unit)'}  [{row['obs_low']} .. {row['obs_high']}]")
    line("kind", ", ".join(filter(None, (row["kind"], row["status"], row["time_type"], row["direction"]))))
    line("what", row["label"])
    line("indicator", row["indicator"] or "not mapped yet")
    line("where", f"{row['ref_area'] or 'no code'} {row['ref_area_name'] or ''} (by {row['area_basis'] or 'nothing'})")
    line("of whom", row["ref_entity"])
    line("when", f"{row['time_period'] or 'unknown'} (by {row['period_basis'] or 'nothing'})")
    line("breakdown", row["breakdown"])
    line("series", row["series_key"])
    out.print("\n[bold]checks[/bold]")
    for f in found.findings:
        line(f["severity"], f"{f['rule_id']}: {f['message']}  {f['suggestion']}")
    met = [c["rule_id"] for c in found.checks if c["status"] == "passed"]
    line("met", ", ".join(met))
    for r in found.relations:
        line(r["verdict"], r["arithmetic"])
    _print_lineage(found, out, line)


def _print_lineage(found: Explained, out: Any, line: Any) -> None:
    """Where it came from and when, what was decided, and which mention of the fact is its current value."""
    out.print("\n[bold]lineage[/bold]")
    line("file", found.row["file_sha256"])
    for a in found.arrivals:
        line(
            "path", a["path"] if a["is_current"] else f"{a['path']} (other content since version {a['version_until']})"
        )
    for r in found.readings:
        by = f"run {r['run_id'][:8]} of Gongbao {r['gongbao_version']} with {r['reader']}, {r['extractor']}"
        ended = f", until version {r['version_until']}: {r['ended_by']}" if r["version_until"] else ""
        value = f"{r['obs_value']} {r['unit'] or ''}".strip()
        when = f"{r['known_from']:%Y-%m-%d %H:%M}" if r["known_from"] else "?"
        line(f"version {r['version_from']}", f"{value}  {r['state']} by {r['action']}, {when}, {by}{ended}")
    for d in found.decisions:
        line("decision", f"{d['decision_id'][:10]} {d['kind']} by {d['decided_by']}: {d['reason']}")
    if len(found.mentions) < 2 and found.state == "loaded":
        return
    out.print("\n[bold]the fact[/bold]")
    for m in found.mentions:
        name = (
            "current value" if not m["why"] else "also" if m["obs_value"] == found.mentions[0]["obs_value"] else "but"
        )
        reason = f"  (outranked by {m['why']})" if m["why"] else ""
        line(name, f"{m['obs_value']} {m['unit'] or ''}  {m['observation_id'][:10]} {m['source']}{reason}")
