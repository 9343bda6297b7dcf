"""Tables as they stand in a folder, with line numbers, and what is wrong with any of them whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import yaml

from etl.errors import ReferenceDataError
from etl.model import Kind
from etl.reference import numbered_rows

DESCRIPTION = "tables.yaml"
CATALOGUES = ("indicators_reform.yaml", "indicators_general.yaml")
OPTIONAL = "optional "
Line = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something rotten in a reference table."""

    file: str
    line: int
    """As an editor counts; 0: the file as a whole."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of a catalogue as it stands there."""

    file: str
    line: int
    cells: Mapping[str, Any]
    lines: Mapping[str, int]
    """Line of each of its keys."""


class Folder:
    """The reference tables of one folder, each read once. Files that can't be read are left to ``unreadable``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[str, list[Line]] = {}
        self.unreadable: list[Problem] = []

    @property
    def names(self) -> list[str]:
        """Every CSV of the folder."""
        return sorted(p.name for p in self.path.glob("*.csv"))

    def rows(self, name: str) -> list[Line]:
        """The lines of a table with their numbers; what can be read of a damaged one, none of a missing one."""
        if name not in self._rows:
            found: list[Line] = []
            try:
                found.extend(numbered_rows(self.path / name))
            except ReferenceDataError as e:
                at = re.search(r"line (\d+)", e.where)
                self.unreadable.append(Problem(name, int(at[1]) if at else 0, e.what))
            except (OSError, UnicodeDecodeError) as e:
                self.unreadable.append(Problem(name, 0, f"can't be read ({e})"))
            self._rows[name] = found
        return self._rows[name]

    @cached_property
    def description(self) -> Mapping[str, Any]:
        return dict(yaml.safe_load((self.path / DESCRIPTION).read_text(encoding="utf-8")))

    @cached_property
    def catalogue(self) -> list[Entry]:
        """The indicators of all catalogues with the lines that they stand on."""
        return [e for name in CATALOGUES for e in self._entries(name)]

    @cached_property
    def groups(self) -> dict[str, tuple[str, int]]:
        """Group of indicators → file and line."""
        found = {}
        for name in CATALOGUES:
            for key, node in self._root(name):
                if key == "groups" and isinstance(node, yaml.MappingNode):
                    found.update({k.value: (name, k.start_mark.line + 1) for k, _ in node.value})
        return found

    def _root(self, name: str) -> Iterator[tuple[str, yaml.Node]]:
        try:
            root = yaml.compose((self.path / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as e:
            mark = getattr(e, "problem_mark", None)
            problem = Problem(name, mark.line + 1 if mark else 0, f"can't be read ({getattr(e, 'problem', e)})")
            if problem not in self.unreadable:
                self.unreadable.append(problem)
            return
        if isinstance(root, yaml.MappingNode):
            yield from ((k.value, node) for k, node in root.value)

    def _entries(self, name: str) -> Iterator[Entry]:
        for key, node in self._root(name):
            for entry in node.value if key == "indicators" else ():
                cells = {
                    k.value: [v.value for v in value.value] if isinstance(value, yaml.SequenceNode) else value.value
                    for k, value in entry.value
                }
                lines = {k.value: k.start_mark.line + 1 for k, _ in entry.value}
                yield Entry(name, entry.start_mark.line + 1, cells, lines)


def check_tables(folder: Folder, domains: Mapping[str, Callable[[str], bool]]) -> Iterator[Problem]:
    """Lines that stand twice, keys that do, blanks around cells, and cells that ``tables.yaml`` does not allow.

    ``domains``: name of a domain of ``tables.yaml`` → whether a cell belongs to it.
    """
    tests = {**_DOMAINS, **domains}
    for name in sorted(folder.description.keys() - set(folder.names)):
        yield Problem(DESCRIPTION, 0, f"describes {name}, which is not there")
    for name in folder.names:
        about = folder.description.get(name, {})
        lines = folder.rows(name)
        key = tuple(about.get("key", ())) or tuple(lines[0][1]) if lines else ()
        if lines and (unknown := {*key, *about.get("columns", {})} - lines[0][1].keys()):
            yield Problem(DESCRIPTION, 0, f"{name} has no column {', '.join(sorted(unknown))}")
            continue
        yield from _twice(name, lines, key)
        columns = [(c, rule, _test(rule, tests)) for c, rule in about.get("columns", {}).items()]
        for line, row in lines:
            for column, cell in row.items():
                if cell != cell.strip():
                    yield Problem(name, line, f"{column} {cell!r} has blanks around it")
            for column, rule, allowed in columns:
                if not allowed(row[column]):
                    wanted = "one of " + ", ".join(map(str, rule)) if isinstance(rule, list) else rule.rstrip("?")
                    yield Problem(
                        name, line, f"{column} {row[column]!r} is no {wanted}".replace("no one of", "none of")
                    )


def _twice(name: str, lines: list[Line], key: tuple[str, ...]) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in lines:
        cells = tuple(row[c] for c in key)
        if cells in seen:
            yield Problem(name, line, f"{' '.join(filter(None, cells))} stands in line {seen[cells]} already")
        else:
            seen[cells] = line


def _test(rule: list[str] | str, tests: Mapping[str, Callable[[str], bool]]) -> Callable[[str], bool]:
    if isinstance(rule, list):
        return frozenset(map(str, rule)).__contains__
    optional, domain = rule.startswith(OPTIONAL), rule.removeprefix(OPTIONAL)
    test = tests.get(domain)
    if test is None:
        raise ReferenceDataError(DESCRIPTION, f"there is no domain {domain}", known=sorted(tests))
    return (lambda cell: not cell or test(cell)) if optional else test


def is_decimal(cell: str) -> bool:
    """Whether the cell is a finite number."""
    try:
        return Decimal(cell).is_finite()
    except InvalidOperation:
        return False


def _is_regex(cell: str) -> bool:
    try:
        re.compile(cell)
    except re.error:
        return False
    return bool(cell)


_DOMAINS: dict[str, Callable[[str], bool]] = {
    "text": bool,
    "integer": lambda cell: cell.lstrip("-").isdecimal(),
    "decimal": is_decimal,
    "regex": _is_regex,
    "character": lambda cell: len(cell) == 1,
    "kind": frozenset(get_args(Kind)).__contains__,
}
