"""Hand-made values of the stage types, with the least a test has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from etl.model import Area, Observation, Period, RawFigure, SourceFile, Span
from etl.normalise.observe import observe

SHA = "a" * 64


def figure(number: str = "72", unit: str | None = "人", *, at: int = 0, **changes: Any) -> RawFigure:
    """A count of 江西省 in 2024; ``changes`` are fields of RawFigure. ``at`` keeps places apart."""
    text = changes.pop("text", f"{number}{unit or ''}")
    base = RawFigure(
        place=Span(at, at + len(text)),
        text=text,
        number=Decimal(number),
        multiplier=0,
        decimals=len(number.partition(".")[2]),
        unit=unit,
        kind="count",
        label=f"第{at}个指标",
        evidence=f"句子里有{text}。",
        area=Area("360000", "江西省", basis="text"),
        period=Period("2024", basis="text"),
    )
    return replace(base, **changes)


def observed(*figures: RawFigure, sha256: str = SHA) -> tuple[Observation, ...]:
    """Figures as observations of one file."""
    from pathlib import Path

    source = SourceFile(Path("a.txt"), "a.txt", sha256, 1)
    return tuple(observe(source, f) for f in figures)


def spans(figures: Sequence[RawFigure]) -> list[Span]:
    return [f.place for f in figures if isinstance(f.place, Span)]
