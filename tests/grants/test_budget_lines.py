"""Budget lines through the service's door: planned, decided by the Board, moved between lines of one section and year."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.grants.ledger import service as ledger
from services.grants.ledger.domain import CapKey
from services.grants.money import replay
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.errors import Refused
from services.kit.ids import PersonId, uuid7
from tests.grants.budgeting import applications, round_of
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


class Selected:
    """Ranked applications of one city in a decided round on a line, with the amounts of their entries."""

    def __init__(self, grants: Grants, officer: Caller, ref: str, amounts: Sequence[int]) -> None:
        self.grants, self.officer, self.ref = grants, officer, ref
        section, year = grants.sql(
            f"SELECT section, fiscal_year FROM grants.budget_line WHERE code = '{ref}'"
        )[0]
        self.edition = grants.edition(officer, grants.programme(officer, section)["code"], fiscal_year=year)
        caps = [{"kinds": ["city"], "yen": 10_000_000}]
        self.rules = grants.rules(officer, self.edition["code"], cap_organisation=caps)
        self.holders = [uuid7() for _ in amounts]
        self.round = self.holders[0]
        grants.sql(round_of(UUID(self.edition["id"]), self.round))
        for statement in (
            *applications(self.round, self.holders, state="'ranked'", rank="v.n", accepted_on="'2024-02-01'").split(";\n"),
            "UPDATE grants.round SET decided_at = platform.now(), publish_at = platform.now() + interval '1 day', "
            f"decided_by = '{officer.person}', rule_version_id = '{self.rules['id']}', "
            f"budget_line_id = (SELECT id FROM grants.budget_line WHERE code = '{ref}') WHERE id = '{self.round}'",
            f"INSERT INTO grants.selection (id, round_id, section, drawn_up_by) SELECT id, id, section, "
            f"'{grants.officer(section).person}' FROM grants.round WHERE id = '{self.round}'",
            *(self._entry(*one) for one in zip(self.holders, amounts, strict=True)),
            f"UPDATE grants.selection SET decided_at = platform.now(), decided_by = '{officer.person}' "
            f"WHERE id = '{self.round}'",
        ):  # fmt: skip
            grants.sql(statement)
        self.cap = CapKey(UUID(self.edition["id"]), "organisation", grants.sql(
            "SELECT id FROM directory.organisation WHERE code = 'HOLDER'")[0][0])  # fmt: skip

    def _entry(self, holder: UUID, yen: int) -> str:
        trace = [{"step": "granted", "operation": "at_least", "given": [["floored", yen], ["minimum", 500_000]],
                  "result": yen, "ja": "x", "en": "x"}]  # fmt: skip
        return (
            "INSERT INTO grants.selection_entry (selection_id, round_id, application_id, standing, computed_yen, amount_yen, "
            f"trace, verdict) VALUES ('{self.round}', '{self.round}', '{holder}', 'selected', {yen}, {yen}, "
            f"'{json.dumps(trace)}', '{{}}')"
        )

    def recut(self, total: int, method: str = "pro_rata", by: Caller | None = None, **given: Any) -> Any:
        body = {"total_yen": total, "method": method} | given
        return self.grants.act("budget_lines", "recut", self.ref, by or self.officer, **body)

    def entries(self) -> list[tuple[str, int]]:
        """Standing and amount by rank; each trace ends at its amount."""
        found = self.grants.sql(
            "SELECT e.standing, e.amount_yen, e.trace FROM grants.selection_entry AS e JOIN grants.application AS a "
            f"ON a.id = e.application_id WHERE e.round_id = '{self.round}' ORDER BY a.rank"
        )
        assert [replay(json.loads(trace)) for _, _, trace in found] == [yen for _, yen, _ in found]
        return [(standing, yen) for standing, yen, _ in found]

    def taken(self) -> int:
        cap = f"SELECT taken_yen FROM grants.budget_cap WHERE edition_id = '{self.cap.edition}'"
        return int(self.grants.sql(cap)[0][0])

    def told(self) -> list[Any]:
        """Of whom an event went out."""
        named = ", ".join(f"'{one}'" for one in self.holders)
        found = self.grants.sql(
            f"SELECT resource_id FROM grants.outbox WHERE resource_id IN ({named}) ORDER BY id"
        )
        return [one for (one,) in found]


def test_a_line_is_planned_reserved_against_cut_and_decided(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE)
    made = line(grants, officer)
    ref, identity = made["code"], UUID(made["id"])
    assert stands(grants, officer, ref) == ("planned", 0, None, 0, 0, 0, 0)
    assert open_to(grants, officer, ref) == {"plan", "recut", "appropriate"}
    done(grants.act("budget_lines", "plan", ref, officer, planned_yen=10_000_000))
    one, two = Selected(grants, officer, ref, (6_000_000, 4_000_000)).holders
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

    assert open_to(grants, officer, ref) == {"recut", "appropriate", "transfer"}
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


AMOUNTS = (4_999_000, 3_000_000, 1_501_000, 500_000)


def selected(grants: Grants, officer: Caller) -> Selected:
    """In winter, against a line that is planned to have 10,000,000 yen, all of which is reserved and taken of a cap."""
    made = line(grants, officer)
    done(grants.act("budget_lines", "plan", made["code"], officer, planned_yen=10_000_000))
    of = Selected(grants, officer, made["code"], AMOUNTS)
    for holder, yen in zip(of.holders, AMOUNTS, strict=True):
        moved(grants, officer, ledger.reserve, UUID(made["id"]), holder, yen)
        moved(grants, officer, ledger.take_cap, of.cap, 10_000_000, yen)
    return of


def parted_from(grants: Grants, of: Selected) -> Caller:
    """An officer of the section, seconded by who applied."""
    parted = grants.officer(EXCHANGE)
    grants.sql(
        "INSERT INTO directory.secondment (person_id, home_id, valid_from) "
        f"VALUES ('{parted.person}', '{of.cap.holder}', '2024-04-01')"
    )
    return parted


def test_the_board_cuts_a_line_and_all_that_stands_on_it_follows(grants: Grants) -> None:
    """It gives nine tenths in March: the last would fall below the minimum and waits, what it frees is the others'."""
    officer = grants.officer(EXCHANGE)
    of = selected(grants, officer)
    cut = [
        (1, 4_999_000, 4_736_000, "selected"), (2, 3_000_000, 2_842_000, "selected"),
        (3, 1_501_000, 1_422_000, "selected"), (4, 500_000, 0, "waitlisted"),
    ]  # fmt: skip
    tried = done(of.recut(9_000_000, dry_run=True))["items"]
    assert [tuple(one.values())[1:] for one in tried] == cut
    assert [one["application_id"] for one in tried] == [str(one) for one in of.holders]
    assert stands(grants, officer, of.ref)[4:] == (0, 10_000_000, 0)
    assert of.entries() == [("selected", yen) for yen in AMOUNTS]
    assert done(of.recut(9_000_000))["items"] == tried
    assert stands(grants, officer, of.ref)[4:] == (1_000_000, 9_000_000, 0)
    assert of.entries() == [
        ("selected", 4_736_000), ("selected", 2_842_000), ("selected", 1_422_000), ("waitlisted", 500_000),
    ]  # fmt: skip
    assert (of.taken(), of.told()) == (9_000_000, [])  # results are not public yet
    audit = grants.sql(
        "SELECT from_state, to_state, after ->> 'before_yen', after ->> 'amount_yen', person_id FROM grants.audit_entry "
        "WHERE resource = 'selection-entries' AND action = 'recut' ORDER BY id"
    )
    assert {tuple(row) for row in audit} == {
        ("selected", after, str(before), str(yen), officer.person) for _, before, yen, after in cut
    }
    assert [one["after"] for one in done(of.recut(9_000_000))["items"]] == [4_736_000, 2_842_000, 1_422_000]
    assert [one["after"] for one in done(of.recut(8_000_000))["items"]] == [4_210_000, 2_526_000, 1_264_000]
    assert of.entries()[0] == ("selected", 4_210_000)
    given = {"appropriated_yen": 8_000_000, "appropriated_on": TODAY}
    done(grants.act("budget_lines", "appropriate", of.ref, officer, **given))


def test_the_last_by_rank_wait_and_a_second_call_has_what_is_left(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE)
    of = selected(grants, officer)
    grants.advance(1)  # results are public
    standings = ["selected", "selected", "waitlisted", "waitlisted"]
    assert [one["standing"] for one in done(of.recut(9_200_000, "tail"))["items"]] == standings
    assert of.entries() == list(zip(standings, AMOUNTS, strict=True))
    assert (of.taken(), of.told()) == (7_999_000, of.holders[2:])
    given = {"appropriated_yen": 9_200_000, "appropriated_on": TODAY}
    done(grants.act("budget_lines", "appropriate", of.ref, officer, **given))
    assert stands(grants, officer, of.ref)[2:] == (9_200_000, 9_200_000, 1_201_000, 7_999_000, 0)
    identity = UUID(done(grants.call("budget_lines_read", officer, path={"ref": of.ref}))["id"])
    moved(grants, officer, ledger.commit, identity, of.holders[0], 4_999_000)
    short = of.recut(4_000_000, "tail")
    assert (short.status_code, short.json()["code"]) == (409, "recut_below_committed")
    assert "4,999,000" in short.json()["detail"] and "4,000,000" in short.json()["detail"]

    opened, call = grants.sql(f"SELECT code FROM grants.round WHERE id = '{of.round}'")[0][0], code("R")
    child = grants.made("rounds", officer, **grants.dated(
        of.edition["code"], code=call, number=2, parent_code=opened, budget_line_code=of.ref,
        rules_code=of.rules["code"], projects_from="2024-10-01", projects_to="2025-02-28"))  # fmt: skip
    assert (child["parent_code"], child["budget_line_code"]) == (opened, of.ref)
    later = uuid7()
    for statement in applications(UUID(child["id"]), [later]).split(";\n"):
        grants.sql(statement)
    with pytest.raises(Refused, match="budget_insufficient"):
        moved(grants, officer, ledger.reserve, identity, later, 1_201_001)
    moved(grants, officer, ledger.reserve, identity, later, 1_201_000)
    assert stands(grants, officer, of.ref)[4] == 0


def test_who_is_in_conflict_sees_how_a_line_stands_and_nothing_of_what_is_held(grants: Grants) -> None:
    officer = grants.officer(EXCHANGE)
    of = selected(grants, officer)
    parted = parted_from(grants, of)
    for trial in (True, False):
        refused = of.recut(9_000_000, by=parted, dry_run=trial)
        assert (refused.status_code, refused.json()["code"]) == (409, "recut_by_another")
    assert stands(grants, parted, of.ref) == stands(grants, officer, of.ref)
    params = {"line_code": of.ref, "include": "total", "limit": 500}
    seen = done(grants.call("ledger_entries_list", parted, params=params))
    assert (seen["total"], [one["posting_kind"] for one in seen["items"]]) == (2, ["plan"] * 2)
    table = grants.call("ledger_entries_list", parted, {"Accept": "text/csv"}, params={"line_code": of.ref})
    assert table.text.count(of.ref) == 2
    whole = done(grants.call("ledger_entries_list", officer, params=params))
    assert whole["total"] == 2 + 2 * len(AMOUNTS)
    hidden = next(one["id"] for one in whole["items"] if one["posting_kind"] == "reserve")
    assert grants.call("ledger_entries_read", parted, path={"ref": hidden}).status_code == 404


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
        ("recut", {"total_yen": 1, "method": "tail"}),
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
