"""The state of a run: the pure rule and the CASE of the database say the same of every schedule at every instant."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.jet.runs.domain import STATES, Schedule, state
from services.kit.japan.clock import JST
from tests.jet.offering import edition, run
from tests.support.jet import Jet

# from two days before business time to two days after it, so that every border is met
hours = st.integers(-48, 48)
days = st.integers(-2, 2)


def literal(value: object) -> str:
    return "NULL" if value is None else f"'{value}'"


@st.composite
def schedules(draw: Any) -> dict[str, int | None]:
    first = draw(st.none() | days)
    return {
        "starts_on": first, "ends_on": None if first is None else first + draw(st.integers(0, 3)),
        "enrol_from": draw(st.none() | hours), "enrol_until": draw(st.none() | hours),
        "cancelled_on": draw(st.sampled_from([None, None, None, 0])),
    }  # fmt: skip


def scheduled(given: dict[str, int | None], now: datetime, fiscal_year: int = 2024) -> Schedule:
    today = now.astimezone(JST).date()
    made: dict[str, Any] = {}
    for name, value in given.items():
        unit: Any = now if name.startswith("enrol") else today
        step = timedelta(hours=value or 0) if name.startswith("enrol") else timedelta(days=value or 0)
        made[name] = None if value is None else unit + step
    return Schedule(fiscal_year, **made)


@settings(max_examples=5, deadline=None)
@given(st.lists(schedules(), min_size=150, max_size=150))
def test_the_database_says_the_same(jet: Jet, cases: list[dict[str, int | None]]) -> None:
    of = jet.sql(f"SELECT id FROM jet.training_edition WHERE code = '{edition(jet)['code']}'")[0][0]
    now = jet.now().astimezone(UTC)
    rows = [scheduled(one, now) for one in cases]
    rows = [
        one._replace(enrol_until=None)
        if one.enrol_from and one.enrol_until and one.enrol_from >= one.enrol_until
        else one
        for one in rows
    ]
    pools = jet.sql(
        "INSERT INTO jet.capacity_pool (resource) SELECT 'x' FROM generate_series(1, 150) RETURNING id"
    )
    values = ", ".join(
        f"('{code(number)}', '{of}', 2024, 'as_required', '{pool[0]}', {', '.join(map(literal, one[1:]))}, "
        f"{literal('x' if one.cancelled_on else None)})"
        for number, (one, pool) in enumerate(zip(rows, pools, strict=True))
    )
    jet.sql(
        "INSERT INTO jet.training_run (code, edition_id, fiscal_year, date_precision, pool_id, starts_on, ends_on, "
        f"enrol_from, enrol_until, cancelled_on, cancelled_reason) VALUES {values}"
    )
    params: dict[str, Any] = {"fiscal_year": 2024, "limit": 500, "sort": "code"}
    listed = jet.call("jet_training_runs_list", params=params | {"edition_code": code_of(jet, of)}).json()[
        "items"
    ]
    found = {one["code"]: one["state"] for one in listed}
    later = jet.now()
    for number, one in enumerate(rows):
        # the clock goes on between the two: either instant's answer is right
        assert found[code(number)] in {state(one, now), state(one, later)}, one
    jet.sql(f"UPDATE jet.training_run SET code = code || '-' || left(id::text, 13) WHERE edition_id = '{of}'")


def code(number: int) -> str:
    return f"STATE-{number:03d}"


def code_of(jet: Jet, edition_id: Any) -> str:
    return str(jet.sql(f"SELECT code FROM jet.training_edition WHERE id = '{edition_id}'")[0][0])


@given(schedules(), st.integers(0, 96))
def test_a_run_only_ever_goes_on(given: dict[str, int | None], hours: int) -> None:
    now = datetime(2024, 7, 8, 9, tzinfo=JST)
    one = scheduled(given, now)
    order = [STATES.index(state(one, now + timedelta(hours=step))) for step in range(0, hours, 6)]
    assert order == sorted(order)


def test_borders_are_half_open() -> None:
    def at(moment: datetime, **given: Any) -> str:
        return state(Schedule(2024, **given), moment)

    nine = datetime(2024, 7, 8, 9, tzinfo=JST)
    day, instant = date(2024, 7, 8), timedelta(microseconds=1)
    assert at(nine, enrol_from=nine) == "open" and at(nine - instant, enrol_from=nine) == "planned"
    assert at(nine, enrol_until=nine) == "closed" and at(nine - instant, enrol_until=nine) == "open"
    midnight = datetime.combine(day, time(), JST)
    assert at(midnight - instant, starts_on=day, ends_on=day) == "open"
    assert at(midnight, starts_on=day, ends_on=day) == "closed"
    assert at(midnight + timedelta(days=1), starts_on=day, ends_on=day) == "held"
    assert at(datetime(2025, 3, 31, 23, 59, tzinfo=JST)) == "open"
    assert at(datetime(2025, 4, 1, tzinfo=JST)) == "held"


def test_a_list_is_asked_for_by_state(jet: Jet) -> None:
    of = edition(jet)["code"]
    past, ahead = run(jet, of, starts_on="2024-04-08", ends_on="2024-04-10"), run(jet, of)
    for one, named in ((past, "held"), (ahead, "open")):
        params = {"edition_code": of, "state": named}
        items = jet.call("jet_training_runs_list", params=params).json()["items"]
        assert [item["code"] for item in items] == [one["code"]]
