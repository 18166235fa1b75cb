"""A system of its own in the season of a survey: host authorities with members, their officers, and who serves there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from client.api import Api
from client.demo.clients import PROGRAMME, Wanted, credentials, register
from services.system import System
from tests.support.database import private_database, short_folder
from tests.support.offices import Offices, Somebody, offices

YEAR = 2027
FIRST = "2020-04-01"
DAYS = 30  # to the host authorities' deadline
KAGAWA, TAKAMATSU, MARUGAME = "370002", "372013", "372021"
CLAIR = Wanted("season-clair", "CLAIR", "coordinator", PROGRAMME)


@dataclass
class Season:
    """`clerks` and `hosts`: the officer of each organisation, by its code."""

    system: System
    office: Offices
    coordinator: Api
    deadline: datetime
    clerks: dict[str, Somebody] = field(default_factory=dict)
    hosts: dict[str, Somebody] = field(default_factory=dict)

    def state_of(self, code: str) -> str:
        asked: dict[str, str | int | bool] = {"organisation": code, "programme_year": YEAR}
        return str(self.coordinator.get("/jet/v1/placement-submissions", asked)["items"][0]["state"])

    def serving(self, code: str, name: Sequence[str] = ("SAMPLE", "Taylor"), year: int = YEAR - 1) -> str:
        """Somebody who has come in `year` and serves there to its end; the JET number."""
        family, given = name
        person = self.coordinator.post("/jet/v1/participants", {
            "jet_number": self.next_number(), "family_name": family, "given_name": given, "name_kana": "サンプル",
            "nationality": "US", "job_type": "ALT", "programme_year": year, "arrival_group": "b",
        })  # fmt: skip
        self.appointed(person["jet_number"], code, year)
        return str(person["jet_number"])

    def appointed(self, number: str, code: str, year: int, **more: Any) -> dict[str, Any]:
        self.coordinator.post("/jet/v1/placements", {
            "jet_number": number, "organisation_code": code, "programme_year": year, "decided_on": f"{year}-04-01",
        })  # fmt: skip
        made: dict[str, Any] = self.coordinator.post("/jet/v1/appointments", {
            "jet_number": number, "organisation_code": code, "programme_year": year, "job_type": "ALT",
            "starts_on": f"{year}-08-03", "ends_on": f"{year + 1}-08-02", "workplace_name": "架空市立中学校",
            "workplace_kind": "school", "school_level": "junior_high", **more,
        })  # fmt: skip
        return made

    def next_number(self) -> str:
        self.count = getattr(self, "count", 0) + 1
        return f"20{YEAR - 2000:02d}{self.count:07d}"


@contextmanager
def season(members: Mapping[str, Sequence[str]], *, clerks: bool = True) -> Iterator[Season]:
    """`members`: by the code of their host authority; with an officer each, unless `clerks` is false. The survey of YEAR is open, and its deadline DAYS away."""
    with (
        private_database() as postgres,
        short_folder() as folder,
        System(folder, postgres.url()) as system,
        offices(system) as office,
    ):
        office.registrar.post(
            "/directory/v1/countries",
            {"alpha2": "US", "alpha3": "USA", "name_ja": "アメリカ合衆国", "name_en": "United States"},
        )
        for host, own in members.items():
            _organisations(office, host, own)
        with Api(system.url, credentials(register(office.registrar, CLAIR, system.keys))) as coordinator:
            now = datetime.fromisoformat(coordinator.get("/identity/v1/clock")["now"])
            deadline = now + timedelta(days=DAYS)
            coordinator.post("/jet/v1/placement-surveys", {
                "programme_year": YEAR, "host_deadline_at": deadline.isoformat(),
                "clair_deadline_at": (deadline + timedelta(days=14)).isoformat(),
            })  # fmt: skip
            made = Season(system, office, coordinator, deadline)
            for host, own in members.items():
                made.hosts[host] = office.officer(host, "host", "霧杜 試")
                for code in own if clerks else ():
                    made.clerks[code] = office.officer(code, name="星渡 試")
            yield made


def _organisations(office: Offices, host: str, members: Sequence[str]) -> None:
    office.organisation(host, "prefecture", "架空県")
    for code in members:
        office.organisation(code, name=f"架空{code[-2:]}市")
    post = office.registrar.post
    for code in (host, *members):
        role = "host_authority" if code == host else "contracting_organisation"
        post(
            "/directory/v1/organisation-roles", {"organisation_code": code, "role": role, "valid_from": FIRST}
        )
    for code in members:
        post("/directory/v1/hierarchies", {"member_code": code, "host_code": host, "valid_from": FIRST})
