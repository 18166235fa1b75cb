"""The contract of grants, fuzzed as an officer and as an organisation, which calls what is public too."""

import pytest

from tests.contract.fuzzing import Fuzz
from tests.grants.forming import FORM
from tests.support.grants import Grants, code
from tests.support.serving import Caller

SECTION = "grants-fuzzed"


@pytest.mark.parametrize("role", ["grant_officer", "organisation"])
def test_a_few_requests_to_every_route(grants: Grants, role: str) -> None:
    officer = grants.officer(SECTION)
    draft, call = (grants.round(officer, SECTION, announced=one) for one in (False, True))
    form = grants.made("form_versions", officer, edition_code=draft["edition_code"], form_schema=FORM)["code"]
    body = {"fiscal_year": 2025, "section": SECTION, "name_ja": "科目", "name_en": "Line"}
    line = grants.made("budget_lines", officer, code=code("L"), **body)["code"]
    known = {
        "budget-lines": [line], "line_code": [line], "to_code": [line],
        "programmes": [draft["programme_code"]], "editions": [draft["edition_code"]],
        "rule-versions": [draft["rules_code"], f"{draft['edition_code']}-R2"], "rounds": [draft["code"], call["code"]],
        "form-versions": [form, f"{draft['edition_code']}-F2"], "form_code": [form],
        "section": [SECTION], "programme_code": [draft["programme_code"]], "edition_code": [draft["edition_code"]],
        "rules_code": [draft["rules_code"]], "projects_from": ["2025-04-01"], "projects_to": ["2026-02-28"],
    }  # fmt: skip
    fuzz = Fuzz(grants.served, officer if role == officer.role else Caller(role), known)
    names = list(fuzz.names(allowed=True))
    fuzz.singles(names, 1)
    fuzz.stories(names, 1)
    assert fuzz.wrong == []
    assert fuzz.count >= len(names)
