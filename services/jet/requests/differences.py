"""What an organisation asks for now and did not a year before (前年度からの変更), field by field.

New seats are compared by job type, arrival group and their place among those: the numbers of lines move with the
people who stand before them. An organisation that has not answered yet has no differences.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Integer, Select, Text, Uuid, literal_column, select, text
from sqlalchemy.types import TypeEngine

from services.jet import access
from services.jet.requests.repository import DIFFERENCES
from services.jet.terms import Job
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Resource
from services.kit.wire import Wire, choice

Difference = Literal["added", "removed", "changed"]


class PlacementDifference(Wire):
    id: UUID
    organisation_code: str
    programme_year: int
    job_type: Job
    arrival_group: str
    line: int
    difference: Annotated[Difference, choice("difference", get_args(Difference))]
    field: str
    last_year: str | None
    this_year: str | None


_COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": Uuid(), "organisation_code": Text(), "organisation_id": Uuid(), "programme_year": Integer(),
    "job_type": Text(), "arrival_group": Text(), "line": Integer(), "difference": Text(), "field": Text(),
    "last_year": Text(), "this_year": Text(), "row_version": Integer(),
}  # fmt: skip


def _of(name: str) -> Any:
    return literal_column(f"found.{name}", _COLUMNS[name])


def source(_: Basis) -> Select[Any]:
    found = text(DIFFERENCES).columns(**_COLUMNS).subquery("found")
    return select(*found.c)


placement_differences = Resource(
    service="jet",
    schema="jet",
    name="placement_difference",
    plural="placement-differences",
    read=PlacementDifference,
    source=source,
    access={"list": access.REQUESTS},
    own=visible(_of("organisation_id")),
    filters={
        "organisation": by_organisation(_of("organisation_id")),
        "programme_year": equals(_of("programme_year"), int),
        "difference": equals(_of("difference"), Difference),
    },
    sorts=("organisation_code", "line"),
)
