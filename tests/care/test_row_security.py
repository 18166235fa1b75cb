"""The second wall of counselling alone: who reads and stores which row of every table, asked as the service's database
role; and mutants of it, each of which must turn a probe red."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from services.postgres import PrivatePostgres
from tests.care.care_rows import ID, askers, number, rows
from tests.care.care_walls import walls
from tests.support.sql import fetch
from tests.walls.mutating import (
    disabled,
    mutants_of,
    of_its_owner,
    policies_of,
    survivors,
    unforced,
    walled_tables,
)
from tests.walls.probing import PROBE, Copy, Probe, probes_of, red

SCHEMAS = ("care",)
VIEWS = {"care.granted_claim", "care.counted_contact"}
WITH_PART = ("participant", "counsellor", "care_officer", "protector", "worker")
# USING and WITH CHECK ask for the same role and nothing of the row
EQUIVALENT = {
    ("care.person_wall", "person_wall_update", "WITH CHECK (true)"),
    ("care.claim_figure", "claim_figure_update", "WITH CHECK (true)"),
}


async def copied(url: str) -> Copy:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL session_replication_role = replica"
    )
    await connection.execute(PROBE + ";" + rows())
    taking_part = [asker for asker in askers() if asker.role in WITH_PART]
    strangers = [asker for asker in askers() if asker.role not in WITH_PART]
    probes = [
        probe
        for name, wall in walls().items()
        for some, samples in ((taking_part, 100), (strangers, 2))
        for probe in await probes_of(connection, some, name, wall, samples)
    ]
    return Copy(connection, probes + list(views()))


def views() -> Iterator[Probe]:
    """Officers count what was granted; who has no part in counselling counts no contact either."""
    for asker in askers():
        for view, told in (
            ("granted_claim", "2" if asker.role == "care_officer" else "0"),
            ("counted_contact", "0"),
        ):
            if view == "granted_claim" or asker.role not in WITH_PART:
                asked = f"SELECT count(*) FROM care.{view} AS v"
                yield Probe(f"care.{view}", "SELECT", "care_app", asker, "", asked, told)


@pytest.fixture(scope="module")
def copy(postgres: PrivatePostgres) -> Iterator[tuple[Copy, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        made = runner.run(copied(postgres.url()))
        yield made, runner
        runner.run(made.connection.close())


def test_each_role_reads_and_stores_the_rows_that_are_its_own(copy: tuple[Copy, asyncio.Runner]) -> None:
    made, runner = copy
    wrong = runner.run(red(made.connection, made.probes))
    assert not wrong, f"{len(wrong)} of {len(made.probes)} probes:\n" + "\n".join(wrong[:40])
    outcomes = {(probe.verb, probe.expected == "refused") for probe in made.probes}
    assert {(verb, refused) for verb in ("INSERT", "UPDATE") for refused in (True, False)} <= outcomes


def test_whoever_has_no_part_in_counselling_finds_no_row_of_a_case(copy: tuple[Copy, asyncio.Runner]) -> None:
    """As the statements themselves say, so that none of them was written too wide."""
    made, _ = copy
    open_to_others = {
        "care.channel", "care.figure_release", "care.figure_total", "care.figure_cell",
        "care.blob", "care.blob_chunk", "care.operation", "care.import", "care.import_problem", "care.idempotency",
    }  # fmt: skip
    strangers = [p for p in made.probes if p.asker.role not in WITH_PART and not p.verb.startswith("OWNER")]
    found = {p.table for p in strangers if p.verb == "SELECT" and p.expected not in ("", "0", "refused")}
    assert found <= open_to_others
    stored = {p.table for p in strangers if p.verb == "INSERT" and p.expected == "1"}
    assert stored <= {"care.audit_entry", "care.release_reading"}


def test_every_table_and_view_is_walled_and_probed(
    copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres
) -> None:
    made, _ = copy
    tables = walled_tables(postgres.url(), SCHEMAS)
    assert {name for name, walled in tables.items() if walled != (True, True)} == set()
    found = fetch(
        postgres.url(), "SELECT schemaname || '.' || viewname FROM pg_views WHERE schemaname = 'care'"
    )
    assert {str(name) for (name,) in found} == VIEWS
    assert tables.keys() | VIEWS == {probe.table for probe in made.probes}


def test_every_policy_is_needed(copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres) -> None:
    """Dropped, opened to everybody or closed to all: each is noticed."""
    made, runner = copy
    policies = policies_of(postgres.url(), SCHEMAS)
    mutants = [mutant for policy in policies for mutant in mutants_of(*policy)]
    mutants = [m for m in mutants if (m.table, m.policy, m.what) not in EQUIVALENT]
    assert len(policies) > 100 and len(mutants) > 2 * len(policies)
    left = runner.run(survivors(made, mutants))
    assert not left, f"{len(left)} of {len(mutants)} mutants live:\n" + "\n".join(left)


def test_every_wall_stands_by_itself(copy: tuple[Copy, asyncio.Runner]) -> None:
    """Row security switched off, one that does not bind owners, and views that read as their owner."""
    made, runner = copy
    tables = sorted({probe.table for probe in made.probes} - VIEWS)
    left = runner.run(survivors(made, [*map(disabled, tables), *map(of_its_owner, sorted(VIEWS))]))
    assert not left, "\n".join(left)
    for name in tables:
        assert runner.run(unforced(made, name, SCHEMAS)) == [name]


def attempt(copy: tuple[Copy, asyncio.Runner], key: str, statement: str, login: str = "care_app") -> str:
    """What a statement comes to for one asker, undone."""
    made, runner = copy
    (asker,) = [one for one in askers() if str(one) == key]

    async def run() -> Any:
        asked = "SELECT pg_temp.probe($1, $2, '', $3)"
        return await made.connection.fetchval(asked, login, asker.setting, statement)

    return str(runner.run(run()))


OLIVE, OPAL, PROTECTOR = "organisation azami/", "organisation budo/", "protector protector/"
OPEN = "state = 'open', decided_at = platform.now(), expires_at = platform.now() + interval '4 hours'"


def test_no_officer_breaks_the_glass_alone(copy: tuple[Copy, asyncio.Runner]) -> None:
    asked, of_opal = number(6, 2), number(6, 4)
    by_opal = f"UPDATE care.glass_opening SET {OPEN}, decided_by = '{ID['opal']}' WHERE id = '{asked}'"
    assert attempt(copy, OPAL, by_opal) == "1"
    assert attempt(copy, PROTECTOR, by_opal.replace(ID["opal"], ID["protector"])) == "1"
    # in the name of another, by oneself, and by taking over what was opened for somebody else
    assert attempt(copy, OLIVE, by_opal) == "refused"
    assert attempt(copy, OLIVE, by_opal.replace(ID["opal"], ID["olive"])).startswith("23514")
    mine = f"UPDATE care.glass_opening SET requested_by = '{ID['olive']}' WHERE id = '{of_opal}'"
    assert attempt(copy, OLIVE, mine) == "refused"
    new = (
        "INSERT INTO care.glass_opening (case_id, reason, requested_by, state, decided_by, decided_at, expires_at) "
        f"VALUES ('{ID['new']}', 'abuse', '{ID['olive']}', 'open', '{ID['opal']}', platform.now(), "
        "platform.now() + interval '1 hour')"
    )
    assert attempt(copy, OLIVE, new) == "refused"
    assert attempt(copy, PROTECTOR, new) == "refused"


def test_what_a_case_and_a_wall_are_of_nobody_changes(copy: tuple[Copy, asyncio.Runner]) -> None:
    """Neither an officer, who stores every row of both, nor the worker, by whose hand a case forgets whose it was."""
    for key in (OLIVE, "worker /"):
        for column in ("id", "person_id", "pseudonym", "opened_at"):
            assert attempt(copy, key, f"UPDATE care.care_case SET {column} = {column}") == "refused"
    for column in ("counsellor_id", "participant_id"):
        assert attempt(copy, OLIVE, f"UPDATE care.person_wall SET {column} = {column}") == "refused"
    assert (
        attempt(copy, OLIVE, f"UPDATE care.care_case SET outcome = 'other' WHERE id = '{ID['moved_on']}'")
        == "1"
    )


def test_an_officer_records_what_has_begun_and_its_contact(copy: tuple[Copy, asyncio.Runner]) -> None:
    """A talk of `parted`, which the counsellor does not find any more."""
    of = f"WHERE id = '{number(11, 5)}'"
    for begins, told in (("- interval '1 hour'", "1"), ("+ interval '1 hour'", "refused")):
        moved = f"UPDATE care.booking SET state = 'held', starts_at = platform.now() {begins} {of}"
        assert attempt(copy, OLIVE, moved) == told
    assert attempt(copy, "counsellor kiri/", f"UPDATE care.booking SET state = 'held' {of}") == "0"


def test_a_case_has_no_key_for_an_officer_with_nothing_to_decide(
    copy: tuple[Copy, asyncio.Runner],
) -> None:
    def keys(key: str) -> set[str]:
        return set(attempt(copy, key, "SELECT string_agg(case_id::text, ' ') FROM care.case_key").split())

    # the claims of each, and the glass that is broken for each: never a case beyond a wall, nor one's own
    assert keys(OLIVE) == {
        ID[name] for name in ("told", "parted", "gone", "moved_on", "officers", "colleague")
    }
    assert keys(OPAL) == {ID[name] for name in ("told", "gone", "moved_on")}
    assert keys("care_officer /") == set()


def test_who_asks_whether_a_wall_stands_is_the_service_alone(
    copy: tuple[Copy, asyncio.Runner], postgres: PrivatePostgres
) -> None:
    """It reads past every wall: nobody else executes it, and no schema of a caller's comes before its own."""
    definers = fetch(
        postgres.url(),
        "SELECT proname, proconfig::text[], pg_get_userbyid(proowner) FROM pg_proc "
        "WHERE pronamespace = 'care'::regnamespace AND prosecdef",
    )
    assert definers == [("walled", ["search_path=pg_catalog, pg_temp"], "care_owner")]
    roles = fetch(
        postgres.url(),
        "SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname NOT LIKE 'pg\\_%' "
        "AND has_function_privilege(oid, 'care.walled(uuid, uuid)', 'EXECUTE')",
    )
    assert {str(role) for (role,) in roles} == {"care_owner", "care_app"}
    asked = f"SELECT care.walled('{ID['kiri']}', '{ID['quarry']}')"
    assert attempt(copy, OLIVE, asked) == "true"
    for login in ("jet_app", "registry_app", "grants_app", "events_app", "door_app"):
        assert attempt(copy, OLIVE, asked, login) == "refused"
    shadowed = (
        "CREATE TEMP TABLE person_wall (counsellor_id uuid, participant_id uuid, lifted_at timestamptz); "
        "SET LOCAL search_path = pg_temp, public"
    )
    made, runner = copy
    runner.run(made.connection.execute(f"SAVEPOINT shadow; {shadowed}"))
    assert attempt(copy, OLIVE, asked) == "true"
    runner.run(made.connection.execute("ROLLBACK TO SAVEPOINT shadow"))
