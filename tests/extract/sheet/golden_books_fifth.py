"""A fifth set of golden workbooks, written before the rules were looked at: bureaus and offices of many fields."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_books_hard import write_html
from tests.extract.sheet.golden_pages import Page, write_csv, write_ods, write_xls, write_xlsx

SHENYANG = {
    "和平区": "210102",
    "沈河区": "210103",
    "大东区": "210104",
    "皇姑区": "210105",
    "铁西区": "210106",
    "苏家屯区": "210111",
    "浑南区": "210112",
    "沈北新区": "210113",
    "于洪区": "210114",
    "辽中区": "210115",
    "康平县": "210123",
    "法库县": "210124",
    "新民市": "210181",
}
HENAN = {
    "郑州市": "410100",
    "开封市": "410200",
    "洛阳市": "410300",
    "平顶山市": "410400",
    "安阳市": "410500",
    "鹤壁市": "410600",
    "新乡市": "410700",
    "焦作市": "410800",
    "濮阳市": "410900",
    "许昌市": "411000",
    "漯河市": "411100",
    "三门峡市": "411200",
    "济源示范区": None,
}
GUIZHOU = {
    "贵阳市": "520100",
    "六盘水市": "520200",
    "遵义市": "520300",
    "安顺市": "520400",
    "毕节市": "520500",
    "铜仁市": "520600",
    "黔西南州": "522300",
    "黔东南州": "522600",
    "黔南州": "522700",
}
GUILIN = {
    "秀峰区": "450302",
    "叠彩区": "450303",
    "象山区": "450304",
    "七星区": "450305",
    "雁山区": "450311",
    "临桂区": "450312",
    "阳朔县": "450321",
    "灵川县": "450323",
    "全州县": "450324",
    "荔浦市": "450381",
}
TIANJIN = {
    "和平区": "120101",
    "河东区": "120102",
    "河西区": "120103",
    "南开区": "120104",
    "河北区": "120105",
    "红桥区": "120106",
    "东丽区": "120110",
    "滨海新区": "120116",
    "蓟州区": "120119",
}
DALIAN = {
    "中山区": "210202",
    "西岗区": "210203",
    "沙河口区": "210204",
    "甘井子区": "210211",
    "旅顺口区": "210212",
    "金州区": "210213",
    "长海县": "210224",
    "瓦房店市": "210281",
    "庄河市": "210283",
}
FUJIAN = {
    "福州": "350100",
    "厦门": "350200",
    "莆田": "350300",
    "三明": "350400",
    "泉州": "350500",
    "漳州": "350600",
    "南平": "350700",
    "龙岩": "350800",
    "宁德": "350900",
}
INNER_MONGOLIA = {
    "呼和浩特市": "150100",
    "包头市": "150200",
    "呼伦贝尔市": "150700",
    "兴安盟": "152200",
    "通辽市": "150500",
    "赤峰市": "150400",
    "锡林郭勒盟": "152500",
    "乌兰察布市": "150900",
    "鄂尔多斯市": "150600",
    "巴彦淖尔市": "150800",
    "乌海市": "150300",
    "阿拉善盟": "152900",
}
CHONGQING = {
    "万州区": "500101",
    "涪陵区": "500102",
    "渝中区": "500103",
    "大渡口区": "500104",
    "江北区": "500105",
    "沙坪坝区": "500106",
    "九龙坡区": "500107",
    "南岸区": "500108",
    "北碚区": "500109",
}
HEBEI = {
    "石家庄市 Shijiazhuang": "130100",
    "承 德 市 Chengde": "130800",
    "张家口市 Zhangjiakou": "130700",
    "唐 山 市 Tangshan": "130200",
    "廊 坊 市 Langfang": "131000",
    "保 定 市 Baoding": "130600",
    "定 州 市 Dingzhou": "130682",
    "雄安新区 Xiong'an": None,
}
YUNNAN: dict[str, tuple[str, dict[str, str]]] = {
    "昆明市": (
        "530100",
        {"五华区": "530102", "盘龙区": "530103", "官渡区": "530111", "石林彝族自治县": "530126", "安宁市": "530181"},
    ),
    "曲靖市": ("530300", {"麒麟区": "530302", "沾益区": "530303", "宣威市": "530381"}),
    "大理白族自治州": ("532900", {"大理市": "532901", "漾濞彝族自治县": "532922", "祥云县": "532923"}),
}


def ages_by_sex_in_a_province(rng: random.Random) -> GoldenBook:
    """A census volume: prefectures and their counties by indentation, 63 columns of age and sex, five header rows."""
    page = Page("t0107")
    page.put(0, 0, "1-7 各地区分年龄、性别的人口")
    page.put(1, 0, "Population by Age, Sex and Region")
    page.put(2, 0, "（2020年11月1日零时）")
    page.put(2, 60, "单位：人")
    ages = ("0-4岁", *(f"{n}-{n + 4}岁" for n in range(5, 95, 5)), "95岁及以上")
    page.merged(3, 0, "地  区", rows=2)
    page.merged(3, 1, "合  计", cols=3)
    page.put(4, 1, "小  计", "男", "女")
    for k, age in enumerate(ages):
        page.merged(3, 4 + 3 * k, age, cols=3)
        page.put(4, 4 + 3 * k, "小计", "男", "女")
    line = 5

    def row(name: str, code: str) -> None:
        nonlocal line
        page.put(line, 0, name)
        pairs = [(rng.randint(10, 9000), rng.randint(10, 9000)) for _ in ages]
        men, women = sum(m for m, _ in pairs), sum(w for _, w in pairs)
        for k, (group, (m, w)) in enumerate(zip(("合计", *ages), ((men, women), *pairs), strict=True)):
            for n, (sex, value) in enumerate((("小计", m + w), ("男", m), ("女", w))):
                page.fact(line, 1 + 3 * k + n, value, f"{group}|{sex}", region=code, period="2020-11-01", unit="人")
        line += 1

    row("云 南 省", "530000")
    for place, (code, counties) in YUNNAN.items():
        row("  " + place, code)
        for county, county_code in counties.items():
            row("    " + county, county_code)
    return GoldenBook("云南省人口普查1-7.xlsx", (page,), write_xlsx)


def wages_of_two_years(rng: random.Random) -> GoldenBook:
    """Two years and the growth under each measure; a zone among the districts; the total is called 全  市."""
    page = Page("4-8")
    page.merged(0, 0, "4-8  各区、县（市）城镇非私营单位就业人员和平均工资", cols=7)
    page.merged(2, 0, "地    区", rows=2)
    page.merged(2, 1, "年末就业人员（人）", cols=3)
    page.merged(2, 4, "平均工资（元）", cols=3)
    page.put(3, 1, "2021年", "2022年", "增长（%）", "2021年", "2022年", "增长（%）")
    for r, (place, code) in enumerate({"全  市": "210100", **SHENYANG}.items()):
        page.put(4 + r, 0, place)
        for k, (measure, unit, low) in enumerate((("年末就业人员", "人", 9000), ("平均工资", "元", 60_000))):
            for n, year in enumerate(("2021", "2022")):
                page.fact(4 + r, 1 + 3 * k + n, rng.randint(low, 2 * low), measure, region=code, period=year, unit=unit)
            page.fact(
                4 + r, 3 + 3 * k, rng.randint(-90, 120) / 10, f"{measure}|增长", region=code, period="2022", unit="%"
            )
    return GoldenBook("沈阳统计年鉴2023_4-8.xls", (page,), write_xls)


def quarter_with_ranks(rng: random.Random) -> GoldenBook:
    """One quarter by city: amount, growth and rank of each measure; a demonstration zone without a code."""
    page = Page("Sheet1")
    page.merged(0, 0, "2023年一季度各省辖市主要经济指标", cols=7)
    page.merged(1, 0, "市  别", rows=2)
    page.merged(1, 1, "地区生产总值", cols=3)
    page.merged(1, 4, "一般公共预算收入", cols=3)
    page.put(2, 1, "绝对量(亿元)", "增速(%)", "位次", "绝对量(亿元)", "增速(%)", "位次")
    order = list(range(1, 14))
    rng.shuffle(order)
    for r, (place, code) in enumerate({"全  省": "410000", **HENAN}.items()):
        page.put(3 + r, 0, place)
        for k, measure in enumerate(("地区生产总值", "一般公共预算收入")):
            page.fact(
                3 + r,
                1 + 3 * k,
                rng.randint(9000, 300_000) / 100,
                f"{measure}|绝对量",
                region=code,
                period="2023-Q1",
                unit="元",
                scale=8,
            )
            page.fact(
                3 + r, 2 + 3 * k, rng.randint(-30, 90) / 10, f"{measure}|增速", region=code, period="2023-Q1", unit="%"
            )
            if r:
                page.fact(3 + r, 3 + 3 * k, order[r - 1], f"{measure}|位次", region=code, period="2023-Q1", unit="位")
            else:
                page.put(3 + r, 3 + 3 * k, "-")
    return GoldenBook("河南省辖市季度.xlsx", (page,), write_xlsx)


def harvests_by_year(rng: random.Random) -> GoldenBook:
    """Years run down with blank rows between; three measures of each crop with units in the header."""
    page = Page("12-6")
    page.put(0, 0, "12-6 山东省主要农作物播种面积和产量")
    page.merged(1, 0, "年  份", rows=2)
    crops = ("粮食", "#小麦", "玉米", "棉花")
    measures = (
        ("播种面积（千公顷）", "播种面积", "平方米", 7),
        ("总产量（万吨）", "总产量", "吨", 4),
        ("单产（公斤/公顷）", "单产", "公斤/公顷", 0),
    )
    for k, crop in enumerate(crops):
        page.merged(1, 1 + 3 * k, crop, cols=3)
        page.put(2, 1 + 3 * k, *(m[0] for m in measures))
    line = 3
    for n, year in enumerate((1978, 1980, 1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020, 2021, 2022)):
        line += n in (1, 6)
        page.put(line, 0, year)
        for k, crop in enumerate(crops):
            for c, (_, measure, unit, scale) in enumerate(measures):
                value = rng.randint(100_000, 900_000) / 100 if scale else rng.randint(2000, 7000)
                page.fact(
                    line,
                    1 + 3 * k + c,
                    value,
                    f"{crop}|{measure}",
                    region="370000",
                    period=str(year),
                    unit=unit,
                    scale=scale,
                )
        line += 1
    return GoldenBook("nj12-6.xls", (page,), write_xls)


def union_members(rng: random.Random) -> GoldenBook:
    """A union office: organisations and members with 其中 columns over merged and split header words."""
    page = Page("工会组织")
    page.merged(0, 0, "贵州省各市（州）工会组织建设情况统计表", cols=8)
    page.put(1, 0, "填报单位：贵州省总工会")
    page.put(1, 5, "2022年度")
    page.merged(2, 0, "地区", rows=2)
    page.merged(2, 1, "基层工会组织数（个）", rows=2)
    page.merged(2, 2, "涵盖法人单位数（个）", rows=2)
    page.merged(2, 3, "会员人数（人）", rows=2)
    page.merged(2, 4, "其中", cols=2)
    page.put(3, 4, "女会员", "农民工会员")
    page.merged(2, 6, "专职工会干部（人）", rows=2)
    page.merged(2, 7, "建会率（%）", rows=2)
    heads = (
        ("基层工会组织数", "个"),
        ("涵盖法人单位数", "个"),
        ("会员人数", "人"),
        ("会员人数|其中|女会员", "人"),
        ("会员人数|其中|农民工会员", "人"),
        ("专职工会干部", "人"),
        ("建会率", "%"),
    )
    for r, (place, code) in enumerate({**GUIZHOU, "合计": "520000"}.items()):
        page.put(4 + r, 0, place)
        for c, (label, unit) in enumerate(heads):
            value = rng.randint(800, 990) / 10 if unit == "%" else rng.randint(300, 90_000)
            page.fact(4 + r, 1 + c, value, label, region=code, period="2022", unit=unit)
    page.put(5 + len(GUIZHOU), 0, "注：建会率为已建会法人单位占应建会法人单位的比重。")
    page.put(6 + len(GUIZHOU), 0, "填表人：张某      审核人：李某")
    return GoldenBook("工会年报.xlsx", (page,), write_xlsx)


def insurance_by_year(rng: random.Random) -> GoldenBook:
    """Insured persons and funds in rows, indented parts, mixed units in a column, five years."""
    page = Page("22-5")
    page.merged(0, 0, "22-5 甘肃省社会保险基本情况", cols=7)
    page.put(1, 0, "项        目", "单 位", *(f"{y}年" for y in range(2018, 2023)))
    lines = [
        ("一、城镇职工基本养老保险", None, None, 0, ""),
        ("  年末参保人数", "万人", "人", 4, "城镇职工基本养老保险|年末参保人数"),
        ("    #在职职工", "万人", "人", 4, "城镇职工基本养老保险|在职职工"),
        ("     离退休人员", "万人", "人", 4, "城镇职工基本养老保险|离退休人员"),
        ("  基金收入", "亿元", "元", 8, "城镇职工基本养老保险|基金收入"),
        ("  基金支出", "亿元", "元", 8, "城镇职工基本养老保险|基金支出"),
        ("  累计结余", "亿元", "元", 8, "城镇职工基本养老保险|累计结余"),
        ("二、失业保险", None, None, 0, ""),
        ("  年末参保人数", "万人", "人", 4, "失业保险|年末参保人数"),
        ("  基金收入", "亿元", "元", 8, "失业保险|基金收入"),
        ("  领取失业保险金人数", "人", "人", 0, "失业保险|领取失业保险金人数"),
        ("三、工伤保险", None, None, 0, ""),
        ("  年末参保人数", "万人", "人", 4, "工伤保险|年末参保人数"),
        ("  享受工伤待遇人数", "人次", "人次", 0, "工伤保险|享受工伤待遇人数"),
    ]
    for r, (label, printed, unit, scale, indicator) in enumerate(lines):
        page.put(2 + r, 0, label, printed)
        if unit is None:
            continue
        for c, year in enumerate(range(2018, 2023)):
            value = rng.randint(1000, 90_000) / 100 if scale else rng.randint(5000, 70_000)
            page.fact(2 + r, 2 + c, value, indicator, region="620000", period=str(year), unit=unit, scale=scale)
    return GoldenBook("D22-05.xlsx", (page,), write_xlsx)


def schools_by_kind(rng: random.Random) -> GoldenBook:
    """Kinds of schools in nested rows; schools counted in 所, all else in 人; 其中 under a parent of two columns."""
    page = Page("21-1")
    page.merged(0, 0, "21-1  陕西省各级各类学校基本情况（2022年）", cols=7)
    page.put(1, 5, "单位：所、人")
    page.merged(2, 0, "指    标", rows=2)
    page.put(2, 1, "学校数", "毕业生数", "招生数", "在校生数", "教职工数", None)
    page.put(3, 6, "#专任教师")
    kinds = [
        ("一、高等教育", False, "高等教育"),
        ("  普通本科学校", True, "普通本科学校"),
        ("  高职（专科）学校", True, "高职（专科）学校"),
        ("二、中等教育", False, "中等教育"),
        ("  高中阶段教育", True, "高中阶段教育"),
        ("    普通高中", True, "普通高中"),
        ("    中等职业教育", True, "中等职业教育"),
        ("  初中阶段教育", True, "初中阶段教育"),
        ("三、小学教育", True, "小学教育"),
        ("四、学前教育", True, "学前教育"),
        ("五、特殊教育", True, "特殊教育"),
    ]
    heads = (
        ("学校数", "所"),
        ("毕业生数", "人"),
        ("招生数", "人"),
        ("在校生数", "人"),
        ("教职工数", "人"),
        ("专任教师", "人"),
    )
    for r, (label, filled, name) in enumerate(kinds):
        page.put(4 + r, 0, label)
        for c, (head, unit) in enumerate(heads):
            if filled:
                value = rng.randint(20, 900) if unit == "所" else rng.randint(1000, 400_000)
                page.fact(4 + r, 1 + c, value, f"{name}|{head}", region="610000", period="2022", unit=unit)
    return GoldenBook("21-1.xls", (page,), write_xls)


def beds_continued(rng: random.Random) -> GoldenBook:
    """One table cut in two and stacked, 续表 with a header of its own; a note in between."""
    page = Page("Sheet1")
    parts = (
        (
            "20-11 各市州医疗卫生机构及床位（2021年）",
            (
                ("机构数（个）", "机构数", "个"),
                ("#医院", "医院", "个"),
                ("床位数（张）", "床位数", "张"),
                ("#医院", "医院", "张"),
            ),
        ),
        (
            "20-11  续表",
            (
                ("卫生人员（人）", "卫生人员", "人"),
                ("#执业（助理）医师", "执业（助理）医师", "人"),
                ("注册护士", "注册护士", "人"),
                ("每千人口床位（张）", "每千人口床位", "张"),
            ),
        ),
    )
    line = 0
    for n, (title, heads) in enumerate(parts):
        page.put(line, 0, title)
        page.put(line + 2, 0, "地  区", *(h[0] for h in heads))
        line += 3
        for place, code in {"全    省": "520000", **GUIZHOU}.items():
            page.put(line, 0, place if len(place) > 3 else "  ".join(place))
            for c, (_, label, unit) in enumerate(heads):
                value: int | float = rng.randint(200, 60_000)
                if label.startswith("每千"):
                    value = rng.randint(500, 900) / 100
                page.fact(line, 1 + c, value, label, region=code, period="2021", unit=unit)
            line += 1
        if not n:
            page.put(line, 0, "注：机构数含村卫生室。")
            line += 2
    return GoldenBook("贵州卫生.ods", (page,), write_ods)


def transport_by_month(rng: random.Random) -> GoldenBook:
    """Traffic of a city: month of the title, this month, since January and growth; 其中 rows and ton-kilometres."""
    page = Page("交通")
    page.merged(0, 0, "大连市2023年6月交通运输主要指标", cols=6)
    page.put(1, 0, "指标名称", "计量单位", "本月", "本月同比增长(%)", "1-6月累计", "累计同比增长(%)")
    lines = [
        ("客运总量", "万人次", "人次", 4, "客运总量"),
        ("  #公路", "万人次", "人次", 4, "客运总量|公路"),
        ("   铁路", "万人次", "人次", 4, "客运总量|铁路"),
        ("货运总量", "万吨", "吨", 4, "货运总量"),
        ("  #水运", "万吨", "吨", 4, "货运总量|水运"),
        ("货物周转量", "亿吨公里", "吨公里", 8, "货物周转量"),
        ("港口货物吞吐量", "万吨", "吨", 4, "港口货物吞吐量"),
    ]
    for r, (label, printed, unit, scale, indicator) in enumerate(lines):
        page.put(2 + r, 0, label, printed)
        page.fact(
            2 + r,
            2,
            rng.randint(1000, 90_000) / 10,
            indicator,
            region="210200",
            period="2023-06",
            unit=unit,
            scale=scale,
        )
        page.fact(
            2 + r, 3, rng.randint(-90, 300) / 10, f"{indicator}|同比增长", region="210200", period="2023-06", unit="%"
        )
        page.fact(
            2 + r,
            4,
            rng.randint(9000, 900_000) / 10,
            f"{indicator}|累计",
            region="210200",
            period="2023-01/2023-06",
            unit=unit,
            scale=scale,
        )
        page.fact(
            2 + r,
            5,
            rng.randint(-90, 300) / 10,
            f"{indicator}|累计同比增长",
            region="210200",
            period="2023-01/2023-06",
            unit="%",
        )
    return GoldenBook("月报06.xlsx", (page,), write_xlsx)


def house_prices(rng: random.Random) -> GoldenBook:
    """Price indices of cities, two tables of cities side by side under one header, three bases."""
    page = Page("csv")
    page.put(0, 0, "表1：2023年5月新建商品住宅销售价格指数")
    page.put(1, 0, "城市", "环比", "同比", "定基", "城市", "环比", "同比", "定基")
    page.put(2, 1, "上月=100", "上年同月=100", "2020年=100", None, "上月=100", "上年同月=100", "2020年=100")
    left = {
        "北京": "110000",
        "天津": "120000",
        "石家庄": "130100",
        "太原": "140100",
        "沈阳": "210100",
        "长春": "220100",
    }
    right = {"唐山": "130200", "包头": "150200", "丹东": "210600", "吉林": "220200", "无锡": "320200", "徐州": "320300"}
    for half, places in enumerate((left, right)):
        for r, (place, code) in enumerate(places.items()):
            page.put(3 + r, 4 * half, place if len(place) > 2 else "　".join(place))
            for c, (label, unit) in enumerate((("环比", "上月=100"), ("同比", "上年=100"), ("定基", "2020=100"))):
                page.fact(
                    3 + r,
                    4 * half + 1 + c,
                    rng.randint(950, 1050) / 10,
                    label,
                    region=code,
                    period="2023-05",
                    unit=unit,
                )
    return GoldenBook("新房价格指数.csv", (page,), write_csv)


def budget_by_county(rng: random.Random) -> GoldenBook:
    """Counties over the revenue since January: budget, this month, cumulated, share of budget, growth."""
    page = Page("6月")
    page.merged(0, 0, "桂林市各县（市、区）一般公共预算收入完成情况表", cols=7)
    page.put(1, 0, "（2022年1-6月）")
    page.put(1, 6, "单位：万元、%")
    page.merged(2, 0, "单  位", rows=2)
    page.merged(2, 1, "年初预算数", rows=2)
    page.merged(2, 2, "累计完成", cols=3)
    page.put(3, 2, "金额", "占预算", "比上年同期增减")
    page.merged(2, 5, "其中：税收收入", cols=2)
    page.put(3, 5, "金额", "比上年同期增减")
    span = "2022-01/2022-06"
    for r, (place, code) in enumerate({"全市合计": "450300", "市本级": None, **GUILIN}.items()):
        page.put(4 + r, 0, place)
        money = {"region": code, "unit": "元", "scale": 4}
        page.fact(4 + r, 1, rng.randint(20_000, 90_000), "年初预算数", period="2022", **money)  # type: ignore[arg-type]
        page.fact(4 + r, 2, rng.randint(9000, 40_000), "累计完成|金额", period=span, **money)  # type: ignore[arg-type]
        page.fact(4 + r, 3, rng.randint(300, 700) / 10, "累计完成|占预算", region=code, period=span, unit="%")
        page.fact(4 + r, 4, rng.randint(-90, 200) / 10, "累计完成|比上年同期增减", region=code, period=span, unit="%")
        page.fact(4 + r, 5, rng.randint(5000, 20_000), "税收收入|金额", period=span, **money)  # type: ignore[arg-type]
        page.fact(4 + r, 6, rng.randint(-90, 200) / 10, "税收收入|比上年同期增减", region=code, period=span, unit="%")
    return GoldenBook("财政收入月报.xlsx", (page,), write_xlsx)


def tidy_list(rng: random.Random) -> GoldenBook:
    """A long table of an open data portal: year, place, measure, value, unit, remark."""
    page = Page("csv")
    page.put(0, 0, "序号", "统计年度", "行政区划", "指标名称", "指标值", "计量单位", "备注")
    measures = (
        ("养老机构数", "个", "个", 0),
        ("养老机构床位数", "张", "张", 0),
        ("60岁及以上户籍人口", "万人", "人", 4),
        ("老龄化率", "%", "%", 0),
    )
    line = 1
    for year in (2021, 2022):
        for place, code in TIANJIN.items():
            for label, printed, unit, scale in measures:
                value = rng.randint(100, 4000) / 100 if scale or unit == "%" else rng.randint(10, 9000)
                page.put(line, 0, line, year, place, label)
                page.put(line, 5, printed)
                page.fact(line, 4, value, label, region=code, period=str(year), unit=unit, scale=scale)
                line += 1
    return GoldenBook("天津市养老服务.csv", (page,), write_csv)


def households_by_year_sheet(rng: random.Random) -> GoldenBook:
    """A sheet for each year; from 2021 a column more, the total moves from the first to the last row."""
    pages = []
    for year in (2019, 2020, 2021):
        page = Page(f"{year}年")
        page.put(0, 0, "大连市分区市县户籍户数、人口及变动")
        heads: list[tuple[str, str, str, int]] = [
            ("总户数(户)", "总户数", "户", 0),
            ("总人口(人)", "总人口", "人", 0),
            ("男", "男", "人", 0),
            ("女", "女", "人", 0),
            ("出生率(‰)", "出生率", "‰", 0),
        ]
        if year == 2021:
            heads.insert(1, ("户均人口(人/户)", "户均人口", "人/户", 0))
        page.put(2, 0, "区市县", *(h[0] for h in heads))
        rows: dict[str, str | None] = {**DALIAN}
        rows = {**rows, "高新园区": None, "总  计": "210200"} if year == 2021 else {"总  计": "210200", **rows}
        for r, (place, code) in enumerate(rows.items()):
            page.put(3 + r, 0, place)
            men, women = rng.randint(20_000, 400_000), rng.randint(20_000, 400_000)
            known = {
                "总户数": (men + women) // 3,
                "总人口": men + women,
                "男": men,
                "女": women,
                "户均人口": 2.9,
                "出生率": rng.randint(300, 900) / 100,
            }
            for c, (_, label, unit, _) in enumerate(heads):
                page.fact(3 + r, 1 + c, known[label], label, region=code, period=str(year), unit=unit)
        pages.append(page)
    return GoldenBook("户籍人口.xlsx", tuple(pages), write_xlsx)


def measures_over_years(rng: random.Random) -> GoldenBook:
    """Two measures each over four years; names without 市, the province first as 全省, English below."""
    page = Page("3-3")
    page.put(0, 0, "3-3 各设区市年末常住人口和城镇化率")
    page.put(1, 0, "Population and Urbanization Rate by City")
    page.merged(2, 0, "地区\nRegion", rows=2)
    page.merged(2, 1, "常住人口（万人）\nResident Population (10 000 persons)", cols=4)
    page.merged(2, 5, "城镇化率（%）\nUrbanization Rate", cols=4)
    for k in range(2):
        page.put(3, 1 + 4 * k, 2019, 2020, 2021, 2022)
    for r, (place, code) in enumerate({"全省": "350000", **FUJIAN}.items()):
        page.put(4 + r, 0, place)
        for c, year in enumerate((2019, 2020, 2021, 2022)):
            page.fact(
                4 + r, 1 + c, rng.randint(300, 900), "常住人口", region=code, period=str(year), unit="人", scale=4
            )
            page.fact(4 + r, 5 + c, rng.randint(5000, 9000) / 100, "城镇化率", region=code, period=str(year), unit="%")
    return GoldenBook("fj0303.xls", (page,), write_xls)


def firms_by_ownership(rng: random.Random) -> GoldenBook:
    """Industry by sections of the stub (按…分), a unit in each header, growth beside the amount."""
    page = Page("13-2")
    page.merged(0, 0, "13-2 浙江省规模以上工业企业主要指标（2022年）", cols=6)
    page.put(
        1,
        0,
        "分 组",
        "企业单位数（个）",
        "营业收入（亿元）",
        "比上年增长（%）",
        "利润总额（亿元）",
        "从业人员平均人数（万人）",
    )
    rows = [
        ("总  计", "总计"),
        ("按轻重工业分", None),
        ("  轻工业", "轻工业"),
        ("  重工业", "重工业"),
        ("按企业规模分", None),
        ("  大型企业", "大型企业"),
        ("  中型企业", "中型企业"),
        ("  小型企业", "小型企业"),
        ("按登记注册类型分", None),
        ("  内资企业", "内资企业"),
        ("    国有企业", "国有企业"),
        ("    有限责任公司", "有限责任公司"),
        ("  港、澳、台商投资企业", "港、澳、台商投资企业"),
        ("  外商投资企业", "外商投资企业"),
        ("总计中：国有控股企业", "国有控股企业"),
    ]
    heads = (
        ("企业单位数", "个", 0),
        ("营业收入", "元", 8),
        ("比上年增长", "%", 0),
        ("利润总额", "元", 8),
        ("从业人员平均人数", "人", 4),
    )
    for r, (printed, name) in enumerate(rows):
        page.put(2 + r, 0, printed)
        for c, (head, unit, scale) in enumerate(heads):
            if name is not None:
                value = rng.randint(100, 9000) if unit == "个" else rng.randint(100, 90_000) / 100
                page.fact(2 + r, 1 + c, value, f"{name}|{head}", region="330000", period="2022", unit=unit, scale=scale)
    return GoldenBook("gy1302.xlsx", (page,), write_xlsx)


def schooling_by_age(rng: random.Random) -> GoldenBook:
    """Ages in the stub with five-year sums, seven levels of schooling by sex, unit at the right, no places."""
    page = Page("A0401")
    page.put(0, 0, "4-1 江西省分年龄、性别、受教育程度的3岁及以上人口")
    page.put(1, 0, "(2020年)")
    page.put(1, 22, "单位:人")
    levels = ("3岁及以上人口", "未上过学", "学前教育", "小学", "初中", "高中", "大学专科", "大学本科及以上")
    page.put(2, 0, "年  龄")
    for k, level in enumerate(levels):
        page.put(2, 1 + 3 * k, level)
        page.put(3, 1 + 3 * k, "合计", "男", "女")
    line = 4
    stubs = ["总  计"]
    for low in range(5, 25, 5):
        stubs += [f"{low}-{low + 4}岁", *(f"  {n}" for n in range(low, low + 5))]
    for stub in stubs:
        page.put(line, 0, stub)
        for k, level in enumerate(levels):
            for n, sex in enumerate(("合计", "男", "女")):
                page.fact(
                    line,
                    1 + 3 * k + n,
                    rng.randint(0, 99_999),
                    f"{stub.strip()}|{level}|{sex}",
                    region="360000",
                    period="2020",
                    unit="人",
                )
        line += 1
    return GoldenBook("A0401.xls", (page,), write_xls)


def streets_and_villages(rng: random.Random) -> GoldenBook:
    """An HTML table of a civil affairs office: ordinals first, units in the header, the total last."""
    page = Page("tb")
    page.merged(0, 0, "重庆市部分区县社区服务设施情况（截至2023年末）", cols=6)
    page.put(1, 0, "序号", "区县", "街道（个）", "社区（个）", "服务设施面积（万平方米）", "持证社工（人）")
    places = {**CHONGQING, "合计": None}
    for r, (place, code) in enumerate(places.items()):
        page.put(2 + r, 0, r + 1 if place != "合计" else None, place)
        for c, (label, unit, scale) in enumerate(
            (("街道", "个", 0), ("社区", "个", 0), ("服务设施面积", "平方米", 4), ("持证社工", "人", 0))
        ):
            value = rng.randint(10, 900) / 10 if scale else rng.randint(5, 900)
            page.fact(2 + r, 2 + c, value, label, region=code or "500000", period="2023", unit=unit, scale=scale)
    return GoldenBook("社区.xls", (page,), write_html)


def herds_by_league(rng: random.Random) -> GoldenBook:
    """Livestock of leagues: a row of units, parts by 其中 over two rows, a note in between, 全区 last."""
    page = Page("8-20")
    page.put(0, 0, "8-20 各盟市牲畜年末存栏头数（2021年）")
    page.put(1, 0, "盟  市", "大牲畜", "其    中", None, "羊", "其  中：", "猪")
    page.put(2, 2, "牛", "马", None, "山羊")
    page.put(3, 1, "(万头)", "(万头)", "(万匹)", "(万只)", "(万只)", "(万头)")
    heads = (
        ("大牲畜", "头"),
        ("大牲畜|其中|牛", "头"),
        ("大牲畜|其中|马", "匹"),
        ("羊", "只"),
        ("羊|其中|山羊", "只"),
        ("猪", "头"),
    )
    for r, (place, code) in enumerate({**INNER_MONGOLIA, "全    区": "150000"}.items()):
        page.put(4 + r, 0, place)
        for c, (label, unit) in enumerate(heads):
            page.fact(4 + r, 1 + c, rng.randint(10, 9000) / 10, label, region=code, period="2021", unit=unit, scale=4)
    return GoldenBook("xm0820.xls", (page,), write_xls)


def consumer_prices(rng: random.Random) -> GoldenBook:
    """Indices of prices in nested rows for province, cities and countryside; base in the unit line."""
    page = Page("5-2")
    page.merged(0, 0, "5-2 居民消费价格分类指数（2022年）", cols=4)
    page.put(1, 0, "江西省统计局")
    page.put(1, 3, "(上年=100)")
    page.put(2, 0, "类    别", "全省", "城市", "农村")
    items = (
        "居民消费价格总指数",
        " 一、食品烟酒",
        "    粮食",
        "    鲜菜",
        "    畜肉",
        " 二、衣着",
        " 三、居住",
        "    租赁房房租",
        " 四、医疗保健",
    )
    for r, item in enumerate(items):
        page.put(3 + r, 0, item)
        name = item.strip().split("、")[-1]
        for c, where in enumerate(("全省", "城市", "农村")):
            page.fact(
                3 + r,
                1 + c,
                rng.randint(950, 1100) / 10,
                f"{name}|{where}" if c else name,
                region="360000",
                period="2022",
                unit="上年=100",
            )
    return GoldenBook("jg0502.xlsx", (page,), write_xlsx)


def bilingual_rows(rng: random.Random) -> GoldenBook:
    """Places with English in the same cell, a county-level city and a new area beside the cities."""
    page = Page("24-3")
    page.put(0, 0, "24-3 各市社会救助情况（2022年）")
    page.put(1, 0, "  Social Relief by City (2022)")
    page.merged(3, 0, "市  别  City", rows=2)
    page.merged(3, 1, "城市最低生活保障  Urban", cols=2)
    page.merged(3, 3, "农村最低生活保障  Rural", cols=2)
    page.put(
        4,
        1,
        "人数(人)\nPersons",
        "资金(万元)\nFunds (10 000 yuan)",
        "人数(人)\nPersons",
        "资金(万元)\nFunds (10 000 yuan)",
    )
    for r, (place, code) in enumerate({"全 省 Total": "130000", **HEBEI}.items()):
        page.put(5 + r, 0, place)
        for k, kind in enumerate(("城市最低生活保障", "农村最低生活保障")):
            page.fact(
                5 + r, 1 + 2 * k, rng.randint(1000, 90_000), f"{kind}|人数", region=code, period="2022", unit="人"
            )
            page.fact(
                5 + r,
                2 + 2 * k,
                rng.randint(10_000, 900_000) / 10,
                f"{kind}|资金",
                region=code,
                period="2022",
                unit="元",
                scale=4,
            )
    return GoldenBook("河北民政2403.xlsx", (page,), write_xlsx)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    ages_by_sex_in_a_province,
    wages_of_two_years,
    quarter_with_ranks,
    harvests_by_year,
    union_members,
    insurance_by_year,
    schools_by_kind,
    beds_continued,
    transport_by_month,
    house_prices,
    budget_by_county,
    tidy_list,
    households_by_year_sheet,
    measures_over_years,
    firms_by_ownership,
    schooling_by_age,
    streets_and_villages,
    herds_by_league,
    consumer_prices,
    bilingual_rows,
)
