"""The audit as auditors read it: entries in the order of their sealing, the signed checkpoints over them, and whom
a client was shown in a period. Every service has these lists; reading entries or exposures is itself an entry.

What an entry's leaf is made of stands here as text, so that anybody can compute it again from a download.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import SQLCoreOperations

from services.kit.auth.scope import Rule
from services.kit.db.tables import audit_entry
from services.kit.fields import equals
from services.kit.http.mount import mount as mount_resource
from services.kit.resource import Basis, Filter, Resource
from services.kit.sealing import instant_text
from services.kit.wire import Instant, Wire

AUDITOR = "auditor"

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class AuditEntry(Wire):
    """The fields from `id` on are what the leaf is made of."""

    leaf: int | None
    leaf_hash: str | None
    id: UUID
    at: Moment
    audit_transaction: str
    client: str
    person_id: UUID | None
    role: str
    organisation_id: UUID | None
    request_id: str
    action: str
    resource: str
    resource_id: UUID | None
    from_state: str | None
    to_state: str | None
    before: str | None
    after: str | None
    subjects: list[UUID] | None


class AuditCheckpoint(Wire):
    id: UUID
    tree_size: int
    root_hash: str
    sealed_at: Moment
    signed_note: str
    verifier_key: str


class AuditExposure(Wire):
    id: UUID
    client: str
    resource: str
    record_id: UUID
    person_id: UUID | None
    role: str
    route: str
    fields_shown: str
    times_read: int
    first_read_at: Moment
    last_read_at: Moment


def _tables(schema: str) -> tuple[Table, Table, Table]:
    held = MetaData(schema=schema)
    entry = audit_entry(schema)
    leaf = Table(
        "audit_leaf", held, Column("position", BigInteger), Column("entry_id", Uuid), Column("hash", Text)
    )
    checkpoint = Table(
        "audit_checkpoint", held, Column("tree_size", BigInteger), Column("root_hash", Text),
        Column("sealed_at", DateTime(True)), Column("signed_note", Text), Column("verifier_key", Text),
    )  # fmt: skip
    return entry, leaf, checkpoint


def _base64(column: SQLCoreOperations[Any]) -> ColumnElement[Any]:
    return func.encode(column, "base64")


def _period(at: SQLCoreOperations[Any]) -> dict[str, Filter]:
    """Half-open: what was read at `to` is of the next period."""

    def said(given: Any) -> Any:
        return given.isoformat()

    return {
        "from": Filter(Instant, lambda given: at >= cast(given, DateTime(True)), said),
        "to": Filter(Instant, lambda given: at < cast(given, DateTime(True)), said),
    }


def _audited(role: str) -> Rule:
    return Rule("audit:read", {role: "all"}, audited=True)


def _entries(service: str, schema: str, entry: Table, leaf: Table, role: str) -> Resource:
    c = entry.c
    names = (
        "client", "person_id", "role", "organisation_id", "request_id", "action", "resource", "resource_id",
        "from_state", "to_state",
    )  # fmt: skip

    def source(_: Basis) -> Select[Any]:
        return select(
            leaf.c.position.label("leaf"), _base64(leaf.c.hash).label("leaf_hash"), c.id,
            instant_text(c.at).label("at"), cast(c.xid, Text).label("audit_transaction"), *(c[name] for name in names),
            cast(c.before, Text).label("before"), cast(c.after, Text).label("after"), c.subjects,
            literal(1).label("row_version"),
        ).select_from(entry.outerjoin(leaf, leaf.c.entry_id == c.id))  # fmt: skip

    return Resource(
        service=service, schema=schema, name="audit_entry", plural="audit-entries", read=AuditEntry, source=source,
        access={"list": _audited(role)}, subjects=False, sorts=("leaf", "at"),
        filters={
            "client": equals(c.client),
            "person": equals(c.person_id, UUID),
            "action": equals(c.action),
            "resource": equals(c.resource),
            "record": Filter(UUID, lambda given: or_(c.resource_id == given, given == any_(c.subjects))),
            "request_id": equals(c.request_id),
            **_period(c.at),
        },
    )  # fmt: skip


def _checkpoints(service: str, schema: str, checkpoint: Table, role: str) -> Resource:
    c = checkpoint.c

    def source(_: Basis) -> Select[Any]:
        return select(
            cast(func.md5(cast(c.tree_size, Text)), Uuid).label("id"), c.tree_size,
            _base64(c.root_hash).label("root_hash"), instant_text(c.sealed_at).label("sealed_at"),
            c.signed_note, c.verifier_key, literal(1).label("row_version"),
        )  # fmt: skip

    return Resource(
        service=service, schema=schema, name="audit_checkpoint", plural="audit-checkpoints", read=AuditCheckpoint,
        source=source, subjects=False, sorts=("tree_size",),
        access={"list": Rule("audit:read", {role: "all"})},  # a checkpoint tells of nobody
    )  # fmt: skip


def _exposures(service: str, schema: str, entry: Table, role: str) -> Resource:
    """One row for each way in which a client was shown a record."""
    c = entry.c
    # no binds in what is grouped by: Postgres would not know two of them for the same
    route, fields = (c.after.op("->>")(literal_column(f"'{name}'")) for name in ("route", "fields"))
    record = func.unnest(c.subjects).column_valued("record_id")
    said = {
        "client": c.client, "resource": c.resource, "record_id": record, "person_id": c.person_id, "role": c.role,
        "route": route, "fields_shown": func.coalesce(fields, literal_column("''")),
    }  # fmt: skip

    def source(_: Basis) -> Select[Any]:
        key = func.concat_ws(
            "\x1f", *(cast(func.coalesce(cast(one, Text), ""), Text) for one in said.values())
        )
        return (
            select(
                cast(func.md5(key), Uuid).label("id"), *(one.label(name) for name, one in said.items()),
                func.count().label("times_read"), instant_text(func.min(c.at)).label("first_read_at"),
                instant_text(func.max(c.at)).label("last_read_at"), literal(1).label("row_version"),
            )
            .select_from(entry).where(c.action == "read")
            .group_by(*said.values())
        )  # fmt: skip

    return Resource(
        service=service, schema=schema, name="audit_exposure", plural="audit-exposures", read=AuditExposure,
        source=source, access={"list": _audited(role)}, subjects=False, sorts=("record_id", "last_read_at"),
        filters={
            "client": equals(c.client), "person": equals(c.person_id, UUID), "resource": equals(c.resource),
            **_period(c.at),
        },
    )  # fmt: skip


def resources(service: str, schema: str, role: str = AUDITOR) -> tuple[Resource, ...]:
    entry, leaf, checkpoint = _tables(schema)
    return (
        _entries(service, schema, entry, leaf, role),
        _checkpoints(service, schema, checkpoint, role),
        _exposures(service, schema, entry, role),
    )


def mount(service: str, schema: str, router: APIRouter, role: str = AUDITOR) -> dict[str, Rule]:
    """The three lists of a service, which `role` reads; their rows of the access matrix."""
    rules: dict[str, Rule] = {}
    for resource in resources(service, schema, role):
        mount_resource(resource, router)
        rules |= resource.rows()
    return rules
