"""A training: an officer nominates two for one seat, it becomes free, somebody comes with a ticket, and there is a
certificate."""

import pytest
from playwright.sync_api import Browser

from tests.browser.support import WITH_SCRIPT_LONG, Desk
from tests.support import trainings
from tests.support.season import Season


@pytest.mark.parametrize("script", WITH_SCRIPT_LONG)
def test_from_a_nomination_to_a_certificate(town: Season, browser: Browser, script: bool) -> None:
    code = "K03"
    run = trainings.run(town.coordinator, seats=1, sessions=2)
    numbers = [town.serving(code, ("SAMPLE", name), run.served) for name in ("Avery", "Blake")]
    clair = town.office.staff("jet").email
    with Desk(browser, town.system, script=script) as desk:
        desk.sign_in(town.clerks[code].email)
        nominate(desk, run, numbers)
        with Desk(browser, town.system, script=script) as officer:
            officer.sign_in(clair)
            free_the_seat(officer, run)
            accept(desk)
            mark_the_second_session(officer, run)
            at_the_door(browser, town, run, clair, script=script)
            award(officer, run)
        desk.open("/desk/nominations")
        desk.seen("nominations-after")
        certificate(desk, "和文")


def nominate(desk: Desk, run: trainings.Run, numbers: list[str]) -> None:
    page = desk.page
    desk.open("/desk/nominations")
    desk.seen("nominations")
    page.get_by_role("row", name=run.code).get_by_role("link").click()
    desk.seen("nominate-empty")
    page.get_by_role("button", name="推薦する").click()
    assert "推薦する人を選んでください" in desk.text()
    for number in numbers:
        page.get_by_role("row", name=number).get_by_role("checkbox").check()
    page.get_by_role("button", name="推薦する").click()
    desk.seen("nominated")
    assert "2名を推薦しました（確定 1名、空席待ち 1名）" in desk.text() and "1番" in desk.text()


def free_the_seat(desk: Desk, run: trainings.Run) -> None:
    page = desk.page
    desk.open(f"/desk/runs?q={run.code}")
    desk.seen("runs")
    assert page.get_by_role("row", name=run.code).get_by_role("cell").all_inner_texts()[-4:] == [
        "1 / 1", "1", "0", "1",
    ]  # fmt: skip
    page.get_by_role("row", name=run.code).get_by_role("link").click()
    desk.seen("run")
    page.get_by_role("row", name="確定").get_by_role("button").click()
    desk.seen("run-offered")
    assert "取り下げました" in desk.text() and "案内中" in desk.text()


def accept(desk: Desk) -> None:
    desk.open("/desk/nominations")
    desk.seen("offered")
    assert "席の案内が届いています" in desk.text()
    desk.page.get_by_role("button", name="の案内を承諾する").click()
    desk.seen()
    assert "案内を承諾しました" in desk.text() and "席の案内が届いています" not in desk.text()


def mark_the_second_session(desk: Desk, run: trainings.Run) -> None:
    page = desk.page
    desk.open(f"/desk/runs/{run.code}/attendance?session=2")
    desk.seen("attendance")
    page.get_by_label("届出欠席").check()
    page.get_by_role("button", name="選んだとおりに記録する").click()
    assert "出欠を記録しました" in desk.text() and page.get_by_label("届出欠席").is_checked()
    page.get_by_label("出席", exact=True).check()
    page.get_by_role("button", name="選んだとおりに記録する").click()
    assert page.get_by_label("出席", exact=True).is_checked()


def at_the_door(browser: Browser, town: Season, run: trainings.Run, clair: str, *, script: bool) -> None:
    """The camera of a phone opens the address of the code; a scanner types it into the field."""
    (ticket,) = [
        one["ticket"]
        for one in trainings.enrolments(town.coordinator, run.code)
        if one["state"] == "confirmed"
    ]
    address = f"{town.system.url}/desk/check-in/{ticket}"
    with Desk(browser, town.system, script=script, phone=True) as desk:
        page = desk.page
        desk.sign_in(clair)
        desk.open(address)
        desk.seen("ticket")
        assert page.get_by_label("架空の講義1").is_checked()
        page.get_by_role("button", name="受け付ける").click()
        desk.seen("checked-in")
        assert "さんを受け付けました" in desk.text()
        page.get_by_label("受付票").fill(address)
        page.get_by_label("受付票").press("Enter")
        desk.seen("ticket-again")
        assert "この日程はすでに受付済みです" in desk.text()
        page.get_by_role("button", name="受け付ける").click()
        desk.seen("checked-in-twice")
        assert "すでに受付済みです" in desk.text() and "に受付済みです。別の方の受付票でないか" in desk.text()
        page.get_by_role("link", name="次の受付票").click()
        page.get_by_label("受付票").fill("なにか")
        page.get_by_label("受付票").press("Enter")
        assert "受付票が見つかりません" in desk.text()


def award(desk: Desk, run: trainings.Run) -> None:
    page = desk.page
    desk.open(f"/desk/runs/{run.code}")
    page.get_by_role("link", name="修了の認定").click()
    page.get_by_role("button", name="要件を満たした人を調べる").click()
    desk.seen("award")
    assert "これから修了を認定する人（1名）" in desk.text()
    page.get_by_role("button", name="1名の修了を認定する").click()
    desk.seen("awarded")
    assert "1名の修了を認定しました" in desk.text()
    certificate(desk, "英文")


def certificate(desk: Desk, language: str) -> None:
    link = desk.page.get_by_role("link", name=language).first.get_attribute("href")
    assert link is not None
    answer = desk.page.request.get(link)
    assert answer.headers["content-type"] == "application/pdf" and answer.body().startswith(b"%PDF")
