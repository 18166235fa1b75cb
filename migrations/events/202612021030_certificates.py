"""The register of certificates: numbered through all the years of an event."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0012"
down_revision = "events_0011"
branch_labels = None
depends_on = None

# The name of a holder stands apart, and can be erased; the number and what it was given for stay.
TABLES = """
ALTER TABLE events.edition ADD CONSTRAINT edition_of_event UNIQUE (id, event_id);
CREATE TABLE events.certificate (
    id uuid CONSTRAINT certificate_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id uuid NOT NULL, event_id uuid NOT NULL,
    office text CONSTRAINT certificate_office_fkey REFERENCES directory.overseas_office (code),
    number integer NOT NULL CONSTRAINT certificate_number CHECK (number > 0),
    organisation_id uuid CONSTRAINT certificate_organisation_fkey REFERENCES directory.organisation (id),
    certified_on date NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT certificate_once UNIQUE (event_id, number),
    CONSTRAINT certificate_edition_fkey FOREIGN KEY (edition_id, event_id) REFERENCES events.edition (id, event_id)
);
CREATE INDEX certificate_edition_idx ON events.certificate (edition_id);
CREATE TABLE events.certificate_holder (
    certificate_id uuid CONSTRAINT certificate_holder_pkey PRIMARY KEY
        CONSTRAINT certificate_holder_certificate_fkey REFERENCES events.certificate (id),
    office text CONSTRAINT certificate_holder_office_fkey REFERENCES directory.overseas_office (code),
    holder_name text NOT NULL, holder_kana text
);
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
# how many were certified is a figure; by name they are the office's
COUNTED = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(TABLES)
    EVENTS.wall("certificate", read=COUNTED, write=MINE, change=MINE, grants=KEEP)
    EVENTS.wall("certificate_holder", read=MINE, write=MINE, grants=KEEP)


def downgrade() -> None:
    run(
        "DROP TABLE events.certificate_holder, events.certificate; "
        "ALTER TABLE events.edition DROP CONSTRAINT edition_of_event"
    )
