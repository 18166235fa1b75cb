"""The lists of every service in a world where each has records, and an import of each done there and then."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from services.gateway.registry import app as registry
from services.jet import app as jet
from services.kit.http.imports import importable
from services.kit.http.negotiate import XLSX
from services.kit.imports.engine import Importer
from services.kit.resource import Resource
from services.postgres import PrivatePostgres
from tests.support.database import short_folder
from tests.support.serving import Caller, Serving, serving
from tests.walls.loading import World, load
from tests.walls.world import ACTORS

CSV, NDJSON = "text/csv", "application/x-ndjson"
MEDIA = (CSV, XLSX, NDJSON)
RESOURCES = (*registry.RESOURCES, *jet.RESOURCES)
KINDS = importable(RESOURCES)
LISTED = [one for one in RESOURCES if "list" in one.access]


class Exports:
    def __init__(self, world: World) -> None:
        self.world = world

    def serving(self, resource: Resource) -> Serving:
        return self.world.jet if resource.service == "jet" else self.world.registry

    def callers(self, resource: Resource, verb: str = "list") -> list[Caller]:
        """One of each role that sees every record, each actor of one that sees its own; with `import` as the verb
        those who may send the list back too."""
        reaches = resource.access["list"].roles
        allowed = reaches.keys() & resource.access[verb].roles.keys()
        whole = [Caller(role) for role in sorted(allowed) if reaches[role] == "all"]
        return whole + [
            self.world.caller(actor)
            for actor in ACTORS
            if actor.role in allowed and reaches[actor.role] != "all"
        ]

    def taken(self, resource: Resource, caller: Caller, media: str = NDJSON, spoken: str = "ja") -> bytes:
        asked = self._asked(resource, caller)
        answer = self.serving(resource).call(
            resource.operation("list"), caller, {"Accept": media, "Accept-Language": spoken}, params=asked
        )
        assert answer.status_code == 200, answer.text
        return answer.content

    def _asked(self, resource: Resource, caller: Caller) -> dict[str, str]:
        """A roster is of one programme year; an organisation sends back what it has in force, for CLAIR alone
        may change what became of people who have left it."""
        if resource.plural == "roster":
            return {"programme_year": "2024"}
        own = resource.access["list"].roles[caller.role] == "own"
        return {"on": self.world.today.isoformat()} if own and resource.plural == "appointments" else {}

    def sent_back(
        self, resource: Resource, caller: Caller, body: bytes, media: str
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The import's summary and what it remarked."""
        served, prefix = self.serving(resource), f"{resource.service}_imports"
        sent = served.call(
            f"{prefix}_create",
            caller,
            {"Content-Type": media},
            content=body,
            params={"kind": resource.plural},
        )
        assert sent.status_code == 202, sent.text
        identity = sent.json()["id"]
        database = served.app.state.service.database
        importer = Importer(resource.service, resource.schema, database, KINDS)
        served.run(importer.work(UUID(identity), 1))
        path = {"import_id": identity}
        remarks = served.call(f"{prefix}_problems", caller, path=path, params={"limit": 500})
        summary = served.call(f"{prefix}_read", caller, path=path).json()["summary"]
        return summary, remarks.json()["items"]


@contextmanager
def exports(postgres: PrivatePostgres) -> Iterator[Exports]:
    with (
        short_folder() as folder,
        serving("registry", registry.create_app, postgres, folder / "keys") as one,
        serving("jet", jet.create_app, postgres, folder / "keys") as two,
    ):
        yield Exports(load(one, two))
