"""Versions of the forms of applications, of which a round names one."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0005"
down_revision = "grants_0004"
branch_labels = None
depends_on = None

# Numbered and frozen as versions of rules are.
TABLE = """
CREATE TABLE grants.form_version (
    id uuid CONSTRAINT form_version_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id uuid NOT NULL, section text NOT NULL,
    number integer NOT NULL, code text NOT NULL CONSTRAINT form_version_code_key UNIQUE,
    form_schema jsonb NOT NULL CONSTRAINT form_version_schema CHECK (jsonb_typeof(form_schema) = 'object'),
    frozen_at timestamptz,
    frozen_by uuid CONSTRAINT form_version_frozen_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT form_version_numbered UNIQUE (edition_id, number),
    CONSTRAINT form_version_of_edition UNIQUE (id, edition_id),
    CONSTRAINT form_version_signed CHECK ((frozen_at IS NULL) = (frozen_by IS NULL)),
    CONSTRAINT form_version_edition_fkey FOREIGN KEY (edition_id, section)
        REFERENCES grants.edition (id, section) ON UPDATE CASCADE
);
CREATE FUNCTION grants.form_version_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of text;
BEGIN
    SELECT e.code INTO of FROM grants.edition AS e WHERE e.id = NEW.edition_id FOR NO KEY UPDATE;
    NEW.number := (SELECT coalesce(max(v.number), 0) + 1 FROM grants.form_version AS v
        WHERE v.edition_id = NEW.edition_id);
    NEW.code := of || '-F' || NEW.number;
    RETURN NEW;
END $$;
CREATE TRIGGER form_version_number BEFORE INSERT ON grants.form_version
    FOR EACH ROW EXECUTE FUNCTION grants.form_version_number();
CREATE FUNCTION grants.form_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'section' = to_jsonb(OLD) - 'section' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'form_version_frozen',
        MESSAGE = 'a frozen version of a form does not change';
END $$;
CREATE TRIGGER form_version_stays BEFORE UPDATE OR DELETE ON grants.form_version
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION grants.form_version_stays();
"""

# An individual's or an honour's round may have none; what it has is frozen before it is announced.
ROUND = """
ALTER TABLE grants.round ADD COLUMN form_version_id uuid,
    ADD CONSTRAINT round_form_fkey FOREIGN KEY (form_version_id, edition_id)
        REFERENCES grants.form_version (id, edition_id);
CREATE INDEX round_form_idx ON grants.round (form_version_id);
CREATE FUNCTION grants.round_form_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants.form_version AS v WHERE v.id = NEW.form_version_id AND v.frozen_at IS NOT NULL)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_with_frozen_form',
            MESSAGE = 'a round is announced with a frozen form';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_form_frozen BEFORE INSERT OR UPDATE OF announced_at ON grants.round
    FOR EACH ROW WHEN (NEW.announced_at IS NOT NULL AND NEW.form_version_id IS NOT NULL)
    EXECUTE FUNCTION grants.round_form_frozen();
"""

MINE = "section = ANY ((SELECT grants.sections())::text[])"
HOUSE = "(SELECT platform.caller_is('service'))"
# Whoever may apply sees the form of an announced round.
TOLD = "(SELECT platform.caller_is('organisation', 'host_authority', 'participant'))"


def upgrade() -> None:
    run(TABLE + ROUND)
    stands = "EXISTS (SELECT FROM grants.round AS r WHERE r.form_version_id = form_version.id)"
    GRANTS.wall(
        "form_version",
        read=f"{MINE} OR {HOUSE} OR {TOLD} AND {stands}",
        write=MINE,
        grants="SELECT, INSERT, UPDATE",
    )


def downgrade() -> None:
    run(
        "DROP TRIGGER round_form_frozen ON grants.round; ALTER TABLE grants.round DROP CONSTRAINT round_form_fkey; "
        "DROP TABLE grants.form_version; ALTER TABLE grants.round DROP COLUMN form_version_id; "
        "DROP FUNCTION grants.round_form_frozen, grants.form_version_stays, grants.form_version_number"
    )
