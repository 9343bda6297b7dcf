"""How many faults planted in tables are found, whether the right cells are suspected, how many clean cells are held.

    python benchmarks/faults.py                    60 tables of each kind of fault
    python benchmarks/faults.py --tables 20 --seed 7 --json out.json

Clean tables of five layouts (districts × sex, branches × ownership, two-row heads, years × parts, products without row
totals), with real places, rounding and empty remarks, get one fault of one kind, or a cluster of two to four. The whole
road from cells to the gate is walked with the real suites.

*detected*: a finding names the cell, or a relation that it is a member of fails. *located*: the cell is a suspect, so
that it is held. *right*: of the cells held for being suspects, those that are wrong. Both are told apart for cells that
two groups cover (a row total and a column total) and for others. *false alarms*: clean cells that are held, of all.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.model import Workbook

KINDS = (
    "clean",
    "times ten",
    "digits swapped",
    "slip of 10^4",
    "slip of 10^4 in a column",
    "neighbours swapped",
    "column shifted",
    "wrong region",
    "cluster",
)
BRANCHES = (
    "农、林、牧、渔业",
    "采矿业",
    "制造业",
    "建筑业",
    "批发和零售业",
    "住宿和餐饮业",
    "金融业",
    "房地产业",
    "教育",
)
CITIES = ("640500", "420500", "510700", "320100", "370700", "210200", "610300", "440600", "130200", "530300")

Place = tuple[int, int]
Fault = Callable[[random.Random, "Table"], frozenset[Place]]


@dataclass
class Table:
    """A grid as printed, and what is known of it: 0-based (row, column) of its numbers."""

    rows: list[list[str]]
    first: Place
    """The first number; the numbers fill the rest of the grid."""
    groups: list[tuple[Place, list[Place]]] = field(default_factory=list)
    """(total, parts)."""

    @property
    def numbers(self) -> list[Place]:
        top, left = self.first
        return [(r, c) for r in range(top, len(self.rows)) for c in range(left, len(self.rows[r]))]

    def coverage(self) -> Counter[Place]:
        """How many groups each number is in."""
        return Counter(p for total, parts in self.groups for p in (total, *parts))


def _cell(value: Decimal) -> str:
    return format(value, "f")


def _sizes(rng: random.Random, n: int, decimals: int) -> list[Decimal]:
    scale = rng.choice((80, 900, 20_000, 300_000)) if not decimals else rng.choice((12, 140, 2_500))
    return [round(Decimal(rng.lognormvariate(0, 0.7) * scale), decimals) + (0 if decimals else 11) for _ in range(n)]


def _places(rng: random.Random) -> tuple[str, list[str]]:
    from etl.normalise.regions import load_regions

    table = load_regions()
    code = rng.choice(CITIES)
    city = table.get(code)
    assert city is not None
    names = [r.name for r in table.all() if r.parent == code and not r.valid_to and r.level == "county"]
    return city.name, names


def _split(rng: random.Random, total: Decimal, parts: int, decimals: int) -> list[Decimal]:
    weights = [rng.uniform(0.4, 1.6) for _ in range(parts)]
    found = [round(total * Decimal(w / sum(weights)), decimals) for w in weights]
    found[-1] = total - sum(found[:-1], Decimal(0))
    return found


def _crossed(rng: random.Random, stubs: Sequence[str], parts: int, decimals: int) -> list[list[Decimal]]:
    """Rows of [total, part, …] with a first row that adds up the others."""
    body = []
    for total in _sizes(rng, len(stubs), decimals):
        split = _split(rng, total, parts, decimals)
        body.append([sum(split, Decimal(0)), *split])
    return [[sum(column, Decimal(0)) for column in zip(*body, strict=True)], *body]


def _cross_groups(top: int, left: int, rows: int, blocks: Sequence[int]) -> list[tuple[Place, list[Place]]]:
    """Groups of a table whose first row is the total and whose blocks of columns begin with a total each."""
    groups: list[tuple[Place, list[Place]]] = []
    c = left
    for size in blocks:
        groups += [((r, c), [(r, c + k) for k in range(1, size)]) for r in range(top, top + rows)]
        c += size
    groups += [((top, k), [(r, k) for r in range(top + 1, top + rows)]) for k in range(left, c)]
    return groups


def districts(rng: random.Random) -> Table:
    city, names = _places(rng)
    decimals = rng.choice((0, 0, 2))
    unit = "万人" if decimals else "人"
    grid = _crossed(rng, names, 2, decimals)
    rows = [
        [f"{rng.choice((2019, 2020, 2021, 2022))}年{city}分县区户籍人口", "", "", ""],
        ["", "", "", f"单位：{unit}"],
        ["地区", "合计", "男", "女"],
    ]
    rows += [[name, *map(_cell, line)] for name, line in zip(["全市", *names], grid, strict=True)]
    return Table(rows, (3, 1), _cross_groups(3, 1, len(grid), [3]))


def branches(rng: random.Random) -> Table:
    city, _ = _places(rng)
    stubs = list(BRANCHES[: rng.randint(5, len(BRANCHES))])
    grid = _crossed(rng, stubs, 3, 0)
    rows = [
        [f"{rng.choice((2018, 2020, 2023))}年{city}分行业城镇单位从业人员年末人数（人）", "", "", "", ""],
        ["行业", "合计", "国有单位", "集体单位", "其他单位"],
    ]
    rows += [[name, *map(_cell, line)] for name, line in zip(["总计", *stubs], grid, strict=True)]
    return Table(rows, (2, 1), _cross_groups(2, 1, len(grid), [4]))


def two_rows(rng: random.Random) -> Table:
    city, names = _places(rng)
    left, right = _crossed(rng, names, 2, 0), _crossed(rng, names, 2, 0)
    rows = [
        [f"{rng.choice((2017, 2021))}年{city}各县（市、区）参保情况", *[""] * 6],
        ["地区", "参保人数（人）", "", "", "领取人数（人）", "", ""],
        ["", "合计", "城镇", "农村", "合计", "城镇", "农村"],
    ]
    for name, a, b in zip(["合计", *names], left, right, strict=True):
        rows.append([name, *map(_cell, (*a, *b))])
    return Table(rows, (3, 1), _cross_groups(3, 1, len(left), [3, 3]))


def years(rng: random.Random) -> Table:
    city, _ = _places(rng)
    first = rng.randint(2003, 2012)
    grid = _crossed(rng, [str(first + n) for n in range(9)], 3, 2)[1:]
    rows = [
        [f"{city}历年就业人员", "", "", "", ""],
        ["", "", "", "", "单位：万人"],
        ["年份", "合计", "第一产业", "第二产业", "第三产业"],
    ]
    rows += [[str(first + n), *map(_cell, line)] for n, line in enumerate(grid)]
    return Table(rows, (3, 1), [((3 + r, 1), [(3 + r, c) for c in (2, 3, 4)]) for r in range(len(grid))])


def products(rng: random.Random) -> Table:
    city, names = _places(rng)
    columns = [_sizes(rng, len(names), 0) for _ in range(4)]
    rows = [
        [f"{rng.choice((2016, 2022))}年{city}主要农产品产量", *[""] * 4],
        ["地区", "粮食产量（吨）", "油料产量（吨）", "蔬菜产量（吨）", "水果产量（吨）"],
        ["全市", *(_cell(sum(c, Decimal(0))) for c in columns)],
    ]
    rows += [[name, *(_cell(c[n]) for c in columns)] for n, name in enumerate(names)]
    last = len(rows)
    return Table(rows, (2, 1), [((2, k), [(r, k) for r in range(3, last)]) for k in range(1, 5)])


LAYOUTS = (districts, branches, two_rows, years, products)


# ---------------------------------------------------------------- faults


def _get(table: Table, place: Place) -> Decimal:
    return Decimal(table.rows[place[0]][place[1]])


def _set(table: Table, place: Place, value: Decimal | str) -> None:
    table.rows[place[0]][place[1]] = value if isinstance(value, str) else format(value, "f")


def _pick(rng: random.Random, table: Table, wanted: Callable[[Place], bool] = lambda _: True) -> Place:
    return rng.choice([p for p in table.numbers if _get(table, p) and wanted(p)])


def times_ten(rng: random.Random, table: Table) -> frozenset[Place]:
    place = _pick(rng, table)
    _set(table, place, _get(table, place) * 10)
    return frozenset([place])


def digits_swapped(rng: random.Random, table: Table) -> frozenset[Place]:
    """Two digits that differ, next to each other; not the last two of a rounded number, which its rounding hides."""

    def spots(place: Place) -> list[int]:
        digits = table.rows[place[0]][place[1]]
        end = len(digits) - (2 if "." in digits else 1)
        return [i for i in range(end) if digits[i : i + 2].isdigit() and digits[i] != digits[i + 1]]

    place = _pick(rng, table, lambda p: bool(spots(p)))
    digits = table.rows[place[0]][place[1]]
    i = rng.choice(spots(place))
    _set(table, place, digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])
    return frozenset([place])


def slip(rng: random.Random, table: Table) -> frozenset[Place]:
    place = _pick(rng, table)
    _set(table, place, _get(table, place) * 10_000)
    return frozenset([place])


def column_slip(rng: random.Random, table: Table) -> frozenset[Place]:
    column = _pick(rng, table)[1]
    places = [p for p in table.numbers if p[1] == column]
    for p in places:
        _set(table, p, _get(table, p) * 10_000)
    return frozenset(places)


def neighbours(rng: random.Random, table: Table) -> frozenset[Place]:
    known = set(table.numbers)
    while True:
        a = _pick(rng, table)
        b = rng.choice([(a[0], a[1] + 1), (a[0] + 1, a[1])])
        if b in known and _get(table, a) != _get(table, b):
            x, y = _get(table, a), _get(table, b)
            _set(table, a, y)
            _set(table, b, x)
            return frozenset([a, b])


def shifted(rng: random.Random, table: Table) -> frozenset[Place]:
    """From some row on a column's values stand one row too low; the last one is lost."""
    top, left = table.first
    column = rng.randrange(left, len(table.rows[top]))
    last = len(table.rows) - 1
    start = rng.randrange(top + 1, max(top + 2, last - 1))
    values = [_get(table, (r, column)) for r in range(start, last)]
    wrong = []
    for r, value in zip(range(start + 1, last + 1), values, strict=True):
        if _get(table, (r, column)) != value:
            wrong.append((r, column))
        _set(table, (r, column), value)
    return frozenset(wrong)


def wrong_region(rng: random.Random, table: Table) -> frozenset[Place]:
    """The name of one district stands at another's row, too, or a district of another city stands there."""
    names = [r for r in range(table.first[0], len(table.rows)) if table.rows[r][0][-1:] in "区县市"]
    names = [r for r in names if table.rows[r][0] != "全市"]
    if len(names) < 2:
        return frozenset()
    a, b = rng.sample(names, 2)
    _, others = _places(rng)
    other = rng.choice(others)
    known = {row[0] for row in table.rows}
    table.rows[a][0] = table.rows[b][0] if other in known or rng.random() < 0.5 else other
    return frozenset((a, c) for c in range(table.first[1], len(table.rows[a])))


def cluster(rng: random.Random, table: Table) -> frozenset[Place]:
    """Two to four faults of single cells in one table."""
    found: frozenset[Place] = frozenset()
    for _ in range(rng.randint(2, 4)):
        found |= rng.choice((times_ten, digits_swapped, slip))(rng, table)
    return found


FAULTS: dict[str, Fault] = {
    "clean": lambda _rng, _table: frozenset(),
    "times ten": times_ten,
    "digits swapped": digits_swapped,
    "slip of 10^4": slip,
    "slip of 10^4 in a column": column_slip,
    "neighbours swapped": neighbours,
    "column shifted": shifted,
    "wrong region": wrong_region,
    "cluster": cluster,
}


# ---------------------------------------------------------------- the road


@dataclass
class Score:
    """Counts over the tables of one kind."""

    tables: int = 0
    cells: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    """Wrong cells by cover: ``two`` or more groups, ``one``, ``none``."""
    detected: Counter[str] = field(default_factory=Counter)
    located: Counter[str] = field(default_factory=Counter)
    suspects: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    false_alarms: int = 0
    examples: list[str] = field(default_factory=list)


def workbook(table: Table) -> Workbook:
    from etl.model import Cell, Sheet, Workbook

    top, left = table.first
    cells = [
        Cell(r, c, Decimal(text) if r >= top and c >= left else text, text)
        for r, row in enumerate(table.rows)
        for c, text in enumerate(row)
        if text
    ]
    return Workbook((Sheet("Sheet1", tuple(cells)),), "xlsx", "faults/1")


def made(kind: str, n: int, seed: int) -> tuple[Table, frozenset[Place]]:
    """Table ``n`` of a kind, and its wrong cells."""
    rng = random.Random(f"{seed} {kind} {n}")
    table = LAYOUTS[n % len(LAYOUTS)](rng)
    return table, FAULTS[kind](rng, table)


def measure(kind: str, tables: int, seed: int) -> Score:
    """Plant ``kind`` into as many tables and walk the road with them, in batches."""
    score = Score()
    for start in range(0, tables, 20):
        _batch(kind, range(start, min(tables, start + 20)), seed, score)
    return score


def _batch(kind: str, numbers: Sequence[int], seed: int, score: Score) -> None:
    from etl.check.catalogue import catalogue_relations
    from etl.check.frames import FileRows
    from etl.check.gate import check
    from etl.check.reconcile import evaluate
    from etl.check.suites import load_suites
    from etl.extract.sheet.workbook import extract_workbook
    from etl.model import SourceFile
    from etl.normalise.observe import observe
    from etl.settings import Settings

    made_tables, rows = [], []
    for n in numbers:
        table, wrong = made(kind, n, seed)
        source = SourceFile(Path(f"{n}.xlsx"), f"{n}.xlsx", f"{n:064d}", 1)
        extraction = extract_workbook(workbook(table), source.name)
        observations = tuple(observe(source, f) for f in extraction.figures)
        by_place = {o.place: o for o in observations}
        relations = (*extraction.relations, *catalogue_relations(observations, extraction.relations))
        evaluated = tuple(evaluate(r, by_place) for r in relations)
        rows.append(FileRows(source.sha256, observations, evaluated))
        made_tables.append((table, wrong, extraction))
    verdicts = check(rows, load_suites(Settings().suites_dir))
    for n, (table, wrong, extraction), file, verdict in zip(numbers, made_tables, rows, verdicts, strict=True):
        at = {o.observation_id: _position(o.place) for o in file.observations}
        accused = {
            at[f.observation_id] for f in verdict.findings if f.rule_id == "OBS-SUSPECT" and f.observation_id in at
        }
        told = {at[f.observation_id] for f in verdict.findings if f.observation_id in at}
        told |= {_position(flag.place) for flag in extraction.flags}
        told |= {at[m] for e in file.evaluated if e.verdict == "fails" for m in e.members}
        held = {at[i] for i in verdict.held if i in at}
        coverage = table.coverage()
        score.tables += 1
        score.cells += len(table.numbers)
        for place in wrong:
            cover = _cover(coverage[place])
            score.faults[cover] += 1
            score.detected[cover] += place in told
            score.located[cover] += place in held
        for place in accused:
            cover = _cover(coverage[place])
            score.suspects[cover] += 1
            score.right[cover] += place in wrong
        score.false_alarms += len(held - wrong)
        if (wrong - told or held - wrong or wrong - held) and len(score.examples) < 40:
            score.examples.append(
                f"{kind} {n} {LAYOUTS[n % len(LAYOUTS)].__name__}: wrong {sorted(wrong)[:8]}, "
                f"not told {sorted(wrong - told)[:6]}, held and right {sorted(held - wrong)[:6]}, "
                f"not held {sorted(wrong - held)[:6]}"
            )


def _cover(groups: int) -> str:
    return "two" if groups >= 2 else "one" if groups else "none"


def _position(place: object) -> Place:
    letters = "".join(c for c in place.cell if c.isalpha())  # type: ignore[attr-defined]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(place.cell[len(letters) :]) - 1, column - 1  # type: ignore[attr-defined]


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shown(value: float | None) -> str:
    return "     –" if value is None else f"{value:6.1%}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=60, help="tables of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    parser.add_argument("--examples", type=int, default=0, help="tell what went wrong in that many tables of a kind")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    started = time.process_time()
    head = (
        f"{'fault':26} {'tables':>6} {'cells':>6} | {'two groups: n':>13} {'detected':>8} {'located':>8} {'right':>7}"
    )
    print(f"{head} | {'others: n':>9} {'detected':>8} {'located':>8} | false alarms")
    out = {}
    for kind in given.kinds:
        s = measure(kind, given.tables, given.seed)
        others = s.faults["one"] + s.faults["none"]
        figures = {
            "tables": s.tables,
            "cells": s.cells,
            "two": s.faults["two"],
            "two_detected": ratio(s.detected["two"], s.faults["two"]),
            "two_located": ratio(s.located["two"], s.faults["two"]),
            "two_right": ratio(s.right["two"], s.suspects["two"]),
            "others": others,
            "others_detected": ratio(s.detected["one"] + s.detected["none"], others),
            "others_located": ratio(s.located["one"] + s.located["none"], others),
            "false_alarms": ratio(s.false_alarms, s.cells - sum(s.faults.values())),
        }
        out[kind] = figures
        print(
            f"{kind:26} {s.tables:6} {s.cells:6} | {s.faults['two']:13} {_shown(figures['two_detected']):>8} "
            f"{_shown(figures['two_located']):>8} {_shown(figures['two_right']):>7} | {others:9} "
            f"{_shown(figures['others_detected']):>8} {_shown(figures['others_located']):>8} | "
            f"{s.false_alarms} ({_shown(figures['false_alarms']).strip()})",
            flush=True,
        )
        for example in s.examples[: given.examples]:
            print("   ", example)
    print(f"{time.process_time() - started:.0f} CPU seconds")
    if given.json:
        machine = {"python": sys.version.split()[0], "platform": sys.platform}
        given.json.write_text(json.dumps({"machine": machine, "kinds": out}, ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
