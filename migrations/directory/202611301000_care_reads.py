"""The care service reads the open directory, without a key into it: what refers to nobody keeps nobody from going.
Who counsels is the registrar's to say."""

from services.kit.db.migration import run

revision = "directory_0005"
down_revision = "directory_0004"
branch_labels = None
depends_on = None

WRITES = (("post", "INSERT"), ("post", "UPDATE"), ("post_past", "INSERT"))
OPEN = (
    "country",
    "overseas_office",
    "organisation",
    "organisation_role",
    "hierarchy",
    "successor",
    "department",
)


# of no other policy's writers may any give this section
NOT_TO_COUNSEL = "section <> 'counsellor' OR (SELECT platform.caller_is('registrar'))"


def upgrade() -> None:
    for table, verb in WRITES:
        run(
            f"CREATE POLICY {table}_of_counsellors_{verb.lower()} ON directory.{table} AS RESTRICTIVE "
            f"FOR {verb} TO registry_app WITH CHECK ({NOT_TO_COUNSEL})"
        )
    run("GRANT USAGE ON SCHEMA directory TO care_owner, care_app")
    for table in OPEN:
        run(
            f"GRANT SELECT ON directory.{table} TO care_app; "
            f"CREATE POLICY {table}_care ON directory.{table} FOR SELECT TO care_app USING (true)"
        )


def downgrade() -> None:
    for table, verb in WRITES:
        run(f"DROP POLICY {table}_of_counsellors_{verb.lower()} ON directory.{table}")
    for table in OPEN:
        run(
            f"DROP POLICY {table}_care ON directory.{table}; REVOKE SELECT ON directory.{table} FROM care_app"
        )
    run("REVOKE USAGE ON SCHEMA directory FROM care_owner, care_app")
