"""Registrations for legs with their people apart; legs whose wall time needs a decision; standings that calendars hear of."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0007"
down_revision = "events_0006"
branch_labels = None
depends_on = None

# The state is the claim's, whose id a registration has. Who withdrew, or let an offer end, may register anew.
TABLES = """
ALTER TABLE events.leg ADD COLUMN zone_problem text;
CREATE TABLE events.registration (
    id uuid CONSTRAINT registration_pkey PRIMARY KEY
        CONSTRAINT registration_claim_fkey REFERENCES events.capacity_claim (id),
    leg_id uuid NOT NULL CONSTRAINT registration_leg_fkey REFERENCES events.leg (id),
    office text CONSTRAINT registration_office_fkey REFERENCES directory.overseas_office (code),
    organisation_id uuid CONSTRAINT registration_organisation_fkey REFERENCES directory.organisation (id),
    digest bytea NOT NULL CONSTRAINT registration_digest CHECK (length(digest) = 32),
    registered_at timestamptz NOT NULL DEFAULT platform.now(),
    over boolean NOT NULL DEFAULT false,
    checked_in_at timestamptz,
    persons integer CONSTRAINT registration_persons CHECK (persons BETWEEN 1 AND 20),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT registration_came CHECK ((checked_in_at IS NULL) = (persons IS NULL) AND NOT (over AND persons IS NOT NULL))
);
CREATE UNIQUE INDEX registration_once ON events.registration (leg_id, organisation_id, digest)
    NULLS NOT DISTINCT WHERE NOT over;
CREATE INDEX registration_organisation_idx ON events.registration (organisation_id, leg_id);
CREATE TABLE events.registration_person (
    registration_id uuid CONSTRAINT registration_person_pkey PRIMARY KEY
        CONSTRAINT registration_person_registration_fkey REFERENCES events.registration (id),
    name text NOT NULL, email text NOT NULL, affiliation text, search_key text NOT NULL
);
"""
# What is postponed, or not held, is off at each of its legs.
TOLD_ON = """
CREATE FUNCTION events.count_legs_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE events.leg AS l SET sequence = l.sequence + 1, row_version = l.row_version + 1 WHERE l.edition_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER count_legs_on AFTER UPDATE OF standing ON events.edition FOR EACH ROW
    WHEN (OLD.standing <> NEW.standing) EXECUTE FUNCTION events.count_legs_on();
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
# Nobody's but its own organisation's, a host authority's members not included.
OWN = (
    "(SELECT platform.caller_is('organisation', 'host_authority')) "
    "AND organisation_id = (SELECT platform.caller('organisation')::uuid)"
)
REGISTRATION = (
    "EXISTS (SELECT FROM events.registration AS r WHERE r.id = registration_person.registration_id)"
)


def upgrade() -> None:
    run(TABLES + TOLD_ON)
    rule, keep = f"{MINE} OR {OWN}", "SELECT, INSERT, UPDATE"
    EVENTS.wall("registration", read=rule, write=rule, grants=keep)
    EVENTS.wall("registration_person", read=REGISTRATION, write=REGISTRATION, grants=keep)


def downgrade() -> None:
    run(
        "DROP TRIGGER count_legs_on ON events.edition; DROP FUNCTION events.count_legs_on; "
        "DROP TABLE events.registration_person, events.registration; ALTER TABLE events.leg DROP COLUMN zone_problem"
    )
