"""Officers hand over by their organisation's own hand; a post tells its department and telephone, a contact its company."""

from services.kit.db.migration import run

revision = "directory_0003"
down_revision = "directory_0002"
branch_labels = None
depends_on = None

# What is kept of the past ends with `known`, whatever the fact's own columns are: so that column is made anew after
# them, and what others have granted on the table stays.
POSTS = """
-- squawk-ignore ban-drop-view
DROP VIEW directory.post_known;
ALTER TABLE directory.post ADD COLUMN department text, ADD COLUMN phone text;
ALTER TABLE directory.post_past
    ADD COLUMN department text, ADD COLUMN phone text, ADD COLUMN known_then tstzrange;
UPDATE directory.post_past SET known_then = known;
-- squawk-ignore ban-drop-column
ALTER TABLE directory.post_past DROP COLUMN known;
-- squawk-ignore renaming-column
ALTER TABLE directory.post_past RENAME COLUMN known_then TO known;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE directory.post_past ALTER COLUMN known SET NOT NULL;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE directory.post_past
    ADD CONSTRAINT post_past_once EXCLUDE USING gist (id WITH =, effective WITH &&, known WITH &&),
    ADD CONSTRAINT post_past_known CHECK (NOT isempty(known));
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX post_past_effective_idx ON directory.post_past USING gist (effective, known);
"""
UNPOSTS = """
DROP VIEW directory.post_known;
ALTER TABLE directory.post DROP COLUMN department, DROP COLUMN phone;
ALTER TABLE directory.post_past DROP COLUMN department, DROP COLUMN phone;
"""
KNOWN = """
CREATE VIEW directory.post_known WITH (security_invoker = true) AS
SELECT t.*, tstzrange(t.known_from, NULL) AS known FROM directory.post AS t UNION ALL SELECT p.* FROM directory.post_past AS p;
GRANT SELECT ON directory.post_known TO registry_app;
"""
# Some thousand people: read in a moment.
CONTACTS = """
ALTER TABLE directory.person ADD COLUMN company text;
-- squawk-ignore ban-drop-constraint
ALTER TABLE directory.person DROP CONSTRAINT person_kind;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE directory.person
    ADD CONSTRAINT person_kind CHECK (kind IN ('staff', 'officer', 'participant', 'contact'));
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE directory.person ADD CONSTRAINT person_company CHECK ((kind = 'contact') = (company IS NOT NULL));
CREATE SEQUENCE directory.officer_number;
GRANT USAGE ON SEQUENCE directory.officer_number TO registry_app;
"""
# As far as the caller sees who it is: CLAIR everybody, an organisation its own. Posts of staff, which make coordinators
# and registrars, are the registrar's. A function, because who is seen depends on the posts that it is asked for.
OFFICERS = """
CREATE FUNCTION directory.may_be_officer(person uuid) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT NOT EXISTS (
        SELECT FROM directory.person AS p WHERE p.id = $1 AND p.kind NOT IN ('officer', 'participant'))
$$;
"""
CONTACT = "SELECT id FROM directory.person WHERE kind = 'contact'"
OF_PEOPLE = (
    ("post", "person_id"),
    ("secondment", "person_id"),
    ("person_detail", "person_id"),
    ("person", "id"),
)
REGISTRAR = "(SELECT platform.caller_is('registrar'))"
COORDINATOR = "(SELECT platform.caller_is('coordinator'))"
AT_ITSELF = "(SELECT platform.caller_is('organisation', 'host_authority'))"
OWN = "(SELECT platform.caller('organisation')::uuid)"
# CLAIR's coordinators give posts at any organisation, an organisation at itself.
GIVES = f"({COORDINATOR} OR {AT_ITSELF} AND organisation_id = {OWN})"
# Who is an officer for the host authority acts for its members: an organisation's hand alone makes nobody one.
NOT_FOR_MEMBERS = "(section <> 'host' OR (SELECT platform.caller_is('coordinator', 'host_authority')))"
ITS_OWN = f"{REGISTRAR} OR {GIVES} AND {NOT_FOR_MEMBERS} AND directory.may_be_officer(person_id)"
# A new officer comes before the post, and the name after it.
NEWCOMER = f"{REGISTRAR} OR kind = 'officer' AND ({COORDINATOR} OR {AT_ITSELF} AND {OWN} IS NOT NULL)"
NAMED = (
    f"{REGISTRAR} OR EXISTS (SELECT FROM directory.post AS p WHERE p.person_id = person_detail.person_id "
    f"AND {GIVES}) AND directory.may_be_officer(person_id)"
)


def upgrade() -> None:
    run(POSTS + KNOWN + CONTACTS + OFFICERS)
    _written_by(ITS_OWN, NEWCOMER, NAMED)


def downgrade() -> None:
    """Contacts of companies are nobody that the release before this one knows: they go."""
    _written_by(REGISTRAR, REGISTRAR, REGISTRAR)
    run(
        "DROP FUNCTION directory.may_be_officer; DROP SEQUENCE directory.officer_number; "
        + "".join(
            f"DELETE FROM directory.{table} WHERE {column} IN ({CONTACT}); " for table, column in OF_PEOPLE
        )
        + "ALTER TABLE directory.person DROP COLUMN company, DROP CONSTRAINT person_kind, "
        "ADD CONSTRAINT person_kind CHECK (kind IN ('staff', 'officer', 'participant'))"
    )
    run(UNPOSTS + KNOWN)


def _written_by(posts: str, people: str, details: str) -> None:
    run(
        f"ALTER POLICY post_insert ON directory.post WITH CHECK ({posts}); "
        f"ALTER POLICY post_update ON directory.post WITH CHECK ({posts}); "
        f"ALTER POLICY post_past_insert ON directory.post_past WITH CHECK ({posts}); "
        f"ALTER POLICY person_insert ON directory.person WITH CHECK ({people}); "
        f"ALTER POLICY person_detail_insert ON directory.person_detail WITH CHECK ({details})"
    )
