"""Meetings of the house with their agendas, and the trainings of headquarters' staff with their days."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0011"
down_revision = "events_0010"
branch_labels = None
depends_on = None

OFFICE = "text CONSTRAINT {table}_office_fkey REFERENCES directory.overseas_office (code)"
YEAR_OF = (
    "extract(year FROM date_start)::integer - (extract(month FROM date_start) < 4)::integer = fiscal_year"
)
TABLES = f"""
CREATE TABLE events.meeting (
    id uuid CONSTRAINT meeting_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT meeting_code_key UNIQUE,
    body text NOT NULL CONSTRAINT meeting_body CHECK (body IN ('board', 'councillors', 'review', 'regional_advisers',
        'association_council', 'association_block', 'resident_officers', 'other')),
    office {OFFICE.format(table="meeting")},
    series text, name text NOT NULL,
    meeting_no integer CONSTRAINT meeting_number CHECK (meeting_no > 0),
    fiscal_year integer NOT NULL, date_start date NOT NULL, date_end date NOT NULL,
    mode text CONSTRAINT meeting_mode CHECK (mode IN ('on_site', 'online', 'hybrid', 'partly_online')),
    place text, topic text, content text, block text, secretariat text,
    secretariat_id uuid CONSTRAINT meeting_secretariat_fkey REFERENCES directory.organisation (id),
    participants integer CONSTRAINT meeting_participants CHECK (participants >= 0),
    unit text CONSTRAINT meeting_unit CHECK (unit IN ('名', '協会')),
    qualifier text CONSTRAINT meeting_qualifier CHECK (qualifier IN ('exact', 'about', 'at_least')),
    participants_text text,
    standing text NOT NULL CONSTRAINT meeting_standing CHECK (standing IN ('as_planned', 'postponed', 'not_held')),
    standing_reason text, next_plan text, marked boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT meeting_days CHECK (date_start <= date_end),
    CONSTRAINT meeting_fiscal_year CHECK ({YEAR_OF}),
    CONSTRAINT meeting_one_secretariat CHECK (num_nonnulls(secretariat, secretariat_id) <= 1),
    CONSTRAINT meeting_count CHECK (num_nonnulls(participants, unit, qualifier) IN (0, 3)),
    CONSTRAINT meeting_reason CHECK ((standing = 'as_planned') = (standing_reason IS NULL)),
    CONSTRAINT meeting_counted_where_held CHECK (standing = 'as_planned' OR participants IS NULL)
);
CREATE TABLE events.agenda_item (
    id uuid CONSTRAINT agenda_item_pkey PRIMARY KEY DEFAULT uuidv7(),
    meeting_id uuid NOT NULL CONSTRAINT agenda_item_meeting_fkey REFERENCES events.meeting (id),
    office {OFFICE.format(table="agenda_item")},
    item_no integer NOT NULL CONSTRAINT agenda_item_number CHECK (item_no > 0),
    title text NOT NULL,
    outcome text CONSTRAINT agenda_item_outcome CHECK (outcome IN ('adopted', 'reported', 'deferred')),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT agenda_item_once UNIQUE (meeting_id, item_no)
);
CREATE TABLE events.staff_training (
    id uuid CONSTRAINT staff_training_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT staff_training_code_key UNIQUE,
    category text NOT NULL CONSTRAINT staff_training_category CHECK (category IN ('general', 'professional')),
    name text NOT NULL,
    fiscal_year integer NOT NULL CONSTRAINT staff_training_fiscal_year CHECK (fiscal_year BETWEEN 1987 AND 2200),
    date_text text,
    sessions integer CONSTRAINT staff_training_sessions CHECK (sessions > 0),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT staff_training_of_year UNIQUE (id, fiscal_year)
);
CREATE TABLE events.staff_training_period (
    id uuid CONSTRAINT staff_training_period_pkey PRIMARY KEY DEFAULT uuidv7(),
    training_id uuid NOT NULL, fiscal_year integer NOT NULL,
    period_no integer NOT NULL CONSTRAINT staff_training_period_number CHECK (period_no > 0),
    date_start date NOT NULL, date_end date NOT NULL,
    date_precision text NOT NULL CONSTRAINT staff_training_period_precision CHECK (date_precision IN ('day', 'month')),
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT staff_training_period_once UNIQUE (training_id, period_no),
    CONSTRAINT staff_training_period_training_fkey FOREIGN KEY (training_id, fiscal_year)
        REFERENCES events.staff_training (id, fiscal_year) ON UPDATE CASCADE,
    CONSTRAINT staff_training_period_days CHECK (date_start <= date_end),
    CONSTRAINT staff_training_period_within_year CHECK ({YEAR_OF}),
    CONSTRAINT staff_training_period_months CHECK (date_precision = 'day'
        OR extract(day FROM date_start) = 1 AND extract(day FROM date_end + 1) = 1)
);
"""
# What CLAIR's own read.
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
HEADQUARTERS = "'' = ANY ((SELECT events.offices())::text[])"
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(TABLES)
    for table in ("meeting", "agenda_item"):
        EVENTS.wall(table, read=HOUSE, write=MINE, change=MINE, grants=KEEP)
    for table in ("staff_training", "staff_training_period"):
        EVENTS.wall(table, read=HOUSE, write=HEADQUARTERS, change=HEADQUARTERS, grants=KEEP)


def downgrade() -> None:
    run("DROP TABLE events.staff_training_period, events.staff_training, events.agenda_item, events.meeting")
