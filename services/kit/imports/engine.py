"""The import job: a stored file becomes records, once, with the rights of the caller who sent it.

Everything that comes of a file (its records, audit row, problems, marked workbook and the operation's last
state) is one transaction, so a worker killed in the middle leaves nothing and its successor begins anew.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.kit import audit, blobs, operations
from services.kit.auth.scope import Scope
from services.kit.columns import Kind
from services.kit.db.constraints import refusal_of
from services.kit.db.session import Arrival, Database, Record, WriteSession
from services.kit.errors import FAULT, FORBIDDEN, UNAVAILABLE, Refused
from services.kit.findings import Finding
from services.kit.imports import beside, store
from services.kit.imports.applying import Applier, Tally
from services.kit.imports.checking import Checking, kind_of
from services.kit.imports.marking import MOST_ROWS, mark_workbook
from services.kit.imports.parsing import CellProblem
from services.kit.imports.problems import Problems
from services.kit.imports.reading import CSV, TSV, XLSX, FileRefused, Reading, read_rows
from services.kit.imports.seen import Seen
from services.kit.imports.source import Wanted
from services.kit.jobs import MOST_TRIES, Later
from services.kit.log import log
from services.kit.resource import Resource
from services.kit.text import Text

ENTRYPOINT = "import"
CHUNK = 5_000
_MARKED = (XLSX, CSV, TSV)
_FILE = Text("ファイル", "File")


@dataclass(frozen=True, slots=True)
class Order:
    """One import as it arrived, its file fetched to `path`."""

    id: UUID
    resource: Resource
    kind: Kind
    scope: Scope
    mode: Literal["atomic", "partial"]
    dry_run: bool
    history: bool
    media_type: str
    charset: str | None
    path: Path
    arrival: Arrival

    def read(self, only: Wanted = None) -> Reading:
        return read_rows(self.path, self.media_type, self.kind, self.charset, only)

    def checking(self, go_live: datetime | None) -> Checking:
        resource = self.resource
        assert resource.write is not None
        return Checking(
            resource.plural,
            resource.version,
            resource.write,
            resource.read,
            resource.whole,
            self.path,
            self.media_type,
            self.charset,
            self.history,
            go_live,
        )

    def survey(self) -> tuple[int, Reading]:
        """Read it once without storing: how many rows it has."""
        reading = self.read()
        return sum(1 for _ in reading.rows), reading


class Importer:
    """The imports of one service: `resources` by the name of their kind."""

    def __init__(self, service: str, schema: str, database: Database, resources: Sequence[Resource]) -> None:
        self._service, self._schema, self._database = service, schema, database
        self._resources: Mapping[str, Resource] = {resource.plural: resource for resource in resources}

    async def work(self, identity: UUID, tries: int) -> None:
        """One job. Whatever happens, the operation ends, or the job is tried again."""
        own = operations.worker_scope(self._schema)
        async with self._database.reading(own) as session:
            row = await store.find(session, self._schema, identity)
        if row is None or row["state"] in operations.ENDED:
            return
        try:
            with tempfile.TemporaryDirectory(prefix="kk-import-") as folder:
                order = self._order(row, Path(folder) / "source")
                await blobs.Blobs(self._database, self._schema, own).fetch(row["source_id"], order.path)
                await self._run(order)
        except operations.Cancelled:
            await self._end(identity, "cancelled")
        except FileRefused as refused:
            found = refused.finding
            await self._end(identity, "failed", operations.problem(found.code, found.message, found.remedy))
        except Refused as refusal:
            await self._end(identity, "failed", operations.problem_of(refusal.refusal))
        except Later:
            raise
        except Exception as error:
            if _passing(error) and tries < MOST_TRIES:
                raise Later(str(type(error).__name__)) from error
            log.exception("import_failed", operation=str(identity), tries=tries)
            await self._end(identity, "failed", operations.problem_of(FAULT))
            raise

    def _order(self, row: Record, path: Path) -> Order:
        resource = self._resources[row["kind"]]
        kept = from_json(row["principal"])
        reach = resource.access["import"].roles.get(kept["role"])
        if reach is None:
            raise FORBIDDEN()
        return Order(
            row["id"], resource, kind_of(resource, history=row["history"]), operations.scope_of(kept, reach),
            row["mode"], row["dry_run"], row["history"], row["media_type"], row["charset"], path,
            Arrival(row["id"], row["receipt_number"], row["arrived_at"], row["sha256"]),
        )  # fmt: skip

    async def _end(
        self, identity: UUID, state: operations.State, problem: dict[str, Any] | None = None
    ) -> None:
        async with self._database.writing(operations.worker_scope(self._schema)) as session:
            await operations.end(session, self._schema, identity, state, problem=problem)

    async def _run(self, order: Order) -> None:
        progress = operations.Progress(self._database, self._schema, order.id)
        await progress.tell(0, None)
        async with self._database.writing(order.scope) as session:
            if not await self._alone(session, order.id):
                return
            if await progress.take() > MOST_TRIES:  # a file that kills its worker must not do so for ever
                raise FAULT()
            session.arrival = order.arrival
            trial = await session.begin_nested()
            tally = Tally(Problems(order.path.with_name("problems")))
            if order.history and await store.stored_before(session, self._schema, order.id):
                tally.rows, reading = await asyncio.to_thread(order.survey)
            else:
                reading = await self._apply(session, order, tally, progress)
            about = [_about_file(reading, finding) for finding in reading.findings]
            broken = [finding for finding in reading.findings if finding.severity == "error"]
            stored = not order.dry_run and (order.mode == "partial" or not (broken or tally.refused))
            summary = _summary(tally, stored, order, len(about))
            if stored:
                await trial.commit()
                await audit.entry(
                    session, self._schema, "import", order.resource.plural, order.id, after=summary
                )
            else:
                await trial.rollback()
            marked = await self._mark(session, order, reading, tally)
            await store.conclude(session, self._schema, order.id, summary, about, tally.problems, marked)
            failed = not stored and not order.dry_run
            await operations.end(
                session,
                self._schema,
                order.id,
                "failed" if failed else "succeeded",
                result={"import": f"/{self._service}/v1/imports/{order.id}", **summary},
                problem=_refusal(broken, tally) if failed else None,
            )

    async def _alone(self, session: WriteSession, identity: UUID) -> bool:
        """A worker that only seemed dead may still be at it; and it may have ended meanwhile."""
        number = int.from_bytes(hashlib.sha256(identity.bytes).digest()[:8], "big", signed=True)
        if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number}):
            raise Later("another worker is at it")
        state = await session.scalar(
            text(f"SELECT state FROM {self._schema}.operation WHERE id = :id"), {"id": identity}
        )
        return state not in operations.ENDED

    async def _apply(
        self, session: WriteSession, order: Order, tally: Tally, progress: operations.Progress
    ) -> Reading:
        go_live: datetime | None = None
        if order.history:
            go_live = await session.scalar(text("SELECT platform.go_live_at()"))
        async with beside.checked(order.checking(go_live), CHUNK) as (reading, chunks):
            checker = order.checking(go_live).checker(reading)
            with closing(Seen()) as seen:
                applier = Applier(session, order.resource, checker, tally, seen, history=order.history)
                await applier.start()
                await progress.tell(0, reading.length)
                async for chunk in chunks:
                    await applier.apply(chunk)
                    await progress.tell(tally.rows, max(tally.rows, reading.length))
                await applier.finish()
        await progress.tell(tally.rows, tally.rows)
        return reading

    async def _mark(self, session: WriteSession, order: Order, reading: Reading, tally: Tally) -> UUID | None:
        """The caller's own workbook back, if there is something to see in it."""
        problems, long = tally.problems, tally.rows > MOST_ROWS
        if order.media_type not in _MARKED or not (problems.kept or order.dry_run):
            return None
        out = order.path.with_name("marked.xlsx")

        def mark() -> None:
            again = order.read(frozenset(one.row for one in problems.kept) if long else None)
            mark_workbook(
                order.path, out, reading, again.rows, problems.kept, total=problems.total, only_wrong=long
            )

        await asyncio.to_thread(mark)
        return await blobs.put(session, self._schema, out, XLSX, f"{order.resource.plural}-marked.xlsx")


def _refusal(broken: Sequence[Finding], tally: Tally) -> dict[str, Any]:
    if not tally.refused:  # no row is wrong, the file is
        return operations.problem(broken[0].code, broken[0].message, broken[0].remedy)
    return operations.problem(
        "import_refused",
        Text("取り込みませんでした", "Nothing was imported"),
        Text(
            f"誤りのある行が{tally.refused}行あります。直して、もう一度送ってください。",
            f"{tally.refused} rows have errors. Mend them and send the file again.",
        ),
    )


def _about_file(reading: Reading, finding: Finding) -> CellProblem:
    return CellProblem(reading.sheet, reading.header_row, "", "", _FILE, finding)


def _summary(tally: Tally, stored: bool, order: Order, about: int) -> dict[str, Any]:
    """Of a trial what would have been done; of a refused file that nothing was."""
    shown = stored or order.dry_run
    return {
        "rows": tally.rows,
        "created": tally.created if shown else 0,
        "changed": tally.changed if shown else 0,
        "unchanged": tally.unchanged if shown else 0,
        "refused": tally.refused,
        "problems": tally.problems.total + about,
        "stored": stored,
    }


def _passing(error: Exception) -> bool:
    """Whether it may go better in a while."""
    if isinstance(error, PoolTimeout | TimeoutError | InterfaceError | ConnectionError):
        return True
    return isinstance(error, DBAPIError) and refusal_of(error, {}) is UNAVAILABLE
