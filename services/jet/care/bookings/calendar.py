"""A participant's bookings for a calendar program, which other people may see: it says that there is an appointment, and
nothing of with whom, where, or what for."""

from zoneinfo import ZoneInfo

from services.jet.care import access
from services.jet.care.bookings.repository import appointments
from services.kit.calendar import Entry
from services.kit.db.session import ReadSession, Record
from services.kit.http.calendars import Asked, Source
from services.kit.text import Text

TITLE = Text("ご予約", "Appointment")


async def _entries(session: ReadSession, asked: Asked) -> list[Entry]:
    found = await appointments(session, asked.scope.principal.person)
    return [_entry(row, TITLE.within(asked.language)) for row in found]


def _entry(row: Record, summary: str) -> Entry:
    where = ZoneInfo(row["participant_zone"])
    return Entry(
        uid=f"{row['id']}@kakehashi",
        sequence=int(row["row_version"]),
        starts=row["starts_at"].astimezone(where),
        ends=row["ends_at"].astimezone(where),
        summary=summary,
        last_modified=row["changed_at"],
        cancelled=row["cancelled"],
    )


APPOINTMENTS = Source(access.OWN_BOOKINGS, _entries, {})
