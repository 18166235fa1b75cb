"""Countries of projects; what everybody is told of the adopted ones, and what figures count of applications."""

from services.kit.db.migration import run

revision = "grants_0010"
down_revision = "grants_0009"
branch_labels = None
depends_on = None

# Sorted and each once, so that one set is stored as one value.
COUNTRIES = """
CREATE FUNCTION grants.application_countries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(NEW.country_codes) > 20
        OR NEW.country_codes <> ARRAY(SELECT c.alpha2 FROM directory.country AS c
            WHERE c.alpha2 = ANY (NEW.country_codes) ORDER BY c.alpha2 COLLATE "C")
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'application_countries',
            MESSAGE = 'countries of the directory, twenty at most, sorted and each once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_countries_insert BEFORE INSERT ON grants.application
    FOR EACH ROW WHEN (NEW.country_codes <> '{}') EXECUTE FUNCTION grants.application_countries();
CREATE TRIGGER application_countries_update BEFORE UPDATE ON grants.application
    FOR EACH ROW WHEN (NEW.country_codes <> OLD.country_codes) EXECUTE FUNCTION grants.application_countries();
"""
# Which figures an application counts in. What was withdrawn within the term of its award was never decided.
COUNTED = """
CREATE FUNCTION grants.counted_as(submitted boolean, state text, standing text, award text) RETURNS text[]
    IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN NOT submitted THEN '{}'::text[]
        WHEN 'withdrawn' IN (state, standing, award) THEN '{received,withdrawn}'
        WHEN 'declined' IN (standing, award) THEN '{received,adopted,declined}'
        WHEN standing IN ('selected', 'awarded') THEN '{received,adopted}'
        WHEN standing IN ('waitlisted', 'not_selected') OR state = 'dismissed' THEN '{received,not_adopted}'
        ELSE '{received}' END
$$;
"""
# Both with the rights of the schema's owner: who reads them reads none of the tables. A public award is an adopted one of
# a published round. Counted are an officer's own, as they stand; for others, those of published rounds.
TOLD = """
CREATE FUNCTION grants.public_awards() RETURNS TABLE (
        id uuid, programme_code text, programme_name_ja text, programme_name_en text, category_code text,
        category_name_ja text, category_name_en text, edition_name_ja text, edition_name_en text, fiscal_year integer,
        organisation_id uuid, department text, member_ids uuid[], title text, country_codes text[], amount_yen bigint,
        state text, sample boolean)
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT a.id, p.code, p.name_ja, p.name_en, c.code, c.name_ja, c.name_en, d.name_ja, d.name_en, r.fiscal_year,
        a.organisation_id, a.department, a.member_ids, a.title, a.country_codes, coalesce(w.amount_yen, e.amount_yen),
        CASE WHEN 'declined' IN (e.standing, w.state) THEN 'declined' ELSE e.standing END, v.sample
    FROM grants.selection_entry AS e JOIN grants.application AS a ON a.id = e.application_id
        JOIN grants.round AS r ON r.id = e.round_id JOIN grants.programme AS p ON p.id = r.programme_id
        JOIN grants.edition AS d ON d.id = r.edition_id JOIN grants.rule_version AS v ON v.id = r.rule_version_id
        LEFT JOIN grants.category AS c ON c.edition_id = r.edition_id AND c.code = a.category_code
        LEFT JOIN grants.award AS w ON w.application_id = a.id
    WHERE r.decided_at IS NOT NULL AND r.publish_at <= platform.now()
        AND 'adopted' = ANY (grants.counted_as(true, a.state, e.standing, w.state))
$$;
CREATE FUNCTION grants.counted_applications() RETURNS TABLE (
        id uuid, programme_code text, programme_name text, category_code text, category_name text, fiscal_year integer,
        organisation_id uuid, section text, joint boolean, country_codes text[], counted_as text[])
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT a.id, p.code, p.name_ja, a.category_code, c.name_ja, r.fiscal_year, a.organisation_id, a.section, a.joint,
        a.country_codes, grants.counted_as(
            EXISTS (SELECT FROM grants.submission AS s WHERE s.application_id = a.id), a.state, e.standing, w.state)
    FROM grants.application AS a JOIN grants.round AS r ON r.id = a.round_id
        JOIN grants.programme AS p ON p.id = r.programme_id
        LEFT JOIN grants.category AS c ON c.edition_id = r.edition_id AND c.code = a.category_code
        LEFT JOIN grants.selection_entry AS e ON e.application_id = a.id AND r.decided_at IS NOT NULL
        LEFT JOIN grants.award AS w ON w.application_id = a.id
    WHERE CASE WHEN (SELECT platform.caller_is('grant_officer'))
        THEN a.section = ANY ((SELECT grants.sections())::text[]) AND NOT grants.in_conflict(
            (SELECT platform.caller('person')::uuid), a.id, a.round_id, a.organisation_id || a.member_ids)
        ELSE r.decided_at IS NOT NULL AND r.publish_at <= platform.now() END
$$;
REVOKE EXECUTE ON FUNCTION grants.public_awards, grants.counted_applications FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.public_awards, grants.counted_applications TO grants_app;
"""


def upgrade() -> None:
    run(COUNTRIES + COUNTED + TOLD)


def downgrade() -> None:
    run(
        "DROP FUNCTION grants.public_awards, grants.counted_applications, grants.counted_as; "
        "DROP TRIGGER application_countries_insert ON grants.application; "
        "DROP TRIGGER application_countries_update ON grants.application; DROP FUNCTION grants.application_countries"
    )
