"""Workbooks of our own design, with the long table that each stands for.

The numbers are invented (fixed seed) and add up. The layouts are those of Chinese yearbooks, censuses and data bases.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.extract.sheet.golden_pages import (
    Fact,
    Page,
    Writer,
    write_csv,
    write_ods,
    write_xls,
    write_xlsx,
)
from tests.extract.sheet.golden_places import CHENGDU, HUNAN, PROVINCES, SUZHOU, WUHAN, XIAMEN, XIAN

AGES = ("0岁", "1-4岁", *(f"{n}-{n + 4}岁" for n in range(5, 100, 5)), "100岁及以上")


@dataclass(frozen=True, slots=True)
class GoldenBook:
    file: str
    pages: tuple[Page, ...]
    write: Writer

    @property
    def facts(self) -> list[Fact]:
        return [fact for page in self.pages for fact in page.facts]

    def save(self, folder: Path) -> Path:
        path = folder / self.file
        self.write(self.pages, path)
        return path


def golden_books() -> list[GoldenBook]:
    return [build(random.Random(n)) for n, build in enumerate(BUILDERS)]


def _split(rng: random.Random, places: Sequence[str], low: int, high: int) -> dict[str, int]:
    return {p: rng.randint(low, high) for p in places}


# ---------------------------------------------------------------- census


def census_by_region(rng: random.Random) -> GoldenBook:
    """Regions x (age x sex): 69 columns under merged groups, the total first."""
    page = Page("1-7")
    page.merged(0, 0, "1-7  全省各市州分年龄、性别的人口", cols=70)
    page.put(1, 0, "单位：人")
    page.merged(2, 0, "地  区", rows=2)
    groups = ("合  计", *AGES)
    for g, age in enumerate(groups):
        page.merged(2, 1 + 3 * g, age, cols=3)
        page.put(3, 1 + 3 * g, "合计" if g == 0 else "小计", "男", "女")
    people = {
        (place, g, sex): rng.randint(800, 90000)
        for place in HUNAN
        for g in range(1, len(groups))
        for sex in ("男", "女")
    }
    for place in HUNAN:
        for sex in ("男", "女"):
            people[place, 0, sex] = sum(people[place, g, sex] for g in range(1, len(groups)))
    codes: dict[str, str] = {"全  省": "430000", **HUNAN}
    for r, (place, code) in enumerate(codes.items()):
        page.put(4 + r, 0, place if r == 0 else "  " + place)
        for g, age in enumerate(groups):
            parts = [people[place, g, sex] if r else sum(people[p, g, sex] for p in HUNAN) for sex in ("男", "女")]
            for n, (name, value) in enumerate(
                zip(("合计" if g == 0 else "小计", "男", "女"), (sum(parts), *parts), strict=True)
            ):
                label = f"{age.replace(' ', '')}|{name}" if g else ("合计" if n == 0 else name)
                page.fact(4 + r, 1 + 3 * g + n, value, label, region=code, period="2020", unit="人")
    return GoldenBook("湖南省2020年人口普查资料_1-7.xlsx", (page,), write_xlsx)


def census_continued(rng: random.Random) -> GoldenBook:
    """The same kind in a book: four age groups at a time, 续表 stacked below, the page title repeated."""
    page = Page("表1-5")
    row = 0
    groups = ("合计", *AGES[:11])
    people = {(p, a, s): rng.randint(100, 5000) for p in WUHAN for a in AGES[:11] for s in "男女"}
    for p in WUHAN:
        for s in "男女":
            people[p, "合计", s] = sum(people[p, a, s] for a in AGES[:11])
    for part in range(3):
        title = "1-5  武汉市各区分年龄、性别的人口" if part == 0 else f"1-5  续表{part}"
        page.put(row, 0, title)
        page.put(row + 1, 11, "单位：人") if part == 0 else None
        page.merged(row + 2, 0, "地    区", rows=2)
        four = groups[4 * part : 4 * part + 4]
        for g, age in enumerate(four):
            page.merged(row + 2, 1 + 3 * g, age, cols=3)
            page.put(row + 3, 1 + 3 * g, "小计", "男", "女")
        for r, (place, code) in enumerate({"总  计": "420100", **WUHAN}.items()):
            line = row + 4 + r
            page.put(line, 0, place if r == 0 else "　" + place)
            for g, age in enumerate(four):
                parts = [people[place, age, s] if r else sum(people[p, age, s] for p in WUHAN) for s in "男女"]
                for n, (name, value) in enumerate(zip(("小计", "男", "女"), (sum(parts), *parts), strict=True)):
                    page.fact(line, 1 + 3 * g + n, value, f"{age}|{name}", region=code, period="2020", unit="人")
        row += 4 + len(WUHAN) + 1 + 2
    return GoldenBook("武汉市2020年第七次人口普查_分年龄性别.xls", (page,), write_xls)


def census_age_education(rng: random.Random) -> GoldenBook:
    """One region, ages in the stub with five-year subtotals, education x sex over three header rows."""
    page = Page("4-1")
    levels = ("未上过学", "小学", "初中", "高中", "大学专科")
    page.merged(0, 0, "4-1  西安市分年龄、性别、受教育程度的3岁及以上人口", cols=19)
    page.put(1, 0, "2020年")
    page.put(1, 18, "单位：人")
    page.merged(2, 0, "年  龄", rows=3)
    page.merged(2, 1, "3岁及以上人口", cols=3)
    page.merged(2, 4, "受教育程度", cols=15)
    page.put(4, 1, "合计", "男", "女")
    for k, level in enumerate(levels):
        page.merged(3, 4 + 3 * k, level, cols=3)
        page.put(4, 4 + 3 * k, "小计", "男", "女")
    page.merges.append((3, 1, 3, 3))
    singles = {f"{n}岁": (n, n) for n in range(5, 15)}
    fives = {"5-9岁": (5, 9), "10-14岁": (10, 14)}
    people = {(n, k, s): rng.randint(3, 900) for n in range(5, 15) for k in range(len(levels)) for s in "男女"}
    order: list[tuple[str, tuple[int, int]]] = [("总  计", (5, 14))]
    for five, ends in fives.items():
        order.append((five, ends))
        order.extend((a, e) for a, e in singles.items() if ends[0] <= e[0] <= ends[1])
    for r, (label, (low, high)) in enumerate(order):
        line = 5 + r
        page.put(line, 0, label if label[-1] == "计" or "-" in label else "  " + label)
        name = label.replace(" ", "")
        whole = [sum(people[n, k, s] for n in range(low, high + 1) for k in range(len(levels))) for s in "男女"]
        for n, (head, value) in enumerate(zip(("合计", "男", "女"), (sum(whole), *whole), strict=True)):
            page.fact(line, 1 + n, value, f"{name}|3岁及以上人口|{head}", region="610100", period="2020", unit="人")
        for k, level in enumerate(levels):
            parts = [sum(people[n, k, s] for n in range(low, high + 1)) for s in "男女"]
            for n, (head, value) in enumerate(zip(("小计", "男", "女"), (sum(parts), *parts), strict=True)):
                page.fact(
                    line, 4 + 3 * k + n, value, f"{name}|{level}|{head}", region="610100", period="2020", unit="人"
                )
    return GoldenBook("4-1 分年龄性别受教育程度.xlsx", (page,), write_xlsx)


# ---------------------------------------------------------------- stacked, side by side


def stacked_measures(rng: random.Random) -> GoldenBook:
    """Districts x years, one block per measure below the other, the city in the last row."""
    page = Page("区县GDP")
    years = range(2018, 2023)
    row = 0
    for n, measure in enumerate(("地区生产总值", "第一产业增加值", "第二产业增加值", "第三产业增加值")):
        page.merged(row, 0, f"2-{11 + n} 各区(市)县{measure}（2018-2022年）", cols=6)
        page.put(row + 1, 5, "单位：亿元")
        page.put(row + 2, 0, "区(市)县", *(f"{y}年" for y in years))
        values = {(p, y): rng.randint(1000, 99999) / 100 for p in CHENGDU for y in years}
        for r, (place, code) in enumerate(CHENGDU.items()):
            page.put(row + 3 + r, 0, place)
            for c, y in enumerate(years):
                page.fact(row + 3 + r, 1 + c, values[place, y], measure, region=code, period=str(y), unit="元", scale=8)
        last = row + 3 + len(CHENGDU)
        page.put(last, 0, "全市合计")
        for c, y in enumerate(years):
            total = round(sum(values[p, y] for p in CHENGDU), 2)
            page.fact(last, 1 + c, total, measure, region="510100", period=str(y), unit="元", scale=8)
        page.put(last + 1, 0, "注：2020年为第四次经济普查修订数；本表按当年价格计算。")
        row = last + 4
    return GoldenBook("成都市区县经济.xlsx", (page,), write_xlsx)


def side_by_side(rng: random.Random) -> GoldenBook:
    """Two tables with a blank column between, each with title, unit line and stub of its own."""
    page = Page("Sheet1")
    page.merged(0, 0, "3-5  各区县户数和人口数（2021年）", cols=5)
    page.merged(0, 6, "3-6  各区县出生和死亡（2021年）", cols=5)
    page.put(1, 0, "单位：户、人")
    page.put(1, 6, "单位：人、‰")
    page.put(2, 0, "地 区", "总户数", "总人口", "男性", "女性")
    page.put(2, 6, "地 区", "出生人数", "出生率", "死亡人数", "死亡率")
    households = _split(rng, list(XIAN), 50_000, 400_000)
    men, women = _split(rng, list(XIAN), 100_000, 600_000), _split(rng, list(XIAN), 100_000, 600_000)
    births, deaths = _split(rng, list(XIAN), 800, 9000), _split(rng, list(XIAN), 500, 5000)
    for d in (households, men, women, births, deaths):
        d["全市"] = sum(d.values())
    for r, (place, code) in enumerate({"全市": "610100", **XIAN}.items()):
        line = 3 + r
        page.put(line, 0, place)
        page.put(line, 6, place)
        everyone = men[place] + women[place]
        about: list[tuple[int, int | float, str, str]] = [
            (1, households[place], "总户数", "户"),
            (2, everyone, "总人口", "人"),
            (3, men[place], "男性", "人"),
            (4, women[place], "女性", "人"),
            (7, births[place], "出生人数", "人"),
            (8, round(births[place] / everyone * 1000, 2), "出生率", "‰"),
            (9, deaths[place], "死亡人数", "人"),
            (10, round(deaths[place] / everyone * 1000, 2), "死亡率", "‰"),
        ]
        for c, value, label, unit in about:
            page.fact(line, c, value, label, region=code, period="2021", unit=unit)
    page.put(3 + len(XIAN) + 1, 0, "资料来源：西安市公安局。")
    return GoldenBook("人口变动.xls", (page,), write_xls)


# ---------------------------------------------------------------- nested stubs


def industries(rng: random.Random) -> GoldenBook:
    """Industries nested by indentation under sections, years in columns, one region named by the title."""
    page = Page("从业人员")
    years = (2019, 2020, 2021, 2022)
    page.merged(0, 0, "4-2 武汉市按行业分年末从业人员", cols=5)
    page.put(1, 4, "单位：万人")
    page.put(2, 0, "行    业", *years)
    tree: list[tuple[str, int]] = [
        ("总    计", 0), ("一、按产业分", 0), ("第一产业", 1), ("第二产业", 1), ("第三产业", 1),
        ("二、按国民经济行业分", 0), ("农、林、牧、渔业", 1), ("工业", 1), ("采矿业", 2), ("制造业", 2),
        ("电力、热力、燃气及水生产和供应业", 2), ("建筑业", 1), ("批发和零售业", 1), ("住宿和餐饮业", 1),
        ("金融业", 1), ("房地产业", 1), ("三、按城乡分", 0), ("城镇", 1), ("乡村", 1),
    ]  # fmt: skip
    for r, (label, depth) in enumerate(tree):
        page.put(3 + r, 0, label)
        if depth:
            page.indents[3 + r, 0] = depth
        if label[1] == "、" and depth == 0:
            continue
        for c, year in enumerate(years):
            value = rng.randint(100, 60000) / 100
            indicator = label.replace(" ", "")
            page.fact(3 + r, 1 + c, value, indicator, region="420100", period=str(year), unit="人", scale=4)
    page.put(3 + len(tree), 0, "注：2020年起数据根据第七次全国人口普查结果修订。")
    return GoldenBook("4-2.xlsx", (page,), write_xlsx)


def energy_items(rng: random.Random) -> GoldenBook:
    """Measures in rows with a unit column and 其中 parts by blanks; two years and the growth between them."""
    page = Page("主要指标")
    page.merged(0, 0, "长沙市国民经济和社会发展主要指标", cols=5)
    page.put(1, 0, "指    标", "计量单位", "2022年", "2023年", "2023年比2022年增长（%）")
    lines: list[tuple[str, str, str, int, str]] = [
        ("一、人口", "", "", 0, ""),
        ("年末户籍总户数", "万户", "户", 4, "年末户籍总户数"),
        ("年末常住人口", "万人", "人", 4, "年末常住人口"),
        ("  #城镇人口", "万人", "人", 4, "年末常住人口|城镇人口"),
        ("二、国民经济核算", "", "", 0, ""),
        ("地区生产总值", "亿元", "元", 8, "地区生产总值"),
        ("  第一产业", "亿元", "元", 8, "地区生产总值|第一产业"),
        ("  第二产业", "亿元", "元", 8, "地区生产总值|第二产业"),
        ("    #工业", "亿元", "元", 8, "第二产业|工业"),
        ("  第三产业", "亿元", "元", 8, "地区生产总值|第三产业"),
        ("人均地区生产总值", "元", "元", 0, "人均地区生产总值"),
        ("三、交通运输", "", "", 0, ""),
        ("客运量", "万人次", "人次", 4, "客运量"),
        ("  铁路", "万人次", "人次", 4, "客运量|铁路"),
        ("  公路", "万人次", "人次", 4, "客运量|公路"),
        ("货运量", "万吨", "吨", 4, "货运量"),
        ("邮政业务总量", "亿元", "元", 8, "邮政业务总量"),
        ("全社会用电量", "亿千瓦时", "千瓦时", 8, "全社会用电量"),
    ]
    for r, (label, printed, unit, scale, indicator) in enumerate(lines):
        page.put(2 + r, 0, label)
        if not printed:
            continue
        page.put(2 + r, 1, printed)
        before, after = rng.randint(1000, 99999) / 100, rng.randint(1000, 99999) / 100
        page.fact(2 + r, 2, before, indicator, region="430100", period="2022", unit=unit, scale=scale)
        page.fact(2 + r, 3, after, indicator, region="430100", period="2023", unit=unit, scale=scale)
        growth = round((after / before - 1) * 100, 1)
        page.fact(2 + r, 4, growth, f"{indicator}|2023年比2022年增长", region="430100", period="2023", unit="%")
    return GoldenBook("主要指标.xlsx", (page,), write_xlsx)


# ---------------------------------------------------------------- years, months


def years_and_measures(rng: random.Random) -> GoldenBook:
    """Year over measure on one sheet, measure over year on the other."""
    codes = {"全市": "350200", **XIAMEN}
    first = Page("年份在上")
    first.merged(0, 0, "厦门市各区人口与户数", cols=7)
    first.merged(1, 0, "区  别", rows=2)
    for y, year in enumerate((2021, 2022)):
        first.merged(1, 1 + 3 * y, f"{year}年", cols=3)
        first.put(2, 1 + 3 * y, "户籍户数（户）", "户籍人口（人）", "户均人口（人/户）")
        houses, people = _split(rng, list(XIAMEN), 50_000, 300_000), _split(rng, list(XIAMEN), 150_000, 900_000)
        houses["全市"], people["全市"] = sum(houses.values()), sum(people.values())
        for r, (place, code) in enumerate(codes.items()):
            first.put(3 + r, 0, place)
            about: list[tuple[int | float, str, str]] = [
                (houses[place], "户籍户数", "户"),
                (people[place], "户籍人口", "人"),
                (round(people[place] / houses[place], 2), "户均人口", "人/户"),
            ]
            for n, (value, label, unit) in enumerate(about):
                first.fact(3 + r, 1 + 3 * y + n, value, label, region=code, period=str(year), unit=unit)
    second = Page("指标在上")
    second.put(0, 0, "厦门市各区常住人口和城镇化率")
    second.put(1, 0, "区别")
    second.merges.append((1, 0, 2, 0))
    second.merged(1, 1, "常住人口（万人）", cols=3)
    second.merged(1, 4, "城镇化率（%）", cols=3)
    for c in range(6):
        second.put(2, 1 + c, f"{2020 + c % 3}")
    for r, (place, code) in enumerate(codes.items()):
        second.put(3 + r, 0, place)
        for c in range(3):
            people_10k, share = rng.randint(300, 5300) / 10, rng.randint(600, 1000) / 10
            period = str(2020 + c)
            second.fact(3 + r, 1 + c, people_10k, "常住人口", region=code, period=period, unit="人", scale=4)
            second.fact(3 + r, 4 + c, share, "城镇化率", region=code, period=period, unit="%")
    return GoldenBook("厦门市人口.ods", (first, second), write_ods)


def months(rng: random.Random) -> GoldenBook:
    """Measures in rows, cumulative months in columns."""
    page = Page("月度")
    page.merged(0, 0, "2023年苏州市主要经济指标（累计）", cols=8)
    page.put(1, 0, "指标", "单位", *(f"1-{m}月" for m in range(2, 8)))
    lines = [
        ("规模以上工业增加值增速", "%", "%", 0), ("固定资产投资", "亿元", "元", 8),
        ("社会消费品零售总额", "亿元", "元", 8), ("一般公共预算收入", "亿元", "元", 8), ("进出口总额", "亿元", "元", 8),
        ("新登记经营主体", "户", "户", 0),
    ]  # fmt: skip
    for r, (label, printed, unit, scale) in enumerate(lines):
        page.put(2 + r, 0, label, printed)
        for c, month in enumerate(range(2, 8)):
            value = (
                rng.randint(10, 120) / 10 if unit == "%" else rng.randint(20000, 900000) / (1 if unit == "户" else 100)
            )
            page.fact(
                2 + r, 2 + c, int(value) if unit == "户" else value, label,
                region="320500", period=f"2023-01/2023-{month:02}", unit=unit, scale=scale,
            )  # fmt: skip
    return GoldenBook("苏州月报.xlsx", (page,), write_xlsx)


def database_export(rng: random.Random) -> GoldenBook:
    """A csv of a statistical data base: lines of metadata, months in columns, notes and source below."""
    page = Page("csv")
    page.put(0, 0, "数据库：分省月度数据")
    page.put(1, 0, "指标：房地产开发住宅投资累计值(亿元)")
    page.put(2, 0, "时间：最近6个月")
    heads = ["2023年12月", "2023年11月", "2023年10月", "2023年9月", "2023年8月", "2023年7月"]
    page.put(3, 0, "地区", *heads)
    names = {
        p
        + (
            "市"
            if p in ("北京", "天津", "上海")
            else "自治区"
            if p == "内蒙古"
            else "壮族自治区"
            if p == "广西"
            else "省"
        ): c
        for p, c in PROVINCES.items()
    }
    for r, (place, code) in enumerate(names.items()):
        page.put(4 + r, 0, place)
        for c, head in enumerate(heads):
            year, month = head[:-1].split("年")
            if (r + c) % 17 == 16:
                continue
            page.fact(
                4 + r, 1 + c, rng.randint(1000, 900000) / 100, "房地产开发住宅投资累计值",
                region=code, period=f"{year}-{int(month):02}", unit="元", scale=8,
            )  # fmt: skip
    page.put(4 + len(names), 0, "注：房地产开发投资统计范围有期末项目的调整，增速按可比口径计算。")
    page.put(5 + len(names), 0, "数据来源：国家统计局")
    return GoldenBook("分省月度数据.csv", (page,), write_csv)


def history(rng: random.Random) -> GoldenBook:
    """Years in the stub of a csv, units in brackets, a title and a line of units above."""
    page = Page("csv")
    page.put(0, 0, "厦门市历年户数与人口")
    page.put(1, 0, "年份", "总户数(万户)", "总人口(万人)", "男性", "女性", "人口自然增长率(‰)", "人口密度(人/平方公里)")
    for r, year in enumerate(range(2000, 2020)):
        page.put(2 + r, 0, f"{year}")
        men, women = rng.randint(6000, 9000), rng.randint(6000, 9000)
        about: list[tuple[float | int, str, str, int]] = [
            (rng.randint(4000, 9000) / 100, "总户数", "户", 4),
            ((men + women) / 100, "总人口", "人", 4),
            (men / 100, "总人口|男性", "人", 4),
            (women / 100, "总人口|女性", "人", 4),
            (rng.randint(200, 1500) / 100, "人口自然增长率", "‰", 0),
            (rng.randint(800, 2500), "人口密度", "人/平方公里", 0),
        ]
        for c, (value, label, unit, scale) in enumerate(about):
            page.fact(2 + r, 1 + c, value, label, region="350200", period=str(year), unit=unit, scale=scale)
    return GoldenBook("厦门市历年人口.csv", (page,), write_csv)


# ---------------------------------------------------------------- drift, growth, two languages, percentages


def one_sheet_a_year(rng: random.Random) -> GoldenBook:
    """Three sheets of a series whose title, units, columns and spelling of numbers drift."""
    pages = []
    codes = {"全市": "320500", **SUZHOU}
    for year in (2021, 2022, 2023):
        page = Page(str(year))
        people = _split(rng, list(SUZHOU), 400_000, 1_600_000)
        area = _split(rng, list(SUZHOU), 80, 1200)
        people["全市"], area["全市"] = sum(people.values()), sum(area.values())
        towns = _split(rng, list(SUZHOU), 1, 12)
        towns["全市"] = sum(towns.values())
        if year == 2021:
            page.merged(0, 0, "1-3 行政区划、土地面积及户籍人口", cols=4)
            page.put(1, 3, "（2021年末）")
            page.put(2, 0, "地  区", "镇（个）", "土地面积（平方公里）", "年末户籍人口（人）")
            start, order = 3, ["镇", "土地面积", "年末户籍人口"]
        elif year == 2022:
            page.put(0, 0, "土地面积及户籍人口")
            page.put(0, 3, "单位：平方公里、人、个")
            page.merged(1, 0, "地区", rows=2)
            page.put(1, 1, "年末户籍", "土地", "建制镇")
            page.put(2, 1, "人口", "面积", "个数")
            start, order = 3, ["年末户籍人口", "土地面积", "镇"]
        else:
            page.put(1, 0, "1-3 土地面积和户籍人口 Land Area and Registered Population (2023)")
            page.put(
                3,
                0,
                "地区\nRegion",
                "土地面积\n(平方公里)\nLand Area\n(sq.km)",
                "年末户籍人口\n(万人)\nPopulation\n(10000 persons)",
            )
            start, order = 4, ["土地面积", "年末户籍人口"]
        for r, (place, code) in enumerate(codes.items()):
            page.put(start + r, 0, place if r == 0 else "  " + place)
            for c, label in enumerate(order):
                if label == "镇":
                    label_here = "镇" if year == 2021 else "建制镇个数"
                    page.fact(start + r, 1 + c, towns[place], label_here, region=code, period=str(year), unit="个")
                elif label == "土地面积":
                    page.fact(
                        start + r, 1 + c, area[place], label, region=code, period=str(year), unit="平方米", scale=6
                    )
                elif year == 2021:
                    page.fact(start + r, 1 + c, f"{people[place]:,}", label, region=code, period="2021", unit="人")
                elif year == 2022:
                    printed = f"{people[place]:,}".replace(",", " ")
                    page.fact(start + r, 1 + c, printed, label, region=code, period="2022", unit="人")
                else:
                    printed = f"{people[place] / 10000:.2f}"
                    page.fact(start + r, 1 + c, printed, label, region=code, period="2023", unit="人", scale=4)
        page.put(start + len(codes) + (year == 2022), 0, "注：土地面积为第三次全国国土调查数，2019年起使用。")
        pages.append(page)
    return GoldenBook("苏州市区划人口.xlsx", tuple(pages), write_xlsx)


def growth_columns(rng: random.Random) -> GoldenBook:
    """Absolute figures and growth under each measure; totals first and last, ranks beside them."""
    page = Page("表二")
    page.merged(0, 0, "2023年各区县主要经济指标完成情况", cols=8)
    page.merged(1, 0, "区县", rows=2)
    page.merged(1, 1, "地区生产总值", cols=3)
    page.merged(1, 4, "社会消费品零售总额", cols=2)
    page.merged(1, 6, "城镇居民人均可支配收入", cols=2)
    page.put(
        2,
        1,
        "总量（亿元）",
        "比上年增长（%）",
        "增速排名",
        "总量（亿元）",
        "比上年增长（%）",
        "绝对额（元）",
        "比上年增长（%）",
    )
    codes = {"全市": "610100", **XIAN}
    ranks = rng.sample(range(1, len(XIAN) + 1), len(XIAN))
    for r, (place, code) in enumerate(codes.items()):
        line = 3 + r
        page.put(line, 0, place)
        args: dict[str, Any] = {"region": code, "period": "2023"}
        page.fact(line, 1, rng.randint(10000, 999999) / 100, "地区生产总值|总量", unit="元", scale=8, **args)
        page.fact(line, 2, rng.randint(-30, 110) / 10, "地区生产总值|比上年增长", unit="%", **args)
        if r:
            page.fact(line, 3, ranks[r - 1], "地区生产总值|增速排名", unit="位", **args)
        page.fact(line, 4, rng.randint(10000, 999999) / 100, "社会消费品零售总额|总量", unit="元", scale=8, **args)
        page.fact(line, 5, rng.randint(-30, 110) / 10, "社会消费品零售总额|比上年增长", unit="%", **args)
        page.fact(line, 6, rng.randint(30000, 60000), "城镇居民人均可支配收入|绝对额", unit="元", **args)
        page.fact(line, 7, rng.randint(10, 80) / 10, "城镇居民人均可支配收入|比上年增长", unit="%", **args)
    page.put(3 + len(codes), 0, "说明：地区生产总值增速按可比价格计算。")
    return GoldenBook("西安市2023年区县经济指标.xlsx", (page,), write_xlsx)


def two_languages(rng: random.Random) -> GoldenBook:
    """A national yearbook: Chinese and English in rows of their own, parts that inherit the unit, padded names."""
    page = Page("Sheet1")
    page.put(0, 0, "21-5  分地区普通高中情况(2022年)")
    page.put(1, 0, "Statistics on Regular Senior Secondary Schools by Region (2022)")
    page.put(3, 0, None, None, "学校数", "毕业生数", "招生数", "在校学生数", "#女生", "专任教师数", "生师比")
    page.put(4, 0, "地  区", "Region", "(所)", "(人)", "(人)", "(人)", None, "(人)", "(教师=1)")
    page.put(5, 2, "Schools", "Graduates", "Entrants", "Enrolment", "Female", "Full-time", "Student-")
    page.put(6, 2, "(unit)", "(person)", "(person)", "(person)", None, "Teachers", "Teacher Ratio")
    english = {"北京": "Beijing", "天津": "Tianjin", "河北": "Hebei", "山西": "Shanxi", "内蒙古": "Inner Mongolia"}
    heads = ("学校数", "毕业生数", "招生数", "在校学生数", "在校学生数|女生", "专任教师数")
    units = ("所", "人", "人", "人", "人", "人")
    table = {
        p: [
            rng.randint(60, 900),
            *(rng.randint(50_000, 900_000) for _ in range(3)),
            rng.randint(20_000, 49_000),
            rng.randint(5_000, 90_000),
        ]
        for p in PROVINCES
    }
    table["全国"] = [sum(column) for column in zip(*table.values(), strict=True)]
    for r, (place, code) in enumerate({"全国": "100000", **PROVINCES}.items()):
        line = 8 + r + (r > 0) + (r - 1) // 5 * (r > 0)
        page.put(
            line, 0, "  ".join(place), "National Total" if r == 0 else english.get(place, place.encode().hex().title())
        )
        for c, (value, label, unit) in enumerate(zip(table[place], heads, units, strict=True)):
            page.fact(line, 2 + c, value, label, region=code, period="2022", unit=unit)
    return GoldenBook("2105.xls", (page,), write_xls)


def percentages(rng: random.Random) -> GoldenBook:
    """One line of two units over persons and shares, cells shown as percentages, notes and signs for no figure."""
    page = Page("Sheet1")
    page.merged(0, 0, "表5 2022年分地区常住人口及城镇化率", cols=6)
    page.put(1, 5, "单位：万人、%")
    page.put(2, 0, "地区", "常住人口", "占全市比重", "城镇人口", "乡村人口", "城镇化率")
    places = {
        "长沙市": "430100", "芙蓉区": "430102", "天心区": "430103", "岳麓区": "430104", "开福区": "430105",
        "雨花区": "430111", "望城区": "430112", "长沙县": "430121", "浏阳市": "430181", "宁乡市": "430182",
    }  # fmt: skip
    districts = list(places)[1:]
    town = {p: rng.randint(2000, 15000) for p in districts}
    country = {p: 0 if p in districts[:2] else rng.randint(100, 5000) for p in districts}
    town["长沙市"], country["长沙市"] = sum(town.values()), sum(country.values())
    whole = town["长沙市"] + country["长沙市"]
    for r, (place, code) in enumerate(places.items()):
        line = 3 + r
        page.put(line, 0, place)
        people = town[place] + country[place]
        args: dict[str, Any] = {"region": code, "period": "2022"}
        page.fact(line, 1, people / 100, "常住人口", unit="人", scale=4, **args)
        page.percent(line, 2, f"{people / whole * 100:.2f}", "占全市比重", **args)
        page.fact(line, 3, town[place] / 100, "城镇人口", unit="人", scale=4, **args)
        if country[place]:
            page.fact(line, 4, country[place] / 100, "乡村人口", unit="人", scale=4, **args)
        else:
            page.put(line, 4, "—")
        page.percent(line, 5, f"{town[place] / people * 100:.2f}", "城镇化率", **args)
    page.put(14, 0, "注：1.常住人口为年末数。")
    page.put(15, 0, "    2.“—”表示无此项数据，合计与分项之和不等于系四舍五入所致。")
    return GoldenBook("表5.xlsx", (page,), write_xlsx)


def regions_in_columns(rng: random.Random) -> GoldenBook:
    """Measures in rows, districts in columns; unit in brackets of the labels; 其中 rows by blanks."""
    page = Page("2022")
    page.put(0, 0, "武汉市各区人口主要情况（2022年）")
    page.put(1, 0, "项    目", "全 市", *WUHAN)
    lines: list[tuple[str, str, str, int, int]] = [
        ("一、年末总户数（户）", "户", "年末总户数", 50_000, 400_000),
        ("二、年末总人口（人）", "人", "年末总人口", 200_000, 1_000_000),
        ("    其中：女性", "人", "年末总人口|女性", 100_000, 190_000),
        ("    其中：非农业人口", "人", "年末总人口|非农业人口", 100_000, 190_000),
        ("三、人口变动", "", "", 0, 0),
        ("    出生人数（人）", "人", "人口变动|出生人数", 500, 9000),
        ("    死亡人数（人）", "人", "人口变动|死亡人数", 500, 9000),
        ("    迁入人数（人）", "人", "人口变动|迁入人数", 500, 9000),
        ("四、人口密度（人/平方公里）", "人/平方公里", "人口密度", 300, 25_000),
    ]
    codes = {"全 市": "420100", **WUHAN}
    for r, (label, unit, indicator, low, high) in enumerate(lines):
        page.put(2 + r, 0, label)
        if not unit:
            continue
        values = [rng.randint(low, high) for _ in WUHAN]
        first = sum(values) if unit != "人/平方公里" else 1500
        for c, (value, code) in enumerate(zip((first, *values), codes.values(), strict=True)):
            page.fact(2 + r, 1 + c, value, indicator, region=code, period="2022", unit=unit)
    return GoldenBook("武汉.xls", (page,), write_xls)


def region_tree(rng: random.Random) -> GoldenBook:
    """Cities and their counties by indentation, 城镇 and 乡村 and sex over three header rows, shares at the end."""
    page = Page("附表1")
    page.merged(0, 0, "附表1  各地区常住人口及性别比（2020年11月1日零时）", cols=8)
    page.merged(1, 0, "地区", rows=3)
    page.merged(1, 1, "常住人口（人）", cols=5)
    page.merged(2, 1, "合计", rows=2)
    page.merged(2, 2, "按性别分", cols=2)
    page.put(3, 2, "男", "女")
    page.merged(2, 4, "按城乡分", cols=2)
    page.put(3, 4, "城镇", "乡村")
    page.merged(1, 6, "性别比\n（女=100）", rows=3)
    page.merged(1, 7, "比重（%）", rows=3)
    tree: dict[str, tuple[str, Mapping[str, str]]] = {
        "苏州市": ("320500", SUZHOU),
        "西安市": ("610100", XIAN),
        "厦门市": ("350200", XIAMEN),
    }
    line = 4
    for city, (city_code, districts) in tree.items():
        men, women = _split(rng, list(districts), 90_000, 700_000), _split(rng, list(districts), 90_000, 700_000)
        men[city], women[city] = sum(men.values()), sum(women.values())
        whole = men[city] + women[city]
        for place, code in {city: city_code, **districts}.items():
            people = men[place] + women[place]
            page.put(line, 0, place if place == city else "    " + place)
            towns = round(people * 0.8125)
            about: list[tuple[float | int, str, str]] = [
                (people, "常住人口|合计", "人"), (men[place], "按性别分|男", "人"), (women[place], "按性别分|女", "人"),
                (towns, "按城乡分|城镇", "人"), (people - towns, "按城乡分|乡村", "人"),
                (round(men[place] / women[place] * 100, 2), "性别比", "女=100"),
                (round(people / whole * 100, 2), "比重", "%"),
            ]  # fmt: skip
            for c, (value, label, unit) in enumerate(about):
                page.fact(line, 1 + c, value, label, region=code, period="2020-11-01", unit=unit)
            line += 1
    return GoldenBook("附表1.xlsx", (page,), write_xlsx)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    census_by_region, census_continued, census_age_education, stacked_measures, side_by_side, industries,
    energy_items, years_and_measures, months, database_export, history, one_sheet_a_year, growth_columns,
    two_languages, percentages, regions_in_columns, region_tree,
)  # fmt: skip
