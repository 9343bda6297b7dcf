"""What the readers must make of each sample: every planted sentence and cell is there, exactly as printed."""

from __future__ import annotations

import importlib.util
import re
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from etl.landing import discover
from etl.model import Document, Workbook
from etl.read import read

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"

REPORTS = {
    "weifang_2024_report.txt": (
        "text/1",
        "全市评选市级劳动模范120名，其中一线产业工人66名，占62.5%。",
        "累计开展职业技能培训21.4万\n\n人次，新增高技能人才3.15万人。",
        "全市职工提出合理化建议4\n316条",
        "每万名劳动者中有高技能人才486人",
    ),
    "yichang_2023_bulletin.docx": (
        "docx/2",
        "民营企业占规模以上工业企业的比重为104.3%。",
        "数说宜昌：全年接待游客超1.2亿人次",
        "\n全市\t391.2\t94612\t72000\n西陵区\t51.3\t14826\t9640\n",
        "自然增长率为-3.45‰。",
    ),
    "mianyang_2024_talent.pdf": (
        "pdf/1",
        "举办招聘会46场，其中线上招聘会52场，",
        "对35家企业每家补助20万元，对110家企业每家补助5万元，共兑现资金1250万元。",
        "每万名劳动者中研发人员128人",
    ),
    "jiangmen_2024_housing.html": (
        "html/2",
        "去年同期为15.5亿元，同比增长25.0%。",
        "以公租房、保障性租赁住房为主体的住房保障体系",
        "\n全市\t3860\t2145\n蓬江区\t1120\t640\n",
    ),
}

SHEETS: dict[str, tuple[str, int, dict[str, str | None]]] = {
    "shandong_2023_population.xlsx": ("人口", 85, {"B12": "973.4", "E2": "单位：万人", "A5": "全省", "D3": None}),
    "yichang_2022_farming.xls": ("粮食和柑橘", 84, {"A10": "　夷棱区", "G5": "367.98", "A5": "全  市"}),
    "mianyang_2023_schools.csv": ("csv", 60, {"G2": "公用经费", "G3": "43366.5", "C4": "136420"}),
    "jiangmen_2023_industry.ods": ("工业", 43, {"G10": "22 1.47", "A2": "地区：江门市", "G12": "…"}),
}


def report(name: str) -> Document:
    content = read(SAMPLES / name)
    assert isinstance(content, Document)
    return content


def workbook(name: str) -> Workbook:
    content = read(SAMPLES / name)
    assert isinstance(content, Workbook)
    return content


@pytest.mark.parametrize("name", REPORTS)
def test_each_sentence_of_a_report_is_read(name: str) -> None:
    document = report(name)
    reader, *sentences = REPORTS[name]
    assert document.reader == reader
    # only the page layout of the pdf may break a line anywhere
    text = document.text.replace("\n", "") if name.endswith("pdf") else document.text
    for sentence in sentences:
        assert text.count(sentence) == 1
    assert 600 <= len(document.text) <= 1600


def test_the_text_is_the_file() -> None:
    path = SAMPLES / "weifang_2024_report.txt"
    assert report(path.name).text.encode() == path.read_bytes()


def test_what_is_not_seen_on_the_page_is_not_read() -> None:
    text = report("jiangmen_2024_housing.html").text
    assert not re.search("20348|首页|广告|审核|width", text)


def test_the_source_of_a_made_report_is_in_it_whole() -> None:
    for source, name in (("yichang_2023_bulletin", "docx"), ("mianyang_2024_talent", "pdf")):
        text = re.sub(r"\s", "", report(f"{source}.{name}").text)
        for line in (ROOT / "scripts/sample_sources" / f"{source}.txt").read_text(encoding="utf-8").splitlines():
            if line != "<table>":
                assert re.sub(r"<.*?>|^#+|\s", "", line) in text


@pytest.mark.parametrize("name", SHEETS)
def test_each_cell_of_a_sheet_is_read(name: str) -> None:
    sheet_name, numbers, expected = SHEETS[name]
    (sheet,) = workbook(name).sheets
    cells = {cell.address: cell for cell in sheet.cells}
    assert sheet.name == sheet_name
    printed = [c for c in sheet.cells if re.fullmatch(r"-?\d[\d .]*", c.text)]
    assert len(printed) == numbers
    for address, text in expected.items():
        assert (cells[address].text if address in cells else None) == text


def test_the_planted_cell_is_the_only_one_that_does_not_add_up() -> None:
    (sheet,) = workbook("shandong_2023_population.xlsx").sheets
    value = {c.address: c.value for c in sheet.cells if isinstance(c.value, Decimal)}
    sums = {col: sum(value[f"{col}{r}"] for r in range(6, 22)) for col in "BCDF"}
    assert {col for col, total in sums.items() if total != value[f"{col}5"]} == {"B"}
    rows = [r for r in range(5, 22) if value[f"C{r}"] + value[f"D{r}"] != value[f"B{r}"]]
    assert rows == [12]


def test_the_manifest_speaks_for_all_but_one_report() -> None:
    landing = discover([str(SAMPLES)])
    assert {path.name for path in landing.files} == {*REPORTS, *SHEETS}
    assert landing.problems == ()
    assert [path.name for path in landing.files if landing.entry(path) is None] == ["jiangmen_2024_housing.html"]


def test_the_samples_are_what_the_script_writes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "scripts/make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_samples"] = module
    spec.loader.exec_module(module)
    module.main(tmp_path)
    for made in tmp_path.iterdir():
        # compressed bytes differ between versions of zlib, what is in them does not
        assert read(made) == read(SAMPLES / made.name)
