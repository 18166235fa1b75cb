"""A coordinator's day: somebody on the phone, the roster of another day, a file, a figure, a workbook that refreshes."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import pytest
from playwright.sync_api import Browser

from services.jet.participants.resource import participants
from tests.browser.support import WITHOUT_SCRIPT_LONG, Desk
from tests.support.season import KAGAWA, MARUGAME, TAKAMATSU, YEAR, Season

TITLES = {column.name: column.title.ja for column in participants.kind.columns}
XLSX_ROW = {
    "jet_number": "20270099001", "family_name": "WORKBOOK", "given_name": "Robin", "name_kana": "ワークブック・ロビン",
    "nationality": "US", "job_type": "ALT", "programme_year": str(YEAR - 1), "arrival_group": "B",
}  # fmt: skip
SECOND = 1.0


@pytest.fixture(scope="module")
def year(town: Season) -> Season:
    for code, name in ((TAKAMATSU, "FORMERLY"), (TAKAMATSU, "OTHER"), (MARUGAME, "THIRD")):
        number = town.serving(code, (name, "Kim"))
        if name == "FORMERLY":
            town.coordinator.request(
                "PATCH", f"/jet/v1/participants/{number}", json={"family_name": "NEWLY"}, headers={"If-Match": "*"}
            )  # fmt: skip
    return town


@pytest.fixture(scope="module", params=WITHOUT_SCRIPT_LONG)
def clair(request: pytest.FixtureRequest, year: Season, browser: Browser) -> Iterator[tuple[Desk, Season]]:
    with Desk(browser, year.system, script=request.param) as desk:
        desk.sign_in(year.office.staff("jet").email)
        yield desk, year


def test_somebody_is_found_and_read(clair: tuple[Desk, Season]) -> None:
    desk, _ = clair
    page = desk.page
    desk.open("/desk/find")
    for asked in ("ｎｅｗｌｙ", "formerly", "高松"):
        page.get_by_label("氏名・カナ").fill(asked)
        page.get_by_role("button", name="さがす").click()
        desk.seen()
    page.get_by_label("氏名・カナ").fill(TAKAMATSU)
    page.get_by_role("button", name="さがす").click()
    page.get_by_role("link", name="の名簿").click()
    assert "2名" in desk.text() and "OTHER Kim" in desk.text() and "THIRD" not in desk.text()
    desk.open("/desk/find?q=FORMERLY")
    desk.seen("find")
    assert "FORMERLY Kim" in page.get_by_role("cell").all_inner_texts()
    page.get_by_role("link", name="NEWLY Kim").click()
    desk.seen("person")
    assert "架空市立中学校" in desk.text() and "いつ何が分かっていたか" in desk.text()


def test_the_roster_is_that_of_any_day(clair: tuple[Desk, Season], tmp_path: Path) -> None:
    desk, _ = clair
    page = desk.page
    desk.open(f"/desk/roster?programme_year={YEAR - 1}&prefecture=37")
    desk.seen("roster")
    assert "3名" in desk.text()
    with page.expect_download() as arriving:
        page.get_by_role("link", name="XLSXで受け取る").click()
    arriving.value.save_as(tmp_path / "roster.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "roster.xlsx").worksheets[0]
    assert "NEWLY" in {cell.value for row in sheet.iter_rows() for cell in row}
    page.get_by_label("この日の時点").fill(f"{YEAR - 1}-04-01")
    page.get_by_role("button", name="表示する").click()
    assert "該当する人はいません" in desk.text()
    desk.open(f"/desk/roster?programme_year={YEAR - 1}&known_at=2020-01-01")
    assert "該当する人はいません" in desk.text()


def test_a_file_of_any_kind_is_sent_and_followed(clair: tuple[Desk, Season], tmp_path: Path) -> None:
    desk, _ = clair
    page = desk.page
    desk.open("/desk/files")
    with page.expect_download() as arriving:
        page.get_by_role("link", name="JET参加者の様式").click()
    form = tmp_path / "participants.xlsx"
    arriving.value.save_as(form)
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    rows = [[str(cell.value).rstrip("※") for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if TITLES["jet_number"] in row)
    for name, value in XLSX_ROW.items():
        sheet.cell(head + 2, rows[head].index(TITLES[name]) + 1).value = value
    book.save(form)
    page.get_by_label("種類").select_option("jet/participants")
    page.get_by_label("ファイル（Excel・CSV）").set_input_files(form)
    page.get_by_role("button", name="送信する").click()
    desk.finished()
    assert "登録しました" in desk.text()
    desk.open("/desk/files")
    desk.seen("work")
    assert "完了" in desk.text()
    desk.open(f"/desk/people/{XLSX_ROW['jet_number']}")
    assert "WORKBOOK Robin" in desk.text()


def test_each_figure_leads_to_its_rows(clair: tuple[Desk, Season]) -> None:
    desk, _ = clair
    page = desk.page
    desk.open("/desk/figures")
    page.get_by_role("link", name="JET参加者数の年度ごと").click()
    assert str(YEAR - 1) in desk.text()
    desk.open(f"/desk/figures/participants?by=programme_year&host_authority={KAGAWA}")
    desk.seen("figure-years")
    page.get_by_role("link", name="3名").click()
    assert desk.text().count("THIRD Kim") == 1
    desk.open(f"/desk/figures/participants?by=prefecture&programme_year={YEAR - 1}")
    desk.seen("figure-prefectures")
    assert page.locator("svg .tile").count() == 47
    page.get_by_label("香川県 3").click()
    assert "3名" in desk.text() and "香川県" in desk.text() and "NEWLY Kim" in desk.text()
    desk.open("/desk/figures/jet-overview")
    desk.seen("figure-overview")
    desk.open(f"/desk/figures/jet-top20?programme_year={YEAR - 1}")
    desk.seen("figure-top20")
    assert "1\t架空県\t都道府県\t3名" in desk.text()
    desk.open("/desk/figures/jet-trainings?fiscal_year=1999")
    assert "該当する記録はありません" in desk.text()


def test_a_workbook_refreshes_until_its_key_is_revoked(clair: tuple[Desk, Season]) -> None:
    desk, made = clair
    page = desk.page
    desk.open(f"/desk/roster?programme_year={YEAR - 1}&organisation={TAKAMATSU}")
    page.get_by_role("link", name="Excelで開く（検索条件を保存）").click()
    page.get_by_label("名称").fill(f"高松の名簿 {desk.script}")
    page.get_by_role("button", name="保存する").click()
    page.get_by_label("ラベル").fill("総務課.xlsx")
    page.get_by_role("button", name="鍵を作る").click()
    desk.seen("query")
    key = page.locator("#key").inner_text()
    address = page.locator("dd.code").first.inner_text()
    with httpx.Client(base_url=made.system.url, auth=("excel", key)) as excel:
        path = address.removeprefix(made.system.url)
        assert "NEWLY" in excel.get(path).raise_for_status().text
        page.get_by_role("button", name="総務課.xlsx の鍵を失効させる").click()
        assert "失効させました" in desk.text() and key not in page.content()
        until = time.monotonic() + SECOND
        while (status := excel.get(path).status_code) == 200 and time.monotonic() < until:
            time.sleep(0.05)
        assert status == 401


def test_a_support_code_tells_what_happened(clair: tuple[Desk, Season]) -> None:
    desk, _ = clair
    page = desk.page
    page.goto("/desk/people/20999999999")
    code = page.locator(".code").last.inner_text()
    for _ in range(40):
        page.goto("/desk/support")
        page.get_by_label("お問い合わせコード").fill(code.lower())
        page.get_by_role("button", name="調べる").click()
        if "jet_participants_read" in desk.text():
            break
        page.wait_for_timeout(250)
    desk.seen("support")
    assert "jet_participants_read" in desk.text() and "404" in desk.text() and "desk" in desk.text()
