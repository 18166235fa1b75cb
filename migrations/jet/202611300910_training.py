"""Training: courses, their editions and runs, sessions, enrolments, attendance, headcounts, awards; support lines."""

from migrations.histories import JET
from services.kit.db.migration import run

revision = "jet_0009"
down_revision = "jet_0008"
branch_labels = None
depends_on = None

AUDIENCES = (
    "'new_participant', 'alt', 'cir', 'sea', 'adviser', 'organisation_staff', 'teacher', 'supervisor', "
    "'alumnus', 'open'"
)

# Of two audiences one of which is part of the other, the wider stands first: so that no two are part of each other.
WIDEST_FIRST = (
    "'all', 'jet_participant', 'new_participant', 'alt', 'cir', 'sea', 'open', 'organisation_staff', 'teacher', "
    "'adviser', 'supervisor', 'alumnus'"
)

DEFINED = f"""
CREATE TABLE jet.training_course (
    id uuid CONSTRAINT training_course_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT training_course_code_key UNIQUE,
    kind text NOT NULL CONSTRAINT training_course_kind CHECK (kind IN ('orientation', 'alt_conference',
        'cir_conference', 'sea_conference', 'advanced', 'e_learning', 'japanese', 'translation',
        'organisation_seminar', 'adviser_training', 'leavers_briefing', 'opinion_exchange', 'career_vision',
        'job_hunting')),
    title_ja text NOT NULL, title_en text NOT NULL,
    employer_informed boolean NOT NULL DEFAULT true,
    retired_on date,
    row_version bigint NOT NULL DEFAULT 1
);
CREATE TABLE jet.training_edition (
    id uuid CONSTRAINT training_edition_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT training_edition_code_key UNIQUE,
    course_id uuid NOT NULL CONSTRAINT training_edition_course_fkey REFERENCES jet.training_course (id),
    fiscal_year integer NOT NULL CONSTRAINT training_edition_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    name_ja text NOT NULL, name_en text NOT NULL,
    audiences text[] NOT NULL CONSTRAINT training_edition_audiences
        CHECK (cardinality(audiences) > 0 AND audiences <@ ARRAY[{AUDIENCES}]),
    delivery text NOT NULL CONSTRAINT training_edition_delivery
        CHECK (delivery IN ('on_site', 'online', 'hybrid', 'e_learning', 'correspondence')),
    listing text NOT NULL DEFAULT 'each_run' CONSTRAINT training_edition_listing
        CHECK (listing IN ('each_run', 'one_line')),
    counted_by text NOT NULL DEFAULT 'attendance' CONSTRAINT training_edition_counted_by
        CHECK (counted_by IN ('attendance', 'headcount')),
    report_line smallint CONSTRAINT training_edition_report_line CHECK (report_line BETWEEN 1 AND 999),
    audience_text text, place_text text, date_text text,
    date_precision text CONSTRAINT training_edition_date_precision
        CHECK (date_precision IN ('day', 'month', 'year', 'as_required')),
    requires_id uuid CONSTRAINT training_edition_requires_fkey REFERENCES jet.training_course (id),
    from_year smallint CONSTRAINT training_edition_from_year CHECK (from_year BETWEEN 1 AND 6),
    completion_percent smallint NOT NULL DEFAULT 80 CONSTRAINT training_edition_completion_percent
        CHECK (completion_percent BETWEEN 1 AND 100),
    hours smallint CONSTRAINT training_edition_hours CHECK (hours > 0),
    not_held_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_edition_once UNIQUE (course_id, fiscal_year),
    CONSTRAINT training_edition_of_year UNIQUE (id, fiscal_year),
    CONSTRAINT training_edition_requires_another CHECK (requires_id <> course_id)
);
CREATE TABLE jet.training_run (
    id uuid CONSTRAINT training_run_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT training_run_code_key UNIQUE,
    edition_id uuid NOT NULL, fiscal_year integer NOT NULL,
    number smallint CONSTRAINT training_run_number CHECK (number BETWEEN 1 AND 999),
    stream text, arrival_group text CONSTRAINT training_run_arrival_group
        CHECK (arrival_group IN ('april', 'a', 'b', 'c', 'ad_hoc')),
    organiser_id uuid CONSTRAINT training_run_organiser_fkey REFERENCES directory.organisation (id),
    starts_on date, ends_on date,
    date_precision text NOT NULL DEFAULT 'day' CONSTRAINT training_run_date_precision
        CHECK (date_precision IN ('day', 'month', 'year', 'as_required')),
    date_text text, place text, audience_text text,
    enrol_by text NOT NULL DEFAULT 'clair' CONSTRAINT training_run_enrol_by
        CHECK (enrol_by IN ('clair', 'nomination', 'oneself', 'either')),
    enrol_from timestamptz, enrol_until timestamptz,
    cancelled_on date, cancelled_reason text,
    pool_id uuid NOT NULL CONSTRAINT training_run_pool_key UNIQUE
        CONSTRAINT training_run_pool_fkey REFERENCES jet.capacity_pool (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_run_dated CHECK (
        (date_precision = 'as_required' OR starts_on IS NOT NULL)
        AND (starts_on IS NULL) = (ends_on IS NULL) AND starts_on <= ends_on),
    CONSTRAINT training_run_edition_fkey FOREIGN KEY (edition_id, fiscal_year)
        REFERENCES jet.training_edition (id, fiscal_year),
    CONSTRAINT training_run_in_year CHECK (date_precision = 'as_required' OR (
        starts_on >= make_date(fiscal_year, 4, 1) AND ends_on < make_date(fiscal_year + 1, 4, 1))),
    CONSTRAINT training_run_of_organiser UNIQUE (id, organiser_id),
    CONSTRAINT training_run_cancelled CHECK ((cancelled_on IS NULL) = (cancelled_reason IS NULL)),
    CONSTRAINT training_run_enrolment CHECK (enrol_from < enrol_until)
);
CREATE INDEX training_run_edition_idx ON jet.training_run (edition_id);
CREATE TABLE jet.training_session (
    id uuid CONSTRAINT training_session_pkey PRIMARY KEY DEFAULT uuidv7(),
    run_id uuid NOT NULL CONSTRAINT training_session_run_fkey REFERENCES jet.training_run (id),
    number smallint NOT NULL CONSTRAINT training_session_number CHECK (number BETWEEN 1 AND 999),
    form text NOT NULL CONSTRAINT training_session_form
        CHECK (form IN ('class', 'residential', 'online', 'correspondence', 'e_learning')),
    component text, title_ja text, title_en text, place text,
    starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_session_once UNIQUE (run_id, number),
    CONSTRAINT training_session_of_run UNIQUE (id, run_id),
    CONSTRAINT training_session_in_order CHECK (starts_at < ends_at)
);
"""

# Who is no participant is known by a digest of name, address and organisation, which goes with an erasure.
ENROLLED = f"""
CREATE TABLE jet.training_attendee (
    id uuid CONSTRAINT training_attendee_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid CONSTRAINT training_attendee_organisation_fkey REFERENCES directory.organisation (id),
    digest bytea NOT NULL CONSTRAINT training_attendee_digest CHECK (length(digest) = 32),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_attendee_once UNIQUE NULLS NOT DISTINCT (digest, organisation_id)
);
CREATE TABLE jet.attendee_detail (
    attendee_id uuid CONSTRAINT attendee_detail_pkey PRIMARY KEY
        CONSTRAINT attendee_detail_attendee_fkey REFERENCES jet.training_attendee (id),
    name text NOT NULL, email text
);
CREATE TABLE jet.training_enrolment (
    id uuid CONSTRAINT training_enrolment_pkey PRIMARY KEY
        CONSTRAINT training_enrolment_claim_fkey REFERENCES jet.capacity_claim (id),
    run_id uuid NOT NULL CONSTRAINT training_enrolment_run_fkey REFERENCES jet.training_run (id),
    participant_id uuid CONSTRAINT training_enrolment_participant_fkey REFERENCES jet.participant (id),
    attendee_id uuid CONSTRAINT training_enrolment_attendee_fkey REFERENCES jet.training_attendee (id),
    audience text NOT NULL CONSTRAINT training_enrolment_audience CHECK (audience IN ({AUDIENCES})),
    organisation_id uuid
        CONSTRAINT training_enrolment_organisation_fkey REFERENCES directory.organisation (id),
    nominated boolean NOT NULL DEFAULT false,
    ticket uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT training_enrolment_ticket_key UNIQUE,
    enrolled_at timestamptz NOT NULL DEFAULT platform.now(),
    superseded boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_enrolment_of_one CHECK (num_nonnulls(participant_id, attendee_id) = 1),
    CONSTRAINT training_enrolment_nominated CHECK (NOT nominated OR organisation_id IS NOT NULL),
    CONSTRAINT training_enrolment_in_run UNIQUE (id, run_id)
);
CREATE UNIQUE INDEX training_enrolment_once ON jet.training_enrolment (run_id, participant_id) WHERE NOT superseded;
CREATE UNIQUE INDEX training_enrolment_attendee_once ON jet.training_enrolment (run_id, attendee_id)
    WHERE NOT superseded;
CREATE INDEX training_enrolment_participant_idx ON jet.training_enrolment (participant_id);
CREATE INDEX training_enrolment_attendee_idx ON jet.training_enrolment (attendee_id);
CREATE INDEX training_enrolment_organisation_idx ON jet.training_enrolment (organisation_id, run_id);
CREATE TABLE jet.training_attendance (
    id uuid CONSTRAINT training_attendance_pkey PRIMARY KEY DEFAULT uuidv7(),
    enrolment_id uuid NOT NULL, session_id uuid NOT NULL, run_id uuid NOT NULL,
    attendance text NOT NULL CONSTRAINT training_attendance_attendance
        CHECK (attendance IN ('present', 'absent', 'excused')),
    persons smallint NOT NULL DEFAULT 1 CONSTRAINT training_attendance_persons CHECK (persons BETWEEN 0 AND 99),
    method text NOT NULL CONSTRAINT training_attendance_method CHECK (method IN ('check_in', 'list', 'meeting')),
    recorded_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_attendance_once UNIQUE (enrolment_id, session_id),
    CONSTRAINT training_attendance_present CHECK ((attendance = 'present') = (persons > 0)),
    CONSTRAINT training_attendance_enrolment_fkey FOREIGN KEY (enrolment_id, run_id)
        REFERENCES jet.training_enrolment (id, run_id),
    CONSTRAINT training_attendance_session_fkey FOREIGN KEY (session_id, run_id)
        REFERENCES jet.training_session (id, run_id)
);
CREATE INDEX training_attendance_session_idx ON jet.training_attendance (session_id);
CREATE TABLE jet.meeting_presence (
    id uuid CONSTRAINT meeting_presence_pkey PRIMARY KEY DEFAULT uuidv7(),
    enrolment_id uuid NOT NULL, session_id uuid NOT NULL, run_id uuid NOT NULL,
    joined_at timestamptz NOT NULL, left_at timestamptz NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT meeting_presence_once UNIQUE (enrolment_id, session_id, joined_at),
    CONSTRAINT meeting_presence_in_order CHECK (joined_at <= left_at),
    CONSTRAINT meeting_presence_enrolment_fkey FOREIGN KEY (enrolment_id, run_id)
        REFERENCES jet.training_enrolment (id, run_id),
    CONSTRAINT meeting_presence_session_fkey FOREIGN KEY (session_id, run_id)
        REFERENCES jet.training_session (id, run_id)
);
CREATE TABLE jet.learning_progress (
    id uuid CONSTRAINT learning_progress_pkey PRIMARY KEY DEFAULT uuidv7(),
    enrolment_id uuid NOT NULL CONSTRAINT learning_progress_once UNIQUE
        CONSTRAINT learning_progress_enrolment_fkey REFERENCES jet.training_enrolment (id),
    percent smallint NOT NULL CONSTRAINT learning_progress_percent CHECK (percent BETWEEN 0 AND 100),
    read_on date NOT NULL, finished_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT learning_progress_finished CHECK (finished_on IS NULL OR percent = 100)
);
CREATE FUNCTION jet.learning_progress_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'progress does not go back'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'learning_progress_forward';
END $$;
CREATE TRIGGER learning_progress_forward BEFORE UPDATE ON jet.learning_progress
    FOR EACH ROW WHEN (NEW.percent < OLD.percent OR NEW.read_on < OLD.read_on
        OR NEW.finished_on IS NULL AND OLD.finished_on IS NOT NULL)
    EXECUTE FUNCTION jet.learning_progress_goes_on();
CREATE TABLE jet.certificate_series (
    fiscal_year integer CONSTRAINT certificate_series_pkey PRIMARY KEY,
    drawn integer NOT NULL CONSTRAINT certificate_series_drawn CHECK (drawn >= 0)
);
CREATE TABLE jet.training_completion (
    id uuid CONSTRAINT training_completion_pkey PRIMARY KEY DEFAULT uuidv7(),
    enrolment_id uuid NOT NULL CONSTRAINT training_completion_enrolment_key UNIQUE
        CONSTRAINT training_completion_enrolment_fkey REFERENCES jet.training_enrolment (id),
    course_id uuid NOT NULL CONSTRAINT training_completion_course_fkey REFERENCES jet.training_course (id),
    fiscal_year integer NOT NULL,
    participant_id uuid CONSTRAINT training_completion_participant_fkey REFERENCES jet.participant (id),
    attendee_id uuid CONSTRAINT training_completion_attendee_fkey REFERENCES jet.training_attendee (id),
    organisation_id uuid,
    completed_on date NOT NULL,
    certificate_number integer NOT NULL CONSTRAINT training_completion_certificate_number
        CHECK (certificate_number > 0),
    awarded_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_completion_of_one CHECK (num_nonnulls(participant_id, attendee_id) = 1),
    CONSTRAINT training_completion_once UNIQUE (participant_id, course_id, fiscal_year),
    CONSTRAINT training_completion_attendee_once UNIQUE (attendee_id, course_id, fiscal_year),
    CONSTRAINT training_completion_numbered UNIQUE (fiscal_year, certificate_number)
);
"""

# Who withdrew or let an offer lapse enrols anew, as a record of its own: the earlier one gives way, where whoever enrols
# sees it.
AGAIN = """
CREATE FUNCTION jet.supersede_enrolment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE jet.training_enrolment AS e SET superseded = true, row_version = e.row_version + 1
    FROM jet.capacity_claim AS c
    WHERE c.id = e.id AND c.state IN ('released', 'lapsed') AND NOT e.superseded AND e.run_id = NEW.run_id
        AND (e.participant_id = NEW.participant_id OR e.attendee_id = NEW.attendee_id);
    RETURN NEW;
END $$;
CREATE TRIGGER supersede_enrolment BEFORE INSERT ON jet.training_enrolment
    FOR EACH ROW EXECUTE FUNCTION jet.supersede_enrolment();
"""

REPORTED = f"""
CREATE TABLE jet.training_headcount (
    id uuid CONSTRAINT training_headcount_pkey PRIMARY KEY DEFAULT uuidv7(),
    run_id uuid NOT NULL CONSTRAINT training_headcount_run_fkey REFERENCES jet.training_run (id),
    organisation_id uuid
        CONSTRAINT training_headcount_organisation_fkey REFERENCES directory.organisation (id),
    audience text NOT NULL CONSTRAINT training_headcount_audience
        CHECK (audience IN ('all', 'jet_participant', {AUDIENCES})),
    within text CONSTRAINT training_headcount_within CHECK (within IN ('all', 'jet_participant', {AUDIENCES})),
    unit text NOT NULL DEFAULT 'persons' CONSTRAINT training_headcount_unit
        CHECK (unit IN ('persons', 'person_times')),
    value integer NOT NULL CONSTRAINT training_headcount_value CHECK (value >= 0),
    qualifier text NOT NULL DEFAULT 'exact' CONSTRAINT training_headcount_qualifier
        CHECK (qualifier IN ('exact', 'about', 'at_least')),
    method text NOT NULL CONSTRAINT training_headcount_method CHECK (method IN ('counted', 'estimated', 'stated')),
    reported_on date NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT training_headcount_once UNIQUE (run_id, audience, unit),
    CONSTRAINT training_headcount_organiser_fkey FOREIGN KEY (run_id, organisation_id)
        REFERENCES jet.training_run (id, organiser_id),
    CONSTRAINT training_headcount_within_fkey FOREIGN KEY (run_id, within, unit)
        REFERENCES jet.training_headcount (run_id, audience, unit),
    CONSTRAINT training_headcount_in_order CHECK (array_position(ARRAY[{WIDEST_FIRST}], within)
        < array_position(ARRAY[{WIDEST_FIRST}], audience)),
    CONSTRAINT training_headcount_added_once EXCLUDE USING gist (
        run_id WITH =, unit WITH =, (CASE audience WHEN 'all' THEN 1 ELSE 0 END) WITH <>) WHERE (within IS NULL)
);
CREATE TABLE jet.organisation_support (
    id uuid CONSTRAINT organisation_support_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL
        CONSTRAINT organisation_support_organisation_fkey REFERENCES directory.organisation (id),
    fiscal_year integer NOT NULL
        CONSTRAINT organisation_support_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    kind text NOT NULL CONSTRAINT organisation_support_kind
        CHECK (kind IN ('briefing_material', 'advice_new', 'advice_returning')),
    supported_on date NOT NULL, content text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT organisation_support_once UNIQUE (organisation_id, kind, supported_on),
    CONSTRAINT organisation_support_in_year CHECK (
        supported_on >= make_date(fiscal_year, 4, 1) AND supported_on < make_date(fiscal_year + 1, 4, 1))
);
"""

CLAIR = "(SELECT platform.caller_is('coordinator'))"
COUNTS = "(SELECT platform.caller_is('coordinator', 'service', 'ministry'))"
READS = "(SELECT platform.caller_is('coordinator', 'service'))"
DEFINITIONS = "(SELECT platform.caller_is('coordinator', 'service', 'ministry', 'organisation', 'host_authority', 'participant'))"
VISIBLE = "organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"
MEMBERS = f"(SELECT platform.caller_is('organisation', 'host_authority')) AND {VISIBLE}"
HOSTS = f"(SELECT platform.caller_is('host_authority')) AND {VISIBLE}"
SELF = (
    "(SELECT platform.caller_is('participant')) AND participant_id = (SELECT platform.caller('person')::uuid)"
)
ENROLMENT = "EXISTS (SELECT FROM jet.training_enrolment AS e WHERE e.id = {table}.enrolment_id)"
# an attendee is seen by the organisation that sent them
ATTENDEE = "EXISTS (SELECT FROM jet.training_attendee AS a WHERE a.id = attendee_detail.attendee_id)"


def upgrade() -> None:
    run(DEFINED + ENROLLED + AGAIN + REPORTED)
    for table in ("training_course", "training_edition", "training_run", "training_session"):
        JET.wall(table, read=DEFINITIONS, write=CLAIR, grants="SELECT, INSERT, UPDATE")
    JET.wall(
        "training_attendee", read=f"{COUNTS} OR {MEMBERS}", write=f"{CLAIR} OR {MEMBERS}",
        grants="SELECT, INSERT, UPDATE",
    )  # fmt: skip
    JET.wall(
        "attendee_detail", read=f"NOT (SELECT platform.caller_is('ministry')) AND {ATTENDEE}",
        write=f"NOT (SELECT platform.caller_is('ministry', 'service')) AND {ATTENDEE}", grants="SELECT, INSERT, UPDATE",
    )  # fmt: skip
    JET.wall(
        "training_enrolment", read=f"{COUNTS} OR {MEMBERS} OR {SELF}", write=f"{CLAIR} OR {MEMBERS} OR {SELF}",
        grants="SELECT, INSERT, UPDATE",
    )  # fmt: skip
    for table in ("training_attendance", "meeting_presence", "learning_progress"):
        JET.wall(table, read=ENROLMENT.format(table=table), write=CLAIR, grants="SELECT, INSERT, UPDATE")
    JET.wall("certificate_series", read=CLAIR, write=CLAIR, grants="SELECT, INSERT, UPDATE")
    JET.wall(
        "training_completion",
        read=f"{READS} OR {MEMBERS} OR {SELF}",
        write=CLAIR,
        grants="SELECT, INSERT, UPDATE",
    )
    JET.wall(
        "training_headcount", read=f"{COUNTS} OR {MEMBERS}", write=f"{CLAIR} OR {HOSTS}",
        grants="SELECT, INSERT, UPDATE",
    )  # fmt: skip
    JET.wall("organisation_support", read=COUNTS, write=CLAIR, grants="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    run(
        "DROP TABLE jet.organisation_support, jet.training_headcount, jet.training_completion, jet.certificate_series, "
        "jet.learning_progress, jet.meeting_presence, jet.training_attendance, jet.training_enrolment, "
        "jet.attendee_detail, jet.training_attendee, jet.training_session, jet.training_run, jet.training_edition, "
        "jet.training_course; DROP FUNCTION jet.supersede_enrolment, jet.learning_progress_goes_on"
    )
