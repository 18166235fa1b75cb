"""Surveys abroad (海外依頼調査): asked of one office or of several, and one survey all the same."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, any_, case, false, func, select

from services.events import access
from services.events.log_tables import survey
from services.events.references import NOT_YOUR_OFFICE, UNKNOWN_OFFICE, organisation, overseas_office
from services.events.supports.domain import DAYS, ordered
from services.events.terms import EventCode, OfficeCode, OrganisationCode
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import Short, equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import codes
from services.kit.japan.choices import several
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Flag, Line, Wire

Offices = Annotated[list[OfficeCode], Field(min_length=1, max_length=20), several(codes.CODE)]
REQUESTER = Finding(
    "survey_requester",
    Text("依頼者は団体コードか名称のどちらか一つで書きます", "A requester is told by a code or by a name, one of both"),
    Text(
        "登録済みの団体は団体コードだけ、ほかは依頼者の名称だけを入力してください。",
        "Give the code alone where the directory has it, else the name alone.",
    ),
)  # fmt: skip


class SurveyWrite(Wire):
    code: EventCode
    title: Annotated[Line, Called("survey_title")]
    office_codes: Offices
    organisation_code: OrganisationCode | None = None
    requester_name: Line | None = None
    requested_on: Day
    due_on: Day | None = None
    answered_on: Day | None = None
    marked: Flag = False


class Survey(SurveyWrite):
    id: UUID
    fiscal_year: int
    requester: str


# answered after the day that was asked for, or not yet
LATE = func.coalesce(func.coalesce(survey.c.answered_on, temporal.TODAY) > survey.c.due_on, false())


def source(_: Basis) -> Select[Any]:
    s, o = survey.c, directory.organisation.c
    return (
        select(
            s.id, s.code, s.title, s.offices.label("office_codes"), o.code.label("organisation_code"),
            s.requester_name, s.requested_on, s.due_on, s.answered_on, s.marked, s.fiscal_year,
            case((o.name.is_not(None), o.name), else_=s.requester_name).label("requester"), s.row_version,
        )
        .join_from(survey, directory.organisation, o.id == s.organisation_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """An office writes surveys that are asked of it, too."""
    mine = set(await session.scalar(select(func.events.offices())) or ())
    known = set(await session.scalars(select(overseas_office.c.code)))
    wanted = select(survey.c.code, survey.c.offices).where(survey.c.code.in_({row["code"] for row in rows}))
    stored = {one.code: one.offices for one in await session.execute(wanted)}
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        wrong = found.setdefault(row["_row"], [])
        row["offices"] = list(dict.fromkeys(row["office_codes"]))
        row["fiscal_year"] = fiscal_year_of(row["requested_on"])
        if not known.issuperset(row["offices"]):
            wrong.append(("office_codes", UNKNOWN_OFFICE))
        elif mine.isdisjoint(row["offices"]) or mine.isdisjoint(stored.get(row["code"], mine)):
            wrong.append(("office_codes", NOT_YOUR_OFFICE))
        if (row["organisation_id"] is None) == (row["requester_name"] is None):
            wrong.append(("requester_name", REQUESTER))
        if not ordered(row["requested_on"], row["due_on"], row["answered_on"]):
            wrong.append(("requested_on", DAYS))
    return found


surveys = Resource(
    service="events",
    schema="events",
    name="survey",
    plural="surveys",
    read=Survey,
    write=SurveyWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "office": Filter(Short, lambda given: given == any_(survey.c.offices)),
        "fiscal_year": equals(survey.c.fiscal_year, int),
        "organisation": by_organisation(survey.c.organisation_id),
        "answered": Filter(bool, lambda given: survey.c.answered_on.is_not(None) == given),
        "late": Filter(bool, lambda given: given == LATE),
        "marked": equals(survey.c.marked, bool),
        "code": equals(survey.c.code),
    },
    sorts=("code", "requested_on"),
    code="code",
    parts=(Part(survey, ("code",)),),
    refs=(organisation(),),
    check=check,
    fixed=("code",),
    constraints={"survey_requester": refusal(REQUESTER), "survey_days": refusal(DAYS)},
    version="2026.1",
)
