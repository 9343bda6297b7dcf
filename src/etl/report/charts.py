"""Small charts as inline SVG: no script, no style of their own, readable in print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from etl.report import wording
from etl.report.data import RuleLine, RulePoint

STEP, BAR, HEIGHT = 8, 6, 18
"""Width of a bar with and without its gap, and the height of the tallest, in units of the SVG."""

Measure = Callable[[RulePoint], float | None]


def coverage(point: RulePoint) -> float | None:
    """Share of the rows a rule speaks about that it could decide on."""
    return point.evaluated / point.candidates if point.candidates else None


def failing(point: RulePoint) -> float | None:
    """Share of the rows it decided on that do not meet it."""
    return point.failed / point.evaluated if point.evaluated else None


def evaluated(point: RulePoint) -> float | None:
    return float(point.evaluated)


def history(rule: RuleLine, name: str) -> Markup:
    """A bar per run for one measure of a rule: ``failing``, ``coverage`` or ``evaluated``; this run is darker.

    Shares of coverage are drawn against 100 %, the others against the greatest of their values. A run in which the
    measure says nothing leaves a gap. Nothing for a rule with fewer than two runs, or
    without a row in any.
    """
    measure, top, shown = _MEASURES[name]
    values = [measure(p) for p in rule.history]
    if len(values) < 2 or not any(p.candidates for p in rule.history):
        return Markup("")
    told = "；".join(
        f"{wording.moment(p.started_at)[:16]} {shown(v)}" for p, v in zip(rule.history, values, strict=True)
    )
    return _bars(values, top, name, told)


def _bars(values: Sequence[float | None], top: float | None, kind: str, told: str) -> Markup:
    full = top or max((v for v in values if v is not None), default=0) or 1
    bars = Markup("").join(
        Markup('<rect class="{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
            "last" if i == len(values) - 1 else "past", i * STEP, HEIGHT - height, BAR, height
        )
        for i, v in enumerate(values)
        if v is not None and (height := max((HEIGHT - 2) * v / full, 1))
    )
    width = len(values) * STEP - (STEP - BAR)
    return Markup(
        '<svg class="spark {3}" width="{0}" height="{4}" viewBox="0 0 {0} {4}" role="img" aria-label="{1}">'
        '<title>{1}</title><line x1="0" x2="{0}" y1="{5}" y2="{5}"/>{2}</svg>'
    ).format(width, told, bars, kind, HEIGHT + 1, HEIGHT + 0.5)


_MEASURES: dict[str, tuple[Measure, float | None, Callable[[float | None], str]]] = {
    "failing": (failing, None, wording.percent),
    "coverage": (coverage, 1.0, wording.percent),
    "evaluated": (evaluated, None, lambda v: wording.number(v, 0)),
}
