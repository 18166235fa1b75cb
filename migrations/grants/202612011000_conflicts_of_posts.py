"""Whoever holds, or held, a post at an applicant is in conflict with it, as whoever is seconded by it."""

from services.kit.db.migration import run

revision = "grants_0013"
down_revision = "grants_0012"
branch_labels = None
depends_on = None

POSTS = """
        UNION SELECT p.organisation_id FROM directory.post AS p, rule
        WHERE p.person_id = person AND platform.today() >= coalesce(lower(p.effective), '-infinity')
            AND platform.today() < coalesce(upper(p.effective) + make_interval(years => rule.years), 'infinity')"""
CONFLICT = """
CREATE OR REPLACE FUNCTION grants.in_conflict(person uuid, application uuid, round uuid, organisations uuid[]) RETURNS boolean
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    WITH rule AS (
        SELECT coalesce((v.rules #>> '{{conflicts,years_after_return}}')::integer, 2) AS years,
            coalesce((v.rules #>> '{{conflicts,members_of_host}}')::boolean, true) AS members
        FROM grants.round AS r LEFT JOIN grants.rule_version AS v ON v.id = r.rule_version_id WHERE r.id = in_conflict.round
    ), declared AS (
        SELECT d.organisation_id, d.application_id FROM grants.declared_relation AS d
        WHERE d.person_id = person AND platform.today() BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity')
    ), related AS (
        SELECT s.home_id AS id FROM directory.secondment AS s, rule
        WHERE s.person_id = person AND platform.today() >= coalesce(s.valid_from, '-infinity')
            AND platform.today() <= coalesce(s.valid_to + make_interval(years => rule.years), 'infinity')
        UNION SELECT organisation_id FROM declared WHERE organisation_id IS NOT NULL{posts}
    )
    SELECT EXISTS (SELECT FROM declared AS d WHERE d.application_id = application)
        OR EXISTS (SELECT FROM related AS o WHERE o.id = ANY (organisations))
        OR EXISTS (SELECT FROM related AS o JOIN rule ON rule.members JOIN directory.hierarchy AS h ON h.host_id = o.id
                   WHERE h.member_id = ANY (organisations) AND h.effective @> platform.today())
$$;
"""


def upgrade() -> None:
    run(CONFLICT.format(posts=POSTS))


def downgrade() -> None:
    run(CONFLICT.format(posts=""))
