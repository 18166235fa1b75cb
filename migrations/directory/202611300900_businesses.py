"""Contacts of companies come for the organisation where they hold a post, which is another thing than to be its officer."""

from services.kit.db.migration import run

revision = "directory_0004"
down_revision = "directory_0003"
branch_labels = None
depends_on = None

# Apart from directory.visible_organisations(), which opens to an organisation the people that it employs: a local
# government that exhibits at a fair has both, and its contact sees nothing of those.
REPRESENTED = """
CREATE OR REPLACE FUNCTION directory.represented_organisation() RETURNS uuid STABLE LANGUAGE sql AS $$
    SELECT CASE platform.caller('role') WHEN 'business' THEN platform.caller('organisation')::uuid END
$$;
"""


def upgrade() -> None:
    run(REPRESENTED)


def downgrade() -> None:
    """The function stays: policies of other schemas, whose histories are their own, stand on it."""
