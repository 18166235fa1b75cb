"""Callers who are slow, many or at an end: cut when they keep a place from others, and only then."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from services.gateway.door.limits import Pace, Party, RateLimit, Slots, place, take
from services.gateway.door.problems import Refused
from tests.gateway.door.house import (
    FakeService,
    House,
    StillState,
    free_port,
    house,
    prepared,
    service_config,
    serving,
    until,
)

THINGS = "/jet/v1/things"
QUICK = {"header_timeout": 0.3, "body_timeout": 0.4, "keep_alive": 0.3, "slow_window": 0.4, "slowest": 10_000}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("quick"), **QUICK) as built:
        yield built


@contextmanager
def line(there: House, data: bytes = b"", buffer: int = 0) -> Iterator[socket.socket]:
    with socket.socket() as connection:
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", there.port))
        connection.sendall(data)
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Until the door ends it."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def head(there: House, method: str, path: str, *fields: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: a",
        f"Authorization: {there.bearer()['Authorization']}",
        *fields,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def dripping(connection: socket.socket, piece: bytes) -> bytes:
    """Sends a piece again and again until the door has enough; what it said."""
    connection.settimeout(0.05)
    for _ in range(200):
        try:
            connection.sendall(piece)
            said = connection.recv(65536)
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return b""
        return said
    raise AssertionError("it may drip for ever")


@pytest.mark.parametrize("sent", [b"", b"GET /jet/v1/things HTTP/1.1\r\nHost: local", b"\r\n\r\n"])
def test_a_half_sent_head_is_answered_and_cut(quick: House, sent: bytes) -> None:
    with line(quick, sent) as connection:
        said = rest(connection)
    assert (
        said.startswith(b"HTTP/1.1 408 ")
        and json.loads(said.partition(b"\r\n\r\n")[2])["code"] == "request_timeout"
    )


def test_a_dripping_head_is_cut(quick: House) -> None:
    with line(quick, b"GET /jet/v1/things HTTP/1.1\r\n") as connection:
        assert dripping(connection, b"X: y\r\n").startswith(b"HTTP/1.1 408 ")


def test_a_kept_line_ends_when_it_is_idle_and_line_breaks_do_not_keep_it(quick: House) -> None:
    for after in (b"", b"\r\n"):
        with line(quick, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") as connection:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
            assert not after or dripping(connection, after).startswith(b"HTTP/1.1 408 ")
            assert rest(connection) == b""


def test_a_dripping_body_is_cut_before_any_service_is_asked(quick: House) -> None:
    reached = quick.reached()
    start = head(quick, "POST", THINGS, "Content-Type: application/json", "Content-Length: 1000")
    with line(quick, start) as connection:
        assert dripping(connection, b" ").startswith(b"HTTP/1.1 408 ")
    assert quick.reached() == reached


def test_a_dripping_upload_is_cut(quick: House) -> None:
    start = head(quick, "POST", "/jet/v1/imports", "Content-Type: text/csv", "Content-Length: 60000")
    with line(quick, start) as connection:
        assert dripping(connection, b" ").startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("piece", [0, 100])
def test_a_reader_who_takes_nothing_or_drips_is_cut(quick: House, piece: int) -> None:
    jet = quick.services["jet"]
    jet.released.set()
    jet.sent = 0
    with line(quick, head(quick, "GET", "/jet/v1/stream"), buffer=4096) as connection:
        until(lambda: jet.sent > 0)
        for _ in range(10):  # for longer than the window
            time.sleep(0.08)
            if piece:
                connection.recv(piece)
        assert len(rest(connection)) < 24 << 20


def test_a_slow_line_that_moves_is_not_cut(tmp_path: Path) -> None:
    """For longer than the window in which whoever stands still is cut."""
    with house(tmp_path, slowest=10_000, slow_window=0.8, body_timeout=0.4) as patient:
        patient.services["jet"].released.set()
        upload = head(patient, "POST", "/jet/v1/imports", "Content-Type: text/csv", "Content-Length: 45000")
        download = head(patient, "GET", "/jet/v1/stream", "Connection: close")
        with line(patient, upload) as up, line(patient, download, buffer=64 << 10) as down:
            for _ in range(45):
                up.sendall(bytes(1_000))
                assert down.recv(32 << 10)
                time.sleep(0.03)
            assert up.recv(65536).startswith(b"HTTP/1.1 200 ")
            assert patient.services["jet"].sent < 32 << 20  # there was more to take all the time


def test_an_address_has_so_many_lines_and_no_more(tmp_path: Path) -> None:
    with house(tmp_path, connections_per_address=3) as narrow, ExitStack() as held:
        for _ in range(3):
            held.enter_context(line(narrow))
        with line(narrow) as one_more:
            said = rest(one_more)
        assert said.startswith(b"HTTP/1.1 503 ") and b"\r\nretry-after: 5\r\n" in said
        assert json.loads(said.partition(b"\r\n\r\n")[2])["code"] == "door_full"
        held.close()
        until(lambda: narrow.raw(head(narrow, "GET", THINGS))[0] == 200)


def test_tools_of_one_organisation_share_a_budget_and_others_do_not_notice(tmp_path: Path) -> None:
    rates = {"rate": 0.001, "burst": 3, "organisation_rate": 0.001, "organisation_burst": 5}
    with house(tmp_path, **rates) as strict:

        def status(client: str, **more: None) -> int:
            return strict.ask("GET", THINGS, strict.bearer(client=client, **more))[0]

        assert [status("one") for _ in range(4)] == [200, 200, 200, 429]
        assert [status("two") for _ in range(3)] == [200, 200, 429]
        answer = strict.ask("GET", THINGS, strict.bearer(client="two"))
        assert (
            answer[1]["RateLimit"].startswith('"client";r=1;')
            and '"organisation";r=0;' in answer[1]["RateLimit"]
        )
        assert int(answer[1]["Retry-After"]) >= 1
        assert status("nobody-s", organisation=None) == 200


def test_an_address_has_less_than_a_client_and_asks_for_tokens_on_another_account(tmp_path: Path) -> None:
    with house(tmp_path, address_rate=0.001, address_burst=2, token_rate=0.001, token_burst=1) as strict:
        public = [strict.ask("GET", "/jet/v1/public/notice") for _ in range(3)]
        assert [status for status, _, _ in public] == [200, 200, 429]
        assert public[0][1]["RateLimit-Policy"] == '"address";q=2;w=2000'
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        tokens = [strict.ask("POST", "/oauth/token", form, "a=b") for _ in range(2)]
        assert [status for status, _, _ in tokens] == [200, 429]
        assert tokens[0][1]["RateLimit"].startswith('"token";r=0;')
        assert strict.ask("GET", THINGS, strict.bearer())[0] == 200


def test_bad_tokens_of_an_address_are_counted_and_good_ones_pass(tmp_path: Path) -> None:
    with house(tmp_path, refused_rate=0.001, refused_burst=2) as strict:
        bad = [strict.ask("GET", THINGS, {"Authorization": f"Bearer {n}"})[:2] for n in range(3)]
        good = strict.ask("GET", THINGS, strict.bearer())[0]
    assert [status for status, _ in bad] == [401, 401, 429] and good == 200
    assert bad[2][1]["Retry-After"] and '"refused";r=0' in bad[2][1]["RateLimit"]


def test_places_are_given_back_and_the_narrowest_bound_speaks() -> None:
    slots = Slots(3, 2, 2)
    with slots.taken(Party("a", 1)), slots.taken(Party("b", 1)):
        for party, code in ((Party("c", 1), "too_many_at_once"), (Party("a"), None), (Party("d", 2), None)):
            if code is None:
                with slots.taken(party):
                    pass
                continue
            with pytest.raises(Refused, match=code), slots.taken(party):
                pass
        with (
            slots.taken(Party("d", 2)),
            pytest.raises(Refused, match="service_busy"),
            slots.taken(Party("e")),
        ):
            pass
    with slots.taken(Party("c", 1)), slots.taken(Party("c", 1)):
        pass


def test_a_refused_request_costs_nothing_and_a_bucket_fills_again() -> None:
    now = 0.0
    narrow, wide = (
        RateLimit(name, 1.0, most, clock=lambda: now, size=2) for name, most in (("n", 1), ("w", 3))
    )
    take((narrow, "a"), (wide, "org"))
    for _ in range(5):
        with pytest.raises(Refused):
            take((narrow, "a"), (wide, "org"))
    assert take((narrow, "b"), (wide, "org"))[1] == (b"ratelimit", b'"n";r=0;t=1, "w";r=1;t=2')
    now = 1.0
    take((narrow, "a"), (wide, "org"))


def test_one_network_is_one_caller() -> None:
    assert place("192.0.2.7") == "192.0.2.7"
    assert place("2001:db8:1:2:3::4") == place("2001:db8:1:2::1") != place("2001:db8:1:3::1")


def test_time_in_which_it_was_not_its_turn_is_not_counted() -> None:
    pace = Pace(100.0, 10.0)
    pace.note(9.0, 999)
    assert pace.left() == 1.0
    pace.note(0.5, 1)
    assert pace.left() == 10.0
    pace.note(10.0, 999)
    assert pace.left() == 0.0


def test_at_its_end_the_door_says_so_and_finishes_what_it_has_begun(tmp_path: Path) -> None:
    """A real process: SIGTERM while a request is in flight and a kept line is idle."""
    (key, door_key), port, jet = prepared(tmp_path), free_port(), FakeService("jet")
    command = [sys.executable, "-m", "tests.gateway.door.process", str(tmp_path), str(port)]
    environment = os.environ | {"KAKEHASHI_DRAIN_PAUSE": "0.6", "KAKEHASHI_ACCESS_LOG": "false"}
    with serving(service_config(jet, tmp_path)), subprocess.Popen(command, env=environment) as door:
        there = House(port, key, door_key, StillState(key), {"jet": jet})
        try:
            until(lambda: answers(there))
            kept = there.connect()
            kept.request("GET", "/healthz")
            assert kept.getresponse().read()
            begun = there.connect()
            begun.request("GET", "/jet/v1/stream", headers=there.bearer())
            until(lambda: len(jet.requests) > 0)
            door.send_signal(signal.SIGTERM)
            until(lambda: there.ask("GET", "/readyz")[0] == 503)  # on a new connection, and still taken
            kept.request("GET", "/healthz")
            last = kept.getresponse()
            assert (last.status, last.headers["Connection"]) == (200, "close")
            until(lambda: not answers(there))
            threading.Timer(0.3, jet.released.set).start()
            assert begun.getresponse().read().endswith(b"last")
            kept.close()
            begun.close()
            assert door.wait(5) == -signal.SIGTERM  # as uvicorn ends: by the signal, after all is done
        finally:
            door.kill()


def answers(there: House) -> bool:
    try:
        return there.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False
