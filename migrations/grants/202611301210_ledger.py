"""Budget lines and their ledger: what the Board gave, what is promised to whom, and the caps of who may get how much.

Entries are appended and never changed. The balance of a line and what each holder has of it are kept from the entries
by the database, with checks: no statement commits more than there is, nor frees more than somebody holds.
"""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0004"
down_revision = "grants_0003"
branch_labels = None
depends_on = None

LINES = """
CREATE TABLE grants.budget_line (
    id uuid CONSTRAINT budget_line_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT budget_line_code_key UNIQUE,
    fiscal_year integer NOT NULL CONSTRAINT budget_line_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    section text NOT NULL CONSTRAINT budget_line_section CHECK (section LIKE 'grants-_%'),
    name_ja text NOT NULL, name_en text NOT NULL,
    planned_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_line_planned CHECK (planned_yen >= 0),
    appropriated_yen bigint CONSTRAINT budget_line_appropriated_yen CHECK (appropriated_yen >= 0),
    appropriated_on date, appropriated_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT budget_line_appropriated CHECK (
        num_nonnulls(appropriated_yen, appropriated_on, appropriated_at) IN (0, 3)),
    CONSTRAINT budget_line_decided CHECK (appropriated_on <= (appropriated_at AT TIME ZONE 'Asia/Tokyo')::date)
);
CREATE TABLE grants.budget_balance (
    line_id uuid CONSTRAINT budget_balance_pkey PRIMARY KEY
        CONSTRAINT budget_balance_line_fkey REFERENCES grants.budget_line (id),
    source_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_balance_source CHECK (source_yen <= 0),
    available_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_balance_available CHECK (available_yen >= 0),
    reserved_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_balance_reserved CHECK (reserved_yen >= 0),
    committed_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_balance_committed CHECK (committed_yen >= 0)
);
CREATE TABLE grants.budget_holding (
    line_id uuid NOT NULL CONSTRAINT budget_holding_line_fkey REFERENCES grants.budget_line (id),
    holder_id uuid NOT NULL,
    reserved_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_holding_reserved CHECK (reserved_yen >= 0),
    committed_yen bigint NOT NULL DEFAULT 0 CONSTRAINT budget_holding_committed CHECK (committed_yen >= 0),
    CONSTRAINT budget_holding_pkey PRIMARY KEY (line_id, holder_id)
);
"""
LEDGER = """
CREATE TABLE grants.ledger_posting (
    id uuid CONSTRAINT ledger_posting_pkey PRIMARY KEY DEFAULT uuidv7(),
    line_id uuid NOT NULL CONSTRAINT ledger_posting_line_fkey REFERENCES grants.budget_line (id),
    kind text NOT NULL CONSTRAINT ledger_posting_kind CHECK (
        kind IN ('plan', 'appropriate', 'transfer', 'reserve', 'commit', 'release', 'recut')),
    holder_id uuid,
    other_line_id uuid CONSTRAINT ledger_posting_other_line_fkey REFERENCES grants.budget_line (id),
    reason text,
    posted_at timestamptz NOT NULL DEFAULT platform.now(),
    posted_by uuid DEFAULT platform.caller('person')::uuid,
    CONSTRAINT ledger_posting_of_line UNIQUE (id, line_id),
    CONSTRAINT ledger_posting_held CHECK (
        (kind IN ('reserve', 'commit', 'release', 'recut')) = (holder_id IS NOT NULL)),
    CONSTRAINT ledger_posting_transferred CHECK (
        (kind = 'transfer') = (other_line_id IS NOT NULL) AND other_line_id <> line_id)
);
CREATE INDEX ledger_posting_line_idx ON grants.ledger_posting (line_id);
CREATE INDEX ledger_posting_holder_idx ON grants.ledger_posting (holder_id);
CREATE TABLE grants.ledger_entry (
    id uuid CONSTRAINT ledger_entry_pkey PRIMARY KEY DEFAULT uuidv7(),
    posting_id uuid NOT NULL, line_id uuid NOT NULL,
    account text NOT NULL CONSTRAINT ledger_entry_account CHECK (
        account IN ('source', 'available', 'reserved', 'committed')),
    amount_yen bigint NOT NULL CONSTRAINT ledger_entry_amount CHECK (amount_yen <> 0),
    CONSTRAINT ledger_entry_once UNIQUE (posting_id, account),
    CONSTRAINT ledger_entry_posting_fkey FOREIGN KEY (posting_id, line_id)
        REFERENCES grants.ledger_posting (id, line_id)
);
CREATE INDEX ledger_entry_line_idx ON grants.ledger_entry (line_id);
"""
# In their owner's name, because the application may read a balance and not write it.
KEPT = """
CREATE FUNCTION grants.budget_line_opened() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO grants.budget_balance (line_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER budget_line_opened AFTER INSERT ON grants.budget_line
    FOR EACH ROW EXECUTE FUNCTION grants.budget_line_opened();
CREATE FUNCTION grants.ledger_kept() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM made JOIN grants.budget_line AS l ON l.id = made.line_id
               WHERE made.account = 'committed' AND made.amount_yen > 0 AND l.appropriated_at IS NULL) THEN
        RAISE EXCEPTION 'the Board has not decided yet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_appropriated';
    END IF;
    INSERT INTO grants.budget_holding (line_id, holder_id)
    SELECT DISTINCT made.line_id, p.holder_id FROM made JOIN grants.ledger_posting AS p ON p.id = made.posting_id
    WHERE made.account IN ('reserved', 'committed') ON CONFLICT DO NOTHING;
    UPDATE grants.budget_balance AS b
    SET source_yen = b.source_yen + m.source, available_yen = b.available_yen + m.available,
        reserved_yen = b.reserved_yen + m.reserved, committed_yen = b.committed_yen + m.committed
    FROM (
        SELECT line_id, coalesce(sum(amount_yen) FILTER (WHERE account = 'source'), 0) AS source,
            coalesce(sum(amount_yen) FILTER (WHERE account = 'available'), 0) AS available,
            coalesce(sum(amount_yen) FILTER (WHERE account = 'reserved'), 0) AS reserved,
            coalesce(sum(amount_yen) FILTER (WHERE account = 'committed'), 0) AS committed
        FROM made GROUP BY 1
    ) AS m WHERE b.line_id = m.line_id;
    UPDATE grants.budget_holding AS h
    SET reserved_yen = h.reserved_yen + m.reserved, committed_yen = h.committed_yen + m.committed
    FROM (
        SELECT made.line_id, p.holder_id,
            coalesce(sum(amount_yen) FILTER (WHERE account = 'reserved'), 0) AS reserved,
            coalesce(sum(amount_yen) FILTER (WHERE account = 'committed'), 0) AS committed
        FROM made JOIN grants.ledger_posting AS p ON p.id = made.posting_id WHERE p.holder_id IS NOT NULL GROUP BY 1, 2
    ) AS m WHERE h.line_id = m.line_id AND h.holder_id = m.holder_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_kept AFTER INSERT ON grants.ledger_entry REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION grants.ledger_kept();
CREATE FUNCTION grants.ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    posting uuid := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF (SELECT (count(*), sum(amount_yen)) <> (2, 0) FROM grants.ledger_entry WHERE posting_id = posting) THEN
        RAISE EXCEPTION 'a posting has two entries, which sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON grants.ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants.ledger_balanced('id');
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON grants.ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION grants.ledger_balanced('posting_id');
"""
STAYS = """
CREATE FUNCTION grants.ledger_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a ledger is only added to' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION grants.ledger_stays();
CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION grants.ledger_stays();
CREATE FUNCTION grants.budget_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the Board has decided, and whose line it is, stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_line_stays';
END $$;
CREATE TRIGGER budget_line_stays BEFORE UPDATE ON grants.budget_line FOR EACH ROW
    WHEN ((NEW.section, NEW.fiscal_year) IS DISTINCT FROM (OLD.section, OLD.fiscal_year)
        OR OLD.appropriated_at IS NOT NULL
            AND (NEW.appropriated_at IS NULL OR NEW.planned_yen <> OLD.planned_yen))
    EXECUTE FUNCTION grants.budget_line_stays();
CREATE FUNCTION grants.ledger_transferred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM grants.budget_line AS l JOIN grants.budget_line AS o USING (section, fiscal_year)
        WHERE l.id = NEW.line_id AND o.id = NEW.other_line_id
            AND num_nonnulls(l.appropriated_at, o.appropriated_at) = 2) THEN
        RAISE EXCEPTION 'money moves between decided lines of one section and year'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_within';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_transferred BEFORE INSERT ON grants.ledger_posting
    FOR EACH ROW WHEN (NEW.kind = 'transfer') EXECUTE FUNCTION grants.ledger_transferred();
"""
# Of an edition, which is a programme's year: what an organisation, a joint bid or a person has of it, and may have.
CAPS = """
CREATE TABLE grants.budget_cap (
    id uuid CONSTRAINT budget_cap_pkey PRIMARY KEY DEFAULT uuidv7(),
    edition_id uuid NOT NULL, section text NOT NULL,
    kind text NOT NULL CONSTRAINT budget_cap_kind CHECK (kind IN ('organisation', 'joint', 'person')),
    holder_id uuid NOT NULL,
    limit_yen bigint NOT NULL,
    taken_yen bigint NOT NULL DEFAULT 0,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT budget_cap_once UNIQUE (edition_id, kind, holder_id),
    CONSTRAINT budget_cap_edition_fkey FOREIGN KEY (edition_id, section)
        REFERENCES grants.edition (id, section) ON UPDATE CASCADE,
    CONSTRAINT budget_cap_not_overdrawn CHECK (taken_yen BETWEEN 0 AND limit_yen)
);
"""

MINE = "section = ANY ((SELECT grants.sections())::text[])"
OF_LINE = "EXISTS (SELECT FROM grants.budget_line AS l WHERE l.id = line_id)"


def upgrade() -> None:
    run(LINES + LEDGER + KEPT + STAYS + CAPS)
    for table in ("budget_line", "budget_cap"):
        GRANTS.wall(table, read=MINE, write=MINE, grants="SELECT, INSERT, UPDATE")
    for table in ("ledger_posting", "ledger_entry"):
        GRANTS.wall(table, read=OF_LINE, write=OF_LINE, grants="SELECT, INSERT")
    for table in ("budget_balance", "budget_holding"):
        GRANTS.wall(table, read=OF_LINE, grants="SELECT")


def downgrade() -> None:
    run(
        "DROP TABLE grants.budget_cap, grants.ledger_entry, grants.ledger_posting, grants.budget_holding, "
        "grants.budget_balance, grants.budget_line; DROP FUNCTION grants.budget_line_opened, grants.ledger_kept, "
        "grants.ledger_balanced, grants.ledger_stays, grants.budget_line_stays, grants.ledger_transferred"
    )
