"""Errors are one message: where, what, known values, next step."""

from __future__ import annotations

from etl.errors import ReadError


def test_an_error_reads_as_one_message() -> None:
    error = ReadError("a.xlsx", "is damaged.", known=["xlsx", "xls"], next_step="Save it again.")
    assert str(error) == "a.xlsx: is damaged. Known: xlsx, xls. Save it again."
    assert str(ReadError("a.xlsx", "is damaged")) == "a.xlsx: is damaged."
