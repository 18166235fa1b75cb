"""Surveys of placements (要望調査): CLAIR opens one for each programme year, with its two deadlines.

Opening it, and every later change of it, gives each contracting organisation (任用団体) of the day a draft.
"""

from uuid import UUID

from sqlalchemy import Select, select

from services.jet import access
from services.jet.submissions.service import ask
from services.jet.tables import placement_survey
from services.jet.terms import Year
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Change, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Wire
from services.kit.writer import store_parts

IN_ORDER = Finding(
    "deadlines_out_of_order",
    Text(
        "CLAIR への締切が、取りまとめ団体への締切より前です",
        "CLAIR's deadline is before the host authority's",
    ),
    Text("二つの締切を確認してください。", "Check both deadlines."),
)
OUT_OF_ORDER = Refusal(IN_ORDER.code, "payload", IN_ORDER.message, IN_ORDER.remedy)


class PlacementSurveyWrite(Wire):
    programme_year: Year
    host_deadline_at: Instant
    clair_deadline_at: Instant


class PlacementSurvey(PlacementSurveyWrite):
    id: UUID


def source(_: Basis) -> Select[tuple[object, ...]]:
    v = placement_survey.c
    return select(v.id, v.programme_year, v.host_deadline_at, v.clair_deadline_at, v.row_version)


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {
        row["_row"]: [("clair_deadline_at", IN_ORDER)]
        for row in rows
        if row["clair_deadline_at"] < row["host_deadline_at"]
    }


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    changes = await store_parts(session, placement_surveys, rows, insert_only)
    for row in rows:
        await ask(session, row["programme_year"])
    return changes


placement_surveys = Resource(
    service="jet",
    schema="jet",
    name="placement_survey",
    plural="placement-surveys",
    read=PlacementSurvey,
    write=PlacementSurveyWrite,
    source=source,
    access={"list": access.ASKED, "read": access.ASKED, "create": access.ASKS, "change": access.ASKS},
    filters={"programme_year": equals(placement_survey.c.programme_year, int)},
    sorts=("programme_year",),
    parts=(Part(placement_survey, ("programme_year",)),),
    check=check,
    store=store,
    fixed=("programme_year",),
    constraints={"placement_survey_deadlines": OUT_OF_ORDER},
)
