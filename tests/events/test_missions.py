"""Missions through the front door: days and countries, who goes where in what order, and whose names are for whom."""

import json
from datetime import date
from typing import Any

from services.events.missions.domain import state
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from tests.support.events import Events, code, done, wrong
from tests.support.paper import words
from tests.support.serving import Caller


def setting(role: str) -> str:
    return Scope(Principal("desk", None, role, None, frozenset()), "all", "request").setting()


def mission(events: Events, caller: Caller, **given: Any) -> dict[str, Any]:
    body = {
        "code": code("MS"), "programme": "delegation", "title_ja": "架空訪問団", "starts_on": "2026-11-30",
        "ends_on": "2026-12-02",
    }  # fmt: skip
    return events.made("missions", caller, **body | given)


def test_a_mission_stands_as_its_days_say(events: Events) -> None:
    officer = events.at("paris")
    today = events.now().date().isoformat()
    begun = mission(events, officer, office_code="paris", starts_on="2024-03-31", ends_on=today)
    assert (begun["state"], begun["fiscal_year"]) == ("under_way", 2023)
    assert mission(events, events.headquarters, starts_on=today, ends_on=today)["state"] == "under_way"
    of_headquarters = mission(events, events.headquarters, starts_on="2024-05-01", ends_on="2024-05-02")[
        "code"
    ]
    ahead = mission(events, events.headquarters, starts_on="2030-05-01", ends_on="2030-05-02")["code"]
    assert of_headquarters in events.codes("missions", officer, state="held")
    assert ahead in events.codes("missions", officer, state="planned")
    answer = events.change("missions", ahead, events.headquarters, cancelled_on=today)
    assert wrong(answer) == {("/cancelled_reason", "cancelled_without_reason")}
    off = {"cancelled_on": today, "cancelled_reason": "先方の都合"}
    assert done(events.change("missions", ahead, events.headquarters, **off))["state"] == "cancelled"
    assert ahead in events.codes("missions", officer, state="cancelled")
    wrongly = {
        "code": code("MS"), "programme": "delegation", "title_ja": "架空訪問団", "starts_on": "2024-05-02",
        "ends_on": "2024-05-01", "countries": ["FR", "XX"],
    }  # fmt: skip
    assert wrong(events.call("missions_create", events.headquarters, json=wrongly)) == {
        ("/ends_on", "mission_ends_first"), ("/countries", "country_unknown"),
    }  # fmt: skip
    for one in done(events.call("missions_list", officer))["items"]:
        first, last, off_on = (
            one[name] and date.fromisoformat(one[name]) for name in ("starts_on", "ends_on", "cancelled_on")
        )
        assert one["state"] == state(first, last, off_on, events.now().date()), one
    of_london = events.call("missions_create", officer, json=wrongly | {"office_code": "london"})
    assert ("/office_code", "office_not_yours") in wrong(of_london)
    taken = {"code": of_headquarters, "programme": "delegation", "title_ja": "架空", "office_code": "paris"}
    row = json.dumps(taken | {"starts_on": "2024-05-01", "ends_on": "2024-05-02"})
    for caller, found in ((officer, ["office_not_yours"]), (events.headquarters, ["fixed_by_identity"])):
        summary = events.imported("missions", caller, row.encode())
        assert [one["code"] for one in summary["problems"]] == found, summary
    assert events.codes("missions", officer, "office_code", code=of_headquarters) == [None]
    moved = events.change("missions", begun["code"], events.headquarters, office_code="london")
    assert wrong(moved) == {("/office_code", "fixed_by_identity")}


def test_an_itinerary_lies_within_the_mission(events: Events) -> None:
    officer = events.at("sydney")
    of = mission(events, officer, office_code="sydney")["code"]
    stop = {"mission_code": of, "number": 1, "held_on": "2026-12-02", "begins_at": "10:00", "place": "架空市"}
    events.made("mission_stops", officer, **stop)
    late = stop | {"number": 2, "held_on": "2026-12-03"}
    assert wrong(events.call("mission_stops_create", officer, json=late)) == {
        ("/held_on", "mission_stop_outside")
    }
    shorter = events.change("missions", of, officer, ends_on="2026-12-01")
    assert (shorter.status_code, shorter.json()["code"]) == (422, "mission_stop_outside")
    done(events.change("missions", of, officer, ends_on="2026-12-03"))
    events.made("mission_stops", officer, **late)
    assert wrong(events.call("mission_stops_create", events.at("seoul"), json=stop | {"number": 3})) == {
        ("/mission_code", "office_not_yours")
    }
    nameless = events.call("mission_hosts_create", officer, json={"mission_code": of, "number": 1})
    assert wrong(nameless) == {("/name", "mission_host_nameless")}
    events.organisations("浜松市")
    there = {"mission_code": of, "organisation_code": "221309"}
    assert events.made("mission_hosts", officer, number=1, **there)["shown_as"] == "浜松市"
    assert events.made("mission_hosts", officer, number=2, name="架空庁", **there)["shown_as"] == "架空庁"


def test_names_are_for_who_receives_and_can_be_erased(events: Events) -> None:
    officer = events.at("beijing")
    of = mission(events, officer, office_code="beijing")["code"]
    guest = {"mission_code": of, "number": 1, "capacity": "guest", "name": "見本 太郎", "protocol_rank": 1}
    made = events.made("mission_members", officer, **guest)
    assert made["name"] == "見本 太郎"
    asked = {"path": {"ref": made["id"]}}
    coordinator = Caller("coordinator", client="desk", person=events.headquarters.person)
    told = done(events.call("mission_members_read", coordinator, **asked))
    assert "name" not in told and told["protocol_rank"] == 1
    names = "SELECT name FROM events.mission_member_name"
    assert [len(events.sql_as(setting(role), names)) for role in ("event_officer", "coordinator")] == [1, 0]
    assert "見本 太郎" not in str(events.sql("SELECT before, after FROM events.audit_entry"))
    gone = done(events.change("mission_members", made["id"], officer, name=None))
    assert gone["name"] is None
    assert "見本 太郎" not in str(events.sql("SELECT * FROM events.mission_member_name"))
    staff = {"mission_code": of, "number": 2, "capacity": "staff"}
    events.made("mission_members", officer, **staff)
    who = {"mission": of, "takes_part": "true"}
    counted = events.call("mission_members_list", officer, params=who).json()["items"]
    done(events.change("mission_members", made["id"], officer, withdrawn_on="2026-11-01"))
    assert [one["number"] for one in counted] == [1]
    assert events.codes("mission_members", officer, "number", **who) == []


def test_a_programme_sheet_names_members_by_protocol(events: Events) -> None:
    officer = events.at("paris")
    title = {"title_ja": "架空市訪問団", "title_en": "Delegation of Sample City"}
    of = mission(events, officer, office_code="paris", and_others=True, **title)["code"]
    for number, (name, rank) in enumerate(
        (("Rank NONE", None), ("Second RANKED", 2), ("First RANKED", 1)), 1
    ):
        who = {"name": name, "title": "市長", "title_en": "Mayor", "affiliation": "架空市", "country": "FR"}
        member = {"mission_code": of, "number": number, "capacity": "guest", "protocol_rank": rank}
        events.made("mission_members", officer, **member | who)
    gone = {"mission_code": of, "number": 4, "capacity": "guest", "name": "Who WITHDREW"}
    events.made("mission_members", officer, **gone, withdrawn_on="2026-11-01")
    for number, clock in enumerate(("14:00", "09:30"), 1):
        stop = {
            "mission_code": of,
            "number": number,
            "held_on": "2026-12-01",
            "begins_at": clock,
            "place": "架空庁舎",
        }
        events.made("mission_stops", officer, **stop, receiver="架空市長", purpose="意見交換\n昼食")
    events.made("mission_hosts", officer, mission_code=of, number=1, name="架空博物館")
    asked = {"path": {"ref": of}}
    sheet = events.call("missions_programme_sheet", officer, **asked)
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf"), sheet.text
    told = words(sheet.content)
    order = [
        told.index(word)
        for word in ("First RANKED", "Second RANKED", "Rank NONE", "09:30", "14:00", "and others")
    ]
    assert order == sorted(order) and "Who WITHDREW" not in told
    noted = events.sql(
        "SELECT cardinality(subjects) FROM events.audit_entry WHERE action = 'read' ORDER BY id DESC LIMIT 1"
    )
    assert noted[0][0] == 3
    coordinator = Caller("coordinator", client="desk", person=events.headquarters.person)
    assert events.call("missions_programme_sheet", coordinator, **asked).status_code == 403
