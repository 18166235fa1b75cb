"""Refused requests: what staff find by the support code that a caller reads out on the telephone.

They tell who asked, by which route, and what was said to be wrong: never a body, a path or a value.
"""

import unicodedata
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, DateTime, Integer, MetaData, Select, Table, Text, Uuid, literal, select

from services.kit import directory
from services.kit.auth.scope import Rule
from services.kit.fields import Short, equals
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Instant, Wire

table = Table(
    "refused_request", MetaData(schema="identity"),
    Column("id", Uuid, primary_key=True), Column("support_code", Text), Column("request_id", Text),
    Column("trace_id", Text), Column("at", DateTime(timezone=True)), Column("client", Text), Column("role", Text),
    Column("person_id", Uuid), Column("organisation_id", Uuid), Column("service", Text), Column("route", Text),
    Column("method", Text), Column("status", Integer), Column("code", Text), Column("title", Text),
    Column("errors", ARRAY(Text)),
)  # fmt: skip


class RefusedRequest(Wire):
    id: UUID
    support_code: str
    refused_at: Instant
    client: str | None
    role: str | None
    person_id: UUID | None
    organisation_code: str | None
    service: str
    route: str | None
    http_method: str
    http_status: int
    problem_code: str
    problem_title: str
    problem_fields: list[str]
    request_id: str
    trace_id: str


def written(given: str) -> str:
    """As it was read out: in either case and width, with or without spaces and hyphens."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKC", given).upper() if sign.isalnum() and sign != "ー"
    )


def _source(_: Basis) -> Select[Any]:
    c, home = table.c, directory.organisation
    return select(
        c.id, c.support_code, c.at.label("refused_at"), c.client, c.role, c.person_id,
        home.c.code.label("organisation_code"), c.service, c.route, c.method.label("http_method"),
        c.status.label("http_status"), c.code.label("problem_code"), c.title.label("problem_title"),
        c.errors.label("problem_fields"), c.request_id, c.trace_id, literal(1).label("row_version"),
    ).select_from(table.outerjoin(home, home.c.id == c.organisation_id))  # fmt: skip


REFUSED_REQUESTS = Resource(
    service="identity",
    schema="identity",
    name="refused_request",
    plural="refused-requests",
    read=RefusedRequest,
    source=_source,
    access={"list": Rule("support:read", {"coordinator": "all", "registrar": "all", "auditor": "all"})},
    filters={
        "support_code": Filter(Short, lambda given: table.c.support_code == given, written),
        "request_id": equals(table.c.request_id),
        "client": equals(table.c.client),
        "problem_code": equals(table.c.code),
    },
    sorts=("refused_at",),
)
