"""A fourth set of golden workbooks: pairs of rows, stubs of two levels, series with sub-periods, tables of parts."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_pages import Page, write_csv, write_xls, write_xlsx
from tests.extract.sheet.golden_places import CHENGDU, FOSHAN, HUNAN, PROVINCES, SUZHOU, WUHAN, XIAN, ZHAOQING


def measures_by_county(rng: random.Random) -> GoldenBook:
    """Sheets of years: ordinals and 其中 in the stub, a unit column, counties and a growth column beside the city."""
    pages = []
    for year in (2020, 2021, 2022):
        page = Page(str(year))
        page.put(0, 0, f"{year}年肇庆市人口变动情况")
        page.put(1, 0, "指  标", "计量单位", "全市", f"比{year - 1}年增长%", *ZHAOQING)
        lines = [
            ("一、年末户籍总户数", "户", "户", 0, "年末户籍总户数"),
            ("二、年末户籍总人口", "人", "人", 0, "年末户籍总人口"),
            ("其中：男性", "人", "人", 0, "年末户籍总人口|男性"), ("      女性", "人", "人", 0, "年末户籍总人口|女性"),
            ("三、年末常住人口", "万人", "人", 4, "年末常住人口"), ("四、出生人口", "人", "人", 0, "出生人口"),
            ("五、出生率", "‰", "‰", 0, "出生率"), ("六、自然增长率", "‰", "‰", 0, "自然增长率"),
        ]  # fmt: skip
        for r, (label, printed, unit, scale, indicator) in enumerate(lines):
            page.put(2 + r, 0, label, printed)
            for c, code in enumerate(("441200", None, *ZHAOQING.values())):
                if c == 1:
                    if unit != "‰":
                        page.fact(
                            2 + r,
                            3,
                            rng.randint(-50, 90) / 10,
                            f"{indicator}|增长",
                            region="441200",
                            period=str(year),
                            unit="%",
                        )
                    continue
                value: int | float = rng.randint(10_000, 90_000)
                if scale or unit == "‰":
                    value = value / 1000
                page.fact(2 + r, 2 + c, value, indicator, region=code, period=str(year), unit=unit, scale=scale)
        pages.append(page)
    return GoldenBook("肇庆市人口变动情况.xlsx", tuple(pages), write_xlsx)


def survey_of_births(rng: random.Random) -> GoldenBook:
    """Provinces x (education x order of birth), the sample's name in the title, blank rows between groups."""
    page = Page("6-4")
    page.put(0, 0, "6-4 各地区按受教育程度、孩次分的育龄妇女生育人数（2015年1%人口抽样调查）")
    page.put(1, 0, "单位：人")
    levels = ("小学", "初中", "高中", "大学专科及以上")
    page.merged(2, 0, "地  区", rows=2)
    for k, level in enumerate(levels):
        page.merged(2, 1 + 4 * k, level, cols=4)
        page.put(3, 1 + 4 * k, "小计", "一孩", "二孩", "三孩及以上")
    for r, (place, code) in enumerate({"全  国": "100000", **PROVINCES}.items()):
        line = 4 + r + (r > 0) + (r - 1) // 5 * (r > 0)
        page.put(line, 0, "  ".join(place) if r and len(place) == 2 else place)
        for k, level in enumerate(levels):
            parts = [rng.randint(10, 900) for _ in range(3)]
            for n, (head, value) in enumerate(
                zip(("小计", "一孩", "二孩", "三孩及以上"), (sum(parts), *parts), strict=True)
            ):
                page.fact(line, 1 + 4 * k + n, value, f"{level}|{head}", region=code, period="2015", unit="人")
    return GoldenBook("t0604.xls", (page,), write_xls)


def health(rng: random.Random) -> GoldenBook:
    """Units per column in a row of their own, # parts without unit, names split over rows."""
    page = Page("Sheet1")
    page.merged(0, 0, "表21.3  各区卫生机构、床位和人员（2019）", cols=7)
    page.merged(2, 0, "地    区", rows=3)
    page.put(2, 1, "机构数", "床位数", None, "卫生技术", None, None)
    page.put(3, 1, None, None, "#医院", "人员", "#执业（助理）", "#注册")
    page.put(4, 1, "(个)", "(张)", None, "(人)", "医师", "护士")
    for r, (place, code) in enumerate({"总  计": "420100", **WUHAN}.items()):
        page.put(5 + r, 0, place)
        beds, staff = rng.randint(2000, 9000), rng.randint(3000, 12_000)
        about = [
            (rng.randint(100, 900), "机构数", "个"), (beds, "床位数", "张"), (beds - 300, "床位数|#医院", "张"),
            (staff, "卫生技术人员", "人"), (staff // 3, "执业（助理）医师", "人"), (staff // 2, "注册护士", "人"),
        ]  # fmt: skip
        for c, (value, label, unit) in enumerate(about):
            page.fact(5 + r, 1 + c, value, label, region=code, period="2019", unit=unit)
    return GoldenBook("C2103.xls", (page,), write_xls)


def pairs_of_rows(rng: random.Random) -> GoldenBook:
    """Each place has a row of persons and a row of shares."""
    page = Page("Sheet1")
    page.put(0, 0, "表8 苏州市各区（市）家庭户规模构成（2020年）")
    page.put(1, 0, "地区", "项目", "合计", "一人户", "二人户", "三人户", "四人及以上户")
    line = 2
    for place, code in {"全市": "320500", **SUZHOU}.items():
        page.merged(line, 0, place, rows=2)
        page.put(line, 1, "户数（户）")
        page.put(line + 1, 1, "比重（%）")
        parts = [rng.randint(9000, 90_000) for _ in range(4)]
        for c, (head, value) in enumerate(
            zip(("合计", "一人户", "二人户", "三人户", "四人及以上户"), (sum(parts), *parts), strict=True)
        ):
            page.fact(line, 2 + c, value, f"户数|{head}", region=code, period="2020", unit="户")
            share = round(value / sum(parts) * 100, 2)
            page.fact(line + 1, 2 + c, share, f"比重|{head}", region=code, period="2020", unit="%")
        line += 2
    return GoldenBook("家庭户.xlsx", (page,), write_xlsx)


def quarters_in_rows(rng: random.Random) -> GoldenBook:
    """A year stands once before its quarters; measures with units over two rows."""
    page = Page("季度")
    page.merged(0, 0, "西安市分季度主要指标", cols=5)
    page.put(1, 0, "年份", "季度", "地区生产总值", "比上年同期增长", "城镇新增就业")
    page.put(2, 2, "（亿元）", "（%）", "（人）")
    line = 3
    for year in (2021, 2022, 2023):
        for q in range(4):
            if q == 0:
                page.put(line, 0, f"{year}年")
            page.put(line, 1, ("一季度", "二季度", "三季度", "四季度")[q])
            args: dict[str, Any] = {"region": "610100", "period": f"{year}-Q{q + 1}"}
            page.fact(line, 2, rng.randint(100_000, 300_000) / 100, "地区生产总值", unit="元", scale=8, **args)
            page.fact(line, 3, rng.randint(10, 99) / 10, "比上年同期增长", unit="%", **args)
            page.fact(line, 4, rng.randint(10_000, 50_000), "城镇新增就业", unit="人", **args)
            line += 1
    return GoldenBook("西安季度.xlsx", (page,), write_xlsx)


def old_years(rng: random.Random) -> GoldenBook:
    """A long series with gaps, header in two languages, a row of units, a row for a plan period."""
    page = Page("1-1")
    page.put(0, 0, "3-1  成都市历年户数、人口数")
    page.put(1, 0, "Households and Population over the Years")
    page.put(3, 0, "年  份", "总户数", "总人口", None, None, "人口密度")
    page.put(4, 2, None, "男", "女")
    page.put(5, 0, "Year", "Households", "Population", "Male", "Female", "Density")
    page.put(6, 1, "(万户)", "(万人)", "(万人)", "(万人)", "(人/平方公里)")
    for r, year in enumerate((1949, 1952, 1957, 1962, 1965, 1970, 1975, 1978, 1980, *range(1985, 2001))):
        men, women = rng.randint(30_000, 60_000), rng.randint(30_000, 60_000)
        page.put(7 + r, 0, year)
        about = [
            (rng.randint(10_000, 40_000) / 100, "总户数", "户", 4), ((men + women) / 100, "总人口", "人", 4),
            (men / 100, "总人口|男", "人", 4), (women / 100, "总人口|女", "人", 4),
            (rng.randint(300, 900), "人口密度", "人/平方公里", 0),
        ]  # fmt: skip
        for c, (value, label, unit, scale) in enumerate(about):
            page.fact(7 + r, 1 + c, value, label, region="510100", period=str(year), unit=unit, scale=scale)
    return GoldenBook("成都0301.xls", (page,), write_xls)


def two_levels_of_places(rng: random.Random) -> GoldenBook:
    """Cities merged in the first column, their counties in the second, 小计 rows for the city."""
    page = Page("Sheet1")
    page.merged(0, 0, "2021年部分地区粮食播种面积和产量", cols=5)
    page.put(1, 4, "单位：公顷、吨")
    page.put(2, 0, "市", "县（市、区）", "粮食播种面积", "#稻谷", "粮食产量")
    line = 3
    for city, code, districts in (("佛山市", "440600", FOSHAN), ("肇庆市", "441200", ZHAOQING)):
        page.merged(line, 0, city, rows=len(districts) + 1)
        for place, own in {"小计": code, **districts}.items():
            page.put(line, 1, place)
            area = rng.randint(2000, 9000)
            args: dict[str, Any] = {"region": own, "period": "2021"}
            page.fact(line, 2, area, "粮食播种面积", unit="平方米", scale=4, **args)
            page.fact(line, 3, area // 2, "粮食播种面积|稻谷", unit="平方米", scale=4, **args)
            page.fact(line, 4, rng.randint(9000, 90_000), "粮食产量", unit="吨", **args)
            line += 1
    return GoldenBook("粮食.xlsx", (page,), write_xlsx)


def monthly_national(rng: random.Random) -> GoldenBook:
    """A national data base by month: measures with 当期值 and 累计增长 in rows, gaps in January."""
    page = Page("csv")
    page.put(0, 0, "数据库：月度数据")
    page.put(1, 0, "时间：最近6个月")
    heads = [(2024, 3), (2024, 2), (2024, 1), (2023, 12), (2023, 11), (2023, 10)]
    page.put(2, 0, "指标", *(f"{y}年{m}月" for y, m in heads))
    lines = [
        ("社会消费品零售总额当期值(亿元)", "社会消费品零售总额当期值", "元", 8),
        ("社会消费品零售总额_累计增长(%)", "社会消费品零售总额_累计增长", "%", 0),
        ("发电量_当期值(亿千瓦时)", "发电量_当期值", "千瓦时", 8), ("城镇调查失业率(%)", "城镇调查失业率", "%", 0),
    ]  # fmt: skip
    for r, (printed, label, unit, scale) in enumerate(lines):
        page.put(3 + r, 0, printed)
        for c, (year, month) in enumerate(heads):
            if month == 1 and scale:
                continue
            page.fact(
                3 + r, 1 + c, rng.randint(1000, 900_000) / 100, label,
                region="100000", period=f"{year}-{month:02}", unit=unit, scale=scale,
            )  # fmt: skip
    page.put(3 + len(lines), 0, "数据来源：国家统计局")
    return GoldenBook("月度数据.csv", (page,), write_csv)


def crops(rng: random.Random) -> GoldenBook:
    """Crops over 播种面积, 总产量 and 单产 with units in the third header row; continued below."""
    page = Page("3-12")
    row = 0
    for part, names in enumerate((("稻谷", "小麦"), ("玉米", "大豆"))):
        page.put(row, 0, "3-12  主要农作物播种面积和产量(2022年)" if part == 0 else "3-12 续表 continued")
        page.merged(row + 1, 0, "地 区", rows=3)
        for k, name in enumerate(names):
            page.merged(row + 1, 1 + 3 * k, name, cols=3)
            page.put(row + 2, 1 + 3 * k, "播种面积", "总产量", "单位面积产量")
            page.put(row + 3, 1 + 3 * k, "（千公顷）", "（万吨）", "（公斤/公顷）")
        for r, (place, code) in enumerate({"全 国": "100000", **PROVINCES}.items()):
            line = row + 4 + r
            page.put(line, 0, place)
            for k, name in enumerate(names):
                args: dict[str, Any] = {"region": code, "period": "2022"}
                page.fact(
                    line, 1 + 3 * k, rng.randint(10, 9000) / 10, f"{name}|播种面积", unit="平方米", scale=7, **args
                )
                page.fact(line, 2 + 3 * k, rng.randint(10, 9000) / 10, f"{name}|总产量", unit="吨", scale=4, **args)
                page.fact(line, 3 + 3 * k, rng.randint(3000, 9000), f"{name}|单位面积产量", unit="公斤/公顷", **args)
        row += 4 + len(PROVINCES) + 1 + 1
    return GoldenBook("农作物.xlsx", (page,), write_xlsx)


def divisions(rng: random.Random) -> GoldenBook:
    """Counts of units of administration, parts marked #, the date of the count in brackets under the title."""
    page = Page("Sheet1")
    page.put(0, 0, "1-1 湖南省行政区划")
    page.put(1, 0, "（2022年底）")
    page.put(2, 5, "单位：个")
    page.put(3, 0, "市  州", "县级区划数", "#市辖区", "#县级市", "#县", "乡镇级区划数")
    table = {p: [rng.randint(1, 6), rng.randint(0, 3), rng.randint(1, 9), rng.randint(50, 150)] for p in HUNAN}
    table["合  计"] = [sum(c) for c in zip(*table.values(), strict=True)]
    for r, (place, code) in enumerate({"合  计": "430000", **HUNAN}.items()):
        page.put(4 + r, 0, place)
        own = table[place]
        about = [
            (sum(own[:3]), "县级区划数"),
            (own[0], "市辖区"),
            (own[1], "县级市"),
            (own[2], "县"),
            (own[3], "乡镇级区划数"),
        ]
        for c, (value, label) in enumerate(about):
            page.fact(4 + r, 1 + c, value, label, region=code, period="2022", unit="个")
    return GoldenBook("区划.xls", (page,), write_xls)


def price_and_rent(rng: random.Random) -> GoldenBook:
    """Cells with signs, units in the labels set off by commas, a total below, notes beside the table."""
    page = Page("Sheet1")
    page.put(0, 0, "成都市2023年各区（市）县固定资产投资及增速")
    page.put(1, 0, "区域", "固定资产投资，亿元", "增速", "位次", "工业投资，亿元", "增速", "位次", "备注")
    places = list(CHENGDU.items())
    for r, (place, code) in enumerate([*places, ("全市合计", "510100")]):
        line = 2 + r
        page.put(line, 0, place)
        args: dict[str, Any] = {"region": code, "period": "2023"}
        page.fact(line, 1, rng.randint(1000, 90_000) / 100, "固定资产投资", unit="元", scale=8, **args)
        page.fact(line, 2, f"{rng.randint(-90, 200) / 10}%", "固定资产投资|增速", unit="%", **args)
        page.fact(line, 4, rng.randint(1000, 90_000) / 100, "工业投资", unit="元", scale=8, **args)
        page.fact(line, 5, f"{rng.randint(-90, 200) / 10}%", "工业投资|增速", unit="%", **args)
        if place != "全市合计":
            page.fact(line, 3, r + 1, "固定资产投资|位次", unit="位", **args)
            page.fact(line, 6, len(places) - r, "工业投资|位次", unit="位", **args)
    page.put(3, 7, "含天府新区")
    return GoldenBook("投资.xlsx", (page,), write_xlsx)


def sex_in_rows(rng: random.Random) -> GoldenBook:
    """Places in rows with 男 and 女 below each; ages in columns."""
    page = Page("表2")
    page.put(0, 0, "表2  西安市各区县分性别、年龄的人口")
    page.put(1, 0, "（2020年）", None, None, None, "单位：人")
    page.put(2, 0, "地区、性别", "合计", "0-14岁", "15-59岁", "60岁及以上")
    line = 3
    for place, code in {"全市": "610100", **XIAN}.items():
        halves = {s: [rng.randint(900, 90_000) for _ in range(3)] for s in "男女"}
        whole = [sum(x) for x in zip(*halves.values(), strict=True)]
        for label, values in ((place, whole), ("  男", halves["男"]), ("  女", halves["女"])):
            page.put(line, 0, label)
            for c, (head, value) in enumerate(
                zip(("合计", "0-14岁", "15-59岁", "60岁及以上"), (sum(values), *values), strict=True)
            ):
                tail = f"{head}|{label.strip()}" if label[0] == " " else head
                page.fact(line, 1 + c, value, tail, region=code, period="2020", unit="人")
            line += 1
    return GoldenBook("西安年龄.xlsx", (page,), write_xlsx)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    measures_by_county, survey_of_births, health, pairs_of_rows, quarters_in_rows, old_years, two_levels_of_places,
    monthly_national, crops, divisions, price_and_rent, sex_in_rows,
)  # fmt: skip


def fourth_books() -> list[GoldenBook]:
    return [build(random.Random(300 + n)) for n, build in enumerate(BUILDERS)]
