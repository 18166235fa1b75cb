"""Conflicts that are computed from facts, in both walls; panels, their scores, and the rank of each application."""

from migrations.histories import GRANTS
from services.kit.db.migration import run

revision = "grants_0007"
down_revision = "grants_0006"
branch_labels = None
depends_on = None

# Owned by the schema's owner: whoever is in conflict is held by the facts, and is shown none of a colleague's.
CONFLICT = """
CREATE TABLE grants.declared_relation (
    id uuid CONSTRAINT declared_relation_pkey PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid NOT NULL CONSTRAINT declared_relation_person_fkey REFERENCES directory.person (id),
    organisation_id uuid CONSTRAINT declared_relation_organisation_fkey REFERENCES directory.organisation (id),
    application_id uuid CONSTRAINT declared_relation_application_fkey REFERENCES grants.application (id),
    reason text NOT NULL, valid_from date NOT NULL, valid_to date,
    declared_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT declared_relation_to_one CHECK (num_nonnulls(organisation_id, application_id) = 1),
    CONSTRAINT declared_relation_term CHECK (valid_from <= valid_to)
);
CREATE INDEX declared_relation_person_idx ON grants.declared_relation (person_id);
CREATE FUNCTION grants.in_conflict(person uuid, application uuid, round uuid, organisations uuid[]) RETURNS boolean
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    WITH rule AS (
        SELECT coalesce((v.rules #>> '{conflicts,years_after_return}')::integer, 2) AS years,
            coalesce((v.rules #>> '{conflicts,members_of_host}')::boolean, true) AS members
        FROM grants.round AS r LEFT JOIN grants.rule_version AS v ON v.id = r.rule_version_id WHERE r.id = in_conflict.round
    ), declared AS (
        SELECT d.organisation_id, d.application_id FROM grants.declared_relation AS d
        WHERE d.person_id = person AND platform.today() BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity')
    ), related AS (
        SELECT s.home_id AS id FROM directory.secondment AS s, rule
        WHERE s.person_id = person AND platform.today() >= coalesce(s.valid_from, '-infinity')
            AND platform.today() <= coalesce(s.valid_to + make_interval(years => rule.years), 'infinity')
        UNION SELECT organisation_id FROM declared WHERE organisation_id IS NOT NULL
    )
    SELECT EXISTS (SELECT FROM declared AS d WHERE d.application_id = application)
        OR EXISTS (SELECT FROM related AS o WHERE o.id = ANY (organisations))
        OR EXISTS (SELECT FROM related AS o JOIN rule ON rule.members JOIN directory.hierarchy AS h ON h.host_id = o.id
                   WHERE h.member_id = ANY (organisations) AND h.effective @> platform.today())
$$;
REVOKE EXECUTE ON FUNCTION grants.in_conflict FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.in_conflict TO grants_app;
"""
PANELS = """
CREATE TABLE grants.panel (
    id uuid CONSTRAINT panel_pkey PRIMARY KEY DEFAULT uuidv7(),
    round_id uuid NOT NULL CONSTRAINT panel_once UNIQUE, section text NOT NULL,
    rubric jsonb NOT NULL CONSTRAINT panel_rubric CHECK (jsonb_typeof(rubric) = 'object'),
    ranked_at timestamptz,
    ranked_by uuid CONSTRAINT panel_ranked_by_fkey REFERENCES directory.person (id),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT panel_of_section UNIQUE (id, section),
    CONSTRAINT panel_signed CHECK ((ranked_at IS NULL) = (ranked_by IS NULL)),
    CONSTRAINT panel_round_fkey FOREIGN KEY (round_id, section)
        REFERENCES grants.round (id, section) ON UPDATE CASCADE
);
CREATE TABLE grants.panel_member (
    id uuid CONSTRAINT panel_member_pkey PRIMARY KEY DEFAULT uuidv7(),
    panel_id uuid NOT NULL, section text NOT NULL,
    person_id uuid NOT NULL CONSTRAINT panel_member_person_fkey REFERENCES directory.person (id),
    joined_at timestamptz NOT NULL DEFAULT platform.now(),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT panel_member_once UNIQUE (panel_id, person_id),
    CONSTRAINT panel_member_panel_fkey FOREIGN KEY (panel_id, section)
        REFERENCES grants.panel (id, section) ON UPDATE CASCADE
);
CREATE TABLE grants.review (
    id uuid CONSTRAINT review_pkey PRIMARY KEY DEFAULT uuidv7(),
    panel_id uuid NOT NULL CONSTRAINT review_panel_fkey REFERENCES grants.panel (id),
    application_id uuid NOT NULL CONSTRAINT review_application_fkey REFERENCES grants.application (id),
    reviewer_id uuid NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT platform.now(),
    scores jsonb CONSTRAINT review_scores CHECK (jsonb_typeof(scores) = 'object'),
    remark text, sealed_at timestamptz, counted boolean,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT review_once UNIQUE (application_id, reviewer_id),
    CONSTRAINT review_by_member FOREIGN KEY (panel_id, reviewer_id) REFERENCES grants.panel_member (panel_id, person_id),
    CONSTRAINT review_whole CHECK ((scores IS NULL) = (sealed_at IS NULL) AND (remark IS NULL OR sealed_at IS NOT NULL)),
    CONSTRAINT review_counted CHECK (NOT counted OR sealed_at IS NOT NULL)
);
CREATE INDEX review_panel_idx ON grants.review (panel_id);
"""
# The rows of others are there for a member of the panel once the own one of that application is sealed, or all is ranked.
# Who serves is asked of others' posts, and whether nothing is left of what the signer may not see: hence the owner's rights.
RULES = """
CREATE FUNCTION grants.unblinded(person uuid, panel uuid, application uuid) RETURNS boolean
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT NOT EXISTS (SELECT FROM grants.panel_member AS m WHERE m.panel_id = panel AND m.person_id = person)
        OR EXISTS (SELECT FROM grants.panel AS p WHERE p.id = panel AND p.ranked_at IS NOT NULL)
        OR EXISTS (SELECT FROM grants.review AS r WHERE r.panel_id = panel AND r.application_id = application
                   AND r.reviewer_id = person AND r.sealed_at IS NOT NULL)
$$;
CREATE FUNCTION grants.serves(person uuid, section text) RETURNS boolean
    STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM directory.post AS p JOIN directory.organisation AS o ON o.id = p.organisation_id
        WHERE p.person_id = person AND o.kind = 'association' AND o.code = 'CLAIR' AND p.section = serves.section
            AND p.effective @> platform.today())
$$;
REVOKE EXECUTE ON FUNCTION grants.unblinded, grants.serves FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.unblinded, grants.serves TO grants_app;
CREATE FUNCTION grants.panel_member_serves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT grants.serves(NEW.person_id, NEW.section) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_member_serves',
            MESSAGE = 'a panel is of those who serve in the section';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER panel_member_serves BEFORE INSERT ON grants.panel_member
    FOR EACH ROW EXECUTE FUNCTION grants.panel_member_serves();
CREATE FUNCTION grants.review_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    IF EXISTS (SELECT FROM grants.panel AS p WHERE p.id = NEW.panel_id AND p.ranked_at IS NOT NULL) THEN
        broken := 'review_closed';
    ELSIF NOT EXISTS (SELECT FROM grants.application AS a JOIN grants.panel AS p USING (round_id)
        WHERE a.id = NEW.application_id AND p.id = NEW.panel_id) THEN
        broken := 'review_of_round';
    ELSIF TG_OP = 'UPDATE' AND OLD.sealed_at IS NOT NULL
        AND (NEW.scores, NEW.remark, NEW.sealed_at) IS DISTINCT FROM (OLD.scores, OLD.remark, OLD.sealed_at) THEN
        broken := 'review_sealed';
    ELSIF OLD.sealed_at IS NULL AND NEW.sealed_at IS NOT NULL
        AND NEW.reviewer_id IS DISTINCT FROM platform.caller('person')::uuid THEN
        broken := 'review_of_another';
    ELSIF (TG_OP = 'INSERT' OR NEW.counted) AND EXISTS (SELECT FROM grants.application AS a
        WHERE a.id = NEW.application_id
            AND grants.in_conflict(NEW.reviewer_id, a.id, a.round_id, a.organisation_id || a.member_ids)) THEN
        broken := 'review_in_conflict';
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'no such step of a review';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_holds BEFORE INSERT OR UPDATE ON grants.review
    FOR EACH ROW EXECUTE FUNCTION grants.review_holds();
CREATE FUNCTION grants.panel_ranks_all() RETURNS trigger
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ranked_at IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_stays', MESSAGE = 'a ranking stays';
    END IF;
    IF NEW.rubric <> OLD.rubric AND EXISTS (SELECT FROM grants.review AS r WHERE r.panel_id = NEW.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_rubric_stays',
            MESSAGE = 'a rubric stays once reviews are assigned';
    END IF;
    IF EXISTS (SELECT FROM grants.panel_member AS m WHERE m.panel_id = NEW.id AND m.person_id = NEW.ranked_by) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_signed_by_member',
            MESSAGE = 'a ranking is signed by who is no member';
    END IF;
    IF NEW.ranked_at IS NOT NULL AND (
        EXISTS (SELECT FROM grants.application AS a WHERE a.round_id = NEW.round_id
            AND a.state IN ('submitted', 'correction_requested', 'accepted', 'in_review'))
        OR EXISTS (SELECT FROM grants.round AS r WHERE r.id = NEW.round_id AND r.closes_at > platform.now()))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'panel_ranks_all',
            MESSAGE = 'all of a closed round are ranked together';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER panel_ranks_all BEFORE UPDATE ON grants.panel
    FOR EACH ROW EXECUTE FUNCTION grants.panel_ranks_all();
CREATE FUNCTION grants.application_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ((SELECT count(*) FROM grants.review AS r WHERE r.application_id = NEW.id AND r.counted)
        >= (SELECT (p.rubric ->> 'quorum')::integer FROM grants.panel AS p WHERE p.round_id = NEW.round_id)) IS NOT TRUE
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'application_quorum',
            MESSAGE = 'fewer scores than the quorum';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_quorum BEFORE UPDATE ON grants.application
    FOR EACH ROW WHEN (OLD.state = 'in_review' AND NEW.state = 'ranked') EXECUTE FUNCTION grants.application_quorum();
"""
STATES = (
    "draft", "internal_approval", "ready", "submitted", "correction_requested", "accepted", "dismissed", "withdrawn",
)  # fmt: skip
STEPS = (
    ("draft", "internal_approval"), ("internal_approval", "ready"), ("internal_approval", "draft"), ("ready", "draft"),
    ("draft", "submitted"), ("ready", "submitted"), ("correction_requested", "submitted"),
    ("submitted", "correction_requested"), ("submitted", "accepted"), ("correction_requested", "dismissed"),
    ("draft", "withdrawn"), ("internal_approval", "withdrawn"), ("ready", "withdrawn"), ("submitted", "withdrawn"),
    ("correction_requested", "withdrawn"), ("accepted", "withdrawn"),
)  # fmt: skip
REVIEWED = ("in_review", "ranked")
REVIEWING = (
    ("accepted", "in_review"), ("in_review", "ranked"), ("in_review", "withdrawn"), ("ranked", "withdrawn"),
)  # fmt: skip
ME = "(SELECT platform.caller('person')::uuid)"
MINE = "section = ANY ((SELECT grants.sections())::text[])"
FREE = f"NOT grants.in_conflict({ME}, id, round_id, organisation_id || member_ids)"
LEADS = "organisation_id = (SELECT grants.applicant())"
JOINS = "(SELECT grants.applicant()) = ANY (member_ids)"
WORKER = "(SELECT platform.caller_is('worker'))"
OFFICER = "(SELECT platform.caller_is('grant_officer'))"
OF = "EXISTS (SELECT FROM grants.application AS a WHERE a.id = application_id)"


def _moves(steps: tuple[tuple[str, str], ...], states: tuple[str, ...]) -> str:
    """As `applications.domain.APPLICATION` has it; some thousand rows are read in a moment."""
    return f"""
CREATE OR REPLACE FUNCTION grants.application_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN ({", ".join(map(str, steps))}) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'application_moves',
            MESSAGE = 'no such step of an application';
    END IF;
    RETURN NEW;
END $$;
-- squawk-ignore ban-drop-constraint
ALTER TABLE grants.application DROP CONSTRAINT application_state;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE grants.application ADD CONSTRAINT application_state CHECK (state IN {states});
"""


def _walls(of_section: str) -> None:
    write = f"{of_section} OR {LEADS} OR {WORKER}"
    read = f"{of_section} OR {LEADS} OR {JOINS} OR {WORKER}"
    run(
        f"ALTER POLICY application_select ON grants.application USING ({read}); "
        f"ALTER POLICY application_insert ON grants.application WITH CHECK ({write}); "
        f"ALTER POLICY application_update ON grants.application USING ({read}) WITH CHECK ({write})"
    )


RANKED = """
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE grants.application ADD COLUMN rank integer,
    ADD CONSTRAINT application_ranked CHECK (rank >= 1 AND state IN ('ranked', 'withdrawn')
        OR rank IS NULL AND state <> 'ranked');
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX application_rank ON grants.application (round_id, rank) WHERE rank IS NOT NULL;
"""


def upgrade() -> None:
    run(_moves(STEPS + REVIEWING, STATES + REVIEWED) + RANKED + CONFLICT + PANELS + RULES)
    _walls(f"{MINE} AND {FREE}")
    own, keep = f"{OFFICER} AND person_id = {ME}", "SELECT, INSERT, UPDATE"
    seen = f"{own} AND (application_id IS NULL OR {OF})"
    GRANTS.wall("declared_relation", read=own, write=seen, grants="SELECT, INSERT")
    GRANTS.wall("panel", read=MINE, write=MINE, grants=keep)
    GRANTS.wall("panel_member", read=MINE, write=MINE, grants="SELECT, INSERT")
    blind = f"{OFFICER} AND {OF} AND (reviewer_id = {ME} OR grants.unblinded({ME}, panel_id, application_id))"
    GRANTS.wall("review", read=blind, write=f"{OFFICER} AND {OF}", grants=keep)


def downgrade() -> None:
    """Reviews are nothing that the release before this one knows: what they were of is accepted."""
    _walls(MINE)
    run(
        "DROP TRIGGER application_quorum ON grants.application; DROP TABLE grants.review, grants.panel_member, "
        "grants.panel, grants.declared_relation; DROP FUNCTION grants.application_quorum, grants.panel_ranks_all, "
        "grants.review_holds, grants.panel_member_serves, grants.serves, grants.unblinded, grants.in_conflict; "
        "ALTER TABLE grants.application DISABLE TRIGGER application_moves; "
        "ALTER TABLE grants.application DROP COLUMN rank; "
        "UPDATE grants.application SET state = 'accepted' WHERE state IN ('in_review', 'ranked'); "
        "ALTER TABLE grants.application ENABLE TRIGGER application_moves"
    )
    run(_moves(STEPS, STATES))
