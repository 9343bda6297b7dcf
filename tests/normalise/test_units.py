"""Units: from print to base unit, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import ReferenceDataError
from etl.normalise.units import ParsedUnit, UnitTable, load_units
from etl.reference import rows

UNITS = load_units()
MULTIPLIERS = {r["text"]: int(r["power"]) for r in rows("multipliers.csv")}
STANDARD = {r["symbol"]: r["standard"] for r in rows("units.csv")}
NOT_BEFORE = {r["text"]: r["not_before"] for r in rows("multipliers.csv") if r["not_before"]}
SCALABLE = sorted(r["symbol"] for r in rows("units.csv") if r["scalable"] == "yes")
FIXED = sorted(r["symbol"] for r in rows("units.csv") if r["scalable"] == "no")


@pytest.mark.parametrize(
    ("printed", "multiplier", "symbol", "base", "factor"),
    [
        ("人", 0, "人", "人", "1"),
        ("名", 0, "人", "人", "1"),
        ("万人", 4, "人", "人", "1"),
        ("百万人", 6, "人", "人", "1"),
        ("万人次", 4, "人次", "人次", "1"),
        ("户", 0, "户", "户", "1"),
        ("万户", 4, "户", "户", "1"),
        ("亿元人民币", 8, "元", "元", "1"),
        ("万亿元", 12, "元", "元", "1"),
        ("单位：万元", 4, "元", "元", "1"),
        ("（单位:亿元）", 8, "元", "元", "1"),
        ("亿美元", 8, "美元", "美元", "1"),
        ("万平方米", 4, "平方米", "平方米", "1"),
        ("公顷", 0, "公顷", "平方米", "10000"),
        ("千公顷", 3, "公顷", "平方米", "10000"),
        ("平方公里", 0, "平方公里", "平方米", "1000000"),
        ("亩", 0, "亩", "亩", "1"),
        ("万吨", 4, "吨", "吨", "1"),
        ("亿千瓦时", 8, "千瓦时", "千瓦时", "1"),
        ("万千瓦", 4, "千瓦", "千瓦", "1"),
        ("千克", 0, "千克", "千克", "1"),
        ("人/平方公里", 0, "人/平方公里", "人/平方公里", "1"),
        ("人/10万人", 0, "人/10万人", "人/10万人", "1"),
        ("元/人", 0, "元/人", "元/人", "1"),
        ("万元/人", 4, "元/人", "元/人", "1"),
        ("公斤/亩", 0, "公斤/亩", "公斤/亩", "1"),
        ("％", 0, "%", "%", "1"),
        ("‰", 0, "‰", "‰", "1"),
        ("个百分点", 0, "百分点", "百分点", "1"),
        ("人年", 0, "人年", "人年", "1"),
        ("十人", 1, "人", "人", "1"),
        ("百户", 2, "户", "户", "1"),
        ("千万元", 7, "元", "元", "1"),
        ("百亿元", 10, "元", "元", "1"),
        ("兆元", 12, "元", "元", "1"),
        ("兆瓦", 0, "兆瓦", "兆瓦", "1"),
        ("万千升", 7, "升", "升", "1"),
        ("百万公顷", 6, "公顷", "平方米", "10000"),
        ("10000人", 4, "人", "人", "1"),
        ("100 million yuan", 8, "元", "元", "1"),
        ("亿吨公里", 8, "吨公里", "吨公里", "1"),
        ("例/10万人", 0, "例/10万人", "例/10万人", "1"),
        ("元/平方米·月", 0, "元/平方米·个月", "元/平方米·个月", "1"),
        ("kg/hm2", 0, "公斤/公顷", "公斤/公顷", "1"),
        ("（上年=100）", 0, "上年=100", "上年=100", "1"),
        ("1978年=100", 0, "1978=100", "1978=100", "1"),
        (" 人 次 ", 0, "人次", "人次", "1"),
    ],
)
def test_parses(printed: str, multiplier: int, symbol: str, base: str, factor: str) -> None:
    parsed = UNITS.parse(printed)
    assert parsed is not None
    assert (parsed.multiplier, parsed.unit.symbol, parsed.unit.base) == (multiplier, symbol, base)
    assert parsed.unit.factor == Decimal(factor)
    assert UNITS.base(parsed.unit).symbol == base


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "  ",
        "万",
        "人、‰",
        "不含农户",
        "万%",
        "亿‰",
        "元/",
        "/人",
        "指标",
        "元" * 200,
        "100元",
        "兆吨",
        "人/人/人",
    ],  # fmt: skip,
)
def test_what_is_no_unit(printed: str) -> None:
    assert UNITS.parse(printed) is None


def test_percent_per_mille_and_points_never_mix() -> None:
    units = [UNITS.parse(p) for p in ("%", "‰", "百分点", "千分点")]
    assert len({u.unit.code for u in units if u}) == len({u.unit.dimension for u in units if u}) == 4
    assert all(u and u.unit.base == u.unit.symbol and u.unit.factor == 1 for u in units)


def test_codes_are_ascii_and_unique() -> None:
    codes = [u.code for u in UNITS.all()]
    assert len(codes) == len(set(codes))
    assert all(c.isascii() and " " not in c for c in codes)


@given(st.sampled_from(SCALABLE), st.sampled_from(sorted(MULTIPLIERS)))
def test_a_multiplier_and_a_unit_compose(symbol: str, word: str) -> None:
    """Unless the two together are a unit of their own (千 and 克)."""
    plain, scaled = UNITS.parse(symbol), UNITS.parse(word + symbol)
    assert plain is not None
    if NOT_BEFORE.get(word) == STANDARD[symbol] != "":
        assert scaled is None or scaled.unit != plain.unit
        return
    assert scaled is not None
    if scaled.unit == plain.unit:
        assert scaled.multiplier == MULTIPLIERS[word]
    else:
        assert word + symbol in UNITS.surface_forms()


@given(st.sampled_from(SCALABLE), st.sampled_from(sorted(MULTIPLIERS)), st.sampled_from(sorted(MULTIPLIERS)))
def test_two_multipliers_compose(symbol: str, one: str, other: str) -> None:
    """Powers add up, whichever words print them."""
    once, twice = UNITS.parse(other + symbol), UNITS.parse(one + other + symbol)
    plain = UNITS.parse(symbol)
    if plain and once and twice and plain.unit == once.unit == twice.unit:
        assert twice.multiplier == MULTIPLIERS[one] + MULTIPLIERS[other]


@given(st.sampled_from(SCALABLE), st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16]))
def test_parse_write_parse(symbol: str, power: int) -> None:
    plain = UNITS.parse(symbol)
    assert plain is not None
    parsed = ParsedUnit(power, plain.unit)
    assert UNITS.parse(UNITS.write(parsed)) == parsed


def test_write_tells_what_it_knows() -> None:
    unit = UNITS.get("PS")
    assert unit is not None
    assert UNITS.write(ParsedUnit(4, unit)) == "万人"
    with pytest.raises(ReferenceDataError, match="no words"):
        UNITS.write(ParsedUnit(99, unit))


@given(
    st.sampled_from([s for s in SCALABLE if "/" not in s]),
    st.sampled_from(["平方公里", "公顷", "10万人", "万人", "月", "亩·年", "千瓦时"]),
)
def test_ratios_compose(above: str, below: str) -> None:
    """A ratio keeps the multiplier above the line as power and the one below as a part of the unit."""
    plain, scaled = UNITS.parse(f"{above}/{below}"), UNITS.parse(f"万{above}/{below}")
    assert plain is not None
    if scaled is not None and scaled.unit == plain.unit:
        assert scaled.multiplier == plain.multiplier + 4
    again = UNITS.parse(plain.unit.symbol)
    assert again == plain


SHARES = ("%", "‰", "百分点", "千分点", "万分点")


@given(st.sampled_from(SHARES), st.sampled_from(SHARES), st.sampled_from(["", "个", "万", "/年"]))
def test_no_share_is_ever_read_as_another(one: str, other: str, around: str) -> None:
    first, second = UNITS.parse(one), UNITS.parse(around + other if around != "/年" else other + around)
    assert first is not None
    if second is not None and one != other:
        assert second.unit.dimension != first.unit.dimension
        assert second.unit.base != first.unit.base


@given(st.sampled_from(FIXED), st.sampled_from(sorted(MULTIPLIERS)))
def test_a_unit_that_does_not_scale(symbol: str, word: str) -> None:
    assert UNITS.parse(symbol) is not None
    assert UNITS.parse(word + symbol) is None


@given(st.sampled_from(sorted(UNITS.surface_forms())))
def test_parse_symbol_parse(form: str) -> None:
    first = UNITS.parse(form)
    assert first is not None
    assert UNITS.parse(first.unit.symbol) == first
    base = UNITS.parse(first.unit.base)
    assert base is not None
    assert (base.unit.factor, base.unit.dimension) == (1, first.unit.dimension)


@given(st.decimals("0.001", "1e9", places=3), st.sampled_from(["公顷", "平方公里", "千公顷", "万平方米"]))
def test_area_converts_exactly_and_back(number: Decimal, printed: str) -> None:
    parsed = UNITS.parse(printed)
    assert parsed is not None
    stored = number.scaleb(parsed.multiplier) * parsed.unit.factor
    assert stored / parsed.unit.factor / Decimal(10) ** parsed.multiplier == number


@given(st.text(max_size=30))
def test_any_text_gives_an_answer(text: str) -> None:
    parsed = UNITS.parse(text)
    assert parsed is None or parsed.unit.code.isascii()


def test_a_table_that_contradicts_itself() -> None:
    line = {"code": "PS", "symbol": "人", "aliases": "", "dimension": "people", "factor": "1", "base": ""}
    line |= {"standard": "", "scalable": "yes"}
    with pytest.raises(ReferenceDataError, match="twice"):
        UnitTable([line, line], [])
    with pytest.raises(ReferenceDataError, match="names both"):
        UnitTable([line, line | {"code": "OTHER", "symbol": "位", "aliases": "人"}], [])
