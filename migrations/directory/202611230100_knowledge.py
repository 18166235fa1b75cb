"""The directory keeps its past, knows code lists by version, and finds a code that was misread."""

from migrations.histories import DIRECTORY, EVENTS, GRANTS, JET
from services.kit.db.migration import run

revision = "directory_0002"
down_revision = "directory_0001"
branch_labels = None
depends_on = None

# What stood here before knowledge was kept answered for every `known_at`, and goes on to: it counts as known
# since the programme's first fiscal year.
KNOWN_SINCE_EVER = """
ALTER TABLE directory.{table} ADD COLUMN known_from timestamptz NOT NULL DEFAULT '1987-04-01 00:00:00+09';
ALTER TABLE directory.{table} ALTER COLUMN known_from SET DEFAULT platform.now();
"""
# A succession has one day and no term: its range only says that a successor is known once.
SUCCESSION = """
ALTER TABLE directory.successor ADD COLUMN effective daterange NOT NULL DEFAULT '(,)';
CREATE INDEX successor_successor_id_idx ON directory.successor (successor_id);
CREATE INDEX organisation_corporate_number_idx ON directory.organisation (corporate_number);
"""
CODES = """
CREATE TABLE directory.code_list (
    id uuid CONSTRAINT code_list_pkey PRIMARY KEY DEFAULT uuidv7(),
    name text NOT NULL CONSTRAINT code_list_name_key UNIQUE,
    title_ja text NOT NULL, title_en text NOT NULL,
    version text NOT NULL, source text NOT NULL, source_on date,
    row_version bigint NOT NULL DEFAULT 1
);
CREATE TABLE directory.code (
    id uuid CONSTRAINT code_pkey PRIMARY KEY DEFAULT uuidv7(),
    code_list_id uuid NOT NULL CONSTRAINT code_code_list_id_fkey REFERENCES directory.code_list (id),
    code text NOT NULL, label_ja text NOT NULL, label_en text, label_kana text,
    valid_from date, valid_to date,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    replaced_by_code text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT code_once UNIQUE (code_list_id, code),
    CONSTRAINT code_replaced_by_another CHECK (replaced_by_code <> code),
    CONSTRAINT code_replaced_by_code_fkey FOREIGN KEY (code_list_id, replaced_by_code)
        REFERENCES directory.code (code_list_id, code)
);
"""

OPEN = ("organisation_role", "hierarchy", "successor")
LISTS = ("code_list", "code")
REGISTRAR = "(SELECT platform.caller_is('registrar'))"
STAFF = "(SELECT platform.caller_is('registrar', 'coordinator', 'issuer'))"
AT = "organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"
# A secondment is read by whom it is about, and where they serve; so is what was known of it.
SECONDED = (
    f"{STAFF} OR person_id = (SELECT platform.caller('person')::uuid) OR EXISTS (SELECT FROM directory.post AS p "
    f"WHERE p.person_id = {{table}}.person_id AND p.{AT})"
)


def upgrade() -> None:
    run(SUCCESSION + CODES)
    for table, read in (
        *((table, "true") for table in OPEN),
        ("post", f"{STAFF} OR {AT}"),
        ("secondment", SECONDED),
    ):
        run(KNOWN_SINCE_EVER.format(table=table))
        DIRECTORY.past(table, read=read, write=REGISTRAR)
    for table in LISTS:
        DIRECTORY.wall(table, read="true", write=REGISTRAR)
    for schema in (JET, GRANTS, EVENTS):
        for table in (*(f"{table}_past" for table in OPEN), *LISTS):
            run(
                f"GRANT SELECT ON directory.{table} TO {schema.application}; CREATE POLICY {table}_{schema.name} "
                f"ON directory.{table} FOR SELECT TO {schema.application} USING (true)"
            )
        for table in OPEN:
            run(f"GRANT SELECT ON directory.{table}_known TO {schema.application}")


def downgrade() -> None:
    for table in (*OPEN, "post", "secondment"):
        run(
            f"DROP VIEW directory.{table}_known; DROP TABLE directory.{table}_past; "
            f"DROP TRIGGER {table}_keep_past ON directory.{table}; "
            f"DROP TRIGGER {table}_known_from ON directory.{table}; "
            f"ALTER TABLE directory.{table} DROP COLUMN known_from"
        )
    run("DROP TABLE directory.code; DROP TABLE directory.code_list")
    run("DROP INDEX directory.organisation_corporate_number_idx, directory.successor_successor_id_idx")
    run("ALTER TABLE directory.successor DROP COLUMN effective")
