"""Random histories of whole decisions: officers draw up, decide, award, cut and move money while applicants give up, on
several connections at once, each act in a transaction of its own.

Two rounds of a year are on one line and share the caps of their applicants. First both are decided while others act on
the line and on what waits; then their instant comes, and all acts are open. Whoever gives up looks, before it commits,
whether just the one was promoted whom the ranking, the caps and the money of that moment name. `make histories` plays
twenty thousand.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text

from services.grants.awards import service as awards
from services.grants.budget_lines import service as lines
from services.grants.money import replay
from services.grants.recuts import service as recuts
from services.grants.selections import releasing
from services.grants.selections import service as selections
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.session import WriteSession
from services.kit.errors import Refused
from services.kit.ids import OrganisationId, PersonId, uuid7
from tests.grants.budgeting import EXCHANGE, WRONG, Purse, open_purse
from tests.grants.deciding import UNHELD
from tests.support.database import Databases
from tests.support.grants import RULES

HISTORIES = int(os.environ.get("KAKEHASHI_HISTORIES", "6"))
BATCH, ABREAST, CLERKS, ACTS, RANKED = 10, 6, 3, 3, (6, 2)
PLAN, OTHER, MINIMUM, CAP = 3_800_000, 2_000_000, 500_000, 3_000_000
ASKED = (600_000, 700_000, 900_000, 1_300_000)
TOTALS = (2_900_000, 3_799_999, PLAN, 5_000_000)
PLAYED = RULES | {
    "applicants": {"kinds": ["city"]}, "cap_organisation": [{"kinds": ["city"], "yen": CAP}],
    "cost_categories": [{"code": "travel", "ja": "旅費", "en": "Travel"}],
}  # fmt: skip
# Who waits in the round of an application, by rank, and whoever this transaction promoted from among them.
WAITING = """
SELECT a.organisation_id AS party, e.computed_yen AS computed, e.amount_yen AS amount,
    (a.budget ->> 'requested')::bigint AS asked, c.limit_yen - c.taken_yen AS left, b.available_yen AS available,
    e.standing = 'selected' AS promoted
FROM grants.selection_entry AS e JOIN grants.application AS a ON a.id = e.application_id
JOIN grants.round AS r ON r.id = e.round_id JOIN grants.budget_balance AS b ON b.line_id = r.budget_line_id
JOIN grants.budget_cap AS c ON c.edition_id = r.edition_id AND c.kind = 'organisation' AND c.holder_id = a.organisation_id
WHERE r.id = (SELECT round_id FROM grants.application WHERE id = :application) AND r.decided_at IS NOT NULL
    AND a.state = 'ranked' AND (e.standing = 'waitlisted'
        OR e.standing = 'selected' AND e.xmin = pg_current_xact_id()::xid) ORDER BY a.rank
"""
RELEASED = """
SELECT standing IN ('declined', 'withdrawn') AND r.decided_at IS NOT NULL AND EXISTS (
    SELECT FROM grants.ledger_posting AS p WHERE p.holder_id = e.application_id AND p.kind = 'release'
        AND p.xmin = pg_current_xact_id()::xid)
FROM grants.selection_entry AS e JOIN grants.round AS r ON r.id = e.round_id WHERE e.application_id = :application
"""
# What holds of a database when nobody acts on it: caps are the sums of what was decided, awards are as their entries say,
# numbers of documents have no gap.
UNSOUND = """
SELECT 'cap', c.id::text FROM grants.budget_cap AS c WHERE c.taken_yen <> (
    SELECT coalesce(sum(e.amount_yen), 0) FROM grants.selection_entry AS e
    JOIN grants.application AS a ON a.id = e.application_id JOIN grants.round AS r ON r.id = e.round_id
    WHERE a.organisation_id = c.holder_id AND r.edition_id = c.edition_id AND r.decided_at IS NOT NULL
        AND e.standing IN ('selected', 'awarded'))
UNION ALL SELECT 'award', e.id::text FROM grants.selection_entry AS e
    LEFT JOIN grants.award AS w ON w.application_id = e.application_id
WHERE CASE WHEN w.id IS NULL THEN e.standing = 'awarded' ELSE (w.amount_yen, w.state) IS DISTINCT FROM
    (e.amount_yen, CASE e.standing WHEN 'awarded' THEN 'decided' ELSE e.standing END) END
UNION ALL SELECT 'document', section || series FROM grants.document
GROUP BY section, fiscal_year, series HAVING (count(*), min(number)) <> (max(number), 1)
"""
TRACES = """
SELECT trace, computed_yen, amount_yen FROM grants.selection_entry WHERE jsonb_array_length(trace) > 0
UNION ALL SELECT trace, amount_yen, amount_yen FROM grants.award
"""


class Case(NamedTuple):
    """Two rounds on one line, and another line of its section. `bids`: of each application its round, who leads it and
    what is asked; every second one came by post, and an officer speaks for it."""

    line: UUID
    other: UUID
    rounds: tuple[UUID, ...]
    bids: dict[UUID, tuple[UUID, UUID, int]]
    online: frozenset[UUID]


class Staff(NamedTuple):
    author: Scope
    decider: Scope


class History:
    def __init__(self, purse: Purse, staff: Staff, case: Case, random: Random) -> None:
        self.purse, self.staff, self.case, self.random = purse, staff, case, random
        self.told: Counter[str] = Counter()
        self._mine = f"round_id IN ('{case.rounds[0]}', '{case.rounds[1]}')"
        self.promotions = 0

    async def decided(self) -> None:
        """The one after the other or both at once, each by two that decide it; beside them one who does something else."""
        first, second = self.case.rounds
        together = [self._round(second), self._clerk(("withdraw", "budget"), 2)]
        if self.random.random() < 0.3:
            await asyncio.gather(self._round(first), *together)
        else:
            await self._round(first)
            await asyncio.gather(*together)

    async def _round(self, of: UUID) -> None:
        await self._act(
            "draw_up", self.staff.author, selections.draw_up, [{"_row": 0, "round_id": of}], False
        )
        await asyncio.gather(self._decide(of), self._decide(of))

    async def _decide(self, of: UUID) -> None:
        (found,) = await self._any_of(f"SELECT id FROM grants.selection WHERE round_id = '{of}'")
        await self._act("decide", self.staff.decider, selections.decide, found)

    async def published(self) -> None:
        verbs = ("award", "decline", "decline", "give_back", "give_back", "withdraw", "budget")
        first, _ = self.case.rounds
        if self.random.random() < 0.6:
            await self._award(first)
        await asyncio.gather(*(self._clerk(verbs, ACTS) for _ in range(CLERKS)))

    async def _clerk(self, verbs: Sequence[str], acts: int) -> None:
        random = self.random
        for verb in random.choices(verbs, k=acts):
            if verb == "award":
                await self._award(random.choice(self.case.rounds))
            elif verb == "give_back":
                await self._give_back(random.choice(("withdraw", "decline")))
            elif verb == "budget":
                await self._budget()
            else:
                held = "" if verb == "withdraw" else " AND standing = 'selected'"
                (of,) = await self._any_of(
                    f"SELECT application_id FROM grants.selection_entry WHERE {self._mine}{held}"
                ) or (None,)
                if of is not None:
                    await self._act(verb, self._by(of), getattr(selections, verb), of, "x", of=of)

    def _by(self, application: UUID) -> Scope:
        if application not in self.case.online:
            return self.staff.author
        lead = OrganisationId(self.case.bids[application][1])
        return Scope(Principal("tests", PersonId(lead), "organisation", lead, frozenset()), "own", "request")

    async def _any_of(self, asked: str) -> Sequence[Any]:
        """As an officer finds it: by now it may be another's who acts at once."""
        async with self.purse.writing(self.staff.decider) as session:
            found = (await session.execute(text(asked))).all()
        return self.random.choice(found) if found else ()

    async def _award(self, of: UUID) -> None:
        """Of one, or of all that are selected."""
        named = await self._any_of(
            f"SELECT application_id FROM grants.selection_entry WHERE round_id = '{of}' AND standing = 'selected'"
        )
        (found,) = await self._any_of(f"SELECT id FROM grants.selection WHERE round_id = '{of}'")
        one = named if self.random.random() < 0.3 else ()
        await self._act("award", self.staff.decider, awards.award, found, [*one])

    async def _give_back(self, action: str) -> None:
        found = await self._any_of(f"SELECT id, application_id FROM grants.award WHERE {self._mine}")
        if found:
            award, of = found
            await self._act(f"{action} award", self._by(of), awards.give_back, award, of, action, "x", of=of)

    async def _budget(self) -> None:
        random, line, other = self.random, self.case.line, self.case.other
        verb, total = (
            random.choice(("appropriate", "appropriate", "recut", "transfer")),
            random.choice(TOTALS),
        )
        if verb == "appropriate":
            async with self.purse.writing(self.staff.author) as session:
                day = (await session.execute(text("SELECT platform.today()"))).scalar_one()
            await self._act(verb, self.staff.author, lines.appropriate, line, total, day)
        elif verb == "recut":
            method = random.choice(("pro_rata", "tail"))
            await self._act(verb, self.staff.author, self._recut, line, total, method)
        else:
            giving, taking = random.sample((line, other), 2)
            yen = random.choice((300_000, 1_000_000))
            await self._act(verb, self.staff.author, lines.transfer, giving, f"L-{taking}".upper(), yen, "x")

    async def _recut(self, session: WriteSession, line: UUID, total: int, method: Any) -> None:
        await recuts.recut(session, line, total, method, dry_run=False)

    async def _act(self, verb: str, by: Scope, act: Any, *given: Any, of: UUID | None = None) -> None:
        try:
            async with self.purse.writing(by) as session:
                await act(session, *given)
                if of is not None:
                    await self._promoted(session, of)
        except Refused as refused:
            self.told[f"{verb} {refused.refusal.code}"] += 1
        else:
            self.told[f"{verb} done"] += 1

    async def _promoted(self, session: WriteSession, of: UUID) -> None:
        """By what this transaction has freed: the first by rank who may have the money, and nobody else."""
        async with releasing.house(session):
            freed = (await session.execute(text(RELEASED), {"application": of})).scalar_one_or_none()
            waiting = (await session.execute(text(WAITING), {"application": of})).all()
        if not freed:
            assert not [one for one in waiting if one.promoted]
            return
        promoted = [one for one in waiting if one.promoted]
        assert len(promoted) <= 1
        self.promotions += len(promoted)
        assert promoted == [one for one in waiting if _may(one, promoted)][:1]


def _may(one: Any, promoted: Sequence[Any]) -> bool:
    if one.promoted:
        return True
    free = one.available + sum(other.amount for other in promoted)
    left = one.left + sum(other.amount for other in promoted if other.party == one.party)
    yen: int = min(one.asked, left) // 1_000 * 1_000
    given: int = min(yen, one.amount) if one.amount < one.computed else yen
    return yen >= MINIMUM and given <= int(free)


class Table:
    """Many cases at once, by SQL."""

    def __init__(self, random: Random, number: int) -> None:
        self.random, self.cases, self.rows = random, list[Case](), dict[str, list[str]]()
        for _ in range(number):
            self.cases.append(self._case())

    def _add(self, table: str, *values: Any) -> None:
        told = ", ".join("NULL" if one is None else f"'{one}'" for one in values)
        self.rows.setdefault(table, []).append(f"({told})")

    def _case(self) -> Case:
        random, edition, rules = self.random, uuid7(), uuid7()
        self._add("programme (id, code, section, kind, name_ja, name_en)", edition, f"P-{edition}", EXCHANGE,
                  "organisation", "制度", "x")  # fmt: skip
        self._add("edition (id, code, programme_id, section, fiscal_year, name_ja, name_en)", edition, f"E-{edition}",
                  edition, EXCHANGE, 2024, "制度", "x")  # fmt: skip
        self._add("rule_version (id, edition_id, section, number, code, rules)", rules, edition, EXCHANGE, 1,
                  f"V-{rules}", json.dumps(PLAYED))  # fmt: skip
        line, other = self._line(PLAN), self._line(OTHER)
        parties = [uuid7() for _ in range(4)]
        for one in parties:
            self._add(
                "directory.organisation (id, code, name, kind, search_key)",
                one,
                str(one).upper(),
                "架空市",
                "city",
                "",
            )
            self._add("directory.person (id, number, kind)", one, f"P-{one}", "officer")
        rounds, bids = tuple(uuid7() for _ in RANKED), dict[UUID, tuple[UUID, UUID, int]]()
        for number, of in enumerate(rounds, start=1):
            self._add("panel (id, round_id)", of, of)
            self._add(
                "round (id, number, edition_id, rule_version_id, budget_line_id)",
                of,
                number,
                edition,
                rules,
                line,
            )
            for rank in range(1, RANKED[number - 1] + 1):
                made, lead, asked = uuid7(), random.choice(parties), random.choice(ASKED)
                bids[made] = (of, lead, asked)
                budget = {"costs": [{"category": "travel", "yen": 2 * asked}], "requested": asked}
                self._add("application (id, round_id, organisation_id, rank, channel, budget)", made, of, lead, rank,
                          "online" if rank % 2 else "mail", json.dumps(budget))  # fmt: skip
        return Case(line, other, rounds, bids, frozenset([*bids][::2]))

    def _line(self, planned: int) -> UUID:
        line, given = uuid7(), self.random.random() < 0.5
        self._add("budget_line (id, code, planned_yen, appropriated_yen)", line, f"L-{line}".upper(), planned,
                  planned if given else None)  # fmt: skip
        return line

    def sql(self, author: UUID, decider: UUID) -> str:
        """`rows` of some tables lack what is alike in all."""
        made = {name.split()[0]: (name, ", ".join(rows)) for name, rows in self.rows.items()}

        def plain(table: str) -> str:
            name, rows = made[table]
            return f"INSERT INTO {'' if '.' in table else 'grants.'}{name} VALUES {rows}"

        return ";\n".join((
            plain("directory.organisation"), plain("directory.person"), plain("programme"), plain("edition"),
            plain("rule_version"),
            f"UPDATE grants.rule_version SET frozen_at = platform.now(), frozen_by = '{author}' WHERE frozen_at IS NULL",
            "INSERT INTO grants.budget_line (id, code, fiscal_year, section, name_ja, name_en, planned_yen, "
            f"appropriated_yen, appropriated_on, appropriated_at) SELECT v.id::uuid, v.code, 2024, '{EXCHANGE}', '科目', "
            "'x', v.planned::bigint, v.given::bigint, CASE WHEN v.given IS NOT NULL THEN platform.today() END, "
            "CASE WHEN v.given IS NOT NULL THEN platform.now() END "
            f"FROM (VALUES {made['budget_line'][1]}) AS v(id, code, planned, given)",
            "INSERT INTO grants.ledger_posting (id, line_id, kind) SELECT id, id, 'plan' FROM grants.budget_line",
            "INSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen) SELECT l.id, l.id, v.account, "
            "v.sign * l.planned_yen FROM grants.budget_line AS l, (VALUES ('source', -1), ('available', 1)) AS v(account, sign)",
            "INSERT INTO grants.round (id, code, edition_id, programme_id, section, fiscal_year, number, opens_at, "
            "budget_conditional, announced_at, closes_at, publish_at, projects_from, projects_to, rule_version_id, budget_line_id) SELECT "
            "v.id::uuid, 'R-' || v.id, e.id, e.programme_id, e.section, e.fiscal_year, v.number::int, "
            "platform.now() - interval '2 days', true, platform.now() - interval '2 days', "
            "platform.now() - interval '1 day', platform.now() + interval '1 day', '2024-04-01', '2025-02-28', "
            f"v.rules::uuid, v.line::uuid FROM (VALUES {made['round'][1]}) AS v(id, number, edition, rules, line) "
            "JOIN grants.edition AS e ON e.id = v.edition::uuid",
            "INSERT INTO grants.application (id, round_id, section, organisation_id, department, project_number, title, "
            "channel, budget, state, rank, accepted_on, sent_by, approved_by) SELECT v.id::uuid, r.id, r.section, "
            "v.lead::uuid, v.id, 1, '架空の事業', v.channel, v.budget::jsonb, 'ranked', v.rank::int, platform.today(), "
            f"'{author}', '{decider}' FROM (VALUES {made['application'][1]}) AS v(id, round, lead, rank, channel, budget) "
            "JOIN grants.round AS r ON r.id = v.round::uuid",
            "INSERT INTO grants.panel (round_id, section, rubric, ranked_at, ranked_by) SELECT id, section, '{}', "
            f"platform.now(), '{author}' FROM grants.round",
        ))  # fmt: skip


@pytest.mark.parametrize("batch", range(max(1, HISTORIES // BATCH)))
def test_whole_decisions_are_sound_whoever_acts_at_once(databases: Databases, batch: int) -> None:
    with databases.fresh() as postgres, open_purse(postgres) as purse:
        told, promotions = purse.run(_play(purse, batch))
    # of two who decide a round at once one comes second
    assert promotions > 0 and {"decide done", "decide action_not_available", "award done"} <= told.keys()


async def _play(purse: Purse, batch: int) -> tuple[Counter[str], int]:
    staff = Staff(*[await purse.officer(EXCHANGE) for _ in range(2)])
    random, turns = Random(batch), asyncio.Semaphore(ABREAST)
    table = Table(random, min(BATCH, HISTORIES))
    await purse.sql(table.sql(staff.author.human, staff.decider.human))
    histories = [History(purse, staff, case, Random(random.getrandbits(32))) for case in table.cases]

    async def all_of(act: Any) -> None:
        async def one(history: History) -> None:
            async with turns:
                await act(history)

        await asyncio.gather(*map(one, histories))
        assert [await purse.sql(one) for one in (WRONG, UNHELD, UNSOUND)] == [[], [], []]
        # that of an entry gives what was computed, and once it was cut what it is left with
        assert all(replay(trace) in yen for trace, *yen in await purse.sql(TRACES))

    await all_of(History.decided)
    await purse.sql("UPDATE platform.clock SET offset_by = offset_by + interval '2 days'")
    await all_of(History.published)
    return sum((one.told for one in histories), Counter()), sum(one.promotions for one in histories)
