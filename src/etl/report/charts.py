"""Small charts as inline SVG: no script, no style of their own, readable in print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from etl.report import wording
from etl.report.data import FigureRow, RuleLine, RulePoint, SeriesPoint
from etl.report.series import shape, year_of

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


WIDTH, TALL, EDGE = 260, 64, 6
"""Size of the chart of a series, and the space around its points."""
POINTS = 60
"""Points of a longer series, around the doubtful one."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A series as drawn: coordinates in units of the SVG."""

    line: str
    """Points of the polyline."""
    dots: tuple[tuple[str, str], ...]
    """(x, y) of the values that nobody doubts."""
    doubtful: tuple[tuple[str, str], ...]
    told: str
    """All values, for those who can't see the drawing or want to know exactly."""
    caption: str


def series_chart(series: Sequence[SeriesPoint], rows: Sequence[FigureRow]) -> Chart | None:
    """The values of one series over time with the rows' own marked; None without two others to compare with.

    Only periods of the kind of the row's own: a month is no point among years.
    """
    row = rows[0]
    if row.time_period is None or any(r.series_key != row.series_key for r in rows):
        return None
    ours = {r.observation_id for r in rows}
    kind = shape(row.time_period)
    points = [(x, p) for p in series if shape(p.period) == kind and (x := year_of(p.period)) is not None]
    others = {x for x, p in points if p.observation_id not in ours}
    if len(others) < 2 or not any(p.observation_id in ours for _, p in points):
        return None
    if len(points) > POINTS:
        middle = next(i for i, (_, p) in enumerate(points) if p.observation_id in ours)
        start = max(0, min(middle - POINTS // 2, len(points) - POINTS))
        points = points[start : start + POINTS]
    values = [float(p.value) for _, p in points]
    left, right, low, high = points[0][0], points[-1][0], min(values), max(values)
    low = min(low, 0.0) if low < 0.5 * high else low - 0.1 * (high - low)
    placed = [
        (
            f"{EDGE + (WIDTH - 2 * EDGE) * (x - left) / ((right - left) or 1):.1f}",
            f"{TALL - EDGE - (TALL - 2 * EDGE) * (value - low) / ((high - low) or 1):.1f}",
        )
        for (x, _), value in zip(points, values, strict=True)
    ]
    is_ours = [p.observation_id in ours for _, p in points]
    return Chart(
        line=" ".join(f"{x},{y}" for x, y in placed),
        dots=tuple(at for at, own in zip(placed, is_ours, strict=True) if not own),
        doubtful=tuple(at for at, own in zip(placed, is_ours, strict=True) if own),
        told="；".join(f"{p.period}：{wording.number(p.value)}{'（待核）' if p.is_held else ''}" for _, p in points),
        caption=_caption([p for _, p in points], is_ours),
    )


def _caption(points: Sequence[SeriesPoint], is_ours: Sequence[bool]) -> str:
    """``2022：420 → 2023：8,820 → 2024：431``: the doubtful value between its neighbours."""
    first, last = is_ours.index(True), len(is_ours) - 1 - list(reversed(is_ours)).index(True)
    shown = points[max(0, first - 1) : min(len(points), last + 2)]
    if len(shown) > 6:
        shown = [*shown[:3], *shown[-2:]]
    unit = f"（共 {len(points)} 期）"
    return "同一指标：" + " → ".join(f"{p.period}：{wording.number(p.value)}" for p in shown) + unit
