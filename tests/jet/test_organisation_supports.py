"""Supports of organisations: one line each, in the fiscal year of its day, with the prefecture that it went to."""

from typing import Any
from uuid import uuid4

from tests.jet.offering import made
from tests.jet.playing import change, codes, done
from tests.support.jet import Jet
from tests.support.serving import Caller


def organisation(jet: Jet, code: str, name: str = "架空県", kind: str = "prefecture") -> str:
    jet.sql(
        "INSERT INTO directory.organisation (id, code, name, kind, search_key) "
        f"VALUES ('{uuid4()}', '{code}', '{name}', '{kind}', '') ON CONFLICT DO NOTHING"
    )
    return code


def support(jet: Jet, code: str, day: str = "2024-05-10", **given: Any) -> Any:
    body = {"organisation_code": code, "kind": "briefing_material", "supported_on": day}
    return made(jet, "organisation_supports", **body | given)


def test_a_line_knows_its_fiscal_year_and_its_prefecture(jet: Jet) -> None:
    cases = (("010006", "道"), ("130001", "都"), ("270008", "府"), ("370002", "県"))
    for code, kind in cases:
        one = support(jet, organisation(jet, code))
        assert (one["prefecture"], one["prefecture_kind"], one["fiscal_year"]) == (code[:2], kind, 2024)
    assert support(jet, "370002", "2025-03-31")["fiscal_year"] == 2024
    assert support(jet, "370002", "2025-04-01")["fiscal_year"] == 2025
    school = organisation(jet, "SCHOOL1", "架空学園", "school_corporation")
    assert support(jet, school)["prefecture"] is None
    jet.sql(
        "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) SELECT m.id, h.id, '2010-04-01' "
        "FROM directory.organisation AS m, directory.organisation AS h WHERE m.code = 'SCHOOL1' AND h.code = '370002'"
    )
    under = support(jet, school, "2024-06-10", kind="advice_new", content="制度の説明")
    assert (under["prefecture"], under["prefecture_kind"]) == ("37", "県")
    listed = done(jet.call("jet_organisation_supports_list", params={"prefecture_kind": "道"}))
    assert {one["organisation_code"] for one in listed["items"]} == {"010006"}


def test_support_is_clairs_own_matter(jet: Jet) -> None:
    one = support(jet, organisation(jet, "380008"))
    assert done(change(jet, "organisation_supports", one["id"], content="動画"))["content"] == "動画"
    moved = change(jet, "organisation_supports", one["id"], supported_on="2024-05-11")
    assert codes(moved) == {("/supported_on", "fixed_by_identity")}
    for role in ("organisation", "host_authority", "participant", "ministry"):
        assert jet.call("jet_organisation_supports_list", Caller(role)).status_code == 403
