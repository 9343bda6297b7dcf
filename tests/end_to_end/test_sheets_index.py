"""The real spreadsheets against what people noted of them: number of rows, and two sample rows of each."""

from __future__ import annotations

from pathlib import Path

from etl.ingest import Read, read_file
from etl.landing import discover
from etl.model import SourceFile
from tests.end_to_end.sheets_index import WITHOUT_COUNT, deviations, read_index

MIN_RIGHT = 0.7
"""Share of the files that agree in all respects. The rest: units, regions and tables that the files do not state."""
MIN_SAMPLES = 0.72


def test_real_sheets_agree_with_the_index(shared: Path) -> None:
    land = discover([str(shared / "sheets")])
    files = samples = right = sound = 0
    report = []
    for described in read_index(shared):
        if described.path.name in WITHOUT_COUNT or not described.path.exists():
            continue
        path = described.path
        outcome = read_file(SourceFile(path, path.name, "0" * 64, 1, land.entry(path)))
        found = deviations(described, outcome.observations if isinstance(outcome, Read) else ())
        files += 1
        right += not found
        samples += len(described.samples)
        sound += len(described.samples) - len({f.split()[0] for f in found if not f.startswith("rows")})
        if found:
            report.append(f"{path.name}: {'; '.join(found)}")
    assert files > 90
    assert right >= MIN_RIGHT * files, "\n".join(report)
    assert sound >= MIN_SAMPLES * samples, "\n".join(report)
