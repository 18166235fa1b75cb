"""The tables of the office log (所務記録), of surveys, contacts and hand-overs."""

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid

from services.events.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version

_ORGANISATION, _PERSON = "directory.organisation.id", "directory.person.id"

support_counter = Table(
    "support_counter", METADATA, Column("office", Text, primary_key=True),
    Column("fiscal_year", Integer, primary_key=True), Column("drawn", Integer, nullable=False),
)  # fmt: skip
office_contact = Table(
    "office_contact", METADATA, identity(), Column("code", Text, nullable=False), Column("office", Text),
    Column("organisation_id", Uuid, ForeignKey(_ORGANISATION)), Column("counterpart_name", Text),
    Column("topics", ARRAY(Text), nullable=False), version(),
)  # fmt: skip
office_contact_detail = Table(
    "office_contact_detail", METADATA,
    Column("contact_id", Uuid, ForeignKey("events.office_contact.id"), primary_key=True), Column("office", Text),
    Column("person_name", Text), Column("title", Text), Column("email", Text), Column("phone", Text), info=ERASABLE,
)  # fmt: skip
support = Table(
    "support", METADATA, identity(), Column("code", Text, nullable=False), Column("office", Text),
    Column("fiscal_year", Integer, nullable=False), Column("kind", Text, nullable=False), Column("channel", Text),
    Column("received_on", Date, nullable=False), Column("done_on", Date), Column("due_on", Date),
    Column("closed_on", Date), Column("organisation_id", Uuid, ForeignKey(_ORGANISATION)),
    Column("requester_name", Text), Column("requester_kind", Text, nullable=False), Column("countable", Boolean, nullable=False),
    Column("not_countable_reason", Text), Column("contact_id", Uuid, ForeignKey("events.office_contact.id")),
    Column("marked", Boolean, nullable=False), Column("told", Text, nullable=False),
    Column("alike_no", Integer, nullable=False), version(),
)  # fmt: skip
support_text = Table(
    "support_text", METADATA, Column("support_id", Uuid, ForeignKey("events.support.id"), primary_key=True),
    Column("office", Text), Column("marked", Boolean, nullable=False),
    Column("content", Text, nullable=False), Column("outcome", Text), info=ERASABLE,  # it may name people
)  # fmt: skip
survey = Table(
    "survey", METADATA, identity(), Column("code", Text, nullable=False), Column("title", Text, nullable=False),
    Column("offices", ARRAY(Text), nullable=False), Column("organisation_id", Uuid, ForeignKey(_ORGANISATION)),
    Column("requester_name", Text), Column("fiscal_year", Integer, nullable=False),
    Column("requested_on", Date, nullable=False), Column("due_on", Date), Column("answered_on", Date),
    Column("marked", Boolean, nullable=False), version(),
)  # fmt: skip
hand_over = Table(
    "hand_over", METADATA, identity(), Column("office", Text),
    Column("leaving_id", Uuid, ForeignKey(_PERSON), nullable=False),
    Column("successor_id", Uuid, ForeignKey(_PERSON)), Column("leaves_on", Date, nullable=False),
    Column("state", Text, nullable=False), Column("signed_at", DateTime(timezone=True)),
    Column("taken_over_at", DateTime(timezone=True)), version(),
)  # fmt: skip
hand_over_matter = Table(
    "hand_over_matter", METADATA, identity(),
    Column("hand_over_id", Uuid, ForeignKey("events.hand_over.id"), nullable=False), Column("office", Text),
    Column("number", Integer, nullable=False), Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False), Column("title", Text, nullable=False), Column("due_on", Date),
    Column("ticked_at", DateTime(timezone=True)), version(),
)  # fmt: skip
