"""What is announced (イベント一覧), without a key: a leg with its edition and event, near the core event of GIF (DS-43C).

GIF knows no zone of a time; here it stands beside, for the times are the venue's. What is off stays in the list and says so.
"""

from typing import Annotated, Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, case, func, select

from services.events import access
from services.events.legs.resource import Mode
from services.events.references import overseas_office
from services.events.tables import edition, event, leg
from services.events.terms import PROGRAMME, Programme
from services.kit.fields import equals
from services.kit.japan import cells, codes
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Called, Day, Wire, choice

State = Literal["scheduled", "postponed", "cancelled"]


class PublicEvent(Wire):
    code: Annotated[str, codes.CODE, Called("public_event_code")]
    title_ja: Annotated[str, Called("public_event_title_ja")]
    title_en: Annotated[str | None, Called("public_event_title_en")]
    starts_on: Annotated[Day, Called("public_event_starts_on")]
    ends_on: Annotated[Day, Called("public_event_ends_on")]
    opens_at: Annotated[str | None, cells.TEXT, Called("public_event_opens_at")]
    closes_at: Annotated[str | None, cells.TEXT, Called("public_event_closes_at")]
    time_zone: str
    place: Annotated[str | None, Called("public_event_place")]
    country: str | None
    mode: Annotated[Mode | None, choice("leg_mode", get_args(Mode)), Called("public_event_mode")]
    host: Annotated[str, Called("public_event_host")]
    state: Annotated[State, choice("public_event_state", get_args(State)), Called("public_event_state")]
    programme: Annotated[Programme, PROGRAMME, Called("event_programme")]
    office_code: str | None
    sequence: int


STATE: ColumnElement[str] = case(
    (leg.c.cancelled_on.is_not(None), "cancelled"),
    (edition.c.standing == "not_held", "cancelled"),
    (edition.c.standing == "postponed", "postponed"),
    else_="scheduled",
)
PLACE = func.nullif(func.concat_ws(" ", leg.c.venue, leg.c.place), "")


def source(_: Basis) -> Select[Any]:
    t, e, o = leg.c, edition.c, overseas_office.c
    name = func.concat_ws(" ", e.title_ja, t.label)
    host = func.coalesce(
        e.host, func.concat("一般財団法人自治体国際化協会 ", o.name_ja), "一般財団法人自治体国際化協会"
    )
    return (
        select(
            t.id, t.code, name.label("title_ja"), e.title_en, t.starts_on, t.ends_on, t.opens_at, t.closes_at,
            t.time_zone, PLACE.label("place"), t.country, t.mode, host.label("host"), STATE.label("state"),
            event.c.programme, t.office.label("office_code"), t.sequence, t.starts_at, t.ends_at, t.row_version,
        )
        .join_from(leg, edition, e.id == t.edition_id)
        .join(event, event.c.id == e.event_id)
        .join(overseas_office, o.code == t.office, isouter=True)
        .where(e.public)
    )  # fmt: skip


public_events = Resource(
    service="events",
    schema="events",
    name="public_event",
    plural="public/events",
    read=PublicEvent,
    source=source,
    access={"list": access.PUBLIC},
    filters={
        "office": equals(leg.c.office),
        "from": Filter(Day, lambda given: leg.c.ends_on >= given),
        "programme": equals(event.c.programme, Programme),
        "state": equals(STATE, State),
    },
    sorts=("starts_on", "code"),
)
