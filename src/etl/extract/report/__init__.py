"""Reading figures out of report text."""

from etl.extract.report.extraction import extract_report

__all__ = ["extract_report"]
