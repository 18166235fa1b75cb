"""Where a person works and lives and who looks after them; every school and official is invented."""

from collections import defaultdict
from random import Random
from typing import NamedTuple

from client.demo.names import invent_official
from client.demo.organisations import SCHOOL_HEADS, Directory, Organisation

LEVEL_NAMES = {
    "elementary": "小学校",
    "junior_high": "中学校",
    "senior_high": "高等学校",
    "special_needs": "特別支援学校",
}
LEVELS: dict[str, tuple[str, ...]] = {
    "prefecture": (*["senior_high"] * 8, "special_needs"),
    "school_corporation": ("senior_high", "senior_high", "junior_high"),
}
TOWN_LEVELS = ("elementary", "junior_high", "elementary", "junior_high", "senior_high")
OFFICE_SUFFIX = {"prefecture": "庁", "town": "役場", "village": "役場"}
HOUSING_TYPES = ("public_housing", "private_rental", "private_rental", "teacher_housing", "other")


class Workplace(NamedTuple):
    workplace_name: str
    workplace_kind: str
    school_level: str
    workplace_municipality_code: str
    workplace_days: int


class Supervisor(NamedTuple):
    supervisor_name: str = ""
    supervisor_phone: str = ""
    supervisor_email: str = ""


class Housing(NamedTuple):
    housing_type: str = ""
    housing_rent_yen: str = ""
    housing_provider: str = ""


class Surroundings(NamedTuple):
    workplace: Workplace
    supervisor: Supervisor
    housing: Housing


class Workplaces:
    """Gives a person the same workplace, supervisor and housing for as long as an organisation is theirs."""

    def __init__(self, rng: Random, directory: Directory) -> None:
        self._rng = rng
        self._directory = directory
        self._towns = directory.municipalities()
        self._officials: dict[str, list[Supervisor]] = defaultdict(list)

    def invent(self, code: str, job: str) -> Surroundings:
        organisation = self._directory.organisations[code]
        return Surroundings(self._workplace(organisation, job), self._supervisor(code), self._housing())

    def _workplace(self, organisation: Organisation, job: str) -> Workplace:
        town = organisation.code
        if organisation.kind in {"prefecture", "school_corporation"}:
            town = self._rng.choice(self._towns[organisation.prefecture]).code
        if job != "ALT":
            office = organisation.name + OFFICE_SUFFIX.get(organisation.kind, "役所")
            return Workplace(f"{office} 国際交流課", "office", "", town, 5)
        level = self._rng.choice(LEVELS.get(organisation.kind, TOWN_LEVELS))
        days = self._rng.choice((5, 5, 5, 4, 3))
        return Workplace(self._school(organisation) + LEVEL_NAMES[level], "school", level, town, days)

    def _school(self, organisation: Organisation) -> str:
        if organisation.kind == "school_corporation":
            return organisation.name.removeprefix("学校法人")
        return f"{organisation.name}立{self._rng.choice(SCHOOL_HEADS).split(':')[0]}"

    def _supervisor(self, code: str) -> Supervisor:
        known = self._officials[code]
        if not known or self._rng.random() < 0.1:
            number = len(known) + 1
            phone = f"000-0000-{self._rng.randrange(10000):04}"  # no such prefix is in use
            known.append(Supervisor(invent_official(self._rng), phone, f"jet{number}@{code.lower()}.example"))
        return self._rng.choice(known)

    def _housing(self) -> Housing:
        if self._rng.random() < 0.12:
            return Housing()
        kind = self._rng.choice(HOUSING_TYPES)
        rent = self._rng.randrange(8_000, 65_000, 500)
        provider = "架橋住宅（架空）" if kind == "private_rental" else ""
        return Housing(kind, str(rent), provider)
