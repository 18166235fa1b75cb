"""An office abroad: an officer writes a line of the log, enters a fair with two legs, counts what was, checks somebody in,
and looks at what is due and at the hand-over."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser

from services.system import System
from tests.browser.support import WITH_SCRIPT_LONG, Desk
from tests.support.offices import Offices

TITLE = "架空日本祭"


@pytest.mark.parametrize("script", WITH_SCRIPT_LONG)
def test_an_office_works_through_a_fair(
    system: System, office: Offices, browser: Browser, script: bool
) -> None:
    office.abroad("nice", "ニース")
    today = date.fromisoformat(office.registrar.get("/identity/v1/clock")["today"])
    with Desk(browser, system, script=script) as desk:
        desk.sign_in(office.staff("office-nice").email)
        write_a_line(desk, today)
        here = enter_a_fair(desk, today)
        add_the_leg_of_today(desk, today)
        count(desk)
        register_and_check_in(desk, today)
        announce(desk, here)
        enter_a_mission(desk, today)
        look_around(desk)


def write_a_line(desk: Desk, today: date) -> None:
    page = desk.page
    page.get_by_role("link", name="所務記録", exact=True).click()
    page.locator("[name=office_code]").select_option("nice")
    page.locator("[name=kind]").select_option("activity_support")
    page.locator("#requester").fill("架空商工会")
    page.locator("[name=requester_kind]").select_option("company")
    page.locator("[name=content]").fill("見本市への同行")
    page.get_by_role("button", name="記録する").click()
    desk.seen("office-log")
    assert "見本市への同行" in desk.text()


def enter_a_fair(desk: Desk, today: date) -> str:
    """The address of the edition."""
    page, day = desk.page, str(today - timedelta(days=8))
    desk.open("/desk/events/new?office=nice")
    desk.seen("event-new")
    page.get_by_label("事業区分").select_option("joined_economic_event")
    page.locator("[name=title_ja]").fill(TITLE)
    page.locator("[name=part]").select_option("joined")
    page.locator("[name=counted_at]").select_option("leg")
    page.locator("[name=starts_on]").fill(day)
    page.locator("[name=venue]").fill("架空広場")
    page.get_by_role("button", name="登録する").click()
    desk.seen("event-edition")
    assert "まだ集計していません（ゼロではありません）" in desk.text()
    return page.url


def add_the_leg_of_today(desk: Desk, today: date) -> None:
    page = desk.page
    page.get_by_role("link", name="日程を登録する").click()
    for name, value in {
        "label": "リヨン", "starts_on": str(today), "ends_on": str(today), "venue": "架空会館",
        "registers_from": f"{today - timedelta(days=3)}T09:00", "registers_until": f"{today + timedelta(days=1)}T09:00",
        "seats": "30",
    }.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    desk.seen("event-leg")
    page.get_by_role("button", name="登録する").click()
    desk.seen("event-two-legs")
    assert "2 リヨン" in desk.text() and "定員 30" in desk.text()


def count(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="架空広場").click()
    page.locator("[name=subject]").select_option("visitors")
    page.locator("[name=value]").fill("18,000")
    page.locator("[name=qualifier]").select_option("about")
    desk.seen("event-count")
    page.get_by_role("button", name="登録する").click()
    desk.seen("event-counted")
    assert "約18,000名" in desk.text() and "ゼロではありません" not in desk.text()


def register_and_check_in(desk: Desk, today: date) -> None:
    page = desk.page
    page.get_by_role("link", name=f"{today} の申込みを登録する").click()
    page.locator("[name=name]").fill("見本 花子")
    page.locator("[name=email]").fill("hanako@example.jp")
    desk.seen("event-registration")
    page.get_by_role("button", name="登録する").click()
    assert "見本 花子" in desk.text()
    page.get_by_role("link", name=f"{today} の受付").click()
    page.get_by_role("button", name="受け付ける").click()
    desk.seen("event-door")
    assert "見本 花子 さんを受け付けました" in desk.text()


def announce(desk: Desk, here: str) -> None:
    desk.open(here)
    desk.page.get_by_role("button", name="公開する").click()
    desk.seen("event-announced")
    assert "公開しました" in desk.text() and "受付済み" in desk.text()


def enter_a_mission(desk: Desk, today: date) -> None:
    page = desk.page
    page.get_by_role("link", name="派遣・訪問", exact=True).click()
    desk.seen("missions")
    page.get_by_role("link", name="派遣・訪問を登録する").click()
    page.locator("[name=programme]").select_option("study_visit")
    page.locator("[name=office_code]").select_option("nice")
    page.locator("[name=title_ja]").fill("架空視察")
    page.locator("[name=starts_on]").fill(str(today))
    page.locator("[name=ends_on]").fill(str(today))
    desk.seen("mission-new")
    page.get_by_role("button", name="登録する").click()
    desk.seen("mission")
    assert "架空視察" in desk.text()


def look_around(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("link", name="やること").click()
    desk.seen("office-home")
    assert TITLE in desk.text() and "見本市への同行" in desk.text()
    page.get_by_role("link", name="この事務所の引継ぎ").click()
    desk.seen("hand-over")
    assert "2か年の実績" in desk.text()
    page.get_by_role("link", name="行事", exact=True).click()
    desk.seen("events")
    assert TITLE in desk.text()
    desk.open("/desk/event-figures/event-counts")
    desk.seen("event-figure")
