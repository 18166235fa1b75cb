"""A round that is open under a form and documents, organisations with officers, and applications made ready."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx

from tests.grants.forming import ANSWERS, FORM
from tests.support.grants import Grants, done
from tests.support.serving import Caller

SECTION, OTHER = "grants-exchange", "grants-multiculture"
_ORGANISATIONS = count(1)
RULES: dict[str, Any] = {
    "cap_project": 3_000_000, "minimum": 500_000,
    "cap_organisation": [{"kinds": ["city"], "yen": 3_000_000}],
    "cost_categories": [
        {"code": "travel", "ja": "旅費", "en": "Travel"}, {"code": "fees", "ja": "謝金", "en": "Fees"},
        {"code": "food", "ja": "食糧費", "en": "Food", "eligible": False},
    ],
    "documents": [
        {"code": "plan", "ja": "事業計画書", "en": "Plan"},
        {"code": "photo", "ja": "写真", "en": "Photograph", "required": False},
    ],
}  # fmt: skip
BUDGET: dict[str, Any] = {
    "costs": [{"category": "travel", "yen": 2_000_000}, {"category": "fees", "yen": 1_000_000}],
    "income": [{"source": "参加費", "yen": 200_000}], "requested": 1_400_000,
}  # fmt: skip
PDF = "application/pdf"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class Body(NamedTuple):
    """An organisation with officers of it."""

    id: UUID
    code: str
    first: Caller
    second: Caller


def organisation(grants: Grants, kind: str, role: str = "organisation") -> Body:
    code = f"A{next(_ORGANISATIONS):05d}"
    (row,) = grants.sql(
        "INSERT INTO directory.organisation (code, name, kind, search_key) "
        f"VALUES ('{code}', '架空市{code}', '{kind}', '') RETURNING id"
    )
    identity = UUID(str(row[0]))
    return Body(identity, code, *(Caller(role, "desk", identity, person(grants)) for _ in range(2)))


def person(grants: Grants) -> UUID:
    made = uuid4()
    grants.sql(f"INSERT INTO directory.person (id, number, kind) VALUES ('{made}', 'P-{made}', 'officer')")
    return made


class Applying:
    def __init__(self, grants: Grants) -> None:
        self.grants = grants
        self.officer = grants.officer(SECTION)
        self.stranger = grants.officer(OTHER)
        made = grants.edition(self.officer, grants.programme(self.officer, SECTION)["code"])
        self.edition, self._number = made["code"], count(1)
        self.edition_id = made["id"]
        grants.made(
            "edition_categories",
            self.officer,
            edition_code=self.edition,
            code="inbound",
            name_ja="x",
            name_en="x",
        )
        self.rules = grants.rules(self.officer, self.edition, **RULES)["code"]
        form = grants.made("form_versions", self.officer, edition_code=self.edition, form_schema=FORM)
        done(grants.act("form_versions", "freeze", form["code"], self.officer))
        self.form = form["code"]

    def round(self, **given: Any) -> str:
        """Announced, and open since a moment ago for thirty days."""
        now = self.grants.now()
        body = {
            "number": next(self._number), "opens_at": (now - timedelta(hours=1)).isoformat(),
            "closes_at": (now + timedelta(days=30)).isoformat(), "rules_code": self.rules, "form_code": self.form,
        } | given  # fmt: skip
        made = self.grants.made("rounds", self.officer, **self.grants.dated(self.edition, **body))
        done(self.grants.act("rounds", "announce", made["code"], self.officer))
        return str(made["code"])

    def organisation(self, kind: str = "city", role: str = "organisation") -> Body:
        return organisation(self.grants, kind, role)

    def person(self) -> UUID:
        return person(self.grants)

    def draft(self, by: Caller, of: str, **given: Any) -> dict[str, Any]:
        body = {
            "round_code": of,
            "department": "国際課",
            "title": "架空の交流",
            "answers": ANSWERS,
            "budget": BUDGET,
        }
        return self.grants.made("applications", by, **body | given)

    def file(
        self, by: Caller, of: str, document: str = "plan", content: bytes = b"%PDF-1.7 plan"
    ) -> httpx.Response:
        return self.grants.call(
            "applications_add_file", by, {"Content-Type": PDF}, path={"ref": of}, content=content,
            params={"document": document, "file_name": "計画.pdf"},
        )  # fmt: skip

    def act(self, verb: str, of: str, by: Caller, **body: Any) -> httpx.Response:
        return self.grants.act("applications", verb, of, by, **body)

    def ready(self, body: Body, of: str, **given: Any) -> str:
        """The id of an application that was approved internally."""
        made = str(self.draft(body.first, of, **given)["id"])
        done(self.file(body.first, made))
        self.approved(body, made)
        return made

    def approved(self, body: Body, of: str) -> None:
        done(self.act("send", of, body.first))
        done(self.act("approve", of, body.second))

    def submitted(self, body: Body, of: str, **given: Any) -> tuple[str, dict[str, Any]]:
        made = self.ready(body, of, **given)
        return made, done(self.act("submit", made, body.first))

    def read(self, of: str, by: Caller) -> dict[str, Any]:
        found: dict[str, Any] = done(self.grants.call("applications_read", by, path={"ref": of}))
        return found

    def snapshot(self, submission: Mapping[str, Any], by: Caller) -> httpx.Response:
        return self.grants.call("submissions_snapshot", by, path={"ref": submission["id"]})

    def later(self, **by: float) -> None:
        seconds = timedelta(**by).total_seconds()
        self.grants.sql(f"UPDATE platform.clock SET offset_by = offset_by + interval '{seconds} seconds'")

    def at(self, **ahead: float) -> str:
        moment: datetime = self.grants.now() + timedelta(**ahead)
        return moment.isoformat()
