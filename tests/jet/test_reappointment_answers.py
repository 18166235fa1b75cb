"""The participant's own answer: written by that person and CLAIR, read by the employer of today."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.jet.playing import appoint, change, codes, done
from tests.jet.surveying import Survey, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller


@pytest.fixture
def survey(jet: Jet) -> Survey:
    return surveyed(jet, 2)


def serving(survey: Survey, number: int = 0) -> tuple[str, Caller]:
    """Somebody who serves in the year before, and the person as a caller."""
    jet, year = survey.jet, survey.year
    person = jet.participant(year=year - 1)
    done(appoint(jet, person, survey.own[number], date(year - 1, 8, 1), date(year, 7, 31), year=year - 1))
    found = jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{person}'")
    return person, Caller("participant", person=UUID(str(found[0][0])))


def answer(survey: Survey, person: str, caller: Caller, said: str = "yes", **given: object) -> Any:
    body = {"jet_number": person, "programme_year": survey.year, "answer": said} | given
    return survey.jet.call("jet_reappointment_answers_create", caller, json=body)


def seen(survey: Survey, person: str, caller: Caller) -> list[str]:
    found = survey.jet.call("jet_reappointment_answers_list", caller, params={"jet_number": person})
    return [one["answer"] for one in done(found)["items"]]


def test_a_participant_answers_and_the_employer_reads_it(survey: Survey) -> None:
    person, oneself = serving(survey)
    made = done(answer(survey, person, oneself))
    readers = (oneself, survey.members[0], survey.host, COORDINATOR)
    assert [seen(survey, person, one) for one in readers] == [["yes"]] * 4
    assert seen(survey, person, survey.members[1]) == []
    later = done(change(survey.jet, "reappointment_answers", made["id"], caller=oneself, answer="no"))
    assert later["answer"] == "no" and later["answered_at"] > made["answered_at"]
    assert seen(survey, person, survey.members[0]) == ["no"]


def test_nobody_answers_for_another(survey: Survey) -> None:
    person, oneself = serving(survey)
    _, other = serving(survey)
    assert codes(answer(survey, person, other)) == {("/jet_number", "not_known_here")}
    assert answer(survey, person, survey.members[0]).status_code == 403
    made = done(answer(survey, person, oneself))
    refused = change(survey.jet, "reappointment_answers", made["id"], caller=other, answer="no")
    assert refused.status_code == 404
    assert seen(survey, person, other) == []


def test_an_answer_is_about_a_year_that_is_surveyed_and_follows_one_that_is_served(survey: Survey) -> None:
    person, oneself = serving(survey)
    assert codes(answer(survey, person, oneself, programme_year=survey.year + 1)) == {
        ("/jet_number", "nobody_to_reappoint")
    }
    unserved = survey.jet.participant(year=survey.year - 1)
    assert codes(answer(survey, unserved, COORDINATOR)) == {("/jet_number", "nobody_to_reappoint")}
    survey.jet.sql(f"DELETE FROM jet.placement_submission WHERE programme_year = {survey.year}")
    survey.jet.sql(f"DELETE FROM jet.placement_survey WHERE programme_year = {survey.year}")
    refused = answer(survey, person, oneself)
    assert (refused.status_code, refused.json()["code"]) == (422, "survey_unknown")
