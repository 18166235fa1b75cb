"""The pure rules of taking part, held against plainer statements of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.jet.attendances.domain import covers, present_for
from services.jet.attendances.meeting import parse_meeting_time
from services.jet.completions.domain import Course, Held, certificate_number, earned
from services.jet.enrolments.domain import (
    JOBS,
    Run,
    Standing,
    certain,
    closed,
    digest,
    shut,
    unfit,
    year_of_participation,
)
from services.jet.training_terms import Audience
from services.kit.errors import Refused
from services.kit.findings import BadValue
from services.kit.http.negotiate import only

START = datetime(2024, 11, 6, 1, tzinfo=UTC)
TODAY = date(2024, 7, 8)
minutes = st.integers(-60, 180)
days = st.dates(date(2024, 1, 1), date(2025, 12, 31))
audiences = st.sampled_from(Audience.__args__)  # type: ignore[attr-defined]
groups = st.sampled_from(["april", "a", "b", "c", "ad_hoc"])
runs = st.builds(
    Run, st.integers(2022, 2026), st.lists(audiences, min_size=1).map(tuple), st.none() | groups,
    st.none() | st.integers(1, 6), st.none() | st.just("BASIC"),
    st.sampled_from(["clair", "nomination", "oneself", "either"]), st.none(), st.none(), st.none() | days,
    st.none() | days, st.none() | days, st.booleans(),
)  # fmt: skip
standings = st.builds(
    Standing,
    st.sampled_from(list(JOBS.values())),
    st.integers(2019, 2026),
    groups,
    st.none() | days,
    st.booleans(),
)


@given(st.lists(st.tuples(minutes, minutes).map(sorted)), st.integers(1, 100))
def test_presence_is_the_union_of_joins_within_the_session(joins: list[list[int]], percent: int) -> None:
    session = (START, START + timedelta(minutes=120))
    spans = [(START + timedelta(minutes=a), START + timedelta(minutes=b)) for a, b in joins]
    there = {minute for a, b in joins for minute in range(max(a, 0), min(b, 120))}
    assert present_for(session, spans) == timedelta(minutes=len(there))
    assert covers(session, spans, percent) == (len(there) * 100 >= 120 * percent)


@given(runs, audiences, standings, st.booleans())
def test_each_reason_stands_for_a_fact(run: Run, audience: str, who: Standing, completed: bool) -> None:
    told = {finding.code for _, finding in unfit(run, audience, who, completed, TODAY)}
    day = run.starts_on or TODAY
    assert ("run_cancelled" in told) == (run.cancelled_on is not None)
    assert ("audience_not_invited" in told) == (audience not in run.audiences)
    assert ("job_type_differs" in told) == (JOBS.get(audience, who.job_type) != who.job_type)
    assert ("course_not_completed" in told) == (run.requires is not None and not completed)
    if audience == "new_participant":
        new = who.programme_year == run.fiscal_year and run.arrival_group in (None, who.arrival_group)
        assert new == told.isdisjoint({"not_new_this_year", "arrival_group_differs"})
    left = who.left_on is not None and who.left_on < day
    assert ("participant_has_left" in told) == (left and audience not in ("alumnus", "open"))
    early = run.from_year is not None and year_of_participation(who.programme_year, day) < run.from_year
    assert ("year_of_participation" in told) == (early and audience != "alumnus")


@given(runs, st.sampled_from(["organisation", "host_authority", "participant", "coordinator"]))
def test_nobody_is_let_in_by_a_way_that_is_not_theirs(run: Run, role: str) -> None:
    reason = shut(run, role, datetime(2023, 1, 1, tzinfo=UTC), date(2023, 1, 1))
    mine = {"participant": ("oneself", "either"), "coordinator": ("clair", "nomination", "oneself", "either")}
    ways = mine.get(role, ("nomination", "either") if run.employer_informed else ("nomination",))
    if run.enrol_by not in ways:
        assert reason is not None and reason.code == "enrolled_by_others"
    else:
        assert reason is None or reason.code != "enrolled_by_others"


def test_a_window_is_open_from_its_first_instant_until_its_last() -> None:
    first, last, instant = START - timedelta(days=9), START, timedelta(microseconds=1)
    run = Run(2024, ("alt",), None, None, None, "either", first, last, None, None, None, True)

    def said(at: datetime) -> str | None:
        reason = shut(run, "participant", at, TODAY)
        return None if reason is None else reason.code

    assert [said(at) for at in (first - instant, first, last - instant, last)] == [
        "enrolment_not_open", None, None, "enrolment_closed",
    ]  # fmt: skip
    # without an end it closes as the first day begins in Japan
    tomorrow = Run(
        2024, ("alt",), None, None, None, "either", None, None, None, TODAY + timedelta(1), None, True
    )
    midnight = datetime(2024, 7, 8, 15, tzinfo=UTC)
    reasons = [shut(tomorrow, "participant", at, TODAY) for at in (midnight - instant, midnight)]
    assert [one and one.code for one in reasons] == [None, "enrolment_closed"]


def test_who_joined_in_april_is_in_the_first_year_until_july_of_the_next() -> None:
    days = (date(2024, 4, 9), date(2025, 7, 31), date(2025, 8, 1), date(2026, 8, 1))
    assert [year_of_participation(2024, day) for day in days] == [1, 1, 2, 3]


def test_facts_of_clairs_lists_are_certain_and_nobody_elses() -> None:
    def one(starts_on: date | None) -> Run:
        return Run(2024, ("alt",), None, None, None, "either", None, None, None, starts_on, starts_on, True)

    begun, ahead = one(TODAY), one(TODAY + timedelta(days=1))
    assert certain(begun, "coordinator", True, False, TODAY)
    assert not certain(ahead, "coordinator", True, False, TODAY)
    assert certain(ahead, "coordinator", False, True, TODAY)
    assert not certain(begun, "organisation", True, True, TODAY)


@pytest.mark.parametrize(
    ("action", "state", "may", "attended", "open_"),
    [
        ("confirm", "offered", True, False, True), ("confirm", "waiting", True, False, False),
        ("confirm", "offered", False, False, False), ("withdraw", "confirmed", True, False, True),
        ("withdraw", "waiting", True, False, True), ("withdraw", "confirmed", True, True, False),
        ("withdraw", "lapsed", True, False, False),
    ],
)  # fmt: skip
def test_what_is_open(action: str, state: str, may: bool, attended: bool, open_: bool) -> None:
    assert (closed(action, state, may, attended) is None) is open_


def test_a_person_is_known_again_by_name_and_address() -> None:
    same = digest("見本　花子", "Hanako@Example.jp")
    assert same == digest("見本 花子", "hanako@example.jp") != digest("見本 花子", None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024/11/06 09:55:03", "00:55:03"), ("11/06/2024 09:55:03 AM", "00:55:03"),
        ("11/6/24, 9:55:03 PM", "12:55:03"), ("2024-11-06 12:00:00 AM", "15:00:00"), ("2024/11/6 午後 1:05", "04:05:00"),
        ("2024年11月6日 9:55", "00:55:00"), ("2024/11/06 13:00:00 PM", "04:00:00"),
        ("2024-11-06T09:55:03+09:00", "00:55:03"), ("11/06/2024 12:30:00\u202fPM", "03:30:00"),
    ],
)  # fmt: skip
def test_times_are_read_as_the_tools_write_them(written: str, read: str) -> None:
    assert f"{parse_meeting_time(written).value:%H:%M:%S}" == read


@pytest.mark.parametrize(
    "written", ["29/07/2024 09:00:00", "2024/11/31 09:00", "9:00", "", 5, "2024/11/06 25:00"]
)
def test_other_times_are_refused(written: object) -> None:
    with pytest.raises(BadValue):
        parse_meeting_time(written)


@given(
    st.lists(st.tuples(st.sampled_from(["class", "online", "e_learning"]), st.sampled_from(["x", "y", None])), max_size=6),
    st.sets(st.integers(0, 5)), st.integers(1, 100), st.none() | days,
)  # fmt: skip
def test_what_is_earned(
    held: list[tuple[str, str | None]], attended: set[int], percent: int, finished_on: date | None
) -> None:
    sessions = tuple(Held(n, date(2024, 5, 1 + n), form, part) for n, (form, part) in enumerate(held))
    day = earned(Course(sessions, percent, False), list(attended), finished_on)
    counted = [one for one in sessions if one.form != "e_learning"]
    there = [one for one in counted if one.id in attended]
    learns = len(counted) < len(sessions)
    wanted = (
        bool(sessions)
        and len(there) * 100 >= len(counted) * percent
        and {one.component for one in counted} == {one.component for one in there}
        and (finished_on is not None or not learns)
    )
    assert (day is not None) == wanted
    if day is not None:
        assert day == max(
            [*(one.ends_on for one in there), *([finished_on] if learns and finished_on else [])]
        )


def test_a_number_grows_past_its_width() -> None:
    assert [certificate_number(2024, n) for n in (7, 1_000_000)] == ["2024-000007", "2024-1000000"]


def test_one_form_alone_is_offered() -> None:
    for accept in ("", "*/*", "text/html, application/*;q=0.5", "application/pdf"):
        only(accept, "application/pdf")
    for accept in ("text/csv", "application/pdf;q=0", "text/*"):
        with pytest.raises(Refused):
            only(accept, "application/pdf")
