"""The clerk of a small town: what she owes, her form, one wrong cell, her workbook back, and a receipt to file."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Download

from tests.browser.support import WITH_SCRIPT_LONG, Desk
from tests.support.season import YEAR, Season


@pytest.fixture(scope="module")
def staffed(town: Season) -> Season:
    for code in ("K01", "K02", "K03"):
        town.serving(code)
    return town


@pytest.fixture(params=WITH_SCRIPT_LONG)
def clerk(request: pytest.FixtureRequest, staffed: Season, browser: Browser) -> Iterator[tuple[Desk, str]]:
    with Desk(browser, staffed.system, script=request.param) as desk:
        yield desk, "K02" if request.param else "K01"


def test_the_survey_is_answered_with_a_workbook(
    clerk: tuple[Desk, str], town: Season, tmp_path: Path
) -> None:
    desk, code = clerk
    page = desk.page
    desk.sign_in(town.clerks[code].email)
    desk.seen("due")
    assert f"{YEAR}年度" in desk.text() and "あと29日" in desk.text() and "未提出" in desk.text()
    page.get_by_role("link", name="調査に答える").click()
    desk.seen("survey")
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Excel様式を受け取る").click()
    form = saved(arriving.value, tmp_path)
    filled(form, answer="たぶん")
    uploaded(desk, form)
    assert "取り込みませんでした" in desk.text() and "団体の回答" in desk.text()
    desk.seen("problems")
    with page.expect_download() as arriving:
        page.get_by_role("link", name="印の付いたファイルを受け取る").click()
    marked = saved(arriving.value, tmp_path)
    rows = openpyxl.load_workbook(marked).worksheets[0].iter_rows(values_only=True)
    assert any("エラー" in row for row in rows)
    assert town.state_of(code) == "draft"
    filled(form, answer="再任用する")
    desk.open("/desk/survey")
    uploaded(desk, form)
    assert "登録しました" in desk.text()
    desk.seen("stored")
    receipt = page.locator("dd.code").first.inner_text()
    desk.open("/desk/receipts")
    desk.seen("receipts")
    assert receipt in desk.text() and "期限内" in desk.text()
    assert town.state_of(code) == "submitted"


def saved(download: Download, folder: Path) -> Path:
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def filled(form: Path, *, answer: str) -> None:
    """As she does it: the one cell under 団体の回答, in the row of whom she has."""
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    rows = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if "団体の回答" in row)
    person = next(place for place, row in enumerate(rows) if any(one.startswith("20270") for one in row))
    sheet.cell(person + 1, rows[head].index("団体の回答") + 1).value = answer
    book.save(form)


def uploaded(desk: Desk, form: Path) -> None:
    desk.page.get_by_label("記入したファイル").set_input_files(form)
    desk.page.get_by_role("button", name="送信する").click()
    desk.finished()


def test_a_half_filled_answer_is_there_tomorrow(town: Season, browser: Browser) -> None:
    """Seat by seat, on a phone; what she typed stays when the service refuses it, and when she goes."""
    with Desk(browser, town.system, script=True, phone=True) as desk:
        page = desk.page
        desk.sign_in(town.clerks["K03"].email)
        desk.open("/desk/survey/seats/new")
        page.get_by_label("職種").select_option("ALT")
        page.get_by_label("人数").fill("いち")
        page.get_by_label("中学校").check()
        page.get_by_role("button", name="保存する").click()
        desk.seen("seat-refused")
        assert (
            page.get_by_label("人数").input_value() == "いち"
            and "人数" in page.get_by_role("alert").inner_text()
        )
        page.get_by_label("人数").fill("1")
        page.get_by_label("来日日程").select_option("a")
        page.get_by_role("button", name="保存する").click()
        assert "保存しました" in desk.text()
        desk.open("/desk/account")
        page.get_by_role("button", name="サインアウト", exact=True).click()
        desk.sign_in(town.clerks["K03"].email)
        desk.open("/desk/survey")
        desk.seen("draft")
        assert town.state_of("K03") == "draft"
        page.get_by_role("link", name="行1を直す").click()
        page.get_by_label("人数").fill("2")
        page.get_by_role("button", name="保存する").click()
        page.get_by_role("button", name="この内容で提出する").click()
        desk.seen("handed-in")
        assert "提出しました" in desk.text() and town.state_of("K03") == "submitted"


def test_a_clerk_hands_over_to_a_successor(town: Season, browser: Browser) -> None:
    """From today on: the successor comes in, and whoever went does so no more."""
    address = "successor@k04.example"
    with Desk(browser, town.system, script=True) as desk:
        page = desk.page
        desk.sign_in(town.clerks["K04"].email)
        desk.open("/desk/officers")
        desk.seen("officers")
        page.get_by_role("link", name="さんから引き継ぐ").click()
        page.get_by_label("氏名").fill("霧杜 健")
        page.get_by_role("button", name="引き継ぐ").click()
        assert "氏名とメールアドレスの両方" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("氏名").input_value() == "霧杜 健"
        page.get_by_label("メールアドレス").fill(address)
        desk.seen("hand-over")
        page.get_by_role("button", name="引き継ぐ").click()
        desk.page.wait_for_timeout(1500)
        desk.open("/desk/due")
        assert "サインイン" in desk.text()
        desk.sign_in(address)
        desk.open("/desk/officers")
        desk.seen("handed-over")
        assert "霧杜 健" in desk.text() and "星渡 試" in desk.text()
