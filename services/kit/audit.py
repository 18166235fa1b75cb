"""Audit and outbox: both rows of a change are written in the transaction that makes it."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.db.query import array
from services.kit.db.session import WriteSession
from services.kit.resource import Change

_AUDIT = """
INSERT INTO {schema}.audit_entry (client, person_id, role, organisation_id, request_id, action, resource, resource_id,
                                  from_state, to_state, before, after, subjects)
VALUES (:client, CAST(:person AS uuid), :role, CAST(:organisation AS uuid), :request, :action, :resource,
        CAST(:id AS uuid), :from_state, :to_state, CAST(:before AS jsonb), CAST(:after AS jsonb),
        CAST(:subjects AS uuid[]))
"""
_ENTRIES = """
INSERT INTO {schema}.audit_entry (client, person_id, role, organisation_id, request_id, action, resource, resource_id,
                                  from_state, to_state, after)
SELECT CAST(:client AS text), CAST(:person AS uuid), CAST(:role AS text), CAST(:organisation AS uuid),
       CAST(:request AS text), CAST(:action AS text), CAST(:resource AS text), r.id, r.from_state, r.to_state, r.after
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, from_state text, to_state text, after jsonb)
"""
_OUTBOX = """
INSERT INTO {schema}.outbox (resource, resource_id, action, organisation_id)
SELECT :resource, r.id, r.action, r.organisation_id
FROM unnest(CAST(CAST(:ids AS text) AS uuid[]), CAST(CAST(:actions AS text) AS text[]),
            CAST(CAST(:organisations AS text) AS uuid[])) AS r(id, action, organisation_id)
"""


_ACTIONS = {"INSERT": "created", "UPDATE": "changed", "DELETE": "deleted"}


def _json(value: Any) -> str | None:
    return None if value is None else pydantic_core.to_json(value).decode()


async def entry(
    session: WriteSession, schema: str, action: str, resource: str, identity: Any = None, *,
    before: Any = None, after: Any = None, states: tuple[str | None, str | None] = (None, None),
    subjects: Sequence[UUID] | None = None,
) -> None:  # fmt: skip
    """One audit row: who, through which tool, did what to which record, or was shown which records."""
    values = _who(session) | {
        "action": action,
        "resource": resource,
        "id": str(identity) if identity else None,
        "from_state": states[0],
        "to_state": states[1],
        "before": _json(before),
        "after": _json(after),
        "subjects": None if subjects is None else list(subjects),
    }
    await session.execute(text(_AUDIT.format(schema=schema)), values)


class Entry(NamedTuple):
    """What an action did to one record, among others: from which state to which."""

    id: UUID | None
    after: dict[str, Any]
    states: tuple[str | None, str | None]


async def entries(
    session: WriteSession, schema: str, action: str, resource: str, told: Sequence[Entry]
) -> None:
    """The audit rows of one action on several records, in one statement."""
    if told:
        rows = [
            {"id": one.id, "from_state": one.states[0], "to_state": one.states[1], "after": one.after}
            for one in told
        ]
        values = _who(session) | {"action": action, "resource": resource, "rows": _json(rows)}
        await session.execute(text(_ENTRIES.format(schema=schema)), values)


def _who(session: WriteSession) -> dict[str, str | None]:
    principal = session.scope.principal
    return {
        "client": principal.client,
        "person": str(principal.person) if principal.person else None,
        "role": principal.role,
        "organisation": str(principal.organisation) if principal.organisation else None,
        "request": session.scope.request_id,
    }


async def publish(session: WriteSession, schema: str, resource: str, changes: Sequence[Change]) -> None:
    """One outbox row per changed record: ids only, so a reader fetches what its own scope shows."""
    if changes:
        told = {
            "ids": array(change.id for change in changes),
            "actions": array(_ACTIONS[change.action] for change in changes),
            "organisations": array(change.organisation for change in changes),
        }
        await session.execute(text(_OUTBOX.format(schema=schema)), {"resource": resource, **told})
