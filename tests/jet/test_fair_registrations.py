"""Registration for a fair's day: seats and a queue, attendance once, and what one may change."""

from collections import Counter
from datetime import timedelta

from tests.jet.fairing import (
    COORDINATOR,
    Fair,
    consent,
    crowd,
    done,
    fair,
    patiently,
    person,
    refused,
    together,
)
from tests.support.jet import Jet

CHECK_IN = "jet_career_fair_days_check_in"


def on_the_day(jet: Jet, made: Fair, day: int = 0) -> None:
    """An hour after it opens."""
    gone = made.opens_at + timedelta(days=day, hours=1) - jet.now()
    jet.sql(f"UPDATE platform.clock SET offset_by = offset_by + interval '{gone.total_seconds()} seconds'")


def test_who_waits_is_offered_the_seat_that_another_gives_back(jet: Jet) -> None:
    made = fair(jet, seats=1)
    first, second = person(jet), person(jet)
    mine, theirs = made.register(first), made.register(second)
    assert (mine["state"], theirs["state"], theirs["waiting_number"]) == ("confirmed", "waiting", 1)
    consent(jet, first, mine)
    left = done(jet.call("jet_fair_registrations_withdraw", first.caller, path={"ref": mine["id"]}))
    assert (left["state"], left["consent_state"], left["shared_fields"]) == ("released", "withdrawn", [])
    offered = done(jet.call("jet_fair_registrations_read", second.caller, path={"ref": theirs["id"]}), 200)
    assert offered["state"] == "offered"
    closed = {one["action"]: "closed" in one for one in offered["available_actions"]}
    assert closed == {"confirm": False, "consent": False, "withdraw_consent": True, "withdraw": False}
    confirmed = done(jet.call("jet_fair_registrations_confirm", second.caller, path={"ref": theirs["id"]}))
    assert confirmed["state"] == "confirmed"
    again = made.register(first)  # a new registration, at the end of the queue
    assert again["id"] != mine["id"] and (again["state"], again["waiting_number"]) == ("waiting", 2)
    assert refused(consent(jet, first, mine))[:2] == (409, "action_not_available")


def test_an_offer_that_nobody_answers_makes_room_for_another_registration(jet: Jet) -> None:
    made = fair(jet, seats=1)
    first, second = person(jet), person(jet)
    mine, theirs = made.register(first), made.register(second)
    done(jet.call("jet_fair_registrations_withdraw", first.caller, path={"ref": mine["id"]}))
    jet.advance(3)
    late = jet.call("jet_fair_registrations_confirm", second.caller, path={"ref": theirs["id"]})
    assert refused(late)[:2] == (409, "offer_lapsed")
    anew = made.register(second)
    assert (anew["state"], anew["id"] != theirs["id"]) == ("confirmed", True)


def test_a_person_registers_once_and_for_oneself(jet: Jet) -> None:
    made, who, other = fair(jet), person(jet), person(jet)
    made.register(who)
    body = {"day_code": made.days[0], "jet_number": who.jet_number}
    assert refused(jet.call("jet_fair_registrations_create", who.caller, json=body))[:2] == (
        409,
        "already_exists",
    )
    theirs = jet.call("jet_fair_registrations_create", other.caller, json=body)
    nobodys = jet.call(
        "jet_fair_registrations_create", other.caller, json=body | {"jet_number": "20999999999"}
    )
    assert refused(theirs) == refused(nobodys) == (422, "invalid_content", ["not_known_here"])


def test_a_profile_is_changed_and_no_value_of_it_is_audited(jet: Jet) -> None:
    made, who = fair(jet), person(jet)
    registration = made.register(who)
    changed = jet.call(
        "jet_fair_registrations_change", who.caller, headers={"If-Match": "*"}, path={"ref": registration["id"]},
        json={"cv": "Painted boats.", "skills": ["design"]},
    )  # fmt: skip
    body = done(changed, 200)
    assert (body["cv"], body["skills"], body["languages"]) == ("Painted boats.", ["design"], ["en", "fr"])
    told = jet.sql(
        "SELECT coalesce(before::text, '') || coalesce(after::text, '') FROM jet.audit_entry "
        f"WHERE resource_id = '{registration['id']}'"
    )
    said = " ".join(row[0] for row in told)
    assert "cv" in said and "Painted" not in said and "village" not in said


def test_of_many_who_scan_one_ticket_one_checks_in(jet: Jet) -> None:
    made = fair(jet, days=2)
    who = person(jet)
    registration, other = made.register(who), made.register(who, made.days[1])
    path, body = {"ref": made.days[0]}, {"ticket": registration["ticket"]}
    assert refused(jet.call(CHECK_IN, path=path, json=body))[:2] == (409, "action_not_available")
    on_the_day(jet, made)

    async def scan() -> Counter[int | str]:
        answers = await together(
            patiently(jet, CHECK_IN, COORDINATOR, path=path, json=body) for _ in range(40)
        )
        return Counter(one.json().get("code", one.status_code) for one in answers)

    assert jet.served.run(scan()) == {201: 1, "checked_in_already": 39}
    came = done(jet.call("jet_fair_attendances_list", who.caller), 200)["items"]
    assert [(one["day_code"], one["method"]) for one in came] == [(made.days[0], "check_in")]
    wrong = jet.call(CHECK_IN, path=path, json={"ticket": other["ticket"]})
    assert refused(wrong)[2] == ["ticket_unknown"]
    leaving = jet.call("jet_fair_registrations_withdraw", who.caller, path={"ref": registration["id"]})
    assert refused(leaving)[:2] == (409, "action_not_available")


def test_lists_tell_of_days_that_are_over_within_their_seats(jet: Jet) -> None:
    made = fair(jet, seats=1)
    first, second = person(jet), person(jet)
    on_the_day(jet, made, day=1)
    body = {"day_code": made.days[0], "jet_number": first.jet_number}
    late = jet.call("jet_fair_registrations_create", first.caller, json=body)
    assert refused(late)[:2] == (409, "action_not_available")
    assert done(jet.call("jet_fair_registrations_create", json=body))["state"] == "confirmed"
    full = jet.call("jet_fair_registrations_create", json=body | {"jet_number": second.jet_number})
    assert refused(full)[:2] == (409, "seats_exhausted")
    done(jet.call("jet_fair_attendances_create", json=body))
    stranger = jet.call("jet_fair_attendances_create", json=body | {"jet_number": second.jet_number})
    assert refused(stranger)[2] == ["not_registered"]


def test_seats_are_added_and_not_taken_from_who_has_one(jet: Jet) -> None:
    made = fair(jet, seats=2)
    crowd(jet, made, 2)
    path, headers = {"ref": made.days[0]}, {"If-Match": "*"}
    fewer = jet.call("jet_career_fair_days_change", headers=headers, path=path, json={"seats": 1})
    assert refused(fewer)[:2] == (409, "seats_exhausted")
    more = done(jet.call("jet_career_fair_days_change", headers=headers, path=path, json={"seats": 3}), 200)
    assert (more["seats"], more["taken"]) == (3, 2)


def test_an_exhibitor_describes_itself_until_the_fair_opens(jet: Jet) -> None:
    made = fair(jet)
    organisation, company = made.exhibitor(booth="A1")
    foreign, _ = made.exhibitor()
    listed = done(jet.call("jet_fair_exhibitors_list", company), 200)["items"]
    assert [one["organisation_code"] for one in listed] == [organisation.code]
    path, headers = {"ref": listed[0]["id"]}, {"If-Match": "*"}
    wants = {"wanted_skills": ["it"], "wanted_languages": ["en"], "description_en": "We make bells."}
    changed = done(
        jet.call("jet_fair_exhibitors_change", company, headers=headers, path=path, json=wants), 200
    )
    assert {name: changed[name] for name in wants} == wants
    booth = jet.call("jet_fair_exhibitors_change", company, headers=headers, path=path, json={"booth": "B2"})
    assert refused(booth)[2] == ["field_not_yours"]
    on_the_day(jet, made)
    late = jet.call(
        "jet_fair_exhibitors_change", company, headers=headers, path=path, json={"wanted_skills": []}
    )
    assert refused(late)[:2] == (409, "action_not_available")
    assert foreign.code not in str(listed)
