"""A case is its participant's and its counsellor's; to anybody else there is none, nor a path where one could be."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.jet.care.cases.service import case_of_caller
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.ids import PersonId
from tests.support.care import OFFICER, Care, done
from tests.support.serving import Caller


def opened(care: Care, person: UUID) -> UUID:
    """The case that a participant's first word opens."""

    async def run() -> UUID:
        principal = Principal("desk", PersonId(person), "participant", None, frozenset())
        async with care.served.app.state.service.database.writing(
            Scope(principal, "self", "test")
        ) as session:
            return (await case_of_caller(session)).id

    return care.served.run(run())


def assigned(care: Care, case: UUID, counsellor: Caller) -> None:
    care.sql(
        f"UPDATE care.care_case SET counsellor_id = '{counsellor.person}', "
        f"organisation_id = '{counsellor.organisation}' WHERE id = '{case}'"
    )


def test_a_participant_has_one_open_case_however_many_words_come_at_once(care: Care) -> None:
    person = uuid4()
    assert opened(care, person) == opened(care, person)
    (row,) = care.sql(f"SELECT count(*) AS n FROM care.case_key WHERE case_id = '{opened(care, person)}'")
    assert row["n"] == 1


def test_counsellors_see_their_own_cases_and_officers_of_counselling_all(care: Care) -> None:
    case, other = opened(care, uuid4()), opened(care, uuid4())
    mine, another = care.counsellor(), care.counsellor()
    assigned(care, case, mine)
    found = done(care.call("care_cases_list", mine))["items"]
    assert [one["id"] for one in found] == [str(case)]
    assert care.call("care_cases_read", mine, path={"ref": other}).status_code == 404
    assert care.call("care_cases_read", another, path={"ref": case}).status_code == 404
    ids = {one["id"] for one in done(care.call("care_cases_list", OFFICER, params={"limit": 500}))["items"]}
    assert {str(case), str(other)} <= ids
    assert found[0]["pseudonym"].startswith("C-") and "person" not in str(found[0].keys())


def test_a_wall_closes_a_case_that_somebody_has(care: Care) -> None:
    person, mine = uuid4(), care.counsellor()
    case = opened(care, person)
    assigned(care, case, mine)
    assert care.call("care_cases_read", mine, path={"ref": case}).status_code == 200
    care.sql(
        "INSERT INTO care.person_wall (counsellor_id, participant_id, reason) "
        f"VALUES ('{mine.person}', '{person}', 'friend')"
    )
    assert care.call("care_cases_read", mine, path={"ref": case}).status_code == 404
    assert done(care.call("care_cases_list", mine))["items"] == []


def test_an_adviser_who_serves_is_walled_off_from_the_colleagues_of_the_prefecture(care: Care) -> None:
    host, elsewhere, adviser = uuid4(), uuid4(), care.counsellor()
    assert adviser.person is not None
    colleague, stranger = uuid4(), uuid4()
    for person, at in ((adviser.person, host), (colleague, host), (stranger, elsewhere)):
        care.serves(person, at)
    assigned(care, opened(care, stranger), adviser)
    with pytest.raises(Exception, match="a wall stands between the two"):
        assigned(care, opened(care, colleague), adviser)
    assert len(done(care.call("care_cases_list", adviser))["items"]) == 1


ROLES = (
    "coordinator",
    "registrar",
    "organisation",
    "host_authority",
    "ministry",
    "business",
    "auditor",
    "service",
)


@pytest.mark.parametrize("role", ROLES)
def test_to_a_role_without_care_no_path_is_there(care: Care, role: str) -> None:
    def seen(caller: Caller | None, **options: Any) -> tuple[object, ...]:
        answer = care.call("care_cases_list", caller, **options)
        body = answer.json()
        headers = {name: answer.headers[name] for name in answer.headers if name != "x-request-id"}
        return (
            answer.status_code,
            {name: body[name] for name in body if name not in ("trace_id", "support_code")},
            headers,
        )

    nowhere = seen(Caller(role, person=uuid4()), url="/care/v1/nothing", method="GET")
    assert nowhere[0] == 404
    assert seen(Caller(role, person=uuid4())) == seen(None) == nowhere
    assert care.call("care_cases_read", Caller(role), path={"ref": uuid4()}).status_code == 404
