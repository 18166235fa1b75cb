"""A registry, a JET service and two doors as real processes, and what the owner of a saved query does there."""

import csv
import io
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from migrations.run import migrate
from services.nursery import CopyChild
from services.postgres import PrivatePostgres
from tests.gateway.registry.house import HTTP, ISSUER, Registry, free_port, registry
from tests.support.sql import fetch

NAME = "saved_queries"
CLERK = ["directory:read", "jet.participant:read", "jet.roster:read", "jet.statistics:read", "queries:read", "queries:write"]  # fmt: skip
PEOPLE = 3


@dataclass(frozen=True)
class Place:
    """A registry and a JET service behind two doors, and an organisation with three participants."""

    house: Registry
    doors: tuple[str, ...]
    code: str

    def bearer(self, client: str, secret: str) -> dict[str, str]:
        answer = HTTP.post(
            f"{self.doors[0]}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret)
        )
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def officer(self) -> tuple[dict[str, str], str]:
        """Headers of a new tool of the organisation, and its client_id."""
        client, secret = self.house.with_secret(
            role="organisation", organisation_code=self.code, scopes=CLERK
        )
        return self.bearer(client, secret), client

    def post(self, path: str, bearer: dict[str, str], **body: Any) -> httpx.Response:
        headers = bearer | {"Idempotency-Key": str(uuid4())}
        return HTTP.post(f"{self.doors[0]}{path}", headers=headers, json=body or None)

    def saved(self, bearer: dict[str, str], address: str = "/jet/v1/participants?sort=jet_number") -> str:
        answer = self.post(
            "/identity/v1/saved-queries", bearer, name=f"名簿 {uuid4().hex}", list_address=address
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def key(self, bearer: dict[str, str], ref: str, **params: int) -> dict[str, Any]:
        asked = "&".join(f"{name}={value}" for name, value in params.items())
        answer = self.post(f"/identity/v1/saved-queries/{ref}/keys?{asked}", bearer, label="名簿.xlsx")
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def get(self, ref: str, key: str, form: str = "csv", door: int = 0, **more: Any) -> httpx.Response:
        address = f"{self.doors[door]}/identity/v1/saved-queries/{ref}/rows.{form}"
        return HTTP.get(address, auth=("x", key), **more)

    def shut(self, ref: str, key: str) -> dict[int, float]:
        """Seconds until each door refused the key."""
        began, found = time.monotonic(), dict[int, float]()
        while len(found) < len(self.doors) and time.monotonic() - began < 10:
            for door in range(len(self.doors)):
                if door not in found and self.get(ref, key, door=door).status_code == 401:
                    found[door] = time.monotonic() - began
        return found


@contextmanager
def saved_place(postgres: PrivatePostgres, folder: Path) -> Iterator[Place]:
    fetch(postgres.url(), f"CREATE DATABASE {NAME}")
    migrate(postgres.url(NAME))
    jet = f"127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        house = stack.enter_context(registry(postgres, folder, NAME, 1))
        shared = {"KAKEHASHI_KEYS": str(house.keys), "KAKEHASHI_ISSUER": ISSUER}
        told = {
            **shared,
            "KAKEHASHI_UPSTREAM_REGISTRY": house.addresses[0],
            "KAKEHASHI_UPSTREAM_JET": f"http://{jet}",
            **{
                f"KAKEHASHI_UPSTREAM_{name}": f"unix:{folder}/{name}" for name in ("CARE", "GRANTS", "EVENTS")
            },
            "KAKEHASHI_DATABASE_URL": postgres.url(NAME, user="door_app"),
        }
        doors = [f"127.0.0.1:{free_port()}" for _ in range(2)]
        wanted = [("jet", jet, shared | {"DATABASE_URL": postgres.url(NAME, user="jet_app")})]
        wanted += [("door", listen, told) for listen in doors]
        children = []
        for number, (name, listen, environment) in enumerate(wanted):
            made = {**os.environ, **environment, "KAKEHASHI_LISTEN": listen}
            command = ["services.serve", name]
            child = CopyChild(name, command, made, folder / f"{name}-{number}.log", listen)
            stack.callback(child.stop)
            child.start()
            children.append(child)
        for child in children:
            child.wait_ready(60)
            stack.callback(child.terminate)  # all of them, before each is waited for
        yield filled(house, tuple(f"http://{listen}" for listen in doors))


def filled(house: Registry, doors: tuple[str, ...]) -> Place:
    code = f"t-{uuid4().hex[:8]}"
    house.rows(
        "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('XA', 'XXA', '架空国', 'Nowhere')"
    )
    house.rows(
        f"INSERT INTO directory.organisation (code, name, kind, search_key) VALUES ('{code}', '架空市', 'city', '')"
    )
    made = Place(house, doors, code)
    staff = made.bearer(
        *house.with_secret(role="coordinator", scopes=["jet.participant:read", "jet.participant:write"])
    )
    for number in range(PEOPLE):
        who = f"2099900000{number}"
        person = made.post(
            "/jet/v1/participants", staff, jet_number=who, family_name=f"Doe{number}", given_name="Taylor",
            nationality="XA", birth_on="1999-09-09", job_type="ALT", programme_year=2026, arrival_group="a",
        )  # fmt: skip
        assert person.status_code == 201, person.text
        placed = made.post(
            "/jet/v1/placements", staff, jet_number=who, programme_year=2026, organisation_code=code,
            decided_on="2026-03-01",
        )  # fmt: skip
        assert placed.status_code == 201, placed.text
    return made


def rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
