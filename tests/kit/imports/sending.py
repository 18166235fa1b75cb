"""Two services in the test's process over one database: a file is sent to its route and done by its importer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from services.gateway.registry import directory
from services.jet import app as jet
from services.kit.imports.engine import Importer
from services.kit.resource import Resource
from services.postgres import PrivatePostgres
from tests.kit.imports.bad_files import BadFile
from tests.support import directory_app
from tests.support.database import short_folder
from tests.support.serving import Caller, Serving, serving

# what an import may store, and the changes it tells of
_DIRECTORY = ("directory.organisation", "directory.country", "identity.outbox")
_JET = ("jet.participant", "jet.person_detail", "jet.participation", "jet.appointment", "jet.workplace", "jet.arrangement",
        "jet.supervisor", "jet.outbox")  # fmt: skip


class Service:
    def __init__(
        self, name: str, served: Serving, resources: Sequence[Resource], caller: Caller, tables: Sequence[str]
    ) -> None:
        self.name, self.served, self.caller = name, served, caller
        schema = tables[-1].partition(".")[0]
        database = served.app.state.service.database
        self.importer = Importer(name, schema, database, [one for one in resources if "import" in one.access])
        self.digest = "SELECT md5(concat(" + ", ".join(
            f"(SELECT string_agg(t::text, '' ORDER BY t::text) FROM {table} AS t)" for table in tables
        ) + "))"  # fmt: skip

    def send(self, file: BadFile, mode: str = "atomic") -> httpx.Response:
        return self.served.call(
            f"{self.name}_imports_create", self.caller, {"Content-Type": file.media}, content=file.body,
            params={"kind": file.form.kind, "mode": mode, "dry_run": "true" if file.reads else "false"},
        )  # fmt: skip

    def done(self, sent: httpx.Response) -> dict[str, Any]:
        """The operation, once its import was worked on."""
        identity = sent.json()["id"]
        with suppress(Exception):  # a fault is raised once the operation has told of it
            self.served.run(self.importer.work(UUID(identity), 1))
        told = self.served.call(f"{self.name}_operations_read", self.caller, path={"operation_id": identity})
        operation: dict[str, Any] = told.json()
        return operation

    def problems(self, operation: dict[str, Any]) -> list[dict[str, Any]]:
        told = self.served.call(
            f"{self.name}_imports_problems",
            self.caller,
            path={"import_id": operation["id"]},
            params={"limit": 500},
        )
        found: list[dict[str, Any]] = told.json()["items"]
        return found


class Place:
    """The services by name, and a look at what they hold that no caller has."""

    def __init__(self, services: Sequence[Service], superuser: Any) -> None:
        self.services = {service.name: service for service in services}
        self._superuser = superuser

    def records(self, service: str) -> str:
        """A digest of what the service's imports may change."""
        return str(self.sql(self.services[service].digest)[0][0])

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.services["directory"].served.run(self._superuser.fetch(statement))
        return found


@contextmanager
def place(postgres: PrivatePostgres) -> Iterator[Place]:
    with short_folder() as folder:
        keys = Path(folder)
        with (
            serving("registry", directory_app.create, postgres, keys / "one") as registry,
            serving("jet", jet.create_app, postgres, keys / "two") as jets,
        ):
            superuser = registry.run(asyncpg.connect(postgres.url()))
            try:
                yield Place(
                    (
                        Service("directory", registry, directory.RESOURCES, Caller("registrar"), _DIRECTORY),
                        Service("jet", jets, jet.RESOURCES, Caller("coordinator"), _JET),
                    ),
                    superuser,
                )
            finally:
                registry.run(superuser.close())
