"""The business clock, the caller of a transaction, and the keeper of what was known before."""

from services.kit.db.migration import run

revision = "platform_0001"
down_revision = None
branch_labels = None
depends_on = None

CLOCK = """
CREATE TABLE platform.clock (
    single boolean CONSTRAINT clock_pkey PRIMARY KEY DEFAULT true CONSTRAINT clock_one_row CHECK (single),
    sandbox boolean NOT NULL DEFAULT false,
    offset_by interval NOT NULL DEFAULT interval '0',
    go_live_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT clock_moves_in_sandboxes_only CHECK (sandbox OR offset_by = interval '0')
);
CREATE FUNCTION platform.clock_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.sandbox <> OLD.sandbox OR NEW.go_live_at <> OLD.go_live_at
       OR NEW.offset_by < OLD.offset_by THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'clock_moves_forward',
            MESSAGE = 'the clock only moves forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clock_moves_forward BEFORE UPDATE OR DELETE ON platform.clock
    FOR EACH ROW EXECUTE FUNCTION platform.clock_moves_forward();
CREATE FUNCTION platform.now() RETURNS timestamptz STABLE PARALLEL SAFE LANGUAGE sql
    AS 'SELECT now() + offset_by FROM platform.clock';
CREATE FUNCTION platform.today() RETURNS date STABLE PARALLEL SAFE LANGUAGE sql
    AS $$ SELECT (platform.now() AT TIME ZONE 'Asia/Tokyo')::date $$;
CREATE FUNCTION platform.go_live_at() RETURNS timestamptz STABLE PARALLEL SAFE LANGUAGE sql
    AS 'SELECT go_live_at FROM platform.clock';
"""

CALLER = """
CREATE FUNCTION platform.caller(field text) RETURNS text STABLE PARALLEL SAFE LANGUAGE sql
    AS $$ SELECT nullif(current_setting('kk.caller', true), '')::jsonb ->> field $$;
CREATE FUNCTION platform.caller_is(VARIADIC roles text[]) RETURNS boolean STABLE PARALLEL SAFE LANGUAGE sql
    AS $$ SELECT coalesce(platform.caller('role') = ANY (roles), false) $$;
"""

# The past table has the columns of its fact and, last, `known`. A change in the transaction that
# stored the row leaves no past: nobody else has known the old value. The trigger's arguments name columns
# that are no part of the fact.
KEEP = """
CREATE FUNCTION platform.known_now() RETURNS timestamptz STABLE PARALLEL SAFE LANGUAGE sql
    AS $$ SELECT coalesce(nullif(current_setting('kk.known_from', true), '')::timestamptz, platform.now()) $$;
CREATE FUNCTION platform.keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    until timestamptz;
    apart text[] := '{row_version,effective}'::text[] || TG_ARGV;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- A change that states no knowledge is known now; a mere new version is no change. (`effective` is made
        -- of the dates only after this trigger.)
        IF NEW.known_from = OLD.known_from AND to_jsonb(NEW) - apart IS DISTINCT FROM to_jsonb(OLD) - apart THEN
            NEW.known_from := platform.known_now();
        END IF;
        until := NEW.known_from;
    ELSE
        until := platform.known_now();
    END IF;
    IF TG_OP = 'DELETE' AND until IS DISTINCT FROM platform.now() AND until >= platform.go_live_at() THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'known_before_go_live',
            MESSAGE = 'a stated instant of knowledge must lie before go-live';
    END IF;
    IF until < OLD.known_from THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'known_in_order',
            MESSAGE = 'what is stored was known later than this change';
    END IF;
    IF until > OLD.known_from THEN
        EXECUTE format('INSERT INTO %I.%I SELECT ($1).*, tstzrange($1.known_from, $2)',
                       TG_TABLE_SCHEMA, TG_TABLE_NAME || '_past') USING OLD, until;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION platform.known_before_go_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.known_from = OLD.known_from THEN
        RETURN NEW;
    END IF;
    IF NEW.known_from IS DISTINCT FROM platform.now() AND NEW.known_from >= platform.go_live_at() THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'known_before_go_live',
            MESSAGE = 'a stated instant of knowledge must lie before go-live';
    END IF;
    RETURN NEW;
END $$;
"""


def upgrade() -> None:
    run(CLOCK)
    run(CALLER)
    run(KEEP)
    readers = (
        "registry_owner, registry_app, jet_owner, jet_app, grants_owner, grants_app, events_owner, events_app"
    )
    run(f"GRANT USAGE ON SCHEMA platform TO {readers}")
    run(f"GRANT SELECT ON platform.clock TO {readers}")
    run("GRANT UPDATE (offset_by) ON platform.clock TO registry_app")


def downgrade() -> None:
    run("DROP FUNCTION platform.known_before_go_live, platform.keep_past, platform.known_now")
    run("DROP FUNCTION platform.caller_is, platform.caller")
    run("DROP FUNCTION platform.go_live_at, platform.today, platform.now")
    run("DROP TABLE platform.clock")
    run("DROP FUNCTION platform.clock_moves_forward")
