"""A service in the test's process, with officers of CLAIR who serve in sections of it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI

from services.kit.imports.engine import Importer
from services.kit.resource import Resource
from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.serving import Caller, Serving, serving

_NUMBERS = count(1)


class Staffed:
    """A service with officers of CLAIR, by the sections of their posts."""

    service: str
    role: str
    resources: Sequence[Resource]

    def __init__(self, postgres: PrivatePostgres, served: Serving, superuser: Any) -> None:
        self.postgres, self.served, self._superuser = postgres, served, superuser
        self.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            "VALUES ('CLAIR', '架空協会', 'association', '')"
        )

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As the superuser: what no caller can do."""
        found: list[tuple[Any, ...]] = self.served.run(self._superuser.fetch(statement))
        return found

    def sql_as(self, caller: str, statement: str, role: str = "") -> list[Any]:
        """As a role of the service, in the name of a caller (`Scope.setting`); undone."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.url(user=role or f"{self.service}_app"))
            try:
                await connection.execute("BEGIN")
                await connection.execute("SELECT set_config('kk.caller', $1, true)", caller)
                found: list[Any] = await connection.fetch(statement)
                return found
            finally:
                await connection.close()

        return asyncio.run(run())

    def now(self) -> datetime:
        found: datetime = self.sql("SELECT platform.now()")[0][0]
        return found

    def advance(self, days: int) -> None:
        self.sql(f"UPDATE platform.clock SET offset_by = offset_by + interval '{days} days'")

    def officer(self, *sections: str, until: str = "NULL") -> Caller:
        """Staff of CLAIR with a post in each of the sections. `until`: the posts' last day, as SQL."""
        number = f"G{next(_NUMBERS):06d}"
        (made,) = self.sql(
            f"INSERT INTO directory.person (number, kind) VALUES ('{number}', 'staff') RETURNING id"
        )
        person = UUID(str(made[0]))
        for section in sections:
            self.sql(
                "INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from, valid_to) "
                f"SELECT '{person}', id, '{section}', '主事', '2020-04-01', {until} "
                "FROM directory.organisation WHERE code = 'CLAIR'"
            )
        return Caller(self.role, client="desk", person=person)

    def call(
        self, operation: str, caller: Caller | None, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        return self.served.call(f"{self.service}_{operation}", caller, headers, **options)

    def made(self, plural: str, caller: Caller, **body: Any) -> dict[str, Any]:
        answer = self.call(f"{plural}_create", caller, json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def change(self, plural: str, ref: str, caller: Caller, **body: Any) -> httpx.Response:
        return self.call(f"{plural}_change", caller, {"If-Match": "*"}, path={"ref": ref}, json=body)

    def act(self, plural: str, verb: str, ref: str, caller: Caller, **body: Any) -> httpx.Response:
        options = {"json": body} if body else {}
        return self.call(f"{plural}_{verb}", caller, path={"ref": ref}, **options)

    def codes(self, plural: str, caller: Caller | None, field: str = "code", **params: Any) -> list[str]:
        answer = self.call(f"{plural}_list", caller, params=params)
        assert answer.status_code == 200, answer.text
        return [item[field] for item in answer.json()["items"]]

    def imported(
        self, kind: str, caller: Caller, content: bytes, media: str = "application/x-ndjson"
    ) -> dict[str, Any]:
        """The summary of an import, done there and then; with `problems`."""
        sent = self.call(
            "imports_create", caller, {"Content-Type": media}, content=content, params={"kind": kind}
        )
        assert sent.status_code == 202, sent.text
        database = self.served.app.state.service.database
        taken = [one for one in self.resources if "import" in one.access]
        importer = Importer(self.service, self.service, database, taken)
        self.served.run(importer.work(UUID(sent.json()["id"]), 1))
        path = {"import_id": sent.json()["id"]}
        summary: dict[str, Any] = self.call("imports_read", caller, path=path).json()["summary"]
        return summary | {"problems": self.call("imports_problems", caller, path=path).json()["items"]}


Of = TypeVar("Of", bound=Staffed)


def code(prefix: str) -> str:
    return f"{prefix}-{next(_NUMBERS):05d}"


def wrong(answer: httpx.Response) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in answer.json().get("errors", [])}


def done(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


@contextmanager
def staffed(
    of: type[Of], create: Callable[[], FastAPI], postgres: PrivatePostgres, user: str = ""
) -> Iterator[Of]:
    """`user`: as whom the service connects, if not as its own role."""
    with short_folder() as folder, serving(of.service, create, postgres, folder / "keys", user) as served:
        superuser = served.run(asyncpg.connect(postgres.url()))
        try:
            yield of(postgres, served, superuser)
        finally:
            served.run(superuser.close())
