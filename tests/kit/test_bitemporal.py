"""Random histories of appointments and workplaces against a plain-Python model: what was once known stays so."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import pytest

from tests.support.chance import Draw, Steps, among, play, whole
from tests.support.database import CLOCK, Databases
from tests.support.history import LONGEST, Entry, History, Part, Term
from tests.support.jet import Jet, Organisation, appointment, jet_over
from tests.support.loading import load, participant

START = date(2024, 4, 1)
CREATE, CHANGE, READ = "jet_appointments_create", "jet_appointments_change", "jet_appointments_read"
_GROUPS = count(1)
HISTORIES, LENGTH, DAYS = 12, 20, 6


def day(chance: Random) -> date:
    return START + timedelta(days=chance.randint(0, 700))


def length(chance: Random) -> int:
    return chance.choice((chance.randint(0, 400), chance.randint(0, 400), 0, 364, 366, 367))


def loaded(chance: Random) -> datetime:
    return CLOCK - timedelta(days=chance.randint(1, 400))


PICK, YEAR = whole(0, 10), whole(0, 366)
NAME: dict[str, Draw] = {"name": among("架空第一小学校", "架空第二中学校", "架空高等学校")}
TERM: dict[str, Draw] = {"who": PICK, "where": PICK, "starts_on": day}
STEPS: Steps = {
    "appoint": (3, TERM | NAME | {"year": among(2023, 2024), "length": length}),
    "correct_dates": (2, {"which": PICK, "starts_on": day, "length": length, "keep": among(True, False)}),
    "correct_job_type": (1, {"which": PICK, "job": among("ALT", "CIR", "SEA")}),
    "change_workplace": (2, NAME | {"which": PICK, "after": YEAR}),
    "terminate_early": (1, {"who": PICK, "last_day": day}),
    "load_history": (3, TERM | NAME | {"length": YEAR, "known_from": loaded}),
    "load_correction": (2, NAME | {"which": PICK, "length": YEAR, "known_from": loaded}),
    "time_passes": (1, {"days": whole(1, 60)}),
}


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[Jet]:
    """A database of its own: these histories move the clock."""
    with databases.fresh() as postgres, jet_over(postgres) as made:
        yield made


def roster(jet: Jet, family: str, **basis: str) -> set[Entry]:
    answer = jet.call("jet_roster_list", params={"q": family, "limit": 500} | basis)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    made = {
        (
            one["jet_number"], one["programme_year"], one["organisation_code"], one["job_type"],
            date.fromisoformat(one["starts_on"]), date.fromisoformat(one["ends_on"]), one["workplace_name"],
        )
        for one in items
    }  # fmt: skip
    assert len(made) == len(items)
    return made


def _year_after(day: date) -> date:
    return (day - timedelta(days=(day.month, day.day) == (2, 29))).replace(year=day.year + 1)


def _year_before(day: date) -> date:
    return (day - timedelta(days=(day.month, day.day) == (2, 29))).replace(year=day.year - 1)


class Histories:
    def __init__(self, jet: Jet) -> None:
        self.jet = jet
        self.family = f"Synthetic{next(_GROUPS):05d}x"
        self.people = [participant(self.jet, year=2023, family=self.family) for _ in range(2)]
        self.organisations = [self.jet.organisation() for _ in range(2)]
        self.jobs = dict.fromkeys(self.people, "ALT")
        self.left: dict[str, date] = {}
        self.history = History()
        self.instants = [self.jet.now()]

    def done(self, *learnt: tuple[str, Term | None]) -> None:
        """The instant after a change: known from then on, for all that a reader can ask."""
        self.instants.append(self.jet.now())
        for identity, term in learnt:
            self.history.learn(identity, self.instants[-1], term)

    def pick(self, number: int) -> tuple[str, Term] | None:
        held = sorted(self.history.current().items())
        return held[number % len(held)] if held else None

    def meets(self, person: str, starts_on: date, ends_on: date, besides: str = "") -> bool:
        return any(
            identity != besides and term.person == person and term.meets(starts_on, ends_on)
            for identity, term in self.history.current().items()
        )

    def forbidden(self, person: str, year: int, starts_on: date, ends_on: date, *, new: bool) -> bool:
        """Whether the row is refused by itself, or by the participation's state."""
        last = self.left.get(person)
        return (
            ends_on - starts_on > LONGEST
            or not date(year, 4, 1) <= starts_on <= date(year + 1, 8, 31)
            or (last is not None and (new or ends_on > last))
        )

    def today(self) -> date:
        found: date = self.jet.sql("SELECT platform.today()")[0][0]
        return found

    def appoint(self, who: int, where: int, year: int, starts_on: date, length: int, name: str) -> None:
        person, organisation = self.people[who % 2], self.organisations[where % 2]
        ends_on = starts_on + timedelta(days=length)
        job = self.jobs[person]
        body = appointment(person, organisation, starts_on, ends_on, year=year, job=job, workplace=name)
        answer = self.jet.call(CREATE, json=body)
        if self.forbidden(person, year, starts_on, ends_on, new=True):
            assert answer.status_code in (409, 422)
        elif self.meets(person, starts_on, ends_on):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 201, answer.text
            parts = (Part(starts_on, ends_on, name),)
            self.done(
                (answer.json()["id"], Term(person, organisation.code, year, job, starts_on, ends_on, parts))
            )

    def correct_dates(self, which: int, starts_on: date, length: int, keep: bool) -> None:
        if (found := self.pick(which)) is None:
            return
        identity, old = found
        starts_on = old.starts_on if keep else starts_on
        ends_on = starts_on + timedelta(days=length)
        body = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
        answer = self.change(identity, body)
        if self.forbidden(old.person, old.year, starts_on, ends_on, new=False):
            assert answer.status_code == 422
        elif self.meets(old.person, starts_on, ends_on, identity):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200, answer.text
            today = self.today()
            new = old.within(starts_on, ends_on).named(today, old.shown(today).name)
            self.done((identity, new))

    def change(self, identity: str, body: dict[str, Any]) -> Any:
        tag = self.jet.call(READ, path={"ref": identity}).headers["etag"]
        return self.jet.call(CHANGE, path={"ref": identity}, headers={"If-Match": tag}, json=body)

    def correct_job_type(self, which: int, job: str) -> None:
        if (found := self.pick(which)) is None:
            return
        identity, old = found
        person: dict[str, Any] = {"path": {"ref": old.person}}
        tag = self.jet.call("jet_participants_read", **person).headers["etag"]
        changed = self.jet.call(
            "jet_participants_change", headers={"If-Match": tag}, json={"job_type": job}, **person
        )
        assert changed.status_code == 200
        self.jobs[old.person] = job
        answer = self.change(identity, {"job_type": job})
        assert answer.status_code == 200, answer.text
        self.done((identity, Term(**{**vars(old), "job": job})))

    def change_workplace(self, which: int, after: int, name: str) -> None:
        if (found := self.pick(which)) is None:
            return
        identity, old = found
        day = old.starts_on + timedelta(days=after)
        body = {
            "appointment_id": identity, "workplace_name": name, "workplace_kind": "school",
            "school_level": "elementary", "starts_on": day.isoformat(),
        }  # fmt: skip
        answer = self.jet.call("jet_workplaces_create", json=body)
        if day > old.ends_on:
            assert answer.status_code == 422
        elif any(part.starts_on == day for part in old.parts):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 201, answer.text
            self.done((identity, old.moved(day, name)))

    def terminate_early(self, who: int, last_day: date) -> None:
        person = self.people[who % 2]
        body = {
            "jet_number": person, "effective_on": last_day.isoformat(), "initiated_by": "participant",
            "reason": "resignation",
        }  # fmt: skip
        answer = self.jet.call("jet_early_terminations_create", json=body)
        if person in self.left:
            assert answer.status_code == 409
            return
        begins = [term.starts_on for term in self.history.current().values() if term.person == person]
        if not _year_before(min(begins, default=date(2023, 4, 1))) <= last_day <= _year_after(self.today()):
            assert answer.status_code == 422
            return
        assert answer.status_code == 201, answer.text
        self.left[person] = last_day
        touched = {
            identity: term
            for identity, term in self.history.current().items()
            if term.person == person and term.ends_on > last_day
        }
        self.done(
            *(
                (identity, None if term.starts_on > last_day else term.within(term.starts_on, last_day))
                for identity, term in touched.items()
            )
        )

    def load_history(
        self, who: int, where: int, starts_on: date, length: int, known_from: datetime, name: str
    ) -> None:
        person, organisation = self.people[who % 2], self.organisations[where % 2]
        self.load(person, organisation, starts_on, starts_on + timedelta(days=length), known_from, name)

    def load_correction(self, which: int, length: int, known_from: datetime, name: str) -> None:
        if (found := self.pick(which)) is None or found[1].year != 2023:
            return
        old = found[1]
        where = next(one for one in self.organisations if one.code == old.organisation)
        ends_on = old.starts_on + timedelta(days=length)
        self.load(old.person, where, old.starts_on, ends_on, known_from, name)

    def load(
        self,
        person: str,
        where: Organisation,
        starts_on: date,
        ends_on: date,
        known_from: datetime,
        name: str,
    ) -> None:
        job = self.jobs[person]
        body = appointment(person, where, starts_on, ends_on, year=2023, job=job, workplace=name)
        same = {
            identity: term
            for identity, term in self.history.current().items()
            if (term.person, term.organisation, term.year, term.starts_on)
            == (person, where.code, 2023, starts_on)
        }
        identity, old = next(iter(same.items()), ("", None))
        new = Term(person, where.code, 2023, job, starts_on, ends_on, (Part(starts_on, ends_on, name),))
        if old is not None:
            new = Term(**{**vars(old), "job": job}).within(starts_on, ends_on).named(self.today(), name)
        since = self.history.facts[identity][-1][0] if old else known_from
        status = load(self.jet, {"body": body, "known_from": known_from})
        if self.forbidden(person, 2023, starts_on, ends_on, new=old is None) or self.meets(
            person, starts_on, ends_on, identity
        ):
            assert status == 422
        elif new == old:
            assert status == 200
        elif known_from <= since and old is not None:
            # at the very instant of what it corrects, two facts would be known at once
            assert status == 409 if known_from < since else status in (200, 409)
        else:
            assert status == 200
            if old is None:
                identity = self.identity(person, starts_on)
            self.history.learn(identity, known_from, new)
            self.instants += [known_from, known_from - timedelta(microseconds=1)]

    def identity(self, person: str, starts_on: date) -> str:
        found = self.jet.sql(
            "SELECT a.id FROM jet.appointment AS a JOIN jet.participant AS p ON p.id = a.participant_id "
            f"WHERE jet_number = '{person}' AND starts_on = '{starts_on}'"
        )
        return str(UUID(str(found[0][0])))

    def time_passes(self, days: int) -> None:
        self.jet.advance(days)

    def end(self, chance: Random) -> None:
        """What is known now, and what was at each instant: on no day, and on some of those on which anything changes."""
        assert roster(self.jet, self.family) == self.history.roster(self.jet.now(), None)
        days = {START - timedelta(days=1)}
        for term in (one for versions in self.history.facts.values() for _, one in versions):
            if term is not None:
                days |= {term.starts_on, term.ends_on, *(part.starts_on for part in term.parts)}
        for at in sorted(set(self.instants)):
            for as_of in (None, *chance.sample(sorted(days), min(DAYS, len(days)))):
                basis = {"known_at": at.isoformat()} | ({"as_of": as_of.isoformat()} if as_of else {})
                assert roster(self.jet, self.family, **basis) == self.history.roster(at, as_of), basis


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_roster_of_a_random_history_is_the_models(house: Jet, seed: int) -> None:
    play(Histories(house), STEPS, seed, LENGTH)
