"""A hidden operation is there for its own roles with its scope; to anybody else its path is none."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from tests.gateway.door.house import House, house

CASES, NOWHERE = "/care/v1/cases", "/care/v1/nowhere"
SCOPES = frozenset({"care.case:read", "jet.things:read"})
MARKS = ("trace_id", "support_code")
OWN_HEADERS = ("x-request-id", "date", "ratelimit")


def answered(
    house: House, path: str, headers: dict[str, str], method: str, body: bytes | None
) -> tuple[object, ...]:
    status, got, content = house.ask(method, path, headers, body)
    told = {name: value for name, value in json.loads(content).items() if name not in MARKS}
    said = [(name.lower(), value) for name, value in got.items() if name.lower() not in OWN_HEADERS]
    return status, told, said, len(content)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_whoever_is_not_named_is_answered_as_nowhere(a_house: House, method: str) -> None:
    strangers: dict[str, dict[str, str]] = {
        "nobody": {},
        "junk": {"Authorization": "Bearer a.b.c"},
        "another scheme": {"Authorization": "Basic YTpi"},
        "another role": a_house.bearer(scopes=SCOPES),
        "without the scope": a_house.bearer(role="counsellor", scopes=frozenset({"jet.things:read"})),
        "expired": a_house.bearer(role="counsellor", scopes=SCOPES, issued_at=0, expires_at=1),
    }
    before = a_house.reached()
    bodies = (None,) if method in ("GET", "OPTIONS") else (None, b"{}", b"x" * 5000)
    for said, headers in strangers.items():
        for body in bodies:
            typed = headers | ({"Content-Type": "text/odd"} if body else {})
            expected = answered(a_house, NOWHERE, typed, method, body)
            assert answered(a_house, CASES, typed, method, body) == expected, said
            assert expected[0] == 404
    assert a_house.reached() == before


def test_whoever_is_named_reaches_the_service_by_its_methods_alone(a_house: House) -> None:
    counsellor = a_house.bearer(role="counsellor", scopes=SCOPES)
    status, _, body = a_house.ask("GET", CASES, counsellor)
    assert (status, json.loads(body)["service"]) == (200, "care")
    assert answered(a_house, CASES, counsellor, "DELETE", None) == answered(
        a_house, NOWHERE, counsellor, "DELETE", None
    )


def test_of_a_hidden_request_the_door_tells_no_route_and_nobody(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    person = uuid4()
    with house(tmp_path) as place:
        counsellor = place.bearer(role="counsellor", scopes=SCOPES, person=person)
        assert place.ask("GET", CASES, counsellor)[0] == 200
        assert place.ask("GET", "/jet/v1/things", place.bearer(scopes=SCOPES, person=person))[0] == 200
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if '"event":"request"' in line]
    of_care, of_jet = (next(one for one in lines if one["service"] == name) for name in ("care", "jet"))
    assert (
        of_care["route"] == "-" and not {"client", "role", "organisation", "person", "code"} & of_care.keys()
    )
    assert of_jet["person"] == str(person)
