"""Two reviewers at the same moment, in real transactions on both databases: one decides, the other is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from etl.errors import ConflictError
from etl.review import drafts
from etl.review.decide import apply, preview
from etl.review.listing import history
from tests.review.world import World, rules


def test_one_decides_and_the_other_is_told(world: World) -> None:
    cell = world.id_of("C4")
    wanted = [drafts.accept([cell], why="无误", by="li"), drafts.reject([cell], why="不可信", by="wang")]
    tokens = [preview(world.engine, d, rules()).token for d in wanted]
    both = threading.Barrier(2, timeout=60)

    def decide(n: int) -> str:
        both.wait()
        try:
            return apply(world.engine, wanted[n], rules(), token=tokens[n]).decided_by
        except ConflictError as e:
            return str(e)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, range(2)))
    (winner,) = [a for a in answers if a in ("li", "wang")]
    (told,) = [a for a in answers if a not in ("li", "wang")]
    assert f"{winner} decided on it" in told
    assert [e.decision.decided_by for e in history(world.engine)] == [winner]
    assert world.state("C4") == {"li": "accepted", "wang": "rejected"}[winner]
    world.check_accounts()
