"""A participant with a phone: what is asked, the own record, who read it; and somebody who has left."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from tests.browser.support import WITHOUT_SCRIPT_LONG, Desk
from tests.support.desk import Visitor
from tests.support.offices import Somebody
from tests.support.season import YEAR, Season


@dataclass
class Cast:
    made: Season
    serving: list[Somebody]
    gone: Somebody


@pytest.fixture(scope="module")
def cast(town: Season) -> Cast:
    def somebody(number: str) -> Somebody:
        record = town.coordinator.get(f"/jet/v1/participants/{number}")
        return town.office.person("participant", participant=UUID(record["id"]))

    serving = [somebody(town.serving("K05", ("SAMPLE", name))) for name in ("Taylor", "Jordan")]
    return Cast(town, serving, somebody(town.serving("K05", ("SAMPLE", "Gone"), YEAR - 6)))


@pytest.mark.parametrize("script", WITHOUT_SCRIPT_LONG)
def test_what_is_asked_is_answered_on_a_phone(cast: Cast, browser: Browser, script: bool) -> None:
    """In English, as her phone is; with the other language one button away."""
    made, me = cast.made, cast.serving[script]
    with Desk(browser, made.system, script=script, phone=True, language="en") as desk:
        page = desk.page
        desk.sign_in(me.email)
        desk.seen("asked")
        assert f"Reappointment for {YEAR}" in desk.text() and "Deadline" in desk.text()
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Answer", exact=True).click()
        assert "Your answer is saved" in desk.text() and answer(made, me) == "yes"
        page.get_by_label("No").check()
        page.get_by_role("button", name="Answer", exact=True).click()
        assert answer(made, me) == "no"
        desk.open("/desk/readers")
        before = desk.text().count("season-clair")
        number = made.coordinator.get(f"/jet/v1/participants/{me.id}")["jet_number"]
        desk.open("/desk/me")
        desk.seen("me")
        assert number in desk.text() and "架空市立中学校" in desk.text()
        desk.open("/desk/readers")
        desk.seen("readers")
        assert "Date of birth" in desk.text() and desk.text().count("season-clair") > before
        page.get_by_role("button", name="日本語").click()
        assert "閲覧の記録" in desk.text()


def answer(made: Season, me: Somebody) -> str:
    number = made.coordinator.get(f"/jet/v1/participants/{me.id}")["jet_number"]
    found = made.coordinator.get(
        "/jet/v1/reappointment-answers", {"jet_number": number, "programme_year": YEAR}
    )
    return str(found["items"][0]["answer"])


def test_who_has_left_still_comes_in_and_is_asked_nothing(cast: Cast) -> None:
    with Visitor(cast.made.system) as visitor:
        visitor.sign_in(cast.gone.email)
        assert "いま回答をお願いしていることはありません" in visitor.get("/desk/asked").text
        shown = visitor.get("/desk/me")
        assert "Gone" in shown.text and str(YEAR - 6) in shown.text
        assert "ありません" in visitor.post("/desk/asked", {"answer": "yes"}).text
