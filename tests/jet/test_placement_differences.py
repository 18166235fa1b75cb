"""What an organisation asks for now and did not a year before."""

from typing import Any

import pytest

from tests.jet.playing import done
from tests.jet.surveying import Survey, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller


@pytest.fixture
def survey(jet: Jet) -> Survey:
    """Of a year whose year before was surveyed, too; the first member has answered that."""
    made = surveyed(jet, 2)
    jet.sql(
        "INSERT INTO jet.placement_survey (programme_year, host_deadline_at, clair_deadline_at) "
        f"VALUES ({made.year - 1}, platform.now(), platform.now()) ON CONFLICT DO NOTHING"
    )
    for own in made.own:
        jet.sql(
            "INSERT INTO jet.placement_submission (organisation_id, programme_year) "
            f"VALUES ('{own.id}', {made.year - 1})"
        )
    return made


def wish(survey: Survey, line: int, year: int, number: int = 0, **given: Any) -> None:
    said = {"job_type": "ALT", "arrival_group": "a", "seats": 1, "junior_high": True} | given
    values = ", ".join(f"'{value}'" for value in said.values())
    survey.jet.sql(
        f"INSERT INTO jet.placement_request (organisation_id, programme_year, line, entry, {', '.join(said)}) "
        f"VALUES ('{survey.own[number].id}', {year}, {line}, 'new', {values})"
    )


def differences(survey: Survey, number: int = 0, caller: Caller = COORDINATOR) -> list[tuple[Any, ...]]:
    params = {"organisation": survey.own[number].code, "programme_year": survey.year}
    found = done(survey.jet.call("jet_placement_differences_list", caller, params=params))["items"]
    names = ("difference", "job_type", "arrival_group", "field", "last_year", "this_year")
    return sorted(tuple(one[name] for name in names) for one in found)


def test_rows_are_added_taken_away_and_changed_whatever_their_numbers(survey: Survey) -> None:
    before, now = survey.year - 1, survey.year
    wish(survey, 1, before, seats=2, driving="required")
    wish(survey, 2, before, job_type="CIR")
    wish(survey, 3, before, arrival_group="b")
    wish(survey, 11, now, seats=3, driving="preferred", sister_city="架空市")
    wish(survey, 12, now, job_type="CIR")
    wish(survey, 13, now, arrival_group="b", seats=0)
    wish(survey, 14, now, arrival_group="april")
    assert differences(survey) == [
        ("added", "ALT", "april", "seats", None, "1"),
        ("changed", "ALT", "a", "driving", "required", "preferred"),
        ("changed", "ALT", "a", "seats", "2", "3"),
        ("changed", "ALT", "a", "sister_city", None, "架空市"),
        ("removed", "ALT", "b", "seats", "1", None),
    ]
    assert differences(survey, caller=survey.members[0]) == differences(survey)
    assert differences(survey, caller=survey.members[1]) == []


def test_who_has_not_answered_has_no_differences(survey: Survey) -> None:
    wish(survey, 1, survey.year - 1, number=1)
    assert differences(survey, 1) == []
    done(survey.submit(1))  # nobody is asked for
    assert differences(survey, 1) == [("removed", "ALT", "a", "seats", "1", None)]
