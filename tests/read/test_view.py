"""The width-normalised view: what it folds, what it keeps, and that every offset leads back to the text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.model import Span
from etl.read.view import NormalisedView

# characters that change length, combine with neighbours, or are kept, mixed with what reports consist of
TRICKY = (
    "\u200b\u00ad\ufeff１２％，．（）㎜℃…ﾊﾞｶﾞﾞ①²½㎡⒈ﷺé\u0301\u0327\u3099각\u1161\u11a8"
    "ⅣⅫ㈠　A9万%ー\U0001d7d8豈⼀\u09c7\u09be\u0344"
)


def nfkc(text: str) -> str:
    """What one sees of a text: NFKC, without characters that have no shape."""
    shown = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", shown)


@pytest.mark.parametrize(
    ("raw", "view"),
    [
        ("增长１２．５％，", "增长12.5%,"),
        ("（Ａ）　Ｂ：Ｃ", "(A) B:C"),
        ("35℃…", "35°C..."),
        ("⼀、⼆", "一、二"),
        ("ｶﾞ", "ガ"),
        ("cafe\u0301", "café"),
        ("12\u200b万\u00ad人\ufeff", "12万人"),
        ("\u202b12\u202c", "12"),
        ("", ""),
    ],
)
def test_folds_width_and_compatibility_forms(raw: str, view: str) -> None:
    assert NormalisedView.of(raw).text == view


@pytest.mark.parametrize("raw", ["每㎡3000元", "①2024年", "10²", "2½", "⒈5个", "㏠3"])
def test_characters_with_digits_inside_never_run_together_with_figures(raw: str) -> None:
    assert NormalisedView.of(raw).text == raw


def test_offsets_lead_back_over_pieces_that_grow_and_shrink() -> None:
    raw = "甲℃乙ｶﾞ丙１２万"
    view = NormalisedView.of(raw)
    start = view.text.index("12万")
    span = view.to_raw(start, start + 3)
    assert raw[span.start : span.end] == "１２万"
    assert NormalisedView.of("\u200b12\u200b万\u200b人").to_raw(0, 3) == Span(1, 5)
    inside = view.text.index("C")
    assert view.to_raw(inside, inside + 1) == Span(1, 2)  # the whole ℃
    assert view.to_raw(inside, inside) == Span(1, 1)


@given(st.one_of(st.text(), st.text(alphabet=TRICKY)), st.data())
def test_any_slice_is_found_in_the_text_it_maps_to(raw: str, data: st.DataObject) -> None:
    view = NormalisedView.of(raw)
    start = data.draw(st.integers(0, len(view.text)))
    end = data.draw(st.integers(start, len(view.text)))
    span = view.to_raw(start, end)
    assert 0 <= span.start <= span.end <= len(raw)
    assert nfkc(view.text[start:end]) in nfkc(raw[span.start : span.end])


@given(st.one_of(st.text(), st.text(alphabet=TRICKY)))
def test_the_view_is_nfkc_but_for_the_characters_kept(raw: str) -> None:
    assert nfkc(NormalisedView.of(raw).text) == nfkc(raw)


@given(st.one_of(st.text(), st.text(alphabet=TRICKY)))
def test_the_ends_map_to_the_ends_of_what_is_seen(raw: str) -> None:
    view = NormalisedView.of(raw)
    span = view.to_raw(0, len(view.text))
    outside = raw[: span.start] + raw[span.end :]
    assert all(unicodedata.category(char) == "Cf" for char in outside)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.characters(max_codepoint=127)))
def test_plain_chinese_and_ascii_are_the_identity(raw: str) -> None:
    view = NormalisedView.of(raw)
    assert view.text == raw
    for offset in range(len(raw)):
        assert view.to_raw(offset, offset + 1) == Span(offset, offset + 1)


def test_no_composition_partner_is_missed() -> None:
    """Every character that composes with the one before it lies in a piece, for all of Unicode."""
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in parts)
            assert NormalisedView.of(pair).text == nfkc(pair)


@pytest.mark.timeout(60)
def test_large_and_hostile_texts_are_done_in_time() -> None:
    NormalisedView.of("全市实现增加值１２３．４５亿元，同比增长5.6%；" * 180_000)
    NormalisedView.of("a" + "\u0301\u0327" * 200_000)
    NormalisedView.of("℃" * 300_000)


def test_the_colon_that_is_two_dots_to_unicode_is_a_colon() -> None:
    view = NormalisedView.of("产业结构为12.1︰40.3︰47.6。")
    assert view.text == "产业结构为12.1:40.3:47.6。"
    assert view.to_raw(5, 9) == Span(5, 9)
