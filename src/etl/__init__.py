"""Gongbao: from reports and spreadsheets to a warehouse that people trust."""

__version__ = "0.1.0"
