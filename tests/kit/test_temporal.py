"""When an answer is settled, and that all pages and files of one question are of one instant."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.http.negotiate import XLSX
from tests.support.jet import Jet, appointment

CALLER = json.dumps({"client": "test", "role": "coordinator", "key": "test/"})
SCOPE = Scope(Principal("settling", None, "coordinator", None, frozenset()), "all", "test")


def settled(jet: Jet, known_at: datetime) -> bool:
    answer = jet.call("jet_roster_list", params={"programme_year": 2024, "known_at": known_at.isoformat()})
    assert answer.status_code == 200, answer.text
    said: bool = answer.json()["basis"]["settled"]
    return said


@contextmanager
def long_write(jet: Jet) -> Iterator[datetime]:
    """A write that began a while ago, by the programme's clock, and has only read as yet."""

    async def begin() -> Any:
        writing = jet.served.app.state.service.database.writing(SCOPE)
        await writing.__aenter__()
        return writing

    held = jet.served.run(begin())
    try:
        began = jet.now()
        yield began
    finally:
        jet.served.run(held.__aexit__(None, None, None))


def test_an_old_answer_is_settled_and_a_young_one_is_not(jet: Jet) -> None:
    now = jet.now()
    assert settled(jet, now - timedelta(minutes=3))
    assert not settled(jet, now - timedelta(minutes=1))
    assert not settled(jet, now + timedelta(days=1))


def test_nothing_after_the_start_of_a_running_write_is_settled(
    jet: Jet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.kit.temporal.SETTLED_AFTER", timedelta(0))
    with long_write(jet) as began:
        assert not settled(jet, began)
        assert settled(jet, began - timedelta(minutes=1))
    assert settled(jet, began)


def test_a_reader_and_a_stranger_unsettle_nothing(jet: Jet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.kit.temporal.SETTLED_AFTER", timedelta(0))
    reader = jet.served.run(asyncpg.connect(jet.postgres.url(user="jet_app")))
    stranger = jet.served.run(asyncpg.connect(jet.postgres.url(user="registry_app")))
    try:
        jet.served.run(reader.execute("BEGIN; SELECT 1"))
        jet.served.run(stranger.execute("BEGIN; SELECT pg_current_xact_id()"))
        assert settled(jet, jet.now())
    finally:
        jet.served.run(reader.close())
        jet.served.run(stranger.close())


def appointed(jet: Jet, family: str, people: int) -> list[str]:
    organisation = jet.organisation()
    numbers = [jet.participant(family=family) for _ in range(people)]
    for number in numbers:
        body = appointment(number, organisation, date(2024, 8, 1), date(2025, 7, 31))
        assert jet.call("jet_appointments_create", json=body).status_code == 201
    return numbers


def test_pages_are_of_the_instant_of_the_first(jet: Jet) -> None:
    numbers = appointed(jet, "Instant", 2)
    asked: dict[str, Any] = {"q": "Instant", "limit": 1}
    first = jet.call("jet_roster_list", params=asked).json()
    late = appointed(jet, "Instant", 1)
    second = jet.call("jet_roster_list", params=asked | {"cursor": first["next"]}).json()
    assert second["basis"]["known_at"] == first["basis"]["known_at"]
    assert [row["jet_number"] for row in first["items"] + second["items"]] == numbers
    assert second["next"] is None
    afresh = jet.call("jet_roster_list", params={"q": "Instant"}).json()
    assert [row["jet_number"] for row in afresh["items"]] == numbers + late


@pytest.mark.parametrize("accept", ["text/csv", "text/csv; charset=cp932", "application/x-ndjson", XLSX])
@pytest.mark.parametrize(
    ("operation", "options"),
    [("jet_roster_list", {}), ("jet_statistics_read", {"path": {"name": "participants"}})],
)
def test_a_file_says_what_it_stands_on(
    jet: Jet, accept: str, operation: str, options: dict[str, Any]
) -> None:
    params = {"programme_year": 2024, "as_of": "2024-08-01", "known_at": "2024-01-01"}
    told = jet.call(operation, params=params, **options).json()["basis"]
    answer = jet.call(operation, headers={"Accept": accept}, params=params, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-basis-as-of"] == told["as_of"] == "2024-08-01"
    assert datetime.fromisoformat(answer.headers["x-basis-known-at"]) == datetime.fromisoformat(
        told["known_at"]
    )
    assert answer.headers["x-basis-settled"] == str(told["settled"]).lower() == "true"
    bare = jet.call(operation, headers={"Accept": accept}, params={"programme_year": 2024}, **options)
    assert "x-basis-as-of" not in bare.headers
    assert bare.headers["x-basis-settled"] == "false"


def test_figures_come_in_the_charset_asked_for(jet: Jet) -> None:
    answer = jet.call(
        "jet_statistics_read",
        headers={"Accept": "text/csv; charset=cp932"},
        path={"name": "participants"},
        params={"dimensions": "job_type"},
    )
    assert answer.headers["content-type"].startswith("text/csv; charset=windows-31j")
    assert "人数" in answer.content.decode("cp932") or "値" in answer.content.decode("cp932")
    assert answer.headers["x-charset-losses"] == "0"
