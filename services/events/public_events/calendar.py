"""What is announced as a calendar: the venue's wall time in the venue's zone, whole days where there are no times yet.

What is off is told as cancelled, or who subscribed goes on seeing it; what is postponed has no day, and says so in its title.
What is announced no more is told as cancelled for a year, by its day alone.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Date, DateTime, Integer, Text, Uuid, bindparam, column, func, or_, select

from services.events import access
from services.events.public_events.resource import source
from services.events.tables import leg
from services.kit.calendar import Entry
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession
from services.kit.fields import Short
from services.kit.http.calendars import Asked, Source
from services.kit.resource import Basis
from services.kit.wall_time import zone

OFF = {
    "postponed": {"ja": "【延期】", "en": "Postponed: "},
    "cancelled": {"ja": "【中止】", "en": "Cancelled: "},
}
WITHDRAWN_TITLE = {"ja": "【掲載終了】", "en": "No longer announced"}


OFFICE = bindparam("office", type_=Text())
ENTRIES = compiled(
    source(Basis()).add_columns(leg.c.changed_at).where(or_(OFFICE.is_(None), leg.c.office == OFFICE))
)

_GONE = func.events.withdrawn_legs().table_valued(
    column("id", Uuid), column("office", Text), column("starts_on", Date), column("sequence", Integer),
    column("changed_at", DateTime(timezone=True)), name="gone",
)  # fmt: skip
GONE = compiled(select(_GONE).where(or_(OFFICE.is_(None), _GONE.c.office == OFFICE)))


async def entries(session: ReadSession, asked: Asked) -> list[Entry]:
    office = {"office": asked.filters.get("office")}
    found = await session.fetch(ENTRIES.sql, *ENTRIES.values(office))
    gone = await session.fetch(GONE.sql, *GONE.values(office))
    return [*(_entry(row, asked) for row in found), *(_withdrawn(row, asked) for row in gone)]


def _entry(row: Mapping[str, Any], asked: Asked) -> Entry:
    title = row["title_en"] if asked.language == "en" and row["title_en"] else row["title_ja"]
    # a zone that a later release knows no more still has its instants
    where, timed = zone(row["time_zone"]) or UTC, row["starts_at"] is not None
    return Entry(
        uid=_uid(row),
        sequence=row["sequence"],
        starts=row["starts_at"].astimezone(where) if timed else row["starts_on"],
        ends=row["ends_at"].astimezone(where) if timed else row["ends_on"],
        summary=OFF.get(row["state"], {}).get(asked.language, "") + title,
        last_modified=row["changed_at"],
        location=row["place"],
        description=row["host"],
        cancelled=row["state"] != "scheduled",
    )


def _withdrawn(row: Mapping[str, Any], asked: Asked) -> Entry:
    day = row["starts_on"]
    return Entry(
        _uid(row), row["sequence"], day, day, WITHDRAWN_TITLE[asked.language], row["changed_at"], cancelled=True
    )  # fmt: skip


def _uid(row: Mapping[str, Any]) -> str:
    return f"{row['id']}@events.kakehashi"


SOURCE = Source(access.PUBLIC, entries, {"office": Short})
