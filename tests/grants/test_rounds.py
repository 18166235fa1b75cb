"""Rounds: the state by the clock, what is announced and to whom, extensions, cancellations, and the public list."""

import asyncio
import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.rounds.domain import Schedule, state
from services.kit.japan.clock import JST
from services.postgres import SUPERUSER
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller

SECTION = "grants-exchange"
TOLD = ("organisation", "host_authority", "participant")


def told(role: str) -> Caller:
    return Caller(role, organisation=uuid4() if role in TOLD[:2] else None, person=uuid4())


def schedules() -> st.SearchStrategy[dict[str, int | None]]:
    hours = st.integers(-48, 48)
    return st.fixed_dictionaries(
        {
            "opens_at": hours, "closes_at": st.integers(1, 48), "announced_at": st.none() | st.just(-72),
            "cancelled_at": st.sampled_from([None, None, -1]), "published": st.none() | st.integers(0, 48),
        }
    )  # fmt: skip


def scheduled(given: dict[str, Any], now: datetime) -> Schedule:
    opens = now + timedelta(hours=given["opens_at"])
    moments = {
        name: None if given[name] is None else now + timedelta(hours=given[name])
        for name in ("announced_at", "cancelled_at")
    }
    closes, after = opens + timedelta(hours=given["closes_at"]), given["published"]
    if after is None or moments["announced_at"] is None or moments["cancelled_at"] is not None:
        return Schedule(opens, closes, **moments)
    return Schedule(opens, closes, **moments, decided_at=closes, publish_at=closes + timedelta(hours=after))


def literal(moment: object) -> str:
    return "NULL" if moment is None else f"'{moment}'"


@settings(max_examples=3, deadline=None)
@given(st.lists(schedules(), min_size=99, max_size=99))
def test_the_database_says_the_same(grants: Grants, cases: list[dict[str, Any]]) -> None:
    officer = grants.officer(SECTION)
    edition = grants.edition(officer, grants.programme(officer, SECTION)["code"])
    rules = grants.rules(officer, edition["code"])["id"]
    line = grants.line(officer, SECTION)
    now = grants.now()
    rows = [scheduled(one, now) for one in cases]
    values = ", ".join(
        f"({number}, {', '.join(f'{literal(moment)}::timestamptz' for moment in row)})"
        for number, row in enumerate(rows, start=1)
    )
    grants.sql(
        "INSERT INTO grants.round (code, edition_id, programme_id, section, fiscal_year, rule_version_id, number, "
        "opens_at, closes_at, announced_at, cancelled_at, decided_at, publish_at, cancelled_reason, decided_by, "
        "budget_line_id, projects_from, projects_to, budget_conditional) "
        f"SELECT e.code || '-' || v.n, e.id, e.programme_id, e.section, e.fiscal_year, '{rules}', v.n, v.opens, v.closes, "
        "v.announced, v.cancelled, v.decided, v.publish, CASE WHEN v.cancelled IS NOT NULL THEN 'x' END, "
        f"CASE WHEN v.decided IS NOT NULL THEN uuid '{officer.person}' END, '{line['id']}', '2025-04-01', '2026-02-28', true "
        f"FROM grants.edition AS e, (VALUES {values}) AS v(n, opens, closes, announced, cancelled, decided, publish) "
        f"WHERE e.id = '{edition['id']}'"
    )
    answer = grants.call("rounds_list", officer, params={"edition_code": edition["code"], "limit": 500})
    found = {item["number"]: item["state"] for item in done(answer)["items"]}
    later = grants.now()
    for number, row in enumerate(rows, start=1):
        # the clock goes on between the two: either instant's answer is right
        assert found[number] in {state(row, now), state(row, later)}, row


def test_borders_are_half_open() -> None:
    opens = datetime(2025, 7, 1, 9, tzinfo=JST)
    # "by 30 September" ends as October begins in Japan
    one = Schedule(opens, datetime(2025, 10, 1, tzinfo=JST), announced_at=opens - timedelta(days=30))
    instant = timedelta(microseconds=1)
    assert [state(one, moment) for moment in (opens - instant, opens)] == ["announced", "open"]
    assert [state(one, moment) for moment in (one.closes_at - instant, one.closes_at)] == ["open", "closed"]
    assert state(one._replace(announced_at=None), opens) == "draft"
    assert state(one._replace(cancelled_at=opens), opens) == "cancelled"


def test_a_round_is_announced_by_a_person_under_frozen_rules_before_its_deadline(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    edition = grants.edition(officer, grants.programme(officer, SECTION)["code"])["code"]
    draft = grants.rules(officer, edition, frozen=False)["code"]
    made = grants.made("rounds", officer, **grants.dated(edition))
    for rules in (None, draft):
        done(grants.change("rounds", made["code"], officer, rules_code=rules))
        refused = grants.act("rounds", "announce", made["code"], officer)
        assert (refused.status_code, wrong(refused)) == (409, {("/rules_code", "rules_not_frozen")})
    with pytest.raises(Exception, match="announced under frozen rules"):
        grants.sql(f"UPDATE grants.round SET announced_at = platform.now() WHERE id = '{made['id']}'")
    done(grants.act("rule_versions", "freeze", draft, officer))
    tool = Caller("grant_officer")
    assert grants.act("rounds", "announce", made["code"], tool).json()["code"] == "person_required"
    shown = done(grants.act("rounds", "announce", made["code"], officer))
    assert shown["state"] == "announced" and shown["announced_at"] is not None
    assert {one["action"]: "closed" in one for one in shown["available_actions"]} == {
        "announce": True,
        "extend": False,
        "publish_form": False,
        "cancel": False,
    }
    entry = grants.sql(
        "SELECT action, person_id::text, from_state, to_state FROM grants.audit_entry "
        f"WHERE resource_id = '{made['id']}' ORDER BY id DESC LIMIT 1"
    )
    assert entry == [("announce", str(officer.person), "draft", "announced")]
    again = grants.act("rounds", "announce", made["code"], officer)
    assert (again.status_code, again.json()["code"]) == (409, "action_not_available")
    past = (grants.now() - timedelta(days=3)).isoformat(), (grants.now() - timedelta(days=1)).isoformat()
    over = grants.made("rounds", officer, **grants.dated(
        edition, number=2, rules_code=draft, opens_at=past[0], closes_at=past[1]))  # fmt: skip
    refused = grants.act("rounds", "announce", over["code"], officer)
    assert wrong(refused) == {("/closes_at", "round_deadline_passed")}


def test_what_goes_together_in_a_round(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    of = grants.programme(officer, SECTION)["code"]
    edition, other = (
        grants.edition(officer, of)["code"],
        grants.edition(officer, of, fiscal_year=2026)["code"],
    )
    first = grants.made("rounds", officer, **grants.dated(edition))
    foreign = grants.rules(officer, other)["code"]
    stranger = grants.made("rounds", officer, **grants.dated(other, projects_from="2026-04-01",
        projects_to="2027-02-28"))["code"]  # fmt: skip
    cases = (
        ({"closes_at": first["opens_at"]}, {("/closes_at", "round_out_of_order")}),
        ({"publish_at": first["opens_at"]}, {("/publish_at", "round_published_before_deadline")}),
        ({"projects_to": "2025-03-31"}, {("/projects_to", "projects_out_of_order")}),
        ({"projects_to": "2026-04-01"}, {("/projects_from", "projects_outside_year")}),
        ({"projects_from": "2025-03-31"}, {("/projects_from", "projects_outside_year")}),
        ({"rules_code": foreign}, {("/rules_code", "rules_of_another_edition")}),
        ({"parent_code": stranger}, {("/parent_code", "parent_of_another_edition")}),
        ({"parent_code": first["code"]}, {("/parent_code", "parent_of_another_edition")}),
        ({"rules_code": "NOWHERE-R1"}, {("/rules_code", "rules_unknown")}),
    )
    for changed, expected in cases:
        assert wrong(grants.change("rounds", first["code"], officer, **changed)) == expected, changed
    child = grants.made("rounds", officer, **grants.dated(
        edition, number=2, parent_code=first["code"], work_from_decision=True))  # fmt: skip
    assert (child["parent_code"], child["work_from_decision"]) == (first["code"], True)
    twice = grants.call("rounds_create", officer, json=grants.dated(edition, number=2))
    assert twice.status_code == 409
    moved = grants.dated(other, code=first["code"], number=7)
    summary = grants.imported("rounds", officer, json.dumps(moved).encode() + b"\n")
    assert {one["code"] for one in summary["problems"]} >= {"round_of_another_edition"}


def test_what_is_announced_stays_and_is_told_to_all_who_may_apply(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    draft = grants.round(officer, SECTION, announced=False)
    edition = draft["edition_code"]
    grants.made(
        "edition_categories", officer, edition_code=edition, code="visits", name_ja="架空", name_en="x"
    )
    unused = grants.rules(officer, edition)["code"]
    lists = (
        ("programmes", "code", {"code": draft["programme_code"]}, draft["programme_code"]),
        ("editions", "code", {"code": edition}, edition),
        ("edition_categories", "code", {"edition_code": edition}, "visits"),
        ("rule_versions", "code", {"edition_code": edition}, draft["rules_code"]),
        ("rounds", "code", {"edition_code": edition}, draft["code"]),
    )
    outsiders = [told(role) for role in TOLD] + [grants.officer("grants-economy")]
    for caller in outsiders:
        assert [grants.codes(plural, caller, **params) for plural, _, params, _ in lists] == [[]] * 5
        assert grants.call("rounds_read", caller, path={"ref": draft["code"]}).status_code == 404
    done(grants.act("rounds", "announce", draft["code"], officer))
    for caller in outsiders[:-1]:
        for plural, _, params, expected in lists:
            assert grants.codes(plural, caller, **params) == [expected], (caller, plural)
        assert "frozen_by" not in done(
            grants.call("rule_versions_read", caller, path={"ref": draft["rules_code"]})
        )
        assert grants.call("rule_versions_read", caller, path={"ref": unused}).status_code == 404
        assert grants.change("rounds", draft["code"], caller, number=3).status_code == 403
    assert grants.codes("rounds", outsiders[-1], edition_code=edition) == []  # of another section
    for changed in (
        {"number": 5}, {"closes_at": "2025-02-01T00:00:00Z"},
        {"rules_code": unused}, {"work_from_decision": True}, {"projects_to": "2026-01-31"},
    ):  # fmt: skip
        refused = grants.change("rounds", draft["code"], officer, **changed)
        assert (refused.status_code, refused.json()["code"]) == (409, "round_announced_stays"), changed
    published = (datetime.fromisoformat(draft["closes_at"]) + timedelta(days=90)).isoformat()
    done(grants.change("rounds", draft["code"], officer, publish_at=published))
    for sets in ("number = 9", "opens_at = opens_at - interval '1 day'", "announced_at = NULL",
                 "closes_at = closes_at - interval '1 second'"):  # fmt: skip
        with pytest.raises(Exception, match="stays as it was announced"):
            grants.sql_as("", f"UPDATE grants.round SET {sets} WHERE id = '{draft['id']}'", SUPERUSER)


def test_a_deadline_is_extended_for_all_with_a_reason_and_a_signature(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    call = grants.round(officer, SECTION)
    closes = datetime.fromisoformat(call["closes_at"])
    reason = "受付システムの停止のため"

    def extend(closes_at: datetime, caller: Caller = officer) -> Any:
        body = {"closes_at": closes_at.isoformat(), "reason": reason}
        return grants.act("rounds", "extend", call["code"], caller, **body)

    assert wrong(extend(closes)) == {("/closes_at", "extension_not_later")}
    made = done(extend(closes + timedelta(days=1)))
    assert (made["round_code"], made["reason"], made["extended_by"]) == (
        call["code"],
        reason,
        str(officer.person),
    )
    assert datetime.fromisoformat(made["closed_at"]) == closes
    grants.advance(33)  # it has closed: the gateway was down in the last hours
    assert done(grants.call("rounds_read", officer, path={"ref": call["code"]}))["state"] == "closed"
    assert wrong(extend(grants.now() - timedelta(minutes=1))) == {("/closes_at", "extension_not_later")}
    published = (grants.now() + timedelta(days=10)).isoformat()
    done(grants.change("rounds", call["code"], officer, publish_at=published))
    assert wrong(extend(grants.now() + timedelta(days=11))) == {("/closes_at", "extension_after_publication")}
    done(extend(grants.now() + timedelta(days=2)))
    assert done(grants.call("rounds_read", officer, path={"ref": call["code"]}))["state"] == "open"
    for caller, shown in ((officer, True), (told("organisation"), False)):
        listed = done(grants.call("round_extensions_list", caller, params={"round_code": call["code"]}))
        assert [one["reason"] for one in listed["items"]] == [reason] * 2
        assert [("extended_by" in one) for one in listed["items"]] == [shown] * 2
    assert grants.codes("round_extensions", grants.officer("grants-economy"), round_code=call["code"]) == []
    draft = grants.made("rounds", officer, **grants.dated(call["edition_code"], number=2))
    body = {"closes_at": (closes + timedelta(days=90)).isoformat(), "reason": reason}
    assert grants.act("rounds", "extend", draft["code"], officer, **body).status_code == 409
    for statement in ("UPDATE grants.round_extension SET reason = 'x'", "DELETE FROM grants.round_extension"):
        with pytest.raises(Exception, match="permission denied"):
            grants.sql_as("", statement)


def test_a_round_is_cancelled_with_a_reason_and_once(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    call = grants.round(officer, SECTION)
    body = {"cancelled_reason": "予算が成立しなかったため"}
    shown = done(grants.act("rounds", "cancel", call["code"], officer, **body))
    assert (shown["state"], shown["cancelled_reason"]) == ("cancelled", body["cancelled_reason"])
    for verb, said in (("cancel", body), ("announce", {}), ("extend", {"closes_at": "2030-01-01T00:00:00Z", "reason": "x"})):  # fmt: skip
        assert grants.act("rounds", verb, call["code"], officer, **said).status_code == 409, verb
    refused = grants.change("rounds", call["code"], officer, publish_at="2030-01-01T00:00:00Z")
    assert refused.json()["code"] == "round_announced_stays"
    # whoever was told of it is told of its end
    assert grants.codes("rounds", told("organisation"), code=call["code"], state="cancelled") == [
        call["code"]
    ]


def test_calls_are_public_without_a_key_as_json_and_as_a_table(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    calls = [grants.round(officer, SECTION, announced=one) for one in (True, True, False)]
    grants.act("rounds", "cancel", calls[1]["code"], officer, cancelled_reason="架空")
    opened, hidden = calls[0]["code"], {calls[1]["code"], calls[2]["code"]}
    listed = done(grants.call("public_rounds_list", None, params={"limit": 500}))["items"]
    by_code = {one["code"]: one for one in listed}
    assert opened in by_code and not hidden & by_code.keys()
    one = by_code[opened]
    assert (one["rate"], one["cap_project"], one["cap_joint"], one["minimum"]) == (
        "1/2",
        3_000_000,
        None,
        500_000,
    )
    assert (one["applicant_kinds"], one["sample"], one["state"]) == (
        ["prefecture", "city"],
        False,
        "announced",
    )
    assert opened in grants.codes("public_rounds", None, applicant_kind="city", state="announced", limit=500)
    assert opened not in grants.codes("public_rounds", None, applicant_kind="npo", limit=500)
    answer = grants.call("public_rounds_list", None, {"Accept": "text/csv", "Accept-Language": "en"})
    assert 'filename="rounds.csv"' in answer.headers["content-disposition"]
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    (line,) = [row for row in table if row["Code"] == opened]
    assert (line["Rate"], line["Who may apply"]) == ("1/2", "prefecture;city")
    grants.advance(1)
    assert opened in grants.codes("public_rounds", None, state="open", limit=500)
    grants.advance(30)
    assert opened not in grants.codes("public_rounds", None, limit=500)


def test_two_who_announce_at_once_announce_once(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    call = grants.round(officer, SECTION, announced=False)

    async def both() -> list[int]:
        sent = [
            grants.served.send("grants_rounds_announce", officer, path={"ref": call["code"]})
            for _ in range(8)
        ]
        return sorted(one.status_code for one in await asyncio.gather(*sent))

    assert grants.served.run(both()) == [201, *[409] * 7]


def test_a_round_is_announced_on_a_line_of_its_section_and_year_or_on_condition(grants: Grants) -> None:
    officer = grants.officer(SECTION, "grants-economy")
    edition = grants.edition(officer, grants.programme(officer, SECTION)["code"])["code"]
    rules = grants.rules(officer, edition)["code"]
    line, next_year, elsewhere = (
        grants.line(officer, SECTION)["code"], grants.line(officer, SECTION, fiscal_year=2026)["code"],
        grants.line(officer, "grants-economy")["code"],
    )  # fmt: skip
    call = grants.made("rounds", officer, **grants.dated(edition, rules_code=rules, budget_conditional=False))["code"]  # fmt: skip
    refused = grants.act("rounds", "announce", call, officer)
    assert (refused.status_code, wrong(refused)) == (409, {("/budget_line_code", "round_without_budget")})
    for named, expected in (
        (next_year, "budget_line_of_another_year"), (elsewhere, "budget_line_of_another_year"),
        ("L-NOWHERE", "budget_line_unknown"),
    ):  # fmt: skip
        refused = grants.change("rounds", call, officer, budget_line_code=named)
        assert wrong(refused) == {("/budget_line_code", expected)}
    done(grants.change("rounds", call, officer, budget_line_code=line))
    done(grants.act("rounds", "announce", call, officer))
    emptied = grants.change("rounds", call, officer, budget_line_code=None)
    assert wrong(emptied) == {("/budget_line_code", "round_without_budget")}
    with pytest.raises(Exception, match="round_on_budget"):
        grants.sql(f"UPDATE grants.round SET budget_line_id = NULL WHERE code = '{call}'")


def test_a_decided_round_stays_on_its_line_and_is_published_at_its_instant(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    line, other = (grants.line(officer, SECTION)["code"] for _ in range(2))
    shown = grants.round(officer, SECTION, budget_line_code=line)
    call = shown["code"]

    def published(**ahead: int) -> Any:
        moment = (grants.now() + timedelta(**ahead)).isoformat()
        return grants.change("rounds", call, officer, publish_at=moment)

    def now() -> tuple[Any, ...]:
        seen = [done(grants.call("rounds_read", one, path={"ref": call})) for one in (officer, told("organisation"))]  # fmt: skip
        assert seen[0]["budget_line_code"] == line and "decided_at" in seen[0]
        assert not {"budget_line_code", "decided_at"} & seen[1].keys()
        return seen[0]["state"], seen[1]["state"]

    grants.advance(32)
    done(published(days=10))
    assert now() == ("closed", "closed")
    grants.sql(
        f"UPDATE grants.round SET decided_at = platform.now(), decided_by = '{officer.person}' WHERE code = '{call}'"
    )
    assert now() == ("decided", "decided")
    assert grants.codes("rounds", officer, edition_code=shown["edition_code"], state="decided") == [call]
    later = (grants.now() + timedelta(days=3)).isoformat()
    for verb, body in (
        ("extend", {"closes_at": later, "reason": "x"}),
        ("cancel", {"cancelled_reason": "x"}),
    ):
        closed = grants.act("rounds", verb, call, officer, **body)
        assert (closed.status_code, closed.json()["code"]) == (409, "action_not_available"), verb
    moved = grants.change("rounds", call, officer, budget_line_code=other)
    assert wrong(moved) == {("/budget_line_code", "round_line_stays")}
    stays = {("/publish_at", "round_publication_stays")}
    assert wrong(grants.change("rounds", call, officer, publish_at=shown["closes_at"])) == stays  # past
    assert wrong(grants.change("rounds", call, officer, publish_at=None)) == stays
    done(published(days=12))
    done(published(days=2))
    grants.advance(2)
    assert now() == ("published", "published")
    assert wrong(published(days=1)) == stays
    for sets, rule in (("publish_at = platform.now() + interval '1 day'", "stays as it was"),
                       ("decided_at = NULL, decided_by = NULL", "stays as it was")):  # fmt: skip
        with pytest.raises(Exception, match=rule):
            grants.sql(f"UPDATE grants.round SET {sets} WHERE code = '{call}'")
