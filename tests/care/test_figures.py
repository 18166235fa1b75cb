"""What is published of a fiscal year: table 51 to the digit, and tables that are drawn once and tell of nobody."""

import asyncio
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.jet.care.releases.domain import CUTS, Equation, Fact, Key, Rules, sheet
from services.postgres import PrivatePostgres
from tests.care import attacking
from tests.care.counting import MONTHS, Vendor, figures, released, returned, sent, tables
from tests.support.care import ANOTHER_OFFICER, OFFICER, PROTECTOR, Care, caring, done
from tests.support.database import private_database
from tests.support.serving import Caller

TABLE = Path(__file__).parents[1] / "fixtures" / "fy2024" / "51-jet_counselling.csv"
READERS = (Caller("coordinator"), OFFICER, PROTECTOR)
# what officers have granted of the year, and a contact of a case that is kept here
CLAIMS = "INSERT INTO care.claim_figure (fiscal_year, claims, persons, yen) VALUES (2024, 95, 61, 1234500)"
CONTACT = "INSERT INTO care.contact (case_id, channel, held_on) VALUES ('{case}', 'web_mail', '{day}')"
OWN = 2 * 12


def printed() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8-sig", newline="") as rows:
        return [{n: v for n, v in row.items() if n != "source_section"} for row in csv.DictReader(rows)]


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PrivatePostgres]:
    with private_database() as made:
        yield made


@pytest.fixture(scope="module")
def care(own_postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Care]:
    """A little after the end of fiscal year 2024, with its returns; it is not released yet."""
    with caring(own_postgres, tmp_path_factory.mktemp("figures") / "keys") as made:
        made.sql("UPDATE platform.clock SET offset_by = offset_by + interval '300 days'")
        yield made


@pytest.fixture(scope="module")
def returns(care: Care) -> list[dict[str, Any]]:
    """Vendors' months of table 51: some web mail at CLAIR's own counsellors, some Skype at a prefecture's."""
    vendor, prefecture = Vendor(care), Vendor(care, "prefecture", "260002")
    mail, skype = (int(row["cases"]) for row in printed()[:2])
    rows = vendor.year(mail - OWN - 5, channel="ウェブメール", unit="件")
    rows += vendor.year(skype - 33, channel="スカイプ", unit="件")
    rows += [prefecture.row(month, 3, channel="skype") for month in MONTHS[:11]]
    rows += [
        prefecture.row(4, 5, channel="web_mail"),
        prefecture.row(4, 4, channel="web_mail", unit="persons"),
    ]
    told = sent(care, rows)
    assert (told["created"], told["errors"]) == (len(rows), [])
    care.sql(CLAIMS)
    case = counselled(care, vendor, prefecture)
    for month in MONTHS:
        for day in (3, 17):
            care.sql(CONTACT.format(case=case, day=f"{2024 + (month < 4)}-{month:02d}-{day:02d}"))
    return rows


@pytest.fixture(scope="module")
def release(care: Care, returns: list[dict[str, Any]]) -> str:
    """Made by the first of several officers who try at once."""
    before = figures(care)
    assert before["cells"] == []  # of a year that is not released there is no total
    callers = [OFFICER, ANOTHER_OFFICER] * 4

    async def race() -> list[Any]:
        return await asyncio.gather(
            *(
                care.served.send("care_figure_releases_release", one, json={"fiscal_year": 2024})
                for one in callers
            )
        )

    answers = care.served.run(race())
    (made,) = [one for one in answers if one.status_code == 201]
    others = [(one.status_code, one.json()["code"]) for one in answers if one is not made]
    assert set(others) == {(409, "year_released_already")} and len(others) == 7
    found: str = made.json()["id"]
    return found


def test_table_51_comes_back_to_the_digit(care: Care, release: str) -> None:
    for reader in READERS:
        answer = figures(care, reader)
        rows = [
            {
                name: "" if value is None else str(value)
                for name, value in (cell | {"cases": cell["value"]}).items()
            }
            for cell in answer["cells"]
            if cell["metric"] == "cases"
        ]
        assert [{name: row[name] for name in printed()[0]} for row in rows] == printed()
    units = {(cell["channel"], cell["metric"]): (cell["value"], cell["unit"]) for cell in answer["cells"]}
    assert units["ウェブメール", "persons"] == (4, "名") and units["ウェブメール", "times"] == (None, "回")
    assert units[None, "persons"] == (61, "名")


def test_the_tables_of_a_release_tell_of_no_cell_below_the_threshold(
    care: Care, release: str, returns: Any
) -> None:
    """The adversary reads the statistic and the release, and solves them together."""
    told = done(tables(care, release))
    names = {"ウェブメール": "web_mail", "スカイプ": "skype"}
    units = {"件": "cases", "名": "persons", "回": "times"}
    exact = {
        (names[cell["channel"]], units[cell["unit"]]): cell["value"]
        for cell in figures(care)["cells"]
        if cell["channel"] in names and cell["value"] is not None
    }
    shown = {
        Key(table["table"], cell["channel"], cell["part"], units[cell["unit"]]): cell["value"]
        for table in told["tables"]
        for cell in table["cells"]
    }
    true = sheet(facts(returns)).cells
    assert shown.keys() == true.keys() and {table["table"] for table in told["tables"]} == {
        cut.name for cut in CUTS
    }
    assert any(shown.values())
    equations = [
        Equation({k: 1 for k in shown if (k.cut, k.channel, k.unit) == (cut.name, *key)}, total)
        for cut in CUTS
        for key, total in exact.items()
    ]
    rules = Rules(told["threshold"], told["rounding"])
    alone = attacking.from_totals(shown, equations, rules)
    for key, (low, high) in attacking.linear(shown, equations, rules).items():
        assert low <= true[key] <= high
        if true[key] < 10:
            assert shown[key] is None
            assert (low, high) == alone[key] or (low == 0 and high >= 10)


def counselled(care: Care, vendor: Vendor, host: Vendor) -> str:
    """A case of somebody who serves at a host authority, at a counsellor of the vendor's."""
    person = uuid4()
    care.serves(person, host.id)
    (row,) = care.sql(
        "INSERT INTO care.care_case (pseudonym, person_id, counsellor_id, organisation_id) "
        f"VALUES ('C-{person.hex[:6].upper()}', '{person}', '{vendor.counsellor.person}', '{vendor.id}') RETURNING id"
    )
    return str(row["id"])


def facts(rows: list[dict[str, Any]]) -> list[Fact]:
    """What the returns and the cases say, as whoever wrote them knows it."""
    codes = {"ウェブメール": "web_mail", "スカイプ": "skype", "件": "cases"}
    made = [Fact("web_mail", "cases", month, "company", "26", 2) for month in range(1, 13)]
    for row in rows:
        host = row["organisation_code"] == "260002"
        channel, unit = (codes.get(row[name], row[name]) for name in ("channel", "unit"))
        place = ("local_government", "26") if host else ("company", "none")
        made.append(Fact(channel, unit, row["month"], *place, row["value"]))
    return made


def test_two_dates_give_the_same_answer(care: Care, release: str) -> None:
    """A contact of the year that is written down later moves nothing, and no second release can be made."""
    before = tables(care, release).content, figures(care)["cells"]
    care.sql("UPDATE platform.clock SET offset_by = offset_by + interval '1 day'")
    care.sql(CONTACT.format(case=counselled(care, Vendor(care), Vendor(care)), day="2024-05-01"))
    assert (tables(care, release).content, figures(care)["cells"]) == before
    again = released(care)
    assert (again.status_code, again.json()["code"]) == (409, "year_released_already")


def test_a_released_year_takes_no_return(care: Care, release: str, returns: list[dict[str, Any]]) -> None:
    vendor = Vendor(care)
    late = returned(care, vendor.row(4, 1), vendor.counsellor)
    assert (late.status_code, late.json()["code"]) == (409, "year_released")
    told = sent(care, [*returns[:2], returns[2] | {"value": 99}])
    assert [error[1:] for error in told["errors"]] == [("fiscal_year", "year_released")]
    assert sent(care, returns[:2])["unchanged"] == 2
    with pytest.raises(Exception, match="the figures of the year are released"):
        care.sql("UPDATE care.vendor_return SET value = 1 WHERE fiscal_year = 2024")


def test_two_filters_cut_nothing_finer(care: Care, release: str) -> None:
    """A release is read whole: every parameter is refused, and with each refusal nothing of it is shown."""
    for asked in (
        "channel=skype",
        "part=26",
        "table=channel-by-quarter",
        "dimensions=part",
        "as_of=2025-04-02",
        "limit=1",
    ):
        refused = tables(care, release, params=dict([asked.split("=")]))
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameters")
    for name in ("month", "organisation", "prefecture", "quarter"):
        answer = care.call(
            "care_statistics_read", OFFICER, path={"name": "jet-counselling"}, params={"dimensions": name}
        )
        assert answer.status_code == 400
    for asked in ("as_of", "known_at"):
        params = {asked: "2025-04-02" if asked == "as_of" else "2025-04-02T00:00:00Z"}
        answer = care.call("care_statistics_read", OFFICER, path={"name": "jet-counselling"}, params=params)
        assert answer.status_code == 400


def test_a_year_is_released_after_its_end_by_a_person(care: Care, release: str) -> None:
    assert released(care, 2025).json()["code"] == "year_not_over"
    assert released(care, 2019).json()["code"] == "year_without_figures"
    assert released(care, 2023, Caller("care_officer")).json()["code"] == "person_required"
    for caller in (Caller("coordinator", person=OFFICER.person), PROTECTOR, Vendor(care).counsellor):
        assert released(care, 2023, caller).status_code == 404
    with pytest.raises(Exception, match="the fiscal year is not over"):
        care.sql(
            "INSERT INTO care.figure_release (fiscal_year, threshold, rounding, protection) VALUES (2025, 10, 5, 10)"
        )


def test_every_read_of_a_release_stands_in_the_ledger(care: Care, release: str) -> None:
    def ledger(caller: Caller) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = done(
            care.call("care_release_readings_list", caller, params={"fiscal_year": 2024, "limit": 500})
        )["items"]
        return found

    before = len(ledger(PROTECTOR))
    coordinator = Caller("coordinator", client="annual-report")
    assert tables(care, release, coordinator).status_code == 200
    tag = tables(care, release, coordinator).headers["etag"]
    assert tables(care, release, coordinator, headers={"If-None-Match": tag}).status_code == 304
    added = ledger(PROTECTOR)[before:]
    assert [(one["client"], one["role"], one["person_id"]) for one in added] == [
        ("annual-report", "coordinator", None)
    ] * 3
    assert care.call("care_release_readings_list", coordinator).status_code == 404


@pytest.mark.parametrize(
    "role", ["counsellor", "participant", "organisation", "host_authority", "ministry", "auditor", "service"]
)
def test_to_others_there_are_no_figures(care: Care, release: str, role: str) -> None:
    caller = Caller(role, person=OFFICER.person, organisation=Vendor(care).id)
    statistic = care.call("care_statistics_read", caller, path={"name": "jet-counselling"})
    assert statistic.status_code == tables(care, release, caller).status_code == 404
    assert care.call("care_figure_releases_list", caller).status_code == 404


def test_a_return_that_crosses_a_release_is_counted_or_refused(care: Care) -> None:
    vendor = Vendor(care)
    first = vendor.row(4, 7, fiscal_year=2023, channel="phone")
    assert returned(care, first).status_code == 201
    rows = [
        vendor.row(month, 1, fiscal_year=2023, channel=channel)
        for month in MONTHS
        for channel in ("online", "skype")
    ]

    async def race() -> list[Any]:
        sends = [care.served.send("care_vendor_returns_create", vendor.counsellor, json=row) for row in rows]
        middle = care.served.send("care_figure_releases_release", OFFICER, json={"fiscal_year": 2023})
        return await asyncio.gather(*sends[:8], middle, *sends[8:])

    answers = care.served.run(race())
    made = answers.pop(8)
    assert made.status_code == 201
    assert {one.status_code for one in answers} <= {201, 409}
    taken = sum(one.status_code == 201 for one in answers)
    published = [
        cell["value"] or 0 for cell in figures(care, fiscal_year=2023)["cells"] if cell["metric"] == "cases"
    ]
    assert sum(published) == 7 + taken
    told = done(tables(care, made.json()["id"]))["tables"]
    assert all(cell["value"] is None or cell["value"] >= 10 for table in told for cell in table["cells"])


def test_a_release_cannot_be_added_to(care: Care, release: str) -> None:
    """Not by an officer either, past our own code: the wall takes cells in the transaction of the release alone."""
    caller = '{"client": "tool", "role": "care_officer", "key": "tool"}'
    cell = f"'{release}', 'channel-by-quarter', 'phone', '1', 'cases', 15"
    with pytest.raises(Exception, match="row-level security"):
        care.sql(
            f"DO $$ BEGIN SET LOCAL ROLE care_app; PERFORM set_config('kk.caller', '{caller}', true); "
            f"INSERT INTO care.figure_cell (release_id, cut, channel, part, unit, value) VALUES ({cell}); END $$"
        )
