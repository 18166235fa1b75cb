from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from migrations.run import migrate
from services.postgres import PrivatePostgres
from tests.gateway.registry.house import Registry, registry
from tests.support.sql import fetch


@pytest.fixture(scope="session")
def house(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Two processes on the sandbox of the test worker."""
    with registry(postgres, tmp_path_factory.mktemp("registry"), "postgres", 2) as running:
        yield running


@pytest.fixture(scope="session")
def real_house(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One process on a database that is no sandbox."""
    fetch(postgres.url(), "CREATE DATABASE no_sandbox")
    migrate(postgres.url("no_sandbox"))
    with registry(postgres, tmp_path_factory.mktemp("real"), "no_sandbox", 1) as running:
        yield running


class Directory:
    """Synthetic organisations and people, written past the API, which has its own tests."""

    def __init__(self, house: Registry) -> None:
        self._house = house

    def organisation(self, *, kind: str = "municipality", code: str = "", hosts: bool = False) -> UUID:
        code = code or f"t-{uuid4().hex[:8]}"
        found = self._house.rows(
            f"INSERT INTO directory.organisation (code, name, kind, search_key) VALUES ('{code}', '架空市', '{kind}', '') "
            "ON CONFLICT (code) DO UPDATE SET name = excluded.name RETURNING id"
        )
        made = UUID(str(found[0][0]))
        if hosts:
            self._house.rows(
                "INSERT INTO directory.organisation_role (organisation_id, role, valid_from) "
                f"VALUES ('{made}', 'host_authority', '2020-04-01')"
            )
        return made

    def code(self, organisation: UUID) -> str:
        return str(
            self._house.rows(f"SELECT code FROM directory.organisation WHERE id = '{organisation}'")[0][0]
        )

    def person(
        self, kind: str, *posts: tuple[UUID, str], since: str = "2020-04-01", until: str | None = None
    ) -> UUID:
        person = self._house.rows(
            "INSERT INTO directory.person (number, kind, company) "
            f"VALUES ('n-{uuid4().hex[:10]}', '{kind}', CASE '{kind}' WHEN 'contact' THEN '架空社' END) RETURNING id"
        )
        made = UUID(str(person[0][0]))
        last = "NULL" if until is None else f"'{until}'"
        for organisation, section in posts:
            self._house.rows(
                "INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from, valid_to) "
                f"VALUES ('{made}', '{organisation}', '{section}', '主事', '{since}', {last})"
            )
        return made

    def number(self, person: UUID) -> str:
        return str(self._house.rows(f"SELECT number FROM directory.person WHERE id = '{person}'")[0][0])


@pytest.fixture(scope="session")
def directory(house: Registry) -> Directory:
    return Directory(house)
