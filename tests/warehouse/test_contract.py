"""A breaking change of the views must not pass unnoticed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from etl.warehouse.contract import broken, main, present, unversioned
from tests.conftest import REPO

GOLDEN = REPO / "docs" / "contract.json"


def golden() -> dict[str, Any]:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_the_views_keep_what_was_promised() -> None:
    assert broken(golden(), present()) == [], "raise CONTRACT_VERSION before the point, run `make docs`, tell of it"
    assert unversioned(golden(), present()) == [], "raise CONTRACT_VERSION after the point and run `make docs`"
    assert golden() == present(), "run `make docs`"


def test_dropping_renaming_and_retyping_break_unless_versioned(tmp_path: Any) -> None:
    old = golden()
    new = copy.deepcopy(old)
    del new["views"]["series"]
    new["views"]["fact"]["value"] = new["views"]["fact"].pop("obs_value")
    new["views"]["fact"]["mentions"]["type"] = "TEXT"
    assert sorted(broken(old, new)) == [
        "column fact.mentions was INTEGER and is TEXT",
        "column fact.obs_value is gone",
        "view series is gone",
    ]
    assert unversioned(old, new) == ["column fact.value is new"]
    assert broken(old, new | {"version": "1.9"})
    assert broken(old, new | {"version": "2.0"}) == unversioned(old, new | {"version": "2.0"}) == []


def test_make_docs_refuses_a_breaking_change(tmp_path: Any) -> None:
    before = golden()
    before["views"]["fact"]["once"] = {"type": "TEXT", "meaning": "was there"}
    path = tmp_path / "contract.json"
    path.write_text(json.dumps(before), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"fact\.once is gone"):
        main(path)
    assert json.loads(path.read_text(encoding="utf-8")) == before
