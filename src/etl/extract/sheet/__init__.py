"""Tables of workbooks to figures: ``extract_workbook``."""

from etl.extract.sheet.workbook import extract_workbook

__all__ = ["extract_workbook"]
