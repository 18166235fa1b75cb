"""When counsellors have time, and who has booked it: two at once is what the database refuses, not only the service.

A booking is of a case and names no person: whoever is unlinked from the case is unlinked from it.
"""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0004"
down_revision = "care_0003"
branch_labels = None
depends_on = None

# What the clocks of a zone show is no instant, and is kept beside the one that it meant when it was said.
# slot_hold knows no case: of a slot that is gone a participant learns that, and not to whom or why.
TABLES = """
CREATE TABLE care.slot (
    id uuid CONSTRAINT slot_pkey PRIMARY KEY DEFAULT uuidv7(),
    counsellor_id uuid NOT NULL, organisation_id uuid NOT NULL, counsellor_name text,
    time_zone text NOT NULL,
    -- squawk-ignore prefer-timestamp-tz
    local_start timestamp NOT NULL,
    starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    channel text NOT NULL CONSTRAINT slot_channel CHECK (channel IN ('online', 'skype', 'phone', 'in_person')),
    withdrawn boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT slot_lasts CHECK (ends_at BETWEEN starts_at + interval '10 minutes' AND starts_at + interval '4 hours'),
    CONSTRAINT slot_as_booked UNIQUE (id, counsellor_id, starts_at, ends_at),
    CONSTRAINT slot_one_at_a_time EXCLUDE USING gist (counsellor_id WITH =, span WITH &&) WHERE (NOT withdrawn)
);
CREATE TABLE care.slot_hold (
    slot_id uuid CONSTRAINT slot_hold_pkey PRIMARY KEY CONSTRAINT slot_hold_slot_fkey REFERENCES care.slot (id)
);
CREATE TABLE care.booking (
    id uuid CONSTRAINT booking_pkey PRIMARY KEY DEFAULT uuidv7(),
    slot_id uuid NOT NULL, counsellor_id uuid NOT NULL, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    span tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
    case_id uuid NOT NULL CONSTRAINT booking_case_fkey REFERENCES care.care_case (id),
    participant_zone text NOT NULL,
    state text NOT NULL DEFAULT 'booked' CONSTRAINT booking_state
        CHECK (state IN ('booked', 'cancelled', 'held', 'no_show')),
    cancelled_by text CONSTRAINT booking_cancelled_by CHECK (cancelled_by IN ('participant', 'counsellor', 'care')),
    booked_at timestamptz NOT NULL DEFAULT platform.now(),
    changed_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT booking_cancelled CHECK ((state = 'cancelled') = (cancelled_by IS NOT NULL)),
    CONSTRAINT booking_slot_fkey FOREIGN KEY (slot_id, counsellor_id, starts_at, ends_at)
        REFERENCES care.slot (id, counsellor_id, starts_at, ends_at),
    CONSTRAINT booking_one_at_a_time EXCLUDE USING gist (case_id WITH =, span WITH &&) WHERE (state <> 'cancelled')
);
CREATE UNIQUE INDEX booking_one_per_slot ON care.booking (slot_id) WHERE state <> 'cancelled';
CREATE INDEX booking_case_idx ON care.booking (case_id);
CREATE INDEX booking_counsellor_idx ON care.booking (counsellor_id, starts_at);
"""

# A trigger and no CHECK: a dump of today is read back with the clocks' rules of another year.
RULES = """
CREATE FUNCTION care.slot_by_the_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.starts_at AT TIME ZONE NEW.time_zone IS DISTINCT FROM NEW.local_start THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_by_the_clock',
            MESSAGE = 'the clocks of that zone do not show this time';
    END IF;
    RETURN NEW;
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_by_the_clock',
        MESSAGE = 'no such time zone';
END $$;
CREATE TRIGGER slot_by_the_clock BEFORE INSERT OR UPDATE OF starts_at, time_zone, local_start ON care.slot
    FOR EACH ROW EXECUTE FUNCTION care.slot_by_the_clock();

CREATE FUNCTION care.slot_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.withdrawn AND NOT OLD.withdrawn THEN
        INSERT INTO care.slot_hold (slot_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER slot_withdrawn AFTER UPDATE OF withdrawn ON care.slot
    FOR EACH ROW EXECUTE FUNCTION care.slot_withdrawn();

CREATE FUNCTION care.booking_of_its_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM care.care_case AS c
        WHERE c.id = NEW.case_id AND c.state = 'open' AND c.counsellor_id = NEW.counsellor_id
            AND NOT care.walled(c.counsellor_id, c.person_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_its_case',
            MESSAGE = 'the case is not with this counsellor';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER booking_of_its_case BEFORE INSERT ON care.booking
    FOR EACH ROW EXECUTE FUNCTION care.booking_of_its_case();

CREATE FUNCTION care.booking_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO care.slot_hold (slot_id) VALUES (NEW.slot_id);
    ELSIF NEW.state = 'cancelled' AND OLD.state <> 'cancelled' THEN
        DELETE FROM care.slot_hold WHERE slot_id = NEW.slot_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER booking_holds AFTER INSERT OR UPDATE OF state ON care.booking
    FOR EACH ROW EXECUTE FUNCTION care.booking_holds();
"""

ME = "(SELECT platform.caller('person')::uuid)"
OFFICER, WORKER = "(SELECT platform.caller_is('care_officer'))", "(SELECT platform.caller_is('worker'))"
COUNSELLOR, PARTICIPANT = (f"(SELECT platform.caller_is('{one}'))" for one in ("counsellor", "participant"))
HERE = "(SELECT platform.caller('organisation')::uuid)"
OWN_SLOT = f"{COUNSELLOR} AND counsellor_id = {ME}"
BOOKED = "EXISTS (SELECT FROM care.booking AS b WHERE b.slot_id = slot.id)"
HELD = "EXISTS (SELECT FROM care.slot_hold AS h WHERE h.slot_id = slot.id)"
# while a case is with another counsellor, that counsellor's slots are those to choose from
ELSEWHERE = f"""EXISTS (SELECT FROM care.care_case AS c WHERE c.person_id = {ME} AND c.state = 'open'
    AND c.counsellor_id <> slot.counsellor_id)"""
OFFERED = (
    f"{PARTICIPANT} AND ({BOOKED} OR NOT {HELD} AND NOT {ELSEWHERE} AND NOT care.walled(counsellor_id, {ME}))"
)
CASE = "EXISTS (SELECT FROM care.care_case AS c WHERE c.id = booking.case_id)"
# a case that went to another counsellor took its bookings along
COUNSELS = f"{COUNSELLOR} AND counsellor_id = {ME} AND {CASE}"
OWN_BOOKING = f"{COUNSELS} OR {PARTICIPANT} AND {CASE}"
OF_BOOKING = (
    "EXISTS (SELECT FROM care.booking AS b WHERE b.slot_id = slot_hold.slot_id AND b.state {its} 'cancelled')"
)
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(TABLES + RULES)
    CARE.wall(
        "slot",
        read=f"{OFFICER} OR {WORKER} OR {OWN_SLOT} OR {OFFERED}",
        write=OWN_SLOT,
        insert=f"{OWN_SLOT} AND organisation_id = {HERE}",
        grants=KEEP,
    )
    # a hold comes with a booking or a withdrawal, and goes when whoever sees the booking has called it off
    CARE.wall(
        "slot_hold",
        read="(SELECT platform.caller_is('participant', 'counsellor', 'care_officer', 'worker'))",
        insert=f"{COUNSELLOR} OR {PARTICIPANT} AND {OF_BOOKING.format(its='<>')}",
        delete=OF_BOOKING.format(its="="),
        grants="SELECT, INSERT, DELETE",
    )
    CARE.wall(
        "booking",
        read=f"{OFFICER} OR {WORKER} OR {OWN_BOOKING}",
        write=f"({OFFICER} OR {PARTICIPANT} AND {CASE}) AND state = 'cancelled' OR {COUNSELS}",
        insert=f"{PARTICIPANT} AND {CASE} AND state = 'booked'",
        grants=KEEP,
    )


def downgrade() -> None:
    run(
        "DROP TABLE care.booking, care.slot_hold, care.slot; "
        "DROP FUNCTION care.booking_holds, care.booking_of_its_case, care.slot_withdrawn, care.slot_by_the_clock"
    )
