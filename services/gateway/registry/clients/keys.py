"""Public keys of clients: several at once, so that one is added before another is retired."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, StrictStr
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    MetaData,
    Select,
    Table,
    Uuid,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB

from services.gateway.registry.clients import repository
from services.kit.auth.keys import KeyRefused, public_jwk, read_key
from services.kit.auth.scope import Rule
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.http import json
from services.kit.resource import Action, Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Wire

READ, WRITE = "identity.client:read", "identity.client:write"


def _object(value: object) -> object:
    """A key is shown as JSON text; what was read may be sent again."""
    return json.read(value.encode()) if isinstance(value, str) else value


def _key(value: dict[str, str]) -> dict[str, str]:
    try:
        return public_jwk(read_key(value, "ES256"))
    except KeyRefused:
        raise ValueError(
            "a public JWK of kty EC, crv P-256, with x, y and kid, and no private part"
        ) from None


PublicJwk = Annotated[dict[str, StrictStr], BeforeValidator(_object), AfterValidator(_key)]

client = Table(
    "client", MetaData(schema="identity"), Column("id", Uuid, primary_key=True),
    Column("client_id", SqlText, nullable=False),
)  # fmt: skip
table = Table(
    "client_key", client.metadata, Column("id", Uuid, primary_key=True), Column("client", Uuid, nullable=False),
    Column("kid", SqlText, nullable=False), Column("public_jwk", JSONB), Column("valid_from", DateTime(True)),
    Column("valid_to", DateTime(True)), Column("row_version", BigInteger),
)  # fmt: skip

KEY_KNOWN = Finding(
    "client_key_known",
    Text("この kid の鍵は既に登録されています", "This client has had another key with this kid, or has retired it"),
    Text("新しい鍵の組を作り、新しい kid で登録してください。", "Make a new pair of keys and register it with its own kid."),
)  # fmt: skip
UNKNOWN_CLIENT = Finding(
    "client_unknown",
    Text("この client_id のクライアントは登録されていません", "No client has this client_id"),
    Text("client_id を確認してください。", "Check the client_id."),
)
_RETIRED = Text("この鍵は使用を終えています。", "This key has been retired.")


class ClientKeyWrite(Wire):
    client_id: StrictStr
    public_jwk: PublicJwk


class ClientKey(Wire):
    id: UUID
    client_id: str
    kid: str
    public_jwk: str
    from_instant: datetime
    until_instant: datetime | None


async def key_problems(
    session: WriteSession, rows: list[Row], field: str = "public_jwk"
) -> dict[int, list[tuple[str, Finding]]]:
    """A kid names one key for life, and a retired key does not come back."""
    given = {row["_row"]: (row["client_id"], row[field]) for row in rows if row.get(field)}
    known = await repository.known_keys(session, [(name, jwk["kid"]) for name, jwk in given.values()])
    free: tuple[dict[str, Any], bool] = {}, False
    problems = {}
    for number, (name, jwk) in given.items():
        there, ended = known.get((name, jwk["kid"]), free)
        if ended or there not in ({}, jwk):
            problems[number] = [(field, KEY_KNOWN)]
    return problems


def _kid(row: Row) -> None:
    row["kid"] = row["public_jwk"]["kid"]


def _source(_basis: Basis) -> Select[Any]:
    k = table.c
    return select(
        k.id, client.c.client_id, k.kid, cast(k.public_jwk, SqlText).label("public_jwk"),
        k.valid_from.label("from_instant"), func.nullif(k.valid_to, literal_column("timestamptz 'infinity'")).label("until_instant"),
        (k.valid_to <= func.now()).label("_ended"), k.row_version,
    ).join_from(table, client, client.c.id == k.client)  # fmt: skip


def _closed(row: Row) -> Text | None:
    return _RETIRED if row["_ended"] else None


RETIREMENTS = Action("retirements", "/identity/v1/client-keys/{id}/retirements", ("registrar",), _closed)
_RULE = {verb: Rule(scope=READ, roles={"registrar": "all"}) for verb in ("list", "read")}

CLIENT_KEYS = Resource(
    service="identity", schema="identity", name="client_key", plural="client-keys",
    read=ClientKey, write=ClientKeyWrite, source=_source,
    access=_RULE | {verb: Rule(scope=WRITE, roles={"registrar": "all"}) for verb in ("create", "import")},
    filters={"client_id": equals(client.c.client_id, str)},
    sorts=("client_id", "kid"),
    parts=(Part(table, ("client", "kid")),),
    refs=(Ref("client_id", "client", client, "client_id", UNKNOWN_CLIENT),),
    derive=_kid, check=key_problems, actions=(RETIREMENTS,), version="2026.1",
)  # fmt: skip
