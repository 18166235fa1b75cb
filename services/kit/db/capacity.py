"""Pools of seats and the claims on them, as SQL for a service's schema (`Schema.capacity`)."""

# No statement takes a pool beyond its seats: whatever claims hold is counted in `taken`, which has a check.
CAPACITY = """
CREATE TABLE {s}.capacity_pool (
    id uuid CONSTRAINT capacity_pool_pkey PRIMARY KEY DEFAULT uuidv7(),
    resource text NOT NULL,
    seats integer CONSTRAINT capacity_pool_seats CHECK (seats >= 0),
    taken integer NOT NULL DEFAULT 0,
    drawn integer NOT NULL DEFAULT 0,
    offer_hours integer NOT NULL DEFAULT 72 CONSTRAINT capacity_pool_offer_hours CHECK (offer_hours BETWEEN 1 AND 8760),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT capacity_pool_not_overdrawn CHECK (taken >= 0 AND (seats IS NULL OR taken <= seats))
);
CREATE TABLE {s}.capacity_claim (
    id uuid CONSTRAINT capacity_claim_pkey PRIMARY KEY DEFAULT uuidv7(),
    pool_id uuid NOT NULL CONSTRAINT capacity_claim_pool_id_fkey REFERENCES {s}.capacity_pool (id),
    party smallint NOT NULL DEFAULT 1 CONSTRAINT capacity_claim_party CHECK (party BETWEEN 1 AND 99),
    priority smallint NOT NULL DEFAULT 0,
    state text NOT NULL CONSTRAINT capacity_claim_state
        CHECK (state IN ('waiting', 'offered', 'confirmed', 'released', 'lapsed')),
    number integer CONSTRAINT capacity_claim_number CHECK (number > 0),
    claimed_at timestamptz NOT NULL DEFAULT platform.now(),
    offer_ends_at timestamptz,
    organisation_id uuid CONSTRAINT capacity_claim_organisation_id_fkey REFERENCES directory.organisation (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT capacity_claim_number_once UNIQUE (pool_id, number),
    CONSTRAINT capacity_claim_numbered CHECK (number IS NOT NULL OR state IN ('confirmed', 'released')),
    CONSTRAINT capacity_claim_offered CHECK ((state = 'offered') = (offer_ends_at IS NOT NULL))
);
CREATE INDEX capacity_claim_queue_idx ON {s}.capacity_claim (pool_id, priority, number) WHERE state = 'waiting';
CREATE INDEX capacity_claim_offers_idx ON {s}.capacity_claim (offer_ends_at) WHERE state = 'offered';
CREATE FUNCTION {s}.capacity_take() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE {s}.capacity_pool AS p SET taken = p.taken + m.party FROM (
            SELECT pool_id, sum(party) AS party FROM after_it WHERE state IN ('offered', 'confirmed') GROUP BY 1
        ) AS m WHERE p.id = m.pool_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE {s}.capacity_pool AS p SET taken = p.taken - m.party FROM (
            SELECT pool_id, sum(party) AS party FROM before_it WHERE state IN ('offered', 'confirmed') GROUP BY 1
        ) AS m WHERE p.id = m.pool_id;
    ELSE
        UPDATE {s}.capacity_pool AS p SET taken = p.taken + m.party FROM (
            SELECT pool_id, sum(party) AS party FROM (
                SELECT pool_id, party, state FROM after_it
                UNION ALL SELECT pool_id, -party, state FROM before_it
            ) AS both_sides WHERE state IN ('offered', 'confirmed') GROUP BY 1 HAVING sum(party) <> 0
        ) AS m WHERE p.id = m.pool_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER capacity_claim_inserted AFTER INSERT ON {s}.capacity_claim
    REFERENCING NEW TABLE AS after_it FOR EACH STATEMENT EXECUTE FUNCTION {s}.capacity_take();
CREATE TRIGGER capacity_claim_updated AFTER UPDATE ON {s}.capacity_claim
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION {s}.capacity_take();
CREATE TRIGGER capacity_claim_deleted AFTER DELETE ON {s}.capacity_claim
    REFERENCING OLD TABLE AS before_it FOR EACH STATEMENT EXECUTE FUNCTION {s}.capacity_take();
"""
