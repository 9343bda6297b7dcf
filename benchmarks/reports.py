"""How fast a report is read: 0.5 to 5 MB of generated prose, hostile texts, and the peers a user would combine.

    python benchmarks/reports.py [--megabytes 5] [--peers PYTHON] [--out var/benchmarks/reports.json]

Each measurement is a process of its own, in CPU time of one core (the load of others does not count). The text is made
of clauses put together at random (places of the whole region table, numbers of all forms, prose without numbers), so
that no sentence occurs twice; its density of figures is printed. The peers run where PYTHON (an interpreter of a
virtual environment of their own, with cpca, cn2an and jionlp) is given: cpca names the places sentence by sentence,
cn2an turns the numerals to digits, JioNLP extracts amounts of money and times, and that is all they do.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = (0.1, 0.2, 0.4, 1.0)
"""Parts of the full size at which the time is taken, for the slope."""
PER_MEGABYTE = 350_000
"""Characters in a megabyte of Chinese prose in UTF-8, about."""

with (Path(__file__).parent / "report_words.csv").open(encoding="utf-8") as _lines:
    _WORDS = [(r["kind"], r["word"]) for r in csv.DictReader(_lines)]
SUBJECTS, QUALITIES, CLASSIFIERS, VERBS, PROSE, LINKS, WHO = (
    [word for kind, word in _WORDS if kind == wanted]
    for wanted in ("subject", "quality", "classifier", "verb", "prose", "link", "who")
)
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁宋谢唐韩曹许邓冯"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉萍红波海燕春"
NAMES = [f + g for f in FAMILY for g in GIVEN]
HAN = "零一二三四五六七八九"


def places() -> list[str]:
    from etl.normalise.regions import load_regions

    return sorted({name for code in _codes() if (region := load_regions().get(code)) and (name := region.name)})


def _codes() -> list[str]:
    from etl.reference import rows

    return [r["code"] for r in rows("regions.csv") if len(r["code"]) == 6]


def numeral(pick: random.Random) -> str:
    form = pick.randrange(12)
    if form < 4:
        return str(pick.randint(2, 99_999))
    if form < 6:
        return f"{pick.randint(1, 9999)}.{pick.randint(1, 99)}"
    if form < 8:
        return f"{pick.randint(1, 999)}.{pick.randint(1, 9)}{pick.choice('万亿')}"
    if form == 8:
        return f"{pick.randint(1, 999)},{pick.randint(0, 999):03}"
    if form == 9:
        return f"{HAN[pick.randint(2, 9)]}百{HAN[pick.randint(1, 9)]}十{HAN[pick.randint(1, 9)]}"
    if form == 10:
        return f"{HAN[pick.randint(1, 9)]}万{HAN[pick.randint(1, 9)]}千"
    return f"{pick.randint(2, 900)}0余"


def clause(pick: random.Random) -> str:
    """A clause with a figure."""
    form = pick.randrange(6)
    subject = pick.choice(QUALITIES) + pick.choice(SUBJECTS)
    if form < 3:
        qualifier = pick.choice(("", "", "", "超过", "近", "约", "达", "共"))
        return f"{subject}{qualifier}{numeral(pick)}{pick.choice(CLASSIFIERS)}"
    if form == 3:
        unit = pick.choice(("%", "%", "个百分点", "‰"))
        return f"{subject}{pick.choice(VERBS)}{pick.randint(0, 80)}.{pick.randint(0, 9)}{unit}"
    if form == 4:
        return f"{subject}占比为{pick.randint(1, 99)}.{pick.randint(0, 99)}%"
    batch, rank = HAN[pick.randint(1, 9)], pick.randint(1, 40)
    return f"第{batch}批{subject}{pick.randint(2, 99)}{pick.choice(CLASSIFIERS)}，居全省第{rank}位"


def time_phrase(pick: random.Random) -> str:
    year = pick.randint(1995, 2025)
    return pick.choice(
        (f"{year}年", f"{year}年{pick.randint(1, 12)}月", f"截至{year}年末", f"{year}年上半年", "去年", "今年以来")
    )


def paragraph(pick: random.Random, known: Sequence[str]) -> str:
    sentences = []
    for _ in range(pick.randint(2, 7)):
        form = pick.randrange(7)
        filler = "，".join(pick.choice(PROSE) for _ in range(pick.randint(2, 5)))
        if form < 3:
            speaker = f"{pick.choice(known)}{pick.choice(SUBJECTS)}工作负责人{pick.choice(NAMES)}"
            sentences.append(f"{speaker}说，{pick.choice(LINKS)}{filler}。")
        elif form == 3:
            sentences.append(f"“{filler}。”{pick.choice(WHO)}{pick.choice(NAMES)}在{pick.choice(known)}告诉来访者。")
        else:
            figures = "，".join(clause(pick) for _ in range(pick.randint(1, 2)))
            sentences.append(f"{time_phrase(pick)}，{pick.choice(known)}{figures}，{filler}。")
    return "".join(sentences)


def prose(characters: int, seed: int = 11) -> str:
    """Paragraphs with a heading now and then, at least so many characters."""
    pick, known = random.Random(seed), places()
    parts: list[str] = []
    length = 0
    while length < characters:
        part = paragraph(pick, known)
        if pick.random() < 0.08:
            part = f"\n{pick.choice(known)}{pick.choice(SUBJECTS)}纪实\n\n{part}"
        parts.append(part)
        length += len(part) + 1
    return "\n".join(parts)


def hostile(characters: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Texts that took forever at one time, each made when it is asked for."""
    pick = random.Random(5)
    yield "1人1人1人…", lambda: "1人" * (characters // 2)
    yield "figures and commas", lambda: "，".join(f"{pick.randint(1, 999)}人" for _ in range(characters // 5))
    yield "figures in lists", lambda: "、".join(f"{pick.randint(1, 99)}%" for _ in range(characters // 4))
    yield "nothing but digits", lambda: "7" * characters
    yield "digits and dots", lambda: "1." * (characters // 2)
    yield (
        "nothing but Chinese numerals",
        lambda: "".join(pick.choice("一二三四五六七八九十百千万亿零") for _ in range(characters)),
    )
    yield "万万万…", lambda: "万" * characters
    yield "nothing but blanks", lambda: " " * characters
    yield "digits torn by blanks", lambda: "1 " * (characters // 2)
    yield "nothing but quotes", lambda: "“" * characters
    yield "counties", lambda: "鼓楼区" * (characters // 3)
    yield "years", lambda: "2024年" * (characters // 5)
    yield "分别", lambda: "分别" * (characters // 2)
    yield "one line of prose", lambda: prose(characters).replace("\n", "")


def measure(text: str) -> dict[str, float]:
    """CPU seconds, characters per second, figures and peak memory of reading ``text``."""
    from etl.extract.report import extract_report
    from etl.model import Document

    extract_report(Document(prose(3000, 3), "txt", "txt/1"))  # tables and patterns are loaded once per process
    before = _peak()
    begin = time.process_time()
    found = extract_report(Document(text, "txt", "txt/1"))
    seconds = time.process_time() - begin
    return {
        "characters": len(text),
        "megabytes": round(len(text.encode()) / 1e6, 2),
        "figures": len(found.figures),
        "others": len(found.ignored),
        "seconds": round(seconds, 3),
        "per_second": round(len(text) / max(seconds, 1e-9)),
        "peak_mb": round(_peak(), 1),
        "grown_mb": round(_peak() - before, 1),
    }


def _peak() -> float:
    kilobyte = 1024 if sys.platform == "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / kilobyte / 1024


PEERS = """
import json, re, sys, time, warnings
warnings.filterwarnings("ignore")
text = open(sys.argv[1], encoding="utf-8").read()
sentences = [s for s in re.split("[。！？\\n]", text) if s]
out = {}
def run(name, work):
    try:
        begin = time.process_time(); work(); seconds = time.process_time() - begin
        out[name] = {"seconds": round(seconds, 3), "per_second": round(len(text) / seconds)}
    except Exception as error:
        out[name] = {"error": f"{type(error).__name__}: {error}"[:200]}
def places():
    import cpca
    cpca.transform(sentences[:1]); cpca.transform(sentences)
def numerals():
    import cn2an
    for s in sentences:
        try: cn2an.transform(s, "cn2an")
        except Exception: pass
def money():
    import jionlp
    for s in sentences: jionlp.ner.extract_money(s)
def times():
    import jionlp
    for s in sentences: jionlp.ner.extract_time(s)
run("cpca (places)", places); run("cn2an (numerals)", numerals)
run("JioNLP (money)", money); run("JioNLP (time)", times)
print(json.dumps(out))
"""


def peers(python: str, text: str) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text(text, encoding="utf-8")
        command = [python, "-c", PEERS, str(path)]
        printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    if printed.returncode:
        return {"peers": {"error": printed.stderr[-200:]}}  # type: ignore[dict-item]
    found: dict[str, dict[str, float]] = json.loads(printed.stdout.splitlines()[-1])
    return found


def apart(*arguments: str) -> dict[str, float]:
    """One measurement in a process of its own, so that none warms the caches or raises the peak of another."""
    command = [sys.executable, __file__, "--one", *arguments]
    printed = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(printed.stdout.splitlines()[-1])
    return measured


def slope(points: Sequence[dict[str, float]]) -> float:
    """The exponent of time over length (least squares in logarithms): 1 is linear, 2 quadratic."""
    xs = [math.log(p["characters"]) for p in points]
    ys = [math.log(max(p["seconds"], 1e-6)) for p in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--megabytes", type=float, default=5.0)
    options.add_argument("--hostile", type=int, default=200_000, metavar="CHARACTERS", help="length of hostile texts")
    options.add_argument("--peers", metavar="PYTHON", help="interpreter that has cpca, cn2an and jionlp")
    options.add_argument("--out", type=Path, default=ROOT / "var/benchmarks/reports.json")
    options.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        what, size = given.one[0], int(given.one[1])
        text = prose(size) if what == "prose" else dict(hostile(size))[what]()
        print(json.dumps(measure(text)))
        return
    full = int(given.megabytes * PER_MEGABYTE)
    result: dict[str, object] = {"python": platform.python_version(), "machine": platform.machine()}
    print(f"{'text':32}{'characters':>12}{'figures':>9}{'one per':>9}{'CPU s':>9}{'chars/s':>10}{'peak MB':>9}")
    grown = [_row(f"prose {part * given.megabytes:.1f} MB", apart("prose", str(int(full * part)))) for part in SIZES]
    print(f"time grows with length to the power {slope(grown):.2f}")
    result |= {"prose": grown, "slope": round(slope(grown), 3)}
    dense = {}
    for name, _ in hostile(given.hostile):
        half, whole = apart(name, str(given.hostile // 2)), apart(name, str(given.hostile))
        dense[name] = {
            **_row(name, whole),
            "twice_as_long_takes": round(whole["seconds"] / max(half["seconds"], 1e-3), 2),
        }
    print("twice the length takes: " + ", ".join(f"{n} ×{m['twice_as_long_takes']}" for n, m in dense.items()))
    result["hostile"] = dense
    if given.peers:
        beside = peers(given.peers, prose(int(full * SIZES[0])))
        for name, measured in beside.items():
            print(f"{name:32}{measured}")
        result["peers"] = beside
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written to {given.out}")


def _row(name: str, measured: dict[str, float]) -> dict[str, float]:
    print(
        f"{name:32}{measured['characters']:>12,}{measured['figures']:>9,}"
        f"{measured['characters'] / max(measured['figures'], 1):>9.0f}{measured['seconds']:>9.2f}"
        f"{measured['per_second']:>10,}{measured['peak_mb']:>9.0f}",
        flush=True,
    )
    return measured


if __name__ == "__main__":
    main()
