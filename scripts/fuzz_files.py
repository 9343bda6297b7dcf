"""Reads damaged files of every format for a while, through the whole road before the gate, and says what broke.

    python scripts/fuzz_files.py [--seconds 60] [--seed 1] [--keep FOLDER]

Files of samples/ with bytes flipped, cut, doubled or swapped. A damaged file may be read or refused with an error of
our own; what crashes, hangs (10 s and as many per MiB) or eats memory is a fault, named with its seed and kept with
``--keep``. Exits with 1 when there was one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from etl.apart import Bounds, close_all, read_files
from etl.model import SourceFile
from etl.reading import Unread

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FAULTS = {"crashed", "timeout", "memory"}


def damaged(data: bytes, pick: random.Random) -> bytes:
    """The bytes with a few things wrong."""
    changed = bytearray(data)
    for _ in range(pick.choice((1, 3, 20))):
        a = pick.randrange(len(changed))
        b = min(len(changed), a + pick.choice((1, 4, 64, 1024)))
        way = pick.randrange(5)
        if way == 0:
            changed[a] = pick.randrange(256)
        elif way == 1:
            changed[a:b] = pick.randbytes(b - a)
        elif way == 2:
            changed[a:a] = changed[a:b]
        elif way == 3 and b - a < len(changed):
            del changed[a:b]
        else:
            changed[a:b] = changed[a:b][::-1]
    return bytes(changed[: pick.randrange(1, len(changed) + 1)] if pick.random() < 0.1 else changed)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, help="folder for the files that broke something")
    given = options.parse_args()
    samples = [p for p in sorted(SAMPLES.iterdir()) if p.suffix not in ("", ".md") and p.name != "manifest.csv"]
    until = time.monotonic() + given.seconds
    formats: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:

        def sources() -> Iterator[SourceFile]:
            seed = given.seed
            while time.monotonic() < until:
                pick = random.Random(seed)
                sample = pick.choice(samples)
                path = Path(name) / f"{seed}{sample.suffix}"
                path.write_bytes(damaged(sample.read_bytes(), pick))
                formats[sample.suffix] += 1
                yield SourceFile(path, path.name, f"{seed:064}", path.stat().st_size)
                seed += 1

        for outcome in read_files(sources(), bounds=Bounds(10, 2048)):
            code = outcome.error_code if isinstance(outcome, Unread) else "read"
            outcomes[code] += 1
            if code in FAULTS:
                print(f"seed {outcome.source.path.stem}: {outcome.error if isinstance(outcome, Unread) else ''}")
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / outcome.source.name).write_bytes(outcome.source.path.read_bytes())
            outcome.source.path.unlink()
    close_all()
    print(f"{sum(outcomes.values())} files: " + ", ".join(f"{n} {kind}" for kind, n in sorted(formats.items())))
    print("outcomes: " + ", ".join(f"{n} {code}" for code, n in outcomes.most_common()))
    return 1 if FAULTS & set(outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
