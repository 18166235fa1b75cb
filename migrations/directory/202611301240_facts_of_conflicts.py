"""The grants service works out who is in conflict with an application: its owner reads the facts of it, its callers none."""

from services.kit.db.migration import run

revision = "directory_0008"
down_revision = "directory_0007"
branch_labels = None
depends_on = None

COLUMNS = {
    "secondment": ("person_id, home_id, valid_from, valid_to", "true"),
    "hierarchy": ("host_id, member_id, effective", "true"),
    "organisation": ("id, kind, code", "true"),
    "post": ("person_id, organisation_id, section, effective", "section LIKE 'grants-%'"),
}


def upgrade() -> None:
    for table, (columns, rule) in COLUMNS.items():
        run(
            f"GRANT SELECT ({columns}) ON directory.{table} TO grants_owner; CREATE POLICY {table}_conflicts "
            f"ON directory.{table} FOR SELECT TO grants_owner USING ({rule})"
        )


def downgrade() -> None:
    for table, (columns, _) in COLUMNS.items():
        run(
            f"DROP POLICY {table}_conflicts ON directory.{table}; "
            f"REVOKE SELECT ({columns}) ON directory.{table} FROM grants_owner"
        )
