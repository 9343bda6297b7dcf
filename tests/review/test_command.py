"""``etl review`` as it is typed: what a terminal of any width shows, and what a token stands for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from etl.cli.main import main
from etl.review import drafts
from tests.review.world import World


def review(world: World, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """Standard output and error."""
    with pytest.raises(SystemExit) as left:
        main(["review", *arguments, "--warehouse", world.engine.url.render_as_string(hide_password=False)])
    told = capsys.readouterr()
    assert left.value.code == code, told.err
    return told.out, told.err


@pytest.mark.parametrize("columns", ["60", "80", "140", None])
def test_the_list_can_be_read_in_any_width(
    columns: str | None, quick: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    shown, told = review(quick, capsys, "list")
    assert not [line for line in shown.splitlines() if line.endswith(" ")]
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[0] == "a.csv"
    figure = lines.index(f"{quick.id_of('C4')[:10]}  csv!C4  “120”  培训人数|占比  伍家岗区  2023")
    assert lines[figure + 1] == "OBS-SHARE: 比重 120 不在 0–100% 之间"
    assert "4 figures" in told


def test_a_state_other_than_open_is_told_with_its_note(quick: World, capsys: pytest.CaptureFixture[str]) -> None:
    quick.decide(drafts.reject([quick.id_of("C4")], why="不可信", by="li"))
    shown, _ = review(quick, capsys, "list", "--state", "all")
    assert re.search(r"  rejected  csv!C4  “120”.*\n +OBS-SHARE", shown)


def test_a_token_is_the_same_however_the_decision_was_named(quick: World, capsys: pytest.CaptureFixture[str]) -> None:
    taken = quick.decide(drafts.reject([quick.id_of("C4")], why="不可信", by="li")).decision_id
    figure = quick.id_of("B3")
    for command, name in (("undo", taken), ("accept", figure)):
        shown = [review(quick, capsys, command, name[:digits], "--why", "已核对") for digits in (6, 10, 24)]
        tokens = {re.search(r"--token (\w+)", err)[1] for _, err in shown}  # type: ignore[index]
        assert len(tokens) == 1
        review(quick, capsys, command, name[:8], "--why", "已核对", "--token", tokens.pop())
    states = {i["observation_id"]: i["state"] for i in listed(quick, capsys)}
    assert (states[quick.id_of("C4")], states[figure]) == ("open", "accepted")


def listed(world: World, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    items: list[dict[str, str]] = json.loads(review(world, capsys, "list", "--state", "all", "--json")[0])["items"]
    return items


@pytest.mark.parametrize("command", [["review", "list"], ["review", "history"], ["recheck", "--dry-run"]])
def test_a_mistyped_warehouse_is_no_empty_one(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGBAO_WAREHOUSE", "")  # what a command sets goes when the test ends
    with pytest.raises(SystemExit) as left:
        main([*command, "--warehouse", f"sqlite:///{tmp_path / 'typo.db'}"])
    assert left.value.code
    assert "holds no tables of Gongbao" in capsys.readouterr().err
