"""Who was enrolled in a run and came, put where the records of enrolments and attendance stand."""

from typing import Any
from uuid import uuid4

from tests.support.jet import Jet


def attendee(jet: Jet) -> str:
    """Somebody who is no participant."""
    made = jet.sql(
        "INSERT INTO jet.training_attendee (digest) VALUES (sha256(uuid_send(gen_random_uuid()))) RETURNING id"
    )
    return str(made[0][0])


def participant(jet: Jet) -> str:
    number = jet.participant()
    return str(jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{number}'")[0][0])


def enrol(jet: Jet, run: str, *, participant: str = "", attendee: str = "") -> str:
    """`run` by its code."""
    one, whose = str(uuid4()), "participant_id" if participant else "attendee_id"
    jet.sql(
        f"INSERT INTO jet.capacity_claim (id, pool_id, state) SELECT '{one}', pool_id, 'confirmed' "
        f"FROM jet.training_run WHERE code = '{run}'"
    )
    jet.sql(
        f"INSERT INTO jet.training_enrolment (id, run_id, {whose}, audience) "
        f"SELECT '{one}', id, '{participant or attendee}', 'alt' FROM jet.training_run WHERE code = '{run}'"
    )
    return one


def meet(jet: Jet, run: str, number: int = 1, day: str = "2024-11-06", component: str | None = None) -> str:
    named = "NULL" if component is None else f"'{component}'"
    made = jet.sql(
        "INSERT INTO jet.training_session (run_id, number, form, component, starts_at, ends_at) "
        f"SELECT id, {number}, 'class', {named}, '{day} 09:00+09', '{day} 17:00+09' FROM jet.training_run "
        f"WHERE code = '{run}' RETURNING id"
    )
    return str(made[0][0])


def attend(jet: Jet, enrolment: str, session: str, attendance: str = "present", persons: int = 1) -> None:
    jet.sql(
        "INSERT INTO jet.training_attendance (enrolment_id, session_id, run_id, attendance, persons, method) "
        f"SELECT '{enrolment}', '{session}', run_id, '{attendance}', "
        f"{persons if attendance == 'present' else 0}, 'list' FROM jet.training_enrolment WHERE id = '{enrolment}'"
    )


def learn(jet: Jet, enrolment: str, percent: int) -> None:
    jet.sql(
        "INSERT INTO jet.learning_progress (enrolment_id, percent, read_on) "
        f"VALUES ('{enrolment}', {percent}, '2024-07-01')"
    )


def figures(cells: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Of each line, in order: some of its dimensions, then participants, those of JET, and person-times."""
    lines: dict[Any, dict[str, Any]] = {}
    for cell in cells:
        lines.setdefault(cell["row_no"], {name: cell[name] for name in names})[cell["metric"]] = cell["value"]
    metrics = ("participants", "jet_participants", "person_times")
    return [tuple(line[name] for name in (*names, *metrics)) for _, line in sorted(lines.items())]
