"""The grants service in the test's process, with officers, programmes and rounds of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from services.grants.app import RESOURCES, create_app
from services.postgres import PrivatePostgres
from tests.support.serving import Caller
from tests.support.staffed import Staffed, code, done, staffed, wrong

__all__ = ["Grants", "code", "done", "grants_over", "wrong"]
RULES: dict[str, Any] = {
    "rate": {"numerator": 1, "denominator": 2},
    "cap_project": 3_000_000,
    "minimum": 500_000,
    "applicants": {"kinds": ["prefecture", "city"], "joint_kinds": ["city", "npo"]},
}


class Grants(Staffed):
    service, role, resources = "grants", "grant_officer", RESOURCES

    def programme(self, officer: Caller, section: str, **given: Any) -> dict[str, Any]:
        body = {
            "code": code("P"), "section": section, "kind": "organisation", "name_ja": "架空助成",
            "name_en": "Invented grants",
        }  # fmt: skip
        return self.made("programmes", officer, **body | given)

    def edition(self, officer: Caller, of: str, **given: Any) -> dict[str, Any]:
        body = {"code": code("E"), "programme_code": of, "fiscal_year": 2025, "name_ja": "架空助成 2025",
                "name_en": "Invented grants 2025"}  # fmt: skip
        return self.made("editions", officer, **body | given)

    def rules(self, officer: Caller, of: str, *, frozen: bool = True, **given: Any) -> dict[str, Any]:
        made = self.made("rule_versions", officer, edition_code=of, rules=RULES | given)
        if frozen:
            assert self.act("rule_versions", "freeze", made["id"], officer).status_code == 201
        return made

    def dated(self, of: str, **given: Any) -> dict[str, Any]:
        """A round of an edition of 2025 that opens tomorrow and closes in thirty days."""
        opens = self.now().replace(microsecond=0) + timedelta(days=1)
        body = {
            "code": code("R"), "edition_code": of, "number": 1, "opens_at": opens.isoformat(),
            "closes_at": (opens + timedelta(days=30)).isoformat(), "projects_from": "2025-04-01",
            "projects_to": "2026-02-28", "budget_conditional": True,
        }  # fmt: skip
        return body | given

    def line(self, officer: Caller, section: str, **given: Any) -> dict[str, Any]:
        """A budget line of 2025."""
        body = {
            "code": code("L"),
            "fiscal_year": 2025,
            "section": section,
            "name_ja": "架空助成",
            "name_en": "Grants",
        }
        return self.made("budget_lines", officer, **body | given)

    def round(self, officer: Caller, section: str, *, announced: bool = True, **given: Any) -> dict[str, Any]:
        """Of a programme of its own."""
        edition = self.edition(officer, self.programme(officer, section)["code"])["code"]
        rules = self.rules(officer, edition)["code"]
        made = self.made("rounds", officer, **self.dated(edition, rules_code=rules, **given))
        if announced:
            answer = self.act("rounds", "announce", made["code"], officer)
            assert answer.status_code == 201, answer.text
            made = answer.json()
        return made


@contextmanager
def grants_over(postgres: PrivatePostgres, user: str = "") -> Iterator[Grants]:
    """`user`: as whom the service connects, if not as its own role."""
    with staffed(Grants, create_app, postgres, user) as made:
        yield made
