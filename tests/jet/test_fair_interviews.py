"""Interviews at a fair: booked or offered, never two at one table or of one person at a time."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

from tests.jet.fairing import (
    COORDINATOR,
    Fair,
    candidates,
    consent,
    crowd,
    done,
    fair,
    patiently,
    person,
    refused,
    together,
    withdraw_consent,
)
from tests.support.jet import Jet


def test_of_two_hundred_who_book_one_slot_one_has_it(jet: Jet) -> None:
    made = fair(jet)
    organisation, company = made.exhibitor()
    slot, people = made.slot(organisation), crowd(jet, made, 200)

    async def book() -> Counter[int | str]:
        answers = await together(
            patiently(
                jet,
                "jet_fair_interviews_create",
                who.caller,
                json={"slot_id": slot, "candidate_id": identity},
            )
            for who, identity in people
        )
        return Counter(one.json().get("code", one.status_code) for one in answers)

    assert jet.served.run(book()) == {201: 1, "slot_taken": 199}
    (mine,) = done(jet.call("jet_fair_interviews_list", company), 200)["items"]
    (listed,) = done(
        jet.call("jet_interview_slots_list", people[0][0].caller, params={"day": made.days[0]}), 200
    )["items"]
    assert (mine["state"], listed["taken"]) == ("booked", True)


def test_of_forty_overlapping_slots_a_person_has_one(jet: Jet) -> None:
    made = fair(jet)
    organisation, _ = made.exhibitor()
    slots = [made.slot(organisation, table % 4 * 5, table=table + 1) for table in range(20)]
    ((who, identity),) = crowd(jet, made, 1)

    async def book() -> Counter[int | str]:
        answers = await together(
            patiently(
                jet,
                "jet_fair_interviews_create",
                who.caller,
                json={"slot_id": slot, "candidate_id": identity},
            )
            for slot in slots * 2
        )
        return Counter(one.json().get("code", one.status_code) for one in answers)

    found = jet.served.run(book())
    assert found.pop(201) == 1 and set(found) <= {"interview_overlaps", "slot_taken"} and found.total() == 39
    after = made.slot(organisation, 60)
    booked = jet.call(
        "jet_fair_interviews_create", who.caller, json={"slot_id": after, "candidate_id": identity}
    )
    assert booked.status_code == 201  # one that does not overlap


def test_an_offer_is_accepted_once_and_then_binds_the_person(jet: Jet) -> None:
    made = fair(jet)
    (first, one), (second, two) = made.exhibitor(), made.exhibitor()
    who = person(jet)
    registration = made.register(who)
    consent(jet, who, registration, "headline")
    (seen,) = candidates(jet, one)
    offers = [
        done(jet.call("jet_fair_interviews_create", company, json={"slot_id": slot, "candidate_id": seen["id"]}))
        for company, slot in ((one, made.slot(first)), (two, made.slot(second)))
    ]  # fmt: skip
    assert [offer["state"] for offer in offers] == ["requested", "requested"]  # an offer binds nobody
    accepted = jet.call("jet_fair_interviews_accept", who.caller, path={"ref": offers[0]["id"]})
    assert done(accepted)["state"] == "booked"
    other = jet.call("jet_fair_interviews_accept", who.caller, path={"ref": offers[1]["id"]})
    assert refused(other)[:2] == (409, "interview_overlaps")
    again = jet.call("jet_fair_interviews_accept", who.caller, path={"ref": offers[0]["id"]})
    assert refused(again)[:2] == (409, "action_not_available")
    declined = done(jet.call("jet_fair_interviews_decline", who.caller, path={"ref": offers[1]["id"]}))
    assert declined["state"] == "declined"
    (slot,) = done(jet.call("jet_interview_slots_list", two), 200)["items"]
    assert slot["taken"] is False


def test_without_consent_there_is_no_interview(jet: Jet) -> None:
    made = fair(jet)
    organisation, company = made.exhibitor()
    who, stranger = person(jet), person(jet)
    registration, slot = made.register(who), made.slot(organisation)
    body = {"slot_id": slot, "candidate_id": registration["id"]}
    assert refused(jet.call("jet_fair_interviews_create", who.caller, json=body)) == (
        409, "consent_missing", ["consent_missing"],
    )  # fmt: skip
    hidden = jet.call("jet_fair_interviews_create", company, json=body)
    absent = jet.call("jet_fair_interviews_create", company, json=body | {"candidate_id": str(uuid4())})
    assert refused(hidden) == refused(absent) == (422, "invalid_content", ["fair_candidate_unknown"])
    consent(jet, who, registration)
    theirs = jet.call("jet_fair_interviews_create", stranger.caller, json=body)
    assert refused(theirs) == (422, "invalid_content", ["fair_candidate_unknown"])
    foreign, _ = made.exhibitor()
    of_another = body | {"slot_id": made.slot(foreign)}
    assert refused(jet.call("jet_fair_interviews_create", company, json=of_another))[2] == [
        "interview_slot_unknown"
    ]
    assert jet.call("jet_fair_interviews_create", who.caller, json=body).status_code == 201


def test_a_withdrawal_cancels_what_is_to_come_and_takes_the_person_out_of_what_was(jet: Jet) -> None:
    made = fair(jet)
    organisation, company = made.exhibitor()
    who = person(jet)
    registration = made.register(who)
    consent(jet, who, registration)
    slots = [made.slot(organisation, minutes) for minutes in (0, 60)]
    ids = []
    for slot in slots:
        body = {"slot_id": slot, "candidate_id": registration["id"]}
        ids.append(done(jet.call("jet_fair_interviews_create", who.caller, json=body))["id"])
    early = jet.call("jet_fair_interviews_record", company, path={"ref": ids[0]}, json={"held": "met"})
    assert refused(early)[:2] == (409, "action_not_available")
    half_an_hour_in(jet, made)
    held = {"held": "met", "outcome": "second_interview"}
    met = done(jet.call("jet_fair_interviews_record", company, path={"ref": ids[0]}, json=held))
    assert (met["state"], met["outcome"], met["candidate_id"]) == (
        "met",
        "second_interview",
        registration["id"],
    )
    assert withdraw_consent(jet, who, registration).status_code == 201
    seen = {one["id"]: one for one in done(jet.call("jet_fair_interviews_list", company), 200)["items"]}
    assert [(seen[i]["state"], seen[i]["candidate_id"]) for i in ids] == [("met", None), ("cancelled", None)]
    mine = done(jet.call("jet_fair_interviews_list", who.caller), 200)["items"]
    assert {one["candidate_id"] for one in mine} == {registration["id"]}


def test_a_booking_and_a_withdrawal_at_once_leave_no_interview_without_consent(jet: Jet) -> None:
    made = fair(jet)
    organisation, _ = made.exhibitor()
    people = crowd(jet, made, 12)
    slots = [made.slot(organisation, 0, table=table + 1) for table in range(len(people))]

    async def play() -> list[int]:
        asked = []
        for (who, identity), slot in zip(people, slots, strict=True):
            body = {"slot_id": slot, "candidate_id": identity}
            asked += [
                patiently(jet, "jet_fair_interviews_create", who.caller, json=body),
                patiently(jet, "jet_fair_registrations_withdraw_consent", who.caller, path={"ref": identity}),
            ]
        return [one.status_code for one in await together(asked)]

    statuses = jet.served.run(play())
    assert set(statuses[1::2]) == {201} and set(statuses[::2]) <= {201, 409}
    left = jet.sql(
        "SELECT i.state FROM jet.fair_interview AS i JOIN jet.fair_registration AS r ON r.id = i.registration_id "
        "WHERE i.state IN ('requested', 'booked') AND r.consented_at IS NULL"
    )
    assert left == []


def test_nobody_books_with_an_exhibitor_that_is_cancelled(jet: Jet) -> None:
    made = fair(jet)
    organisation, company = made.exhibitor()
    slots = [made.slot(organisation, minutes) for minutes in (0, 60)]
    ((who, identity),) = crowd(jet, made, 1)
    body = {"slot_id": slots[0], "candidate_id": identity}
    booked = done(jet.call("jet_fair_interviews_create", who.caller, json=body))
    (entry,) = done(jet.call("jet_fair_exhibitors_list", company), 200)["items"]
    answer = jet.call(
        "jet_fair_exhibitors_change", COORDINATOR, headers={"If-Match": "*"}, path={"ref": entry["id"]},
        json={"cancelled_on": "2024-07-08"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    mine = done(jet.call("jet_fair_interviews_read", who.caller, path={"ref": booked["id"]}), 200)
    assert mine["state"] == "cancelled"
    again = jet.call("jet_fair_interviews_create", who.caller, json=body | {"slot_id": slots[1]})
    assert refused(again)[:2] == (409, "action_not_available")


def half_an_hour_in(jet: Jet, made: Fair) -> None:
    gone = made.opens_at + timedelta(minutes=30) - jet.now()
    jet.sql(f"UPDATE platform.clock SET offset_by = offset_by + interval '{gone.total_seconds()} seconds'")


def test_a_slot_keeps_its_table_and_its_day(jet: Jet) -> None:
    made = fair(jet)
    organisation, company = made.exhibitor()
    made.slot(organisation)
    body = {
        "day_code": made.days[0], "organisation_code": organisation.code, "table_no": 1,
        "starts_at": (made.opens_at + timedelta(minutes=10)).isoformat(),
        "ends_at": (made.opens_at + timedelta(minutes=30)).isoformat(),
    }  # fmt: skip
    assert refused(jet.call("jet_interview_slots_create", company, json=body))[:2] == (409, "slot_overlaps")
    outside = body | {"starts_at": (made.opens_at - timedelta(minutes=5)).isoformat()}
    assert refused(jet.call("jet_interview_slots_create", company, json=outside))[2] == [
        "interview_outside_day"
    ]
    (slot,) = done(jet.call("jet_interview_slots_list", company), 200)["items"]
    path, headers = {"ref": slot["id"]}, {"If-Match": "*"}
    ((who, identity),) = crowd(jet, made, 1)
    booked = done(
        jet.call(
            "jet_fair_interviews_create", who.caller, json={"slot_id": slot["id"], "candidate_id": identity}
        )
    )
    held = jet.call(
        "jet_interview_slots_change", company, headers=headers, path=path, json={"withdrawn": True}
    )
    assert refused(held)[:2] == (409, "action_not_available")
    done(jet.call("jet_fair_interviews_cancel", company, path={"ref": booked["id"]}))
    done(
        jet.call("jet_interview_slots_change", company, headers=headers, path=path, json={"withdrawn": True}),
        200,
    )
    gone = jet.call(
        "jet_fair_interviews_create", who.caller, json={"slot_id": slot["id"], "candidate_id": identity}
    )
    assert refused(gone)[:2] == (409, "action_not_available")
    done(jet.call("jet_interview_slots_create", company, json=body))
    foreign, _ = made.exhibitor()
    theirs = body | {"organisation_code": foreign.code}
    nobodys = body | {"organisation_code": jet.organisation().code}
    assert refused(jet.call("jet_interview_slots_create", company, json=theirs)) == refused(
        jet.call("jet_interview_slots_create", company, json=nobodys)
    )
    opens = {"opens_at": (made.opens_at + timedelta(minutes=5)).isoformat()}
    shorter = jet.call(
        "jet_career_fair_days_change",
        COORDINATOR,
        headers={"If-Match": "*"},
        path={"ref": made.days[0]},
        json=opens,
    )
    assert refused(shorter)[:2] == (409, "interview_outside_day")
