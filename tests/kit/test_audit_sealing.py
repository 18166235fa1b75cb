"""Sealing: below every running transaction, by one worker at a time, whole or not at all."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from client.audit import Checkpoint, verify
from migrations.histories import EVENTS
from migrations.run import config, migrate
from services import worker
from services.kit import audit, sealing
from services.kit.db.session import engine_for
from services.kit.sealing import Broken
from services.postgres import PrivatePostgres
from tests.kit.trail import CLERK, SCHEMA, Trail, read, trail_over
from tests.support.database import private_database
from tests.support.serving import Caller

AUDITOR = Caller("auditor")


@pytest.fixture(scope="module")
def trail(postgres: PrivatePostgres) -> Iterator[Trail]:
    """A log of its own key: what others have sealed is undone first."""
    with trail_over(postgres) as made:

        async def fresh() -> None:
            connection = await asyncpg.connect(postgres.url())
            await connection.execute(f"TRUNCATE {SCHEMA}.audit_leaf, {SCHEMA}.audit_checkpoint")
            await connection.close()

        made.served.run(fresh())
        yield made
        made.served.run(fresh())


async def state(trail: Trail) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    connection = await asyncpg.connect(trail.postgres.url())
    try:
        return await read(connection)
    finally:
        await connection.close()


def newest(checkpoints: list[dict[str, Any]]) -> Checkpoint:
    return Checkpoint.read(checkpoints[-1]["signed_note"], checkpoints[-1]["verifier_key"])


def test_a_sealed_trail_is_as_its_checkpoint_says(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 4)

    async def play() -> None:
        await trail.write(9)
        await trail.seal()
        await trail.write(2)
        entries, checkpoints = await state(trail)
        assert len(checkpoints) >= 3
        assert [one["leaf"] for one in entries[-2:]] == [None, None]
        assert list(verify(entries, checkpoints, [newest(checkpoints)])) == []
        assert newest(checkpoints).signed()

    trail.served.run(play())


def test_nothing_is_sealed_that_a_running_write_may_still_precede(trail: Trail) -> None:
    async def play() -> None:
        await trail.seal()
        sealer = trail.sealer()
        async with trail.database.writing(CLERK) as early:
            await audit.entry(early, SCHEMA, "change", "early")
            await trail.write(2)  # later numbers, committed first
            await trail.seal(sealer)
            entries, _ = await state(trail)
            assert [one["leaf"] for one in entries[-2:]] == [None, None]
        await trail.seal(sealer)
        entries, checkpoints = await state(trail)
        assert [one["resource"] for one in entries[-3:]] == ["early", "trails", "trails"]
        assert checkpoints[-1]["tree_size"] == len(entries)

    trail.served.run(play())


def test_two_workers_seal_every_entry_once(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)

    async def play() -> None:
        await trail.write(12)
        one, other = trail.sealer(), trail.sealer()
        for _ in range(6):
            await asyncio.gather(one.seal(), other.seal())
        entries, checkpoints = await state(trail)
        assert [entry["leaf"] for entry in entries] == list(range(len(entries)))
        assert list(verify(entries, checkpoints, [newest(checkpoints)])) == []

    trail.served.run(play())


def test_a_worker_that_dies_while_it_seals_leaves_nothing_half(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        await trail.seal()
        before = await state(trail)
        await trail.write(3)
        sealer = trail.sealer()
        with monkeypatch.context() as broken:
            broken.setattr(trail.signer, "note", lambda *_: None)  # refused when the leaves are there
            with pytest.raises(IntegrityError):
                await sealer.seal()
        entries, checkpoints = await state(trail)
        assert checkpoints == before[1]
        assert [one["leaf"] for one in entries[-3:]] == [None] * 3
        await trail.seal(sealer)
        entries, checkpoints = await state(trail)
        assert list(verify(entries, checkpoints, [newest(checkpoints)])) == []

    trail.served.run(play())


def test_what_was_not_committed_is_sealed_with_the_next(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is lost at the very commit: the worker goes on and passes over nothing."""

    async def play() -> None:
        await trail.seal(sealer := trail.sealer())
        await trail.write(3)
        stored = sealer._seal

        async def lost(session: Any) -> bool:
            await stored(session)
            raise ConnectionError

        with monkeypatch.context() as broken:
            broken.setattr(sealer, "_seal", lost)
            with pytest.raises(ConnectionError):
                await sealer.seal()
        await trail.write(2)
        await trail.seal(sealer)
        entries, checkpoints = await state(trail)
        assert None not in [one["leaf"] for one in entries]
        assert list(verify(entries, checkpoints, [newest(checkpoints)])) == []

    trail.served.run(play())


def test_nothing_is_signed_over_leaves_that_were_changed(trail: Trail) -> None:
    async def play() -> None:
        await trail.seal()
        connection = await asyncpg.connect(trail.postgres.url())
        change = f"UPDATE {SCHEMA}.audit_leaf SET hash = sha256(hash) WHERE position = 1"
        kept = await connection.fetchval(f"SELECT hash FROM {SCHEMA}.audit_leaf WHERE position = 1")
        await connection.execute(change)
        await trail.write(1)
        with pytest.raises(Broken):
            await trail.sealer().seal()
        await connection.execute(f"UPDATE {SCHEMA}.audit_leaf SET hash = $1 WHERE position = 1", kept)
        await connection.close()
        await trail.seal()

    trail.served.run(play())


def test_auditors_alone_read_the_audit_and_that_is_an_entry(trail: Trail) -> None:
    served = trail.served
    for role in ("coordinator", "registrar", "organisation", "ministry", "participant", "service"):
        assert served.call("events_audit_entries_list", Caller(role)).status_code == 403
    reader = Caller("auditor", client="office")
    answer = served.call("events_audit_entries_list", reader, params={"client": "desk", "limit": 2})
    assert [one["client"] for one in answer.json()["items"]] == ["desk"] * 2
    kept = served.call("events_audit_entries_list", AUDITOR, params={"client": "office"}).json()["items"][-1]
    assert (kept["action"], kept["resource"], kept["subjects"]) == ("read", "audit-entries", None)
    assert "client=desk" in kept["after"]
    checkpoints = served.call("events_audit_checkpoints_list", AUDITOR, params={"sort": "-tree_size"}).json()
    assert checkpoints["items"][0]["verifier_key"] == trail.signer.verifier_key


async def downgraded(url: str) -> None:
    """The audit as it was before it could be sealed, with entries in it."""

    def down(connection: Connection) -> None:
        connection.execute(text(f"SET LOCAL ROLE {EVENTS.owner}"))
        made = config(EVENTS)
        made.attributes["connection"] = connection
        command.downgrade(made, "events_0001")
        connection.execute(text("RESET ROLE"))
        connection.execute(
            text(
                "INSERT INTO events.audit_entry (client, role, request_id, action, resource) "
                "SELECT 'c', 'r', 'q', 'a', number::text FROM generate_series(1, 50) AS number"
            )
        )

    engine = engine_for(url)
    async with engine.begin() as connection:
        await connection.run_sync(down)
    await engine.dispose()


def test_entries_of_before_are_sealed_in_their_order() -> None:
    with private_database() as postgres:
        asyncio.run(downgraded(postgres.url()))
        migrate(postgres.url())
        with trail_over(postgres) as trail:

            async def play() -> None:
                await trail.seal()
                entries, checkpoints = await state(trail)
                assert [one["resource"] for one in entries] == [str(number) for number in range(1, 51)]
                assert list(verify(entries, checkpoints, [newest(checkpoints)])) == []

            trail.served.run(play())


def test_the_worker_seals_again_and_again(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKEHASHI_SEAL_SECONDS", "0.02")
    monkeypatch.setenv("KAKEHASHI_KEYS", str(trail.served._keys))

    async def sealed(entries: int) -> None:
        for _ in range(500):
            if (await state(trail))[1][-1]["tree_size"] >= entries:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("nothing was sealed in ten seconds")

    async def play() -> None:
        await trail.seal()
        async with worker.beside(worker.sealing(worker.Place(SCHEMA, SCHEMA, ""), trail.database)):
            for _ in range(2):
                await trail.write(1)
                await sealed(len((await state(trail))[0]))
        await trail.write(1)
        await asyncio.sleep(0.1)
        assert (await state(trail))[0][-1]["leaf"] is None, "a worker that has ended seals nothing"

    trail.served.run(play())
