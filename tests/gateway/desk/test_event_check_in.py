"""The door of a leg at the desk, without a browser: who has come is found by name, and one button does it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from client.api import Api
from client.credentials import ActingFor, new_key, public_part
from tests.support.desk import Visitor
from tests.support.offices import Offices, Somebody

SCOPES = ("events.event:read", "events.event:write", "events.registration:read", "events.registration:write")
LARGEST = 100_000
MANY = 60


@pytest.fixture(scope="module")
def officer(office: Offices) -> Somebody:
    return office.staff("events")


@pytest.fixture(scope="module")
def tool(office: Offices, officer: Somebody) -> Iterator[Api]:
    key, client = new_key(), f"events-{uuid4().hex[:8]}"
    office.registrar.post("/identity/v1/clients", {
        "client_id": client, "name": "試験", "role": "service", "scopes": list(SCOPES), "acts_for_people": True,
        "public_jwk": public_part(key),
    })  # fmt: skip
    with Api(office.system.url, ActingFor(client, key, str(officer.id))) as acting:
        yield acting


def leg(tool: Api) -> str:
    """Of today, at a venue where it is today already."""
    mark, now = uuid4().hex[:8].upper(), datetime.fromisoformat(tool.get("/identity/v1/clock")["now"])
    day = now.date()
    made: dict[str, Any] = {"programme": "economic_seminar", "name_ja": "架空セミナー"}
    tool.post("/events/v1/events", {"code": f"EV-{mark}", **made})
    year = day.year - (day.month < 4)
    told = {"event_code": f"EV-{mark}", "fiscal_year": year, "title_ja": f"架空セミナー{mark}"}
    tool.post("/events/v1/editions", {"code": f"ED-{mark}", **told})
    times = {"registers_from": str(now - timedelta(days=9)), "registers_until": str(now + timedelta(days=1))}
    tool.post("/events/v1/legs", {
        "code": f"LG-{mark}", "edition_code": f"ED-{mark}", "time_zone": "Asia/Tokyo", "starts_on": str(day),
        "ends_on": str(day + timedelta(days=1)), "venue": "架空会館", **times,
    })  # fmt: skip
    return f"LG-{mark}"


def register(tool: Api, code: str, name: str, **given: Any) -> None:
    body = {"leg_code": code, "name": name, "email": f"{uuid4().hex[:8]}@example.jp"} | given
    tool.post("/events/v1/registrations", body)


def counted(text: str) -> str:
    found = re.search(r"受付済み (\d+) ?名 / 申込み (\d+)", text)
    assert found is not None, text
    return f"{found[1]}/{found[2]}"


def test_who_comes_is_found_and_checked_in(office: Offices, officer: Somebody, tool: Api) -> None:
    code = leg(tool)
    register(tool, code, "見本 花子", party=3, affiliation="国際課")
    for number in range(MANY):
        register(tool, code, f"架空 {number:03d}", affiliation="長い名前の所属団体・部署" * 8)
    with Visitor(office.system) as visitor:
        visitor.sign_in(officer.email)
        assert code in visitor.get("/desk/events/check-in").html
        path = f"/desk/events/legs/{code}/check-in"
        shown = visitor.get(path)
        assert counted(shown.text) == f"0/{MANY + 3}" and "まだほかにもいます" in shown.text
        assert len(shown.html.encode()) < LARGEST
        found = visitor.get(path, q="国際課")
        assert "見本 花子" in found.text and "架空 001" not in found.text
        fields = {"registration": found.hidden["registration"], "persons": "2"}
        done = visitor.post(path, fields)
        assert "見本 花子 さんを受け付けました（2名）" in done.text and counted(done.text) == f"2/{MANY + 3}"
        again = visitor.post(path, fields)
        assert again.status == 409 and "すでに受付済みです" in again.text
        assert "受付を取り消す" in visitor.get(path, q="花子").text
        undone = visitor.post(path, {"registration": fields["registration"], "undo": "yes"})
        assert "受付を取り消しました" in undone.text and counted(undone.text) == f"0/{MANY + 3}"
        assert visitor.get("/desk/events/legs/NONE/check-in").status == 404
