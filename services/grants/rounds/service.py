"""What a round is checked for; how it is announced, extended and cancelled."""

from datetime import datetime
from uuid import UUID

from services.grants.references import take_over
from services.grants.rounds import repository
from services.grants.rounds.domain import (
    FORM_OF_ANOTHER,
    LINE_OF_ANOTHER,
    LINE_STAYS,
    NO_BUDGET,
    OTHER_EDITION,
    PARENT_OF_ANOTHER,
    ROUND,
    RULES_OF_ANOTHER,
    STAYS,
    Schedule,
    misdated,
    state,
    unannounceable,
    unextendable,
    unmovable,
)
from services.grants.tables import form_version, rule_version
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.resource import Change, Row

NAME, EXTENSIONS = "rounds", "round-extensions"
Findings = list[tuple[str, Finding]]


async def check(session: WriteSession, rows: list[Row]) -> dict[int, Findings]:
    await take_over(session, rows)
    held = await repository.stored(session, rows)
    rules = await repository.editions_of(session, rule_version, {row["rule_version_id"] for row in rows})
    forms = await repository.editions_of(session, form_version, {row["form_version_id"] for row in rows})
    parents = await repository.parents(session, {row["parent_id"] for row in rows})
    lines = await repository.lines(session, {row["budget_line_id"] for row in rows})
    found: dict[int, Findings] = {}
    for row in rows:
        projects = row["projects_from"], row["projects_to"]
        wrong = misdated(
            row["opens_at"], row["closes_at"], row["publish_at"], projects, row["fiscal_year"]
        ) + _unfit(held.get(row["code"]), row)
        if row["rule_version_id"] and rules[row["rule_version_id"]] != row["edition_id"]:
            wrong.append(("rules_code", RULES_OF_ANOTHER))
        if row["form_version_id"] and forms[row["form_version_id"]] != row["edition_id"]:
            wrong.append(("form_code", FORM_OF_ANOTHER))
        line = row["budget_line_id"]
        if line and lines[line] != (row["section"], row["fiscal_year"]):
            wrong.append(("budget_line_code", LINE_OF_ANOTHER))
        if row["parent_id"]:
            edition, number = parents[row["parent_id"]]
            if edition != row["edition_id"] or number >= row["number"]:
                wrong.append(("parent_code", PARENT_OF_ANOTHER))
        found[row["_row"]] = wrong
    return found


def _unfit(held: Record | None, row: Row) -> Findings:
    """Of a round that is there already."""
    if held is None:
        return []
    if held["edition_id"] != row["edition_id"]:
        return [("code", OTHER_EDITION)]
    names = repository.ANNOUNCED + (("publish_at",) if held["cancelled_at"] else ())
    if held["stays"] and any(held[name] != row[name] for name in names):
        return [("code", STAYS)]
    found: Findings = []
    if held["announced_at"] and not (row["budget_conditional"] or row["budget_line_id"]):
        found.append(("budget_line_code", NO_BUDGET))
    if held["decided_at"]:
        if row["budget_line_id"] != held["budget_line_id"]:
            found.append(("budget_line_code", LINE_STAYS))
        if (unmoved := unmovable(held["publish_at"], row["publish_at"], held["now"])) is not None:
            found.append(("publish_at", unmoved))
    return found


async def announce(session: WriteSession, identity: UUID) -> None:
    """The public notice (公示)."""
    held = await repository.lock(session, identity)
    ROUND.take("announce", held.state)
    wrong = unannounceable(held.rules_frozen, held.form_drafted, held.budgeted, held.closes_at, held.now)
    if wrong is not None:
        raise Refused(ACTION_CLOSED, wrong[1].remedy, (_at(*wrong),))
    await repository.announce(session, identity)
    after = state(Schedule(held.opens_at, held.closes_at, held.now), held.now)
    await _told(session, "announce", identity, (held.state, after))


async def extend(session: WriteSession, identity: UUID, closes_at: datetime, reason: str) -> UUID:
    person = session.scope.human
    held = await repository.lock(session, identity)
    step = ROUND.take("extend", held.state)
    wrong = unextendable(closes_at, held.closes_at, held.publish_at, held.now)
    if wrong is not None:
        raise INVALID(_at("closes_at", wrong))
    made = await repository.extend(session, identity, held, closes_at, reason, person)
    told = {"closes_at": closes_at, "reason": reason}
    await _told(
        session,
        "extend",
        identity,
        (held.state, step.after),
        before={"closes_at": held.closes_at},
        after=told,
    )
    await audit.publish(session, "grants", EXTENSIONS, [Change(0, "INSERT", made, None, None)])
    return made


async def cancel(session: WriteSession, identity: UUID, reason: str) -> None:
    held = await repository.lock(session, identity)
    step = ROUND.take("cancel", held.state)
    await repository.cancel(session, identity, reason)
    await _told(session, "cancel", identity, (held.state, step.after), after={"cancelled_reason": reason})


def _at(field: str, wrong: Finding) -> FieldError:
    return FieldError(f"/{field}", wrong.code, wrong.message, wrong.remedy)


async def _told(
    session: WriteSession, action: str, identity: UUID, states: tuple[str, str], *,
    before: object = None, after: object = None,
) -> None:  # fmt: skip
    await audit.entry(session, "grants", action, NAME, identity, before=before, after=after, states=states)
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])
