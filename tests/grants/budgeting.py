"""The ledger as the service writes it, in the name of officers of two sections, and what the database then says."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text

from services.grants.ledger import service as ledger
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.session import Database, WriteSession
from services.kit.errors import Refused
from services.kit.ids import PersonId, uuid7
from services.postgres import PrivatePostgres

T = TypeVar("T")
WRITERS = 50
EXCHANGE, MULTICULTURE = "grants-exchange", "grants-multiculture"
OFFICER = """
INSERT INTO directory.organisation (code, name, kind, search_key)
    VALUES ('CLAIR', '自治体国際化協会', 'association', '') ON CONFLICT DO NOTHING;
INSERT INTO directory.person (id, number, kind) VALUES ('{person}', 'P-{person}', 'staff');
INSERT INTO directory.post (person_id, organisation_id, section, title, valid_from)
    SELECT '{person}', id, '{section}', '主査', '2020-04-01' FROM directory.organisation WHERE code = 'CLAIR'
"""
# What holds of every line at any moment, whoever wrote: the balance is that of the entries, so is what each holder has,
# and no posting is lopsided.
WRONG = """
SELECT 'balance', b.line_id::text FROM grants.budget_balance AS b LEFT JOIN grants.ledger_entry AS e USING (line_id)
GROUP BY b.line_id HAVING (b.source_yen, b.available_yen, b.reserved_yen, b.committed_yen) IS DISTINCT FROM (
    coalesce(sum(e.amount_yen) FILTER (WHERE account = 'source'), 0),
    coalesce(sum(e.amount_yen) FILTER (WHERE account = 'available'), 0),
    coalesce(sum(e.amount_yen) FILTER (WHERE account = 'reserved'), 0),
    coalesce(sum(e.amount_yen) FILTER (WHERE account = 'committed'), 0))
UNION ALL SELECT 'sum', b.line_id::text FROM grants.budget_balance AS b
WHERE b.source_yen + b.available_yen + b.reserved_yen + b.committed_yen <> 0
    OR least(b.available_yen, b.reserved_yen, b.committed_yen) < 0
UNION ALL SELECT 'posting', posting_id::text FROM grants.ledger_entry GROUP BY posting_id
HAVING sum(amount_yen) <> 0 OR count(*) <> 2
UNION ALL SELECT 'holders', b.line_id::text FROM grants.budget_balance AS b
LEFT JOIN grants.budget_holding AS h USING (line_id) GROUP BY b.line_id
HAVING (b.reserved_yen, b.committed_yen)
    IS DISTINCT FROM (coalesce(sum(h.reserved_yen), 0), coalesce(sum(h.committed_yen), 0))
UNION ALL SELECT 'given', l.id::text FROM grants.budget_line AS l JOIN grants.budget_balance AS b ON b.line_id = l.id
WHERE -b.source_yen <> coalesce(l.appropriated_yen, l.planned_yen) + (
    SELECT -coalesce(sum(e.amount_yen), 0) FROM grants.ledger_entry AS e
    JOIN grants.ledger_posting AS p ON p.id = e.posting_id
    WHERE e.line_id = l.id AND e.account = 'source' AND p.kind = 'transfer')
UNION ALL SELECT 'cap', id::text FROM grants.budget_cap WHERE NOT taken_yen BETWEEN 0 AND limit_yen
"""


def round_of(edition: UUID, made: UUID) -> str:
    """The first of an edition, by SQL."""
    return (
        "INSERT INTO grants.round (id, code, edition_id, programme_id, section, fiscal_year, number, opens_at, closes_at, "
        f"projects_from, projects_to) SELECT '{made}', 'R-' || upper(right('{made}', 12)), id, programme_id, section, "
        "fiscal_year, 1, '2024-01-01', '2024-02-01', make_date(fiscal_year, 4, 1), make_date(fiscal_year, 4, 1) "
        f"FROM grants.edition WHERE id = '{edition}'"
    )


def applications(of: UUID, made: Sequence[UUID], **columns: str) -> str:
    """Of a round and of one organisation, by SQL; `columns` of them are SQL too, in which `v.n` counts them."""
    names, values = (", ".join(("", *part)) for part in (columns, columns.values()))
    rows = ", ".join(f"(uuid '{one}', {number})" for number, one in enumerate(made, start=1))
    return (
        "INSERT INTO directory.organisation (code, name, kind, search_key) "
        "VALUES ('HOLDER', '架空市', 'city', '') ON CONFLICT DO NOTHING;\n"
        "INSERT INTO grants.application (id, round_id, section, organisation_id, department, project_number, title, "
        f"channel{names}) SELECT v.id, r.id, r.section, o.id, v.id::text, 1, '架空の事業', 'mail'{values} "
        f"FROM (VALUES {rows}) AS v(id, n), grants.round AS r, directory.organisation AS o "
        f"WHERE r.id = '{of}' AND o.code = 'HOLDER'"
    )


class Standing(NamedTuple):
    total: int
    available: int
    reserved: int
    committed: int


class Purse:
    def __init__(self, runner: asyncio.Runner, database: Database, superuser: Database) -> None:
        self._runner, self._database, self._superuser = runner, database, superuser
        self._turns = asyncio.Semaphore(WRITERS)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    async def officer(self, section: str) -> Scope:
        person = PersonId(uuid4())
        await self.sql(OFFICER.format(person=person, section=section))
        return Scope(Principal("tests", person, "grant_officer", None, frozenset()), "own", "request")

    @asynccontextmanager
    async def writing(self, scope: Scope) -> AsyncIterator[WriteSession]:
        """One transaction of the application."""
        async with self._turns, self._database.writing(scope) as session:
            yield session

    async def told(self, scope: Scope, act: Any, *given: Any) -> str:
        """A transaction of its own for one act of the ledger; the code that it is refused with."""
        try:
            async with self.writing(scope) as session:
                await act(session, *given)
        except Refused as refused:
            return refused.refusal.code
        return ""

    async def sql(self, statements: str) -> list[Any]:
        """As the superuser, past every wall."""
        async with self._superuser.writing(SUPERUSER) as session:
            for statement in statements.split(";\n"):
                done = await session.execute(text(statement))
            return list(done.all()) if done.returns_rows else []  # type: ignore[attr-defined]

    async def sql_as(self, scope: Scope, role: str, statements: str) -> None:
        """As a role of the database, in the name of a caller."""
        async with self._superuser.writing(scope) as session:
            await session.execute(text(f"SET LOCAL ROLE {role}"))
            for statement in statements.split(";\n"):
                await session.execute(text(statement))

    async def line(self, scope: Scope, section: str, planned: int, given: int | None = None) -> UUID:
        """A line with its plan and, where it is `given`, with what the Board decided."""
        line = uuid7()
        async with self.writing(scope) as session:
            await session.execute(
                text(
                    "INSERT INTO grants.budget_line (id, code, fiscal_year, section, name_ja, name_en) "
                    "VALUES (:id, :code, 2024, :section, '科目', 'Line')"
                ),
                {"id": line, "code": f"L-{line.hex.upper()[:24]}", "section": section},
            )
            await ledger.plan(session, line, planned)
            if given is not None:
                day = (await session.execute(text("SELECT platform.today()"))).scalar_one()
                await ledger.appropriate(session, line, given, day, None)
        return line

    async def lines(self, section: str, planned: int, decided: Sequence[bool]) -> list[UUID]:
        """Many at once, with what they were planned to have; to those `decided` the Board has given just that."""
        made = {uuid7(): given for given in decided}
        rows = ", ".join(f"(uuid '{line}', {given})" for line, given in made.items())
        entries = ", ".join(
            f"('{line}', '{line}', '{account}', {yen})"
            for line in made
            for account, yen in (("source", -planned), ("available", planned))
        )
        await self.sql(
            "INSERT INTO grants.budget_line (id, code, fiscal_year, section, name_ja, name_en, planned_yen, "
            f"appropriated_yen, appropriated_on, appropriated_at) SELECT id, 'L-' || id, 2024, '{section}', '科目', "
            f"'Line', {planned}, CASE WHEN given THEN {planned} END, CASE WHEN given THEN platform.today() END, "
            f"CASE WHEN given THEN platform.now() END FROM (VALUES {rows}) AS v(id, given);\n"
            "INSERT INTO grants.ledger_posting (id, line_id, kind) "
            f"SELECT id, id, 'plan' FROM (VALUES {rows}) AS v(id, given);\n"
            f"INSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen) VALUES {entries}"
        )
        return list(made)

    async def standing(self, line: UUID) -> Standing:
        (row,) = await self.sql(
            "SELECT -source_yen, available_yen, reserved_yen, committed_yen FROM grants.budget_balance "
            f"WHERE line_id = '{line}'"
        )
        return Standing(*row)

    async def wrong(self) -> list[Any]:
        return await self.sql(WRONG)

    async def holders(self, section: str, number: int) -> list[UUID]:
        """Applications that wait for money, of a round of their own."""
        made = [uuid7() for _ in range(number)]
        await self.sql(f"{round_of(await self.edition(section), made[0])};\n{applications(made[0], made)}")
        return made

    async def edition(self, section: str) -> UUID:
        programme, edition = uuid7(), uuid7()
        code = edition.hex.upper()[-12:]
        await self.sql(
            "INSERT INTO grants.programme (id, code, section, kind, name_ja, name_en) "
            f"VALUES ('{programme}', 'P-{code}', '{section}', 'organisation', '制度', 'Programme');\n"
            "INSERT INTO grants.edition (id, code, programme_id, section, fiscal_year, name_ja, name_en) "
            f"VALUES ('{edition}', 'E-{code}', '{programme}', '{section}', 2024, '制度', 'Programme')"
        )
        return edition


SUPERUSER = Scope(Principal("tests", None, "coordinator", None, frozenset()), "all", "request")


def _database(url: str, write: int) -> Database:
    return Database(url, read=1, write=write, export=1, statement_seconds=60, export_seconds=60)


@contextmanager
def open_purse(postgres: PrivatePostgres) -> Iterator[Purse]:
    application, superuser = _database(postgres.url(user="grants_app"), WRITERS), _database(postgres.url(), 2)
    with asyncio.Runner() as runner:
        try:
            yield Purse(runner, application, superuser)
        finally:
            runner.run(application.engine.dispose())
            runner.run(superuser.engine.dispose())
