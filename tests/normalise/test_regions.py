"""Places: codes by date and context, columns, running text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.regions import MENTIONS, gold_reports, gold_sheets, mentions, shares
from etl.normalise.regions import load_regions

GAZETTEER = load_regions()


@pytest.mark.parametrize(
    ("text", "within", "on", "code", "name"),
    [
        ("江西", None, None, "360000", "江西省"),
        ("赣", None, None, "360000", "江西省"),
        ("镇江", None, None, "321100", "镇江市"),
        ("张家港", None, None, "320582", "张家港市"),
        ("端  州", "441200", None, "441202", "端州区"),
        ("北　京", None, None, "110000", "北京市"),
        ("天津\u00a0", None, None, "120000", "天津市"),
        ("#天河区", "440100", None, "440106", "天河区"),
        ("扬州巿", None, None, "321000", "扬州市"),
        ("上海市[5]", None, None, "310000", "上海市"),
        ("1.北京", None, None, "110000", "北京市"),
        ("北京 Beijing", None, None, "110000", "北京市"),
        ("Inner Mongolia", None, None, "150000", "内蒙古自治区"),
        ("内蒙古", None, None, "150000", "内蒙古自治区"),
        ("广西自治区", None, None, "450000", "广西壮族自治区"),
        ("恩施州", None, None, "422800", "恩施土家族苗族自治州"),
        ("管城区", "410100", None, "410104", "管城回族区"),
        ("三江县", None, None, "450226", "三江侗族自治县"),
        ("东乡县", "622900", None, "622926", "东乡族自治县"),
        # paths
        ("江苏省扬州市", None, None, "321000", "扬州市"),
        ("苏州吴江", None, None, "320509", "吴江区"),
        ("北京朝阳", None, None, "110105", "朝阳区"),
        ("江阴市祝塘镇", None, None, "320281112", "祝塘镇"),
        ("苏州市吴江区盛泽镇", None, None, "320509105", "盛泽镇"),
        ("盛泽镇", "320500", None, "320509105", "盛泽镇"),
        ("盛泽", "320509", None, "320509105", "盛泽镇"),
        ("广东省合计", None, None, "440000", "广东省"),
        # the date
        ("崇明县", None, "2012", "310230", "崇明县"),
        ("崇明", None, "2012", "310230", "崇明县"),
        ("崇明", None, "2017", "310151", "崇明区"),
        ("崇明区", None, "2017-Q1", "310151", "崇明区"),
        ("襄樊市", None, "2008", "420600", "襄樊市"),
        ("襄樊", None, "2015", "420600", "襄阳市"),
        ("高要市", "441200", "2014", "441283", "高要市"),
        ("高要", "441200", "2014", "441283", "高要市"),
        ("高要区", "441200", "2015", "441204", "高要区"),
        ("高要", "441200", "2011/2015", "441204", "高要区"),
        ("南汇区", "310000", "2012", "310119", "南汇区"),
        # namesakes
        ("鼓楼区", "320100", None, "320106", "鼓楼区"),
        ("鼓楼区", "350103", None, "350102", "鼓楼区"),
        ("朝阳", "210000", None, "211300", "朝阳市"),
        ("长沙", None, None, "430100", "长沙市"),
        ("吉林", None, None, "220000", "吉林省"),
        ("海南", "110000", None, "460000", "海南省"),
        ("通州区", "321100", None, "320612", "通州区"),
        # the speaker
        ("全省", "321181", None, "320000", "江苏省"),
        ("全市", "321181", None, "321181", "丹阳市"),
        ("全市", "321102", None, "321100", "镇江市"),
        ("全市", "310115", None, "310000", "上海市"),
        ("全区", "450102", None, "450102", "兴宁区"),
        ("全区", "450200", None, "450000", "广西壮族自治区"),
        ("本镇", "320281112", None, "320281112", "祝塘镇"),
        ("我县", "141129", None, "141129", "中阳县"),
        ("全国", "320000", None, "100000", "全国"),
        ("合计", "441300", None, "441300", "惠州市"),
    ],
)
def test_resolves(text: str, within: str | None, on: str | None, code: str, name: str) -> None:
    found = GAZETTEER.resolve(text, within=within, on=on)
    assert (found.code, found.name, found.candidates) == (code, name, ())


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("市区", "441300"), ("高新区", None), ("镇江高新区", None), ("苏州工业园区", "320000"), ("长三角", None),
        ("东部地区", "100000"), ("地方合计", "100000"), ("新疆生产建设兵团", None), ("惠州市区", None),
    ],
)  # fmt: skip
def test_a_place_without_a_code_is_not_unresolved(text: str, within: str | None) -> None:
    found = GAZETTEER.resolve(text, within=within)
    assert found.code is None
    assert found.uncoded


@pytest.mark.parametrize(
    ("text", "within", "among"),
    [
        ("鼓楼区", None, {"320106", "320302", "350102", "410204"}),
        ("鼓楼区", "320000", {"320106", "320302"}),
        ("朝阳", None, {"110105", "211300", "220104"}),
        ("镇江某某科技园区东侧", None, {"321100"}),
        ("城关镇", None, set()),
    ],
)
def test_never_takes_the_first_of_several(text: str, within: str | None, among: set[str]) -> None:
    found = GAZETTEER.resolve(text, within=within)
    assert found.code is None
    assert not found.uncoded
    assert among <= {c.code for c in found.candidates}
    assert found.candidates
    assert found.reason


@pytest.mark.parametrize("text", ["", "   ", "1234", "男", "销售收入", "农村", "北" * 500])
def test_what_is_no_place(text: str) -> None:
    found = GAZETTEER.resolve(text, within="320000")
    assert found.code is None
    assert not found.uncoded


def test_neighbours_in_a_column_settle_a_label() -> None:
    cities = GAZETTEER.resolve_column(["长春", "吉林", "四平", "辽源"])
    assert [r.code for r in cities] == ["220100", "220200", "220300", "220400"]
    provinces = GAZETTEER.resolve_column(["全国", "辽宁", "吉林", "黑龙江", "海南"])
    assert [r.code for r in provinces] == ["100000", "210000", "220000", "230000", "460000"]


def test_successors_in_both_directions() -> None:
    assert GAZETTEER.translate("310230", since="2010", to="2020") == ("310151",)
    assert GAZETTEER.translate("110102", since="2012", to="2005") == ("110102", "110104")
    assert GAZETTEER.translate("320100", since="2005", to="2020") == ("320100",)
    assert GAZETTEER.translate("999999", since="2005", to="2020") == ()


@given(st.text(max_size=60), st.sampled_from([None, "320000", "110000", "320281112", "000000"]))
def test_any_text_gives_an_answer(text: str, within: str | None) -> None:
    found = GAZETTEER.resolve(text, within=within)
    assert not (found.code and found.uncoded)
    for mention in GAZETTEER.find(text, within=within):
        assert text[mention.start : mention.end] == mention.text


@given(st.sampled_from(sorted({r.code for r in GAZETTEER.all() if r.valid_to is None and r.level != "country"})))
def test_the_full_path_of_every_region_resolves(code: str) -> None:
    chain = [r for c in GAZETTEER.ancestors(code) if c != "100000" and (r := GAZETTEER.get(c))]
    assert GAZETTEER.resolve("".join(r.name for r in reversed(chain))).code == code


# ---------------------------------------------------------------- running text


@pytest.mark.parametrize("path", MENTIONS, ids=lambda p: p.stem)
def test_labelled_mentions(path: Path) -> None:
    misses: list[str] = []
    counts = mentions(path, misses)
    found = shares(counts)
    assert counts.total() >= 100
    assert found["right_of_answered"] >= 0.99, misses
    assert found["answered"] >= 0.97, misses


def test_there_are_enough_mentions() -> None:
    assert sum((mentions(path) for path in MENTIONS), Counter()).total() >= 300


@pytest.mark.parametrize(
    "text",
    [
        "企业合作共赢，资源共享，通道畅通，祝大家平安、和平、安康",
        "隆重庆祝五一，推广安全培训，创新和发展，市和县两级",
        "扬州大学、江苏工人报、上海证券报、北京航空航天大学",
        "全国劳动模范和全国五一劳动奖章获得者",
    ],
)
def test_words_and_organisations_are_no_places(text: str) -> None:
    assert GAZETTEER.find(text) == []


def test_self_references_are_marked() -> None:
    found = GAZETTEER.find("全省和我市的企业都来到南京市")
    assert [(m.text, m.self_reference) for m in found] == [("全省", True), ("我市", True), ("南京市", False)]


def test_line_breaks_inside_a_name() -> None:
    text = "由江\n苏省和北　京市承办"
    assert [m.text for m in GAZETTEER.find(text)] == ["江\n苏省", "北　京市"]


def test_every_mention_of_a_long_text_is_found() -> None:
    text = "全市在丹阳市、句容市和南京市江宁区新增培训基地80个，覆盖职工3万人次，同比增长12%。\n" * 8000
    assert len(GAZETTEER.find(text, within="321100")) == 4 * 8000


# ---------------------------------------------------------------- the given answers


@pytest.mark.parametrize(("counted", "least"), [(gold_sheets, 500), (gold_reports, 100)])
def test_region_columns_of_the_gold_tables(shared: Path, counted: Callable[[Path], Counter[str]], least: int) -> None:
    """The names of organisations in the reports are no places, and stay open."""
    counts = counted(shared)
    assert counts["wrong"] == 0
    assert counts["abstained"] <= 0.04 * counts.total()
    assert counts["right"] >= least
