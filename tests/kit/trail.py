"""The audit trail of one service as tests play it: entries are written, sealed by hand, and read as the API
gives them."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

import asyncpg

from services.events.app import create_app
from services.kit import audit
from services.kit.auth.keys import new_key
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db import rows
from services.kit.db.session import Database
from services.kit.http import json as wire
from services.kit.http.audit import resources
from services.kit.sealing import Sealer, Signer
from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.serving import Serving, serving

SCHEMA = "events"
ENTRIES, CHECKPOINTS, _ = resources(SCHEMA, SCHEMA)
CLERK = Scope(Principal("desk", None, "coordinator", None, frozenset()), "all", "request-1")
CHANGE = {"before": {"fee": 12345678901234567890, "rate": 1e-7}, "after": {"fee": 1, "name": "架空\u2028é"}}


class Trail:
    def __init__(self, served: Serving, postgres: PrivatePostgres) -> None:
        self.served, self.postgres = served, postgres
        self.database: Database = served.app.state.service.database
        self.signer = Signer(SCHEMA, new_key("Ed25519"))

    def sealer(self) -> Sealer:
        return Sealer(self.database, SCHEMA, self.signer)

    async def write(self, number: int) -> None:
        for one in range(number):
            async with self.database.writing(CLERK) as session:
                said: dict[str, Any] = CHANGE if one % 2 else {"states": ("open", None)}
                shown = [uuid4() for _ in range(one % 3)] if one % 4 else None
                await audit.entry(session, SCHEMA, "change", "trails", uuid4(), subjects=shown, **said)

    async def seal(self, sealer: Sealer | None = None) -> None:
        """Some entries are sealed by each."""
        made = sealer or self.sealer()
        while await made.seal():
            pass

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Any]:
        """A connection that no constraint, trigger or wall stops; what it has not committed ends with it."""
        connection = await asyncpg.connect(self.postgres.url())
        try:
            yield connection
        finally:
            await connection.close()


def listed(plural: Any, sort: str) -> str:
    return rows.listing(plural, rows.Shape("auditor", "all", (), sort=sort)).sql


def given(found: Any, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Records as they come out of the API."""
    for record in found:
        yield json.loads(wire.write({name: record[name] for name in names}))


async def read(connection: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All entries and checkpoints, by the statements of the API."""
    entries, checkpoints = listed(ENTRIES, "leaf"), listed(CHECKPOINTS, "tree_size")
    constants = {
        sql: rows.listing(one, rows.Shape("auditor", "all", (), sort=sort)).values({})
        for sql, one, sort in ((entries, ENTRIES, "leaf"), (checkpoints, CHECKPOINTS, "tree_size"))
    }
    return (
        list(given(await connection.fetch(entries, *constants[entries]), ENTRIES.fields)),
        list(given(await connection.fetch(checkpoints, *constants[checkpoints]), CHECKPOINTS.fields)),
    )


@contextmanager
def trail_over(postgres: PrivatePostgres) -> Iterator[Trail]:
    with short_folder() as folder, serving(SCHEMA, create_app, postgres, folder / "keys") as served:
        yield Trail(served, postgres)
