"""Whatever a test does with a warehouse: what it tells of its past must still agree."""

from __future__ import annotations

import sqlalchemy as sa

from etl import verify_history


def assert_past_agrees(engine: sa.Engine) -> None:
    with engine.connect().execution_options(readonly=True) as connection:
        checks = (verify_history.history, verify_history.editions, verify_history.review)
        assert [fault for check in checks for fault in check(connection)] == []
