"""Sessions in calendars: a participant's own, those of the people whom an organisation knows to take part, and all for CLAIR."""

from typing import Any
from zoneinfo import ZoneInfo

from services.jet import access
from services.kit.calendar import Entry
from services.kit.db.session import ReadSession, Record
from services.kit.fields import Short
from services.kit.http.calendars import Asked, Source

TOKYO = ZoneInfo("Asia/Tokyo")
# What is not asked for by its run or year begins a year ago. A version that any part of an entry has moved on from is
# never told again: withdrawn enrolments count on in the sum.
_SESSIONS = """
SELECT s.id, s.starts_at, s.ends_at, coalesce(s.place, r.place) AS place, s.number, s.title_ja, s.title_en, s.component,
    ed.name_ja, ed.name_en, r.code, r.cancelled_on IS NOT NULL AS cancelled, uuid_extract_timestamp(s.id) AS made_at,
    s.row_version + r.row_version + ed.row_version + {version} AS version, {names} AS names
FROM jet.training_session AS s
JOIN jet.training_run AS r ON r.id = s.run_id JOIN jet.training_edition AS ed ON ed.id = r.edition_id
{people}
WHERE ($1::text IS NULL OR r.code = $1) AND ($2::integer IS NULL OR ed.fiscal_year = $2)
AND ($1 IS NOT NULL OR $2 IS NOT NULL OR s.ends_at >= platform.now() - interval '1 year') {only}
ORDER BY s.starts_at, s.id
"""
_ENROLLED = """
JOIN LATERAL (
    SELECT sum(e.row_version + c.row_version) AS version, bool_or(c.state = 'confirmed') AS takes_part,
        array_agg(coalesce(nullif(concat_ws(' ', d.family_name, d.given_name, d.middle_name), ''), a.name, p.jet_number)
                  ORDER BY e.enrolled_at, e.id) FILTER (WHERE c.state = 'confirmed') AS names
    FROM jet.training_enrolment AS e JOIN jet.capacity_claim AS c ON c.id = e.id
    LEFT JOIN jet.participant AS p ON p.id = e.participant_id
    LEFT JOIN jet.person_detail AS d ON d.participant_id = e.participant_id
    LEFT JOIN jet.attendee_detail AS a ON a.attendee_id = e.attendee_id
    WHERE e.run_id = r.id AND {whose}
) AS k ON k.takes_part
"""
_ALL = _SESSIONS.format(version="0", names="NULL::text[]", people="", only="")
_OWN = _SESSIONS.format(
    version="k.version", names="k.names", only="",
    people=_ENROLLED.format(whose="e.organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"),
)  # fmt: skip
_SELF = _SESSIONS.format(
    version="k.version", names="NULL::text[]", only="AND $3::uuid IS NOT NULL",
    people=_ENROLLED.format(whose="e.participant_id = $3::uuid"),
)  # fmt: skip


async def _sessions(session: ReadSession, asked: Asked) -> list[Entry]:
    values: list[Any] = [asked.filters.get("run_code"), asked.filters.get("fiscal_year")]
    if asked.reach == "self":
        found = await session.fetch(_SELF, *values, asked.scope.principal.person)
    else:
        found = await session.fetch(_OWN if asked.reach == "own" else _ALL, *values)
    return [_entry(row, asked.language) for row in found]


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
