"""Reads random and mutated texts for a while and says what broke.

    python scripts/fuzz.py [--seconds 60] [--seed 1]

States how many texts and characters were read, how fast, the slowest text per character, and every text that crashed
or broke an invariant (its seed reads it again: ``--only SEED``). Exits with 1 when anything broke.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from etl.accounting import account
from etl.extract.report import extract_report
from etl.model import Document, SourceFile, Span
from etl.normalise.observe import observe

ROOT = Path(__file__).resolve().parents[1]
SLOW = 2e-3
"""CPU seconds per character that no text of 500 characters and more may take."""

HAN = "零〇一二三四五六七八九十百千万亿兆两廿壹贰叁拾佰仟半几数多余"
SIGNS = "0123456789.,，。、；：:%‰％/-—–~～()（）“”《》〔〕　 \t\n\r+±×≥≤<>@#"
WORDS = (
    (
        "分之|成|折|翻番|翻了一番|倍|个百分点|以上|以内|超过|近|约|至少|不足|万元|亿元|人次|平方米|公里|名|"
        "家|第|届|年|月|日|去年|截至|同比增长|下降|分别|和|其中|每万|全省|我市|鼓楼区|四川|三亚|一线|进一步|"
        "五一|十四五|是|一是|http://a.cn/1|〔2024〕3号|0512-65432109|2024年|1—9月|前三季度|五年来|号文件|"
        "位居|占比|比上年|"
    )
    .strip("|")
    .split("|")
)
ODD = "\u200b\u200e\u200f\u202e\ufeff\u00ad\x00\x07\x1b\x85\u2028\u2029\ufffd\uf98e①⑩㈠㎡Ⅷ٣४𝟙👍é̂"


def sentences() -> list[str]:
    """What is mutated: the sentences of the tests and the samples that are text."""
    found = []
    for path in sorted((ROOT / "tests/extract/report/phenomena").glob("*.csv")):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        found += [row["sentence"] for row in csv.DictReader(lines)]
    for path in sorted((ROOT / "samples").glob("*.txt")):
        found += path.read_text("utf-8").split("\n\n")
    return [s for s in found if s]


def random_text(pick: random.Random) -> str:
    """Characters and words in which numerals are read, in any order."""
    length = pick.choice((3, 20, 200, 1500))
    pools: Sequence[Callable[[], str]] = (
        lambda: pick.choice(HAN),
        lambda: pick.choice(SIGNS),
        lambda: pick.choice(WORDS),
        lambda: pick.choice(ODD),
        lambda: chr(pick.choice((pick.randint(0, 0x2FF), pick.randint(0x2000, 0xD7FF), pick.randint(0xE000, 0x1FFFF)))),
    )
    weights = [pick.random() ** 2 + 0.01 for _ in pools]
    return "".join(pool() for pool in pick.choices(pools, weights, k=length))


def mutated_text(pick: random.Random, known: Sequence[str]) -> str:
    """Sentences in a row, torn, doubled, shuffled and with odd characters between."""
    text = pick.choice(("", "\n", "\n\n", " ")).join(pick.choice(known) for _ in range(pick.randint(1, 12)))
    for _ in range(pick.randint(1, 25)):
        a = pick.randint(0, len(text))
        b = min(len(text), a + pick.choice((1, 2, 5, 30)))
        text = pick.choice(
            (
                text[:a] + text[b:],
                text[:b] + text[a:b] * pick.choice((1, 2, 40)) + text[b:],
                text[:a] + pick.choice(ODD) + text[a:],
                text[:a] + pick.choice(("\n", "\n\n", " ", "　")) + text[a:],
                text[:a] + pick.choice(HAN + SIGNS) + text[b:],
                text[:a] + pick.choice(WORDS) + text[a:],
                text[:a] + text[a:b][::-1] + text[b:],
                text[:a] + "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text[a:b]) + text[b:],
            )
        )[:6000]
    return text


def broken_text(pick: random.Random, known: Sequence[str]) -> str:
    """Bytes of a sentence with some of them changed, read as they can be read."""
    data = bytearray(pick.choice(known).encode(pick.choice(("utf-8", "gb18030"))))
    for _ in range(pick.randint(1, 8)):
        data[pick.randrange(len(data))] = pick.randrange(256)
    return data.decode(pick.choice(("utf-8", "gb18030", "latin-1")), "replace")


def made(seed: int, known: Sequence[str]) -> str:
    pick = random.Random(seed)
    kind = pick.randrange(5)
    if kind < 2:
        return random_text(pick)
    return broken_text(pick, known) if kind == 2 else mutated_text(pick, known)


def violations(text: str) -> list[str]:
    """Which invariants the reading of ``text`` breaks."""
    document = Document(text, "txt", "txt/1")
    found = extract_report(document)
    wrong = []
    places = [f.place for f in found.figures if isinstance(f.place, Span)]
    source = SourceFile(Path("a.txt"), "a.txt", "0" * 64, len(text))
    for figure in found.figures:
        observe(source, figure)
        place = figure.place
        if isinstance(place, Span) and text[place.start : place.end] != figure.text:
            wrong.append(f"{place} does not hold {figure.text!r}")
        if not figure.number.is_finite() or not figure.text:
            wrong.append(f"{place} has no number or no text")
        if len(figure.label) > 60:
            wrong.append(f"{place} has a label of {len(figure.label)} characters")
    for a, b in pairwise(sorted(places, key=lambda p: (p.start, p.end))):
        if b.start < a.end:
            wrong.append(f"figures {a} and {b} overlap")
    missing = account(document, found).missing
    wrong += [f"numeral {text[m.start : m.end]!r} at {m} is not accounted for" for m in missing if isinstance(m, Span)]
    return wrong


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", type=int, metavar="SEED", help="read the text of this seed and show it")
    given = options.parse_args()
    known = sentences()
    if given.only is not None:
        text = made(given.only, known)
        print(repr(text))
        print("\n".join(violations(text)) or "nothing broken")
        return 0
    texts = characters = crashes = broken = 0
    slowest, slowest_seed, used = 0.0, given.seed, 0.0
    violations(known[0])  # loads the tables
    until = time.monotonic() + given.seconds
    seed = given.seed
    while time.monotonic() < until:
        text = made(seed, known)
        begin = time.process_time()
        try:
            wrong = violations(text)
        except Exception:
            crashes += 1
            print(f"seed {seed} crashed: {traceback.format_exc(limit=-1).splitlines()[-1]}")
            wrong = []
        taken = time.process_time() - begin
        if wrong:
            broken += 1
            print(f"seed {seed}: {wrong[0]}")
        if len(text) >= 500 and taken / len(text) > slowest:
            slowest, slowest_seed = taken / len(text), seed
        texts, characters, used, seed = texts + 1, characters + len(text), used + taken, seed + 1
    print(
        f"{texts:,} texts, {characters:,} characters, {characters / max(used, 1e-9):,.0f} characters/s; "
        f"{crashes} crashes, {broken} with a broken invariant; "
        f"slowest {slowest * 1e6:.0f} µs per character (seed {slowest_seed})"
    )
    return 1 if crashes or broken or slowest > SLOW else 0


if __name__ == "__main__":
    sys.exit(main())
