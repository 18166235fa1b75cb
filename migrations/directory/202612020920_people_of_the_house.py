"""The organisation chart with its past, the unit of a post, and what a secondment is for; officers read what they count."""

from migrations.histories import DIRECTORY
from services.kit.db.migration import run

revision = "directory_0011"
down_revision = "directory_0010"
branch_labels = None
depends_on = None

# A chart that stood here before counts as known since the programme's first fiscal year, as other facts do.
CHART = """
ALTER TABLE directory.department
    ADD COLUMN upper_code text, ADD COLUMN office_code text, ADD COLUMN chart_order integer,
    ADD COLUMN valid_from date, ADD COLUMN valid_to date,
    -- squawk-ignore adding-field-with-default
    ADD COLUMN effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    ADD COLUMN known_from timestamptz NOT NULL DEFAULT '1987-04-01 00:00:00+09';
ALTER TABLE directory.department ALTER COLUMN known_from SET DEFAULT platform.now();
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
ALTER TABLE directory.department
    ADD CONSTRAINT department_upper_code_fkey FOREIGN KEY (organisation_id, upper_code)
        REFERENCES directory.department (organisation_id, code),
    ADD CONSTRAINT department_office_code_fkey FOREIGN KEY (office_code) REFERENCES directory.overseas_office (code),
    ADD CONSTRAINT department_below_another CHECK (upper_code <> code);
"""
UNCHART = """
DROP VIEW directory.department_known; DROP TABLE directory.department_past;
DROP TRIGGER department_keep_past ON directory.department;
DROP TRIGGER department_known_from ON directory.department;
ALTER TABLE directory.department
    DROP COLUMN upper_code, DROP COLUMN office_code, DROP COLUMN chart_order, DROP COLUMN effective,
    DROP COLUMN valid_from, DROP COLUMN valid_to, DROP COLUMN known_from;
"""
# What is kept of the past ends with `known`, whatever the fact's own columns are: so that column is made anew after
# them, and what others have granted on the table stays.
WIDER = """
-- squawk-ignore ban-drop-view
DROP VIEW directory.{t}_known;
ALTER TABLE directory.{t} {columns};
ALTER TABLE directory.{t}_past {columns}, ADD COLUMN known_then tstzrange;
UPDATE directory.{t}_past SET known_then = known;
-- squawk-ignore ban-drop-column
ALTER TABLE directory.{t}_past DROP COLUMN known;
-- squawk-ignore renaming-column
ALTER TABLE directory.{t}_past RENAME COLUMN known_then TO known;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE directory.{t}_past ALTER COLUMN known SET NOT NULL;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE directory.{t}_past
    ADD CONSTRAINT {t}_past_once EXCLUDE USING gist (id WITH =, effective WITH &&, known WITH &&),
    ADD CONSTRAINT {t}_past_known CHECK (NOT isempty(known));
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX {t}_past_effective_idx ON directory.{t}_past USING gist (effective, known);
"""
NARROWER = """
DROP VIEW directory.{t}_known;
ALTER TABLE directory.{t} {columns};
ALTER TABLE directory.{t}_past {columns};
"""
KNOWN = """
CREATE VIEW directory.{t}_known WITH (security_invoker = true) AS
SELECT t.*, tstzrange(t.known_from, NULL) AS known FROM directory.{t} AS t UNION ALL SELECT p.* FROM directory.{t}_past AS p;
GRANT SELECT ON directory.{t}_known TO registry_app;
"""
COLUMNS = {
    "post": {"unit_code": "text", "count_printed": "boolean NOT NULL DEFAULT true"},
    "secondment": {"kind": "text NOT NULL DEFAULT 'training'", "next_office_code": "text"},
}
# Some hundred posts and people: read in a moment.
KEYS = """
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
ALTER TABLE directory.post ADD CONSTRAINT post_unit_code_fkey FOREIGN KEY (organisation_id, unit_code)
    REFERENCES directory.department (organisation_id, code);
-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
ALTER TABLE directory.secondment
    ADD CONSTRAINT secondment_kind CHECK (kind IN ('training', 'resident')),
    ADD CONSTRAINT secondment_next_office_code_fkey FOREIGN KEY (next_office_code)
        REFERENCES directory.overseas_office (code);
"""

# Who counts the house reads of its posts those of the chart, of the board and of the branches, and no name.
READERS = "(SELECT platform.caller_is('event_officer', 'grant_officer', 'service'))"
CLAIR = "(SELECT id FROM directory.organisation WHERE kind = 'association' AND code = 'CLAIR')"
COUNTED = f"({{p}}section = 'branch' OR {{p}}organisation_id = {CLAIR} AND ({{p}}section = 'board' OR {{p}}unit_code IS NOT NULL))"
POSTS = f"{READERS} AND {COUNTED.format(p='')}"
# of these posts alone: the desk is shown others, of whoever comes in
HOLDS = (
    f"{READERS} AND EXISTS (SELECT FROM directory.post_known AS p WHERE p.person_id = {{table}}.{{column}} "
    f"AND {COUNTED.format(p='p.')})"
)
POLICIES = {
    "post": POSTS,
    "post_past": POSTS,
    "person": HOLDS.format(table="person", column="id"),
    "secondment": HOLDS.format(table="secondment", column="person_id"),
    "secondment_past": HOLDS.format(table="secondment_past", column="person_id"),
}


def upgrade() -> None:
    run(CHART)
    DIRECTORY.past("department", read="true", write="(SELECT platform.caller_is('registrar'))")
    for table, columns in COLUMNS.items():
        added = ", ".join(f"ADD COLUMN {name} {kind}" for name, kind in columns.items())
        run(WIDER.format(t=table, columns=added) + KNOWN.format(t=table))
    run(KEYS)
    for table, rule in POLICIES.items():
        run(
            f"CREATE POLICY {table}_of_house_select ON directory.{table} FOR SELECT TO registry_app USING ({rule})"
        )


def downgrade() -> None:
    for table in POLICIES:
        run(f"DROP POLICY {table}_of_house_select ON directory.{table}")
    for table, columns in COLUMNS.items():
        dropped = ", ".join(f"DROP COLUMN {name}" for name in columns)
        run(NARROWER.format(t=table, columns=dropped) + KNOWN.format(t=table))
    run(UNCHART)
