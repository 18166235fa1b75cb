"""What comes later to a case: a wall, a word that an officer was told, and its end.

An officer has no part in a wall of their own. What no command changes of a case or of a wall, the service cannot change.
"""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0006"
down_revision = "care_0005"
branch_labels = None
depends_on = None

ME = "(SELECT platform.caller('person')::uuid)"
OFFICER, WORKER = "(SELECT platform.caller_is('care_officer'))", "(SELECT platform.caller_is('worker'))"
COUNSELLOR, PARTICIPANT = (f"(SELECT platform.caller_is('{one}'))" for one in ("counsellor", "participant"))
# a tool of nobody's is named by none
OF_OTHERS = f"{OFFICER} AND counsellor_id IS DISTINCT FROM {ME} AND participant_id IS DISTINCT FROM {ME}"
# Without a person who calls, `walled` knows no answer: then there is no part in it either.
OPENS = f"{OFFICER} AND NOT care.walled({ME}, person_id)"
FIRST_WORD = f"({PARTICIPANT} AND person_id = {ME} OR {OPENS}) AND state = 'open' AND counsellor_id IS NULL"
CASE = "EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id)"
OPENED = f"{OFFICER} AND EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id AND o.state = 'open' AND NOT care.walled({ME}, o.person_id))"
MINE = f"{COUNSELLOR} AND {CASE} AND counsellor_id = {ME}"
ITS_MESSAGE = f"{PARTICIPANT} AND {CASE} AND counsellor_id IS NULL AND message_id IS NOT NULL"
BOOKED = "EXISTS (SELECT FROM care.care_case AS c WHERE c.id = booking.case_id)"
CANCELS = (
    f"({OFFICER} OR {PARTICIPANT} AND {BOOKED}) AND state = 'cancelled' "
    f"OR {COUNSELLOR} AND counsellor_id = {ME} AND {BOOKED}"
)
# Whose a case is and which clocks they live by is forgotten by the database itself: no statement of the service's may
# touch the first.
FORGOTTEN = """
CREATE FUNCTION care.case_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE care.booking SET participant_zone = NULL WHERE case_id = NEW.id;
    NEW.person_id := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER case_forgotten BEFORE UPDATE OF state ON care.care_case FOR EACH ROW
    WHEN (NEW.state = 'shredded' AND OLD.state <> 'shredded') EXECUTE FUNCTION care.case_forgotten();
-- Whoever reads it null has a shredded case before them, which no participant and no counsellor finds.
-- squawk-ignore ban-drop-not-null
ALTER TABLE care.booking ALTER COLUMN participant_zone DROP NOT NULL;
UPDATE care.booking AS b SET participant_zone = NULL FROM care.care_case AS c
    WHERE c.id = b.case_id AND c.state = 'shredded';
"""
CHANGED = {
    "care_case": "counsellor_id, organisation_id, state, closed_on, outcome, keep_until, shredded_at, row_version",
    "person_wall": "reason, set_at, lifted_at, row_version",
}


def upgrade() -> None:
    run(FORGOTTEN)
    for table, columns in CHANGED.items():
        run(
            f"REVOKE UPDATE ON care.{table} FROM {CARE.application}; "
            f"GRANT UPDATE ({columns}) ON care.{table} TO {CARE.application}"
        )
    run(
        f"ALTER POLICY person_wall_select ON care.person_wall USING ({OF_OTHERS}); "
        f"ALTER POLICY person_wall_insert ON care.person_wall WITH CHECK ({OF_OTHERS}); "
        f"ALTER POLICY person_wall_update ON care.person_wall USING ({OF_OTHERS}) WITH CHECK ({OF_OTHERS}); "
        f"ALTER POLICY care_case_insert ON care.care_case WITH CHECK ({FIRST_WORD}); "
        f"ALTER POLICY case_key_insert ON care.case_key WITH CHECK ({PARTICIPANT} AND {CASE} OR {OPENED}); "
        f"ALTER POLICY contact_insert ON care.contact WITH CHECK ({MINE} OR {ITS_MESSAGE} "
        f"OR {OPENED} AND counsellor_id IS NULL AND message_id IS NULL); "
        f"ALTER POLICY booking_update ON care.booking WITH CHECK ({CANCELS} OR {WORKER})"
    )


def downgrade() -> None:
    first_word = f"{PARTICIPANT} AND person_id = {ME} AND state = 'open' AND counsellor_id IS NULL"
    run(
        f"ALTER POLICY person_wall_select ON care.person_wall USING ({OFFICER}); "
        f"ALTER POLICY person_wall_insert ON care.person_wall WITH CHECK ({OFFICER}); "
        f"ALTER POLICY person_wall_update ON care.person_wall USING ({OFFICER}) WITH CHECK ({OFFICER}); "
        f"ALTER POLICY care_case_insert ON care.care_case WITH CHECK ({first_word}); "
        f"ALTER POLICY case_key_insert ON care.case_key WITH CHECK ({PARTICIPANT} AND {CASE}); "
        f"ALTER POLICY contact_insert ON care.contact WITH CHECK ({MINE} OR {ITS_MESSAGE}); "
        f"ALTER POLICY booking_update ON care.booking WITH CHECK ({CANCELS})"
    )
    for table, columns in CHANGED.items():
        run(
            f"REVOKE UPDATE ({columns}) ON care.{table} FROM {CARE.application}; "
            f"GRANT UPDATE ON care.{table} TO {CARE.application}"
        )
    run(
        "DROP TRIGGER case_forgotten ON care.care_case; DROP FUNCTION care.case_forgotten; "
        "UPDATE care.booking SET participant_zone = 'Asia/Tokyo' WHERE participant_zone IS NULL; "
        "ALTER TABLE care.booking ALTER COLUMN participant_zone SET NOT NULL"
    )
