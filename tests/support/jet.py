"""A JET service in the test's process with people and organisations of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.jet.app import create_app
from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.serving import Caller, Serving, serving

COORDINATOR = Caller("coordinator")
_NUMBERS = count(1)


@dataclass(frozen=True)
class Organisation:
    id: UUID
    code: str


class Jet:
    def __init__(self, postgres: PrivatePostgres, served: Serving, superuser: Any) -> None:
        self.postgres, self.served, self._superuser = postgres, served, superuser

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As the superuser: what no caller can do."""
        found: list[tuple[Any, ...]] = self.served.run(self._superuser.fetch(statement))
        return found

    def now(self) -> datetime:
        found: datetime = self.sql("SELECT platform.now()")[0][0]
        return found

    def advance(self, days: int) -> None:
        self.sql(f"UPDATE platform.clock SET offset_by = offset_by + interval '{days} days'")

    def organisation(self) -> Organisation:
        code = f"T{next(_NUMBERS):07d}"
        made = self.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            f"VALUES ('{code}', '架空市', 'city', '') RETURNING id"
        )
        return Organisation(UUID(str(made[0][0])), code)

    def participant(self, *, year: int = 2024, job: str = "ALT", family: str = "Doe") -> str:
        """The JET number of a new one."""
        body = self.described(year=year, job=job, family=family)
        assert self.call("jet_participants_create", json=body).status_code == 201
        return str(body["jet_number"])

    def described(self, *, year: int = 2024, job: str = "ALT", family: str = "Doe") -> dict[str, Any]:
        """A body for a new participant."""
        self.sql(
            "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) "
            "VALUES ('XA', 'XXA', '架空国', 'Nowhere') ON CONFLICT DO NOTHING"
        )
        number = f"20{next(_NUMBERS):09d}"
        return {
            "jet_number": number, "family_name": family, "nationality": "XA", "job_type": job,
            "programme_year": year, "arrival_group": "a",
        }  # fmt: skip

    def call(self, operation: str, caller: Caller = COORDINATOR, **options: Any) -> httpx.Response:
        return self.served.call(operation, caller, **options)


def appointment(
    number: str, organisation: Organisation, starts_on: date, ends_on: date, *, year: int = 2024, job: str = "ALT",
    workplace: str = "架空小学校",
) -> dict[str, Any]:  # fmt: skip
    return {
        "jet_number": number, "organisation_code": organisation.code, "programme_year": year, "job_type": job,
        "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(), "workplace_name": workplace,
        "workplace_kind": "school", "school_level": "elementary",
    }  # fmt: skip


@contextmanager
def jet_over(postgres: PrivatePostgres) -> Iterator[Jet]:
    with short_folder() as folder, serving("jet", create_app, postgres, folder / "keys") as served:
        superuser = served.run(asyncpg.connect(postgres.url()))
        try:
            yield Jet(postgres, served, superuser)
        finally:
            served.run(superuser.close())
