"""Selections of rounds, what becomes of each application in them, and awards. The budget line that a round is on."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0008"
down_revision = "grants_0007"
branch_labels = None
depends_on = None

ROUNDS = """
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE grants.round ADD COLUMN budget_line_id uuid
        -- squawk-ignore adding-foreign-key-constraint
        CONSTRAINT round_line_fkey REFERENCES grants.budget_line (id),
    ADD COLUMN decided_at timestamptz,
    -- squawk-ignore adding-foreign-key-constraint
    ADD COLUMN decided_by uuid CONSTRAINT round_decided_by_fkey REFERENCES directory.person (id),
    ADD COLUMN told_at timestamptz,
    ADD CONSTRAINT round_decided CHECK ((decided_at IS NULL) = (decided_by IS NULL)
        AND (decided_at IS NULL OR cancelled_at IS NULL AND num_nonnulls(publish_at, budget_line_id) = 2)),
    ADD CONSTRAINT round_told CHECK (told_at IS NULL OR decided_at IS NOT NULL AND told_at >= publish_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX round_line_idx ON grants.round (budget_line_id);
CREATE FUNCTION grants.round_within_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM grants.budget_line AS l WHERE l.id = NEW.budget_line_id
        AND (l.section, l.fiscal_year) = (NEW.section, NEW.fiscal_year)) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_within_line',
            MESSAGE = 'a round is on a line of its own section and year';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_on_line_insert BEFORE INSERT ON grants.round
    FOR EACH ROW WHEN (NEW.budget_line_id IS NOT NULL) EXECUTE FUNCTION grants.round_within_line();
CREATE TRIGGER round_on_line_update BEFORE UPDATE ON grants.round
    FOR EACH ROW WHEN (NEW.budget_line_id IS NOT NULL AND NEW.budget_line_id IS DISTINCT FROM OLD.budget_line_id)
    EXECUTE FUNCTION grants.round_within_line();
CREATE FUNCTION grants.published(round uuid) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM grants.round AS r
        WHERE r.id = round AND r.decided_at IS NOT NULL AND r.publish_at <= platform.now())
$$;
"""
# Until results are public they may be put off or brought forward; a decided round stays on its line and is not cancelled.
STAYS = """
CREATE OR REPLACE FUNCTION grants.round_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    apart text[] := '{section,row_version,publish_at,closes_at,cancelled_at,cancelled_reason,
        budget_line_id,decided_at,decided_by,told_at}';
BEGIN
    IF to_jsonb(NEW) - apart <> to_jsonb(OLD) - apart OR NEW.closes_at < OLD.closes_at
        OR OLD.cancelled_at IS NOT NULL AND to_jsonb(NEW) - 'section' <> to_jsonb(OLD) - 'section'
        OR OLD.decided_at IS NOT NULL
            AND (NEW.decided_at, NEW.decided_by, NEW.budget_line_id, NEW.closes_at, NEW.cancelled_at)
                IS DISTINCT FROM (OLD.decided_at, OLD.decided_by, OLD.budget_line_id, OLD.closes_at, OLD.cancelled_at)
        OR OLD.decided_at IS NOT NULL AND NEW.publish_at <> OLD.publish_at
            AND least(OLD.publish_at, NEW.publish_at) <= platform.now()
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays',
            MESSAGE = 'what is announced stays as it was announced';
    END IF;
    RETURN NEW;
END $$;
"""
STAYED = """
CREATE OR REPLACE FUNCTION grants.round_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    apart text[] := '{section,row_version,publish_at,closes_at,cancelled_at,cancelled_reason}';
BEGIN
    IF to_jsonb(NEW) - apart <> to_jsonb(OLD) - apart OR NEW.closes_at < OLD.closes_at
        OR OLD.cancelled_at IS NOT NULL AND to_jsonb(NEW) - 'section' <> to_jsonb(OLD) - 'section'
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'round_stays',
            MESSAGE = 'what is announced stays as it was announced';
    END IF;
    RETURN NEW;
END $$;
"""
SELECTIONS = """
CREATE TABLE grants.selection (
    id uuid CONSTRAINT selection_pkey PRIMARY KEY DEFAULT uuidv7(),
    round_id uuid NOT NULL CONSTRAINT selection_once UNIQUE, section text NOT NULL,
    drawn_up_at timestamptz NOT NULL DEFAULT platform.now(),
    drawn_up_by uuid NOT NULL CONSTRAINT selection_drawn_up_by_fkey REFERENCES directory.person (id),
    decided_at timestamptz,
    decided_by uuid CONSTRAINT selection_decided_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT selection_of_round UNIQUE (id, round_id),
    CONSTRAINT selection_decided CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT selection_two_people CHECK (decided_by <> drawn_up_by),
    CONSTRAINT selection_round_fkey FOREIGN KEY (round_id, section)
        REFERENCES grants.round (id, section) ON UPDATE CASCADE
);
ALTER TABLE grants.application ADD CONSTRAINT application_of_round UNIQUE (id, round_id);
CREATE TABLE grants.selection_entry (
    id uuid CONSTRAINT selection_entry_pkey PRIMARY KEY DEFAULT uuidv7(),
    selection_id uuid NOT NULL, round_id uuid NOT NULL,
    application_id uuid NOT NULL CONSTRAINT selection_entry_once UNIQUE,
    standing text NOT NULL CONSTRAINT selection_entry_standing CHECK (
        standing IN ('selected', 'waitlisted', 'not_selected', 'declined', 'awarded', 'withdrawn')),
    computed_yen bigint NOT NULL CONSTRAINT selection_entry_computed CHECK (computed_yen >= 0),
    amount_yen bigint NOT NULL,
    reason text,
    trace jsonb NOT NULL, verdict jsonb NOT NULL,
    changed_by uuid CONSTRAINT selection_entry_changed_by_fkey REFERENCES directory.person (id),
    ended_at timestamptz, ended_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT selection_entry_amount CHECK (amount_yen BETWEEN 0 AND computed_yen
        AND (amount_yen > 0 OR standing IN ('not_selected', 'withdrawn'))),
    CONSTRAINT selection_entry_ended CHECK (
        (standing IN ('declined', 'withdrawn')) = (ended_at IS NOT NULL) AND (ended_at IS NULL) = (ended_reason IS NULL)),
    CONSTRAINT selection_entry_selection_fkey FOREIGN KEY (selection_id, round_id)
        REFERENCES grants.selection (id, round_id),
    CONSTRAINT selection_entry_application_fkey FOREIGN KEY (application_id, round_id)
        REFERENCES grants.application (id, round_id)
);
CREATE INDEX selection_entry_selection_idx ON grants.selection_entry (selection_id);
CREATE INDEX selection_entry_round_idx ON grants.selection_entry (round_id);
"""
# Before the decision an entry is what is proposed, and changes freely; after it, as `selections.domain.ENTRY` has it.
# Whether a ranked application is left out is asked past the wall of who may not see it.
DECIDED = """
CREATE FUNCTION grants.selection_entry_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided boolean := (SELECT s.decided_at IS NOT NULL FROM grants.selection AS s WHERE s.id = NEW.selection_id);
BEGIN
    IF NOT decided AND NEW.standing NOT IN ('selected', 'waitlisted', 'not_selected', 'withdrawn')
        OR decided AND (TG_OP = 'INSERT' OR NEW.standing <> OLD.standing AND (OLD.standing, NEW.standing) NOT IN (
            ('waitlisted', 'selected'), ('selected', 'waitlisted'), ('selected', 'declined'), ('selected', 'awarded'),
            ('selected', 'withdrawn'), ('waitlisted', 'withdrawn'), ('not_selected', 'withdrawn'),
            ('awarded', 'withdrawn'), ('awarded', 'declined')))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_entry_moves',
            MESSAGE = 'no such step of a selected application';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER selection_entry_moves BEFORE INSERT OR UPDATE ON grants.selection_entry
    FOR EACH ROW EXECUTE FUNCTION grants.selection_entry_moves();
CREATE FUNCTION grants.selection_decides() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.decided_by, NEW.drawn_up_by)
        IS DISTINCT FROM (OLD.decided_at, OLD.decided_by, OLD.drawn_up_by) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_stays', MESSAGE = 'a decision stays';
    END IF;
    IF NEW.decided_at IS NOT NULL AND OLD.decided_at IS NULL THEN
        IF EXISTS (SELECT FROM grants.selection_entry AS e
            WHERE e.selection_id = NEW.id AND e.changed_by = NEW.decided_by) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_two_people',
                MESSAGE = 'who proposed does not decide';
        END IF;
        IF EXISTS (SELECT FROM grants.round AS r WHERE r.id = NEW.round_id AND r.closes_at > platform.now())
            OR EXISTS (SELECT FROM grants.application AS a
            LEFT JOIN grants.selection_entry AS e ON e.application_id = a.id
            WHERE a.round_id = NEW.round_id AND (
                a.state IN ('submitted', 'correction_requested', 'accepted', 'in_review')
                OR a.state = 'ranked' AND (e.id IS NULL OR grants.in_conflict(
                    NEW.decided_by, a.id, a.round_id, a.organisation_id || a.member_ids)))) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_of_all',
                MESSAGE = 'all that is ranked is decided together, by who sees all of it';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER selection_decides BEFORE UPDATE ON grants.selection
    FOR EACH ROW EXECUTE FUNCTION grants.selection_decides();
"""
AWARDS = """
CREATE TABLE grants.award (
    id uuid CONSTRAINT award_pkey PRIMARY KEY DEFAULT uuidv7(),
    application_id uuid NOT NULL CONSTRAINT award_once UNIQUE, round_id uuid NOT NULL,
    budget_line_id uuid NOT NULL CONSTRAINT award_line_fkey REFERENCES grants.budget_line (id),
    rule_version_id uuid NOT NULL CONSTRAINT award_rules_fkey REFERENCES grants.rule_version (id),
    amount_yen bigint NOT NULL CONSTRAINT award_amount CHECK (amount_yen > 0),
    trace jsonb NOT NULL, verdict jsonb NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT platform.now(),
    decided_by uuid NOT NULL CONSTRAINT award_decided_by_fkey REFERENCES directory.person (id),
    withdrawable_until date NOT NULL,
    state text NOT NULL DEFAULT 'decided' CONSTRAINT award_state CHECK (state IN ('decided', 'withdrawn', 'declined')),
    ended_at timestamptz, ended_reason text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT award_ended CHECK ((state = 'decided') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_reason IS NULL)),
    CONSTRAINT award_withdrawn_in_time CHECK (
        state <> 'withdrawn' OR (ended_at AT TIME ZONE 'Asia/Tokyo')::date <= withdrawable_until),
    CONSTRAINT award_application_fkey FOREIGN KEY (application_id, round_id)
        REFERENCES grants.application (id, round_id)
);
CREATE INDEX award_round_idx ON grants.award (round_id);
CREATE INDEX award_line_idx ON grants.award (budget_line_id);
CREATE INDEX award_rules_idx ON grants.award (rule_version_id);
CREATE FUNCTION grants.award_decides() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - '{state,ended_at,ended_reason,row_version}'::text[]
                <> to_jsonb(OLD) - '{state,ended_at,ended_reason,row_version}'::text[]
            OR OLD.state <> 'decided' AND NEW.state <> OLD.state THEN
            broken := 'award_stays';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM grants.selection_entry AS e
        WHERE e.application_id = NEW.application_id AND e.standing = 'selected' AND NEW.amount_yen <= e.amount_yen) THEN
        broken := 'award_of_selected';
    ELSIF NOT grants.published(NEW.round_id) THEN
        broken := 'award_published';
    ELSIF EXISTS (SELECT FROM grants.selection AS s LEFT JOIN grants.selection_entry AS e
            ON e.selection_id = s.id AND e.application_id = NEW.application_id
        WHERE s.round_id = NEW.round_id AND NEW.decided_by IN (s.drawn_up_by, e.changed_by)) THEN
        broken := 'award_two_people';
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'no such step of an award';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER award_decides BEFORE INSERT OR UPDATE ON grants.award
    FOR EACH ROW EXECUTE FUNCTION grants.award_decides();
"""
# It is asked at the end of the transaction, which may be an applicant's, to whom no ledger is shown.
BALANCED = "ALTER FUNCTION grants.ledger_balanced() SECURITY DEFINER SET search_path = pg_catalog, pg_temp;"
COUNTRIES = """
ALTER TABLE grants.application ADD COLUMN country_codes text[] NOT NULL DEFAULT '{}';
"""

MINE = "section = ANY ((SELECT grants.sections())::text[])"
WORKER = "(SELECT platform.caller_is('worker'))"
HOUSE = "(SELECT platform.caller_is('grant_officer', 'worker'))"
OF = "EXISTS (SELECT FROM grants.application AS a WHERE a.id = application_id)"
OF_LINE = "EXISTS (SELECT FROM grants.budget_line AS l WHERE l.id = line_id)"
WHOLE = "SELECT, INSERT, UPDATE"


def _ledger(line: str) -> None:
    """Who may use a line, and the house, which moves its money in the transaction of an applicant who gives it back."""
    run(
        f"ALTER POLICY budget_line_select ON grants.budget_line USING ({line}); "
        f"ALTER POLICY budget_line_update ON grants.budget_line USING ({line}) WITH CHECK ({line}); "
        f"ALTER POLICY budget_cap_select ON grants.budget_cap USING ({line}); "
        f"ALTER POLICY budget_cap_insert ON grants.budget_cap WITH CHECK ({line}); "
        f"ALTER POLICY budget_cap_update ON grants.budget_cap USING ({line}) WITH CHECK ({line})"
    )


def upgrade() -> None:
    run(ROUNDS + STAYS + SELECTIONS + DECIDED + AWARDS + BALANCED + COUNTRIES)
    _ledger(f"{MINE} OR {WORKER}")
    house = f"{MINE} OR {WORKER}"
    GRANTS.wall("selection", read=house, write=house, grants=WHOLE)
    GRANTS.wall(
        "selection_entry",
        read=f"{OF} AND ({HOUSE} OR grants.published(round_id))",
        write=f"{OF} AND {HOUSE}",
        grants=WHOLE,
    )
    GRANTS.wall("award", read=OF, write=f"{OF} AND {HOUSE}", grants=WHOLE)
    for table in ("programme", "edition", "category", "rule_version", "form_version", "round"):
        run(
            f"CREATE POLICY {table}_of_house_select ON grants.{table} FOR SELECT TO grants_app USING ({WORKER})"
        )
    run(
        f"CREATE POLICY round_of_house_update ON grants.round FOR UPDATE TO grants_app USING ({WORKER}) WITH CHECK ({WORKER})"
    )


def downgrade() -> None:
    """What was decided is not known to the release before this one: applications are ranked again."""
    run("DROP POLICY round_of_house_update ON grants.round")
    for table in ("programme", "edition", "category", "rule_version", "form_version", "round"):
        run(f"DROP POLICY {table}_of_house_select ON grants.{table}")
    _ledger(MINE)
    run(
        "DROP TABLE grants.award, grants.selection_entry, grants.selection; "
        "ALTER FUNCTION grants.ledger_balanced() SECURITY INVOKER RESET search_path; "
        "DROP FUNCTION grants.award_decides, grants.selection_decides, grants.selection_entry_moves; "
        "ALTER TABLE grants.application DROP CONSTRAINT application_of_round, DROP COLUMN country_codes; "
        "DROP TRIGGER round_on_line_insert ON grants.round; DROP TRIGGER round_on_line_update ON grants.round; "
        "DROP FUNCTION grants.round_within_line, grants.published"
    )
    run(STAYED)
    run(
        "ALTER TABLE grants.round DROP CONSTRAINT round_decided, DROP CONSTRAINT round_told, DROP COLUMN budget_line_id, "
        "DROP COLUMN decided_at, DROP COLUMN decided_by, DROP COLUMN told_at"
    )
