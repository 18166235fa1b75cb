"""Figures of counselling: what vendors return by month, and what is published of a fiscal year, once and for ever."""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0005"
down_revision = "care_0004"
branch_labels = None
depends_on = None

# What else is counted: contacts in cases of our own, by the organisation that counselled and the host authority at which
# the participant served on the day, and subsidies granted, by the fiscal year of the service.
COUNTED = """
CREATE VIEW care.counted_contact WITH (security_invoker = true) AS
    SELECT extract(year FROM c.held_on - interval '3 months')::integer AS fiscal_year,
        extract(month FROM c.held_on)::integer AS month, c.channel,
        CASE l.unit WHEN '件' THEN 'cases' WHEN '名' THEN 'persons' ELSE 'times' END AS unit, count(*) AS value,
        o.organisation_id, s.host_id
    FROM care.contact AS c JOIN care.care_case AS o ON o.id = c.case_id
    JOIN care.channel AS l ON l.code = c.channel AND l.effective @> c.held_on
    LEFT JOIN LATERAL (SELECT host_id FROM care.serving WHERE person_id = o.person_id AND effective @> c.held_on
        ORDER BY lower(effective) DESC, id LIMIT 1) AS s ON true
    GROUP BY 1, 2, 3, 4, 6, 7;
CREATE VIEW care.granted_claim WITH (security_invoker = true) AS
    SELECT fiscal_year, claims, persons, yen FROM care.claim_figure;
GRANT SELECT ON care.counted_contact, care.granted_claim TO care_app;
"""
# The copy of the roster is of everybody alike: whoever counts by host authority reads it.
SERVED = "CREATE POLICY serving_count_select ON care.serving FOR SELECT TO care_app USING ((SELECT platform.caller_is('care_officer')))"
TABLES = """
CREATE TABLE care.vendor_return (
    id uuid CONSTRAINT vendor_return_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL, fiscal_year integer NOT NULL, month integer NOT NULL,
    channel text NOT NULL, unit text NOT NULL, value bigint NOT NULL,
    counted daterange NOT NULL GENERATED ALWAYS AS (daterange(
        make_date(fiscal_year + (month < 4)::integer, month, 1), make_date(fiscal_year + (month < 4)::integer, month, 1), '[]'
    )) STORED,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT vendor_return_once UNIQUE (organisation_id, fiscal_year, month, channel, unit),
    CONSTRAINT vendor_return_month CHECK (month BETWEEN 1 AND 12),
    CONSTRAINT vendor_return_channel_fkey FOREIGN KEY (channel, PERIOD counted) REFERENCES care.channel (code, PERIOD effective),
    CONSTRAINT vendor_return_unit CHECK (unit IN ('cases', 'persons', 'times')),
    CONSTRAINT vendor_return_value CHECK (value >= 0)
);
CREATE TABLE care.figure_release (
    id uuid CONSTRAINT figure_release_pkey PRIMARY KEY DEFAULT uuidv7(),
    fiscal_year integer NOT NULL CONSTRAINT figure_release_once UNIQUE,
    made_at timestamptz NOT NULL DEFAULT platform.now(),
    threshold integer NOT NULL, rounding integer NOT NULL, protection integer NOT NULL,
    transaction text NOT NULL DEFAULT pg_current_xact_id()::text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT figure_release_rules CHECK (threshold > 1 AND rounding > 0 AND protection >= threshold)
);
CREATE TABLE care.figure_total (
    release_id uuid NOT NULL CONSTRAINT figure_total_release_id_fkey REFERENCES care.figure_release (id),
    row_no integer NOT NULL, service text NOT NULL, channel_code text, channel text,
    audience text NOT NULL, cases bigint, persons bigint, times bigint,
    CONSTRAINT figure_total_pkey PRIMARY KEY (release_id, row_no)
);
CREATE TABLE care.figure_cell (
    release_id uuid NOT NULL CONSTRAINT figure_cell_release_id_fkey REFERENCES care.figure_release (id),
    cut text NOT NULL, channel text NOT NULL, part text NOT NULL, unit text NOT NULL, value bigint,
    CONSTRAINT figure_cell_pkey PRIMARY KEY (release_id, cut, channel, part, unit)
);
CREATE TABLE care.release_reading (
    id uuid CONSTRAINT release_reading_pkey PRIMARY KEY DEFAULT uuidv7(),
    release_id uuid NOT NULL CONSTRAINT release_reading_release_id_fkey REFERENCES care.figure_release (id),
    read_at timestamptz NOT NULL DEFAULT platform.now(),
    client text NOT NULL, role text NOT NULL, person_id uuid,
    row_version bigint NOT NULL DEFAULT 1
);
CREATE INDEX release_reading_release_idx ON care.release_reading (release_id, read_at);
"""
# A release waits for the returns of its year that are being written, and whoever comes after it finds the year closed.
RULES = """
CREATE FUNCTION care.return_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('care.figure_release'), NEW.fiscal_year);
    IF EXISTS (SELECT FROM care.figure_release AS r WHERE r.fiscal_year = NEW.fiscal_year) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'vendor_return_open',
            MESSAGE = 'the figures of the year are released';
    END IF;
    IF make_date(NEW.fiscal_year + (NEW.month < 4)::integer, NEW.month, 1) + interval '1 month' > platform.today() THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'vendor_return_month_over',
            MESSAGE = 'the month is not over';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vendor_return_in_time BEFORE INSERT OR UPDATE ON care.vendor_return
    FOR EACH ROW EXECUTE FUNCTION care.return_in_time();
CREATE FUNCTION care.year_is_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF platform.today() < make_date(NEW.fiscal_year + 1, 4, 1) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'figure_release_year_over',
            MESSAGE = 'the fiscal year is not over';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER figure_release_year_over BEFORE INSERT ON care.figure_release
    FOR EACH ROW EXECUTE FUNCTION care.year_is_over();
"""

OFFICER = "(SELECT platform.caller_is('care_officer'))"
ME = "(SELECT platform.caller('person')::uuid)"
# a release is told from those of other transactions by its mark, which nobody writes for a later one
NOW = "transaction = pg_current_xact_id()::text"
HERE = "(SELECT platform.caller('organisation')::uuid)"
RETURNS = f"{OFFICER} OR (SELECT platform.caller_is('counsellor')) AND organisation_id = {HERE}"
READERS = "(SELECT platform.caller_is('coordinator', 'care_officer', 'protector'))"
# a counsellor's return asks whether its year is closed
ASKED = "(SELECT platform.caller_is('coordinator', 'care_officer', 'protector', 'counsellor'))"
OF_RELEASE = (
    "EXISTS (SELECT FROM care.figure_release AS r WHERE r.id = release_id "
    "AND r.transaction = pg_current_xact_id()::text{also})"
)
PROTECTED = " AND (value IS NULL OR value % r.rounding = 0 AND value + (r.rounding - 1) / 2 >= r.threshold)"  # the rounded value


def upgrade() -> None:
    run(TABLES + RULES + COUNTED + SERVED)
    CARE.wall("vendor_return", read=RETURNS, write=RETURNS, grants="SELECT, INSERT, UPDATE")
    CARE.wall("figure_release", read=ASKED, write=f"{OFFICER} AND {NOW}", grants="SELECT, INSERT")
    for table, also in (("figure_total", ""), ("figure_cell", PROTECTED)):
        CARE.wall(
            table,
            read=READERS,
            write=f"{OFFICER} AND {OF_RELEASE.format(also=also)}",
            grants="SELECT, INSERT",
        )
    CARE.wall(
        "release_reading",
        read="(SELECT platform.caller_is('care_officer', 'protector'))",
        write=f"{READERS} AND client = (SELECT platform.caller('client')) AND role = (SELECT platform.caller('role')) "
        f"AND person_id IS NOT DISTINCT FROM {ME}",
        grants="SELECT, INSERT",
    )


def downgrade() -> None:
    run(
        "DROP POLICY serving_count_select ON care.serving; DROP VIEW care.counted_contact, care.granted_claim"
    )
    run(
        "DROP TABLE care.release_reading, care.figure_cell, care.figure_total, care.figure_release, care.vendor_return"
    )
    run("DROP FUNCTION care.return_in_time, care.year_is_over")
