"""The roles of the care service know the clock."""

from services.kit.db.migration import run

revision = "platform_0002"
down_revision = "platform_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run(
        "GRANT USAGE ON SCHEMA platform TO care_owner, care_app; GRANT SELECT ON platform.clock TO care_owner, care_app"
    )


def downgrade() -> None:
    run(
        "REVOKE SELECT ON platform.clock FROM care_owner, care_app; "
        "REVOKE USAGE ON SCHEMA platform FROM care_owner, care_app"
    )
