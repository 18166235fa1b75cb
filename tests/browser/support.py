"""A person's browser, and what every page that it shows must be: small, whole, named, and open to a screen reader."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    Route,
    ViewportSize,
)

from services.system import System
from tests.support.desk import letters, next_letter

NO_BROWSER = (
    "tests/browser left out: no Chromium at hand (set KAKEHASHI_CHROMIUM, or install Debian's chromium)"
)
LARGEST = 100_000  # bytes of a page
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PHONE = ViewportSize(width=375, height=667)
_DESKTOP = ViewportSize(width=1280, height=900)
_WORDS = {
    "ja": ("メールアドレス", "リンクを送る", "サインインする"),
    "en": ("Mail address", "Send me a link", "Sign in"),
}
# where axe has been: a page that comes again is looked at again only in a state with a name
_LOOKED_AT: set[str] = set()
_SERIOUS = ("serious", "critical")
# what a page without script must have by itself; axe looks at the rest where there is script
_BARE = """() => ({
    lang: document.documentElement.lang, title: document.title, headings: document.querySelectorAll('h1').length,
    unlabelled: [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
        .filter(one => !one.labels.length && !one.getAttribute('aria-label')).map(one => one.name),
})"""


@cache
def chromium() -> str | None:
    named = os.environ.get("KAKEHASHI_CHROMIUM")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


@contextmanager
def launched(driver: Playwright) -> Iterator[Browser]:
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = driver.chromium.launch(executable_path=chromium(), args=arguments)
    try:
        yield browser
    finally:
        browser.close()


# Each story can be told with scripts and without. The suite tells it one way, `make test-browser` both.
WITH_SCRIPT_LONG = [
    pytest.param(False, id="without script"),
    pytest.param(True, id="with script", marks=pytest.mark.long),
]
WITHOUT_SCRIPT_LONG = [
    pytest.param(False, id="without script", marks=pytest.mark.long),
    pytest.param(True, id="with script"),
]


class Desk:
    """One browser of its own, on a desk or a phone; what it should not do is told when it is closed."""

    def __init__(
        self, browser: Browser, system: System, *, script: bool, phone: bool = False, language: str = "ja"
    ) -> None:
        self.system, self.script, self.language = system, script, language
        self.wrong: list[str] = []
        self._context = browser.new_context(
            java_script_enabled=script, locale={"ja": "ja-JP", "en": "en-GB"}[language], base_url=system.url, accept_downloads=True,
            viewport=_PHONE if phone else _DESKTOP,
        )  # fmt: skip
        self._context.route("**/*", self._here_alone)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("response", self._answered)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._context.close()
        if kind is None:
            assert not self.wrong, "\n".join(self.wrong)

    def sign_in(self, email: str) -> None:
        before = len(letters(self.system, email))
        self.open("/desk/enter")
        address, send, come_in = _WORDS[self.language]
        self.page.get_by_label(address).fill(email)
        self.page.get_by_role("button", name=send).click()
        self.page.goto(next_letter(self.system, email, before).link)
        self.page.get_by_role("button", name=come_in).click()
        self.seen()

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.seen()

    def seen(self, name: str = "") -> None:
        """Look at the page as it stands; with a name, and KAKEHASHI_SCREENSHOTS set, keep a picture of it."""
        page, place = self.page, urlsplit(self.page.url).path
        assert not self.wrong, self.wrong
        page.wait_for_load_state()
        size = len(page.content().encode())
        assert size < LARGEST, f"{place} has {size} bytes"
        told: dict[str, Any] = page.evaluate(_BARE)
        assert told["lang"] and told["title"] and told["headings"] == 1 and not told["unlabelled"], (
            place,
            told,
        )
        if self.script and (name or place not in _LOOKED_AT):
            _LOOKED_AT.add(place)
            found = Axe().run(page).response["violations"]
            serious = [
                (one["id"], one["help"], [node["target"] for node in one["nodes"]][:5])
                for one in found
                if one["impact"] in _SERIOUS
            ]
            assert not serious, (place, serious)
        if name and os.environ.get("KAKEHASHI_SCREENSHOTS"):
            folder = Path(os.environ["KAKEHASHI_SCREENSHOTS"])
            folder.mkdir(parents=True, exist_ok=True)
            kind = "script" if self.script else "plain"
            page.screenshot(path=folder / f"{name}-{kind}.png", full_page=True)

    def finished(self) -> None:
        """Wait until the file of the page that is shown has been read; without script somebody asks again."""
        for _ in range(60):
            if "読み取っています" not in self.text():
                break
            self.page.wait_for_timeout(250)
            if not self.script:
                self.page.reload()
        self.seen()

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def _here_alone(self, route: Route, request: Request) -> None:
        if request.url.startswith((self.system.url, "data:", "blob:")):
            route.continue_()
            return
        self.wrong.append(f"asked elsewhere: {urlsplit(request.url).netloc}")
        route.abort()

    def _heard(self, message: ConsoleMessage) -> None:
        # a refused form is answered with its status, which a browser notes
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {urlsplit(response.url).path}")
