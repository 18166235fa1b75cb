"""Channels (発信媒体): accounts of social media, blogs, mailing lists and libraries, with the days on which they were open."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.publication_tables import channel
from services.events.references import OFFICE, check_office
from services.events.terms import EventCode, OfficeCode
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Line, Whole, Wire, choice

ChannelKind = Literal["sns", "blog", "mail_list", "library", "site", "body_list"]
CLOSED_FIRST = Finding(
    "channel_closed_first",
    Text("終了日が開始日より前です", "It is closed before it is opened"),
    Text("開始日と終了日を確認してください。", "Check both days."),
)


class ChannelWrite(Wire):
    """`number`: its place among those of its office."""

    code: EventCode
    office_code: OfficeCode | None = None
    kind: Annotated[ChannelKind, choice("channel_kind", get_args(ChannelKind)), Called("channel_kind")]
    number: Annotated[Whole, Field(ge=1), Called("place_in_order")] = 1
    name_ja: Line
    name_en: Line | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None


class Channel(ChannelWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    c = channel.c
    return select(
        c.id, c.code, c.office.label("office_code"), c.kind, c.number, c.name_ja, c.name_en, c.opened_on,
        c.closed_on, c.row_version,
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows, stored=channel)
    for row in rows:
        opened, closed = row["opened_on"], row["closed_on"]
        if opened is not None and closed is not None and closed < opened:
            found.setdefault(row["_row"], []).append(("closed_on", CLOSED_FIRST))
    return found


media_channels = Resource(
    service="events",
    schema="events",
    name="media_channel",
    plural="media-channels",
    read=Channel,
    write=ChannelWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "channel_kind": equals(channel.c.kind, ChannelKind),
        "office": equals(channel.c.office),
        "code": equals(channel.c.code),
    },
    sorts=("code",),
    code="code",
    parts=(Part(channel, ("code",)),),
    refs=(OFFICE,),
    check=check,
    fixed=("code",),
    constraints={"channel_days": refusal(CLOSED_FIRST)},
    version="2026.1",
)
