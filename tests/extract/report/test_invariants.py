"""What holds for every text: nothing crashes, every numeral is accounted for, spans hold what they say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.extract.report import extract_report
from etl.model import Document, ManifestEntry
from tests.growth import is_linear

_SPEC = importlib.util.spec_from_file_location("fuzz", Path(__file__).parents[3] / "scripts/fuzz.py")
assert _SPEC is not None
assert _SPEC.loader is not None
fuzz = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fuzz)

KNOWN = fuzz.sentences()
NUMERIC = st.text(alphabet=fuzz.HAN + fuzz.SIGNS + "人元个成折倍年月第", max_size=120)
WORDS = st.lists(st.sampled_from((*fuzz.WORDS, *fuzz.HAN, *"0123456789.,:%", *fuzz.ODD)), max_size=60).map("".join)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=150), NUMERIC, WORDS))
def test_any_text(text: str) -> None:
    assert fuzz.violations(text) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6))
def test_mutated_sentences(seed: int) -> None:
    assert fuzz.violations(fuzz.made(seed, KNOWN)) == []


UNITS = "7|一|万|亿零|1人|1.|1,|1-|1/|、|“|(|分之|成|鼓楼区|第|每万|\u202e1|是|1 |一 "


@pytest.mark.parametrize("unit", UNITS.split("|"))
def test_time_is_linear_in_length(unit: str) -> None:
    def extract_line(length: int) -> None:
        extract_report(Document(unit * (length // len(unit)), "txt", "txt/1"))

    extract_line(100)
    assert is_linear(extract_line, 4_000)


LINES = ("# 宜昌\n", "# 宜昌:培训3人\n\n", "2026年是开局之年。\n\n", "本报记者 第4版\n\n")


@pytest.mark.parametrize("line", LINES)
def test_time_is_linear_in_lines(line: str) -> None:
    manifest = ManifestEntry("a.txt", None, None, "420500", "2026-01-18")

    def extract_lines(length: int) -> None:
        extract_report(Document("政府工作报告\n\n" + line * (length // len(line)), "txt", "txt/1"), manifest)

    extract_lines(100)
    assert is_linear(extract_lines, 20_000)


def test_a_numeral_larger_than_any_figure_is_set_aside() -> None:
    found = extract_report(Document("共有三分之一亿亿亿亿亿元和9亿亿亿亿亿亿亿人。", "txt", "txt/1"))
    assert found.figures == ()
    assert found.ignored
