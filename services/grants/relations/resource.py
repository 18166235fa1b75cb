"""Declared relations (利害関係の申告) of officers. One's own alone are shown; none is changed or taken back."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.applications.resource import ORGANISATION
from services.grants.applications.tables import application, caller, declared_relation, within_reach
from services.grants.relations.domain import NOT_IN_ORDER, TO_ONE, UNKNOWN_APPLICATION, undeclarable
from services.kit.db.session import WriteSession
from services.kit.directory import organisation
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Code, Day, Instant, Line, Wire


class DeclaredRelationWrite(Wire):
    """`valid_to`: the last day, if one is known."""

    organisation_code: Code | None = None
    application_id: Annotated[UUID | None, Called("grant_application_id")] = None
    reason: Annotated[Line, Called("relation_reason")]
    valid_from: Day
    valid_to: Day | None = None


class DeclaredRelation(DeclaredRelationWrite):
    id: UUID
    declared_at: Instant


def source(_: Basis) -> Select[Any]:
    d, o = declared_relation.c, organisation.c
    return select(
        d.id, o.code.label("organisation_code"), d.application_id, d.reason, d.valid_from, d.valid_to, d.declared_at,
        d.row_version,
    ).join_from(declared_relation, organisation, o.id == d.organisation_id, isouter=True)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: await _checked(session, row) for row in rows}


async def _checked(session: WriteSession, row: Row) -> list[tuple[str, Finding]]:
    row["person_id"] = session.scope.principal.person
    named = row["application_id"]
    wrong = [*undeclarable(row["organisation_id"], named, row["valid_from"], row["valid_to"])]
    if named is not None:
        seen = select(application.c.id).where(application.c.id == named, within_reach())
        if (await session.execute(seen)).first() is None:
            wrong.append(("application_id", UNKNOWN_APPLICATION))
    return wrong


declared_relations = Resource(
    service="grants",
    schema="grants",
    name="declared_relation",
    plural="declared-relations",
    read=DeclaredRelation,
    write=DeclaredRelationWrite,
    source=source,
    access={"list": access.REVIEWS, "read": access.REVIEWS, "create": access.HANDLES},
    own=declared_relation.c.person_id == caller(),
    sorts=("declared_at",),
    parts=(Part(declared_relation, ()),),
    refs=(ORGANISATION,),
    check=check,
    version="2026.1",
    constraints={
        name: Refusal(found.code, "conflict", found.message, found.remedy)
        for name, found in (
            ("declared_relation_to_one", TO_ONE),
            ("declared_relation_term", NOT_IN_ORDER),
            ("declared_relation_application_fkey", UNKNOWN_APPLICATION),
        )
    },
)
