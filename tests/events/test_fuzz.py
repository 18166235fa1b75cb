"""The contract of events, fuzzed as an officer, as an organisation and as nobody, who calls what is public."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.contract.fuzzing import Fuzz
from tests.events.everything import body, of_office
from tests.support.events import Events
from tests.support.serving import Caller

Given = tuple[Mapping[str, Sequence[Any]], Caller]


@pytest.fixture(scope="module")
def given(events: Events) -> Given:
    name, citizen = body(events)
    made = of_office(events, None, name, public=True)
    lists = {plural.replace("_", "-"): [one.get("code", one["id"])] for plural, one in made.items()}
    codes = {
        field: [value]
        for one in made.values()
        for field, value in one.items()
        if field.endswith("_code") and value
    }
    days = ["2024-05-10", "2027-05-10", "2025-03-31"]
    return lists | codes | {
        "office_code": [None, "paris"], "organisation_code": [name], "fiscal_year": [2024, 2027], "number": [1, 2],
        "time_zone": ["Europe/Paris"], "starts_on": days, "ends_on": days, "received_on": days, "published_on": days,
    }, citizen  # fmt: skip


@pytest.mark.parametrize("role", ["event_officer", "organisation", "anonymous"])
def test_a_few_requests_to_every_route(events: Events, given: Given, role: str) -> None:
    known, citizen = given
    caller = {"event_officer": events.headquarters, "organisation": citizen, "anonymous": None}[role]
    fuzz = Fuzz(events.served, caller, known)
    names = list(fuzz.names(allowed=True))
    fuzz.singles(names, 1)
    fuzz.stories(names, 1)
    assert fuzz.wrong == []
    assert fuzz.count >= len(names)
