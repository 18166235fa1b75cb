"""Budget lines through the service's door: planned, decided by the Board, moved between lines of one section and year."""

import json
from typing import Any
from uuid import UUID

from services.grants.ledger import service as ledger
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import PersonId, uuid7
from tests.support.grants import Grants, code, done, wrong
from tests.support.serving import Caller

EXCHANGE, ECONOMY = "grants-exchange", "grants-economy"
TODAY, TOMORROW = "2024-07-08", "2024-07-09"


def line(grants: Grants, officer: Caller, section: str = EXCHANGE, **given: Any) -> dict[str, Any]:
    body = {
        "code": code("L"), "fiscal_year": 2024, "section": section, "name_ja": "国際交流支援", "name_en": "Exchange",
    }  # fmt: skip
    return grants.made("budget_lines", officer, **body | given)


def decided(grants: Grants, officer: Caller, yen: int, **given: Any) -> str:
    made: str = line(grants, officer, **given)["code"]
    done(
        grants.act("budget_lines", "appropriate", made, officer, appropriated_yen=yen, appropriated_on=TODAY)
    )
    return made


def moved(grants: Grants, officer: Caller, act: Any, *given: Any) -> Any:
    """In a transaction of the service, as a slice that decides does it."""
    principal = Principal("desk", PersonId(officer.person or uuid7()), "grant_officer", None, frozenset())

    async def move() -> Any:
        database = grants.served.app.state.service.database
        async with database.writing(Scope(principal, "own", "request")) as session:
            return await act(session, *given)

    return grants.served.run(move())


def stands(grants: Grants, officer: Caller, ref: str) -> tuple[Any, ...]:
    found = done(grants.call("budget_lines_read", officer, path={"ref": ref}))
    names = (
        "state",
        "planned_yen",
        "appropriated_yen",
        "budget_yen",
        "available_yen",
        "reserved_yen",
        "committed_yen",
    )
    return tuple(found[name] for name in names)


def open_to(grants: Grants, officer: Caller, ref: str) -> set[str]:
    found = done(grants.call("budget_lines_read", officer, path={"ref": ref}))
    return {one["action"] for one in found["available_actions"] if "closed" not in one}


def test_a_line_is_planned_reserved_against_cut_and_decided(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE)
    made = line(grants, officer)
    ref, identity = made["code"], UUID(made["id"])
    assert stands(grants, officer, ref) == ("planned", 0, None, 0, 0, 0, 0)
    assert open_to(grants, officer, ref) == {"plan", "appropriate"}
    done(grants.act("budget_lines", "plan", ref, officer, planned_yen=10_000_000))
    one, two = uuid7(), uuid7()
    for holder, yen in ((one, 6_000_000), (two, 4_000_000)):
        moved(grants, officer, ledger.reserve, identity, holder, yen)
    assert stands(grants, officer, ref) == ("planned", 10_000_000, None, 10_000_000, 0, 10_000_000, 0)

    given = {"appropriated_yen": 9_000_000, "appropriated_on": TODAY}
    short = grants.call(
        "budget_lines_appropriate", officer, {"Accept-Language": "ja"}, path={"ref": ref}, json=given
    )
    assert (short.status_code, short.json()["code"]) == (409, "budget_recut_needed")
    assert "10,000,000円に対し、予算額は9,000,000円" in short.json()["detail"]
    moved(grants, officer, ledger.recut, identity, [two, one], 9_000_000, 1000)
    later = grants.act("budget_lines", "appropriate", ref, officer, **given | {"appropriated_on": TOMORROW})
    assert (later.status_code, later.json()["code"]) == (422, "board_decision_ahead")
    done(grants.act("budget_lines", "appropriate", ref, officer, **given))
    assert stands(grants, officer, ref) == ("appropriated", 10_000_000, 9_000_000, 9_000_000, 0, 9_000_000, 0)
    moved(grants, officer, ledger.commit, identity, one, 5_400_000)
    assert stands(grants, officer, ref)[4:] == (0, 3_600_000, 5_400_000)

    assert open_to(grants, officer, ref) == {"appropriate", "transfer"}
    closed = grants.act("budget_lines", "plan", ref, officer, planned_yen=1)
    assert (closed.status_code, closed.json()["code"]) == (409, "action_not_available")
    told = grants.sql(
        "SELECT action, from_state, to_state, person_id FROM grants.audit_entry "
        f"WHERE resource_id = '{identity}' AND action IN ('plan', 'appropriate') ORDER BY id"
    )
    assert [tuple(row) for row in told] == [
        ("plan", "planned", "planned", officer.person),
        ("appropriate", "planned", "appropriated", officer.person),
    ]


def test_money_moves_between_decided_lines_of_one_section_and_year(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE, ECONOMY)
    giving, taking = decided(grants, officer, 1_000_000), decided(grants, officer, 200_000)

    def transfer(to: str, yen: int, ref: str = giving) -> Any:
        body = {"to_code": to, "transferred_yen": yen, "posting_reason": "不足のため"}
        return grants.act("budget_lines", "transfer", ref, officer, **body)

    done(transfer(taking, 300_000))
    assert stands(grants, officer, giving)[2:5] == (1_000_000, 700_000, 700_000)
    assert stands(grants, officer, taking)[2:5] == (200_000, 500_000, 500_000)
    short = transfer(taking, 700_001)
    assert (short.status_code, short.json()["code"]) == (409, "budget_insufficient")
    assert "700,000" in short.json()["detail"]
    elsewhere = (
        decided(grants, officer, 1, section=ECONOMY), decided(grants, officer, 1, fiscal_year=2023),
        line(grants, officer)["code"], giving,
    )  # fmt: skip
    for other in elsewhere:
        refused = transfer(other, 1)
        assert (refused.status_code, refused.json()["code"]) == (409, "transfer_outside_section"), other
    assert transfer(taking, 1, line(grants, officer)["code"]).json()["code"] == "action_not_available"
    assert wrong(transfer("L-NOWHERE", 1)) == {("/to_code", "budget_line_unknown")}
    # the Board decides again: what was transferred stays where it went
    done(
        grants.act(
            "budget_lines", "appropriate", giving, officer, appropriated_yen=900_000, appropriated_on=TODAY
        )
    )
    assert stands(grants, officer, giving)[2:5] == (900_000, 600_000, 600_000)
    less = grants.act(
        "budget_lines", "appropriate", giving, officer, appropriated_yen=299_999, appropriated_on=TODAY
    )
    assert less.json()["code"] == "budget_recut_needed"


def test_entries_tell_who_moved_what_and_sum_to_zero(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE)
    giving, taking = decided(grants, officer, 1_000), decided(grants, officer, 1_000)
    body = {"to_code": taking, "transferred_yen": 400, "posting_reason": "不足のため"}
    done(grants.act("budget_lines", "transfer", giving, officer, **body))

    def entries(**params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = done(grants.call("ledger_entries_list", officer, params=params))[
            "items"
        ]
        return items

    of_line = entries(line_code=giving)
    assert sorted((one["posting_kind"], one["account"], one["entry_yen"]) for one in of_line) == [
        ("appropriate", "available", 1_000), ("appropriate", "source", -1_000),
        ("transfer", "available", -400), ("transfer", "source", 400),
    ]  # fmt: skip
    assert {one["posted_by"] for one in of_line} == {str(officer.person)}
    (one,) = entries(line_code=giving, account="available", posting_kind="transfer")
    assert (one["other_line_code"], one["posting_reason"]) == (taking, "不足のため")
    assert sum(each["entry_yen"] for each in entries(posting_id=one["posting_id"])) == 0
    assert done(grants.call("ledger_entries_read", officer, path={"ref": one["id"]}))["entry_yen"] == -400


def test_of_another_section_there_is_no_line_and_no_tool_moves_money(grants: Grants) -> None:
    officer, other = grants.officer(EXCHANGE), grants.officer(ECONOMY)
    ref = decided(grants, officer, 1_000)
    assert grants.call("budget_lines_read", other, path={"ref": ref}).status_code == 404
    assert grants.codes("budget_lines", other, code=ref) == []
    assert grants.codes("ledger_entries", other, "line_code", line_code=ref) == []
    for verb, body in (
        ("plan", {"planned_yen": 1}),
        ("appropriate", {"appropriated_yen": 1, "appropriated_on": TODAY}),
        ("transfer", {"to_code": ref, "transferred_yen": 1, "posting_reason": "x"}),
    ):
        assert grants.act("budget_lines", verb, ref, other, **body).status_code == 404
        tool = grants.act("budget_lines", verb, ref, Caller("grant_officer"), **body)
        assert (tool.status_code, tool.json()["code"]) == (403, "person_required")
    mine = decided(grants, other, 1_000, section=ECONOMY)
    body = {"to_code": ref, "transferred_yen": 1, "posting_reason": "x"}
    assert wrong(grants.act("budget_lines", "transfer", mine, other, **body)) == {
        ("/to_code", "budget_line_unknown")
    }
    taken = {"code": code("L"), "fiscal_year": 2024, "section": EXCHANGE, "name_ja": "x", "name_en": "x"}
    assert wrong(grants.call("budget_lines_create", other, json=taken)) == {
        ("/section", "budget_section_not_yours")
    }
    assert grants.call("budget_lines_list", Caller("coordinator")).status_code == 403


def test_lines_are_loaded_from_a_list_and_the_same_list_changes_nothing(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE)
    rows: list[dict[str, Any]] = [
        {"code": code("L"), "fiscal_year": 2025, "section": EXCHANGE, "name_ja": name, "name_en": "x"}
        for name in ("交流", "協力")
    ]
    sent = "\n".join(json.dumps(row) for row in rows).encode()
    for told in ("created", "unchanged"):
        summary = grants.imported("budget-lines", officer, sent)
        assert (summary["problems"], summary[told]) == ([], 2)
    done(grants.act("budget_lines", "plan", rows[0]["code"], officer, planned_yen=500))
    renamed = grants.change("budget_lines", str(rows[0]["code"]), officer, name_ja="国際交流")
    assert (done(renamed)["name_ja"], renamed.json()["budget_yen"]) == ("国際交流", 500)
    moved_away = grants.change("budget_lines", str(rows[0]["code"]), officer, fiscal_year=2026)
    assert wrong(moved_away) == {("/fiscal_year", "fixed_by_identity")}
