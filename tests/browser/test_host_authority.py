"""A prefecture gathers its members: 31 submitted, 2 returned, 7 missing; then all 40, and one act to CLAIR."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser

from services.jet.requests.resource import placement_requests
from tests.browser.support import WITHOUT_SCRIPT_LONG, Desk
from tests.support.season import YEAR, Season, season

HOSTS = {False: "HA", True: "HB"}
MEMBERS = {host: [f"{host}{number:02d}" for number in range(40)] for host in HOSTS.values()}
FIELDS = (
    "organisation_code",
    "programme_year",
    "line",
    "entry",
    "job_type",
    "arrival_group",
    "seats",
    "junior_high",
)
TITLES = {column.name: column.title.ja for column in placement_requests.kind.columns}
HEAD = [TITLES[name] for name in FIELDS]


def row(code: str, seats: str = "１") -> list[str]:
    return [code, str(YEAR), "1", "新規", "ALT", "A", seats, "○"]


@pytest.fixture(scope="module")
def prefectures() -> Iterator[Season]:
    with season(MEMBERS, clerks=False) as made:
        yield made


@pytest.mark.parametrize("script", WITHOUT_SCRIPT_LONG)
def test_forty_members_become_one_act(
    prefectures: Season, browser: Browser, tmp_path: Path, script: bool
) -> None:
    host, members = HOSTS[script], MEMBERS[HOSTS[script]]
    with Desk(browser, prefectures.system, script=script) as desk:
        page = desk.page
        desk.sign_in(prefectures.hosts[host].email)
        assert states(desk) == {"未提出": 40}
        send(desk, [csv_of(tmp_path / "members.csv", members[:33])])
        assert states(desk) == {"提出済み": 33, "未提出": 7}
        for code in members[:2]:
            give_back(desk, prefectures, code)
        assert states(desk) == {"提出済み": 31, "差し戻し": 2, "未提出": 7}
        desk.open("/desk/board")
        desk.seen("board")
        desk.open("/desk/consolidation")
        desk.seen("consolidation-missing")
        assert "まだ提出していない団体（9）" in desk.text()
        late = [*members[:2], *members[33:]]
        files = [xlsx_of(tmp_path / f"{code}.xlsx", code) for code in late]
        spoilt = xlsx_of(tmp_path / "wrong.xlsx", members[5], seats="たくさん")
        send(desk, [*files, spoilt])
        desk.seen("batch")
        assert page.get_by_text("登録しました", exact=True).count() == 9
        assert page.get_by_text("登録していません", exact=True).count() == 1
        assert states(desk) == {"提出済み": 40}
        desk.open("/desk/consolidation")
        page.get_by_role("button", name="提出済みの団体を取りまとめる").click()
        desk.seen("consolidation")
        assert "取りまとめて、CLAIRに提出しました" in desk.text()
        assert states(desk) == {"取りまとめ済み": 40}


def states(desk: Desk) -> dict[str, int]:
    desk.open("/desk/board")
    cards = desk.page.locator("ul.cards > li").all()
    told = {one.locator(".badge").inner_text(): int(one.locator(".figure").inner_text()) for one in cards}
    return {state: count for state, count in told.items() if count}


def send(desk: Desk, files: Sequence[Path]) -> None:
    desk.open("/desk/behalf")
    desk.page.get_by_label("記入済みのファイル").set_input_files(list(files))
    desk.page.get_by_role("button", name="送信する").click()
    desk.page.get_by_role("heading", name="送ったファイル").wait_for()
    for _ in range(120):
        if "すべて読み終えました" in desk.text():
            return
        desk.page.wait_for_timeout(250)
        if not desk.script:
            desk.page.reload()
    raise AssertionError(desk.text())


def give_back(desk: Desk, prefectures: Season, code: str) -> None:
    page = desk.page
    desk.open("/desk/board?state=submitted")
    page.get_by_role("row", name=code).get_by_role("link").click()
    desk.seen("submission")
    page.get_by_role("button", name="指摘を付けて差し戻す").click()
    assert "差し戻しました" not in desk.text()  # without a remark nothing is returned
    page.get_by_label("行番号").first.select_option("1")
    page.get_by_label("項目").first.select_option("seats")
    page.get_by_label("指摘の内容").first.fill("前年度より多いようです。人数を確認してください。")
    page.get_by_role("button", name="指摘を付けて差し戻す").click()
    desk.seen()
    assert "差し戻しました" in desk.text() and "人数を確認してください" in desk.text()
    assert prefectures.state_of(code) == "returned"


def csv_of(path: Path, codes: Sequence[str]) -> Path:
    with path.open("w", encoding="cp932", newline="") as lines:
        csv.writer(lines).writerows([HEAD, *map(row, codes)])
    return path


def xlsx_of(path: Path, code: str, seats: str = "１") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for given in (HEAD, row(code, seats)):
        sheet.append(given)
    book.save(path)
    return path
