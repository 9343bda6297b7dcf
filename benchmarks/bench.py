"""The benchmarks of loading and running, one after the other, with their tables, JSON files and one plot.

    python benchmarks/bench.py [--quick] [--out var/bench] [--warehouse postgresql://…] [--dlt PYTHON]

``--quick`` measures small numbers, to see that all works. The warehouse named is emptied; SQLite is always measured.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.plot import plot

HERE = Path(__file__).resolve().parent
LIBRARIES = ("sqlalchemy", "psycopg", "pandas", "great-expectations", "prefect", "lxml", "python-calamine")
FULL = {
    "load": ["--rows", "1000000"],
    "nothing_new": ["--files", "5000", "50000"],
    "end_to_end": ["--files", "500", "1000", "2000"],
}
QUICK = {
    "load": ["--rows", "20000"],
    "nothing_new": ["--files", "1000", "5000", "--repeat", "3"],
    "end_to_end": ["--files", "20", "40", "80"],
}


def machine(warehouse: str | None) -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = next((x.split(":")[1].strip() for x in _lines("/proc/cpuinfo") if x.startswith("model name")), "unknown")
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    with sa.create_engine("sqlite://").connect() as connection:
        versions["SQLite"] = connection.exec_driver_sql("select sqlite_version()").scalar_one()
    if warehouse:
        from etl.warehouse.engine import connect

        with connect(warehouse).connect() as connection:
            versions["PostgreSQL"] = str(connection.exec_driver_sql("show server_version").scalar_one())
    load = os.getloadavg()[0]
    system = platform.platform()
    return {"cpu": cpu, "cores": os.cpu_count(), "load": load, "system": system, "python": platform.python_version(),
            "versions": versions}  # fmt: skip


def told(about: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return f"{about['cpu']}, {about['cores']} cores, load {about['load']:.1f}; Python {about['python']}, {versions}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("var/bench"))
    parser.add_argument("--warehouse", help="a PostgreSQL database that is emptied")
    parser.add_argument("--dlt", metavar="PYTHON", help="an interpreter that has dlt, see load.py")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    about = machine(given.warehouse)
    print(json.dumps(about, indent=2))
    results: dict[str, dict[str, Any]] = {}
    for url in (None, given.warehouse) if given.warehouse else (None,):
        for name, options in (QUICK if given.quick else FULL).items():
            key = f"{name}-{'postgresql' if url else 'sqlite'}"
            command = [sys.executable, str(HERE / f"{name}.py"), *options, "--json", str(given.out / f"{key}.json")]
            command += ["--warehouse", url] if url else []
            command += ["--dlt", given.dlt] if name == "load" and given.dlt else []
            print(flush=True)
            if subprocess.run(command, check=False).returncode:
                return 1
            results[key] = json.loads((given.out / f"{key}.json").read_text("utf-8"))
    (given.out / "bench.json").write_text(json.dumps({"machine": about, "results": results}, indent=2) + "\n")
    plot(results, told(about), given.out / "bench.svg")
    print(f"\nJSON {given.out / 'bench.json'}, plot {given.out / 'bench.svg'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
