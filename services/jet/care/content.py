"""The tables of what is said in a case. A `bytea` of theirs is a ciphertext under the case's key, bound to its place."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Computed, Date, DateTime, ForeignKey, LargeBinary, Table, Text, Uuid, insert
from sqlalchemy.dialects.postgresql import DATERANGE

from services.jet.care.cases.repository import Cases
from services.jet.care.keys import CaseKey, unwrapped
from services.jet.care.tables import CASE, METADATA
from services.kit.db.session import Record, WriteSession
from services.kit.db.tables import identity, version
from services.kit.errors import ABSENT
from services.kit.ids import uuid7


def _of_case() -> Column[Any]:
    return Column("case_id", Uuid, ForeignKey(CASE), nullable=False)


def _at(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _sealed(name: str) -> Column[Any]:
    return Column(name, LargeBinary, nullable=False)


channel = Table(
    "channel", METADATA, Column("code", Text, primary_key=True), Column("label_ja", Text, nullable=False),
    Column("label_en", Text, nullable=False), Column("unit", Text, nullable=False), Column("valid_from", Date),
    Column("valid_to", Date),
    Column("effective", DATERANGE, Computed("daterange(valid_from, valid_to, '[]')"), primary_key=True),
    Column("id", Uuid, nullable=False),
)  # fmt: skip
message = Table(
    "message", METADATA, identity(), _of_case(), Column("written_by", Text, nullable=False),
    Column("counsellor_id", Uuid), _at("sent_at"), _sealed("body"),
)  # fmt: skip
contact = Table(
    "contact", METADATA, identity(), _of_case(), Column("channel", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("held", DATERANGE, Computed("daterange(held_on, held_on, '[]')"), nullable=False),
    Column("counsellor_id", Uuid), Column("message_id", Uuid, ForeignKey("care.message.id")), _at("noted_at"),
    Column("booking_id", Uuid, ForeignKey("care.booking.id")),
)  # fmt: skip
contact_text = Table(
    "contact_text", METADATA, Column("contact_id", Uuid, ForeignKey("care.contact.id"), primary_key=True), _of_case(),
    _sealed("content"),
)  # fmt: skip
note = Table(
    "note", METADATA, identity(), _of_case(), Column("counsellor_id", Uuid, nullable=False), _at("written_at"),
    _sealed("content"),
)  # fmt: skip
referral = Table(
    "referral", METADATA, identity(), _of_case(), Column("counsellor_id", Uuid, nullable=False),
    _sealed("referred_to"), _sealed("content"), Column("state", Text, nullable=False), Column("consented_by", Text),
    _at("proposed_at"), _at("consented_at", nullable=True), _at("sent_at", nullable=True),
    _at("withdrawn_at", nullable=True), version(),
)  # fmt: skip
follow_up = Table(
    "follow_up", METADATA, identity(), _of_case(), Column("counsellor_id", Uuid, nullable=False),
    Column("due_on", Date, nullable=False), _at("done_at", nullable=True), _sealed("content"), version(),
)  # fmt: skip


def place(table: Table, column: str, row: UUID) -> str:
    return f"{table.name}.{column} {row}"


def opener(table: Table, column: str, label: str = "") -> Callable[[Record], str | None]:
    """Opens a column of a row that has its `case_id` and the case's `wrapped` key besides."""

    def opened(record: Record) -> str | None:
        sealed = record[label or column]
        if sealed is None:
            return None
        key = unwrapped(record["case_id"], bytes(record["wrapped"]))
        return key.read(bytes(sealed), place(table, column, record["id"]))

    return opened


async def key_of(session: WriteSession, case: UUID) -> CaseKey:
    key = await Cases(session).key(case)
    if key is None:
        raise ABSENT()
    return key


async def keep(
    session: WriteSession, table: Table, case: UUID, key: CaseKey, sealed: dict[str, str], **values: Any
) -> UUID:
    """A new row of a case, what is said in it sealed."""
    made = uuid7()
    columns = {name: key.seal(text, place(table, name, made)) for name, text in sealed.items()}
    await session.execute(insert(table).values(id=made, case_id=case, **columns, **values))
    return made
