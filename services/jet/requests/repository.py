"""What is known of the participants whom reappointment rows name."""

from collections.abc import Sequence

import pydantic_core
from sqlalchemy import text

from services.jet.requests.domain import Service
from services.kit.db.session import WriteSession
from services.kit.resource import Row

# Years are those of the present stint and, of former ones, the first and all of which the caller knows an appointment.
_SERVICE = """
SELECT r.row, n.job_type,
    EXISTS (SELECT FROM jet.appointment AS a WHERE a.participant_id = r.participant_id
            AND a.organisation_id = r.organisation_id AND a.programme_year = r.programme_year - 1
            AND a.ends_on >= platform.today()) AND n.state NOT IN ('withdrawn', 'early_terminated') AS serves,
    (SELECT count(DISTINCT y) FROM (
        SELECT generate_series(n.programme_year, r.programme_year - 1) AS y UNION
        SELECT p.programme_year FROM jet.participation AS p WHERE p.participant_id = r.participant_id
        AND p.programme_year < r.programme_year AND p.state <> 'withdrawn' UNION
        SELECT a.programme_year FROM jet.appointment AS a
        WHERE a.participant_id = r.participant_id AND a.programme_year < r.programme_year) AS served) AS years
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r("row" integer, participant_id uuid, organisation_id uuid, programme_year integer)
JOIN LATERAL (SELECT * FROM jet.participation AS p WHERE p.participant_id = r.participant_id
              AND p.programme_year < r.programme_year ORDER BY p.programme_year DESC LIMIT 1) AS n ON true
"""
_NAMED_BEFORE = """
SELECT r.row, t.line FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r("row" integer, line integer, participant_id uuid, organisation_id uuid, programme_year integer)
JOIN jet.placement_request AS t USING (participant_id, organisation_id, programme_year)
WHERE t.line <> r.line
"""
_NAMES = ("participant_id", "organisation_id", "programme_year", "line")

# What is asked for now beside what was a year before, a row for each field that differs.
DIFFERENCES = """
WITH asked AS (
    SELECT r.*, row_number() OVER (PARTITION BY organisation_id, programme_year, job_type, arrival_group
                                   ORDER BY line) AS place
    FROM jet.placement_request AS r WHERE entry = 'new' AND seats > 0),
answered AS (
    SELECT organisation_id, programme_year FROM jet.placement_submission WHERE submitted_at IS NOT NULL
    UNION SELECT organisation_id, programme_year FROM jet.placement_request),
paired AS (
    SELECT y.organisation_id, y.programme_year, coalesce(n.job_type, b.job_type) AS job_type,
        coalesce(n.arrival_group, b.arrival_group) AS arrival_group, coalesce(n.line, b.line) AS line,
        CASE WHEN b.id IS NULL THEN 'added' WHEN n.id IS NULL THEN 'removed' ELSE 'changed' END AS difference,
        to_jsonb(b) AS b, to_jsonb(n) AS n
    FROM (SELECT organisation_id, programme_year, job_type, arrival_group, place FROM asked
          UNION SELECT organisation_id, programme_year + 1, job_type, arrival_group, place FROM asked) AS k
    JOIN answered AS y USING (organisation_id, programme_year)
    LEFT JOIN asked AS n USING (organisation_id, programme_year, job_type, arrival_group, place)
    LEFT JOIN asked AS b ON b.organisation_id = k.organisation_id AND b.programme_year = k.programme_year - 1
        AND b.job_type = k.job_type AND b.arrival_group = k.arrival_group AND b.place = k.place
    WHERE EXISTS (SELECT FROM answered AS l
                  WHERE l.organisation_id = k.organisation_id AND l.programme_year = k.programme_year - 1))
SELECT CAST(md5(concat_ws(E'\\x1f', coalesce(p.n ->> 'id', p.b ->> 'id'), p.programme_year, f.field)) AS uuid) AS id,
    o.code AS organisation_code, p.organisation_id, p.programme_year, p.job_type, p.arrival_group, p.line,
    p.difference, f.field, p.b ->> f.field AS last_year, p.n ->> f.field AS this_year, 1 AS row_version
FROM paired AS p JOIN directory.organisation AS o ON o.id = p.organisation_id
CROSS JOIN LATERAL jsonb_object_keys(coalesce(p.n, p.b)) AS f(field)
WHERE f.field NOT IN ('id', 'row_version', 'organisation_id', 'programme_year', 'line', 'place', 'job_type', 'arrival_group')
  AND (p.b -> f.field IS DISTINCT FROM p.n -> f.field) AND (p.difference = 'changed' OR f.field = 'seats')
"""


def _json(rows: Sequence[Row]) -> str:
    return pydantic_core.to_json(
        [{"row": row["_row"]} | {name: row[name] for name in _NAMES} for row in rows]
    ).decode()


async def services(session: WriteSession, rows: Sequence[Row]) -> dict[int, Service]:
    found = await session.execute(text(_SERVICE), {"rows": _json(rows)})
    return {row.row: Service(row.serves, row.years, row.job_type) for row in found}


async def named_elsewhere(session: WriteSession, rows: Sequence[Row]) -> dict[int, int]:
    """Rows about somebody who stands under another line already: that line."""
    found = await session.execute(text(_NAMED_BEFORE), {"rows": _json(rows)})
    return {row.row: row.line for row in found}
