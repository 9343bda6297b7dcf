"""What files contradict together, on both databases, whatever the order in which they came."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from etl.model import Area, Observation, Period
from etl.warehouse import schema
from etl.warehouse.across import reconcile_files
from etl.warehouse.load import FileRecord, load_file, start_run
from tests.make import figure, observed

NAMES = {"640000": "宁夏回族自治区", "640500": "中卫市", "640502": "沙坡头区", "640521": "中宁县", "640522": "海原县"}


def fact(sha: str, code: str, number: str, label: str = "年末常住人口", year: str = "2022", **more: Any) -> Observation:
    at = more.pop("at", 0)
    unit = more.pop("unit", "人")
    area = Area(code, NAMES[code], more.pop("entity", None), "text")
    (o,) = observed(
        figure(number, unit, at=at, label=label, area=area, period=Period(year, "text"), **more), sha256=sha
    )
    return o


def load(engine: sa.Engine, files: dict[str, list[Observation]]) -> None:
    run_id = start_run(engine, {}, seen=len(files), known=0, problems=[])
    for name, rows in files.items():
        rows = [replace(o, source=f"{name}.csv") for o in rows]
        path = Path(f"/in/{name}.csv")
        load_file(engine, run_id, FileRecord(name * 64, path.name, path, 1, "", "loaded", 0.1, loaded=tuple(rows)))


def told(engine: sa.Engine) -> list[tuple[str, str]]:
    reconcile_files(engine)
    f = schema.finding.c
    with engine.connect() as connection:
        query = sa.select(f.rule_id, f.message, f.severity).where(f.rule_id.like("ACROSS-%"))
        rows = connection.execute(query.order_by(f.rule_id, f.message)).all()
    assert {r.severity for r in rows} <= {"warn"}
    return [(r.rule_id, r.message) for r in rows]


def sha(name: str) -> str:
    return name * 64


def test_one_fact_with_two_values(warehouse: sa.Engine) -> None:
    a, b = fact(sha("a"), "640500", "1067200"), fact(sha("b"), "640500", "1076200")
    rounded = fact(sha("c"), "640521", "33.1", multiplier=4), fact(sha("d"), "640521", "331200")
    load(warehouse, {"a": [a], "b": [b], "c": [rounded[0]], "d": [rounded[1]]})
    message = "同一事实在不同文件中数值不一致：中卫市2022年年末常住人口：1067200人（a.csv） ≠ 1076200人（b.csv）"
    assert told(warehouse) == [("ACROSS-SAME", message)] * 2
    assert len(told(warehouse)) == 2  # again: replaced, not added


def test_a_part_of_another_file_and_a_district_above_its_city(warehouse: sa.Engine) -> None:
    average = fact(sha("d"), "640500", "1", "企业平均规模", at=99)
    files = {
        "a": [fact(sha("a"), "640500", "1067200"), fact(sha("a"), "640521", "9", "企业平均规模", at=99)],
        "b": [fact(sha("b"), "640500", "5200000", "城镇常住人口")],
        "c": [fact(sha("c"), "640521", "1300000")],
        "d": [fact(sha("d"), "640500", "9999999", entity="某公司"), average],
    }
    load(warehouse, files)
    city = "中卫市年末常住人口 1067200人（a.csv）"
    assert told(warehouse) == [
        ("ACROSS-PART", f"部分大于整体：中卫市2022年城镇常住人口 5200000人 > {city}"),
        ("ACROSS-REGION", f"下级区划大于上级：中宁县2022年年末常住人口 1300000人 > {city}"),
    ]


@pytest.mark.parametrize(("last", "wrong"), [("390000", False), ("490000", True), (None, False)])
def test_districts_add_up_to_their_city_when_all_are_there(warehouse: sa.Engine, last: str | None, wrong: bool) -> None:
    files = {
        "a": [fact(sha("a"), "640500", "106.7", multiplier=4)],
        "b": [fact(sha("b"), "640502", "400000"), fact(sha("b"), "640521", "277000", at=50)],
    }
    if last:
        files["c"] = [fact(sha("c"), "640522", last)]
    load(warehouse, files)
    message = "所辖区划之和与合计不符：中卫市所辖区划全部之和 1167000人，应为 中卫市2022年年末常住人口 1067000人"
    assert told(warehouse) == ([("ACROSS-REGION", message)] if wrong else [])


def test_growth_against_the_values_of_both_years(warehouse: sa.Engine) -> None:
    load(
        warehouse,
        {
            "a": [fact(sha("a"), "640500", "2000", "注册志愿者团队数", "2021", unit="个")],
            "b": [fact(sha("b"), "640500", "2300", "注册志愿者团队数", unit="个")],
            "c": [
                fact(sha("c"), "640500", "15.0", "注册志愿者团队数增长", unit="%", kind="growth"),
                fact(sha("c"), "640500", "51.0", "注册志愿者团队数比上年增长", unit="%", kind="growth", at=50),
            ],
        },
    )
    found = [m for rule, m in told(warehouse) if rule == "ACROSS-GROWTH"]
    assert found == ["增长率与前后两期数值不符：2300个 ÷ 2000个 − 1 = 15%，应为 51.0%"]


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    from etl.warehouse.engine import connect, upgrade

    rows = {
        "a": [fact(sha("a"), "640500", "1067200")],
        "b": [fact(sha("b"), "640500", "1076200")],
        "c": [fact(sha("c"), "640521", "1300000")],
    }
    results = []
    for n, order in enumerate(itertools.permutations(rows)):
        engine = connect(f"sqlite:///{tmp_path / f'{n}.db'}")
        upgrade(engine)
        for name in order:
            load(engine, {name: rows[name]})
            if n % 2:
                reconcile_files(engine)  # a recheck in between changes nothing of the end
        results.append(told(engine))
        engine.dispose()
    assert all(r == results[0] for r in results)
    assert len(results[0]) == 3
