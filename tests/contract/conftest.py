from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module

import pytest

from services.serve import APPS
from tests.support.database import private_database, short_folder
from tests.support.serving import Serving, serving

SERVICES = ("jet", "registry", "grants", "events")


@pytest.fixture(scope="session")
def services() -> Iterator[dict[str, Serving]]:
    """Every service as `services.serve` starts it, on a database with nobody else's rows."""
    with ExitStack() as stack:
        postgres = stack.enter_context(private_database())
        made = {}
        for name in SERVICES:
            module, _, factory = APPS[name].partition(":")
            folder = stack.enter_context(short_folder())
            create = getattr(import_module(module), factory)
            made[name] = stack.enter_context(serving(name, create, postgres, folder / "keys"))
        yield made


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, services: dict[str, Serving]) -> Serving:
    return services[request.param]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the fuzz has sent, by role."""
    reports = terminalreporter.getreports("passed")
    counts = [str(value) for report in reports for name, value in report.user_properties if name == "cases"]
    if counts:
        total = sum(int(one.rsplit(" ", 1)[1]) for one in counts)
        terminalreporter.write_line(f"cases of the fuzz: {', '.join(sorted(counts))}: {total} in all")
