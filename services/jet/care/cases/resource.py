"""Cases (相談ケース): whom a counsellor counsels, by pseudonym. A participant's name and number stand in none."""

from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import Select, and_, func, not_, or_, select

from services.jet.care import access
from services.jet.care.cases.domain import CASE, OF_OPEN_CASE, WALLED, Outcome, State
from services.jet.care.tables import care_case
from services.kit import directory
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Day, Flag, Instant, Only, Wire, choice


class CareCase(Wire):
    id: UUID
    pseudonym: str
    state: Annotated[State, choice("care_case_state", get_args(State))]
    counsellor_id: UUID | None
    organisation_code: str | None
    opened_at: Instant
    closed_on: Day | None
    outcome: Annotated[Outcome | None, choice("care_outcome", get_args(Outcome))]
    keep_until: Day | None
    walled: Annotated[Flag, Only("care_officer")]


def source(_: Basis) -> Select[Any]:
    c, o = care_case.c, directory.organisation.c
    return select(
        c.id, c.pseudonym, c.state, c.counsellor_id, o.code.label("organisation_code"), c.opened_at, c.closed_on,
        c.outcome, c.keep_until, c.row_version,
        func.coalesce(func.care.walled(c.counsellor_id, c.person_id), False).label("walled"),
    ).join_from(care_case, directory.organisation, o.id == c.organisation_id, isouter=True)  # fmt: skip


def of_counsellor(person: Any) -> Any:
    """Whom a wall parts is shown nothing, whatever the case says of its counsellor."""
    return and_(care_case.c.counsellor_id == person, not_(func.care.walled(person, care_case.c.person_id)))


def of_both(person: Any) -> Any:
    """What is said between the two: each in the role in which they speak."""
    speaks = and_(func.platform.caller_is("participant"), care_case.c.person_id == person)
    return or_(speaks, and_(func.platform.caller_is("counsellor"), of_counsellor(person)))


def _closed(action: str) -> Any:
    def why(case: Row) -> Text | None:
        return CASE.why_closed(action, case["state"])

    return why


ACTIONS = (
    Action("assign", "/care/v1/cases/{id}/assignments", ("care_officer",), _closed("assign")),
    Action("close", "/care/v1/cases/{id}/closures", ("care_officer", "counsellor"), _closed("close")),
)
# what the database holds of a case, and of every row in it
CONSTRAINTS = {
    "care_case_walled": WALLED,
    "care_case_of_another": WALLED,
    "of_open_case": OF_OPEN_CASE,
}


cases = Resource(
    service="care",
    schema="care",
    name="care_case",
    plural="cases",
    read=CareCase,
    source=source,
    access={"list": access.CASES, "read": access.CASES},
    itself=of_counsellor,
    filters={"state": equals(care_case.c.state, State), "pseudonym": equals(care_case.c.pseudonym)},
    sorts=("opened_at", "pseudonym"),
    code="pseudonym",
    actions=ACTIONS,
    constraints=CONSTRAINTS,
)
