"""Alumni: who has consented to be one, their chapters, careers that they told, and support given to chapters."""

from migrations.histories import JET
from services.kit.db.migration import run

revision = "jet_0012"
down_revision = "jet_0011"
branch_labels = None
depends_on = None

CHAPTERS = """
CREATE TABLE jet.alumni_chapter (
    id uuid CONSTRAINT alumni_chapter_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT alumni_chapter_code_key UNIQUE,
    kind text NOT NULL CONSTRAINT alumni_chapter_kind CHECK (kind IN ('chapter', 'international')),
    name_ja text NOT NULL, name_en text NOT NULL,
    country text CONSTRAINT alumni_chapter_country_fkey REFERENCES directory.country (alpha2),
    active_from date, active_to date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT alumni_chapter_somewhere CHECK ((kind = 'international') = (country IS NULL)),
    CONSTRAINT alumni_chapter_in_order CHECK (active_from <= active_to)
);
CREATE TABLE jet.chapter_support (
    id uuid CONSTRAINT chapter_support_pkey PRIMARY KEY DEFAULT uuidv7(),
    chapter_id uuid NOT NULL CONSTRAINT chapter_support_chapter_fkey REFERENCES jet.alumni_chapter (id),
    fiscal_year integer NOT NULL CONSTRAINT chapter_support_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    kind text NOT NULL CONSTRAINT chapter_support_kind
        CHECK (kind IN ('activity', 'meeting', 'publicity', 'advice', 'other')),
    supported_on date NOT NULL, content text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT chapter_support_once UNIQUE (chapter_id, kind, supported_on),
    CONSTRAINT chapter_support_in_year CHECK (
        supported_on >= make_date(fiscal_year, 4, 1) AND supported_on < make_date(fiscal_year + 1, 4, 1))
);
"""

# One row a person, however often they have come and gone.
ALUMNI = """
CREATE TABLE jet.alumnus (
    id uuid CONSTRAINT alumnus_pkey PRIMARY KEY DEFAULT uuidv7(),
    participant_id uuid NOT NULL CONSTRAINT alumnus_participant_key UNIQUE
        CONSTRAINT alumnus_participant_fkey REFERENCES jet.participant (id),
    chapter_id uuid CONSTRAINT alumnus_chapter_fkey REFERENCES jet.alumni_chapter (id),
    residence text CONSTRAINT alumnus_residence_fkey REFERENCES directory.country (alpha2),
    contact_by text NOT NULL CONSTRAINT alumnus_contact_by CHECK (contact_by IN ('mail', 'chapter', 'none')),
    purposes text[] NOT NULL CONSTRAINT alumnus_purposes CHECK (
        cardinality(purposes) > 0 AND purposes <@ ARRAY['news', 'events', 'surveys', 'introductions']),
    consent_form text NOT NULL CONSTRAINT alumnus_consent_form CHECK (consent_form IN ('oneself', 'written')),
    consented_on date NOT NULL, withdrawn_at timestamptz,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT alumnus_through_a_chapter CHECK (contact_by <> 'chapter' OR chapter_id IS NOT NULL)
);
CREATE INDEX alumnus_chapter_idx ON jet.alumnus (chapter_id);
CREATE TABLE jet.alumnus_detail (
    alumnus_id uuid CONSTRAINT alumnus_detail_pkey PRIMARY KEY
        CONSTRAINT alumnus_detail_alumnus_fkey REFERENCES jet.alumnus (id),
    contact_email text, contact_address text
);
CREATE TABLE jet.alumni_career (
    id uuid CONSTRAINT alumni_career_pkey PRIMARY KEY DEFAULT uuidv7(),
    alumnus_id uuid NOT NULL CONSTRAINT alumni_career_alumnus_fkey REFERENCES jet.alumnus (id),
    since_on date NOT NULL,
    career_field text NOT NULL CONSTRAINT alumni_career_field CHECK (career_field IN ('education', 'government',
        'business', 'culture', 'research', 'non_profit', 'other')),
    country text CONSTRAINT alumni_career_country_fkey REFERENCES directory.country (alpha2),
    may_be_published boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT alumni_career_once UNIQUE (alumnus_id, since_on)
);
CREATE TABLE jet.alumni_career_text (
    career_id uuid CONSTRAINT alumni_career_text_pkey PRIMARY KEY
        CONSTRAINT alumni_career_text_career_fkey REFERENCES jet.alumni_career (id),
    employer text
);
"""

CLAIR = "(SELECT platform.caller_is('coordinator'))"
READS = "(SELECT platform.caller_is('coordinator', 'service'))"
KNOWN = "(SELECT platform.caller_is('coordinator', 'service', 'participant'))"
SELF = (
    "(SELECT platform.caller_is('participant')) AND participant_id = (SELECT platform.caller('person')::uuid)"
)
# A withdrawal is read once more by the transaction that makes it, and by nobody after.
CONSENTED = "(withdrawn_at IS NULL OR withdrawn_at >= (SELECT platform.now()))"
ALUMNUS = "EXISTS (SELECT FROM jet.alumnus AS a WHERE a.id = alumnus_id)"
CAREER = "EXISTS (SELECT FROM jet.alumni_career AS c WHERE c.id = career_id)"
WRITERS = "(SELECT platform.caller_is('coordinator', 'participant'))"
CHANGE = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(CHAPTERS + ALUMNI)
    JET.wall("alumni_chapter", read=KNOWN, write=CLAIR, grants=CHANGE)
    JET.wall("chapter_support", read=READS, write=CLAIR, grants=CHANGE)
    JET.wall("alumnus", read=f"{READS} AND {CONSENTED} OR {SELF}", write=f"{CLAIR} OR {SELF}", grants=CHANGE)
    for table in ("alumnus_detail", "alumni_career"):
        JET.wall(table, read=ALUMNUS, write=f"{WRITERS} AND {ALUMNUS}", grants=CHANGE)
    JET.wall("alumni_career_text", read=CAREER, write=f"{WRITERS} AND {CAREER}", grants=CHANGE)


def downgrade() -> None:
    run(
        "DROP TABLE jet.alumni_career_text, jet.alumni_career, jet.alumnus_detail, jet.alumnus, jet.chapter_support, "
        "jet.alumni_chapter"
    )
