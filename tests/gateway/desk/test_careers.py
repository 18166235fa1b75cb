"""Fairs, internships and alumni at the desk, without a browser: what each side may do, and what nobody sees."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from services.system import System
from tests.support.careers import Careers, Person, careers
from tests.support.desk import Shown, Visitor
from tests.support.offices import Offices


@pytest.fixture(scope="module")
def made(office: Offices) -> Iterator[Careers]:
    with careers(office) as opened:
        yield opened


def registered(visitor: Visitor, me: Person, fair: str, day: str = "") -> str:
    """The address of a registration, with consent to the name and the wishes."""
    visitor.get(f"/desk/fairs/{fair}/register")
    body = {"day_code": day or f"{fair}-1", "display_name": "Mika of the fair", "wishes": "By the sea"}
    shown = visitor.post(
        f"/desk/fairs/{fair}/register", body | {"skills": ["it", "design"], "languages": "en, fr"}
    )
    assert shown.path.endswith("/consent"), shown.text
    visitor.post(shown.path, {"shared_fields": ["display_name", "wishes"]})
    return shown.path.removesuffix("/consent")


def test_a_company_offers_an_interview_which_is_accepted(system: System, made: Careers) -> None:
    company, contact = made.company()
    me, fair = made.person(), made.fair(company)
    stand = made.clair.get("/jet/v1/fair-exhibitors", {"fair": fair})["items"][0]["id"]
    with Visitor(system, "en") as mine, Visitor(system) as theirs:
        mine.sign_in(me.who.email)
        theirs.sign_in(contact.email)
        place = registered(mine, me, fair)
        candidate = f"/desk/booth/{stand}/candidates/{place.rsplit('/', 1)[1]}"
        shown = theirs.get(candidate)
        assert "By the sea" in shown.text and "デザイン" not in shown.text and me.jet_number not in shown.text
        slot = made.clair.get("/jet/v1/interview-slots", {"fair": fair, "sort": "starts_at"})["items"][0][
            "id"
        ]
        assert "面談を案内しました" in theirs.post(candidate, {"slot": slot}).text
        asked = mine.get(f"/desk/fairs/{fair}")
        assert "You are asked for an interview" in asked.text
        interview = made.clair.get("/jet/v1/fair-interviews", {"fair": fair})["items"][0]["id"]
        assert "You have accepted" in mine.post(f"/desk/fairs/interviews/{interview}/accept").text
        early = theirs.post(
            f"/desk/booth/{stand}/interviews/{interview}", {"held": "met", "outcome": "offer"}
        )
        assert early.status == 409 and "開始時刻の後" in early.text
        mine.get(place)
        mine.post(f"{place}/consent", {"shared_fields": ["skills"]})
        changed = theirs.get(candidate)
        assert "デザイン" in changed.text and "By the sea" not in changed.text
        mine.post(f"{place}/withdraw-consent")
        assert theirs.get(candidate).status == 404
        assert "同意が撤回された" in theirs.get(f"/desk/booth/{stand}").text


def test_consent_takes_a_field_and_a_registration_can_be_left(system: System, made: Careers) -> None:
    me, fair = made.person(), made.fair(days=2)
    with Visitor(system, "en") as visitor:
        visitor.sign_in(me.who.email)
        place = registered(visitor, me, fair, f"{fair}-2")
        refused = visitor.post(f"{place}/consent", {})
        assert refused.status == 422 and 'role="alert"' in refused.html
        again = visitor.post(f"/desk/fairs/{fair}/register", {"day_code": f"{fair}-2"})
        assert again.status == 409, again.text
        body = {
            "etag": visitor.get(f"{place}/profile").hidden["etag"],
            "headline": "Editor",
            "wishes": "Anywhere",
        }
        assert "Editor" not in visitor.post(f"{place}/profile", body).text  # not among what is shown
        assert "Anywhere" in visitor.get(place).text
        assert "You have withdrawn" in visitor.post(f"{place}/withdraw").text
        assert (
            made.clair.get("/jet/v1/fair-registrations", {"fair": fair, "consent_state": "given"})["items"]
            == []
        )


def test_a_company_adds_a_series_of_slots_and_writes_its_texts(system: System, made: Careers) -> None:
    company, contact = made.company()
    other, _ = made.company()
    fair = made.fair(company, other)
    stands = {
        one["organisation_code"]: one["id"]
        for one in made.clair.get("/jet/v1/fair-exhibitors", {"fair": fair})["items"]
    }
    home = f"/desk/booth/{stands[company]}"
    with Visitor(system) as visitor:
        visitor.sign_in(contact.email)
        assert visitor.get(f"/desk/booth/{stands[other]}").status == 404
        visitor.get(f"{home}/slots")
        day = made.day(14)
        series = {"day_code": f"{fair}-1", "table_no": "2", "minutes": "20"}
        times = {"starts_at": f"{day}T13:00", "ends_at": f"{day}T14:10"}
        assert "枠を3件登録しました" in visitor.post(f"{home}/slots", series | times).text
        clash = visitor.post(f"{home}/slots", series | times | {"starts_at": f"{day}T13:10"})
        assert clash.status == 409 and "別の枠があります" in clash.text
        late = visitor.post(f"{home}/slots", series | times | {"starts_at": f"{day}T15:00"})
        assert late.status in (409, 422) and f"{day}T15:00" in late.html
        etag = visitor.get(f"{home}/texts").hidden["etag"]
        body = {
            "etag": etag,
            "description_en": "Two\r\nlines",
            "wanted_skills": ["it"],
            "wanted_languages": "fr",
        }
        assert "保存しました" in visitor.post(f"{home}/texts", body).text
    stored = made.clair.get(f"/jet/v1/fair-exhibitors/{stands[company]}")
    assert stored["description_en"] == "Two\nlines" and stored["wanted_languages"] == ["fr"]


def test_a_ticket_is_taken_at_the_door_once(system: System, made: Careers) -> None:
    me, fair = made.person(), made.fair(first=0)
    with Visitor(system, "en") as mine, Visitor(system) as clair:
        mine.sign_in(me.who.email)
        clair.sign_in(made.office.staff().email)
        place = registered(mine, me, fair)
        ticket = made.clair.get(f"/jet/v1/fair-registrations/{place.rsplit('/', 1)[1]}")["ticket"]
        door = f"/desk/fair-check-in/{ticket}"
        assert f"{fair}-1" in clair.get(door).text
        came = clair.post(door, {"day": f"{fair}-1"})
        assert "受付しました" in came.text and me.jet_number in came.text
        again = clair.post(door, {"day": f"{fair}-1"})
        assert again.status == 409 and "すでに来場が記録されています" in again.text
        wrong = clair.post(f"/desk/fair-check-in/{uuid4()}", {"day": f"{fair}-1"})
        assert wrong.status == 422, wrong.text
        assert counted(clair.get(f"/desk/fair-desk/{fair}"), "来場") == "1"


def counted(shown: Shown, column: str) -> str:
    """The figure in a column of the first row."""
    head = shown.html.split("<thead>", 1)[1].split("</tr>", 1)[0].split("<th")[1:]
    cells = shown.html.split("<tbody>", 1)[1].split("</tr>", 1)[0].split("<td")[1:]
    place = next(number for number, one in enumerate(head) if f">{column}<" in one)
    return cells[place].split(">", 1)[1].split("<", 1)[0]


def test_alumni_consent_withdraw_and_come_back(system: System, made: Careers) -> None:
    """Who has left long since comes in as well; a withdrawn record is nobody's but theirs, and can be renewed."""
    me = made.person(ago=6)
    with Visitor(system, "en") as visitor:
        visitor.sign_in(me.who.email)
        assert "Unless you do, nothing is used" in visitor.get("/desk/alumni").text
        empty = visitor.post("/desk/alumni", {})
        assert empty.status == 422 and 'role="alert"' in empty.html
        body = {"purposes": ["news", "events"], "contact_by": "mail", "contact_email": "me@example.com"}
        assert "Your consent is saved" in visitor.post("/desk/alumni", body).text
        told = visitor.post(
            "/desk/alumni/careers/new", {"since_on": "2023-04-01", "career_field": "culture", "country": "XC"}
        )
        assert "Culture and media" in told.text
        assert len(made.clair.get("/jet/v1/alumni", {"jet_number": me.jet_number})["items"]) == 1
        gone = visitor.post("/desk/alumni/withdraw")
        assert "Your consent is withdrawn" in gone.text and "Tell what you do now" not in gone.text
        assert made.clair.get("/jet/v1/alumni", {"jet_number": me.jet_number})["items"] == []
        assert "Your consent is saved" in visitor.post("/desk/alumni", body | {"purposes": ["news"]}).text
        (found,) = made.clair.get("/jet/v1/alumni", {"jet_number": me.jet_number})["items"]
        assert found["purposes"] == ["news"] and found["state"] == "consented"
