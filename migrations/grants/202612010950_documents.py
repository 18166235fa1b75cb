"""The register of documents (文書): what was issued and what was received, numbered without gaps."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0012"
down_revision = "grants_0011"
branch_labels = None
depends_on = None

# `sign`: all of the number (文書番号) that stands before 第…号. A section that hands a programme on keeps its register.
TABLES = """
CREATE TABLE grants.document_counter (
    section text NOT NULL, fiscal_year integer NOT NULL, series text NOT NULL,
    drawn integer NOT NULL CONSTRAINT document_counter_drawn CHECK (drawn >= 1),
    CONSTRAINT document_counter_pkey PRIMARY KEY (section, fiscal_year, series)
);
CREATE TABLE grants.document (
    id uuid CONSTRAINT document_pkey PRIMARY KEY DEFAULT uuidv7(),
    section text NOT NULL CONSTRAINT document_section CHECK (section LIKE 'grants-_%'),
    fiscal_year integer NOT NULL,
    series text NOT NULL CONSTRAINT document_series CHECK (series IN ('issued', 'received')),
    number integer NOT NULL CONSTRAINT document_number CHECK (number >= 1),
    sign text NOT NULL CONSTRAINT document_sign CHECK (length(sign) BETWEEN 1 AND 30),
    code text NOT NULL GENERATED ALWAYS AS (sign || '第' || number || '号') STORED
        CONSTRAINT document_code_key UNIQUE,
    kind text NOT NULL CONSTRAINT document_kind CHECK (kind IN ('application', 'selection_notice', 'waitlist_notice',
        'rejection_notice', 'dismissal_notice', 'decision_notice', 'withdrawal', 'declination')),
    application_id uuid NOT NULL CONSTRAINT document_of_fkey REFERENCES grants.application (id),
    issued_on date NOT NULL,
    shown_from timestamptz,
    content text NOT NULL CONSTRAINT document_content CHECK (content IS JSON OBJECT),
    sha256 bytea NOT NULL CONSTRAINT document_sha256 CHECK (sha256 = sha256(convert_to(content, 'UTF8'))),
    void_at timestamptz,
    void_by uuid CONSTRAINT document_void_by_fkey REFERENCES directory.person (id),
    void_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT document_once UNIQUE (section, fiscal_year, series, number),
    CONSTRAINT document_of_year CHECK (fiscal_year = extract(year FROM issued_on - interval '3 months')),
    CONSTRAINT document_of_series CHECK (
        (series = 'received') = (kind IN ('application', 'withdrawal', 'declination'))),
    CONSTRAINT document_void CHECK (
        num_nonnulls(void_at, void_reason) IN (0, 2) AND (void_by IS NULL OR void_at IS NOT NULL))
);
CREATE INDEX document_application_idx ON grants.document (application_id);
"""
# The number is drawn by the row itself, in its owner's name: whoever files a document reads and writes no counter, and
# nothing else moves one. Who comes second waits here for the first one's transaction. What waits for the results of its
# round follows their instant where that is moved, also what the mover may not see.
RULES = """
CREATE FUNCTION grants.document_numbered() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grants.document_counter AS c (section, fiscal_year, series, drawn)
    VALUES (NEW.section, NEW.fiscal_year, NEW.series, 1)
    ON CONFLICT (section, fiscal_year, series) DO UPDATE SET drawn = c.drawn + 1 RETURNING c.drawn INTO NEW.number;
    RETURN NEW;
END $$;
CREATE TRIGGER document_numbered BEFORE INSERT ON grants.document
    FOR EACH ROW EXECUTE FUNCTION grants.document_numbered();
CREATE FUNCTION grants.document_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- a generated column is not there yet; it follows from others
    moving text[] := ARRAY['void_at', 'void_by', 'void_reason', 'row_version', 'code'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.shown_from <> NEW.shown_from
        AND to_jsonb(NEW) - ARRAY['shown_from', 'row_version', 'code'] = to_jsonb(OLD) - ARRAY['shown_from', 'row_version', 'code']
        AND NEW.shown_from = (SELECT r.publish_at FROM grants.round AS r JOIN grants.application AS a ON a.round_id = r.id
            WHERE a.id = NEW.application_id)
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.void_at IS NOT NULL OR NEW.void_at IS NULL
        OR to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'document_stays',
            MESSAGE = 'a document stays as it was filed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_stays BEFORE UPDATE OR DELETE ON grants.document
    FOR EACH ROW EXECUTE FUNCTION grants.document_stays();
CREATE FUNCTION grants.documents_follow() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    UPDATE grants.document AS d SET shown_from = NEW.publish_at, row_version = d.row_version + 1
        FROM grants.application AS a
        WHERE a.id = d.application_id AND a.round_id = NEW.id AND d.shown_from = OLD.publish_at;
    RETURN NULL;
END $$;
CREATE TRIGGER documents_follow AFTER UPDATE ON grants.round
    FOR EACH ROW WHEN (OLD.decided_at IS NOT NULL AND NEW.publish_at IS DISTINCT FROM OLD.publish_at)
    EXECUTE FUNCTION grants.documents_follow();
"""
WORKER = "(SELECT platform.caller_is('worker'))"
SECTION = "a.section = ANY ((SELECT grants.sections())::text[])"
LEADS = "a.organisation_id = (SELECT grants.applicant())"
OF = "EXISTS (SELECT FROM grants.application AS a WHERE a.id = application_id AND ({more}))"
SHOWN = "void_at IS NULL AND coalesce(shown_from <= platform.now(), true)"
# who is in conflict finds no application, and so nothing of it
READ = OF.format(more=f"{SECTION} OR {WORKER} OR {SHOWN}")
SENT = f"{LEADS} AND series = 'received' AND shown_from IS NULL"
FILED = OF.format(more=f"a.section = document.section AND ({SECTION} OR {WORKER} OR {SENT})")


def upgrade() -> None:
    run(TABLES + RULES)
    mine = "section = ANY ((SELECT grants.sections())::text[])"
    GRANTS.wall("document_counter", read=mine, grants="SELECT")
    GRANTS.wall(
        "document",
        read=READ,
        write=OF.format(more=f"{SECTION} OR {WORKER}"),
        insert=FILED,
        grants="SELECT, INSERT, UPDATE",
    )


def downgrade() -> None:
    run(
        "DROP TRIGGER documents_follow ON grants.round; DROP FUNCTION grants.documents_follow; "
        "DROP TABLE grants.document, grants.document_counter; "
        "DROP FUNCTION grants.document_stays, grants.document_numbered"
    )
