"""The statements of selections: the round that one is of, who is ranked in it, and the entries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, func, insert, select, text, update

from services.grants.applications import repository as applications
from services.grants.applications.judging import judge_under
from services.grants.applications.repository import NOW
from services.grants.applications.tables import application, panel
from services.grants.caps import Bid, bid_of, caps
from services.grants.decision_tables import selection, selection_entry
from services.grants.eligibility import Verdict
from services.grants.money import Amount
from services.grants.rounds.repository import STATE as ROUND_STATE
from services.grants.rules import Rules
from services.grants.selections.domain import Candidate
from services.grants.tables import grant_round, rule_version
from services.kit.db.query import array
from services.kit.db.session import WriteSession, inside
from services.kit.resource import Row

_E, _R, _S = selection_entry.c, grant_round.c, selection.c
STATE = case((_S.decided_at.is_not(None), "decided"), else_="drawn_up")


class Round(NamedTuple):
    """`line`: the budget line that it is on. `published`: its results are."""

    id: UUID
    section: str
    edition_id: UUID
    rule_version_id: UUID
    rules: Rules
    line: UUID | None
    publish_at: datetime | None
    state: str
    decided: bool
    published: bool
    ranked: bool
    now: datetime


async def round_of(session: WriteSession, identity: UUID) -> Round:
    ranked = and_(panel.c.round_id == _R.id, panel.c.ranked_at.is_not(None))
    decided = _R.decided_at.is_not(None)
    asked = select(
        _R.id, _R.section, _R.edition_id, _R.rule_version_id, rule_version.c.rules, _R.budget_line_id.label("line"),
        _R.publish_at, ROUND_STATE.label("state"), decided.label("decided"), and_(decided, _R.publish_at <= NOW).label("published"),
        select(panel.c.id).where(ranked).exists().label("ranked"), NOW.label("now"),
    ).join_from(grant_round, rule_version, rule_version.c.id == _R.rule_version_id)  # fmt: skip
    row = (await session.execute(asked.where(_R.id == identity))).one()
    return Round(**{**row._mapping, "rules": Rules.model_validate(row.rules)})


_BIDS = """
SELECT a.id, a.organisation_id, o.kind, a.joint, (SELECT coalesce(jsonb_agg(jsonb_build_array(m.id, m.kind)), '[]')
    FROM directory.organisation AS m WHERE m.id = ANY (a.member_ids)) AS members
FROM grants.application AS a JOIN directory.organisation AS o ON o.id = a.organisation_id
WHERE a.round_id = :round AND a.state = 'ranked' ORDER BY a.rank
"""


async def bids(session: WriteSession, of: UUID) -> dict[UUID, Bid]:
    """Of the ranked applications, in that order."""
    found = await session.execute(text(_BIDS), {"round": of})
    return {
        row.id: bid_of(row.id, row.organisation_id, row.kind, row.members, joint=row.joint) for row in found
    }


async def candidate(session: WriteSession, of: Round, bid: Bid) -> Candidate:
    dossier = await applications.dossier(await inside(session), bid.application)

    def judge(left: int | None) -> tuple[Verdict, Amount | None]:
        found = judge_under(dossier, left)
        return found.verdict, found.grant

    return Candidate(bid.application, tuple(caps(of.rules, of.edition_id, bid)), judge)


async def parted(session: WriteSession, of: UUID, person: UUID) -> bool:
    """Whether a person is in conflict with any of the ranked; asked by the house, which sees them all."""
    asked = (
        "SELECT EXISTS (SELECT FROM grants.application AS a WHERE a.round_id = :round AND a.state = 'ranked' "
        "AND grants.in_conflict(:person, a.id, a.round_id, a.organisation_id || a.member_ids))"
    )
    return bool((await session.execute(text(asked), {"round": of, "person": person})).scalar_one())


class Selection(NamedTuple):
    id: UUID
    round_id: UUID
    state: str
    drawn_up_by: UUID


async def found(session: WriteSession, identity: UUID) -> Selection:
    asked = select(_S.id, _S.round_id, STATE, _S.drawn_up_by).where(_S.id == identity)
    return Selection(*(await session.execute(asked)).one())


async def lock_of(session: WriteSession, entry: UUID) -> Selection:
    """The selection of an entry that is locked already: those who change two entries of it come one after the other."""
    of = (await session.execute(select(_E.selection_id).where(_E.id == entry))).scalar_one()
    await session.execute(select(_S.id).where(_S.id == of).with_for_update(key_share=True))
    return await found(session, of)


async def round_of_application(session: WriteSession, identity: UUID) -> UUID:
    a = application.c
    of: UUID = (await session.execute(select(a.round_id).where(a.id == identity))).scalar_one()
    return of


class Entry(NamedTuple):
    id: UUID
    application: UUID
    rank: int
    standing: str
    computed: int
    amount: int
    trace: list[dict[str, Any]]
    verdict: dict[str, Any]
    changed_by: UUID | None


def _entries(*where: Any) -> Select[Any]:
    """By rank."""
    asked = select(
        _E.id, _E.application_id, application.c.rank, _E.standing, _E.computed_yen, _E.amount_yen, _E.trace, _E.verdict,
        _E.changed_by,
    ).join_from(selection_entry, application, application.c.id == _E.application_id)  # fmt: skip
    return asked.where(*where).order_by(application.c.rank)


async def entries(session: WriteSession, *where: Any) -> list[Entry]:
    """Locked until the transaction ends."""
    locked = _entries(*where).with_for_update(of=selection_entry)
    return [Entry(*row) for row in await session.execute(locked)]


async def others(session: WriteSession, of: UUID, entry: UUID) -> list[Entry]:
    """Of a selection, beside one, and not locked: whoever changes another holds that."""
    asked = _entries(_E.selection_id == of, _E.id != entry)
    return [Entry(*row) for row in await session.execute(asked)]


async def of_selection(session: WriteSession, identity: UUID) -> list[Entry]:
    return await entries(session, _E.selection_id == identity)


async def of_application(session: WriteSession, identity: UUID) -> Entry | None:
    return next(iter(await entries(session, _E.application_id == identity)), None)


async def selected(session: WriteSession, applications: Sequence[UUID]) -> list[Entry]:
    return await entries(session, _E.application_id.in_(applications), _E.standing == "selected")


async def waiting(session: WriteSession, of: UUID) -> list[Entry]:
    return await entries(
        session, _E.round_id == of, _E.standing == "waitlisted", application.c.state == "ranked"
    )


async def draw_up(session: WriteSession, made: Row, rows: Sequence[Row]) -> None:
    await session.execute(insert(selection).values(made))
    if rows:
        await session.execute(insert(selection_entry), rows)


async def change(session: WriteSession, identity: UUID, **sets: Any) -> None:
    values = sets | {"row_version": _E.row_version + 1}
    await session.execute(update(selection_entry).where(_E.id == identity).values(values))


async def decide(session: WriteSession, of: Selection, person: UUID) -> None:
    sets = {"decided_at": func.platform.now(), "decided_by": person}
    for table, identity in ((selection, of.id), (grant_round, of.round_id)):
        values = sets | {"row_version": table.c.row_version + 1}
        await session.execute(update(table).where(table.c.id == identity).values(values))


async def untold(session: WriteSession) -> list[UUID]:
    """Rounds whose results are public and of which nobody has been told, locked past whoever tells of them now."""
    asked = select(_R.id).where(_R.decided_at.is_not(None), _R.told_at.is_(None), _R.publish_at <= NOW)
    found = await session.execute(asked.order_by(_R.id).with_for_update(skip_locked=True))
    return [*found.scalars()]


async def told(session: WriteSession, of: UUID) -> None:
    sets = {"told_at": func.platform.now(), "row_version": _R.row_version + 1}
    await session.execute(update(grant_round).where(_R.id == of).values(sets))


# by arrival, so that no number tells a rank
_RESULTS = """
SELECT a.id, a.section, e.standing, e.amount_yen, e.reason, (a.budget ->> 'requested')::bigint, l.appropriated_at IS NULL,
    (p.ranked_at AT TIME ZONE 'Asia/Tokyo')::date,
    CASE WHEN e.standing = 'waitlisted' THEN (SELECT count(*) FROM grants.selection_entry AS w
        JOIN grants.application AS b ON b.id = w.application_id AND b.state = 'ranked' AND b.rank <= a.rank
        WHERE w.round_id = e.round_id AND w.standing = 'waitlisted') END,
    CASE WHEN r.publish_at > platform.now() THEN r.publish_at END
FROM grants.selection_entry AS e JOIN grants.application AS a ON a.id = e.application_id
    JOIN grants.round AS r ON r.id = e.round_id JOIN grants.budget_line AS l ON l.id = r.budget_line_id
    LEFT JOIN grants.panel AS p ON p.round_id = r.id
WHERE e.application_id = ANY ((SELECT CAST(CAST(:ids AS text) AS uuid[]))::uuid[])
    AND e.standing IN ('selected', 'waitlisted', 'not_selected')
ORDER BY (SELECT min(s.arrived_at) FROM grants.submission AS s WHERE s.application_id = a.id), a.id
"""


class Result(NamedTuple):
    """`position`: among those who wait; `shown_from`: None where the results are public."""

    application: UUID
    section: str
    standing: str
    yen: int
    reason: str | None
    requested: int
    conditional: bool
    panel_on: date | None
    position: int | None
    shown_from: datetime | None


async def results(session: WriteSession, applications: Sequence[UUID]) -> list[Result]:
    """What the letters of a selection say."""
    found = await session.execute(text(_RESULTS), {"ids": array(applications)})
    return [Result(*row) for row in found]
