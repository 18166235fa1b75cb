"""Programmes, their editions, categories and rules: whose they are, what is refused, and what stays."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from services.kit.http.negotiate import XLSX
from services.postgres import SUPERUSER
from tests.support.grants import RULES, Grants, code, done, wrong
from tests.support.serving import Caller

ECONOMY, EXCHANGE = "grants-economy", "grants-exchange"


def test_officers_have_the_programmes_of_their_sections_alone(grants: Grants) -> None:
    one, two, both = grants.officer(ECONOMY), grants.officer(EXCHANGE), grants.officer(ECONOMY, EXCHANGE)
    theirs = grants.programme(one, ECONOMY)
    edition = grants.edition(one, theirs["code"])["code"]
    rules = grants.rules(one, edition)
    grants.made("edition_categories", one, edition_code=edition, code="inbound", name_ja="架空", name_en="x")
    grants.made("rounds", one, **grants.dated(edition))
    for officer, seen in ((one, 1), (two, 0), (both, 1)):
        assert len(grants.codes("programmes", officer, code=theirs["code"])) == seen
        for plural in ("edition_categories", "rule_versions", "rounds"):
            assert len(grants.codes(plural, officer, edition_code=edition)) == seen, plural
    path = {"ref": theirs["code"]}
    assert grants.call("programmes_read", two, path=path).status_code == 404
    assert grants.change("programmes", theirs["code"], two, name_en="y").status_code == 404
    assert grants.act("rule_versions", "freeze", rules["code"], two).status_code == 404
    stolen = grants.call("programmes_create", two, json={**_body(theirs), "code": code("P")})
    assert wrong(stolen) == {("/section", "section_not_yours")}
    into = {
        "code": code("E"),
        "programme_code": theirs["code"],
        "fiscal_year": 2026,
        "name_ja": "x",
        "name_en": "x",
    }
    assert wrong(grants.call("editions_create", two, json=into)) == {("/programme_code", "programme_unknown")}


def _body(programme: dict[str, Any]) -> dict[str, Any]:
    return {name: programme[name] for name in ("code", "section", "kind", "name_ja", "name_en")}


def test_a_post_that_ends_at_midnight_ends_here_too(grants: Grants) -> None:
    officer = grants.officer(ECONOMY, until="platform.today()")
    mine = grants.programme(officer, ECONOMY)["code"]
    assert grants.codes("programmes", officer, code=mine) == [mine]
    grants.advance(1)
    assert grants.codes("programmes", officer, code=mine) == []
    refused = grants.call("programmes_create", officer, json=_body({**_EXAMPLE, "section": ECONOMY}))
    assert wrong(refused) == {("/section", "section_not_yours")}


_EXAMPLE = {"code": "P-LATE", "kind": "organisation", "name_ja": "架空", "name_en": "x"}


def test_nobody_else_at_clair_has_a_part_in_it_and_a_tool_by_itself_has_no_section(grants: Grants) -> None:
    officer = grants.officer(ECONOMY)
    mine = grants.programme(officer, ECONOMY)["code"]
    for role in ("coordinator", "registrar", "auditor", "business", "ministry"):
        assert grants.call("programmes_list", Caller(role, person=officer.person)).status_code == 403
    assert grants.codes("programmes", Caller("grant_officer"), code=mine) == []
    assert grants.codes("programmes", Caller("service"), code=mine) == [mine]


def test_a_programme_moves_to_another_section_with_all_that_is_its_own(grants: Grants) -> None:
    one, two, both = grants.officer(ECONOMY), grants.officer(EXCHANGE), grants.officer(ECONOMY, EXCHANGE)
    call = grants.round(one, ECONOMY)
    of = call["programme_code"]
    assert wrong(grants.change("programmes", of, one, section=EXCHANGE)) == {
        ("/section", "section_not_yours")
    }
    done(grants.change("programmes", of, both, section=EXCHANGE))
    for plural, params in (
        ("programmes", {"code": of}),
        ("editions", {"programme_code": of}),
        ("rule_versions", {"edition_code": call["edition_code"]}),
        ("rounds", {"programme_code": of}),
    ):
        assert (len(grants.codes(plural, one, **params)), len(grants.codes(plural, two, **params))) == (0, 1)


def test_a_retired_programme_has_no_edition_of_a_later_year(grants: Grants) -> None:
    officer = grants.officer(ECONOMY)
    of = grants.programme(officer, ECONOMY, retired_on="2026-03-31")["code"]
    last = grants.edition(officer, of, fiscal_year=2025)
    body = {
        "code": code("E"), "programme_code": of, "fiscal_year": 2026, "name_ja": "架空", "name_en": "x",
    }  # fmt: skip
    refused = grants.call("editions_create", officer, json=body)
    assert wrong(refused) == {("/programme_code", "programme_retired")}
    done(grants.change("programmes", of, officer, retired_on="2026-04-01"))
    refused = grants.call("editions_create", officer, json=body)
    assert wrong(refused) == {("/programme_code", "programme_retired")}
    # its own year's edition goes on, after it has ended as well
    done(grants.change("programmes", of, officer, retired_on="2020-03-31"))
    assert done(grants.change("editions", last["code"], officer, name_ja="別名"))["name_ja"] == "別名"
    done(grants.change("programmes", of, officer, retired_on="2026-04-02"))
    assert grants.call("editions_create", officer, json=body).status_code == 201
    other = body | {"fiscal_year": 2027, "code": last["code"]}
    done(grants.change("programmes", of, officer, retired_on=None))
    assert wrong(grants.call("editions_create", officer, json=other)) == {("/code", "code_taken")}
    done(grants.change("programmes", of, officer, retired_on="2028-04-01"))
    with pytest.raises(Exception, match="the programme has ended"):
        grants.sql(
            "INSERT INTO grants.edition "
            "(code, programme_id, section, fiscal_year, name_ja, name_en) SELECT 'LATE', id, section, 2028, 'x', 'x' "
            f"FROM grants.programme WHERE code = '{of}'"
        )


def test_versions_of_rules_are_numbered_and_a_frozen_one_never_changes(grants: Grants) -> None:
    officer = grants.officer(ECONOMY)
    edition = grants.edition(officer, grants.programme(officer, ECONOMY)["code"])["code"]
    first = grants.rules(officer, edition, frozen=False)
    assert (first["number"], first["code"], first["state"], first["sample"]) == (
        1,
        f"{edition}-R1",
        "draft",
        False,
    )
    assert first["rules"]["order"] == "cap_then_floor" and first["rules"]["rate"] == RULES["rate"]
    # a patch names what changes, also within the document
    patched = done(grants.change("rule_versions", first["code"], officer, rules={"minimum": None, "unit": 1}))
    assert patched["rules"] == first["rules"] | {"minimum": None, "unit": 1}
    frozen = done(grants.act("rule_versions", "freeze", first["code"], officer))
    assert (frozen["state"], frozen["frozen_by"]) == ("frozen", str(officer.person))
    refused = grants.change("rule_versions", first["code"], officer, rules={"unit": 100})
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_frozen")
    done(grants.change("rule_versions", first["code"], officer))  # nothing is changed
    assert grants.act("rule_versions", "freeze", first["code"], officer).status_code == 409
    told = grants.sql(
        "SELECT action, person_id::text, from_state, to_state FROM grants.audit_entry "
        f"WHERE resource_id = '{first['id']}' ORDER BY id DESC LIMIT 1"
    )
    assert told == [("freeze", str(officer.person), "draft", "frozen")]
    for statement in (
        "UPDATE grants.rule_version SET rules = '{}'",
        "UPDATE grants.rule_version SET frozen_at = NULL, frozen_by = NULL",
        "DELETE FROM grants.rule_version",
    ):
        with pytest.raises(Exception, match="a frozen version of rules does not change"):
            grants.sql_as("", f"{statement} WHERE code = '{first['code']}'", SUPERUSER)
    assert grants.rules(officer, edition)["number"] == 2


def test_versions_that_are_made_at_once_have_numbers_of_their_own(grants: Grants) -> None:
    officer = grants.officer(ECONOMY)
    edition = grants.edition(officer, grants.programme(officer, ECONOMY)["code"])["code"]
    body = {"edition_code": edition, "rules": RULES}

    async def at_once() -> list[httpx.Response]:
        sent = (grants.served.send("grants_rule_versions_create", officer, json=body) for _ in range(8))
        return list(await asyncio.gather(*sent))

    made = [done(answer)["number"] for answer in grants.served.run(at_once())]
    assert sorted(made) == list(range(1, 9))


def test_a_document_of_rules_says_at_which_place_it_is_wrong(grants: Grants) -> None:
    officer = grants.officer(ECONOMY)
    edition = grants.edition(officer, grants.programme(officer, ECONOMY)["code"])["code"]
    line = {"code": "travel", "ja": "旅費", "en": "Travel"}
    cases: tuple[tuple[dict[str, Any], set[str]], ...] = (
        ({"rate": {"numerator": 3, "denominator": 2}}, {"/rules/rate/numerator"}),
        ({"rate": {"numerator": 0.5, "denominator": 1}}, {"/rules/rate/numerator"}),
        ({"rate": {"numerator": 1, "denominator": 0}}, {"/rules/rate/denominator"}),
        ({"minimum": 4_000_000}, {"/rules/minimum"}),
        ({"unit": 7}, {"/rules/unit"}),
        ({"cost_categories": [line, line]}, {"/rules/cost_categories/1/code"}),
        ({"cap_organisation": [{"kinds": ["city"], "yen": 1}, {"kinds": ["city"], "yen": 2}]},
         {"/rules/cap_organisation/1/kinds"}),
        ({"tax": [{"kinds": ["village"], "tax": "excluded"}]}, {"/rules/tax/0/kinds"}),
        ({"cap_joint": 5, "applicants": {"kinds": ["city"]}}, {"/rules/cap_joint"}),
        ({"applicants": {"kinds": []}}, {"/rules/applicants/kinds"}),
        ({"anything": 1}, {"/rules/anything"}),
    )  # fmt: skip
    for given, places in cases:
        answer = grants.call(
            "rule_versions_create", officer, json={"edition_code": edition, "rules": RULES | given}
        )
        assert answer.status_code == 422, (given, answer.text)
        assert {pointer for pointer, _ in wrong(answer)} == places, given


@pytest.mark.parametrize("media", ["text/csv", XLSX, "application/x-ndjson"])
def test_lists_come_back_as_they_went_out(grants: Grants, media: str) -> None:
    officer = grants.officer("grants-returned")
    for number in (1, 2):
        call = grants.round(officer, "grants-returned", announced=number == 1, work_from_decision=True)
        grants.made(
            "edition_categories", officer, edition_code=call["edition_code"], code="inbound",
            name_ja="インバウンド", name_en="Visits",
        )  # fmt: skip
    for kind in ("programmes", "editions", "edition-categories", "rounds"):
        listed = grants.call(f"{kind.replace('-', '_')}_list", officer, {"Accept": media})
        assert listed.status_code == 200, listed.text
        summary = grants.imported(kind, officer, listed.content, media)
        assert (summary["created"], summary["changed"], summary["refused"]) == (0, 0, 0), summary["problems"]
        assert summary["rows"] >= 2 and summary["problems"] == []


def test_what_is_new_in_a_file_is_made_and_what_is_wrong_in_it_is_told(grants: Grants) -> None:
    officer = grants.officer(ECONOMY)
    given = [
        {"code": code("P"), "section": section, "kind": "individual", "name_ja": "架空", "name_en": "x"}
        for section in (ECONOMY, EXCHANGE)
    ]
    lines = [json.dumps(row).encode() + b"\n" for row in given]
    assert grants.imported("programmes", officer, lines[0])["created"] == 1
    (problem,) = grants.imported("programmes", officer, b"".join(lines))["problems"]
    assert (problem["row"], problem["field"], problem["code"]) == (2, "section", "section_not_yours")
    # rules are a document of nested parts: they are written one by one
    answer = grants.call(
        "imports_create",
        officer,
        {"Content-Type": "text/csv"},
        content=b"x",
        params={"kind": "rule-versions"},
    )
    assert answer.status_code in (400, 404)


def test_a_list_of_rules_is_a_file_too(grants: Grants) -> None:
    officer = grants.officer("grants-filed")
    edition = grants.edition(officer, grants.programme(officer, "grants-filed")["code"])["code"]
    made = grants.rules(officer, edition)
    said = grants.call("rule_versions_list", officer, {"Accept": "application/x-ndjson"}).text
    assert json.loads(said)["rules"] == made["rules"]
    table = grants.call("rule_versions_list", officer, {"Accept": "text/csv"}).text
    assert '""numerator"":1' in table
