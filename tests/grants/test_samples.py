"""The sample programmes of the demo: each is set up through the API, announced, and says that it is a sample."""

import json
from pathlib import Path
from typing import Any

from services.grants.rules import APPLICANT_KINDS, Rules
from tests.support.grants import Grants, done

FILE = Path(__file__).parents[2] / "client" / "demo" / "grants.json"
PROGRAMMES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_sample_programme_is_set_up_without_a_line_of_code(grants: Grants) -> None:
    announced = []
    for one in PROGRAMMES:
        officer = grants.officer(one["programme"]["section"])
        grants.made("programmes", officer, **one["programme"])
        of = one["edition"]["code"]
        grants.made(
            "editions", officer, programme_code=one["programme"]["code"], fiscal_year=2025, **one["edition"]
        )
        for category in one["categories"]:
            grants.made("edition_categories", officer, edition_code=of, **category)
        for call in one["calls"]:
            rules = grants.made("rule_versions", officer, edition_code=of, rules=call["rules"], sample=True)
            done(grants.act("rule_versions", "freeze", rules["code"], officer))
            body = {"projects_from": "2025-04-01", "projects_to": "2026-02-28", "budget_conditional": True}
            grants.made("rounds", officer, edition_code=of, rules_code=rules["code"], **call["round"], **body)
            done(grants.act("rounds", "announce", call["round"]["code"], officer))
            announced.append(call["round"]["code"])
    shown = done(grants.call("public_rounds_list", None, params={"fiscal_year": 2025, "limit": 500}))
    assert {one["code"] for one in shown["items"]} == set(announced)
    assert all(one["sample"] for one in shown["items"])


def test_what_a_kind_of_applicant_gets_is_read_from_the_rules() -> None:
    (call,) = next(one for one in PROGRAMMES if one["programme"]["code"] == "TABUNKA")["calls"]
    rules = Rules.model_validate(call["rules"])
    caps = {kind: rules.cap_of(kind) for kind in APPLICANT_KINDS}
    assert (caps["prefecture"], caps["city"], caps["association"], caps["npo"]) == (
        4_000_000,
        3_000_000,
        3_000_000,
        None,
    )
    assert (rules.tax_of("association"), rules.tax_of("city")) == ("reported_later", "included")
