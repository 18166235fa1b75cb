"""Rounds (募集回): one call under one version of the rules. A further call on what is left (2次募集) is its child."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.ledger.tables import budget_line
from services.grants.rounds import repository, service
from services.grants.rounds.domain import (
    ALREADY_OVER,
    FORM_NOT_FROZEN,
    LEFT_BEHIND,
    LINE_OF_ANOTHER,
    NO_BUDGET,
    NOT_FROZEN,
    PUBLICATION_STAYS,
    ROUND,
    STATES,
    STAYS,
)
from services.grants.tables import edition, form_version, grant_round, own, programme, rule_version
from services.grants.terms import (
    BUDGET_LINE,
    EDITION,
    FORM,
    PARENT,
    RULES,
    FormCode,
    GrantCode,
    Number,
    RulesCode,
)
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Flag, Instant, Line, Only, Wire, choice

State = Literal["draft", "announced", "open", "closed", "decided", "published", "cancelled"]


class RoundWrite(Wire):
    code: GrantCode
    edition_code: GrantCode
    rules_code: RulesCode | None = None
    form_code: FormCode | None = None
    parent_code: GrantCode | None = None
    budget_line_code: GrantCode | None = None
    number: Annotated[Number, Called("round_number")]
    opens_at: Annotated[Instant, Called("round_opens_at")]
    closes_at: Annotated[Instant, Called("round_closes_at")]
    publish_at: Instant | None = None
    projects_from: Day
    projects_to: Day
    budget_conditional: Flag = False
    work_from_decision: Flag = False


class Round(RoundWrite):
    """Which budget line it is on, and when it was decided, is the section's alone."""

    id: UUID
    budget_line_code: Annotated[str | None, Only("grant_officer")] = None
    programme_code: str
    fiscal_year: int
    name_ja: str
    name_en: str
    state: Annotated[State, choice("round_state", STATES)]
    announced_at: Instant | None
    cancelled_at: Instant | None
    cancelled_reason: Line | None
    decided_at: Annotated[Instant | None, Called("round_decided_at"), Only("grant_officer")] = None


def source(_: Basis) -> Select[Any]:
    r, e, p, v, parent = grant_round.c, edition.c, programme.c, rule_version.c, grant_round.alias("parent")
    return (
        select(
            r.id, r.code, e.code.label("edition_code"), v.code.label("rules_code"),
            form_version.c.code.label("form_code"),
            parent.c.code.label("parent_code"), budget_line.c.code.label("budget_line_code"), r.number, r.opens_at, r.closes_at, r.publish_at, r.projects_from,
            r.projects_to, r.budget_conditional, r.work_from_decision, p.code.label("programme_code"), r.fiscal_year,
            e.name_ja, e.name_en, repository.STATE.label("state"), r.announced_at, r.cancelled_at,
            r.cancelled_reason, r.decided_at, r.row_version,
        )
        .join_from(grant_round, edition, e.id == r.edition_id)
        .join(programme, p.id == r.programme_id)
        .join(rule_version, v.id == r.rule_version_id, isouter=True)
        .join(form_version, form_version.c.id == r.form_version_id, isouter=True)
        .join(parent, parent.c.id == r.parent_id, isouter=True)
        .join(budget_line, budget_line.c.id == r.budget_line_id, isouter=True)
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    return lambda row: ROUND.why_closed(action, row["state"])


def _action(name: str, noun: str) -> Action:
    return Action(name, f"/grants/v1/rounds/{{id}}/{noun}", ("grant_officer",), _closed(name))


rounds = Resource(
    service="grants",
    schema="grants",
    name="grant_round",
    plural="rounds",
    read=Round,
    write=RoundWrite,
    source=source,
    access=access.KEPT_BY_SECTIONS,
    own=own(grant_round.c.section, grant_round.c.announced_at.is_not(None)),
    filters={
        "code": equals(grant_round.c.code),
        "programme_code": equals(programme.c.code),
        "edition_code": equals(edition.c.code),
        "fiscal_year": equals(grant_round.c.fiscal_year, int),
        "state": equals(repository.STATE, State),
    },
    sorts=("closes_at", "code"),
    code="code",
    parts=(Part(grant_round, ("code",)),),
    refs=(EDITION, RULES, FORM, PARENT, BUDGET_LINE),
    check=service.check,
    fixed=("code", "edition_code"),
    actions=(
        _action("announce", "announcements"),
        _action("extend", "extensions"),
        _action("publish_form", "form-publications"),
        _action("cancel", "cancellations"),
    ),
    version="2026.1",
    constraints={"round_carries_all": LEFT_BEHIND}
    | {
        name: Refusal(found.code, "conflict", found.message, found.remedy)
        for name, found in (
            ("round_stays", STAYS),
            ("round_under_rules", NOT_FROZEN),
            ("round_under_frozen_rules", NOT_FROZEN),
            ("round_with_frozen_form", FORM_NOT_FROZEN),
            ("round_announced_in_time", ALREADY_OVER),
            ("round_on_budget", NO_BUDGET),
            ("round_within_line", LINE_OF_ANOTHER),
            ("round_decided", PUBLICATION_STAYS),
        )
    },
)
