"""Sessions in calendars: a participant's own, those of the people whom an organisation knows to take part, and all for CLAIR."""

from zoneinfo import ZoneInfo

from services.jet import access
from services.jet.enrolments.repository import sessions
from services.kit.calendar import Entry
from services.kit.db.session import ReadSession, Record
from services.kit.fields import Short
from services.kit.http.calendars import Asked, Source

TOKYO = ZoneInfo("Asia/Tokyo")


async def _sessions(session: ReadSession, asked: Asked) -> list[Entry]:
    run, year = asked.filters.get("run_code"), asked.filters.get("fiscal_year")
    return [_entry(row, asked.language) for row in await sessions(session, asked.reach, run, year)]


def _entry(row: Record, language: str) -> Entry:
    name, title = row[f"name_{language}"], row[f"title_{language}"] or row["component"]
    said = [row["code"], *(row["names"] or ())]
    return Entry(
        uid=f"{row['id']}@jet.kakehashi",
        sequence=int(row["version"]),
        starts=row["starts_at"].astimezone(TOKYO),
        ends=row["ends_at"].astimezone(TOKYO),
        summary=f"{name} ({row['number']})" if title is None else f"{name}: {title}",
        last_modified=row["made_at"],
        location=row["place"],
        description="\n".join(said),
        cancelled=row["cancelled"],
    )


SESSIONS = Source(access.SCHEDULES, _sessions, {"run_code": Short, "fiscal_year": int})
