"""Who serves where: branches, officers with a term, secondees from home, and advisers who are participants."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.gateway.registry.own import Own, own_directory
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_directory() as made:
        for code, kind in (("CLAIR", "association"), ("370002", "prefecture"), ("372013", "city")):
            made.made("organisations", code=code, name=code, kind=kind)
        yield made


def organisation(own: Own, code: str) -> UUID:
    return UUID(own.call("organisations_read", path={"ref": code}).json()["id"])


def person(own: Own, kind: str, **more: str) -> str:
    number = f"P-{uuid4().hex[:8]}"
    own.made("people", number=number, kind=kind, name="架橋 試", **more)
    return number


def test_a_branch_is_a_role_and_its_head_an_officer_with_a_term(own: Own) -> None:
    own.made("organisation-roles", organisation_code="370002", role="branch", valid_from="2000-04-01")
    head = person(own, "officer")
    post = {"person_number": head, "organisation_code": "370002", "section": "branch", "title": "支部長"}
    own.made("posts", **post, valid_from="2023-04-01", valid_to="2025-03-31")
    assert [one["title"] for one in own.listed("posts", organisation="370002", as_of="2025-03-31")] == [
        "支部長"
    ]
    assert own.listed("posts", organisation="370002", as_of="2025-04-01") == []
    again = own.call("posts_create", json=post | {"valid_from": "2025-03-01"})
    assert (again.status_code, again.json()["code"]) == (409, "post_overlap")


def test_a_secondee_comes_from_home_and_goes_on_to_an_office(own: Own) -> None:
    number = person(own, "staff")
    home = {"person_number": number, "home_code": "372013"}
    own.made("secondments", **home, valid_from="2024-04-01", valid_to="2027-03-31")
    served = {"person_number": number, "organisation_code": "CLAIR", "title": "主事"}
    own.made("posts", **served, section="jet", valid_from="2024-04-01", valid_to="2025-03-31")
    own.made("posts", **served, section="new_york", valid_from="2025-04-01", valid_to="2027-03-31")
    for day, section in (("2025-03-31", "jet"), ("2025-04-01", "new_york")):
        assert [p["section"] for p in own.listed("posts", organisation="CLAIR", as_of=day)] == [section]
    assert [s["person_number"] for s in own.listed("secondments", home="372013", as_of="2026-01-01")] == [
        number
    ]
    other = own.call("secondments_create", json=home | {"home_code": "370002", "valid_from": "2025-04-01"})
    assert (other.status_code, other.json()["code"]) == (409, "secondment_overlap")


def test_an_adviser_may_be_a_participant_and_a_host_reads_its_own_posts_alone(own: Own) -> None:
    number = person(own, "participant", participant_id=str(uuid4()))
    own.made(
        "posts", person_number=number, organisation_code="370002", section="adviser", title="アドバイザー"
    )
    host, city = (
        Caller(role, organisation=organisation(own, code))
        for role, code in (("host_authority", "370002"), ("organisation", "372013"))
    )
    assert number in [one["person_number"] for one in own.listed("posts", host)]
    assert own.listed("posts", city) == []


def test_whoever_assigns_cases_is_told_who_counsels_today_and_of_nobody_else(own: Own) -> None:
    numbers = [person(own, kind) for kind in ("officer", "officer", "staff")]
    post = {"organisation_code": "370002", "title": "相談員", "section": "counsellor"}
    own.made("posts", person_number=numbers[0], **post)
    own.made("posts", person_number=numbers[1], **post, valid_to="2024-07-07")
    own.made("posts", person_number=numbers[2], organisation_code="CLAIR", section="jet", title="主事")
    who = own.call("people_read", path={"ref": numbers[0]}).json()
    for caller in (Caller("care_officer", person=uuid4()), Caller("registrar")):
        (told,) = own.listed("counsellors", caller)
        del told["id"]
        assert told == {
            "counsellor_id": who["id"], "counsellor_name": "架橋 試", "organisation_code": "370002",
            "organisation_name": "370002",
        }  # fmt: skip
    for other in ("counsellor", "coordinator", "organisation", "participant", "protector"):
        caller = Caller(other, organisation=organisation(own, "370002"), person=uuid4())
        assert own.call("counsellors_list", caller).status_code == 403
    assert own.call("posts_list", Caller("care_officer", person=uuid4())).status_code == 403


def test_what_was_known_of_a_post_is_its_organisations_too(own: Own) -> None:
    number = person(own, "officer")
    post = own.made("posts", person_number=number, organisation_code="372013", section="jet", title="主事")
    then = own.now().isoformat()
    assert own.changed("posts", post["id"], title="主査").status_code == 200
    for caller, seen in ((Caller("organisation", organisation=organisation(own, "372013")), ["主事"]),
                         (Caller("organisation", organisation=organisation(own, "370002")), [])):  # fmt: skip
        assert [p["title"] for p in own.listed("posts", caller, known_at=then, organisation="372013")] == seen


def test_a_contact_has_a_company_and_nobody_else_has_one(own: Own) -> None:
    contact = {"number": "C-100", "kind": "contact", "name": "架空 人", "email": "c@company.example"}
    for body, pointer in (
        (contact, "/company"),
        (contact | {"kind": "officer", "company": "架空社"}, "/company"),
    ):
        refused = own.call("people_create", json=body)
        errors = [(one["pointer"], one["code"]) for one in refused.json()["errors"]]
        assert (refused.status_code, errors) == (422, [(pointer, "company_of_contacts")])
    made = own.made("people", **contact, company="架空社")
    assert made["company"] == "架空社" and own.listed("people", kind="contact") == [
        {name: value for name, value in made.items() if name != "available_actions"}
    ]
    # the database agrees
    refused = own.changed("people", "C-100", company=None)
    assert (refused.status_code, refused.json()["code"]) == (422, "company_of_contacts")
    with pytest.raises(asyncpg.CheckViolationError, match="person_company"):
        own.sql("UPDATE directory.person SET company = NULL WHERE number = 'C-100'")


def test_a_post_tells_its_department_and_telephone_and_what_was_known_of_them(own: Own) -> None:
    number = person(own, "officer", email="tel@town.example")
    post = {"person_number": number, "organisation_code": "372013", "section": "host", "title": "主事"}
    made = own.made("posts", **post, department="総務課", phone="087-000-0000")
    assert (made["name"], made["email"], made["phone"]) == ("架橋 試", "tel@town.example", "087-000-0000")
    then = own.now().isoformat()
    assert own.changed("posts", made["id"], department="国際課", phone=None).status_code == 200
    for known_at, seen in ((own.now().isoformat(), ("国際課", None)), (then, ("総務課", "087-000-0000"))):
        listed = own.listed("posts", organisation="372013", known_at=known_at)
        found = [one for one in listed if one["id"] == made["id"]]
        assert [(one["department"], one["phone"]) for one in found] == [seen]
