"""Overseas offices that the caller serves for today (担当する事務所): one's own, and of headquarters all."""

from uuid import UUID

from sqlalchemy import Select, select

from services.events import access
from services.events.lines import office
from services.events.tables import mine
from services.kit.resource import Basis, Resource
from services.kit.wire import Wire


class ServedOffice(Wire):
    id: UUID
    code: str
    city_ja: str


def source(_: Basis) -> Select[object]:
    return select(office.c.id, office.c.code, office.c.city_ja)


served_offices = Resource(
    service="events",
    schema="events",
    name="served_office",
    plural="served-offices",
    read=ServedOffice,
    source=source,
    access={"list": access.LOG},
    own=mine(office.c.code),
    sorts=("code",),
)
