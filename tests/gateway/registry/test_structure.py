"""What was known of the structure, when; whose reach ends at midnight; and how 1,001 organisations became 987."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, text

from migrations.histories import HISTORIES
from migrations.run import config
from services.gateway.registry.structure.resource import hierarchies, organisation_roles
from services.kit.db.session import engine_for
from tests.gateway.registry.own import REGISTRAR, Own, own_directory
from tests.support.database import CLOCK
from tests.support.serving import Caller

SPAN = {"since": "2023-07-01", "as_of": "2024-07-01"}
METRICS = (
    "at_start",
    "joined",
    "by_split",
    "left",
    "merged",
    "renamed",
    "continued",
    "moved_out",
    "moved_in",
    "at_end",
)


async def move(url: str, revision: str, *, down: bool) -> None:
    """The directory's history alone, up or down to a revision."""

    def run(connection: Connection) -> None:
        history = HISTORIES["directory"]
        connection.execute(text(f"SET LOCAL ROLE {history.owner}"))
        made = config(history)
        made.attributes["connection"] = connection
        go = command.downgrade if down else command.upgrade
        go(made, revision)

    engine = engine_for(url)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_directory() as made:
        yield made


def organisation(own: Own, code: str, kind: str = "town") -> UUID:
    return UUID(own.made("organisations", code=code, name=f"架空{code}", kind=kind)["id"])


def test_a_corrected_membership_leaves_what_was_known(own: Own) -> None:
    for code in ("KNOWN-A", "KNOWN-B", "KNOWN-M"):
        organisation(own, code)
    told, mended = CLOCK - timedelta(days=900), CLOCK - timedelta(days=100)
    row = {"member_code": "KNOWN-M", "valid_from": "2020-04-01"}
    own.load(hierarchies, told, **row, host_code="KNOWN-A")
    own.load(hierarchies, mended, **row, host_code="KNOWN-B")

    def host(**asked: Any) -> list[str]:
        return [one["host_code"] for one in own.listed("hierarchies", member="KNOWN-M", **asked)]

    assert host() == ["KNOWN-B"]
    assert host(known_at=(mended - timedelta(seconds=1)).isoformat()) == ["KNOWN-A"]
    assert host(known_at=mended.isoformat()) == ["KNOWN-B"]
    assert host(known_at=(told - timedelta(days=1)).isoformat()) == []
    assert host(as_of="2020-03-31") == []
    assert host(as_of="2020-04-01", known_at=told.isoformat(), host="KNOWN-A") == ["KNOWN-A"]
    answer = own.call("hierarchies_list", params={"known_at": "2024-06-01"}).json()
    assert (
        answer["basis"]["known_at"].startswith("2024-06-01T23:59:59") and answer["basis"]["settled"] is True
    )


def test_a_change_today_is_known_from_today(own: Own) -> None:
    organisation(own, "TODAY")
    role = own.made("organisation-roles", organisation_code="TODAY", role="branch", valid_from="2020-04-01")
    before = own.now()
    assert own.changed("organisation-roles", role["id"], valid_to="2024-03-31").status_code == 200
    (now,) = own.listed("organisation-roles", organisation="TODAY")
    (then,) = own.listed("organisation-roles", organisation="TODAY", known_at=before.isoformat())
    assert (then["valid_to"], now["valid_to"], then["id"]) == (None, "2024-03-31", now["id"])


@pytest.mark.parametrize(
    ("plural", "body", "code"),
    [
        ("hierarchies", {"member_code": "TWICE", "host_code": "OTHER"}, "hierarchy_overlap"),
        ("organisation-roles", {"organisation_code": "TWICE", "role": "branch"}, "organisation_role_overlap"),
    ],
)
def test_two_at_once_are_refused_in_the_programmes_words(
    own: Own, plural: str, body: dict[str, str], code: str
) -> None:
    own.sql(
        "INSERT INTO directory.organisation (code, name, kind, search_key) "
        "VALUES ('TWICE', '架空', 'town', ''), ('OTHER', '架空', 'town', '') ON CONFLICT DO NOTHING"
    )
    own.made(plural, **body, valid_from="2020-04-01")
    verb = f"{plural}_create".replace("-", "_")
    answer = own.call(verb, json=body | {"valid_from": "2021-04-01"})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_who_leaves_is_out_of_the_hosts_reach_from_midnight_and_stays_in_the_history(own: Own) -> None:
    host, member = organisation(own, "LEFT-HOST", "prefecture"), organisation(own, "LEFT-TOWN")
    today = own.sql("SELECT platform.today()")[0][0]
    own.made(
        "hierarchies",
        member_code="LEFT-TOWN",
        host_code="LEFT-HOST",
        valid_from="2020-04-01",
        valid_to=today.isoformat(),
    )
    own.made("people", number="LEFT-01", kind="officer", name="架空 人")
    own.made("posts", person_number="LEFT-01", organisation_code="LEFT-TOWN", section="jet", title="主事")
    asking = Caller("host_authority", organisation=host)
    assert [one["person_number"] for one in own.listed("posts", asking)] == ["LEFT-01"]

    to_midnight = (
        "UPDATE platform.clock SET offset_by = offset_by "
        "+ ((platform.today() + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' - platform.now())"
    )
    own.sql(to_midnight)
    assert own.sql("SELECT platform.today()")[0][0] == today + timedelta(days=1)
    assert own.listed("posts", asking) == []
    (kept,) = own.listed("hierarchies", asking, member="LEFT-TOWN", as_of=today.isoformat())
    assert kept["host_code"] == "LEFT-HOST"
    town = Caller("organisation", organisation=member)
    assert [one["person_number"] for one in own.listed("posts", town)] == ["LEFT-01"]


def contracting(own: Own, prefix: str, number: int, first: str, last: str | None) -> list[str]:
    """So many contracting organisations of one sort; their codes."""
    ends = "NULL" if last is None else f"'{last}'"
    own.sql(
        "WITH made AS (INSERT INTO directory.organisation (code, name, kind, search_key) "
        f"SELECT '{prefix}-' || n, '架空', 'town', '' FROM generate_series(1, {number}) AS n RETURNING id) "
        "INSERT INTO directory.organisation_role (organisation_id, role, valid_from, valid_to) "
        f"SELECT id, 'contracting_organisation', '{first}', {ends} FROM made"
    )
    return [f"{prefix}-{n}" for n in range(1, number + 1)]


def figures(own: Own, **asked: str) -> dict[str, int]:
    path = {"name": "contracting-organisation-changes"}
    answer = own.call("statistics_read", path=path, params=SPAN | asked)
    assert answer.status_code == 200, answer.text
    totals = {one["metric"]: one["value"] for one in answer.json()["totals"]}
    assert tuple(totals) == METRICS
    for cell in answer.json()["cells"] if "dimensions" not in asked else ():
        path, _, query = cell["records"].partition("?")
        assert path == "/directory/v1/organisation-changes"
        params = dict(parse_qsl(query)) | {"include": "total", "limit": "1"}
        listed = own.call("organisation_changes_list", params=params)
        assert listed.json()["total"] == cell["value"] == totals[cell["metric"]]
    return totals


def by_host(own: Own, **asked: str) -> dict[str | None, dict[str, int]]:
    """The same per host authority; every link has as many records as its cell says."""
    answer = own.call(
        "statistics_read",
        path={"name": "contracting-organisation-changes"},
        params=SPAN | asked | {"dimensions": "host_authority"},
    )
    made: dict[str | None, dict[str, int]] = {}
    for cell in answer.json()["cells"]:
        made.setdefault(cell["host_authority"], {})[cell["metric"]] = cell["value"]
    return made


def follow(own: Own, before: str, after: str, kind: str, day: str = "2024-04-01") -> None:
    own.made("successors", predecessor_code=before, successor_code=after, kind=kind, effective_on=day)


def test_1001_organisations_became_987_and_every_one_is_accounted_for(own: Own) -> None:
    own.sql("TRUNCATE directory.organisation_role, directory.organisation_role_past")
    until, since = "2024-03-31", "2024-04-01"
    (city, *_) = contracting(own, "STEADY", 965, "2010-04-01", None)
    contracting(own, "LEFT", 20, "2010-04-01", until)
    contracting(own, "JOINED", 16, since, None)
    for town in contracting(own, "INTO-CITY", 6, "2010-04-01", until):
        follow(own, town, city, "merged")
    (founded,) = contracting(own, "FOUNDED", 1, since, None)
    for town in contracting(own, "FOUNDING", 6, "2010-04-01", until):
        follow(own, town, founded, "merged")
    old, new = contracting(own, "OLD", 3, "2010-04-01", until), contracting(own, "NEW", 3, since, None)
    for before, after in zip(old[:2], new[:2], strict=True):
        follow(own, before, after, "renamed")
    organisation(own, "BETWEEN")  # twice renamed: it was of the programme on neither day
    follow(own, old[2], "BETWEEN", "renamed", "2023-10-01")
    follow(own, "BETWEEN", new[2], "renamed")
    (whole,), halves = (
        contracting(own, "WHOLE", 1, "2010-04-01", until),
        contracting(own, "HALF", 2, since, None),
    )
    for half in halves:
        follow(own, whole, half, "split")

    told = figures(own)
    assert told == {
        "at_start": 1001, "joined": 17, "by_split": 1, "left": 20, "merged": 11, "renamed": 5, "continued": 5,
        "moved_out": 0, "moved_in": 0, "at_end": 987,
    }  # fmt: skip
    assert told["at_start"] + told["joined"] - told["left"] - told["merged"] == told["at_end"]
    cells = own.call(
        "statistics_read",
        path={"name": "contracting-organisation-changes"},
        params=SPAN | {"dimensions": "kind"},
    )
    towns = {one["metric"]: one["value"] for one in cells.json()["cells"] if one["kind"] == "town"}
    assert towns == told
    merged = own.listed("organisation-changes", REGISTRAR, **SPAN, organisation_change="merged", kind="town")
    assert {one["successor_code"] for one in merged} == {city, founded}


def test_the_sum_comes_out_whatever_successors_are_recorded(own: Own) -> None:
    """Splits and mergers crossing, circles, successors that left themselves, days outside: by chance, many times."""
    chance = Random(13)
    days = ("2023-06-30", "2023-07-01", "2023-07-02", "2024-01-01", "2024-07-01", "2024-07-02")
    ids = [organisation(own, f"CHANCE-{n}") for n in range(9)]
    hosts = [organisation(own, f"CHANCE-HOST-{n}", "prefecture") for n in range(2)]
    seen = set()
    for _ in range(25):
        roles = [
            f"('{one}', 'contracting_organisation', {first}, {last})"
            for one in ids
            for first, last in (
                chance.choice(
                    (("NULL", "NULL"), ("NULL", "'2024-03-31'::date"), ("'2024-04-01'::date", "NULL"))
                ),
            )
            if chance.random() < 0.9
        ]
        pairs = chance.sample([(a, b) for a in ids for b in ids if a != b], 14)
        edges = [f"('{a}', '{b}', 'merged', '{chance.choice(days)}')" for a, b in pairs]
        members = [
            f"('{one}', '{host}', {first}, {last})"
            for one in ids
            for host, first, last in chance.choice(
                (
                    ((hosts[0], "NULL", "NULL::date"),),
                    ((hosts[0], "NULL", "'2024-03-31'"), (hosts[1], "'2024-04-01'", "NULL")),
                    ((hosts[1], "'2024-04-01'", "NULL"),),
                )
            )
        ]
        own.sql("TRUNCATE directory.organisation_role, directory.successor, directory.hierarchy")
        own.sql(
            "INSERT INTO directory.hierarchy (member_id, host_id, valid_from, valid_to) "
            f"SELECT m::uuid, h::uuid, f::date, l::date FROM (VALUES {', '.join(members)}) AS v(m, h, f, l)"
        )
        own.sql(
            "INSERT INTO directory.organisation_role (organisation_id, role, valid_from, valid_to) VALUES "
            + ", ".join(roles)
        )
        own.sql(
            "INSERT INTO directory.successor (predecessor_id, successor_id, kind, effective_on) VALUES "
            + ", ".join(edges)
        )
        told = figures(own)
        assert told["at_start"] + told["joined"] - told["left"] - told["merged"] == told["at_end"], (
            roles,
            edges,
        )
        assert told["renamed"] == told["continued"] and told["by_split"] <= told["joined"]
        assert told["moved_out"] == told["moved_in"]
        within = by_host(own)
        for one in within.values():
            gone = one["left"] + one["merged"] + one["renamed"] + one["moved_out"]
            assert (
                one["at_start"] + one["joined"] + one["continued"] + one["moved_in"] - gone == one["at_end"]
            )
        assert told == {name: sum(one[name] for one in within.values()) for name in METRICS}
        seen |= {name for name, number in told.items() if number}
    assert seen == set(METRICS)


def test_who_moves_to_another_host_is_in_the_figures_of_both(own: Own) -> None:
    own.sql("TRUNCATE directory.organisation_role, directory.organisation_role_past, directory.successor")
    for code in ("MOVES-FROM", "MOVES-TO"):
        organisation(own, code, "prefecture")
    (code,) = contracting(own, "MOVES", 1, "2010-04-01", None)
    own.made("hierarchies", member_code=code, host_code="MOVES-FROM", valid_to="2024-03-31")
    own.made("hierarchies", member_code=code, host_code="MOVES-TO", valid_from="2024-04-01")
    within = {host: {name: n for name, n in one.items() if n} for host, one in by_host(own).items()}
    assert within == {
        "MOVES-FROM": {"at_start": 1, "moved_out": 1}, "MOVES-TO": {"moved_in": 1, "at_end": 1},
    }  # fmt: skip
    told = {name: n for name, n in figures(own).items() if n}
    assert told == {"at_start": 1, "moved_out": 1, "moved_in": 1, "at_end": 1}
    first = own.call("organisation_changes_list", params=SPAN | {"limit": "1"}).json()
    second = own.call(
        "organisation_changes_list", params=SPAN | {"limit": "1", "cursor": first["next"]}
    ).json()
    pages = [*first["items"], *second["items"]]
    assert {(one["host_code"], one["organisation_change"]) for one in pages} == {
        ("MOVES-FROM", "moved_out"), ("MOVES-TO", "moved_in"),
    }  # fmt: skip


def test_where_stated_memberships_overlap_an_organisation_counts_once_at_the_later(own: Own) -> None:
    own.sql("TRUNCATE directory.organisation_role, directory.organisation_role_past, directory.successor")
    for code in ("OVER-A", "OVER-B"):
        organisation(own, code, "prefecture")
    organisation(own, "OVER")
    long_ago, before, after = (CLOCK - timedelta(days=days) for days in (900, 60, 20))
    role = {"organisation_code": "OVER", "role": "contracting_organisation"}
    own.load(organisation_roles, long_ago, **role, valid_from="2010-04-01")
    row = {"member_code": "OVER", "valid_from": "2020-04-01"}
    own.load(hierarchies, long_ago, **row, host_code="OVER-A")
    own.load(hierarchies, after, **row, host_code="OVER-A", valid_to="2022-03-31")
    own.load(hierarchies, before, member_code="OVER", valid_from="2022-04-01", host_code="OVER-B")
    between = (CLOCK - timedelta(days=40)).isoformat()
    assert {name: n for name, n in figures(own, known_at=between).items() if n} == {
        "at_start": 1,
        "at_end": 1,
    }
    assert by_host(own, known_at=between).keys() == {"OVER-B"}


def test_a_span_that_ends_before_it_begins_is_refused(own: Own) -> None:
    tomorrow = own.sql("SELECT (platform.today() + 1)::text")[0][0]
    for asked in ({"since": "2024-07-02", "as_of": "2024-07-01"}, {"since": tomorrow}):
        for verb, path in (
            ("statistics_read", {"name": "contracting-organisation-changes"}),
            ("organisation_changes_list", {}),
        ):
            answer = own.call(verb, path=path, params=asked)
            assert answer.status_code == 400, answer.text
            assert answer.json()["errors"][0]["pointer"] == "since"
    assert figures(own, since="2024-07-01", as_of="2024-07-01")["joined"] == 0


def test_the_figures_stay_what_was_known(own: Own) -> None:
    own.sql("TRUNCATE directory.organisation_role, directory.successor, directory.organisation_role_past")
    for code in ("EARLY", "LATE"):
        organisation(own, code)
    told, late = CLOCK - timedelta(days=50), CLOCK - timedelta(days=2)
    base = {"role": "contracting_organisation", "valid_from": "2010-04-01"}
    own.load(organisation_roles, told, organisation_code="EARLY", **base)
    own.load(organisation_roles, late, organisation_code="EARLY", **base, valid_to="2024-03-31")
    own.load(organisation_roles, late, organisation_code="LATE", **base)
    assert figures(own, known_at=told.isoformat())["at_end"] == 1
    assert {name: n for name, n in figures(own, known_at=late.isoformat()).items() if n} == {
        "at_start": 2, "left": 1, "at_end": 1,
    }  # fmt: skip


def test_a_filled_database_is_upgraded_and_answers_for_the_past_as_before(own: Own) -> None:
    """Down and up again with rows: they count as known since the programme's first year, and change from now on."""
    organisation(own, "FILLED")
    role = own.made("organisation-roles", organisation_code="FILLED", role="branch", valid_from="2020-04-01")
    rows = (
        "SELECT id, organisation_id, role, valid_from, valid_to FROM directory.organisation_role ORDER BY id"
    )
    before = own.sql(rows)
    for revision, down in (("directory_0001", True), ("directory_0002", False)):
        own.served.run(move(own.postgres.url(), revision, down=down))
    assert own.sql(rows) == before and own.sql("SELECT count(*) FROM directory.organisation_role_past") == [
        (0,)
    ]
    (known,) = own.listed("organisation-roles", organisation="FILLED", known_at="1990-01-01")
    assert known["valid_to"] is None
    assert own.changed("organisation-roles", role["id"], valid_to="2024-03-31").status_code == 200
    (known,) = own.listed("organisation-roles", organisation="FILLED", known_at="1990-01-01")
    assert known["valid_to"] is None
