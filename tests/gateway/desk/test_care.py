"""Counselling at the desk: a participant, a counsellor and an officer of counselling, each in one short story."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from services.system import System
from tests.support.desk import Visitor
from tests.support.offices import Offices, Somebody

MINE, SLOTS, BOOKINGS = "/desk/appointments", "/desk/slots", "/desk/bookings"
TELLING = ("相談", "counsel", "care")


@dataclass
class Talks:
    """A counsellor of a vendor, who signed in, and a day far enough ahead."""

    office: Offices
    counsellor: Visitor
    day: str

    def participant(self) -> Somebody:
        return self.office.person("participant", participant=uuid4())


@pytest.fixture(scope="module")
def talks(system: System, office: Offices) -> Iterator[Talks]:
    vendor = office.organisation(f"V{uuid4().hex[:8].upper()}", "company", "架空相談室")
    now = datetime.fromisoformat(office.registrar.get("/identity/v1/clock")["now"])
    with Visitor(system, "en") as counsellor:
        counsellor.sign_in(office.officer(vendor, "counsellor").email)
        yield Talks(office, counsellor, (now + timedelta(days=20)).date().isoformat())


def free_slot(talks: Talks, day: str, hour: int) -> None:
    """Two slots of fifty minutes from this hour in Japan."""
    talks.counsellor.get(SLOTS)
    shown = talks.counsellor.post(SLOTS, {
        "time_zone": "Asia/Tokyo", "local_start": f"{day}T{hour:02d}:00", "until": f"{hour + 2:02d}:00",
        "minutes": "50", "channel": "online", "counsellor_name": f"Sam {hour}",
    })  # fmt: skip
    assert "枠を2件登録しました" in shown.text, shown.text


def button(html: str, start: str) -> dict[str, str]:
    """The hidden fields of the form that books the slot which starts then."""
    row = next(one for one in html.split("<tr>") if f"{start}" in one and 'name="slot"' in one)
    slot = row.split('name="slot" value="', 1)[1].split('"', 1)[0]
    return {"slot": slot, "zone": row.split('name="zone" value="', 1)[1].split('"', 1)[0]}


def test_a_participant_books_by_their_own_clock_and_cancels(system: System, talks: Talks) -> None:
    free_slot(talks, talks.day, 15)
    with Visitor(system, "en") as visitor:
        visitor.sign_in(talks.participant().email)
        shown = visitor.get(MINE, zone="Asia/Bangkok")
        assert "Sam 15" in shown.text and "架空相談室" in shown.text
        title = shown.html.split("<title>", 1)[1].split("</title>", 1)[0].lower()
        assert title.startswith("appointments") and not [word for word in TELLING if word in title + MINE]
        japan = talks.counsellor.get(BOOKINGS, day=talks.day)
        assert "この日の予約はありません" in japan.text
        start = f"{talks.day} 13:00"  # two hours behind Japan
        booked = visitor.post(MINE, button(shown.html, start))
        assert "Your appointment is booked" in booked.text and "neither" in booked.text.lower()
        assert f"{talks.day} 15:00 Asia/Tokyo" in booked.text
        calendar = visitor.http.get("/desk/appointments.ics")
        told = (calendar.text + calendar.headers["content-disposition"]).lower()
        assert "summary:appointment" in told and not [word for word in TELLING if word in told]
        theirs = talks.counsellor.get(BOOKINGS, day=talks.day)
        assert "C-" in theirs.text and "Asia/Bangkok" in theirs.text and "予約済み" in theirs.text
        again = visitor.post(MINE, button(shown.html, start))
        assert again.status == 409 and "not free" in again.text
        address = booked.html.split(f'action="{MINE}/', 1)[1].split('"', 1)[0]
        gone = visitor.post(f"{MINE}/{address}")
        assert "Your appointment is cancelled" in gone.text and "You have no appointment" in gone.text


def test_a_counsellor_adds_slots_and_is_told_what_clocks_do_not_show(talks: Talks) -> None:
    visitor = talks.counsellor
    free_slot(talks, talks.day, 9)
    visitor.get(SLOTS)
    early = {"time_zone": "Europe/Berlin", "minutes": "50", "channel": "phone", "until": ""}
    year = int(talks.day[:4]) + 1
    skipped = _last_sunday(year, 3)
    refused = visitor.post(SLOTS, early | {"local_start": f"{skipped}T02:30"})
    assert (
        refused.status == 409
        and "夏時間への切替え" in refused.text
        and f'value="{skipped}T02:30"' in refused.html
    )
    clash = visitor.post(SLOTS, early | {"time_zone": "Asia/Tokyo", "local_start": f"{talks.day}T09:10"})
    assert clash.status == 409 and "別の枠があります" in clash.text
    shown = visitor.get(SLOTS)
    address = next(one for one in shown.html.split(f'action="{SLOTS}/')[1:] if f"{talks.day} 09:00" in one)
    gone = visitor.post(f"{SLOTS}/{address.split(chr(34), 1)[0]}")
    assert "枠を取り下げました" in gone.text and f"{talks.day} 09:50" in gone.text


def _last_sunday(year: int, month: int) -> str:
    day = datetime(year, month, 31)
    return (day - timedelta(days=(day.weekday() + 1) % 7)).date().isoformat()
