"""The log of an office, its surveys, its contacts, and the hand-over from one officer to the next."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0008"
down_revision = "events_0007"
branch_labels = None
depends_on = None

OFFICE = "text CONSTRAINT {table}_office_fkey REFERENCES directory.overseas_office (code)"
# What counts of a line is read by all of CLAIR, for its statistics; its words are the office's, but of lines that are printed.
TABLES = f"""
CREATE TABLE events.support_counter (
    office text NOT NULL, fiscal_year integer NOT NULL,
    drawn integer NOT NULL CONSTRAINT support_counter_drawn CHECK (drawn > 0),
    CONSTRAINT support_counter_pkey PRIMARY KEY (office, fiscal_year)
);
CREATE TABLE events.office_contact (
    id uuid CONSTRAINT office_contact_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT office_contact_code_key UNIQUE,
    office {OFFICE.format(table="office_contact")},
    organisation_id uuid CONSTRAINT office_contact_organisation_fkey REFERENCES directory.organisation (id),
    counterpart_name text,
    topics text[] NOT NULL DEFAULT '{{}}',
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT office_contact_of CHECK (num_nonnulls(organisation_id, counterpart_name) = 1)
);
CREATE TABLE events.office_contact_detail (
    contact_id uuid CONSTRAINT office_contact_detail_pkey PRIMARY KEY
        CONSTRAINT office_contact_detail_contact_fkey REFERENCES events.office_contact (id),
    office {OFFICE.format(table="office_contact_detail")},
    person_name text, title text, email text, phone text
);
CREATE TABLE events.support (
    id uuid CONSTRAINT support_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT support_code_key UNIQUE,
    office {OFFICE.format(table="support")},
    fiscal_year integer NOT NULL,
    kind text NOT NULL CONSTRAINT support_kind CHECK (
        kind IN ('activity_support', 'appointment', 'interpreter', 'enquiry', 'consultation', 'interview')),
    channel text CONSTRAINT support_channel CHECK (channel IN ('visit', 'online', 'email', 'telephone', 'letter')),
    received_on date NOT NULL, done_on date, due_on date, closed_on date,
    organisation_id uuid CONSTRAINT support_organisation_fkey REFERENCES directory.organisation (id),
    requester_name text,
    requester_kind text NOT NULL CONSTRAINT support_requester_kind CHECK (requester_kind IN (
        'prefecture_or_designated_city', 'municipality', 'npo', 'association', 'ministry', 'company', 'other')),
    countable boolean NOT NULL,
    not_countable_reason text CONSTRAINT support_not_countable_reason CHECK (
        not_countable_reason IN ('enquiry_by_message', 'counted_elsewhere', 'withdrawn', 'other')),
    contact_id uuid CONSTRAINT support_contact_fkey REFERENCES events.office_contact (id),
    marked boolean NOT NULL DEFAULT false,
    told text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT support_requester CHECK (num_nonnulls(organisation_id, requester_name) = 1),
    CONSTRAINT support_once UNIQUE NULLS NOT DISTINCT (office, received_on, kind, organisation_id, told),
    CONSTRAINT support_within_fiscal_year CHECK (
        extract(year FROM received_on)::integer - (extract(month FROM received_on) < 4)::integer = fiscal_year),
    CONSTRAINT support_days CHECK (received_on <= least(done_on, due_on, closed_on)),
    CONSTRAINT support_enquiry_channel CHECK (kind <> 'enquiry' OR channel IS NOT NULL),
    CONSTRAINT support_countable CHECK (countable = (not_countable_reason IS NULL)),
    CONSTRAINT support_message CHECK ((not_countable_reason IS NOT DISTINCT FROM 'enquiry_by_message')
        = (kind = 'enquiry' AND channel IS NOT NULL AND channel IN ('email', 'telephone')))
);
CREATE INDEX support_contact_idx ON events.support (contact_id);
CREATE INDEX support_office_idx ON events.support (office, received_on);
CREATE TABLE events.support_text (
    support_id uuid CONSTRAINT support_text_pkey PRIMARY KEY
        CONSTRAINT support_text_support_fkey REFERENCES events.support (id),
    office {OFFICE.format(table="support_text")},
    marked boolean NOT NULL,
    content text NOT NULL, outcome text
);
CREATE TABLE events.survey (
    id uuid CONSTRAINT survey_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT survey_code_key UNIQUE,
    title text NOT NULL, offices text[] NOT NULL CONSTRAINT survey_offices CHECK (cardinality(offices) > 0),
    organisation_id uuid CONSTRAINT survey_organisation_fkey REFERENCES directory.organisation (id),
    requester_name text,
    fiscal_year integer NOT NULL, requested_on date NOT NULL, due_on date, answered_on date,
    marked boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT survey_requester CHECK (num_nonnulls(organisation_id, requester_name) = 1),
    CONSTRAINT survey_days CHECK (requested_on <= least(due_on, answered_on)),
    CONSTRAINT survey_within_fiscal_year CHECK (
        extract(year FROM requested_on)::integer - (extract(month FROM requested_on) < 4)::integer = fiscal_year)
);
CREATE TABLE events.hand_over (
    id uuid CONSTRAINT hand_over_pkey PRIMARY KEY DEFAULT uuidv7(),
    office {OFFICE.format(table="hand_over")},
    leaving_id uuid NOT NULL CONSTRAINT hand_over_leaving_fkey REFERENCES directory.person (id),
    successor_id uuid CONSTRAINT hand_over_successor_fkey REFERENCES directory.person (id),
    leaves_on date NOT NULL,
    state text NOT NULL DEFAULT 'drafted'
        CONSTRAINT hand_over_state CHECK (state IN ('drafted', 'signed', 'taken_over')),
    signed_at timestamptz, taken_over_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT hand_over_once UNIQUE NULLS NOT DISTINCT (office, leaving_id, leaves_on),
    CONSTRAINT hand_over_two_people CHECK (successor_id <> leaving_id),
    CONSTRAINT hand_over_stands CHECK (
        (state = 'drafted') = (signed_at IS NULL) AND (state = 'taken_over') = (taken_over_at IS NOT NULL)
        AND (state <> 'drafted' OR successor_id IS NULL) AND (state <> 'taken_over' OR successor_id IS NOT NULL))
);
CREATE TABLE events.hand_over_matter (
    id uuid CONSTRAINT hand_over_matter_pkey PRIMARY KEY DEFAULT uuidv7(),
    hand_over_id uuid NOT NULL CONSTRAINT hand_over_matter_hand_over_fkey REFERENCES events.hand_over (id),
    office {OFFICE.format(table="hand_over_matter")},
    number integer NOT NULL, kind text NOT NULL CONSTRAINT hand_over_matter_kind CHECK (kind ~ '^[a-z_]+$'),
    reference text NOT NULL, title text NOT NULL, due_on date,
    ticked_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT hand_over_matter_once UNIQUE (hand_over_id, number)
);
"""
# Who comes second waits for the first one's transaction. A code that was given by hand is passed over.
RULES = """
CREATE FUNCTION events.support_code(of text, year integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    next integer;
    made text;
BEGIN
    LOOP
        INSERT INTO events.support_counter AS c (office, fiscal_year, drawn) VALUES (coalesce(of, ''), year, 1)
        ON CONFLICT (office, fiscal_year) DO UPDATE SET drawn = c.drawn + 1 RETURNING c.drawn INTO next;
        made := 'L-' || coalesce(replace(of, '_', '-'), 'hq') || '-' || year || '-'
            || lpad(next::text, greatest(4, length(next::text)), '0');
        EXIT WHEN NOT EXISTS (SELECT FROM events.support AS s WHERE s.code = made);
    END LOOP;
    RETURN made;
END $$;
CREATE FUNCTION events.hand_over_persons() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    caller uuid := platform.caller('person')::uuid;
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.state <> 'drafted' OR NEW.leaving_id IS DISTINCT FROM caller)
        OR TG_OP = 'UPDATE' AND (
            (NEW.office, NEW.leaving_id) IS DISTINCT FROM (OLD.office, OLD.leaving_id)
            OR OLD.state <> 'drafted' AND (NEW.leaves_on, NEW.signed_at) IS DISTINCT FROM (OLD.leaves_on, OLD.signed_at)
            OR OLD.state = 'taken_over'
            OR (OLD.state, NEW.state) = ('drafted', 'taken_over') OR (OLD.state, NEW.state) = ('signed', 'drafted')
            OR OLD.state = 'drafted' AND NEW.state = 'signed' AND caller IS DISTINCT FROM NEW.leaving_id
            OR NEW.successor_id IS DISTINCT FROM OLD.successor_id
                AND NOT coalesce(OLD.successor_id IS NULL AND NEW.successor_id = caller
                    OR NEW.successor_id IS NULL AND OLD.successor_id = caller, false)
            OR NEW.state = 'taken_over' AND (caller IS DISTINCT FROM NEW.successor_id OR EXISTS (
                SELECT FROM events.hand_over_matter AS m WHERE m.hand_over_id = NEW.id AND m.ticked_at IS NULL)))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_persons',
            MESSAGE = 'a hand-over is signed by who leaves and taken over by who comes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hand_over_persons BEFORE INSERT OR UPDATE ON events.hand_over
    FOR EACH ROW EXECUTE FUNCTION events.hand_over_persons();
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
KEEP = "SELECT, INSERT, UPDATE"
OF_PERSON = (
    "EXISTS (SELECT FROM events.hand_over AS h WHERE h.id = hand_over_matter.hand_over_id AND h.state = '{state}' "
    "AND h.{person} = (SELECT platform.caller('person')::uuid))"
)


def upgrade() -> None:
    run(TABLES + RULES)
    EVENTS.wall("support_counter", read=MINE, write=MINE, grants=KEEP)
    EVENTS.wall("office_contact", read=MINE, write=MINE, grants=KEEP)
    EVENTS.wall("office_contact_detail", read=MINE, write=MINE, grants=KEEP)
    EVENTS.wall("support", read=HOUSE, write=MINE, change=MINE, grants=KEEP)
    EVENTS.wall("support_text", read=f"{MINE} OR marked AND {HOUSE}", write=MINE, change=MINE, grants=KEEP)
    asked = "offices && (SELECT events.offices())::text[]"
    EVENTS.wall("survey", read=HOUSE, write=asked, change=asked, grants=KEEP)
    EVENTS.wall("hand_over", read=MINE, write=MINE, grants=KEEP)
    ticks = OF_PERSON.format(person="successor_id", state="signed")
    EVENTS.wall(
        "hand_over_matter", read=MINE, write=ticks, change=ticks,
        insert=f"{MINE} AND {OF_PERSON.format(person='leaving_id', state='drafted')}", grants=KEEP,
    )  # fmt: skip


def downgrade() -> None:
    run(
        "DROP TABLE events.hand_over_matter, events.hand_over, events.survey, events.support_text, events.support, "
        "events.office_contact_detail, events.office_contact, events.support_counter; "
        "DROP FUNCTION events.hand_over_persons, events.support_code"
    )
