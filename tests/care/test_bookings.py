"""Slots and bookings: one wins, by the clocks of both, never beyond a wall, and a calendar tells nothing of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.jet.care.bookings.domain import BOOKING, why_closed
from services.kit.findings import Finding
from services.kit.wall_time import NOT_SHOWN, SHOWN_TWICE, instant, zone
from tests.support.care import OFFICER, PROTECTOR, Care, at_once, done, participant
from tests.support.serving import Caller

YEAR = 2027
DAYS = iter(range(10_000))


def slot(care: Care, counsellor: Caller, start: str | None = None, **more: Any) -> Any:
    """Of an hour at noon in Japan, each on a day of its own."""
    day = datetime(YEAR, 1, 1) + timedelta(days=next(DAYS))
    body = {"local_start": start or f"{day:%Y-%m-%d}T12:00", "time_zone": "Asia/Tokyo", "minutes": 60} | more
    return done(care.call("care_slots_create", counsellor, json=body))


def offer(care: Care, counsellor: Caller, start: str, where: str, **more: Any) -> httpx.Response:
    body = {"local_start": start, "time_zone": where, "minutes": 60} | more
    return care.call("care_slots_create", counsellor, json=body)


def book(care: Care, who: Caller, at: Any, where: str = "Asia/Tokyo") -> httpx.Response:
    return care.call("care_bookings_create", who, json={"slot_id": at["id"], "time_zone": where})


def act(care: Care, who: Caller, verb: str, booking: Any) -> httpx.Response:
    return care.call(f"care_bookings_{verb}", who, path={"ref": booking["id"]})


def free(care: Care, who: Caller, **more: Any) -> set[str]:
    query = {"limit": 500, "taken": False} | more
    return {one["id"] for one in done(care.call("care_slots_list", who, params=query))["items"]}


def begun(care: Care, booking: Any, ago: int = 1) -> None:
    """As if its time had come so many hours ago."""
    care.sql(
        "DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', true); "
        f"UPDATE care.booking SET starts_at = platform.now() - interval '{ago} hours', "
        f"ends_at = platform.now() - interval '{ago - 1} hours' "
        f"WHERE id = '{booking['id']}'; END $$"
    )


def test_of_many_for_one_slot_one_has_it(care: Care) -> None:
    at, people = slot(care, care.counsellor()), [participant() for _ in range(20)]
    body = {"slot_id": at["id"]}
    answers = at_once(care, *(care.served.send("care_bookings_create", who, json=body) for who in people))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 19}
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"booking_slot_not_free"}
    (row,) = care.sql(
        f"SELECT count(*) AS n, (SELECT count(*) FROM care.care_case WHERE person_id = ANY ('{{{ids(people)}}}'))"
        f" AS cases FROM care.booking WHERE slot_id = '{at['id']}'"
    )
    assert (row["n"], row["cases"]) == (1, 1)  # who came to nothing has opened no case


def ids(people: list[Caller]) -> str:
    return ",".join(str(one.person) for one in people)


def test_one_person_at_many_slots_at_once_has_one_counsellor(care: Care) -> None:
    me, counsellors = participant(), [care.counsellor() for _ in range(6)]
    day = datetime(YEAR, 1, 1) + timedelta(days=next(DAYS))
    same = [slot(care, one, f"{day:%Y-%m-%d}T12:{n:02d}") for n, one in enumerate(counsellors)]
    later = [slot(care, one, f"{day:%Y-%m-%d}T{15 + n}:00") for n, one in enumerate(counsellors)]
    bodies = [{"slot_id": one["id"]} for one in (*same, *later)]
    answers = at_once(care, *(care.served.send("care_bookings_create", me, json=body) for body in bodies))
    assert set(one.status_code for one in answers) == {201, 409}
    mine = done(care.call("care_bookings_list", me))["items"]
    assert 1 <= len(mine) <= 2 and len({one["counsellor_id"] for one in mine}) == 1
    (case,) = care.sql(f"SELECT counsellor_id FROM care.care_case WHERE person_id = '{me.person}'")
    assert str(case["counsellor_id"]) == mine[0]["counsellor_id"]


def test_one_person_is_never_booked_twice_at_a_time(care: Care) -> None:
    """Not with a second counsellor either, to whom the case went in the meantime."""
    me, first, second = participant(), care.counsellor(), care.counsellor()
    day = datetime(YEAR, 1, 1) + timedelta(days=next(DAYS))
    done(book(care, me, slot(care, first, f"{day:%Y-%m-%d}T12:00")))
    other = slot(care, second, f"{day:%Y-%m-%d}T12:30")
    assert book(care, me, other).json()["code"] == "booking_slot_not_free"
    care.sql(
        f"UPDATE care.care_case SET counsellor_id = '{second.person}', organisation_id = '{second.organisation}' "
        f"WHERE person_id = '{me.person}'"
    )
    assert book(care, me, other).json()["code"] == "booking_overlaps"
    assert done(care.call("care_bookings_list", first))["items"] == []  # the case went, and its bookings


def test_a_counsellor_has_one_slot_at_a_time(care: Care) -> None:
    mine = care.counsellor()
    at = slot(care, mine, f"{YEAR}-05-01T10:00")
    assert offer(care, mine, f"{YEAR}-05-01T10:30", "Asia/Tokyo").json()["code"] == "slot_overlaps"
    assert offer(care, mine, f"{YEAR}-05-01T11:00", "Asia/Tokyo").status_code == 201
    assert care.call("care_slots_withdraw", mine, path={"ref": at["id"]}).status_code == 201
    assert care.call("care_slots_withdraw", mine, path={"ref": at["id"]}).status_code == 409
    bodies = [
        {"local_start": f"{YEAR}-05-01T10:{n:02d}", "time_zone": "Asia/Tokyo", "minutes": 30}
        for n in range(12)
    ]
    answers = at_once(care, *(care.served.send("care_slots_create", mine, json=body) for body in bodies))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 11}


def test_a_slot_is_withdrawn_or_booked_and_never_both(care: Care) -> None:
    for _ in range(6):
        mine, me = care.counsellor(), participant()
        at = slot(care, mine)
        withdrawn, booked = at_once(
            care,
            care.served.send("care_slots_withdraw", mine, path={"ref": at["id"]}),
            care.served.send("care_bookings_create", me, json={"slot_id": at["id"]}),
        )
        assert sorted((withdrawn.status_code, booked.status_code)) == [201, 409]
    booked_at = slot(care, mine)
    done(book(care, me if booked.status_code == 201 else participant(), booked_at))
    refused = care.call("care_slots_withdraw", mine, path={"ref": booked_at["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")


@pytest.mark.parametrize(
    ("start", "where", "repeated", "said"),
    [
        (f"{YEAR}-03-28T02:30", "Europe/Berlin", None, "wall_time_skipped"),
        (f"{YEAR}-10-31T02:30", "Europe/Berlin", None, "wall_time_repeated"),
        (f"{YEAR}-10-31T02:30", "Europe/Berlin", "first", f"{YEAR}-10-31T00:30:00Z"),
        (f"{YEAR}-10-31T02:30", "Europe/Berlin", "second", f"{YEAR}-10-31T01:30:00Z"),
        (f"{YEAR}-06-01T02:30", "Europe/Berlin", "second", f"{YEAR}-06-01T00:30:00Z"),
        (f"{YEAR}-06-01T02:30", "Europe/Nowhere", None, "time_zone_unknown"),
        (f"{YEAR}-02-30T02:30", "Asia/Tokyo", None, "wall_time_malformed"),
        ("2001-01-01T10:00", "Asia/Tokyo", None, "slot_past"),
    ],
)
def test_a_wall_time_is_one_instant_none_or_two(
    care: Care, start: str, where: str, repeated: str | None, said: str
) -> None:
    answer = offer(care, care.counsellor(), start, where, repeated_hour=repeated)
    if answer.status_code == 201:
        assert (
            answer.json()["starts_at"].replace("+00:00", "Z") == said
            and answer.json()["local_start"] == start
        )
    else:
        # the database refuses the first of them as well, as a conflict
        assert answer.status_code == (409 if said == "wall_time_skipped" else 422)
        assert answer.json()["errors"][0]["code"] == said


def test_the_database_knows_the_clocks_too(care: Care) -> None:
    mine = care.counsellor()
    with pytest.raises(Exception, match="do not show this time"):
        care.sql(
            "INSERT INTO care.slot (counsellor_id, organisation_id, time_zone, local_start, starts_at, ends_at, channel) "
            f"VALUES ('{mine.person}', '{mine.organisation}', 'Europe/Berlin', '{YEAR}-03-28 02:30', "
            f"'{YEAR}-03-28T01:30Z', '{YEAR}-03-28T02:30Z', 'online')"
        )


ZONES = (
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(ZONES))
def test_every_minute_that_clocks_show_is_found_by_what_they_show(at: datetime, name: str) -> None:
    where = zone(name)
    assert where is not None
    moment = at.replace(second=0, microsecond=0, tzinfo=UTC)
    shown = moment.astimezone(where)
    local, again = shown.replace(tzinfo=None, fold=0), "second" if shown.fold else "first"
    assert instant(local, where, again) == moment  # type: ignore[arg-type]
    found = instant(local, where)
    assert found in (moment, SHOWN_TWICE)
    unsaid = at.replace(second=0, microsecond=0)
    guessed = instant(unsaid, where, "first")
    if isinstance(guessed, Finding):
        assert guessed == NOT_SHOWN
    else:
        assert guessed.astimezone(where).replace(tzinfo=None, fold=0) == unsaid


def test_both_are_shown_the_time_by_their_own_clocks(care: Care) -> None:
    mine, me = care.counsellor(), participant()
    at = slot(care, mine, f"{YEAR}-07-01T19:00", time_zone="America/New_York", counsellor_name="架空 相子")
    made = done(book(care, me, at, "Asia/Tokyo"))
    assert (made["local_start"], made["counsellor_start"]) == (f"{YEAR}-07-02T08:00", f"{YEAR}-07-01T19:00")
    (theirs,) = done(care.call("care_bookings_list", mine))["items"]
    assert theirs["id"] == made["id"] and theirs["pseudonym"].startswith("C-")
    assert str(me.person) not in str(theirs) and made["counsellor_name"] == "架空 相子"
    wrong = book(care, participant(), slot(care, mine), "Mars/Base")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/time_zone")


def test_a_case_keeps_to_its_counsellor(care: Care) -> None:
    first, second, me = care.counsellor(), care.counsellor(), participant()
    mine, other = slot(care, first), slot(care, second)
    assert {mine["id"], other["id"]} <= free(care, me)
    done(book(care, me, mine))
    more = slot(care, first)
    seen = free(care, me)
    assert more["id"] in seen and other["id"] not in seen and mine["id"] not in seen
    assert care.call("care_slots_read", me, path={"ref": other["id"]}).status_code == 404
    assert care.call("care_slots_read", me, path={"ref": mine["id"]}).json()["taken"]
    assert book(care, me, other).json()["code"] == "booking_slot_not_free"
    assert book(care, me, more).status_code == 201


def test_nobody_books_beyond_a_wall_or_learns_of_it(care: Care) -> None:
    adviser, me, host = care.counsellor(), participant(), uuid4()
    assert adviser.person is not None and me.person is not None
    at = slot(care, adviser)
    assert at["id"] in free(care, me)
    for person in (adviser.person, me.person):
        care.serves(person, host)
    assert at["id"] not in free(care, me)
    walled, absent = book(care, me, at), book(care, me, {"id": str(uuid4())})
    told = ("code", "title", "detail", "status")
    assert [walled.json()[name] for name in told] == [absent.json()[name] for name in told]


def test_a_wall_that_is_set_later_takes_bookings_away(care: Care) -> None:
    mine, me = care.counsellor(), participant()
    made = done(book(care, me, slot(care, mine)))
    assert care.call("care_bookings_read", mine, path={"ref": made["id"]}).status_code == 200
    care.sql(
        "INSERT INTO care.person_wall (counsellor_id, participant_id, reason) "
        f"VALUES ('{mine.person}', '{me.person}', 'friend')"
    )
    assert care.call("care_bookings_read", mine, path={"ref": made["id"]}).status_code == 404
    assert act(care, mine, "cancel", made).status_code == 404
    assert act(care, me, "cancel", made).status_code == 201


def test_cancelled_by_either_side_until_it_begins_and_the_slot_is_free_again(care: Care) -> None:
    mine, me, other = care.counsellor(), participant(), participant()
    at = slot(care, mine)
    made = done(book(care, me, at))
    assert act(care, other, "cancel", made).status_code == 404
    gone = done(act(care, me, "cancel", made))
    assert (gone["state"], gone["cancelled_by"]) == ("cancelled", "participant")
    assert act(care, me, "cancel", made).status_code == 409
    again = done(book(care, other, at))
    assert done(act(care, mine, "cancel", again))["cancelled_by"] == "counsellor"
    late = done(book(care, me, at))
    begun(care, late)
    refused = act(care, me, "cancel", late)
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")


def test_held_or_missed_is_recorded_after_the_beginning(care: Care) -> None:
    mine, me = care.counsellor(), participant()
    made = done(book(care, me, slot(care, mine)))
    assert act(care, mine, "hold", made).status_code == 409
    assert act(care, me, "hold", made).status_code == 404  # a participant finds no such path
    begun(care, made)
    assert done(act(care, mine, "miss", made))["state"] == "no_show"
    assert done(act(care, mine, "hold", made))["state"] == "held"
    assert act(care, mine, "miss", made).status_code == 409
    steps = care.sql(
        f"SELECT action, from_state, to_state FROM care.audit_entry WHERE resource_id = '{made['id']}' ORDER BY id"
    )
    assert [tuple(one.values()) for one in steps] == [
        ("create", None, None), ("miss", "booked", "no_show"), ("hold", "no_show", "held"),
    ]  # fmt: skip


def test_a_held_booking_is_one_contact_of_its_channel(care: Care) -> None:
    mine, me = care.counsellor(), participant()
    held, missed = (done(book(care, me, slot(care, mine, channel="skype"))) for _ in range(2))
    for ago, (one, verb) in enumerate(((held, "hold"), (missed, "miss")), 1):
        begun(care, one, 2 * ago)
        done(act(care, mine, verb, one))
    (found,) = done(care.call("care_contacts_list", mine))["items"]
    assert (found["channel"], found["pseudonym"]) == ("skype", held["pseudonym"])


@pytest.mark.parametrize("how", ["assign", "close"])
def test_a_case_that_goes_or_ends_has_no_bookings_to_come(care: Care, how: str) -> None:
    mine, other, me = care.counsellor(), care.counsellor(), participant()
    made = done(book(care, me, slot(care, mine)))
    (row,) = care.sql(f"SELECT code FROM directory.organisation WHERE id = '{other.organisation}'")
    body = {"counsellor_id": str(other.person), "organisation_code": row["code"]}
    given = body if how == "assign" else {"outcome": "settled"}
    done(care.call(f"care_cases_{how}", OFFICER, path={"ref": made["pseudonym"]}, json=given))
    (seen,) = done(care.call("care_bookings_list", me))["items"]
    assert (seen["state"], seen["cancelled_by"]) == ("cancelled", "care")
    assert made["slot_id"] in free(care, participant())
    assert book(care, me, slot(care, mine)).status_code == (409 if how == "assign" else 201)


@pytest.mark.parametrize("how", ["assign", "close", "wall"])
def test_what_had_begun_when_the_case_went_or_ended_an_officer_records(care: Care, how: str) -> None:
    """Whose case it was finds nothing of it beyond a wall, nor once it is another's; of a closed one it still is theirs."""
    mine, other, me = care.counsellor(), care.counsellor(), participant()
    held, missed = (done(book(care, me, slot(care, mine, channel="phone"))) for _ in range(2))
    assert act(care, OFFICER, "hold", held).json()["code"] == "action_not_available"
    for ago, one in enumerate((held, missed), 1):
        begun(care, one, 2 * ago)
    (row,) = care.sql(f"SELECT code FROM directory.organisation WHERE id = '{other.organisation}'")
    assigned = {"counsellor_id": str(other.person), "organisation_code": row["code"]}
    if how == "wall":
        wall = {"counsellor_id": str(mine.person), "participant_id": str(me.person), "reason": "friend"}
        done(care.call("care_person_walls_create", OFFICER, json=wall))
    else:
        given = assigned if how == "assign" else {"outcome": "settled"}
        done(care.call(f"care_cases_{how}", OFFICER, path={"ref": held["pseudonym"]}, json=given))
    if how != "close":
        assert act(care, mine, "hold", held).status_code == 404
    assert act(care, participant(), "hold", held).status_code == 404
    done(act(care, OFFICER, "miss", missed))
    who = mine if how == "close" else OFFICER
    shown = done(act(care, who, "hold", held))
    assert (shown["state"], str(me.person) in str(shown)) == ("held", False)
    contacts = care.sql(
        f"SELECT booking_id, channel, counsellor_id FROM care.contact WHERE counsellor_id = '{mine.person}'"
    )
    assert [(str(one["booking_id"]), one["channel"]) for one in contacts] == [(held["id"], "phone")]
    entries = care.sql(
        f"SELECT person_id, to_state FROM care.audit_entry WHERE resource_id = '{held['id']}' AND action = 'hold'"
    )
    assert [tuple(one.values()) for one in entries] == [(who.person, "held")]


def test_officers_see_pseudonyms_and_nobody_else_a_booking(care: Care) -> None:
    mine, me = care.counsellor(), participant()
    made = done(book(care, me, slot(care, mine)))
    seen = done(care.call("care_bookings_read", OFFICER, path={"ref": made["id"]}))
    assert str(me.person) not in str(seen)
    assert act(care, OFFICER, "cancel", made).status_code == 404
    for who in (participant(), care.counsellor(), PROTECTOR, Caller("coordinator", person=uuid4())):
        assert care.call("care_bookings_read", who, path={"ref": made["id"]}).status_code == 404
    (count,) = care.sql("SELECT count(*) AS n FROM care.outbox")
    assert count["n"] == 0


def test_a_calendar_says_that_there_is_an_appointment_and_nothing_else(care: Care) -> None:
    mine, me = care.counsellor(), participant()
    made = done(book(care, me, slot(care, mine, counsellor_name="架空 相子"), "Europe/Berlin"))
    for language, title in (("ja", "ご予約"), ("en", "Appointment")):
        answer = care.call("care_calendar_read", me, params={"language": language})
        text = answer.text
        assert answer.status_code == 200 and text.count("BEGIN:VEVENT") == 1
        assert f"SUMMARY:{title}" in text and "appointments.ics" in answer.headers["content-disposition"]
        told = (text + str(answer.headers)).lower()
        assert not [
            word
            for word in ("care", "counsel", "相談", "相子", "架空", made["pseudonym"].lower())
            if word in told
        ]
    done(act(care, me, "cancel", made))
    assert "STATUS:CANCELLED" in care.call("care_calendar_read", me).text
    assert care.call("care_calendar_read", participant()).text.count("VEVENT") == 0
    assert care.call("care_calendar_read", mine).status_code == 404


def test_every_step_has_its_time() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    for action in ("cancel", "hold", "miss"):
        for state in BOOKING.states:
            for begins in (now - timedelta(minutes=1), now, now + timedelta(minutes=1)):
                open_then = why_closed(action, state, begins, now) is None
                known = BOOKING.step(action, state) is not None
                right = known and (state != "booked" or (action == "cancel") == (begins > now))
                assert open_then == right, (action, state, begins)
