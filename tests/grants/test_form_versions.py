"""Versions of forms through the front door: what is taken and frozen, with which rounds are announced, papers and checks."""

import io
from typing import Any

import docx
import pytest

from services.grants.budget import Budget
from services.grants.cost_sheet import read_cost_sheet
from services.grants.form_paper import MEDIA_TYPE
from services.grants.rules import Rules
from services.kit.http.negotiate import XLSX
from services.postgres import SUPERUSER
from tests.grants.forming import ANSWERS, FORM, mended
from tests.support.grants import RULES, Grants, done, wrong
from tests.support.serving import Caller

SECTION, OTHER = "grants-economy", "grants-exchange"


def edition_of(grants: Grants, officer: Caller) -> str:
    return str(grants.edition(officer, grants.programme(officer, SECTION)["code"])["code"])


def test_a_form_is_kept_as_it_was_given_and_a_frozen_one_never_changes(grants: Grants) -> None:
    officer, other = grants.officer(SECTION), grants.officer(OTHER)
    edition = edition_of(grants, officer)
    first = grants.made("form_versions", officer, edition_code=edition, form_schema=FORM)
    assert first["form_schema"] == FORM
    assert (first["number"], first["code"], first["state"]) == (1, f"{edition}-F1", "draft")
    patch = {"properties": {"own": {"maximum": 5}, "others": None}}
    patched = done(grants.change("form_versions", first["code"], officer, form_schema=patch))["form_schema"]
    assert patched["properties"]["own"]["maximum"] == 5 and "others" not in patched["properties"]
    assert grants.act("form_versions", "freeze", first["code"], other).status_code == 404
    assert grants.act("form_versions", "freeze", first["code"], Caller("grant_officer")).status_code == 403
    frozen = done(grants.act("form_versions", "freeze", first["code"], officer))
    assert (frozen["state"], frozen["frozen_by"]) == ("frozen", str(officer.person))
    refused = grants.change("form_versions", first["code"], officer, form_schema={"x-number": "様式第2号"})
    assert (refused.status_code, refused.json()["code"]) == (409, "form_frozen")
    assert grants.act("form_versions", "freeze", first["code"], officer).status_code == 409
    told = grants.sql(
        "SELECT action, person_id::text, from_state, to_state FROM grants.audit_entry "
        f"WHERE resource_id = '{first['id']}' ORDER BY id DESC LIMIT 1"
    )
    assert told == [("freeze", str(officer.person), "draft", "frozen")]
    for statement in (
        "UPDATE grants.form_version SET form_schema = '{}'",
        "UPDATE grants.form_version SET frozen_at = NULL, frozen_by = NULL",
        "DELETE FROM grants.form_version",
    ):
        with pytest.raises(Exception, match="a frozen version of a form does not change"):
            grants.sql_as("", f"{statement} WHERE code = '{first['code']}'", SUPERUSER)
    assert grants.made("form_versions", officer, edition_code=edition, form_schema=FORM)["number"] == 2


def test_a_form_is_refused_at_the_place_where_it_is_wrong(grants: Grants) -> None:
    officer = grants.officer(SECTION)
    edition = edition_of(grants, officer)
    cases: tuple[tuple[dict[str, Any], tuple[str, str]], ...] = (
        (mended("$ref", "http://127.0.0.1:9/x"), ("/form_schema/$ref", "field_unknown")),
        (mended("properties own x-label en"), ("/form_schema/properties/own/x-label/en", "field_missing")),
        (mended("properties own x-order", 1), ("/form_schema/properties/own/x-order", "order_twice")),
        (mended("required", ["nothing"]), ("/form_schema/required/0", "cell_unknown")),
        (mended("properties all x-computed", {"sum": ["others"]}),
         ("/form_schema/properties/all/x-computed", "computed_cycle")),
    )  # fmt: skip
    for schema, expected in cases:
        body = {"edition_code": edition, "form_schema": schema}
        refused = grants.call("form_versions_create", officer, json=body)
        assert (refused.status_code, wrong(refused)) == (422, {expected})


def test_a_round_is_announced_with_a_frozen_form_of_its_own_edition_or_with_none(grants: Grants) -> None:
    officer, clerk = grants.officer(SECTION), Caller("participant", person=grants.officer().person)
    made = grants.round(officer, SECTION, announced=False)
    form, unused = (
        grants.made("form_versions", officer, edition_code=made["edition_code"], form_schema=FORM)["code"]
        for _ in range(2)
    )
    foreign = grants.made(
        "form_versions", officer, edition_code=edition_of(grants, officer), form_schema=FORM
    )
    refused = grants.change("rounds", made["code"], officer, form_code=foreign["code"])
    assert wrong(refused) == {("/form_code", "form_of_another_edition")}
    with pytest.raises(Exception, match="round_form_fkey"):
        grants.sql(f"UPDATE grants.round SET form_version_id = '{foreign['id']}' WHERE id = '{made['id']}'")
    assert done(grants.change("rounds", made["code"], officer, form_code=form))["form_code"] == form
    refused = grants.act("rounds", "announce", made["code"], officer)
    assert (refused.status_code, wrong(refused)) == (409, {("/form_code", "form_not_frozen")})
    with pytest.raises(Exception, match="announced with a frozen form"):
        grants.sql(f"UPDATE grants.round SET announced_at = platform.now() WHERE id = '{made['id']}'")
    done(grants.act("form_versions", "freeze", form, officer))
    assert grants.codes("form_versions", clerk, edition_code=made["edition_code"]) == []
    done(grants.act("rounds", "announce", made["code"], officer))
    refused = grants.change("rounds", made["code"], officer, form_code=unused)
    assert wrong(refused) == {("/code", "round_announced_stays")}
    # applicants see the form of a round that is announced, and no other
    assert grants.codes("form_versions", clerk, edition_code=made["edition_code"]) == [form]
    assert grants.call("form_versions_paper", clerk, path={"ref": form}).status_code == 200
    assert grants.call("form_versions_paper", clerk, path={"ref": unused}).status_code == 404


def test_the_form_and_the_cost_sheet_are_had_as_papers(grants: Grants) -> None:
    officer, other = grants.officer(SECTION), grants.officer(OTHER)
    edition = edition_of(grants, officer)
    form = grants.made("form_versions", officer, edition_code=edition, form_schema=FORM)["code"]
    path = {"ref": form}
    for language, title in (("ja", "架空助成 申請書"), ("en", "Application for an invented grant")):
        made = grants.call("form_versions_paper", officer, {"Accept-Language": language}, path=path)
        assert (made.status_code, made.headers["content-type"]) == (200, MEDIA_TYPE)
        assert made.headers["content-language"] == language
        assert title in [one.text for one in docx.Document(io.BytesIO(made.content)).paragraphs]
    assert grants.call("form_versions_paper", officer, {"Accept": "text/html"}, path=path).status_code == 406
    assert grants.call("form_versions_paper", other, path=path).status_code == 404
    categories = [{"code": "travel", "ja": "旅費", "en": "Travel"}]
    rules = grants.rules(officer, edition, frozen=False, cost_categories=categories)
    sheet = grants.call("rule_versions_cost_sheet", officer, path={"ref": rules["code"]})
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, XLSX)
    assert (
        read_cost_sheet(sheet.content, Rules.model_validate(RULES | {"cost_categories": categories}))
        == Budget()
    )
    assert grants.call("rule_versions_cost_sheet", other, path={"ref": rules["code"]}).status_code == 404


def test_answers_are_tried_and_nothing_is_kept(grants: Grants) -> None:
    officer, other = grants.officer(SECTION), grants.officer(OTHER)
    edition = edition_of(grants, officer)
    form = grants.made("form_versions", officer, edition_code=edition, form_schema=FORM)["code"]
    path = {"ref": form}

    def tried(**body: Any) -> dict[str, Any]:
        found: dict[str, Any] = done(grants.call("form_versions_check", officer, path=path, json=body))
        return found

    good = tried(answers=ANSWERS, whole=True)
    assert good["findings"] == [] and good["computed"]["all"] == 3_060
    assert tried(answers={})["findings"] == []
    ((first, second),) = [tried(answers={"a/b": 1, "joint": 1})["findings"]]
    assert {(one["pointer"], one["code"]) for one in (first, second)} == {
        ("/a~1b", "answer_unknown"), ("/joint", "answer_type"),
    }  # fmt: skip
    assert {one["pointer"] for one in tried(answers={}, whole=True)["findings"]} == {"/title", "/partners"}
    refused = grants.call("form_versions_check", other, path=path, json={"answers": {}})
    assert refused.status_code == 404
    assert wrong(grants.call("form_versions_check", officer, path=path, json={"answers": [1]})) == {
        ("/answers", "value_dict_type")
    }
