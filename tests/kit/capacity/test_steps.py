"""Each step with its audit and its event, what a reader sees meanwhile, and what the database holds by itself."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from services.jet.tables import capacity_claim
from services.kit.capacity.domain import CONSTRAINTS, SEATS_EXHAUSTED, Claim, Wanted
from services.kit.capacity.service import Capacity, settle_due
from services.kit.capacity.tables import shown_offer_end, shown_state
from services.kit.db.constraints import refusal_of
from services.kit.db.session import Database
from services.kit.errors import Refused
from services.kit.ids import uuid7
from services.postgres import PrivatePostgres
from services.worker import PLACES, beside, settling
from tests.kit.capacity.house import PLURAL, SCOPE, House


async def events(house: House, *claims: Claim) -> Counter[str]:
    ids = ", ".join(f"'{one.id}'" for one in claims)
    found = await house.sql(
        f"SELECT action, count(*) FROM jet.outbox WHERE resource = '{PLURAL}' AND resource_id IN ({ids}) GROUP BY 1"
    )
    return Counter(dict(found))


def test_every_step_is_told_with_its_states(house: House) -> None:
    async def play() -> None:
        _, (one, three, two) = await house.pool(2, 2, 3, 2)
        async with house.writing() as capacity:
            settled = await capacity.release([one.id])
        assert [passed.claim.id for passed in settled.passed] == [three.id]
        async with house.writing() as capacity:
            await capacity.confirm(two.id)
        assert [entry[:3] for entry in await house.told(one)] == [
            ("claim", None, "confirmed"), ("release", "confirmed", "released"),
        ]  # fmt: skip
        told = await house.told(two)
        assert [entry[:3] for entry in told] == [
            ("claim", None, "waiting"), ("offer", "waiting", "offered"), ("confirm", "offered", "confirmed"),
        ]  # fmt: skip
        assert told[1][3]["passed_over"] == [{"id": str(three.id), "number": 1, "party": 3, "free": 2}]
        assert [entry[0] for entry in await house.told(three)] == ["claim"]
        assert await events(house, two) == {"created": 1, "changed": 2}

    house.run(play())


def test_many_claims_are_few_statements_and_one_entry_for_each_state(house: House) -> None:
    async def play() -> tuple[list[str], Counter[str], Counter[str]]:
        pool, _ = await house.pool(2_000)
        wanted = [Wanted(uuid7(), pool) for _ in range(5_000)]
        said: list[str] = []
        engine = house.database.engine.sync_engine

        def count(*told: object) -> None:
            said.append(str(told[2]))

        async with house.writing() as capacity:
            event.listen(engine, "before_cursor_execute", count)
            try:
                made = await capacity.claim(wanted)
            finally:
                event.remove(engine, "before_cursor_execute", count)
        states = Counter(one.state for one in made.values())
        entries = await house.sql(
            "SELECT to_state, jsonb_array_length(after -> 'claims') FROM jet.audit_entry "
            f"WHERE action = 'claim' AND after -> 'claims' ? '{wanted[0].id}' OR after -> 'claims' ? '{wanted[-1].id}'"
        )
        return said, states, Counter(dict(entries))

    said, states, entries = house.run(play())
    assert states == entries == {"confirmed": 2_000, "waiting": 3_000}
    assert len(said) < 10


def test_a_writer_that_tells_of_its_records_itself_is_not_told_of_twice(house: House) -> None:
    async def play() -> None:
        pool, _ = await house.pool(1)
        async with house.writing() as capacity:
            (made,) = (await capacity.claim([Wanted(uuid7(), pool)], publish=False)).values()
        assert await events(house, made) == {}
        assert len(await house.told(made)) == 1

    house.run(play())


def test_a_fact_is_confirmed_or_refused(house: House) -> None:
    async def play() -> None:
        pool, _ = await house.pool(3, 1)
        facts = [Wanted(uuid7(), pool, party, certain=True) for party in (2, 1)]
        async with house.writing() as capacity:
            assert await capacity.without_seat(facts) == {facts[1].id}
            with pytest.raises(Refused) as caught:
                await capacity.claim(facts)
            assert caught.value.refusal is SEATS_EXHAUSTED
            assert [one.state for one in (await capacity.claim(facts[:1])).values()] == ["confirmed"]

    house.run(play())


def test_a_pool_is_not_made_smaller_than_what_is_held(house: House) -> None:
    async def play() -> None:
        pool, claims = await house.pool(3, 1, 1, 2)
        async with house.writing() as capacity:
            with pytest.raises(Refused) as caught:
                await capacity.resize(pool, 1)
            assert caught.value.refusal is SEATS_EXHAUSTED
            assert (await capacity.resize(pool, 2)).offered == []
            assert [one.id for one in (await capacity.resize(pool, None)).offered] == [claims[2].id]

    house.run(play())


def test_the_database_holds_the_seats_by_itself(house: House) -> None:
    """Whatever an application's statement does: a pool made too small, a claim beyond the seats, a larger party."""

    async def play() -> list[str]:
        pool, (one, _) = await house.pool(2, 1, 1)
        said = []
        for statement in (
            f"UPDATE jet.capacity_pool SET seats = 1 WHERE id = '{pool}'",
            f"INSERT INTO jet.capacity_claim (pool_id, state) VALUES ('{pool}', 'confirmed')",
            f"UPDATE jet.capacity_claim SET party = 2 WHERE id = '{one.id}'",
        ):
            try:
                async with house.database.writing(SCOPE) as session:
                    await session.execute(text(statement))
            except DBAPIError as error:
                refusal = refusal_of(error, CONSTRAINTS)
                said.append(refusal.code if refusal else "")
        return said

    assert house.run(play()) == ["seats_exhausted"] * 3


def test_taken_follows_claims_that_are_removed(house: House) -> None:
    async def play() -> list[object]:
        pool, claims = await house.pool(5, 2, 1, 1)
        await house.sql(f"DELETE FROM jet.capacity_claim WHERE id = '{claims[0].id}'")
        return [
            tuple(row) for row in await house.sql(f"SELECT taken FROM jet.capacity_pool WHERE id = '{pool}'")
        ]

    assert house.run(play()) == [(2,)]


def test_an_offer_that_has_ended_is_shown_as_lapsed_before_anybody_settles(house: House) -> None:
    async def play() -> None:
        _, claims = await house.pool(1, 1, 1)
        async with house.writing() as capacity:
            await capacity.release([claims[0].id])
        shown = select(
            capacity_claim.c.state, shown_state(capacity_claim), shown_offer_end(capacity_claim)
        ).where(capacity_claim.c.id == claims[1].id)
        async with house.undone() as sandbox:
            stored, state, ends = (await sandbox.session.execute(shown)).one()
            assert (stored, state, ends is None) == ("offered", "offered", False)
            await sandbox.advance(72)
            stored, state, ends = (await sandbox.session.execute(shown)).one()
            assert (stored, state, ends) == ("offered", "lapsed", None)

    house.run(play())


def test_what_does_not_exist_is_absent(house: House) -> None:
    async def play() -> list[str]:
        pool, (one,) = await house.pool(1, 1)
        async with house.undone() as sandbox:
            capacity = sandbox.capacity
            return [
                await sandbox.refused(work)
                for work in (
                    capacity.claim([Wanted(uuid7(), uuid7())]), capacity.confirm(uuid7()),
                    capacity.release([one.id, uuid7()]), capacity.resize(uuid7(), 1), capacity.settle([pool, uuid7()]),
                )
            ]  # fmt: skip

    assert house.run(play()) == ["not_found"] * 5


def test_the_worker_settles_what_is_due_in_the_name_of_each_resource(house: House) -> None:
    async def play() -> None:
        made = []
        for plural in (PLURAL, "fair-registrations"):
            async with house.database.writing(SCOPE) as session:
                capacity = Capacity(session, "jet", plural)
                pool = await capacity.open(1)
                wanted = [Wanted(uuid7(), pool) for _ in range(3)]
                first, *waiting = (await capacity.claim(wanted)).values()
                await capacity.release([first.id])
                made.append((plural, waiting))
        ids = ", ".join(f"'{waiting[0].id}'" for _, waiting in made)
        await house.sql(f"UPDATE jet.capacity_claim SET offer_ends_at = platform.now() WHERE id IN ({ids})")
        # two workers at once
        assert max(await asyncio.gather(*(settle_due(house.database, "jet") for _ in range(2)))) >= 2
        assert await settle_due(house.database, "jet") == 0
        for plural, waiting in made:
            assert await house.states(waiting) == ["lapsed", "offered"]
            told = await house.sql(
                "SELECT action, resource, client FROM jet.audit_entry WHERE resource_id IN "
                f"('{waiting[0].id}', '{waiting[1].id}') AND client LIKE 'worker%' ORDER BY id"
            )
            assert told == [("lapse", plural, "worker-jet"), ("offer", plural, "worker-jet")]

    house.run(play())


def test_a_worker_settles_beside_its_jobs(house: House) -> None:
    async def play() -> list[str]:
        _, claims = await house.pool(1, 1, 1, 1)
        async with house.writing() as capacity:
            await capacity.release([claims[0].id])
        await house.sql(
            f"UPDATE jet.capacity_claim SET offer_ends_at = platform.now() WHERE id = '{claims[1].id}'"
        )
        async with beside(settling(PLACES["jet"], house.database)):
            for _ in range(500):
                states = await house.states(claims)
                if states[1] != "offered":
                    break
                await asyncio.sleep(0.02)
        return states

    assert house.run(play()) == ["released", "lapsed", "offered"]


def test_a_schema_without_seats_has_nothing_to_settle(postgres: PrivatePostgres) -> None:
    async def play() -> int:
        url = postgres.url(user="registry_app")
        registry = Database(url, read=1, write=1, export=1, statement_seconds=10, export_seconds=10)
        await registry.open()
        try:
            return await settle_due(registry, "identity")
        finally:
            await registry.close()

    assert asyncio.run(play()) == 0
