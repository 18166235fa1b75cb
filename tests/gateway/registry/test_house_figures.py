"""The house in the business report: its tables from the directory's own facts, of the printed days; and who reads them."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.gateway.registry.directory import RESOURCES
from services.gateway.registry.issuer.standing import Person, Post, Standing, standings
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import OrganisationId, PersonId
from tests.gateway.registry.house_fy2024 import DAYS, as_printed, files
from tests.gateway.registry.own import REGISTRAR, Own, own_directory
from tests.support.report_tables import differences, statistic_of
from tests.support.serving import Caller

READERS = ("registrar", "coordinator", "event_officer", "grant_officer", "service")


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_directory() as made:
        into = {one.plural: one for one in RESOURCES}
        for kind, rows in files().items():
            told = made.imported(into[kind], rows)
            assert (told["created"], told["refused"]) == (len(rows), 0), (kind, told)
        yield made


def asked(own: Own, name: str, caller: Caller = REGISTRAR, **params: Any) -> dict[str, Any]:
    answer = own.call("statistics_read", caller, path={"name": name}, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("number", DAYS)
def test_each_table_of_the_house_is_what_the_report_prints(own: Own, number: str) -> None:
    told = differences(number, lambda name: as_printed(asked(own, name, as_of=DAYS[number])))
    assert told == (Counter(), Counter())


def test_each_cell_leads_to_who_was_there_on_its_day(own: Own) -> None:
    followed = 0
    for number, day in (*DAYS.items(), ("89", "2025-04-01"), ("89a", "2025-04-01")):
        name = {"89": "overseas-staff", "89a": "overseas-staff-totals"}.get(number) or statistic_of(number)
        for cell in asked(own, name, as_of=day)["cells"]:
            if "records" not in cell:
                assert name == "branches" and cell["person_key"] is None, (name, cell)
                continue
            assert f"as_of={day}" in cell["records"]
            plural = cell["records"].split("?")[0].rsplit("/", 1)[1]
            answer = own.call(f"{plural}_list", REGISTRAR, url=f"{cell['records']}&limit=500")
            assert answer.status_code == 200, answer.text
            found = answer.json()["items"]
            holders = {one.get("person_number") or one["code"] for one in found}
            assert len(holders) == cell["value"], (name, cell)
            followed += 1
    assert followed > 200
    assert "records" not in asked(own, "officers", Caller("event_officer", person=uuid4()))["cells"][0]
    (today,) = asked(own, "overseas-staff-totals", office_code="paris")["cells"]
    assert "as_of=" in today["records"]


def total(own: Own, name: str, **params: Any) -> int:
    (found,) = asked(own, name, **params)["totals"]
    assert found["kind"] == "distinct"
    return int(found["value"])


def test_totals_are_of_persons_and_hold_on_their_day_alone(own: Own) -> None:
    april: dict[str, Any] = {"as_of": "2025-04-01"}
    assert total(own, "seconded-staff", **april) == 84
    assert total(own, "seconded-staff", office_code="paris", **april) == 8
    by_place = asked(own, "seconded-staff", dimensions="location", **april)["cells"]
    assert {cell["location"]: cell["value"] for cell in by_place} == {"海外事務所": 49, "本部": 35}
    offices = asked(own, "seconded-staff-origins", dimensions="next_office_code", as_of="2025-04-02")["cells"]
    assert [cell["value"] for cell in offices if cell["next_office_code"] is None] == [49 + 7]
    assert total(own, "hq-staff", as_of="2025-04-02") == 63
    here = {one: asked(own, "hq-staff", as_of=f"2025-04-{one}")["cells"] for one in ("01", "02")}
    coordinators = [
        cell["value"] for cells in here.values() for cell in cells if "コーディネーター" in cell["post"]
    ]
    assert coordinators == [13, 13]
    held = [asked(own, "officers", as_of=day)["cells"] for day in ("2025-05-15", "2025-05-16")]
    assert [next(one["person_key"] for one in cells if one["role"] == "会長") for cells in held] == [
        "OFF-000", "OFF-001",
    ]  # fmt: skip
    assert total(own, "organisation-units", as_of="2025-03-31") == 15
    assert total(own, "branches", as_of="1989-12-31") == 0
    assert total(own, "seconded-staff", known_at="2024-06-01", **april) == 0


def test_the_overseas_offices_by_post_and_together(own: Own) -> None:
    day: dict[str, Any] = {"as_of": "2025-04-01"}
    cells = asked(own, "overseas-staff", **day)["cells"]
    assert set(cells[0]) >= {"row_no", "post", "overseas_office", "value"}
    assert {one["value"] for one in cells if one["post"] in ("所長", "次長")} == {1}
    totals = asked(own, "overseas-staff-totals", **day)
    by_office = {one["overseas_office"]: one["value"] for one in totals["cells"]}
    assert list(by_office.items())[:3] == [("ニューヨーク", 9), ("ロンドン", 8), ("パリ", 10)]
    assert (by_office["シンガポール"], by_office["ソウル"]) == (12 + 2 + 3, 5 + 2 + 1)
    assert sum(by_office.values()) == sum(one["value"] for one in cells) == 49 + 14 + 4
    residents = asked(own, "resident-staff", office_code="seoul", **day)["cells"]
    assert [one["prefecture"] for one in residents] == ["長崎県"]


def test_officers_and_tools_of_clair_read_it_and_nobody_else_by_either_wall(own: Own) -> None:
    names = {statistic_of(number) for number in DAYS} | {"overseas-staff", "overseas-staff-totals"}
    town = UUID(str(own.sql("SELECT id FROM directory.organisation WHERE code = '040002'")[0][0]))
    for role in READERS:
        caller = Caller(role, person=uuid4())
        assert [total(own, one, as_of="2025-04-02") for one in ("seconded-staff", "branches")] == [84, 67]
        for name in names:
            theirs, same = (
                [
                    dict(cell) | {"records": None}
                    for cell in asked(own, name, who, as_of="2025-05-16")["cells"]
                ]
                for who in (REGISTRAR, caller)
            )
            assert theirs == same and theirs, (role, name)
    outside = [Caller(role, organisation=town, person=uuid4()) for role in ("organisation", "host_authority")]
    outside += [Caller(role, person=uuid4()) for role in ("participant", "ministry", "business", "auditor")]
    for caller in outside:
        answers = [
            own.call("statistics_read", caller, path={"name": name}).status_code for name in sorted(names)
        ]
        assert set(answers) == {403}, caller.role

    def seen(role: str, organisation: UUID | None = None) -> dict[str, int]:
        """Through the database's own wall."""
        at = None if organisation is None else OrganisationId(organisation)
        scope = Scope(Principal("wall", None, role, at, frozenset()), "all", "test")
        tables = ("post", "person", "person_detail", "secondment")

        async def run() -> dict[str, int]:
            connection = await asyncpg.connect(own.postgres.url(user="registry_app"))
            try:
                await connection.execute("BEGIN")
                await connection.execute("SELECT set_config('kk.caller', $1, true)", scope.setting())
                return {
                    one: await connection.fetchval(f"SELECT count(*) FROM directory.{one}") for one in tables
                }
            finally:
                await connection.close()

        return asyncio.run(run())

    posts, people = (own.sql(f"SELECT count(*) FROM directory.{one}")[0][0] for one in ("post", "person"))
    for role in ("event_officer", "grant_officer", "service"):
        told = seen(role)
        # all but the post that only gives rights, and who serves elsewhere
        assert (told["post"], told["person_detail"], told["secondment"]) == (posts - 2, 0, 88), role
        assert told["person"] == people - 1
    for role in ("participant", "ministry", "business", "auditor", "protector"):
        assert set(seen(role).values()) == {0}, role
    own_alone = seen("organisation", town)
    assert (own_alone["post"], own_alone["secondment"]) == (2, 0)


def test_the_chart_and_what_refers_to_it_hold_together(own: Own) -> None:
    def refused(plural: str, **body: Any) -> tuple[int, str]:
        answer = own.call(f"{plural}_create", json=body)
        told = answer.json()
        return answer.status_code, next((one["code"] for one in told["errors"]), told["code"])

    unit = {"organisation_code": "CLAIR", "code": "U100", "name": "新課"}
    for upper in ("NOWHERE", "U100"):
        assert refused("departments", **unit, upper_code=upper) == (409, "upper_department_unknown")
    assert refused("departments", **unit, office_code="NYC") == (422, "overseas_office_unknown")
    post = {"person_number": "HQ-9999", "organisation_code": "040002", "section": "house", "title": "主事"}
    assert refused("posts", **post, unit_code="HQ") == (409, "post_unit_unknown")
    sent = {"person_number": "HQ-9999", "home_code": "040002", "next_office_code": "NYC"}
    assert refused("secondments", **sent) == (422, "overseas_office_unknown")
    assert refused("secondments", **sent | {"kind": "visit"})[0] == 422
    (old,) = [one for one in own.listed("departments", as_of="2025-03-31", limit=500) if one["code"] == "U99"]
    then = own.now().isoformat()
    assert (
        own.changed("departments", old["id"], code="U98").json()["errors"][0]["code"] == "fixed_by_identity"
    )
    assert own.changed("departments", old["id"], name="廃止課").status_code == 200
    for known_at, name in ((then, "旧課"), (own.now().isoformat(), "廃止課")):
        listed = own.listed("departments", as_of="2025-03-31", known_at=known_at, limit=500)
        assert [one["name"] for one in listed if one["code"] == "U99"] == [name]
        units = asked(own, "organisation-units", as_of="2025-03-31", known_at=known_at)["cells"]
        assert name in [one["organisation_unit"] for one in units]
    # the database agrees
    with pytest.raises(asyncpg.CheckViolationError, match="department_below_another"):
        own.sql("UPDATE directory.department SET upper_code = code WHERE code = 'U99'")
    with pytest.raises(asyncpg.CheckViolationError, match="secondment_kind"):
        own.sql("UPDATE directory.secondment SET kind = 'visit'")


def test_nobody_of_the_board_acts_for_clair() -> None:
    clair = OrganisationId(uuid4())
    posts = [Post(clair, "association", "CLAIR", section, hosts=False) for section in ("board", "jet")]
    person = PersonId(uuid4())
    assert standings(Person(person, "officer", posts[:1])) == set()
    assert standings(Person(person, "officer", posts)) == {Standing("organisation", clair)}
