"""Coming in, as a person does it; and the ground that the stories of the others stand on."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from services.system import System
from tests.browser.support import Desk
from tests.support.offices import Offices


def test_somebody_comes_in_and_goes(desk: Desk, office: Offices) -> None:
    who = office.staff("jet")
    office.post(who, "CLAIR", "registry")
    desk.sign_in(who.email)
    desk.open("/desk/account")
    desk.seen("account")
    assert who.name in desk.text() and "CLAIR担当" in desk.text()
    desk.page.get_by_label("登録担当").check()
    desk.page.get_by_role("button", name="切り替える").click()
    assert "立場を切り替えました" in desk.text()
    desk.page.get_by_role("button", name="English").click()
    desk.seen()
    desk.page.goto("/desk/account")
    assert "Sign out everywhere" in desk.text()
    desk.page.get_by_role("button", name="日本語").click()
    desk.page.goto("/desk/account")
    desk.page.get_by_role("button", name="サインアウト", exact=True).click()
    desk.seen("entrance")
    assert "サインアウトしました" in desk.text()
    desk.page.go_back()
    desk.page.goto("/desk/account")
    assert desk.page.url.endswith("/desk/enter")


def test_a_phone_shows_the_entrance(system: System, browser: Browser) -> None:
    with Desk(browser, system, script=True, phone=True) as phone:
        phone.open("/desk/enter")
        phone.seen("phone-entrance")
        assert phone.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


GOOD = "<!doctype html><html lang=ja><title>x</title><main><h1>x</h1></main>"
FAULTS: dict[str, str] = {
    "no language": GOOD.replace(" lang=ja", ""),
    "no heading": GOOD.replace("<h1>x</h1>", ""),
    "a field without a label": GOOD.replace("</main>", "<input name=y></main>"),
    "pale text": GOOD.replace("</main>", "<p style='color:#ccc;background:#fff'>うすい文字です</p></main>"),
    "too large": GOOD.replace("</main>", f"<p>{'x' * 101_000}</p></main>"),
    "something from elsewhere": GOOD.replace("</main>", "<img alt=x src=http://elsewhere.example/x></main>"),
    "a fault of a script": GOOD.replace("</main>", "</main><script>nothing.there()</script>"),
}


@pytest.fixture(scope="module")
def shown() -> Iterator[Callable[[str], System]]:
    """A place that shows one page, as it is."""
    page = ""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Nothing is told."""

    class Place(System):
        def __init__(self, url: str) -> None:
            self.place = url

        @property
        def url(self) -> str:
            return self.place

    def show(text: str) -> System:
        nonlocal page
        page = text
        return Place(f"http://127.0.0.1:{server.server_port}")

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield show
        server.shutdown()
        thread.join()


def looked_at(browser: Browser, system: System) -> None:
    with Desk(browser, system, script=True) as desk:
        desk.page.goto("/")
        desk.seen("looked-at")


def test_a_good_page_passes(browser: Browser, shown: Callable[[str], System]) -> None:
    looked_at(browser, shown(GOOD))


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_page_is_found(browser: Browser, shown: Callable[[str], System], fault: str) -> None:
    with pytest.raises(AssertionError):
        looked_at(browser, shown(FAULTS[fault]))
