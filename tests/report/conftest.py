"""A small warehouse, written by hand: a report, a sheet, an unreadable file and a blocked one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl.archive import archive
from etl.check.gate import FileVerdict, RuleResult
from etl.check.reconcile import Evaluated
from etl.model import (
    Area,
    CellRef,
    Finding,
    Ignored,
    ManifestEntry,
    Observation,
    Period,
    Place,
    Relation,
    RelationMembers,
    Span,
)
from etl.read import read
from etl.report.data import FigureRow
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.load import FileRecord, finish_run, load_file, start_run

REPORT = (
    "柳河县社会救助工作情况\n"
    "2024年，全县共有困难职工1200户。其中签订协议的54家，占应签65家的90%，比上年多出不少。"
    "发放物资折合3000余份，按标准核定。\n"
    "各镇另有帮扶点312，未注明计量单位。\n"
)
SHEET = (
    "柳河县分镇户籍情况,,,\n单位：户,,,\n地区,总户数,城镇,乡村\n全县,900,400,500\n东镇,300,150,150\n西镇,500,250,250\n"
)


def observation(place: Place, text: str, **changes: Any) -> Observation:
    """A plausible observation of 2024 in 柳河县, changed where a test needs it."""
    o = Observation(
        observation_id=hashlib.sha256(repr((place, text, changes.get("source"))).encode()).hexdigest()[:24],
        source="报告.txt",
        place=place,
        text=text,
        obs_value=Decimal(1),
        unit="户",
        unit_measure="HH",
        printed_mult=0,
        printed_decimals=0,
        qualifier="eq",
        obs_low=None,
        obs_high=None,
        kind="count",
        direction=None,
        status="observed",
        area=Area("220524", "柳河县", basis="title"),
        period=Period("2024", "text", "2024年"),
        label="困难职工户数",
        breakdown={},
        indicator=None,
        series_key=changes.get("label", "困难职工户数")[:24],
        evidence="",
        obs_status="A",
        steps=(),
    )
    return replace(o, **changes)


def figure(place: Place, text: str, evidence: str = "", **changes: Any) -> FigureRow:
    """A row as the report reads it."""
    row = FigureRow(
        observation_id=hashlib.sha256(repr((place, text)).encode()).hexdigest()[:24],
        file_sha256="f" * 64,
        place=place,
        text=text,
        obs_value=Decimal(1),
        unit="户",
        obs_low=None,
        obs_high=None,
        kind="count",
        qualifier="eq",
        status="observed",
        ref_area="220524",
        ref_area_name="柳河县",
        ref_entity=None,
        time_period="2024",
        label="户数",
        indicator=None,
        series_key="户数",
        evidence=evidence,
    )
    return replace(row, **changes)


def span(text: str, part: str) -> Span:
    at = text.index(part)
    return Span(at, at + len(part))


def checked(rule: str, severity: Any, candidates: int, evaluated: int, failed: int) -> RuleResult:
    status: Any = "failed" if failed else "passed" if candidates else "not_applicable"
    return RuleResult(rule, "v1", severity, status, candidates, evaluated, failed)


class Builder:
    """Writes files into a warehouse and an archive as the pipeline would."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.archive_dir = folder / "archive"
        self.engine: sa.Engine = connect(url or f"sqlite:///{folder}/warehouse.db")
        upgrade(self.engine)

    def run(self, **arguments: Any) -> str:
        return start_run(
            self.engine,
            {},
            seen=arguments.get("seen", 0),
            known=arguments.get("known", 0),
            problems=arguments.get("problems", []),
        )

    def finish(self, run_id: str, status: str = "completed") -> None:
        finish_run(self.engine, run_id, status=status)

    def put(self, run_id: str, name: str, content: str | bytes, **changes: Any) -> FileRecord:
        """Archive a file and load its record; offsets of the record refer to ``content``."""
        path = self.folder / "landing" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        sha256, size = archive(path, self.archive_dir)
        values: dict[str, Any] = {"status": "loaded", "seconds": 0.25, "context_key": "k"}
        if changes.get("status", "loaded") == "loaded":
            read_as = read(path)
            values |= {"format": read_as.format, "reader": read_as.reader, "extractor": "test/1"}
        record = FileRecord(sha256=sha256, name=name, path=path, size=size, **(values | changes))
        load_file(self.engine, run_id, record)
        return record

    def standard(self, run_id: str) -> None:
        """The four files."""
        self.report(run_id)
        self.sheet(run_id)
        self.put(
            run_id, "坏.docx", b"PK\x03\x04", status="failed", error_code="truncated", error="坏.docx: ends early."
        )
        self.put(
            run_id,
            "拦截.txt",
            "标识重复12户",
            status="blocked",
            error_code="blocked",
            error="拦截.txt: OBS-KEY",
            numerals=1,
            findings=(Finding("OBS-KEY", "block", "标识重复，文件结构有误", "f" * 24, "标识重复12户", ""),),
        )

    def report(self, run_id: str, text: str = REPORT) -> FileRecord:
        sentence = text[text.index("其中签订") : text.index("发放物资")]
        workers = observation(span(text, "1200户"), "1200户", obs_value=Decimal(1200), indicator="x")
        part = observation(span(text, "54家"), "54家", obs_value=Decimal(54), unit="家", evidence=sentence)
        whole = observation(span(text, "65家"), "65家", obs_value=Decimal(65), unit="家", evidence=sentence)
        share = observation(
            span(text, "90%"),
            "90%",
            obs_value=Decimal(90),
            unit="%",
            kind="share",
            label="协议签订率",
            evidence=sentence,
        )
        goods = observation(span(text, "3000余份"), "3000余份", obs_value=Decimal(3000), unit="份", qualifier="gt",
                            obs_low=Decimal(3000), obs_high=Decimal(4000), label="物资份数")  # fmt: skip
        points = observation(span(text, "312"), "312", obs_value=Decimal(312), unit=None, label="帮扶点",
                             evidence="各镇另有帮扶点312，未注明计量单位。")  # fmt: skip
        relation = Relation("share", RelationMembers(part=part.place, whole=whole.place, share=share.place))
        arithmetic = "54家 ÷ 65家 = 83.08%，应为 90%，不成立"
        return self.put(
            run_id,
            "报告.txt",
            text,
            manifest=ManifestEntry("报告.txt", "社会救助情况", "柳河县总工会", "220524", "2025-01"),
            numerals=7,
            numerals_loaded=4,
            numerals_held=2,
            numerals_ignored=1,
            loaded=(workers, part, whole, goods),
            held=(share, points),
            ignored=(Ignored(span(text, "2024"), "2024", "date"),),
            evaluated=(
                Evaluated(relation, Decimal("83.07"), Decimal("83.08"), "fails", arithmetic, (share.observation_id,)),
            ),
            findings=(
                Finding("REL-SHARE", "warn", f"比重与分子、分母不符：{arithmetic}", None, arithmetic, "逐一核对"),
                Finding("OBS-SUSPECT", "quarantine", "“90%”是唯一嫌疑", share.observation_id, sentence, "核对"),
                Finding("OBS-UNIT", "quarantine", "“312”没有标明单位", points.observation_id, points.evidence, "确认"),
                Finding("OBS-AREA", "warn", "“312”的地区存疑", points.observation_id, points.evidence, ""),
                Finding("OBS-MAGNITUDE", "warn", "“3000余份”的数量级少见", goods.observation_id, "", "核对单位"),
            ),
            verdict=FileVerdict(
                "",
                (
                    checked("OBS-UNIT", "quarantine", 6, 6, 1),
                    checked("OBS-SUSPECT", "quarantine", 6, 6, 1),
                    checked("REL-SHARE", "warn", 1, 1, 1),
                    checked("OBS-SHARE", "quarantine", 0, 0, 0),
                ),
                (),
            ),
        )

    def sheet(self, run_id: str, total: str = "900") -> FileRecord:
        content = SHEET.replace("900", total)
        cells = {c: CellRef("csv", c) for c in ("B4", "B5", "B6")}
        all_, east, west = (
            observation(
                ref, text, obs_value=Decimal(text), source=f"{total}.csv", series_key=f"s{ref.cell}", label=label
            )
            for ref, text, label in zip(
                cells.values(), (total, "300", "500"), ("全县|总户数", "东镇|总户数", "西镇|总户数"), strict=True
            )
        )
        arithmetic = f"300 + 500 = 800户，应为 {total}，不成立"
        relation = Relation("sum", RelationMembers(total=all_.place, parts=(east.place, west.place)))
        return self.put(
            run_id,
            "分镇.csv",
            content,
            numerals=3,
            numerals_loaded=2,
            numerals_held=1,
            loaded=(east, west),
            held=(all_,),
            evaluated=(Evaluated(relation, Decimal(800), Decimal(800), "fails", arithmetic, (all_.observation_id,)),),
            findings=(
                Finding("REL-SUM", "warn", f"各部分之和与合计不符：{arithmetic}", None, arithmetic, "核对合计"),
                Finding("OBS-SUSPECT", "quarantine", "合计对不上", all_.observation_id, "全县|总户数", ""),
            ),
            verdict=FileVerdict(
                "", (checked("OBS-UNIT", "quarantine", 3, 3, 0), checked("REL-SUM", "warn", 1, 1, 1)), ()
            ),
        )


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    made = Builder(tmp_path)
    yield made
    made.engine.dispose()
