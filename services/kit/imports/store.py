"""Rows of the import tables: one import per file that arrived, and its problems."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.blobs import Blob
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.imports.parsing import CellProblem
from services.kit.imports.problems import Problems


async def draw_receipt_number(session: WriteSession, schema: str) -> str:
    """The next 受付番号 of a service, with the business day in front."""
    drawn = await session.execute(
        text(f"SELECT nextval('{schema}.receipt_number') AS number, platform.today() AS day")
    )
    number, day = drawn.one()
    return f"{day:%Y%m%d}-{number:06d}"


async def arrive(
    session: WriteSession, schema: str, identity: UUID, source: Blob, *,
    kind: str, mode: str, dry_run: bool, history: bool, charset: str | None,
) -> tuple[str, Any]:  # fmt: skip
    """The moment of arrival (到達): receipt number (受付番号) and instant."""
    receipt = await draw_receipt_number(session, schema)
    arrived = await session.scalar(
        text(
            f"INSERT INTO {schema}.import (id, caller, receipt_number, kind, mode, dry_run, history, source_id, charset)"
            " VALUES (:id, :caller, :receipt, :kind, :mode, :dry_run, :history, :source, :charset) RETURNING arrived_at"
        ),
        {
            "id": identity, "caller": session.scope.caller_key, "receipt": receipt, "kind": kind, "mode": mode,
            "dry_run": dry_run, "history": history, "source": source.id, "charset": charset,
        },
    )  # fmt: skip
    return receipt, arrived


_SHOWN = """
SELECT i.id, i.receipt_number, i.arrived_at, i.kind, i.mode, i.dry_run, i.history, i.charset,
    i.summary, i.source_id, i.marked_id, b.media_type, b.size, b.sha256, o.state, o.principal
FROM {schema}.import AS i JOIN {schema}.operation AS o ON o.id = i.id JOIN {schema}.blob AS b ON b.id = i.source_id
"""


async def find(session: ReadSession, schema: str, identity: UUID) -> Record | None:
    """The import with its operation and its file, if it is the caller's own or a worker asks."""
    scope = session.scope
    return await session.row(
        _SHOWN.format(schema=schema) + "WHERE i.id = $1 AND (i.caller = $2 OR $3)",
        identity,
        scope.caller_key,
        scope.principal.role == "worker",
    )


async def own(
    session: ReadSession, schema: str, kind: str | None, state: str | None, before: UUID | None, limit: int
) -> Sequence[Record]:
    """The caller's own imports, the newest first: their ids are in the order of arrival."""
    return await session.fetch(
        _SHOWN.format(schema=schema)
        + "WHERE i.caller = $1 AND ($2::text IS NULL OR i.kind = $2) AND ($3::text IS NULL OR o.state = $3) "
        "AND ($4::uuid IS NULL OR i.id < $4) ORDER BY i.id DESC LIMIT $5",
        session.scope.caller_key,
        kind,
        state,
        before,
        limit,
    )


async def stored_before(session: WriteSession, schema: str, identity: UUID) -> bool:
    """Whether the caller's same file was stored: a history told twice is not known later the second time."""
    found = await session.scalar(
        text(
            f"SELECT EXISTS (SELECT FROM {schema}.import AS i JOIN {schema}.blob AS b ON b.id = i.source_id "
            f"JOIN {schema}.import AS e ON e.kind = i.kind AND e.history = i.history AND e.id <> i.id "
            f"JOIN {schema}.blob AS f ON f.id = e.source_id AND f.sha256 = b.sha256 "
            'WHERE i.id = :id AND e.summary @> \'{"stored": true, "refused": 0}\')'
        ),
        {"id": identity},
    )
    return bool(found)


async def problems(
    session: ReadSession, schema: str, identity: UUID, after: int, limit: int
) -> Sequence[Record]:
    return await session.fetch(
        f"SELECT ordinal, problem FROM {schema}.import_problem WHERE import_id = $1 AND ordinal > $2 "
        "ORDER BY ordinal LIMIT $3",
        identity,
        after,
        limit,
    )


async def conclude(
    session: WriteSession, schema: str, identity: UUID, summary: dict[str, Any],
    about: Sequence[CellProblem], problems: Problems, marked: UUID | None,
) -> None:  # fmt: skip
    """What came of the file, beside its effect in the same transaction: first what is said of it as a whole."""
    told = [
        {"ordinal": place, "row": one.row, "problem": one.as_json()} for place, one in enumerate(about, 1)
    ]
    await _tell(session, schema, identity, pydantic_core.to_json(told).decode(), 0)
    for batch in problems.batches():
        await _tell(session, schema, identity, batch, len(about))
    await session.execute(
        text(
            f"UPDATE {schema}.import SET summary = CAST(:summary AS jsonb), marked_id = :marked WHERE id = :id"
        ),
        {"id": identity, "summary": pydantic_core.to_json(summary).decode(), "marked": marked},
    )


async def _tell(session: WriteSession, schema: str, identity: UUID, told: str, after: int) -> None:
    await session.execute(
        text(
            f"INSERT INTO {schema}.import_problem (import_id, ordinal, row, problem) "
            "SELECT :id, CAST(:after AS integer) + p.ordinal, p.row, p.problem "
            "FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS p(ordinal integer, row integer, problem jsonb)"
        ),
        {"id": identity, "after": after, "told": told},
    )
