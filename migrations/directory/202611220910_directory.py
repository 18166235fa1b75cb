"""The shared directory: organisations, their roles and hierarchy, people and posts, countries, offices."""

from migrations.histories import DIRECTORY, EVENTS, GRANTS, JET
from services.kit.db.migration import run

revision = "directory_0001"
down_revision = None
branch_labels = None
depends_on = None

CODES = """
CREATE TABLE directory.country (
    id uuid CONSTRAINT country_pkey PRIMARY KEY DEFAULT uuidv7(),
    alpha2 text NOT NULL CONSTRAINT country_alpha2_key UNIQUE
        CONSTRAINT country_alpha2 CHECK (alpha2 ~ '^[A-Z]{2}$'),
    alpha3 text NOT NULL CONSTRAINT country_alpha3_key UNIQUE,
    name_ja text NOT NULL, name_en text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1
);
CREATE TABLE directory.overseas_office (
    id uuid CONSTRAINT overseas_office_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT overseas_office_code_key UNIQUE,
    name_ja text NOT NULL, name_en text NOT NULL, city_ja text NOT NULL, city_en text NOT NULL,
    country text NOT NULL CONSTRAINT overseas_office_country_fkey REFERENCES directory.country (alpha2),
    time_zone text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1
);
"""

ORGANISATIONS = """
CREATE TABLE directory.organisation (
    id uuid CONSTRAINT organisation_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT organisation_code_key UNIQUE,
    name text NOT NULL, name_kana text, name_en text, kind text NOT NULL,
    corporate_number text,
    valid_from date, valid_to date,
    search_key text NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT organisation_validity CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to)
);
CREATE INDEX organisation_search_idx ON directory.organisation USING gin (search_key gin_trgm_ops);
CREATE TABLE directory.organisation_role (
    id uuid CONSTRAINT organisation_role_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL
        CONSTRAINT organisation_role_organisation_id_fkey REFERENCES directory.organisation (id),
    role text NOT NULL, valid_from date, valid_to date,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT organisation_role_once UNIQUE (organisation_id, role, effective WITHOUT OVERLAPS)
);
CREATE TABLE directory.hierarchy (
    id uuid CONSTRAINT hierarchy_pkey PRIMARY KEY DEFAULT uuidv7(),
    member_id uuid NOT NULL CONSTRAINT hierarchy_member_id_fkey REFERENCES directory.organisation (id),
    host_id uuid NOT NULL CONSTRAINT hierarchy_host_id_fkey REFERENCES directory.organisation (id),
    valid_from date, valid_to date,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT hierarchy_one_host UNIQUE (member_id, effective WITHOUT OVERLAPS)
);
CREATE INDEX hierarchy_host_id_idx ON directory.hierarchy (host_id);
CREATE TABLE directory.successor (
    id uuid CONSTRAINT successor_pkey PRIMARY KEY DEFAULT uuidv7(),
    predecessor_id uuid NOT NULL CONSTRAINT successor_predecessor_id_fkey REFERENCES directory.organisation (id),
    successor_id uuid NOT NULL CONSTRAINT successor_successor_id_fkey REFERENCES directory.organisation (id),
    kind text NOT NULL, effective_on date NOT NULL,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT successor_once UNIQUE (predecessor_id, successor_id),
    CONSTRAINT successor_of_another CHECK (predecessor_id <> successor_id)
);
CREATE TABLE directory.department (
    id uuid CONSTRAINT department_pkey PRIMARY KEY DEFAULT uuidv7(),
    organisation_id uuid NOT NULL
        CONSTRAINT department_organisation_id_fkey REFERENCES directory.organisation (id),
    code text NOT NULL, name text NOT NULL, name_en text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT department_code_key UNIQUE (organisation_id, code)
);
"""

PEOPLE = """
CREATE TABLE directory.person (
    id uuid CONSTRAINT person_pkey PRIMARY KEY DEFAULT uuidv7(),
    number text NOT NULL CONSTRAINT person_number_key UNIQUE,
    kind text NOT NULL CONSTRAINT person_kind CHECK (kind IN ('staff', 'officer', 'participant')),
    row_version bigint NOT NULL DEFAULT 1
);
CREATE TABLE directory.person_detail (
    person_id uuid CONSTRAINT person_detail_pkey PRIMARY KEY
        CONSTRAINT person_detail_person_id_fkey REFERENCES directory.person (id),
    name text NOT NULL, name_kana text, email text
);
CREATE TABLE directory.post (
    id uuid CONSTRAINT post_pkey PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid NOT NULL CONSTRAINT post_person_id_fkey REFERENCES directory.person (id),
    organisation_id uuid NOT NULL CONSTRAINT post_organisation_id_fkey REFERENCES directory.organisation (id),
    section text NOT NULL, title text NOT NULL, valid_from date, valid_to date,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT post_once UNIQUE (person_id, organisation_id, section, effective WITHOUT OVERLAPS)
);
CREATE TABLE directory.secondment (
    id uuid CONSTRAINT secondment_pkey PRIMARY KEY DEFAULT uuidv7(),
    person_id uuid NOT NULL CONSTRAINT secondment_person_id_fkey REFERENCES directory.person (id),
    home_id uuid NOT NULL CONSTRAINT secondment_home_id_fkey REFERENCES directory.organisation (id),
    valid_from date, valid_to date,
    effective daterange NOT NULL GENERATED ALWAYS AS (daterange(valid_from, valid_to, '[]')) STORED,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT secondment_one_home UNIQUE (person_id, effective WITHOUT OVERLAPS)
);
"""

# Who a caller may see: an organisation itself, a host authority itself and today's members.
VISIBLE = """
CREATE FUNCTION directory.visible_organisations() RETURNS uuid[] STABLE LANGUAGE sql AS $$
    SELECT CASE platform.caller('role')
        WHEN 'organisation' THEN ARRAY[platform.caller('organisation')::uuid]
        WHEN 'host_authority' THEN ARRAY(
            SELECT platform.caller('organisation')::uuid
            UNION SELECT h.member_id FROM directory.hierarchy AS h
                  WHERE h.host_id = platform.caller('organisation')::uuid
                    AND h.effective @> platform.today())
        ELSE '{}'::uuid[]
    END
$$;
"""

OPEN = (
    "country",
    "overseas_office",
    "organisation",
    "organisation_role",
    "hierarchy",
    "successor",
    "department",
)
# A person is read by the registry's own staff and, through posts, by the organisation they serve.
STAFF = "(SELECT platform.caller_is('registrar', 'coordinator', 'issuer'))"


def upgrade() -> None:
    run(CODES + ORGANISATIONS + PEOPLE + VISIBLE)
    serving = (JET, GRANTS, EVENTS)
    run(
        f"GRANT USAGE ON SCHEMA directory TO registry_app, {', '.join(f'{s.owner}, {s.application}' for s in serving)}"
    )
    for table in OPEN:
        DIRECTORY.wall(table, read="true", write="(SELECT platform.caller_is('registrar'))")
    for table, column in (("person", "id"), ("person_detail", "person_id"), ("secondment", "person_id")):
        own = (
            f"{STAFF} OR {column} = (SELECT platform.caller('person')::uuid) OR EXISTS (SELECT FROM directory.post AS p "
            f"WHERE p.person_id = {table}.{column} AND p.organisation_id = ANY "
            "((SELECT directory.visible_organisations())::uuid[]))"
        )
        DIRECTORY.wall(table, read=own, write="(SELECT platform.caller_is('registrar'))")
    DIRECTORY.wall(
        "post",
        read=f"{STAFF} OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])",
        write="(SELECT platform.caller_is('registrar'))",
    )
    for schema in serving:
        for table in (*OPEN, "person"):
            run(f"GRANT SELECT ON directory.{table} TO {schema.application}")
            run(f"GRANT REFERENCES ON directory.{table} TO {schema.owner}")
            rule = "true" if table in OPEN else f"{STAFF} OR id = (SELECT platform.caller('person')::uuid)"
            run(
                f"CREATE POLICY {table}_{schema.name} ON directory.{table} FOR SELECT TO {schema.application} USING ({rule})"
            )


def downgrade() -> None:
    DIRECTORY.drop()
