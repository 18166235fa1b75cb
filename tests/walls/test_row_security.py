"""The second wall alone: forced row-level security, tried as each service's database role; and mutants of it,
each of which must turn a probe red."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from services.postgres import PrivatePostgres
from tests.support.sql import fetch
from tests.walls.loading import World
from tests.walls.probing import Copy, Probe, copied, red
from tests.walls.second_wall import OPEN_FACTS, OWNERS, Asker, askers

SCHEMAS = "('directory', 'identity', 'jet', 'grants', 'events')"
_TABLES = f"""
SELECT c.oid::regclass::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
FROM pg_class AS c WHERE c.relnamespace::regnamespace::text IN {SCHEMAS} AND c.relkind = 'r'
"""
_POLICIES = f"""
SELECT schemaname || '.' || tablename AS name, policyname, cmd, roles::text[] AS roles, qual, with_check
FROM pg_policies WHERE schemaname IN {SCHEMAS} ORDER BY 1, 2
"""
EQUIVALENT = {
    # USING of participation_update holds for the same rows, and policies add up
    ("jet.participation", "participation_progress", "USING (false)"),
    ("jet.internship_assignment", "internship_assignment_progress", "USING (false)"),
    # USING and WITH CHECK ask for the same role and nothing of the row
    ("jet.early_termination", "early_termination_update", "WITH CHECK (true)"),
    ("jet.capacity_pool", "capacity_pool_update", "WITH CHECK (true)"),
    ("jet.certificate_series", "certificate_series_update", "WITH CHECK (true)"),
    ("jet.capacity_claim", "capacity_claim_update", "WITH CHECK (true)"),
    ("identity.rights_change", "rights_change_update", "WITH CHECK (true)"),
    ("identity.sign_in_request", "sign_in_request_update", "WITH CHECK (true)"),
    ("identity.sign_in_link", "sign_in_link_update", "WITH CHECK (true)"),
    ("identity.session", "session_update", "WITH CHECK (true)"),
}


class Mutant(NamedTuple):
    table: str
    policy: str
    what: str
    statement: str
    verbs: tuple[str, ...]


@pytest.fixture(scope="module")
def copy(postgres: PrivatePostgres, world: World) -> Iterator[tuple[Copy, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        made = runner.run(copied(postgres.url(), world))
        yield made, runner
        runner.run(made.connection.close())


def test_each_role_reads_and_stores_the_rows_that_are_its_own(copy: tuple[Copy, asyncio.Runner]) -> None:
    made, runner = copy
    wrong = runner.run(red(made.connection, made.probes))
    assert not wrong, f"{len(wrong)} of {len(made.probes)} probes:\n" + "\n".join(wrong[:40])
    assert len(made.probes) > 5_000
    outcomes = {(probe.verb, probe.expected == "refused") for probe in made.probes}
    assert {(verb, refused) for verb in ("INSERT", "UPDATE") for refused in (True, False)} <= outcomes


def test_who_comes_for_a_company_sees_no_organisation_as_an_employer_does(
    copy: tuple[Copy, asyncio.Runner], world: World
) -> None:
    made, runner = copy
    asked = "SELECT directory.visible_organisations()::text[] AS seen, directory.represented_organisation()::text AS own"

    async def told(asker: Asker) -> tuple[frozenset[str], frozenset[str]]:
        await made.connection.execute("SELECT set_config('kk.caller', $1, true)", asker.setting)
        row = await made.connection.fetchrow(asked)
        return frozenset(filter(None, row["seen"])), frozenset(filter(None, [row["own"]]))

    for asker in askers(world):
        assert runner.run(told(asker)) == (asker.organisations, asker.represented), asker
    assert {asker.role for asker in askers(world) if asker.represented} == {"business"}


def test_a_transaction_that_names_no_caller_reads_no_person_and_stores_nothing(
    copy: tuple[Copy, asyncio.Runner],
) -> None:
    made, _ = copy
    unnamed = [p for p in made.probes if p.asker.role == "" and not p.verb.startswith(("OWNER", "READER"))]
    people = [
        p
        for p in unnamed
        if p.table.startswith("jet.") and p.verb == "SELECT" and p.table != "jet.audit_entry"
    ]
    assert len(people) > 15 and all(p.expected == "" for p in people)
    # plumbing is written by whoever acts; it shows nothing
    stores = {p.table for p in unnamed if p.verb == "INSERT" and p.expected == "1"}
    assert stores <= {p.table for p in unnamed if p.table.endswith((".outbox", ".audit_entry"))}


def test_every_table_is_walled_and_probed(
    copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres
) -> None:
    made, _ = copy
    tables = {str(name): (enabled, forced) for name, enabled, forced in fetch(postgres.url(), _TABLES)}
    walled = {name for name in tables if not name.endswith("alembic_version") and "pgqueuer" not in name}
    assert {name for name in walled if tables[name] != (True, True)} == set()
    assert walled == {probe.table for probe in made.probes if not probe.table.endswith("_known")}


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
        if not probes or not await red(made.connection, probes):
            left.append(f"{mutant.table}: {mutant.policy} {mutant.what}")
        await made.connection.execute("ROLLBACK TO SAVEPOINT mutant")
    return left


def test_every_policy_is_needed(copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres) -> None:
    """Dropped, opened to everybody or closed to all: each is noticed."""
    made, runner = copy
    policies: list[Any] = fetch(postgres.url(), _POLICIES)
    mutants = [mutant for policy in policies for mutant in mutants_of(*policy)]
    mutants = [m for m in mutants if (m.table, m.policy, m.what) not in EQUIVALENT]
    assert len(policies) > 250 and len(mutants) > 2 * len(policies)
    left = runner.run(survivors(made, mutants))
    assert not left, f"{len(left)} of {len(mutants)} mutants live:\n" + "\n".join(left)


def test_every_wall_stands_by_itself(copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres) -> None:
    """Row security switched off, and views that read as their owner."""
    made, runner = copy
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE")
    tables = sorted({probe.table for probe in made.probes})
    mutants = [
        Mutant(name, "", "DISABLE", f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY", verbs)
        for name in tables
        if not name.endswith("_known")
    ]
    mutants += [
        Mutant(name, "", "security_invoker", f"ALTER VIEW {name} SET (security_invoker = false)", ("SELECT",))
        for name in tables
        if name.endswith("_known")
        and name.removeprefix("directory.").removesuffix("_known") not in OPEN_FACTS
    ]
    left = runner.run(survivors(made, mutants))
    assert not left, f"{len(left)} of {len(mutants)} mutants live:\n" + "\n".join(left)


def test_unforced_walls_are_noticed(copy: tuple[Copy, asyncio.Runner]) -> None:
    """An owner's policy shows all rows, so that only the catalogue tells whether the wall binds owners."""
    made, runner = copy

    async def unforced(name: str) -> list[str]:
        await made.connection.execute(f"SAVEPOINT mutant; ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
        rows = await made.connection.fetch(_TABLES)
        await made.connection.execute("ROLLBACK TO SAVEPOINT mutant")
        return [row["name"] for row in rows if row["enabled"] and not row["forced"]]

    for name in sorted({probe.table for probe in made.probes if not probe.table.endswith("_known")}):
        assert runner.run(unforced(name)) == [name]
