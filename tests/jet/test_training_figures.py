"""Lines counted by attendance and by headcounts: persons once, heads added, never the two together; spans and states."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.jet.app import RESOURCES
from services.jet.statistics.trainings import STATISTICS
from tests.jet.attending import attend, attendee, enrol, figures, learn, meet, participant
from tests.jet.offering import course, edition, headcount, run
from tests.jet.playing import change, done
from tests.jet.reporting import statistic
from tests.jet.test_training_headcounts import counts, taken
from tests.support.jet import Jet

JULY: dict[str, Any] = {"starts_on": "2024-07-01", "ends_on": "2024-07-02"}


def lines(jet: Jet, of: str, name: str = "jet-trainings", **asked: Any) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = statistic(jet, name, edition_code=of, **asked)["cells"]
    return cells


def test_a_person_counts_once_in_a_line_whatever_parts_and_runs_they_came_to(jet: Jet) -> None:
    of = edition(jet, listing="one_line")["code"]
    first, then = run(jet, of, **JULY)["code"], run(jet, of, **JULY)["code"]
    alex, guest = participant(jet), attendee(jet)
    for code in (first, then):
        morning, noon = meet(jet, code), meet(jet, code, 2)
        for enrolment in (enrol(jet, code, participant=alex), enrol(jet, code, attendee=guest)):
            attend(jet, enrolment, morning)
            attend(jet, enrolment, noon)
    absent = enrol(jet, first, participant=participant(jet))
    attend(jet, absent, meet(jet, first, 3), "absent")
    headcount(jet, first, 50)
    assert figures(lines(jet, of)) == [(2, 1, None)]
    done(change(jet, "training_editions", of, listing="each_run"))
    assert figures(lines(jet, of)) == [(2, 1, None), (2, 1, None)]
    done(change(jet, "training_editions", of, counted_by="headcount"))
    assert figures(lines(jet, of), "state") == [("held", 50, None, None), ("held", None, None, None)]


def test_a_party_counts_its_persons_and_elearning_whoever_has_begun(jet: Jet) -> None:
    of = edition(jet, kind="e_learning")["code"]
    code = run(jet, of, date_precision="as_required", starts_on=None, ends_on=None)["code"]
    assert figures(lines(jet, of), "state", "date_start", "date_precision") == [
        ("planned", None, "none", None, None, None)
    ]
    never = enrol(jet, code, participant=participant(jet))
    learn(jet, never, 0)
    assert figures(lines(jet, of), "state") == [("held", 0, 0, None)]
    learn(jet, enrol(jet, code, participant=participant(jet)), 1)
    several, session = enrol(jet, code, attendee=attendee(jet)), meet(jet, code)
    attend(jet, several, session, persons=3)
    assert figures(lines(jet, of)) == [(4, 1, None)]


def test_an_edition_without_a_held_run_is_a_line_that_says_so_and_why(jet: Jet) -> None:
    of = edition(jet, not_held_reason="隔年開催のため")["code"]
    assert figures(lines(jet, of), "state") == [("not_held", None, None, None)]
    (cell, *_) = lines(jet, of, dimensions="training_name,state,not_held_reason")
    assert (cell["not_held_reason"], cell["value"], cell["qualifier"]) == ("隔年開催のため", None, None)
    other = edition(jet)["code"]
    done(
        jet.call(
            "jet_training_runs_cancel",
            path={"ref": run(jet, other)["code"]},
            json={"cancelled_reason": "台風"},
        )
    )
    (cell, *_) = lines(jet, other, dimensions="state,not_held_reason")
    assert (cell["state"], cell["not_held_reason"], cell["value"]) == ("not_held", "台風", None)
    run(jet, other)
    assert figures(lines(jet, other), "state") == [("planned", None, None, None)]


def test_of_whom_and_person_times_stand_apart_and_the_least_sure_number_tells(jet: Jet) -> None:
    of = edition(jet, counted_by="headcount", listing="one_line")["code"]
    first, then = run(jet, of, **JULY)["code"], run(jet, of, **JULY)["code"]
    headcount(jet, first, 16)
    headcount(jet, first, 3, audience="jet_participant", within="all")
    headcount(jet, first, 40, unit="person_times", qualifier="at_least")
    headcount(jet, then, 100, qualifier="about")
    cells = {cell["metric"]: cell for cell in lines(jet, of)}
    shown = {name: (cell["value"], cell["unit"], cell["qualifier"]) for name, cell in cells.items()}
    assert shown == {
        "participants": (116, "名", "約"), "jet_participants": (3, "名", "exact"), "person_times": (40, "延べ", "以上"),
    }  # fmt: skip
    assert cells["jet_participants"]["of_whom"] == [{"metric": "participants"}]
    totals = {one["metric"]: (one["value"], one["qualifier"]) for one in statistic(
        jet, "jet-trainings", edition_code=of)["totals"]}  # fmt: skip
    assert totals["participants"] == (116, "約")


def test_components_are_lines_and_their_persons_count_in_each(jet: Jet) -> None:
    of = edition(jet, kind="translation")["code"]
    code = run(jet, of, stream="英語", starts_on="2024-07-01", ends_on="2025-02-28")["code"]
    by_post, together = meet(jet, code, 1, "2024-07-02", "通信"), meet(jet, code, 2, "2025-02-10", "集合")
    both, one = (enrol(jet, code, participant=participant(jet)) for _ in range(2))
    attend(jet, both, by_post)
    attend(jet, both, together)
    attend(jet, one, by_post)
    attend(jet, one, together, "excused")
    found = figures(lines(jet, of, "jet-courses"), "component_group", "component", "date_start", "method")
    assert found == [
        ("英語", "通信", "2024-07-02", "class", 2, 2, None), ("英語", "集合", "2025-02-10", "class", 1, 1, None),
    ]  # fmt: skip
    heads = edition(jet, kind="japanese", counted_by="headcount")["code"]
    level = run(jet, heads, stream="初級", **JULY)["code"]
    headcount(jet, level, 12)
    assert figures(lines(jet, heads, "jet-courses"), "component_group", "component") == [
        ("初級", None, 12, None, None)
    ]


def test_a_cell_links_to_attended_enrolments_or_to_headcounts_as_it_is_counted(jet: Jet) -> None:
    of = edition(jet)["code"]
    code, other = run(jet, of, **JULY)["code"], run(jet, of, **JULY)["code"]
    for place in (code, other):
        session = meet(jet, place)
        attend(jet, enrol(jet, place, participant=participant(jet)), session)
        attend(jet, enrol(jet, place, participant=participant(jet)), session, "absent")
        learn(jet, enrol(jet, place, participant=participant(jet)), 5)
    (cell, *_) = lines(jet, of)
    assert cell["records"] == f"/jet/v1/training-enrolments?run_code={code}&attended=true"
    assert cell["value"] == 2 == _listed(jet, cell["records"])
    done(change(jet, "training_editions", of, listing="one_line"))
    (cell, *_) = lines(jet, of)
    assert cell["records"] == f"/jet/v1/training-enrolments?edition_code={of}&attended=true"
    assert cell["value"] == 4 == _listed(jet, cell["records"])
    done(change(jet, "training_editions", of, counted_by="headcount"))
    (cell, *_) = lines(jet, of)
    assert cell["records"] == f"/jet/v1/training-headcounts?edition_code={of}&unit=persons&of_whom=false"


def _listed(jet: Jet, records: str) -> int:
    url = urlsplit(records)
    params = dict(parse_qsl(url.query)) | {"include": "total", "limit": "1"}
    plural = url.path.rsplit("/", 1)[1].replace("-", "_")
    total: int = done(jet.call(f"jet_{plural}_list", params=params))["total"]
    return total


def test_links_name_lists_that_there_are_with_filters_that_they_have() -> None:
    lists = {f"/jet/v1/{one.plural}": one for one in RESOURCES}
    behind = [one for statistic in STATISTICS for one in statistic.behind.values()]
    assert behind
    for one in behind:
        named = {*one.parameters, *(name for given in one.counted.values() for name in given)}
        assert named <= lists[one.path].filters.keys()
        assert one.rule == lists[one.path].access["list"]


class Held(NamedTuple):
    """A run of the fiscal year 2024: first day and length, and whether it was cancelled."""

    start: int
    days: int
    precision: str
    cancelled: bool
    reports: list[Any]
    came: list[tuple[int, int]]  # who, and how many persons they are; none: absent


PRECISIONS = ("day", "month", "year")
held = st.builds(
    Held, st.integers(0, 300), st.integers(0, 60), st.sampled_from(PRECISIONS), st.booleans(),
    st.lists(counts, max_size=4), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6),
)  # fmt: skip


def steps(day: date, precision: str) -> int:
    months = day.year * 12 + day.month
    return {"day": day.toordinal(), "month": months, "year": day.year}[precision]


def spans(days: list[tuple[date, date]], precision: str) -> list[tuple[int, int]]:
    """First and last step of each span of days, months or years that touch one another."""
    found: list[tuple[int, int]] = []
    for first, last in sorted((steps(a, precision), steps(b, precision)) for a, b in days):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def dates(one: Held) -> tuple[date, date]:
    first = date(2024, 4, 1) + timedelta(one.start)
    return first, first + timedelta(one.days)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(held, max_size=4), st.sampled_from(["attendance", "headcount"]))
def test_a_line_of_several_runs_is_what_plain_python_makes_of_them(
    jet: Jet, runs: list[Held], by: str
) -> None:
    of, people = made(jet, runs, by)
    stand = [one for one in runs if not one.cancelled]
    heads = [one for each in stand for one in taken(each.reports).values()]
    added = [one.value for one in heads if one.within is None]
    most: dict[str, int] = {}
    for each in stand:
        for who, persons in each.came:
            most[people[who]] = max(most.get(people[who], 0), persons)
    known = bool(most) if by == "attendance" else bool(added)
    expected = (sum(most.values()) if by == "attendance" else sum(added)) if known else None
    (cell, *_) = lines(jet, of, dimensions="state,date_precision")
    assert cell["value"] == expected
    assert (cell["state"] == "not_held") == (not stand)
    precision = max((each.precision for each in stand), key=PRECISIONS.index, default="none")
    assert cell["date_precision"] == precision
    periods = lines(jet, of, "jet-training-periods")
    if not stand:
        assert [(one["date_start"], one["value"]) for one in periods] == [(None, None)]
        return
    told = spans([dates(each) for each in stand], precision)
    shown = [(one["date_start"], one["date_end"]) for one in periods]
    assert [tuple(_step(text, precision) for text in one) for one in shown] == told
    assert [one["period_no"] for one in periods] == list(range(1, len(told) + 1))
    assert sum(one["value"] for one in periods) == len(stand)


def _step(text: str, precision: str) -> int:
    assert len(text) == {"day": 10, "month": 7, "year": 4}[precision]
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return steps(date(year, month, day), precision)


def made(jet: Jet, runs: list[Held], by: str) -> tuple[str, list[str]]:
    """An edition of one line with its runs, and the people who came."""
    of = edition(jet, of=course(jet)["code"], listing="one_line", counted_by=by)["code"]
    people = [attendee(jet) for _ in range(4)]
    for one in runs:
        first, last = dates(one)
        code = run(
            jet, of, starts_on=first.isoformat(), ends_on=last.isoformat(), date_precision=one.precision
        )["code"]
        sessions = {number: meet(jet, code, number + 1) for number in range(len(one.came))}
        for who, came in groupby(
            sorted(enumerate(one.came), key=lambda each: each[1][0]), lambda each: each[1][0]
        ):
            enrolment = enrol(jet, code, attendee=people[who])
            for number, (_, persons) in came:
                attend(jet, enrolment, sessions[number], "present" if persons else "absent", persons)
        for report in taken(one.reports).values():
            within = "NULL" if report.within is None else f"'{report.within}'"
            jet.sql(
                "INSERT INTO jet.training_headcount (run_id, audience, within, value, method, reported_on) "
                f"SELECT id, '{report.audience}', {within}, {report.value}, 'counted', '2024-07-01' "
                f"FROM jet.training_run WHERE code = '{code}'"
            )
        if one.cancelled:
            jet.sql(
                f"UPDATE jet.training_run SET cancelled_on = '2024-07-01', cancelled_reason = 'x' WHERE code = '{code}'"
            )
    return of, people
