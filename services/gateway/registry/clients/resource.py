"""Clients: the programs that may ask for tokens, each with one role and the scopes it was given."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    MetaData,
    Select,
    Table,
    Uuid,
    cast,
    exists,
    func,
    select,
)
from sqlalchemy import Text as SqlText

from services.gateway.registry.clients import keys, repository
from services.gateway.registry.clients.keys import READ, WRITE, PublicJwk
from services.kit import directory
from services.kit.auth.scope import Rule
from services.kit.columns import Cell
from services.kit.db.merge import identities, touch
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.findings import Finding, Parsed
from services.kit.japan import cells
from services.kit.resource import Action, Basis, Change, Filter, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Code, Flag, Line, Wire, choice
from services.kit.writer import store_parts

Role = Literal[
    "coordinator",
    "registrar",
    "organisation",
    "host_authority",
    "ministry",
    "participant",
    "business",
    "auditor",
    "service",
    "counsellor",
    "care_officer",
    "protector",
    "grant_officer",
    "event_officer",
]
# shorter than a UUID without its hyphens, so that a path never reads one as the other
ClientId = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
ScopeName = Annotated[StrictStr, Field(max_length=80, pattern=r"^[a-z][a-z0-9_.-]*:[a-z]+$")]


def _scopes(raw: object) -> Parsed[list[str]]:
    names = list(raw) if isinstance(raw, tuple) else str(raw).split()
    return Parsed(names, " ".join(map(str, names)))


SCOPES = Cell(
    "scopes", _scopes, Text("空白で区切ったスコープ", "Scopes, with spaces between them"), several=True
)


class ClientWrite(Wire):
    """`public_jwk`: given another one, the client's other keys end; left out, they stay as they are."""

    client_id: ClientId
    name: Line
    role: Annotated[Role, choice("client_role", get_args(Role))]
    organisation_code: Code | None = None
    scopes: Annotated[list[ScopeName], Field(max_length=200), SCOPES]
    acts_for_people: Annotated[Flag, cells.BOOLEAN] = False
    active: Annotated[Flag, cells.BOOLEAN] = True
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
    Column("acts_for_people", Boolean), Column("active", Boolean), Column("keys_only", Boolean),
    Column("row_version", BigInteger),
)  # fmt: skip
secret = Table(
    "client_secret", table.metadata, Column("client", Uuid), Column("valid_to", DateTime(True)),
)  # fmt: skip

KEYS_ONLY = Refusal(
    "client_needs_key", "conflict",
    Text("この種のクライアントは鍵で認証します", "A client of this kind is known by its key"),
    Text("人の代わりに動くツール、府省・監査・相談のクライアントは、公開鍵を登録し、シークレットは使いません。",
         "Tools that act for people, and clients of ministries, of auditors and of counselling, register a public "
         "key and hold no secret."),
)  # fmt: skip
OF_AN_ORGANISATION = Refusal(
    "client_organisation", "conflict",
    Text("役割と団体が合いません", "Role and organisation do not fit"),
    Text("organisation、host_authority、business のクライアントには団体が必要で、他の役割には付けられません。",
         "Clients with the role organisation, host_authority or business belong to an organisation; others do not."),
)  # fmt: skip
FIGURES_ONLY = Refusal(
    "client_reads_figures_only", "conflict",
    Text("府省のクライアントは統計だけを読みます", "A ministry's client reads figures only"),
    Text("scopes は jet.statistics:read、grants.statistics:read、directory:read に限ります。",
         "Its scopes are jet.statistics:read, grants.statistics:read and directory:read at most."),
)  # fmt: skip
ABOVE_ITS_ROLE = Refusal(
    "client_scope_ceiling", "conflict",
    Text("この役割では持てないスコープがあります", "A scope is more than this role can ever hold"),
    Text("役割ごとのスコープは、アクセス表のとおりです。", "The scopes of each role are those of the access matrix."),
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
    home, k = directory.organisation, keys.table.c
    newest = select(cast(k.public_jwk, SqlText)).where(k.client == table.c.id, k.valid_to > func.now())
    return select(
        table.c.id, table.c.client_id, table.c.name, table.c.role, home.c.code.label("organisation_code"),
        table.c.scopes, table.c.acts_for_people, table.c.active,
        newest.order_by(k.id.desc()).limit(1).scalar_subquery().label("public_jwk"),
        exists().where(secret.c.client == table.c.id, secret.c.valid_to > func.now()).label("has_secret"),
        table.c.keys_only.label("_keys_only"), table.c.row_version,
    ).select_from(table.outerjoin(home, home.c.id == table.c.organisation_id))  # fmt: skip


async def _check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Audit rows name a client by its client_id, so that one keeps it for life."""
    problems = await keys.key_problems(session, rows)
    changed = {row["id"]: row for row in rows if "id" in row}
    kept = await session.execute(select(table.c.id, table.c.client_id).where(table.c.id.in_(changed)))
    return problems | {
        changed[one.id]["_row"]: [("client_id", _KEPT)]
        for one in kept
        if changed[one.id]["client_id"] != one.client_id
    }


async def _store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """A client whose key alone changed has changed too. The audit keeps what changed, but not a secret's hash."""
    changes = {change.row: change for change in await store_parts(session, CLIENTS, rows, insert_only)}
    given = [row for row in rows if row["public_jwk"] is not None]
    ids = await identities(session, table, given, ("client_id",))
    jwks = {ids[row["_row"]]: row["public_jwk"] for row in given}
    set_anew = await repository.set_keys(session, jwks) if jwks else set()
    for row in given:
        identity = ids[row["_row"]]
        if identity in set_anew:
            key = Change(row["_row"], "UPDATE", identity, None, {"public_jwk": row["public_jwk"]})
            first = changes.setdefault(row["_row"], key)
            if first is key:
                await touch(session, table, [identity])
            else:
                changes[row["_row"]] = first._replace(after={**(first.after or {}), **(key.after or {})})
    return [one._replace(before=_open(one.before), after=_open(one.after)) for one in changes.values()]


def _open(row: Row | None) -> Row | None:
    return None if row is None else {name: value for name, value in row.items() if name != "secret_sha256"}


def _closed(row: Row) -> Text | None:
    return KEYS_ONLY.detail if row["_keys_only"] else None


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
        "import": Rule(scope=WRITE, roles={"registrar": "all"}),
    },
    filters={"role": Filter(Role, lambda given: table.c.role == given)},
    sorts=("client_id", "name"),
    code="client_id",
    parts=(Part(table, ("client_id",)),),
    refs=(Ref("organisation_code", "organisation_id", directory.organisation, "code", _UNKNOWN),),
    check=_check,
    store=_store,
    actions=(SECRETS,),
    version="2026.1",
    constraints={
        "client_secret_client_fkey": KEYS_ONLY,
        "client_scope_ceiling": ABOVE_ITS_ROLE,
        "client_of_an_organisation": OF_AN_ORGANISATION,
        "client_ministries_read_figures": FIGURES_ONLY,
    },
)
