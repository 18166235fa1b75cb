"""A participant's courses at the desk: enrolling, waiting, an offer, the ticket, the calendar; and nothing of others."""

from collections.abc import Iterator

import pytest

from services.system import System
from tests.support.careers import Careers, careers
from tests.support.desk import Visitor
from tests.support.offices import Offices

HOME = "/desk/courses"


@pytest.fixture(scope="module")
def made(office: Offices) -> Iterator[Careers]:
    with careers(office) as opened:
        yield opened


def test_enrolled_with_a_ticket_and_withdrawn(system: System, made: Careers) -> None:
    me, run = made.person(), made.run(title="Conference of one")
    with Visitor(system, "en") as visitor:
        visitor.sign_in(me.who.email)
        assert "Conference of one" in visitor.get(HOME).text
        shown = visitor.get(f"{HOME}/runs/{run}")
        assert "A lecture" in shown.text and "20" in shown.text
        mine = visitor.post(f"{HOME}/runs/{run}", {"audience": "alt"})
        assert mine.path.startswith(f"{HOME}/") and "Confirmed" in mine.text
        ticket = made.clair.get("/jet/v1/training-enrolments", {"run_code": run})["items"][0]["ticket"]
        assert 'class="qr"' in mine.html and ticket not in mine.text
        calendar = visitor.http.get("/desk/courses.ics")
        assert calendar.headers["content-type"].startswith("text/calendar") and "A lecture" in calendar.text
        gone = visitor.post(f"{mine.path}/withdraw")
        assert gone.path == HOME and "You have withdrawn" in gone.text
        again = visitor.post(f"{mine.path}/withdraw")
        assert again.status == 409 and 'role="alert"' in again.html


def test_waiting_then_an_offer_that_is_taken(system: System, made: Careers) -> None:
    first, second, run = made.person(), made.person(), made.run(seats=1, title="Conference for one")
    with Visitor(system, "en") as one, Visitor(system, "en") as two:
        one.sign_in(first.who.email)
        two.sign_in(second.who.email)
        one.get(f"{HOME}/runs/{run}")
        held = one.post(f"{HOME}/runs/{run}", {"audience": "alt"})
        assert "It is full" in two.get(f"{HOME}/runs/{run}").text
        waits = two.post(f"{HOME}/runs/{run}", {"audience": "open"})
        assert "Your waiting number: <strong>1</strong>" in waits.html and 'class="qr"' not in waits.html
        assert two.get(held.path).status == 404  # somebody else's
        one.post(f"{held.path}/withdraw")
        offered = two.get(HOME)
        assert "Seats that wait for your answer" in offered.text and "Japan time" in offered.text
        taken = two.post(f"{waits.path}/confirm")
        assert "Your place is certain now" in taken.text and 'class="qr"' in taken.html


def test_a_run_for_others_says_why_it_takes_nobody_here(system: System, made: Careers) -> None:
    me = made.person()
    closed = made.run(enrol_by="nomination", title="By nomination alone")
    with Visitor(system, "en") as visitor:
        visitor.sign_in(me.who.email)
        assert "By nomination alone" not in visitor.get(HOME).text
        shown = visitor.get(f"{HOME}/runs/{closed}")
        assert "You cannot enrol in this course here" in shown.text and "Nomination" in shown.text
        refused = visitor.post(f"{HOME}/runs/{closed}", {"audience": "alt"})
        assert refused.status == 422 and "not open to you" in refused.text


def test_a_certificate_is_kept_in_both_languages(system: System, made: Careers) -> None:
    me = made.person()
    with Visitor(system) as visitor:
        visitor.sign_in(me.who.email)
        assert "修了すると、ここで受け取れます" in visitor.get(HOME).text
        assert visitor.get(f"{HOME}/certificates/nothing").status == 404
