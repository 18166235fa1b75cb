"""People through the door: participants who have left, who hands over, and who did what by which tool."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest

from client.api import Api
from client.credentials import ActingFor, new_key, public_part
from client.problem import Problem
from tests.support.desk import Visitor
from tests.support.offices import Offices
from tests.support.sql import value

SCOPES = (
    "directory.person:read", "directory.post:write", "directory:read", "jet.answer:read", "jet.answer:write",
    "jet.participant:read", "jet.participant:write", "jet.appointment:read", "jet.appointment:write",
    "jet.survey:write", "jet.termination:read", "jet.termination:write",
)  # fmt: skip
YEAR = 1995  # far from the years of other tests
Acting = Callable[..., Api]


@pytest.fixture(scope="module")
def acting(office: Offices) -> Iterator[Acting]:
    """A tool of the house for a person, by id or number."""
    key, client = new_key(), f"people-{uuid4().hex[:8]}"
    office.registrar.post("/identity/v1/clients", {
        "client_id": client, "name": "試験", "role": "service", "scopes": sorted(SCOPES), "acts_for_people": True,
        "public_jwk": public_part(key),
    })  # fmt: skip
    with ExitStack() as stack:
        yield lambda person, **more: stack.enter_context(
            Api(office.system.url, ActingFor(client, key, str(person)), **more)
        )


@pytest.fixture(scope="module")
def clair(office: Offices, acting: Acting) -> Api:
    """A coordinator, who has asked for the year after."""
    made = acting(office.staff().id)
    country = {"alpha2": "XD", "alpha3": "XXD", "name_ja": "架空国", "name_en": "Nowhere"}
    office.registrar.post("/directory/v1/countries", country)
    made.post("/jet/v1/placement-surveys", {
        "programme_year": YEAR + 1, "host_deadline_at": "2190-12-01T00:00:00+09:00",
        "clair_deadline_at": "2190-12-15T00:00:00+09:00",
    })  # fmt: skip
    return made


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.status, str(caught.value.code)


def participant(clair: Api, code: str, *, left: str | None = None) -> tuple[str, UUID]:
    """JET number and id of somebody who served there for a year, or left before its end."""
    number = f"20{uuid4().int % 10**9:09d}"
    made = clair.post("/jet/v1/participants", {
        "jet_number": number, "family_name": "EXAMPLE", "nationality": "XD", "job_type": "ALT", "programme_year": YEAR,
        "arrival_group": "a",
    })  # fmt: skip
    clair.post("/jet/v1/appointments", {
        "jet_number": number, "organisation_code": code, "programme_year": YEAR, "job_type": "ALT",
        "starts_on": f"{YEAR}-08-01", "ends_on": f"{YEAR + 1}-07-31", "workplace_name": "架空小学校",
        "workplace_kind": "school", "school_level": "elementary",
    })  # fmt: skip
    if left is not None:
        clair.post("/jet/v1/early-terminations", {
            "jet_number": number, "effective_on": left, "initiated_by": "participant", "reason": "resignation",
        })  # fmt: skip
    return number, UUID(made["id"])


@pytest.mark.parametrize("left", [None, f"{YEAR + 1}-01-31"])
def test_who_has_left_reads_the_own_record_and_answers_no_more(
    office: Offices, acting: Acting, clair: Api, left: str | None
) -> None:
    code = office.organisation(f"T{uuid4().hex[:7].upper()}")
    number, identity = participant(clair, code, left=left)
    _, other = participant(clair, code)
    office.person("participant", participant=identity)
    oneself = acting(identity)
    assert oneself.get(f"/jet/v1/participants/{number}")["jet_number"] == number
    (served,) = oneself.get("/jet/v1/appointments")["items"]
    assert served["ends_on"] == (left or f"{YEAR + 1}-07-31")
    assert refused(lambda: oneself.get(f"/jet/v1/participants/{other}"))[0] == 404
    answer = {"jet_number": number, "programme_year": YEAR + 1, "answer": "yes"}
    with pytest.raises(Problem) as caught:
        oneself.post("/jet/v1/reappointment-answers", answer)
    assert [(one.pointer, one.code) for one in caught.value.errors] == [
        ("/jet_number", "nobody_to_reappoint")
    ]


def test_an_officer_hands_over_and_is_out_at_once_and_the_audit_names_both_hands(
    office: Offices, acting: Acting
) -> None:
    code = office.organisation(f"T{uuid4().hex[:7].upper()}")
    officer = office.officer(code)
    api = acting(officer.id)
    (post,) = api.get("/directory/v1/posts")["items"]
    assert [one["action"] for one in api.get(f"/directory/v1/posts/{post['id']}")["available_actions"]] == [
        "hand_over"
    ]
    made = api.post(
        f"/directory/v1/posts/{post['id']}/hand-overs", {"name": "後任 花子", "email": "koni@town.example"}
    )
    with pytest.raises(Problem):
        acting(officer.id).get("/directory/v1/posts")
    successor = acting(made["person_number"])
    assert {one["name"] for one in successor.get("/directory/v1/posts")["items"]} == {
        officer.name,
        "後任 花子",
    }
    found = value(
        office.system.database,
        "SELECT client || ' ' || person_id || ' ' || role FROM identity.audit_entry "
        f"WHERE resource = 'hand-overs' AND resource_id = '{made['id']}'",
    )
    assert str(found).startswith("people-") and str(found).endswith(f" {officer.id} organisation")


def test_a_registrars_tool_by_itself_is_told_to_bring_a_person(office: Offices) -> None:
    code = office.organisation(f"T{uuid4().hex[:7].upper()}")
    post = office.post(office.person("officer"), code, "jet")
    path = f"/directory/v1/posts/{post}/hand-overs"
    answer = refused(lambda: office.registrar.post(path, {"name": "後任", "email": "k@town.example"}))
    assert answer == (403, "person_required")


def test_a_contact_comes_to_the_desk_for_a_company_and_is_out_with_the_post(office: Offices) -> None:
    codes = [
        office.organisation(f"K{uuid4().hex[:7].upper()}", kind, "架空社") for kind in ("company", "city")
    ]
    contact = office.person("contact", company="架空社")
    posts = [office.post(contact, code, "人事課") for code in codes]
    with Visitor(office.system) as visitor:
        shown = visitor.sign_in(contact.email)
        assert shown.path == "/desk/booth" and f"企業・団体 {min(codes)}" in shown.text
        for code in codes:
            turned = visitor.post("/desk/standing", {"standing": f"business {code}"})
            assert turned.status == 200 and f"企業・団体 {code}" in turned.text
        refused = visitor.post("/desk/standing", {"standing": f"organisation {codes[1]}"})
        assert refused.status == 409 and "その立場では" in refused.text
        assert visitor.get("/desk/roster").status == 404
        for post in posts:
            path = f"/directory/v1/posts/{post}"
            office.registrar.request(
                "PATCH", path, json={"valid_to": "2021-03-31"}, headers={"If-Match": "*"}
            )
        deadline = time.monotonic() + 5
        while visitor.get("/desk/account").path != "/desk/enter":
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_contact_at_an_employer_reads_the_open_directory_and_none_of_its_people(
    office: Offices, acting: Acting, clair: Api
) -> None:
    code = office.organisation(f"T{uuid4().hex[:7].upper()}")
    number, _ = participant(clair, code)
    contact = acting(office.contact(code).id)
    assert contact.get(f"/directory/v1/organisations/{code}")["code"] == code
    for path in (
        f"/jet/v1/participants/{number}",
        "/jet/v1/appointments",
        "/directory/v1/posts",
        "/jet/v1/changes",
    ):
        assert refused(lambda path=path: contact.get(path))[0] == 403  # type: ignore[misc]
