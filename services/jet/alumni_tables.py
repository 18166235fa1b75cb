"""The tables of alumni: chapters, support given to them, who has consented to be one, and careers that they told."""

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid

from services.jet.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version

_CHAPTER, _ALUMNUS = "jet.alumni_chapter.id", "jet.alumnus.id"

alumni_chapter = Table(
    "alumni_chapter", METADATA, identity(), Column("code", Text, nullable=False), Column("kind", Text, nullable=False),
    Column("name_ja", Text, nullable=False), Column("name_en", Text, nullable=False), Column("country", Text),
    Column("active_from", Date), Column("active_to", Date), version(),
)  # fmt: skip
chapter_support = Table(
    "chapter_support", METADATA, identity(), Column("chapter_id", Uuid, ForeignKey(_CHAPTER), nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("kind", Text, nullable=False),
    Column("supported_on", Date, nullable=False), Column("content", Text), version(),
)  # fmt: skip
alumnus = Table(
    "alumnus", METADATA, identity(),
    Column("participant_id", Uuid, ForeignKey("jet.participant.id"), nullable=False),
    Column("chapter_id", Uuid, ForeignKey(_CHAPTER)), Column("residence", Text),
    Column("contact_by", Text, nullable=False), Column("purposes", ARRAY(Text), nullable=False),
    Column("consent_form", Text, nullable=False), Column("consented_on", Date, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)), version(),
)  # fmt: skip
alumnus_detail = Table(
    "alumnus_detail", METADATA, Column("alumnus_id", Uuid, ForeignKey(_ALUMNUS), primary_key=True),
    Column("contact_email", Text), Column("contact_address", Text), info=ERASABLE,
)  # fmt: skip
alumni_career = Table(
    "alumni_career", METADATA, identity(), Column("alumnus_id", Uuid, ForeignKey(_ALUMNUS), nullable=False),
    Column("since_on", Date, nullable=False), Column("career_field", Text, nullable=False), Column("country", Text),
    Column("may_be_published", Boolean, nullable=False), version(),
)  # fmt: skip
alumni_career_text = Table(
    "alumni_career_text", METADATA,
    Column("career_id", Uuid, ForeignKey("jet.alumni_career.id"), primary_key=True), Column("employer", Text),
    info=ERASABLE,
)  # fmt: skip
