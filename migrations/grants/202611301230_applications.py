"""Applications: drafts, joint members, files, and the numbered submissions that never change."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0006"
down_revision = "grants_0005"
branch_labels = None
depends_on = None

APPLICANT = """
CREATE FUNCTION grants.applicant() RETURNS uuid STABLE LANGUAGE sql AS $$
    SELECT CASE WHEN platform.caller('role') IN ('organisation', 'host_authority')
        THEN platform.caller('organisation')::uuid END
$$;
ALTER TABLE grants.round ADD CONSTRAINT round_of_section UNIQUE (id, section);
"""

# Who joins stands on the row too, so that its policy asks no other table: those of its parts ask it.
TABLES = """
CREATE TABLE grants.application (
    id uuid CONSTRAINT application_pkey PRIMARY KEY DEFAULT uuidv7(),
    round_id uuid NOT NULL, section text NOT NULL,
    organisation_id uuid NOT NULL
        CONSTRAINT application_organisation_fkey REFERENCES directory.organisation (id),
    department text NOT NULL,
    project_number smallint NOT NULL CONSTRAINT application_project_number CHECK (project_number BETWEEN 1 AND 99),
    category_code text, title text NOT NULL,
    joint boolean NOT NULL DEFAULT false,
    channel text NOT NULL DEFAULT 'online'
        CONSTRAINT application_channel CHECK (channel IN ('online', 'mail', 'counter')),
    form_version_id uuid CONSTRAINT application_form_fkey REFERENCES grants.form_version (id),
    answers jsonb NOT NULL DEFAULT '{}' CONSTRAINT application_answers CHECK (jsonb_typeof(answers) = 'object'),
    budget jsonb NOT NULL DEFAULT '{}' CONSTRAINT application_budget CHECK (jsonb_typeof(budget) = 'object'),
    state text NOT NULL DEFAULT 'draft' CONSTRAINT application_state CHECK (state IN ('draft', 'internal_approval',
        'ready', 'submitted', 'correction_requested', 'accepted', 'dismissed', 'withdrawn')),
    member_ids uuid[] NOT NULL DEFAULT '{}',
    sent_by uuid CONSTRAINT application_sent_by_fkey REFERENCES directory.person (id),
    approved_by uuid CONSTRAINT application_approved_by_fkey REFERENCES directory.person (id),
    closes_at timestamptz, extension_reason text,
    extended_by uuid CONSTRAINT application_extended_by_fkey REFERENCES directory.person (id),
    accepted_on date, ended_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT application_round_fkey FOREIGN KEY (round_id, section)
        REFERENCES grants.round (id, section) ON UPDATE CASCADE,
    CONSTRAINT application_two_people CHECK (approved_by <> sent_by),
    CONSTRAINT application_approved CHECK (channel <> 'online' OR approved_by IS NOT NULL
        OR state IN ('draft', 'internal_approval', 'withdrawn')),
    CONSTRAINT application_extended CHECK (num_nonnulls(closes_at, extension_reason, extended_by) IN (0, 3)),
    CONSTRAINT application_accepted CHECK ((state = 'accepted') <= (accepted_on IS NOT NULL)),
    CONSTRAINT application_ended CHECK ((state IN ('dismissed', 'withdrawn')) = (ended_reason IS NOT NULL))
);
CREATE UNIQUE INDEX application_live ON grants.application (round_id, organisation_id, department, project_number)
    WHERE state NOT IN ('dismissed', 'withdrawn');
CREATE INDEX application_organisation_idx ON grants.application (organisation_id);
CREATE INDEX application_members_idx ON grants.application USING gin (member_ids);
CREATE INDEX application_form_idx ON grants.application (form_version_id);
CREATE TABLE grants.application_member (
    id uuid CONSTRAINT application_member_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT application_member_of_fkey REFERENCES grants.application (id),
    lead_id uuid NOT NULL,
    organisation_id uuid NOT NULL
        CONSTRAINT application_member_organisation_fkey REFERENCES directory.organisation (id),
    share_yen bigint NOT NULL CONSTRAINT application_member_share CHECK (share_yen >= 0),
    consented_at timestamptz,
    consented_by uuid CONSTRAINT application_member_consented_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT application_member_once UNIQUE (application_id, organisation_id),
    CONSTRAINT application_member_of_another CHECK (organisation_id <> lead_id),
    CONSTRAINT application_member_signed CHECK ((consented_at IS NULL) = (consented_by IS NULL))
);
CREATE INDEX application_member_organisation_idx ON grants.application_member (organisation_id);
CREATE TABLE grants.application_file (
    id uuid CONSTRAINT application_file_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT application_file_of_fkey REFERENCES grants.application (id),
    document_code text NOT NULL,
    blob_id uuid NOT NULL CONSTRAINT application_file_blob_fkey REFERENCES grants.blob (id),
    file_name text NOT NULL, media_type text NOT NULL, size bigint NOT NULL,
    sha256 bytea NOT NULL CONSTRAINT application_file_sha256 CHECK (octet_length(sha256) = 32),
    verdict text NOT NULL DEFAULT 'pending'
        CONSTRAINT application_file_verdict CHECK (verdict IN ('pending', 'clean', 'bad')),
    arrived_at timestamptz NOT NULL DEFAULT platform.now(), removed_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT application_file_once UNIQUE (blob_id)
);
CREATE INDEX application_file_of_idx ON grants.application_file (application_id);
CREATE TABLE grants.correction (
    id uuid CONSTRAINT correction_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT correction_of_fkey REFERENCES grants.application (id),
    number integer NOT NULL CONSTRAINT correction_number CHECK (number >= 1),
    fields text[] NOT NULL, documents text[] NOT NULL, reason text NOT NULL,
    due_at timestamptz NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT platform.now(),
    requested_by uuid CONSTRAINT correction_requested_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT correction_once UNIQUE (application_id, number),
    CONSTRAINT correction_of_something CHECK (cardinality(fields) + cardinality(documents) > 0),
    CONSTRAINT correction_term CHECK (requested_at < due_at)
);
CREATE TABLE grants.submission (
    id uuid CONSTRAINT submission_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT submission_of_fkey REFERENCES grants.application (id),
    number integer NOT NULL CONSTRAINT submission_number CHECK (number >= 1),
    receipt_number text NOT NULL CONSTRAINT submission_receipt_number_key UNIQUE,
    channel text NOT NULL CONSTRAINT submission_channel CHECK (channel IN ('online', 'mail', 'counter')),
    arrived_at timestamptz NOT NULL, entered_at timestamptz NOT NULL DEFAULT platform.now(),
    submitted_by uuid NOT NULL CONSTRAINT submission_submitted_by_fkey REFERENCES directory.person (id),
    requested_yen bigint NOT NULL, computed_yen bigint NOT NULL, eligible boolean NOT NULL,
    snapshot text NOT NULL,
    sha256 bytea NOT NULL CONSTRAINT submission_sha256 CHECK (sha256 = sha256(convert_to(snapshot, 'UTF8'))),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT submission_once UNIQUE (application_id, number),
    CONSTRAINT submission_arrived CHECK (arrived_at <= entered_at AND (channel <> 'online' OR arrived_at = entered_at))
);
"""
# The table of transitions, as `applications.domain.APPLICATION` has it.
MOVES = """
CREATE FUNCTION grants.application_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('draft', 'internal_approval'), ('internal_approval', 'ready'), ('internal_approval', 'draft'),
        ('ready', 'draft'), ('draft', 'submitted'), ('ready', 'submitted'), ('correction_requested', 'submitted'),
        ('submitted', 'correction_requested'), ('submitted', 'accepted'), ('correction_requested', 'dismissed'),
        ('draft', 'withdrawn'), ('internal_approval', 'withdrawn'), ('ready', 'withdrawn'),
        ('submitted', 'withdrawn'), ('correction_requested', 'withdrawn'), ('accepted', 'withdrawn'))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'application_moves',
            MESSAGE = 'no such step of an application';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_moves BEFORE UPDATE ON grants.application
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION grants.application_moves();
CREATE FUNCTION grants.application_joined() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of uuid := coalesce(NEW.application_id, OLD.application_id);
BEGIN
    UPDATE grants.application SET member_ids = ARRAY(SELECT m.organisation_id FROM grants.application_member AS m
        WHERE m.application_id = of ORDER BY m.id) WHERE id = of;
    RETURN NULL;
END $$;
CREATE TRIGGER application_joined AFTER INSERT OR DELETE ON grants.application_member
    FOR EACH ROW EXECUTE FUNCTION grants.application_joined();
CREATE FUNCTION grants.submission_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    opens timestamptz;
    closes timestamptz;
    ended timestamptz;
    earlier bigint;
BEGIN
    SELECT r.opens_at, greatest(r.closes_at, a.closes_at), r.cancelled_at INTO opens, closes, ended
        FROM grants.application AS a JOIN grants.round AS r ON r.id = a.round_id WHERE a.id = NEW.application_id;
    IF NEW.number > 1 THEN
        SELECT c.due_at INTO closes FROM grants.correction AS c
            WHERE c.application_id = NEW.application_id AND c.number = NEW.number - 1;
        SELECT s.requested_yen INTO earlier FROM grants.submission AS s
            WHERE s.application_id = NEW.application_id AND s.number = NEW.number - 1;
        IF NEW.requested_yen > earlier THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_not_more',
                MESSAGE = 'a correction asks for no more';
        END IF;
    END IF;
    IF ended IS NOT NULL OR NEW.arrived_at < opens OR closes IS NULL OR NEW.arrived_at >= closes THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_in_time',
            MESSAGE = 'what arrives at the deadline is late';
    END IF;
    IF EXISTS (SELECT FROM grants.application_member AS m
        WHERE m.application_id = NEW.application_id AND m.consented_at IS NULL)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_of_all',
            MESSAGE = 'all members have consented before a submission';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_in_time BEFORE INSERT ON grants.submission
    FOR EACH ROW EXECUTE FUNCTION grants.submission_in_time();
CREATE FUNCTION grants.submission_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_stays',
        MESSAGE = 'what was submitted does not change';
END $$;
CREATE TRIGGER submission_stays BEFORE UPDATE OR DELETE ON grants.submission
    FOR EACH ROW EXECUTE FUNCTION grants.submission_stays();
"""
# The bytes of a file that an application has are read by its readers, unless they are bad, and stay as they are.
# Of what is already taken under its cap an organisation is told when no closed round of the edition awaits publication:
# till then what is reserved would say who was selected.
TOLD = """
CREATE POLICY budget_cap_told_select ON grants.budget_cap FOR SELECT TO grants_app USING (
    kind = 'organisation' AND holder_id = (SELECT grants.applicant()) AND NOT EXISTS (
        SELECT FROM grants.round AS r WHERE r.edition_id = budget_cap.edition_id AND r.announced_at IS NOT NULL
            AND r.cancelled_at IS NULL AND r.closes_at <= platform.now()
            AND (r.publish_at IS NULL OR r.publish_at > platform.now())));
CREATE POLICY blob_chunk_of_application_select ON grants.blob_chunk FOR SELECT TO grants_app USING (
    EXISTS (SELECT FROM grants.application_file AS f WHERE f.blob_id = blob_chunk.blob_id));
CREATE POLICY blob_chunk_not_bad_select ON grants.blob_chunk AS RESTRICTIVE FOR SELECT TO grants_app USING (
    NOT EXISTS (SELECT FROM grants.application_file AS f WHERE f.blob_id = blob_chunk.blob_id AND f.verdict = 'bad'));
CREATE POLICY blob_chunk_stays_delete ON grants.blob_chunk AS RESTRICTIVE FOR DELETE TO grants_app USING (
    NOT EXISTS (SELECT FROM grants.application_file AS f WHERE f.blob_id = blob_chunk.blob_id));
CREATE POLICY blob_chunk_whole_insert ON grants.blob_chunk AS RESTRICTIVE FOR INSERT TO grants_app WITH CHECK (
    NOT EXISTS (SELECT FROM grants.application_file AS f WHERE f.blob_id = blob_chunk.blob_id));
"""

MINE = "section = ANY ((SELECT grants.sections())::text[])"
LEADS = "organisation_id = (SELECT grants.applicant())"
OF = "EXISTS (SELECT FROM grants.application AS a WHERE a.id = application_id{more})"
LED = f" AND (a.{MINE} OR a.{LEADS})"
JOINS = f"{OF.format(more=LED)} OR {LEADS}"
WORKER = "(SELECT platform.caller_is('worker'))"


def upgrade() -> None:
    run(APPLICANT + TABLES + MOVES)
    GRANTS.wall(
        "application",
        read=f"{MINE} OR {LEADS} OR (SELECT grants.applicant()) = ANY (member_ids) OR {WORKER}",
        write=f"{MINE} OR {LEADS} OR {WORKER}",
        grants="SELECT, INSERT, UPDATE",
    )
    GRANTS.wall(
        "application_member",
        read=OF.format(more=""),
        write=JOINS,
        insert=OF.format(more=LED),
        delete=OF.format(more=LED),
    )
    led = f"{OF.format(more=LED)} OR {WORKER}"
    GRANTS.wall("application_file", read=OF.format(more=""), write=led, grants="SELECT, INSERT, UPDATE")
    of_section = f"{OF.format(more=f' AND a.{MINE}')} OR {WORKER}"
    GRANTS.wall("correction", read=OF.format(more=""), write=of_section, grants="SELECT, INSERT")
    GRANTS.wall("submission", read=OF.format(more=""), write=OF.format(more=LED), grants="SELECT, INSERT")
    run(TOLD)


def downgrade() -> None:
    run(
        "DROP POLICY blob_chunk_whole_insert ON grants.blob_chunk; DROP POLICY blob_chunk_stays_delete ON grants.blob_chunk; "
        "DROP POLICY blob_chunk_not_bad_select ON grants.blob_chunk; "
        "DROP POLICY blob_chunk_of_application_select ON grants.blob_chunk; "
        "DROP POLICY budget_cap_told_select ON grants.budget_cap; "
        "DROP TABLE grants.submission, grants.correction, grants.application_file, grants.application_member, "
        "grants.application; DROP FUNCTION grants.submission_stays, grants.submission_in_time, "
        "grants.application_joined, grants.application_moves, grants.applicant; "
        "ALTER TABLE grants.round DROP CONSTRAINT round_of_section"
    )
