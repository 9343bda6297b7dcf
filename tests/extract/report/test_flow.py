"""Reading order: what a layout tears is joined, what it sets apart stays apart."""

from __future__ import annotations

import pytest

from etl.extract.confidence import ENOUGH
from etl.extract.report import extract_report
from etl.model import Document


def test_cells_of_a_table_row_are_not_one_number_and_do_not_go_on_in_the_next_row() -> None:
    document = Document("地区\t企业数\t产值\n西陵区\t41.0\t8317\t6792\n枝江市\t36.3\t7000\t5000\n", "txt", "text/1")
    assert extract_report(document).figures == ()


@pytest.mark.parametrize(
    ("text", "printed", "sure"),
    [
        ("全镇水稻面积1 8235亩。", "8235亩", False),
        ("参加培训的有28, 416 人。", "416 人", False),
        ("2023 125人参保。", "125人", True),
        ("医院床位 2 300张。", "2 300张", True),
        ("2024年5月 1 120人报名。", "1 120人", True),
    ],
)
def test_a_figure_that_other_digits_touch_is_held(text: str, printed: str, sure: bool) -> None:
    found = next(f for f in extract_report(Document(text, "txt", "text/1")).figures if f.text == printed)
    assert (found.confidence >= ENOUGH) is sure


@pytest.mark.parametrize(
    "text",
    [
        "建设学习型城市\n湘江新闻· 2026-01-29 02:54\n全市图书馆藏书达到860万册,读者持证率提高到31%,书屋全覆盖。",
        "全市图书馆藏书达到860万册\n2021年07月23日 15:53 湘江新闻网 作者 周某\n\n7月,读者持证率提高到31%。",
        "全市图书馆藏书达到860万册\n来源:湘江新闻网 编辑:周某\n\n7月,读者持证率提高到31%。",
    ],
)
def test_a_line_that_tells_when_a_page_was_put_up_joins_no_other(text: str) -> None:
    labels = [f.label for f in extract_report(Document(text, "txt", "text/1")).figures]
    assert labels == ["全市图书馆藏书", "读者持证率"]


def test_a_dateline_and_the_marks_of_notes_say_nothing_of_what_is_measured() -> None:
    text = "新华社武汉6月4日电(记者 李某)湖北有护士31万人[3]、药师4.2万人[4],每千人床位8.1张。"
    figures = extract_report(Document(text, "txt", "text/1")).figures
    assert [f.label for f in figures] == ["湖北有护士", "药师", "湖北有护士、药师,每千人床位"]
    assert {f.evidence for f in figures} == {text.removeprefix("新华社武汉6月4日电(记者 李某)")}


@pytest.mark.parametrize(
    "text",
    [
        f"{'代表队员们' * 16}夺得6金、4银。",
        f"三次产业{'从业人员' * 20}占比为9.6:38.2:52.2。",
        f"{'在园的幼儿们' * 14}达到21万人。\n同比减少4.2%。",
        f"获得{'先进教育单位' * 14}的,奖励3万元。",
        f"建成国家级{'重点实验基地' * 14}2个、省级5个。",
    ],
)
def test_no_label_is_longer_than_sixty_characters(text: str) -> None:
    labels = [f.label for f in extract_report(Document(text, "txt", "text/1")).figures]
    assert labels
    assert max(map(len, labels)) <= 60
