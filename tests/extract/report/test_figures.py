"""Figures of sentences of many fields, as ``text value unit qualifier kind [status]``; one line per sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.extract.report import extract_report
from etl.model import Document, Extraction, ManifestEntry, RawFigure

MANIFEST = ManifestEntry("a.txt", None, "某市统计局", "411300", "2024-08")


def read(text: str, manifest: ManifestEntry | None = MANIFEST) -> Extraction:
    return extract_report(Document(text, "txt", "txt/1"), manifest)


def told(figure: RawFigure) -> tuple[str, ...]:
    value = figure.number.scaleb(figure.multiplier)
    shown = f"{value.normalize():f}"
    status = () if figure.status == "observed" else (figure.status,)
    return (figure.text, shown, figure.unit or "?", figure.qualifier, figure.kind, *status)


def check(sentence: str, *wanted: str) -> None:
    found = [told(f) for f in read(sentence).figures]
    assert found == [tuple(w.split()) for w in wanted]


COUNTS = [
    ("全市共有各级各类学校1245所,在校学生68.3万人。", "1245所 1245 所 eq count", "68.3万人 683000 人 eq count"),
    ("新建村级卫生室45个、改造32个。", "45个 45 个 eq count", "32个 32 个 eq count"),
    ("为3.6万名适龄儿童接种疫苗12.7万剂次。", "3.6万名 36000 名 eq count", "12.7万剂次 127000 剂次 eq count"),
    ("生猪出栏156.3万头,家禽出栏2310万羽。", "156.3万头 1563000 头 eq count", "2310万羽 23100000 羽 eq count"),
    ("接待游客1.2亿人次。", "1.2亿人次 120000000 人次 eq count"),
    ("全县25万农民参加了培训。", "25万 250000 人 eq count"),
    ("发放图书12万册、光盘3000张。", "12万册 120000 册 eq count", "3000张 3000 张 eq count"),
    ("组织义诊128场次,服务群众23456人。", "128场次 128 场次 eq count", "23456人 23456 人 eq count"),
    ("法院受理案件12,345件。", "12,345件 12345 件 eq count"),
    ("报名人数24.9万。", "24.9万 249000 人 eq count"),
    ("共举办八届龙舟赛,表彰了五批选手。", "八届 8 届 eq count", "五批 5 批 eq count"),
    ("已完成三十五个村的改造。", "三十五个 35 个 eq count"),
    ("引进企业二十多家。", "二十多家 20 家 gt count"),
    ("10位专家开展了6次会诊。", "10位 10 人 eq count", "6次 6 次 eq count"),
    ("全校参加测试的学生为５６０名。", "５６０名 560 名 eq count"),
    ("建成充电桩3万4000个。", "3万4000个 34000 个 eq count"),
]
MONEY_AND_MEASURES = [
    ("一般公共预算收入2356.8亿元。", "2356.8亿元 235680000000 元 eq money"),
    ("出口额3.5亿美元。", "3.5亿美元 350000000 美元 eq money"),
    ("粮食播种面积523.6万亩,总产量218.4万吨。", "523.6万亩 5236000 亩 eq area", "218.4万吨 2184000 吨 eq other"),
    ("新住院楼建筑面积3.5万平方米。", "3.5万平方米 35000 平方米 eq area"),
    ("公路通车里程1200公里,装机容量500千瓦。", "1200公里 1200 公里 eq other", "500千瓦 500 千瓦 eq other"),
    ("平均住院日为7.2天。", "7.2天 7.2 天 eq duration"),
    ("审批时限压缩至5个工作日。", "5个工作日 5 个工作日 eq duration"),
    ("每股收益0.32元。", "0.32元 0.32 元 eq money"),
    ("投资5-10万元建设大棚。", "5-10万元 50000 元 eq money"),
    ("每张门票12元5角。", "12元5角 12.5 元 eq money"),
    ("救助资金三五百万元。", "三五百万元 3000000 元 eq money"),
    ("募集资金１兆4,833.74億元。", "１兆4,833.74億元 1483374000000 元 eq money"),
]
SHARES = [
    ("高中阶段毛入学率95.3%。", "95.3% 95.3 % eq share"),
    ("近四成学生住校,其中一半来自农村。", "四成 40 % lt share", "一半 50 % eq share"),
    ("三分之二的村有了集体经济。", "三分之二 66.666666666667 % eq share"),
    ("农业用水占用水总量的百分之六十二。", "百分之六十二 62 % eq share"),
    ("约1/4的企业已停产。", "1/4 25 % approx share"),
    ("小微企业贷款占比44.9%。", "44.9% 44.9 % eq share"),
    ("新生儿死亡率3.1‰。", "3.1‰ 3.1 ‰ eq rate"),
    ("拨备覆盖率212%。", "212% 212 % eq ratio"),
    ("一年期贷款利率3.45%。", "3.45% 3.45 % eq ratio"),
    ("每万人口全科医生3.8人。", "3.8人 3.8 人 eq rate"),
    ("床位使用占比由31.5%升到64%。", "31.5% 31.5 % eq share", "64% 64 % eq share"),
]
CHANGES = [
    ("工业增加值同比增长6.1%。", "6.1% 6.1 % eq growth"),
    ("生猪出栏量下降2.4%。", "2.4% 2.4 % eq growth"),
    ("城镇化率提高0.9个百分点。", "0.9个百分点 0.9 个百分点 eq pp_change"),
    ("接待人次和收入分别增长12.3%和15.6%。", "12.3% 12.3 % eq growth", "15.6% 15.6 % eq growth"),
    ("销售收入翻了一番。", "翻了一番 100 % eq growth"),
    ("工资翻两番。", "翻两番 300 % eq growth"),
    ("产值是2015年的1.8倍。", "1.8倍 1.8 倍 eq multiple"),
    ("以年均8%的速度递增。", "8% 8 % eq growth"),
    ("自然增长率为-2.65‰。", "-2.65‰ -2.65 ‰ eq rate"),
    ("能耗降幅达3.2%。", "3.2% 3.2 % eq growth"),
    ("参保人数较2016年增加近一倍。", "一倍 1 倍 lt growth"),
    ("客运量增长一倍多,货运量增加两倍。", "一倍多 1 倍 gt growth", "两倍 2 倍 eq growth"),
]
QUALIFIERS = [
    ("完成投资超过30亿元。", "30亿元 3000000000 元 gt money"),
    ("惠及群众2.3万余人次。", "2.3万余人次 23000 人次 gt count"),
    ("种植面积达10多万亩。", "10多万亩 100000 亩 gt area"),
    ("出栏肉牛约180多头。", "180多头 180 头 gt count"),
    ("近500家企业参展。", "500家 500 家 lt count"),
    ("不足百人。", "百人 100 人 lt count"),
    ("产值突破千亿元。", "千亿元 100000000000 元 gt money"),
    ("逾百万元善款到账。", "百万元 1000000 元 gt money"),
    ("上千名志愿者参加。", "千名 1000 名 gt count"),
    ("带动就业2000人左右。", "2000人 2000 人 approx count"),
    ("约23万平方米的厂房。", "23万平方米 230000 平方米 approx area"),
    ("接种率保持在95%以上。", "95% 95 % ge share"),
    ("失业率控制在4.5%以内。", "4.5% 4.5 % le share"),
    ("至少培训20名教师。", "20名 20 名 ge count"),
    ("能耗不超过300吨。", "300吨 300 吨 le other"),
    ("二百三十余万元。", "二百三十余万元 2300000 元 gt money"),
    ("会员数达到1亿多人。", "1亿多人 100000000 人 gt count"),
    ("十几个村受灾。", "十几个 10 个 gt count"),
    ("在校生分别控制在2000人和1500人以内。", "2000人 2000 人 le count", "1500人 1500 人 le count"),
    ("两厂产量分别超过12万吨和9万吨。", "12万吨 120000 吨 gt other", "9万吨 90000 吨 gt other"),
    ("津贴不低于每天12元。", "12元 12 元 ge money standard"),
    ("两项分别高出2.1个和3.4个百分点。", "2.1个 2.1 个百分点 eq pp_change", "3.4个百分点 3.4 个百分点 eq pp_change"),
    ("招收学徒2000人和工程师15人以上。", "2000人 2000 人 eq count", "15人 15 人 ge count"),
]
DAYS_AND_PROGRAMMES = [
    ("电厂连续2000多天无事故。", "2000多天 2000 天 gt duration"),
    ("地铁安全运行3650天。", "3650天 3650 天 eq duration"),
    ("展览连续3天举行。",),
    ("扎实推进三项工程。",),
    ("把实施五大行动作为抓手。",),
    ("补贴主要有三项。",),
    ("建成三项灌溉工程。", "三项 3 项 eq count"),
]
STATUS = [
    ("完成年度目标任务的108.7%。", "108.7% 108.7 % eq ratio"),
    ("资助2.4万名学生,人均资助1500元。", "2.4万名 24000 名 eq count", "1500元 1500 元 eq money"),
    ("力争到2027年,全省高新技术企业突破2万家。", "2万家 20000 家 gt count target"),
    ("计划新建学校12所。", "12所 12 所 eq count target"),
    ("达产后年产值可达30亿元。", "30亿元 3000000000 元 eq money target"),
    ("每人每月发放生活补助1500元。", "1500元 1500 元 eq money standard"),
    ("一次性奖励200万元。", "200万元 2000000 元 eq money standard"),
    ("对单位罚款5万元以上。", "5万元 50000 元 ge money standard"),
    ("最高给予50万元补贴。", "50万元 500000 元 le money standard"),
    ("按甲乙丙三档每月分别给予300元、200元、100元津贴。",
     "300元 300 元 eq money standard", "200元 200 元 eq money standard", "100元 100 元 eq money standard"),
    ("去年发放补助1500万元。", "1500万元 15000000 元 eq money"),
]  # fmt: skip
RANKS = [
    ("总量位居全国第二。", "第二 2 位 eq rank"),
    ("居全省第3位。", "第3位 3 位 eq rank"),
    ("产量全国居首。", "居首 1 位 eq rank"),
    ("三项指标分别居全国第二、第七、第九。",
     "第二 2 位 eq rank", "第七 7 位 eq rank", "第九 9 位 eq rank"),
]  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [*COUNTS, *MONEY_AND_MEASURES, *SHARES, *CHANGES, *QUALIFIERS, *DAYS_AND_PROGRAMMES, *STATUS, *RANKS],
    ids=lambda case: case[0][:16],
)
def test_figures(case: tuple[str, ...]) -> None:
    check(*case)


NOT_FIGURES = [
    "他在一线工作多年,一直勤勤恳恳,进一步统一了思想。",
    "荣获全国五一劳动奖章和三八红旗手称号。",
    "第十五次党代会和第十四届人大会议召开。",
    "二十大精神和二十届四中全会精神深入人心。",
    "坚持“四位一体”,打造“三个中心”,实施“1269”行动计划。",
    "四川、三亚、九江、六安等地代表参加。",
    "印发〔2024〕3号文件,第8期简报,总第38期。",
    "联系电话0512-65432109,手机13812345678。",
    "网址https://www.example.org/2024/05/12.html可查。",
    "一是加强领导;二是压实责任;三是强化督查。",
    "(一)总体要求。(二)主要任务。",
    "数百名群众参加,几十个单位支持。",
    "十余年来,他8小时之外也不休息。",
    "5A级景区、三甲医院、5G基站和C919客机。",
    "百年大计,千方百计,万众一心。",
    "2024年5月12日上午9时30分在三楼会议室召开。",
    "《任务清单30条》和《十项措施》陆续出台。",
    "55岁的王师傅是一名普通工人,也是一个好父亲。",
    "十四五规划和中国制造2025。",
    "每万名劳动者、每千名儿童的指标都在改善。",
    "万名干部下基层,百对新人集体婚礼。",
    "三大行动、四大班子、五大任务、十佳青年。",
    "长三角、珠三角一体化发展。",
    "两三个人,七八条枪。",
    "队伍建设、陆地交通、收拾行李。",
]


@pytest.mark.parametrize("sentence", NOT_FIGURES)
def test_not_figures(sentence: str) -> None:
    assert [f.text for f in read(sentence).figures] == []


def test_a_range_keeps_both_ends() -> None:
    (figure,) = read("每户投资5-10万元。").figures
    assert (figure.number, figure.upper, figure.multiplier) == (Decimal(5), Decimal(10), 4)


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [("减少1.3万人。", "down"), ("下降2.4%。", "down"), ("增长5%。", "up"), ("共5人。", None)],
)
def test_direction(sentence: str, direction: str | None) -> None:
    (figure,) = read(sentence).figures
    assert figure.direction == direction


def test_a_structure_printed_as_a_ratio_is_its_shares() -> None:
    figures = read("参训学员中工人、技术人员、管理人员的比例为87：9：4。").figures
    assert [told(f) for f in figures] == [
        ("87", "87", "%", "eq", "share"),
        ("9", "9", "%", "eq", "share"),
        ("4", "4", "%", "eq", "share"),
    ]
    assert [f.label for f in figures] == ["参训学员中工人,比例", "技术人员,比例", "管理人员,比例"]


def test_of_a_ratio_to_one_the_first_is_a_figure_and_any_other_is_set_aside() -> None:
    found = read("该校师生比1:13.2,城乡收入比由2.05:1缩小到1.98:1。主队以3:1取胜。")
    assert [told(f)[1:] for f in found.figures] == [("2.05", "?", "eq", "ratio"), ("1.98", "?", "eq", "ratio")]
    assert {i.reason for i in found.ignored} == {"ratio"}
