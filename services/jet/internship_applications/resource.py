"""Applications for an internship (応募): up to three preferences, and texts that the host may read once assigned.

The applicant says of each text by itself whether the host reads it. Employers read nothing of this.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import ARRAY, Select, func, select
from sqlalchemy import Text as SqlText

from services.jet import access
from services.jet.internship_applications.domain import APPLICATION, TWICE
from services.jet.internship_applications.service import KEY, NAME, judge, store
from services.jet.internship_tables import (
    internship_application,
    internship_application_text,
    internship_host,
    internship_programme,
)
from services.jet.internships.terms import ONESELF, PROGRAMME, ProgrammeCode, host
from services.jet.tables import participant
from services.jet.terms import JetNumber, Languages, Levelled
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Instant, Name, Passage, Wire, choice, choices
from services.kit.writer import repeated

Kind = Literal["intern_name", "motivation", "self_introduction"]
State = Literal["submitted", "withdrawn"]


def _in_order(given: list[str]) -> list[str]:
    return sorted(set(given))


Shared = Annotated[
    list[Kind], Field(max_length=3), AfterValidator(_in_order), choices("shared_text", get_args(Kind))
]


class InternshipApplicationWrite(Wire):
    programme_code: ProgrammeCode
    jet_number: JetNumber
    first_host_code: Code
    second_host_code: Code | None = None
    third_host_code: Code | None = None
    japanese_level: Levelled
    languages: Languages = Field(default_factory=list)
    intern_name: Name | None = None
    motivation: Passage | None = None
    self_introduction: Passage | None = None
    shared_texts: Shared = Field(default_factory=list)


class InternshipApplication(InternshipApplicationWrite):
    id: UUID
    state: Annotated[State, choice("internship_application_state", get_args(State))]
    submitted_at: Instant
    withdrawn_at: Instant | None


def _content(kind: str) -> Any:
    t = internship_application_text.alias(kind).c
    return (
        select(t.content)
        .where(t.application_id == internship_application.c.id, t.kind == kind)
        .scalar_subquery()
    )


def _shared() -> Any:
    t = internship_application_text.alias("shared").c
    kinds = select(t.kind).where(t.application_id == internship_application.c.id, t.shared).order_by(t.kind)
    return func.array(kinds.scalar_subquery(), type_=ARRAY(SqlText))


def source(_: Basis) -> Select[Any]:
    a = internship_application.c
    hosts = [internship_host.alias(name) for name in ("first_host", "second_host", "third_host")]
    made = (
        select(
            a.id, internship_programme.c.code.label("programme_code"), participant.c.jet_number,
            *(one.c.code.label(f"{one.name}_code") for one in hosts), a.japanese_level, a.languages,
            *(_content(kind).label(kind) for kind in get_args(Kind)), _shared().label("shared_texts"), a.state,
            a.submitted_at, a.withdrawn_at, a.row_version,
        )
        .join_from(internship_application, internship_programme, internship_programme.c.id == a.programme_id)
        .join(participant, participant.c.id == a.participant_id)
    )  # fmt: skip
    for one in hosts:
        made = made.join(one, one.c.id == a[f"{one.name}_id"], isouter=True)
    return made


def _closed(action: str) -> Callable[[Row], Text | None]:
    return lambda row: APPLICATION.why_closed(action, row["state"])


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    same = await repeated(session, internship_applications, rows)
    return await judge(session, rows, same)


internship_applications = Resource(
    service="jet",
    schema="jet",
    name="internship_application",
    plural=NAME,
    read=InternshipApplication,
    write=InternshipApplicationWrite,
    source=source,
    access={
        "list": access.REGISTRATIONS,
        "read": access.REGISTRATIONS,
        "create": access.REGISTERS,
        "change": access.REGISTERS,
        "import": access.FAIRS_WRITE,
    },
    itself=lambda person: internship_application.c.participant_id == person,
    filters={
        "programme_code": equals(internship_programme.c.code),
        "jet_number": equals(participant.c.jet_number),
        "state": equals(internship_application.c.state, State),
    },
    sorts=("submitted_at", "jet_number"),
    parts=(Part(internship_application, KEY),),
    refs=(
        PROGRAMME,
        ONESELF,
        host("first_host_code", "first_host_id"),
        host("second_host_code", "second_host_id"),
        host("third_host_code", "third_host_id"),
    ),
    check=check,
    store=store,
    fixed=("programme_code", "jet_number"),
    version="2026.1",
    constraints={
        "internship_application_preferences": Refusal(TWICE.code, "payload", TWICE.message, TWICE.remedy)
    },
    actions=(
        Action(
            "withdraw",
            "/jet/v1/internship-applications/{id}/withdrawals",
            ("coordinator", "participant"),
            _closed("withdraw"),
        ),
    ),
)
