"""Who speaks without a region in the manifest, and where the firms of a text lie."""
# ruff: noqa: E501  (a Chinese character counts as two columns)

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from etl.extract.report import extract_report
from etl.extract.report.sites import known_sites
from etl.extract.report.speaker import place_of
from etl.model import Area, Document, ManifestEntry
from etl.normalise.regions import load_regions
from etl.reference import rows


def areas(
    text: str, region: str | None = None, publisher: str | None = None, title: str | None = None
) -> dict[str, Area]:
    entry = ManifestEntry("a.txt", title, publisher, region, "2024-06")
    return {f.text: f.area for f in extract_report(Document(text, "txt", "txt/1"), entry).figures}


def codes(text: str, **told: str | None) -> dict[str, str | None]:
    return {printed: area.code for printed, area in areas(text, **told).items()}


BODY = "全省新建食堂126个。省教育厅投入300万元。"


def test_a_masthead_tells_who_speaks() -> None:
    found = areas(f"江西教育报　2021年5月12日　星期三　第2版\n\n# 新厨房\n\n{BODY}")
    assert {area.code for area in found.values()} == {"360000"}
    found = areas("江西教育报　2021年5月12日　星期三　第2版\n\n# 新厨房\n\n食堂用上了126台新炉灶。")
    assert (found["126台"].code, found["126台"].basis) in (("360000", "publisher"), ("360000", "title"))


def test_a_publisher_and_a_title_tell_who_speaks() -> None:
    assert set(codes(BODY, publisher="江西省教育厅").values()) == {"360000"}
    assert set(codes(BODY, title="教育新闻汇编(江西)").values()) == {"360000"}
    assert set(codes(BODY, publisher="中国教育报").values()) == {None}


PAPERS = [
    ("辽宁职工报", "210000"),
    ("羊城晚报", "440000"),
    ("经济日报", None),
    ("中国教育报", None),
    ("上海证券报", None),
    ("南阳市统计局", "411300"),
    ("某某新闻网", None),
]


@pytest.mark.parametrize(("paper", "code"), PAPERS)
def test_where_a_paper_is_from(paper: str, code: str | None) -> None:
    assert place_of(paper, load_regions()) == code


def test_a_paper_tells_of_other_provinces_too() -> None:
    page = "江西教育报 2021年5月12日 第2版\n\n江苏盐城:食堂换新颜\n\n新炉灶126台。"
    assert codes(page) == {"126台": "320900"}


def test_a_name_of_several_places_is_the_one_that_the_text_names_in_full() -> None:
    text = "# 鼓楼区:学校换新颜\n\n3月1日,徐州市鼓楼区课桌更新完成。鼓楼区更新课桌1200张。区教育局投入30万元。"
    assert set(codes(text).values()) == {"320302"}
    both = f"{text}\n\n南京市鼓楼区也更新了。鼓楼区共有学校45所。"
    assert (codes(both)["1200张"], codes(both)["45所"]) == ("320302", "320106")


def test_items_below_a_rubric_are_of_no_article_above() -> None:
    page = "江西教育报 2021年5月12日 第2版\n\n# 新余:食堂换新颜\n\n新炉灶126台。\n\n# 简讯\n\n●省教育厅日前下拨300万元。\n\n●吉安市教育局培训厨师60名。"
    assert codes(page) == {"126台": "360500", "300万元": "360000", "60名": "360800"}


def test_an_article_opens_below_its_headline_with_where_it_was_sent_from() -> None:
    page = "南阳:食堂换新颜\n\n本报讯(记者 某某)新炉灶126台投入使用。\n\n健康饮水进校园\n\n本报讯(记者 某某)饮水机30台到位。"
    assert codes(page, region="410000") == {"126台": "411300", "30台": "410000"}


FIRMS = [
    # as the text says
    (
        "地处江西省新余市的华新纺织有限公司(以下简称华新)办起夜校。\n\n华新现有织机560台。",
        None,
        "560台",
        "360500",
        "article",
    ),
    ("江西华新纺织有限公司坐落于渝水区。\n\n华新纺织有限公司现有织机560台。", "360500", "560台", "360502", "article"),
    # by the table, where nothing says more than the province
    ("柳钢今年培训炉工560人。", "450000", "560人", "450200", "reference"),
    ("柳钢今年培训炉工560人。", None, "560人", "450200", "reference"),
    ("# 简讯\n\n●柳钢举办炉工比武,56人参赛。", "450000", "56人", "450200", "reference"),
    ("记者在中国一汽看到,食堂新添炉灶56台。", "220000", "56台", "220100", "reference"),
    # never against what is said
    ("柳钢今年在贵港投资,培训炉工560人。", "450800", "560人", "450800", "manifest"),
    ("柳钢今年培训炉工560人。", "360000", "560人", "360000", "manifest"),
    # a part of a firm can lie anywhere
    ("柳钢集团防城港基地公司今年培训炉工560人。", "450000", "560人", "450600", "text"),
    ("柳钢集团星河纺织有限公司今年培训织工560人。", "450000", "560人", "450000", "manifest"),
    # a firm named after a place
    ("# 酒泉钢铁:炉台旁的课堂\n\n酒泉钢铁培训炉工560人。", "620000", "560人", "620200", "reference"),
    # one of several is not the subject, nor is a word that only begins so
    ("全省在柳钢、玉柴、柳工培训炉工560人。", "450000", "560人", "450000", "manifest"),
    ("鞍钢宪法发表后,全省办起夜校560所。", "210000", "560所", "210000", "text"),
]


@pytest.mark.parametrize(("text", "region", "printed", "code", "basis"), FIRMS)
def test_where_a_firm_lies(text: str, region: str | None, printed: str, code: str, basis: str) -> None:
    area = areas(text, region=region)[printed]
    assert (area.code, area.basis) == (code, basis)


def test_the_table_of_firms_names_each_seat_rightly_and_no_firm_twice() -> None:
    gazetteer = load_regions()
    for row in rows("region_sites.csv"):
        region = gazetteer.get(row["code"])
        assert region is not None
        assert region.name == row["seat"], row["site"]
    names = [n for r in rows("region_sites.csv") for n in (r["site"], *filter(None, r["aliases"].split("|")))]
    assert len(names) == len(set(names))


def test_a_firm_speaks_in_its_own_bulletin() -> None:
    body = "把夜校办到炉台边\n\n公司工会举办夜校86期。"
    for text, title in (
        (f"包钢工作简报\n\n包钢(集团)公司工会编 2021年6月30日\n\n{body}", None),
        (f"工作简报\n\n2021年6月30日\n\n{body}", "工作简报(包钢集团)"),
    ):
        area = areas(text, title=title)["86期"]
        assert (area.code, area.basis) == ("150200", "reference")
        assert "包钢" in (area.entity or "")


def test_a_firm_that_an_article_introduces_is_what_it_is_about() -> None:
    text = (
        "夜校办到织机旁\n\n地处江西省新余市的华新纺织有限公司(以下简称华新)是全省试点。\n\n"
        "一、强化保障\n\n党委出台方案。一线职工代表比例不低于60%。"
    )
    area = areas(text)["60%"]
    assert (area.code, area.entity, area.basis) == ("360500", "华新", "article")


def test_an_expert_adds_firms_in_a_folder_of_his_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "region_sites.csv").open("w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(
            [["site", "aliases", "code", "seat", "not_before"], ["星河纺织", "星纺", "360500", "新余市", ""]]
        )
    monkeypatch.setenv("GONGBAO_REFERENCE_DIR", str(tmp_path))
    known_sites.cache_clear()
    try:
        area = areas("星纺今年培训织工560人。", region="360000")["560人"]
        assert (area.code, area.entity, area.basis) == ("360500", "星纺", "reference")
    finally:
        monkeypatch.undo()
        known_sites.cache_clear()
