"""What outlasts a case for a while: a claim that waits, a talk that had begun, and a wall that nobody needs any more.

The copy of the roster knows people by their JET number, and an opening its case by the pseudonym.
"""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0007"
down_revision = "care_0006"
branch_labels = None
depends_on = None

# Empty until the next copy. Who is on it twice has one number, and one number is one person's.
NUMBERS = "ALTER TABLE care.serving ADD COLUMN jet_number text;"
# Who protects the data finds no case: its opening says which it is of.
CALLED = """
ALTER TABLE care.glass_opening ADD COLUMN pseudonym text;
UPDATE care.glass_opening AS g SET pseudonym = c.pseudonym FROM care.care_case AS c WHERE c.id = g.case_id;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE care.glass_opening ALTER COLUMN pseudonym SET NOT NULL;
CREATE FUNCTION care.called_by_its_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.pseudonym := (SELECT c.pseudonym FROM care.care_case AS c WHERE c.id = NEW.case_id);
    RETURN NEW;
END $$;
CREATE TRIGGER glass_opening_called BEFORE INSERT ON care.glass_opening
    FOR EACH ROW EXECUTE FUNCTION care.called_by_its_case();
"""
LAST_YEAR = "extract(year FROM platform.today() - interval '3 months')::integer - 1"
CLAIMS = f"""
CREATE FUNCTION care.claims_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM care.claim AS m WHERE m.case_id = NEW.id AND (m.state IN ('submitted', 'approved')
            OR m.state = 'paid' AND m.pay_on >= platform.today()
            OR m.state IN ('draft', 'returned') AND m.fiscal_year >= {LAST_YEAR})) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'care_case_claims_ended',
            MESSAGE = 'a claim in the case waits';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER care_case_claims_ended BEFORE UPDATE OF state ON care.care_case FOR EACH ROW
    WHEN (NEW.state = 'shredded' AND OLD.state <> 'shredded') EXECUTE FUNCTION care.claims_ended();
"""
# A talk that was booked while the case was open is a contact in it, whenever it is recorded.
TALKS = """
-- squawk-ignore adding-foreign-key-constraint, disallowed-unique-constraint
ALTER TABLE care.contact ADD COLUMN booking_id uuid CONSTRAINT contact_booking_id_key UNIQUE CONSTRAINT contact_booking_id_fkey REFERENCES care.booking (id);
CREATE FUNCTION care.contact_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM care.care_case AS c WHERE c.id = NEW.case_id AND (c.state = 'open' OR c.state = 'closed'
        AND EXISTS (SELECT FROM care.booking AS b WHERE b.id = NEW.booking_id AND b.case_id = c.id AND b.state = 'held'))
        FOR SHARE OF c;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'of_open_case', MESSAGE = 'the case is not open';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER contact_of_open_case ON care.contact;
CREATE TRIGGER contact_in_time BEFORE INSERT ON care.contact FOR EACH ROW EXECUTE FUNCTION care.contact_in_time();
"""
# The last day on which it stood, and its participant had a case or served.
WALLS = """
-- squawk-ignore adding-field-with-default
ALTER TABLE care.person_wall ADD COLUMN needed_on date NOT NULL DEFAULT platform.today();
"""

ME = "(SELECT platform.caller('person')::uuid)"
OFFICER, WORKER = "(SELECT platform.caller_is('care_officer'))", "(SELECT platform.caller_is('worker'))"
COUNSELLOR, PARTICIPANT = (f"(SELECT platform.caller_is('{one}'))" for one in ("counsellor", "participant"))
OF_OTHERS = f"{OFFICER} AND counsellor_id IS DISTINCT FROM {ME} AND participant_id IS DISTINCT FROM {ME}"
CASE = "EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id)"
OPENED = f"{OFFICER} AND EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id AND o.state = 'open' AND NOT care.walled({ME}, o.person_id))"
NOTES = (
    f"{COUNSELLOR} AND {CASE} AND counsellor_id = {ME} "
    f"OR {PARTICIPANT} AND {CASE} AND counsellor_id IS NULL AND message_id IS NOT NULL "
    f"OR {OPENED} AND counsellor_id IS NULL AND message_id IS NULL"
)
HELD = (
    f"{OFFICER} AND message_id IS NULL AND EXISTS (SELECT FROM care.booking AS b WHERE b.id = booking_id "
    "AND b.case_id = contact.case_id AND b.counsellor_id = contact.counsellor_id AND b.state = 'held')"
)
BOOKED = "EXISTS (SELECT FROM care.care_case AS c WHERE c.id = booking.case_id)"
MINE = f"{COUNSELLOR} AND counsellor_id = {ME} AND {BOOKED}"
CANCELS = f"({OFFICER} OR {PARTICIPANT} AND {BOOKED}) AND state = 'cancelled' OR {MINE} OR {WORKER}"
RECORDS = f"{OFFICER} AND state IN ('held', 'no_show') AND starts_at <= platform.now()"


def upgrade() -> None:
    run(NUMBERS + CALLED + CLAIMS)
    run(TALKS + WALLS)
    run(
        f"ALTER POLICY contact_insert ON care.contact WITH CHECK ({NOTES} OR {HELD}); "
        f"ALTER POLICY booking_update ON care.booking WITH CHECK ({CANCELS} OR {RECORDS}); "
        f"ALTER POLICY person_wall_select ON care.person_wall USING ({OF_OTHERS} OR {WORKER}); "
        f"ALTER POLICY person_wall_update ON care.person_wall USING ({OF_OTHERS} OR {WORKER}) "
        f"WITH CHECK ({OF_OTHERS} OR {WORKER}); "
        f"GRANT UPDATE (needed_on), DELETE ON care.person_wall TO {CARE.application}; "
        f"CREATE POLICY person_wall_delete ON care.person_wall FOR DELETE TO {CARE.application} "
        f"USING ({WORKER} AND needed_on < make_date({LAST_YEAR}, 4, 1))"
    )


def downgrade() -> None:
    run(
        f"DROP POLICY person_wall_delete ON care.person_wall; REVOKE DELETE ON care.person_wall FROM {CARE.application}; "
        f"ALTER POLICY person_wall_select ON care.person_wall USING ({OF_OTHERS}); "
        f"ALTER POLICY person_wall_update ON care.person_wall USING ({OF_OTHERS}) WITH CHECK ({OF_OTHERS}); "
        f"ALTER POLICY booking_update ON care.booking WITH CHECK ({CANCELS}); "
        f"ALTER POLICY contact_insert ON care.contact WITH CHECK ({NOTES})"
    )
    run(
        "DROP TRIGGER contact_in_time ON care.contact; DROP FUNCTION care.contact_in_time; "
        "CREATE TRIGGER contact_of_open_case BEFORE INSERT ON care.contact "
        "FOR EACH ROW EXECUTE FUNCTION care.of_open_case(); "
        "DROP TRIGGER care_case_claims_ended ON care.care_case; DROP FUNCTION care.claims_ended; "
        "DROP TRIGGER glass_opening_called ON care.glass_opening; DROP FUNCTION care.called_by_its_case; "
        "ALTER TABLE care.contact DROP COLUMN booking_id; ALTER TABLE care.person_wall DROP COLUMN needed_on; "
        "ALTER TABLE care.glass_opening DROP COLUMN pseudonym; ALTER TABLE care.serving DROP COLUMN jet_number"
    )
