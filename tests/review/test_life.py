"""Whatever reviewers do in whatever order: each figure is where and in the state that docs/review.md says, nothing is
lost, and reading or checking again gives the same warehouse."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from etl.errors import ConflictError, UsageError
from etl.review import drafts
from etl.review.drafts import Draft
from etl.review.listing import history
from etl.review.model import Change
from etl.warehouse import schema
from etl.warehouse.engine import connect
from tests.review.world import World

SAID = {"why": "核对过原件", "by": "li"}
CELLS = ("B3", "B4", "C3", "C4")
AFTER = {"accept": "accepted", "reject": "rejected", "correct": "corrected"}


@dataclass(frozen=True)
class Entry:
    """A decision as the log has it: on the figure that a cell showed, or on another decision."""

    kind: str
    decision_id: str
    cell: str = ""
    text: str = ""
    undoes: int = -1


class Life(RuleBasedStateMachine):
    """A model of the guide's tables beside the warehouse."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        source, target = (sqlite3.connect(folder / "w.db") for folder in (self.template, self.folder))
        source.backup(target)
        source.close()
        target.close()
        self.engine = connect(f"sqlite:///{self.folder / 'w.db'}")
        self.world = World(self.engine, self.folder)
        self.world.put()
        with self.engine.begin() as connection:
            path = str(self.world.inbox / "a.csv")
            connection.execute(sa.text("update file_arrival set path = :path"), {"path": path})
        self.printed = {"B3": "1200", "B4": "800", "C3": "30", "C4": "120"}
        self.log: list[Entry] = []

    def stands(self, n: int) -> bool:
        """No entry that stands takes it back."""
        return not any(e.undoes == n and self.stands(m) for m, e in enumerate(self.log))

    def expected(self, cell: str) -> set[str]:
        """Its state; a figure that no rule holds has been so always, or is ``fixed``."""
        is_held = cell in ("B3", "B4") or (cell == "C4" and float(self.printed[cell]) > 100)
        for n, e in reversed(list(enumerate(self.log))):
            if e.cell == cell and e.text == self.printed[cell] and self.stands(n):
                return {AFTER[e.kind]} if e.kind != "accept" or is_held else {"loaded", "fixed"}
        return {"open"} if is_held else {"loaded", "fixed"}

    def decide(self, kind: str, cell: str, draft: Draft) -> None:
        before = self.expected(cell)
        if before <= {"accepted", "rejected", "corrected"}:
            with pytest.raises(ConflictError, match="already"):
                self.world.decide(draft)
        elif kind == "accept" and before != {"open"}:
            with pytest.raises(UsageError, match="no rule holds it"):
                self.world.decide(draft)
        else:
            done = self.world.decide(draft)
            self.log.append(Entry(kind, done.decision_id, cell, self.printed[cell]))

    @rule(cell=st.sampled_from(CELLS))
    def accept(self, cell: str) -> None:
        self.decide("accept", cell, drafts.accept([self.world.id_of(cell)], **SAID))

    @rule(cell=st.sampled_from(CELLS))
    def reject(self, cell: str) -> None:
        self.decide("reject", cell, drafts.reject([self.world.id_of(cell)], **SAID))

    @rule(cell=st.sampled_from(CELLS), share=st.sampled_from(("12.0", "125")))
    def correct(self, cell: str, share: str) -> None:
        change = Change(value=share) if cell[0] == "C" else Change(unit="万人", region="420500", period="2022")
        self.decide("correct", cell, drafts.correct([self.world.id_of(cell)], change, **SAID))

    @rule(back=st.integers(1, 6))
    def undo(self, back: int) -> None:
        n = len(self.log) - back
        if n < 0:
            return
        draft = drafts.undo(self.log[n].decision_id, **SAID)
        if self.stands(n):
            self.log.append(Entry("undo", self.world.decide(draft).decision_id, undoes=n))
        else:
            with pytest.raises(ConflictError, match="taken back by li"):
                self.world.decide(draft)

    @rule(first=st.sampled_from(("1200", "1300")), share=st.sampled_from(("120", "130", "20")))
    def publish(self, first: str, share: str) -> None:
        """Another edition of the file, or one that was there before."""
        self.world.put(first=first, share=share)
        self.world.run()
        self.printed |= {"B3": first, "C4": share}

    @rule()
    def read_again(self) -> None:
        before = self.content()
        self.world.run(full=True)
        assert self.content() == before

    @rule()
    def check_again(self) -> None:
        before = self.content()
        self.world.recheck()
        assert self.content() == before

    def content(self) -> dict[str, list[str]]:
        """Of replaced editions, no review items: these say only what became of their figures when they were."""
        a = schema.file_arrival.c
        i = schema.review_item.c
        with self.engine.connect() as connection:
            replaced = set(
                connection.execute(
                    sa.select(i.observation_id).where(i.file_sha256.not_in(sa.select(a.sha256).where(a.is_current)))
                ).scalars()
            )
        found = self.world.content()
        found["review_item"] = [line for line in found["review_item"] if not any(r in line for r in replaced)]
        return found

    @invariant()
    def each_figure_is_where_it_belongs(self) -> None:
        self.world.check_accounts()
        for cell in CELLS:
            assert self.world.state(cell) in self.expected(cell), cell

    @invariant()
    def the_log_is_complete(self) -> None:
        entries = history(self.engine)
        told = [(e.decision.kind, e.decision.decision_id, e.stands) for e in entries]
        assert told == [(e.kind, e.decision_id, self.stands(n)) for n, e in enumerate(self.log)]

    def teardown(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.folder)


def test_any_order_of_decisions_editions_and_rechecks(template: World) -> None:
    class FromTemplate(Life):
        pass

    FromTemplate.template = template.folder
    run_state_machine_as_test(
        FromTemplate,
        settings=settings(
            max_examples=3,
            stateful_step_count=12,
            phases=[Phase.generate],
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
