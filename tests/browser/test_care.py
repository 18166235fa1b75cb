"""Counselling from both sides and from above: a talk is booked and a word answered, a bill is decided, and a case is
opened by two persons, which a third sees."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, FilePayload

from services.system import System
from tests.browser.support import WITH_SCRIPT_LONG, Desk
from tests.support.offices import Offices, Somebody

PHOTO = b"\xff\xd8\xff\xe0" + b"a photograph" * 50
WORD, ANSWER = "I sleep badly since I moved", "眠れない日のことを、次に話しましょう。"


@dataclass
class Cast:
    """`called`: how the counsellor calls themselves."""

    me: Desk
    counsellor: Desk
    officer: Desk
    second: Desk
    protector: Desk
    today: datetime
    called: str

    def day(self, days: int) -> str:
        return (self.today + timedelta(days=days)).date().isoformat()


@pytest.fixture(params=WITH_SCRIPT_LONG)
def cast(request: pytest.FixtureRequest, system: System, office: Offices, browser: Browser) -> Iterator[Cast]:
    vendor = office.organisation(f"V{uuid4().hex[:8].upper()}", "company", "架空相談窓口")
    people = (
        office.person("participant", participant=uuid4()), office.officer(vendor, "counsellor"),
        office.staff("care"), office.staff("care"), office.staff("protection"),
    )  # fmt: skip
    now = office.registrar.get("/identity/v1/clock")["now"]
    with ExitStack() as desks:

        def signed_in(somebody: Somebody) -> Desk:
            mine: dict[str, Any] = {"phone": True, "language": "en"} if somebody is people[0] else {}
            desk = desks.enter_context(Desk(browser, system, script=request.param, **mine))
            desk.sign_in(somebody.email)
            return desk

        me, counsellor, officer, second, protector = map(signed_in, people)
        yield Cast(
            me, counsellor, officer, second, protector, datetime.fromisoformat(now), f"Sam {uuid4().hex}"
        )


def test_a_talk_a_bill_and_a_case_opened_by_two(cast: Cast) -> None:
    offer_time(cast)
    book_and_write(cast)
    pseudonym = answer(cast.counsellor)
    claim(cast)
    decide(cast.officer, pseudonym)
    cast.me.open("/desk/appointments/messages")
    assert ANSWER in cast.me.text()
    opening = ask_for_the_glass(cast.officer, pseudonym)
    approve(cast.second, opening)
    read(cast.officer, opening)
    watch(cast.protector)


def offer_time(cast: Cast) -> None:
    desk = cast.counsellor
    desk.open("/desk/slots")
    page = desk.page
    page.get_by_label("タイムゾーン").select_option("Asia/Tokyo")
    page.get_by_label("開始").fill(f"{cast.day(9)}T10:00")
    page.get_by_label("相談員の名前").fill(cast.called)
    page.get_by_role("button", name="枠を足す").click()
    desk.seen("slots")
    assert "枠を1件登録しました" in desk.text()


def book_and_write(cast: Cast) -> None:
    desk, page = cast.me, cast.me.page
    desk.open("/desk/appointments")
    page.get_by_role("row", name=cast.called).get_by_role("button", name="Book").click()
    desk.seen("appointments")
    assert "Your appointment is booked" in desk.text()
    page.get_by_role("link", name="Messages").click()
    page.get_by_label("Text").fill(WORD)
    page.get_by_role("button", name="Send").click()
    desk.seen("messages")
    assert WORD in desk.text()


def answer(desk: Desk) -> str:
    """The pseudonym of the case."""
    page = desk.page
    desk.open("/desk/cases")
    desk.seen("cases")
    page.locator("main section a").first.click()
    assert WORD in desk.text()
    page.get_by_label("返信").fill(ANSWER)
    page.get_by_role("button", name="返信する").click()
    desk.seen("case")
    assert ANSWER in desk.text()
    return page.locator("main p .code").first.inner_text()


def claim(cast: Cast) -> None:
    desk, page = cast.me, cast.me.page
    desk.open("/desk/appointments/refunds")
    told = {
        "service_on": cast.day(-9), "amount": "9000", "clinic_name": "Nowhere Clinic", "bank_code": "9999",
        "branch_code": "999", "account_number": "0000001", "account_holder_kana": "サンプル テイラー",
    }  # fmt: skip
    for name, value in told.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=account_type]").select_option("ordinary")
    page.get_by_role("button", name="Save, and add the receipt").click()
    photo = FilePayload(name="receipt.jpg", mimeType="image/jpeg", buffer=PHOTO)
    page.get_by_label("A photograph or PDF").set_input_files(photo)
    page.get_by_role("button", name="Add the receipt").click()
    page.get_by_role("button", name="Submit it").click()
    desk.seen("refund")
    assert "It is submitted" in desk.text()


def decide(desk: Desk, pseudonym: str) -> None:
    desk.open("/desk/care-claims")
    desk.seen("claims")
    desk.page.get_by_role("link", name=pseudonym).click()
    desk.seen("claim")
    assert "Nowhere Clinic" in desk.text()
    desk.page.get_by_role("button", name="承認する").click()
    assert "承認しました" in desk.text()


def ask_for_the_glass(desk: Desk, pseudonym: str) -> str:
    """The address of the opening."""
    page = desk.page
    page.get_by_role("link", name="ケースをさがす").click()
    desk.seen("find-case")
    page.get_by_label("仮名").fill(pseudonym)
    page.get_by_role("button", name="さがす").click()
    desk.seen("case-of-office")
    assert pseudonym in desk.text() and WORD not in desk.text()
    page.get_by_label("理由").select_option("danger_to_life")
    page.get_by_role("button", name="緊急閲覧を申請する").click()
    desk.seen("glass-asked")
    assert "決定を待っています" in desk.text() and page.get_by_role("button", name="承認する").count() == 0
    return page.url


def approve(desk: Desk, opening: str) -> None:
    page = desk.page
    page.get_by_role("link", name="緊急閲覧").click()
    desk.seen("openings")
    assert "あなたの決定を待っています" in desk.text()
    page.locator("main section.urgent a").first.click()
    assert page.url == opening
    page.get_by_role("button", name="承認する").click()
    desk.seen("glass-approved")
    assert "承認しました" in desk.text() and page.get_by_role("link", name="内容を読む").count() == 0


def read(desk: Desk, opening: str) -> None:
    desk.page.goto(opening)
    assert "読むたびに" in desk.text()
    desk.page.get_by_role("link", name="内容を読む").click()
    desk.seen("glass-content")
    assert WORD in desk.text() and ANSWER in desk.text()


def watch(desk: Desk) -> None:
    page = desk.page
    desk.open("/desk")
    desk.seen("protection")
    page.locator("main section a").first.click()
    desk.seen("glass-of-protector")
    page.get_by_role("link", name="だれがいつ読んだかを見る").click()
    desk.seen("glass-readings")
    assert desk.text().count("内容を閲覧") == 1 and WORD not in desk.text()
    for name in ("/desk/cases", "/desk/care-cases"):
        page.goto(name)
        assert "ページが見つかりません" in desk.text()
