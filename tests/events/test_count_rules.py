"""The rule of sums, of any counts of a record: as the pure rule takes them, and as the database holds them."""

from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from services.events import counting
from services.events.counts.domain import Count, Subject, contradiction, misplaced
from services.events.tables import edition as editions
from services.events.tables import leg as legs
from tests.events.test_counts import count, two_legs
from tests.support.events import Events

CODES = [f"C{number}" for number in range(6)]
COUNTS = st.builds(
    Count,
    code=st.sampled_from(CODES), subject=st.sampled_from(["participants", "visitors"]),
    unit=st.sampled_from(["名", "団体"]), person_times=st.booleans(), value=st.integers(0, 5),
    within=st.none() | st.sampled_from(CODES), country=st.sampled_from([None, "FR"]),
    capacity=st.sampled_from([None, "speaker"]), method=st.sampled_from([None, "gate", "organiser"]),
)  # fmt: skip


@given(st.lists(COUNTS, max_size=20))
def test_what_is_added_can_be_added(rows: list[Count]) -> None:
    """Each row makes or changes a count, as one request after the other would."""
    stands: dict[str, Count] = {}
    for row in rows:
        after = stands | {row.code: row}
        if contradiction(row, after.values()) is None:
            stands = after
    for one in stands.values():
        assert one.unit == "名" or not one.person_times
        if one.within is not None:
            whole = stands[one.within]
            assert whole.what == one.what and whole.within is None and one.value <= whole.value
        else:
            alone = [other for other in stands.values() if other.within is None and other.what == one.what]
            assert {other.kind for other in alone} == {one.kind}


@given(
    st.sampled_from(["participants", "certified"]), st.booleans(), st.sampled_from([None, "edition", "leg"])
)
def test_a_count_is_at_the_level_of_its_edition(subject: str, of_leg: bool, counted_at: str | None) -> None:
    taken = misplaced(subject, of_leg=of_leg, counted_at=counted_at) is None  # type: ignore[arg-type]
    if subject == "certified":
        assert taken == (not of_leg)
    else:
        assert taken == (counted_at is None or (counted_at == "leg") == of_leg)


# what the database says to a change of a whole, of its part, and of a count that stands alone
REFUSED = (
    ("alone", "attendance_count_of_one", "mission_id = uuidv7()"),
    (
        "alone",
        "attendance_count_level",
        "leg_id = (SELECT min(id::text)::uuid FROM events.leg WHERE edition_id = c.edition_id)",
    ),
    ("alone", "attendance_count_certified", "subject = 'certified', leg_id = uuidv7()"),
    ("alone", "attendance_count_person_times", "person_times = true, unit = '点'"),
    ("alone", "attendance_count_within", "within_code = code, within_value = value"),
    ("part", "attendance_count_within", "unit = '件'"),
    ("part", "attendance_count_no_more", "value = 300"),
    ("part", "attendance_count_valued_whole", "within_value = NULL"),
    ("part", "attendance_count_within_value", "within_value = 300"),
    ("part", "attendance_count_alike", "within_code = NULL, within_value = NULL"),
    ("whole", "attendance_count_no_more", "value = 191"),
    ("whole", "attendance_count_within", "unit = '件'"),
)


def test_the_database_holds_the_same_rules(events: Events) -> None:
    officer = events.headquarters
    of, _, _ = two_legs(events, officer)
    whole = count(edition_code=of, value=241)
    part = count(edition_code=of, within_code=whole["code"], value=192, country="FR")
    named = {"whole": whole, "part": part, "alone": count(edition_code=of, subject="speakers")}
    for row in named.values():
        events.made("attendance_counts", officer, **row)
    for which, constraint, change in REFUSED:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            events.sql(
                f"UPDATE events.attendance_count AS c SET {change} WHERE code = '{named[which]['code']}'"
            )
        assert (refused.value.constraint_name, change) == (constraint, change)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        events.sql(f"UPDATE events.edition SET counted_at = 'leg' WHERE code = '{of}'")
    # a whole takes its parts along
    events.sql(f"UPDATE events.attendance_count SET value = 200 WHERE code = '{whole['code']}'")
    held = events.sql(f"SELECT within_value FROM events.attendance_count WHERE code = '{part['code']}'")
    assert held[0][0] == 200


def test_lines_take_what_was_counted(events: Events) -> None:
    officer = events.headquarters
    of, one, two = two_legs(events, officer, counted_at="leg")
    for row in (
        count(leg_code=one, value=30), count(leg_code=two, value=12, qualifier="at_least"),
        count(leg_code=one, value=50, person_times=True), count(leg_code=two, subject="visitors", value=5),
        count(leg_code=one, subject="visitors", value=18000, method="organiser"),
    ):  # fmt: skip
        events.made("attendance_counts", officer, **row)

    def lines(*columns: Any) -> tuple[Any, ...]:
        statement = select(*columns).select_from(editions).where(editions.c.code == of)
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        made = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        return tuple(events.sql(str(made))[0])

    e = editions.c.id
    assert lines(*counting.of_edition(e, "participants", unit="名")) == (42, "名", "at_least")
    assert lines(*counting.of_edition(e, "participants", unit="延べ")) == (50, "延べ", "exact")
    # persons and person-times, and the host's figure and one's own, have no sum; nor has what was not counted
    unsummed: tuple[Subject, ...] = ("participants", "visitors", "products")
    for subject in unsummed:
        assert lines(*counting.of_edition(e, subject)) == (None, None, None)
    assert lines(*counting.of_edition(e, "visitors", counted_for="own")) == (5, "名", "exact")
    first = select(legs.c.id).where(legs.c.code == one).scalar_subquery()
    assert lines(*counting.of_leg(first, "visitors")) == (18000, "名", "exact")
