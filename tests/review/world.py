"""A small warehouse with figures that the project's own rules hold, for the tests of decisions."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from etl import ingest
from etl.check.suites import Suite, load_suites
from etl.landing import discover
from etl.recheck import Rechecked, recheck_batch
from etl.review.decide import apply, preview
from etl.review.drafts import Draft
from etl.review.model import Decision
from etl.selection import Selection, select
from etl.settings import Settings
from etl.warehouse import schema
from etl.warehouse.load import finish_run, start_run
from tests.dump import content

SHEET = """宜昌市2023年培训情况,,
地区,培训人数,占比(%)
西陵区,{first},30
伍家岗区,800,{share}
夷陵区,2000,50
"""
MANIFEST = "file,title,publisher,region_code,published_on\n{name},宜昌市2023年培训情况,宜昌市总工会,420500,2024-03\n"


@functools.cache
def rules() -> tuple[Suite, ...]:
    return load_suites(Settings().suites_dir)


def with_share_up_to(limit: int, folder: Path) -> tuple[Suite, ...]:
    """The project's rules with another version of OBS-SHARE."""
    folder.mkdir(exist_ok=True)
    for path in Settings().suites_dir.glob("*.json"):
        suite = json.loads(path.read_text(encoding="utf-8"))
        for rule in suite["expectations"]:
            if rule["meta"]["rule_id"] == "OBS-SHARE":
                rule["kwargs"]["max_value"] = limit
        (folder / path.name).write_text(json.dumps(suite), encoding="utf-8")
    return load_suites(folder)


class World:
    """A folder, a warehouse, and the verbs of a reviewer and an operator."""

    def __init__(self, engine: sa.Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.inbox = folder / "in"
        self.inbox.mkdir()

    def put(self, name: str = "a.csv", *, first: str = "1200", share: str = "120", text: str | None = None) -> None:
        sheet = SHEET.format(first=first, share=share) if text is None else text
        (self.inbox / name).write_text(sheet, encoding="utf-8")
        (self.inbox / "manifest.csv").write_text(MANIFEST.format(name=name), encoding="utf-8")

    def run(self, suites: Sequence[Suite] | None = None, *, full: bool = False, later: timedelta | None = None) -> None:
        plan = ingest.plan(discover([str(self.inbox)]), self.folder / "archive", self.engine, full=full)
        run_id = self._start(later)
        ingest.record_arrivals(self.engine, run_id, plan.arrivals)
        ingest.process_batch(plan.new, self.engine, run_id, suites or rules())
        finish_run(self.engine, run_id, status="completed")

    def recheck(self, suites: Sequence[Suite] | None = None, *, later: timedelta | None = None) -> Sequence[Rechecked]:
        with self.engine.connect() as connection:
            files = select(connection, Selection())
        return recheck_batch(files, self.engine, self._start(later), suites or rules())

    def _start(self, later: timedelta | None) -> str:
        run_id = start_run(self.engine, {}, seen=1, known=0, problems=[])
        if later:
            r = schema.ingest_run
            with self.engine.begin() as connection:
                at = connection.execute(sa.select(r.c.started_at).where(r.c.run_id == run_id)).scalar_one()
                connection.execute(r.update().where(r.c.run_id == run_id).values(started_at=at + later))
        return run_id

    def decide(self, draft: Draft) -> Decision:
        shown = preview(self.engine, draft, rules())
        return apply(self.engine, draft, rules(), token=shown.token)

    def id_of(self, cell: str) -> str:
        """Of the figure in a cell of the newest current file."""
        with self.engine.connect() as connection:
            for t in (schema.observation.c, schema.quarantine.c):
                a = schema.file_arrival.c
                current = sa.select(a.sha256).where(a.is_current)
                query = sa.select(t.observation_id).where(t.cell == cell, t.file_sha256.in_(current))
                if found := connection.execute(query).scalar():
                    return str(found)
        raise AssertionError(cell)

    def state(self, cell: str) -> str:
        """``open`` …, with the table it is in; ``loaded`` without a review item."""
        observation_id = self.id_of(cell)
        with self.engine.connect() as connection:
            i, o, q = schema.review_item.c, schema.observation.c, schema.quarantine.c
            state = connection.scalar(sa.select(i.state).where(i.observation_id == observation_id))
            loaded = connection.scalar(sa.select(o.observation_id).where(o.observation_id == observation_id))
            held = connection.scalar(sa.select(q.state).where(q.observation_id == observation_id))
        assert (loaded is None) == (held is not None), "in one table"
        if held is not None:
            assert held == state, "quarantine says the same"
        assert (held is not None) == (state in ("open", "rejected"))
        return state or "loaded"

    def note(self, cell: str) -> str:
        i = schema.review_item.c
        with self.engine.connect() as connection:
            return str(connection.scalar(sa.select(i.note).where(i.observation_id == self.id_of(cell))))

    def check_accounts(self) -> None:
        """numerals = loaded + held + ignored, and the counts are those of the rows."""
        s = schema.source_file.c
        with self.engine.connect() as connection:
            for row in connection.execute(sa.select(schema.source_file).where(s.status == "loaded")):
                assert row.numerals == row.numerals_loaded + row.numerals_held + row.numerals_ignored
                for t, said in ((schema.observation.c, row.numerals_loaded), (schema.quarantine.c, row.numerals_held)):
                    count = sa.select(sa.func.count(t.observation_id)).where(t.file_sha256 == row.sha256)
                    assert connection.scalar(count) == said

    def content(self) -> dict[str, list[str]]:
        """All that depends on files, rules and decisions alone."""
        i = schema.review_item.c
        says = (i.observation_id, i.state, i.rules, i.decision_id, i.lapsed_id, i.note, i.reading)
        with self.engine.connect() as connection:
            items = sorted(str(tuple(row)) for row in connection.execute(sa.select(*says)))
        return {**content(self.engine), "review_item": items}
