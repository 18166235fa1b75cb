"""Courses, editions and runs of a test's own, made through the API."""

from itertools import count
from typing import Any

from tests.jet.playing import done
from tests.support.jet import COORDINATOR, Jet, Organisation
from tests.support.serving import Caller

_NUMBERS = count(1)


def code(prefix: str) -> str:
    return f"{prefix}-{next(_NUMBERS):05d}"


def course(jet: Jet, **given: Any) -> dict[str, Any]:
    body = {
        "code": code("COURSE"),
        "kind": "cir_conference",
        "title_ja": "架空研修",
        "title_en": "Conference",
    }
    return made(jet, "training_courses", **body | given)


def edition(jet: Jet, *, of: str = "", kind: str = "cir_conference", **given: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": code("EDITION"), "course_code": of or course(jet, kind=kind)["code"], "fiscal_year": 2024,
        "name_ja": "架空中間研修", "name_en": "Conference", "audiences": ["cir"], "delivery": "on_site",
    }  # fmt: skip
    return made(jet, "training_editions", **body | given)


def run(jet: Jet, of: str = "", *, organiser: Organisation | None = None, **given: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": code("RUN"), "edition_code": of or edition(jet)["code"], "starts_on": "2024-11-06",
        "ends_on": "2024-11-08", "place": "架空会館",
    }  # fmt: skip
    if organiser is not None:
        body["organiser_code"] = organiser.code
    return made(jet, "training_runs", **body | given)


def headcount(jet: Jet, of: str, value: int, *, caller: Caller = COORDINATOR, **given: Any) -> dict[str, Any]:
    return made(jet, "training_headcounts", caller, **counted(of, value, **given))


def counted(of: str, value: int, **given: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "run_code": of, "audience": "all", "value": value, "method": "counted", "reported_on": "2024-07-01",
    }  # fmt: skip
    return body | given


def made(jet: Jet, plural: str, caller: Caller = COORDINATOR, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = done(jet.call(f"jet_{plural}_create", caller, json=body))
    return answer
