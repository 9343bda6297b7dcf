"""Where, when and what: place, period, label and relations of figures."""

from __future__ import annotations

import pytest

from etl.extract.report import extract_report
from etl.model import Document, Extraction, ManifestEntry, Place, RawFigure, Span


def read(text: str, region: str | None = "411300", published_on: str | None = "2024-08") -> Extraction:
    manifest = ManifestEntry("a.txt", None, "某市统计局", region, published_on)
    return extract_report(Document(text, "txt", "txt/1"), manifest)


def figure(found: Extraction, text: str) -> RawFigure:
    return next(f for f in found.figures if f.text == text)


PERIODS = [
    ("2023年全市建成公园12个。", "12个", "2023"),
    ("去年,县医院门诊量达120万人次,住院4.5万人次。", "4.5万人次", "2023"),
    ("截至2024年6月末,贷款余额812.5亿元。", "812.5亿元", "2024-06"),
    ("今年1—7月,进出口总额1023.5亿元。", "1023.5亿元", "2024-01/2024-07"),
    ("上半年实现净利润5.6亿元。", "5.6亿元", "2024-S1"),
    ("2021年以来,累计改造小区326个。", "326个", "2021/2024"),
    ("五年来,改造小区326个。", "326个", "2020/2024"),
    ("“十三五”期间,新建学校45所。", "45所", "2016/2020"),
    ("自2022年启动改革试点以来,新增企业23家。", "23家", "2022/2024"),
    ("力争到2027年,培育企业500家以上。", "500家", "2027"),
    ("全市现有学校1245所。", "1245所", "2024"),
    ("截至目前,建成站点45个。", "45个", "2024-08"),
    ("收入由2015年的2800元增加到2022年的13560元。", "2800元", "2015"),
    ("收入由2015年的2800元增加到2022年的13560元。", "13560元", "2022"),
    ("床位从300张增加到600张。", "300张", None),
    ("床位从300张增加到600张。", "600张", "2024"),
    ("产量比2019年增长25%。", "25%", "2024"),
    ("产值达6亿元,是2015年的1.8倍。", "1.8倍", "2024"),
    ("去年,全县培训农民3200人。新增合作社12家。", "12家", "2023"),
    ("去年,全县培训农民3200人。目前,合作社达120家。", "120家", "2024-08"),
    ("2022年3月,园区动工。5月,引进项目15个。", "15个", "2022-05"),
    ("公司成立于1998年,拥有员工300人。", "300人", "2024"),
    ("这家1985年投产的药厂有工程师60人。", "60人", "2024"),
    ("2022年建成的5个泵站运行良好。", "5个", "2022"),
    ("五一前,车间60人获表彰,去年人均产值18万元。", "60人", "2024"),
    ("5月20日至23日的书展售书2万册。", "2万册", "2024-05-20/2024-05-23"),
    ("5月20-23日的书展售书2万册。", "2万册", "2024-05-20/2024-05-23"),
    # the year named last
    ("2022年,改造危房320户。\n\n一年里,新建卫生室15个。县医院门诊达12万人次。", "15个", "2022"),
    ("2022年,改造危房320户。\n\n一年里,新建卫生室15个。县医院门诊达12万人次。", "12万人次", "2022"),
    # old values, and what else their sentence tells
    ("回顾2023年,床位由2018年的1200张增加到2000张,护士由600名增至1100名;建成门诊楼3栋。", "2000张", "2023"),
    ("回顾2023年,床位由2018年的1200张增加到2000张,护士由600名增至1100名;建成门诊楼3栋。", "600名", "2018"),
    ("回顾2023年,床位由2018年的1200张增加到2000张,护士由600名增至1100名;建成门诊楼3栋。", "1100名", "2023"),
    ("回顾2023年,床位由2018年的1200张增加到2000张,护士由600名增至1100名;建成门诊楼3栋。", "3栋", "2023"),
    ("与2020年相比,床位从300张增加到600张,医生从80名增加到130名。", "80名", "2020"),
    ("与2020年相比,床位从300张增加到600张,医生从80名增加到130名。", "130名", "2024"),
    ("由2019年的30万亩增至36万亩。", "36万亩", "2024"),
    # a point in time speaks for what stands, not for what happened over a time
    ("上半年,接待游客320万人次。6月末,有饭店45家。旅游收入26亿元。", "26亿元", "2024-S1"),
    ("6月末,贷款余额812亿元。存款余额900亿元。", "900亿元", "2024-06"),
    ("6月末,贷款余额812亿元。新发放涉农贷款45亿元。", "45亿元", "2024"),
    ("1—6月,进出口总额523.5亿元。", "523.5亿元", "2024-S1"),
    ("客流量恢复到2019年同期的88%和92%。", "88%", "2024"),
    ("客流量恢复到2019年同期的88%和92%。", "92%", "2024"),
    ("上半年,办结率由去年同期的38%提高到45%。", "38%", "2023-S1"),
    ("一季度末,不良贷款率1.2%。新增贷款30亿元。", "30亿元", "2024"),
    ("上半年,失业率3.3%,低于4%的年度控制目标。", "4%", "2024"),
    ("今年下半年,图书馆计划再建分馆20座。", "20座", "2024-S2"),
    ("今年下半年,图书馆计划再建分馆,力争三年内达到60座。", "60座", None),
    ("一季度,新增就业3126人,完成全年目标1.2万人的26%;农民工返乡2.2万人。", "26%", "2024-Q1"),
    ("一季度,新增就业3126人,完成全年目标1.2万人的26%;农民工返乡2.2万人。", "1.2万人", "2024"),
    ("一季度,新增就业3126人,完成全年目标1.2万人的26%;农民工返乡2.2万人。", "2.2万人", "2024-Q1"),
    # the dateline's day
    ("本报郑州5月12日电 今天,省红十字会表彰志愿者86名。昨天,献血1200人次。", "86名", "2024-05-12"),
    ("本报郑州5月12日电 今天,省红十字会表彰志愿者86名。昨天,献血1200人次。", "1200人次", "2024-05-11"),
    ("五年来,林地由2019年的30万亩增加到36万亩。植树120万株。", "120万株", "2020/2024"),
]


@pytest.mark.parametrize(("text", "printed", "iso"), PERIODS)
def test_period(text: str, printed: str, iso: str | None) -> None:
    assert figure(read(text), printed).period.iso == iso


@pytest.mark.parametrize("text", ["去年新增12家。", "全市现有12家。", "近三年引进12家。", "上半年开业12家。"])
def test_without_a_date_no_period_is_asserted(text: str) -> None:
    assert figure(read(text, published_on=None), "12家").period.iso is None


def test_the_year_that_a_section_plans_for_tells_no_past() -> None:
    text = "工作总结\n\n一、2024年工作思路\n\n2024年,计划培训300人;招生规模稳定在2万人左右。2023年招生1.8万人。"
    assert [f.status for f in read(text, published_on="2024-01").figures] == ["target", "target", "observed"]


BULLETIN = """某市2024年上半年教育工作情况通报

一、办园
全市新建幼儿园12所,完成年度目标20所的60%。
二、教师
招聘教师300名。6月末,在校生23.5万人。培训校长60人次。
三、下一步工作
力争毛入园率达到92%。下半年,要新建小学3所。"""


def test_a_bulletin_of_a_half_year_dates_its_sections_and_plans_for_the_year() -> None:
    found = read(BULLETIN)
    told = {f.text: f.period.iso for f in found.figures}
    assert told == {
        "12所": "2024-S1",
        "20所": "2024",
        "60%": "2024-S1",
        "300名": "2024-S1",
        "23.5万人": "2024-06",
        "60人次": "2024-S1",
        "92%": "2024",
        "3所": "2024-S2",
    }


def test_parts_of_a_year_are_of_the_year_that_their_section_is_about() -> None:
    text = (
        "工作报告\n\n一、2023年工作回顾\n\n全年培训300人。\n\n二、2024年工作安排\n\n全年铺排项目128个,三季度开工60个。"
    )
    told = {f.text: f.period.iso for f in read(text, published_on="2024-01-08").figures}
    assert told == {"300人": "2023", "128个": "2024", "60个": "2024-Q3"}


def test_what_happened_over_a_year_is_of_no_point_in_time() -> None:
    found = read("# 某市2023年统计公报\n\n年末,就业人员27万人。全年新增就业5万人。")
    assert [f.period.time_type for f in found.figures] == ["point", "period"]


def test_a_headline_takes_the_period_of_its_text() -> None:
    text = "# 医院床位使用率达86%\n\n2022年,县医院床位使用率达到86%,门诊12万人次。"
    assert [f.period.iso for f in read(text).figures] == ["2022", "2022", "2022"]


def test_another_article_of_a_page_leaves_the_year_of_its_headline() -> None:
    text = "2023年某市招生4万人\n\n去年,高校招生4万人。\n\n又讯 县职教中心有教师86名。"
    assert figure(read(text), "86名").period.iso == "2024"


def test_a_rise_names_its_own_years() -> None:
    found = read("收入从2017年的8.3万元提高到2022年的13.7万元。", published_on=None)
    assert [f.period.iso for f in found.figures] == ["2017", "2022"]


def test_a_year_in_the_title_dates_the_article() -> None:
    found = read(
        "# 某市2022年教育统计公报\n\n全市有小学456所,在校生12.3万人。\n\n专任教师7800人。", published_on="2023-05"
    )
    assert {f.period.iso for f in found.figures} == {"2022"}


def test_a_work_report_of_spring_tells_of_the_year_before() -> None:
    found = read("# 政府工作报告\n\n各位代表:过去一年,新增就业4.2万人。五年来,改造小区326个。", published_on="2023-01")
    assert [f.period.iso for f in found.figures] == ["2022", "2018/2022"]


def test_a_date_that_stands_alone_is_the_day_of_publication() -> None:
    found = read("简报\n\n2024 年 6 月 24 日\n\n去年,全县建成大棚320座,带动就业156人。", published_on=None)
    assert {f.period.iso for f in found.figures} == {"2023"}


AREAS = [
    ("全市建成公园12个。", "12个", "411300"),
    ("内乡县建成公园12个。", "12个", "411325"),
    ("全省前列的南阳市建成公园12个。", "12个", "411300"),
    ("产量占全国的12%。", "12%", "411300"),
    ("总量居全省第3位。", "第3位", "411300"),
    ("与山东省、湖北省的120家企业签约。", "120家", "411300"),
    ("比如,慰问互助组织12个。", "12个", "411300"),
    ("内乡县新建大棚320座。全县现有大棚1200座。", "1200座", "411325"),
    ("近日,淅川县启动改造,涉及小区12个。随后,西峡县也改造了23个。", "23个", "411323"),
    ("河南大学研究人员采访了120名居民。", "120名", "411300"),
]


@pytest.mark.parametrize(("text", "printed", "code"), AREAS)
def test_area(text: str, printed: str, code: str) -> None:
    assert figure(read(text), printed).area.code == code


def test_without_a_manifest_an_unnamed_place_is_unknown() -> None:
    found = read("全县建成大棚320座。我市现有学校45所。", region=None)
    assert {f.area.code for f in found.figures} == {None}


def test_articles_of_one_page_have_their_own_places() -> None:
    page = (
        "# 贵州遵义:茶叶增收\n\n茶园面积达到12万亩,带动农户3.5万户增收。(据《某报》)\n\n"
        "# 甘肃天水:苹果丰收\n\n果园面积达到45万亩,年产量80万吨。(据《某报》)"
    )
    found = read(page, region=None)
    assert [f.area.code for f in found.figures] == ["520300", "520300", "620500", "620500"]


def test_each_of_a_list_has_its_own_place() -> None:
    found = read("南宁市、柳州市、桂林市在园幼儿分别为42.1万人、21.5万人、23.8万人。", region="450000")
    assert [f.area.code for f in found.figures] == ["450100", "450200", "450300"]
    assert [f.label for f in found.figures] == ["南宁市在园幼儿", "柳州市在园幼儿", "桂林市在园幼儿"]


def test_a_firm_is_an_entity_of_the_area() -> None:
    found = read("南阳鸿达纺织有限公司引进设备120台,年产值3亿元。")
    assert {(f.area.code, f.area.entity) for f in found.figures} == {("411300", "南阳鸿达纺织有限公司")}


LABELS = [
    ("城乡居民收入分别达到2.9万元、1.2万元。", "1.2万元", ["农村居民收入"]),
    ("养老、失业、工伤保险参保人数分别为18万人、7万人、9万人。", "7万人", ["失业", "保险参保人数"]),
    ("新增岗位1200个,累计达6830个。", "6830个", ["新增岗位", "累计"]),
    ("(一)养老保险。年末参保78万人(含机关14万人)。全年基金收入61.5亿元。", "61.5亿元", ["养老保险", "基金收入"]),
    ("(二)失业保险。年末参保25.3万人。", "25.3万人", ["失业保险", "参保"]),
    ("发放补贴600万元,户数、金额分别是2019年的5.1倍和2.3倍。", "2.3倍", ["发放补贴", "金额"]),
    ("今年,县财政就拨付38万元,对新命名的19家书屋进行补助。", "38万元", ["拨付", "书屋", "补助"]),
    ("省财政仅拨付2600万元,用于132所乡镇卫生院改造。", "2600万元", ["拨付", "卫生院改造"]),
    ("建成培训基地47个、技能大师工作室45个。", "45个", ["建成", "技能大师工作室"]),
    ("月工资从5000元涨到了1.5万元。", "1.5万元", ["月工资"]),
    ("全县法定传染病发病率126.4‰。", "126.4‰", ["传染病", "发病率"]),
    ("粮食总产量218.4万吨,增产1.2%。", "1.2%", ["粮食", "增产"]),
    ("贷款余额812.5亿元,其中小微企业贷款余额365.2亿元,占比44.9%。", "44.9%", ["小微企业", "占比"]),
    ("组建了12支医疗服务队。", "12支", ["医疗服务队"]),
    ("新增床位500张、护士120名。", "120名", ["护士"]),
    ("新增床位500张、护士120名。", "500张", ["床位"]),
    ("表彰先进教师120人,其中乡村教师45人,占37.5%。", "37.5%", ["乡村教师", "占"]),
    ("诞生了三批共96名首席技师。", "三批", ["首席技师"]),
    ("接待人次和旅游收入分别增长12.3%和15.6%。", "15.6%", ["旅游收入", "增长"]),
    ("固定资产投资完成12亿元,规上工业增加值4.6亿元、增长3.2%。", "3.2%", ["规上工业增加值"]),
    ("立案率98%,仲裁案件同比减少18件、下降21.4%。", "21.4%", ["仲裁案件", "下降"]),
]


@pytest.mark.parametrize(("text", "printed", "words"), LABELS)
def test_label(text: str, printed: str, words: list[str]) -> None:
    label = figure(read(text), printed).label
    assert all(w in label for w in words), label
    assert len(label) <= 60


def test_labels_tell_different_facts_apart() -> None:
    text = "对特困家庭每月发给260元、480元、750元补贴。罚款5万元以上20万元以下。设男生宿舍120间、女生宿舍135间。"
    figures = read(text).figures
    assert len({(f.label, f.unit, f.period.iso) for f in figures}) == len(figures)


def printed(text: str, place: Place | None) -> str | None:
    return text[place.start : place.end] if isinstance(place, Span) else None


RELATIONS = [
    ("贷款余额812.5亿元,其中小微企业贷款365.2亿元,占比44.9%。", "share", ("365.2亿元", "812.5亿元", "44.9%")),
    ("共120人参加考核,96人成绩合格,合格率80%。", "share", ("96人", "120人", "80%")),
    ("引进人才26名,其中博士3名。", "subset", ("3名", "26名", None)),
    ("村集体收入由120万元增加到180万元,增长50%。", "growth", ("180万元", "120万元", "50%")),
]


@pytest.mark.parametrize(("text", "kind", "members"), RELATIONS)
def test_relation(text: str, kind: str, members: tuple[str | None, ...]) -> None:
    (relation,) = read(text).relations
    of = relation.members
    assert relation.kind == kind
    assert (printed(text, of.part), printed(text, of.whole), printed(text, of.share)) == members


def test_a_sum_and_a_product() -> None:
    text = "全校有男生1200人、女生1150人,共计2350人。"
    (total,) = read(text).relations
    assert total.kind == "sum"
    assert [printed(text, p) for p in total.members.parts] == ["1200人", "1150人"]
    text = "对30户困难家庭每户补助2000元,对15名学生每人资助3000元,共发放10.5万元。"
    (product,) = read(text).relations
    assert product.kind == "product"
    assert [[printed(text, p) for p in term] for term in product.members.terms] == [
        ["30户", "2000元"],
        ["15名", "3000元"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "评出优秀教师80名,乡村教师24人,占小学教师的60%。",
        "专任教师312人,其中高级职称98人,硕士学历占三分之一。",
        "良品率由92%提升至99.6%,单位能耗降低15%。",
        "覆盖企业791家、职工4万名,共投入300万元。",
    ],
)
def test_no_relation_where_the_words_name_other_members(text: str) -> None:
    assert [r for r in read(text).relations if r.kind in ("share", "sum", "growth")] == []


def test_a_name_of_several_places_is_held_with_candidates() -> None:
    (found,) = read("鼓楼区新建学校12所。", region=None).figures
    assert (found.area.code, found.area.unresolved) == (None, True)
    assert len(found.area.candidates) > 1


def test_a_known_place_without_a_code_keeps_its_name() -> None:
    (found,) = read("长三角地区新增企业120家。").figures
    assert (found.area.code, found.area.name, found.area.unresolved) == (None, "长三角", False)
