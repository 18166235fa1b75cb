"""Publications with their issues and articles; channels, what is counted of them, its readings, and who was asked for one."""

from migrations.histories import EVENTS
from services.kit.db.migration import run

revision = "events_0010"
down_revision = "events_0009"
branch_labels = None
depends_on = None

OFFICE = "text CONSTRAINT {table}_office_fkey REFERENCES directory.overseas_office (code)"
DATED = """published_on date NOT NULL,
    date_precision text NOT NULL CONSTRAINT {table}_date_precision CHECK (date_precision IN ('day', 'month')),
    fiscal_year integer GENERATED ALWAYS AS (
        extract(year FROM published_on)::integer - (extract(month FROM published_on) < 4)::integer) STORED,
    CONSTRAINT {table}_month CHECK (date_precision = 'day' OR extract(day FROM published_on) = 1)"""
TABLES = f"""
CREATE TABLE events.publication (
    id uuid CONSTRAINT publication_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT publication_code_key UNIQUE,
    kind text NOT NULL CONSTRAINT publication_kind CHECK (kind ~ '^[a-z_]+$'),
    office {OFFICE.format(table="publication")},
    name_ja text NOT NULL, name_en text, content text, frequency text,
    cumulative_before integer CONSTRAINT publication_cumulative_before CHECK (cumulative_before >= 0),
    cumulative_year integer,
    ended_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT publication_cumulative CHECK ((cumulative_before IS NULL) = (cumulative_year IS NULL))
);
CREATE TABLE events.issue (
    id uuid CONSTRAINT issue_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT issue_code_key UNIQUE,
    publication_id uuid NOT NULL CONSTRAINT issue_publication_fkey REFERENCES events.publication (id),
    office {OFFICE.format(table="issue")},
    number integer CONSTRAINT issue_number CHECK (number > 0),
    label text, title_ja text NOT NULL, title_en text,
    article_count integer CONSTRAINT issue_article_count CHECK (article_count >= 0),
    country text CONSTRAINT issue_country_fkey REFERENCES directory.country (alpha2), country_printed text,
    body text, category text,
    marked boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    {DATED.format(table="issue")},
    CONSTRAINT issue_once UNIQUE (publication_id, number),
    CONSTRAINT issue_of_publication UNIQUE (id, publication_id)
);
CREATE TABLE events.article (
    id uuid CONSTRAINT article_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT article_code_key UNIQUE,
    publication_id uuid NOT NULL CONSTRAINT article_publication_fkey REFERENCES events.publication (id),
    issue_id uuid,
    office {OFFICE.format(table="article")},
    title_ja text NOT NULL, title_en text,
    topics text[] NOT NULL DEFAULT '{{}}',
    issue_label text, work_code text, part_label text,
    marked boolean NOT NULL DEFAULT false,
    row_version bigint NOT NULL DEFAULT 1,
    {DATED.format(table="article")},
    CONSTRAINT article_issue_fkey FOREIGN KEY (issue_id, publication_id) REFERENCES events.issue (id, publication_id),
    CONSTRAINT article_part CHECK ((work_code IS NULL) = (part_label IS NULL))
);
CREATE INDEX article_publication_idx ON events.article (publication_id);
CREATE INDEX article_issue_idx ON events.article (issue_id);
CREATE TABLE events.channel (
    id uuid CONSTRAINT channel_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT channel_code_key UNIQUE,
    office {OFFICE.format(table="channel")},
    kind text NOT NULL CONSTRAINT channel_kind CHECK (kind IN ('sns', 'blog', 'mail_list', 'library', 'site')),
    number integer NOT NULL CONSTRAINT channel_number CHECK (number > 0),
    name_ja text NOT NULL, name_en text, opened_on date, closed_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT channel_days CHECK (opened_on <= closed_on)
);
CREATE TABLE events.channel_metric (
    id uuid CONSTRAINT channel_metric_pkey PRIMARY KEY DEFAULT uuidv7(),
    code text NOT NULL CONSTRAINT channel_metric_code_key UNIQUE,
    channel_id uuid NOT NULL CONSTRAINT channel_metric_channel_fkey REFERENCES events.channel (id),
    office {OFFICE.format(table="channel_metric")},
    number integer NOT NULL CONSTRAINT channel_metric_number CHECK (number > 0),
    name_ja text NOT NULL, name_en text, unit text NOT NULL, owner text,
    due text NOT NULL CONSTRAINT channel_metric_due CHECK (due IN ('fiscal_year_end', 'month_end', 'none')),
    starts_on date NOT NULL, ended_on date,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT channel_metric_days CHECK (starts_on <= ended_on)
);
CREATE INDEX channel_metric_channel_idx ON events.channel_metric (channel_id);
CREATE TABLE events.metric_reading (
    id uuid CONSTRAINT metric_reading_pkey PRIMARY KEY DEFAULT uuidv7(),
    metric_id uuid NOT NULL CONSTRAINT metric_reading_metric_fkey REFERENCES events.channel_metric (id),
    office {OFFICE.format(table="metric_reading")},
    read_on date NOT NULL,
    value integer NOT NULL CONSTRAINT metric_reading_value CHECK (value >= 0),
    qualifier text NOT NULL CONSTRAINT metric_reading_qualifier CHECK (qualifier IN ('exact', 'about', 'at_least')),
    source text,
    row_version bigint NOT NULL DEFAULT 1,
    CONSTRAINT metric_reading_once UNIQUE (metric_id, read_on)
);
CREATE TABLE events.reading_request (
    metric_id uuid NOT NULL CONSTRAINT reading_request_metric_fkey REFERENCES events.channel_metric (id),
    due_on date NOT NULL,
    round integer NOT NULL CONSTRAINT reading_request_round CHECK (round IN (1, 2)),
    asked_on date NOT NULL,
    CONSTRAINT reading_request_pkey PRIMARY KEY (metric_id, due_on, round)
);
"""
MINE = "coalesce(office, '') = ANY ((SELECT events.offices())::text[])"
HOUSE = "(SELECT platform.caller_is('event_officer', 'coordinator', 'service', 'worker', 'ministry'))"
KEEP = "SELECT, INSERT, UPDATE"


def upgrade() -> None:
    run(TABLES)
    for table in ("publication", "issue", "article", "channel", "channel_metric"):
        EVENTS.wall(table, read=HOUSE, write=MINE, change=MINE, grants=KEEP)
    # nobody has read a number on a day that is still to come
    read_by_now = f"{MINE} AND read_on <= (SELECT platform.today())"
    EVENTS.wall("metric_reading", read=HOUSE, write=read_by_now, change=MINE, grants=KEEP)
    EVENTS.wall(
        "reading_request", read=HOUSE, write="(SELECT platform.caller_is('worker'))", grants="SELECT, INSERT"
    )


def downgrade() -> None:
    run(
        "DROP TABLE events.reading_request, events.metric_reading, events.channel_metric, events.channel, "
        "events.article, events.issue, events.publication"
    )
