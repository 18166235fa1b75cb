"""What an exhibitor sees is what a person consents to, at this fair, now."""

import csv
import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.jet.fair_candidates.resource import MOST, fair_candidates
from services.jet.fair_registrations.domain import shown
from tests.jet.fairing import (
    ALL,
    PROFILE,
    Fair,
    Person,
    candidates,
    consent,
    done,
    fair,
    person,
    refused,
    withdraw_consent,
)
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

Scene = tuple[Fair, Caller, Person, dict[str, Any]]


@pytest.fixture(scope="module")
def scene(jet: Jet) -> Scene:
    made = fair(jet)
    _, company = made.exhibitor()
    who = person(jet)
    return made, company, who, made.register(who)


ACTS = st.one_of(
    st.lists(st.sampled_from(ALL), min_size=1, max_size=7), st.just("withdraw"), st.just("withdraw by CLAIR")
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=1, max_size=4))
def test_an_exhibitor_sees_the_fields_of_the_last_consent(jet: Jet, scene: Scene, acts: list[Any]) -> None:
    """For any sequence of consents and withdrawals, read by list, by id and by count."""
    _, company, who, registration = scene
    held = done(jet.call("jet_fair_registrations_read", who.caller, path={"ref": registration["id"]}), 200)
    fields = list(held["shared_fields"])
    for act in acts:
        if isinstance(act, list):
            assert consent(jet, who, registration, *act).status_code == 201
            fields = act
        else:
            by = COORDINATOR if act.endswith("CLAIR") else who.caller
            assert withdraw_consent(jet, who, registration, by).status_code == (201 if fields else 409)
            fields = []
        listed = done(jet.call("jet_fair_candidates_list", company, params={"include": "total"}), 200)
        one = jet.call("jet_fair_candidates_read", company, path={"ref": registration["id"]})
        assert (listed["total"], one.status_code) == ((1, 200) if fields else (0, 404))
        if fields:
            seen = {name: listed["items"][0][name] for name in PROFILE}
            assert seen == shown(PROFILE, fields) == {name: one.json()[name] for name in PROFILE}


def test_a_candidate_has_no_number_and_no_name_of_the_programme(jet: Jet, scene: Scene) -> None:
    _, company, who, registration = scene
    consent(jet, who, registration)
    (item,) = candidates(jet, company)
    assert set(item) == {"id", "fair_code", "day_code", *ALL, "shown_to"}
    said = str(item)
    assert who.jet_number not in said and str(who.caller.person) not in said and "Doe" not in said
    assert UUID(item["id"]).version == 4  # random: it tells of no other registration


def test_a_filter_asks_of_consented_fields_alone(jet: Jet, scene: Scene) -> None:
    _, company, who, registration = scene
    asked: tuple[tuple[str, str, str], ...] = (
        ("language", "fr", "languages"), ("skill", "translation", "skills"), ("japanese_ability", "n2", "japanese_ability"),
    )  # fmt: skip
    for parameter, value, field in asked:
        consent(jet, who, registration, field)
        assert len(candidates(jet, company, **{parameter: value})) == 1
        consent(jet, who, registration, "headline")
        assert candidates(jet, company, **{parameter: value}) == []
    consent(jet, who, registration)
    assert candidates(jet, company, language="de") == candidates(jet, company, skill="it") == []


def test_each_read_is_logged_and_told_to_the_person(jet: Jet, scene: Scene) -> None:
    _, company, who, registration = scene
    consent(jet, who, registration)
    before = len(done(jet.call("jet_readings_list", who.caller), 200)["items"])
    candidates(jet, company)
    jet.call("jet_fair_candidates_read", company, path={"ref": registration["id"]})
    jet.call("jet_fair_candidates_list", company, headers={"Accept": "text/csv"})
    told = done(jet.call("jet_readings_list", who.caller), 200)["items"]
    assert len(told) == before + 3
    assert {one["role"] for one in told[before:]} == {"business"}
    assert {one["resource"] for one in told[before:]} == {"fair-candidates"}


def test_a_file_is_marked_with_the_company_it_was_made_for(jet: Jet, scene: Scene) -> None:
    made, _, who, registration = scene
    organisation, company = made.exhibitor()
    consent(jet, who, registration)
    answer = jet.call(
        "jet_fair_candidates_list", company, headers={"Accept": "text/csv", "Accept-Language": "en"}
    )
    assert f'filename="fair-candidates-{organisation.code}.csv"' in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Shown to"].startswith(organisation.code) and row["CV"] == "Wrote.\nRead."
    sheet = jet.call(
        "jet_fair_candidates_list", company,
        headers={"Accept": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    )  # fmt: skip
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")


def test_a_file_and_a_page_have_a_limit(jet: Jet) -> None:
    assert MOST == fair_candidates.revocable == 100
    made = fair(jet)
    _, company = made.exhibitor()
    for _ in range(3):
        who = person(jet)
        consent(jet, who, made.register(who, headline="Hello"))
    object.__setattr__(fair_candidates, "revocable", 2)
    try:
        page = done(jet.call("jet_fair_candidates_list", company, params={"limit": 500}), 200)
        assert len(page["items"]) == 2 and page["next"]
        whole = jet.call("jet_fair_candidates_list", company, headers={"Accept": "text/csv"})
        assert refused(whole) == (413, "content_too_large", ["too_many_rows_at_once"])
    finally:
        object.__setattr__(fair_candidates, "revocable", MOST)


def test_two_fairs_cannot_be_joined(jet: Jet) -> None:
    """One person, two fairs, one company at each: no value of the two answers but what both were given to read."""
    who, seen = person(jet), []
    for _ in range(2):
        made = fair(jet)
        _, company = made.exhibitor()
        registration = made.register(who, headline=f"At {made.code}")
        consent(jet, who, registration, "headline")
        (item,) = candidates(jet, company)
        seen.append((company, item))
    (one, mine), (_, theirs) = seen
    shared = {str(value) for value in mine.values() if value} & {
        str(value) for value in theirs.values() if value
    }
    assert shared == set()
    hidden = jet.call("jet_fair_candidates_read", one, path={"ref": theirs["id"]})
    absent = jet.call("jet_fair_candidates_read", one, path={"ref": uuid4()})
    assert (hidden.status_code, hidden.json()["detail"]) == (absent.status_code, absent.json()["detail"]) == (
        404, absent.json()["detail"],
    )  # fmt: skip


def test_who_exhibits_on_another_day_or_no_more_sees_nobody(jet: Jet) -> None:
    made = fair(jet, days=2)
    (_, first), (_, second), (third, gone) = (
        made.exhibitor(day_numbers=[1]), made.exhibitor(day_numbers=[2]), made.exhibitor(),
    )  # fmt: skip
    who = person(jet)
    registration = made.register(who, made.days[0], headline="Hello")
    consent(jet, who, registration)
    assert [len(candidates(jet, one)) for one in (first, second, gone)] == [1, 0, 1]
    (mine,) = done(jet.call("jet_fair_exhibitors_list", gone), 200)["items"]
    changed = jet.call(
        "jet_fair_exhibitors_change", COORDINATOR, headers={"If-Match": "*"}, path={"ref": mine["id"]},
        json={"cancelled_on": "2024-07-08"},
    )  # fmt: skip
    assert changed.status_code == 200 and third.code == changed.json()["organisation_code"]
    assert [len(candidates(jet, one)) for one in (first, second, gone)] == [1, 0, 0]


def test_a_consent_ends_for_the_whole_fair_and_with_the_fair(jet: Jet) -> None:
    made = fair(jet, days=2)
    _, company = made.exhibitor()
    who = person(jet)
    both = [made.register(who, day, headline=day) for day in made.days]
    for one in both:
        consent(jet, who, one)
    assert len(candidates(jet, company)) == 2
    withdraw_consent(jet, who, both[0])
    assert candidates(jet, company) == []
    consent(jet, who, both[1])
    assert len(candidates(jet, company)) == 1
    until = {"candidates_until": jet.now().isoformat()}
    answer = jet.call(
        "jet_career_fairs_change", COORDINATOR, headers={"If-Match": "*"}, path={"ref": made.code}, json=until
    )
    assert answer.status_code == 200, answer.text
    assert candidates(jet, company) == []


def test_an_employer_sees_nothing_of_a_fair(jet: Jet) -> None:
    """Though its own people are there, and it exhibits there itself."""
    made, who = fair(jet), person(jet)
    organisation, company = made.exhibitor()
    body = {"jet_number": who.jet_number, "organisation_code": organisation.code, "programme_year": 2024}
    done(jet.call("jet_placements_create", json=body | {"decided_on": "2024-05-01"}))
    registration = made.register(who)
    consent(jet, who, registration)
    assert len(candidates(jet, company)) == 1
    plurals = ("career_fairs", "career_fair_days", "fair_exhibitors", "fair_registrations", "fair_candidates",
               "fair_attendances", "interview_slots", "fair_interviews")  # fmt: skip
    for role in ("organisation", "host_authority"):
        employer = Caller(role, organisation=organisation.id)
        for plural in plurals:
            assert jet.call(f"jet_{plural}_list", employer).status_code == 403
        for name in ("jet-career-fairs", "jet-career-fair-grants"):
            assert jet.call("jet_statistics_read", employer, path={"name": name}).status_code == 403
        feed = done(jet.call("jet_changes_list", employer, params={"limit": 500}), 200)["items"]
        assert {one["resource"] for one in feed} & {plural.replace("_", "-") for plural in plurals} == set()


def test_consent_is_ones_own_act(jet: Jet, scene: Scene) -> None:
    _, company, _, registration = scene
    other = person(jet)
    assert consent(jet, other, registration).status_code == 404
    for caller in (COORDINATOR, company, Caller("service")):
        answer = jet.call(
            "jet_fair_registrations_consent",
            caller,
            path={"ref": registration["id"]},
            json={"shared_fields": ALL},
        )
        assert answer.status_code == 403
    assert refused(consent(jet, other, other_registration(jet, other), "email"))[:2] == (
        422,
        "invalid_content",
    )


def other_registration(jet: Jet, who: Person) -> dict[str, Any]:
    return fair(jet).register(who)
