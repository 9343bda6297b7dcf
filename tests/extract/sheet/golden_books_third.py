"""A third set of golden workbooks: sections of years, measures and places in the stub, groups by merged cells."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.extract.sheet.golden_books import GoldenBook
from tests.extract.sheet.golden_pages import Page, write_csv, write_ods, write_xls, write_xlsx
from tests.extract.sheet.golden_places import CHENGDU, HUNAN, PROVINCES, SUZHOU, WUHAN, XIAMEN, ZHAOQING


def year_sections(rng: random.Random) -> GoldenBook:
    """Each year is a row of its own above its districts."""
    page = Page("Sheet1")
    page.put(0, 0, "厦门市各区户籍人口构成")
    page.put(1, 5, "单位：人")
    page.put(2, 0, "地区", "总人口", "男", "女", "城镇人口", "乡村人口")
    line = 3
    for year in (2019, 2020, 2021):
        page.put(line, 0, f"{year}年")
        line += 1
        for place, code in {"全市": "350200", **XIAMEN}.items():
            page.put(line, 0, "  " + place)
            men, women, town = rng.randint(9000, 99_000), rng.randint(9000, 99_000), rng.randint(9000, 17_000)
            about = (
                (men + women, "总人口"),
                (men, "男"),
                (women, "女"),
                (town, "城镇人口"),
                (men + women - town, "乡村人口"),
            )
            for c, (value, label) in enumerate(about):
                page.fact(line, 1 + c, value, label, region=code, period=str(year), unit="人")
            line += 1
    return GoldenBook("厦门户籍.xlsx", (page,), write_xlsx)


def measure_sections(rng: random.Random) -> GoldenBook:
    """Each measure with its unit is a row of its own above the districts; years in columns."""
    page = Page("Sheet1")
    page.put(0, 0, "肇庆市各县（市、区）主要经济指标")
    page.put(1, 0, "指标及地区", "2020年", "2021年", "2022年")
    line = 2
    for label, printed, unit, scale in (
        ("地区生产总值", "亿元", "元", 8), ("人均地区生产总值", "元", "元", 0), ("粮食产量", "万吨", "吨", 4),
    ):  # fmt: skip
        page.put(line, 0, f"{label}（{printed}）")
        line += 1
        for place, code in {"肇庆市": "441200", **ZHAOQING}.items():
            page.put(line, 0, "    " + place)
            for c in range(3):
                value = rng.randint(1000, 99_000) / (100 if scale else 1)
                page.fact(
                    line, 1 + c, value if scale else int(value), label,
                    region=code, period=str(2020 + c), unit=unit, scale=scale,
                )  # fmt: skip
            line += 1
    return GoldenBook("肇庆经济.xls", (page,), write_xls)


def place_sections(rng: random.Random) -> GoldenBook:
    """Each place is a row of its own above its measures; unit column; years in columns."""
    page = Page("Sheet1")
    page.put(0, 0, "附录 部分市州主要指标")
    page.put(1, 0, "指标", "单位", "2021", "2022", "2023")
    line = 2
    for place in ("长沙市", "株洲市", "湘潭市", "岳阳市"):
        page.put(line, 0, place)
        line += 1
        for label, printed, unit, scale in (
            ("年末常住人口", "万人", "人", 4), ("城镇化率", "%", "%", 0), ("地区生产总值", "亿元", "元", 8),
            ("医疗卫生机构床位数", "张", "张", 0),
        ):  # fmt: skip
            page.put(line, 0, "  " + label, printed)
            for c in range(3):
                value = rng.randint(1000, 9900) / (100 if unit != "张" else 1)
                page.fact(
                    line, 2 + c, value if unit != "张" else int(value), label,
                    region=HUNAN[place], period=str(2021 + c), unit=unit, scale=scale,
                )  # fmt: skip
            line += 1
    return GoldenBook("附录.xlsx", (page,), write_xlsx)


def words_cut_over_rows(rng: random.Random) -> GoldenBook:
    """Nineteen industries whose names are cut over rows without merges; the unit at the right."""
    page = Page("4-5")
    heads = [
        ("合  计", "", ""), ("农、林、", "牧、渔业", ""), ("采矿业", "", ""), ("制造业", "", ""),
        ("电力、热力、", "燃气及水生产", "和供应业"), ("建筑业", "", ""), ("批发和", "零售业", ""),
        ("交通运输、", "仓储和", "邮政业"), ("住宿和", "餐饮业", ""), ("信息传输、", "软件和信息", "技术服务业"),
        ("金融业", "", ""), ("房地产业", "", ""), ("租赁和商务", "服务业", ""), ("教  育", "", ""),
    ]  # fmt: skip
    page.put(0, 0, "4-5  各地区按行业分城镇非私营单位就业人员年末人数(2022年)")
    page.put(1, 14, "单位：万人")
    for c, parts in enumerate(heads):
        for k, part in enumerate(parts):
            if part:
                page.put(2 + k, 1 + c, part)
    page.put(3, 0, "地  区")
    table = {p: [rng.randint(5, 900) / 10 for _ in heads[1:]] for p in PROVINCES}
    rows = {"全  国": [sum(v[k] for v in table.values()) for k in range(len(heads) - 1)], **table}
    for r, (place, values) in enumerate(rows.items()):
        line = 6 + r + (r > 0) + (r - 1) // 5 * (r > 0)
        page.put(line, 0, place if r == 0 else "  ".join(place))
        code = PROVINCES.get(place, "100000")
        whole = [round(sum(values), 1), *(round(v, 1) for v in values)]
        for c, value in enumerate(whole):
            label = "城镇非私营单位就业人员年末人数|" + "".join(heads[c]).replace(" ", "")
            page.fact(line, 1 + c, value, label, region=code, period="2022", unit="人", scale=4)
    return GoldenBook("4-5.xls", (page,), write_xls)


def merged_groups(rng: random.Random) -> GoldenBook:
    """Groups as cells merged down the first column, measures in the second, units in the third."""
    page = Page("2022年")
    page.merged(0, 0, "武汉市国民经济主要指标", cols=6)
    page.put(1, 0, "类别", "指标", "计量单位", "2021年", "2022年", "增长(%)")
    line = 2
    for group, measures in (
        ("人口", (("年末户籍人口", "万人", "人", 4), ("男性", "万人", "人", 4), ("女性", "万人", "人", 4))),
        ("农业", (("农林牧渔业总产值", "亿元", "元", 8), ("粮食产量", "万吨", "吨", 4))),
        (
            "工业",
            (("规模以上工业企业单位数", "个", "个", 0), ("营业收入", "亿元", "元", 8), ("利润总额", "亿元", "元", 8)),
        ),
    ):
        page.merged(line, 0, group, rows=len(measures))
        for label, printed, unit, scale in measures:
            page.put(line, 1, label, printed)
            pair = [rng.randint(1000, 90_000) / (100 if scale else 1) for _ in range(2)]
            for c, value in enumerate(pair):
                page.fact(
                    line, 3 + c, value if scale else int(value), f"{group}|{label}",
                    region="420100", period=str(2021 + c), unit=unit, scale=scale,
                )  # fmt: skip
            growth = round((pair[1] / pair[0] - 1) * 100, 1)
            page.fact(line, 5, growth, f"{group}|{label}", region="420100", period="2022", unit="%")
            line += 1
    return GoldenBook("武汉指标.xlsx", (page,), write_xlsx)


def figure_and_share(rng: random.Random) -> GoldenBook:
    """Years over 绝对数 and 比重; the title holds the unit of the figures."""
    page = Page("Sheet1")
    page.put(0, 0, "表1-2 成都市三次产业增加值及构成（单位：亿元、%）")
    page.merged(1, 0, "产业", rows=2)
    for y, year in enumerate((2020, 2021, 2022)):
        page.merged(1, 1 + 2 * y, f"{year}年", cols=2)
        page.put(2, 1 + 2 * y, "绝对数", "比重")
    for y, year in enumerate((2020, 2021, 2022)):
        values = [rng.randint(10_000, 900_000) / 100 for _ in range(3)]
        for r, (label, value) in enumerate(
            zip(("地区生产总值", "第一产业", "第二产业", "第三产业"), (sum(values), *values), strict=True)
        ):
            page.put(3 + r, 0, label)
            args: dict[str, Any] = {"region": "510100", "period": str(year)}
            page.fact(3 + r, 1 + 2 * y, round(value, 2), label, unit="元", scale=8, **args)
            page.fact(3 + r, 2 + 2 * y, round(value / sum(values) * 100, 1), f"比重|{label}", unit="%", **args)
    return GoldenBook("成都产业.ods", (page,), write_ods)


def second_row_of_units(rng: random.Random) -> GoldenBook:
    """A csv with a row of units below the header and thousands separators in quotes."""
    page = Page("csv")
    page.put(0, 0, "区县代码", "区县", "年份", "常住人口", "地区生产总值", "人均可支配收入", "森林覆盖率")
    page.put(1, 3, "万人", "亿元", "元", "%")
    for r, (place, code) in enumerate(CHENGDU.items()):
        page.put(2 + r, 0, code, place, 2022)
        args: dict[str, Any] = {"region": code, "period": "2022"}
        page.fact(2 + r, 3, f"{rng.randint(2000, 20000) / 100:.2f}", "常住人口", unit="人", scale=4, **args)
        page.fact(2 + r, 4, f"{rng.randint(100000, 300000) / 100:,.2f}", "地区生产总值", unit="元", scale=8, **args)
        page.fact(2 + r, 5, f"{rng.randint(30000, 60000):,}", "人均可支配收入", unit="元", **args)
        page.fact(2 + r, 6, f"{rng.randint(100, 700) / 10}", "森林覆盖率", unit="%", **args)
    return GoldenBook("chengdu.csv", (page,), write_csv)


def price_indices(rng: random.Random) -> GoldenBook:
    """Indices on the base of the year before, items nested by blanks, months in columns; footnote marks."""
    page = Page("价格指数")
    page.merged(0, 0, "9-2 西安市居民消费价格分类指数（2023年）", cols=5)
    page.put(1, 0, "（上年同月=100）")
    page.put(2, 0, "项  目", "1月", "2月", "3月", "4月")
    items = (
        "居民消费价格总指数", "  一、食品烟酒①", "    粮食", "    鲜菜", "  二、衣着", "  三、居住",
        "  四、教育文化娱乐②",
    )  # fmt: skip
    for r, item in enumerate(items):
        page.put(3 + r, 0, item)
        label = item.strip().lstrip("一二三四、").rstrip("①②")
        for c in range(4):
            page.fact(
                3 + r, 1 + c, rng.randint(950, 1080) / 10, label,
                region="610100", period=f"2023-{c + 1:02}", unit="上年=100",
            )  # fmt: skip
    page.put(3 + len(items), 0, "①包括烟酒。")
    page.put(4 + len(items), 0, "②含旅游。")
    return GoldenBook("价格.xlsx", (page,), write_xlsx)


def goes_on_in_sheets(rng: random.Random) -> GoldenBook:
    """One table over three sheets; only the first names year and unit, short names of places."""
    pages = []
    groups = (("家庭户", ("户数", "人口")), ("集体户", ("户数", "人口")), ("家庭户规模",))
    short = {p.removesuffix("市").replace("湘西土家族苗族自治州", "湘西州"): c for p, c in HUNAN.items()}
    for n, group in enumerate(groups):
        page = Page("2-1" if n == 0 else f"2-1续{n}")
        page.put(0, 0, "2-1 湖南省各地区户数、人口数和家庭户规模（2020年）" if n == 0 else f"续表{n}")
        if n == 0:
            page.put(1, 2, "单位：户、人")
        elif n == 2:
            page.put(1, 1, "单位：人/户")
        if len(group) == 2:
            page.merged(2, 0, "地 区", rows=2)
            page.merged(2, 1, str(group[0]), cols=2)
            page.put(3, 1, *group[1])
        else:
            page.put(2, 0, "地 区", "家庭户规模")
        start = 4 if len(group) == 2 else 3
        for r, (place, code) in enumerate({"总  计": "430000", **short}.items()):
            page.put(start + r, 0, place)
            args: dict[str, Any] = {"region": code, "period": "2020"}
            if len(group) == 2:
                page.fact(start + r, 1, rng.randint(9000, 90_000), f"{group[0]}|户数", unit="户", **args)
                page.fact(start + r, 2, rng.randint(9000, 900_000), f"{group[0]}|人口", unit="人", **args)
            else:
                page.fact(start + r, 1, rng.randint(220, 330) / 100, "家庭户规模", unit="人/户", **args)
        pages.append(page)
    return GoldenBook("湖南户数.xlsx", tuple(pages), write_xlsx)


def ages_by_five(rng: random.Random) -> GoldenBook:
    """Age groups in rows, city, town and country in column groups, the year in the line of the unit."""
    page = Page("表3")
    page.put(0, 0, "表3 苏州市分城乡、年龄、性别的人口数")
    page.put(1, 0, "2020年11月1日零时", None, None, None, None, None, None, None, "单位：人")
    page.merged(2, 0, "年龄组", rows=2)
    for g, group in enumerate(("合计", "城镇", "乡村")):
        page.merged(2, 1 + 3 * g, group, cols=3)
        page.put(3, 1 + 3 * g, "小计", "男", "女")
    ages = ("0-4", "5-9", "10-14", "15-19", "60-64", "65+")
    people = {(g, a, s): rng.randint(90, 9000) for g in ("城镇", "乡村") for a in ages for s in "男女"}
    for part in ("城镇", "乡村"):
        for s in "男女":
            people[part, "总计", s] = sum(people[part, a, s] for a in ages)
    for a in ("总计", *ages):
        for s in "男女":
            people["合计", a, s] = people["城镇", a, s] + people["乡村", a, s]
    for r, a in enumerate(("总计", *ages)):
        page.put(4 + r, 0, a)
        for g, group in enumerate(("合计", "城镇", "乡村")):
            men, women = people[group, a, "男"], people[group, a, "女"]
            for n, (head, value) in enumerate((("小计", men + women), ("男", men), ("女", women))):
                page.fact(
                    4 + r, 1 + 3 * g + n, value, f"{group}|{head}|{a}",
                    region="320500", period="2020-11-01", unit="人",
                )  # fmt: skip
    return GoldenBook("表3.xls", (page,), write_xls)


def codes_and_floats(rng: random.Random) -> GoldenBook:
    """A trimmed export: codes first, years as floats, no title; what is measured stands in the sheet's name."""
    page = Page("年末户籍人口(万人)")
    page.put(0, 0, "code", "地区", 2018.0, 2019.0, 2020.0)
    for r, (place, code) in enumerate(SUZHOU.items()):
        page.put(1 + r, 0, int(code), place)
        for c in range(3):
            page.fact(
                1 + r, 2 + c, rng.randint(3000, 20000) / 100, "年末户籍人口",
                region=code, period=str(2018 + c), unit="人", scale=4,
            )  # fmt: skip
    return GoldenBook("panel.xlsx", (page,), write_xlsx)


def towns_of_parts(rng: random.Random) -> GoldenBook:
    """Men and women under 其中 within a group, a rate beside them, notes in brackets in labels."""
    page = Page("Sheet1")
    page.merged(0, 0, "2021年武汉市各区学龄儿童入学情况", cols=7)
    page.merged(1, 0, "区", rows=3)
    page.merged(1, 1, "学龄儿童数(人)", cols=3)
    page.merged(2, 1, "合计", rows=2)
    page.merged(2, 2, "其中", cols=2)
    page.put(3, 2, "女童", "随迁子女(含市内流动)")
    page.merged(1, 4, "已入学人数(人)", rows=3)
    page.merged(1, 5, "入学率(%)", rows=3)
    page.merged(1, 6, "每百名儿童拥有教师(人)", rows=3)
    for r, (place, code) in enumerate({"总计": "420100", **WUHAN}.items()):
        page.put(4 + r, 0, place)
        whole = rng.randint(5000, 90_000)
        about = [
            (whole, "学龄儿童数|合计", "人"), (whole // 3, "学龄儿童数|女童", "人"),
            (whole // 5, "学龄儿童数|随迁子女含市内流动", "人"), (whole - 9, "已入学人数", "人"),
            (round((whole - 9) / whole * 100, 2), "入学率", "%"),
            (rng.randint(40, 90) / 10, "每百名儿童拥有教师", "人"),
        ]  # fmt: skip
        for c, (value, label, unit) in enumerate(about):
            page.fact(4 + r, 1 + c, value, label, region=code, period="2021", unit=unit)
    return GoldenBook("入学.xlsx", (page,), write_xlsx)


BUILDERS: tuple[Callable[[random.Random], GoldenBook], ...] = (
    year_sections, measure_sections, place_sections, words_cut_over_rows, merged_groups, figure_and_share,
    second_row_of_units, price_indices, goes_on_in_sheets, ages_by_five, codes_and_floats, towns_of_parts,
)  # fmt: skip


def third_books() -> list[GoldenBook]:
    return [build(random.Random(200 + n)) for n, build in enumerate(BUILDERS)]
