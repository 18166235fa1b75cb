"""What the tests of the JET service ask for again and again."""

from datetime import date
from typing import Any

import httpx

from tests.support.jet import COORDINATOR, Jet, Organisation, appointment
from tests.support.serving import Caller

FIRST, LAST = date(2024, 8, 1), date(2025, 7, 31)


def place(jet: Jet, number: str, organisation: Organisation, year: int = 2024) -> httpx.Response:
    body = {
        "jet_number": number, "organisation_code": organisation.code, "programme_year": year,
        "decided_on": f"{year}-05-01",
    }  # fmt: skip
    return jet.call("jet_placements_create", json=body)


def appoint(
    jet: Jet, number: str, organisation: Organisation, starts_on: date = FIRST, ends_on: date = LAST, *,
    caller: Caller = COORDINATOR, **given: Any,
) -> httpx.Response:  # fmt: skip
    body = appointment(number, organisation, starts_on, ends_on, **given)
    return jet.call("jet_appointments_create", caller, json=body)


def leave(jet: Jet, number: str, last_day: date) -> httpx.Response:
    body = {
        "jet_number": number, "effective_on": last_day.isoformat(), "initiated_by": "participant",
        "reason": "resignation",
    }  # fmt: skip
    return jet.call("jet_early_terminations_create", json=body)


def change(
    jet: Jet, plural: str, ref: str, *, caller: Caller = COORDINATOR, **body: object
) -> httpx.Response:
    return jet.call(f"jet_{plural}_change", caller, headers={"If-Match": "*"}, path={"ref": ref}, json=body)


def codes(answer: httpx.Response) -> set[tuple[str, str]]:
    return {(error["pointer"], error["code"]) for error in answer.json().get("errors", [])}


def done(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()
