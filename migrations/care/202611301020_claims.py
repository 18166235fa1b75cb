"""Claims for a clinic's bill: receipts, exchange rates, terms, a person's allowance of a fiscal year, and payments.

The database holds the cap: what is granted to a claim is counted in its person's allowance of the year of the service
day, by a trigger, and the allowance holds no more than its cap.
"""

from migrations.histories import CARE
from services.kit.db.migration import run

revision = "care_0003"
down_revision = "care_0002"
branch_labels = None
depends_on = None

FISCAL_YEAR = "extract(year FROM service_on)::integer - (extract(month FROM service_on) < 4)::integer"
# A sample of CLAIR's: half of a bill, up to 20,000 yen a fiscal year (2017).
TERMS = """
CREATE TABLE care.subsidy_term (
    id uuid CONSTRAINT subsidy_term_pkey PRIMARY KEY DEFAULT uuidv7(),
    fiscal_year integer NOT NULL CONSTRAINT subsidy_term_fiscal_year_key UNIQUE,
    subsidy_percent integer NOT NULL CONSTRAINT subsidy_term_percent CHECK (subsidy_percent BETWEEN 1 AND 100),
    cap_yen integer NOT NULL CONSTRAINT subsidy_term_cap CHECK (cap_yen > 0),
    row_version bigint NOT NULL DEFAULT 1
);
INSERT INTO care.subsidy_term (fiscal_year, subsidy_percent, cap_yen) VALUES (2017, 50, 20000);
CREATE TABLE care.exchange_rate (
    id uuid CONSTRAINT exchange_rate_pkey PRIMARY KEY DEFAULT uuidv7(),
    currency text NOT NULL CONSTRAINT exchange_rate_currency CHECK (currency ~ '^[A-Z]{3}$' AND currency <> 'JPY'),
    valid_from date NOT NULL, valid_to date NOT NULL,
    effective daterange GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    yen_rate numeric(18, 6) NOT NULL CONSTRAINT exchange_rate_yen_rate CHECK (yen_rate > 0 AND yen_rate < 1000000),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT exchange_rate_once UNIQUE (currency, valid_from),
    CONSTRAINT exchange_rate_order CHECK (valid_from <= valid_to),
    CONSTRAINT exchange_rate_one_a_day EXCLUDE USING gist (currency WITH =, effective WITH &&)
);
"""
# `person_id` goes when the last case of that person's that has a claim of the year is shredded; the sums stay.
CLAIMS = f"""
CREATE TABLE care.allowance (
    id uuid CONSTRAINT allowance_pkey PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid, fiscal_year integer NOT NULL, cap_yen integer NOT NULL,
    granted_yen integer NOT NULL DEFAULT 0,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT allowance_once UNIQUE (person_id, fiscal_year),
    CONSTRAINT allowance_within_cap CHECK (granted_yen BETWEEN 0 AND cap_yen)
);
CREATE TABLE care.claim_payment (
    id uuid CONSTRAINT claim_payment_pkey PRIMARY KEY,
    pay_on date NOT NULL, made_on date NOT NULL DEFAULT platform.today(), made_by uuid NOT NULL,
    claims integer NOT NULL, total_yen integer NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT claim_payment_ahead CHECK (pay_on >= made_on),
    CONSTRAINT claim_payment_of_something CHECK (claims > 0 AND total_yen > 0)
);
CREATE TABLE care.claim (
    id uuid CONSTRAINT claim_pkey PRIMARY KEY,
    case_id uuid NOT NULL CONSTRAINT claim_case_id_fkey REFERENCES care.care_case (id),
    service_on date NOT NULL,
    fiscal_year integer NOT NULL GENERATED ALWAYS AS ({FISCAL_YEAR}) STORED,
    currency text NOT NULL CONSTRAINT claim_currency CHECK (currency ~ '^[A-Z]{{3}}$'),
    amount numeric(18, 6) NOT NULL CONSTRAINT claim_amount CHECK (amount > 0 AND amount < 1000000000),
    details bytea NOT NULL, answer bytea,
    state text NOT NULL DEFAULT 'draft',
    submitted_at timestamptz, decided_at timestamptz, decided_by uuid,
    amount_yen bigint, granted_yen integer,
    pay_on date, payment_id uuid CONSTRAINT claim_payment_id_fkey REFERENCES care.claim_payment (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT claim_state CHECK (state IN ('draft', 'submitted', 'returned', 'approved', 'refused', 'paid')),
    CONSTRAINT claim_submitted CHECK (state = 'draft' OR submitted_at IS NOT NULL),
    CONSTRAINT claim_decided CHECK ((state IN ('draft', 'submitted')) OR
        (decided_at IS NOT NULL AND decided_by IS NOT NULL)),
    CONSTRAINT claim_granted CHECK (
        CASE WHEN state IN ('approved', 'paid') THEN granted_yen IS NOT NULL AND granted_yen > 0
            AND amount_yen IS NOT NULL AND granted_yen <= amount_yen ELSE granted_yen IS NULL END),
    CONSTRAINT claim_paid CHECK ((state = 'paid') = (payment_id IS NOT NULL)
        AND (state = 'paid') = (pay_on IS NOT NULL)),
    CONSTRAINT claim_whole_yen CHECK (currency <> 'JPY' OR amount = trunc(amount))
);
CREATE INDEX claim_case_id_idx ON care.claim (case_id);
CREATE INDEX claim_payment_id_idx ON care.claim (payment_id);
CREATE TABLE care.claim_receipt (
    id uuid CONSTRAINT claim_receipt_pkey PRIMARY KEY,
    claim_id uuid NOT NULL CONSTRAINT claim_receipt_claim_id_fkey REFERENCES care.claim (id),
    media_type text NOT NULL,
    size integer NOT NULL, content bytea NOT NULL,
    added_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT claim_receipt_media_type CHECK (
        media_type IN ('image/jpeg', 'image/png', 'image/heic', 'application/pdf')),
    CONSTRAINT claim_receipt_size CHECK (size BETWEEN 1 AND 10485760 AND octet_length(content) = size + 28)
);
ALTER TABLE care.claim_receipt ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX claim_receipt_claim_id_idx ON care.claim_receipt (claim_id);
CREATE TABLE care.claim_figure (
    fiscal_year integer CONSTRAINT claim_figure_pkey PRIMARY KEY,
    claims integer NOT NULL, persons integer NOT NULL, yen integer NOT NULL
);
"""
TRIGGERS = """
CREATE FUNCTION care.claim_within_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.service_on > platform.today() THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_served',
            MESSAGE = 'the service day lies ahead';
    END IF;
    IF EXISTS (SELECT FROM care.care_case AS c WHERE c.id = NEW.case_id AND c.person_id = NEW.decided_by) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_decided_by_another',
            MESSAGE = 'nobody decides a claim of their own';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_within_rules BEFORE INSERT OR UPDATE OF service_on, decided_by ON care.claim
    FOR EACH ROW EXECUTE FUNCTION care.claim_within_rules();
CREATE FUNCTION care.claim_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more integer := coalesce(NEW.granted_yen, 0) - CASE TG_OP WHEN 'INSERT' THEN 0 ELSE coalesce(OLD.granted_yen, 0) END;
    held integer;
BEGIN
    IF more = 0 THEN
        RETURN NULL;
    END IF;
    IF more < 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_stays_granted',
            MESSAGE = 'what was granted is not taken back';
    END IF;
    UPDATE care.allowance AS a SET granted_yen = a.granted_yen + more, row_version = a.row_version + 1
    FROM care.care_case AS c
    WHERE c.id = NEW.case_id AND a.person_id = c.person_id AND a.fiscal_year = NEW.fiscal_year
    RETURNING a.granted_yen INTO held;
    IF held IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_of_an_allowance',
            MESSAGE = 'there is no allowance of this year';
    END IF;
    INSERT INTO care.claim_figure AS f (fiscal_year, claims, persons, yen)
    VALUES (NEW.fiscal_year, 1, (held = more)::integer, more)
    ON CONFLICT (fiscal_year) DO UPDATE SET claims = f.claims + 1, persons = f.persons + (held = more)::integer,
        yen = f.yen + more;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_counted AFTER INSERT OR UPDATE OF granted_yen ON care.claim
    FOR EACH ROW EXECUTE FUNCTION care.claim_counted();
CREATE FUNCTION care.claims_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM care.claim_receipt AS r USING care.claim AS m WHERE m.id = r.claim_id AND m.case_id = NEW.id;
    UPDATE care.allowance AS a SET person_id = NULL, row_version = a.row_version + 1
    WHERE a.person_id = OLD.person_id AND NOT EXISTS (
        SELECT FROM care.claim AS m JOIN care.care_case AS c ON c.id = m.case_id
        WHERE c.person_id = OLD.person_id AND m.fiscal_year = a.fiscal_year);
    RETURN NULL;
END $$;
CREATE TRIGGER claims_forgotten AFTER UPDATE OF state ON care.care_case FOR EACH ROW
    WHEN (NEW.state = 'shredded' AND OLD.state <> 'shredded') EXECUTE FUNCTION care.claims_forgotten();
"""

ME = "(SELECT platform.caller('person')::uuid)"
OFFICER, WORKER = "(SELECT platform.caller_is('care_officer'))", "(SELECT platform.caller_is('worker'))"
PARTICIPANT = "(SELECT platform.caller_is('participant'))"
# A named wall parts an officer of counselling from a participant too, and from oneself; a tool of nobody's is held by none.
DECIDES = f"{OFFICER} AND {ME} IS NOT NULL AND care.walled({ME}, {{person}}) IS NOT TRUE"
OWN = f"{PARTICIPANT} AND {{person}} = {ME}"
# What is not handed in is its writer's alone; each stores the states that they bring a claim to.
CASE = "EXISTS (SELECT FROM care.care_case AS o WHERE o.id = case_id AND {of})"
DECIDED = CASE.format(of=DECIDES.format(person="o.person_id"))
CLAIMED = CASE.format(of=OWN.format(person="o.person_id"))
OF_CASE = f"{DECIDED} AND state <> 'draft' OR {CLAIMED} OR {WORKER}"
MOVES = f"{DECIDED} AND state NOT IN ('draft', 'submitted') OR {CLAIMED} AND state IN ('draft', 'submitted', 'returned')"
OF_PERSON = f"{DECIDES.format(person='person_id')} OR {OWN.format(person='person_id')} OR {WORKER}"
COUNTS = f"{DECIDES.format(person='person_id')} OR {WORKER}"
OF_CLAIM = "EXISTS (SELECT FROM care.claim AS m WHERE m.id = claim_id)"
KEY = f"{OFFICER} AND EXISTS (SELECT FROM care.claim AS m WHERE m.case_id = case_key.case_id)"
# Whom a wall parts from one of its claims does not find the payment.
OF_PAYMENT = (
    f"{OFFICER} AND claims = (SELECT count(*) FROM care.claim AS m WHERE m.payment_id = claim_payment.id)"
)
KNOWN = f"{OFFICER} OR {PARTICIPANT} OR {WORKER}"
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(TERMS + CLAIMS)
    run(TRIGGERS)
    for table in ("subsidy_term", "exchange_rate"):
        CARE.wall(table, read=KNOWN, write=OFFICER, grants=KEEP)
    CARE.wall(
        "allowance", read=OF_PERSON, write=COUNTS, insert=DECIDES.format(person="person_id"), grants=KEEP
    )
    CARE.wall("claim", read=OF_CASE, write=MOVES, insert=f"{CLAIMED} AND state = 'draft'", grants=KEEP)
    CARE.wall(
        "claim_receipt",
        read=OF_CLAIM,
        insert=f"{PARTICIPANT} AND {OF_CLAIM}",
        delete=f"{PARTICIPANT} OR {WORKER}",
        grants="SELECT, INSERT, DELETE",
    )
    CARE.wall(
        "claim_payment", read=OF_PAYMENT, write=f"{OFFICER} AND made_by = {ME}", grants="SELECT, INSERT"
    )
    run(f"CREATE POLICY case_key_claim_select ON care.case_key FOR SELECT TO care_app USING ({KEY})")
    CARE.wall("claim_figure", read=OFFICER, write=OFFICER, grants=KEEP)


def downgrade() -> None:
    run(
        "DROP POLICY case_key_claim_select ON care.case_key; DROP TRIGGER claims_forgotten ON care.care_case; "
        "DROP TABLE care.claim_receipt, care.claim, care.claim_payment, care.allowance, care.claim_figure, "
        "care.exchange_rate, care.subsidy_term; "
        "DROP FUNCTION care.claim_within_rules, care.claim_counted, care.claims_forgotten"
    )
