"""Storing the checked rows of a file in one transaction, and finding the guilty rows when the database refuses."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.kit import writer
from services.kit.db.constraints import refusal_of
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal, Refused
from services.kit.findings import Finding
from services.kit.imports.checking import Checked, RowChecker
from services.kit.imports.parsing import CellProblem
from services.kit.imports.problems import Problems
from services.kit.imports.seen import Seen
from services.kit.resource import Resource, Row
from services.kit.text import Text


@dataclass(slots=True)
class Tally:
    """What a file has done, or would do."""

    problems: Problems
    rows: int = 0
    created: int = 0
    changed: int = 0
    refused: int = 0

    @property
    def unchanged(self) -> int:
        return self.rows - self.refused - self.created - self.changed


def _repeated(row: int) -> Finding:
    return Finding(
        "row_repeated",
        Text(f"{row}行目と同じ記録の行です", f"This row names the same record as row {row}"),
        Text("どちらか一方の行を消してください。", "Take out one of the two rows."),
    )


class Applier:
    """Takes chunk after chunk; `history` allows several rows for one record, in the order of their knowledge."""

    def __init__(
        self, session: WriteSession, resource: Resource, checker: RowChecker, tally: Tally, seen: Seen,
        *, history: bool,
    ) -> None:  # fmt: skip
        self.tally = tally
        self._session, self._resource, self._checker, self._history = session, resource, checker, history
        self._seen = seen
        self._wrong: set[int] = set()
        self._found: list[CellProblem] = []
        self._chunk: dict[int, Checked] = {}
        self._sound: set[tuple[object, ...]] = set()
        self._broken: set[tuple[object, ...]] = set()
        self._known: writer.Known = defaultdict(dict)
        self._deferred = ""
        self._chunks = 0

    async def start(self) -> None:
        """Deferred constraints are checked after each chunk, so that their rows can be named."""
        names = await self._session.scalar(
            text(
                "SELECT string_agg(format('%I.%I', connamespace::regnamespace::text, conname), ', ') "
                "FROM pg_constraint WHERE condeferred AND connamespace = to_regnamespace(:schema)"
            ),
            {"schema": self._resource.schema},
        )
        self._deferred = str(names or "")

    async def apply(self, chunk: Sequence[Checked]) -> None:
        await self._plan_anew()
        self._chunk = {checked.place.row: checked for checked in chunk}
        self._wrong = {checked.place.row for checked in chunk if checked.row is None}
        self.tally.rows += len(chunk)
        self._found = [problem for checked in chunk for problem in checked.problems]
        rows = [checked.row for checked in chunk if checked.row is not None]
        for run in self._by_subject(rows) if self._history else [rows]:
            await self._take(run)
        self.tally.refused += len(self._wrong)
        self.tally.problems.add(self._found)
        for checked in chunk if self._resource.settle is not None else ():
            wholes = self._broken if checked.place.row in self._wrong else self._sound
            wholes.add(checked.whole)

    async def finish(self) -> None:
        """A whole of which every row was taken has arrived with the file; of any other some rows are written, and no
        more. A refused row that does not say whose it is may be anybody's."""
        if self._resource.settle is None:
            return
        readable = all(None not in whole for whole in self._broken)
        arrived = self._sound - self._broken if readable else set()
        for arrival, wholes in ((self._session.arrival, arrived), (None, self._sound - arrived)):
            if wholes:
                self._session.arrival = arrival
                await self._resource.settle(self._session, sorted(wholes))

    async def _plan_anew(self) -> None:
        """What was planned while tables were empty, the checks of foreign keys among it, may look through all of a
        table for each row later. So it is planned again whenever the file has doubled."""
        if self._chunks & (self._chunks - 1) == 0:
            await self._session.execute(text("DISCARD PLANS"))
        self._chunks += 1

    async def _take(self, rows: list[Row]) -> None:
        """Rows that one statement may store are resolved and checked together, then stored."""
        if not rows:
            return
        for number, found in (await writer.prepare(self._session, self._resource, rows, self._known)).items():
            for column, finding in found:
                self._remark(number, column, finding)
        sound = [row for row in rows if row["_row"] not in self._wrong]
        if not self._history:
            sound = self._first(sound)
        if sound:
            await self._store(sound)

    def _by_subject(self, rows: list[Row]) -> Iterator[list[Row]]:
        """A history in runs that speak once of each person or organisation: the next run builds on the last."""
        run: list[Row] = []
        within: set[object] = set()
        for row in rows:
            subject = row.get(self._subject)
            if subject is not None and subject in within:
                yield run
                run, within = [], set()
            within.add(subject)
            run.append(row)
        yield run

    @property
    def _subject(self) -> str:
        """The field that says whom a record is about: the first of its key, as the file names it."""
        if not self._resource.parts:
            return ""
        column = self._resource.parts[0].key[0]
        return next((ref.field for ref in self._resource.refs if ref.column == column), column)

    def _first(self, rows: list[Row]) -> list[Row]:
        """The rows whose record no earlier row of the file names."""
        if not self._resource.parts:
            return rows
        key = self._resource.parts[0].key
        first = self._seen.first([([row[name] for name in key], row["_row"]) for row in rows])
        for row, before in zip(rows, first, strict=True):
            if before != row["_row"]:
                self._remark(row["_row"], "", _repeated(before))
        return [row for row, before in zip(rows, first, strict=True) if before == row["_row"]]

    async def _store(self, rows: list[Row]) -> None:
        """All at once; if the database refuses, by halves, so that the first of two that clash is kept."""
        refused = await self._try(rows)
        if refused is None:
            return
        if len(rows) == 1:
            self._remark(rows[0]["_row"], "", refused)
            return
        middle = len(rows) // 2
        await self._store(rows[:middle])
        await self._store(rows[middle:])

    async def _try(self, rows: list[Row]) -> Finding | None:
        try:
            async with self._session.begin_nested():
                changes = await writer.store(self._session, self._resource, rows)
                await self._settle()
        except DBAPIError as error:
            refusal = refusal_of(error, self._resource.constraints)
            if refusal is None or not _of_the_row(refusal):
                raise
            return Finding(refusal.code, refusal.title, refusal.detail)
        except Refused as refused:
            if not _of_the_row(refused.refusal):
                raise
            return Finding(refused.refusal.code, refused.refusal.title, refused.detail)
        created = {change.row for change in changes if change.action == "INSERT"}
        self.tally.created += len(created)
        self.tally.changed += len({change.row for change in changes} - created)
        return None

    async def _settle(self) -> None:
        if self._deferred:
            await self._session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            await self._session.execute(text(f"SET CONSTRAINTS {self._deferred} DEFERRED"))

    def _remark(self, number: int, column: str, finding: Finding) -> None:
        self._found.append(self._checker.problem(self._chunk[number].place, column, finding))
        if finding.severity == "error":
            self._wrong.add(number)


def _of_the_row(refusal: Refusal) -> bool:
    return refusal.sort in ("conflict", "payload", "absent")
