"""The independent count of numerals."""

from __future__ import annotations

import pytest

from etl.extract.numerals import count_numerals


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("共有学校1,245所", ["1,245"]),
        ("增长５．６％", ["５．６"]),
        ("三万五千人", ["三万五千"]),
        ("没有数字", []),
        ("一线医生12名", ["一", "12"]),
        ("2024年6月。", ["2024", "6"]),
        ("占比1.", ["1"]),
    ],
)
def test_runs(text: str, runs: list[str]) -> None:
    assert [text[s.start : s.end] for s in count_numerals(text)] == runs
