"""What calendars hear of: when a leg last changed for them, and that an edition is announced no more."""

from services.kit.db.migration import run

revision = "events_0014"
down_revision = "events_0013"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE events.leg ADD COLUMN changed_at timestamptz;
ALTER TABLE events.edition ADD COLUMN withdrawn_at timestamptz;
"""
BACKFILL = "UPDATE events.leg SET changed_at = uuid_extract_timestamp(id);"
KEPT = """
ALTER TABLE events.leg ALTER COLUMN changed_at SET DEFAULT platform.now();
ALTER TABLE events.leg ADD CONSTRAINT leg_changed_at CHECK (changed_at IS NOT NULL) NOT VALID;
"""
# Whatever an entry of a calendar shows of an edition counts its legs on, and the time of that is the legs' own.
TOLD_ON = """
DROP TRIGGER count_legs_on ON events.edition;
CREATE TRIGGER count_legs_on AFTER UPDATE OF standing, public, title_ja, title_en, host ON events.edition FOR EACH ROW
    WHEN ((OLD.standing, OLD.public, OLD.title_ja, OLD.title_en, OLD.host)
        IS DISTINCT FROM (NEW.standing, NEW.public, NEW.title_ja, NEW.title_en, NEW.host))
    EXECUTE FUNCTION events.count_legs_on();
CREATE FUNCTION events.leg_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := platform.now();
    RETURN NEW;
END $$;
CREATE TRIGGER leg_changed BEFORE UPDATE OF sequence ON events.leg FOR EACH ROW
    WHEN (OLD.sequence <> NEW.sequence) EXECUTE FUNCTION events.leg_changed();
CREATE FUNCTION events.edition_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.withdrawn_at := CASE WHEN NOT NEW.public THEN platform.now() END;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_withdrawn BEFORE UPDATE OF public ON events.edition FOR EACH ROW
    WHEN (OLD.public <> NEW.public) EXECUTE FUNCTION events.edition_withdrawn();
"""
# Who subscribed is told for a year that it is off, and nothing else of what nobody may see now. A leg that stood then has
# been counted on; one that was made since has not.
WITHDRAWN = """
CREATE FUNCTION events.withdrawn_legs()
    RETURNS TABLE (id uuid, office text, starts_on date, sequence integer, changed_at timestamptz)
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT l.id, l.office, l.starts_on, l.sequence, l.changed_at
    FROM events.leg AS l JOIN events.edition AS e ON e.id = l.edition_id
    WHERE NOT e.public AND e.withdrawn_at > platform.now() - interval '1 year' AND l.sequence > 0
$$;
"""
# Who took part on a leg took part on it under its new number.
RENUMBERED = """
CREATE FUNCTION events.leg_renumbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE events.edition_participant AS p
    SET leg_numbers = array_replace(p.leg_numbers, OLD.number, NEW.number), row_version = p.row_version + 1
    WHERE p.edition_id = NEW.edition_id AND OLD.number = ANY (p.leg_numbers);
    RETURN NULL;
END $$;
CREATE TRIGGER leg_renumbered AFTER UPDATE OF number ON events.leg FOR EACH ROW
    WHEN (OLD.number <> NEW.number) EXECUTE FUNCTION events.leg_renumbered();
"""


def upgrade() -> None:
    run(TABLES)
    run(BACKFILL)
    run(KEPT)
    run(TOLD_ON + WITHDRAWN + RENUMBERED)


def downgrade() -> None:
    run(
        "DROP TRIGGER leg_renumbered ON events.leg; DROP FUNCTION events.leg_renumbered; "
        "DROP FUNCTION events.withdrawn_legs; DROP TRIGGER edition_withdrawn ON events.edition; "
        "DROP FUNCTION events.edition_withdrawn; DROP TRIGGER leg_changed ON events.leg; DROP FUNCTION events.leg_changed; "
        "DROP TRIGGER count_legs_on ON events.edition; "
        "CREATE TRIGGER count_legs_on AFTER UPDATE OF standing ON events.edition FOR EACH ROW "
        "WHEN (OLD.standing <> NEW.standing) EXECUTE FUNCTION events.count_legs_on(); "
        "ALTER TABLE events.edition DROP COLUMN withdrawn_at; ALTER TABLE events.leg DROP COLUMN changed_at"
    )
