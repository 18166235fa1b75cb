"""What is told of an edition besides its legs: talks, who took part, and what the media said."""

from sqlalchemy import ARRAY, Column, Date, ForeignKey, Integer, Table, Text, Uuid

from services.events.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version


def _edition() -> Column[object]:
    return Column("edition_id", Uuid, ForeignKey("events.edition.id"), nullable=False)


talk = Table(
    "talk", METADATA, identity(), _edition(), Column("office", Text), Column("number", Integer, nullable=False),
    Column("label", Text), Column("title", Text), Column("affiliation", Text), Column("presenter", Text), version(),
)  # fmt: skip
talk_speaker = Table(
    "talk_speaker", METADATA, Column("talk_id", Uuid, ForeignKey("events.talk.id"), primary_key=True),
    Column("office", Text), Column("speaker_name", Text), info=ERASABLE,
)  # fmt: skip
edition_participant = Table(
    "edition_participant", METADATA, identity(), _edition(), Column("office", Text),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id")), Column("name", Text),
    Column("body", Text, nullable=False), Column("seq", Integer, nullable=False),
    Column("capacity", Text, nullable=False), Column("leg_numbers", ARRAY(Integer), nullable=False),
    Column("listed_in", Text), version(),
)  # fmt: skip
media_coverage = Table(
    "media_coverage", METADATA, identity(), Column("code", Text, nullable=False), _edition(), Column("office", Text),
    Column("medium", Text, nullable=False), Column("title", Text), Column("published_on", Date, nullable=False),
    Column("url", Text), Column("organisation_codes", ARRAY(Text), nullable=False), version(),
)  # fmt: skip
