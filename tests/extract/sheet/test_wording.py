import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.extract.sheet.timing import is_period_label, period_in_name, period_in_title, period_label, year_in_label
from etl.extract.sheet.wording import chinese, choose_unit, counted_units, parse_units, split_unit, unit_line


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("人数\n(人)\nPopulation\n(person)", "人数(人)"),
        ("地方一般公\n共预算支出\nGeneral Public\nBudget", "地方一般公共预算支出"),
        ("R&D人员\n全时当量\nTotal", "R&D人员全时当量"),
        ("位次Precedence", "位次"),
        ("人均GDP", "人均GDP"),
        ("SCI", "SCI"),
        ("一般公共预算支出（亿元）i", "一般公共预算支出（亿元）"),
    ],
)
def test_english_beside_chinese_is_dropped(text: str, plain: str) -> None:
    assert chinese(text) == plain


@pytest.mark.parametrize(
    ("text", "label", "unit"),
    [
        ("常住人口\n(万人)", "常住人口", "人"),
        ("种畜禽场(个)总数", "种畜禽场总数", "个"),
        ("高中\n(含中专)", "高中(含中专)", None),
        ("五、农业机械供油站(点)", "五、农业机械供油站(点)", None),
        ("固定资产投资(不含农户)_比上年增长(%)", "固定资产投资(不含农户)_比上年增长", "%"),
        ("城镇单位就业人员平均工资指数(上年=100)", "城镇单位就业人员平均工资指数", "上年=100"),
        ("性别比\n（女=100）", "性别比", "女=100"),
        ("比2021年+、-%", "比2021年", "%"),
        ("面积/平方公里", "面积", "平方公里"),
        ("人口/万人", "人口", "人"),
        ("GDP_亿元", "GDP", "元"),
        ("户数", "户数", None),
        ("人口数:城镇化率:常住", "人口数:城镇化率:常住", None),
    ],
)
def test_units_of_labels(text: str, label: str, unit: str | None) -> None:
    found = split_unit(text)
    assert (found.label, found.unit.symbol if found.unit else None) == (label, unit)


def test_units_for_the_whole_table() -> None:
    assert [u.symbol for u in unit_line("单位：人、‰(person，‰)")] == ["人", "‰"]
    assert [u.symbol for u in unit_line("单位:人.人年")] == ["人", "人年"]
    assert [u.symbol for u in split_unit("合计（单位：万人）").units] == ["人"]
    assert [u.symbol for u in split_unit("地区 \n单位：人/10 万人").units] == ["人/10万人"]
    assert unit_line("各区人口") == ()


@pytest.mark.parametrize(
    ("units", "path", "chosen"),
    [
        ("人、‰", "出生|人数", "人"), ("人、‰", "死亡|死亡率|#婴儿", "‰"), ("人，人年", "R&D人员", "人"),
        ("人，人年", "R&D人员折合全时当量|女性", "人年"), ("人、户", "其他", None),
        ("户、人", "本年出生", "人"), ("户、人", "自然增长", "人"), ("户、人", "迁出|#迁往省外", "人"),
        ("户、人", "人口自然增长率", None), ("户、人", "人口数|集体户", "人"), ("户、人", "集体户|户数", "户"),
        ("人、%", "自然增长", "人"), ("人、%", "比上年增长", "%"), ("户、人、人/户", "户均人口", "人/户"),
        ("个、人、万元", "从业人员年末数", "人"), ("个、人、万元", "营业收入|法人单位", "万元"),
        ("所、人", "学校", "所"), ("所、人", "小学|招生", "人"), ("公顷、吨", "油料|播种面积", "公顷"),
        ("公顷、公斤/公顷、吨", "单产", "公斤/公顷"), ("公顷、吨", "单产", None), ("所、个、人", "班数", "个"),
        ("人、万元、元", "工资总额|国有单位", "万元"), ("人、万元、元", "平均工资", "元"), ("万人、人", "出生", None),
    ],
)  # fmt: skip
def test_the_unit_of_a_list_follows_from_the_words(units: str, path: str, chosen: str | None) -> None:
    found = choose_unit(parse_units(units), path)
    assert (found.printed if found else None) == chosen


def test_what_is_counted_is_said_by_columns_before_rows() -> None:
    units = parse_units("元、人")
    assert choose_unit(units, "基金支出", "企业职工") == units[0]
    assert choose_unit(units, "企业职工", "参保人数") == units[1]
    assert counted_units(units, ["城镇职工", "男"]) == {"人"}
    assert counted_units(units, ["参保人数", "基金支出"]) == {"人", "元"}


def test_blanks_part_the_units_of_a_line() -> None:
    assert [u.symbol for u in unit_line("单位：户　人")] == ["户", "人"]
    assert [u.printed for u in unit_line("单位：万 元")] == ["万元"]
    assert [u.printed for u in unit_line("单位：人 次")] == ["人次"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2012年", "2012"), ("(201 1年)", "2011"), ("2017.0", "2017"), ("2020年第一季度", "2020-Q1"),
        ("2010-05", "2010-05"),
        ("2020年4月", "2020-04"), ("1-2月", "{year}-01/{year}-02"), ("一季度", "{year}-Q1"), ("上半年", "{year}-S1"),
        ("比2021年", None), ("17岁及以下", None), ("1-4岁", None),
    ],
)  # fmt: skip
def test_periods_of_cells(text: str, iso: str | None) -> None:
    assert period_label(text) == iso
    assert is_period_label(text) == (iso is not None)


def test_periods_of_titles_names_and_labels() -> None:
    assert period_in_title("2-6 各区户籍总人口自然变动状况(2014年)") == "2014"
    assert period_in_title("表2.5 各区户籍人口迁移（2016～2017）") is None
    assert period_in_title("Statistics on Natural Changes (2009，by Household") == "2009"
    assert period_in_name("2012_C0202.xls") == "2012"
    assert period_in_name("揭阳市人口变动情况（2008-2022）.xlsx") is None
    assert period_in_name("2020-02-10.csv") == "2020-02-10"
    assert period_in_name("W020250627301230138068.xls") is None
    assert year_in_label("2022年平均人口") == ("2022", "年平均人口")
    assert year_in_label("popu_2020") == ("2020", "popu")
    assert year_in_label("1978年以来") in (None, ("1978", "以来"))


@given(st.text(max_size=60))
def test_any_text_is_safe(text: str) -> None:
    split_unit(text)
    unit_line(text)
    period_label(text)
    period_in_title(text)
    period_in_name(text)
