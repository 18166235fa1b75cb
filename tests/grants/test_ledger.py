"""The ledger of a budget line: what is promised is never more than there is, whoever writes at the same moment."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy.exc import DBAPIError

from services.grants.ledger import service as ledger
from services.grants.ledger.domain import CapKey, recut
from services.grants.ledger.repository import Books
from services.grants.recuts.domain import Reserved, cut
from services.kit.auth.scope import Scope
from services.kit.db.constraints import constraint_of
from services.kit.ids import uuid7
from services.postgres import PrivatePostgres
from tests.grants.budgeting import EXCHANGE, MULTICULTURE, WRITERS, Purse, Standing, open_purse


@pytest.fixture(scope="module")
def purse(postgres: PrivatePostgres) -> Iterator[Purse]:
    with open_purse(postgres) as made:
        yield made


@pytest.fixture(scope="module")
def officer(purse: Purse) -> Scope:
    return purse.run(purse.officer(EXCHANGE))


def test_fifty_who_reserve_commit_and_release_at_once_take_no_more_than_there_is(
    purse: Purse, officer: Scope
) -> None:
    """Of 10,000,000 yen each of fifty wants 300,000: thirty-three get them, and of what these free others take."""

    async def play() -> None:
        line = await purse.line(officer, EXCHANGE, 10_000_000, 10_000_000)
        holders = await purse.holders(EXCHANGE, WRITERS)
        told = await asyncio.gather(
            *(purse.told(officer, ledger.reserve, line, one, 300_000) for one in holders)
        )
        assert Counter(told) == {"": 33, "budget_insufficient": 17}
        assert await purse.standing(line) == (10_000_000, 100_000, 9_900_000, 0)
        won = [one for one, refused in zip(holders, told, strict=True) if not refused]
        lost = [one for one in holders if one not in won]
        told = await asyncio.gather(
            *(purse.told(officer, ledger.commit, line, one, 200_000) for one in won),
            *(purse.told(officer, ledger.release, line, one, 300_000, "reserved") for one in won),
            *(purse.told(officer, ledger.reserve, line, one, 100_000) for one in lost),
        )
        committed = told[:33].count("")
        assert told[33:66].count("") == 33 - committed and 0 <= committed <= 33
        standing = await purse.standing(line)
        assert standing.committed == committed * 200_000
        assert standing.reserved == committed * 100_000 + told[66:].count("") * 100_000
        assert await purse.wrong() == []

    purse.run(play())


def test_what_one_holder_frees_or_commits_is_what_it_holds(purse: Purse, officer: Scope) -> None:
    async def play() -> None:
        line, (one, other) = await purse.line(officer, EXCHANGE, 1_000_000), await purse.holders(EXCHANGE, 2)
        assert await purse.told(officer, ledger.reserve, line, one, 400_000) == ""
        assert await purse.told(officer, ledger.reserve, line, other, 500_000) == ""
        assert await purse.told(officer, ledger.commit, line, one, 1) == "budget_not_appropriated"
        assert await purse.told(officer, ledger.release, line, one, 400_001, "reserved") == "budget_not_held"
        async with purse.writing(officer) as session:
            day = await Books(session).today()
        assert await purse.told(officer, ledger.appropriate, line, 1_000_000, day, None) == ""
        assert await purse.told(officer, ledger.commit, line, one, 400_001) == "budget_not_held"
        assert await purse.told(officer, ledger.commit, line, one, 300_000) == ""
        assert await purse.told(officer, ledger.release, line, one, 300_001, "committed") == "budget_not_held"
        assert await purse.told(officer, ledger.release, line, one, 300_000, "committed") == ""
        assert await purse.standing(line) == (1_000_000, 400_000, 600_000, 0)
        audit = await purse.sql(
            "SELECT action, from_state, to_state, after ->> 'yen', person_id FROM grants.audit_entry "
            f"WHERE resource_id = '{line}' ORDER BY id DESC LIMIT 2"
        )
        person = officer.principal.person
        assert audit == [
            ("release", "committed", "available", "300000", person),
            ("commit", "reserved", "committed", "300000", person),
        ]

    purse.run(play())


def test_the_board_gives_less_and_reservations_are_cut_before_it_is_entered(
    purse: Purse, officer: Scope
) -> None:
    """Selected in winter against a plan of 10,000,000, of which the Board gives nine tenths in March."""

    async def play() -> None:
        line = await purse.line(officer, EXCHANGE, 10_000_000)
        yen_of = (4_999_000, 3_000_000, 1_501_000, 500_000)
        held = dict(zip(await purse.holders(EXCHANGE, 4), yen_of, strict=True))
        for one, yen in held.items():
            assert await purse.told(officer, ledger.reserve, line, one, yen) == ""
        async with purse.writing(officer) as session:
            day = await Books(session).today()
        assert (
            await purse.told(officer, ledger.appropriate, line, 9_000_000, day, None) == "budget_recut_needed"
        )
        assert await purse.told(officer, ledger.plan, line, 9_999_999) == "budget_recut_needed"
        ranked = list(held)[::-1]
        async with purse.writing(officer) as session:
            shown = await ledger.recut(session, line, ranked, 9_000_000, 1000, dry_run=True)
        assert await purse.standing(line) == (10_000_000, 0, 10_000_000, 0)
        async with purse.writing(officer) as session:
            assert await ledger.recut(session, line, ranked, 9_000_000, 1000) == shown
            await ledger.appropriate(session, line, 9_000_000, day, None)
        assert [shown[one] for one in held] == [4_499_000, 2_700_000, 1_350_000, 451_000]
        assert await purse.standing(line) == (9_000_000, 0, 9_000_000, 0)
        async with purse.writing(officer) as session:
            assert await ledger.recut(session, line, ranked, 9_000_000, 1000) == shown
        assert await purse.wrong() == []

    purse.run(play())


def test_of_a_cut_all_get_their_share_and_the_first_by_rank_what_remains() -> None:
    random = Random(20240708)
    for _ in range(2_000):
        unit = random.choice((1, 10, 1000))
        held = {
            uuid7(): random.randint(1, 9) * random.choice((1, 500, 1000)) for _ in range(random.randint(1, 6))
        }
        ranked = random.sample(list(held), random.randint(0, len(held)))
        whole = sum(held.values())
        total = random.randint(0, whole + 5)
        made = recut(held, ranked, total, unit)
        if total >= whole:
            assert made == held
            continue
        assert sum(made.values()) <= total and made.keys() == held.keys()
        assert all(yen % unit == 0 and 0 <= yen <= held[one] for one, yen in made.items())
        floored = {one: yen * total // whole // unit * unit for one, yen in held.items()}
        more = {one: yen - floored[one] for one, yen in made.items()}
        assert all(yen >= 0 for yen in more.values())
        # nothing remains that somebody could have, and nobody gets a second unit before one of a lower rank the first
        left = total - sum(made.values())
        assert left < unit or all(made[one] + unit > yen for one, yen in held.items())
        order = [*ranked, *(one for one in held if one not in ranked)]
        for first, second in pairwise(order):
            assert more[first] >= more[second] or made[first] + unit > held[first]


def test_of_a_cut_line_nobody_is_left_with_less_than_a_minimum_and_the_last_go_first() -> None:
    random = Random(20250317)
    for _ in range(2_000):
        minimum, unit = random.choice((0, 500, 2_000)), random.choice((1, 100, 1000))
        held = [
            Reserved(uuid7(), minimum + random.randint(1, 9_000), minimum)
            for _ in range(random.randint(0, 6))
        ]
        room = random.randint(0, sum(one.yen for one in held) + 5)
        tail = cut(held, room, unit, "tail")
        kept = [one for one in held if tail[one.application]]
        assert held[: len(kept)] == kept and all(tail[one.application] == one.yen for one in kept)
        assert sum(tail.values()) <= room
        assert len(kept) == len(held) or sum(tail.values()) + held[len(kept)].yen > room
        left = cut(held, room, unit, "pro_rata")
        assert sum(left.values()) <= room and left.keys() == {one.application for one in held}
        staying = [one for one in held if left[one.application]]
        assert all(max(1, minimum) <= left[one.application] <= one.yen for one in staying)
        of = {one.application: one.yen for one in staying}
        assert recut(of, list(of), room, unit) == {one: left[one] for one in of}
        # it stops as soon as it may: whoever went last would not have fitted beside those who stay
        beside = [
            [each for each in held if each == one or each in staying] for one in held if one not in staying
        ]
        with_one = [
            recut(
                {each.application: each.yen for each in them}, [each.application for each in them], room, unit
            )
            for them in beside
        ]
        assert not beside or min(min(each.values()) for each in with_one) < max(1, minimum)
    three = [Reserved(uuid7(), 500, 500) for _ in range(3)]
    assert list(cut(three, 1_000, 100, "pro_rata").values()) == [500, 500, 0]


def test_two_departments_take_the_last_of_one_cap_and_one_of_them_gets_it(
    purse: Purse, officer: Scope
) -> None:
    async def play() -> None:
        edition, city = await purse.edition(EXCHANGE), uuid7()
        key = CapKey(edition, "organisation", city)
        told = await asyncio.gather(
            *(purse.told(officer, ledger.take_cap, key, 3_000_000, 1_600_000) for _ in range(8))
        )
        assert Counter(told) == {"": 1, "cap_reached": 7}
        assert await purse.told(officer, ledger.take_cap, key, 3_000_000, 1_400_000) == ""
        assert await purse.told(officer, ledger.give_back_cap, key, 1_600_000) == ""
        async with purse.writing(officer) as session:
            lower = await ledger.lock_caps(session, {key: 1_000_000})
        assert (lower[key].limit, lower[key].left) == (1_400_000, 0)

        async def both(keys: list[CapKey]) -> None:
            async with purse.writing(officer) as session:
                left = await ledger.lock_caps(session, {one: 50 for one in keys})
                for one in keys:
                    await ledger.take_cap(session, one, left[one].limit, 1)

        shared = [CapKey(edition, "organisation", uuid7()) for _ in range(4)]
        await asyncio.gather(*(both(Random(number).sample(shared, 4)) for number in range(20)))
        assert {
            taken for (taken,) in await purse.sql(
                f"SELECT taken_yen FROM grants.budget_cap WHERE edition_id = '{edition}' AND holder_id <> '{city}'"
            )
        } == {20}  # fmt: skip

    purse.run(play())


def test_of_another_section_there_is_no_line_and_no_cap(purse: Purse, officer: Scope) -> None:
    async def play() -> None:
        other = await purse.officer(MULTICULTURE)
        line, edition = await purse.line(other, MULTICULTURE, 1000), await purse.edition(MULTICULTURE)
        assert await purse.told(officer, ledger.reserve, line, uuid7(), 1) == "not_found"
        key = CapKey(edition, "person", uuid7())
        assert await purse.told(officer, ledger.take_cap, key, 1, 1) == "not_found"
        assert await purse.standing(line) == Standing(1000, 1000, 0, 0)

    purse.run(play())


POSTING = "INSERT INTO grants.ledger_posting (id, line_id, kind, holder_id) VALUES ('{id}', '{line}', 'reserve', '{holder}')"


def lopsided(account: str, yen: int) -> str:
    """A posting of one entry, of a holder who has nothing."""
    return (
        POSTING + ";\nINSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen) "
        f"VALUES ('{{id}}', '{{line}}', '{account}', {yen})"
    )


FORBIDDEN = {
    "ledger_append_only": (
        "UPDATE grants.ledger_entry SET amount_yen = amount_yen + 1",
        "DELETE FROM grants.ledger_entry",
        "TRUNCATE grants.ledger_entry, grants.ledger_posting",
        "UPDATE grants.ledger_posting SET reason = 'x'",
        "DELETE FROM grants.ledger_posting",
    ),
    "ledger_posting_balanced": (
        lopsided("available", -1),
        "INSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen) "
        "SELECT id, line_id, 'source', -1 FROM grants.ledger_posting WHERE line_id = '{line}' AND kind = 'reserve' LIMIT 1",
        POSTING,
    ),
    "budget_balance_available": (lopsided("available", -1001),),
    "budget_holding_reserved": (lopsided("reserved", -1),),
    "ledger_entry_appropriated": (lopsided("committed", 1),),
    "budget_line_stays": ("UPDATE grants.budget_line SET section = 'grants-other' WHERE id = '{line}'",),
    "budget_line_appropriated": ("UPDATE grants.budget_line SET appropriated_yen = 1 WHERE id = '{line}'",),
    "ledger_posting_within": (
        "INSERT INTO grants.ledger_posting (line_id, kind, other_line_id) "
        "SELECT '{line}', 'transfer', id FROM grants.budget_line WHERE id <> '{line}' LIMIT 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", ["grants_app", "grants_owner"])
def test_the_database_holds_the_rules_whoever_writes(purse: Purse, officer: Scope, who: str) -> None:
    async def play() -> None:
        line = await purse.line(officer, EXCHANGE, 1000)
        first, second, empty = await purse.holders(EXCHANGE, 3)
        for holder, held in ((first, 1), (second, 999)):
            assert await purse.told(officer, ledger.reserve, line, holder, held) == ""
        assert await purse.told(officer, ledger.plan, line, 2000) == ""
        for constraint, tries in FORBIDDEN.items():
            for statements in tries:
                identity = uuid7()
                given = {"id": identity, "line": line, "holder": empty}
                with pytest.raises(DBAPIError) as caught:
                    await purse.sql_as(officer, who, statements.format(**given))
                refused = constraint_of(caught.value)
                if who == "grants_app" and constraint == "ledger_append_only":
                    assert "permission denied" in str(caught.value.orig)  # it is not granted, either
                else:
                    assert refused == constraint, (statements, caught.value)
        assert await purse.wrong() == []

    purse.run(play())
