"""Days of fairs in calendars: a participant's own with their interviews, and all days for CLAIR.

What has been withdrawn or cancelled is told as that, so that a calendar takes it back.
"""

from zoneinfo import ZoneInfo

from services.jet import access
from services.jet.fair_registrations.repository import days, interviews, own_days
from services.kit.auth.scope import Rule
from services.kit.calendar import Entry
from services.kit.db.session import ReadSession, Record
from services.kit.http.calendars import Asked, Source

TOKYO = ZoneInfo("Asia/Tokyo")
OWN = Rule("jet.career:read", {"participant": "self"})


async def _days(session: ReadSession, asked: Asked) -> list[Entry]:
    year = asked.filters.get("fiscal_year")
    own = asked.reach == "self"
    found = await (own_days(session, year, asked.scope.principal.person) if own else days(session, year))
    return [_entry(row, row[f"name_{asked.language}"]) for row in found]


async def _interviews(session: ReadSession, asked: Asked) -> list[Entry]:
    found = await interviews(session, asked.filters.get("fiscal_year"), asked.scope.principal.person)
    word = "面談" if asked.language == "ja" else "Interview"
    return [_entry(row, f"{word}: {row['organisation_name']}") for row in found]


def _entry(row: Record, summary: str) -> Entry:
    return Entry(
        uid=f"{row['id']}@jet.kakehashi",
        sequence=int(row["version"]),
        starts=row["starts_at"].astimezone(TOKYO),
        ends=row["ends_at"].astimezone(TOKYO),
        summary=summary,
        last_modified=row["made_at"],
        location=row["place"],
        description=row["code"],
        cancelled=row["cancelled"],
    )


SOURCES = (
    Source(access.REGISTRATIONS, _days, {"fiscal_year": int}),
    Source(OWN, _interviews, {"fiscal_year": int}),
)
