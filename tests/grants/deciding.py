"""A ranked round on a budget line, with the officers who draw up, decide and award, and what is then true of all."""

import asyncio
import json
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.grants.money import replay
from services.grants.selections.telling import tell_due
from tests.grants.applying import SECTION, Applying
from tests.grants.budgeting import WRONG
from tests.support.grants import code as fresh
from tests.support.grants import done
from tests.support.serving import Caller

_DEPARTMENTS = count(1)
# what holds of each decided round: who is selected holds the amount, who is awarded has it committed, nobody else anything
UNHELD = """
SELECT e.id, e.standing FROM grants.selection_entry AS e JOIN grants.round AS r ON r.id = e.round_id
LEFT JOIN grants.budget_holding AS h ON h.holder_id = e.application_id
WHERE r.decided_at IS NOT NULL AND (coalesce(h.reserved_yen, 0), coalesce(h.committed_yen, 0)) <> CASE e.standing
    WHEN 'selected' THEN (e.amount_yen, 0::bigint) WHEN 'awarded' THEN (0::bigint, e.amount_yen) ELSE (0::bigint, 0::bigint) END
"""
# what the last step says otherwise than what is stored
APART = """
SELECT e.application_id FROM grants.selection_entry AS e LEFT JOIN grants.award AS w ON w.application_id = e.application_id
WHERE (e.standing, w.state, coalesce(w.amount_yen, e.amount_yen)) IS DISTINCT FROM (
    SELECT (s.standing, s.award, s.amount_yen) FROM grants.application_step AS s
    WHERE s.application_id = e.application_id ORDER BY s.at DESC, s.id DESC LIMIT 1)
"""


def budget(requested: int, costs: int | None = None) -> dict[str, Any]:
    """Of which a half is granted."""
    return {"costs": [{"category": "travel", "yen": costs or 2 * requested}], "requested": requested}


class Deciding:
    """It closes in an hour, and its results are public in three; it is an hour and a half later by now."""

    def __init__(self, applying: Applying, planned: int, rules: str | None = None) -> None:
        self.applying, self.grants, self.officer = applying, applying.grants, applying.officer
        dates = {"closes_at": applying.at(hours=1), "publish_at": applying.at(hours=3)}
        self.call = applying.round(**dates, **({"rules_code": rules} if rules else {}))
        self.line = fresh("L")
        made = self.grants.made(
            "budget_lines",
            self.officer,
            code=self.line,
            fiscal_year=2025,
            section=SECTION,
            name_ja="x",
            name_en="x",
        )
        done(self.grants.act("budget_lines", "plan", self.line, self.officer, planned_yen=planned))
        (row,) = self.grants.sql(
            f"UPDATE grants.round SET budget_line_id = '{made['id']}' WHERE code = '{self.call}' RETURNING id"
        )
        self.id = row[0]
        self.author, self.decider = (self.grants.officer(SECTION) for _ in range(2))
        self.selection = ""
        applying.later(hours=1.5)

    def ranked(self, *given: tuple[Any, ...], channel: str = "online") -> list[str]:
        """Applications as the panel ranked them, each its lead, its budget and who joins: the first has rank 1."""
        made = []
        for rank, (body, asked, *members) in enumerate(given, start=1):
            of = str(uuid4())
            self.grants.sql(
                "INSERT INTO grants.application (id, round_id, section, organisation_id, department, project_number, title, joint, channel, "
                "budget, state, rank, accepted_on, sent_by, approved_by, member_ids, form_version_id) "
                f"SELECT '{of}', r.id, r.section, '{body.id}', '課{next(_DEPARTMENTS)}', 1, '架空の交流', {bool(members)}, "
                f"'{channel}', '{json.dumps(asked)}', 'ranked', {rank}, platform.today(), "
                f"'{self.officer.person}', '{self.decider.person}', '{{}}', r.form_version_id "
                f"FROM grants.round AS r WHERE r.id = '{self.id}'"
            )
            for one in members:
                self.grants.sql(
                    "INSERT INTO grants.application_member (application_id, lead_id, organisation_id, share_yen, "
                    f"consented_at, consented_by) VALUES ('{of}', '{body.id}', '{one.id}', 0, platform.now(), "
                    f"'{one.first.person}')"
                )
            made.append(of)
        self.grants.sql(
            "INSERT INTO grants.panel (round_id, section, rubric, ranked_at, ranked_by) "
            f"SELECT id, section, '{{}}', platform.now(), '{self.officer.person}' FROM grants.round WHERE id = '{self.id}'"
        )
        return made

    def draw_up(self, by: Caller | None = None) -> httpx.Response:
        answer = self.grants.call("selections_create", by or self.author, json={"round_code": self.call})
        if answer.status_code == 201:
            self.selection = answer.json()["id"]
        return answer

    def decide(self, by: Caller | None = None) -> httpx.Response:
        return self.grants.act("selections", "decide", self.selection, by or self.decider)

    def decided(self) -> None:
        done(self.draw_up())
        done(self.decide())

    def award(self, by: Caller | None = None, *named: str) -> httpx.Response:
        return self.grants.act(
            "selections", "award", self.selection, by or self.decider, application_ids=[*named]
        )

    def entries(self, by: Caller | None = None) -> list[dict[str, Any]]:
        answer = self.grants.call(
            "selection_entries_list",
            by or self.officer,
            params={"round_code": self.call, "sort": "rank", "limit": 500},
        )
        found: list[dict[str, Any]] = done(answer)["items"]
        return found

    def entry(self, application: str) -> dict[str, Any]:
        (found,) = (one for one in self.entries() if one["application_id"] == application)
        return found

    def standings(self) -> list[tuple[str, int]]:
        return [(one["standing"], one["amount_yen"]) for one in self.entries()]

    def appropriate(self, yen: int) -> None:
        day = self.grants.sql("SELECT platform.today()::text")[0][0]
        done(
            self.grants.act(
                "budget_lines",
                "appropriate",
                self.line,
                self.officer,
                appropriated_yen=yen,
                appropriated_on=day,
            )
        )

    def publish(self) -> None:
        """The instant comes."""
        self.grants.sql(
            "UPDATE platform.clock SET offset_by = offset_by + "
            f"(SELECT publish_at - platform.now() FROM grants.round WHERE id = '{self.id}')"
        )

    def tell(self) -> None:
        self.grants.served.run(tell_due(self.grants.served.app.state.service.database))

    def balance(self) -> tuple[int, int, int]:
        found = done(self.grants.call("budget_lines_read", self.officer, path={"ref": self.line}))
        return found["available_yen"], found["reserved_yen"], found["committed_yen"]

    def taken(self, holder: UUID | str) -> int:
        found = self.grants.sql(
            f"SELECT coalesce(sum(taken_yen), 0) FROM grants.budget_cap WHERE holder_id = '{holder}' AND edition_id = "
            f"'{self.applying.edition_id}'"
        )
        return int(found[0][0])

    def promoted(self) -> int:
        found = self.grants.sql(
            "SELECT count(*) FROM grants.audit_entry AS x JOIN grants.selection_entry AS e ON e.id = x.resource_id "
            f"WHERE x.action = 'promote' AND e.round_id = '{self.id}'"
        )
        return int(found[0][0])

    def together(self, *calls: tuple[str, str, str, Caller, dict[str, Any]]) -> list[int]:
        """Commands in parallel: plural, verb, ref, by whom, body. The statuses of their answers."""

        async def one(plural: str, verb: str, ref: str, by: Caller, body: dict[str, Any]) -> int:
            """Whom the door has no place for asks again."""
            options: dict[str, Any] = {"json": body} if body else {}
            while True:
                answer = await self.grants.served.send(
                    f"grants_{plural}_{verb}", by, path={"ref": ref}, **options
                )
                if answer.status_code != 503:
                    return answer.status_code

        async def all_of_them() -> list[int]:
            return [*await asyncio.gather(*(one(*call) for call in calls))]

        return self.grants.served.run(all_of_them())

    def sound(self) -> None:
        """The ledger balances, whoever is selected or awarded holds the amount, each stored trace gives its yen,
        and the last steps are what is stored."""
        grants = self.grants
        assert grants.sql(WRONG) == grants.sql(UNHELD) == grants.sql(APART) == []
        for one in self.entries():
            if one["trace"]:
                assert replay(one["trace"]) == one["computed_yen"]
        for one in done(grants.call("awards_list", self.officer, params={"limit": 500}))["items"]:
            assert replay(one["trace"]) == one["amount_yen"]
