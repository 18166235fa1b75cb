"""Career fairs: fairs with their days, exhibitors, registrations with consent, attendance, interviews."""

from migrations.histories import JET
from services.kit.db.migration import run

revision = "jet_0010"
down_revision = "jet_0009"
branch_labels = None
depends_on = None

LEVELS = "'n1', 'n2', 'n3', 'n4', 'n5', 'none'"
SKILLS = (
    "'teaching', 'translation', 'interpretation', 'tourism', 'international_exchange', 'sales', 'marketing', "
    "'public_relations', 'design', 'it', 'engineering', 'finance', 'human_resources', 'research', 'sports', 'other'"
)
SHARED = "'display_name', 'headline', 'languages', 'skills', 'japanese_ability', 'wishes', 'cv'"

FAIRS = f"""
CREATE TABLE jet.career_fair (
    id uuid CONSTRAINT career_fair_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT career_fair_code_key UNIQUE,
    fiscal_year integer NOT NULL CONSTRAINT career_fair_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    name_ja text NOT NULL, name_en text NOT NULL,
    organiser_id uuid CONSTRAINT career_fair_organiser_fkey REFERENCES directory.organisation (id),
    granted boolean NOT NULL DEFAULT false,
    counted_by text NOT NULL DEFAULT 'attendance' CONSTRAINT career_fair_counted_by
        CHECK (counted_by IN ('attendance', 'headcount')),
    candidates_until timestamptz NOT NULL,
    cancelled_on date, cancelled_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT career_fair_granted_to_another CHECK (NOT granted OR organiser_id IS NOT NULL),
    CONSTRAINT career_fair_cancelled CHECK ((cancelled_on IS NULL) = (cancelled_reason IS NULL))
);
CREATE INDEX career_fair_fiscal_year_idx ON jet.career_fair (fiscal_year);
CREATE TABLE jet.career_fair_day (
    id uuid CONSTRAINT career_fair_day_pkey PRIMARY KEY DEFAULT uuidv7(),
    fair_id uuid NOT NULL CONSTRAINT career_fair_day_fair_fkey REFERENCES jet.career_fair (id),
    number smallint NOT NULL CONSTRAINT career_fair_day_number CHECK (number BETWEEN 1 AND 99),
    code text NOT NULL CONSTRAINT career_fair_day_code_key UNIQUE,
    held_on date NOT NULL, opens_at timestamptz NOT NULL, closes_at timestamptz NOT NULL,
    span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(opens_at, closes_at)) STORED,
    venue text NOT NULL,
    pool_id uuid NOT NULL CONSTRAINT career_fair_day_pool_key UNIQUE
        CONSTRAINT career_fair_day_pool_fkey REFERENCES jet.capacity_pool (id),
    reported_participants integer, reported_jet_participants integer, reported_exhibitors integer,
    qualifier text NOT NULL DEFAULT 'exact' CONSTRAINT career_fair_day_qualifier
        CHECK (qualifier IN ('exact', 'about', 'at_least')),
    method text CONSTRAINT career_fair_day_method
        CHECK (method IN ('counted', 'estimated', 'stated')),
    reported_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT career_fair_day_once UNIQUE (fair_id, number),
    CONSTRAINT career_fair_day_of_fair UNIQUE (id, fair_id),
    CONSTRAINT career_fair_day_open UNIQUE (id, span WITHOUT OVERLAPS),
    CONSTRAINT career_fair_day_in_order CHECK (opens_at < closes_at
        AND held_on = (opens_at AT TIME ZONE 'Asia/Tokyo')::date),
    CONSTRAINT career_fair_day_reported CHECK (
        (num_nonnulls(reported_participants, reported_jet_participants, reported_exhibitors) > 0)
            = (reported_on IS NOT NULL)
        AND (reported_on IS NULL) = (method IS NULL)
        AND reported_participants >= 0 AND reported_jet_participants >= 0 AND reported_exhibitors >= 0),
    CONSTRAINT career_fair_day_of_whom CHECK (reported_jet_participants <= reported_participants)
);
CREATE TABLE jet.fair_exhibitor (
    id uuid CONSTRAINT fair_exhibitor_pkey PRIMARY KEY DEFAULT uuidv7(),
    fair_id uuid NOT NULL CONSTRAINT fair_exhibitor_fair_fkey REFERENCES jet.career_fair (id),
    organisation_id uuid NOT NULL
        CONSTRAINT fair_exhibitor_organisation_fkey REFERENCES directory.organisation (id),
    day_numbers smallint[] NOT NULL DEFAULT '{{}}',
    booth text, description_ja text, description_en text,
    wanted_skills text[] NOT NULL DEFAULT '{{}}' CONSTRAINT fair_exhibitor_wanted_skills
        CHECK (wanted_skills <@ ARRAY[{SKILLS}]),
    wanted_languages text[] NOT NULL DEFAULT '{{}}',
    wanted_japanese_level text CONSTRAINT fair_exhibitor_wanted_japanese_level
        CHECK (wanted_japanese_level IN ({LEVELS})),
    cancelled_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT fair_exhibitor_once UNIQUE (fair_id, organisation_id),
    CONSTRAINT fair_exhibitor_of_fair UNIQUE (id, fair_id, organisation_id)
);
CREATE INDEX fair_exhibitor_organisation_idx ON jet.fair_exhibitor (organisation_id);
"""

# A consent is to the registration's own fair; who has withdrawn from the fair has none. What was shared when stands in
# the audit. Whatever a person writes of themselves goes into fair_profile, which can be erased.
REGISTERED = f"""
CREATE TABLE jet.fair_registration (
    id uuid CONSTRAINT fair_registration_pkey PRIMARY KEY
        CONSTRAINT fair_registration_claim_fkey REFERENCES jet.capacity_claim (id),
    fair_id uuid NOT NULL, day_id uuid NOT NULL,
    participant_id uuid NOT NULL CONSTRAINT fair_registration_participant_fkey REFERENCES jet.participant (id),
    ticket uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT fair_registration_ticket_key UNIQUE,
    registered_at timestamptz NOT NULL DEFAULT platform.now(),
    consented_at timestamptz, consent_withdrawn_at timestamptz,
    shared_fields text[] NOT NULL DEFAULT '{{}}' CONSTRAINT fair_registration_shared_fields
        CHECK (shared_fields <@ ARRAY[{SHARED}]),
    withdrawn_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT fair_registration_day_fkey FOREIGN KEY (day_id, fair_id) REFERENCES jet.career_fair_day (id, fair_id),
    CONSTRAINT fair_registration_of_person UNIQUE (id, participant_id, day_id),
    CONSTRAINT fair_registration_consent CHECK (
        (consented_at IS NULL) = (shared_fields = '{{}}')
        AND NOT (consented_at IS NOT NULL AND (consent_withdrawn_at IS NOT NULL OR withdrawn_at IS NOT NULL)))
);
CREATE UNIQUE INDEX fair_registration_once ON jet.fair_registration (day_id, participant_id)
    WHERE withdrawn_at IS NULL;
CREATE INDEX fair_registration_participant_idx ON jet.fair_registration (participant_id);
CREATE INDEX fair_registration_fair_idx ON jet.fair_registration (fair_id);
CREATE TABLE jet.fair_profile (
    registration_id uuid CONSTRAINT fair_profile_pkey PRIMARY KEY
        CONSTRAINT fair_profile_registration_fkey REFERENCES jet.fair_registration (id),
    display_name text, headline text, wishes text, cv text,
    languages text[] NOT NULL DEFAULT '{{}}',
    skills text[] NOT NULL DEFAULT '{{}}' CONSTRAINT fair_profile_skills CHECK (skills <@ ARRAY[{SKILLS}]),
    japanese_ability text CONSTRAINT fair_profile_japanese_ability CHECK (japanese_ability IN ({LEVELS}))
);
CREATE TABLE jet.fair_attendance (
    id uuid CONSTRAINT fair_attendance_pkey PRIMARY KEY DEFAULT uuidv7(),
    registration_id uuid NOT NULL CONSTRAINT fair_attendance_once UNIQUE
        CONSTRAINT fair_attendance_registration_fkey REFERENCES jet.fair_registration (id),
    method text NOT NULL CONSTRAINT fair_attendance_method CHECK (method IN ('check_in', 'list')),
    recorded_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1
);
"""

# A slot lies within its day, and no table has two at a time. An offer holds the slot and binds nobody else: the person
# is bound by what is booked. interview_hold knows no person: everybody may see which slots are free.
INTERVIEWS = """
CREATE TABLE jet.interview_slot (
    id uuid CONSTRAINT interview_slot_pkey PRIMARY KEY DEFAULT uuidv7(),
    exhibitor_id uuid NOT NULL, organisation_id uuid NOT NULL, fair_id uuid NOT NULL, day_id uuid NOT NULL,
    table_no smallint NOT NULL DEFAULT 1 CONSTRAINT interview_slot_table_no CHECK (table_no BETWEEN 1 AND 99),
    starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    withdrawn boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT interview_slot_in_order CHECK (starts_at < ends_at),
    CONSTRAINT interview_slot_once UNIQUE (exhibitor_id, day_id, table_no, starts_at),
    CONSTRAINT interview_slot_one_at_a_table
        EXCLUDE USING gist (exhibitor_id WITH =, table_no WITH =, span WITH &&) WHERE (NOT withdrawn),
    CONSTRAINT interview_slot_as_booked UNIQUE (id, exhibitor_id, organisation_id, day_id, starts_at, ends_at),
    CONSTRAINT interview_slot_exhibitor_fkey FOREIGN KEY (exhibitor_id, fair_id, organisation_id)
        REFERENCES jet.fair_exhibitor (id, fair_id, organisation_id),
    CONSTRAINT interview_slot_day_fkey FOREIGN KEY (day_id, fair_id) REFERENCES jet.career_fair_day (id, fair_id),
    CONSTRAINT interview_slot_within_day FOREIGN KEY (day_id, PERIOD span)
        REFERENCES jet.career_fair_day (id, PERIOD span)
);
CREATE INDEX interview_slot_day_idx ON jet.interview_slot (day_id);
CREATE TABLE jet.interview_hold (
    slot_id uuid CONSTRAINT interview_hold_pkey PRIMARY KEY
        CONSTRAINT interview_hold_slot_fkey REFERENCES jet.interview_slot (id)
);
CREATE TABLE jet.fair_interview (
    id uuid CONSTRAINT fair_interview_pkey PRIMARY KEY DEFAULT uuidv7(),
    slot_id uuid NOT NULL, exhibitor_id uuid NOT NULL, organisation_id uuid NOT NULL, day_id uuid NOT NULL,
    starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    registration_id uuid NOT NULL, participant_id uuid NOT NULL,
    asked_by text NOT NULL CONSTRAINT fair_interview_asked_by CHECK (asked_by IN ('participant', 'exhibitor')),
    asked_at timestamptz NOT NULL DEFAULT platform.now(),
    state text NOT NULL CONSTRAINT fair_interview_state
        CHECK (state IN ('requested', 'booked', 'declined', 'cancelled', 'met', 'no_show')),
    outcome text NOT NULL DEFAULT 'none' CONSTRAINT fair_interview_outcome
        CHECK (outcome IN ('none', 'second_interview', 'offer', 'declined')),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT fair_interview_outcome_of_a_meeting CHECK (outcome = 'none' OR state = 'met'),
    CONSTRAINT fair_interview_one_at_a_time
        EXCLUDE USING gist (participant_id WITH =, span WITH &&) WHERE (state IN ('booked', 'met')),
    CONSTRAINT fair_interview_slot_fkey FOREIGN KEY (slot_id, exhibitor_id, organisation_id, day_id, starts_at, ends_at)
        REFERENCES jet.interview_slot (id, exhibitor_id, organisation_id, day_id, starts_at, ends_at),
    CONSTRAINT fair_interview_registration_fkey FOREIGN KEY (registration_id, participant_id, day_id)
        REFERENCES jet.fair_registration (id, participant_id, day_id)
);
CREATE UNIQUE INDEX fair_interview_one_per_slot ON jet.fair_interview (slot_id)
    WHERE state IN ('requested', 'booked', 'met');
CREATE INDEX fair_interview_organisation_idx ON jet.fair_interview (organisation_id);
CREATE INDEX fair_interview_registration_idx ON jet.fair_interview (registration_id);
CREATE FUNCTION jet.fair_interview_with_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('requested', 'booked') THEN
        PERFORM FROM jet.fair_registration AS r
            WHERE r.id = NEW.registration_id AND r.consented_at IS NOT NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'fair_interview_with_consent',
                MESSAGE = 'no interview without consent to the fair';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fair_interview_with_consent BEFORE INSERT OR UPDATE OF state ON jet.fair_interview
    FOR EACH ROW EXECUTE FUNCTION jet.fair_interview_with_consent();
CREATE FUNCTION jet.fair_interview_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('requested', 'booked', 'met')
        AND NEW.state NOT IN ('requested', 'booked', 'met') THEN
        DELETE FROM jet.interview_hold WHERE slot_id = NEW.slot_id;
    ELSIF NEW.state IN ('requested', 'booked', 'met')
        AND (TG_OP = 'INSERT' OR OLD.state NOT IN ('requested', 'booked', 'met')) THEN
        INSERT INTO jet.interview_hold (slot_id) VALUES (NEW.slot_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fair_interview_hold AFTER INSERT OR UPDATE OF state ON jet.fair_interview
    FOR EACH ROW EXECUTE FUNCTION jet.fair_interview_hold();
"""

CLAIR = "(SELECT platform.caller_is('coordinator'))"
READS = "(SELECT platform.caller_is('coordinator', 'service'))"
COUNTS = "(SELECT platform.caller_is('coordinator', 'service', 'ministry'))"
ANNOUNCED = "(SELECT platform.caller_is('coordinator', 'service', 'ministry', 'participant', 'business'))"
TAKES_PART = "(SELECT platform.caller_is('coordinator', 'service', 'participant', 'business'))"
PARTICIPANT = "(SELECT platform.caller_is('participant'))"
COMPANY = "(SELECT platform.caller_is('business'))"
SELF = f"{PARTICIPANT} AND participant_id = (SELECT platform.caller('person')::uuid)"
EXHIBITS = f"{COMPANY} AND organisation_id = (SELECT directory.represented_organisation())"
# who consents to this fair and has a place on a day at which the company exhibits, while the fair is open to it
CANDIDATE = """(SELECT platform.caller_is('business')) AND consented_at IS NOT NULL AND EXISTS (
    SELECT FROM jet.fair_exhibitor AS x
    JOIN jet.career_fair AS f ON f.id = x.fair_id
    JOIN jet.career_fair_day AS d ON d.id = fair_registration.day_id
    JOIN jet.capacity_claim AS c ON c.id = fair_registration.id
    WHERE x.fair_id = fair_registration.fair_id
      AND x.organisation_id = (SELECT directory.represented_organisation()) AND x.cancelled_on IS NULL
      AND (cardinality(x.day_numbers) = 0 OR d.number = ANY (x.day_numbers))
      AND f.cancelled_on IS NULL AND platform.now() < f.candidates_until AND c.state = 'confirmed')"""
REGISTRATION = "EXISTS (SELECT FROM jet.fair_registration AS r WHERE r.id = {table}.registration_id)"
KEPT = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(FAIRS + REGISTERED + INTERVIEWS)
    for table in ("career_fair", "career_fair_day"):
        JET.wall(table, read=ANNOUNCED, write=CLAIR, grants=KEPT)
    listed = "(SELECT platform.caller_is('coordinator', 'service', 'ministry', 'participant'))"
    JET.wall("fair_exhibitor", read=f"{listed} OR {EXHIBITS}", write=f"{CLAIR} OR {EXHIBITS}", grants=KEPT)
    JET.wall(
        "fair_registration", read=f"{COUNTS} OR {SELF} OR {CANDIDATE}", write=f"{CLAIR} OR {SELF}", grants=KEPT
    )  # fmt: skip
    known = REGISTRATION.format(table="fair_profile")
    JET.wall(
        "fair_profile", read=f"NOT (SELECT platform.caller_is('ministry')) AND {known}",
        write=f"NOT (SELECT platform.caller_is('ministry', 'service', 'business')) AND {known}", grants=KEPT,
    )  # fmt: skip
    JET.wall(
        "fair_attendance", read=f"NOT {COMPANY} AND {REGISTRATION.format(table='fair_attendance')}", write=CLAIR,
        grants=KEPT,
    )  # fmt: skip
    JET.wall(
        "interview_slot", read=f"{READS} OR {PARTICIPANT} OR {EXHIBITS}", write=f"{CLAIR} OR {EXHIBITS}", grants=KEPT
    )  # fmt: skip
    JET.wall("interview_hold", read=TAKES_PART, grants="SELECT, INSERT, DELETE")
    JET.wall(
        "fair_interview", read=f"{READS} OR {SELF} OR {EXHIBITS}", write=f"{CLAIR} OR {SELF} OR {EXHIBITS}",
        grants=KEPT,
    )  # fmt: skip


def downgrade() -> None:
    run(
        "DROP TABLE jet.fair_interview, jet.interview_hold, jet.interview_slot, jet.fair_attendance, jet.fair_profile, "
        "jet.fair_registration, jet.fair_exhibitor, jet.career_fair_day, jet.career_fair; "
        "DROP FUNCTION jet.fair_interview_with_consent(), jet.fair_interview_hold()"
    )
