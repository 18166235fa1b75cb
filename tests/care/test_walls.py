"""A wall holds at once, also in a case that somebody has, and nobody has a hand in one of their own; it goes when nobody has
needed it for its time."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.jet.care.person_walls.domain import removed_before
from services.jet.care.person_walls.service import remove_old
from services.kit.japan.fiscal_year import fiscal_year_of
from tests.care.counselling import Story, assign, closed, counselled, listed
from tests.care.test_bookings import book, slot
from tests.care.test_roster_copy import code, copied, number, row
from tests.support.care import ANOTHER_OFFICER, OFFICER, PROTECTOR, Care, done
from tests.support.serving import Caller


def put_up(care: Care, counsellor: Any, participant: Any, officer: Caller = OFFICER) -> Any:
    wall = {"counsellor_id": str(counsellor), "participant_id": str(participant), "reason": "friend"}
    return care.call("care_person_walls_create", officer, json=wall)


def booked(care: Care, story: Story) -> Any:
    return done(book(care, story.participant, slot(care, story.counsellor)))


def parted(care: Care, story: Story, booking: Any) -> None:
    """The counsellor has nothing of it any more, and its participant goes on with another."""
    shown = done(care.call("care_cases_read", OFFICER, path=story.at))
    assert (shown["state"], shown["counsellor_id"], shown["organisation_code"]) == ("open", None, None)
    assert listed(care, "care_bookings_list", story.counsellor) == []
    word = care.call("care_cases_message", story.counsellor, path=story.at, json={"body": "お元気ですか"})
    assert word.status_code == 404
    (mine,) = listed(care, "care_bookings_list", story.participant)
    assert (mine["id"], mine["state"], mine["cancelled_by"]) == (booking["id"], "cancelled", "care")
    acts = {
        (one["action"], one["from_state"], one["to_state"], one["client"])
        for ref in (str(story.case), booking["id"])
        for one in listed(care, "care_audit_entries_list", PROTECTOR, record=ref)
        if one["action"] in ("part", "cancel")
    }
    clients = {client for *_, client in acts}
    assert (
        acts
        == {
            step
            for c in clients
            for step in (("part", "open", "open", c), ("cancel", "booked", "cancelled", c))
        }
        and len(clients) == 1
    )
    done(book(care, story.participant, slot(care, care.counsellor())))


def test_a_wall_set_later_takes_the_case_from_its_counsellor_and_cancels_what_was_booked(care: Care) -> None:
    story, other = counselled(care), counselled(care)
    booking, kept = booked(care, story), booked(care, other)
    done(put_up(care, story.counsellor.person, other.participant.person))
    assert done(care.call("care_cases_read", OFFICER, path=other.at))["counsellor_id"] is not None
    done(put_up(care, story.counsellor.person, story.participant.person))
    parted(care, story, booking)
    (still,) = listed(care, "care_bookings_list", other.counsellor)
    assert (still["id"], still["state"]) == (kept["id"], "booked")


def test_the_copy_of_the_roster_takes_the_cases_of_colleagues_from_an_adviser(care: Care) -> None:
    story, other = counselled(care), counselled(care)
    booking = booked(care, story)
    host, town = (code(care, care.organisation(kind)) for kind in ("prefecture", "city"))
    copied(care, row(story.counsellor.person, host, None), row(story.participant.person, town, host))
    parted(care, story, booking)
    assert done(care.call("care_cases_read", OFFICER, path=other.at))["counsellor_id"] is not None


def test_to_an_officer_a_wall_that_names_them_is_not_there(care: Care) -> None:
    named, participant = Caller("care_officer", person=uuid4()), uuid4()
    before = put_up(care, named.person, participant, named)
    wall = done(put_up(care, named.person, participant))
    after = put_up(care, named.person, participant, named)
    told = [(one.status_code, one.json()["code"], one.json()["detail"]) for one in (before, after)]
    assert told[0] == told[1] and told[0][:2] == (409, "wall_is_your_own")
    assert put_up(care, participant, named.person, named).json()["code"] == "wall_is_your_own"
    of_them = done(put_up(care, participant, named.person))
    for one in (wall, of_them):
        nothing = care.call("care_person_walls_lift", named, path={"ref": uuid4()})
        lifted = care.call("care_person_walls_lift", named, path={"ref": one["id"]})
        assert (lifted.status_code, lifted.json()["code"]) == (nothing.status_code, nothing.json()["code"])
        assert care.call("care_person_walls_read", named, path={"ref": one["id"]}).status_code == 404
        assert one["id"] not in {w["id"] for w in listed(care, "care_person_walls_list", named)}
        done(care.call("care_person_walls_lift", ANOTHER_OFFICER, path={"ref": one["id"]}))
    assert put_up(care, named.person, participant, named).json()["code"] == "wall_is_your_own"


def call_in(care: Care, person: Any, officer: Caller = OFFICER, channel: str = "phone") -> Any:
    return care.call(
        "care_cases_create", officer, json={"participant_id": str(person), "channel": channel}
    )  # fmt: skip


def test_an_officer_opens_a_case_for_whoever_telephones(care: Care) -> None:
    caller = Caller("participant", client="desk", person=uuid4())
    made = done(call_in(care, caller.person))
    assert (made["state"], made["counsellor_id"]) == ("open", None)
    again = done(call_in(care, caller.person, ANOTHER_OFFICER, "in_person"))
    assert again == made
    case = UUID(made["id"])
    counsellor = care.counsellor()
    done(assign(care, case, counsellor))
    contacts = listed(care, "care_contacts_list", counsellor, case_id=str(case))
    assert sorted(one["channel"] for one in contacts) == ["in_person", "phone"]
    assert {(one["held_on"], one["content"]) for one in contacts} == {("2024-07-08", None)}
    # the participant goes on in it, and what they say has its key
    written = done(care.call("care_messages_create", caller, json={"body": "電話の件です"}))
    assert written["case_id"] == made["id"]
    assert listed(care, "care_messages_list", counsellor)[0]["body"] == "電話の件です"
    entries = listed(care, "care_audit_entries_list", PROTECTOR, record=str(case))
    assert [one["action"] for one in entries].count("open") == 1
    assert str(caller.person) not in str(care.sql("SELECT t.*::text FROM care.audit_entry AS t"))
    assert call_in(care, uuid4(), channel="telegraph").json()["code"] == "channel_unknown"


def test_who_may_not_open_a_case_is_not_told_whether_there_is_one(care: Care) -> None:
    story, nobody = counselled(care), uuid4()
    friend = Caller("care_officer", person=uuid4())
    for person in (story.participant.person, nobody):
        done(put_up(care, friend.person, person))
    told = [call_in(care, person, friend) for person in (story.participant.person, nobody)]
    same = {(one.status_code, one.json()["code"], one.json()["detail"]) for one in told}
    assert len(same) == 1 and same.pop()[:2] == (409, "officer_walled_off")
    assert care.sql(f"SELECT FROM care.care_case WHERE person_id = '{nobody}'") == []
    assert call_in(care, friend.person, friend).json()["code"] == "officer_walled_off"
    for other in (story.counsellor, story.participant, PROTECTOR):
        assert call_in(care, story.participant.person, other).status_code == 404
    assert call_in(care, nobody, Caller("care_officer")).json()["code"] == "person_required"


def test_a_participant_is_named_by_the_jet_number_to_whoever_is_on_the_roster(care: Care) -> None:
    story, silent, counsellor = counselled(care), uuid4(), care.counsellor()
    town = code(care, care.organisation("city"))
    people = (story.participant.person, silent)
    copied(care, *(row(one, town, None) for one in people))

    def wall(**whose: Any) -> Any:
        body = {"counsellor_id": str(counsellor.person), "reason": "friend"} | whose
        return care.call("care_person_walls_create", OFFICER, json=body)

    def call_in_by(**whose: Any) -> Any:
        return care.call("care_cases_create", OFFICER, json={"channel": "phone"} | whose)

    cases = [done(call_in_by(jet_number=number(one))) for one in people]
    assert cases[0]["id"] == str(story.case) and cases[1]["id"] != cases[0]["id"]
    walls = [done(wall(jet_number=number(one))) for one in people]
    assert [one["participant_id"] for one in walls] == [str(one) for one in people]
    shown = [
        care.call(f"care_{name}_list", OFFICER, params={"limit": 500}).text
        for name in ("cases", "person_walls")
    ]
    assert not [one for one in people if number(one) in str((shown, cases, walls))]
    # of whom it is not known the answer tells nothing, and is the same for both
    both = {"jet_number": number(silent), "participant_id": str(silent)}
    for whose, told in (
        ({"jet_number": number(uuid4())}, "jet_number_unknown"),
        (both, "participant_unclear"),
        ({}, "participant_unclear"),
    ):
        for answer in (wall(**whose), call_in_by(**whose)):
            (error,) = answer.json()["errors"]
            assert (answer.status_code, error["pointer"], error["code"]) == (422, "/jet_number", told)
    copied(care, row(uuid4(), town, None))
    assert call_in_by(jet_number=number(silent)).json()["errors"][0]["code"] == "jet_number_unknown"


@given(st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(0, 1000))
def test_a_wall_is_kept_for_a_whole_fiscal_year_after_it_was_needed(today: date, ago: int) -> None:
    day = date.fromordinal(today.toordinal() - ago)
    assert (day < removed_before(today)) == (fiscal_year_of(today) - fiscal_year_of(day) > 1)


def test_a_wall_that_nobody_needs_goes_and_the_audit_never_said_whose_it_was(care: Care) -> None:
    """Needed: it stands, and its participant has a case, though a closed one, or is on the roster."""
    adviser, (lifted, away, serving) = care.counsellor().person, (uuid4() for _ in range(3))
    story, lately = counselled(care), uuid4()
    closed(care, story)
    people = (lifted, away, serving, story.participant.person, lately)
    walls = {one: done(put_up(care, adviser, one))["id"] for one in people}
    done(care.call("care_person_walls_lift", OFFICER, path={"ref": walls[lifted]}))
    town = code(care, care.organisation("city"))

    def aged(day: str) -> None:
        care.sql(
            f"UPDATE care.person_wall SET needed_on = '{day}' "
            f"WHERE counsellor_id = '{adviser}' AND participant_id <> '{lately}'"
        )

    def left(day: str = "") -> set[Any]:
        if day:
            aged(day)
        care.served.run(remove_old(care.served.app.state.service.database))
        found = listed(care, "care_person_walls_list", OFFICER, counsellor_id=str(adviser))
        return {UUID(one["participant_id"]) for one in found}

    copied(care, row(serving, town, None), row(lifted, town, None))
    assert left("2023-04-01") == set(people)
    assert left("2023-03-31") == {serving, story.participant.person, lately}
    care.sql("DELETE FROM care.serving")
    assert left("2023-03-31") == {
        serving,
        story.participant.person,
        lately,
    }  # without a copy nobody is known to be gone
    copied(care, row(uuid4(), town, None))
    assert left("2023-03-31") == {story.participant.person, lately}
    for person in (lifted, away, serving):
        entries = listed(care, "care_audit_entries_list", PROTECTOR, record=walls[person])
        assert {one["client"] for one in entries if one["action"] == "remove"} == {"worker-care"}
        assert str(person) not in str(care.sql("SELECT t.*::text FROM care.audit_entry AS t"))
    # who is set again is needed again
    done(care.call("care_person_walls_lift", OFFICER, path={"ref": done(put_up(care, adviser, away))["id"]}))
    aged("2023-03-31")
    done(put_up(care, adviser, away))
    assert left() == {away, story.participant.person, lately}
