"""Legs with seats, and people who register for them."""

from datetime import date, timedelta
from typing import Any

import httpx

from tests.support.events import Events, code
from tests.support.serving import Caller


def fiscal_year(day: date) -> int:
    return day.year - (day.month < 4)


def open_leg(
    events: Events,
    caller: Caller,
    office: str | None,
    *,
    seats: int | None,
    first: date | None = None,
    **given: Any,
) -> str:
    """The code of an announced leg that takes registrations now."""
    first = first or events.now().date() + timedelta(days=60)
    event = events.made(
        "events",
        caller,
        code=code("EV"),
        programme="economic_seminar",
        office_code=office,
        name_ja="架空セミナー",
    )["code"]
    edition = events.made(
        "editions", caller, code=code("ED"), event_code=event, fiscal_year=fiscal_year(first), title_ja="架空セミナー",
        public=True,
    )["code"]  # fmt: skip
    body = {
        "code": code("LG"), "edition_code": edition, "time_zone": "Europe/Paris", "starts_on": str(first),
        "ends_on": str(first), "seats": seats, "registers_from": str(events.now() - timedelta(days=1)),
        "registers_until": str(events.now() + timedelta(days=50)),
    }  # fmt: skip
    return str(events.made("legs", caller, **body | given)["code"])


def guest(name: str, **given: Any) -> dict[str, Any]:
    return {"name": f"見本 {name}", "email": f"{name}@example.jp"} | given


def register(events: Events, caller: Caller, leg: str, name: str, **given: Any) -> httpx.Response:
    return events.call("registrations_create", caller, json={"leg_code": leg} | guest(name, **given))
