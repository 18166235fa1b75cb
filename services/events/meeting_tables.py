"""Meetings of the house with their agendas, and the trainings of headquarters' staff with their days."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, Table, Text, Uuid

from services.events.tables import METADATA
from services.kit.db.tables import identity, version

meeting = Table(
    "meeting", METADATA, identity(), Column("code", Text, nullable=False), Column("body", Text, nullable=False),
    Column("office", Text), Column("series", Text), Column("name", Text, nullable=False),
    Column("meeting_no", Integer), Column("fiscal_year", Integer, nullable=False),
    Column("date_start", Date, nullable=False), Column("date_end", Date, nullable=False), Column("mode", Text),
    Column("place", Text), Column("topic", Text), Column("content", Text), Column("block", Text),
    Column("secretariat", Text), Column("secretariat_id", Uuid, ForeignKey("directory.organisation.id")),
    Column("participants", Integer), Column("unit", Text), Column("qualifier", Text),
    Column("participants_text", Text), Column("standing", Text, nullable=False), Column("standing_reason", Text),
    Column("next_plan", Text), Column("marked", Boolean, nullable=False), version(),
)  # fmt: skip
agenda_item = Table(
    "agenda_item", METADATA, identity(), Column("meeting_id", Uuid, ForeignKey(meeting.c.id), nullable=False),
    Column("office", Text), Column("item_no", Integer, nullable=False), Column("title", Text, nullable=False),
    Column("outcome", Text), version(),
)  # fmt: skip
staff_training = Table(
    "staff_training", METADATA, identity(), Column("code", Text, nullable=False),
    Column("category", Text, nullable=False), Column("name", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("date_text", Text), Column("sessions", Integer), version(),
)  # fmt: skip
staff_training_period = Table(
    "staff_training_period", METADATA, identity(), Column("training_id", Uuid, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("period_no", Integer, nullable=False),
    Column("date_start", Date, nullable=False), Column("date_end", Date, nullable=False),
    Column("date_precision", Text, nullable=False), version(),
)  # fmt: skip
