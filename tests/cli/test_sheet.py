"""``etl sheet`` as a person uses it: look, save, correct, look again, ingest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.cli.main import main
from etl.warehouse import schema
from etl.warehouse.engine import connect

HEAD = "南京市各区房屋（2012年）\n地区,公寓(套),户数\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def etl(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def write(name: str, text: str = HEAD + "玄武区,1,7\n秦淮区,2,…\n合计,3,7\n注：户数为年末数\n") -> str:
    Path(name).write_text(text, "utf-8")
    return name


def test_explain_shows_every_role_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = etl(capsys, "sheet", "explain", write("房屋.csv"))
    assert code == 0
    for shown in ("T 南京市各区房屋", "H 公寓(套)", "S 玄武区", "D 1", "M …", "A 3", "N 注：户数"):
        assert shown in out
    assert "confidence 1 (loaded)" in out
    assert "region    in rows: 玄武区, 秦淮区, 合计 / 南京市 320100" in out
    assert "period    in title: 2012" in out
    assert "unit      in columns: 套" in out


def test_a_wide_sheet_is_cut_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"第{n}项指标(人)" for n in range(60)]
    lines = [",".join(["地区", *names]), *(",".join([d, *["5"] * 60]) for d in ("玄武区", "秦淮区", "江宁区"))]
    code, out, _ = etl(capsys, "sheet", "explain", write("宽.csv", "\n".join(lines)))
    assert code == 0
    assert "columns left out" in out
    grid = [line for line in out.splitlines() if re.match(r"\d+ ", line)]
    assert all(line.count("D 5") <= 8 for line in grid)


def test_a_long_sheet_is_cut_unless_all_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    name = write("长.csv", "项目,人数(人)\n" + "".join(f"单位甲{n},{n}\n" for n in range(100)))
    assert "rows" in etl(capsys, "sheet", "explain", name)[1]
    assert "单位甲50" not in etl(capsys, "sheet", "explain", name)[1]
    assert "单位甲50" in etl(capsys, "sheet", "explain", name, "--all")[1]


def test_the_page_needs_nothing_else_and_escapes_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    name = write("坏.csv", HEAD + "<script>alert(1)</script>,1,7\n玄武区,2,</script>\n秦淮区,3,4\n")
    assert etl(capsys, "sheet", "explain", name, "--html", "out.html")[0] == 0
    page = Path("out.html").read_text("utf-8")
    assert page.count("<script") == 1
    assert page.count("</script>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"(?:src|href)=", page)
    assert 'lang="zh-CN"' in page
    assert "图例" in page
    assert re.search(r'<td class="D" data-i="\d+" tabindex="-1">', page)


def test_save_correct_and_load(capsys: pytest.CaptureFixture[str]) -> None:
    write("房屋2012.csv")
    _, text, _ = etl(capsys, "sheet", "save", "房屋2012.csv")
    Path("layouts").mkdir()
    corrected = text.replace("corrections: {}", "corrections:\n    columns:\n      户数: {unit: 万户}")
    Path("layouts/房屋.yaml").write_text(corrected, "utf-8")
    code, out, err = etl(capsys, "sheet", "check")
    assert (code, "房屋#1  房屋  户数" in out, "1 tables" in err) == (0, True, True)

    Path("landing").mkdir()
    write("landing/房屋2013.csv", HEAD.replace("2012", "2013") + "玄武区,1,7\n秦淮区,2,8\n")
    _, rows, _ = etl(capsys, "extract", "landing")
    households = [o for o in map(json.loads, rows.splitlines()) if o["unit"] == "户"]
    assert [o["obs_value"] for o in households] == ["70000", "80000"]

    write("landing/房屋2013.csv", "南京市各区房屋（2013年）\n地区,公寓(套),户数,人数\n玄武区,1,7,1\n秦淮区,2,8,2\n")
    code, rows, err = etl(capsys, "extract", "landing")
    assert (code, rows) == (1, "")
    assert "新增列：人数（D）" in err
    assert "房屋#1" in err
    code, out, _ = etl(capsys, "sheet", "explain", "landing/房屋2013.csv")
    assert code == 1
    assert "no longer fits" in out
    assert "新增列：人数（D）" in out

    code, _, _ = etl(capsys, "sheet", "save", "landing/房屋2013.csv", "--to", "layouts/房屋.yaml")
    assert code == 0
    assert "户数:\n        unit: 万户" in Path("layouts/房屋.yaml").read_text("utf-8").split("corrections:")[-1]
    assert etl(capsys, "extract", "landing")[0] == 0


def test_a_file_that_misfits_is_blocked_and_unsure_tables_are_held(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from etl import ingest
    from etl.check.suites import load_suites
    from etl.extract.sheet.layout_files import load_layouts
    from etl.landing import discover
    from etl.settings import Settings
    from etl.warehouse.engine import upgrade
    from etl.warehouse.load import start_run

    etl(capsys, "sheet", "save", write("房屋2012.csv"), "--to", "layouts/房屋.yaml")
    Path("landing").mkdir()
    write("landing/changed.csv", "南京市各区房屋（2013年）\n地区,公寓(套),户数,人数\n玄武区,1,7,1\n秦淮区,2,8,2\n")
    write("landing/unsure.csv", "甲项,5\n乙项,6\n丙项,…\n丁项,8\n")
    engine = connect(f"sqlite:///{tmp_path}/w.db")
    upgrade(engine)
    plan = ingest.plan(discover(["landing"]), tmp_path / "archive", engine)
    run = start_run(engine, {}, seen=2, known=0, problems=())
    layouts = load_layouts(Path("layouts"))
    files = ingest.process_batch(plan.new, engine, run, load_suites(Settings().suites_dir), layouts)
    status = {f.name: (f.status, f.loaded, f.held) for f in files}
    assert status == {"changed.csv": ("blocked", 0, 0), "unsure.csv": ("loaded", 0, 3)}
    with engine.connect() as connection:
        table = schema.source_file.c
        rows = {
            r.name: r for r in connection.execute(sa.select(table.name, table.error_code, table.error, table.missing))
        }
        assert rows["changed.csv"].error_code == "layout"
        assert "新增列：人数（D）" in rows["changed.csv"].error
        assert rows["unsure.csv"].missing == {"N": {"…": 1}}
        finding = schema.finding.c
        (told, *_) = connection.execute(sa.select(finding.message).where(finding.rule_id == "OBS-LAYOUT")).scalars()
        assert "no header row" in told
        assert "入库须达 0.5" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("explain", "none.xls"), "is no file"),
        (("explain", "text.txt"), "is no spreadsheet"),
        (("explain", "房屋.csv", "--sheet", "x"), "there is no such sheet. Known: csv"),
        (("explain", "房屋.csv", "--layouts", "nowhere"), "is no folder"),
        (("explain", "房屋.csv", "--html", "."), "can't be written"),
        (("save", "房屋.csv", "--sheet", "x"), "no table was found"),
    ],
)
def test_wrong_arguments(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str) -> None:
    write("房屋.csv")
    write("text.txt", "南京市有职工5万人。")
    code, _, err = etl(capsys, "sheet", *arguments)
    assert code in (1, 2)
    assert told in err


def test_a_second_layout_of_one_table_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    write("房屋.csv")
    etl(capsys, "sheet", "save", "房屋.csv", "--to", "layouts/一.yaml")
    code, _, err = etl(capsys, "sheet", "save", "房屋.csv", "--to", "layouts/二.yaml")
    assert (code, "describes the same table as" in err, Path("layouts/二.yaml").exists()) == (1, True, False)
