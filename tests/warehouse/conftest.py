"""The warehouse of these tests is looked through when a test is done with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.past import assert_past_agrees


@pytest.fixture
def warehouse(warehouse: sa.Engine) -> Iterator[sa.Engine]:
    yield warehouse
    assert_past_agrees(warehouse)
