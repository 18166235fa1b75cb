"""What counselling stands on: its plumbing, walls between persons, cases, and a key for each case.

Nothing outside refers to it and it refers to nothing outside: whoever is removed elsewhere is not held back from here.
"""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0001"
down_revision = None
branch_labels = None
depends_on = None

# `serving` is a copy of the whole roster, taken of everybody alike, so that to take it tells of nobody.
TABLES = """
CREATE TABLE care.serving (
    id uuid CONSTRAINT serving_pkey PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid NOT NULL, organisation_id uuid NOT NULL, host_id uuid,
    effective daterange NOT NULL,
    CONSTRAINT serving_once UNIQUE (person_id, organisation_id, effective)
);
CREATE TABLE care.person_wall (
    id uuid CONSTRAINT person_wall_pkey PRIMARY KEY DEFAULT uuidv7(),
    counsellor_id uuid NOT NULL, participant_id uuid NOT NULL, reason text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT person_wall_once UNIQUE (counsellor_id, participant_id),
    CONSTRAINT person_wall_of_two CHECK (counsellor_id <> participant_id)
);
CREATE TABLE care.care_case (
    id uuid CONSTRAINT care_case_pkey PRIMARY KEY DEFAULT uuidv7(),
    pseudonym text NOT NULL CONSTRAINT care_case_pseudonym_key UNIQUE,
    person_id uuid, counsellor_id uuid, organisation_id uuid,
    state text NOT NULL DEFAULT 'open',
    opened_at timestamptz NOT NULL DEFAULT platform.now(), closed_on date, outcome text, keep_until date,
    shredded_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT care_case_state CHECK (state IN ('open', 'closed', 'shredded')),
    CONSTRAINT care_case_outcome CHECK (outcome IN ('settled', 'referred', 'left_programme', 'no_contact', 'other')),
    CONSTRAINT care_case_closed CHECK ((state = 'open') = (closed_on IS NULL) AND (state = 'open') = (keep_until IS NULL)),
    CONSTRAINT care_case_shredded CHECK ((state = 'shredded') = (shredded_at IS NOT NULL)
        AND (state = 'shredded') = (person_id IS NULL)),
    CONSTRAINT care_case_counsellor CHECK ((counsellor_id IS NULL) = (organisation_id IS NULL)),
    CONSTRAINT care_case_of_another CHECK (counsellor_id <> person_id)
);
CREATE UNIQUE INDEX care_case_one_open ON care.care_case (person_id) WHERE state = 'open';
CREATE TABLE care.case_key (
    case_id uuid CONSTRAINT case_key_pkey PRIMARY KEY
        CONSTRAINT case_key_case_id_fkey REFERENCES care.care_case (id),
    wrapped bytea NOT NULL, fingerprint bytea NOT NULL,
    CONSTRAINT case_key_sizes CHECK (octet_length(wrapped) = 60 AND octet_length(fingerprint) = 32)
);
"""

# Owned by the schema's owner, whose own policies see every wall: a counsellor is shown none, and is held by each.
WALLED = """
CREATE FUNCTION care.walled(counsellor uuid, participant uuid) RETURNS boolean
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT counsellor = participant
        OR EXISTS (SELECT FROM care.person_wall AS w WHERE w.counsellor_id = counsellor AND w.participant_id = participant)
        OR EXISTS (SELECT FROM care.serving AS c JOIN care.serving AS p ON p.host_id = c.host_id
                   WHERE c.person_id = counsellor AND p.person_id = participant
                       AND c.effective @> platform.today() AND p.effective @> platform.today())
$$;
REVOKE EXECUTE ON FUNCTION care.walled FROM PUBLIC;
GRANT EXECUTE ON FUNCTION care.walled TO care_app;
CREATE FUNCTION care.not_beyond_a_wall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'open' AND care.walled(NEW.counsellor_id, NEW.person_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'care_case_walled',
            MESSAGE = 'a wall stands between the two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER care_case_walled BEFORE INSERT OR UPDATE OF counsellor_id, person_id ON care.care_case
    FOR EACH ROW EXECUTE FUNCTION care.not_beyond_a_wall();
"""

# Nothing of counselling is published: a feed that somebody began by mistake is refused, and shows nobody anything.
UNTOLD = """
ALTER POLICY outbox_select ON care.outbox USING ((SELECT platform.caller_is('worker')));
DROP POLICY outbox_insert ON care.outbox;
REVOKE INSERT ON care.outbox FROM care_app;
"""

ME = "(SELECT platform.caller('person')::uuid)"
OFFICER, WORKER = "(SELECT platform.caller_is('care_officer'))", "(SELECT platform.caller_is('worker'))"
COUNSELLOR, PARTICIPANT = (f"(SELECT platform.caller_is('{one}'))" for one in ("counsellor", "participant"))
# A wall set later closes a case that somebody has: `walled` is asked at every read.
OWN_CASE = f"{COUNSELLOR} AND counsellor_id = {ME} AND NOT care.walled({ME}, person_id) OR {PARTICIPANT} AND person_id = {ME}"
# A participant's first word opens a case, which has no counsellor yet.
FIRST_WORD = f"{PARTICIPANT} AND person_id = {ME} AND state = 'open' AND counsellor_id IS NULL"
OPEN_CASE = f"{COUNSELLOR} AND counsellor_id = {ME} AND NOT care.walled({ME}, person_id) OR {PARTICIPANT} AND person_id = {ME} AND state = 'open'"
OF_CASE = "EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id)"
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    CARE.plumbing(jobs=True)
    CARE.audit_trail("protector")
    run(UNTOLD)
    run(TABLES + WALLED)
    CARE.wall("serving", read=WORKER, write=WORKER, grants="SELECT, INSERT, DELETE")
    CARE.wall("person_wall", read=OFFICER, write=OFFICER, grants=KEEP)
    CARE.wall(
        "care_case",
        read=f"{OFFICER} OR {WORKER} OR {OWN_CASE}",
        write=f"{OFFICER} OR {WORKER} OR {OPEN_CASE}",
        insert=FIRST_WORD,
        grants=KEEP,
    )
    # An officer gets a case's key with a broken glass, or with a claim to decide; who shreds takes it away.
    CARE.wall(
        "case_key",
        read=f"({COUNSELLOR} OR {PARTICIPANT} OR {WORKER}) AND {OF_CASE}",
        insert=f"{PARTICIPANT} AND {OF_CASE}",
        delete=WORKER,
        grants="SELECT, INSERT, DELETE",
    )


def downgrade() -> None:
    CARE.drop()
