"""The grants service in the test's process, with officers, programmes and rounds of the test's own."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.grants.app import RESOURCES, create_app
from services.kit.imports.engine import Importer
from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.serving import Caller, Serving, serving

_NUMBERS = count(1)
RULES: dict[str, Any] = {
    "rate": {"numerator": 1, "denominator": 2},
    "cap_project": 3_000_000,
    "minimum": 500_000,
    "applicants": {"kinds": ["prefecture", "city"], "joint_kinds": ["city", "npo"]},
}


class Grants:
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

    def sql_as(self, caller: str, statement: str, role: str = "grants_app") -> list[Any]:
        """As a role of the service, in the name of a caller (`Scope.setting`); undone."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.postgres.url(user=role))
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
        return Caller("grant_officer", client="desk", person=person)

    def call(
        self, operation: str, caller: Caller | None, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        return self.served.call(f"grants_{operation}", caller, headers, **options)

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

    def programme(self, officer: Caller, section: str, **given: Any) -> dict[str, Any]:
        body = {
            "code": code("P"), "section": section, "kind": "organisation", "name_ja": "架空助成",
            "name_en": "Invented grants",
        }  # fmt: skip
        return self.made("programmes", officer, **body | given)

    def edition(self, officer: Caller, of: str, **given: Any) -> dict[str, Any]:
        body = {"code": code("E"), "programme_code": of, "fiscal_year": 2025, "name_ja": "架空助成 2025",
                "name_en": "Invented grants 2025"}  # fmt: skip
        return self.made("editions", officer, **body | given)

    def rules(self, officer: Caller, of: str, *, frozen: bool = True, **given: Any) -> dict[str, Any]:
        made = self.made("rule_versions", officer, edition_code=of, rules=RULES | given)
        if frozen:
            assert self.act("rule_versions", "freeze", made["id"], officer).status_code == 201
        return made

    def dated(self, of: str, **given: Any) -> dict[str, Any]:
        """A round of an edition of 2025 that opens tomorrow and closes in thirty days."""
        opens = self.now().replace(microsecond=0) + timedelta(days=1)
        body = {
            "code": code("R"), "edition_code": of, "number": 1, "opens_at": opens.isoformat(),
            "closes_at": (opens + timedelta(days=30)).isoformat(), "projects_from": "2025-04-01",
            "projects_to": "2026-02-28", "budget_conditional": True,
        }  # fmt: skip
        return body | given

    def line(self, officer: Caller, section: str, **given: Any) -> dict[str, Any]:
        """A budget line of 2025."""
        body = {
            "code": code("L"),
            "fiscal_year": 2025,
            "section": section,
            "name_ja": "架空助成",
            "name_en": "Grants",
        }
        return self.made("budget_lines", officer, **body | given)

    def round(self, officer: Caller, section: str, *, announced: bool = True, **given: Any) -> dict[str, Any]:
        """Of a programme of its own."""
        edition = self.edition(officer, self.programme(officer, section)["code"])["code"]
        rules = self.rules(officer, edition)["code"]
        made = self.made("rounds", officer, **self.dated(edition, rules_code=rules, **given))
        if announced:
            answer = self.act("rounds", "announce", made["code"], officer)
            assert answer.status_code == 201, answer.text
            made = answer.json()
        return made

    def imported(
        self, kind: str, caller: Caller, content: bytes, media: str = "application/x-ndjson"
    ) -> dict[str, Any]:
        """The summary of an import, done there and then; with `problems`."""
        sent = self.call(
            "imports_create", caller, {"Content-Type": media}, content=content, params={"kind": kind}
        )
        assert sent.status_code == 202, sent.text
        database = self.served.app.state.service.database
        importer = Importer(
            "grants", "grants", database, [one for one in RESOURCES if "import" in one.access]
        )
        self.served.run(importer.work(UUID(sent.json()["id"]), 1))
        path = {"import_id": sent.json()["id"]}
        summary: dict[str, Any] = self.call("imports_read", caller, path=path).json()["summary"]
        return summary | {"problems": self.call("imports_problems", caller, path=path).json()["items"]}


def code(prefix: str) -> str:
    return f"{prefix}-{next(_NUMBERS):05d}"


def wrong(answer: httpx.Response) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in answer.json().get("errors", [])}


def done(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


@contextmanager
def grants_over(postgres: PrivatePostgres, user: str = "") -> Iterator[Grants]:
    """`user`: as whom the service connects, if not as its own role."""
    with short_folder() as folder, serving("grants", create_app, postgres, folder / "keys", user) as served:
        superuser = served.run(asyncpg.connect(postgres.url()))
        try:
            yield Grants(postgres, served, superuser)
        finally:
            served.run(superuser.close())
