"""Mutants of the second wall, one policy or one table each; a mutant lives that turns no probe red."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.support.sql import fetch
from tests.walls.probing import Copy, Probe, red
from tests.walls.second_wall import OWNERS

_TABLES = """
SELECT c.oid::regclass::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
FROM pg_class AS c WHERE c.relnamespace::regnamespace::text IN ({schemas}) AND c.relkind = 'r'
"""
_POLICIES = """
SELECT schemaname || '.' || tablename AS name, policyname, cmd, roles::text[] AS roles, qual, with_check
FROM pg_policies WHERE schemaname IN ({schemas}) ORDER BY 1, 2
"""


FEW = 12


class Mutant(NamedTuple):
    table: str
    policy: str
    what: str
    statement: str
    verbs: tuple[str, ...]


def _in(schemas: Sequence[str], statement: str) -> str:
    return statement.format(schemas=", ".join(f"'{schema}'" for schema in schemas))


def walled_tables(url: str, schemas: Sequence[str]) -> dict[str, tuple[object, object]]:
    """Whether row security is enabled and forced, by table; those of the migrations and of the jobs have none."""
    return {
        str(name): (enabled, forced)
        for name, enabled, forced in fetch(url, _in(schemas, _TABLES))
        if not str(name).endswith("alembic_version") and "pgqueuer" not in str(name)
    }


def policies_of(url: str, schemas: Sequence[str]) -> list[Any]:
    """The arguments of `mutants_of`."""
    return fetch(url, _in(schemas, _POLICIES))


def mutants_of(
    name: str, policy: str, cmd: str, roles: list[str], qual: str | None, check: str | None
) -> Iterator[Mutant]:
    owner = roles == [OWNERS[name.split(".")[0]]]
    foreign = not owner and policy.rsplit("_", 1)[1] not in (
        "select",
        "insert",
        "update",
        "delete",
        "progress",
    )
    verbs = (
        ("OWNER SELECT", "OWNER UPDATE", "OWNER DELETE", "OWNER INSERT")
        if owner
        else (f"READER {roles[0]}",)
        if foreign
        else (cmd,)
    )
    yield Mutant(name, policy, "dropped", f"DROP POLICY {policy} ON {name}", verbs)
    for clause, held in (("USING", qual), ("WITH CHECK", check)):
        for value in ("true", "false"):
            if held is not None and held.strip("()") != value:
                what = f"{clause} ({value})"
                yield Mutant(name, policy, what, f"ALTER POLICY {policy} ON {name} {what}", verbs)


async def survivors(made: Copy, mutants: list[Mutant]) -> list[str]:
    by_table: dict[tuple[str, str], list[Probe]] = defaultdict(list)
    for probe in made.probes:
        by_table[probe.table, probe.verb].append(probe)
    left = []
    for mutant in mutants:
        probes = [probe for verb in mutant.verbs for probe in by_table[mutant.table, verb]]
        await made.connection.execute(f"SAVEPOINT mutant; {mutant.statement}")
        if not await noticed(made.connection, probes):
            left.append(f"{mutant.table}: {mutant.policy} {mutant.what}")
        await made.connection.execute("ROLLBACK TO SAVEPOINT mutant")
    return left


async def noticed(connection: Any, probes: list[Probe]) -> bool:
    """A few from all over are asked first: they notice most mutants."""
    step = max(1, len(probes) // FEW)
    few = probes[::step]
    return bool(probes) and bool(await red(connection, few) or await red(connection, probes))


def disabled(name: str) -> Mutant:
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return Mutant(name, "", "DISABLE", f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY", verbs)


def of_its_owner(view: str) -> Mutant:
    """A view that reads as its owner does."""
    statement = f"ALTER VIEW {view} SET (security_invoker = false)"
    return Mutant(view, "", "security_invoker", statement, ("SELECT",))


async def unforced(made: Copy, name: str, schemas: Sequence[str]) -> list[str]:
    """What the catalogue tells of as not binding owners, when this one table does not."""
    await made.connection.execute(f"SAVEPOINT mutant; ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    rows = await made.connection.fetch(_in(schemas, _TABLES))
    await made.connection.execute("ROLLBACK TO SAVEPOINT mutant")
    return [row["name"] for row in rows if row["enabled"] and not row["forced"]]
