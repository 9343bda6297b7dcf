"""Values on their way into a table."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from etl.warehouse.engine import connect
from etl.warehouse.schema import SIGNIFICANT, Exact
from etl.warehouse.write import insert

DECIMALS = st.lists(
    st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12), min_size=1
)
TABLE = sa.Table(
    "amount", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), sa.Column("value", Exact, nullable=True)
)


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[sa.Connection]:
    with connect(warehouse_url).connect() as connection:
        TABLE.create(connection)
        yield connection
        connection.rollback()


def _stored(connection: sa.Connection, values: list[Decimal | None]) -> list[Decimal | None]:
    insert(connection, TABLE, [{"n": n, "value": v} for n, v in enumerate(values)])
    return list(connection.execute(sa.select(TABLE.c.value).order_by(TABLE.c.n)).scalars())


@given(DECIMALS)
def test_a_decimal_comes_back_with_all_digits_that_count(values: list[Decimal | None]) -> None:
    with sa.create_engine("sqlite://").begin() as connection:
        TABLE.create(connection)
        assert _stored(connection, values) == [None if v is None else SIGNIFICANT.plus(v) for v in values]


def test_exponents_and_signed_zeros_are_written_out(connection: sa.Connection) -> None:
    odd = [Decimal(v) for v in ("1E+5", "-0", "-0.50", "1.5E-7", "503.99169999999912345")]
    assert _stored(connection, [*odd, None]) == [
        *(Decimal(v) for v in ("100000", "0", "-0.5", "0.00000015", "503.991699999999")),
        None,
    ]


def test_what_the_database_refuses_is_an_error_of_sqlalchemy(connection: sa.Connection) -> None:
    """Whoever waits for a database that is away, or tells of one that is full, asks for those."""
    with pytest.raises(sa.exc.IntegrityError):
        insert(connection, TABLE, [{"n": 1, "value": None}, {"n": 1, "value": None}])
