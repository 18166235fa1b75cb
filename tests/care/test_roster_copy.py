"""The roster is copied whole, of everybody alike; by it an adviser is walled off from the colleagues of the prefecture."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr

from services.jet.care.serving.service import Emptied, copy_roster, store
from services.jet.care.serving.settings import RosterSettings
from tests.care.counselling import assign, counselled, listed
from tests.support.care import Care, done

SETTINGS = RosterSettings(door="http://door", care_client="care-roster", care_secret=SecretStr("s"))


def code(care: Care, organisation: UUID) -> str:
    found: str = care.sql(f"SELECT code FROM directory.organisation WHERE id = '{organisation}'")[0]["code"]
    return found


def number(person: Any) -> str:
    return f"20{UUID(str(person)).int % 10**9:09d}"


def row(person: Any, organisation: str, host: str | None) -> dict[str, Any]:
    return {
        "participant_id": str(person), "jet_number": number(person), "organisation_code": organisation, "host_code": host,
        "starts_on": "2024-04-01", "ends_on": "2025-03-31", "family_name": "架空",
    }  # fmt: skip


def copied(care: Care, *rows: dict[str, Any]) -> int:
    async def told() -> AsyncIterator[dict[str, Any]]:
        for one in rows:
            yield one

    return care.served.run(store(care.served.app.state.service.database, told()))


def test_an_adviser_on_the_copied_roster_is_walled_off_by_default(care: Care) -> None:
    story = counselled(care)
    prefecture, city, elsewhere = (care.organisation(kind) for kind in ("prefecture", "city", "city"))
    host, town, far = (code(care, one) for one in (prefecture, city, elsewhere))
    adviser, colleague = story.counsellor.person, story.participant.person
    # the prefecture employs its adviser itself, and is nobody's member
    assert copied(care, row(adviser, host, None), row(colleague, far, None), row(uuid4(), "GONE", None)) == 3
    assert len(listed(care, "care_messages_list", story.counsellor)) == 1
    assert copied(care, row(adviser, host, None), row(colleague, town, host), row(colleague, town, host)) == 2
    assert listed(care, "care_messages_list", story.counsellor) == []
    assert care.call("care_cases_read", story.counsellor, path=story.at).status_code == 404
    assert assign(care, story.case, story.counsellor).json()["code"] == "counsellor_walled_off"
    with pytest.raises(Emptied):
        copied(care)
    assert listed(care, "care_messages_list", story.counsellor) == []
    done(assign(care, story.case, care.counsellor()))


def test_it_is_read_through_the_door_for_the_days_to_come(care: Care) -> None:
    asked: list[httpx.Request] = []
    line = json.dumps(row(UUID(int=1), code(care, care.organisation("city")), None))

    def door(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        return httpx.Response(200, text=f"{line}\n{line}\n")

    database = care.served.app.state.service.database
    made = care.served.run(copy_roster(database, SETTINGS, httpx.MockTransport(door)))
    assert made == 1
    days = [request.url.params["as_of"] for request in asked[1:]]
    assert days == ["2024-07-08", "2024-07-09", "2024-07-10", "2024-07-11"]
    assert {request.url.path for request in asked[1:]} == {"/jet/v1/roster"}

    def broken(request: httpx.Request) -> httpx.Response:
        return door(request) if request.url.path == "/oauth/token" else httpx.Response(503)

    with pytest.raises(httpx.HTTPStatusError):
        care.served.run(copy_roster(database, SETTINGS, httpx.MockTransport(broken)))
    (kept,) = care.sql("SELECT count(*) AS n FROM care.serving")
    assert kept["n"] == 1


def test_without_a_client_nothing_is_copied(care: Care) -> None:
    database = care.served.app.state.service.database
    assert care.served.run(copy_roster(database, RosterSettings(door="", care_client=""))) == 0
