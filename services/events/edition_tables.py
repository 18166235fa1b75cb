"""What is told of an edition besides its legs: talks, who took part, and what the media said."""

from sqlalchemy import ARRAY, Column, ColumnElement, Date, ForeignKey, Integer, Table, Text, Uuid, or_, select

from services.events.tables import METADATA, announced, edition
from services.kit import directory
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


def announced_or_joined() -> ColumnElement[bool]:
    """For whom not all editions are: those that are announced, and those that their own bodies have joined."""
    p = edition_participant.c
    joined = select(p.edition_id).where(directory.visible(p.organisation_id))
    return announced(or_(edition.c.public, edition.c.id.in_(joined)))
