"""The register of certificates: numbers that go on over the years, drawn by many at once, and names that stay at home."""

import asyncio
import json

import httpx

from tests.events.test_legs import edition
from tests.support.events import Events, done, wrong
from tests.support.serving import Caller

DAY = {"certified_on": "2025-01-17", "holder_name": "架空 試"}


def test_a_number_goes_on_where_the_year_before_ended(events: Events) -> None:
    first = edition(events, events.headquarters)
    of_event = events.call("editions_read", events.headquarters, path={"ref": first}).json()["event_code"]
    later = {"code": f"{first}-B", "event_code": of_event, "fiscal_year": 2025, "title_ja": "架空研修"}
    events.made("editions", events.headquarters, **later)
    made = events.made("certificates", events.headquarters, edition_code=first, number=715, **DAY)
    next_one = events.made("certificates", events.headquarters, edition_code=later["code"], **DAY)
    assert (made["number"], next_one["number"], next_one["fiscal_year"]) == (715, 716, 2025)
    again = events.call(
        "certificates_create", events.headquarters, json={"edition_code": first, "number": 716} | DAY
    )
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


def test_many_at_once_get_a_number_each(events: Events) -> None:
    of = edition(events, events.headquarters)

    async def all_at_once() -> list[httpx.Response]:
        bodies = [DAY | {"edition_code": of, "holder_name": f"架空 {number}"} for number in range(40)]
        asked = [
            events.served.send("events_certificates_create", events.headquarters, json=body)
            for body in bodies
        ]
        return await asyncio.gather(*asked)

    made = [done(one) for one in events.served.run(all_at_once())]
    assert sorted(one["number"] for one in made) == list(range(1, 41))


def test_a_file_that_comes_again_draws_no_number(events: Events) -> None:
    of = edition(events, events.headquarters)
    rows = [
        {"edition_code": of, "certified_on": "2025-01-17", "holder_name": f"架空 {number}"}
        for number in range(3)
    ]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    first = events.imported("certificates", events.headquarters, content)
    again = events.imported("certificates", events.headquarters, content)
    assert first["problems"] == [], first
    assert (first["created"], again["created"], again["unchanged"]) == (3, 0, 3)


def test_holders_are_the_offices(events: Events) -> None:
    of = edition(events, events.at("paris"), "paris")
    events.made("certificates", events.at("paris"), edition_code=of, **DAY)
    params = {"edition": of}
    seen = {
        office: len(events.call("certificates_list", events.at(office), params=params).json()["items"])
        for office in ("paris", "london")
    }
    assert seen == {"paris": 1, "london": 0}
    assert len(events.call("certificates_list", events.headquarters, params=params).json()["items"]) == 1
    assert events.call("certificates_list", Caller("ministry", "ministry")).status_code == 403
    answer = events.call("certificates_create", events.at("london"), json={"edition_code": of} | DAY)
    assert wrong(answer) == {("/edition_code", "office_not_yours")}
