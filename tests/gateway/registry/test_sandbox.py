"""The business clock: read by everybody, moved forward in a sandbox only."""

from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.kit.japan.clock import JST
from tests.gateway.registry.house import HTTP, Registry


def clock(house: Registry) -> dict[str, Any]:
    said: dict[str, Any] = HTTP.get(f"{house.addresses[0]}/identity/v1/clock").json()
    return said


def move(house: Registry, to: object, **more: Any) -> httpx.Response:
    return house.call(
        "POST", "/identity/v1/clock-moves", "identity_clock_moves_create", json={"to": to}, **more
    )


def test_everybody_may_read_the_clock(house: Registry) -> None:
    said = clock(house)
    now = datetime.fromisoformat(said["now"])
    assert said["sandbox"] is True
    assert date.fromisoformat(said["today"]) == now.astimezone(JST).date()
    assert datetime.fromisoformat(said["go_live_at"]) <= now


def test_a_sandbox_moves_forward_and_not_back(house: Registry) -> None:
    now = datetime.fromisoformat(clock(house)["now"])
    to = now + timedelta(minutes=1)
    answer = move(house, to.isoformat())
    assert answer.status_code == 201, answer.text
    assert abs(datetime.fromisoformat(answer.json()["now"]) - to) < timedelta(seconds=30)
    assert datetime.fromisoformat(clock(house)["now"]) >= to - timedelta(seconds=1)
    back = move(house, now.isoformat())
    assert (back.status_code, back.json()["code"]) == (409, "clock_moves_forward")


def test_a_real_database_keeps_its_clock(real_house: Registry) -> None:
    said = clock(real_house)
    assert said["sandbox"] is False
    answer = move(real_house, (datetime.fromisoformat(said["now"]) + timedelta(days=1)).isoformat())
    assert (answer.status_code, answer.json()["code"]) == (409, "clock_not_movable")


@pytest.mark.parametrize(
    "to",
    [
        "2024-07-09",
        "2024-07-09T10:00:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+09:00",
        1720490400,
        None,
        "x",
    ],
)
def test_a_move_to_no_plausible_instant_is_refused(house: Registry, to: object) -> None:
    assert move(house, to).status_code == 422


def test_only_the_registrar_moves_the_clock(house: Registry) -> None:
    assert move(house, "2024-08-01T00:00:00+09:00", role="coordinator").status_code == 403
    assert move(house, "2024-08-01T00:00:00+09:00", scopes=frozenset()).status_code == 403
