"""The breaker and the retry budget as pure logic, then in a door before services that fail."""

import json
import math
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.gateway.door.breaker import (
    IN_A_ROW,
    PAUSE,
    SILENT_AFTER,
    SILENT_WITH,
    WINDOW,
    Attempt,
    Breaker,
    Open,
    RetryBudget,
)
from tests.gateway.door.house import house, until

THINGS, PROGRAMMES = "/jet/v1/things", "/grants/v1/programmes"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def asked(breaker: Breaker) -> bool:
    try:
        breaker.left(breaker.ask())
    except Open:
        return False
    return True


class AnyService(RuleBasedStateMachine):
    """Whatever a service does: the breaker lets at most one probe a PAUSE through, and never stays shut."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = Breaker(self.clock)
        self.calls: list[Attempt] = []
        self.probed_at = -math.inf

    @rule(seconds=st.sampled_from([1 / 64, 1 / 4, PAUSE, SILENT_AFTER, WINDOW]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(waits=st.booleans(), calls=st.integers(1, SILENT_WITH))
    def calls_come(self, waits: bool, calls: int) -> None:
        for _ in range(calls):
            was_closed = self.breaker.closed
            try:
                self.calls.append(self.breaker.ask(waits=waits))
            except Open:
                assert not self.breaker.closed
                continue
            if not was_closed:
                assert self.clock.now - self.probed_at >= PAUSE
                self.probed_at = self.clock.now

    @precondition(lambda self: self.calls)
    @rule(which=st.integers(0, 99), status=st.sampled_from([200, 404, 500, 503]), busy=st.booleans())
    def one_is_answered(self, which: int, status: int, busy: bool) -> None:
        attempt = self.calls.pop(which % len(self.calls))
        self.breaker.answered(attempt, status, retry_after=busy)

    @precondition(lambda self: self.calls)
    @rule(which=st.integers(0, 99))
    def one_fails(self, which: int) -> None:
        self.breaker.failed(self.calls.pop(which % len(self.calls)))

    @precondition(lambda self: self.calls)
    @rule(which=st.integers(0, 99))
    def one_caller_leaves(self, which: int) -> None:
        was_closed, attempt = self.breaker.closed, self.calls.pop(which % len(self.calls))
        self.breaker.left(attempt)
        assert self.breaker.closed == was_closed
        if not was_closed:
            self.probed_at = -math.inf  # the probe may have been this one: another may go

    @rule()
    def it_is_well_again(self) -> None:
        """From any state: five seconds with good answers, and it is closed."""
        for _ in range(5):
            self.clock.now += PAUSE
            for attempt in self.calls:
                self.breaker.answered(attempt, 200, retry_after=False)
            self.calls.clear()
            try:
                self.calls.append(self.breaker.ask())
            except Open:
                continue
        for attempt in self.calls:
            self.breaker.answered(attempt, 200, retry_after=False)
        self.calls.clear()
        assert self.breaker.closed
        self.probed_at = -math.inf

    @rule()
    def a_storm_opens_it(self) -> None:
        for _ in range(IN_A_ROW):
            try:
                self.breaker.failed(self.breaker.ask())
            except Open:
                break
            self.probed_at = self.clock.now
        assert not self.breaker.closed

    @invariant()
    def nobody_is_kept_out_for_longer_than_a_pause(self) -> None:
        later = self.breaker._until
        assert later is None or later - self.clock.now <= PAUSE


TestAnyService = AnyService.TestCase
TestAnyService.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


def test_one_probe_goes_through_and_decides() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(IN_A_ROW):
        breaker.failed(breaker.ask())
    assert not asked(breaker)
    clock.now += PAUSE
    probe = breaker.ask()
    assert not asked(breaker)
    breaker.failed(probe)
    clock.now += PAUSE - 0.01
    assert not asked(breaker)
    clock.now += 0.01
    breaker.answered(breaker.ask(), 200, retry_after=False)
    assert breaker.closed and asked(breaker)


def test_half_of_the_answers_failing_is_too_much_and_a_third_is_not() -> None:
    for bad_each, opens in ((2, True), (3, False)):
        breaker = Breaker(Clock())
        for turn in range(60):
            if not breaker.closed:
                break
            breaker.answered(breaker.ask(), 502 if turn % bad_each == 0 else 200, retry_after=False)
        assert breaker.closed is not opens


@pytest.mark.parametrize(("status", "retry_after"), [(500, False), (503, True), (404, False), (504, True)])
def test_a_service_that_says_when_to_come_back_is_at_work(status: int, retry_after: bool) -> None:
    breaker = Breaker(Clock())
    for _ in range(100):
        breaker.answered(breaker.ask(), status, retry_after=retry_after)
    assert breaker.closed


def test_a_frozen_service_is_noticed_before_any_deadline_and_its_first_word_heals_it() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    frozen = [breaker.ask() for _ in range(SILENT_WITH)]
    clock.now += SILENT_AFTER - 0.1
    frozen.append(breaker.ask())
    clock.now += 0.1
    assert not asked(breaker)
    breaker.answered(frozen.pop(), 200, retry_after=False)
    assert breaker.closed and asked(breaker)


def test_uploads_and_failures_long_ago_do_not_open_it() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(2 * SILENT_WITH):
        breaker.ask(waits=False)
    clock.now += 10 * SILENT_AFTER
    assert asked(breaker)
    for _ in range(4 * IN_A_ROW):
        clock.now += WINDOW + 1
        breaker.failed(breaker.ask())
    assert breaker.closed


@pytest.mark.parametrize("calls", [1, 9, 10, 100, 1_000, 5_000])
def test_retries_add_no_more_than_a_tenth(calls: int) -> None:
    budget = RetryBudget()
    retries = 0
    for _ in range(calls):
        budget.called()
        retries += budget.take()
    assert retries == calls // 10
    quiet = RetryBudget()
    for _ in range(calls):
        quiet.called()
    assert sum(quiet.take() for _ in range(calls)) <= min(10, calls / 10)


class RawService(socketserver.ThreadingUnixStreamServer):
    """Counts what it is asked. `broken`: it hangs up on everybody; `breaks_kept`: on a connection's second request."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Answering)
        self.asked = 0
        self.broken = self.breaks_kept = False


class Answering(socketserver.StreamRequestHandler):
    server: RawService

    def handle(self) -> None:
        turns = 0
        while any(line == b"\r\n" for line in iter(self.rfile.readline, b"")):
            turns += 1
            self.server.asked += 1
            if self.server.broken or (self.server.breaks_kept and turns > 1):
                return
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood")


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[RawService]:
    with RawService(tmp_path / "grants.sock") as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.05,))
        thread.start()
        yield service
        service.shutdown()
        thread.join()


def test_a_service_that_breaks_off_is_left_alone_and_found_again(
    tmp_path: Path, raw: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.door.breaker.PAUSE", 0.3)
    with house(tmp_path) as there:
        raw.broken = True
        said = [there.ask("GET", PROGRAMMES, there.bearer()) for _ in range(30)]
        statuses = [status for status, _, _ in said]
        assert statuses[:IN_A_ROW] == [502] * IN_A_ROW and set(statuses[IN_A_ROW:]) <= {502, 503}
        assert raw.asked == statuses.count(502) < 15
        _, headers, body = next(one for one in said if one[0] == 503)
        assert (json.loads(body)["code"], headers["Retry-After"]) == ("service_unavailable", "1")
        assert there.ask("GET", "/.well-known/jwks.json")[0] == 200
        raw.broken = False
        until(lambda: there.ask("GET", PROGRAMMES, there.bearer())[0] == 200)


def test_a_storm_is_not_made_larger_by_more_than_a_tenth(
    tmp_path: Path, raw: RawService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every second answer breaks off on a kept connection: each could be asked for again, a tenth of all is."""
    monkeypatch.setattr("services.gateway.door.breaker.IN_A_ROW", math.inf)
    monkeypatch.setattr("services.gateway.door.breaker.SHARE", 2.0)
    raw.breaks_kept, calls = True, 300
    with house(tmp_path) as there:
        statuses = [there.ask("GET", PROGRAMMES, there.bearer())[0] for _ in range(calls)]
        assert set(statuses) == {200, 502} and statuses.count(502) > calls / 4
        assert calls < raw.asked <= 1.1 * calls


def test_callers_who_leave_do_not_shut_a_service(tmp_path: Path) -> None:
    with house(tmp_path) as there:
        for _ in range(2 * IN_A_ROW):
            connection = there.connect()
            connection.request("GET", "/jet/v1/mute", headers=there.bearer())
            connection.close()
        until(lambda: there.reached() == 2 * IN_A_ROW)
        assert there.services["jet"].gone.wait(10)
        threading.Event().wait(0.5)
        assert there.ask("GET", THINGS, there.bearer())[0] == 200
