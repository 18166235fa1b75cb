"""What every answer keeps to: conditional reads, refusals that are found again, stored answers, the feed's walls."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from services.jet.app import RESOURCES
from services.kit import audit, changes, operations
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.constraints import refusal_of, refusal_of_read
from services.kit.errors import LARGE, UNAVAILABLE, Refusal, Refused, Sort
from services.kit.http import context
from services.kit.http.app import open_service
from services.kit.http.negotiate import XLSX
from services.kit.http.openapi import PROBLEM
from services.kit.ids import OrganisationId, PersonId
from services.kit.imports import exporting
from services.kit.resource import Change
from tests.support.jet import COORDINATOR, Jet, appointment
from tests.support.serving import Caller


class Log(list[dict[str, Any]]):
    def info(self, event: str, **said: Any) -> None:
        self.append({"event": event} | said)

    exception = info


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Log:
    made = Log()
    monkeypatch.setattr(context, "log", made)
    return made


def test_a_write_answers_whole_whatever_it_says_of_versions(jet: Jet) -> None:
    number = jet.participant()
    read = jet.call("jet_participants_read", path={"ref": number})
    assert (
        jet.call("jet_participants_read", path={"ref": number}, headers={"If-None-Match": "*"}).status_code
        == 304
    )
    changed = jet.call(
        "jet_participants_change", path={"ref": number}, json={"family_name": "Roe"},
        headers={"If-None-Match": "*", "If-Match": read.headers["etag"]},
    )  # fmt: skip
    assert (changed.status_code, changed.json()["family_name"]) == (200, "Roe")
    body = appointment(number, jet.organisation(), date(2024, 8, 1), date(2025, 7, 31))
    made = jet.call("jet_appointments_create", json=body, headers={"If-None-Match": "*"})
    assert (made.status_code, made.json()["jet_number"]) == (201, number)


def test_six_letters_find_a_refusal_in_the_log(jet: Jet, logged: Log) -> None:
    answer = jet.call(
        "jet_participants_read", path={"ref": "20999999999"}, headers={"X-Request-Id": "asked-once"}
    )
    assert answer.status_code == 404
    assert logged == [
        {
            "event": "refused", "status": 404, "code": "not_found", "method": "GET",
            "route": "jet_participants_read", "support_code": answer.json()["support_code"],
        }
    ]  # fmt: skip


def test_six_letters_find_a_failure_in_the_log(
    jet: Jet, logged: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("services.kit.http.listing.find", failing)
    answer = jet.call("jet_participants_read", path={"ref": "20999999999"})
    assert answer.status_code == 500
    assert [one["event"] for one in logged] == ["request_failed", "refused"]
    assert {one["support_code"] for one in logged} == {answer.json()["support_code"]}


@pytest.mark.parametrize(("sort", "status"), [("unavailable", 503), ("throttled", 429)])
def test_who_is_to_come_again_is_told_when(
    jet: Jet, sort: Sort, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: object) -> None:
        raise Refusal("later", sort, UNAVAILABLE.title, UNAVAILABLE.detail)()

    monkeypatch.setattr("services.kit.http.listing.find", failing)
    answer = jet.call("jet_participants_read", path={"ref": "20999999999"})
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "2")


def test_the_documented_problem_is_of_the_type_that_is_served(jet: Jet) -> None:
    shown = PROBLEM["examples"][0]
    served = jet.call("jet_participants_create", json={}).json()
    assert {name: shown[name] for name in ("type", "code", "status")} == {
        name: served[name] for name in ("type", "code", "status")
    }


@pytest.mark.parametrize("state", ["08000", "08003", "08006", "08001", "08004"])
def test_a_lost_connection_is_for_later(state: str) -> None:
    error = asyncpg.PostgresError.new({"C": state, "M": "gone"})
    assert refusal_of_read(error) is UNAVAILABLE
    assert refusal_of(DBAPIError("", None, error), {}) is UNAVAILABLE


def test_one_person_in_two_roles_is_two_callers(jet: Jet) -> None:
    def scope(role: str, organisation: UUID | None = None) -> Scope:
        held = OrganisationId(organisation) if organisation else None
        return Scope(Principal("tool", PersonId(UUID(int=7)), role, held, frozenset()), "all", "test")

    mine, other = scope("organisation", UUID(int=1)), scope("organisation", UUID(int=2))
    database = jet.served.app.state.service.database

    async def play() -> list[bool]:
        async with database.writing(mine) as session:
            identity = await operations.begin(session, "jet", "test")
        found = []
        for asker in (mine, other, scope("coordinator"), scope("organisation")):
            async with database.reading(asker) as session:
                found.append(await operations.find(session, "jet", identity) is not None)
        return found

    assert jet.served.run(play()) == [True, False, False, False]


def test_answers_of_long_ago_go_with_the_next(jet: Jet) -> None:
    caller = Caller("coordinator", client="weekly")

    def store(key: str) -> None:
        body = appointment(jet.participant(), jet.organisation(), date(2024, 8, 1), date(2025, 7, 31))
        sent = jet.call("jet_appointments_create", caller, json=body, headers={"Idempotency-Key": key})
        assert sent.status_code == 201, sent.text

    def kept() -> set[str]:
        return {row[0] for row in jet.sql("SELECT key FROM jet.idempotency WHERE caller LIKE 'weekly/%'")}

    def age(key: str, days: int) -> None:
        jet.sql(f"UPDATE jet.idempotency SET created_at = now() - interval '{days} days' WHERE key = '{key}'")

    for key in ("old", "older", "young"):
        store(key)
    for key, days in (("old", 8), ("older", 9), ("young", 6)):
        age(key, days)
    store("old")  # its own row, too old to be replayed, gives way
    assert kept() == {"old", "young"}


def test_a_turned_cursor_key_still_opens(jet: Jet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cursor.key").write_bytes(b"a" * 32)
    public = next(Path(jet.served._keys).glob("door.public.jwk"))
    (tmp_path / "door.public.jwk").write_text(public.read_text())
    monkeypatch.setenv("KAKEHASHI_KEYS", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", jet.postgres.url(user="jet_app"))
    cursor = open_service("jet", "jet", {}).cursors.seal(["x"], "mine")
    (tmp_path / "cursor.key").rename(tmp_path / "cursor.previous.key")
    (tmp_path / "cursor.key").write_bytes(b"b" * 32)
    turned = open_service("jet", "jet", {}).cursors
    assert turned.open(cursor, "mine") == ["x"]
    assert turned.seal(["x"], "mine") != cursor
    (tmp_path / "cursor.previous.key").unlink()
    with pytest.raises(Refused):
        open_service("jet", "jet", {}).cursors.open(cursor, "mine")


def test_a_sheet_that_is_too_long_names_csv(jet: Jet, monkeypatch: pytest.MonkeyPatch) -> None:
    jet.participant()
    jet.participant()
    monkeypatch.setattr(exporting, "_XLSX_ROWS", 2)
    answer = jet.call("jet_participants_list", headers={"Accept": XLSX})
    assert (answer.status_code, answer.json()["code"]) == (413, LARGE.code)
    assert "text/csv" in answer.json()["errors"][0]["remedy"]


def told(jet: Jet, caller: Caller) -> list[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    after: dict[str, str] = {}
    while True:
        answer = jet.call("jet_changes_list", caller, params={"limit": 500} | after)
        assert answer.status_code == 200, answer.text
        seen += [(item["resource"], item["action"]) for item in answer.json()["items"]]
        if not answer.json()["more"]:
            return seen
        after = {"after": answer.json()["next"]}


def test_the_feed_tells_of_what_the_caller_may_list(jet: Jet) -> None:
    database = jet.served.app.state.service.database
    scope = Scope(Principal("feeding", None, "coordinator", None, frozenset()), "all", "test")
    place = jet.organisation()
    kinds = ("participants", "appointments", "early-terminations", "nothing-of-ours")

    async def publish() -> None:
        async with database.writing(scope) as session:
            for kind in kinds:
                for action in ("INSERT", "UPDATE", "DELETE"):
                    await audit.publish(
                        session, "jet", kind, [Change(0, action, uuid4(), None, None, place.id)]
                    )

    jet.served.run(publish())
    every = told(jet, COORDINATOR)
    assert {kind for kind, _ in every} >= set(kinds[:3])
    assert {action for _, action in every} == {"created", "changed", "deleted"}
    assert "nothing-of-ours" not in {kind for kind, _ in every}
    feed = "changes:read"
    partly = told(jet, COORDINATOR.only(feed, "jet.participant:read"))
    assert {kind for kind, _ in partly} >= {"participants"}
    assert {kind for kind, _ in partly} & {"appointments", "early-terminations"} == set()
    assert told(jet, COORDINATOR.only(feed)) == []
    own = told(jet, Caller("organisation", organisation=place.id))
    assert {kind for kind, _ in own} == {"participants", "appointments"}
    assert len(own) == 6
    assert told(jet, Caller("organisation", organisation=jet.organisation().id)) == []


def test_the_feed_reaches_no_further_than_itself() -> None:
    scopes = frozenset({"jet.participant:read", "jet.appointment:read"})
    for reach in ("all", "own"):
        made = changes.reaches(Scope(Principal("c", None, "coordinator", None, scopes), reach), RESOURCES)
        assert made["participants"] == made["appointments"] == reach
        assert "early-terminations" not in made
