"""One running system for all tests of this folder: with figures shown, spans sent, mail sent, and little patience for imports."""

import json
import time
from collections.abc import Iterator

import pytest

from client.api import Api
from client.credentials import Secret
from client.problem import Problem
from services.system import System
from tests.operate.collector import Collector, collecting
from tests.support.database import private_database, short_folder
from tests.support.mail_server import Sink, sink_beside


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Sink]:
    with sink_beside() as made:
        yield made


@pytest.fixture(scope="session")
def watched(collector: Collector, mail_server: Sink) -> Iterator[System]:
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100",
        "KAKEHASHI_MAIL_SMTP": f"smtp://127.0.0.1:{mail_server.port}",
    }  # fmt: skip
    with (
        private_database() as own,
        short_folder() as folder,
        System(folder, own.url(), environment=environment, metrics=0) as running,
    ):
        yield running


@pytest.fixture(scope="session")
def registrar(watched: System) -> Iterator[Api]:
    known = json.loads((watched.keys / "registrar.json").read_text(encoding="utf-8"))
    with Api(watched.url, Secret(known["client_id"], known["client_secret"])) as api:
        _let_in(api)
        yield api


def _let_in(api: Api) -> None:
    """A door that has found other keys in the database is ready before it knows this registry's."""
    for _ in range(40):
        try:
            api.get("/directory/v1/organisations", {"limit": 1})
        except Problem as problem:
            assert problem.code == "token_required"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("nobody is let in")
