"""A withdrawal acts on an export that is being sent: no row goes out after it, and the file breaks off."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from services.kit.auth.tokens import INTERNAL_HEADER
from services.kit.http.negotiate import XLSX
from services.kit.http.standing import Withdrawn
from tests.jet.fairing import Person, crowd, fair
from tests.support.jet import Jet
from tests.support.serving import Caller

Sent = list[bytes]
NDJSON, CSV = "application/x-ndjson", "text/csv"


async def read_slowly(
    jet: Jet, company: Caller, media: str, meanwhile: Callable[[Sent], Awaitable[None]]
) -> Sent:
    """The pieces of an export as its reader takes them: before it takes the next, something else happens."""
    operation = "jet_fair_candidates_list"
    headers = {INTERNAL_HEADER: jet.served.token(operation, company), "Accept": media, "Host": "service"}
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
        "path": "/jet/v1/fair-candidates", "raw_path": b"/jet/v1/fair-candidates", "query_string": b"",
        "root_path": "", "scheme": "http", "server": ("service", 80), "client": ("test", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sent: Sent = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            return
        await meanwhile(sent)
        if message.get("body"):
            sent.append(message["body"])

    await jet.served.app(scope, receive, send)
    return sent


def scene(jet: Jet, size: int) -> tuple[Caller, list[tuple[Person, str]]]:
    made = fair(jet)
    _, company = made.exhibitor()
    return company, crowd(jet, made, size)


def withdrawing(jet: Jet, who: Person, identity: str, after: int) -> Callable[[Sent], Awaitable[None]]:
    """Once `after` pieces have been taken, and committed before the next."""
    done: list[int] = []

    async def act(sent: Sent) -> None:
        if len(sent) >= after and not done:
            answer = await jet.served.send(
                "jet_fair_registrations_withdraw_consent", who.caller, path={"ref": identity}
            )
            done.append(answer.status_code)
            assert answer.status_code == 201, answer.text

    return act


async def nothing(_: Sent) -> None: ...


@pytest.mark.parametrize("media", [NDJSON, CSV, XLSX])
def test_a_file_that_nobody_withdraws_from_is_whole(jet: Jet, media: str) -> None:
    company, people = scene(jet, 30)
    whole = b"".join(jet.served.run(read_slowly(jet, company, media, nothing)))
    if media != XLSX:
        assert all(f"Headline {identity}".encode() in whole for _, identity in people)
    assert len(whole) > 2000


@pytest.mark.parametrize(("media", "after"), [(NDJSON, 0), (NDJSON, 10), (NDJSON, 29), (CSV, 0), (XLSX, 0)])
def test_no_row_of_who_has_withdrawn_is_sent(jet: Jet, media: str, after: int) -> None:
    company, people = scene(jet, 30)
    who, identity = people[-1]
    sent: Sent = []
    withdraw = withdrawing(jet, who, identity, after)

    async def act(taken: Sent) -> None:
        await withdraw(taken)
        sent[:] = taken

    with pytest.raises(Withdrawn):
        jet.served.run(read_slowly(jet, company, media, act))
    assert f"Headline {identity}".encode() not in b"".join(sent)
    assert len(sent) == after


def test_a_narrower_consent_stops_it_too(jet: Jet) -> None:
    """What the file would still show is not what the person lets be seen."""
    company, people = scene(jet, 5)
    who, identity = people[-1]

    async def act(sent: Sent) -> None:
        if len(sent) == 2:
            answer = await jet.served.send(
                "jet_fair_registrations_consent", who.caller, {"Idempotency-Key": str(uuid4())},
                path={"ref": identity}, json={"shared_fields": ["languages"]},
            )  # fmt: skip
            assert answer.status_code == 201

    with pytest.raises(Withdrawn):
        jet.served.run(read_slowly(jet, company, NDJSON, act))
