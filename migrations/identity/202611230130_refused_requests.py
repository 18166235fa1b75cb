"""What a support code leads to: the requests that were refused."""

from migrations.histories import IDENTITY
from services.kit.db.migration import run

revision = "identity_0004"
down_revision = "identity_0003"
branch_labels = None
depends_on = None

# `errors`: pointers with their codes, never a value; `title` as the caller was shown it.
TABLE = """
CREATE TABLE identity.refused_request (
    id uuid CONSTRAINT refused_request_pkey PRIMARY KEY,
    support_code text NOT NULL,
    request_id text NOT NULL, trace_id text NOT NULL,
    at timestamptz NOT NULL,
    client text, role text, person_id uuid, organisation_id uuid,
    service text NOT NULL, route text, method text NOT NULL,
    status integer NOT NULL, code text NOT NULL, title text NOT NULL, errors text[] NOT NULL
);
CREATE INDEX refused_request_support_code_idx ON identity.refused_request (support_code);
CREATE INDEX refused_request_at_idx ON identity.refused_request (at);
"""


def upgrade() -> None:
    run(TABLE)
    # the door, as a role that no access token carries, writes and forgets
    IDENTITY.wall(
        "refused_request",
        read="(SELECT platform.caller_is('coordinator', 'registrar', 'auditor', 'door'))",
        write="(SELECT platform.caller_is('door'))",
        grants="SELECT, INSERT, DELETE",
    )


def downgrade() -> None:
    run("DROP TABLE identity.refused_request")
