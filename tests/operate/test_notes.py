"""Noting refused requests: by the door's own token alone, once, for a time; and no client takes the others' room."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client import CollectorRegistry

from services.gateway.door import refusals
from services.gateway.door.record import Problem
from services.gateway.door.refusals import Refusals
from services.gateway.door.trace import trace_of
from services.gateway.registry.app import create_app
from services.gateway.registry.support.routes import ROUTE
from services.keys import create_keys
from services.kit.auth.keys import load_key
from services.postgres import PrivatePostgres
from tests.support.serving import Caller, Serving, serving
from tests.support.sql import fetch

DOOR = Caller("door", scopes=frozenset())
PROBLEM = Problem("not_found", "見つかりません", ["/kind choice_unknown"])


@pytest.fixture(scope="module")
def registry(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving("registry", create_app, postgres, tmp_path_factory.mktemp("notes") / "keys") as made:
        yield made


def noted(**said: object) -> dict[str, object]:
    return {
        "id": str(uuid4()), "support_code": "K7Q2MD", "request_id": str(uuid4()), "trace_id": "0" * 32,
        "at": time.time(), "client": "tool", "role": "organisation", "person_id": None, "organisation_id": None,
        "service": "jet", "route": "jet_roster_list", "method": "GET", "status": 404, "code": "not_found",
        "title": "見つかりません", "errors": [],
    } | said  # fmt: skip


def note(registry: Serving, *notes: dict[str, object], caller: Caller = DOOR, route: str = ROUTE) -> int:
    return registry.post(refusals.PATH, route, caller, list(notes)).status_code


def found(registry: Serving, role: str = "coordinator", **query: str) -> list[dict[str, Any]]:
    answer = registry.call("identity_refused_requests_list", Caller(role), params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_only_the_doors_own_token_may_note(registry: Serving) -> None:
    one = noted()
    wrong = {
        "another role": (Caller("registrar", client="door"), ROUTE),
        "another route": (DOOR, "identity_refused_requests_list"),
        "another client": (Caller("door", client="tool", scopes=frozenset()), ROUTE),
        "with scopes": (Caller("door", scopes=frozenset({"support:read"})), ROUTE),
    }
    for said, (caller, route) in wrong.items():
        assert note(registry, one, caller=caller, route=route) == 401, said
    assert found(registry, request_id=str(one["request_id"])) == []


def test_a_note_sent_twice_is_there_once_and_goes_with_its_time(
    registry: Serving, postgres: PrivatePostgres
) -> None:
    one, old = noted(), noted(at=time.time() - 91 * 86_400)
    for _ in range(2):
        assert note(registry, one, old) == 204
    rows = fetch(
        postgres.url(),
        f"SELECT id::text FROM identity.refused_request WHERE id IN ('{one['id']}', '{old['id']}')",
    )
    assert {row[0] for row in rows} == {one["id"], old["id"]}
    assert note(registry, noted()) == 204
    assert len(found(registry, request_id=str(one["request_id"]))) == 1
    assert found(registry, request_id=str(old["request_id"])) == []


@pytest.mark.parametrize("role", ["coordinator", "registrar", "auditor"])
@pytest.mark.parametrize("said", ["k7q2md", "K7Q-2MD", "Ｋ７Ｑ ２ＭＤ", " k7q　2md"])
def test_a_code_is_found_however_it_is_written(registry: Serving, role: str, said: str) -> None:
    one = noted()
    assert note(registry, one) == 204
    assert one["id"] in [row["id"] for row in found(registry, role, support_code=said)]


class Asked:
    """As much of a record as the queue looks at."""

    operation = None
    method, status = "GET", 404

    def __init__(self, client: str | None = None, status: int = 404) -> None:
        self.trace, self.status = trace_of(()), status
        self.token: Any = None if client is None else _Token(client)


class _Token:
    role, person, organisation = "organisation", None, None

    def __init__(self, client: str) -> None:
        self.client = client


def queue(folder: Path, address: str) -> tuple[Refusals, CollectorRegistry]:
    create_keys(folder)
    figures = CollectorRegistry()
    return Refusals(load_key(folder / "door.jwk", "Ed25519", private=True), address, figures), figures


def test_one_client_leaves_room_for_the_others(tmp_path: Path) -> None:
    waiting, figures = queue(tmp_path, "unix:/nowhere")

    def told(outcome: str) -> float | None:
        return figures.get_sample_value("kakehashi_door_refused_requests_total", {"outcome": outcome})

    def length() -> float | None:
        return figures.get_sample_value("kakehashi_door_refused_requests_waiting")

    for _ in range(500):
        waiting.note(Asked("greedy"), PROBLEM)  # type: ignore[arg-type]
    assert length() == refusals.BURST and told("lost") == 500 - refusals.BURST
    for _ in range(500):
        waiting.note(Asked(), PROBLEM)  # type: ignore[arg-type]
    assert length() == 2 * refusals.BURST
    waiting.note(Asked("modest"), PROBLEM)  # type: ignore[arg-type]
    assert length() == 2 * refusals.BURST + 1
    for quiet in (Asked("other", 429), Asked(None, 401)):
        waiting.note(quiet, PROBLEM)  # type: ignore[arg-type]
    assert length() == 2 * refusals.BURST + 1
    for number in range(2_000):
        waiting.note(Asked(f"client-{number}"), PROBLEM)  # type: ignore[arg-type]
    assert length() == refusals.MOST


def test_notes_wait_while_the_registry_is_away(tmp_path: Path) -> None:
    answers = [b"503 Busy", b"204 No Content"]
    posted: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        posted.append(await reader.readuntil(b"\r\n"))
        writer.write(b"HTTP/1.1 %s\r\n\r\n" % answers.pop(0))
        writer.close()

    async def play() -> list[float | None]:
        address = f"{tmp_path}/registry.sock"
        waiting, figures = queue(tmp_path / "keys", f"unix:{address}")
        waiting.note(Asked("tool"), PROBLEM)  # type: ignore[arg-type]

        async def left() -> float | None:
            await waiting.send()
            return figures.get_sample_value("kakehashi_door_refused_requests_waiting")

        away = await left()
        async with await asyncio.start_unix_server(serve, address):
            return [away, await left(), await left()]

    assert asyncio.run(play()) == [1, 1, 0]
    assert posted == [f"POST {refusals.PATH} HTTP/1.1\r\n".encode()] * 2


def test_the_worlds_clients_cannot_be_called_the_door(registry: Serving) -> None:
    answer = registry.call(
        "identity_clients_create", Caller("registrar"),
        json={"client_id": "sham", "name": "sham", "role": "door", "scopes": []},
    )  # fmt: skip
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
