"""The roster and the figures by host authority: as the hierarchy was known then."""

from datetime import date
from typing import Any

from tests.support.jet import Jet, Organisation, appointment


def hosts(jet: Jet, organisation: Organisation, **asked: Any) -> tuple[list[Any], list[Any]]:
    """Whose member the organisation's people stand under on the roster, and in the figures."""
    params = {"programme_year": 2024, "organisation": organisation.code} | asked
    entries = jet.call("jet_roster_list", params=params).json()["items"]
    figures = jet.call(
        "jet_statistics_read", path={"name": "participants"}, params=params | {"dimensions": "host_authority"}
    ).json()["cells"]
    return [one["host_code"] for one in entries], [one["host_authority"] for one in figures]


def test_a_corrected_membership_does_not_move_figures_that_were_given(jet: Jet) -> None:
    first, second, town = (jet.organisation() for _ in range(3))
    jet.sql(
        "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) "
        f"VALUES ('{town.id}', '{first.id}', '2020-04-01')"
    )
    body = appointment(jet.participant(), town, date(2024, 8, 1), date(2025, 7, 31))
    assert jet.call("jet_appointments_create", json=body).status_code == 201
    told = jet.now().isoformat()
    jet.sql(f"UPDATE directory.hierarchy SET host_id = '{second.id}' WHERE member_id = '{town.id}'")

    assert hosts(jet, town) == ([second.code], [second.code])
    assert hosts(jet, town, known_at=told) == ([first.code], [first.code])
    assert hosts(jet, town, known_at=jet.now().isoformat()) == ([second.code], [second.code])
    assert hosts(jet, town, known_at=told, host_authority=second.code) == ([], [])


def test_where_stated_memberships_overlap_a_person_stands_under_the_later(jet: Jet) -> None:
    """The first was shortened after the next had been stated: for a while both were known to hold."""
    before, after, town = (jet.organisation() for _ in range(3))
    for host, first, known in ((before, "2020-04-01", "2020-04-01"), (after, "2023-04-01", "2024-04-01")):
        jet.sql(
            "INSERT INTO directory.hierarchy_past (id, member_id, host_id, valid_from, effective, known_from, known, row_version) "
            f"VALUES (uuidv7(), '{town.id}', '{host.id}', '{first}', '[{first},)', '{known}', '[{known},)', 1)"
        )
    body = appointment(jet.participant(), town, date(2024, 8, 1), date(2025, 7, 31))
    assert jet.call("jet_appointments_create", json=body).status_code == 201
    assert hosts(jet, town, known_at=jet.now().isoformat()) == ([after.code], [after.code])


def test_a_membership_is_asked_of_the_first_day_of_the_term(jet: Jet) -> None:
    before, after, town = (jet.organisation() for _ in range(3))
    for host, first, last in ((before, "2020-04-01", "'2024-08-31'"), (after, "2024-09-01", "NULL")):
        jet.sql(
            "INSERT INTO directory.hierarchy (member_id, host_id, valid_from, valid_to) "
            f"VALUES ('{town.id}', '{host.id}', '{first}', {last})"
        )
    body = appointment(jet.participant(), town, date(2024, 8, 1), date(2025, 7, 31))
    assert jet.call("jet_appointments_create", json=body).status_code == 201
    assert hosts(jet, town, known_at=jet.now().isoformat()) == ([before.code], [before.code])
