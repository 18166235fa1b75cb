"""Synthetic offices and the people in them, made through the front door for tests of the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from client.api import Api
from client.credentials import Secret
from client.problem import Problem
from services.launcher import registrar
from services.system import System


@dataclass(frozen=True)
class Somebody:
    id: UUID
    number: str
    name: str
    email: str


@dataclass
class Offices:
    system: System
    registrar: Api

    def association(self) -> str:
        """CLAIR itself, which other tests of the same system may have made."""
        try:
            self.registrar.get("/directory/v1/organisations/CLAIR")
        except Problem:
            self.organisation("CLAIR", "association")
        return "CLAIR"

    def abroad(self, code: str, city: str) -> None:
        """An overseas office in France, which other tests of the same system may have made."""
        try:
            self.registrar.get("/directory/v1/countries/FR")
        except Problem:
            self.registrar.post("/directory/v1/countries", {
                "alpha2": "FR", "alpha3": "FRA", "name_ja": "フランス", "name_en": "France",
            })  # fmt: skip
        try:
            self.registrar.get(f"/directory/v1/overseas-offices/{code}")
        except Problem:
            self.registrar.post("/directory/v1/overseas-offices", {
                "code": code, "name_ja": f"{city}事務所", "name_en": f"Office in {code}", "city_ja": city,
                "city_en": code.title(), "country": "FR", "time_zone": "Europe/Paris",
            })  # fmt: skip

    def organisation(self, code: str, kind: str = "city", name: str = "架空市") -> str:
        self.registrar.post("/directory/v1/organisations", {"code": code, "name": name, "kind": kind})
        return code

    def person(
        self,
        kind: str,
        name: str = "架空 試",
        email: str | None = None,
        participant: UUID | None = None,
        company: str | None = None,
    ) -> Somebody:
        number = f"P-{uuid4().hex[:10].upper()}"
        address = email or f"{number.lower()}@office.example"
        body = {"number": number, "kind": kind, "name": name, "email": address}
        if participant is not None:
            body["participant_id"] = str(participant)
        if company is not None:
            body["company"] = company
        made = self.registrar.post("/directory/v1/people", body)
        return Somebody(UUID(made["id"]), number, name, address)

    def post(self, somebody: Somebody, organisation: str, section: str, since: str = "2020-04-01") -> str:
        made = self.registrar.post("/directory/v1/posts", {
            "person_number": somebody.number, "organisation_code": organisation, "section": section,
            "title": "主事", "valid_from": since,
        })  # fmt: skip
        return str(made["id"])

    def staff(self, section: str = "jet", name: str = "架空 試", email: str | None = None) -> Somebody:
        """A member of CLAIR's staff: `jet` a coordinator, `registry` a registrar, `audit` an auditor."""
        somebody = self.person("staff", name, email)
        self.post(somebody, self.association(), section)
        return somebody

    def officer(
        self,
        organisation: str,
        section: str = "international",
        name: str = "架空 試",
        email: str | None = None,
    ) -> Somebody:
        somebody = self.person("officer", name, email)
        self.post(somebody, organisation, section)
        return somebody

    def contact(self, organisation: str, company: str = "架空工業株式会社") -> Somebody:
        """Whoever comes for an exhibitor or a host company."""
        somebody = self.person("contact", company=company)
        self.post(somebody, organisation, "人事課")
        return somebody


@contextmanager
def offices(system: System) -> Iterator[Offices]:
    known = registrar(system)
    with Api(system.url, Secret(str(known["client_id"]), str(known["client_secret"]))) as opener:
        yield Offices(system, opener)
