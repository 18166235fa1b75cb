"""Saved queries and their keys, as their owner sees them. Nobody else does."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    MetaData,
    Select,
    Table,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy import Text as SqlText

from services.gateway.registry.queries.domain import LONGEST
from services.kit.auth.scope import Reach, Rule
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Line, Wire

# Those who are known by their keys alone are not here (ADR 0021).
OWNERS: dict[str, Reach] = dict.fromkeys(
    ("coordinator", "registrar", "organisation", "host_authority"), "self"
)
READ, WRITE = Rule("queries:read", OWNERS), Rule("queries:write", OWNERS)
ADDRESS = "/identity/v1/saved-queries/"

query = Table(
    "saved_query", MetaData(schema="identity"), Column("id", Uuid, primary_key=True),
    Column("client", SqlText, nullable=False), Column("person_id", Uuid), Column("role", SqlText, nullable=False),
    Column("organisation_id", Uuid), Column("name", SqlText, nullable=False), Column("service", SqlText),
    Column("operation", SqlText), Column("path", SqlText), Column("query", SqlText),
    Column("retired_at", DateTime(True)), Column("row_version", BigInteger),
)  # fmt: skip
key = Table(
    "query_key", query.metadata, Column("id", Uuid, primary_key=True), Column("saved_query", Uuid),
    Column("label", SqlText), Column("valid_from", DateTime(True)), Column("valid_to", DateTime(True)),
    Column("row_version", BigInteger),
)  # fmt: skip

NAME_TAKEN = Refusal(
    "saved_query_name_taken", "conflict",
    Text("同じ名前の検索条件が保存されています", "You have saved another query by this name"),
    Text("別の名前にするか、前のものを使用終了にしてください。", "Choose another name, or retire the earlier one."),
)  # fmt: skip
TWO_AT_MOST = Refusal(
    "query_key_two_at_most", "conflict",
    Text("同じ検索条件の鍵が同時に発行されました", "Another key of this query was made at the same moment"),
    Text("少し待ってから、もう一度発行してください。", "Wait a little and ask again."),
)  # fmt: skip
_ENDED = Text("この鍵は使用を終えています。", "This key has ended.")


class SavedQueryWrite(Wire):
    """`list_address` as it is called: a path with its parameters; what it reads stays for good."""

    name: Line
    list_address: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST), cells.TEXT]


class SavedQuery(Wire):
    id: UUID
    name: str
    list_address: str
    csv_address: str
    json_address: str


class QueryKey(Wire):
    id: UUID
    saved_query_id: UUID
    label: str
    from_instant: datetime
    until_instant: datetime | None


def _said(name: str) -> Any:
    return func.platform.caller(name)


def _own(_person: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same tool for the same person, or for nobody, in the same role and for the same organisation."""
    return and_(
        query.c.client == _said("client"),
        query.c.role == _said("role"),
        query.c.person_id.is_not_distinct_from(cast(_said("person"), Uuid)),
        query.c.organisation_id.is_not_distinct_from(cast(_said("organisation"), Uuid)),
    )


def _queries(_basis: Basis) -> Select[Any]:
    c = query.c
    address = literal(ADDRESS) + cast(c.id, SqlText)
    return select(
        c.id, c.name, (c.path + case((c.query == "", ""), else_=literal("?") + c.query)).label("list_address"),
        (address + "/rows.csv").label("csv_address"), (address + "/rows.json").label("json_address"), c.row_version,
    ).where(c.retired_at.is_(None))  # fmt: skip


def _keys(_basis: Basis) -> Select[Any]:
    c = key.c
    return select(
        c.id, c.saved_query.label("saved_query_id"), c.label, c.valid_from.label("from_instant"),
        func.nullif(c.valid_to, literal_column("timestamptz 'infinity'")).label("until_instant"),
        (c.valid_to <= func.now()).label("_ended"), c.row_version,
    ).join_from(key, query, query.c.id == c.saved_query)  # fmt: skip


def _closed(row: Row) -> Text | None:
    return _ENDED if row["_ended"] else None


def _open(_row: Row) -> Text | None:
    return None


KEYS = Action("keys", ADDRESS + "{id}/keys", tuple(OWNERS), _open)
RETIREMENTS = Action("retirements", ADDRESS + "{id}/retirements", tuple(OWNERS), _open)
REVOCATIONS = Action("revocations", "/identity/v1/query-keys/{id}/revocations", tuple(OWNERS), _closed)

SAVED_QUERIES = Resource(
    service="identity", schema="identity", name="saved_query", plural="saved-queries",
    read=SavedQuery, write=SavedQueryWrite, source=_queries, itself=_own,
    access={"list": READ, "read": READ, "change": WRITE},
    sorts=("name",),
    parts=(Part(query, ("client", "person_id", "role", "organisation_id", "name", "retired_at")),),
    fixed=("list_address",), actions=(KEYS, RETIREMENTS),
    constraints={"saved_query_name_key": NAME_TAKEN},
)  # fmt: skip
QUERY_KEYS = Resource(
    service="identity", schema="identity", name="query_key", plural="query-keys",
    read=QueryKey, source=_keys, itself=_own, access={"list": READ, "read": READ},
    filters={"saved_query_id": equals(key.c.saved_query, UUID)},
    sorts=("from_instant", "label"), actions=(REVOCATIONS,),
    constraints={"query_key_two_at_most": TWO_AT_MOST},
)  # fmt: skip
