"""What is said in a case and what becomes of it: messages, contacts, notes, referrals, follow-ups; the breaking of the
glass by two; and the proof that a key is gone.

Every text is a ciphertext under its case's key. What an officer of counselling may count stands apart from it.
"""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0002"
down_revision = "care_0001"
branch_labels = None
depends_on = None

# As the report prints them (令和6年度 事業報告, カウンセリング事業); a label holds in its time.
CHANNELS = """
CREATE TABLE care.channel (
    code text NOT NULL, label_ja text NOT NULL, label_en text NOT NULL, unit text NOT NULL,
    valid_from date, valid_to date,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    id uuid CONSTRAINT channel_id_key UNIQUE NOT NULL DEFAULT uuidv7(),
    CONSTRAINT channel_pkey PRIMARY KEY (code, effective WITHOUT OVERLAPS),
    CONSTRAINT channel_code CHECK (code ~ '^[a-z][a-z_]*$'),
    CONSTRAINT channel_unit CHECK (unit IN ('件', '名', '回'))
);
INSERT INTO care.channel (code, label_ja, label_en, unit) VALUES
    ('web_mail', 'ウェブメール', 'Web mail', '件'), ('skype', 'スカイプ', 'Skype', '件'),
    ('phone', '電話', 'Telephone', '件'), ('in_person', '対面', 'In person', '件'),
    ('online', 'オンライン', 'Online', '件');
"""
SAID = """
CREATE TABLE care.message (
    id uuid CONSTRAINT message_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT message_case_id_fkey REFERENCES care.care_case (id),
    written_by text NOT NULL, counsellor_id uuid,
    sent_at timestamptz NOT NULL DEFAULT platform.now(), body bytea NOT NULL,
    CONSTRAINT message_written_by CHECK (written_by IN ('participant', 'counsellor')),
    CONSTRAINT message_counsellor CHECK ((written_by = 'counsellor') = (counsellor_id IS NOT NULL))
);
CREATE INDEX message_case_id_idx ON care.message (case_id);
CREATE TABLE care.contact (
    id uuid CONSTRAINT contact_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT contact_case_id_fkey REFERENCES care.care_case (id),
    channel text NOT NULL, held_on date NOT NULL,
    held daterange NOT NULL GENERATED ALWAYS AS (daterange(held_on, held_on, '[]')) STORED,
    counsellor_id uuid,
    message_id uuid CONSTRAINT contact_message_id_key UNIQUE
        CONSTRAINT contact_message_id_fkey REFERENCES care.message (id),
    noted_at timestamptz NOT NULL DEFAULT platform.now(),
    CONSTRAINT contact_channel_fkey FOREIGN KEY (channel, PERIOD held) REFERENCES care.channel (code, PERIOD effective),
    CONSTRAINT contact_not_to_come CHECK (held_on <= noted_at AT TIME ZONE 'Asia/Tokyo')
);
CREATE INDEX contact_case_id_idx ON care.contact (case_id);
CREATE TABLE care.contact_text (
    contact_id uuid CONSTRAINT contact_text_pkey PRIMARY KEY
        CONSTRAINT contact_text_contact_id_fkey REFERENCES care.contact (id),
    case_id uuid NOT NULL CONSTRAINT contact_text_case_id_fkey REFERENCES care.care_case (id),
    content bytea NOT NULL
);
CREATE TABLE care.note (
    id uuid CONSTRAINT note_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT note_case_id_fkey REFERENCES care.care_case (id),
    counsellor_id uuid NOT NULL, written_at timestamptz NOT NULL DEFAULT platform.now(), content bytea NOT NULL
);
CREATE INDEX note_case_id_idx ON care.note (case_id);
CREATE TABLE care.referral (
    id uuid CONSTRAINT referral_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT referral_case_id_fkey REFERENCES care.care_case (id),
    counsellor_id uuid NOT NULL, referred_to bytea NOT NULL, content bytea NOT NULL,
    state text NOT NULL DEFAULT 'proposed', consented_by text,
    proposed_at timestamptz NOT NULL DEFAULT platform.now(), consented_at timestamptz, sent_at timestamptz,
    withdrawn_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT referral_state CHECK (state IN ('proposed', 'consented', 'sent', 'withdrawn')),
    CONSTRAINT referral_consented_by CHECK (consented_by IN ('participant', 'counsellor')),
    CONSTRAINT referral_consent CHECK ((consented_at IS NULL) = (consented_by IS NULL)
        AND (state NOT IN ('consented', 'sent') OR consented_at IS NOT NULL)),
    CONSTRAINT referral_sent_with_consent CHECK (sent_at IS NULL OR sent_at >= consented_at),
    CONSTRAINT referral_sent CHECK (state = 'withdrawn' OR (state = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT referral_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)
        AND (withdrawn_at >= sent_at) IS NOT FALSE)
);
CREATE INDEX referral_case_id_idx ON care.referral (case_id);
CREATE TABLE care.follow_up (
    id uuid CONSTRAINT follow_up_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT follow_up_case_id_fkey REFERENCES care.care_case (id),
    counsellor_id uuid NOT NULL, due_on date NOT NULL, done_at timestamptz, content bytea NOT NULL,
    row_version bigint NOT NULL DEFAULT 1
);
CREATE INDEX follow_up_case_id_idx ON care.follow_up (case_id);
CREATE INDEX care_case_keep_until_idx ON care.care_case (keep_until) WHERE state = 'closed';
"""
# Nothing is said in a case that is closed; whoever closes one waits for what is being said.
OPEN_CASE = """
CREATE FUNCTION care.of_open_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM care.care_case AS c WHERE c.id = NEW.case_id AND c.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'of_open_case', MESSAGE = 'the case is not open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER message_of_open_case BEFORE INSERT ON care.message
    FOR EACH ROW EXECUTE FUNCTION care.of_open_case();
CREATE TRIGGER contact_of_open_case BEFORE INSERT ON care.contact
    FOR EACH ROW EXECUTE FUNCTION care.of_open_case();
"""
# Rows of these two outlive the case that they are about, and name nobody but who worked.
TWO_PERSONS = """
CREATE TABLE care.glass_opening (
    id uuid CONSTRAINT glass_opening_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT glass_opening_case_id_fkey REFERENCES care.care_case (id),
    reason text NOT NULL, state text NOT NULL DEFAULT 'requested',
    requested_by uuid NOT NULL, requested_at timestamptz NOT NULL DEFAULT platform.now(),
    decided_by uuid, decided_at timestamptz, expires_at timestamptz, ended_at timestamptz, told_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT glass_opening_reason CHECK (reason IN ('danger_to_life', 'court_order', 'abuse', 'no_counsellor')),
    CONSTRAINT glass_opening_state CHECK (state IN ('requested', 'open', 'refused', 'ended')),
    CONSTRAINT glass_opening_by_two CHECK (decided_by <> requested_by),
    CONSTRAINT glass_opening_decided CHECK ((state = 'requested') = (decided_by IS NULL)
        AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT glass_opening_expires CHECK ((state IN ('open', 'ended')) = (expires_at IS NOT NULL)
        AND expires_at > decided_at AND expires_at <= decided_at + interval '24 hours'),
    CONSTRAINT glass_opening_ended CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX glass_opening_case_id_idx ON care.glass_opening (case_id);
CREATE TABLE care.shred_proof (
    id uuid CONSTRAINT shred_proof_pkey PRIMARY KEY DEFAULT uuidv7(),
    case_id uuid NOT NULL CONSTRAINT shred_proof_case_id_key UNIQUE
        CONSTRAINT shred_proof_case_id_fkey REFERENCES care.care_case (id),
    fingerprint bytea NOT NULL, kept_until date NOT NULL, shredded_at timestamptz NOT NULL DEFAULT platform.now(),
    CONSTRAINT shred_proof_fingerprint CHECK (octet_length(fingerprint) = 32)
);
CREATE FUNCTION care.glass_open(opened uuid) RETURNS boolean
    STABLE SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM care.glass_opening AS g JOIN care.care_case AS c ON c.id = g.case_id
        WHERE g.case_id = opened AND g.state = 'open' AND g.expires_at > platform.now()
            AND g.requested_by = platform.caller('person')::uuid AND NOT care.walled(g.requested_by, c.person_id))
$$;
REVOKE EXECUTE ON FUNCTION care.glass_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION care.glass_open TO care_app;
"""
WALLED = """
CREATE OR REPLACE FUNCTION care.walled(counsellor uuid, participant uuid) RETURNS boolean
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT counsellor = participant
        OR EXISTS (SELECT FROM care.person_wall AS w WHERE w.counsellor_id = counsellor
                   AND w.participant_id = participant{standing})
        OR EXISTS (SELECT FROM care.serving AS c JOIN care.serving AS p ON p.host_id = c.host_id
                   WHERE c.person_id = counsellor AND p.person_id = participant
                       AND c.effective @> platform.today() AND p.effective @> platform.today())
$$
"""
# What a participant did is told by the case, which forgets whose it was: an entry of the audit never would.
NAMELESS = """
CREATE FUNCTION care.nameless() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.role = 'participant' THEN
        NEW.person_id := NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_entry_nameless BEFORE INSERT ON care.audit_entry
    FOR EACH ROW EXECUTE FUNCTION care.nameless();
"""
# A stored answer names its caller: whoever never comes back is forgotten all the same.
FORGET = """
CREATE POLICY idempotency_old_delete ON care.idempotency FOR DELETE TO care_app
    USING ((SELECT platform.caller_is('worker')) AND created_at < now() - interval '7 days')
"""

ME = "(SELECT platform.caller('person')::uuid)"
OFFICER, WORKER = "(SELECT platform.caller_is('care_officer'))", "(SELECT platform.caller_is('worker'))"
COUNSELLOR, PARTICIPANT = (f"(SELECT platform.caller_is('{one}'))" for one in ("counsellor", "participant"))
LOG = "(SELECT platform.caller_is('care_officer', 'protector', 'worker'))"
# the case's own wall is asked in the caller's name: a counsellor finds none beyond a wall
CASE = "EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id)"
COUNSELS, SPEAKS = f"{COUNSELLOR} AND {CASE}", f"{PARTICIPANT} AND {CASE}"
GLASS = f"{OFFICER} AND care.glass_open(case_id)"
DECIDES = "(SELECT platform.caller_is('care_officer', 'protector'))"
KNOWN = "(SELECT platform.caller('key')) IS NOT NULL"
ADDED, KEPT = "SELECT, INSERT", "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(CHANNELS + SAID + OPEN_CASE + TWO_PERSONS + NAMELESS + FORGET)
    run("ALTER TABLE care.person_wall ADD COLUMN lifted_at timestamptz")
    run(WALLED.format(standing=" AND w.lifted_at IS NULL"))
    CARE.wall("channel", read=KNOWN, write="false", grants="SELECT")
    both = f"{COUNSELS} OR {SPEAKS}"
    mine = f"{COUNSELS} AND counsellor_id = {ME}"
    CARE.wall(
        "message",
        read=f"{both} OR {GLASS}",
        write=f"{mine} OR {SPEAKS} AND written_by = 'participant'",
        grants=ADDED,
    )
    # a participant's contact is a message of theirs
    CARE.wall(
        "contact",
        read=f"{COUNSELS} OR {OFFICER} OR {WORKER}",
        write=f"{mine} OR {SPEAKS} AND counsellor_id IS NULL AND message_id IS NOT NULL",
        grants=ADDED,
    )
    CARE.wall("contact_text", read=f"{COUNSELS} OR {GLASS}", write=COUNSELS, grants=ADDED)
    CARE.wall("note", read=f"{mine} OR {GLASS}", write=mine, grants=ADDED)
    CARE.wall(
        "referral",
        read=f"{both} OR {GLASS}",
        write=f"{COUNSELS} OR {SPEAKS} AND state IN ('consented', 'withdrawn')",
        insert=f"{mine} AND state = 'proposed'",
        grants=KEPT,
    )
    CARE.wall("follow_up", read=f"{COUNSELS} OR {GLASS}", write=COUNSELS, insert=mine, grants=KEPT)
    # An officer asks in their own name; an opening is stored as open by nobody but who decides it, who is another.
    CARE.wall(
        "glass_opening",
        read=LOG,
        write=f"{WORKER} OR {DECIDES} AND (state <> 'open' OR decided_by = {ME})",
        insert=f"{OFFICER} AND requested_by = {ME} AND state = 'requested'",
        grants=KEPT,
    )
    run(f"CREATE POLICY case_key_glass_select ON care.case_key FOR SELECT TO care_app USING ({GLASS})")
    CARE.wall("shred_proof", read=LOG, write=WORKER, grants=ADDED)


def downgrade() -> None:
    run(WALLED.format(standing=""))
    run(
        "ALTER TABLE care.person_wall DROP COLUMN lifted_at; DROP POLICY idempotency_old_delete ON care.idempotency; DROP POLICY case_key_glass_select ON care.case_key; "
        "DROP TRIGGER audit_entry_nameless ON care.audit_entry; DROP FUNCTION care.nameless; "
        "DROP TABLE care.shred_proof, care.glass_opening, care.follow_up, care.referral, care.note, care.contact_text, "
        "care.contact, care.message, care.channel; DROP FUNCTION care.glass_open, care.of_open_case; "
        "DROP INDEX care.care_case_keep_until_idx"
    )
