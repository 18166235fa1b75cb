"""Participants and their participations, placements, appointments and what holds in them."""

from migrations.histories import JET
from services.kit.db.migration import run

revision = "jet_0001"
down_revision = None
branch_labels = None
depends_on = None

PEOPLE = """
CREATE TABLE jet.participant (
    id uuid CONSTRAINT participant_pkey PRIMARY KEY DEFAULT uuidv7(),
    jet_number text NOT NULL CONSTRAINT participant_jet_number_key UNIQUE
        CONSTRAINT participant_jet_number CHECK (jet_number ~ '^20[0-9]{9}$'),
    row_version bigint NOT NULL DEFAULT 1
);
CREATE TABLE jet.person_detail (
    participant_id uuid CONSTRAINT person_detail_pkey PRIMARY KEY
        CONSTRAINT person_detail_participant_id_fkey REFERENCES jet.participant (id),
    family_name text NOT NULL, given_name text, middle_name text, name_kana text,
    birth_on date, email text,
    search_key text NOT NULL
);
CREATE INDEX person_detail_search_idx ON jet.person_detail USING gin (search_key gin_trgm_ops);
CREATE TABLE jet.participation (
    id uuid CONSTRAINT participation_pkey PRIMARY KEY DEFAULT uuidv7(),
    participant_id uuid NOT NULL
        CONSTRAINT participation_participant_id_fkey REFERENCES jet.participant (id),
    programme_year integer NOT NULL CONSTRAINT participation_programme_year CHECK (programme_year >= 1987),
    job_type text NOT NULL CONSTRAINT participation_job_type CHECK (job_type IN ('ALT', 'CIR', 'SEA')),
    arrival_group text NOT NULL CONSTRAINT participation_arrival_group
        CHECK (arrival_group IN ('april', 'a', 'b', 'c', 'ad_hoc')),
    nationality text NOT NULL CONSTRAINT participation_nationality_fkey REFERENCES directory.country (alpha2),
    state text NOT NULL DEFAULT 'accepted' CONSTRAINT participation_state
        CHECK (state IN ('accepted', 'placed', 'active', 'early_terminated', 'withdrawn')),
    left_on date,
    effective daterange NOT NULL DEFAULT '(,)',
    known_from timestamptz NOT NULL DEFAULT platform.now(),
    CONSTRAINT participation_once UNIQUE (participant_id, programme_year)
);
"""

PLACEMENTS = """
CREATE TABLE jet.placement (
    id uuid CONSTRAINT placement_pkey PRIMARY KEY DEFAULT uuidv7(),
    participant_id uuid NOT NULL CONSTRAINT placement_participant_id_fkey REFERENCES jet.participant (id),
    organisation_id uuid NOT NULL
        CONSTRAINT placement_organisation_id_fkey REFERENCES directory.organisation (id),
    programme_year integer NOT NULL,
    decided_on date NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT placement_once UNIQUE (participant_id, organisation_id, programme_year)
);
CREATE INDEX placement_organisation_id_idx ON jet.placement (organisation_id);
"""

APPOINTMENTS = """
CREATE TABLE jet.appointment (
    id uuid NOT NULL DEFAULT uuidv7(),
    participant_id uuid NOT NULL CONSTRAINT appointment_participant_id_fkey REFERENCES jet.participant (id),
    organisation_id uuid NOT NULL
        CONSTRAINT appointment_organisation_id_fkey REFERENCES directory.organisation (id),
    programme_year integer NOT NULL CONSTRAINT appointment_programme_year CHECK (programme_year >= 1987),
    job_type text NOT NULL CONSTRAINT appointment_job_type CHECK (job_type IN ('ALT', 'CIR', 'SEA')),
    starts_on date NOT NULL, ends_on date NOT NULL,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(starts_on, ends_on, '[]')) STORED,
    known_from timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT appointment_pkey PRIMARY KEY (id),
    CONSTRAINT appointment_period UNIQUE (id, effective WITHOUT OVERLAPS),
    CONSTRAINT appointment_one_at_a_time UNIQUE (participant_id, effective WITHOUT OVERLAPS)
        DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT appointment_at_most_a_year CHECK (ends_on BETWEEN starts_on AND starts_on + 366)
);
CREATE INDEX appointment_organisation_id_idx ON jet.appointment (organisation_id, programme_year);
CREATE INDEX appointment_programme_year_idx ON jet.appointment (programme_year);
CREATE TABLE jet.workplace (
    id uuid CONSTRAINT workplace_pkey PRIMARY KEY DEFAULT uuidv7(),
    appointment_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    position smallint NOT NULL CONSTRAINT workplace_position CHECK (position BETWEEN 1 AND 20),
    name text NOT NULL,
    kind text NOT NULL CONSTRAINT workplace_kind CHECK (kind IN ('school', 'office')),
    school_level text CONSTRAINT workplace_school_level
        CHECK (school_level IN ('elementary', 'junior_high', 'senior_high', 'special_needs')),
    municipality_id uuid CONSTRAINT workplace_municipality_id_fkey REFERENCES directory.organisation (id),
    days_per_week smallint CONSTRAINT workplace_days_per_week CHECK (days_per_week BETWEEN 0 AND 7),
    starts_on date NOT NULL, ends_on date NOT NULL,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(starts_on, ends_on, '[]')) STORED,
    known_from timestamptz NOT NULL DEFAULT platform.now(),
    CONSTRAINT workplace_one_per_position UNIQUE (appointment_id, position, effective WITHOUT OVERLAPS)
        DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT workplace_within_appointment FOREIGN KEY (appointment_id, PERIOD effective)
        REFERENCES jet.appointment (id, PERIOD effective) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE jet.arrangement (
    id uuid CONSTRAINT arrangement_pkey PRIMARY KEY DEFAULT uuidv7(),
    appointment_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    housing_type text CONSTRAINT arrangement_housing_type
        CHECK (housing_type IN ('public_housing', 'private_rental', 'teacher_housing', 'other')),
    housing_rent_yen integer CONSTRAINT arrangement_housing_rent_yen CHECK (housing_rent_yen >= 0),
    housing_provider text,
    starts_on date NOT NULL, ends_on date NOT NULL,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(starts_on, ends_on, '[]')) STORED,
    known_from timestamptz NOT NULL DEFAULT platform.now(),
    CONSTRAINT arrangement_one_at_a_time UNIQUE (appointment_id, effective WITHOUT OVERLAPS)
        DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT arrangement_within_appointment FOREIGN KEY (appointment_id, PERIOD effective)
        REFERENCES jet.appointment (id, PERIOD effective) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE jet.supervisor (
    appointment_id uuid CONSTRAINT supervisor_pkey PRIMARY KEY,
    organisation_id uuid NOT NULL,
    name text, phone text, email text
);
CREATE TABLE jet.early_termination (
    id uuid CONSTRAINT early_termination_pkey PRIMARY KEY DEFAULT uuidv7(),
    participant_id uuid NOT NULL
        CONSTRAINT early_termination_participant_id_fkey REFERENCES jet.participant (id),
    effective_on date NOT NULL,
    initiated_by text NOT NULL CONSTRAINT early_termination_initiated_by
        CHECK (initiated_by IN ('participant', 'organisation')),
    reason text NOT NULL CONSTRAINT early_termination_reason
        CHECK (reason IN ('resignation', 'dismissal', 'medical', 'family', 'other')),
    received_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT early_termination_once UNIQUE (participant_id, effective_on)
);
"""

ALL = "(SELECT platform.caller_is('coordinator', 'service'))"
VISIBLE = "organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"
# A participant's id is the id of the same person in the directory.
SELF = "{column} = (SELECT platform.caller('person')::uuid)"
# A participant reads what holds in their own appointments; whose an appointment is, its own policy says.
OWN_PART = (
    "(SELECT platform.caller_is('participant')) AND EXISTS (SELECT FROM jet.appointment AS a "
    "WHERE a.id = {table}.appointment_id AND a." + SELF.format(column="participant_id") + ")"
)
# Whoever once served at an organisation stays in its own period's facts …
OPENED = (
    "EXISTS (SELECT FROM jet.placement AS p WHERE p.participant_id = {column} AND p." + VISIBLE + ") "
    "OR EXISTS (SELECT FROM jet.appointment AS a WHERE a.participant_id = {column} AND a." + VISIBLE + ")"
)
# … but the name and contacts of today are for those whom an appointment or a placement opens now: a placement
# does from its decision until the appointment that it led to.
OPEN_NOW = (
    "EXISTS (SELECT FROM jet.appointment AS a WHERE a.participant_id = {column} AND a.ends_on >= (SELECT platform.today()) "
    "AND a." + VISIBLE + ") OR EXISTS (SELECT FROM jet.placement AS p WHERE p.participant_id = {column} "
    "AND p.programme_year >= (SELECT extract(year FROM platform.today() - interval '7 months')) AND p."
    + VISIBLE
    + " "
    "AND NOT EXISTS (SELECT FROM jet.appointment AS a WHERE a.participant_id = p.participant_id "
    "AND a.organisation_id = p.organisation_id AND a.programme_year = p.programme_year))"
)


def upgrade() -> None:
    JET.plumbing(jobs=True)
    run(PEOPLE + PLACEMENTS + APPOINTMENTS)
    figures = "(SELECT platform.caller_is('ministry'))"
    for table, column in (
        ("participant", "id"),
        ("person_detail", "participant_id"),
    ):
        opens = OPEN_NOW if table == "person_detail" else OPENED
        rule = f"{ALL} OR {SELF.format(column=column)} OR {opens.format(column=f'{table}.{column}')}"
        JET.wall(table, read=rule, write=ALL)
    rule = " OR ".join(
        (figures, ALL, SELF.format(column="participant_id"), OPENED.format(column="{table}.participant_id"))
    )
    JET.fact("participation", read=rule, write=ALL, apart=("state", "left_on"))
    run("CREATE INDEX participation_past_participant_id_idx ON jet.participation_past (participant_id)")
    # An appointment at an organisation makes its participant active; whoever else reads a row changes none.
    opened = OPENED.format(column="participation.participant_id")
    run(
        "CREATE POLICY participation_progress ON jet.participation FOR UPDATE TO jet_app "
        f"USING ({opened}) WITH CHECK (state = 'active' AND ({opened}))"
    )
    mine = SELF.format(column="participant_id")
    JET.wall("placement", read=f"{ALL} OR {mine} OR {VISIBLE}", write=ALL)
    JET.fact("appointment", read=f"{ALL} OR {figures} OR {mine} OR {VISIBLE}", write=f"{ALL} OR {VISIBLE}")
    for table in ("workplace", "arrangement"):
        JET.fact(table, read=f"{ALL} OR {figures} OR {VISIBLE} OR {OWN_PART}", write=f"{ALL} OR {VISIBLE}")
    JET.wall("supervisor", read=f"{ALL} OR {VISIBLE}", write=f"{ALL} OR {VISIBLE}")
    JET.wall("early_termination", read=ALL, write=ALL)


def downgrade() -> None:
    JET.drop()
