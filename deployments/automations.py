"""What the server does by itself. Run after `prefect deploy`; running it again replaces what is there.

python deployments/automations.py
"""

import contextlib
from datetime import timedelta
from typing import cast

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.settings import get_current_settings

ZOMBIES = "gongbao: runs without a heartbeat"
MISSED_BEATS = 3


def crash_zombies() -> Automation:
    """Runs whose process was killed together with its worker: without heartbeats they become Crashed.

    Both times come from the one setting: an automation that is quicker than the heartbeat kills healthy runs.
    """
    beat = get_current_settings().flows.heartbeat_frequency
    if beat is None or beat > 60:
        raise SystemExit(
            "flows.heartbeat_frequency is not set to 30: run this from the repository's root (prefect.toml)"
        )
    within = timedelta(seconds=MISSED_BEATS * beat)
    return Automation(
        name=ZOMBIES,
        description=f"Crashed after {within.seconds} s without a sign of life",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=within,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                name="Crashed",
                message=f"no sign of life for {within.seconds} s",
                force=False,
            )
        ],
    )


def replace(automation: Automation) -> None:
    """Create it in place of the one with the same name."""
    with contextlib.suppress(ValueError):  # there is none yet
        cast(Automation, Automation.read(name=automation.name)).delete()
    automation.create()


if __name__ == "__main__":
    replace(crash_zombies())
    print(ZOMBIES)
