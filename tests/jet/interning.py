"""Internships of the tests' own: a programme with its hosts, people who apply, and what a run made of it."""

import csv
import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.jet.app import RESOURCES
from services.kit.imports.engine import Importer
from services.kit.imports.reading import CSV
from services.kit.jobs import Later
from tests.jet.playing import done
from tests.support.jet import COORDINATOR, Jet, Organisation
from tests.support.serving import Caller

_CODES = count(1)
DECIDING = Caller("coordinator", person=uuid4())


def today(jet: Jet) -> date:
    found: date = jet.sql("SELECT platform.today()")[0][0]
    return found


@dataclass(frozen=True)
class Person:
    number: str
    caller: Caller


@dataclass(frozen=True)
class Host:
    organisation: Organisation
    code: str

    @property
    def contact(self) -> Caller:
        return Caller("business", f"contact-{self.code}", self.organisation.id)


@dataclass(frozen=True)
class Internship:
    jet: Jet
    id: str
    code: str
    hosts: tuple[Host, ...]

    def state(self) -> str:
        return str(done(self.jet.call("jet_internship_programmes_read", path={"ref": self.code}))["state"])

    def apply(
        self, person: Person, *wishes: int, caller: Caller | None = None, **given: Any
    ) -> httpx.Response:
        names = ("first_host_code", "second_host_code", "third_host_code")
        chosen = {name: self.hosts[wish].code for name, wish in zip(names, wishes, strict=False)}
        body = (
            {"programme_code": self.code, "jet_number": person.number, "japanese_level": "n3"}
            | chosen
            | given
        )
        return self.jet.call("jet_internship_applications_create", caller or person.caller, json=body)

    def close(self) -> None:
        """Applications are no longer taken."""
        if self.state() == "open":
            self.jet.advance(2)

    def run(self, seed: str | None = "seed", caller: Caller = COORDINATOR) -> httpx.Response:
        body = {} if seed is None else {"seed": seed}
        return self.jet.call("jet_internship_programmes_assign", caller, path={"ref": self.code}, json=body)

    def publish(self, run: str, caller: Caller = DECIDING) -> httpx.Response:
        return self.jet.call("jet_internship_assignment_runs_publish", caller, path={"ref": run})

    def decided(self, seed: str = "seed") -> dict[str, Any]:
        """A run, made and published."""
        self.close()
        run = done(self.run(seed))
        published: dict[str, Any] = done(self.publish(run["id"]))
        return published

    def assignments(self, caller: Caller = COORDINATOR, **params: Any) -> list[dict[str, Any]]:
        params = {"programme_code": self.code, "limit": 500} | params
        found: list[dict[str, Any]] = done(
            self.jet.call("jet_internship_assignments_list", caller, params=params)
        )["items"]
        return found

    def placed(self, caller: Caller = COORDINATOR) -> dict[str, str]:
        """JET number → code of the host, of assignments that stand."""
        return {
            one["jet_number"]: one["internship_host_code"]
            for one in self.assignments(caller, state="assigned")
        }

    def results(self, run: str, caller: Caller = COORDINATOR) -> dict[str, dict[str, Any]]:
        params = {"run_id": run, "limit": 500}
        found = done(self.jet.call("jet_internship_results_list", caller, params=params))["items"]
        return {one["jet_number"]: one for one in found}


def person(jet: Jet, year: int = 2023, **given: Any) -> Person:
    number = jet.participant(year=year, **given)
    found = jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{number}'")
    return Person(number, Caller("participant", person=UUID(str(found[0][0]))))


def persons(jet: Jet, number: int) -> list[str]:
    """The JET numbers of several at once, by a file."""
    rows = [jet.described(year=2023) for _ in range(number)]
    assert send(jet, "participants", rows)["summary"]["created"] == number
    return [row["jet_number"] for row in rows]


def internship(
    jet: Jet, *places: int, opens_in: int = -1, closes_in: int = 1, **conditions: Any
) -> Internship:
    """With one host for each number of places; `conditions` are the first one's."""
    code, day, now = f"INT-{next(_CODES)}", today(jet), jet.now()
    first = day + timedelta(days=30)
    body = {
        "code": code, "fiscal_year": first.year - (first.month < 4), "name_ja": "インターンシップ",
        "name_en": "Internship", "apply_from": (now + timedelta(days=opens_in)).isoformat(),
        "apply_until": (now + timedelta(days=closes_in)).isoformat(), "date_start": first.isoformat(),
        "date_end": (first + timedelta(days=5)).isoformat(),
    }  # fmt: skip
    made = done(jet.call("jet_internship_programmes_create", json=body))
    hosts = []
    for number, seats in enumerate(places):
        body = {
            "code": f"{code}-{number}", "programme_code": code, "organisation_code": jet.organisation().code,
            "places": seats, "place": "東京",
        } | (conditions if number == 0 else {})  # fmt: skip
        host = done(jet.call("jet_internship_hosts_create", json=body))
        found = jet.sql(f"SELECT organisation_id FROM jet.internship_host WHERE id = '{host['id']}'")
        hosts.append(Host(Organisation(UUID(str(found[0][0])), host["organisation_code"]), host["code"]))
    return Internship(jet, made["id"], code, tuple(hosts))


def mark(jet: Jet, one: Internship, **marks: Any) -> None:
    """Marks of all assignments that stand."""
    for found in one.assignments(state="assigned"):
        done(
            jet.call(
                "jet_internship_assignments_change",
                headers={"If-Match": "*"},
                path={"ref": found["id"]},
                json=marks,
            )
        )


def send(jet: Jet, plural: str, rows: list[dict[str, Any]], caller: Caller = COORDINATOR) -> dict[str, Any]:
    """What came of a file of these rows, by the worker's own job."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    sent = jet.served.call(
        "jet_imports_create", caller, {"Content-Type": CSV}, content=("\ufeff" + out.getvalue()).encode(),
        params={"kind": plural},
    )  # fmt: skip
    assert sent.status_code == 202, sent.text
    receipt = sent.json()
    importer = Importer("jet", "jet", jet.served.app.state.service.database, RESOURCES)
    with suppress(Later):
        jet.served.run(importer.work(UUID(receipt["id"]), 1))
    told = done(jet.call("jet_imports_read", caller, path={"import_id": receipt["id"]}))
    problems = done(jet.call("jet_imports_problems", caller, path={"import_id": receipt["id"]}))["items"]
    errors = [(one["row"], one["field"], one["code"]) for one in problems if one["severity"] == "error"]
    return {"summary": told["summary"], "errors": errors}


def steps(jet: Jet, identity: str) -> list[tuple[Any, ...]]:
    """What the audit says became of a record."""
    return [
        tuple(row)
        for row in jet.sql(
            f"SELECT action, from_state, to_state FROM jet.audit_entry WHERE resource_id = '{identity}' "
            "AND action <> 'read' ORDER BY id"
        )
    ]
