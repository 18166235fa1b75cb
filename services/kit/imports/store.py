"""Rows of the import tables: one import per file that arrived, and its problems."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.blobs import Blob
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.imports.parsing import CellProblem

_BATCH = 2_000


async def arrive(
    session: WriteSession, schema: str, identity: UUID, source: Blob, *,
    kind: str, mode: str, dry_run: bool, history: bool, charset: str | None,
) -> tuple[str, Any]:  # fmt: skip
    """The moment of arrival (到達): receipt number (受付番号) and instant."""
    drawn = await session.execute(
        text(f"SELECT nextval('{schema}.receipt_number') AS number, platform.today() AS day")
    )
    number, day = drawn.one()
    receipt = f"{day:%Y%m%d}-{number:06d}"
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


async def find(session: ReadSession, schema: str, identity: UUID) -> Record | None:
    """The import with its operation and its file, if it is the caller's own or a worker asks."""
    scope = session.scope
    return await session.row(
        f"SELECT i.id, i.receipt_number, i.arrived_at, i.kind, i.mode, i.dry_run, i.history, i.charset, "
        f"i.summary, i.source_id, i.marked_id, b.media_type, b.size, b.sha256, o.state, o.principal "
        f"FROM {schema}.import AS i JOIN {schema}.operation AS o ON o.id = i.id "
        f"JOIN {schema}.blob AS b ON b.id = i.source_id "
        "WHERE i.id = $1 AND (i.caller = $2 OR $3)",
        identity,
        scope.caller_key,
        scope.principal.role == "worker",
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
    found: Sequence[CellProblem], marked: UUID | None,
) -> None:  # fmt: skip
    """What came of the file, beside its effect in the same transaction."""
    insert = text(
        f"INSERT INTO {schema}.import_problem (import_id, ordinal, row, problem) "
        "SELECT :id, p.ordinal, p.row, p.problem "
        "FROM jsonb_to_recordset(CAST(:problems AS jsonb)) AS p(ordinal integer, row integer, problem jsonb)"
    )
    for start in range(0, len(found), _BATCH):
        rows = [
            {"ordinal": start + place, "row": one.row, "problem": one.as_json()}
            for place, one in enumerate(found[start : start + _BATCH], start=1)
        ]
        await session.execute(insert, {"id": identity, "problems": pydantic_core.to_json(rows).decode()})
    await session.execute(
        text(
            f"UPDATE {schema}.import SET summary = CAST(:summary AS jsonb), marked_id = :marked WHERE id = :id"
        ),
        {"id": identity, "summary": pydantic_core.to_json(summary).decode(), "marked": marked},
    )
