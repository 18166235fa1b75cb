"""Counts of legs, editions and missions, and figures that the report states beyond its rows."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0005"
down_revision = "events_0004"
branch_labels = None
depends_on = None

QUALIFIER = "CONSTRAINT {table}_qualifier CHECK (qualifier IN ('exact', 'about', 'at_least'))"
# The columns of keys are made by the database: what a count is of; the level that its edition must be counted at, which is
# none for who is certified, once for the edition however its legs are counted; and what its whole must not be, a part.
TABLES = f"""
ALTER TABLE events.leg ADD CONSTRAINT leg_of_edition UNIQUE (id, edition_id);
CREATE TABLE events.attendance_count (
    id uuid CONSTRAINT attendance_count_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT attendance_count_code_key UNIQUE,
    edition_id uuid CONSTRAINT attendance_count_edition_fkey REFERENCES events.edition (id),
    leg_id uuid,
    mission_id uuid CONSTRAINT attendance_count_mission_fkey REFERENCES events.mission (id),
    office text CONSTRAINT attendance_count_office_fkey REFERENCES directory.overseas_office (code),
    subject text NOT NULL CONSTRAINT attendance_count_subject CHECK (subject ~ '^[a-z_]+$'),
    unit text NOT NULL CONSTRAINT attendance_count_unit CHECK (unit <> ''),
    value integer NOT NULL CONSTRAINT attendance_count_value CHECK (value >= 0),
    qualifier text NOT NULL {QUALIFIER.format(table="attendance_count")},
    person_times boolean NOT NULL,
    within_code text, within_value integer,
    country text CONSTRAINT attendance_count_country_fkey REFERENCES directory.country (alpha2),
    capacity text CONSTRAINT attendance_count_capacity CHECK (capacity ~ '^[a-z_]+$'),
    label text,
    method text CONSTRAINT attendance_count_method
        CHECK (method IN ('ticket', 'gate', 'estimate', 'organiser', 'registration', 'list')),
    source text, counted_on date,
    record_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(leg_id, mission_id, edition_id)) STORED,
    counted_at text GENERATED ALWAYS AS (CASE WHEN mission_id IS NULL AND subject <> 'certified'
        THEN CASE WHEN leg_id IS NULL THEN 'edition' ELSE 'leg' END END) STORED,
    part boolean NOT NULL GENERATED ALWAYS AS (within_code IS NOT NULL) STORED,
    whole_is_part boolean GENERATED ALWAYS AS (CASE WHEN within_code IS NOT NULL THEN false END) STORED,
    broken_down_by text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN country IS NOT NULL AND capacity IS NOT NULL THEN 'country_and_capacity'
        WHEN country IS NOT NULL THEN 'country' WHEN capacity IS NOT NULL THEN 'capacity' ELSE 'nothing' END) STORED,
    counted_for text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN method IS NOT DISTINCT FROM 'organiser' THEN 'organiser' ELSE 'own' END) STORED,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT attendance_count_of_one CHECK (
        num_nonnulls(edition_id, mission_id) = 1 AND (leg_id IS NULL OR edition_id IS NOT NULL)),
    CONSTRAINT attendance_count_certified CHECK (subject <> 'certified' OR leg_id IS NULL),
    CONSTRAINT attendance_count_person_times CHECK (NOT person_times OR unit = '名'),
    CONSTRAINT attendance_count_leg_fkey FOREIGN KEY (leg_id, edition_id) REFERENCES events.leg (id, edition_id),
    CONSTRAINT attendance_count_level FOREIGN KEY (edition_id, counted_at)
        REFERENCES events.edition (id, counted_at),
    CONSTRAINT attendance_count_once UNIQUE NULLS NOT DISTINCT
        (record_id, subject, unit, person_times, within_code, country, capacity, label),
    CONSTRAINT attendance_count_whole UNIQUE (code, record_id, subject, unit, person_times, part),
    CONSTRAINT attendance_count_valued UNIQUE (code, value),
    CONSTRAINT attendance_count_within FOREIGN KEY
        (within_code, record_id, subject, unit, person_times, whole_is_part)
        REFERENCES events.attendance_count (code, record_id, subject, unit, person_times, part),
    CONSTRAINT attendance_count_within_value FOREIGN KEY (within_code, within_value)
        REFERENCES events.attendance_count (code, value) ON UPDATE CASCADE,
    CONSTRAINT attendance_count_valued_whole CHECK ((within_code IS NULL) = (within_value IS NULL)),
    CONSTRAINT attendance_count_no_more CHECK (value <= within_value),
    CONSTRAINT attendance_count_alike EXCLUDE USING gist (
        record_id WITH =, subject WITH =, unit WITH =, (person_times::text) WITH =,
        (broken_down_by || ' ' || counted_for) WITH <>
    ) WHERE (within_code IS NULL) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX attendance_count_edition_idx ON events.attendance_count (edition_id);
CREATE INDEX attendance_count_within_idx ON events.attendance_count (within_code, within_value);
CREATE TABLE events.stated_figure (
    id uuid CONSTRAINT stated_figure_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT stated_figure_code_key UNIQUE,
    statistic text NOT NULL CONSTRAINT stated_figure_statistic CHECK (statistic ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    fiscal_year integer NOT NULL
        CONSTRAINT stated_figure_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    label_ja text NOT NULL, label_en text NOT NULL,
    value integer NOT NULL CONSTRAINT stated_figure_value CHECK (value >= 0),
    unit text NOT NULL CONSTRAINT stated_figure_unit CHECK (unit <> ''),
    qualifier text NOT NULL {QUALIFIER.format(table="stated_figure")},
    source text NOT NULL,
    office text CONSTRAINT stated_figure_office_fkey REFERENCES directory.overseas_office (code),
    row_version bigint NOT NULL DEFAULT 1
);
CREATE INDEX stated_figure_asked_idx ON events.stated_figure (statistic, fiscal_year);
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
# CLAIR's own, the ministry that reads figures, and the worker
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"


def upgrade() -> None:
    run(TABLES)
    for table in ("attendance_count", "stated_figure"):
        EVENTS.wall(table, read=HOUSE, write=MINE, change=MINE, grants="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    run(
        "DROP TABLE events.attendance_count, events.stated_figure; "
        "ALTER TABLE events.leg DROP CONSTRAINT leg_of_edition"
    )
