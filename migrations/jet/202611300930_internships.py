"""Internships: programmes, hosts with their places and conditions, applications, assignment and what follows it."""

from migrations.histories import JET
from services.kit.db.migration import run

revision = "jet_0011"
down_revision = "jet_0010"
branch_labels = None
depends_on = None

LEVELS = "'none', 'n5', 'n4', 'n3', 'n2', 'n1'"

# A programme without an organiser is CLAIR's own; of a local government's, figures are reported.
OFFERED = f"""
CREATE TABLE jet.internship_programme (
    id uuid CONSTRAINT internship_programme_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT internship_programme_code_key UNIQUE,
    fiscal_year integer NOT NULL
        CONSTRAINT internship_programme_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    name_ja text NOT NULL, name_en text NOT NULL,
    organiser_id uuid CONSTRAINT internship_programme_organiser_fkey REFERENCES directory.organisation (id),
    granted boolean NOT NULL DEFAULT false,
    content_ja text, content_en text,
    apply_from timestamptz, apply_until timestamptz,
    date_start date NOT NULL, date_end date NOT NULL,
    cancelled_on date, cancelled_reason text,
    participants_reported integer, jet_participants_reported integer, host_bodies_reported integer,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_programme_in_order CHECK (date_start <= date_end),
    CONSTRAINT internship_programme_in_year CHECK (
        date_start >= make_date(fiscal_year, 4, 1) AND date_start < make_date(fiscal_year + 1, 4, 1)),
    CONSTRAINT internship_programme_cancelled CHECK ((cancelled_on IS NULL) = (cancelled_reason IS NULL)),
    CONSTRAINT internship_programme_window CHECK (
        (apply_from IS NULL) = (apply_until IS NULL) AND apply_from < apply_until),
    CONSTRAINT internship_programme_of_its_organiser CHECK (
        CASE WHEN organiser_id IS NULL
        THEN apply_from IS NOT NULL AND NOT granted
            AND num_nonnulls(participants_reported, jet_participants_reported, host_bodies_reported) = 0
        ELSE apply_from IS NULL
            AND num_nonnulls(participants_reported, jet_participants_reported, host_bodies_reported) IN (0, 3) END),
    CONSTRAINT internship_programme_reported CHECK (
        jet_participants_reported BETWEEN 0 AND participants_reported AND host_bodies_reported >= 0)
);
CREATE INDEX internship_programme_year_idx ON jet.internship_programme (fiscal_year, date_start);
CREATE TABLE jet.internship_period (
    id uuid CONSTRAINT internship_period_pkey PRIMARY KEY DEFAULT uuidv7(),
    programme_id uuid NOT NULL
        CONSTRAINT internship_period_programme_fkey REFERENCES jet.internship_programme (id),
    period_no smallint NOT NULL CONSTRAINT internship_period_number CHECK (period_no BETWEEN 1 AND 99),
    label_ja text NOT NULL, label_en text NOT NULL,
    date_start date NOT NULL, date_end date NOT NULL, note text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_period_once UNIQUE (programme_id, period_no),
    CONSTRAINT internship_period_in_order CHECK (date_start <= date_end)
);
CREATE TABLE jet.internship_host (
    id uuid CONSTRAINT internship_host_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT internship_host_code_key UNIQUE,
    programme_id uuid NOT NULL
        CONSTRAINT internship_host_programme_fkey REFERENCES jet.internship_programme (id),
    organisation_id uuid NOT NULL
        CONSTRAINT internship_host_organisation_fkey REFERENCES directory.organisation (id),
    places smallint NOT NULL CONSTRAINT internship_host_places CHECK (places BETWEEN 0 AND 999),
    place text, prefecture text CONSTRAINT internship_host_prefecture CHECK (prefecture ~ '^[0-4][0-9]$'),
    content_ja text, content_en text,
    min_year smallint NOT NULL DEFAULT 1 CONSTRAINT internship_host_min_year CHECK (min_year BETWEEN 1 AND 6),
    japanese_level text NOT NULL DEFAULT 'none'
        CONSTRAINT internship_host_japanese_level CHECK (japanese_level IN ({LEVELS})),
    languages text[] NOT NULL DEFAULT '{{}}',
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_host_in_programme UNIQUE (id, programme_id),
    CONSTRAINT internship_host_of UNIQUE (id, programme_id, organisation_id)
);
CREATE INDEX internship_host_programme_idx ON jet.internship_host (programme_id);
CREATE INDEX internship_host_organisation_idx ON jet.internship_host (organisation_id);
"""

APPLIED = f"""
CREATE TABLE jet.internship_application (
    id uuid CONSTRAINT internship_application_pkey PRIMARY KEY DEFAULT uuidv7(),
    programme_id uuid NOT NULL
        CONSTRAINT internship_application_programme_fkey REFERENCES jet.internship_programme (id),
    participant_id uuid NOT NULL
        CONSTRAINT internship_application_participant_fkey REFERENCES jet.participant (id),
    state text NOT NULL DEFAULT 'submitted'
        CONSTRAINT internship_application_state CHECK (state IN ('submitted', 'withdrawn')),
    first_host_id uuid NOT NULL, second_host_id uuid, third_host_id uuid,
    japanese_level text NOT NULL
        CONSTRAINT internship_application_japanese_level CHECK (japanese_level IN ({LEVELS})),
    languages text[] NOT NULL DEFAULT '{{}}',
    submitted_at timestamptz NOT NULL DEFAULT platform.now(), withdrawn_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_application_once UNIQUE (programme_id, participant_id),
    CONSTRAINT internship_application_of UNIQUE (id, programme_id, participant_id),
    CONSTRAINT internship_application_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CONSTRAINT internship_application_preferences CHECK (
        first_host_id <> second_host_id AND (third_host_id IS NULL OR second_host_id IS NOT NULL
            AND third_host_id <> first_host_id AND third_host_id <> second_host_id)),
    CONSTRAINT internship_application_first_fkey FOREIGN KEY (first_host_id, programme_id)
        REFERENCES jet.internship_host (id, programme_id),
    CONSTRAINT internship_application_second_fkey FOREIGN KEY (second_host_id, programme_id)
        REFERENCES jet.internship_host (id, programme_id),
    CONSTRAINT internship_application_third_fkey FOREIGN KEY (third_host_id, programme_id)
        REFERENCES jet.internship_host (id, programme_id)
);
CREATE INDEX internship_application_participant_idx ON jet.internship_application (participant_id);
CREATE TABLE jet.internship_application_text (
    application_id uuid NOT NULL
        CONSTRAINT internship_application_text_application_fkey REFERENCES jet.internship_application (id),
    kind text NOT NULL CONSTRAINT internship_application_text_kind
        CHECK (kind IN ('intern_name', 'motivation', 'self_introduction')),
    content text, shared boolean NOT NULL,
    CONSTRAINT internship_application_text_pkey PRIMARY KEY (application_id, kind)
);
"""

ASSIGNED = """
CREATE TABLE jet.internship_assignment_run (
    id uuid CONSTRAINT internship_assignment_run_pkey PRIMARY KEY DEFAULT uuidv7(),
    programme_id uuid NOT NULL
        CONSTRAINT internship_assignment_run_programme_fkey REFERENCES jet.internship_programme (id),
    number integer NOT NULL CONSTRAINT internship_assignment_run_number CHECK (number > 0),
    state text NOT NULL DEFAULT 'made' CONSTRAINT internship_assignment_run_state
        CHECK (state IN ('made', 'published', 'superseded')),
    seed text NOT NULL,
    input_sha256 bytea NOT NULL CONSTRAINT internship_assignment_run_input CHECK (length(input_sha256) = 32),
    applicants integer NOT NULL, kept integer NOT NULL, assigned integer NOT NULL,
    first_met integer NOT NULL, second_met integer NOT NULL, third_met integer NOT NULL,
    unassigned integer NOT NULL, places integer NOT NULL, places_left integer NOT NULL,
    objective bigint NOT NULL, bound bigint NOT NULL, milliseconds integer NOT NULL,
    made_at timestamptz NOT NULL DEFAULT platform.now(), published_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_assignment_run_once UNIQUE (programme_id, number),
    CONSTRAINT internship_assignment_run_of UNIQUE (id, programme_id),
    CONSTRAINT internship_assignment_run_optimal CHECK (objective = bound),
    CONSTRAINT internship_assignment_run_sums CHECK (
        assigned = kept + first_met + second_met + third_met AND applicants = assigned + unassigned
        AND places = assigned + places_left AND least(kept, first_met, second_met, third_met, unassigned) >= 0
        AND places_left >= 0),
    CONSTRAINT internship_assignment_run_published CHECK ((state = 'made') = (published_at IS NULL))
);
CREATE UNIQUE INDEX internship_assignment_run_one_published
    ON jet.internship_assignment_run (programme_id) WHERE state = 'published';
CREATE TABLE jet.internship_result (
    id uuid CONSTRAINT internship_result_pkey PRIMARY KEY DEFAULT uuidv7(),
    run_id uuid NOT NULL, programme_id uuid NOT NULL,
    application_id uuid NOT NULL, participant_id uuid NOT NULL,
    host_id uuid,
    preference smallint CONSTRAINT internship_result_preference CHECK (preference BETWEEN 1 AND 3),
    kept boolean NOT NULL,
    lottery_number integer CONSTRAINT internship_result_lottery_number CHECK (lottery_number > 0),
    first_outcome text, second_outcome text, third_outcome text,
    explanation_ja text NOT NULL, explanation_en text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_result_once UNIQUE (run_id, application_id),
    CONSTRAINT internship_result_drawn UNIQUE (run_id, lottery_number),
    CONSTRAINT internship_result_kept CHECK (kept = (lottery_number IS NULL) AND (NOT kept OR host_id IS NOT NULL)),
    CONSTRAINT internship_result_of_a_host CHECK (preference IS NULL OR host_id IS NOT NULL),
    CONSTRAINT internship_result_run_fkey FOREIGN KEY (run_id, programme_id)
        REFERENCES jet.internship_assignment_run (id, programme_id),
    CONSTRAINT internship_result_application_fkey FOREIGN KEY (application_id, programme_id, participant_id)
        REFERENCES jet.internship_application (id, programme_id, participant_id),
    CONSTRAINT internship_result_host_fkey FOREIGN KEY (host_id, programme_id)
        REFERENCES jet.internship_host (id, programme_id)
);
CREATE INDEX internship_result_participant_idx ON jet.internship_result (participant_id);
CREATE TABLE jet.internship_assignment (
    id uuid CONSTRAINT internship_assignment_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT internship_assignment_application_key UNIQUE,
    programme_id uuid NOT NULL, participant_id uuid NOT NULL,
    host_id uuid NOT NULL, organisation_id uuid NOT NULL,
    run_id uuid,
    state text NOT NULL DEFAULT 'assigned'
        CONSTRAINT internship_assignment_state CHECK (state IN ('assigned', 'withdrawn')),
    attended_pretraining boolean, completed_on date,
    assigned_at timestamptz NOT NULL DEFAULT platform.now(), withdrawn_at timestamptz,
    intern_evaluated_at timestamptz, host_evaluated_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_assignment_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CONSTRAINT internship_assignment_completed CHECK (state = 'assigned' OR completed_on IS NULL),
    CONSTRAINT internship_assignment_application_fkey FOREIGN KEY (application_id, programme_id, participant_id)
        REFERENCES jet.internship_application (id, programme_id, participant_id),
    CONSTRAINT internship_assignment_host_fkey FOREIGN KEY (host_id, programme_id, organisation_id)
        REFERENCES jet.internship_host (id, programme_id, organisation_id),
    CONSTRAINT internship_assignment_run_fkey FOREIGN KEY (run_id, programme_id)
        REFERENCES jet.internship_assignment_run (id, programme_id)
);
CREATE INDEX internship_assignment_host_idx ON jet.internship_assignment (host_id) WHERE state = 'assigned';
CREATE INDEX internship_assignment_programme_idx ON jet.internship_assignment (programme_id);
CREATE INDEX internship_assignment_participant_idx ON jet.internship_assignment (participant_id);
CREATE INDEX internship_assignment_organisation_idx ON jet.internship_assignment (organisation_id);
"""

# Writers of one host's places wait for each other at its row, so that each counts what the one before has stored.
PLACES = """
CREATE FUNCTION jet.internship_places_hold() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held integer;
BEGIN
    SELECT places INTO held FROM jet.internship_host WHERE id = NEW.host_id FOR NO KEY UPDATE;
    IF held < (SELECT count(*) FROM jet.internship_assignment WHERE host_id = NEW.host_id AND state = 'assigned') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'internship_places_exceeded',
            MESSAGE = 'more interns than places';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER internship_assignment_places AFTER INSERT OR UPDATE OF host_id, state ON jet.internship_assignment
    FOR EACH ROW WHEN (NEW.state = 'assigned') EXECUTE FUNCTION jet.internship_places_hold();
CREATE FUNCTION jet.internship_places_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.places < (SELECT count(*) FROM jet.internship_assignment WHERE host_id = NEW.id AND state = 'assigned') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'internship_places_exceeded',
            MESSAGE = 'more interns than places';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER internship_host_places AFTER UPDATE OF places ON jet.internship_host
    FOR EACH ROW EXECUTE FUNCTION jet.internship_places_kept();
"""

FOLLOWED = """
CREATE TABLE jet.internship_record (
    id uuid CONSTRAINT internship_record_pkey PRIMARY KEY DEFAULT uuidv7(),
    assignment_id uuid NOT NULL
        CONSTRAINT internship_record_assignment_fkey REFERENCES jet.internship_assignment (id),
    worked_on date NOT NULL,
    worked_minutes smallint NOT NULL
        CONSTRAINT internship_record_worked_minutes CHECK (worked_minutes BETWEEN 1 AND 1440),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_record_once UNIQUE (assignment_id, worked_on)
);
CREATE TABLE jet.internship_record_text (
    record_id uuid CONSTRAINT internship_record_text_pkey PRIMARY KEY
        CONSTRAINT internship_record_text_record_fkey REFERENCES jet.internship_record (id),
    record_text text NOT NULL, host_comment text
);
CREATE TABLE jet.internship_evaluation (
    id uuid CONSTRAINT internship_evaluation_pkey PRIMARY KEY DEFAULT uuidv7(),
    assignment_id uuid NOT NULL
        CONSTRAINT internship_evaluation_assignment_fkey REFERENCES jet.internship_assignment (id),
    evaluator text NOT NULL CONSTRAINT internship_evaluation_evaluator CHECK (evaluator IN ('host', 'intern')),
    preparation smallint NOT NULL, communication smallint NOT NULL, work smallint NOT NULL,
    learning smallint NOT NULL, overall smallint NOT NULL,
    evaluated_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT internship_evaluation_once UNIQUE (assignment_id, evaluator),
    CONSTRAINT internship_evaluation_marks CHECK (
        least(preparation, communication, work, learning, overall) >= 1
        AND greatest(preparation, communication, work, learning, overall) <= 5)
);
CREATE TABLE jet.internship_evaluation_text (
    evaluation_id uuid CONSTRAINT internship_evaluation_text_pkey PRIMARY KEY
        CONSTRAINT internship_evaluation_text_evaluation_fkey REFERENCES jet.internship_evaluation (id),
    evaluation_text text
);
CREATE FUNCTION jet.internship_day_is_its_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM jet.internship_assignment AS a
                   JOIN jet.internship_programme AS p ON p.id = a.programme_id
                   WHERE a.id = NEW.assignment_id AND a.state = 'assigned'
                   AND NEW.worked_on BETWEEN p.date_start AND p.date_end) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'internship_record_day',
            MESSAGE = 'not a day of this internship';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER internship_record_day AFTER INSERT OR UPDATE OF worked_on ON jet.internship_record
    FOR EACH ROW EXECUTE FUNCTION jet.internship_day_is_its_own();
CREATE FUNCTION jet.internship_evaluation_is_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE jet.internship_assignment SET
        intern_evaluated_at = CASE NEW.evaluator WHEN 'intern' THEN NEW.evaluated_at ELSE intern_evaluated_at END,
        host_evaluated_at = CASE NEW.evaluator WHEN 'host' THEN NEW.evaluated_at ELSE host_evaluated_at END
    WHERE id = NEW.assignment_id AND state = 'assigned';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'internship_evaluation_assigned',
            MESSAGE = 'nobody is assigned';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER internship_evaluation_in AFTER INSERT ON jet.internship_evaluation
    FOR EACH ROW EXECUTE FUNCTION jet.internship_evaluation_is_in();
CREATE FUNCTION jet.internship_evaluation_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM jet.internship_assignment AS a WHERE a.id = OLD.assignment_id
               AND a.intern_evaluated_at IS NOT NULL AND a.host_evaluated_at IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'internship_evaluation_open',
            MESSAGE = 'both have been read';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER internship_evaluation_open BEFORE UPDATE ON jet.internship_evaluation
    FOR EACH ROW EXECUTE FUNCTION jet.internship_evaluation_is_open();
"""

CLAIR = "(SELECT platform.caller_is('coordinator'))"
READS = "(SELECT platform.caller_is('coordinator', 'service'))"
COUNTS = "(SELECT platform.caller_is('coordinator', 'service', 'ministry'))"
OFFERS = "(SELECT platform.caller_is('coordinator', 'service', 'ministry', 'participant', 'business'))"
APPLICANTS = "(SELECT platform.caller_is('participant'))"
TOLD = "(SELECT platform.caller_is('participant', 'business', 'ministry'))"
SELF = f"{APPLICANTS} AND participant_id = (SELECT platform.caller('person')::uuid)"
HOST = "organisation_id = (SELECT directory.represented_organisation())"
CHANGE = "SELECT, INSERT, UPDATE"
APPLICATION = "EXISTS (SELECT FROM jet.internship_application AS a WHERE a.id = application_id)"
# what an applicant has let the host read, while the assignment stands
SHARED = (
    "shared AND (SELECT platform.caller_is('business')) AND EXISTS (SELECT FROM jet.internship_assignment AS s "
    "WHERE s.application_id = internship_application_text.application_id AND s.state = 'assigned')"
)
PUBLISHED = (
    "EXISTS (SELECT FROM jet.internship_assignment_run AS r WHERE r.id = run_id AND r.state <> 'made')"
)
ASSIGNMENT = "EXISTS (SELECT FROM jet.internship_assignment AS a WHERE a.id = assignment_id)"
TAKES_PART = "(SELECT platform.caller_is('coordinator', 'service', 'participant', 'business'))"
# neither side reads the other's before both are in, or the programme has ended
SIDE = (
    "({reads} OR (SELECT platform.caller_is('participant')) AND (evaluator = 'intern' OR {opened}) "
    "OR (SELECT platform.caller_is('business')) AND (evaluator = 'host' OR {opened}))"
)
OPENED = (
    "EXISTS (SELECT FROM jet.internship_assignment AS a JOIN jet.internship_programme AS p ON p.id = a.programme_id "
    "WHERE a.id = assignment_id AND (a.intern_evaluated_at IS NOT NULL AND a.host_evaluated_at IS NOT NULL "
    "OR p.date_end < (SELECT platform.today())))"
)


def upgrade() -> None:
    run(OFFERED + APPLIED + ASSIGNED + PLACES + FOLLOWED)
    for table in ("internship_programme", "internship_period"):
        JET.wall(table, read=OFFERS, write=CLAIR, grants=CHANGE)
    JET.wall("internship_host", read=f"{COUNTS} OR {APPLICANTS} OR {HOST}", write=CLAIR, grants=CHANGE)
    JET.wall("internship_application", read=f"{READS} OR {SELF}", write=f"{CLAIR} OR {SELF}", grants=CHANGE)
    JET.wall(
        "internship_application_text", read=f"{APPLICATION} OR {SHARED}",
        write=f"(SELECT platform.caller_is('coordinator', 'participant')) AND {APPLICATION}", grants=CHANGE,
    )  # fmt: skip
    JET.wall(
        "internship_assignment_run", read=f"{READS} OR {TOLD} AND state <> 'made'", write=CLAIR, grants=CHANGE
    )
    JET.wall(
        "internship_result", read=f"{READS} OR {SELF} AND {PUBLISHED}", write=CLAIR, grants="SELECT, INSERT"
    )
    _assignments()
    JET.wall(
        "internship_record", read=f"{TAKES_PART} AND {ASSIGNMENT}",
        write=f"(SELECT platform.caller_is('coordinator', 'participant', 'business')) AND {ASSIGNMENT}", grants=CHANGE,
    )  # fmt: skip
    of_record = "EXISTS (SELECT FROM jet.internship_record AS r WHERE r.id = record_id)"
    JET.wall(
        "internship_record_text", read=of_record,
        write=f"(SELECT platform.caller_is('coordinator', 'participant', 'business')) AND {of_record}", grants=CHANGE,
    )  # fmt: skip
    JET.wall(
        "internship_evaluation", read=f"{SIDE.format(reads=READS, opened=OPENED)} AND {ASSIGNMENT}",
        write=f"{SIDE.format(reads=CLAIR, opened='false')} AND {ASSIGNMENT}", grants=CHANGE,
    )  # fmt: skip
    of_evaluation = "EXISTS (SELECT FROM jet.internship_evaluation AS e WHERE e.id = evaluation_id{own})"
    mine = f" AND {SIDE.format(reads=CLAIR, opened='false')}"
    JET.wall(
        "internship_evaluation_text", read=of_evaluation.format(own=""), write=of_evaluation.format(own=mine),
        grants=CHANGE,
    )  # fmt: skip


def _assignments() -> None:
    """CLAIR assigns; an intern withdraws, and both sides' evaluations leave their mark."""
    JET.wall("internship_assignment", read=f"{COUNTS} OR {HOST} OR {SELF}", write=CLAIR, grants=CHANGE)
    sides = f"{HOST} OR {SELF}"
    run(
        f"CREATE POLICY internship_assignment_progress ON jet.internship_assignment FOR UPDATE TO {JET.application} "
        f"USING ({sides}) WITH CHECK ({sides})"
    )


def downgrade() -> None:
    run(
        "DROP TABLE jet.internship_evaluation_text, jet.internship_evaluation, jet.internship_record_text, "
        "jet.internship_record, jet.internship_assignment, jet.internship_result, jet.internship_assignment_run, "
        "jet.internship_application_text, jet.internship_application, jet.internship_host, jet.internship_period, "
        "jet.internship_programme; "
        "DROP FUNCTION jet.internship_evaluation_is_open, jet.internship_evaluation_is_in, "
        "jet.internship_day_is_its_own, jet.internship_places_kept, jet.internship_places_hold"
    )
