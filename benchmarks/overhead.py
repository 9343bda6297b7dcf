"""What Prefect costs: 200 files by the stages called directly, by `etl run`, and by the flow against a server.

    python benchmarks/overhead.py [--files 200] [--repeat 3]

Each measurement is a process of its own over generated files (no two sentences alike), into an empty SQLite
warehouse. A run of one file gives the start-up; what 200 files take beyond that is the work, and the overhead is how
much more work takes than with the stages alone. CPU seconds hold those of the processes that a way starts itself: the
one that reads, and the temporary server of `etl run`. The quickest of the repeats counts, taken in turns, so that
other load on the machine hits all ways alike.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("宜昌市", "绵阳市", "潍坊市", "江门市", "赣州市", "洛阳市", "泉州市", "桂林市", "遵义市", "大庆市")
SUBJECTS = (
    "高技能人才",
    "一线职工",
    "劳动模范",
    "技能大师工作室",
    "企业职工",
    "农民工",
    "工会会员",
    "产业工人",
    "技师",
    "学徒",
)
VERBS = ("新增", "培训", "评选", "表彰", "吸纳", "认定", "帮扶", "服务")
FLOW = "import sys; from flows.ingest import ingest; ingest((sys.argv[1],))"
WAYS = ("stages", "etl run", "flow with a server")


def generate(folder: Path, files: int, seed: int = 7) -> Path:
    """Reports of 20 to 60 sentences and tables of 10 to 40 rows, by turns."""
    pick = random.Random(seed)
    folder.mkdir(parents=True)
    for n in range(files):
        place, year = pick.choice(PLACES), pick.randint(2008, 2024)
        if n % 3 == 0:
            rows = [f"{place}{year}年职工情况", "单位：人", "单位名称,职工,女职工"]
            rows += [f"第{i}单位,{pick.randint(500, 9000)},{pick.randint(1, 499)}" for i in range(pick.randint(10, 40))]
            (folder / f"table_{n:04}.csv").write_text("\n".join(rows), encoding="utf-8")
            continue
        sentences = [
            f"{year}年，{place}{pick.choice(VERBS)}{pick.choice(SUBJECTS)}{pick.randint(2, 99999)}人，"
            f"其中女性占{pick.randint(10, 990) / 10}%，比上年增长{pick.randint(1, 300) / 10}%。"
            for _ in range(pick.randint(20, 60))
        ]
        paragraphs = ["".join(sentences[i : i + 5]) for i in range(0, len(sentences), 5)]
        (folder / f"report_{n:04}.txt").write_text(
            f"{place}总工会{year}年工作\n" + "\n".join(paragraphs), encoding="utf-8"
        )
    return folder


def stages(folder: Path) -> None:
    """What the flow does, without Prefect."""
    from etl import apart, ingest
    from etl.check.suites import load_suites
    from etl.landing import discover
    from etl.report.write import write_report
    from etl.settings import load_settings
    from etl.warehouse.engine import connect, upgrade
    from etl.warehouse.load import finish_run, start_run

    settings = load_settings()
    engine = connect(settings.warehouse)
    upgrade(engine)
    suites = load_suites(settings.suites_dir)
    plan = ingest.plan(discover([str(folder)]), settings.archive_dir, engine)
    run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=plan.problems)
    for start in range(0, len(plan.new), settings.batch_size):
        batch = plan.new[start : start + settings.batch_size]
        ingest.process_batch(batch, engine, run_id, suites, (), apart.reading(settings))
    finish_run(engine, run_id, status="completed")
    write_report(engine, run_id, settings.reports_dir, archive_dir=settings.archive_dir)


def seconds(way: str, landing: Path, scratch: Path, api: str) -> tuple[float, float]:
    """Wall time of one process, and its CPU time with that of its own children (the temporary server of `etl run`)."""
    commands = {
        "stages": [sys.executable, __file__, "--stages", str(landing)],
        "etl run": [sys.executable, "-m", "etl.cli.main", "run", str(landing)],
        "flow with a server": [sys.executable, "-c", FLOW, str(landing)],
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GONGBAO_", "PREFECT_"))}
    with tempfile.TemporaryDirectory(dir=scratch) as var:
        environment = kept | {
            "GONGBAO_VAR_DIR": var,
            "GONGBAO_WAREHOUSE": f"sqlite:///{var}/warehouse.db",
            "PREFECT_HOME": str(scratch / "home"),
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        if way == "flow with a server":
            environment["PREFECT_API_URL"] = api
        started, used = time.perf_counter(), cpu()
        subprocess.run(commands[way], cwd=ROOT, env=environment, check=True, capture_output=True)
        return time.perf_counter() - started, cpu() - used


def cpu() -> float:
    """CPU seconds of all children so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def server(home: Path) -> Iterator[str]:
    """A Prefect server for as long as the benchmark runs; gives the address of its API."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"PREFECT_HOME": str(home), "DO_NOT_TRACK": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{api}/health", timeout=2).is_success:
                    break
            time.sleep(0.5)
        yield api
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stages:
        stages(arguments.stages)
        return
    with tempfile.TemporaryDirectory() as name, server(Path(name) / "server") as api:
        scratch = Path(name)
        few, many = generate(scratch / "one", 1), generate(scratch / "many", arguments.files)
        taken: dict[tuple[str, Path], list[tuple[float, float]]] = {(way, n): [] for way in WAYS for n in (few, many)}
        seconds("etl run", few, scratch, api)  # the first run makes Prefect's own database
        for _ in range(arguments.repeat):
            for way, landing in taken:
                taken[way, landing].append(seconds(way, landing, scratch, api))
    best = {key: [min(column) for column in zip(*times, strict=True)] for key, times in taken.items()}
    figures: dict[str, dict[str, float]] = {way: {} for way in WAYS}
    versions = f"Python {platform.python_version()}, Prefect {metadata.version('prefect')}"
    machine = f"{os.cpu_count()} cores, {versions}, load {os.getloadavg()[0]:.1f}"
    print(f"{arguments.files} files, best of {arguments.repeat}; {machine}")
    print(f"{'':20} {'wall':^28} {'CPU':^28}")
    print(f"{'way':20}" + f" {'start-up':>9} {'work':>8} {'overhead':>9}" * 2)
    for way in WAYS:
        columns = ""
        for n, clock in enumerate(("wall", "cpu")):
            start_up = best[way, few][n]
            work = best[way, many][n] - start_up
            overhead = work / figures["stages"].get(f"work_{clock}", work) - 1
            figures[way] |= {f"start_up_{clock}": start_up, f"work_{clock}": work, f"overhead_{clock}": overhead}
            columns += f" {start_up:8.1f}s {work:7.2f}s {overhead:9.1%}"
        print(f"{way:20}{columns}", flush=True)
    if arguments.json:
        told = {"machine": machine, "files": arguments.files, "repeat": arguments.repeat, **figures}
        arguments.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
