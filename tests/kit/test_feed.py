"""Random interleavings of writers: the feed tells every committed record once, in an order that never changes."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.support.chance import Steps, play, whole
from tests.support.jet import Jet

WRITERS = 3
WHO = {"who": whole(0, WRITERS - 1)}
STEPS: Steps = {
    "write": (3, WHO | {"rows": whole(1, 3)}), "commit": (2, WHO), "roll_back": (1, WHO), "read": (3, {"limit": whole(1, 4)}),
}  # fmt: skip
HISTORIES, LENGTH = 30, 40
CALLER = json.dumps({"client": "test", "role": "coordinator", "key": "test/"})
INSERT = "INSERT INTO jet.outbox (resource, resource_id, action) VALUES ('appointments', $1, 'created')"


@pytest.fixture(scope="module")
def connections(jet: Jet) -> Iterator[list[Any]]:
    url = jet.postgres.url(user="jet_app")
    made = [jet.served.run(asyncpg.connect(url)) for _ in range(WRITERS)]
    yield made
    for one in made:
        jet.served.run(one.close())


class Feed:
    def __init__(self, jet: Jet, connections: list[Any]) -> None:
        self.jet, self.connections = jet, connections
        self.open: dict[int, list[str]] = {}
        self.committed: set[str] = set()
        self.seen: list[str] = []
        self.cursor: str | None = None
        while self._page(500):
            pass
        self.start = self.cursor

    def _run(self, who: int, statement: str, *values: object) -> None:
        self.jet.served.run(self.connections[who].execute(statement, *values))

    def _page(self, limit: int) -> list[str]:
        after = {"after": self.cursor} if self.cursor else {}
        answer = self.jet.call("jet_changes_list", params={"limit": limit} | after)
        assert answer.status_code == 200, answer.text
        self.cursor = answer.json()["next"]
        return [item["id"] for item in answer.json()["items"]]

    def write(self, who: int, rows: int) -> None:
        """In the writer's open transaction, or a new one: its xid is taken now, its commit comes whenever."""
        if who not in self.open:
            self._run(who, "BEGIN")
            self._run(who, "SELECT set_config('kk.caller', $1, true)", CALLER)
            self.open[who] = []
        for _ in range(rows):
            self.open[who].append(str(uuid4()))
            self._run(who, INSERT, self.open[who][-1])

    def commit(self, who: int) -> None:
        if who in self.open:
            self._run(who, "COMMIT")
            self.committed |= set(self.open.pop(who))

    def roll_back(self, who: int) -> None:
        if who in self.open:
            self._run(who, "ROLLBACK")
            del self.open[who]

    def read(self, limit: int) -> None:
        told = self._page(limit)
        assert len(told) <= limit
        assert set(told) <= self.committed
        self.seen += told
        assert len(set(self.seen)) == len(self.seen)

    def end(self, chance: Random) -> None:
        for who in list(self.open):
            self.commit(who)
        while told := self._page(3):
            self.seen += told
        assert set(self.seen) == self.committed
        self.cursor, again = self.start, []
        while told := self._page(500):
            again += told
        assert again == self.seen


def test_nothing_is_skipped_or_told_twice_whatever_the_interleaving(jet: Jet, connections: list[Any]) -> None:
    for seed in range(HISTORIES):
        play(Feed(jet, connections), STEPS, seed, LENGTH)


def test_a_late_commit_with_an_early_id_is_told(jet: Jet, connections: list[Any]) -> None:
    feed = Feed(jet, connections)
    for who in (0, 1, 0):
        feed.write(who, 1)
    feed.commit(0)
    feed.read(4)
    assert len(feed.seen) == 2
    feed.commit(1)
    feed.read(4)
    assert set(feed.seen) == feed.committed
