"""Talks and their speakers, who took part in an edition, and what the media said of it."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0006"
down_revision = "events_0005"
branch_labels = None
depends_on = None

OFFICE = "text CONSTRAINT {table}_office_fkey REFERENCES directory.overseas_office (code)"
EDITION = "uuid NOT NULL CONSTRAINT {table}_edition_fkey REFERENCES events.edition (id)"
# A speaker's name is apart, so that it can be taken out while the talk stays. A body takes part in an edition once, however
# many legs it joined: `body` is the organisation, or the name of what the directory does not know.
TABLES = f"""
CREATE TABLE events.talk (
    id uuid CONSTRAINT talk_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id {EDITION.format(table="talk")},
    office {OFFICE.format(table="talk")},
    number integer NOT NULL CONSTRAINT talk_number CHECK (number > 0),
    label text, title text, affiliation text, presenter text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT talk_once UNIQUE (edition_id, number)
);
CREATE TABLE events.talk_speaker (
    talk_id uuid CONSTRAINT talk_speaker_pkey PRIMARY KEY
        CONSTRAINT talk_speaker_talk_fkey REFERENCES events.talk (id),
    office {OFFICE.format(table="talk_speaker")},
    speaker_name text
);
CREATE TABLE events.edition_participant (
    id uuid CONSTRAINT edition_participant_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id {EDITION.format(table="edition_participant")},
    office {OFFICE.format(table="edition_participant")},
    organisation_id uuid CONSTRAINT edition_participant_organisation_fkey REFERENCES directory.organisation (id),
    name text, body text NOT NULL,
    seq integer NOT NULL CONSTRAINT edition_participant_seq CHECK (seq > 0),
    capacity text NOT NULL CONSTRAINT edition_participant_capacity
        CHECK (capacity IN ('participant', 'exhibitor', 'partner', 'secretariat', 'host')),
    leg_numbers integer[] NOT NULL DEFAULT '{{}}'
        CONSTRAINT edition_participant_legs CHECK (0 < ALL (leg_numbers)),
    listed_in text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT edition_participant_once UNIQUE (edition_id, body),
    CONSTRAINT edition_participant_body CHECK (
        num_nonnulls(organisation_id, name) = 1 AND body = coalesce(organisation_id::text, name))
);
CREATE INDEX edition_participant_organisation_idx ON events.edition_participant (organisation_id);
CREATE TABLE events.media_coverage (
    id uuid CONSTRAINT media_coverage_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT media_coverage_code_key UNIQUE,
    edition_id {EDITION.format(table="media_coverage")},
    office {OFFICE.format(table="media_coverage")},
    medium text NOT NULL, title text, published_on date NOT NULL, url text,
    organisation_codes text[] NOT NULL DEFAULT '{{}}',
    row_version bigint NOT NULL DEFAULT 1
);
CREATE INDEX media_coverage_edition_idx ON events.media_coverage (edition_id);
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
TOLD = "(SELECT platform.caller_is('organisation', 'host_authority', 'anonymous'))"
NAMED = "(SELECT platform.caller_is('event_officer', 'coordinator', 'worker'))"
OWN = (
    "(SELECT platform.caller_is('organisation', 'host_authority')) "
    "AND organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"
)
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(TABLES)
    of_talk = "EXISTS (SELECT FROM events.edition AS e WHERE e.id = talk.edition_id AND e.public)"
    EVENTS.wall("talk", read=f"{HOUSE} OR {TOLD} AND {of_talk}", write=MINE, change=MINE, grants=KEEP)
    EVENTS.wall("talk_speaker", read=NAMED, write=MINE, change=MINE, grants=KEEP)
    EVENTS.wall("edition_participant", read=f"{HOUSE} OR {OWN}", write=MINE, change=MINE, grants=KEEP)
    EVENTS.wall("media_coverage", read=HOUSE, write=MINE, change=MINE, grants=KEEP)
    # a body reads what it joined, announced or not
    run(
        "CREATE POLICY edition_joined_select ON events.edition FOR SELECT TO events_app USING ("
        "(SELECT platform.caller_is('organisation', 'host_authority')) "
        "AND id IN (SELECT p.edition_id FROM events.edition_participant AS p WHERE p.organisation_id = "
        "ANY ((SELECT directory.visible_organisations())::uuid[])))"
    )


def downgrade() -> None:
    run(
        "DROP POLICY edition_joined_select ON events.edition; "
        "DROP TABLE events.media_coverage, events.edition_participant, events.talk_speaker, events.talk"
    )
