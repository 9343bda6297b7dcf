"""Labels to indicators."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import ReferenceDataError
from etl.normalise.indicators import CATALOGUES, IndicatorTable, load_indicators
from etl.normalise.units import load_units
from etl.reference import document, numbered_rows

TABLE = load_indicators()
LABELS = Path(__file__).parents[1] / "reference/labels.csv"


@pytest.mark.parametrize(
    ("label", "unit", "kind", "code"),
    [
        ("高技能人才", "人", "count", "HIGH_SKILLED_WORKERS"),
        ("全市高技能人才总量", "人", "count", "HIGH_SKILLED_WORKERS"),
        ("全省现有高技能人才总数", "人", "count", "HIGH_SKILLED_WORKERS"),
        ("新增高技能人才", "人", "count", "HIGH_SKILLED_NEW"),
        ("累计培养高技能人才", "人", "count", "HIGH_SKILLED_WORKERS_CUM"),
        ("高技能人才占技能人才比例", "%", "share", "HIGH_SKILLED_SHARE"),
        ("全县开展职业技能培训", "人次", "count", "TRAINING_TIMES"),
        ("各类补贴性职业技能培训人次", "人次", "count", "TRAINING_SUBSIDISED_TIMES"),
        ("发放职业技能提升补贴", "元", "money", None),
        ("发放技能提升补贴资金", "元", "money", "SKILL_UPGRADE_SUBSIDY"),
        ("产改试点企业", "家", "count", "PILOT_UNITS"),
        ("省级产改试点企业数", "家", "count", "PILOT_FIRMS_PROVINCE"),
        ("丹阳市职工总数", "人", "count", "WORKERS_TOTAL"),
        ("全国五一劳动奖章", "人", "count", "MAY_DAY_MEDALS_NATIONAL"),
        ("省五一劳动奖章", "人", "count", "MAY_DAY_MEDALS_PROVINCE"),
        ("创建劳模创新工作室", "个", "count", "STUDIOS_MODEL_WORKER"),
        ("户外劳动者服务站点", "个", "count", "SERVICE_STATIONS"),
        ("基层工会组织", "家", "count", "UNION_ORGS_FIRMS"),
        ("基层工会组织", "个", "count", "UNION_ORGS"),
        ("占地面积", "亩", "area", "SITE_AREA_MU"),
        # header paths of sheets
        ("年末常住人口", "人", "count", "POP_RESIDENT"),
        ("人口变动情况|年内出生人数", "人", "count", "BIRTHS"),
        ("居民人均可支配收入", "元/人", "ratio", "INCOME_ALL"),
        ("地区生产总值_当期", "元", "money", "GDP"),
        ("地区生产总值_累计", "元", "money", None),
        ("人口变动情况|其中|女", "人", "count", None),
        ("人口|常住人口", "人", "count", "POP_RESIDENT"),
        ("年末总人口|男", "人", "count", "POP_TOTAL_MALE"),
        ("出生|出生率", "‰", "growth", "BIRTH_RATE"),
        ("一、自然增长率", "‰", "growth", "NATURAL_GROWTH_RATE"),
        ("年末常住人口|其中|外来人口", "人", "count", "POP_RESIDENT_MIGRANT"),
        ("地区生产总值", "元", "money", "GDP"),
        ("地区生产总值增速", "%", "growth", "GDP_GROWTH"),
        ("户籍人口|18～34岁", "人", "count", "POP_REGISTERED_18_34"),
        ("户籍人口|18—34岁", "人", "count", "POP_REGISTERED_18_34"),
        ("人口密度", "人/平方公里", "ratio", "POP_DENSITY"),
        ("在岗职工平均工资", "元", "money", "WAGE_STAFF"),
        # the measure in the last clause
        ("围绕重点产业推动产教融合,组建行业产教融合共同体", "个", "count", "EDU_INDUSTRY_COMMUNITIES"),
        ("全市培育技能劳动者,高技能人才", "人", "count", "HIGH_SKILLED_WORKERS_CUM"),
        ("职工参加培训,其中职业技能培训人次", "人次", "count", None),
        # a qualifier changes the meaning
        ("女性高技能人才", "人", "count", None),
        ("高技能人才中一线职工人数", "人", "count", None),
        ("常住人口|其中|女", "人", "count", None),
        ("新增高技能人才中女性", "人", "count", None),
        ("技能人才增长", "%", "growth", None),
        ("地区生产总值", "%", "growth", None),
        ("常住人口", "户", "count", None),
        ("参加活动的来宾", "人", "count", None),
        ("", "人", "count", None),
    ],
)
def test_maps(label: str, unit: str, kind: str, code: str | None) -> None:
    assert TABLE.map_label(label, unit=unit, kind=kind).code == code


def judged(labels: Iterable[tuple[str, str | None, str, str]]) -> tuple[Counter[str], list[str]]:
    """right, wrong, missed and rightly open, with the labels that went wrong."""
    counts: Counter[str] = Counter()
    wrong = []
    for label, unit, kind, code in labels:
        got = TABLE.map_label(label, unit=unit, kind=kind).code or ""
        verdict = "right" if got == code != "" else "open" if got == code else "wrong" if got else "missed"
        counts[verdict] += 1
        wrong += [f"{label}: {got}, not {code or 'mapped'}"] if verdict == "wrong" else []
    return counts, wrong


def test_labels_labelled_by_hand() -> None:
    rows = [r for _, r in numbered_rows(LABELS)]
    counts, wrong = judged((r["label"], r["unit"], r["kind"], r["code"]) for r in rows)
    print(counts)
    assert counts.total() >= 150
    assert counts["right"] / (counts["right"] + counts["wrong"]) >= 0.97, wrong
    assert counts["right"] / (counts["right"] + counts["missed"] + counts["wrong"]) >= 0.85


def test_labels_name_known_indicators() -> None:
    assert {r["code"] for _, r in numbered_rows(LABELS)} - {""} <= TABLE.by_code.keys()


def test_share_of_the_gold_labels_that_is_mapped(shared: Path) -> None:
    """What nobody has mapped yet stays open; the share is printed (pytest -s) and must not fall to nothing."""
    kinds = {"target": "count", "standard": "money"}
    facts = [
        json.loads(line)
        for path in sorted((shared / "gold/reports").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    reports = Counter(
        TABLE.map_label(f["label"], unit=f["unit"], kind=kinds.get(f["kind"], f["kind"])).rule
        for f in facts
        if f["type"] == "fact"
    )
    print("reports", reports)
    assert reports.total() - reports["none"] - reports["kind"] - reports["ambiguous"] >= 0.2 * reports.total()


@pytest.mark.parametrize(
    ("label", "unit", "kind", "code"),
    [
        # the object of a verb, whatever stands before it
        ("依托产业园区建成党群服务阵地", "个", "count", "PARTY_SERVICE_SITES"),
        ("在一线职工中评选市五一劳动奖章", "人", "count", None),
        ("首批命名技能大师工作室", "个", "count", None),
        # 其中 and header paths, where the one is a part of the other
        ("技能人才总量,其中高技能人才", "人", "count", "HIGH_SKILLED_WORKERS"),
        ("新增会员,其中农民工", "人", "count", None),
        ("一般公共预算支出|教育支出", "元", "money", "EXP_EDUCATION"),
        # shares and growth in all their forms
        ("高技能人才占技能人才总量的比重", "%", "share", "HIGH_SKILLED_SHARE"),
        ("技能人才中高技能人才占比", "%", "share", "HIGH_SKILLED_SHARE"),
        ("技能人才占高技能人才比重", "%", "share", None),
        ("技能人才总量,高技能人才占比", "%", "share", "HIGH_SKILLED_SHARE"),
        ("地区生产总值比上年增长", "%", "growth", "GDP_GROWTH"),
        ("常住人口比上年增长", "%", "growth", None),
    ],
)
def test_forms_of_a_label(label: str, unit: str, kind: str, code: str | None) -> None:
    assert TABLE.map_label(label, unit=unit, kind=kind).code == code


def test_without_a_unit_equal_indicators_are_offered_not_chosen() -> None:
    found = TABLE.map_label("基层工会组织", unit=None, kind="count")
    assert (found.code, found.rule) == (None, "ambiguous")
    assert {c.code for c in found.candidates} == {"UNION_ORGS", "UNION_ORGS_FIRMS"}


def test_the_right_words_in_the_wrong_unit_are_offered() -> None:
    found = TABLE.map_label("常住人口", unit="户", kind="count")
    assert (found.rule, [c.code for c in found.candidates]) == ("kind", ["POP_RESIDENT"])


def test_an_unknown_label_gets_ranked_suggestions() -> None:
    found = TABLE.map_label("企业新型学徒制培训规模情况统计", unit="人", kind="count")
    assert found.rule == "none"
    assert found.candidates[0].code == "APPRENTICES_NEW"
    assert [c.score for c in found.candidates] == sorted((c.score for c in found.candidates), reverse=True)


def test_a_reviewers_alias_wins() -> None:
    table = IndicatorTable(TABLE.by_code.values(), {"来宾": "WORKERS_TOTAL"})
    assert table.map_label("来宾", unit="人", kind="count").rule == "alias"
    with pytest.raises(ReferenceDataError, match="unknown code"):
        IndicatorTable(TABLE.by_code.values(), {"来宾": "NO_SUCH"})


@pytest.mark.timeout(60)
def test_a_hostile_label_takes_no_time() -> None:
    for text in ("全市组织开展" * 20_000, "全市组织开展" * 33, "建成,其中" * 40, "占" * 199, "评选|" * 50):
        assert TABLE.map_label(text, unit="%", kind="share").code is None


@given(st.text(max_size=60), st.sampled_from([None, "人", "%", "元"]), st.sampled_from(["count", "share", "growth"]))
def test_any_label_gives_an_answer(label: str, unit: str | None, kind: str) -> None:
    found = TABLE.map_label(label, unit=unit, kind=kind)
    assert found.code is None or not found.candidates


def test_the_catalogue_is_sound() -> None:
    groups = {name: group for c in CATALOGUES for name, group in document(c)["groups"].items()}
    assert len(TABLE.by_code) >= 150
    for i in TABLE.by_code.values():
        unit = load_units().parse(i.unit)
        assert unit is not None, i
        assert unit.unit.base == i.unit, i
        assert i.group in groups, i
        assert i.stock_flow in ("stock", "flow"), i
        assert i.low is None or i.high is None or i.low < i.high, i
        assert all((i.definition, i.name_en, i.phrases)), i
        assert i.code.isascii(), i
        above, seen = i.part_of, {i.code}
        while above:
            assert above in TABLE.by_code, i
            assert above not in seen, i
            seen.add(above)
            above = TABLE.by_code[above].part_of
    assert set(groups) == {i.group for i in TABLE.by_code.values()}


def test_no_phrase_names_two_indicators_of_one_kind_and_unit() -> None:
    named = Counter(
        (phrase, i.unit, i.kind) for i in TABLE.by_code.values() for phrase in dict.fromkeys((i.name_zh, *i.phrases))
    )
    assert [n for n, times in named.items() if times > 1] == []
