"""A career fair of the test's own: days, exhibitors, people who register, slots."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx

from tests.support.jet import COORDINATOR, Jet, Organisation
from tests.support.serving import Caller

_CODES = count(1)
ALL = ["display_name", "headline", "languages", "skills", "japanese_ability", "wishes", "cv"]
PROFILE = {
    "display_name": "Mika", "headline": "Editor of a village paper", "languages": ["en", "fr"],
    "skills": ["translation", "public_relations"], "japanese_ability": "n2", "wishes": "An office by the sea",
    "cv": "Wrote.\nRead.",
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    jet_number: str
    caller: Caller


@dataclass
class Fair:
    """Opens in ten days' time, at ten."""

    jet: Jet
    code: str
    opens_at: datetime
    days: list[str] = field(default_factory=list)

    def day(self, number: int = 1, *, venue: str = "架空会館", after: int = 0, **changes: Any) -> str:
        opens_at = self.opens_at + timedelta(days=after)
        body = {
            "fair_code": self.code, "day_number": number, "held_on": opens_at.date().isoformat(),
            "opens_at": opens_at.isoformat(), "closes_at": (opens_at + timedelta(hours=7)).isoformat(), "venue": venue,
        }  # fmt: skip
        made = done(self.jet.call("jet_career_fair_days_create", json=body | changes))
        self.days.append(made["day_code"])
        return str(made["day_code"])

    def exhibitor(self, **changes: Any) -> tuple[Organisation, Caller]:
        organisation = self.jet.organisation()
        return organisation, self.exhibits(organisation, **changes)

    def exhibits(self, organisation: Organisation, **changes: Any) -> Caller:
        body = {"fair_code": self.code, "organisation_code": organisation.code}
        done(self.jet.call("jet_fair_exhibitors_create", json=body | changes))
        return Caller("business", f"tool-{organisation.code}", organisation.id)

    def register(self, person: Person, day: str = "", **profile: Any) -> dict[str, Any]:
        body = {"day_code": day or self.days[0], "jet_number": person.jet_number} | (profile or PROFILE)
        return done(self.jet.call("jet_fair_registrations_create", person.caller, json=body))

    def slot(
        self, organisation: Organisation, minutes: int = 0, *, table: int = 1, day: str = "", length: int = 20
    ) -> str:
        starts_at = self.opens_at + timedelta(minutes=minutes)
        body = {
            "day_code": day or self.days[0], "organisation_code": organisation.code, "table_no": table,
            "starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(minutes=length)).isoformat(),
        }  # fmt: skip
        return str(done(self.jet.call("jet_interview_slots_create", json=body))["id"])


def done(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response) -> tuple[int, str, list[str]]:
    body = answer.json()
    return answer.status_code, body["code"], [error["code"] for error in body.get("errors", [])]


def fair(jet: Jet, *, days: int = 1, seats: int | None = None, **changes: Any) -> Fair:
    opens_at = (jet.now() + timedelta(days=10)).replace(hour=1, minute=0, second=0, microsecond=0)
    code = f"FAIR-{next(_CODES)}"
    body = {
        "fair_code": code, "fiscal_year": 2024, "name_ja": "架空フェア", "name_en": "Fair",
        "candidates_until": (opens_at + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    done(jet.call("jet_career_fairs_create", json=body | changes))
    made = Fair(jet, code, opens_at)
    for number in range(days):
        made.day(number + 1, after=number, seats=seats)
    return made


def person(jet: Jet, family: str = "Doe") -> Person:
    number = jet.participant(family=family)
    (row,) = jet.sql(f"SELECT id FROM jet.participant WHERE jet_number = '{number}'")
    return Person(number, Caller("participant", f"tool-{number}", person=UUID(str(row[0]))))


def consent(jet: Jet, who: Person, registration: dict[str, Any], *fields: str) -> httpx.Response:
    return jet.call(
        "jet_fair_registrations_consent", who.caller, path={"ref": registration["id"]},
        json={"shared_fields": list(fields) or ALL},
    )  # fmt: skip


def withdraw_consent(
    jet: Jet, who: Person, registration: dict[str, Any], caller: Caller | None = None
) -> httpx.Response:
    path = {"ref": registration["id"]}
    return jet.call("jet_fair_registrations_withdraw_consent", caller or who.caller, path=path)


def candidates(jet: Jet, company: Caller, **params: Any) -> list[dict[str, Any]]:
    answer = jet.call("jet_fair_candidates_list", company, params=params)
    items: list[dict[str, Any]] = done(answer, 200)["items"]
    return items


__all__ = ["COORDINATOR", "Fair", "Person", "candidates", "consent", "done", "fair", "person", "refused"]


def crowd(jet: Jet, made: Fair, size: int, *, consented: bool = True) -> list[tuple[Person, str]]:
    """People with a place on the first day, whom an import might have brought: each with their registration."""
    shared = "now(), '{headline}'" if consented else "NULL, '{}'"
    found = jet.sql(f"""
        WITH day AS (SELECT id, fair_id, pool_id FROM jet.career_fair_day WHERE code = '{made.days[0]}'),
        people AS (
            INSERT INTO jet.participant (jet_number)
            SELECT '209' || lpad((nextval('jet.receipt_number') * 1000 + n)::text, 8, '0') FROM generate_series(1, {size}) AS n
            RETURNING id, jet_number),
        seats AS (
            INSERT INTO jet.capacity_claim (id, pool_id, state)
            SELECT p.id, day.pool_id, 'confirmed' FROM people AS p, day RETURNING id),
        registered AS (
            INSERT INTO jet.fair_registration (id, fair_id, day_id, participant_id, consented_at, shared_fields)
            SELECT p.id, day.fair_id, day.id, p.id, {shared} FROM people AS p, day),
        told AS (
            INSERT INTO jet.fair_profile (registration_id, headline) SELECT id, 'Headline ' || id FROM people)
        SELECT p.id, p.jet_number FROM people AS p JOIN seats AS s ON s.id = p.id ORDER BY 1""")
    return [
        (Person(number, Caller("participant", f"tool-{number}", person=UUID(str(identity)))), str(identity))
        for identity, number in found
    ]


async def together(asked: Iterable[Coroutine[Any, Any, httpx.Response]]) -> list[httpx.Response]:
    """All at once, five times as many at work as the service has connections to write with."""
    turn = asyncio.Semaphore(40)

    async def one(request: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        async with turn:
            return await request

    return await asyncio.gather(*(one(request) for request in asked))


async def patiently(jet: Jet, operation: str, caller: Caller, **options: Any) -> httpx.Response:
    """As a client asks: again where the service is busy."""
    for _ in range(20):
        answer = await jet.served.send(operation, caller, **options)
        if answer.status_code != 503:
            break
        await asyncio.sleep(0.05)
    return answer
