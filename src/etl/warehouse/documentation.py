"""``docs/warehouse.md``, made from the comments of the tables: run ``make docs`` after a change of the schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema
from etl.warehouse.views import VIEWS, View

HEAD = """# The warehouse

<!-- Made from src/etl/warehouse/schema.py by `make docs`. Don't edit. -->

The same tables on SQLite and PostgreSQL. Analysts start at the view `fact` ([guide](analyst.md)); reviewers at
`quarantine` and `finding`. The views are a [contract](contract.json), the tables behind them are not.
Times are UTC. Values and intervals are decimals of at most 15 significant digits, as Excel shows them.

```sql
-- skilled workers by region, newest first
select ref_area_name, time_period, obs_value, unit, source
from fact
where label like '%技能%' and ref_entity is null and status = 'observed'
order by time_period desc;
```
"""


def document() -> str:
    """The whole page as Markdown."""
    parts = [HEAD, *map(_view, VIEWS), *map(_table, schema.metadata.tables.values())]
    return "\n".join(parts)


def _view(view: View) -> str:
    lines = [f"## {view.name} (view)", "", view.comment, "", "| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{c.name}` | {_type(c.type)} | {c.meaning} |" for c in view.columns]
    return "\n".join(lines) + "\n"


def _table(table: sa.Table) -> str:
    lines = [f"## {table.name}", "", table.comment or "", "", "| column | type | null | meaning |", "|---|---|---|---|"]
    for column in table.columns:
        key = " (key)" if column.primary_key else ""
        null = "yes" if column.nullable else ""
        lines.append(f"| `{column.name}`{key} | {_type(column.type)} | {null} | {column.comment} |")
    return "\n".join(lines) + "\n"


def _type(kind: Any) -> str:
    return str(kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
