"""Reads damaged files of every format for a while, through the whole road before the gate, and says what broke.

    python scripts/fuzz_files.py [--seconds 60] [--seed 1] [--keep FOLDER]

Files of samples/ with bytes flipped, cut, doubled or swapped. A damaged file may be read, or refused with an error of
our own. One at which a library ends the process, or takes too much memory, is marked so and costs no other, which is
what the process is for. Every tenth file is a sound one, and must be read as it was before any other,
whatever became of those before it. Exits with 1 when one was not, when a file hung (10 s and as many per MiB) or has no
outcome, and at any exception that is none of our errors (``bug``). Files that ended a process or are faults are named
with their seeds, and kept with ``--keep``.
"""

from __future__ import annotations

import argparse
import functools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from etl.apart import Bounds, close_all, read_files
from etl.model import Observation, SourceFile
from etl.reading import Read, Unread, read_file

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SOUND_EVERY = 10
DIED = "the process reading it ended"
"""What `etl.apart` says of a process that a file ended; any other crash is an exception that nobody caught."""


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


ISOLATED = {"process died", "memory"}
FAULTS = {"bug", "timeout", "sound, but not read as before"}


def kind_of(outcome: Read | Unread) -> str:
    """What became of a file."""
    if isinstance(outcome, Read):
        return "read"
    if outcome.error_code == "crashed":
        return "process died" if DIED in outcome.error else "bug"
    return outcome.error_code


@functools.cache
def figures_of(sample: Path) -> tuple[Observation, ...]:
    """What is found in a sound file, read in this process."""
    outcome = read_file(SourceFile(sample, sample.name, "0" * 64, sample.stat().st_size))
    if isinstance(outcome, Unread):
        raise SystemExit(f"{sample} can't be read: {outcome.error}")
    return outcome.observations


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
    faults = 0
    with tempfile.TemporaryDirectory() as name:

        def sources() -> Iterator[SourceFile]:
            seed = given.seed
            while time.monotonic() < until:
                pick = random.Random(seed)
                sample = pick.choice(samples)
                is_sound = seed % SOUND_EVERY == 0
                path = Path(name) / f"{seed}{sample.suffix}"
                path.write_bytes(sample.read_bytes() if is_sound else damaged(sample.read_bytes(), pick))
                formats[sample.suffix] += 1
                if is_sound:
                    sound[path.name] = len(figures_of(sample))
                yield SourceFile(path, path.name, f"{seed:064}", path.stat().st_size)
                seed += 1

        sound: dict[str, int] = {}
        for outcome in read_files(sources(), bounds=Bounds(10, 2048)):
            what = kind_of(outcome)
            if outcome.source.name in sound:
                read = len(outcome.observations) if isinstance(outcome, Read) else 0
                what = "sound, read" if read == sound.pop(outcome.source.name) else "sound, but not read as before"
            outcomes[what] += 1
            is_fault = what in FAULTS
            faults += is_fault
            if is_fault or what in ISOLATED:
                said = outcome.error if isinstance(outcome, Unread) else ""
                print(f"{'FAULT ' if is_fault else ''}seed {outcome.source.path.stem}: {what}: {said}")
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / outcome.source.name).write_bytes(outcome.source.path.read_bytes())
            outcome.source.path.unlink()
    close_all()
    print(f"{sum(outcomes.values())} files: " + ", ".join(f"{n} {kind}" for kind, n in sorted(formats.items())))
    print("outcomes: " + ", ".join(f"{n} {code}" for code, n in outcomes.most_common()))
    lost = sum(formats.values()) - sum(outcomes.values())
    print(f"{faults} faults, {lost} files without an outcome, {sum(outcomes[what] for what in ISOLATED)} isolated")
    return 1 if faults or lost else 0


if __name__ == "__main__":
    sys.exit(main())
