"""Career fairs (キャリアフェア): CLAIR's own, and regional ones that CLAIR may have given a grant.

`counted_by` says what the report counts, attendance or the counts that were reported; the two are never added.
Exhibitors see candidates until `candidates_until`, and no longer than the fair stands.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import Select, select

from services.jet import access, career_references
from services.jet.career_tables import career_fair, career_fair_day
from services.jet.fair_interviews import service as interviews
from services.jet.fairs.domain import CANCELLED_WITHOUT_REASON, GRANT_WITHOUT_ORGANISER, check_fair
from services.jet.terms import OrganisationCode, Year
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells, codes
from services.kit.resource import Basis, Change, Filter, Part, Resource, Row
from services.kit.wire import Day, Flag, Instant, Line, Wire, choice
from services.kit.writer import store_parts

CountedBy = Literal["attendance", "headcount"]
FairCode = Annotated[
    StrictStr, Field(min_length=1, max_length=30, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$"), codes.CODE
]


class CareerFairWrite(Wire):
    fair_code: FairCode
    fiscal_year: Year
    name_ja: Line
    name_en: Line
    organiser_code: OrganisationCode | None = None
    granted: Annotated[Flag, cells.BOOLEAN] = False
    counted_by: Annotated[CountedBy, choice("training_counting", get_args(CountedBy))] = "attendance"
    candidates_until: Instant
    cancelled_on: Day | None = None
    cancelled_reason: Line | None = None


class CareerFair(CareerFairWrite):
    id: UUID
    organiser_name: str | None


def source(_: Basis) -> Select[Any]:
    f, o = career_fair.c, directory.organisation.c
    return select(
        f.id, f.code.label("fair_code"), f.fiscal_year, f.name_ja, f.name_en, o.code.label("organiser_code"),
        o.name.label("organiser_name"), f.granted, f.counted_by, f.candidates_until, f.cancelled_on,
        f.cancelled_reason, f.row_version,
    ).join_from(career_fair, directory.organisation, o.id == f.organiser_id, isouter=True)  # fmt: skip


def derive(row: Row) -> None:
    row["code"] = row["fair_code"]


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {
        row["_row"]: check_fair(
            row["organiser_code"], row["granted"], row["cancelled_on"], row["cancelled_reason"]
        )
        for row in rows
    }


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """A fair that is cancelled has no interviews any more."""
    changes = await store_parts(session, career_fairs, rows, insert_only)
    cancelled = {row["_row"] for row in rows if row["cancelled_on"] is not None}
    await interviews.cancel_of_fairs(session, [one.id for one in changes if one.row in cancelled])
    return changes


def on_day(given: Any) -> Any:
    d = career_fair_day.alias("held").c
    return select(d.id).where(d.fair_id == career_fair.c.id, d.held_on == given).exists()


career_fairs = Resource(
    service="jet",
    schema="jet",
    name="career_fair",
    plural="career-fairs",
    read=CareerFair,
    write=CareerFairWrite,
    source=source,
    access={
        "list": access.FAIRS,
        "read": access.FAIRS,
        "create": access.FAIRS_WRITE,
        "change": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    code="fair_code",
    filters={
        "fiscal_year": equals(career_fair.c.fiscal_year, int),
        "organisation": by_organisation(career_fair.c.organiser_id),
        "granted": equals(career_fair.c.granted, bool),
        "on": Filter(Day, on_day),
    },
    sorts=("fair_code", "fiscal_year"),
    parts=(Part(career_fair, ("code",)),),
    refs=(career_references.organisation("organiser_code", "organiser_id"),),
    derive=derive,
    check=check,
    store=store,
    fixed=("fair_code",),
    constraints={
        "career_fair_granted_to_another": refusal(GRANT_WITHOUT_ORGANISER),
        "career_fair_cancelled": refusal(CANCELLED_WITHOUT_REASON),
    },
    version="2026.1",
)
