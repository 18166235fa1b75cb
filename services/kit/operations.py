"""Long work: an operation is queued with its job, worked on by a worker, and ends with its effect.

Its last state is stored in the transaction of the effect: a job that runs twice finds the operation ended.
"""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.auth.principal import Principal
from services.kit.auth.scope import Reach, Scope
from services.kit.db.session import Database, ReadSession, Record, WriteSession
from services.kit.errors import Refusal
from services.kit.ids import OrganisationId, PersonId, uuid7
from services.kit.text import Text

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
ENDED = ("succeeded", "failed", "cancelled")
_COLUMNS = "id, kind, state, done, total, cancel_requested, result, problem, created_at, finished_at"


class Cancelled(Exception):
    """The caller asked for an end, and nothing of the work is kept."""


def principal_of(scope: Scope) -> dict[str, Any]:
    """What an operation keeps of its caller, so that its work is done with the caller's own rights."""
    principal = scope.principal
    return {
        "client": principal.client,
        "person": principal.person,
        "role": principal.role,
        "organisation": principal.organisation,
        "scopes": sorted(principal.scopes),
        "request_id": scope.request_id,
    }


def scope_of(kept: dict[str, Any], reach: Reach) -> Scope:
    principal = Principal(
        kept["client"],
        PersonId(UUID(kept["person"])) if kept["person"] else None,
        kept["role"],
        OrganisationId(UUID(kept["organisation"])) if kept["organisation"] else None,
        frozenset(kept["scopes"]),
    )
    return Scope(principal, reach, kept["request_id"])


def worker_scope(schema: str) -> Scope:
    """The worker's own: it sees operations and files of all callers, and no record of the programme."""
    return Scope(Principal(f"worker-{schema}", None, "worker", None, frozenset()), "all", f"worker-{schema}")


def problem(code: str, title: Text, detail: Text) -> dict[str, Any]:
    return {"code": code, "title": title._asdict(), "detail": detail._asdict()}


def problem_of(refusal: Refusal) -> dict[str, Any]:
    return problem(refusal.code, refusal.title, refusal.detail)


async def begin(session: WriteSession, schema: str, kind: str) -> UUID:
    identity = uuid7()
    await session.execute(
        text(
            f"INSERT INTO {schema}.operation (id, caller, principal, kind) "
            "VALUES (:id, :caller, CAST(:principal AS jsonb), :kind)"
        ),
        {
            "id": identity,
            "caller": session.scope.caller_key,
            "principal": pydantic_core.to_json(principal_of(session.scope)).decode(),
            "kind": kind,
        },
    )
    return identity


async def find(session: ReadSession, schema: str, identity: UUID) -> Record | None:
    """Only its caller's own, whatever the database's own wall says."""
    return await session.row(
        f"SELECT {_COLUMNS} FROM {schema}.operation WHERE id = $1 AND caller = $2",
        identity,
        session.scope.caller_key,
    )


async def cancel(session: WriteSession, schema: str, identity: UUID) -> bool:
    """Whether it can still be asked to stop."""
    done = await session.execute(
        text(
            f"UPDATE {schema}.operation SET cancel_requested = true "
            "WHERE id = :id AND state IN ('queued', 'running') RETURNING id"
        ),
        {"id": identity},
    )
    return done.first() is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells of the work on a connection of its own, and learns there that the caller wants it ended."""

    database: Database
    schema: str
    operation: UUID

    async def take(self) -> int:
        """Count a try whose worker may not live to tell of it."""
        async with self.database.writing(worker_scope(self.schema)) as session:
            tries = await session.scalar(
                text(f"UPDATE {self.schema}.operation SET tries = tries + 1 WHERE id = :id RETURNING tries"),
                {"id": self.operation},
            )
        return int(tries or 0)

    async def tell(self, done: int, total: int | None) -> None:
        async with self.database.writing(worker_scope(self.schema)) as session:
            told = await session.execute(
                text(
                    f"UPDATE {self.schema}.operation SET state = 'running', done = :done, total = :total "
                    "WHERE id = :id AND state IN ('queued', 'running') RETURNING cancel_requested"
                ),
                {"id": self.operation, "done": done, "total": total},
            )
            row = told.first()
        if row is None or row.cancel_requested:
            raise Cancelled


async def end(
    session: WriteSession,
    schema: str,
    identity: UUID,
    state: State,
    *,
    result: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
) -> None:
    await session.execute(
        text(
            f"UPDATE {schema}.operation SET state = :state, done = coalesce(total, done), "
            "result = CAST(:result AS jsonb), problem = CAST(:problem AS jsonb), finished_at = platform.now() "
            "WHERE id = :id AND state IN ('queued', 'running')"
        ),
        {
            "id": identity,
            "state": state,
            "result": pydantic_core.to_json(result).decode() if result is not None else None,
            "problem": pydantic_core.to_json(problem).decode() if problem is not None else None,
        },
    )
