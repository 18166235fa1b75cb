"""Who goes on a mission, its itinerary, and the bodies that it visits."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0009"
down_revision = "events_0008"
branch_labels = None
depends_on = None

MISSION = """
ALTER TABLE events.mission
    ADD COLUMN host_role text,
    ADD COLUMN and_others boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT mission_countries
        CHECK (array_to_string(countries, ' ', '?') ~ '^([A-Z]{2}( [A-Z]{2})*)?$') NOT VALID;
CREATE UNIQUE INDEX mission_days_key ON events.mission (id, starts_on, ends_on);
CREATE INDEX mission_host_idx ON events.mission (host_id);
"""
# The office stands on each row, so that a policy asks no other table; a stop has the mission's days, so that a check can
# hold it within them, also when these move.
OFFICE = "text CONSTRAINT {table}_office_fkey REFERENCES directory.overseas_office (code)"
OF_MISSION = "uuid NOT NULL CONSTRAINT {table}_mission_fkey REFERENCES events.mission (id)"
ORGANISATION = "uuid CONSTRAINT {table}_organisation_fkey REFERENCES directory.organisation (id)"
TABLES = f"""
CREATE TABLE events.mission_member (
    id uuid CONSTRAINT mission_member_pkey PRIMARY KEY DEFAULT uuidv7(),
    mission_id {OF_MISSION.format(table="mission_member")},
    office {OFFICE.format(table="mission_member")},
    number integer NOT NULL CONSTRAINT mission_member_number CHECK (number > 0),
    capacity text NOT NULL CONSTRAINT mission_member_capacity
        CHECK (capacity IN ('leader', 'guest', 'participant', 'traveller', 'staff', 'interpreter')),
    title text, title_en text,
    organisation_id {ORGANISATION.format(table="mission_member")},
    affiliation text, affiliation_en text,
    country text CONSTRAINT mission_member_country_fkey REFERENCES directory.country (alpha2),
    protocol_rank integer CONSTRAINT mission_member_protocol_rank CHECK (protocol_rank > 0),
    person_number text, withdrawn_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT mission_member_once UNIQUE (mission_id, number)
);
CREATE INDEX mission_member_organisation_idx ON events.mission_member (organisation_id);
CREATE TABLE events.mission_member_name (
    member_id uuid CONSTRAINT mission_member_name_pkey PRIMARY KEY
        CONSTRAINT mission_member_name_member_fkey REFERENCES events.mission_member (id),
    office {OFFICE.format(table="mission_member_name")},
    name text
);
CREATE TABLE events.mission_stop (
    id uuid CONSTRAINT mission_stop_pkey PRIMARY KEY DEFAULT uuidv7(),
    mission_id uuid NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL,
    office {OFFICE.format(table="mission_stop")},
    number integer NOT NULL CONSTRAINT mission_stop_number CHECK (number > 0),
    held_on date NOT NULL,
    begins_at text CONSTRAINT mission_stop_begins_at CHECK (begins_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    place text NOT NULL,
    organisation_id {ORGANISATION.format(table="mission_stop")},
    receiver text, purpose text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT mission_stop_once UNIQUE (mission_id, number),
    CONSTRAINT mission_stop_mission_fkey FOREIGN KEY (mission_id, starts_on, ends_on)
        REFERENCES events.mission (id, starts_on, ends_on) ON UPDATE CASCADE,
    CONSTRAINT mission_stop_within CHECK (held_on BETWEEN starts_on AND ends_on)
);
CREATE INDEX mission_stop_organisation_idx ON events.mission_stop (organisation_id);
CREATE TABLE events.mission_host (
    id uuid CONSTRAINT mission_host_pkey PRIMARY KEY DEFAULT uuidv7(),
    mission_id {OF_MISSION.format(table="mission_host")},
    office {OFFICE.format(table="mission_host")},
    number integer NOT NULL CONSTRAINT mission_host_number CHECK (number > 0),
    organisation_id {ORGANISATION.format(table="mission_host")},
    name text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT mission_host_once UNIQUE (mission_id, number),
    CONSTRAINT mission_host_named CHECK (num_nonnulls(organisation_id, name) > 0)
);
CREATE INDEX mission_host_organisation_idx ON events.mission_host (organisation_id);
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
# Names are for who receives the mission; the worker writes their lists.
OFFICERS = "(SELECT platform.caller_is('event_officer', 'worker'))"
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(MISSION)
    run(TABLES)
    for table in ("mission_member", "mission_stop", "mission_host"):
        EVENTS.wall(table, read=HOUSE, write=MINE, change=MINE, grants=KEEP)
    EVENTS.wall("mission_member_name", read=OFFICERS, write=MINE, change=MINE, grants=KEEP)


def downgrade() -> None:
    run(
        "DROP TABLE events.mission_host, events.mission_stop, events.mission_member_name, events.mission_member"
    )
    run("DROP INDEX events.mission_host_idx, events.mission_days_key")
    run(
        "ALTER TABLE events.mission DROP CONSTRAINT mission_countries, DROP COLUMN and_others, DROP COLUMN host_role"
    )
