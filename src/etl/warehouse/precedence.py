"""Which mention of a fact is its current value: the order of ``reference/source_precedence.yaml`` as numbers.

Each file has a rank for each way in which its publisher can speak for an area; the view ``fact`` compares them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
import yaml

from etl import reference
from etl.errors import SettingsError
from etl.warehouse import schema

FILE = "source_precedence.yaml"
SPEAKS_FOR = ("own", "above", "unknown", "other")
UNMARKED = "unmarked"
DAYS = 10**8
"""Values of ``published_on`` as a number: 20240624; 0 where it is not known."""
SHEETS = ("xlsx", "xls", "ods", "csv")
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question; ``classes`` from best to worst, empty for the date of publication."""

    name: str
    classes: tuple[str, ...]

    def points(self, answer: str | int) -> int:
        """The better the more."""
        return answer if isinstance(answer, int) else len(self.classes) - 1 - self.classes.index(answer)

    @property
    def size(self) -> int:
        return len(self.classes) or DAYS


@dataclass(frozen=True, slots=True)
class Precedence:
    """The criteria in the order of their weight, and the words by which files are put into classes."""

    criteria: tuple[Criterion, ...]
    words: Mapping[str, Mapping[str, Sequence[str]]]
    content_hash: str

    def classes(self, f: Mapping[str, Any]) -> dict[str, str | int]:
        """A file's answer to each criterion but ``speaks_for``; ``f`` is a row of ``source_file``."""
        return {
            "finality": self._by_word("finality", f"{f['title'] or ''} {f['name']}"),
            "publisher": self._by_word("publisher", f["publisher"] or ""),
            "published_on": _day(f["published_on"]),
            "form": "sheet" if f["format"] in SHEETS else "prose",
        }

    def _by_word(self, criterion: str, text: str) -> str:
        found = (name for name, words in self.words[criterion].items() if any(word in text for word in words))
        return next(found, UNMARKED)

    def rank(self, answers: Mapping[str, str | int]) -> int:
        """One number for all answers: greater is better."""
        rank = 0
        for criterion in self.criteria:
            rank = rank * criterion.size + criterion.points(answers[criterion.name])
        return rank

    def row(self, f: Mapping[str, Any]) -> dict[str, Any]:
        """The row of ``file_precedence`` for a row of ``source_file``."""
        answers = self.classes(f)
        code = f["region_code"]
        return {
            "file_sha256": f["sha256"],
            "region_code": code,
            "region_prefix": None if code is None else region_prefix(code),
            "finality": answers["finality"],
            "publisher_class": answers["publisher"],
            "form": answers["form"],
            **{f"rank_{how}": self.rank(answers | {"speaks_for": how}) for how in SPEAKS_FOR},
        }


@cache
def load_precedence() -> Precedence:
    """The reference file. Raises SettingsError where it does not name each criterion and class it needs."""
    path = reference.HERE / FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    criteria = tuple(Criterion(c["name"], tuple(c.get("classes", ()))) for c in data["criteria"])
    wanted = {
        "speaks_for": set(SPEAKS_FOR),
        "finality": {*data["finality"], UNMARKED},
        "publisher": {*data["publisher"], UNMARKED},
        "published_on": set(),
        "form": {"sheet", "prose"},
    }
    given = {c.name: set(c.classes) for c in criteria}
    if given != wanted or len(given) != len(criteria):
        raise SettingsError(FILE, f"has the criteria {given}", known=[f"{k}: {sorted(v)}" for k, v in wanted.items()])
    return Precedence(
        criteria,
        {name: data[name] for name in ("finality", "publisher")},
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def region_prefix(code: str) -> str:
    """What the codes of all areas within begin with: 420500 → 4205, 100000 (the country) → nothing."""
    return "" if code == "100000" else re.sub(r"(00){1,2}$", "", code)


def _day(published_on: str | None) -> int:
    """20240600 for 2024-06: less than any day of it."""
    return int((published_on or "").replace("-", "").ljust(8, "0")[:8])


def place(connection: sa.Connection, sha256: str) -> None:
    """Give one file its ranks, after its row of ``source_file`` was written."""
    f, p = schema.source_file, schema.file_precedence
    row = load_precedence().row(connection.execute(sa.select(f).where(f.c.sha256 == sha256)).mappings().one())  # type: ignore[arg-type]
    connection.execute(p.delete().where(p.c.file_sha256 == sha256))
    connection.execute(p.insert(), row)


def refresh(connection: sa.Connection) -> None:
    """Rank all files anew when the order is another one than the warehouse was ranked by."""
    version, f, p = schema.reference_version, schema.source_file, schema.file_precedence
    order = load_precedence()
    held = connection.execute(sa.select(version.c.content_hash).where(version.c.name == p.name)).scalar()
    if held == order.content_hash:
        return
    connection.execute(p.delete())
    for rows in connection.execute(sa.select(f)).mappings().partitions(CHUNK):
        connection.execute(p.insert(), [order.row(row) for row in rows])  # type: ignore[arg-type]
    connection.execute(version.delete().where(version.c.name == p.name))
    connection.execute(version.insert(), {"name": p.name, "content_hash": order.content_hash})


def why(winner: Mapping[str, Any], loser: Mapping[str, Any]) -> str:
    """The criterion that put one mention before another, both rows of ``fact_mention``, in a few words."""
    for criterion in load_precedence().criteria:
        column = {"publisher": "publisher_class"}.get(criterion.name, criterion.name)
        mine, other = winner[column], loser[column]
        if mine != other:
            return f"{criterion.name}: {mine or 'unknown'} before {other or 'unknown'}"
    return "known later" if winner["version_from"] != loser["version_from"] else "nothing tells them apart"
