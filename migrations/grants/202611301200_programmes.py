"""Programmes, their editions, rules and rounds, and the sections of CLAIR that own them; jobs, for there are imports now."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0003"
down_revision = "grants_0002"
branch_labels = None
depends_on = None

# Asked of the directory at each statement, so that a post which ends at midnight ends here too.
SECTIONS = """
CREATE FUNCTION grants.sections() RETURNS text[] STABLE LANGUAGE sql AS $$
    SELECT CASE platform.caller('role') WHEN 'grant_officer' THEN ARRAY(
        SELECT p.section FROM directory.post AS p JOIN directory.organisation AS o ON o.id = p.organisation_id
        WHERE p.person_id = platform.caller('person')::uuid AND o.kind = 'association' AND o.code = 'CLAIR'
            AND p.section LIKE 'grants-%' AND p.effective @> platform.today())
        ELSE '{}'::text[] END
$$;
"""

# The section stands on each row, so that a policy asks no other table; where a programme moves, it moves along.
TABLES = """
CREATE TABLE grants.programme (
    id uuid CONSTRAINT programme_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT programme_code_key UNIQUE,
    section text NOT NULL CONSTRAINT programme_section CHECK (section LIKE 'grants-%'),
    kind text NOT NULL CONSTRAINT programme_kind CHECK (kind IN ('organisation', 'individual', 'in_kind', 'honour')),
    name_ja text NOT NULL, name_en text NOT NULL, legal_text text, retired_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT programme_of_section UNIQUE (id, section)
);
CREATE TABLE grants.edition (
    id uuid CONSTRAINT edition_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT edition_code_key UNIQUE,
    programme_id uuid NOT NULL, section text NOT NULL,
    fiscal_year integer NOT NULL CONSTRAINT edition_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    name_ja text NOT NULL, name_en text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT edition_once UNIQUE (programme_id, fiscal_year),
    CONSTRAINT edition_of_section UNIQUE (id, section),
    CONSTRAINT edition_of_year UNIQUE (id, programme_id, section, fiscal_year),
    CONSTRAINT edition_programme_fkey FOREIGN KEY (programme_id, section)
        REFERENCES grants.programme (id, section) ON UPDATE CASCADE
);
CREATE TABLE grants.category (
    id uuid CONSTRAINT category_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id uuid NOT NULL, section text NOT NULL, code text NOT NULL,
    name_ja text NOT NULL, name_en text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT category_once UNIQUE (edition_id, code),
    CONSTRAINT category_edition_fkey FOREIGN KEY (edition_id, section)
        REFERENCES grants.edition (id, section) ON UPDATE CASCADE
);
CREATE TABLE grants.rule_version (
    id uuid CONSTRAINT rule_version_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id uuid NOT NULL, section text NOT NULL,
    number integer NOT NULL, code text NOT NULL CONSTRAINT rule_version_code_key UNIQUE,
    rules jsonb NOT NULL CONSTRAINT rule_version_rules CHECK (jsonb_typeof(rules) = 'object'),
    sample boolean NOT NULL DEFAULT false,
    frozen_at timestamptz,
    frozen_by uuid CONSTRAINT rule_version_frozen_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT rule_version_numbered UNIQUE (edition_id, number),
    CONSTRAINT rule_version_of_edition UNIQUE (id, edition_id),
    CONSTRAINT rule_version_signed CHECK ((frozen_at IS NULL) = (frozen_by IS NULL)),
    CONSTRAINT rule_version_edition_fkey FOREIGN KEY (edition_id, section)
        REFERENCES grants.edition (id, section) ON UPDATE CASCADE
);
CREATE TABLE grants.round (
    id uuid CONSTRAINT round_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT round_code_key UNIQUE,
    edition_id uuid NOT NULL, programme_id uuid NOT NULL, section text NOT NULL, fiscal_year integer NOT NULL,
    rule_version_id uuid, parent_id uuid,
    number smallint NOT NULL CONSTRAINT round_number CHECK (number BETWEEN 1 AND 99),
    opens_at timestamptz NOT NULL, closes_at timestamptz NOT NULL, publish_at timestamptz,
    projects_from date NOT NULL, projects_to date NOT NULL,
    budget_conditional boolean NOT NULL DEFAULT false, work_from_decision boolean NOT NULL DEFAULT false,
    announced_at timestamptz, cancelled_at timestamptz, cancelled_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT round_numbered UNIQUE (edition_id, number),
    CONSTRAINT round_of_edition UNIQUE (id, edition_id),
    CONSTRAINT round_edition_fkey FOREIGN KEY (edition_id, programme_id, section, fiscal_year)
        REFERENCES grants.edition (id, programme_id, section, fiscal_year) ON UPDATE CASCADE,
    CONSTRAINT round_rules_fkey FOREIGN KEY (rule_version_id, edition_id)
        REFERENCES grants.rule_version (id, edition_id),
    CONSTRAINT round_parent_fkey FOREIGN KEY (parent_id, edition_id) REFERENCES grants.round (id, edition_id),
    CONSTRAINT round_of_another CHECK (parent_id <> id),
    CONSTRAINT round_in_order CHECK (opens_at < closes_at AND closes_at <= publish_at),
    CONSTRAINT round_projects CHECK (projects_from <= projects_to
        AND projects_from >= make_date(fiscal_year, 4, 1) AND projects_to < make_date(fiscal_year + 1, 4, 1)),
    CONSTRAINT round_under_rules CHECK (announced_at IS NULL OR rule_version_id IS NOT NULL),
    CONSTRAINT round_cancelled CHECK ((cancelled_at IS NULL) = (cancelled_reason IS NULL))
);
CREATE INDEX round_programme_idx ON grants.round (programme_id);
CREATE INDEX round_rules_idx ON grants.round (rule_version_id);
CREATE TABLE grants.round_extension (
    id uuid CONSTRAINT round_extension_pkey PRIMARY KEY DEFAULT uuidv7(),
    round_id uuid NOT NULL CONSTRAINT round_extension_round_fkey REFERENCES grants.round (id),
    closed_at timestamptz NOT NULL, closes_at timestamptz NOT NULL, reason text NOT NULL,
    extended_at timestamptz NOT NULL DEFAULT platform.now(),
    extended_by uuid NOT NULL CONSTRAINT round_extension_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT round_extension_once UNIQUE (round_id, closes_at),
    CONSTRAINT round_extension_later CHECK (closed_at < closes_at AND extended_at < closes_at)
);
"""

# What holds of more than one row. A version of rules is numbered within its edition, whose row makes writers take turns.
RULES = """
CREATE FUNCTION grants.edition_within_programme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM grants.programme AS p WHERE p.id = NEW.programme_id
        AND (p.retired_on IS NULL OR p.retired_on > make_date(NEW.fiscal_year, 4, 1)) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_programme_retired',
            MESSAGE = 'the programme has ended before this year';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_within_programme BEFORE INSERT ON grants.edition
    FOR EACH ROW EXECUTE FUNCTION grants.edition_within_programme();
CREATE FUNCTION grants.rule_version_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of text;
BEGIN
    SELECT e.code INTO of FROM grants.edition AS e WHERE e.id = NEW.edition_id FOR NO KEY UPDATE;
    NEW.number := (SELECT coalesce(max(v.number), 0) + 1 FROM grants.rule_version AS v
        WHERE v.edition_id = NEW.edition_id);
    NEW.code := of || '-R' || NEW.number;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_version_number BEFORE INSERT ON grants.rule_version
    FOR EACH ROW EXECUTE FUNCTION grants.rule_version_number();
CREATE FUNCTION grants.rule_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'section' = to_jsonb(OLD) - 'section' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_version_frozen',
        MESSAGE = 'a frozen version of rules does not change';
END $$;
CREATE TRIGGER rule_version_stays BEFORE UPDATE OR DELETE ON grants.rule_version
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION grants.rule_version_stays();
CREATE FUNCTION grants.round_announced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants.rule_version AS v WHERE v.id = NEW.rule_version_id AND v.frozen_at IS NOT NULL)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_under_frozen_rules',
            MESSAGE = 'a round is announced under frozen rules';
    END IF;
    IF NEW.closes_at <= NEW.announced_at THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_announced_in_time',
            MESSAGE = 'a round is announced before it closes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_announced_insert BEFORE INSERT ON grants.round
    FOR EACH ROW WHEN (NEW.announced_at IS NOT NULL) EXECUTE FUNCTION grants.round_announced();
CREATE TRIGGER round_announced_update BEFORE UPDATE ON grants.round
    FOR EACH ROW WHEN (OLD.announced_at IS NULL AND NEW.announced_at IS NOT NULL)
    EXECUTE FUNCTION grants.round_announced();
CREATE FUNCTION grants.round_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    apart text[] := '{section,row_version,publish_at,closes_at,cancelled_at,cancelled_reason}';
BEGIN
    IF to_jsonb(NEW) - apart <> to_jsonb(OLD) - apart OR NEW.closes_at < OLD.closes_at
        OR OLD.cancelled_at IS NOT NULL AND to_jsonb(NEW) - 'section' <> to_jsonb(OLD) - 'section'
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays',
            MESSAGE = 'what is announced stays as it was announced';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_stays BEFORE UPDATE ON grants.round
    FOR EACH ROW WHEN (OLD.announced_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL)
    EXECUTE FUNCTION grants.round_stays();
"""

MINE = "section = ANY ((SELECT grants.sections())::text[])"
HOUSE = "(SELECT platform.caller_is('service'))"
# Whoever may apply, and everybody at the public list.
TOLD = "(SELECT platform.caller_is('organisation', 'host_authority', 'participant', 'anonymous'))"
# Of rounds, these see what is announced; of the rest, what an announced round stands on.
STANDS_ON = {
    "programme": "r.programme_id = programme.id",
    "edition": "r.edition_id = edition.id",
    "category": "r.edition_id = category.edition_id",
    "rule_version": "r.rule_version_id = rule_version.id",
}
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    GRANTS.jobs()
    run(
        "CREATE POLICY idempotency_old_delete ON grants.idempotency FOR DELETE TO grants_app "
        "USING ((SELECT platform.caller_is('worker')) AND created_at < now() - interval '7 days'); "
        # of another section's programmes nobody else at CLAIR is told
        "ALTER POLICY outbox_select ON grants.outbox USING ((SELECT platform.caller_is('service', 'worker')) "
        "OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[]))"
    )
    run(SECTIONS + TABLES + RULES)
    GRANTS.wall(
        "round", read=f"{MINE} OR {HOUSE} OR {TOLD} AND announced_at IS NOT NULL", write=MINE, grants=KEEP
    )
    for table, stands in STANDS_ON.items():
        told = f"{TOLD} AND EXISTS (SELECT FROM grants.round AS r WHERE {stands})"
        GRANTS.wall(table, read=f"{MINE} OR {HOUSE} OR {told}", write=MINE, grants=KEEP)
    of_round = "EXISTS (SELECT FROM grants.round AS r WHERE r.id = round_id{mine})"
    GRANTS.wall(
        "round_extension",
        read=of_round.format(mine=""),
        write=of_round.format(mine=f" AND r.{MINE}"),
        grants="SELECT, INSERT",
    )


def downgrade() -> None:
    run(
        "DROP TABLE grants.round_extension, grants.round, grants.rule_version, grants.category, grants.edition, "
        "grants.programme; DROP FUNCTION grants.round_stays, grants.round_announced, grants.rule_version_stays, "
        "grants.rule_version_number, grants.edition_within_programme, grants.sections; "
        "ALTER POLICY outbox_select ON grants.outbox USING ("
        "(SELECT platform.caller_is('coordinator', 'registrar', 'service', 'worker')) "
        "OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])); "
        "DROP POLICY idempotency_old_delete ON grants.idempotency"
    )
    GRANTS.drop_jobs()
