"""A real browser, where one is at hand: `make test-browser` asks for it, `make test` says when it was left out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from services.system import System
from tests.browser.support import NO_BROWSER, Desk, chromium, launched
from tests.support.offices import Offices, offices
from tests.support.season import KAGAWA, MARUGAME, TAKAMATSU, Season, season


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if chromium() is None and collection_path.name.startswith("test_") else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if chromium() is None:
        terminalreporter.write_line(NO_BROWSER)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one module at a time: its driver keeps an event loop, and whoever runs one of their own comes before it."""
    with sync_playwright() as driver, launched(driver) as running:
        yield running


@pytest.fixture(scope="session")
def town() -> Iterator[Season]:
    """Two host authorities with their members in the season of a survey; the codes of Kagawa are those of local
    governments, as its figures by prefecture need them."""
    with season({"KH": ("K01", "K02", "K03", "K04", "K05"), KAGAWA: (TAKAMATSU, MARUGAME)}) as made:
        yield made


@pytest.fixture(scope="module")
def office(system: System) -> Iterator[Offices]:
    with offices(system) as made:
        yield made


@pytest.fixture(params=["without script", "with script"])
def desk(request: pytest.FixtureRequest, system: System, browser: Browser) -> Iterator[Desk]:
    """With scripts and without."""
    with Desk(browser, system, script=request.param == "with script") as opened:
        yield opened
