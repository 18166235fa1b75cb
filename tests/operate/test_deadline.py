"""A service ends work that nobody waits for any more: what has not begun to answer is undone and answers 503."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from services.gateway.registry.app import create_app
from services.kit.db.session import DEADLINE
from services.kit.http.context import Context
from services.kit.operations import worker_scope
from services.postgres import PrivatePostgres
from tests.support.serving import Caller, Serving, serving
from tests.support.sql import fetch

REGISTRAR = Caller("registrar")
HELD = {"code": "S96500", "name": "架空学園", "kind": "school_corporation"}


@pytest.fixture(scope="module")
def registry(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving("registry", create_app, postgres, tmp_path_factory.mktemp("deadline") / "keys") as made:
        assert made.call("directory_organisations_create", REGISTRAR, json=HELD).status_code == 201
        yield made


def test_a_write_that_waits_too_long_is_undone(registry: Serving, postgres: PrivatePostgres) -> None:
    async def play() -> tuple[Any, float]:
        other = await asyncpg.connect(postgres.url())
        try:
            async with other.transaction():
                await other.execute("SELECT FROM directory.organisation WHERE code = 'S96500' FOR UPDATE")
                began = time.monotonic()
                answer = await registry.send(
                    "directory_organisations_change", REGISTRAR, {"If-Match": "*", "X-Kakehashi-Deadline": "400"},
                    path={"ref": "S96500"}, json={"name": "改名学園"},
                )  # fmt: skip
                return answer, time.monotonic() - began
        finally:
            await other.close()

    answer, seconds = registry.run(play())
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (
        503, "2", "unavailable",
    ), answer.text  # fmt: skip
    assert answer.json()["support_code"]
    assert seconds < 10
    assert (
        registry.call("directory_organisations_read", REGISTRAR, path={"ref": "S96500"}).json()["name"]
        == "架空学園"
    )
    again = registry.call(
        "directory_organisations_change", REGISTRAR, {"If-Match": "*", "X-Kakehashi-Deadline": "30000"},
        path={"ref": "S96500"}, json={"name": "改名学園"},
    )  # fmt: skip
    assert again.status_code == 200
    left = fetch(postgres.url(), "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")
    assert left == [(0,)]


def test_the_database_is_not_asked_to_work_past_the_deadline(registry: Serving) -> None:
    async def play(deadline: float | None) -> str:
        if deadline is not None:
            DEADLINE.set([asyncio.get_running_loop().time() + deadline])
        async with registry.app.state.service.database.reading(worker_scope("identity")) as session:
            row = await session.row("SELECT current_setting('statement_timeout') AS told")
        return str(row["told"])

    assert registry.run(play(None)) == "30s"
    assert registry.run(play(60)) == "30s"
    assert registry.run(play(2)) in {"2s", *(f"{n}ms" for n in range(1900, 2000))}


async def _stream(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b"whole"})


async def _follow(scope: Any, receive: Any, send: Any) -> None:
    """As a stream of progress does: it asks the database again and again, in a task of its own."""

    async def stream() -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": repr(list(DEADLINE.get())).encode()})

    await asyncio.create_task(stream())


async def _hang(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(60)


def said_by(app: Any) -> list[Any]:
    """What the outermost layer sends for it, at a deadline of a tenth of a second."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"",
        "headers": [(b"x-kakehashi-deadline", b"100")],
    }  # fmt: skip
    asyncio.run(Context(app, "test")(scope, None, send))  # type: ignore[arg-type]
    return said


def test_an_answer_that_has_begun_is_not_cut() -> None:
    assert said_by(_stream)[-1]["body"] == b"whole"


def test_what_a_begun_answer_goes_on_to_ask_has_no_deadline() -> None:
    assert said_by(_follow)[-1]["body"] == b"[]"


def test_work_that_does_not_come_to_an_answer_is_ended() -> None:
    start, body = said_by(_hang)
    assert start["status"] == 503 and (b"retry-after", b"2") in start["headers"]
    assert b'"unavailable"' in body["body"]
