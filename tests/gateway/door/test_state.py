"""What the door knows of changed rights: every change that is committed, however long its transaction was open."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import asyncpg
import pytest

from services.gateway.door import state
from services.gateway.door.state import Poller
from services.kit.auth.tokens import AccessToken
from services.postgres import PrivatePostgres

CHANGE = """
INSERT INTO identity.rights_change AS r (subject, at) VALUES ($1, now() - interval '3 hours')
ON CONFLICT (subject) DO UPDATE SET version = r.version + 1, xid = excluded.xid, at = excluded.at
"""


def token(client: str) -> AccessToken:
    """Of a client whose rights had never changed."""
    return AccessToken(
        issuer="i", subject=client, client=client, role="coordinator", organisation=None, person=None,
        scopes=frozenset(), jti=str(uuid4()), issued_at=0, expires_at=1,
    )  # fmt: skip


async def until(told: Callable[[], bool]) -> None:
    for _ in range(1000):
        if told():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never told")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "POLL_EVERY", 0.02)


def test_a_change_in_a_long_transaction_is_told_once_it_is_committed(postgres: PrivatePostgres) -> None:
    early, late = str(uuid4()), str(uuid4())

    async def play() -> None:
        poller = Poller(postgres.url())
        slow, quick = [await asyncpg.connect(postgres.url()) for _ in range(2)]
        await poller.start()
        try:
            opened = slow.transaction()
            await opened.start()
            await slow.execute(CHANGE, early)
            await quick.execute(CHANGE, late)
            await until(lambda: poller.state.withdrawn(token(late)))
            assert not poller.state.withdrawn(token(early))
            await opened.commit()
            await until(lambda: poller.state.withdrawn(token(early)))
        finally:
            await poller.stop()
            await slow.close()
            await quick.close()

    asyncio.run(play())


def test_after_a_lost_connection_all_is_read_again(postgres: PrivatePostgres) -> None:
    """Another server may have given the numbers of the old one's last snapshot to other changes."""
    subject = str(uuid4())

    async def play() -> None:
        poller = Poller(postgres.url())
        poller._snapshot = "900000000:900000000:"  # of a server that had gone further
        poller._hang_up()
        connection = await asyncpg.connect(postgres.url())
        await connection.execute(CHANGE, subject)
        await poller.start()
        try:
            await until(lambda: poller.state.withdrawn(token(subject)))
        finally:
            await poller.stop()
            await connection.close()

    asyncio.run(play())
