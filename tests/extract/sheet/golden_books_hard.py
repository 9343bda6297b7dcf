"""More golden workbooks: misreads of OCR, tables that repeat their stub, headers without merges, long tables."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_pages import Page, write_csv, write_xls, write_xlsx
from tests.extract.sheet.golden_places import CHENGDU, FOSHAN, HUNAN, PROVINCES, WUHAN, XIAN, ZHAOQING


def pasted_yearbook(rng: random.Random) -> GoldenBook:
    """A city by years, pasted from scans: header words over three rows without merges, blanks and signs in numbers."""
    pages = []
    for year in (2016, 2017, 2018, 2019):
        page = Page(str(year))
        top = 0
        if year % 2:
            page.put(0, 0, "3-4 各区户数、人口及自然变动情况")
            page.put(1, 0, f"({year}年)")
            top = 2
        page.put(top, 1, "年末", "年末", None, None, "出生", None, "死亡")
        page.put(top + 1, 0, "区  别", "总户数", "总人口", "男", "女", "人数", "出生率", "人数", "死亡率")
        page.put(top + 2, 1, "(户)", "(人)", "(人)", "(人)", "(人)", "(‰)" if year != 2018 else "(%o)", "(人)", "(‰)")
        men, women = ({p: rng.randint(150_000, 900_000) for p in FOSHAN} for _ in range(2))
        houses = {p: rng.randint(80_000, 400_000) for p in FOSHAN}
        births, deaths = ({p: rng.randint(1000, 9000) for p in FOSHAN} for _ in range(2))
        for d in (men, women, houses, births, deaths):
            d["全市"] = sum(d.values())
        for r, (place, code) in enumerate({"全市": "440600", **FOSHAN}.items()):
            line = top + 3 + r
            page.put(line, 0, place[0] + "  " + place[1:] if r % 2 else place)
            people = men[place] + women[place]
            numbers = [houses[place], people, men[place], women[place], births[place]]
            texts = [f"{n}" for n in numbers]
            if r == 3:
                texts[1] = texts[1][:3] + " " + texts[1][3:]
            rates = [f"{d[place] / people * 1000:.2f}" for d in (births, deaths)]
            if r == 2:
                rates[0] = rates[0].replace(".", "．")
            about = [
                (texts[0], "总户数", "户"), (texts[1], "总人口", "人"), (texts[2], "男", "人"), (texts[3], "女", "人"),
                (texts[4], "出生|人数", "人"), (rates[0], "出生|出生率", "‰"),
                (str(deaths[place]), "死亡|人数", "人"), (rates[1], "死亡|死亡率", "‰"),
            ]  # fmt: skip
            for c, (text, label, unit) in enumerate(about):
                clean = text.replace("．", ".")
                page.fact(line, 1 + c, clean, label, region=code, period=str(year), unit=unit)
                page.put(line, 1 + c, text)
        pages.append(page)
    return GoldenBook("佛山市人口自然变动.xlsx", tuple(pages), write_xlsx)


def region_and_year(rng: random.Random) -> GoldenBook:
    """A region stands once before its years; the measures are columns."""
    page = Page("Sheet1")
    page.put(0, 0, "肇庆市各县（市、区）主要年份户数和人口")
    page.put(1, 0, "单位：户、人")
    page.put(2, 0, "县（市、区）", "年份", "户籍户数", "户籍人口", "#女性", "出生人口", "死亡人口")
    line = 3
    for place, code in {"全市": "441200", **ZHAOQING}.items():
        page.merged(line, 0, place, rows=4)
        for year in (2000, 2010, 2015, 2020):
            page.put(line, 1, year)
            about = [
                (rng.randint(50_000, 400_000), "户籍户数", "户"), (rng.randint(400_000, 900_000), "户籍人口", "人"),
                (rng.randint(100_000, 390_000), "户籍人口|女性", "人"), (rng.randint(2000, 9000), "出生人口", "人"),
                (rng.randint(1000, 2000), "死亡人口", "人"),
            ]  # fmt: skip
            for c, (value, label, unit) in enumerate(about):
                page.fact(line, 2 + c, value, label, region=code, period=str(year), unit=unit)
            line += 1
    return GoldenBook("肇庆人口.xls", (page,), write_xls)


def ages_in_two_columns(rng: random.Random) -> GoldenBook:
    """The classic table of a census: ages run down and go on in the right half under the same header."""
    page = Page("3-1")
    page.merged(0, 0, "3-1  全省分年龄、性别的人口", cols=8)
    page.put(1, 7, "单位：人")
    page.put(2, 0, "年  龄", "合计", "男", "女", "年  龄", "合计", "男", "女")
    left = ["总  计", "0-4岁", *(str(n) for n in range(5)), "5-9岁", *(str(n) for n in range(5, 10))]
    right = ["10-14岁", *(str(n) for n in range(10, 15)), "15-19岁", *(str(n) for n in range(15, 20)), "20岁及以上"]
    men, women = ({str(n): rng.randint(9000, 90_000) for n in (*range(20), "20岁及以上")} for _ in range(2))
    for d in (men, women):
        for low in range(0, 20, 5):
            d[f"{low}-{low + 4}岁"] = sum(d[str(n)] for n in range(low, low + 5))
        d["总  计"] = sum(d[f"{low}-{low + 4}岁"] for low in range(0, 20, 5)) + d["20岁及以上"]
    for first, labels in ((0, left), (4, right)):
        for r, label in enumerate(labels):
            page.put(3 + r, first, label if not label.isdigit() else int(label))
            for n, (head, value) in enumerate(
                (("合计", men[label] + women[label]), ("男", men[label]), ("女", women[label]))
            ):
                name = label.replace(" ", "")
                page.fact(3 + r, first + 1 + n, value, f"{head}|{name}", region="430000", period="2020", unit="人")
    return GoldenBook("湖南省2020年人口普查3-1.xlsx", (page,), write_xlsx)


def city_town_country(rng: random.Random) -> GoldenBook:
    """Persons, shares and sex ratios by age; the parts 城市, 镇, 乡村 follow as sections of the stub."""
    page = Page("Sheet1")
    page.merged(0, 0, "成都市2020年分年龄、性别人口和性别比", cols=8)
    page.merged(1, 0, "年龄", rows=2)
    page.merged(1, 1, "人口数（人）", cols=3)
    page.merged(1, 4, "占总人口比重（%）", cols=3)
    page.merged(1, 7, "性别比\n（女=100）", rows=2)
    page.put(2, 1, "合计", "男", "女", "合计", "男", "女")
    ages = ("0-14岁", "15-59岁", "60岁及以上")
    people = {(s, a, x): rng.randint(9000, 900_000) for s in ("城市", "镇", "乡村") for a in ages for x in "男女"}
    for a in ages:
        for x in "男女":
            people["", a, x] = sum(people[s, a, x] for s in ("城市", "镇", "乡村"))
    line = 3
    for section in ("", "城市", "镇", "乡村"):
        if section:
            page.put(line, 0, section)
            line += 1
        for x in "男女":
            people[section, "总计", x] = sum(people[section, a, x] for a in ages)
        whole = people[section, "总计", "男"] + people[section, "总计", "女"]
        for age in ("总计", *ages):
            page.put(line, 0, ("  " if section else "") + age)
            men, women = people[section, age, "男"], people[section, age, "女"]
            inside = f"{section}|{age}" if section else age
            args: dict[str, Any] = {"region": "510100", "period": "2020"}
            for n, (head, value) in enumerate((("合计", men + women), ("男", men), ("女", women))):
                page.fact(line, 1 + n, value, f"{inside}|人口数|{head}", unit="人", **args)
                share = round(value / whole * 100, 2)
                page.fact(line, 4 + n, share, f"{inside}|占总人口比重|{head}", unit="%", **args)
            page.fact(line, 7, round(men / women * 100, 2), f"{inside}|性别比", unit="女=100", **args)
            line += 1
    return GoldenBook("成都分年龄.xlsx", (page,), write_xlsx)


def province_of_the_metadata(rng: random.Random) -> GoldenBook:
    """A data base's export for one province: measures with units in brackets in rows, years in columns."""
    page = Page("分省年度数据")
    page.put(0, 0, "数据库：分省年度数据")
    page.put(1, 0, "地区：四川省")
    page.put(2, 0, "时间：最近10年")
    page.put(3, 0, "指标", *(f"{y}年" for y in range(2022, 2012, -1)))
    lines = [
        ("城镇单位就业人员(万人)", "城镇单位就业人员", "人", 4),
        ("国有城镇单位就业人员(万人)", "国有城镇单位就业人员", "人", 4),
        ("城镇登记失业率(%)", "城镇登记失业率", "%", 0),
        ("地方财政一般预算收入(亿元)", "地方财政一般预算收入", "元", 8),
        ("医疗卫生机构床位数(万张)", "医疗卫生机构床位数", "张", 4),
        ("铁路营业里程(万公里)", "铁路营业里程", "公里", 4),
    ]  # fmt: skip
    for r, (printed, label, unit, scale) in enumerate(lines):
        page.put(4 + r, 0, printed)
        for c, year in enumerate(range(2022, 2012, -1)):
            if unit == "人" and year == 2022:
                continue
            value = rng.randint(100, 90_000) / 100
            page.fact(4 + r, 1 + c, value, label, region="510000", period=str(year), unit=unit, scale=scale)
    page.put(4 + len(lines), 0, "数据来源：国家统计局")
    return GoldenBook("四川省年度数据.xls", (page,), write_xls)


def nested_groups(rng: random.Random) -> GoldenBook:
    """Five header rows without merges, ordinals, 其中, two measures at the bottom, a corps without a code."""
    page = Page("1-2")
    page.put(0, 0, "表3 各地区农业机械化服务组织及人员情况(2015年)")
    page.put(
        1, 0, "地 区", "一、农机服务组织", None, None, None, "二、农机维修厂及维修点", None, None, None, "三、农机户"
    )
    page.put(2, 3, "其中：农机专业合作社", None, None, None, "其中：一级维修点", None, None, None)
    page.put(
        3,
        1,
        "年末机构数",
        "年末人数",
        "年末机构数",
        "年末人数",
        "年末机构数",
        "年末人数",
        "年末机构数",
        "年末人数",
        "年末机构数",
        "年末人数",
    )
    page.put(4, 1, *("(个)", "(人)") * 5)
    groups = (
        "农机服务组织", "农机服务组织|其中：农机专业合作社", "农机维修厂及维修点",
        "农机维修厂及维修点|其中：一级维修点", "农机户",
    )  # fmt: skip
    numbers = {
        p: [rng.randint(2000, 9000) if c % 4 < 2 else rng.randint(10, 1900) for c in range(10)] for p in PROVINCES
    }
    corps = [rng.randint(10, 999) for _ in range(10)]
    total = [sum(column) for column in zip(*numbers.values(), strict=True)]
    codes: list[tuple[str, str | None, list[int]]] = [
        ("全 国", "100000", total), *((p, c, numbers[p]) for p, c in PROVINCES.items()), ("新疆建设兵团", None, corps),
    ]  # fmt: skip
    for r, (place, code, values) in enumerate(codes):
        page.put(5 + r, 0, place)
        for c, value in enumerate(values):
            head, unit = (("年末机构数", "个"), ("年末人数", "人"))[c % 2]
            page.fact(5 + r, 1 + c, value, f"{groups[c // 2]}|{head}", region=code, period="2015", unit=unit)
    return GoldenBook("农机.xls", (page,), write_xls)


def long_table(rng: random.Random) -> GoldenBook:
    """A table that is long already: place, code, measure, year, value, unit."""
    page = Page("csv")
    page.put(0, 0, "行政区划代码", "地区", "指标", "年份", "数值", "单位")
    line = 1
    for place, code in HUNAN.items():
        for label, printed, unit, scale in (
            ("常住人口", "万人", "人", 4), ("地区生产总值", "亿元", "元", 8), ("城镇化率", "%", "%", 0),
        ):  # fmt: skip
            for year in (2021, 2022):
                page.put(line, 0, code, place, label, year)
                page.fact(
                    line, 4, rng.randint(1000, 9000) / 100, label,
                    region=code, period=str(year), unit=unit, scale=scale,
                )  # fmt: skip
                page.put(line, 5, printed)
                line += 1
    return GoldenBook("hunan_long.csv", (page,), write_csv)


def years_under_measures(rng: random.Random) -> GoldenBook:
    """Three header rows: group, measure with unit, two years and the growth; the county column padded."""
    page = Page("教育")
    page.merged(0, 0, "18-3  各区县教育事业基本情况", cols=10)
    page.merged(1, 0, "区    县", rows=3)
    page.merged(1, 1, "普通中学", cols=6)
    page.merged(2, 1, "学校数（所）", cols=3)
    page.merged(2, 4, "在校学生数（人）", cols=3)
    page.merged(1, 7, "小学", cols=3)
    page.merged(2, 7, "在校学生数（万人）", cols=3)
    for g in range(3):
        page.put(3, 1 + 3 * g, "2022年", "2023年", "增长（%）")
    for r, (place, code) in enumerate({"全  市": "510100", **CHENGDU}.items()):
        page.put(4 + r, 0, place if "市" in place[:-1] or len(place) > 3 else "  ".join(place))
        for g, (label, unit, scale) in enumerate(
            (("普通中学|学校数", "所", 0), ("普通中学|在校学生数", "人", 0), ("小学|在校学生数", "人", 4))
        ):
            low, high = ((5, 90), (5000, 90_000), (100, 2000))[g]
            before, after = rng.randint(low, high), rng.randint(low, high)
            divide = 100 if scale else 1
            for n, (year, value) in enumerate((("2022", before), ("2023", after))):
                printed = value / divide if scale else value
                page.fact(4 + r, 1 + 3 * g + n, printed, label, region=code, period=year, unit=unit, scale=scale)
            growth = round((after / before - 1) * 100, 1)
            page.fact(4 + r, 3 + 3 * g, growth, f"{label}|增长", region=code, period="2023", unit="%")
    return GoldenBook("成都教育.xlsx", (page,), write_xlsx)


def header_again(rng: random.Random) -> GoldenBook:
    """The table goes on below under a second header without a title; the remark column holds text."""
    page = Page("Sheet1")
    page.put(0, 0, "武汉市2022年各区房地产开发情况")
    first = [
        ("房地产开发投资（万元）", "房地产开发投资", "元", 4), ("#住宅", "房地产开发投资|住宅", "元", 4),
        ("施工面积（万平方米）", "施工面积", "平方米", 4), ("竣工面积（万平方米）", "竣工面积", "平方米", 4),
    ]  # fmt: skip
    second = [
        ("商品房销售面积（万平方米）", "商品房销售面积", "平方米", 4),
        ("#现房", "商品房销售面积|现房", "平方米", 4),
        ("商品房销售额（亿元）", "商品房销售额", "元", 8),
        ("平均销售价格（元/平方米）", "平均销售价格", "元/平方米", 0),
    ]  # fmt: skip
    row = 1
    for columns in (first, second):
        page.put(row, 0, "区", *(head for head, *_ in columns), "备注")
        for r, (place, code) in enumerate({"合计": "420100", **WUHAN}.items()):
            page.put(row + 1 + r, 0, place)
            for c, (head, label, unit, scale) in enumerate(columns):
                value = rng.randint(100, 900) / 10 if head[0] == "#" else rng.randint(10_000, 90_000) / 10
                page.fact(row + 1 + r, 1 + c, value, label, region=code, period="2022", unit=unit, scale=scale)
            if r == 4:
                page.put(row + 1 + r, 5, "含开发区")
        row += 1 + 1 + len(WUHAN) + 1
    return GoldenBook("房地产.xlsx", (page,), write_xlsx)


def totals_of_parts(rng: random.Random) -> GoldenBook:
    """Sub-totals 市区 and 县 among the districts, quarters in columns."""
    page = Page("财政")
    page.put(0, 0, "2-7 西安市各区县一般公共预算收入")
    page.put(1, 4, "单位：万元")
    page.put(2, 0, "区县", "2023年一季度", "2023年二季度", "2023年三季度", "2023年四季度")
    city = [p for p in XIAN if p.endswith("区")]
    values = {p: [rng.randint(10_000, 90_000) for _ in range(4)] for p in XIAN}
    rows: list[tuple[str, str | None, list[int]]] = [
        ("全市", "610100", [sum(x) for x in zip(*values.values(), strict=True)]),
        ("市区", None, [sum(values[p][c] for p in city) for c in range(4)]),
        *(("  " + p, XIAN[p], values[p]) for p in city),
        *((p, XIAN[p], values[p]) for p in XIAN if p not in city),
    ]
    for r, (place, code, numbers) in enumerate(rows):
        page.put(3 + r, 0, place)
        for c, value in enumerate(numbers):
            page.fact(3 + r, 1 + c, value, "一般公共预算收入", region=code, period=f"2023-Q{c + 1}", unit="元", scale=4)
    return GoldenBook("财政.xlsx", (page,), write_xlsx)


def births_by_order(rng: random.Random) -> GoldenBook:
    """Persons and rates under one line of two units; only the word 率 tells them apart; a period of twelve months."""
    page = Page("6-1")
    page.merged(0, 0, "6-1 湖南省各市州分孩次的出生人数和出生率（2019.11.1-2020.10.31）", cols=8)
    page.put(1, 0, "单位：人、‰")
    page.merged(2, 0, "地  区", rows=2)
    page.merged(2, 1, "出生人数", cols=4)
    page.put(3, 1, "合计", "第一孩", "第二孩", "第三孩及以上")
    page.merged(2, 5, "出生率", rows=2)
    page.merged(2, 6, "平均育龄妇女人数", rows=2)
    for r, (place, code) in enumerate({"总  计": "430000", **HUNAN}.items()):
        page.put(4 + r, 0, place)
        parts = [rng.randint(1000, 9000) for _ in range(3)]
        about = [(sum(parts), "出生人数|合计", "人"), (parts[0], "出生人数|第一孩", "人"),
                 (parts[1], "出生人数|第二孩", "人"),
                 (parts[2], "出生人数|第三孩及以上", "人"), (rng.randint(500, 1500) / 100, "出生率", "‰"),
                 (rng.randint(90_000, 900_000), "平均育龄妇女人数", "人")]  # fmt: skip
        for c, (value, label, unit) in enumerate(about):
            page.fact(4 + r, 1 + c, value, label, region=code, period="2019-11-01/2020-10-31", unit=unit)
    return GoldenBook("湖南出生.xlsx", (page,), write_xlsx)


def write_html(pages: Any, path: Path) -> None:
    """Pages as the tables of an HTML text called .xls."""
    parts = ["<html><head><meta charset='utf-8'></head><body>"]
    for page in pages:
        spans = {(r, c): (r2 - r + 1, c2 - c + 1) for r, c, r2, c2 in page.merges}
        covered = {
            (r, c) for r1, c1, r2, c2 in page.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)
        } - set(spans)
        parts.append(f"<table id='{page.name}'>")
        for r, row in enumerate(page.rows()):
            cells = []
            for c, value in enumerate(row):
                if (r, c) in covered:
                    continue
                height, width = spans.get((r, c), (1, 1))
                cells.append(f"<td rowspan='{height}' colspan='{width}'>{'' if value is None else value}</td>")
            parts.append("<tr>" + "".join(cells) + "</tr>")
        parts.append("</table>")
    path.write_text("\n".join([*parts, "</body></html>"]), encoding="utf-8")


def web_table(rng: random.Random) -> GoldenBook:
    """HTML with the extension .xls: spans in the header, a measure that stands for its whole group."""
    page = Page("t1")
    page.merged(0, 0, "各地区卫生机构和床位数（2021年）", cols=5)
    page.merged(1, 0, "地区", rows=2)
    page.merged(1, 1, "医疗卫生机构（个）", cols=2)
    page.merged(1, 3, "床位（万张）", cols=2)
    page.put(2, 1, "合计", "医院", "合计", "医院")
    values = {
        p: [rng.randint(3000, 9000), rng.randint(100, 2000), rng.randint(2000, 7000), rng.randint(500, 1900)]
        for p in PROVINCES
    }
    values["全国"] = [sum(x) for x in zip(*values.values(), strict=True)]
    for r, (place, code) in enumerate({"全国": "100000", **PROVINCES}.items()):
        page.put(3 + r, 0, place)
        for c, value in enumerate(values[place]):
            label = f"{('医疗卫生机构', '床位')[c // 2]}|{('合计', '医院')[c % 2]}"
            printed = value if c < 2 else value / 100
            page.fact(
                3 + r, 1 + c, printed, label, region=code, period="2021",
                unit=("个", "张")[c // 2], scale=0 if c < 2 else 4,
            )  # fmt: skip
    return GoldenBook("卫生.xls", (page,), write_html)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    pasted_yearbook, region_and_year, ages_in_two_columns, city_town_country, province_of_the_metadata, nested_groups,
    long_table, years_under_measures, header_again, totals_of_parts, births_by_order, web_table,
)  # fmt: skip


def hard_books() -> list[GoldenBook]:
    return [build(random.Random(100 + n)) for n, build in enumerate(BUILDERS)]
