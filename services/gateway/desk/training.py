"""What the pages of trainings share: how somebody who takes part is named, and choices as options of a form."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from services.gateway.desk.forms import label
from services.gateway.desk.visit import Visit
from services.kit import glossary
from services.kit.text import Language, Text

COORDINATOR = ("coordinator",)
RUNS, HEADCOUNTS, CHECK_IN = "/desk/runs", "/desk/headcounts", "/desk/check-in"
# of enrolments, in the order in which somebody looks for them
STATES = ("confirmed", "offered", "waiting", "lapsed", "released")


def named(row: Mapping[str, Any]) -> str:
    """Whoever an enrolment, an attendance or an award is about."""
    return str(row["participant_name"] or row["attendee_name"] or row["jet_number"] or "")


def who(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """By what records of a run are of the same person; a participant has the number, anybody else name and address."""
    if row["jet_number"] is not None:
        return (row["jet_number"],)
    return row["organisation_code"], row["attendee_name"], row["attendee_email"]


def meant(row: Mapping[str, Any]) -> dict[str, Any]:
    """How a request names the person of an enrolment."""
    if row["jet_number"] is not None:
        return {"jet_number": row["jet_number"]}
    return {name: row[name] for name in ("organisation_code", "attendee_name", "attendee_email")}


def choices(term: str, spoken: Language, values: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Options of a select: of these values, or of all that the glossary has of a term."""
    told = values if values is not None else [
        one.removeprefix(f"{term}.") for one in glossary.terms() if one.startswith(f"{term}.")
    ]  # fmt: skip
    return [(one, label(term, one, spoken)) for one in told]


def problem(visit: Visit, title: Text, detail: Text) -> dict[str, Any]:
    """Of the desk's own, as a service says one."""
    said = {"title": title.within(visit.language), "detail": detail.within(visit.language)}
    return said | {"code": None, "errors": [], "support_code": None}


def place(path: str, *parts: str) -> str:
    return "/".join([path, *(quote(one, safe="") for one in parts)])


def ticket_address(visit: Visit, ticket: str) -> str:
    """What the code of a ticket (受付票) says: where a phone's camera leads whoever stands at the door."""
    return f"{visit.issuer}{place(CHECK_IN, ticket)}"
