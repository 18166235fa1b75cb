"""Runs of a test's own, made through the front door: they are held tomorrow, and open until then."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from client.api import Api

_NUMBERS = count(1)


@dataclass(frozen=True)
class Run:
    code: str
    fiscal_year: int
    day: date
    sessions: tuple[str, ...]

    @property
    def served(self) -> int:
        """The programme year whose participants serve on that day."""
        return self.day.year - ((self.day.month, self.day.day) < (8, 3))


def run(
    clair: Api, *, seats: int | None = None, sessions: int = 1, audiences: tuple[str, ...] = ("alt",), days: int = 1,
    **given: Any,
) -> Run:  # fmt: skip
    """Of a course of its own. `days`: how far ahead of business time."""
    number = next(_NUMBERS)
    day = datetime.fromisoformat(clair.get("/identity/v1/clock")["now"]).date() + timedelta(days=days)
    year = day.year - (day.month < 4)
    course, edition, code = (f"{name}-{number:04d}" for name in ("DESK-COURSE", "DESK-EDITION", "DESK-RUN"))
    clair.post("/jet/v1/training-courses", {
        "code": course, "kind": "alt_conference", "title_ja": "架空研修", "title_en": "A conference",
        "employer_informed": True,
    })  # fmt: skip
    clair.post("/jet/v1/training-editions", {
        "code": edition, "course_code": course, "fiscal_year": year, "name_ja": f"架空指導力等向上研修{number}",
        "name_en": f"Invented conference {number}", "audiences": list(audiences), "delivery": "on_site",
    })  # fmt: skip
    clair.post("/jet/v1/training-runs", {
        "code": code, "edition_code": edition, "starts_on": str(day), "ends_on": str(day), "place": "架空会館",
        "enrol_by": "nomination", "seats": seats, **given,
    })  # fmt: skip
    made = [
        clair.post("/jet/v1/training-sessions", {
            "run_code": code, "number": one, "form": "class", "title_ja": f"架空の講義{one}", "title_en": f"Lecture {one}",
            "starts_at": f"{day}T{8 + 2 * one:02d}:00:00+09:00", "ends_at": f"{day}T{9 + 2 * one:02d}:30:00+09:00",
        })["id"]
        for one in range(1, sessions + 1)
    ]  # fmt: skip
    return Run(code, year, day, tuple(str(one) for one in made))


def enrolments(clair: Api, code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clair.get("/jet/v1/training-enrolments", {"run_code": code, "limit": 500})[
        "items"
    ]
    return found
