"""Awards (助成決定) with the trace of their amounts: to read by officers of the section, who applied and who joined."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.applications.domain import NOT_YOURS
from services.grants.applications.resource import APPLICANTS
from services.grants.applications.tables import application, handles, leads, within_reach
from services.grants.awards.domain import NOT_PUBLISHED, SAME_PERSON, STATES, STAYS, State, why_closed
from services.grants.awards.repository import TODAY
from services.grants.decision_tables import award
from services.grants.selections.resource import TraceOf
from services.grants.tables import grant_round, rule_version
from services.kit.directory import organisation
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Instant, Wire, choice


class Award(Wire):
    """`withdrawable_until`: the last day of 取下げ."""

    id: UUID
    application_id: Annotated[UUID, Called("grant_application_id")]
    round_code: str
    organisation_code: str
    organisation_name: str
    department: Annotated[str, Called("applying_department")]
    title: Annotated[str, Called("project_title")]
    state: Annotated[State, choice("award_state", STATES), Called("award_state")]
    amount_yen: Annotated[int, Called("award_amount_yen")]
    decided_at: Annotated[Instant, Called("award_decided_at")]
    withdrawable_until: Day
    ended_at: Instant | None
    ended_reason: str | None
    rules_code: str
    trace: TraceOf


def source(_: Basis) -> Select[Any]:
    w, a, r, o, v = award.c, application.c, grant_round.c, organisation.c, rule_version.c
    return (
        select(
            w.id, w.application_id, r.code.label("round_code"), o.code.label("organisation_code"),
            o.name.label("organisation_name"), a.department, a.title, w.state, w.amount_yen, w.decided_at,
            w.withdrawable_until, w.ended_at, w.ended_reason, v.code.label("rules_code"), w.trace, w.row_version,
            a.channel, leads().label("leads"), handles().label("handles"), TODAY.label("today"),
        )
        .join_from(award, application, a.id == w.application_id)
        .join(grant_round, r.id == w.round_id)
        .join(organisation, o.id == a.organisation_id)
        .join(rule_version, v.id == w.rule_version_id)
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    def closed(row: Row) -> Text | None:
        writes = row["leads"] or (row["handles"] and row["channel"] != "online")
        if not writes:
            return NOT_YOURS.detail
        return why_closed(action, row["state"], row["today"], row["withdrawable_until"])

    return closed


awards = Resource(
    service="grants",
    schema="grants",
    name="award",
    plural="awards",
    read=Award,
    source=source,
    access={"list": access.APPLICATIONS, "read": access.APPLICATIONS},
    own=within_reach(),
    filters={
        "application_id": equals(award.c.application_id, UUID),
        "round_code": equals(grant_round.c.code),
        "organisation_code": by_organisation(application.c.organisation_id),
        "state": equals(award.c.state, State),
    },
    sorts=("decided_at",),
    actions=tuple(
        Action(name, f"/grants/v1/awards/{{id}}/{noun}", (*APPLICANTS, "grant_officer"), _closed(name))
        for name, noun in (("withdraw", "withdrawals"), ("decline", "declinations"))
    ),
    constraints={"award_published": NOT_PUBLISHED, "award_two_people": SAME_PERSON, "award_stays": STAYS},
)
