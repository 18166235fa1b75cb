"""What the programme sheet of a mission says of its members, its days and the bodies that it visits."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.kit.db.session import ReadSession, Record

# by protocol: who has no rank follows, by number
MEMBERS = """
SELECT m.id, n.name, m.title, m.title_en, coalesce(m.affiliation, o.name) AS affiliation,
    coalesce(m.affiliation_en, o.name_en) AS affiliation_en, c.name_ja AS country_ja, c.name_en AS country_en
FROM events.mission_member AS m
LEFT JOIN events.mission_member_name AS n ON n.member_id = m.id
LEFT JOIN directory.organisation AS o ON o.id = m.organisation_id
LEFT JOIN directory.country AS c ON c.alpha2 = m.country
WHERE m.mission_id = $1 AND m.withdrawn_on IS NULL
ORDER BY m.protocol_rank NULLS LAST, m.number
"""
STOPS = """
SELECT s.held_on, s.begins_at, s.place, s.receiver, o.name AS organisation, s.purpose
FROM events.mission_stop AS s LEFT JOIN directory.organisation AS o ON o.id = s.organisation_id
WHERE s.mission_id = $1
ORDER BY s.held_on, s.begins_at NULLS FIRST, s.number
"""
HOSTS = """
SELECT coalesce(h.name, o.name) AS name
FROM events.mission_host AS h LEFT JOIN directory.organisation AS o ON o.id = h.organisation_id
WHERE h.mission_id = $1 ORDER BY h.number
"""


class Sheet(NamedTuple):
    members: Sequence[Record]
    stops: Sequence[Record]
    hosts: list[str]
    issued: Record


async def sheet(session: ReadSession, mission: UUID) -> Sheet:
    issued = await session.row("SELECT platform.today() AS today, sandbox FROM platform.clock")
    assert issued is not None
    hosts = [row["name"] for row in await session.fetch(HOSTS, mission)]
    return Sheet(await session.fetch(MEMBERS, mission), await session.fetch(STOPS, mission), hosts, issued)
