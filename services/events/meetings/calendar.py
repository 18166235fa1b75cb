"""Meetings as a calendar: whole days in Japan. One that was postponed or not held is told as that, or a calendar keeps it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, Text, bindparam, func, or_, select

from services.events import access
from services.events.meeting_tables import meeting
from services.kit import temporal
from services.kit.calendar import Entry
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession
from services.kit.fields import Short
from services.kit.http.calendars import Asked, Source

M = meeting.c
OFFICE, YEAR = bindparam("office", type_=Text()), bindparam("fiscal_year", type_=Integer())
# of the year that is asked for, else what is to come or was of the last twelve months
ENTRIES = compiled(
    select(
        M.id, M.name, M.place, M.date_start, M.date_end, M.standing, M.row_version,
        func.uuid_extract_timestamp(M.id).label("made_at"),
    ).where(
        or_(OFFICE.is_(None), M.office == OFFICE),
        or_(M.fiscal_year == YEAR, YEAR.is_(None) & (M.date_end > temporal.TODAY - 366)),
    )
)  # fmt: skip
OFF = {
    "postponed": {"ja": "【延期】", "en": "Postponed: "},
    "not_held": {"ja": "【中止】", "en": "Not held: "},
}


async def _entries(session: ReadSession, asked: Asked) -> list[Entry]:
    given = {name: asked.filters.get(name) for name in ("office", "fiscal_year")}
    found = await session.fetch(ENTRIES.sql, *ENTRIES.values(given))
    return [_entry(row, asked) for row in found]


def _entry(row: Mapping[str, Any], asked: Asked) -> Entry:
    return Entry(
        uid=f"{row['id']}@events.kakehashi",
        sequence=int(row["row_version"]),
        starts=row["date_start"],
        ends=row["date_end"],
        summary=OFF.get(row["standing"], {}).get(asked.language, "") + row["name"],
        last_modified=row["made_at"],
        location=row["place"],
        cancelled=row["standing"] != "as_planned",
    )


SOURCE = Source(access.EVENTS_OF_CLAIR, _entries, {"office": Short, "fiscal_year": int})
