"""Statements run as a database role for a caller, always undone; and what each should have come to."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import asyncpg

from tests.walls import directory_rows
from tests.walls.loading import World
from tests.walls.second_wall import (
    APPLICATIONS,
    OPEN,
    OPEN_FACTS,
    OWNERS,
    PLUMBING,
    Asker,
    Row,
    Wall,
    askers,
    walls,
)
from tests.walls.seeding import IDENTITY_SEED, seed

# One round trip for many probes; each undoes itself by the exception that carries its outcome.
PROBE = """
CREATE FUNCTION pg_temp.probe(login text, caller text, before text, asked text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE told text; touched bigint;
BEGIN
    IF before <> '' THEN EXECUTE before; END IF;
    PERFORM set_config('kk.caller', caller, true), set_config('role', login, true);
    IF asked LIKE 'SELECT%' THEN EXECUTE asked INTO told;
    ELSE EXECUTE asked; GET DIAGNOSTICS touched = ROW_COUNT; told := touched; END IF;
    RAISE EXCEPTION USING ERRCODE = 'KK001', MESSAGE = coalesce(told, '');
EXCEPTION
    WHEN SQLSTATE 'KK001' THEN RETURN SQLERRM;
    WHEN insufficient_privilege THEN RETURN 'refused';
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$
"""
SAMPLES = 4
# the chart that was is asked for at the directory alone
READ_ELSEWHERE = tuple(table for table in OPEN_FACTS if table != "department")


class Probe(NamedTuple):
    table: str
    verb: str
    login: str
    asker: Asker
    before: str
    statement: str
    expected: str


class Copy(NamedTuple):
    """One open transaction, never committed: the world with a row in every table, and its probes.

    The registries that run beside it renew the leases of their keys: they wait until it ends.
    """

    connection: Any
    probes: list[Probe]


async def copied(url: str, world: World) -> Copy:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL session_replication_role = replica; "
        "LOCK TABLE identity.signing_key IN EXCLUSIVE MODE"
    )
    await connection.execute(
        PROBE
        + ";"
        + IDENTITY_SEED
        + "".join(seed(schema, world) for schema in PLUMBING)
        + directory_rows.SEED
    )
    everyone = askers(world)
    probes = [
        probe
        for name, wall in walls(world).items()
        for probe in await probes_of(connection, everyone, name, wall)
    ]
    probes += await views_of(connection, world) + await readers_of(connection, world)
    return Copy(connection, [*probes, *of_counsellors(everyone), *who_counsels()])


async def outcomes(connection: Any, probes: Sequence[Probe]) -> list[str]:
    rows = await connection.fetch(
        "SELECT pg_temp.probe(p.login, p.caller, p.before, p.asked) AS told FROM "
        "unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS p(login, caller, before, asked, n) ORDER BY n",
        [p.login for p in probes], [p.asker.setting for p in probes], [p.before for p in probes],
        [p.statement for p in probes],
    )  # fmt: skip
    return [row["told"] for row in rows]


async def red(connection: Any, probes: Sequence[Probe]) -> list[str]:
    """The probes whose outcome is not the stated one."""
    told = await outcomes(connection, probes)
    return [
        f"{p.verb} {p.table} as {p.login} for {p.asker}: expected {p.expected or 'no rows'}, found {found or 'no rows'}"
        for p, found in zip(probes, told, strict=True)
        if p.expected != found
    ]


async def stored(connection: Any, name: str) -> dict[str, Row]:
    rows = await connection.fetch(
        f"SELECT ctid::text AS at, to_jsonb(t)::text AS row FROM {name} AS t ORDER BY t.ctid"
    )
    return {row["at"]: json.loads(row["row"]) for row in rows}


def _select(name: str, key: str = "ctid") -> str:
    return f"SELECT string_agg(t.{key}::text, ' ' ORDER BY t.{key}) FROM {name} AS t"


async def probes_of(
    connection: Any, everyone: Sequence[Asker], name: str, wall: Wall, samples: int = SAMPLES
) -> list[Probe]:
    """`samples`: how many of the table's rows each asker tries to store."""
    schema, rows = name.split(".")[0], await stored(connection, name)
    assert rows, f"the world has no row in {name}"
    columns = await connection.fetchval(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = $1::text::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", name,
    )  # fmt: skip
    made: list[Probe] = []
    for asker in everyone:
        login = APPLICATIONS[schema]
        for verb, before, statement, expected in _asked(name, wall, asker, rows, columns, samples):
            made.append(Probe(name, verb, login, asker, before, statement, expected))
    owner, nobody = OWNERS[schema], Asker("")
    free = Wall(
        lambda *_: True,
        lambda *_: True,
        wall.sets,
        None,
        "SELECT INSERT DELETE" + " UPDATE" * ("UPDATE" in wall.verbs),
    )
    for verb, before, statement, expected in _asked(name, free, nobody, rows, columns, samples):
        if verb == "UPDATE" and verb not in free.verbs:
            continue  # an owner may; what the application is not granted is asked of it alone
        made.append(Probe(name, f"OWNER {verb}", owner, nobody, before, statement, expected))
    return made


def _asked(
    name: str, wall: Wall, asker: Asker, rows: dict[str, Row], columns: str, samples: int
) -> Iterator[tuple[str, str, str, str]]:
    """Verb, what is prepared, the statement and what it must come to."""
    readable = {at: row for at, row in rows.items() if wall.read(asker, row)}
    can_read = "SELECT" in wall.verbs
    yield "SELECT", "", _select(name), " ".join(readable) if can_read else "refused"
    # without WHERE, and with constants alone, no column is read: UPDATE and DELETE answer for themselves
    if "UPDATE" in wall.verbs:
        change = wall.change or wall.write
        found = [row for row in readable.values() if (wall.finds or wall.read)(asker, row)]
        for sets, values in ((wall.sets, {}), *([(_sets(wall.moves), wall.moves)] if wall.moves else [])):
            fits = all(change(asker, row | values) for row in found)
            yield "UPDATE", "", f"UPDATE {name} SET {sets}", str(len(found)) if fits else "refused"
    else:
        yield "UPDATE", "", f"UPDATE {name} SET {columns.split(', ')[0]} = DEFAULT", "refused"
    swept = [at for at, row in rows.items() if wall.sweeps is not None and wall.sweeps(asker, row)]
    gone = {at for at, row in readable.items() if wall.write(asker, row)} | set(swept)
    yield "DELETE", "", f"DELETE FROM {name}", str(len(gone)) if "DELETE" in wall.verbs else "refused"
    for at, row in _samples(rows, samples):
        said = json.dumps(row).replace("'", "''")
        statement = (
            f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM jsonb_populate_record(NULL::{name}, '{said}')"
        )
        yield (
            "INSERT",
            f"DELETE FROM {name} WHERE ctid = '{at}'",
            statement,
            "1" if (wall.insert or wall.write)(asker, row) else "refused",
        )


def _sets(moves: dict[str, str]) -> str:
    return ", ".join(f"{column} = '{value}'" for column, value in moves.items())


def _samples(rows: dict[str, Row], samples: int) -> list[tuple[str, Row]]:
    """Rows of different organisations or callers first."""
    marks = {
        str(row.get("organisation_id") or row.get("caller") or row.get("blob_id")): at
        for at, row in rows.items()
    }
    chosen = [*marks.values(), *rows][:samples]
    return [(at, rows[at]) for at in dict.fromkeys(chosen)]


async def views_of(connection: Any, world: World) -> list[Probe]:
    """Views show what their tables show."""
    made = []
    for past_name in (name for name in walls(world) if name.endswith("_past")):
        table = past_name.removesuffix("_past")
        wall, name, login = walls(world)[table], f"{table}_known", APPLICATIONS[table.split(".")[0]]
        present, past = await stored(connection, table), await stored(connection, past_name)
        assert past, f"nothing in {past_name}"
        for asker in askers(world):
            ids = sorted(row["id"] for row in (*present.values(), *past.values()) if wall.read(asker, row))
            made.append(Probe(name, "SELECT", login, asker, "", _select(name, "id"), " ".join(ids)))
    return made


def of_counsellors(everyone: Sequence[Asker]) -> Iterator[Probe]:
    """Who counsels is the registrar's to say, of whoever else hands out posts."""
    changed = "SELECT person_id, organisation_id, 'counsellor', title FROM directory.post LIMIT 1"
    past = """SELECT (jsonb_populate_record(p, jsonb_build_object('id', uuidv7(), 'section', 'counsellor'))).*
        FROM directory.post_past AS p LIMIT 1"""
    for asker in everyone:
        if asker.role not in ("coordinator", "registrar"):
            continue
        told = "1" if asker.role == "registrar" else "refused"
        for table, verb, statement in (
            ("post", "INSERT", f"INSERT INTO directory.post (person_id, organisation_id, section, title) {changed}"),
            ("post", "UPDATE", "UPDATE directory.post SET section = 'counsellor' WHERE id = (SELECT id FROM directory.post ORDER BY id LIMIT 1)"),
            ("post_past", "INSERT", f"INSERT INTO directory.post_past {past}"),
        ):  # fmt: skip
            yield Probe(f"directory.{table}", verb, APPLICATIONS["directory"], asker, "", statement, told)


def who_counsels() -> Iterator[Probe]:
    """Whoever assigns cases finds counsellors of today with their names, of whom the world has one, and no other post."""
    officer = Asker(
        "care_officer",
        key="care_officer/",
        setting='{"client": "c", "role": "care_officer", "key": "care_officer/"}',
    )
    stranger = Asker(
        "protector", key="protector/", setting='{"client": "c", "role": "protector", "key": "protector/"}'
    )
    one = """UPDATE directory.post SET section = 'counsellor', valid_from = {since}, valid_to = NULL WHERE id = (
        SELECT p.id FROM directory.post AS p JOIN directory.person_detail AS d USING (person_id) ORDER BY p.id LIMIT 1)"""
    today, later = (one.format(since=f"platform.today(){days}") for days in ("", " + 1"))
    for table in ("post", "person_detail"):
        for asker, before, told in (
            (officer, "", "1"), (officer, today, "2"), (officer, later, "1"), (stranger, today, "0"),
        ):  # fmt: skip
            asked = f"SELECT count(*) FROM directory.{table}"
            yield Probe(f"directory.{table}", "SELECT", APPLICATIONS["directory"], asker, before, asked, told)


async def readers_of(connection: Any, world: World) -> list[Probe]:
    """What the other services and the door read of schemas that are not theirs."""
    made = []
    everyone = askers(world)
    for login in ("jet_app", "grants_app", "events_app"):
        for table in (*OPEN, *(f"{table}_past" for table in READ_ELSEWHERE), "person"):
            name, rows = f"directory.{table}", await stored(connection, f"directory.{table}")
            for asker in everyone:
                staff = asker.role in ("registrar", "coordinator", "issuer")
                found = [
                    at
                    for at, row in rows.items()
                    if table != "person" or staff or (asker.person and row["id"] == asker.person)
                ]
                made.append(Probe(name, f"READER {login}", login, asker, "", _select(name), " ".join(found)))
    # grants and events learn of the caller's own posts alone
    name, posts = "directory.post", (await stored(connection, "directory.post")).values()
    for asker in everyone:
        held = sorted(row["section"] for row in posts if asker.person and row["person_id"] == asker.person)
        sections = f"SELECT string_agg(t.section, ' ' ORDER BY t.section) FROM {name} AS t"
        for login in ("grants_app", "events_app"):
            made.append(Probe(name, f"READER {login}", login, asker, "", sections, " ".join(held)))
    # who is in conflict is worked out in the name of the schema's owner
    for table, column in (
        ("secondment", "home_id"), ("hierarchy", "host_id"), ("organisation", "code"), ("post", "section"),
    ):  # fmt: skip
        name, rows = f"directory.{table}", await stored(connection, f"directory.{table}")
        counted = f"SELECT count({column}) FROM {name}"
        made.append(
            Probe(name, "READER grants_owner", "grants_owner", everyone[0], "", counted, str(len(rows)))
        )
    # counselling reads of the open directory what has no list of codes
    for table in (one for one in OPEN if not one.startswith("code")):
        name, rows = f"directory.{table}", await stored(connection, f"directory.{table}")
        made += [
            Probe(name, "READER care_app", "care_app", asker, "", _select(name), " ".join(rows))
            for asker in everyone
        ]
    for table, column in (
        ("signing_key", "kid"), ("denied_token", "jti"), ("client", "client_id"), ("rights_change", "subject"),
        ("query_key", "id"),
    ):  # fmt: skip
        name, rows = f"identity.{table}", await stored(connection, f"identity.{table}")
        counted = f"SELECT count({column}) FROM {name}"
        made.append(Probe(name, "READER door_app", "door_app", everyone[0], "", counted, str(len(rows))))
    return made
