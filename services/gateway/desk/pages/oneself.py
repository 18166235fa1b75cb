"""Who a participant is to the pages that they act on: the JET number, the job type, and whether they serve today."""

from dataclasses import dataclass
from datetime import datetime

from services.gateway.desk.visit import Visit

TERMS, PERSON, CLOCK = "jet_appointments_list", "jet_participants_list", "identity_clock_read"
ONESELF = (TERMS, PERSON, CLOCK)
PARTICIPANTS = ("participant",)


@dataclass(frozen=True, slots=True)
class Oneself:
    """`joined`: the programme year of the first appointment, or of the participation before there is one."""

    jet_number: str
    job_type: str
    joined: int
    serving: bool


async def oneself(visit: Visit) -> Oneself | None:
    """None where a person is nobody's record. The record itself is read where no appointment tells yet: each reading
    of it is noted, and shown to whom it is about."""
    terms = await visit.every(TERMS)
    if terms:
        today = (await visit.read(CLOCK))["today"]
        last = max(terms, key=lambda one: one["starts_on"])
        first = min(int(one["programme_year"]) for one in terms)
        return Oneself(last["jet_number"], last["job_type"], first, last["ends_on"] >= today)
    found = (await visit.read(PERSON))["items"]
    if not found:
        return None
    person = found[0]
    return Oneself(person["jet_number"], person["job_type"], int(person["programme_year"]), False)


async def jet_number(visit: Visit) -> str:
    found = await oneself(visit)
    return "" if found is None else found.jet_number


def open_acts(record: dict[str, object]) -> list[str]:
    """The commands that a record takes from its reader just now."""
    said = record["available_actions"]
    return [str(one["action"]) for one in said if "closed" not in one] if isinstance(said, list) else []


def before(one: str, other: str) -> bool:
    """Whether an instant is earlier than another, however each is written."""
    return datetime.fromisoformat(one) < datetime.fromisoformat(other)
