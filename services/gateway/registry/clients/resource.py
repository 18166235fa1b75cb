"""Clients: the programs that may ask for tokens, each with one role and the scopes it was given."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, MetaData, Select, Table, Uuid, cast, select
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from services.kit import directory
from services.kit.auth.keys import KeyRefused, public_jwk, read_key
from services.kit.auth.scope import Rule
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.http import json
from services.kit.resource import Action, Basis, Change, Filter, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Flag, Line, Wire
from services.kit.writer import store_parts

READ, WRITE = "identity.client:read", "identity.client:write"

Role = Literal[
    "coordinator", "registrar", "organisation", "host_authority", "ministry", "participant", "service"
]
# shorter than a UUID without its hyphens, so that a path never reads one as the other
ClientId = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
ScopeName = Annotated[StrictStr, Field(max_length=80, pattern=r"^[a-z][a-z0-9_.-]*:[a-z]+$")]


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


class ClientWrite(Wire):
    client_id: ClientId
    name: Line
    role: Role
    organisation_code: Code | None = None
    scopes: Annotated[list[ScopeName], Field(max_length=200)]
    acts_for_people: Flag = False
    active: Flag = True
    public_jwk: PublicJwk | None = None


class Client(Wire):
    id: UUID
    client_id: str
    name: str
    role: Role
    organisation_code: str | None
    scopes: list[str]
    acts_for_people: bool
    active: bool
    public_jwk: str | None
    has_secret: bool


table = Table(
    "client", MetaData(schema="identity"),
    Column("id", Uuid, primary_key=True), Column("client_id", SqlText, nullable=False), Column("name", SqlText),
    Column("role", SqlText), Column("organisation_id", Uuid), Column("scopes", ARRAY(SqlText)),
    Column("secret_sha256", BYTEA), Column("public_jwk", JSONB), Column("acts_for_people", Boolean),
    Column("active", Boolean), Column("row_version", BigInteger),
)  # fmt: skip

KEYS_ONLY = Refusal(
    "client_needs_key", "conflict",
    Text("この種のクライアントは鍵で認証します", "A client of this kind is known by its key"),
    Text("人の代わりに動くツールと府省のクライアントは、public_jwk を登録し、シークレットは使いません。",
         "Tools that act for people and ministries register a public_jwk and hold no secret."),
)  # fmt: skip
OF_AN_ORGANISATION = Refusal(
    "client_organisation", "conflict",
    Text("役割と団体が合いません", "Role and organisation do not fit"),
    Text("organisation と host_authority のクライアントには団体が必要で、他の役割には付けられません。",
         "Clients with the role organisation or host_authority belong to an organisation; others do not."),
)  # fmt: skip
FIGURES_ONLY = Refusal(
    "client_reads_figures_only", "conflict",
    Text("府省のクライアントは統計だけを読みます", "A ministry's client reads figures only"),
    Text("scopes は jet.statistics:read と directory:read に限ります。",
         "Its scopes are jet.statistics:read and directory:read at most."),
)  # fmt: skip
_KEPT = Finding(
    "client_id_kept",
    Text("client_id は変更できません", "The client_id cannot be changed"),
    Text(
        "別の client_id が必要なら、新しいクライアントを登録してください。",
        "Register a new client for a new client_id.",
    ),
)
_UNKNOWN = Finding(
    "organisation_unknown",
    Text("この団体コードは登録されていません", "No organisation has this code"),
    Text("団体コードを確認してください。", "Check the organisation code."),
)


def _source(_basis: Basis) -> Select[Any]:
    home = directory.organisation
    return select(
        table.c.id, table.c.client_id, table.c.name, table.c.role, home.c.code.label("organisation_code"),
        table.c.scopes, table.c.acts_for_people, table.c.active, cast(table.c.public_jwk, SqlText).label("public_jwk"),
        table.c.secret_sha256.is_not(None).label("has_secret"), table.c.row_version,
    ).select_from(table.outerjoin(home, home.c.id == table.c.organisation_id))  # fmt: skip


async def _check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Audit rows name a client by its client_id, so that one keeps it for life."""
    changed = {row["id"]: row for row in rows if "id" in row}
    kept = await session.execute(select(table.c.id, table.c.client_id).where(table.c.id.in_(changed)))
    return {
        changed[one.id]["_row"]: [("client_id", _KEPT)]
        for one in kept
        if changed[one.id]["client_id"] != one.client_id
    }


async def _store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """The audit keeps what changed, but not the secret's hash."""
    changes = await store_parts(session, CLIENTS, rows, insert_only)
    return [replace(change, before=_open(change.before), after=_open(change.after)) for change in changes]


def _open(row: Row | None) -> Row | None:
    return None if row is None else {name: value for name, value in row.items() if name != "secret_sha256"}


def _closed(row: Row) -> Text | None:
    return KEYS_ONLY.detail if row["acts_for_people"] or row["role"] == "ministry" else None


SECRETS = Action("secrets", "/identity/v1/clients/{id}/secrets", ("registrar",), _closed)

CLIENTS = Resource(
    service="identity",
    schema="identity",
    name="client",
    plural="clients",
    read=Client,
    write=ClientWrite,
    source=_source,
    access={
        "list": Rule(scope=READ, roles={"registrar": "all"}),
        "read": Rule(scope=READ, roles={"registrar": "all"}),
        "create": Rule(scope=WRITE, roles={"registrar": "all"}),
        "change": Rule(scope=WRITE, roles={"registrar": "all"}),
    },
    filters={"role": Filter(Role, lambda given: table.c.role == given)},
    sorts=("client_id", "name"),
    code="client_id",
    parts=(Part(table, ("client_id",)),),
    refs=(Ref("organisation_code", "organisation_id", directory.organisation, "code", _UNKNOWN),),
    check=_check,
    store=_store,
    actions=(SECRETS,),
    constraints={
        "client_tools_use_keys": KEYS_ONLY,
        "client_of_an_organisation": OF_AN_ORGANISATION,
        "client_ministries_read_figures": FIGURES_ONLY,
    },
)
