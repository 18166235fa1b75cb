"""Two lines of the log that are alike in all are two; a tick is of who takes over; a list of bodies is a channel."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0013"
down_revision = "events_0012"
branch_labels = None
depends_on = None

ALIKE = """
ALTER TABLE events.support ADD COLUMN alike_no integer NOT NULL DEFAULT 1
    CONSTRAINT support_alike_no CHECK (alike_no > 0);
ALTER TABLE events.office_contact ADD CONSTRAINT office_contact_of_office UNIQUE (id, office);
ALTER TABLE events.support ADD CONSTRAINT support_contact_office
    FOREIGN KEY (contact_id, office) REFERENCES events.office_contact (id, office);
-- squawk-ignore ban-drop-constraint
ALTER TABLE events.support DROP CONSTRAINT support_once;
ALTER TABLE events.support ADD CONSTRAINT support_once
    UNIQUE NULLS NOT DISTINCT (office, received_on, kind, organisation_id, told, alike_no);
"""
TICKS = """
CREATE FUNCTION events.hand_over_unticked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM events.hand_over_matter AS m WHERE m.hand_over_id = NEW.id AND m.ticked_at IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_over_persons',
            MESSAGE = 'what a successor ticked is not what the next one ticks';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hand_over_unticked BEFORE UPDATE ON events.hand_over
    FOR EACH ROW WHEN (NEW.successor_id IS NULL AND OLD.successor_id IS NOT NULL)
    EXECUTE FUNCTION events.hand_over_unticked();
"""
# 団体リスト: how many bodies a list has is read as other numbers are
KINDS = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE events.channel DROP CONSTRAINT channel_kind;
ALTER TABLE events.channel ADD CONSTRAINT channel_kind CHECK (kind IN ({kinds}));
"""
BEFORE = "'sns', 'blog', 'mail_list', 'library', 'site'"


def upgrade() -> None:
    run(KINDS.format(kinds=f"{BEFORE}, 'body_list'"))
    run(ALIKE + TICKS)
    run(
        f"REVOKE UPDATE ON events.hand_over_matter FROM {EVENTS.application}; "
        f"GRANT UPDATE (ticked_at, row_version) ON events.hand_over_matter TO {EVENTS.application}"
    )


def downgrade() -> None:
    run(f"GRANT UPDATE ON events.hand_over_matter TO {EVENTS.application}")
    run(
        "DROP TRIGGER hand_over_unticked ON events.hand_over; DROP FUNCTION events.hand_over_unticked; "
        "ALTER TABLE events.support DROP CONSTRAINT support_contact_office; "
        "ALTER TABLE events.office_contact DROP CONSTRAINT office_contact_of_office; "
        "ALTER TABLE events.support DROP CONSTRAINT support_once; "
        + KINDS.format(kinds=BEFORE)
        + "ALTER TABLE events.support DROP COLUMN alike_no; ALTER TABLE events.support ADD CONSTRAINT support_once "
        "UNIQUE NULLS NOT DISTINCT (office, received_on, kind, organisation_id, told)"
    )
