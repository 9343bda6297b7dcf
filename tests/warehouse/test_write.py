"""Values on their way into a table."""

from decimal import Decimal

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from etl.warehouse.schema import SIGNIFICANT, Exact
from etl.warehouse.write import insert

DECIMALS = st.lists(
    st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12), min_size=1
)
TABLE = sa.Table("amount", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("value", Exact))


@given(DECIMALS)
def test_a_decimal_comes_back_with_all_digits_that_count(values: list[Decimal | None]) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        TABLE.create(connection)
        insert(connection, TABLE, [{"n": n, "value": v} for n, v in enumerate(values)])
        stored = connection.execute(sa.select(TABLE.c.value).order_by(TABLE.c.n)).scalars().all()
    assert [None if v is None else SIGNIFICANT.plus(v) for v in values] == stored
