"""A thousand tamperings with the audit, each made by a superuser and each undone: a filed checkpoint tells them all."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from client.audit import Checkpoint, verify
from services.kit import sealing
from tests.kit.tampering import FREE, KINDS, Tamperer
from tests.kit.trail import Trail, read, trail_over
from tests.support.database import Databases

TAMPERINGS, ENTRIES, SEED = 1_200, 30, 20261123


@pytest.fixture(scope="module")
def trail(databases: Databases) -> Iterator[Trail]:
    """A database of its own, in which nobody else writes."""
    with databases.fresh() as postgres, trail_over(postgres) as made:
        yield made


def filed(trail: Trail, checkpoints: list[dict[str, str]]) -> Checkpoint:
    return Checkpoint.read(checkpoints[-1]["signed_note"], trail.signer.verifier_key)


def test_every_tampering_is_found(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 7)

    async def play() -> Counter[str]:
        await trail.write(ENTRIES)
        await trail.seal()
        await trail.write(2)  # not sealed as yet
        async with trail.superuser() as connection:
            return await tampered(connection)

    async def tampered(connection: Any) -> Counter[str]:
        before = await read(connection)
        saved = filed(trail, before[1])
        assert list(verify(*before, [saved])) == []
        done: Counter[str] = Counter()
        missed: list[str] = []
        tamperer = Tamperer(connection, random.Random(SEED), ENTRIES, trail.signer)
        await connection.execute("BEGIN; " + FREE)
        for number in range(TAMPERINGS):
            kind = KINDS[number % len(KINDS)]
            await connection.execute("SAVEPOINT tampering")
            await kind(tamperer)
            after = await read(connection)
            assert after != before, f"{kind.__name__} {number} changed nothing"
            if not any(verify(*after, [saved])):
                missed.append(f"{kind.__name__} {number}")
            done[kind.__name__] += 1
            await connection.execute("ROLLBACK TO SAVEPOINT tampering; RELEASE SAVEPOINT tampering")
        assert list(verify(*await read(connection), [saved])) == []
        assert not missed, f"{len(missed)} of {TAMPERINGS} not found: {missed[:20]}"
        return done

    done = trail.served.run(play())
    assert done.total() == TAMPERINGS >= 1_000
    assert min(done.values()) > 100 and len(done) == len(KINDS)


def test_without_a_filed_checkpoint_a_stolen_key_rewrites_unseen(trail: Trail) -> None:
    """Why one is filed outside: what remains inside agrees with itself."""

    async def play() -> None:
        async with trail.superuser() as connection:
            saved = filed(trail, (await read(connection))[1])
            await connection.execute("BEGIN; " + FREE)
            await Tamperer(connection, random.Random(1), ENTRIES, trail.signer).rewrite()
            after = await read(connection)
        assert list(verify(*after, [])) == []
        assert list(verify(*after, [saved])) != []

    trail.served.run(play())


def test_a_finding_names_the_entry(trail: Trail) -> None:
    async def play() -> None:
        async with trail.superuser() as connection:
            entries, checkpoints = await read(connection)
        saved = filed(trail, checkpoints)
        entries[5] = entries[5] | {"client": "another"}
        first, *_ = verify(entries, checkpoints, [saved])
        assert first.position == 5 and entries[5]["id"] in str(first)
        places = {one.position for one in verify(entries, checkpoints, [saved])}
        assert 7 in places, "the first checkpoint after it"

    trail.served.run(play())
