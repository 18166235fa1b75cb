"""Appointments and what holds in them: whose they are, of which year, and what follows a changed term."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.jet.participants.resource import participants
from tests.jet.playing import FIRST, LAST, appoint, change, codes, done, place
from tests.support.database import CLOCK
from tests.support.jet import Jet, appointment
from tests.support.loading import load
from tests.support.serving import Caller


def test_a_reappointment_is_filed_shortly_after_the_term_with_a_new_placement(jet: Jet) -> None:
    number, where = jet.participant(year=2023), jet.organisation()
    done(appoint(jet, number, where, date(2023, 8, 1), date(2024, 7, 5), year=2023))
    officer = Caller("organisation", organisation=where.id)
    assert jet.call("jet_participants_read", officer, path={"ref": number}).status_code == 404
    done(place(jet, number, where))
    assert jet.call("jet_participants_read", officer, path={"ref": number}).json()["family_name"] == "Doe"
    done(appoint(jet, number, where, caller=officer))


def test_visited_schools_are_clipped_and_never_stretched(jet: Jet) -> None:
    made = done(appoint(jet, jet.participant(), jet.organisation()))
    visited = done(jet.call("jet_workplaces_create", json={
        "appointment_id": made["id"], "position": 2, "workplace_name": "架空第二中学校", "workplace_kind": "school",
        "school_level": "junior_high", "starts_on": "2024-10-01",
    }))  # fmt: skip

    def days() -> dict[int, tuple[str, str]]:
        listed = done(jet.call("jet_workplaces_list", params={"appointment_id": made["id"]}))["items"]
        return {one["position"]: (one["starts_on"], one["ends_on"]) for one in listed}

    done(change(jet, "appointments", made["id"], starts_on="2024-08-15", ends_on="2025-06-30"))
    assert days() == {1: ("2024-08-15", "2025-06-30"), 2: ("2024-10-01", "2025-06-30")}
    done(change(jet, "appointments", made["id"], ends_on="2025-07-31"))
    assert days() == {1: ("2024-08-15", "2025-07-31"), 2: ("2024-10-01", "2025-06-30")}
    mended = change(jet, "workplaces", visited["id"], workplace_name="架空第三中学校", workplace_days=2)
    assert (mended.json()["workplace_name"], mended.json()["workplace_days"]) == ("架空第三中学校", 2)
    assert days()[2] == ("2024-10-01", "2025-06-30")
    fixed = change(jet, "workplaces", visited["id"], position=3)
    assert codes(fixed) == {("/position", "fixed_by_identity")}


def test_what_says_which_record_it_is_cannot_be_changed(jet: Jet) -> None:
    number = jet.participant(year=2023)
    made = done(appoint(jet, number, jet.organisation()))
    moves: list[tuple[str, str, Any]] = [
        ("appointments", made["id"], {"organisation_code": jet.organisation().code}),
        ("appointments", made["id"], {"jet_number": jet.participant()}),
        ("appointments", made["id"], {"programme_year": 2023}),
        ("participants", number, {"jet_number": "20888888888"}),
        ("participants", number, {"programme_year": 2025}),
    ]
    for plural, ref, body in moves:
        assert codes(change(jet, plural, ref, **body)) == {(f"/{next(iter(body))}", "fixed_by_identity")}
    assert change(jet, "appointments", made["id"], starts_on="2024-08-05").status_code == 200


def test_an_appointment_is_of_a_year_that_its_days_and_its_participation_allow(jet: Jet) -> None:
    number, where = jet.participant(), jet.organisation()
    early = appoint(jet, number, where, date(2023, 8, 1), date(2024, 7, 31), year=2023)
    assert codes(early) == {("/programme_year", "programme_year_before_entry")}
    for starts_on in (date(2024, 3, 31), date(2025, 9, 1)):
        answer = appoint(jet, number, where, starts_on, starts_on + timedelta(days=30))
        assert codes(answer) == {("/starts_on", "outside_programme_year")}
    april = appoint(jet, number, where, date(2024, 4, 1), date(2025, 3, 31))
    renewal = appoint(jet, number, where, date(2025, 4, 1), date(2025, 8, 4))
    assert (april.status_code, renewal.status_code) == (201, 201)


def test_the_job_type_is_that_of_the_years_own_participation(jet: Jet) -> None:
    number, where = jet.participant(year=2020), jet.organisation()
    again = jet.described(year=2024, job="CIR") | {"jet_number": number}
    assert load(jet, {"body": again}, into=participants) == 200
    done(appoint(jet, number, where, date(2023, 8, 1), date(2024, 7, 31), year=2023, job="ALT"))
    assert codes(appoint(jet, number, where, job="ALT")) == {("/job_type", "job_type_differs")}
    done(appoint(jet, number, where, job="CIR"))


def test_no_appointment_is_known_before_its_participation(jet: Jet) -> None:
    body = appointment(jet.participant(), jet.organisation(), FIRST, LAST)
    assert load(jet, {"body": body, "known_from": CLOCK - timedelta(days=1)}) == 422


def test_a_participant_reads_their_own_appointment_with_its_workplace_and_housing(jet: Jet) -> None:
    number, where = jet.participant(), jet.organisation()
    body = appointment(number, where, FIRST, LAST) | {"housing_type": "other", "housing_rent_yen": 10000}
    made = done(jet.call("jet_appointments_create", json=body))
    person = UUID(done(jet.call("jet_participants_read", path={"ref": number}))["id"])
    read = done(
        jet.call("jet_appointments_read", Caller("participant", person=person), path={"ref": made["id"]})
    )
    assert (read["workplace_name"], read["housing_rent_yen"]) == ("架空小学校", 10000)
    other = Caller(
        "participant",
        person=UUID(done(jet.call("jet_participants_read", path={"ref": jet.participant()}))["id"]),
    )
    assert jet.call("jet_appointments_read", other, path={"ref": made["id"]}).status_code == 404
