"""Steps of applications as they were taken, so that figures of a past day are told the same whenever they are asked."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0014"
down_revision = "grants_0013"
branch_labels = None
depends_on = None

# From its first submission on, all that figures count of an application. Until its round is decided `standing` is what is
# proposed, and counts as nothing.
TABLE = """
CREATE TABLE grants.application_step (
    id uuid CONSTRAINT application_step_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT application_step_of_fkey REFERENCES grants.application (id),
    at timestamptz NOT NULL,
    state text NOT NULL, standing text, award text, amount_yen bigint,
    category_code text, joint boolean NOT NULL, country_codes text[] NOT NULL
);
CREATE INDEX application_step_of_idx ON grants.application_step (application_id, at, id);
CREATE FUNCTION grants.application_step_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'application_step_stays',
        MESSAGE = 'a step that was taken stays';
END $$;
CREATE TRIGGER application_step_stays BEFORE UPDATE OR DELETE ON grants.application_step
    FOR EACH ROW EXECUTE FUNCTION grants.application_step_stays();
"""
# What is submitted changes its state last. Who waited for another's transaction began before it and steps after it, so
# that no step lies before the last.
TAKEN = """
CREATE FUNCTION grants.take_step(application uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO grants.application_step (application_id, at, state, standing, award, amount_yen, category_code, joint,
        country_codes)
    SELECT a.id, greatest(platform.now(), l.at), n.*
    FROM grants.application AS a LEFT JOIN grants.selection_entry AS e ON e.application_id = a.id
        LEFT JOIN grants.award AS w ON w.application_id = a.id
        CROSS JOIN LATERAL (SELECT a.state, e.standing, w.state AS award, coalesce(w.amount_yen, e.amount_yen) AS amount_yen,
            a.category_code, a.joint, a.country_codes) AS n
        LEFT JOIN LATERAL (SELECT s.* FROM grants.application_step AS s WHERE s.application_id = a.id
            ORDER BY s.at DESC, s.id DESC LIMIT 1) AS l ON true
    WHERE a.id = application AND (l.id IS NULL OR n IS DISTINCT FROM
            (l.state, l.standing, l.award, l.amount_yen, l.category_code, l.joint, l.country_codes))
        AND (e.id IS NOT NULL OR EXISTS (SELECT FROM grants.submission AS s WHERE s.application_id = a.id))
$$;
CREATE FUNCTION grants.application_steps() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'application' THEN
        PERFORM grants.take_step(NEW.id);
    ELSE
        PERFORM grants.take_step(coalesce(NEW.application_id, OLD.application_id));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER application_steps AFTER UPDATE ON grants.application FOR EACH ROW
    WHEN ((OLD.state, OLD.category_code, OLD.joint, OLD.country_codes)
        IS DISTINCT FROM (NEW.state, NEW.category_code, NEW.joint, NEW.country_codes))
    EXECUTE FUNCTION grants.application_steps();
CREATE TRIGGER selection_entry_steps AFTER INSERT OR UPDATE OR DELETE ON grants.selection_entry
    FOR EACH ROW EXECUTE FUNCTION grants.application_steps();
CREATE TRIGGER award_steps AFTER INSERT OR UPDATE ON grants.award
    FOR EACH ROW EXECUTE FUNCTION grants.application_steps();
"""
# What is known of steps before this table: an end tells what stood before it, but for who was withdrawn without an award.
KNOWN = """
INSERT INTO grants.application_step (application_id, at, state, standing, award, amount_yen, category_code, joint,
    country_codes)
SELECT a.id, k.at, k.state, k.standing, k.award, k.amount_yen, a.category_code, a.joint, a.country_codes
FROM grants.application AS a JOIN grants.round AS r ON r.id = a.round_id
    LEFT JOIN grants.selection_entry AS e ON e.application_id = a.id
    LEFT JOIN grants.award AS w ON w.application_id = a.id
    CROSS JOIN LATERAL (VALUES
        ((SELECT min(s.entered_at) FROM grants.submission AS s WHERE s.application_id = a.id), 'submitted', NULL, NULL, NULL),
        (CASE WHEN e.standing <> 'withdrawn' OR w.id IS NOT NULL THEN r.decided_at END, 'ranked',
            CASE WHEN e.standing IN ('awarded', 'declined', 'withdrawn') THEN 'selected' ELSE e.standing END, NULL,
            e.amount_yen),
        (w.decided_at, 'ranked', 'awarded', 'decided', w.amount_yen),
        (coalesce(w.ended_at, e.ended_at), a.state, e.standing, w.state, coalesce(w.amount_yen, e.amount_yen))
    ) AS k (at, state, standing, award, amount_yen)
WHERE k.at IS NOT NULL;
SELECT grants.take_step(a.id) FROM grants.application AS a;
"""
# As it is asked: as of the end of a day in Japan, as known at an instant, and never later than now, so that what is not
# public today is told of no day.
ASKED = "on_day date DEFAULT NULL, known timestamptz DEFAULT NULL"
INSTANT = """(SELECT least(platform.now(), known,
            (on_day + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' - interval '1 microsecond') AS at)"""
STEPS = """(SELECT x.state, CASE WHEN r.decided_at <= t.at THEN x.standing END AS standing, x.award, x.amount_yen,
            x.category_code, x.joint, x.country_codes
        FROM grants.application_step AS x WHERE x.application_id = a.id AND x.at <= t.at
        ORDER BY x.at DESC, x.id DESC LIMIT 1)"""
PRESENT = """(SELECT a.state, e.standing, w.state AS award, coalesce(w.amount_yen, e.amount_yen) AS amount_yen,
            a.category_code, a.joint, a.country_codes
        FROM (SELECT) AS one
            LEFT JOIN grants.selection_entry AS e ON e.application_id = a.id AND r.decided_at IS NOT NULL
            LEFT JOIN grants.award AS w ON w.application_id = a.id
        WHERE e.id IS NOT NULL OR EXISTS (SELECT FROM grants.submission AS b WHERE b.application_id = a.id))"""
TOLD = """
CREATE FUNCTION grants.public_awards({asked}) RETURNS TABLE (
        id uuid, programme_code text, programme_name_ja text, programme_name_en text, category_code text,
        category_name_ja text, category_name_en text, edition_name_ja text, edition_name_en text, fiscal_year integer,
        organisation_id uuid, department text, member_ids uuid[], title text, country_codes text[], amount_yen bigint,
        state text, sample boolean)
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT a.id, p.code, p.name_ja, p.name_en, c.code, c.name_ja, c.name_en, d.name_ja, d.name_en, r.fiscal_year,
        a.organisation_id, a.department, a.member_ids, a.title, s.country_codes, s.amount_yen,
        CASE WHEN 'declined' IN (s.standing, s.award) THEN 'declined' ELSE s.standing END, v.sample
    FROM {instant} AS t CROSS JOIN grants.round AS r JOIN grants.application AS a ON a.round_id = r.id
        JOIN grants.programme AS p ON p.id = r.programme_id
        JOIN grants.edition AS d ON d.id = r.edition_id JOIN grants.rule_version AS v ON v.id = r.rule_version_id
        JOIN LATERAL {facts} AS s ON true
        LEFT JOIN grants.category AS c ON c.edition_id = r.edition_id AND c.code = s.category_code
    WHERE r.decided_at <= t.at AND r.publish_at <= t.at
        AND 'adopted' = ANY (grants.counted_as(true, s.state, s.standing, s.award))
$$;
CREATE FUNCTION grants.counted_applications({asked}) RETURNS TABLE (
        id uuid, programme_code text, programme_name text, category_code text, category_name text, fiscal_year integer,
        organisation_id uuid, section text, joint boolean, country_codes text[], counted_as text[])
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT a.id, p.code, p.name_ja, s.category_code, c.name_ja, r.fiscal_year, a.organisation_id, a.section, s.joint,
        s.country_codes, grants.counted_as(true, s.state, s.standing, s.award)
    FROM {instant} AS t CROSS JOIN grants.round AS r JOIN grants.application AS a ON a.round_id = r.id
        JOIN grants.programme AS p ON p.id = r.programme_id
        JOIN LATERAL {facts} AS s ON true
        LEFT JOIN grants.category AS c ON c.edition_id = r.edition_id AND c.code = s.category_code
    WHERE CASE WHEN (SELECT platform.caller_is('grant_officer'))
        THEN a.section = ANY ((SELECT grants.sections())::text[]) AND NOT grants.in_conflict(
            (SELECT platform.caller('person')::uuid), a.id, a.round_id, a.organisation_id || a.member_ids)
        ELSE r.decided_at <= t.at AND r.publish_at <= t.at END
$$;
REVOKE EXECUTE ON FUNCTION grants.public_awards, grants.counted_applications FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.public_awards, grants.counted_applications TO grants_app;
"""
# They come again in the same transaction, and are called without arguments as before.
UNTOLD = """
-- squawk-ignore ban-drop-function
DROP FUNCTION grants.public_awards, grants.counted_applications;
"""
OFFICERS = """EXISTS (SELECT FROM grants.application AS a
    WHERE a.id = application_id AND a.section = ANY ((SELECT grants.sections())::text[]))"""


def upgrade() -> None:
    run(TABLE + TAKEN + KNOWN + UNTOLD + TOLD.format(asked=ASKED, instant=INSTANT, facts=STEPS))
    GRANTS.wall("application_step", read=OFFICERS, grants="SELECT")


def downgrade() -> None:
    """Figures are of today again, by what is stored today."""
    now = "(SELECT platform.now() AS at)"
    run(
        UNTOLD
        + TOLD.format(asked="", instant=now, facts=PRESENT)
        + "DROP TRIGGER award_steps ON grants.award; DROP TRIGGER selection_entry_steps ON grants.selection_entry; "
        "DROP TRIGGER application_steps ON grants.application; "
        "DROP FUNCTION grants.application_steps, grants.take_step; DROP TABLE grants.application_step; "
        "DROP FUNCTION grants.application_step_stays"
    )
