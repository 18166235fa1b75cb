"""Publications, their issues and articles; channels, what is counted of them, and its readings."""

from sqlalchemy import ARRAY, Boolean, Column, Computed, Date, ForeignKey, Integer, Table, Text, Uuid

from services.events.tables import METADATA
from services.kit.db.tables import identity, version


def _code() -> Column[str]:
    return Column("code", Text, nullable=False)


def _dated() -> tuple[Column[object], ...]:
    """A day, or a month by its first day, and the fiscal year that the database makes of it."""
    year = "extract(year FROM published_on)::integer - (extract(month FROM published_on) < 4)::integer"
    return (
        Column("published_on", Date, nullable=False),
        Column("date_precision", Text, nullable=False),
        Column("fiscal_year", Integer, Computed(year, persisted=True)),
    )


publication = Table(
    "publication", METADATA, identity(), _code(), Column("kind", Text, nullable=False), Column("office", Text),
    Column("name_ja", Text, nullable=False), Column("name_en", Text), Column("content", Text),
    Column("frequency", Text), Column("cumulative_before", Integer), Column("cumulative_year", Integer),
    Column("ended_on", Date), version(),
)  # fmt: skip
issue = Table(
    "issue", METADATA, identity(), _code(),
    Column("publication_id", Uuid, ForeignKey("events.publication.id"), nullable=False), Column("office", Text),
    Column("number", Integer), Column("label", Text), Column("title_ja", Text, nullable=False),
    Column("title_en", Text), Column("article_count", Integer),
    Column("country", Text, ForeignKey("directory.country.alpha2")), Column("country_printed", Text),
    Column("body", Text), Column("category", Text), Column("marked", Boolean, nullable=False), version(), *_dated(),
)  # fmt: skip
article = Table(
    "article", METADATA, identity(), _code(),
    Column("publication_id", Uuid, ForeignKey("events.publication.id"), nullable=False), Column("issue_id", Uuid),
    Column("office", Text), Column("title_ja", Text, nullable=False), Column("title_en", Text),
    Column("topics", ARRAY(Text), nullable=False), Column("issue_label", Text), Column("work_code", Text),
    Column("part_label", Text), Column("marked", Boolean, nullable=False), version(), *_dated(),
)  # fmt: skip
channel = Table(
    "channel", METADATA, identity(), _code(), Column("office", Text), Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False), Column("name_ja", Text, nullable=False), Column("name_en", Text),
    Column("opened_on", Date), Column("closed_on", Date), version(),
)  # fmt: skip
channel_metric = Table(
    "channel_metric", METADATA, identity(), _code(),
    Column("channel_id", Uuid, ForeignKey("events.channel.id"), nullable=False), Column("office", Text),
    Column("number", Integer, nullable=False), Column("name_ja", Text, nullable=False), Column("name_en", Text),
    Column("unit", Text, nullable=False), Column("owner", Text), Column("due", Text, nullable=False),
    Column("starts_on", Date, nullable=False), Column("ended_on", Date), version(),
)  # fmt: skip
metric_reading = Table(
    "metric_reading", METADATA, identity(),
    Column("metric_id", Uuid, ForeignKey("events.channel_metric.id"), nullable=False), Column("office", Text),
    Column("read_on", Date, nullable=False), Column("value", Integer, nullable=False),
    Column("qualifier", Text, nullable=False), Column("source", Text), version(),
)  # fmt: skip
reading_request = Table(
    "reading_request", METADATA,
    Column("metric_id", Uuid, ForeignKey("events.channel_metric.id"), primary_key=True),
    Column("due_on", Date, primary_key=True), Column("round", Integer, primary_key=True, autoincrement=False),
    Column("asked_on", Date, nullable=False),
)  # fmt: skip
