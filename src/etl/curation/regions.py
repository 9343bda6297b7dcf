"""What rots in the tables of places: codes, parents, successors, names and the words that are told apart from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from etl.curation.tables import Folder, Line, Problem
from etl.normalise.region_names import normal, other_forms

REGIONS = "regions.csv"
TOWNSHIPS = "regions_townships.csv"
RANKS = {"country": 0, "province": 1, "city": 2, "county": 3}


def check_regions(folder: Folder) -> Iterator[Problem]:
    """Codes without parents, years that overlap, cycles, and every alias or word that names nothing or too much."""
    by_code: dict[str, list[Line]] = defaultdict(list)
    for line, row in folder.rows(REGIONS):
        by_code[row["code"]].append((line, row))
    yield from _codes(by_code)
    yield from _cycles(by_code)
    yield from _townships(folder, by_code)
    yield from _sources(folder, by_code)
    names = _names(folder.rows(REGIONS))
    yield from _aliases(folder, by_code, names)
    yield from _namesakes(folder, by_code, names)
    yield from _uncoded(folder, names)
    yield from _words_apart(folder, names)
    yield from _endings(folder)


def _codes(by_code: dict[str, list[Line]]) -> Iterator[Problem]:
    for code, known in by_code.items():
        spans = sorted((r["valid_from"] or "0000", r["valid_to"] or "9999", line) for line, r in known)
        for one, other in pairwise(spans):
            if other[0] <= one[1]:
                yield Problem(REGIONS, other[2], f"{code} has another name in line {one[2]} in the same years")
        for line, row in known:
            if len(code) != 6 or not code.isdecimal():
                yield Problem(REGIONS, line, f"code {code!r} has not six digits")
            if (row["valid_from"] or "0000") > (row["valid_to"] or "9999"):
                yield Problem(REGIONS, line, f"{code} ends in {row['valid_to']}, before its beginning")
            parent = by_code.get(row["parent"])
            if row["level"] != "country" and (row["valid_to"] or "9999") >= "2002" and not parent:
                yield Problem(REGIONS, line, f"parent {row['parent'] or '(none)'} of {code} is no code")
            if parent and RANKS.get(parent[-1][1]["level"], 9) >= RANKS.get(row["level"], 0):
                yield Problem(REGIONS, line, f"parent {row['parent']} of {code} is not above a {row['level']}")
            for after in filter(None, row["successors"].split("|")):
                if after not in by_code:
                    yield Problem(REGIONS, line, f"successor {after} of {code} is no code")


def _cycles(by_code: dict[str, list[Line]]) -> Iterator[Problem]:
    """Parents that lead back to the place, and successors that lead back to the same years of it."""
    for code, known in by_code.items():
        chain = [code]
        while (above := by_code.get(chain[-1])) and (parent := above[-1][1]["parent"]) and parent not in chain:
            chain.append(parent)
        if above and parent == code:
            yield Problem(REGIONS, known[-1][0], f"cycle of parents {' → '.join([*chain, parent])}")
    after = {code: _after(known) for code, known in by_code.items()}
    for code, known in by_code.items():
        reached: set[str] = set()
        todo = sorted(after[code])
        while todo:
            step = todo.pop()
            if step not in reached:
                reached.add(step)
                todo += sorted(after.get(step, ()))
        ends = known[-1][1]["valid_to"]
        if code in reached and ends:
            yield Problem(REGIONS, known[-1][0], f"cycle of successors: {code} becomes itself after {ends}")


def _after(known: Iterable[Line]) -> set[str]:
    return {c for _, r in known for c in r["successors"].split("|") if c}


def _townships(folder: Folder, by_code: dict[str, list[Line]]) -> Iterator[Problem]:
    for line, row in folder.rows(TOWNSHIPS):
        code = row["code"]
        if len(code) != 9 or not code.isdecimal():
            yield Problem(TOWNSHIPS, line, f"code {code!r} has not nine digits")
        # zones and cities without counties: only the statistics bureau gives their townships a county
        elif code[:6] not in by_code and code[:4] + "00" not in by_code:
            yield Problem(TOWNSHIPS, line, f"{code} {row['name']} lies in no county and no city of regions.csv")


def _sources(folder: Folder, by_code: dict[str, list[Line]]) -> Iterator[Problem]:
    cities = {code[:4] for code in by_code}
    for line, row in folder.rows("regions_changes.csv"):
        for code in filter(None, [*row["old"].split("|"), *row["new"].split("|")]):
            if code not in (by_code if len(code) == 6 else cities):
                yield Problem("regions_changes.csv", line, f"{code} is no code of regions.csv")
    built = {(code, r["name"]) for code, known in by_code.items() for _, r in known}
    for line, row in folder.rows("regions_curated.csv"):
        if (row["code"], row["name"]) not in built:
            what = f"{row['code']} {row['name']} is not in regions.csv: run scripts/build_regions.py"
            yield Problem("regions_curated.csv", line, what)
    for line, row in folder.rows("regions_corrections.csv"):
        if bool(row["right_code"]) != bool(row["right_name"]):
            yield Problem("regions_corrections.csv", line, "give both the right code and the right name, or neither")


def _names(lines: list[Line]) -> dict[str, set[str]]:
    """Official, short and other names → codes that they mean without an alias."""
    names: dict[str, set[str]] = defaultdict(set)
    for _, row in lines:
        for name in (row["name"], row["short"], *row["aliases"].split("|"), *other_forms(row["name"])):
            if name:
                names[name].add(row["code"])
    return names


def _aliases(folder: Folder, by_code: dict[str, list[Line]], names: dict[str, set[str]]) -> Iterator[Problem]:
    file = "region_aliases.csv"
    ambiguous = {r["name"] for _, r in folder.rows("region_namesakes.csv")}
    seen: dict[str, tuple[str, int]] = {}
    for line, row in folder.rows(file):
        name, code = normal(row["alias"]), row["code"]
        if code in names.get(name, ()):
            yield Problem(file, line, f"alias {row['alias']} is unused: {code} bears that name already")
        others = names.get(name, set()) - {code}
        if others and name not in ambiguous and code in by_code:
            what = f"alias {row['alias']} of {code} is a name of {', '.join(sorted(others))} too"
            yield Problem(file, line, f"{what}; list it in region_namesakes.csv if both are meant")
        first = seen.setdefault(name, (code, line))
        if first[0] != code and name not in ambiguous:
            yield Problem(file, line, f"alias {row['alias']} means {first[0]} in line {first[1]}")


def _namesakes(folder: Folder, by_code: dict[str, list[Line]], names: dict[str, set[str]]) -> Iterator[Problem]:
    file = "region_namesakes.csv"
    aliases = {(normal(r["alias"]), r["code"]) for _, r in folder.rows("region_aliases.csv")}
    for line, row in folder.rows(file):
        name, code = row["name"], row["code"]
        codes = names.get(name, set()) | {c for n, c in aliases if n == name}
        if code and code in by_code and code not in codes:
            yield Problem(file, line, f"{name} is no name of {code}")
        if len(codes) < 2:
            yield Problem(file, line, f"{name} is unused: {', '.join(codes) or 'no place'} alone bears that name")


def _uncoded(folder: Folder, names: dict[str, set[str]]) -> Iterator[Problem]:
    file = "regions_uncoded.csv"
    for line, row in folder.rows(file):
        if row["match"] == "name" and row["name"] in names:
            yield Problem(file, line, f"{row['name']} has a code: {', '.join(sorted(names[row['name']]))}")


def _words_apart(folder: Folder, names: dict[str, set[str]]) -> Iterator[Problem]:
    """A word must be, and a phrase hold, what could be taken for a place; else the line has no effect any more."""
    file = "region_words_apart.csv"
    official = {r["name"] for _, r in folder.rows(REGIONS)}
    uncoded = {r["name"] for _, r in folder.rows("regions_uncoded.csv")}
    selves = {r["text"] for _, r in folder.rows("region_self_references.csv")}
    readable = names.keys() | uncoded | selves
    for line, row in folder.rows(file):
        word, kind = row["word"], row["kind"]
        if kind == "phrase":
            if word in official:
                yield Problem(file, line, f"phrase {word} is an official name")
            elif not _holds(word, readable) and not _seam(word, readable):
                yield Problem(file, line, f"phrase {word} is unused: it holds no name")
        elif word not in names and not _holds(word, readable) and not _seam(word, readable):
            yield Problem(file, line, f"{kind} {word} is unused: it is no name")
        elif len(word) > 2 and word in official:
            yield Problem(file, line, f"{kind} {word} is an official name, which is always read")


def _holds(text: str, names: Iterable[str]) -> bool:
    known = names if isinstance(names, set) else set(names)
    return any(text[i:j] in known for i in range(len(text)) for j in range(i + 2, len(text) + 1))


def _seam(text: str, names: Iterable[str]) -> bool:
    """Whether a name can begin in the text and end behind it, or the other way round."""
    return any(n.startswith(text[-k:]) or n.endswith(text[:k]) for n in names for k in (1, 2) if len(n) > k)


def _endings(folder: Folder) -> Iterator[Problem]:
    official = {r["name"] for _, r in (*folder.rows(REGIONS), *folder.rows(TOWNSHIPS))}
    ends = {name[-k:] for name in official for k in range(1, 6) if len(name) > k}
    for line, row in folder.rows("region_suffixes.csv"):
        if row["suffix"] not in ends:
            yield Problem("region_suffixes.csv", line, f"suffix {row['suffix']} is unused: no name ends so")
    for line, row in folder.rows("region_self_references.csv"):
        for end in row["names_end"].split("|"):
            if end not in ends | {"国", "*"}:
                yield Problem("region_self_references.csv", line, f"no name ends in {end}")
    variants = {r["variant"] for _, r in folder.rows("region_character_variants.csv")}
    for line, row in folder.rows("region_character_variants.csv"):
        if row["character"] in variants:
            what = f"{row['character']} is itself read as another character"
            yield Problem("region_character_variants.csv", line, what)
