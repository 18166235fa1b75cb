"""Placement surveys: what each organisation asks for, its submission, receipts, remarks and consolidation."""

from migrations.histories import JET
from services.kit.db.migration import run

revision = "jet_0004"
down_revision = "jet_0003"
branch_labels = None
depends_on = None

SURVEYS = """
CREATE TABLE jet.placement_survey (
    id uuid CONSTRAINT placement_survey_pkey PRIMARY KEY DEFAULT uuidv7(),
    programme_year integer NOT NULL CONSTRAINT placement_survey_programme_year_key UNIQUE
        CONSTRAINT placement_survey_programme_year CHECK (programme_year >= 1987),
    host_deadline_at timestamptz NOT NULL, clair_deadline_at timestamptz NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_survey_deadlines CHECK (host_deadline_at <= clair_deadline_at)
);
CREATE TABLE jet.placement_consolidation (
    id uuid CONSTRAINT placement_consolidation_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL
        CONSTRAINT placement_consolidation_organisation_id_fkey REFERENCES directory.organisation (id),
    programme_year integer NOT NULL
        CONSTRAINT placement_consolidation_survey_fkey REFERENCES jet.placement_survey (programme_year),
    state text NOT NULL DEFAULT 'consolidated' CONSTRAINT placement_consolidation_state
        CHECK (state IN ('consolidated', 'approved')),
    receipt_number text NOT NULL CONSTRAINT placement_consolidation_receipt_number_key UNIQUE,
    arrived_at timestamptz NOT NULL DEFAULT platform.now(),
    late boolean NOT NULL,
    members integer NOT NULL CONSTRAINT placement_consolidation_members CHECK (members > 0),
    seats integer NOT NULL CONSTRAINT placement_consolidation_seats CHECK (seats >= 0),
    sha256 bytea NOT NULL CONSTRAINT placement_consolidation_sha256 CHECK (length(sha256) = 32),
    approved_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_consolidation_approved CHECK ((state = 'approved') = (approved_at IS NOT NULL))
);
CREATE INDEX placement_consolidation_organisation_idx
    ON jet.placement_consolidation (organisation_id, programme_year);
CREATE TABLE jet.placement_submission (
    id uuid CONSTRAINT placement_submission_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL
        CONSTRAINT placement_submission_organisation_id_fkey REFERENCES directory.organisation (id),
    programme_year integer NOT NULL
        CONSTRAINT placement_submission_survey_fkey REFERENCES jet.placement_survey (programme_year),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT placement_submission_state
        CHECK (state IN ('draft', 'submitted', 'returned', 'consolidated', 'approved')),
    submitted_at timestamptz, late boolean,
    consolidation_id uuid
        CONSTRAINT placement_submission_consolidation_fkey REFERENCES jet.placement_consolidation (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_submission_once UNIQUE (organisation_id, programme_year),
    CONSTRAINT placement_submission_arrived
        CHECK ((submitted_at IS NULL) = (late IS NULL) AND (state = 'draft' OR submitted_at IS NOT NULL)),
    CONSTRAINT placement_submission_consolidated
        CHECK ((state IN ('consolidated', 'approved')) = (consolidation_id IS NOT NULL))
);
CREATE INDEX placement_submission_year_idx ON jet.placement_submission (programme_year, state);
CREATE INDEX placement_submission_consolidation_idx ON jet.placement_submission (consolidation_id);
CREATE TABLE jet.placement_receipt (
    id uuid CONSTRAINT placement_receipt_pkey PRIMARY KEY DEFAULT uuidv7(),
    submission_id uuid NOT NULL
        CONSTRAINT placement_receipt_submission_fkey REFERENCES jet.placement_submission (id),
    organisation_id uuid NOT NULL,
    receipt_number text NOT NULL, arrived_at timestamptz NOT NULL, late boolean NOT NULL,
    sha256 bytea NOT NULL CONSTRAINT placement_receipt_sha256 CHECK (length(sha256) = 32),
    import_id uuid,
    submitted_by_id uuid CONSTRAINT placement_receipt_submitted_by_fkey REFERENCES directory.organisation (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_receipt_once UNIQUE (submission_id, receipt_number)
);
CREATE INDEX placement_receipt_organisation_idx ON jet.placement_receipt (organisation_id);
CREATE TABLE jet.placement_remark (
    id uuid CONSTRAINT placement_remark_pkey PRIMARY KEY DEFAULT uuidv7(),
    submission_id uuid NOT NULL
        CONSTRAINT placement_remark_submission_fkey REFERENCES jet.placement_submission (id),
    organisation_id uuid NOT NULL,
    line smallint, field text, remark text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_remark_field_of_a_line CHECK (field IS NULL OR line IS NOT NULL)
);
CREATE INDEX placement_remark_organisation_idx ON jet.placement_remark (organisation_id, submission_id);
"""

REQUESTS = """
CREATE TABLE jet.placement_request (
    id uuid CONSTRAINT placement_request_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL, programme_year integer NOT NULL,
    line smallint NOT NULL CONSTRAINT placement_request_line CHECK (line BETWEEN 1 AND 999),
    entry text NOT NULL CONSTRAINT placement_request_entry CHECK (entry IN ('reappointment', 'new')),
    participant_id uuid CONSTRAINT placement_request_participant_fkey REFERENCES jet.participant (id),
    organisation_answer text CONSTRAINT placement_request_organisation_answer
        CHECK (organisation_answer IN ('yes', 'no', 'undecided')),
    exceptional boolean NOT NULL DEFAULT false,
    job_type text NOT NULL CONSTRAINT placement_request_job_type CHECK (job_type IN ('ALT', 'CIR', 'SEA')),
    arrival_group text CONSTRAINT placement_request_arrival_group
        CHECK (arrival_group IN ('april', 'a', 'b', 'c', 'ad_hoc')),
    seats smallint NOT NULL CONSTRAINT placement_request_seats CHECK (seats BETWEEN 0 AND 200),
    wished_nationality text
        CONSTRAINT placement_request_wished_nationality_fkey REFERENCES directory.country (alpha2),
    sister_city text,
    japanese_level text CONSTRAINT placement_request_japanese_level
        CHECK (japanese_level IN ('none', 'n5', 'n4', 'n3', 'n2', 'n1')),
    elementary boolean NOT NULL DEFAULT false, junior_high boolean NOT NULL DEFAULT false,
    senior_high boolean NOT NULL DEFAULT false, special_needs boolean NOT NULL DEFAULT false,
    driving text CONSTRAINT placement_request_driving CHECK (driving IN ('not_needed', 'preferred', 'required')),
    urban_class text CONSTRAINT placement_request_urban_class
        CHECK (urban_class IN ('urban', 'suburban', 'rural', 'island')),
    climate text CONSTRAINT placement_request_climate CHECK (climate IN ('mild', 'hot', 'cold', 'snowy')),
    housing_type text CONSTRAINT placement_request_housing_type
        CHECK (housing_type IN ('public_housing', 'private_rental', 'teacher_housing', 'other')),
    housing_rent_yen integer CONSTRAINT placement_request_housing_rent_yen CHECK (housing_rent_yen >= 0),
    housing_provider text,
    pay_table text CONSTRAINT placement_request_pay_table CHECK (pay_table IN ('standard', 'own')),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_request_once UNIQUE (organisation_id, programme_year, line),
    CONSTRAINT placement_request_submission_fkey FOREIGN KEY (organisation_id, programme_year)
        REFERENCES jet.placement_submission (organisation_id, programme_year),
    CONSTRAINT placement_request_one_answer UNIQUE (participant_id, organisation_id, programme_year),
    CONSTRAINT placement_request_of_its_entry CHECK (
        CASE entry WHEN 'reappointment' THEN participant_id IS NOT NULL AND seats = 1 AND arrival_group IS NULL
        ELSE participant_id IS NULL AND organisation_answer IS NULL AND NOT exceptional
             AND arrival_group IS NOT NULL END)
);
CREATE INDEX placement_request_programme_year_idx ON jet.placement_request (programme_year);
CREATE FUNCTION jet.placement_request_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    SELECT state INTO found FROM jet.placement_submission
    WHERE organisation_id = NEW.organisation_id AND programme_year = NEW.programme_year FOR SHARE;
    IF found IN ('consolidated', 'approved') THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'placement_request_open',
            MESSAGE = 'the submission is closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER placement_request_open BEFORE INSERT OR UPDATE ON jet.placement_request
    FOR EACH ROW EXECUTE FUNCTION jet.placement_request_is_open();
CREATE TABLE jet.reappointment_answer (
    id uuid CONSTRAINT reappointment_answer_pkey PRIMARY KEY DEFAULT uuidv7(),
    participant_id uuid NOT NULL
        CONSTRAINT reappointment_answer_participant_fkey REFERENCES jet.participant (id),
    programme_year integer NOT NULL
        CONSTRAINT reappointment_answer_survey_fkey REFERENCES jet.placement_survey (programme_year),
    answer text NOT NULL CONSTRAINT reappointment_answer_answer CHECK (answer IN ('yes', 'no', 'undecided')),
    answered_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT reappointment_answer_once UNIQUE (participant_id, programme_year)
);
"""

ALL = "(SELECT platform.caller_is('coordinator', 'service'))"
CLAIR = "(SELECT platform.caller_is('coordinator'))"
ASKED = (
    "(SELECT platform.caller_is('coordinator', 'service', 'organisation', 'host_authority', 'participant'))"
)
VISIBLE = "organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"
# a member's own submission is consolidated by its host authority's act, which the member may read
CONSOLIDATED_HERE = (
    "EXISTS (SELECT FROM jet.placement_submission AS s WHERE s.consolidation_id = placement_consolidation.id AND s."
    + VISIBLE
    + ")"
)
SELF = "participant_id = (SELECT platform.caller('person')::uuid)"
# the employer of today reads what its own participant answered
EMPLOYED_HERE = (
    "EXISTS (SELECT FROM jet.appointment AS a WHERE a.participant_id = reappointment_answer.participant_id "
    "AND a.ends_on >= (SELECT platform.today()) AND a." + VISIBLE + ")"
)


def upgrade() -> None:
    run(SURVEYS + REQUESTS)
    JET.wall("placement_survey", read=ASKED, write=CLAIR, grants="SELECT, INSERT, UPDATE")
    hosts = f"{CLAIR} OR (SELECT platform.caller_is('host_authority')) AND {VISIBLE}"
    JET.wall(
        "placement_consolidation", read=f"{ALL} OR {VISIBLE} OR {CONSOLIDATED_HERE}", write=hosts,
        grants="SELECT, INSERT, UPDATE",
    )  # fmt: skip
    seen, served = f"{ALL} OR {VISIBLE}", f"{CLAIR} OR {VISIBLE}"
    for table in ("placement_submission", "placement_request"):
        JET.wall(table, read=seen, write=served, grants="SELECT, INSERT, UPDATE")
    JET.wall("placement_receipt", read=seen, write=served, grants="SELECT, INSERT")
    JET.wall("placement_remark", read=seen, write=hosts, grants="SELECT, INSERT")
    JET.wall(
        "reappointment_answer", read=f"{ALL} OR {SELF} OR {EMPLOYED_HERE}", write=f"{CLAIR} OR {SELF}",
        grants="SELECT, INSERT, UPDATE",
    )  # fmt: skip


def downgrade() -> None:
    run(
        "DROP TABLE jet.reappointment_answer, jet.placement_request, jet.placement_remark, jet.placement_receipt, "
        "jet.placement_submission, jet.placement_consolidation, jet.placement_survey; "
        "DROP FUNCTION jet.placement_request_is_open"
    )
