"""The contract with those who build on the views: ``docs/contract.json``, which ``make docs`` writes.

It refuses to write a breaking change (a column dropped, renamed or retyped) under the same version.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl.warehouse.views import CONTRACT_VERSION, VIEWS

Contract = Mapping[str, Any]
"""``{"version": …, "views": {view: {column: {"type": …, "meaning": …}}}}``."""


def present() -> Contract:
    """The contract as the code has it."""
    views = {v.name: {c.name: {"type": type_name(c.type), "meaning": c.meaning} for c in v.columns} for v in VIEWS}
    return {"version": CONTRACT_VERSION, "views": views}


def type_name(kind: Any) -> str:
    """``VARCHAR(24)``, ``NUMERIC`` …: the type without what depends on the database."""
    return str(kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind)


def broken(old: Contract, new: Contract) -> list[str]:
    """What users of ``old`` lose with ``new``; nothing where the version before the point is greater."""
    if _major(new) > _major(old):
        return []
    lost = []
    for view, columns in old["views"].items():
        there = new["views"].get(view)
        if there is None:
            lost.append(f"view {view} is gone")
            continue
        for name, column in columns.items():
            if name not in there:
                lost.append(f"column {view}.{name} is gone")
            elif there[name]["type"] != column["type"]:
                lost.append(f"column {view}.{name} was {column['type']} and is {there[name]['type']}")
    return lost


def unversioned(old: Contract, new: Contract) -> list[str]:
    """Columns and views that came without another version."""
    if old["version"] != new["version"]:
        return []
    before = {(view, name) for view, columns in old["views"].items() for name in columns}
    return [
        f"column {view}.{name} is new"
        for view, columns in new["views"].items()
        for name in columns
        if (view, name) not in before
    ]


def _major(contract: Contract) -> int:
    return int(contract["version"].split(".")[0])


def main(path: Path) -> None:
    """Write the contract, or tell why it must not be written."""
    new = present()
    if path.exists():
        old = json.loads(path.read_text(encoding="utf-8"))
        if reasons := broken(old, new) or unversioned(old, new):
            sys.exit("\n".join([*reasons, "Raise CONTRACT_VERSION in src/etl/warehouse/views.py."]))
    path.write_text(json.dumps(new, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
