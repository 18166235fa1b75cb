"""The second wall alone: forced row-level security, tried as each service's database role; and mutants of it,
each of which must turn a probe red."""

import asyncio
from collections.abc import Iterator

import pytest

from services.postgres import PrivatePostgres
from tests.walls.loading import World
from tests.walls.mutating import (
    disabled,
    mutants_of,
    of_its_owner,
    policies_of,
    survivors,
    unforced,
    walled_tables,
)
from tests.walls.probing import Copy, copied, red
from tests.walls.second_wall import OPEN_FACTS, Asker, askers

SCHEMAS = ("directory", "identity", "jet", "grants", "events")
EQUIVALENT = {
    # USING of participation_update holds for the same rows, and policies add up
    ("jet.participation", "participation_progress", "USING (false)"),
    ("jet.internship_assignment", "internship_assignment_progress", "USING (false)"),
    # USING and WITH CHECK ask for the same role and nothing of the row
    ("jet.early_termination", "early_termination_update", "WITH CHECK (true)"),
    ("jet.capacity_pool", "capacity_pool_update", "WITH CHECK (true)"),
    # of a matter the application changes the tick alone, which is nothing that the policy asks of
    ("events.hand_over_matter", "hand_over_matter_update", "WITH CHECK (true)"),
    ("events.capacity_pool", "capacity_pool_update", "WITH CHECK (true)"),
    ("events.capacity_claim", "capacity_claim_update", "WITH CHECK (true)"),
    ("events.staff_training", "staff_training_update", "WITH CHECK (true)"),
    ("events.staff_training_period", "staff_training_period_update", "WITH CHECK (true)"),
    ("jet.certificate_series", "certificate_series_update", "WITH CHECK (true)"),
    ("jet.capacity_claim", "capacity_claim_update", "WITH CHECK (true)"),
    ("identity.rights_change", "rights_change_update", "WITH CHECK (true)"),
    ("identity.sign_in_request", "sign_in_request_update", "WITH CHECK (true)"),
    ("identity.sign_in_link", "sign_in_link_update", "WITH CHECK (true)"),
    ("identity.session", "session_update", "WITH CHECK (true)"),
}


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
    tables = walled_tables(postgres.url(), SCHEMAS)
    assert {name for name, walled in tables.items() if walled != (True, True)} == set()
    assert tables.keys() == {probe.table for probe in made.probes if not probe.table.endswith("_known")}


def test_every_policy_is_needed(copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres) -> None:
    """Dropped, opened to everybody or closed to all: each is noticed."""
    made, runner = copy
    policies = policies_of(postgres.url(), SCHEMAS)
    mutants = [mutant for policy in policies for mutant in mutants_of(*policy)]
    mutants = [m for m in mutants if (m.table, m.policy, m.what) not in EQUIVALENT]
    assert len(policies) > 250 and len(mutants) > 2 * len(policies)
    left = runner.run(survivors(made, mutants))
    assert not left, f"{len(left)} of {len(mutants)} mutants live:\n" + "\n".join(left)


def test_every_wall_stands_by_itself(copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres) -> None:
    """Row security switched off, and views that read as their owner."""
    made, runner = copy
    tables = sorted({probe.table for probe in made.probes})
    mutants = [disabled(name) for name in tables if not name.endswith("_known")]
    mutants += [
        of_its_owner(name)
        for name in tables
        if name.endswith("_known")
        and name.removeprefix("directory.").removesuffix("_known") not in OPEN_FACTS
    ]
    left = runner.run(survivors(made, mutants))
    assert not left, f"{len(left)} of {len(mutants)} mutants live:\n" + "\n".join(left)


def test_unforced_walls_are_noticed(copy: tuple[Copy, asyncio.Runner]) -> None:
    """An owner's policy shows all rows, so that only the catalogue tells whether the wall binds owners."""
    made, runner = copy

    for name in sorted({probe.table for probe in made.probes if not probe.table.endswith("_known")}):
        assert runner.run(unforced(made, name, SCHEMAS)) == [name]
