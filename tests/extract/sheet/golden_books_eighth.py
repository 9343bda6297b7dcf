"""An eighth set of golden workbooks: nested stubs, groups by blank rows, dates as cells, two tables of one header."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_pages import Page, write_csv, write_xls, write_xlsx

SHANTOU = {
    "金平区": "440511",
    "龙湖区": "440507",
    "澄海区": "440515",
    "濠江区": "440512",
    "潮阳区": "440513",
    "潮南区": "440514",
    "南澳县": "440523",
}
ZHUHAI = {"香洲区": "440402", "斗门区": "440403", "金湾区": "440404"}
WENZHOU = {
    "鹿城区": "330302",
    "龙湾区": "330303",
    "瓯海区": "330304",
    "洞头区": "330305",
    "瑞安市": "330381",
    "乐清市": "330382",
    "永嘉县": "330324",
    "平阳县": "330326",
    "苍南县": "330327",
}
HUBEI = {
    "武汉市": "420100",
    "黄石市": "420200",
    "十堰市": "420300",
    "宜昌市": "420500",
    "襄阳市": "420600",
    "鄂州市": "420700",
    "恩施自治州": "422800",
    "仙桃市": "429004",
    "潜江市": "429005",
    "天门市": "429006",
    "神农架林区": "429021",
}
JINAN = {
    "历下区": "370102",
    "市中区": "370103",
    "槐荫区": "370104",
    "天桥区": "370105",
    "历城区": "370112",
    "长清区": "370113",
    "章丘区": "370114",
    "平阴县": "370124",
    "商河县": "370126",
}


def movement_by_sheets(rng: random.Random) -> GoldenBook:
    """Sheets of years: births and deaths by district, header of three rows, names padded, a zone inside 其中."""
    pages = []
    for year in (2018, 2019, 2020):
        page = Page(str(year))
        page.put(0, 0, f"3-4 汕头市户籍人口自然变动情况（{year}年）")
        page.put(1, 0, "单位：人、‰")
        page.put(2, 0, "地      区", "出  生", None, None, None, "死  亡", None, "自  然  增  长")
        page.put(3, 1, "合  计", None, None, "出生率", "人 数", "死亡率", "人 数", "增长率")
        page.put(4, 1, "人 数", "男", "女")
        for r, (place, code) in enumerate({"全  市": "440500", **SHANTOU}.items()):
            page.put(5 + r, 0, "  ".join(place) if len(place) == 3 else place)
            men, women, dead = rng.randint(500, 9000), rng.randint(500, 9000), rng.randint(300, 900)
            figures: list[tuple[int | float, str, str]] = [
                (men + women, "出生|合计|人数", "人"),
                (men, "出生|合计|男", "人"),
                (women, "出生|合计|女", "人"),
                (rng.randint(500, 1500) / 100, "出生|出生率", "‰"),
                (dead, "死亡|人数", "人"),
                (rng.randint(300, 900) / 100, "死亡|死亡率", "‰"),
                (men + women - dead, "自然增长|人数", "人"),
                (rng.randint(100, 900) / 100, "自然增长|增长率", "‰"),
            ]
            for c, (value, label, unit) in enumerate(figures):
                page.fact(5 + r, 1 + c, value, label, region=code, period=str(year), unit=unit)
        pages.append(page)
    return GoldenBook("汕头市人口自然变动.xlsx", tuple(pages), write_xlsx)


def long_history(rng: random.Random) -> GoldenBook:
    """Years down, districts across with the city first; two measures as blocks one below the other, one unit line."""
    page = Page("人口")
    page.put(0, 0, "珠海市历年年末常住人口和户籍人口")
    page.put(1, 4, "单位：万人")
    page.put(2, 0, "年份", "全市", *ZHUHAI)
    line = 3
    for head in ("常住人口", "户籍人口"):
        page.put(line, 0, head)
        line += 1
        for year in range(2010, 2020):
            page.put(line, 0, year)
            for c, code in enumerate(("440400", *ZHUHAI.values())):
                page.fact(
                    line,
                    1 + c,
                    rng.randint(1000, 20_000) / 100,
                    head,
                    region=code,
                    period=str(year),
                    unit="人",
                    scale=4,
                )
            line += 1
    return GoldenBook("珠海历年人口.xlsx", (page,), write_xlsx)


def nested_schools(rng: random.Random) -> GoldenBook:
    """Districts with 公办 and 民办 rows below each, header over two rows with 其中 spans, 全市 first."""
    page = Page("学前教育")
    page.merged(0, 0, "2022年温州市各县（市、区）学前教育基本情况", cols=6)
    page.merged(1, 0, "地区", rows=2)
    page.merged(1, 1, "幼儿园数（所）", rows=2)
    page.merged(1, 2, "在园幼儿数（人）", cols=2)
    page.merged(1, 4, "教职工数（人）", cols=2)
    page.put(2, 2, "合计", "其中：女", "合计", "其中：专任教师")
    line = 3
    for place, code in {"全  市": "330300", **WENZHOU}.items():
        for kind in ("", "  公办", "  民办"):
            page.put(line, 0, kind or place)
            suffix = f"{kind.strip()}|" if kind else ""
            for c, (label, unit) in enumerate(
                (
                    ("幼儿园数", "所"),
                    ("在园幼儿数|合计", "人"),
                    ("在园幼儿数|女", "人"),
                    ("教职工数|合计", "人"),
                    ("教职工数|专任教师", "人"),
                )
            ):
                page.fact(line, 1 + c, rng.randint(10, 9000), suffix + label, region=code, period="2022", unit=unit)
            line += 1
    return GoldenBook("学前教育.xlsx", (page,), write_xlsx)


def groups_by_blank_rows(rng: random.Random) -> GoldenBook:
    """A provincial yearbook: cities in groups parted by blank rows, directly administered cities below a head row."""
    page = Page("18-3")
    page.put(0, 0, "18-3 分地区城镇居民最低生活保障")
    page.put(2, 0, "地  区", "保障人数（万人）", None, "保障家庭", "支出金额", "平均标准")
    page.put(3, 1, "2019", "2020", "（万户）", "（亿元）", "（元/人·月）")
    page.put(4, 0, "全  省")
    line = 4
    groups = [
        {"": "420000"},
        dict(list(HUBEI.items())[:4]),
        dict(list(HUBEI.items())[4:7]),
        dict(list(HUBEI.items())[7:]),
    ]
    for n, group in enumerate(groups):
        if n:
            line += 1
        if n == 3:
            page.put(line, 0, "省直管市")
            line += 1
        for place, code in group.items():
            if place:
                page.put(line, 0, ("  " if n == 3 else "") + place)
            for c, (label, year, unit, scale) in enumerate(
                (
                    ("保障人数", "2019", "人", 4),
                    ("保障人数", "2020", "人", 4),
                    ("保障家庭", "2020", "户", 4),
                    ("支出金额", "2020", "元", 8),
                )
            ):
                page.fact(
                    line, 1 + c, rng.randint(10, 9000) / 100, label, region=code, period=year, unit=unit, scale=scale
                )
            line += 1
    page.put(line + 1, 0, "注：2020年数据为快报数。")
    return GoldenBook("hb1803.xls", (page,), write_xls)


def dates_in_header(rng: random.Random) -> GoldenBook:
    """Months as text with points in a header, measures down with units after a comma, one city."""
    page = Page("Sheet1")
    page.put(0, 0, "济南市就业和社会保险月度情况")
    months = ("2023.01", "2023.02", "2023.03", "2023.04")
    page.put(1, 0, "项目", *months)
    lines = [
        ("城镇新增就业，人", "城镇新增就业", "人", 0),
        ("失业人员再就业，人", "失业人员再就业", "人", 0),
        ("养老保险参保人数，万人", "养老保险参保人数", "人", 4),
        ("失业保险金发放，万元", "失业保险金发放", "元", 4),
    ]
    for r, (printed, label, unit, scale) in enumerate(lines):
        page.put(2 + r, 0, printed)
        for c, month in enumerate(months):
            value = rng.randint(1000, 90_000) / (100 if scale else 1)
            page.fact(
                2 + r,
                1 + c,
                value if scale else int(value),
                label,
                region="370100",
                period=month.replace(".", "-"),
                unit=unit,
                scale=scale,
            )
    return GoldenBook("就业月度.xlsx", (page,), write_xlsx)


def districts_by_quarter(rng: random.Random) -> GoldenBook:
    """A csv: year, quarter and district in columns of their own, English codes after the measures."""
    page = Page("csv")
    page.put(0, 0, "年份", "季度", "区县", "规模以上工业总产值（亿元）", "工业用电量（万千瓦时）", "新增企业（家）")
    line = 1
    for quarter in (1, 2, 3):
        for place, code in JINAN.items():
            page.put(line, 0, "2023", f"{quarter}季度", place)
            iso = f"2023-Q{quarter}"
            page.fact(
                line,
                3,
                rng.randint(1000, 90_000) / 100,
                "规模以上工业总产值",
                region=code,
                period=iso,
                unit="元",
                scale=8,
            )
            page.fact(line, 4, rng.randint(1000, 90_000), "工业用电量", region=code, period=iso, unit="千瓦时", scale=4)
            page.fact(line, 5, rng.randint(10, 900), "新增企业", region=code, period=iso, unit="家")
            line += 1
    return GoldenBook("济南市分区季度.csv", (page,), write_csv)


def ages_with_shares(rng: random.Random) -> GoldenBook:
    """A bulletin table: regions by age group, counts then shares then the change against the last census."""
    page = Page("表2")
    page.put(0, 0, "表2 各县（市、区）人口年龄构成")
    page.put(1, 0, "温州市第七次全国人口普查（2020年11月1日零时）")
    page.merged(2, 0, "地区", rows=2)
    page.merged(2, 1, "常住人口（人）", cols=4)
    page.merged(2, 5, "占总人口比重（%）", cols=4)
    for k in range(2):
        page.put(3, 1 + 4 * k, "0—14岁", "15—59岁", "60岁及以上", "其中：65岁及以上")
    for r, (place, code) in enumerate({"全市": "330300", **WENZHOU}.items()):
        page.put(4 + r, 0, place)
        for c, age in enumerate(("0—14岁", "15—59岁", "60岁及以上", "65岁及以上")):
            page.fact(
                4 + r,
                1 + c,
                rng.randint(10_000, 900_000),
                f"常住人口|{age}",
                region=code,
                period="2020-11-01",
                unit="人",
            )
            page.fact(
                4 + r, 5 + c, rng.randint(500, 7000) / 100, f"比重|{age}", region=code, period="2020-11-01", unit="%"
            )
    return GoldenBook("温州七普表2.xlsx", (page,), write_xlsx)


def two_tables_beside(rng: random.Random) -> GoldenBook:
    """续表 to the right with a stub of its own, the unit at its right end; the year in the first title alone."""
    page = Page("6-12")
    page.put(0, 0, "6-12 湖北省分地区农业机械拥有量（2021年）")
    page.put(1, 2, "单位：台")
    page.put(0, 5, "6-12 续表")
    page.put(1, 7, "单位：万千瓦")
    page.put(2, 0, "地 区", "大中型拖拉机", "联合收割机")
    page.put(2, 5, "地 区", "农机总动力", "#柴油发动机")
    for r, (place, code) in enumerate({"全 省": "420000", **HUBEI}.items()):
        page.put(3 + r, 0, place)
        page.put(3 + r, 5, place)
        for c, label in enumerate(("大中型拖拉机", "联合收割机")):
            page.fact(3 + r, 1 + c, rng.randint(100, 90_000), label, region=code, period="2021", unit="台")
        for c, label in enumerate(("农机总动力", "柴油发动机")):
            page.fact(
                3 + r, 6 + c, rng.randint(100, 90_000) / 100, label, region=code, period="2021", unit="千瓦", scale=4
            )
    return GoldenBook("hb0612.xls", (page,), write_xls)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    movement_by_sheets,
    long_history,
    nested_schools,
    groups_by_blank_rows,
    dates_in_header,
    districts_by_quarter,
    ages_with_shares,
    two_tables_beside,
)
