"""Who read what: restricted fields are shown only to those who are noted, and the note names whom they saw."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.kit import audit
from services.kit.errors import ABSENT
from services.kit.http import listing, reads
from tests.jet.playing import change, leave, place
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

READER = Caller("coordinator", client="reader")
WHOLE = ("text/csv", "text/csv;charset=cp932;on_loss=fallback", "application/x-ndjson",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip


def notes(jet: Jet, client: str) -> list[tuple[str, dict[str, Any], set[str]]]:
    found = jet.sql(
        "SELECT resource, after::text, subjects::text[] FROM jet.audit_entry "
        f"WHERE action = 'read' AND client = '{client}' ORDER BY id"
    )
    return [(resource, json.loads(after), set(subjects or ())) for resource, after, subjects in found]


def identity(jet: Jet, number: str) -> str:
    return str(jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{number}'")[0][0])


def test_a_record_with_a_restricted_field_is_noted_with_its_id(jet: Jet) -> None:
    number = jet.participant()
    caller = Caller("coordinator", client="of-a-record")
    assert "birth_on" in jet.call("jet_participants_read", caller, path={"ref": number}).json()
    [(resource, said, shown)] = notes(jet, "of-a-record")
    assert (resource, said["route"], said["fields"]) == (
        "participants",
        "jet_participants_read",
        "birth_on former_names",
    )
    assert shown == {identity(jet, number)}


def test_a_page_is_noted_with_the_ids_on_it_and_no_name(jet: Jet) -> None:
    for _ in range(3):
        jet.participant(family="Zanzibar")
    caller = Caller("coordinator", client="of-a-page")
    page = jet.call("jet_participants_list", caller, params={"q": "zanzibar", "limit": 2}).json()
    [(_, said, shown)] = notes(jet, "of-a-page")
    assert shown == {one["id"] for one in page["items"]} and len(shown) == 2
    assert said["parameters"] == "limit q" and "zanzibar" not in json.dumps(said).lower()


@pytest.mark.parametrize("media", WHOLE)
def test_a_whole_list_is_noted_before_its_first_byte(
    jet: Jet, media: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "PIECE", 2)
    numbers = [jet.participant(family="Exporter") for _ in range(5)]
    caller = Caller("coordinator", client=f"of-{media[:30]}")
    before = len(notes(jet, caller.client))
    answer = jet.call("jet_participants_list", caller, headers={"Accept": media}, params={"q": "exporter"})
    assert answer.status_code == 200
    found = notes(jet, caller.client)[before:]
    assert {identity(jet, number) for number in numbers} <= set().union(*(shown for *_, shown in found))
    assert {len(shown) for *_, shown in found} <= {1, 2} and len(found) > 2


@pytest.mark.parametrize("media", ["application/json", *WHOLE])
def test_what_cannot_be_noted_is_not_shown(jet: Jet, media: str, monkeypatch: pytest.MonkeyPatch) -> None:
    number = jet.participant(family="Secretive")
    monkeypatch.setattr(audit, "_AUDIT", audit._AUDIT.replace("audit_entry", "nowhere"))
    for operation, path, params in (
        ("jet_participants_list", {}, {"q": "secretive"}),
        ("jet_participants_read", {"ref": number}, {}),
    ):
        if path and media != "application/json":
            continue
        answer = jet.call(operation, READER, headers={"Accept": media}, path=path, params=params)
        assert answer.status_code == 500
        assert "ecretive" not in answer.text and number not in answer.text


def test_who_is_shown_nothing_restricted_is_not_noted(jet: Jet) -> None:
    number, home = jet.participant(), jet.organisation()
    place(jet, number, home)
    employer = Caller("organisation", client="unnoted", organisation=home.id)
    assert "birth_on" not in jet.call("jet_participants_read", employer, path={"ref": number}).json()
    oneself = Caller("participant", client="unnoted", person=UUID(identity(jet, number)))
    assert "birth_on" in jet.call("jet_participants_read", oneself, path={"ref": number}).json()
    absent = jet.call("jet_participants_read", Caller("coordinator", client="unnoted"), path={"ref": "2099"})
    assert absent.status_code == 404
    assert jet.call("jet_participants_list", Caller("ministry", client="unnoted")).status_code == 403
    assert notes(jet, "unnoted") == []


def test_what_is_still_the_same_is_noted_too(jet: Jet) -> None:
    number, caller = jet.participant(), Caller("coordinator", client="cached")
    tag = jet.call("jet_participants_read", caller, path={"ref": number}).headers["etag"]
    again = jet.call("jet_participants_read", caller, headers={"If-None-Match": tag}, path={"ref": number})
    assert again.status_code == 304
    assert len(notes(jet, "cached")) == 2


def test_a_write_that_shows_the_record_is_noted_with_its_effect(jet: Jet) -> None:
    number, caller = jet.participant(), Caller("coordinator", client="patching")
    assert change(jet, "participants", number, caller=caller).status_code == 200
    [(_, said, shown)] = notes(jet, "patching")
    assert (said["route"], shown) == ("jet_participants_change", {identity(jet, number)})


def test_a_replayed_answer_is_noted_and_is_given_no_longer_than_the_record_would_be(
    jet: Jet, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller("coordinator", client="replaying")
    sent: dict[str, Any] = {"headers": {"Idempotency-Key": "replayed-record"}, "json": jet.described()}
    made = jet.call("jet_participants_create", caller, **sent)
    again = jet.call("jet_participants_create", caller, **sent)
    assert (made.status_code, again.status_code, again.headers["idempotency-replayed"]) == (201, 201, "true")
    assert [shown for _, _, shown in notes(jet, "replaying")] == [{made.json()["id"]}] * 2

    async def out_of_sight(*_: object) -> None:
        raise ABSENT()

    monkeypatch.setattr(listing, "find", out_of_sight)
    assert jet.call("jet_participants_create", caller, **sent).status_code == 404


def test_an_audited_list_is_noted_with_its_records(jet: Jet) -> None:
    number = jet.participant()
    place(jet, number, jet.organisation())
    left = leave(jet, number, jet.now().date() + timedelta(days=1))
    assert left.status_code == 201, left.text
    caller = Caller("coordinator", client="of-leavers")
    page = jet.call("jet_early_terminations_list", caller, params={"limit": 500}).json()
    [(resource, _, shown)] = notes(jet, "of-leavers")
    assert resource == "early-terminations" and shown == {one["id"] for one in page["items"]} and shown


def test_the_exposure_report_counts_what_a_client_was_shown(jet: Jet) -> None:
    one, other = (jet.participant(family="Exposed") for _ in range(2))
    stolen = Caller("coordinator", client="stolen")
    start = jet.sql("SELECT clock_timestamp()")[0][0]
    for _ in range(2):
        jet.call("jet_participants_read", stolen, path={"ref": one})
    jet.call("jet_participants_list", stolen, params={"q": "exposed"})
    end = jet.sql("SELECT clock_timestamp()")[0][0]
    jet.call("jet_participants_read", stolen, path={"ref": other})
    jet.call("jet_participants_read", COORDINATOR, path={"ref": other})
    auditor = Caller("auditor", client="office")
    params = {"client": "stolen", "from": start.isoformat(), "to": end.isoformat()}

    def exposed(**more: str) -> dict[tuple[str, str], int]:
        answer = jet.call("jet_audit_exposures_list", auditor, params=params | more)
        assert answer.status_code == 200, answer.text
        return {(i["record_id"], i["route"]): i["times_read"] for i in answer.json()["items"]}

    first, second = identity(jet, one), identity(jet, other)
    assert exposed() == {
        (first, "jet_participants_read"): 2, (first, "jet_participants_list"): 1, (second, "jet_participants_list"): 1,
    }  # fmt: skip
    assert exposed(to="2100-01-01T00:00:00Z")[second, "jet_participants_read"] == 1
    assert exposed(client="nobody") == {}
    pages: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = jet.call("jet_audit_exposures_list", auditor, params=params | {"limit": "1"} | cursor).json()
        pages += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(pages) == len(set(pages)) == 3
    kept = jet.call("jet_audit_entries_list", auditor, params={"record": second, "client": "stolen"}).json()
    assert len(kept["items"]) == 2
    for media in WHOLE[:3]:
        answer = jet.call("jet_audit_exposures_list", auditor, headers={"Accept": media}, params=params)
        assert answer.status_code == 200 and first in answer.text
