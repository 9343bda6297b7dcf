"""`etl reference check`: every kind of rot is found where it is, and the shipped tables have none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from etl import reference
from etl.cli.main import app
from etl.curation.check import check
from etl.curation.tables import Problem

# file, line to append or (old, new) to put in, what must be told
ROT = [
    ("regions.csv", "110000,北京市,北京,,province,100000,,,", "stands in line"),
    ("regions.csv", "990100,无父市,无父,,city,990000,2003,,", "parent 990000 of 990100 is no code"),
    ("regions.csv", "440199,倒置区,倒置,,county,440100,2020,2010,", "before its beginning"),
    ("regions.csv", "440198,无后区,无后,,county,440100,,2010,449999", "successor 449999"),
    ("regions.csv", "44019,短码区,短码,,county,440100,,,", "has not six digits"),
    ("regions.csv", "440197,环甲区,环甲,,county,440196,,,", "parent 440196 of 440197 is not above"),
    ("regions.csv", "440196,环乙区,环乙,,county,440197,,,", "cycle of parents"),
    ("regions.csv", "440195,转甲区,转甲,,county,440100,,2010,440194", "cycle of successors"),
    ("regions.csv", "440194,转乙区,转乙,,county,440100,,2010,440195", "cycle of successors"),
    ("regions.csv", "110101,异名区,异名,,county,110000,,,", "another name in line"),
    ("regions.csv", "440193,级别区,级别,,parish,440100,,,", "level 'parish' is none of"),
    ("regions.csv", "440192,年份区,年份,,county,440100,2O20,,", "valid_from '2O20' is no optional integer"),
    ("regions_townships.csv", "999901001,飘浮镇", "lies in no county and no city"),
    ("regions_townships.csv", "110101001,东华门街道", "stands in line"),
    ("regions_townships.csv", "1101019,短镇", "has not nine digits"),
    ("regions_changes.csv", "2020,990001,440100,某批复", "990001 is no code"),
    ("regions_changes.csv", "2021,440195,440194,", "source '' is no text"),
    ("regions_curated.csv", "990200,未建市,,,,,,,,某处", "run scripts/build_regions.py"),
    ("region_aliases.csv", "990300,幽灵", "code '990300' is no region"),
    ("region_aliases.csv", "360000,江西省", "alias 江西省 is unused"),
    ("region_aliases.csv", "360000,湖南", "is a name of 430000 too"),
    ("region_namesakes.csv", "江西,360000", "江西 is unused"),
    ("region_namesakes.csv", "通州,360000", "通州 is no name of 360000"),
    ("regions_uncoded.csv", "江西省,name,yes", "江西省 has a code"),
    ("regions_uncoded.csv", "某开发带,suffix,maybe", "in_text 'maybe' is none of yes, no"),
    ("region_words_apart.csv", "𠀀𠀁,word", "is unused: it is no name"),
    ("region_words_apart.csv", "江西省,phrase", "is an official name"),
    ("region_words_apart.csv", "资源,verb", "kind 'verb' is none of"),
    ("region_suffixes.csv", "𠀂,no", "no name ends so"),
    ("region_self_references.csv", "全𠀂,𠀂,yes", "no name ends in"),
    ("region_character_variants.csv", "𠀂,巿", "is itself read as another character"),
    ("region_organisation_words.csv", "大学,end,生", "stands in line"),
    ("units.csv", "PS,人头,,people_heads,1,,,yes", "PS stands in line"),
    ("units.csv", "NEW_A,新甲,名,new_a,1,,,yes", "名 names NEW_A here and PS in line"),
    ("units.csv", "NEW_B,新乙,,new_b,3,新丙,,yes", "base 新丙 is the symbol of no unit"),
    ("units.csv", "NEW_C,新丁,,new_c,2,,,yes", "factor 2 without a base"),
    ("units.csv", "NEW_D,新戊,,new_d,2,公顷,,yes", "factors would not compose"),
    ("units.csv", "NEW_E,新己,,money,1,,,yes", "two units that are their own base"),
    ("units.csv", "NEW_F,新庚,,new_f,x,,,yes", "factor 'x' is no decimal"),
    ("units.csv", "NEW_G,新辛,万新辛,new_g,1,,,yes", "hides a multiplier"),
    ("units.csv", "NEW_H,新壬,,new_h,1,,ISO 9999,yes", "standard 'ISO 9999' is none of"),
    ("multipliers.csv", "百亿,9,", "百亿 stands in line"),
    ("multipliers.csv", "千百,4,", "千百 is not 千 × 百"),
    ("indicators_general.yaml", ("unit: 人/平方公里", "unit: 人每里"), "there is no unit 人每里"),
    ("indicators_general.yaml", ("code: GDP_PRIMARY", "code: GDP"), "code stands in"),
    ("indicators_general.yaml", ("part_of: GDP_NONE", "part_of: GDP_NONE"), "there is no indicator GDP_NONE"),
    ("indicators_general.yaml", ("group: agriculture", "group: farming"), "there is no group farming"),
    ("indicators_general.yaml", ("name_zh: 常住人口", "name_zh: 城镇常住人口"), "name 城镇常住人口 is that of"),
    ("indicators_general.yaml", ("kind: index", "kind: indeks"), "there is no kind indeks"),
    ("indicators_general.yaml", ("low: 0", "low: 99999999999999999999"), "is not below high"),
    ("indicators_general.yaml", ("  wages:", "  wagez: {zh: 无, en: None}\n  wages:"), "group wagez is unused"),
    ("indicators_reform.yaml", ("stock_flow: flow", "stock_flow: flux"), "flux is neither stock nor flow"),
    ("indicators_reform.yaml", ("definition: ", "definitoin: "), "there is no field definitoin"),
    ("indicators_reform.yaml", ("phrases: [", "phrases: [某短语, 某短语, "), "phrase 某短语 is unused"),
    ("indicators_reform.yaml", ("name_en: Publicity teams", "name_en: ''"), "field name_en is empty"),
    ("indicator_aliases.csv", "某标签,NO_SUCH,甲,2026-01-01", "code 'NO_SUCH' is no indicator"),
    ("indicator_aliases.csv", "全市高技能人才总量,HIGH_SKILLED_WORKERS,甲,2026-01-01", "without it"),
    ("indicator_bounds.csv", "NO_SUCH,city,1,2", "code 'NO_SUCH' is no indicator"),
    ("indicator_bounds.csv", "FERTILISER,city,9,2", "low 9 is not below high 2"),
    ("indicator_bounds.csv", "GRAIN_OUTPUT,any,1,x", "high 'x' is no optional decimal"),
    ("indicator_bounds.csv", "AGRI_POWER,city,0,9999999999999", "far above the catalogue's"),
    ("indicator_neutral_words.csv", "全省,inside", "where 'inside' is none of"),
    ("sheet_unit_forms.csv", "某写法,某单位,no", "unit '某单位' is no unit"),
    ("text_idioms.csv", "某成语,no_such_reason", "reason 'no_such_reason' is no reason"),
    ("text_asides.csv", "(未闭合,ordinal,,", "is no regex"),
    ("sheet_kinds.csv", "no_such_dimension,,count", "is no dimension"),
    ("ethnic_groups.csv", "某族,多一格", "has not the 1 cells of the header"),
]  # fmt: skip


@pytest.fixture(scope="module")
def rotten(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Problem]]:
    """A copy of the tables with all the rot at once."""
    folder = tmp_path_factory.mktemp("rotten") / "reference"
    shutil.copytree(reference.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    catalogue = folder / "indicators_general.yaml"
    text = catalogue.read_text(encoding="utf-8").replace("part_of: GDP\n", "part_of: GDP_NONE\n", 1)
    catalogue.write_text(text, encoding="utf-8")
    for name, rot, _ in ROT:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        if isinstance(rot, tuple):
            assert rot[0] in text, rot
            path.write_text(text.replace(*rot, 1), encoding="utf-8")
        elif rot:
            path.write_text(text + rot + "\n", encoding="utf-8")
    return folder, check(folder)


@pytest.mark.parametrize(("name", "rot", "message"), ROT, ids=lambda v: str(v)[:40])
def test_rot_is_found_where_it_is(
    rotten: tuple[Path, list[Problem]], name: str, rot: str | tuple[str, str], message: str
) -> None:
    folder, problems = rotten
    told = [p for p in problems if p.file == name and message in p.message]
    assert told, [str(p) for p in problems if p.file == name]
    wanted = (rot[1] if isinstance(rot, tuple) else rot).splitlines()[0]
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    assert any(wanted.strip() in lines[p.line - 1] or "phrases" in lines[p.line - 1] for p in told), told


def test_the_shipped_tables_are_sound() -> None:
    assert [str(p) for p in check()] == []


def test_damaged_files_are_problems_too(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    shutil.copytree(reference.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "ethnic_groups.csv").write_bytes("name\n族".encode("gbk"))
    (folder / "indicators_reform.yaml").write_text("indicators: [\n  {code: A\n", encoding="utf-8")
    (folder / "region_suffixes.csv").unlink()
    told = {p.file for p in check(folder)}
    assert {"ethnic_groups.csv", "indicators_reform.yaml", "region_suffixes.csv"} <= told


def test_command(rotten: tuple[Path, list[Problem]]) -> None:
    run = CliRunner()
    sound = run.invoke(app, ["reference", "check"], standalone_mode=False)
    assert (sound.return_value, sound.stdout) == (0, "")
    found = run.invoke(app, ["reference", "check", "--folder", str(rotten[0])], standalone_mode=False)
    assert found.return_value == 1
    assert "region_aliases.csv:" in found.stdout
