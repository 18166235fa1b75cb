"""Events, their editions of a year, the legs in which these are held, and missions."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0004"
down_revision = "events_0003"
branch_labels = None
depends_on = None

OFFICE = "text CONSTRAINT {table}_office_fkey REFERENCES directory.overseas_office (code)"
# The office stands on each row, so that a policy asks no other table; without one it is headquarters'.
TABLES = f"""
CREATE TABLE events.event (
    id uuid CONSTRAINT event_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT event_code_key UNIQUE,
    programme text NOT NULL CONSTRAINT event_programme CHECK (programme ~ '^[a-z_]+$'),
    office {OFFICE.format(table="event")},
    name_ja text NOT NULL, name_en text,
    tags text[] NOT NULL DEFAULT '{{}}',
    row_version bigint NOT NULL DEFAULT 1
);
CREATE TABLE events.edition (
    id uuid CONSTRAINT edition_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT edition_code_key UNIQUE,
    event_id uuid NOT NULL CONSTRAINT edition_event_fkey REFERENCES events.event (id),
    office {OFFICE.format(table="edition")},
    fiscal_year integer NOT NULL CONSTRAINT edition_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    series_number integer CONSTRAINT edition_series_number CHECK (series_number > 0),
    title_ja text NOT NULL, title_en text,
    part text NOT NULL CONSTRAINT edition_part CHECK (part IN ('hosted', 'cohosted', 'joined')),
    host text, audience text, content text, format text,
    listing text NOT NULL CONSTRAINT edition_listing CHECK (listing IN ('whole', 'each_leg')),
    counted_at text NOT NULL CONSTRAINT edition_counted_at CHECK (counted_at IN ('edition', 'leg')),
    standing text NOT NULL CONSTRAINT edition_standing CHECK (standing IN ('as_planned', 'postponed', 'not_held')),
    standing_reason text, next_plan text,
    marked boolean NOT NULL DEFAULT false, public boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT edition_of_year UNIQUE (id, fiscal_year),
    CONSTRAINT edition_counting UNIQUE (id, counted_at),
    CONSTRAINT edition_reason CHECK ((standing = 'as_planned') = (standing_reason IS NULL))
);
CREATE INDEX edition_event_idx ON events.edition (event_id);
CREATE TABLE events.leg (
    id uuid CONSTRAINT leg_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT leg_code_key UNIQUE,
    edition_id uuid NOT NULL, fiscal_year integer NOT NULL,
    office {OFFICE.format(table="leg")},
    number integer NOT NULL CONSTRAINT leg_number CHECK (number > 0),
    label text, topic text, content text, format text,
    mode text CONSTRAINT leg_mode CHECK (mode IN ('on_site', 'online', 'hybrid', 'recorded')),
    venue text, place text, country text CONSTRAINT leg_country_fkey REFERENCES directory.country (alpha2),
    country_printed text,
    time_zone text NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL,
    opens_at text CONSTRAINT leg_opens_at CHECK (opens_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    closes_at text CONSTRAINT leg_closes_at CHECK (closes_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    repeated_hour text CONSTRAINT leg_repeated_hour CHECK (repeated_hour IN ('first', 'second')),
    starts_at timestamptz, ends_at timestamptz, zone_release text,
    cancelled_on date, cancelled_reason text,
    sequence integer NOT NULL DEFAULT 0 CONSTRAINT leg_sequence CHECK (sequence >= 0),
    pool_id uuid CONSTRAINT leg_pool_fkey REFERENCES events.capacity_pool (id),
    registers_from timestamptz, registers_until timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT leg_once UNIQUE (edition_id, number),
    CONSTRAINT leg_edition_fkey FOREIGN KEY (edition_id, fiscal_year) REFERENCES events.edition (id, fiscal_year)
        ON UPDATE CASCADE,
    CONSTRAINT leg_days CHECK (starts_on <= ends_on),
    CONSTRAINT leg_within_fiscal_year CHECK (
        extract(year FROM starts_on)::integer - (extract(month FROM starts_on) < 4)::integer = fiscal_year),
    CONSTRAINT leg_times CHECK (num_nonnulls(opens_at, closes_at, starts_at, ends_at, zone_release) IN (0, 5)),
    CONSTRAINT leg_hours CHECK (starts_at < ends_at),
    CONSTRAINT leg_cancelled CHECK ((cancelled_on IS NULL) = (cancelled_reason IS NULL)),
    CONSTRAINT leg_registers CHECK (
        num_nonnulls(registers_from, registers_until) = CASE WHEN pool_id IS NULL THEN 0 ELSE 2 END
        AND (registers_from < registers_until) IS NOT FALSE)
);
CREATE TABLE events.mission (
    id uuid CONSTRAINT mission_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT mission_code_key UNIQUE,
    programme text NOT NULL CONSTRAINT mission_programme CHECK (programme ~ '^[a-z_]+$'),
    office {OFFICE.format(table="mission")},
    fiscal_year integer NOT NULL,
    title_ja text NOT NULL, title_en text, audience text, content text,
    starts_on date NOT NULL, ends_on date NOT NULL,
    places text[] NOT NULL DEFAULT '{{}}', countries text[] NOT NULL DEFAULT '{{}}',
    markets text[] NOT NULL DEFAULT '{{}}',
    host_id uuid CONSTRAINT mission_host_fkey REFERENCES directory.organisation (id),
    advisory text, outcome text,
    cancelled_on date, cancelled_reason text, marked boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT mission_days CHECK (starts_on <= ends_on),
    CONSTRAINT mission_within_fiscal_year CHECK (
        extract(year FROM starts_on)::integer - (extract(month FROM starts_on) < 4)::integer = fiscal_year),
    CONSTRAINT mission_cancelled CHECK ((cancelled_on IS NULL) = (cancelled_reason IS NULL))
);
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
# What CLAIR's own read besides those who write it.
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
# Whoever may register, and everybody at the public list.
TOLD = "(SELECT platform.caller_is('organisation', 'host_authority', 'anonymous'))"
KEEP = "SELECT, INSERT, UPDATE"
OF_EDITION = "EXISTS (SELECT FROM events.edition AS e WHERE e.{edition} = {mine})"


def upgrade() -> None:
    run(TABLES)
    EVENTS.wall("edition", read=f"{HOUSE} OR {TOLD} AND public", write=MINE, change=MINE, grants=KEEP)
    of_event = OF_EDITION.format(edition="event_id", mine="event.id")
    EVENTS.wall("event", read=f"{HOUSE} OR {TOLD} AND {of_event}", write=MINE, change=MINE, grants=KEEP)
    of_leg = OF_EDITION.format(edition="id", mine="leg.edition_id")
    # the worker tells a leg's instants anew where the rules of its zone have changed
    write = f"{MINE} OR (SELECT platform.caller_is('worker'))"
    EVENTS.wall("leg", read=f"{HOUSE} OR {TOLD} AND {of_leg}", write=write, change=write, grants=KEEP)
    EVENTS.wall("mission", read=HOUSE, write=MINE, change=MINE, grants=KEEP)


def downgrade() -> None:
    run("DROP TABLE events.mission, events.leg, events.edition, events.event")
