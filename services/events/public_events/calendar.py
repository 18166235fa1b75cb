"""What is announced as a calendar: the venue's wall time in the venue's zone, whole days where there are no times yet.

What is off is told as cancelled, or who subscribed goes on seeing it; what is postponed has no day, and says so in its title.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Text, bindparam, func, or_

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


OFFICE = bindparam("office", type_=Text())
ENTRIES = compiled(
    source(Basis())
    .add_columns(func.uuid_extract_timestamp(leg.c.id).label("made_at"))
    .where(or_(OFFICE.is_(None), leg.c.office == OFFICE))
)


async def entries(session: ReadSession, asked: Asked) -> list[Entry]:
    found = await session.fetch(ENTRIES.sql, *ENTRIES.values({"office": asked.filters.get("office")}))
    return [_entry(row, asked) for row in found]


def _entry(row: Mapping[str, Any], asked: Asked) -> Entry:
    title = row["title_en"] if asked.language == "en" and row["title_en"] else row["title_ja"]
    where, timed = zone(row["time_zone"]), row["starts_at"] is not None
    return Entry(
        uid=f"{row['id']}@events.kakehashi",
        sequence=row["sequence"],
        starts=row["starts_at"].astimezone(where) if timed else row["starts_on"],
        ends=row["ends_at"].astimezone(where) if timed else row["ends_on"],
        summary=OFF.get(row["state"], {}).get(asked.language, "") + title,
        last_modified=row["made_at"],
        location=row["place"],
        description=row["host"],
        cancelled=row["state"] != "scheduled",
    )


SOURCE = Source(access.PUBLIC, entries, {"office": Short})
