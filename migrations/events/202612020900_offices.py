"""For which offices the caller serves; jobs, for there are imports now; seats."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0003"
down_revision = "events_0002"
branch_labels = None
depends_on = None

# Asked of the directory at each statement, so that a post which ends at midnight ends here too. Headquarters (the section
# `events`) have no code of their own, and serve for all offices.
OFFICES = """
CREATE FUNCTION events.offices() RETURNS text[] STABLE LANGUAGE sql AS $$
    SELECT CASE platform.caller('role') WHEN 'event_officer' THEN ARRAY(
        SELECT DISTINCT o.code FROM directory.post AS p JOIN directory.organisation AS c ON c.id = p.organisation_id
        CROSS JOIN LATERAL (SELECT f.code FROM directory.overseas_office AS f
            WHERE p.section = 'events' OR p.section = 'office-' || f.code
            UNION ALL SELECT '' WHERE p.section = 'events') AS o
        WHERE p.person_id = platform.caller('person')::uuid AND c.kind = 'association' AND c.code = 'CLAIR'
            AND p.effective @> platform.today())
        ELSE '{}'::text[] END
$$;
"""


def upgrade() -> None:
    EVENTS.jobs()
    run(OFFICES)
    run(
        "CREATE POLICY idempotency_old_delete ON events.idempotency FOR DELETE TO events_app "
        "USING ((SELECT platform.caller_is('worker')) AND created_at < now() - interval '7 days'); "
        "ALTER POLICY outbox_select ON events.outbox USING ((SELECT platform.caller_is('event_officer', 'service', 'worker')) "
        "OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[]))"
    )
    EVENTS.capacity()


def downgrade() -> None:
    EVENTS.drop_capacity()
    run(
        "ALTER POLICY outbox_select ON events.outbox USING ("
        "(SELECT platform.caller_is('coordinator', 'registrar', 'service', 'worker')) "
        "OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])); "
        "DROP POLICY idempotency_old_delete ON events.idempotency; DROP FUNCTION events.offices"
    )
    EVENTS.drop_jobs()
