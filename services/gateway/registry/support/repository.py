"""Notes of refused requests: stored as the door tells them, and forgotten by their age."""

from sqlalchemy import text

from services.kit.db.session import WriteSession

FORGET_AT_ONCE = 500

_STORE = """
INSERT INTO identity.refused_request (id, support_code, request_id, trace_id, at, client, role, person_id,
    organisation_id, service, route, method, status, code, title, errors)
SELECT id, support_code, request_id, trace_id, to_timestamp(at), client, role, person_id, organisation_id, service,
    route, method, status, code, title, errors
FROM jsonb_to_recordset(CAST(:notes AS jsonb)) AS n (id uuid, support_code text, request_id text, trace_id text,
    at float8, client text, role text, person_id uuid, organisation_id uuid, service text, route text, method text,
    status integer, code text, title text, errors text[])
ON CONFLICT (id) DO NOTHING
"""
# Some at every batch, more than a batch brings: so they do not grow in number. One at a time, so that two doors do
# not wait for each other.
_FORGET = """
DELETE FROM identity.refused_request WHERE (SELECT pg_try_advisory_xact_lock(hashtext('identity.refused_request')))
AND id IN (SELECT id FROM identity.refused_request WHERE at < now() - make_interval(days => :days) ORDER BY at LIMIT :most)
"""


async def note(session: WriteSession, notes: str, days: int) -> None:
    """`notes` is a JSON list whose shape was checked; one that is there already stays as it is."""
    await session.execute(text(_FORGET), {"days": days, "most": FORGET_AT_ONCE})
    await session.execute(text(_STORE), {"notes": notes})
