"""What is deployed: the file is right, schedules really schedule, deploying again doubles nothing."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.barrier import wait_until
from tests.conftest import REPO
from tests.flows.conftest import Machine, ask, clean_environment

DEPLOYMENTS = yaml.safe_load((REPO / "deployments" / "prefect.yaml").read_text(encoding="utf-8"))


def named(deployment: dict[str, Any]) -> str:
    return f"{Path(deployment['entrypoint'].split(':')[0]).stem}/{deployment['name']}"


@pytest.mark.parametrize("deployment", DEPLOYMENTS["deployments"], ids=named)
def test_entrypoints_and_parameters_exist(deployment: dict[str, Any]) -> None:
    file, function = deployment["entrypoint"].split(":")
    assert (REPO / file).is_file()
    flow = getattr(importlib.import_module(f"flows.{Path(file).stem}"), function)
    known = set(inspect.signature(flow.fn).parameters)
    given = set(deployment["parameters"])
    for trigger in deployment.get("triggers", ()):
        given |= set(trigger["parameters"])
    assert given <= known
    assert deployment["description"]
    assert set(flow.parameters.properties) == known
    assert all(p.get("description") for p in flow.parameters.properties.values()), "the run form explains each"


def test_one_ingest_at_a_time_and_schedules_keep_their_ids() -> None:
    for deployment in DEPLOYMENTS["deployments"]:
        assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
        for schedule in deployment["schedules"]:
            assert schedule["slug"]
            assert schedule["timezone"] == "Asia/Shanghai"


def test_cron_schedules_really_schedule(tmp_path: Path) -> None:
    """With SQLAlchemy 2.1 the scheduler of Prefect 3.8.8 fails in the background, and nothing ever runs."""
    script = """
import asyncio
from prefect.server.database import provide_database_interface
from prefect.server import models, schemas

async def main():
    db = provide_database_interface()
    await db.create_db()
    async with db.session_context(begin_transaction=True) as s:
        flow = await models.flows.create_flow(s, schemas.core.Flow(name="f"))
        cron = schemas.schedules.CronSchedule(cron="30 7 * * 1-5", timezone="Asia/Shanghai")
        schedule = schemas.core.DeploymentSchedule(schedule=cron, active=True)
        deployment = schemas.core.Deployment(name="d", flow_id=flow.id, schedules=[schedule])
        d = await models.deployments.create_deployment(s, deployment)
    async with db.session_context(begin_transaction=True) as s:
        return len(await models.deployments.schedule_runs(s, deployment_id=d.id))

assert asyncio.run(main()) >= 1
"""
    environment = clean_environment(PREFECT_HOME=str(tmp_path), PREFECT_SERVER_ANALYTICS_ENABLED="false")
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=300)


def deployed(api: str) -> dict[str, Any]:
    flows = {f["id"]: f["name"] for f in ask("POST", f"{api}/flows/filter", json={})}
    found = ask("POST", f"{api}/deployments/filter", json={})
    return {f"{flows[d['flow_id']]}/{d['name']}": d for d in found}


def test_all_is_deployed_and_the_mornings_are_scheduled(machine: Machine) -> None:
    there = deployed(machine.api)
    assert set(there) == {named(d) for d in DEPLOYMENTS["deployments"]}
    (schedule,) = there["ingest/scheduled"]["schedules"]
    assert schedule["active"]
    waiting = {"deployments": {"id": {"any_": [there["ingest/scheduled"]["id"]]}}, "sort": "EXPECTED_START_TIME_ASC"}

    def runs() -> Any:
        return ask("POST", f"{machine.api}/flow_runs/filter", json=waiting)

    wait_until(runs, "the scheduler")
    assert all("T23:30:00" in run["expected_start_time"] for run in runs()), "07:30 in Shanghai"


def test_deploying_again_changes_no_schedule_and_doubles_no_automation(machine: Machine) -> None:
    def state() -> tuple[Any, Any]:
        schedules = {n: [s["id"] for s in d["schedules"]] for n, d in deployed(machine.api).items()}
        automations = ask("POST", f"{machine.api}/automations/filter", json={})
        return schedules, sorted(a["name"] for a in automations)

    before = state()
    assert "gongbao: runs without a heartbeat" in before[1]
    environment = clean_environment(PREFECT_API_URL=machine.api, PREFECT_HOME=str(machine.folder / "home"))
    deploy = ["-m", "prefect", "--no-prompt", "deploy", "--prefect-file", "deployments/prefect.yaml", "--all"]
    for command in (deploy, ["deployments/automations.py"]):
        subprocess.run([sys.executable, *command], cwd=REPO, env=environment, check=True, capture_output=True)
    assert state() == before


def test_the_zombie_automation_waits_longer_than_a_heartbeat(machine: Machine) -> None:
    (automation,) = (
        a
        for a in ask("POST", f"{machine.api}/automations/filter", json={})
        if a["name"] == "gongbao: runs without a heartbeat"
    )
    assert automation["trigger"]["within"] == 90
    assert automation["trigger"]["posture"] == "Proactive"


def test_an_event_reaches_the_arrival_deployment_with_its_paths(machine: Machine, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from etl.cli.watch import _tell_server

    api = machine.api
    there = deployed(api)["ingest/arrival"]["id"]
    file = tmp_path / "新 文件.txt"
    with temporary_settings({PREFECT_API_URL: api}), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", api)
        _tell_server([file])
    asked = {"deployments": {"id": {"any_": [there]}}}

    def runs() -> Any:
        return ask("POST", f"{api}/flow_runs/filter", json=asked)

    wait_until(runs, "the run that the event starts")
    (run,) = runs()
    assert run["parameters"] == {"paths": [str(file)]}

    async def delete() -> None:
        async with get_client() as client:
            await client.delete_flow_run(run["id"])

    with temporary_settings({PREFECT_API_URL: api}):
        asyncio.run(delete())
