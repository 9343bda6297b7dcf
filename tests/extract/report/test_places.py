"""When a named place begins and stops being what a text is about; sections that date, plan and rule."""

from __future__ import annotations

import pytest

from etl.extract.report import extract_report
from etl.model import Document, ManifestEntry, RawFigure


def read(text: str, printed: str, region: str | None, published_on: str | None = "2024-08-20") -> RawFigure:
    entry = ManifestEntry("a.txt", None, "发布单位", region, published_on)
    found = extract_report(Document(text, "txt", "txt/1"), entry)
    return next(f for f in found.figures if f.text == printed)


PLACES = [
    # a list of places does not go on speaking
    ("全市推进改革。台山市、开平市引入第三方评价。群众满意度为96.8%。", "96.8%", "440700", "440700"),
    ("台山市建成站点12个。投入资金30万元。", "30万元", "440700", "440781"),
    ("其中,台山市、开平市、鹤山市分别开班3期、4期、5期。全年培训600人。", "4期", "440700", "440783"),
    ("其中,台山市、开平市、鹤山市分别开班3期、4期、5期。全年培训600人。", "600人", "440700", "440700"),
    ("台山、开平等3个县级市试点。新建站点40个。", "3个", "440700", "440700"),
    ("台山、开平等3个县级市试点。新建站点40个。", "40个", "440700", "440700"),
    # the speaker's own organs take the word back
    ("江海区新建驿站8座。市总工会投入资金90万元。", "90万元", "440700", "440700"),
    ("台山市新建驿站8座,市财政补助20万元。", "20万元", "440700", "440781"),
    # a page of the province tells of one city after the other
    ("记者从新乡市总工会获悉,活动启动。\n\n全市建成工作室512个。", "512个", "410000", "410700"),
    # a county-level city lends 全市 to its paragraph only
    ("改革中,邵阳建起夜校。\n\n邵东市有学员860人。\n\n全市有教师312人。", "312人", None, "430500"),
    ("改革中,邵阳建起夜校。\n\n邵东市有学员860人。全市有教师312人。", "312人", None, "430582"),
    # bridges and lines are no places, and what lies over the speaker is no subject
    ("同江铁路大桥贯通,贸易额达18亿元。", "18亿元", "230800", "230800"),
    ("融水是广西重点林区县,有企业347家。", "347家", "450225", "450225"),
    # firms lie where the text says
    ("位于涪城区的川西仪表有限责任公司现有职工1126人。", "1126人", "510700", "510703"),
    ("大柳塔煤矿有129名工人入党。", "129名", "610000", "610881"),
    ("西安高新区落户企业63家。", "63家", "610000", "610100"),
    # each member of a list its own
    ("三台县、盐亭县、梓潼县分列全市第一、第二和第三位。", "第三位", "510700", "510725"),
    ("江油市、三台县、涪城区代表队分获第一、第二、第三名。", "第三名", "510700", "510703"),
    ("江油市和北川县分获一等奖2个和3个。", "3个", "510700", "510726"),
    ("建成零工市场4个,其中平定县2个、盂县1个、郊区1个。", "2个", "140300", "140321"),
    ("龙马潭区、纳溪区、江阳区三地共投入320万元,其中纳溪区80万元。", "320万元", "510500", "510500"),
    ("龙马潭区、纳溪区、江阳区三地共投入320万元,其中纳溪区80万元。", "80万元", "510500", "510503"),
    # what holds the subject is told of it, unless the sentence turns there
    ("江油市组织练兵,承办绵阳市技能大赛4项。", "4项", "510700", "510781"),
    ("江油市参加四川省工匠论坛2次。", "2次", "510000", "510781"),
    ("江油市新建驿站8座,绵阳市新建驿站60座。", "60座", "510700", "510700"),
    ("吴江区总工会办起练兵场,并承办苏州市化验工比武4场。全区培训工人130人次。", "130人次", None, "320509"),
    # one of many: the many are not where the one is
    ("长虹集团(涪城区)钳工王某是全市86名首席技师中的一位。", "86名", "510700", "510700"),
    ("平武县的张某是全省120名优秀教师之一。", "120名", "510700", "510000"),
    ("盐亭县的李某是36名选手之一。", "36名", "510700", "510700"),
    ("安州区刘某等5人受到表彰。", "5人", "510700", "510705"),
    ("永泰县入会率为71%。与长乐区、福清市相比,分别高出2.1个和3.4个百分点。", "3.4个百分点", "350100", "350125"),
    # a verb and the first characters of another word are no county
    ("年底前新建县级公共实训基地3个。", "3个", "510700", "510700"),
    ("新建区域医疗中心2个。", "2个", "370100", "370100"),
    ("全省推动创新和县级平台12个。", "12个", "510000", "510000"),
    ("新建区新增就业2300人。", "2300人", "360100", "360112"),
    # a speaker's origin
    ("“每月有3000元津贴。”涪城区某厂的工人老李说。", "3000元", "510700", "510703"),
    ("“课上得好。”涪城区某厂的工人老李说。该平台上线课程86门。", "86门", "510700", "510700"),
]


@pytest.mark.parametrize(("text", "printed", "home", "code"), PLACES)
def test_place(text: str, printed: str, home: str, code: str) -> None:
    assert read(text, printed, home).area.code == code


def test_a_heading_of_the_same_shape_gives_the_word_back() -> None:
    text = (
        "绵阳工会简报\n\n江油市:小微企业建会\n\n新建工会213家。\n\n三台县:建在产业链上\n\n"
        "建成职工之家3个。\n\n工会机制:带出好徒弟\n\n签订合同155对。"
    )
    assert read(text, "3个", "510700").area.code == "510722"
    assert read(text, "155对", "510700").area.code == "510700"


def test_a_heading_that_opens_with_a_firm_names_the_entity() -> None:
    text = "神东集团大柳塔煤矿培养工匠的做法\n\n一是提升待遇。每人每月给予300元技能津贴。"
    found = read(text, "300元", "610000")
    assert found.area.entity == "神东集团大柳塔煤矿"
    assert found.area.code == "610881"


REPORT = """政府工作报告(摘要)

一、过去五年工作回顾
民生支出累计1250亿元。

二、2021年工作
新建职工之家85个。

三、2022年重点任务
新建养老服务中心20个。改造小区30个,目前已开工12个。
今后五年,力争产值突破千亿元。
"""
SECTIONS = [
    ("1250亿元", "2017/2021", "observed"),
    ("85个", "2021", "observed"),
    ("20个", "2022", "target"),
    ("12个", "2022-01-12", "observed"),
    ("千亿元", "2022/2026", "target"),
]


@pytest.mark.parametrize(("printed", "iso", "status"), SECTIONS)
def test_sections_of_a_work_report(printed: str, iso: str, status: str) -> None:
    found = read(REPORT, printed, "230800", "2022-01-12")
    assert (found.period.iso, found.status) == (iso, status)


RULES = """关于印发实施办法的通知

第一条 截至2024年底,全市技能人才总量28.7万人。
第二条 取得证书的职工补贴1000元。
第三条 缴费满12个月、上年度裁员率不高于5.5%的企业,返还30%。
第四条 经办机构应在10个工作日内办结,本办法有效期3年。
"""


@pytest.mark.parametrize(
    ("printed", "status", "iso"),
    [
        ("28.7万人", "observed", "2024"),
        ("1000元", "standard", "2025-03-20"),
        ("12个月", "standard", "2025-03-20"),
        ("5.5%", "standard", "2025-03-20"),
        ("30%", "standard", "2025-03-20"),
        ("10个工作日", "standard", "2025-03-20"),
        ("3年", "standard", "2025-03-20"),
    ],
)
def test_articles_of_a_rule_lay_down(printed: str, status: str, iso: str) -> None:
    found = read(RULES, printed, "150600", "2025-03-20")
    assert found.status == status
    assert (found.period.iso or "")[:4] == iso[:4]


def test_items_take_their_label_from_the_line_that_opens_the_list() -> None:
    text = (
        "2023年,全市开展竞赛。\n各县市技能补贴发放情况如下:\n(1)台山市:1865人,372.4万元;\n(2)开平市:1240人,251.8万元。"
    )
    found = read(text, "251.8万元", "440700")
    assert "技能补贴发放" in found.label
    assert (found.area.code, found.period.iso) == ("440783", "2023")


def test_a_web_page_is_dated_by_its_head() -> None:
    text = (
        "昌吉州:工人有奔头\n来源:某报  发布时间:2026-03-06 10:32  浏览次数:1587  字体:[大 中 小]\n"
        "\n去年,全州新增高技能人才6420人。"
    )
    found = extract_report(Document(text, "txt", "txt/1"))
    assert [(f.text, f.period.iso, f.area.code) for f in found.figures] == [("6420人", "2025", "652300")]


def test_a_question_gives_the_word_to_a_place_for_its_answer_only() -> None:
    question = "日报记者:平罗县返乡创业园建设情况怎样?"
    text = f"发布会实录\n\n{question}\n\n答:占地120亩,已入驻企业37家。\n\n谢谢大家!全年将培训8000人次。"
    assert [read(text, printed, "640200").area.code for printed in ("37家", "8000人次")] == ["640221", "640200"]


def test_places_that_count_for_themselves_keep_their_own() -> None:
    entry = ManifestEntry("a.txt", None, "发布单位", "140300", "2024-08-20")
    text = "建成零工市场9个,其中平定县2个、盂县3个、开发区4个。"
    found = extract_report(Document(text, "txt", "txt/1"), entry)
    assert [f.area.code for f in found.figures] == ["140300", "140321", "140322", "140300"]


def test_a_firm_of_a_headline_lies_where_its_text_says() -> None:
    text = (
        "小改小革托起大产业\n——湖北江化集团创新纪事\n\n在宜昌市猇亭区的江化车间,班长手里攥着11项专利。\n\n"
        "职工累计提交成果4378项。"
    )
    found = read(text, "4378项", "420500")
    assert (found.area.code, found.area.entity) == ("420505", "湖北江化集团")
