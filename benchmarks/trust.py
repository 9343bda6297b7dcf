"""How many of the annotated rows load without a person, and how many of those are right.

    python benchmarks/trust.py                     answers in GONGBAO_SHARED/gold
    python benchmarks/trust.py --list 20 --json out.json

The files are read and put through the real gate with the real suites. A row of the answers is *loaded* when its figure
was found and no rule holds it; it is *right* when value, unit, region and period are those of the answers. The aims are
85 % loaded, and 99 % of the loaded right. Below stands which rules hold rows that are right, and what the loaded rows
that are wrong are wrong in. The last lines tell what other thresholds would do: holding rows that
``OBS-MAGNITUDE`` only warns of, and tables less sure than a confidence.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.model import Observation

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("GONGBAO_SHARED", ROOT.parent / "shared"))
SAME_UNIT = {
    "名": "人", "位": "人", "户": "家", "元人民币": "元", "人民币元": "元", "％": "%", "百分比": "%",
    "个百分点": "百分点", "人/次": "人次", "㎡": "平方米", "亩地": "亩", "千分比": "‰",
}  # fmt: skip
CONFIDENCES = (0.3, 0.5, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Answer:
    """A row of the answers, with every reading that it admits."""

    place: str
    value: Decimal | None
    units: frozenset[str]
    regions: frozenset[str | None]
    periods: frozenset[str | None]


@dataclass
class Trust:
    """Counts over one sort of file."""

    rows: int = 0
    found: int = 0
    loaded: int = 0
    right: int = 0
    holding: Counter[str] = field(default_factory=Counter)
    """Rules that hold rows which are right."""
    holding_wrong: Counter[str] = field(default_factory=Counter)
    wrong_in: Counter[str] = field(default_factory=Counter)
    warned: Counter[bool] = field(default_factory=Counter)
    """Loaded rows outside of the catalogue's bounds, by whether they are right."""
    sure: dict[float, Counter[bool]] = field(default_factory=lambda: {c: Counter() for c in CONFIDENCES})
    """Loaded rows of tables less sure than this."""
    examples: list[str] = field(default_factory=list)


def unit(symbol: str | None) -> str:
    return SAME_UNIT.get((symbol or "").strip(), (symbol or "").strip())


def number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


def report_answers() -> Iterator[tuple[Path, Any, list[tuple[tuple[int, int], Answer]]]]:
    """Each annotated report with its manifest line and its facts by their characters."""
    from etl.landing import discover

    landing = discover([str(SHARED / "reports")])
    for path in landing.files:
        gold = SHARED / "gold/reports" / f"{path.name[:3]}.jsonl"
        if gold.exists():
            facts = [x for line in gold.read_text("utf-8").splitlines() if (x := json.loads(line))["type"] == "fact"]
            answers = [
                (
                    (f["start"], f["end"]),
                    Answer(
                        f"{path.name[:3]} {f['start']}",
                        number(f["value"]),
                        frozenset(map(unit, (f["unit"], *f.get("unit_also", [])))),
                        frozenset((f["region"], *f.get("region_also", []))),
                        frozenset((f["period"], *f.get("ambiguous", []))),
                    ),
                )
                for f in facts
            ]
            yield path, landing.entry(path), answers


def sheet_answers() -> Iterator[tuple[Path, Any, list[tuple[tuple[str, str], Answer]]]]:
    """Each annotated sheet file with its cells."""
    csv.field_size_limit(10**9)
    with (SHARED / "gold/sheets/files.csv").open(encoding="utf-8") as file:
        files = list(csv.DictReader(file))
    for entry in files:
        with (SHARED / "gold/sheets" / f"{entry['gold']}.csv").open(encoding="utf-8") as file:
            answers = [
                (
                    (r["sheet"], r["cell"]),
                    Answer(
                        f"{entry['gold']} {r['sheet']}!{r['cell']}",
                        number(r["value"]),
                        frozenset([unit(r["unit"])]),
                        frozenset([r["region_code"] or None]),
                        frozenset([r["period"] or None]),
                    ),
                )
                for r in csv.DictReader(file)
            ]
        yield SHARED / "sheets" / entry["file"], None, answers


def measure(reports: bool) -> Trust:
    """Walk the road with all annotated reports, or all annotated sheets."""
    from etl.archive import digest
    from etl.check.frames import FileRows
    from etl.check.gate import check
    from etl.check.suites import load_suites
    from etl.model import SourceFile
    from etl.reading import Read, read_file
    from etl.settings import Settings

    trust = Trust()
    suites = load_suites(Settings().suites_dir)
    for path, manifest, answers in report_answers() if reports else sheet_answers():
        sha256, size = digest(path)
        read = read_file(SourceFile(path, path.name, sha256, size, manifest))
        trust.rows += len(answers)
        if not isinstance(read, Read):
            trust.examples.append(f"{path.name}: {read.error}")
            continue
        (verdict,) = check([FileRows(sha256, tuple(read.observations), tuple(read.evaluated))], suites)
        rules: dict[str, list[str]] = {}
        warned = set()
        for f in verdict.findings:
            if f.observation_id and f.severity == "quarantine":
                rules.setdefault(f.observation_id, []).append(f.rule_id)
            elif f.observation_id and f.rule_id == "OBS-MAGNITUDE":
                warned.add(f.observation_id)
        find = _reports(read.observations) if reports else _cells(read.observations)
        for place, answer in answers:
            o = find(place, answer)
            if o is None:
                trust.examples.append(f"not found: {answer.place}")
                continue
            trust.found += 1
            wrong = _wrong_in(o, answer)
            if verdict.blocking:
                continue
            if held := rules.get(o.observation_id):
                (trust.holding_wrong if wrong else trust.holding).update(held)
                continue
            trust.loaded += 1
            trust.right += not wrong
            trust.wrong_in.update(wrong)
            trust.warned[not wrong] += o.observation_id in warned
            for least, counts in trust.sure.items():
                counts[not wrong] += o.confidence < least
            if wrong:
                got = f"{o.obs_value} {o.unit} {o.area.code} {o.period.iso}"
                trust.examples.append(f"loaded, wrong in {', '.join(wrong)}: {answer.place} got {got}")
    return trust


def _reports(observations: Sequence[Observation]) -> Any:
    def find(place: tuple[int, int], answer: Answer) -> Observation | None:
        near = [o for o in observations if o.place.start < place[1] and place[0] < o.place.end]  # type: ignore[union-attr]
        near.sort(key=lambda o: o.obs_value != answer.value)
        return near[0] if near else None

    return find


def _cells(observations: Sequence[Observation]) -> Any:
    by_cell = {(o.place.sheet, o.place.cell): o for o in observations}  # type: ignore[union-attr]
    return lambda place, _answer: by_cell.get(place)


def _wrong_in(o: Observation, answer: Answer) -> list[str]:
    close = answer.value is not None and abs(answer.value - o.obs_value) <= abs(answer.value) * Decimal("1e-9")
    region = (o.area.code or "")[:6] or None
    checks = {
        "value": close,
        "unit": unit(o.unit) in answer.units,
        "region": region in answer.regions,
        "period": o.period.iso in answer.periods,
    }
    return [name for name, right in checks.items() if not right]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=int, default=0, help="rows not found, or loaded and wrong, to show")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    if not (SHARED / "gold").is_dir():
        print(f"trust: no answers at {SHARED / 'gold'} (set GONGBAO_SHARED)", file=sys.stderr)
        return 2
    out = {}
    print(f"{'':8} {'rows':>6} {'found':>6} {'loaded':>7} {'':>7} {'right':>6} {'of loaded':>9}")
    for name, reports in (("reports", True), ("sheets", False)):
        t = measure(reports)
        out[name] = {"rows": t.rows, "found": t.found, "loaded": t.loaded, "right": t.right}
        share = f"{t.loaded / t.rows:7.1%} {t.right:6} {t.right / t.loaded:9.2%}"
        print(f"{name:8} {t.rows:6} {t.found:6} {t.loaded:7} {share}")
        print(f"  hold right rows: {dict(t.holding) or 'none'}; hold wrong rows: {dict(t.holding_wrong) or 'none'}")
        print(f"  loaded rows are wrong in: {dict(t.wrong_in) or 'nothing'}")
        print(f"  outside the catalogue's bounds, loaded: {t.warned[True]} right, {t.warned[False]} wrong")
        for least, counts in t.sure.items():
            print(f"  confidence below {least}: {counts[True]} right, {counts[False]} wrong")
        for example in t.examples[: given.list]:
            print("   ", example)
    if given.json:
        machine = {"python": sys.version.split()[0], "platform": sys.platform}
        given.json.write_text(json.dumps({"machine": machine, **out}, ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
