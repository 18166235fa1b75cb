"""Walls between two persons (利益相反の壁): the counsellor never sees a case of the participant, nor that there is one."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import ConfigDict, JsonValue
from sqlalchemy import Select, Uuid, cast, func

from services.jet.care import access
from services.jet.care.serving.participants import Whose
from services.jet.care.tables import person_wall
from services.kit.errors import INVALID
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Wire, choice

Reason = Literal["relative", "friend", "colleague", "own_wish", "other"]
LIFTED = Text("この壁はすでに解除されています。", "This wall is lifted already.")


_EXAMPLE: JsonValue = {
    "counsellor_id": "01904f5e-8c00-7000-8000-000000000001", "jet_number": "20240000001", "reason": "friend",
}  # fmt: skip


class PersonWallWrite(Whose):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    counsellor_id: UUID
    reason: Annotated[Reason, choice("wall_reason", get_args(Reason))]


class PersonWall(Wire):
    counsellor_id: UUID
    participant_id: UUID
    reason: Annotated[Reason, choice("wall_reason", get_args(Reason))]
    id: UUID
    set_at: Instant
    lifted_at: Instant | None


def source(_: Basis) -> Select[Any]:
    """A wall that names the officer who asks is not there for them: to be refused it by name would tell who had wished
    for it."""
    w, caller = person_wall.c, cast(func.platform.caller("person"), Uuid)
    return (
        person_wall.select()
        .with_only_columns(
            w.id, w.counsellor_id, w.participant_id, w.reason, w.set_at, w.lifted_at, w.row_version
        )
        .where(w.counsellor_id.is_distinct_from(caller), w.participant_id.is_distinct_from(caller))
    )


def _lifted(wall: Row) -> Text | None:
    return None if wall["lifted_at"] is None else LIFTED


person_walls = Resource(
    service="care",
    schema="care",
    name="person_wall",
    plural="person-walls",
    read=PersonWall,
    source=source,
    access={"list": access.WALLS, "read": access.WALLS},
    filters={
        "counsellor_id": equals(person_wall.c.counsellor_id, UUID),
        "participant_id": equals(person_wall.c.participant_id, UUID),
    },
    sorts=("set_at",),
    actions=(Action("lift", "/care/v1/person-walls/{id}/liftings", ("care_officer",), _lifted),),
    constraints={"person_wall_of_two": INVALID},
)
