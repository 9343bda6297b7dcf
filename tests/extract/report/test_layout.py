"""What layout tore is joined, and every offset leads back to the text as read."""
# ruff: noqa: E501  (a Chinese character counts as two columns)

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.extract.numerals import count_numerals
from etl.extract.report import extract_report
from etl.extract.report.flow import flow
from etl.model import Document, Extraction, ManifestEntry, Span

MANIFEST = ManifestEntry("a.txt", None, "某市统计局", "411300", "2024-08")


def read(text: str) -> Extraction:
    return extract_report(Document(text, "txt", "txt/1"), MANIFEST)


TORN = [
    (
        "2022 年全县农民工总量 78.2 万\n人，比上年增加 1.6 万人，增长 0.6%。其中，外出农民工 51.8 万人，占农\n民工总量的 66.2%。",
        "78.2 万\n人",
        "人",
    ),
    ("全年共发放各类补贴资金合计达到3.2万\n\n人次,群众满意度不断提高,各项工作有序推进。", "3.2万\n\n人次", "人次"),
    ("全县培训农技人员 12 期,覆盖 3 个乡镇。", "12 期", "期"),
    ("全县共有在册护士113 614人。", "113 614人", "人"),
    ("接种疫苗\n29 498人。", "29 498人", "人"),
    ("增长 5.6 %。", "5.6 %", "%"),
    ("共 １２ 所学校。", "１２ 所", "所"),
]


@pytest.mark.parametrize(("text", "figure", "unit"), TORN)
def test_torn_figures(text: str, figure: str, unit: str) -> None:
    found = read(text).figures
    assert (found[0].text, found[0].unit) == (figure, unit)


def test_a_paragraph_torn_at_a_column_end_is_one_line() -> None:
    text = "县医院新建门诊楼一栋,改造病房,引进先进的诊疗设备,组织医护人员到上级医\n\n院进修学习,全年培训120人次,服务能力明显提升。"
    lines = flow(text).lines
    assert len(lines) == 1


TURNED = [
    "全市新建食堂12个。位于涪城区的\n\n(下转二版)\n\n“饭菜香。”一名学生说。\n\n# 三台县:有了新桌椅\n\n桌椅300套。\n\n(上接一版)川西中学有厨师86名。",
    "全市新建食堂12个。位于涪城区的(下转第2版)\n\n# 三台县:有了新桌椅\n\n桌椅300套。\n\n(上接第1版)川西中学有厨师86名。",
]


@pytest.mark.parametrize("text", TURNED)
def test_what_goes_on_on_another_page_is_read_in_one_piece(text: str) -> None:
    entry = ManifestEntry("a.txt", None, "某市教育局", "510700", "2024-08")
    found = {f.text: f for f in extract_report(Document(text, "txt", "txt/1"), entry).figures}
    assert list(found) == ["12个", "300套", "86名"]
    assert (found["86名"].area.code, found["300套"].area.code) == ("510703", "510722")
    assert "涪城区的川西中学" in found["86名"].evidence
    holds(text)


def test_an_article_goes_on_behind_two_others() -> None:
    text = (
        "# 技能课堂进渔村\n\n本报讯(记者 何川)6月2日,记者从阳江市农业农村局获悉,全市渔民36万人。\n\n在阳西县,今年办班26期,达成就业意\n\n"
        "责任编辑/赵敏 电话:020-86780000\n\n# 茂名新添驿站\n\n茂名市新建驿站12家。(王蕾)\n\n# 湛江加固海堤\n\n"
        "湛江市加固海堤86公里。(陈东 李明)\n\n向480人,其中妇女占四成。\n\n全市还将添置渔船30艘。\n"
    )
    entry = ManifestEntry("a.txt", None, "某报", "440000", "2024-06-03")
    found = extract_report(Document(text, "txt", "txt/1"), entry).figures
    places = {f.text: f.area.code for f in found}
    assert (places["12家"], places["86公里"]) == ("440900", "440800")
    assert [f.label for f in found if f.text == "480人"] == ["达成就业意向"]


def test_a_line_that_tells_who_published_is_no_heading() -> None:
    text = (
        "# 前7个月吉林省邮政业运行情况\n\n发布时间:2025-08-19  来源:长春邮政  字体:大 中 小\n\n全省寄递包裹8.6亿件。\n\n"
        "农村站点建到了村里。站点1.2万个。\n"
    )
    entry = ManifestEntry("a.txt", None, "吉林省邮政管理局", "220000", "2025-08-19")
    found = extract_report(Document(text, "txt", "txt/1"), entry).figures
    assert {(f.text, f.area.code, f.period.iso) for f in found} == {
        ("8.6亿件", "220000", "2025-01/2025-07"),
        ("1.2万个", "220000", "2025-01/2025-07"),
    }


def test_a_number_that_the_page_tears_keeps_its_place() -> None:
    holds("新建食堂1\n\n(下转二版)\n\n# 又一篇\n\n桌椅300套。\n\n(上接一版)2个,厨师86名。")


def test_wrapped_lines_are_joined_and_paragraphs_kept() -> None:
    wrapped = "全市各级财政部门坚持过紧日子的要求落实到位\n压减一般性支出三千万元用于保障和改善民生事\n业发展。\n第二段从这里开始。"
    assert [line.heading for line in flow(wrapped).lines] == [False, False]


def test_headings_are_told_from_paragraphs() -> None:
    text = "# 标题一\n\n正文第一段,有逗号。\n\n小标题\n\n正文第二段,也有逗号。"
    assert [line.heading for line in flow(text).lines] == [True, False, True, False]


def holds(text: str) -> None:
    found = read(text)
    spans = sorted((f.place.start, f.place.end) for f in found.figures)  # type: ignore[union-attr]
    for place, printed in [(f.place, f.text) for f in found.figures] + [(i.place, i.text) for i in found.ignored]:
        assert isinstance(place, Span)
        assert text[place.start : place.end] == printed
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end <= start
    covered = [*spans, *((i.place.start, i.place.end) for i in found.ignored)]  # type: ignore[union-attr]
    for run in count_numerals(text):
        assert any(start < run.end and end > run.start for start, end in covered), text[run.start : run.end]


ALPHABET = st.sampled_from(
    "0123456789０１９.,，．一二三四五六七八九十百千万亿两半零〇年月日号第每%‰ \n　、，。；：（）“”多余几近约超以上左右人家个元次成折"
    "分之又点-—~至到从由增长下降占全省市县江苏ABkg①½㎡《》翻番居首位公司#·\r\u200f\x00"
)


@settings(max_examples=150, deadline=None)
@given(st.text(ALPHABET, max_size=80))
def test_every_numeral_is_accounted_for(text: str) -> None:
    holds(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_safe(text: str) -> None:
    holds(text)


@pytest.mark.parametrize(
    "piece", ["1", "一", "1,", "1人", "增长5%,", "全省", " 1", "近", "《", "5月", "从5人增加到", "十分之", "a1"]
)
def test_long_lines_take_linear_time(piece: str) -> None:
    holds(piece * (4000 // len(piece)))


def test_reasons_are_known_and_other_is_rare() -> None:
    from etl.reference import rows

    known = {r["code"] for r in rows("ignore_reasons.csv")}
    text = "第3次会议于2024年5月召开,一线职工代表120人参加,一是学习,二是讨论,四位一体,百年大计。" * 3
    reasons = [i.reason for i in read(text).ignored]
    assert set(reasons) <= known
    assert reasons.count("other") <= len(reasons) * 0.02


def test_evidence_is_the_sentence() -> None:
    (figure,) = read("先说别的。全县共有学校45所。再说别的。").figures
    assert re.sub(r"\s", "", figure.evidence) == "全县共有学校45所。"
