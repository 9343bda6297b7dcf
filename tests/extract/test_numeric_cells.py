from hypothesis import example, given
from hypothesis import strategies as st

from etl.extract.numeric_cells import count_numeric_cells
from etl.extract.sheet import extract_workbook
from etl.extract.sheet.cells import read_number
from etl.model import Cell
from tests.extract.sheet.building import book, sheet

SOUP = st.text(alphabet="0123456789.,, -+%‰eE９．，\u3000\xa0\nO年…", max_size=9)
VALUES = st.one_of(
    st.none(),
    SOUP,
    st.integers(-5, 2100),
    st.sampled_from(["地区", "全市", "玄武区", "2019年", "单位：万人", "其中", "男", "注：x"]),
)


@given(SOUP)
def test_count_and_extractor_agree_on_what_a_number_is(text: str) -> None:
    cell = Cell(0, 0, text, text)
    counted = bool(count_numeric_cells(book(sheet([[text]])))) if text else False
    assert counted == (read_number(cell) is not None)


@given(st.lists(st.lists(VALUES, max_size=6), max_size=9))
@example([["男", "2"], ["地区", 1, "地区", "3"]])  # numbers above a header that is there twice
@example([[None, None, "男", 4], ["男", "2"], ["地区", None, "地区"]])
def test_every_numeric_cell_is_one_figure_or_ignored_once(rows: list[list[object]]) -> None:
    workbook = book(sheet(rows))
    extraction = extract_workbook(workbook, "任意.xlsx")
    found = [str(f.place) for f in extraction.figures] + [str(i.place) for i in extraction.ignored]
    assert sorted(found) == sorted(str(place) for place in count_numeric_cells(workbook))
