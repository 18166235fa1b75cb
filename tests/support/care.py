"""The service of counselling in the test's own process, and those who call it."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from services.jet.care.app import create_app
from services.postgres import PrivatePostgres
from tests.support.serving import Caller, Serving, serving

OFFICER = Caller("care_officer", person=uuid4())
ANOTHER_OFFICER = Caller("care_officer", person=uuid4())
PROTECTOR = Caller("protector", person=uuid4())


def participant(person: UUID | None = None) -> Caller:
    return Caller("participant", client="desk", person=person or uuid4())


@dataclass
class Care:
    served: Serving
    postgres: PrivatePostgres

    def call(
        self, operation: str, caller: Caller | None = OFFICER, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        return self.served.call(operation, caller, headers, **options)

    def sql(self, statement: str) -> list[Any]:
        """As the superuser, past every wall."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.url())
            try:
                found: list[Any] = await connection.fetch(statement)
                return found
            finally:
                await connection.close()

        return asyncio.run(run())

    def sql_as(self, role: str, caller: str, statement: str) -> list[Any]:
        """As the service's database role, in the name of a caller (`Scope.setting`)."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.url(user=role))
            try:
                async with connection.transaction():
                    await connection.execute("SELECT set_config('kk.caller', $1, true)", caller)
                    found: list[Any] = await connection.fetch(statement)
                    return found
            finally:
                await connection.close()

        return asyncio.run(run())

    def organisation(self, kind: str = "company") -> UUID:
        code = f"CARE-{uuid4().hex[:10].upper()}"
        (row,) = self.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            f"VALUES ('{code}', '架空相談室', '{kind}', '') RETURNING id"
        )
        found: UUID = row["id"]
        return found

    def counsellor(self, organisation: UUID | None = None, person: UUID | None = None) -> Caller:
        return Caller(
            "counsellor", organisation=organisation or self.organisation(), person=person or uuid4()
        )

    def serves(self, person: UUID, host: UUID) -> None:
        """On the roster, at an organisation of this host authority."""
        self.sql(
            "INSERT INTO care.serving (person_id, organisation_id, host_id, effective) "
            f"VALUES ('{person}', '{uuid4()}', '{host}', daterange('2024-04-01', '2025-08-01'))"
        )


def done(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def at_once(care: Care, *works: Any) -> list[httpx.Response]:
    async def all_of() -> list[httpx.Response]:
        return list(await asyncio.gather(*works))

    return care.served.run(all_of())


@contextmanager
def caring(postgres: PrivatePostgres, keys: Path) -> Iterator[Care]:
    with serving("care", create_app, postgres, keys) as served:
        yield Care(served, postgres)
