"""A sixth set of golden workbooks: forms, matrices, towns, final accounts, bulletins of several tables."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_pages import Page, write_csv, write_xls, write_xlsx
from tests.extract.sheet.golden_places import PROVINCES

CHANGSHU = {
    "虞山街道": "320581001",
    "常福街道": "320581002",
    "琴川街道": "320581003",
    "莫城街道": "320581004",
    "梅李镇": "320581101",
    "海虞镇": "320581102",
    "古里镇": "320581104",
    "沙家浜镇": "320581105",
    "支塘镇": "320581106",
    "董浜镇": "320581107",
}
ANHUI = {
    "合肥市": "340100",
    "淮北市": "340600",
    "亳州市": "341600",
    "宿州市": "341300",
    "蚌埠市": "340300",
    "阜阳市": "341200",
    "淮南市": "340400",
    "滁州市": "341100",
    "六安市": "341500",
    "马鞍山市": "340500",
}
SHAOXING = {
    "越城区": "330602",
    "柯桥区": "330603",
    "上虞区": "330604",
    "新昌县": "330624",
    "诸暨市": "330681",
    "嵊州市": "330683",
}
HAINAN = {
    "海口市": "460100",
    "三亚市": "460200",
    "儋州市": "460400",
    "五指山市": "469001",
    "琼海市": "469002",
    "文昌市": "469005",
    "万宁市": "469006",
    "东方市": "469007",
    "定安县": "469021",
    "澄迈县": "469023",
    "白沙黎族自治县": "469025",
    "陵水黎族自治县": "469028",
}
XINJIANG = {
    "乌鲁木齐市": "650100",
    "克拉玛依市": "650200",
    "吐鲁番市": "650400",
    "哈密市": "650500",
    "昌吉回族自治州": "652300",
    "伊犁哈萨克自治州": "654000",
    "塔城地区": "654200",
    "阿勒泰地区": "654300",
    "博尔塔拉蒙古自治州": "652700",
    "巴音郭楞蒙古自治州": "652800",
    "阿克苏地区": "652900",
    "喀什地区": "653100",
}


def selected_years(rng: random.Random) -> GoldenBook:
    """Measures of a city over chosen years with the growth of the last one; units behind the labels in brackets."""
    page = Page("1-2")
    page.put(0, 0, "1-2  兰州市国民经济和社会发展主要指标")
    years = (1978, 1990, 2000, 2010, 2020, 2021, 2022)
    page.put(2, 0, "指   标", *(f"{y}年" for y in years), "2022年比\n2021年增长%")
    lines = [
        ("年末常住人口（万人）", "年末常住人口", "人", 4),
        ("  城镇人口", "年末常住人口|城镇人口", "人", 4),
        ("  乡村人口", "年末常住人口|乡村人口", "人", 4),
        ("地区生产总值（亿元）", "地区生产总值", "元", 8),
        ("  第一产业", "地区生产总值|第一产业", "元", 8),
        ("  第二产业", "地区生产总值|第二产业", "元", 8),
        ("人均生产总值（元）", "人均生产总值", "元", 0),
        ("客运量（万人次）", "客运量", "人次", 4),
        ("普通高等学校在校学生（人）", "普通高等学校在校学生", "人", 0),
        ("卫生技术人员（人）", "卫生技术人员", "人", 0),
        ("执业（助理）医师（人）", "执业（助理）医师", "人", 0),
    ]
    for r, (label, indicator, unit, scale) in enumerate(lines):
        page.put(3 + r, 0, label)
        for c, year in enumerate(years):
            value = rng.randint(1000, 90_000) / (100 if scale else 1)
            page.fact(
                3 + r,
                1 + c,
                value if scale else int(value),
                indicator,
                region="620100",
                period=str(year),
                unit=unit,
                scale=scale,
            )
        page.fact(3 + r, 8, rng.randint(-50, 90) / 10, f"{indicator}|增长", region="620100", period="2022", unit="%")
    return GoldenBook("lz0102.xls", (page,), write_xls)


def from_where_to_where(rng: random.Random) -> GoldenBook:
    """A matrix of a census: where people live in rows, where they came from in columns, both places."""
    page = Page("7-4")
    page.put(0, 0, "7-4  全国按现住地和五年前常住地分的人口（2020年）")
    page.put(1, 0, "单位：人")
    froms = ("合计", *list(PROVINCES)[:12])
    page.merged(2, 0, "现住地", rows=2)
    page.merged(2, 1, "五年前常住地", cols=len(froms))
    page.put(3, 1, *froms)
    for r, (place, code) in enumerate({"全  国": "100000", **PROVINCES}.items()):
        page.put(4 + r, 0, place)
        for c, origin in enumerate(froms):
            page.fact(
                4 + r,
                1 + c,
                rng.randint(1000, 900_000),
                f"五年前常住地|{origin}",
                region=code,
                period="2020",
                unit="人",
            )
    return GoldenBook("B0704.xls", (page,), write_xls)


def towns_of_a_county(rng: random.Random) -> GoldenBook:
    """Towns and streets of a county-level city, households and persons; the total last, a field without a code."""
    page = Page("户籍")
    page.merged(0, 0, "常熟市2022年各镇（街道）户籍户数、人口", cols=6)
    page.merged(1, 0, "镇（街道）", rows=2)
    page.merged(1, 1, "总户数（户）", rows=2)
    page.merged(1, 2, "户籍人口（人）", cols=3)
    page.put(2, 2, "合计", "男", "女")
    page.merged(1, 5, "出生率（‰）", rows=2)
    for r, (place, code) in enumerate({**CHANGSHU, "虞山林场": None, "总 计": "320581"}.items()):
        page.put(3 + r, 0, place)
        men, women = rng.randint(9000, 40_000), rng.randint(9000, 40_000)
        figures = (
            ((men + women) // 3, "总户数", "户"),
            (men + women, "户籍人口|合计", "人"),
            (men, "户籍人口|男", "人"),
            (women, "户籍人口|女", "人"),
            (rng.randint(300, 800) / 100, "出生率", "‰"),
        )
        for c, (value, label, unit) in enumerate(figures):
            page.fact(3 + r, 1 + c, value, label, region=code, period="2022", unit=unit)
    return GoldenBook("各镇户籍人口.xlsx", (page,), write_xlsx)


def pay_by_occupation(rng: random.Random) -> GoldenBook:
    """Occupations with codes, pay at quantiles; nothing but the title tells place and year."""
    page = Page("Sheet1")
    page.merged(0, 0, "宁波市2022年企业分职业细类人力资源市场工资价位", cols=6)
    page.put(1, 5, "单位：元")
    page.put(2, 0, "职业编码", "职业名称", "低位数", "中位数", "高位数", "平均数")
    jobs = [
        (2020501, "机械工程技术人员"),
        (2021001, "电子工程技术人员"),
        (4030201, "餐厅服务员"),
        (4070501, "保安员"),
        (6180101, "车工"),
        (6180402, "焊工"),
        (6310304, "叉车司机"),
    ]
    for r, (code, job) in enumerate(jobs):
        page.put(3 + r, 0, code, job)
        for c, head in enumerate(("低位数", "中位数", "高位数", "平均数")):
            page.fact(
                3 + r, 2 + c, rng.randint(30_000, 200_000), f"{job}|{head}", region="330200", period="2022", unit="元"
            )
    return GoldenBook("工资价位.xlsx", (page,), write_xlsx)


def months_by_years(rng: random.Random) -> GoldenBook:
    """Months run down, years run across under each measure."""
    page = Page("进出口")
    page.put(0, 0, "青岛市分月城镇新增就业和失业保险基金支出")
    page.merged(1, 0, "月  份", rows=2)
    page.merged(1, 1, "城镇新增就业（人）", cols=3)
    page.merged(1, 4, "失业保险基金支出（万元）", cols=3)
    for k in range(2):
        page.put(2, 1 + 3 * k, "2020年", "2021年", "2022年")
    for m in range(12):
        page.put(3 + m, 0, f"{m + 1}月")
        for c, year in enumerate((2020, 2021, 2022)):
            iso = f"{year}-{m + 1:02}"
            page.fact(3 + m, 1 + c, rng.randint(9000, 50_000), "城镇新增就业", region="370200", period=iso, unit="人")
            page.fact(
                3 + m,
                4 + c,
                rng.randint(9000, 50_000) / 10,
                "失业保险基金支出",
                region="370200",
                period=iso,
                unit="元",
                scale=4,
            )
    return GoldenBook("分月.xlsx", (page,), write_xlsx)


def final_accounts(rng: random.Random) -> GoldenBook:
    """Revenue and expenditure side by side without a column between, budget, outturn and percentage of each."""
    page = Page("决算")
    page.merged(0, 0, "2021年海南省一般公共预算收支决算总表", cols=8)
    page.put(1, 7, "单位：万元")
    page.put(2, 0, "收入项目", "预算数", "决算数", "完成预算%", "支出项目", "预算数", "决算数", "完成预算%")
    income = ("税收收入", "  增值税", "  企业所得税", "  个人所得税", "非税收入", "  专项收入", "收入合计")
    spending = (
        "一般公共服务支出",
        "教育支出",
        "科学技术支出",
        "社会保障和就业支出",
        "卫生健康支出",
        "节能环保支出",
        "支出合计",
    )
    for half, items in enumerate((income, spending)):
        for r, item in enumerate(items):
            page.put(3 + r, 4 * half, item)
            for c, head in enumerate(("预算数", "决算数")):
                page.fact(
                    3 + r,
                    4 * half + 1 + c,
                    rng.randint(10_000, 900_000),
                    f"{item.strip()}|{head}",
                    region="460000",
                    period="2021",
                    unit="元",
                    scale=4,
                )
            page.fact(
                3 + r,
                4 * half + 3,
                rng.randint(800, 1200) / 10,
                f"{item.strip()}|完成预算",
                region="460000",
                period="2021",
                unit="%",
            )
    return GoldenBook("决算.xls", (page,), write_xls)


def union_form(rng: random.Random) -> GoldenBook:
    """The form of an annual report: measure, unit, code of the line, number; a row that counts the columns."""
    page = Page("工基1表")
    page.merged(0, 0, "基层工会组织统计调查汇总表", cols=4)
    page.put(1, 0, "综合机关名称：绍兴市总工会")
    page.put(1, 3, "2022年")
    page.put(2, 0, "指标名称", "计量单位", "代码", "数量")
    page.put(3, 0, "甲", "乙", "丙", 1)
    lines = [
        ("一、基层工会组织", None),
        ("  基层工会数", "个"),
        ("    其中：联合基层工会", "个"),
        ("  涵盖单位数", "家"),
        ("二、职工和会员", None),
        ("  职工人数", "人"),
        ("    其中：女职工", "人"),
        ("  会员人数", "人"),
        ("    其中：农民工会员", "人"),
        ("三、民主管理", None),
        ("  建立职代会制度的单位", "家"),
        ("  集体合同覆盖职工", "人"),
        ("  困难职工帮扶资金", "万元"),
        ("  职工入会率", "%"),
    ]
    code = 1
    for r, (label, unit) in enumerate(lines):
        page.put(4 + r, 0, label)
        if unit is None:
            continue
        page.put(4 + r, 1, unit)
        page.put(4 + r, 2, f"{code:02}")
        code += 1
        name = label.strip().removeprefix("其中：")
        value = rng.randint(800, 990) / 10 if unit == "%" else rng.randint(100, 90_000)
        page.fact(
            4 + r,
            3,
            value,
            name,
            region="330600",
            period="2022",
            unit="元" if unit == "万元" else unit,
            scale=4 if unit == "万元" else 0,
        )
    page.put(5 + len(lines), 0, "单位负责人：王某　　统计负责人：赵某　　填表人：钱某　　报出日期：2023年1月15日")
    return GoldenBook("工会统计年报.xls", (page,), write_xls)


def ends_of_months(rng: random.Random) -> GoldenBook:
    """The same measures at the ends of two months, by prefecture; names with 州 in full, 兵团 without a code."""
    page = Page("医保")
    page.merged(0, 0, "新疆基本医疗保险参保人数及基金情况", cols=7)
    page.merged(1, 0, "地  区", rows=2)
    for k, month in enumerate(("2022年12月末", "2023年3月末")):
        page.merged(1, 1 + 3 * k, month, cols=3)
        page.put(2, 1 + 3 * k, "参保人数（万人）", "#职工", "基金累计结余（亿元）")
    rows: dict[str, str | None] = {"全  区": "650000", **XINJIANG, "新疆生产建设兵团": None}
    for r, (place, code) in enumerate(rows.items()):
        page.put(3 + r, 0, place)
        for k, iso in enumerate(("2022-12", "2023-03")):
            for c, (label, unit, scale) in enumerate(
                (("参保人数", "人", 4), ("参保人数|职工", "人", 4), ("基金累计结余", "元", 8))
            ):
                page.fact(
                    3 + r,
                    1 + 3 * k + c,
                    rng.randint(1000, 90_000) / 100,
                    label,
                    region=code,
                    period=iso,
                    unit=unit,
                    scale=scale,
                )
    return GoldenBook("yb.xlsx", (page,), write_xlsx)


def households_and_sexes(rng: random.Random) -> GoldenBook:
    """The first table of a census volume: households, persons and sex ratios, three units in one line."""
    page = Page("A0101")
    page.put(0, 0, "1-1  各地区户数、人口数和性别比")
    page.put(1, 0, "2020年11月1日")
    page.put(1, 9, "单位：户、人、人/户")
    page.put(2, 0, "地  区")
    page.put(2, 1, "户      数", None, None, "人  口  数", None, None, None, "家庭户\n平均规模")
    page.put(3, 1, "合计", "家庭户", "集体户", "合计", "男", "女", "性别比\n(女=100)")
    for r, (place, code) in enumerate({"安徽省": "340000", **ANHUI}.items()):
        page.put(4 + r, 0, place if r == 0 else "  " + place)
        family, joint = rng.randint(100_000, 900_000), rng.randint(1000, 9000)
        men, women = rng.randint(200_000, 900_000), rng.randint(200_000, 900_000)
        figures: list[tuple[int | float, str, str]] = [
            (family + joint, "户数|合计", "户"),
            (family, "户数|家庭户", "户"),
            (joint, "户数|集体户", "户"),
            (men + women, "人口数|合计", "人"),
            (men, "人口数|男", "人"),
            (women, "人口数|女", "人"),
            (round(men / women * 100, 2), "性别比", "女=100"),
            (rng.randint(240, 330) / 100, "家庭户平均规模", "人/户"),
        ]
        for c, (value, label, unit) in enumerate(figures):
            page.fact(4 + r, 1 + c, value, label, region=code, period="2020-11-01", unit=unit)
    return GoldenBook("A0101.xls", (page,), write_xls)


def districts_across(rng: random.Random) -> GoldenBook:
    """Districts across under 市区 and 县（市）, measures down with units; cells of no figure."""
    page = Page("22-1")
    page.merged(0, 0, "22-1  绍兴市分区、县（市）社会经济主要指标（2022年）", cols=9)
    page.merged(1, 0, "指标", rows=2)
    page.merged(1, 1, "单位", rows=2)
    page.merged(1, 2, "全市", rows=2)
    page.merged(1, 3, "市区", cols=3)
    page.merged(1, 6, "县（市）", cols=3)
    page.put(2, 3, *SHAOXING)
    lines = [
        ("年末户籍人口", "万人", "人", 4),
        ("出生人数", "人", "人", 0),
        ("财政总收入", "亿元", "元", 8),
        ("粮食总产量", "万吨", "吨", 4),
        ("规模以上工业企业", "家", "家", 0),
        ("公路里程", "公里", "公里", 0),
        ("全体居民人均可支配收入", "元", "元", 0),
        ("城镇登记失业率", "%", "%", 0),
    ]
    for r, (label, printed, unit, scale) in enumerate(lines):
        page.put(3 + r, 0, label, printed)
        for c, code in enumerate(("330600", *SHAOXING.values())):
            if unit == "%" and c > 1:
                page.put(3 + r, 2 + c, "…")
                continue
            value = rng.randint(1000, 90_000) / (100 if scale or unit == "%" else 1)
            page.fact(
                3 + r,
                2 + c,
                value if scale or unit == "%" else int(value),
                label,
                region=code,
                period="2022",
                unit=unit,
                scale=scale,
            )
    return GoldenBook("sx2201.xlsx", (page,), write_xlsx)


def macro_regions(rng: random.Random) -> GoldenBook:
    """Tables of a bulletin below one another on one sheet: macro-regions across, one unit line each."""
    page = Page("公报附表")
    page.put(0, 0, "第三次全国农业普查主要数据公报附表（2016年）")
    tables = [
        (
            "表1  农业经营主体数量",
            "单位：万个",
            "个",
            4,
            ("农业经营单位", "#农民合作社", "农业经营户", "#规模农业经营户"),
        ),
        (
            "表2  农业生产经营人员性别和年龄构成",
            "单位：%",
            "%",
            0,
            ("男性", "女性", "35岁及以下", "36-54岁", "55岁及以上"),
        ),
        ("表3  主要农业机械数量", "单位：万台", "台", 4, ("拖拉机", "耕整机", "旋耕机", "联合收获机")),
    ]
    areas: dict[str, str | None] = {
        "全国": "100000",
        "东部地区": None,
        "中部地区": None,
        "西部地区": None,
        "东北地区": None,
    }
    line = 2
    for title, unit_line, unit, scale, labels in tables:
        page.put(line, 0, title)
        subject = "性别和年龄构成|" if unit == "%" else ""
        page.put(line + 1, 5, unit_line)
        page.put(line + 2, 1, *areas)
        for r, label in enumerate(labels):
            page.put(line + 3 + r, 0, label)
            for c, code in enumerate(areas.values()):
                page.fact(
                    line + 3 + r,
                    1 + c,
                    rng.randint(100, 9000) / 10,
                    f"{subject}{label.strip('#')}",
                    region=code,
                    period="2016",
                    unit=unit,
                    scale=scale,
                )
        line += 4 + len(labels)
    return GoldenBook("农普公报.xlsx", (page,), write_xlsx)


def years_across_csv(rng: random.Random) -> GoldenBook:
    """Half long: place, measure and unit in columns, years across; comments above; thousands separators."""
    page = Page("csv")
    page.put(0, 0, "# 海南省市县主要指标，下载自开放数据平台")
    page.put(1, 0, "市县代码", "市县", "指标", "单位", "2019年", "2020年", "2021年")
    measures = (
        ("年末总人口", "人", "人", 0),
        ("地方一般公共预算收入", "万元", "元", 4),
        ("社会消费品零售总额", "亿元", "元", 8),
    )
    line = 2
    for place, code in HAINAN.items():
        for label, printed, unit, scale in measures:
            page.put(line, 0, int(code), place, label, printed)
            for c, year in enumerate((2019, 2020, 2021)):
                value: float | str = (
                    rng.randint(1000, 90_000) / 100 if scale == 8 else f"{rng.randint(10_000, 990_000):,}"
                )
                page.fact(line, 4 + c, value, label, region=code, period=str(year), unit=unit, scale=scale)
            line += 1
    return GoldenBook("海南市县.csv", (page,), write_csv)


def away_from_the_corner(rng: random.Random) -> GoldenBook:
    """A table that begins at D4, numbers as text, spans drawn by blanks, the year in the file's name alone."""
    page = Page("Sheet1")
    page.put(3, 3, "安徽省各市民政事业费支出和养老床位")
    page.put(4, 3, "地  市", "民政事业费", None, "养老机构", None)
    page.put(5, 4, "合计", "其中：社会救助", "机构数", "床位数")
    page.put(6, 4, "（万元）", "（万元）", "（个）", "（张）")
    for r, (place, code) in enumerate({**ANHUI, "全省合计": "340000"}.items()):
        page.put(7 + r, 3, place)
        figures = (
            ("民政事业费|合计", "元", 4),
            ("民政事业费|社会救助", "元", 4),
            ("养老机构|机构数", "个", 0),
            ("养老机构|床位数", "张", 0),
        )
        for c, (label, unit, scale) in enumerate(figures):
            page.fact(
                7 + r,
                4 + c,
                f"{rng.randint(1000, 99_999):,}",
                label,
                region=code,
                period="2021",
                unit=unit,
                scale=scale,
            )
    return GoldenBook("安徽民政2021.xlsx", (page,), write_xlsx)


def shares_and_counts(rng: random.Random) -> GoldenBook:
    """Sections of the stub carry the unit (人 and %) for one set of groups; provinces' short names across."""
    page = Page("表5")
    page.put(0, 0, "表5  2015年全国1%人口抽样调查：流动人口就业状况")
    places = {
        "合计": "100000",
        "北京": "110000",
        "上海": "310000",
        "江苏": "320000",
        "浙江": "330000",
        "广东": "440000",
    }
    page.put(1, 0, "项  目", *places)
    groups = ("国有企业", "集体企业", "私营企业", "个体工商户", "其他")
    line = 2
    for head, measure, unit in (("就业人数（人）", "就业人数", "人"), ("构成（%）", "构成", "%")):
        page.put(line, 0, head)
        line += 1
        for group in groups:
            page.put(line, 0, "  " + group)
            for c, code in enumerate(places.values()):
                value = rng.randint(10, 600) / 10 if unit == "%" else rng.randint(1000, 90_000)
                page.fact(line, 1 + c, value, f"{measure}|{group}", region=code, period="2015", unit=unit)
            line += 1
    return GoldenBook("抽样调查表5.xlsx", (page,), write_xlsx)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    selected_years,
    from_where_to_where,
    towns_of_a_county,
    pay_by_occupation,
    months_by_years,
    final_accounts,
    union_form,
    ends_of_months,
    households_and_sexes,
    districts_across,
    macro_regions,
    years_across_csv,
    away_from_the_corner,
    shares_and_counts,
)
