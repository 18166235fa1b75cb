"""A worker held at a statement of its own by somebody else's lock, and killed there."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.processes import Child
from tests.support.house import House

GATE = 4242
# what a transaction waits for at its COMMIT, while somebody holds the gate
_AT_COMMIT = f"""
CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER gate AFTER UPDATE ON identity.operation DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state IN ('succeeded', 'failed')) EXECUTE FUNCTION public.gate()
"""
_NO_GATE = "DROP TRIGGER gate ON identity.operation; DROP FUNCTION public.gate()"
_HELD = "SELECT query FROM pg_stat_activity WHERE usename = 'registry_app' AND wait_event_type = 'Lock'"


@dataclass(frozen=True)
class Stop:
    """`lock` is taken by another connection; the worker waits for it in a statement that matches `statement`."""

    lock: str
    statement: str


def _table(name: str, mode: str = "SHARE") -> str:
    return f"LOCK TABLE {name} IN {mode} MODE"


_OPERATION = "SELECT FROM identity.operation WHERE id = '{operation}' FOR UPDATE"
_CONCLUDING = Stop(_table("identity.import"), r"UPDATE identity\.import")
_COMMITTING = Stop(f"SELECT pg_advisory_xact_lock({GATE})", "^COMMIT")
_QUEUE = Stop(_table("identity.pgqueuer_log"), "pgqueuer")

# name → the stops on the way there: at each but the last the worker is let go on
POINTS: dict[str, tuple[Stop, ...]] = {
    "taking the job": (_QUEUE,),
    "finding the import": (Stop(_table("identity.import", "ACCESS EXCLUSIVE"), r"identity\.import"),),
    "fetching the file": (Stop(_table("identity.blob_chunk", "ACCESS EXCLUSIVE"), r"identity\.blob_chunk"),),
    "telling that it has begun": (Stop(_OPERATION, r"UPDATE identity\.operation"),),
    "storing the first rows": (Stop(_table("directory.organisation"), r"directory\.organisation"),),
    "storing rows in the middle": (
        Stop("SELECT FROM directory.organisation WHERE code = '{late}' FOR UPDATE", r"directory\.organisation"),
    ),
    "telling of changes": (Stop(_table("identity.outbox"), r"identity\.outbox"),),
    "writing the audit": (Stop(_table("identity.audit_entry"), r"identity\.audit_entry"),),
    "keeping the marked workbook": (Stop(_table("identity.blob"), r"INSERT INTO identity\.blob"),),
    "telling of problems": (Stop(_table("identity.import_problem"), r"identity\.import_problem"),),
    "concluding": (_CONCLUDING,),
    "ending the operation": (_CONCLUDING, Stop(_OPERATION, r"UPDATE identity\.operation")),
    "committing": (_COMMITTING,),
    "after the commit": (_COMMITTING, _QUEUE),
}  # fmt: skip


class Warden:
    """Connections of the superuser, who may look at and lock everything."""

    def __init__(self, runner: asyncio.Runner, url: str) -> None:
        self._runner, self._url = runner, url
        self._own = runner.run(asyncpg.connect(url))

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._runner.run(self._own.fetch(statement))]

    def script(self, statements: str) -> None:
        self._runner.run(self._own.execute(statements))

    def take(self, lock: str) -> Any:
        connection = self._runner.run(asyncpg.connect(self._url))
        self._runner.run(connection.execute(f"BEGIN; {lock}"))
        return connection

    def release(self, held: Any) -> None:
        self._runner.run(held.close())

    def close(self) -> None:
        self.release(self._own)


@contextmanager
def warden(house: House) -> Iterator[Warden]:
    with asyncio.Runner() as runner:
        made = Warden(runner, house.postgres.url())
        made.script(_AT_COMMIT)
        try:
            yield made
        finally:
            made.script(_NO_GATE)
            made.close()


def until(told: str, holds: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, told
        time.sleep(0.005)


def kill_at(watch: Warden, worker: Child, name: str, **names: str) -> None:
    """The worker, which stands still (SIGSTOP), goes on to the point and dies there."""
    held: Any = None
    for place, stop in enumerate(POINTS[name]):
        former, held = held, watch.take(stop.lock.format(**names))
        if former is not None:
            watch.release(former)
        if not place:
            os.kill(worker.pid, signal.SIGCONT)
        until(f"{name}: nothing waits at {stop}", lambda stop=stop: _waits(watch, stop))
    worker.kill()
    watch.release(held)


def _waits(watch: Warden, stop: Stop) -> bool:
    return any(re.search(stop.statement, query) for (query,) in watch.sql(_HELD))


def kill_in_survey(watch: Warden, worker: Child, operation: str) -> None:
    """While it reads the first rows, which is between two statements."""
    told = f"SELECT state, done FROM identity.operation WHERE id = '{operation}'"
    os.kill(worker.pid, signal.SIGCONT)
    until("never began", lambda: watch.sql(told)[0][0] == "running")
    os.kill(worker.pid, signal.SIGSTOP)
    assert watch.sql(told) == [("running", 0)]
    worker.kill()
