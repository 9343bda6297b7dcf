"""A seventh set of golden workbooks: a place for each sheet, dates as cells, footnotes in cells, spells of plans."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_books_hard import write_html
from tests.extract.sheet.golden_pages import Page, write_csv, write_ods, write_xls, write_xlsx

LHASA = {
    "城关区": "540102",
    "堆龙德庆区": "540103",
    "达孜区": "540104",
    "林周县": "540121",
    "当雄县": "540122",
    "尼木县": "540123",
}
NINGXIA = {"银川市": "640100", "石嘴山市": "640200", "吴忠市": "640300", "固原市": "640400", "中卫市": "640500"}
YINCHUAN = {
    "兴庆区": "640104",
    "西夏区": "640105",
    "金凤区": "640106",
    "永宁县": "640121",
    "贺兰县": "640122",
    "灵武市": "640181",
}
ZHENGZHOU = {
    "中原区": "410102",
    "二七区": "410103",
    "管城回族区": "410104",
    "金水区": "410105",
    "上街区": "410106",
    "惠济区": "410108",
    "中牟县": "410122",
    "巩义市": "410181",
    "荥阳市": "410182",
    "新密市": "410183",
}
HEILONGJIANG = {
    "哈尔滨": "230100",
    "齐齐哈尔": "230200",
    "鸡西": "230300",
    "鹤岗": "230400",
    "双鸭山": "230500",
    "大庆": "230600",
    "伊春": "230700",
    "佳木斯": "230800",
    "七台河": "230900",
    "牡丹江": "231000",
    "黑河": "231100",
    "绥化": "231200",
    "大兴安岭": "232700",
}
SHANXI = {
    "太原市": "140100",
    "大同市": "140200",
    "阳泉市": "140300",
    "长治市": "140400",
    "晋城市": "140500",
    "运城市": "140800",
}
CHANGSHA = {
    "芙蓉区": "430102",
    "天心区": "430103",
    "岳麓区": "430104",
    "开福区": "430105",
    "雨花区": "430111",
    "望城区": "430112",
    "长沙县": "430121",
    "浏阳市": "430181",
    "宁乡市": "430182",
}
JIANGXI = {
    "南昌市": "360100",
    "景德镇市": "360200",
    "萍乡市": "360300",
    "九江市": "360400",
    "赣州市": "360700",
    "宜春市": "360900",
}


def sheet_for_each_place(rng: random.Random) -> GoldenBook:
    """One sheet for each county, named by it: measures down, years across; the file tells the city."""
    pages = []
    for place, code in list(LHASA.items())[:4]:
        page = Page(place)
        page.put(0, 0, "主要经济社会指标")
        page.put(1, 0, "指标名称", "单位", 2019, 2020, 2021)
        lines = [
            ("户籍人口", "人", "人", 0),
            ("农牧民人均可支配收入", "元", "元", 0),
            ("青稞产量", "吨", "吨", 0),
            ("牲畜存栏", "万头", "头", 4),
        ]
        for r, (label, printed, unit, scale) in enumerate(lines):
            page.put(2 + r, 0, label, printed)
            for c, year in enumerate((2019, 2020, 2021)):
                value = rng.randint(100, 9000) / 100 if scale else rng.randint(5000, 90_000)
                page.fact(2 + r, 2 + c, value, label, region=code, period=str(year), unit=unit, scale=scale)
        pages.append(page)
    return GoldenBook("拉萨市各县区指标.xlsx", tuple(pages), write_xlsx)


def ages_in_stacked_areas(rng: random.Random) -> GoldenBook:
    """A census table given for the whole, cities, towns and country one below the other, each with its own title."""
    page = Page("Sheet1")
    line = 0
    for letter, area in (("", ""), ("a", "（城市）"), ("b", "（镇）"), ("c", "（乡村）")):
        page.merged(line, 0, f"3-1{letter}  宁夏分年龄、性别的人口{area}", cols=7)
        page.put(line + 1, 6, "单位：人")
        page.merged(line + 2, 0, "年  龄", rows=2)
        page.merged(line + 2, 1, "2010年", cols=3)
        page.merged(line + 2, 4, "2020年", cols=3)
        page.put(line + 3, 1, "合计", "男", "女", "合计", "男", "女")
        line += 4
        for age in ("总 计", "0-14岁", "15-59岁", "60岁及以上", "  #65岁及以上"):
            page.put(line, 0, age)
            for k, year in enumerate(("2010", "2020")):
                men, women = rng.randint(1000, 90_000), rng.randint(1000, 90_000)
                for n, (sex, value) in enumerate((("合计", men + women), ("男", men), ("女", women))):
                    page.fact(
                        line,
                        1 + 3 * k + n,
                        value,
                        f"{age.strip(' #')}|{sex}" if age != "总 计" else sex,
                        region="640000",
                        period=year,
                        unit="人",
                    )
            line += 1
        line += 1
    return GoldenBook("宁夏3-1.xlsx", (page,), write_xlsx)


def years_then_places(rng: random.Random) -> GoldenBook:
    """Years merged in the first column, districts in the second, headers over three rows; rates in ‰."""
    page = Page("Sheet1")
    page.put(0, 0, "郑州市各县（市、区）人口出生、死亡和自然增长")
    page.merged(1, 0, "年份", rows=2)
    page.merged(1, 1, "县（市、区）", rows=2)
    page.merged(1, 2, "出  生", cols=2)
    page.merged(1, 4, "死  亡", cols=2)
    page.merged(1, 6, "自然增长率(‰)", rows=2)
    page.put(2, 2, "人数(人)", "出生率(‰)", "人数(人)", "死亡率(‰)")
    line = 3
    for year in (2020, 2021, 2022):
        places = {"全市": "410100", **ZHENGZHOU}
        page.merged(line, 0, f"{year}年", rows=len(places))
        for place, code in places.items():
            page.put(line, 1, place)
            for c, (label, unit) in enumerate(
                (
                    ("出生|人数", "人"),
                    ("出生|出生率", "‰"),
                    ("死亡|人数", "人"),
                    ("死亡|死亡率", "‰"),
                    ("自然增长率", "‰"),
                )
            ):
                value = rng.randint(1000, 9000) if unit == "人" else rng.randint(100, 1200) / 100
                page.fact(line, 2 + c, value, label, region=code, period=str(year), unit=unit)
            line += 1
    return GoldenBook("zz_birth.xls", (page,), write_xls)


def short_names(rng: random.Random) -> GoldenBook:
    """Prefectures by bare names, a Daxing'anling without 地区; 农垦 and 森工 without codes; marks of notes in cells."""
    page = Page("9-12")
    page.put(0, 0, "9-12  2021年各地粮食作物产量")
    page.put(0, 5, "单位：万吨、%")
    page.put(1, 0, "地  区", "粮食总产量", "#水稻", "玉米", "大豆", "产量比上年增长")
    rows: dict[str, str | None] = {"全  省①": "230000", **HEILONGJIANG, "农  垦": None, "森  工": None}
    for r, (place, code) in enumerate(rows.items()):
        page.put(2 + r, 0, " ".join(place) if len(place) == 2 else place)
        for c, label in enumerate(("粮食总产量", "水稻", "玉米", "大豆")):
            page.fact(
                2 + r, 1 + c, rng.randint(100, 90_000) / 100, label, region=code, period="2021", unit="吨", scale=4
            )
        page.fact(2 + r, 5, rng.randint(-90, 90) / 10, "产量|增长", region=code, period="2021", unit="%")
    page.put(2 + len(rows), 0, "① 含省属农场。")
    return GoldenBook("liangshi.xls", (page,), write_xls)


def five_year_plans(rng: random.Random) -> GoldenBook:
    """Single years, then periods of five-year plans in the stub; investment in columns by purpose."""
    page = Page("5-1")
    page.put(0, 0, "山西省固定资产投资（不含农户）")
    page.put(1, 3, "单位：亿元")
    page.put(2, 0, "年  份", "投资额", "#基础设施", "#房地产开发")
    periods = [
        ("2011", "2011"),
        ("2012", "2012"),
        ("2013", "2013"),
        ("2014", "2014"),
        ("2015", "2015"),
        ("2016", "2016"),
        ("2017", "2017"),
        ("2018", "2018"),
        ("2019", "2019"),
        ("2020", "2020"),
        ("2011-2015", "2011/2015"),
        ("2016-2020", "2016/2020"),
    ]
    for r, (printed, iso) in enumerate(periods):
        page.put(3 + r, 0, printed)
        for c, label in enumerate(("投资额", "基础设施", "房地产开发")):
            page.fact(
                3 + r, 1 + c, rng.randint(10_000, 900_000) / 100, label, region="140000", period=iso, unit="元", scale=8
            )
    return GoldenBook("山西0501.xlsx", (page,), write_xlsx)


def quarters_of_a_sector(rng: random.Random) -> GoldenBook:
    """Quarters as 一季度, 上半年, 前三季度, 全年 over amount and growth, the year in the title; cities in rows."""
    page = Page("Sheet1")
    page.merged(0, 0, "2022年江西省各设区市规模以上服务业营业收入", cols=9)
    page.merged(1, 0, "设区市", rows=2)
    for k, head in enumerate(("一季度", "上半年", "前三季度", "全年")):
        page.merged(1, 1 + 2 * k, head, cols=2)
        page.put(2, 1 + 2 * k, "总量（亿元）", "增速（%）")
    isos = ("2022-Q1", "2022-S1", "2022-Q1/2022-Q3", "2022")
    for r, (place, code) in enumerate({"全省": "360000", **JIANGXI}.items()):
        page.put(3 + r, 0, place)
        for k, iso in enumerate(isos):
            page.fact(
                3 + r, 1 + 2 * k, rng.randint(1000, 90_000) / 100, "总量", region=code, period=iso, unit="元", scale=8
            )
            page.fact(3 + r, 2 + 2 * k, rng.randint(-90, 200) / 10, "增速", region=code, period=iso, unit="%")
    return GoldenBook("服务业.xlsx", (page,), write_xlsx)


def shares_printed_in_cells(rng: random.Random) -> GoldenBook:
    """Cells that carry their percent sign, counts with separators; spaces for thousands; an ods."""
    page = Page("医疗")
    page.put(0, 0, "2023年长沙市各区县（市）基本公共卫生服务")
    page.put(2, 0, "区县（市）", "建档人数（人）", "建档率", "65岁以上健康管理人数（人）", "管理率")
    for r, (place, code) in enumerate({**CHANGSHA, "合计": "430100"}.items()):
        page.put(3 + r, 0, place)
        for k, label in enumerate(("建档", "管理")):
            page.fact(
                3 + r,
                1 + 2 * k,
                f"{rng.randint(10_000, 990_000):,}",
                f"{label}人数" if k == 0 else "健康管理人数",
                region=code,
                period="2023",
                unit="人",
            )
            page.fact(
                3 + r,
                2 + 2 * k,
                f"{rng.randint(5000, 9900) / 100}%",
                f"{label}率",
                region=code,
                period="2023",
                unit="%",
            )
    return GoldenBook("公卫.ods", (page,), write_ods)


def measure_over_places(rng: random.Random) -> GoldenBook:
    """Two measures each over all places in columns, years in rows, a bilingual title."""
    page = Page("2-9")
    page.put(0, 0, "2-9  银川市及所辖县（市、区）常住人口与就业人员")
    page.put(1, 0, "Permanent Population and Employment")
    page.merged(2, 0, "年 份\nYear", rows=2)
    places = {"全市": "640100", **YINCHUAN}
    page.merged(2, 1, "年末常住人口（万人）", cols=len(places))
    page.merged(2, 1 + len(places), "年末就业人员（人）", cols=len(places))
    for k in range(2):
        page.put(3, 1 + k * len(places), *places)
    for r, year in enumerate(range(2015, 2023)):
        page.put(4 + r, 0, year)
        for c, code in enumerate(places.values()):
            page.fact(
                4 + r,
                1 + c,
                rng.randint(1000, 9000) / 100,
                "年末常住人口",
                region=code,
                period=str(year),
                unit="人",
                scale=4,
            )
            page.fact(
                4 + r,
                1 + len(places) + c,
                rng.randint(9000, 90_000),
                "年末就业人员",
                region=code,
                period=str(year),
                unit="人",
            )
    return GoldenBook("yc0209.xls", (page,), write_xls)


def english_names_beside(rng: random.Random) -> GoldenBook:
    """Chinese and English stubs in two columns, header in two languages over four rows, no merges; total first."""
    page = Page("17-8")
    page.put(0, 0, "17-8  各市邮电业务基本情况（2020年）")
    page.put(1, 0, "Basic Conditions of Post and Telecommunication by City (2020)")
    page.put(3, 0, "市", "City", "邮政业务总量", "快递业务量", "移动电话", "互联网宽带")
    page.put(4, 2, "（亿元）", "（万件）", "年末用户", "接入用户")
    page.put(5, 4, "（万户）", "（万户）")
    page.put(6, 2, "Postal Business", "Express", "Mobile Phone", "Broadband")
    page.put(7, 2, "(100 million yuan)", "(10000 pieces)", "Users", "Users")
    english = ("Taiyuan", "Datong", "Yangquan", "Changzhi", "Jincheng", "Yuncheng")
    for r, ((place, code), name) in enumerate(
        zip({"全  省": "140000", **SHANXI}.items(), ("Total", *english), strict=True)
    ):
        page.put(8 + r, 0, place, name)
        for c, (label, unit, scale) in enumerate(
            (
                ("邮政业务总量", "元", 8),
                ("快递业务量", "件", 4),
                ("移动电话年末用户", "户", 4),
                ("互联网宽带接入用户", "户", 4),
            )
        ):
            page.fact(
                8 + r, 2 + c, rng.randint(100, 90_000) / 100, label, region=code, period="2020", unit=unit, scale=scale
            )
    return GoldenBook("sx17-08.xls", (page,), write_xls)


def injuries_by_month(rng: random.Random) -> GoldenBook:
    """A csv by month with a column for the place: 统计月份 as 2022-01, measures with units across, quoted notes."""
    page = Page("csv")
    page.put(
        0,
        0,
        "区划代码",
        "区划名称",
        "统计月份",
        "工伤认定件数(件)",
        "劳动能力鉴定人数(人)",
        "工伤保险待遇支出(万元)",
        "备注",
    )
    line = 1
    for month in ("2022-01", "2022-02", "2022-03"):
        for place, code in ZHENGZHOU.items():
            page.put(line, 0, code, place, month)
            page.fact(line, 3, rng.randint(1, 900), "工伤认定件数", region=code, period=month, unit="件")
            page.fact(line, 4, rng.randint(1, 900), "劳动能力鉴定人数", region=code, period=month, unit="人")
            page.fact(
                line, 5, rng.randint(100, 9000) / 10, "工伤保险待遇支出", region=code, period=month, unit="元", scale=4
            )
            line += 1
    return GoldenBook("工伤.csv", (page,), write_csv)


def web_bulletin(rng: random.Random) -> GoldenBook:
    """Several HTML tables of one page: a layout table with text, then figures with rowspans in the stub."""
    first = Page("nav")
    first.put(0, 0, "首页", "统计数据", "统计公报")
    page = Page("t2")
    page.merged(0, 0, "附表  2022年末长沙市养老保险参保情况", cols=4)
    page.put(1, 0, "险种", "项目", "人数（万人）", "比上年末增长（%）")
    lines = [
        ("城镇职工基本养老保险", ("参保人数", "其中：离退休人员")),
        ("城乡居民基本养老保险", ("参保人数", "其中：领取待遇人员")),
    ]
    line = 2
    for kind, items in lines:
        page.merged(line, 0, kind, rows=2)
        for item in items:
            page.put(line, 1, item)
            name = item.removeprefix("其中：")
            page.fact(
                line,
                2,
                rng.randint(1000, 90_000) / 100,
                f"{kind}|{name}",
                region="430100",
                period="2022",
                unit="人",
                scale=4,
            )
            page.fact(line, 3, rng.randint(-20, 90) / 10, f"{kind}|{name}", region="430100", period="2022", unit="%")
            line += 1
    return GoldenBook("公报附表.html", (first, page), write_html)


def ranks_between(rng: random.Random) -> GoldenBook:
    """Each measure with its rank in the province behind it; the header's names split over two rows without merges."""
    page = Page("县域")
    page.put(0, 0, "2021年长沙市区县（市）主要指标及位次")
    page.put(1, 0, "区县（市）", "地区生产", None, "城镇居民人均", None, "粮食", None)
    page.put(2, 1, "总值（亿元）", "位次", "可支配收入（元）", "位次", "产量（吨）", "位次")
    for r, (place, code) in enumerate(CHANGSHA.items()):
        page.put(3 + r, 0, place)
        for k, (label, unit, scale) in enumerate(
            (("地区生产总值", "元", 8), ("城镇居民人均可支配收入", "元", 0), ("粮食产量", "吨", 0))
        ):
            value = rng.randint(10_000, 90_000) / 100 if scale else rng.randint(20_000, 70_000)
            page.fact(3 + r, 1 + 2 * k, value, label, region=code, period="2021", unit=unit, scale=scale)
            page.fact(3 + r, 2 + 2 * k, r + 1, "位次", region=code, period="2021", unit="位")
    return GoldenBook("位次.xlsx", (page,), write_xlsx)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    sheet_for_each_place,
    ages_in_stacked_areas,
    years_then_places,
    short_names,
    five_year_plans,
    quarters_of_a_sector,
    shares_printed_in_cells,
    measure_over_places,
    english_names_beside,
    injuries_by_month,
    web_bulletin,
    ranks_between,
)
