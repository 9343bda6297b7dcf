"""What the rules look at: one pandas frame of observations and one of relations, for a batch of files."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from etl.check.reconcile import Evaluated, suspects
from etl.extract.confidence import ENOUGH
from etl.model import Observation
from etl.normalise.magnitudes import judge
from etl.normalise.regions import load_regions

if TYPE_CHECKING:
    import pandas as pd


class ObservationRow(NamedTuple):
    """One observation as the rules see it. Yes and no are 1 and 0: conditions of GX take no booleans."""

    observation_id: str
    file_sha256: str
    place: str
    text: str
    obs_value: float
    unit: str | None
    unit_measure: str | None
    qualifier: str
    obs_low: float | None
    obs_high: float | None
    kind: str
    direction: str | None
    status: str
    time_type: str
    ref_area: str | None
    ref_area_name: str | None
    ref_entity: str | None
    area: str | None
    """Code, or the name of a place that has none."""
    area_printed: str
    area_is_unresolved: int
    area_is_known: int | None
    area_candidates: str
    time_period: str | None
    label: str | None
    indicator: str | None
    indicator_low: float | None
    indicator_high: float | None
    magnitude: float | None
    """1 inside the catalogue's bounds for the level of the place, 0 outside, None where it states none."""
    magnitude_suggestion: str
    """The one other reading that would be plausible; else what to do."""
    series_key: str
    evidence: str
    fact_values: int | None
    """Values told for this fact in this file; 1 when they agree, None when it is told once."""
    layout_is_unsure: int
    """1 where the roles of its table are less sure than ``extract.confidence.ENOUGH``."""
    layout: str
    """How the table was read and how sure that is; empty where it is sure."""
    is_suspect: int
    suspect_arithmetic: str


class RelationRow(NamedTuple):
    """One relation; the verdict of an undecidable one is None, so that no rule counts it."""

    relation_id: str
    file_sha256: str
    kind: str
    verdict: str | None
    arithmetic: str


Row = ObservationRow | RelationRow


@dataclass(frozen=True, slots=True)
class FileRows:
    """What one file brings to the gate."""

    sha256: str
    observations: tuple[Observation, ...]
    evaluated: tuple[Evaluated, ...]


def observation_rows(files: Iterable[FileRows]) -> list[ObservationRow]:
    """One row per observation, in the order of the files."""
    rows: list[ObservationRow] = []
    for file in files:
        conflicts = _conflicting_facts(file.observations)
        accused = suspects(file.evaluated)
        rows.extend(_observation_row(file.sha256, o, conflicts, accused) for o in file.observations)
    return rows


def relation_rows(files: Iterable[FileRows]) -> list[RelationRow]:
    """One row per relation, in the order of the files."""
    return [
        RelationRow(
            relation_id=f"{file.sha256}:{number}",
            file_sha256=file.sha256,
            kind=e.relation.kind,
            verdict=None if e.verdict == "undecidable" else e.verdict,
            arithmetic=e.arithmetic,
        )
        for file in files
        for number, e in enumerate(file.evaluated)
    ]


NUMERIC = ("obs_value", "obs_low", "obs_high", "indicator_low", "indicator_high", "magnitude", "fact_values")


def to_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """A frame whose unnamed index holds the row ids: Great Expectations then returns all failing ids, quickly."""
    import pandas as pd

    df = pd.DataFrame(rows, columns=list(rows[0]._fields))
    for column in NUMERIC:
        if column in df:
            df[column] = pd.to_numeric(df[column])
    df.index = pd.Index(df.iloc[:, 0].array)
    return df


def _observation_row(
    sha256: str, o: Observation, conflicts: dict[str, int], accused: dict[str, Evaluated]
) -> ObservationRow:
    size = judge(o)
    suspect = accused.get(o.observation_id)
    return ObservationRow(
        observation_id=o.observation_id,
        file_sha256=sha256,
        place=str(o.place),
        text=o.text.strip(),
        obs_value=float(o.obs_value),
        unit=o.unit,
        unit_measure=o.unit_measure,
        qualifier=o.qualifier,
        obs_low=_number(o.obs_low),
        obs_high=_number(o.obs_high),
        kind=o.kind,
        direction=o.direction,
        status=o.status,
        time_type=o.period.time_type,
        ref_area=o.area.code,
        ref_area_name=o.area.name,
        ref_entity=o.area.entity,
        area=o.area.code or o.area.name,
        area_printed=o.area.printed or o.area.name or "",
        area_is_unresolved=int(o.area.unresolved),
        area_is_known=None if o.area.code is None else int(load_regions().get(o.area.code) is not None),
        area_candidates=_candidates(o) if o.area.unresolved else "",
        time_period=o.period.iso,
        label=o.label or None,
        indicator=o.indicator,
        indicator_low=_number(size.low),
        indicator_high=_number(size.high),
        magnitude=None if size.inside is None else float(size.inside),
        magnitude_suggestion=size.suggestion or "对照原件核对单位和数位",
        series_key=o.series_key,
        evidence=o.evidence,
        fact_values=conflicts.get(_fact_key(o)),
        layout_is_unsure=int(o.confidence < ENOUGH),
        layout=_layout(o) if o.confidence < ENOUGH else "",
        is_suspect=int(suspect is not None),
        suspect_arithmetic=suspect.arithmetic if suspect else "",
    )


def _layout(o: Observation) -> str:
    """What was inferred of the table, as the steps tell it."""
    told = list(itertools.takewhile(lambda step: not step.startswith("confidence "), o.steps))
    return f"{'；'.join(told)}；置信度 {o.confidence:g}，入库须达 {ENOUGH:g}"


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _candidates(o: Observation) -> str:
    ranked = "；".join(f"{c.name}（{c.code}）" for c in o.area.candidates[:5])
    return f"候选：{ranked}" if ranked else "核对地名，或在区划别名表中增加一行"


def _fact_key(o: Observation) -> str:
    return f"{o.series_key} {o.period.iso}"


def _conflicting_facts(observations: Sequence[Observation]) -> dict[str, int]:
    """Fact key → number of distinct values, for facts told more than once; 1 when all their intervals meet."""
    by_fact: dict[str, list[Observation]] = defaultdict(list)
    for o in observations:
        if o.period.iso is not None:
            by_fact[_fact_key(o)].append(o)
    result: dict[str, int] = {}
    for key, told in by_fact.items():
        if len(told) < 2:
            continue
        lows = [o.obs_low for o in told if o.obs_low is not None]
        highs = [o.obs_high for o in told if o.obs_high is not None]
        agree = not lows or not highs or max(lows) <= min(highs)
        result[key] = 1 if agree else len({o.obs_value for o in told})
    return result
