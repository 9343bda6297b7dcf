"""How sure the roles of a table must be for its rows to be loaded without review: stated here and nowhere else."""

from __future__ import annotations

ENOUGH = 0.5
"""Rows of tables below it are held (rule OBS-LAYOUT). 1.0 less what the table leaves open: see ``tables``."""
