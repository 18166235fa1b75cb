"""A directory in the test's own process and on a database of its own, so that all that it counts is the test's."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.kit import writer
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.imports.engine import Importer
from services.kit.resource import Resource
from services.postgres import PrivatePostgres
from tests.support import directory_app
from tests.support.database import private_database, short_folder
from tests.support.serving import Caller, Serving, serving

REGISTRAR = Caller("registrar")
SCOPE = Scope(Principal("history", None, "registrar", None, frozenset()), "all", "test")


class Own:
    def __init__(self, postgres: PrivatePostgres, served: Serving, superuser: Any) -> None:
        self.postgres, self.served, self._superuser = postgres, served, superuser

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As the superuser: what no caller can do."""
        found: list[tuple[Any, ...]] = self.served.run(self._superuser.fetch(statement))
        return found

    def call(self, verb: str, caller: Caller = REGISTRAR, **options: Any) -> httpx.Response:
        return self.served.call(f"directory_{verb}", caller, **options)

    def made(self, plural: str, **body: Any) -> dict[str, Any]:
        answer = self.call(f"{plural}_create".replace("-", "_"), json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def changed(self, plural: str, ref: str, **body: Any) -> httpx.Response:
        verb = f"{plural}_change".replace("-", "_")
        return self.call(verb, path={"ref": ref}, json=body, headers={"If-Match": "*"})

    def listed(self, plural: str, caller: Caller = REGISTRAR, **params: Any) -> list[dict[str, Any]]:
        answer = self.call(f"{plural}_list".replace("-", "_"), caller, params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def imported(self, into: Resource, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The summary of a file, by the worker's own job; with `problems`."""
        sent = self.call(
            "imports_create", headers={"Content-Type": "application/x-ndjson"}, params={"kind": into.plural},
            content=b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows),
        )  # fmt: skip
        assert sent.status_code == 202, sent.text
        importer = Importer("directory", "identity", self.served.app.state.service.database, [into])
        self.served.run(importer.work(UUID(sent.json()["id"]), 1))
        path = {"import_id": sent.json()["id"]}
        summary: dict[str, Any] = self.call("imports_read", path=path).json()["summary"]
        return summary | {"problems": self.call("imports_problems", path=path).json()["items"]}

    def load(self, into: Resource, known_from: datetime, **body: Any) -> None:
        """A row of a history, through the store path of an import that states its knowledge."""

        async def play() -> None:
            async with self.served.app.state.service.database.writing(SCOPE) as session:
                assert into.write is not None
                row = into.write.model_validate(body).model_dump() | {"_row": 1, "known_from": known_from}
                assert not await writer.prepare(session, into, [row])
                await writer.store(session, into, [row])

        self.served.run(play())

    def now(self) -> datetime:
        found: datetime = self.sql("SELECT platform.now()")[0][0]
        return found


@contextmanager
def own_directory() -> Iterator[Own]:
    with (
        private_database() as postgres,
        short_folder() as folder,
        serving("registry", directory_app.create, postgres, folder / "keys") as served,
    ):
        superuser = served.run(asyncpg.connect(postgres.url()))
        try:
            yield Own(postgres, served, superuser)
        finally:
            served.run(superuser.close())
