"""A round with a panel, its members, and applications that wait for their scores."""

from typing import Any
from uuid import UUID

import httpx

from tests.grants.applying import SECTION, Applying, Body
from tests.support.grants import done
from tests.support.serving import Caller

RUBRIC: dict[str, Any] = {
    "criteria": [
        {"code": "effect", "ja": "効果", "en": "Effect", "weight": 2, "maximum": 5},
        {"code": "plan", "ja": "計画", "en": "Plan", "maximum": 10},
    ],
    "quorum": 2,
}  # fmt: skip


class Reviewing:
    def __init__(self, applying: Applying, **rubric: Any) -> None:
        self.applying, self.grants = applying, applying.grants
        self.call = applying.round()
        body = {"round_code": self.call, "rubric": RUBRIC | rubric}
        self.panel = str(self.grants.made("panels", applying.officer, **body)["id"])

    def officer(self) -> Caller:
        return self.grants.officer(SECTION)

    def seconded(self, home: UUID, since: str = "'2024-04-01'", until: str = "NULL") -> Caller:
        """An officer of the section with a home organisation; days as SQL."""
        made = self.officer()
        self.second(made, home, since, until)
        return made

    def second(self, who: Caller, home: UUID, since: str, until: str = "NULL") -> None:
        self.grants.sql(
            "INSERT INTO directory.secondment (person_id, home_id, valid_from, valid_to) "
            f"VALUES ('{who.person}', '{home}', {since}, {until})"
        )

    def member(self, who: Caller | None = None) -> Caller:
        made = who or self.officer()
        done(self.act("add_member", person_id=str(made.person)))
        return made

    def act(self, verb: str, by: Caller | None = None, **body: Any) -> httpx.Response:
        return self.grants.act("panels", verb, self.panel, by or self.applying.officer, **body)

    def accepted(self, body: Body, **given: Any) -> str:
        made, _ = self.applying.submitted(body, self.call, **given)
        done(self.applying.act("accept", made, self.applying.officer))
        return made

    def ready(self, body: Body) -> str:
        return self.applying.ready(body, self.call)

    def assign(self, application: str, who: Caller) -> httpx.Response:
        return self.act("assign", application_id=application, reviewer_id=str(who.person))

    def assigned(self, application: str, who: Caller) -> str:
        return str(done(self.assign(application, who))["id"])

    def seal(self, review: str, by: Caller, effect: int, plan: int) -> httpx.Response:
        return self.grants.act("reviews", "seal", review, by, scores={"effect": effect, "plan": plan})

    def scored(self, application: str, who: Caller, effect: int, plan: int) -> str:
        made = self.assigned(application, who)
        done(self.seal(made, who, effect, plan))
        return made

    def states(self, application: str) -> list[str]:
        return sorted(
            self.grants.codes("reviews", self.applying.officer, "state", application_id=application)
        )
