"""Who takes part in a test's own runs: people with employers, enrolments, files, tickets."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from services.jet.app import RESOURCES
from services.kit.imports.engine import Importer
from services.kit.imports.reading import CSV
from services.kit.jobs import Later
from tests.jet import offering
from tests.jet.playing import appoint, done
from tests.jet.surveying import contracting, tool
from tests.support.jet import COORDINATOR, Jet, Organisation
from tests.support.serving import Caller


@dataclass(frozen=True)
class Person:
    """A participant, as a caller, with the JET number and where they serve."""

    number: str
    caller: Caller
    home: Organisation
    employer: Caller

    @property
    def id(self) -> str:
        return str(self.caller.person)


def employed(
    jet: Jet, home: Organisation | None = None, *, job: str = "ALT", year: int = 2023, email: str = ""
) -> Person:
    """Somebody who joined in `year` and serves in programme year 2024."""
    home = home or contracting(jet)
    body = jet.described(year=year, job=job) | ({"email": email} if email else {})
    done(jet.call("jet_participants_create", json=body))
    number = str(body["jet_number"])
    done(appoint(jet, number, home, job=job))
    found = jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{number}'")
    return Person(
        number,
        Caller("participant", f"me-{number}", person=UUID(str(found[0][0]))),
        home,
        tool("organisation", home),
    )


def run(jet: Jet, *, informed: bool = True, edition: dict[str, Any] | None = None, **given: Any) -> str:
    """The code of a run that is open to nomination and to oneself, far ahead."""
    told = {"audiences": ["alt", "cir", "organisation_staff", "open"]} | (edition or {})
    of = offering.course(jet, employer_informed=informed)["code"]
    made = offering.edition(jet, of=of, **told)
    return str(offering.run(jet, made["code"], **{"enrol_by": "either"} | given)["code"])


def session(jet: Jet, run_code: str, number: int = 1, **given: Any) -> dict[str, Any]:
    body = {
        "run_code": run_code, "number": number, "form": "class",
        "starts_at": f"2024-11-{5 + number:02d}T10:00:00+09:00", "ends_at": f"2024-11-{5 + number:02d}T12:00:00+09:00",
    }  # fmt: skip
    return offering.made(jet, "training_sessions", **body | given)


def enrol(jet: Jet, run_code: str, caller: Caller = COORDINATOR, **given: Any) -> httpx.Response:
    body = {"run_code": run_code, "audience": "alt"} | given
    return jet.call("jet_training_enrolments_create", caller, json=body)


def guest(name: str, organisation: Organisation | None = None, **given: Any) -> dict[str, Any]:
    """Somebody who is no participant."""
    where = {"organisation_code": organisation.code} if organisation else {}
    return (
        {"audience": "open", "attendee_name": name, "attendee_email": f"g{name.encode().hex()}@example.jp"}
        | where
        | given
    )


def act(jet: Jet, verb: str, enrolment: str, caller: Caller = COORDINATOR) -> httpx.Response:
    return jet.call(f"jet_training_enrolments_{verb}", caller, path={"ref": enrolment})


def listed(jet: Jet, plural: str, caller: Caller = COORDINATOR, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(jet.call(f"jet_{plural}_list", caller, params=params))["items"]
    return found


def states(jet: Jet, run_code: str) -> list[tuple[str, int | None]]:
    """State and waiting number of all in a run, as they came."""
    found = listed(jet, "training_enrolments", run_code=run_code, sort="enrolled_at", limit=500)
    return [(one["state"], one["waiting_number"]) for one in found]


def sends(
    jet: Jet, kind: str, content: str | bytes, caller: Caller = COORDINATOR, media: str = CSV, **query: str
) -> dict[str, Any]:
    """What came of a file, by the worker's own job."""
    body = content if isinstance(content, bytes) else content.encode()
    params = {"kind": kind, "mode": "partial"} | query
    receipt = jet.call(
        "jet_imports_create", caller, headers={"Content-Type": media}, content=body, params=params
    ).json()
    importer = Importer("jet", "jet", jet.served.app.state.service.database, [*RESOURCES])
    with suppress(Later):
        jet.served.run(importer.work(UUID(receipt["id"]), 1))
    path = {"import_id": receipt["id"]}
    ended = done(jet.call("jet_operations_read", caller, path={"operation_id": receipt["id"]}))
    assert ended["state"] == "succeeded" or ended["problem"]["code"] == "import_refused", ended
    told = done(jet.call("jet_imports_read", caller, path=path))
    problems = done(jet.call("jet_imports_problems", caller, path=path))["items"]
    return {
        "summary": told["summary"],
        "errors": [(one["row"], one["code"]) for one in problems if one["severity"] == "error"],
        "warnings": [(one["row"], one["code"]) for one in problems if one["severity"] == "warning"],
        "problems": problems,
    }


def csv(header: str, rows: Sequence[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def changed(told: dict[str, Any]) -> tuple[int, int, int, int]:
    """created, changed, unchanged, refused"""
    summary = told["summary"]
    return summary["created"], summary["changed"], summary["unchanged"], summary["refused"]


def feed(jet: Jet, caller: Caller, resource: str = "training-enrolments") -> list[tuple[str, str]]:
    """Id and action of the events that a caller is told of."""
    told: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        params = {"limit": "500"} | ({"after": cursor} if cursor else {})
        page = done(jet.call("jet_changes_list", caller, params=params))
        told += [(one["id"], one["action"]) for one in page["items"] if one["resource"] == resource]
        if not page["items"] or page.get("next") in (None, cursor):
            return told
        cursor = page["next"]
