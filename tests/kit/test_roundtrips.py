"""How often a request waits for the database: counted by the driver, so no clock is asked."""

import gc
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.support.jet import Jet, appointment
from tests.support.serving import Caller

ORGANISATION = Caller("organisation", organisation=uuid4())

# BEGIN with the scope, and the query, before the answer; the end after its last byte
READ = 3
# BEGIN, the scope, the note and its COMMIT, for a read that shows restricted fields
NOTED = 4
# the instant that an answer of dated facts stands on
DATED = 1
TOTAL = 1
PLACEMENT = 15


def connections() -> list[Any]:
    """By their types, of which there are few: asking every object what it is takes a second."""
    everything = gc.get_objects()
    kinds = {kind for kind in set(map(type, everything)) if issubclass(kind, asyncpg.Connection)}
    return [one for one in everything if type(one) in kinds and not one.is_closed()]


def counted(request: Callable[[], httpx.Response], status: int = 200) -> int:
    """The round trips of a request once its statements are prepared."""
    for _ in range(3):
        assert request().status_code == status
    opened = connections()

    def trips() -> int:
        return sum(one._protocol.queries_count for one in opened)

    before = trips()
    answer = request()
    assert answer.status_code == status, answer.text
    return trips() - before


@pytest.mark.parametrize(
    ("operation", "options", "trips"),
    [
        ("jet_participants_list", {"caller": ORGANISATION}, READ),
        (
            "jet_participants_list",
            {"caller": ORGANISATION, "params": {"q": "doe", "sort": "-family_name", "limit": 5}},
            READ,
        ),
        ("jet_participants_list", {"caller": ORGANISATION, "params": {"include": "total"}}, READ + TOTAL),
        ("jet_participants_list", {}, READ + NOTED),
        ("jet_appointments_list", {}, READ),
        ("jet_roster_list", {"params": {"programme_year": 2024}}, READ + DATED),
        ("jet_statistics_read", {"path": {"name": "participants"}}, READ + DATED + TOTAL),
    ],
)
def test_a_read_waits_for_its_scope_and_its_query(
    jet: Jet, operation: str, options: dict[str, Any], trips: int
) -> None:
    assert counted(lambda: jet.call(operation, **options)) <= trips


def test_a_record_is_one_query(jet: Jet) -> None:
    """And its note where restricted fields are shown; of what is not there, nothing is noted."""
    number = jet.participant()
    made = jet.call(
        "jet_appointments_create",
        json=appointment(number, jet.organisation(), date(2024, 8, 1), date(2025, 7, 31)),
    ).json()
    assert counted(lambda: jet.call("jet_appointments_read", path={"ref": made["id"]})) == READ
    assert counted(lambda: jet.call("jet_participants_read", path={"ref": number})) == READ + NOTED
    assert counted(lambda: jet.call("jet_participants_read", path={"ref": "20999999999"}), 404) == READ


def test_what_is_refused_at_the_gate_asks_nothing(jet: Jet) -> None:
    assert counted(lambda: jet.call("jet_participants_list", params={"limit": 0}), 400) <= READ - 1
    assert counted(lambda: jet.call("jet_participants_list", token=""), 401) == 0


def test_a_replayed_key_is_one_look(jet: Jet) -> None:
    """BEGIN, scope, lock, stored answer, end; and one look whether the record would still be shown."""
    body = appointment(jet.participant(), jet.organisation(), date(2024, 8, 1), date(2025, 7, 31))
    given: dict[str, Any] = {"json": body, "headers": {"Idempotency-Key": body["jet_number"]}}
    assert counted(lambda: jet.call("jet_appointments_create", **given), 201) <= 8


def test_a_keyed_write(jet: Jet) -> None:
    """Not to grow unseen: begin, scope, lock, stored answer, references, rule, parts, audit, outbox, answer, end."""

    def placed() -> httpx.Response:
        return jet.call("jet_placements_create", json=body.pop())

    body = [
        {"jet_number": jet.participant(), "organisation_code": jet.organisation().code, "programme_year": 2024,
         "decided_on": "2024-05-01"}
        for _ in range(4)
    ]  # fmt: skip
    assert counted(placed, 201) <= PLACEMENT
