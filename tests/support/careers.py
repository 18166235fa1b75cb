"""Courses, fairs and internships of a test's own, made through the door by a coordinator's tool."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from client.api import Api
from client.demo.clients import PROGRAMME, Wanted, credentials, register
from services.system import System
from tests.support.database import private_database, short_folder
from tests.support.offices import Offices, Somebody, offices

COUNTRY = {"alpha2": "XC", "alpha3": "XXC", "name_ja": "架空国", "name_en": "Nowhere"}


@dataclass(frozen=True)
class Person:
    """A participant, who can sign in at the desk."""

    jet_number: str
    who: Somebody


@dataclass
class Careers:
    """`now`: of the business clock. `clair`: a coordinator's tool."""

    office: Offices
    clair: Api
    now: datetime
    made: int = 0

    def code(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}-{uuid4().hex[:6].upper()}{self.made}"

    def after(self, **time: float) -> str:
        return (self.now + timedelta(**time)).isoformat()

    def day(self, days: int) -> str:
        return (self.now + timedelta(days=days)).date().isoformat()

    def move(self, to: str) -> None:
        """The clock of the whole system, forward: of a system that no other test uses."""
        self.office.registrar.post("/identity/v1/clock-moves", {"to": to})
        self.now = datetime.fromisoformat(to)

    def person(self, given: str = "Taylor", *, ago: int = 0) -> Person:
        """Who came this programme year, or so many before it; and served for that year."""
        joined = self.now.year - (self.now.month < 8) - ago
        number = f"20{joined % 100:02d}{uuid4().int % 10**7:07d}"
        home = self.office.organisation(self.code("H"))
        since = {"organisation_code": home, "role": "contracting_organisation", "valid_from": "2020-04-01"}
        self.office.registrar.post("/directory/v1/organisation-roles", since)
        made = self.clair.post("/jet/v1/participants", {
            "jet_number": number, "family_name": "SAMPLE", "given_name": given, "name_kana": "サンプル",
            "nationality": "XC", "job_type": "ALT", "programme_year": joined, "arrival_group": "b",
        })  # fmt: skip
        self.clair.post("/jet/v1/placements", {
            "jet_number": number, "organisation_code": home, "programme_year": joined, "decided_on": f"{joined}-04-01",
        })  # fmt: skip
        self.clair.post("/jet/v1/appointments", {
            "jet_number": number, "organisation_code": home, "programme_year": joined, "job_type": "ALT",
            "starts_on": f"{joined}-08-03", "ends_on": f"{joined + 1}-08-02", "workplace_name": "架空市立中学校",
            "workplace_kind": "school", "school_level": "junior_high",
        })  # fmt: skip
        return Person(number, self.office.person("participant", participant=UUID(made["id"])))

    def run(self, *, seats: int | None = 20, title: str = "Conference", **given: Any) -> str:
        """The code of a run that anybody of its audience may enrol in, with one session."""
        course, edition, run = (self.code(prefix) for prefix in ("C", "E", "R"))
        starts = self.now + timedelta(days=14)
        year = starts.year - (starts.month < 4)
        self.clair.post("/jet/v1/training-courses", {
            "code": course, "kind": "career_vision", "title_ja": "架空研修", "title_en": title,
        })  # fmt: skip
        self.clair.post("/jet/v1/training-editions", {
            "code": edition, "course_code": course, "fiscal_year": year, "name_ja": "架空研修", "name_en": title,
            "audiences": ["alt", "open"], "delivery": "on_site",
        })  # fmt: skip
        self.clair.post("/jet/v1/training-runs", {
            "code": run, "edition_code": edition, "starts_on": self.day(14), "ends_on": self.day(14),
            "place": "架空会館", "enrol_by": "oneself", "enrol_from": self.after(days=-1),
            "enrol_until": self.after(days=10), "seats": seats, **given,
        })  # fmt: skip
        self.clair.post("/jet/v1/training-sessions", {
            "run_code": run, "number": 1, "form": "class", "title_ja": "架空の講義", "title_en": "A lecture",
            "starts_at": f"{self.day(14)}T10:00:00+09:00", "ends_at": f"{self.day(14)}T12:00:00+09:00",
        })  # fmt: skip
        return run

    def fair(self, *companies: str, days: int = 1, first: int = 14, title: str = "Career Fair") -> str:
        """The code of a fair of so many days, at which these exhibit, with two slots each on its first day."""
        code = self.code("FAIR")
        year = int(self.day(first)[:4]) - (int(self.day(first)[5:7]) < 4)
        self.clair.post("/jet/v1/career-fairs", {
            "fair_code": code, "fiscal_year": year, "name_ja": f"架空フェア {title}", "name_en": title,
            "candidates_until": self.after(days=first + 60),
        })  # fmt: skip
        for number in range(1, days + 1):
            on = self.day(first + number - 1)
            self.clair.post("/jet/v1/career-fair-days", {
                "fair_code": code, "day_number": number, "held_on": on, "opens_at": f"{on}T10:00:00+09:00",
                "closes_at": f"{on}T17:00:00+09:00", "venue": "架空会館", "seats": 100,
            })  # fmt: skip
        for company in companies:
            self.clair.post("/jet/v1/fair-exhibitors", {
                "fair_code": code, "organisation_code": company, "booth": "A1", "description_ja": "架空の会社です。",
                "description_en": "We are invented.", "wanted_skills": ["translation"], "wanted_languages": ["en"],
                "wanted_japanese_level": "n2",
            })  # fmt: skip
            for hour in (10, 11):
                on = self.day(first)
                self.clair.post("/jet/v1/interview-slots", {
                    "day_code": f"{code}-1", "organisation_code": company, "table_no": 1,
                    "starts_at": f"{on}T{hour}:00:00+09:00", "ends_at": f"{on}T{hour}:30:00+09:00",
                })  # fmt: skip
        return code

    def internship(self, *hosts: str) -> str:
        """The code of a programme with applications for three days still, and a place at each of these companies."""
        code, starts, ends = self.code("INT"), self.day(10), self.day(14)
        year = int(starts[:4]) - (int(starts[5:7]) < 4)
        self.clair.post("/jet/v1/internship-programmes", {
            "code": code, "fiscal_year": year, "name_ja": "架空インターンシップ", "name_en": "Internship",
            "apply_from": self.after(days=-1), "apply_until": self.after(days=3), "date_start": starts, "date_end": ends,
        })  # fmt: skip
        for host in hosts:
            self.clair.post("/jet/v1/internship-hosts", {
                "code": f"{code}-{host}", "programme_code": code, "organisation_code": host, "places": 1,
                "place": "架空市", "content_ja": "翻訳の仕事", "content_en": "Translation",
            })  # fmt: skip
        return code

    def company(self, name: str = "架空工業株式会社") -> tuple[str, Somebody]:
        code = self.office.organisation(self.code("K"), "company", name)
        return code, self.office.contact(code, name)


@contextmanager
def alone() -> Iterator[Careers]:
    """On a system of its own, whose clock may be moved."""
    with (
        private_database() as postgres,
        short_folder() as folder,
        System(folder, postgres.url()) as system,
        offices(system) as office,
        careers(office) as made,
    ):
        yield made


@contextmanager
def careers(office: Offices) -> Iterator[Careers]:
    office.association()
    if not [one for one in office.registrar.get("/directory/v1/countries")["items"] if one["alpha2"] == "XC"]:
        office.registrar.post("/directory/v1/countries", COUNTRY)
    wanted = Wanted(f"careers-{uuid4().hex[:8]}", "CLAIR", "coordinator", PROGRAMME)
    with Api(office.system.url, credentials(register(office.registrar, wanted, office.system.keys))) as clair:
        now = datetime.fromisoformat(clair.get("/identity/v1/clock")["now"])
        yield Careers(office, clair, now)
