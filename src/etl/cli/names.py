"""File names as a terminal may be shown them: whoever sends a file chooses its name."""

from __future__ import annotations


def shown_name(name: str) -> str:
    """The name without control characters, which could move the cursor or change colours."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)
