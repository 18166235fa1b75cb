"""A career fair from both sides: what somebody shows of themselves, what a company sees of it, and the end of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.browser.support import WITH_SCRIPT_LONG, Desk
from tests.support.careers import Careers, Person, alone
from tests.support.offices import Somebody

NAME = "Taylor of the village paper"
SECRET = "I would rather not be asked why I leave"


@dataclass
class Cast:
    """`title`: of the fair, `when`: its only day."""

    made: Careers
    title: str
    when: str
    me: Person
    contact: Somebody


@pytest.fixture(scope="module")
def town() -> Iterator[Careers]:
    with alone() as made:
        yield made


@pytest.mark.parametrize("script", WITH_SCRIPT_LONG)
def test_two_fields_are_shown_to_a_company_and_then_nothing(
    town: Careers, browser: Browser, script: bool
) -> None:
    company, contact = town.company()
    title = f"Fair {'with' if script else 'without'} script"
    cast = Cast(town, title, town.day(14), town.person(), contact)
    town.fair(company, title=title)
    with (
        Desk(browser, town.office.system, script=script, phone=True, language="en") as mine,
        Desk(browser, town.office.system, script=script) as theirs,
    ):
        mine.sign_in(cast.me.who.email)
        theirs.sign_in(contact.email)
        place = register(mine, cast)
        assert "Exhibitors see nothing of you" in mine.text()
        assert "見られる求職者はいません" in candidates(theirs, cast)
        consent(mine, place)
        seen_by_company(theirs, cast)
        book(mine)
        town.move(f"{cast.when}T10:05:00+09:00")
        record(theirs, cast)
        withdraw(mine, place)
        assert "見られる求職者はいません" in candidates(theirs, cast) and NAME not in theirs.text()
        theirs.page.go_back()
        theirs.page.reload()
        theirs.seen("booth-after")
        assert (
            "同意が撤回された" in theirs.text()
            and "二次面接へ" in theirs.text()
            and NAME not in theirs.text()
        )


def register(desk: Desk, cast: Cast) -> str:
    page = desk.page
    desk.open("/desk/fairs")
    desk.seen("fairs")
    page.get_by_role("link", name=cast.title, exact=True).click()
    desk.seen("fair")
    assert "We are invented" in desk.text() and "Translation" in desk.text()
    page.get_by_role("link", name="Register for").first.click()
    desk.seen("fair-register")
    page.get_by_label("Name at the fair").fill(NAME)
    page.get_by_label("Wishes").fill(SECRET)
    page.get_by_label("Translation", exact=True).check()
    page.get_by_role("button", name="Register").click()
    desk.seen("fair-consent")
    assert "To whom" in desk.text() and "架空工業株式会社" in desk.text() and "Until when" in desk.text()
    page.get_by_role("link", name="Not now").click()
    desk.seen("fair-place")
    return page.url


def consent(desk: Desk, place: str) -> None:
    page = desk.page
    page.get_by_role("link", name="Choose what is shown").click()
    page.get_by_label("Name at the fair").check()
    page.get_by_label("Skills").check()
    page.get_by_role("button", name="Consent to show").click()
    desk.seen("fair-shown")
    assert page.url == place
    shown = page.locator("dl.facts").inner_text()
    assert "Translation" in shown and SECRET not in shown


def candidates(desk: Desk, cast: Cast) -> str:
    desk.open("/desk/booth")
    desk.page.get_by_role("link", name=cast.title).click()
    desk.seen("booth")
    desk.page.get_by_role("link", name="求職者を探す").click()
    desk.seen("candidates")
    return desk.text()


def seen_by_company(desk: Desk, cast: Cast) -> None:
    said = candidates(desk, cast)
    assert NAME in said and "翻訳" in said and SECRET not in said and "閲覧は記録されます" in said
    desk.page.get_by_label("技能").select_option("sales")
    desk.page.get_by_role("button", name="絞り込む").click()
    assert NAME not in desk.text()
    desk.page.get_by_label("技能").select_option("translation")
    desk.page.get_by_role("button", name="絞り込む").click()
    desk.page.get_by_role("link", name=NAME).click()
    desk.seen("candidate")
    assert [one.strip() for one in desk.page.locator("dl.facts dt").all_inner_texts()] == ["技能"]


def book(desk: Desk) -> None:
    desk.page.get_by_role("link", name="架空工業株式会社").click()
    desk.seen("exhibitor")
    desk.page.get_by_role("button", name="Book").first.click()
    desk.seen("booked")
    assert "The interview is booked" in desk.text() and "Booked" in desk.text()


def record(desk: Desk, cast: Cast) -> None:
    desk.open("/desk/booth")
    desk.page.get_by_role("link", name=cast.title).click()
    assert NAME in desk.text()
    desk.page.get_by_label("実施した").check()
    desk.page.locator("select[name=outcome]").select_option("second_interview")
    desk.page.get_by_role("button", name="結果を記録する").click()
    desk.seen("outcome")
    assert "面談の結果を記録しました" in desk.text() and "二次面接へ" in desk.text()


def withdraw(desk: Desk, place: str) -> None:
    desk.page.goto(place)
    desk.page.get_by_role("button", name="Withdraw your consent").click()
    desk.seen("withdrawn")
    assert "exhibitors see nothing of you any more" in desk.text()
    assert "Exhibitors see nothing of you" in desk.text() and desk.page.locator("dl.facts").count() == 0


@pytest.mark.long
@pytest.mark.timeout(240)  # three people, one after the other
def test_an_internship_from_application_to_evaluation(town: Careers, browser: Browser) -> None:
    """On a phone, at a host's, and at CLAIR's: what was chosen, why, each day of it, and what both say of it."""
    company, contact = town.company("架空翻訳社")
    me, code = town.person(), town.internship(company)
    system = town.office.system
    with (
        Desk(browser, system, script=True, phone=True, language="en") as mine,
        Desk(browser, system, script=True) as theirs,
        Desk(browser, system, script=True) as clair,
    ):
        mine.sign_in(me.who.email)
        theirs.sign_in(contact.email)
        clair.sign_in(town.office.staff().email)
        apply(mine, code)
        town.move(town.after(days=4))
        assign(clair, code)
        mine.open(f"/desk/internships/{code}")
        mine.seen("internship-result")
        assert "Your place: 架空翻訳社" in mine.text()
        town.move(f"{(town.now + timedelta(days=6)).date()}T18:00:00+09:00")
        work(mine, town.now.date().isoformat())
        host(theirs)
        mine.open("/desk/internships")
        mine.page.get_by_role("link", name="架空翻訳社").click()
        assert "Well done" in mine.text() and "Neither side" in mine.text() and "4 / 5" not in mine.text()
        mine.page.get_by_role("link", name="Evaluate your host").click()
        mine.seen("evaluation")
        marked(mine, 5)
        mine.page.get_by_role("button", name="Save the evaluation").click()
        mine.seen("internship-place")
        assert mine.text().count("5 / 5") == 5 and mine.text().count("4 / 5") == 5


def apply(desk: Desk, code: str) -> None:
    page = desk.page
    desk.open("/desk/internships")
    desk.seen("internships")
    page.locator(f'a[href="/desk/internships/{code}"]').click()
    desk.seen("internship")
    assert "架空翻訳社" in desk.text() and "from year 1" in desk.text()
    page.get_by_role("link", name="Apply").click()
    page.get_by_label("First choice").select_option(index=1)
    page.get_by_label("Japanese level").select_option("n2")
    page.get_by_label("Name as told to the host").first.fill(NAME)
    page.get_by_label("Motivation", exact=True).first.fill(SECRET)
    page.locator("input[name=shared_texts][value=intern_name]").check()
    desk.seen("internship-application")
    page.get_by_role("button", name="Save your application").click()
    assert "Your application is saved" in desk.text()


def assign(desk: Desk, code: str) -> None:
    page = desk.page
    desk.open(f"/desk/internship-desk/{code}")
    desk.seen("internship-desk")
    page.get_by_label("抽選の種").fill("2024")
    page.get_by_role("button", name="割り当ててみる").click()
    desk.seen("internship-run")
    assert "差 0" in desk.text() and "第1希望" in desk.text()
    page.get_by_role("button", name="この結果を公開する").click()
    assert "公開しました" in desk.text()


def work(desk: Desk, day: str) -> None:
    page = desk.page
    page.get_by_role("link", name="Open your place").click()
    page.get_by_label("Day").fill(day)
    page.get_by_label("Minutes worked").fill("420")
    page.get_by_label("What was done").fill("Translated a leaflet")
    page.get_by_role("button", name="Save the day").click()
    desk.seen("daily-record")
    assert "The day is saved" in desk.text() and "Translated a leaflet" in desk.text()


def host(desk: Desk) -> None:
    page = desk.page
    desk.open("/desk/interns")
    desk.seen("interns")
    page.get_by_role("link", name=NAME).click()
    assert "Translated a leaflet" in desk.text() and SECRET not in desk.text()
    page.get_by_label("へのコメント").fill("Well done")
    page.get_by_role("button", name="コメントを保存する").click()
    desk.seen("intern")
    page.get_by_role("link", name="インターンを評価する").click()
    marked(desk, 4)
    page.get_by_role("button", name="評価を保存する").click()
    assert "評価を保存しました" in desk.text()


def marked(desk: Desk, mark: int) -> None:
    for one in ("preparation", "communication", "work", "learning", "overall"):
        desk.page.locator(f"input[name={one}][value='{mark}']").check()


def test_courses_fairs_and_alumni_on_a_phone(town: Careers, browser: Browser) -> None:
    me, run, _ = town.person(), town.run(title="Job hunting"), town.fair(first=0, title="Of today")
    town.internship(town.company()[0])
    system = town.office.system
    with (
        Desk(browser, system, script=True, phone=True, language="en") as desk,
        Desk(browser, system, script=True) as clair,
    ):
        desk.sign_in(me.who.email)
        clair.sign_in(town.office.staff().email)
        page = desk.page
        desk.open("/desk/courses")
        page.locator(f'a[href="/desk/courses/runs/{run}"]').click()
        desk.seen("course-run")
        page.get_by_label("Anybody").check()
        page.get_by_role("button", name="Enrol").click()
        desk.seen("course")
        assert "Show this at the door" in desk.text()
        desk.open("/desk/courses")
        desk.seen("courses")
        desk.open("/desk/alumni")
        page.get_by_label("News").check()
        page.get_by_label("Contact by").select_option("mail")
        page.get_by_role("button", name="Consent and save").click()
        desk.seen("alumni")
        assert "You have consented" in desk.text()
        for name in ("fair-desk", "internship-desk"):
            clair.open(f"/desk/{name}")
            clair.page.locator("main table a").first.click()
            clair.seen(f"{name}-one")
        clair.open(f"/desk/fair-check-in/{me.who.id}")
        clair.seen("fair-door")
