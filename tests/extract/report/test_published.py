"""What a page prints of its own day, what year a bulletin is of, and which years tell of nothing."""
# ruff: noqa: E501  (a Chinese character counts as two columns)

from __future__ import annotations

import pytest

from etl.extract.report import extract_report
from etl.model import Document, ManifestEntry, RawFigure


def figures(text: str, published_on: str | None = None, title: str | None = None) -> dict[str, RawFigure]:
    entry = ManifestEntry("a.txt", title, "发布单位", "411300", published_on)
    return {f.text: f for f in extract_report(Document(text, "txt", "txt/1"), entry).figures}


def years(text: str, published_on: str | None = None, title: str | None = None) -> dict[str, str | None]:
    return {printed: f.period.iso for printed, f in figures(text, published_on, title).items()}


BODY = "去年,全市新建食堂126个。现有学校312所。"
PAGES = {
    "masthead": f"中原教育报　2021年5月12日　星期三　第2版　校园·后勤　责编:某某\n\n# 乡村学校有了新厨房\n\n本报讯 {BODY}",
    "page number only": f"健康周报 2021年5月12日 A04版\n\n新厨房\n\n{BODY}",
    "Chinese numerals": f"二〇二一年五月十二日 星期三\n\n新厨房\n\n{BODY}",
    "far down": f"新厨房\n\n{'食堂在改造。' * 20}\n\n"
    + f"{BODY}\n\n" * 8
    + "教育报 2021年5月12日 第3版\n\n又有新厨房。\n\n" * 2,
    "labelled": f"来源:教育报 发布日期:2021-05-12 浏览:86\n\n新厨房\n\n{BODY}",
    "alone": f"新厨房\n\n2021年5月12日\n\n{BODY}",
    "dateline": f"新厨房\n\n新华社郑州2021年5月12日电(记者某某)春天到了。{BODY}",
    "month of an issue": f"工作简报\n\n2021年5月\n\n{BODY}",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_tells_its_day(page: str) -> None:
    found = figures(page)
    assert (found["126个"].period.iso, found["312所"].period.iso) == ("2020", "2021")
    assert found["312所"].period.basis in ("layout", "title")


EVENTS = {
    "opening sentence": f"新厨房\n\n2021年5月12日,现场会召开。{BODY}",
    "sentence with weekday": f"新厨房\n\n2021年5月12日星期三,现场会召开,第3版教材启用。{BODY}",
    "chronicle": f"大事记\n\n2021年5月\n\n开学。\n\n2021年6月\n\n{BODY}",
    "two issues": f"甲报 2021年5月12日 第1版\n\n{BODY}\n\n甲报 2022年3月1日 第2版\n\n春天到了。",
}


@pytest.mark.parametrize("page", EVENTS.values(), ids=EVENTS)
def test_the_day_of_an_event_is_not_that_of_the_page(page: str) -> None:
    found = years(page)
    assert (found["126个"], found["312所"]) == (None, None)


def test_pages_of_one_year_share_it() -> None:
    page = f"甲报 2021年5月12日 第1版\n\n{BODY}\n\n甲报 2021年6月1日 第2版\n\n春天到了。"
    assert years(page) == {"126个": "2020", "312所": "2021"}


def test_a_manifest_comes_before_what_is_printed() -> None:
    assert years(PAGES["masthead"], "2023-01-08") == {"126个": "2022", "312所": "2023"}


def test_a_bulletin_is_of_its_year_whatever_it_compares_with() -> None:
    text = (
        "某市2021年度财政决算公报\n\n一、收入\n全年收入86.3亿元,比2019年增长12%。年末债务余额45.2亿元。\n\n"
        "图1 近五年财政收入(单位:亿元)\n\n全年支出120亿元。落实《2020—2025年教育规划》,投入3.2亿元。\n\n"
        "按照2020—2022年提升行动计划,新建学校12所。"
    )
    for published_on in ("2022-09", "2024-03", None):
        assert set(years(text, published_on).values()) == {"2021"}


def test_the_title_in_the_manifest_tells_of_which_year_a_bulletin_is() -> None:
    assert set(years("全市床位3.2万张。", "2024-02", "某市2022年卫生健康统计公报").values()) == {"2022"}
    assert set(years("全市床位3.2万张。", "2024-02", "2022年的床位去哪了").values()) == {"2024"}


def test_a_report_of_january_is_not_of_the_year_in_its_title() -> None:
    text = "# 2024年政府工作报告\n\n——2024年1月12日在某市人民代表大会上\n\n各位代表:新增床位3200张。"
    assert years(text) == {"3200张": "2023"}


def test_plans_of_a_report_of_january_are_of_the_new_year() -> None:
    text = (
        "某县政府工作报告\n\n2025年是“十四五”收官之年。新建粮库12座。\n\n2026年是“十五五”开局之年。主要预期目标是:粮食产量增长2%。"
        "办好十件实事:新建养老院6所。"
    )
    assert years(text, "2026-01-18") == {"12座": "2025", "2%": "2026", "6所": "2026"}


PERIODS = [
    # a quarter dates what happened in it, not what there is
    ("一季度,全市新增护士210名。养老床位总数1.3万张,护理能力9000人。", "1.3万张", "2024"),
    ("一季度,全市新增护士210名。养老床位总数1.3万张,护理能力9000人。", "9000人", "2024"),
    ("一季度,全市新增护士210名。江海区培训护士60名。", "60名", "2024-Q1"),
    ("一季度,全市新增护士210名。对新办机构每张床位补助2000元。", "2000元", "2024"),
    ("上半年,签约12万人。在第二届全省护理大赛上,我市选手获奖牌3枚。", "3枚", "2024"),
    ("前三季度农业生产情况通报\n\n粮食产量36万吨。高标准农田面积120万亩。", "36万吨", "2023-01/2023-09"),
    ("前三季度农业生产情况通报\n\n粮食产量36万吨。高标准农田面积120万亩。", "120万亩", "2023"),
    # months ahead of a plan are no months of a year
    ("1至5月,新增农机3200台,提前3个月完成任务;新增大棚860座。", "860座", "2024-01/2024-05"),
    # what began once does not date the months that follow
    ("2020年以来,建成幼儿园23所。上半年,招聘教师156名。", "156名", "2024-S1"),
    # a base of comparison is passed over
    ("2022年,投入8.6亿元,是2019年的1.3倍。新建养老院12家。", "12家", "2022"),
    ("前5个月,接待游客126万人次。五一期间,接待游客86万人次。", "86万人次", "2024"),
    # what reaches up to now ends with the year of the bulletin
    ("某市2022年教育统计公报\n\n近五年新建学校45所。2019年以来,投入3.6亿元。", "45所", "2018/2022"),
    ("某市2022年教育统计公报\n\n近五年新建学校45所。2019年以来,投入3.6亿元。", "3.6亿元", "2019/2022"),
    ("教育工作\n\n近五年新建学校45所。", "45所", "2020/2024"),
    # the same time of the year before
    ("上半年,新增护士5600名,去年同期为4900名。", "4900名", "2023-S1"),
    ("二季度,新增护士5600名。去年同期4900名。", "4900名", "2023-Q2"),
    ("上半年,新增护士5600名,比去年同期增加700名。", "700名", "2024-S1"),
    # a headline tells of which part of the year its figures are
    ("前5个月某省邮政业务量增长\n\n寄递包裹3.6亿件。二、服务农村。建成站点1280个。", "1280个", "2024-01/2024-05"),
    ("上半年全省渔业产值稳步增长\n\n水产品产量86万吨。", "86万吨", "2024-S1"),
    # the base of a comparison, with what it was before
    ("2023年,门诊药费占比28%,比改革前的2015年下降9.6个百分点。", "9.6个百分点", "2023"),
    # what is told later in a sentence dates nothing before it, unless it ends the sentence
    ("全院有医生86名,去年门诊楼获评优质工程。", "86名", "2024"),
    ("全院有医生86名(截至2023年6月)。", "86名", "2023-06"),
]


@pytest.mark.parametrize(("text", "printed", "iso"), PERIODS)
def test_period(text: str, printed: str, iso: str) -> None:
    assert years(text, "2024-07-20")[printed] == iso


def test_the_year_before_a_bulletin() -> None:
    text = "某县2023年统计公报\n\n三次产业结构由上年的10.1∶46.7∶43.2调整为9.6∶47.5∶42.9。"
    found = extract_report(Document(text, "txt", "txt/1"), ManifestEntry("a.txt", None, None, None, "2024-03")).figures
    assert [(f.period.iso, f.label) for f in found] == [
        (year, f"三次产业结构,第{n}产业占比") for year in ("2022", "2023") for n in "一二三"
    ]


def test_a_monthly_briefing_is_of_the_months_that_it_opens_with() -> None:
    text = (
        "水利运行情况月度简报\n第7期\n某市水利局 2024年8月16日\n\n1-7月,全市水利运行平稳。\n\n【灌溉】全市灌溉农田36万亩。\n\n"
        "【供水】据市水文站统计,1-6月全市供水2.6亿立方米。新增用户1280户。\n"
    )
    assert years(text, "2024-08-16") == {
        "36万亩": "2024-01/2024-07",
        "2.6亿立方米": "2024-S1",
        "1280户": "2024-S1",
    }


def test_since_a_year_that_is_not_known_is_not_known() -> None:
    assert years("2022年5月,门诊楼启用,就诊2.3万人次。去年以来引进博士12名。")["12名"] is None


def test_parts_of_the_year_of_a_half_yearly_bulletin() -> None:
    text = "某市2022年上半年财政运行情况\n\n上半年,收入320亿元。年末,参保人数56万人。下半年,将投入20亿元。预计全年收入600亿元。"
    assert years(text, "2022-07") == {"320亿元": "2022-S1", "56万人": "2022", "20亿元": "2022-S2", "600亿元": "2022"}
