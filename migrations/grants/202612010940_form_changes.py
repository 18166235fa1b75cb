"""An announced round is given its form's next version, and what is not yet submitted is carried over to it."""

from services.kit.db.migration import run

revision = "grants_0011"
down_revision = "grants_0010"
branch_labels = None
depends_on = None

# `left_over`: what found no place, by the code of the version under which it was typed; it stays. `form_change`: the
# difference that nobody of the applicant's has looked at yet. What was submitted keeps its version.
COLUMNS = """
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE grants.application ADD COLUMN left_over jsonb NOT NULL DEFAULT '{}', ADD COLUMN form_change jsonb,
    ADD CONSTRAINT application_left_over CHECK (jsonb_typeof(left_over) = 'object'),
    ADD CONSTRAINT application_acknowledged CHECK (form_change IS NULL OR state IN ('draft', 'withdrawn'));
"""
# Who begins a draft waits for a publication that is going on, and the publication for whoever began one: hence the lock on
# the round, which an applicant may not take. Nothing is left behind of what the signer may not see: hence the owner's rights.
FORMS = """
CREATE FUNCTION grants.application_form() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM grants.round AS r
            WHERE r.id = NEW.round_id AND r.form_version_id IS NOT DISTINCT FROM NEW.form_version_id FOR SHARE;
    ELSE
        PERFORM FROM grants.form_version AS o JOIN grants.form_version AS n USING (edition_id)
            WHERE o.id = OLD.form_version_id AND n.id = NEW.form_version_id AND n.number > o.number
                AND OLD.state IN ('draft', 'internal_approval', 'ready');
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'application_form',
            MESSAGE = 'an application has the form of its round, and keeps it when it is submitted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_form_insert BEFORE INSERT ON grants.application
    FOR EACH ROW EXECUTE FUNCTION grants.application_form();
CREATE TRIGGER application_form_update BEFORE UPDATE ON grants.application
    FOR EACH ROW WHEN (OLD.form_version_id IS DISTINCT FROM NEW.form_version_id)
    EXECUTE FUNCTION grants.application_form();
CREATE FUNCTION grants.round_carries_all() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM grants.application AS a WHERE a.round_id = NEW.id
        AND a.state IN ('draft', 'internal_approval', 'ready')
        AND a.form_version_id IS DISTINCT FROM NEW.form_version_id)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_carries_all',
            MESSAGE = 'a new form is published with all drafts carried over';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_carries_all BEFORE UPDATE ON grants.round
    FOR EACH ROW WHEN (OLD.announced_at IS NOT NULL AND OLD.form_version_id IS DISTINCT FROM NEW.form_version_id)
    EXECUTE FUNCTION grants.round_carries_all();
"""
# What an announcement fixes, as before, but for the form: as `rounds.domain.unpublishable` has it.
STAYS = """
CREATE OR REPLACE FUNCTION grants.round_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    apart text[] := '{{section,row_version,publish_at,closes_at,cancelled_at,cancelled_reason,
        budget_line_id,decided_at,decided_by,told_at{form}}}';
BEGIN
    IF to_jsonb(NEW) - apart <> to_jsonb(OLD) - apart OR NEW.closes_at < OLD.closes_at
        OR OLD.cancelled_at IS NOT NULL AND to_jsonb(NEW) - 'section' <> to_jsonb(OLD) - 'section'
        OR OLD.decided_at IS NOT NULL
            AND (NEW.decided_at, NEW.decided_by, NEW.budget_line_id, NEW.closes_at, NEW.cancelled_at)
                IS DISTINCT FROM (OLD.decided_at, OLD.decided_by, OLD.budget_line_id, OLD.closes_at, OLD.cancelled_at)
        OR OLD.decided_at IS NOT NULL AND NEW.publish_at <> OLD.publish_at
            AND least(OLD.publish_at, NEW.publish_at) <= platform.now(){publication}
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays',
            MESSAGE = 'what is announced stays as it was announced';
    END IF;
    RETURN NEW;
END $$;
"""
PUBLICATION = """
        OR NEW.form_version_id IS DISTINCT FROM OLD.form_version_id AND (OLD.closes_at <= platform.now()
            OR NOT EXISTS (SELECT FROM grants.form_version AS o JOIN grants.form_version AS n USING (edition_id)
                WHERE o.id = OLD.form_version_id AND n.id = NEW.form_version_id AND n.number > o.number
                    AND n.frozen_at IS NOT NULL))"""

MINE = "section = ANY ((SELECT grants.sections())::text[])"
HOUSE = "(SELECT platform.caller_is('service'))"
TOLD = "(SELECT platform.caller_is('organisation', 'host_authority', 'participant'))"
STANDS = "EXISTS (SELECT FROM grants.round AS r WHERE r.form_version_id = form_version.id)"
# Whoever reads an application reads the forms that it has been under.
HELD = (
    "EXISTS (SELECT FROM grants.application AS a WHERE a.form_version_id = form_version.id "
    "OR jsonb_exists(a.left_over, form_version.code))"
)


def _read(told: str) -> None:
    run(
        f"ALTER POLICY form_version_select ON grants.form_version USING ({MINE} OR {HOUSE} OR {TOLD} AND {told}); "
        f"ALTER POLICY form_version_update ON grants.form_version USING ({MINE} OR {HOUSE} OR {TOLD} AND {told}) "
        f"WITH CHECK ({MINE})"
    )


def upgrade() -> None:
    run(COLUMNS + FORMS + STAYS.format(form=",form_version_id", publication=PUBLICATION))
    _read(f"({STANDS} OR {HELD})")


def downgrade() -> None:
    _read(STANDS)
    run(
        STAYS.format(form="", publication="")
        + "DROP TRIGGER round_carries_all ON grants.round; DROP TRIGGER application_form_update ON grants.application; "
        "DROP TRIGGER application_form_insert ON grants.application; "
        "DROP FUNCTION grants.round_carries_all, grants.application_form; "
        "ALTER TABLE grants.application DROP COLUMN form_change, DROP COLUMN left_over"
    )
