"""Whose record it is sees who read it; and is found by the names before, by whoever may know them."""

from typing import Any
from uuid import UUID

from tests.jet.playing import appoint, change, done
from tests.support.jet import Jet
from tests.support.serving import Caller

FAMILY = "Formerly"


def person(jet: Jet, number: str) -> Caller:
    found = jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{number}'")
    return Caller("participant", person=UUID(str(found[0][0])))


def readings(jet: Jet, caller: Caller, **params: Any) -> list[dict[str, Any]]:
    answer = jet.call("jet_readings_list", caller, params={"sort": "-read_at"} | params)
    items: list[dict[str, Any]] = done(answer)["items"]
    return items


def found(jet: Jet, caller: Caller, q: str) -> set[str]:
    answer = done(jet.call("jet_participants_list", caller, params={"q": q}))
    return {one["jet_number"] for one in answer["items"]}


def test_each_reading_of_restricted_fields_is_told_to_whose_record_it_is(jet: Jet) -> None:
    number, other, where = jet.participant(), jet.participant(), jet.organisation()
    done(appoint(jet, number, where))
    own, beside = person(jet, number), person(jet, other)
    before = len(readings(jet, own))
    done(jet.call("jet_participants_read", Caller("coordinator", "kintone"), path={"ref": number}))
    done(jet.call("jet_participants_list", Caller("service", "matching"), params={"limit": 500}))
    listed, read = readings(jet, own)[: len(readings(jet, own)) - before]
    shown = {"resource": "participants", "fields_shown": "birth_on former_names", "organisation_code": None}
    assert listed | {"client": "matching", "role": "service"} | shown == listed
    assert read | {"client": "kintone", "role": "coordinator"} | shown == read
    # the list showed both, the record one alone
    assert [one["client"] for one in readings(jet, beside, limit=1)] == ["matching"]
    assert read["id"] not in {one["id"] for one in readings(jet, beside)}


def test_what_shows_no_restricted_field_is_no_reading(jet: Jet) -> None:
    number, where = jet.participant(), jet.organisation()
    done(appoint(jet, number, where))
    own = person(jet, number)
    before = readings(jet, own)
    for caller in (own, Caller("organisation", organisation=where.id)):
        done(jet.call("jet_participants_read", caller, path={"ref": number}))
    done(jet.call("jet_roster_list", params={"programme_year": 2024}))
    assert readings(jet, own) == before


def test_a_participant_is_found_by_a_name_before(jet: Jet) -> None:
    number, where = jet.participant(family=FAMILY), jet.organisation()
    done(appoint(jet, number, where))
    officer, service = Caller("organisation", organisation=where.id), Caller("service")
    done(change(jet, "participants", number, name_kana="フォーマリー"))
    assert done(jet.call("jet_participants_read", path={"ref": number}))["former_names"] is None
    done(change(jet, "participants", number, family_name="Newly"))
    made = done(change(jet, "participants", number, given_name="Ann"))
    assert made["former_names"] == f"{FAMILY} / Newly"
    for caller in (Caller("coordinator"), service, person(jet, number)):
        assert found(jet, caller, "ＦＯＲＭＥＲＬＹ") == {number} == found(jet, caller, "newly ann")
    assert found(jet, officer, FAMILY) == set() and found(jet, officer, "Newly") == {number}
    assert "former_names" not in done(jet.call("jet_participants_read", officer, path={"ref": number}))
