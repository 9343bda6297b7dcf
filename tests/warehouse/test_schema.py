"""The migrations give the tables that the code expects, on both databases, and the documentation tells of them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from etl.errors import SettingsError, WarehouseError
from etl.warehouse import schema
from etl.warehouse.documentation import document
from etl.warehouse.engine import connect, shown, upgrade
from etl.warehouse.views import VIEWS

REPO = Path(__file__).parents[2]


def test_migrations_and_tables_agree(warehouse: sa.Engine) -> None:
    with warehouse.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, schema.metadata) == []


def test_upgrade_twice_changes_nothing(warehouse: sa.Engine) -> None:
    upgrade(warehouse)
    with warehouse.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.region)).scalar_one() > 3000
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.unit)).scalar_one() > 50
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.indicator)).scalar_one() > 20


def test_views_have_the_documented_columns(warehouse: sa.Engine) -> None:
    with warehouse.connect() as connection:
        for view in VIEWS:
            columns = [c["name"] for c in sa.inspect(connection).get_columns(view.name)]
            assert columns == [c.name for c in view.columns]
            assert len(connection.execute(sa.select(view.table())).all()) == (view.name == "warehouse_version")


def test_queries_of_the_documentation_run(warehouse: sa.Engine) -> None:
    queries = [
        query
        for name in ("README.md", "docs/analyst.md", "docs/warehouse.md")
        for query in re.findall(r"```sql\n(.*?);\n```", (REPO / name).read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(queries) >= 6
    with warehouse.connect() as connection:
        for query in queries:
            assert connection.execute(sa.text(query.replace(":", "\\:"))).all() == []


@pytest.mark.parametrize("value", ["76000", "47.1", "590.135724468363", "-45", "0", "6340500000", "0.000001"])
def test_decimals_come_back_as_stored(warehouse: sa.Engine, value: str) -> None:
    table = sa.Table("exact", sa.MetaData(), sa.Column("v", schema.Exact()))
    with warehouse.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"v": Decimal(value)})
        assert connection.execute(sa.select(table.c.v)).scalar_one() == Decimal(value)


def test_documentation_is_up_to_date() -> None:
    assert (REPO / "docs" / "warehouse.md").read_text(encoding="utf-8") == document(), "run `make docs`"


def test_a_newer_schema_is_refused(warehouse: sa.Engine) -> None:
    with warehouse.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(WarehouseError, match="schema"):
        upgrade(warehouse)


def test_a_warehouse_that_is_away_says_so_without_its_password() -> None:
    engine = connect("postgresql://me:secret@127.0.0.1:1/nowhere")
    with pytest.raises(WarehouseError) as error:
        upgrade(engine)
    assert "127.0.0.1" in str(error.value)
    assert "secret" not in str(error.value)


def test_a_path_that_is_a_folder_is_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="can't be reached"):
        upgrade(connect(f"sqlite:///{tmp_path}"))


@pytest.mark.parametrize("url", ["nonsense", "mysql://u@h/db"])
def test_unusable_urls_are_settings_errors(url: str) -> None:
    with pytest.raises(SettingsError):
        connect(url)


def test_urls_are_shown_without_password() -> None:
    assert "secret" not in shown("postgresql://me:secret@db/gongbao")


def test_decimals_are_kept_to_fifteen_digits_on_every_database(warehouse: sa.Engine) -> None:
    table = sa.Table("exact", sa.MetaData(), sa.Column("v", schema.Exact()))
    with warehouse.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"v": Decimal("100017999999.99999999")})
        assert connection.execute(sa.select(table.c.v)).scalar_one() == Decimal("100018000000")


def test_text_with_a_nul_can_be_stored(warehouse: sa.Engine) -> None:
    table = sa.Table("texts", sa.MetaData(), sa.Column("t", schema.Text()))
    with warehouse.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"t": "产业\0工人"})
        assert connection.execute(sa.select(table.c.t)).scalar_one() == "产业\ufffd工人"
