"""The open tables of chapter 3 of the FY2024 report as records of people, in folders that `kakehashi load` takes.

The tables say how many came; the people are made up to these counts. Several courses have the same person, and one
has some in two of its months, who are counted once.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from tests.jet.reporting import BRIEFED, Files, Rows, printed

# how many of whom each line had; what the tables count together is split by what their audience says
NEW = {"april": 104, "a": 908, "b": 929, "ad_hoc": 177}
STAYING = {"ALT": 1_000, "CIR": 408, "SEA": 9}
TEACHERS = {"alt_conference": 40, "advanced": 53}
STAFF = {"sea_conference": 4, "organisation_seminar": 577, "leavers_briefing": 318}
PREFECTURAL_STAFF = 80  # of the first training of advisers
TWICE = 10
ANYWHERE = "2024-09-02"  # of a run that is held as required
COMPANIES = 99
REGION = "030007"  # whose name table 55 prints
AUDIENCES = {
    "orientation": "new_participant", "alt_conference": "alt;teacher", "cir_conference": "cir",
    "sea_conference": "sea;organisation_staff", "e_learning": "new_participant", "advanced": "alt;teacher",
    "organisation_seminar": "organisation_staff", "adviser_training": "adviser;organisation_staff",
    "opinion_exchange": "alt", "leavers_briefing": "alt;organisation_staff", "career_vision": "alt",
    "job_hunting": "alt",
}  # fmt: skip


@dataclass
class People:
    """JET numbers by what the courses ask of them."""

    new: dict[str, list[str]] = field(default_factory=dict)
    staying: dict[str, list[str]] = field(default_factory=dict)

    @property
    def alts(self) -> list[str]:
        return [*self.staying["ALT"], *chain.from_iterable(self.new.values())]

    @property
    def newcomers(self) -> list[str]:
        return list(chain.from_iterable(self.new.values()))


def people() -> tuple[People, Rows]:
    made, rows = People(), list[dict[str, Any]]()

    def described(count: int, job: str, year: int, group: str) -> list[str]:
        first = len(rows)
        rows.extend(
            {
                "jet_number": f"2094{number:07d}", "family_name": f"SAMPLE{number}", "given_name": "Robin",
                "nationality": "QX", "job_type": job, "programme_year": year, "arrival_group": group,
            }
            for number in range(first, first + count)
        )  # fmt: skip
        return [str(row["jet_number"]) for row in rows[first:]]

    made.new = {group: described(count, "ALT", 2024, group) for group, count in NEW.items()}
    made.staying = {job: described(count, job, 2023, "b") for job, count in STAYING.items()}
    return made, rows


class Attended(Files):
    """The same definitions, counted by attendance: each line with the people who were there."""

    def __init__(self, known: People) -> None:
        super().__init__()
        self.sessions: Rows = []
        self.enrolments: Rows = []
        self.attendances: Rows = []
        self.progress: Rows = []
        self._known = known

    def line(self, table: str, row: dict[str, Any]) -> None:
        first = len(self.runs)
        super().line(table, row)
        runs = self.runs[first:]
        edition = self.editions[runs[0]["edition_code"].removesuffix("-2024")]
        kind = self.courses[edition["course_code"]]["kind"]
        edition |= {"counted_by": "attendance", "audiences": AUDIENCES[kind]}
        who = list(self._who(kind, int(row["participants"]), runs[0]))
        assert len(who) == int(row["participants"]), (kind, len(who))
        for place, run in enumerate(runs):
            self._held(kind, run, who[place :: len(runs)])
        if len(runs) > 1:  # some come again, and are counted once
            self._held(kind, runs[-1], who[:: len(runs)][:TWICE], session=False)

    def _who(self, kind: str, count: int, run: dict[str, Any]) -> Iterator[dict[str, Any]]:
        known = self._known
        if kind == "orientation":
            group = {104: "april", 908: "a", 929: "b", 177: "ad_hoc"}[count]
            run["arrival_group"] = group
            yield from _numbers(known.new[group], "new_participant", count)
        elif kind == "adviser_training":
            advisers = count - (PREFECTURAL_STAFF if count > PREFECTURAL_STAFF else 0)
            yield from _numbers(known.staying["ALT"], "adviser", advisers)
            yield from _named("organisation_staff", count - advisers)
        else:
            staff, teachers = STAFF.get(kind, 0), TEACHERS.get(kind, 0)
            pool, audience = {
                "cir_conference": (known.staying["CIR"], "cir"), "sea_conference": (known.staying["SEA"], "sea"),
                "e_learning": (known.newcomers, "new_participant"), "advanced": (known.staying["ALT"], "alt"),
            }.get(kind, (known.alts, "alt"))  # fmt: skip
            yield from _numbers(pool, audience, count - staff - teachers)
            yield from _named("organisation_staff", staff)
            yield from _named("teacher", teachers)

    def _held(
        self, kind: str, run: dict[str, Any], who: list[dict[str, Any]], *, session: bool = True
    ) -> None:
        code, day = run["code"], run.get("starts_on") or ANYWHERE
        self.enrolments += [{"run_code": code, "certain": "true"} | one for one in who]
        if kind == "e_learning":
            self.progress += [
                {"run_code": code, "jet_number": one["jet_number"], "percent": 40, "read_on": "2025-03-31"}
                for one in who
            ]
            return
        if session:
            self.sessions.append({
                "run_code": code, "number": 1, "form": "class", "starts_at": f"{day}T09:00:00+09:00",
                "ends_at": f"{day}T17:00:00+09:00",
            })  # fmt: skip
        told = [{name: value for name, value in one.items() if name != "audience"} for one in who]
        self.attendances += [
            {"run_code": code, "session_number": 1, "attendance": "present"} | one for one in told
        ]


def _numbers(numbers: Iterable[str], audience: str, count: int) -> Iterator[dict[str, Any]]:
    return ({"jet_number": number, "audience": audience} for number in islice(numbers, count))


def _named(audience: str, count: int) -> Iterator[dict[str, Any]]:
    return (
        {
            "organisation_code": BRIEFED[number % len(BRIEFED)], "attendee_name": f"架空 {number:04d}",
            "attendee_email": f"{audience}{number}@office.example", "audience": audience,
        }
        for number in range(count)
    )  # fmt: skip


def write(folder: Path, service: str, files: dict[str, Rows]) -> None:
    """In the order given, as `kakehashi load` reads them."""
    folder.mkdir(exist_ok=True)
    for place, (kind, rows) in enumerate(files.items(), 1):
        names = list(dict.fromkeys(name for row in rows for name in row))
        with (folder / f"{place:03d}-{service}-{kind}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, names)
            writer.writeheader()
            writer.writerows(rows)


def directory() -> dict[str, Rows]:
    kinds = {"1": "道", "2": "府"}
    return {
        "countries": [{"alpha2": "QX", "alpha3": "QXX", "name_ja": "架空国", "name_en": "Nowhere"}],
        "organisations": [
            *({"code": code, "name": f"架空{kinds.get(code[1], '県')}", "kind": "prefecture"} for code in BRIEFED),
            {"code": REGION, "name": printed("55")[0]["municipality"], "kind": "prefecture"},
            *({"code": f"C-{n:03d}", "name": f"架空商事{n}", "kind": "company"} for n in range(COMPANIES)),
        ],
    }  # fmt: skip


def fairs(known: People) -> dict[str, Rows]:
    """Table 52: one fair with a day at each venue; some exhibit at both."""
    days, exhibitors, registered = [], dict[str, list[int]](), []
    for number, row in enumerate(printed("52"), 1):
        day = row["date_start"]
        days.append({
            "fair_code": "FAIR-2024", "day_number": number, "held_on": day, "opens_at": f"{day}T10:00:00+09:00",
            "closes_at": f"{day}T17:00:00+09:00", "venue": row["venue"],
        })  # fmt: skip
        for company in range(int(row["exhibitors"])):
            exhibitors.setdefault(f"C-{company:03d}", []).append(number)
        registered += [
            {"day_code": f"FAIR-2024-{number}", "jet_number": who}
            for who in islice(known.alts, int(row["participants"]))
        ]
    return {
        "career-fairs": [{
            "fair_code": "FAIR-2024", "fiscal_year": 2024, "name_ja": "キャリアフェア", "name_en": "Career fair",
            "candidates_until": "2025-03-31T00:00:00+09:00",
        }],
        "career-fair-days": days,
        "fair-exhibitors": [
            {"fair_code": "FAIR-2024", "organisation_code": code, "day_numbers": ";".join(map(str, at))}
            for code, at in exhibitors.items()
        ],
        "fair-registrations": registered,
        "fair-attendances": registered,
    }  # fmt: skip


def internships(known: People) -> dict[str, Rows]:
    """Tables 54, 54a and 55: CLAIR's own with its hosts, and a regional one that reports its counts."""
    (own,), (regional,), periods = printed("54"), printed("55"), printed("54a")
    hosts, interns = int(own["host_bodies"]), list(islice(known.alts, int(own["participants"])))
    of = {"programme_code": "INTERNS-2024"}
    wishes = [
        of | {"jet_number": who, "first_host_code": f"HOST-{place % hosts}", "japanese_level": "n3"}
        for place, who in enumerate(interns)
    ]
    return {
        "internship-programmes": [
            {
                "code": "INTERNS-2024", "fiscal_year": 2024, "name_ja": "インターンシップ", "name_en": "Internships",
                "apply_from": "2024-06-01T00:00:00+09:00", "apply_until": "2024-07-01T00:00:00+09:00",
                "date_start": periods[0]["date_start"], "date_end": periods[-1]["date_end"],
            },
            {
                "code": "REGIONAL-2024", "fiscal_year": 2024, "name_ja": "企業訪問", "name_en": "Visits",
                "organiser_code": REGION, "granted": "true", "content_ja": regional["content"],
                "date_start": regional["date_start"], "date_end": regional["date_end"],
                "participants_reported": regional["participants"],
                "jet_participants_reported": regional["jet_participants"], "host_bodies_reported": regional["host_bodies"],
            },
        ],
        "internship-periods": [
            of | {
                "period_no": one["period_no"], "label_ja": one["label"], "label_en": "Days",
                "date_start": one["date_start"], "date_end": one["date_end"], "note": one["note"],
            }
            for one in periods
        ],
        "internship-hosts": [
            of | {"code": f"HOST-{place}", "organisation_code": f"C-{place:03d}", "places": 2} for place in range(hosts)
        ],
        "internship-applications": wishes,
        "internship-assignments": [
            of | {
                "jet_number": one["jet_number"], "internship_host_code": one["first_host_code"],
                "attended_pretraining": "true", "completed_on": periods[-1]["date_end"],
            }
            for one in wishes
        ],
    }  # fmt: skip


def jet() -> dict[str, Rows]:
    known, described = people()
    files = Attended(known)
    for table in ("45", "48", "50", "56"):
        for row in printed(table):
            files.line(table, row)
    supports = [
        {"organisation_code": code, "kind": "briefing_material", "supported_on": "2024-06-03"}
        for code in BRIEFED
    ]
    return {
        "participants": described,
        "training-courses": list(files.courses.values()),
        "training-editions": list(files.editions.values()),
        "training-runs": files.runs,
        "training-sessions": files.sessions,
        "training-enrolments": files.enrolments,
        "training-attendances": files.attendances,
        "learning-progress": files.progress,
        "organisation-supports": supports,
        **fairs(known),
        **internships(known),
    }
