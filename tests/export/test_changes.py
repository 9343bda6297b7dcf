"""A consumer keeps a copy by asking for what changed, and can ask for what was known; on both databases."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.cli.main import main
from etl.errors import UsageError
from etl.export.changes import changed_since
from etl.export.tables import MENTIONS, one_look, rows_of, version_of
from etl.warehouse.change import now
from tests.warehouse.test_views import CITY, Warehouse, figure

Copy = dict[str, dict[str, object]]


def whole(books: Warehouse) -> Copy:
    with one_look(books.engine) as connection:
        return {r["observation_id"]: _plain(r) for batch in rows_of(connection, MENTIONS) for r in batch}


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in row.items() if k not in ("change", "version", "version_from")}


def bring_up(books: Warehouse, copy: Copy, since: int) -> tuple[Copy, list[str]]:
    copy, said = dict(copy), []
    with one_look(books.engine) as connection:
        for batch in changed_since(connection, since):
            for row in batch:
                said.append(row["change"])
                if row["change"] == "delete":
                    del copy[row["observation_id"]]
                else:
                    copy[row["observation_id"]] = _plain(row)
    return copy, said


def test_a_copy_follows_new_altered_and_vanished_rows(warehouse: sa.Engine) -> None:
    books = Warehouse(warehouse)
    books.put("a.xlsx", figure("1"), figure("2", year="2022"), **CITY)
    books.put("b.xlsx", figure("3"), edition="1")
    copies = {2: whole(books)}
    books.put("a.xlsx", figure("1"), figure("20", year="2022"), figure("5", year="2021"), **CITY)  # read otherwise
    copies[3] = whole(books)
    books.put("b.xlsx", figure("4"), edition="2")  # altered under the same name
    copies[4] = whole(books)
    books.put("a.xlsx", figure("1"), **CITY)  # two figures gone
    books.put("b.xlsx", figure("3"), edition="1")  # and back
    latest = whole(books)
    with one_look(warehouse) as connection:
        assert version_of(connection) == 6
    for since, copy in copies.items():
        assert bring_up(books, copy, since)[0] == latest
    assert bring_up(books, {}, 0)[0] == latest
    assert bring_up(books, latest, 6) == (latest, [])
    assert bring_up(books, copies[2], 2)[1].count("put") == 1, "b is as it was, the row of 2022 is gone"
    with pytest.raises(UsageError, match=r"0 to 6"), one_look(warehouse) as connection:
        list(changed_since(connection, 7))


def test_the_command_writes_changes_and_what_was_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from etl.warehouse.engine import connect, upgrade

    url = f"sqlite:///{tmp_path / 'w.db'}"
    engine = connect(url)
    upgrade(engine)
    books = Warehouse(engine)
    books.put("a.xlsx", figure("1"), **CITY)
    then = now().isoformat()
    books.put("a.xlsx", figure("2"), figure("3", year="2022"), **CITY)

    def export(*arguments: str) -> list[dict[str, str]]:
        with pytest.raises(SystemExit) as left:
            main(["export", str(tmp_path / "out.csv"), "--warehouse", url, *arguments])
        assert left.value.code == 0, capsys.readouterr().err
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    assert sorted(r["obs_value"] for r in export()) == ["2", "3"]
    assert capsys.readouterr().out.splitlines()[-1] == "version 2"
    assert [r["obs_value"] for r in export("--as-known", then)] == ["1"]
    assert {(r["change"], r["obs_value"]) for r in export("--since", "1")} == {("put", "2"), ("put", "3")}
    for wrong in (["--since", "9"], ["--as-known", "gestern"], ["--since", "1", "--as-known", "2024-01-01"]):
        with pytest.raises(SystemExit) as left:
            main(["export", str(tmp_path / "out.csv"), "--warehouse", url, *wrong])
        assert left.value.code == 2
    with pytest.raises(SystemExit) as left:
        main(["export", str(tmp_path / "out.pdf"), "--warehouse", url])
    assert left.value.code == 2
    assert [p.name for p in tmp_path.iterdir() if "incoming" in p.name] == []
