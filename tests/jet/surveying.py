"""A survey of the tests' own: a host authority with its members, their rows, and what became of their submissions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from services.jet.submissions.service import open_for_writing, settle
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.session import Arrival
from services.kit.ids import OrganisationId, uuid7
from tests.jet.playing import done
from tests.support.jet import COORDINATOR, Jet, Organisation
from tests.support.serving import Caller

_YEARS = count(2030)
_FILES = count(1)


def tool(role: str, organisation: Organisation) -> Caller:
    return Caller(role, f"{role}-{organisation.code}".replace("_", "-"), organisation.id)


def somebody(tool: Caller) -> Caller:
    """A person of the role, with the tool."""
    return replace(tool, person=uuid4())


DECIDING = somebody(COORDINATOR)


@dataclass(frozen=True)
class Survey:
    """Of a year that no other test has. `host` and `members` are callers, `own` their organisations."""

    jet: Jet
    year: int
    id: str
    deadline: datetime
    host: Caller
    home: Organisation
    members: tuple[Caller, ...]
    own: tuple[Organisation, ...]

    def of(self, number: int, caller: Caller = COORDINATOR) -> dict[str, Any]:
        """The submission of a member."""
        params = {"programme_year": self.year, "organisation": self.own[number].code}
        found = done(self.jet.call("jet_placement_submissions_list", caller, params=params))["items"]
        return dict(found[0]) if found else {}

    def states(self) -> list[str]:
        return [str(self.of(number)["state"]) for number in range(len(self.own))]

    def submit(self, number: int, caller: Caller | None = None) -> httpx.Response:
        return self._give("submit", number, caller or self.members[number])

    def give_back(self, number: int, caller: Caller | None = None, **remark: object) -> httpx.Response:
        remarks = [{"remark": "席数を確認してください。"} | remark]
        return self._give("return", number, caller or self.host, json={"remarks": remarks})

    def _give(self, verb: str, number: int, caller: Caller, **options: Any) -> httpx.Response:
        path = {"ref": self.of(number)["id"]}
        return self.jet.call(f"jet_placement_submissions_{verb}", caller, path=path, **options)

    def consolidate(self, caller: Caller | None = None, **given: object) -> httpx.Response:
        body = {"organisation_code": self.home.code, "programme_year": self.year} | given
        return self.jet.call("jet_placement_consolidations_create", caller or self.host, json=body)

    def approve(self, act: str, caller: Caller = DECIDING) -> httpx.Response:
        return self.jet.call("jet_placement_consolidations_approve", caller, path={"ref": act})

    def receipts(self, number: int, caller: Caller = COORDINATOR) -> list[dict[str, Any]]:
        params = {"programme_year": self.year, "organisation": self.own[number].code}
        found: list[dict[str, Any]] = done(
            self.jet.call("jet_placement_receipts_list", caller, params=params)
        )["items"]
        return found

    def ask_for(self, number: int, seats: Sequence[int], year: int | None = None) -> None:
        """New seats, as rows that are there already."""
        for line, wanted in enumerate(seats, 1):
            self.jet.sql(
                "INSERT INTO jet.placement_request (organisation_id, programme_year, line, entry, job_type, "
                f"arrival_group, seats) VALUES ('{self.own[number].id}', {year or self.year}, {line}, 'new', 'ALT', 'a', {wanted})"
            )

    def steps(self, number: int) -> list[tuple[str, str | None, str | None]]:
        """What the audit says became of a submission."""
        found = self.jet.sql(
            "SELECT action, from_state, to_state FROM jet.audit_entry WHERE resource = 'placement-submissions' "
            f"AND resource_id = '{self.of(number)['id']}' ORDER BY id"
        )
        return [(str(row[0]), row[1], row[2]) for row in found]

    def events(self, number: int, resource: str = "placement-submissions") -> int:
        found = self.jet.sql(
            f"SELECT count(*) FROM jet.outbox WHERE resource = '{resource}' AND resource_id IN "
            f"(SELECT s.id FROM jet.{resource.replace('-', '_')[:-1]} AS s WHERE s.organisation_id = '{self.own[number].id}')"
        )
        return int(found[0][0])

    def late(self) -> None:
        """The clock of the sandbox moves to the host authority's deadline."""
        self.jet.sql(
            f"UPDATE platform.clock SET offset_by = '{self.deadline.isoformat()}'::timestamptz - now()"
        )


def contracting(jet: Jet, role: str = "contracting_organisation") -> Organisation:
    made = jet.organisation()
    jet.sql(
        "INSERT INTO directory.organisation_role (organisation_id, role, valid_from) "
        f"VALUES ('{made.id}', '{role}', '2020-04-01')"
    )
    return made


def joins(jet: Jet, member: Organisation, host: Organisation) -> None:
    jet.sql(
        "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) "
        f"VALUES ('{member.id}', '{host.id}', '2020-04-01')"
    )


def surveyed(jet: Jet, members: int = 2, days: int = 30) -> Survey:
    home = contracting(jet, "host_authority")
    own = tuple(contracting(jet) for _ in range(members))
    for one in own:
        joins(jet, one, home)
    year, deadline = next(_YEARS), jet.now() + timedelta(days=days)
    body = {
        "programme_year": year,
        "host_deadline_at": deadline.isoformat(),
        "clair_deadline_at": (deadline + timedelta(days=14)).isoformat(),
    }
    made = done(jet.call("jet_placement_surveys_create", json=body))
    callers = tuple(tool("organisation", one) for one in own)
    host = somebody(tool("host_authority", home))
    return Survey(jet, year, made["id"], deadline, host, home, callers, own)


async def sends(
    survey: Survey, caller: Caller, organisations: Sequence[Organisation], at: datetime | None = None,
    year: int | None = None,
) -> list[tuple[str, str]]:  # fmt: skip
    """A file of one row each that arrived then, or with `at` None a single write; what is found wrong with it."""
    own = OrganisationId(caller.organisation) if caller.organisation else None
    principal = Principal(caller.client or caller.role, None, caller.role, own, frozenset())
    year = year or survey.year
    rows = [
        {"_row": number, "organisation_id": one.id, "programme_year": year}
        for number, one in enumerate(organisations)
    ]
    database = survey.jet.served.app.state.service.database
    async with database.writing(Scope(principal, "all" if own is None else "own")) as session:
        if at is not None:
            number = f"R-{next(_FILES):06d}"
            session.arrival = Arrival(uuid7(), number, at, sha256(number.encode()).digest())
        found = await open_for_writing(session, rows)
        if not found:
            await settle(session, [(one.code, year) for one in organisations])
        return [(name, finding.code) for told in found.values() for name, finding in told]
