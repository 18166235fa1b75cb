"""The tables of the care schema that its slices share. Their walls stand in its migrations."""

from sqlalchemy import Column, Date, DateTime, ForeignKey, LargeBinary, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import DATERANGE

from services.kit.db.tables import identity, version

METADATA = MetaData(schema="care")
CASE = "care.care_case.id"

serving = Table(
    "serving", METADATA, identity(), Column("person_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("host_id", Uuid), Column("effective", DATERANGE, nullable=False),
    Column("jet_number", Text),
)  # fmt: skip
person_wall = Table(
    "person_wall", METADATA, identity(), Column("counsellor_id", Uuid, nullable=False),
    Column("participant_id", Uuid, nullable=False), Column("reason", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False), version(), Column("lifted_at", DateTime(timezone=True)),
    Column("needed_on", Date, nullable=False),
)  # fmt: skip
care_case = Table(
    "care_case", METADATA, identity(), Column("pseudonym", Text, nullable=False),
    Column("person_id", Uuid), Column("counsellor_id", Uuid), Column("organisation_id", Uuid),
    Column("state", Text, nullable=False), Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_on", Date), Column("outcome", Text), Column("keep_until", Date),
    Column("shredded_at", DateTime(timezone=True)), version(),
)  # fmt: skip
case_key = Table(
    "case_key", METADATA, Column("case_id", Uuid, ForeignKey(CASE), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False), Column("fingerprint", LargeBinary, nullable=False),
)  # fmt: skip
