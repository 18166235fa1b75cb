"""A quarter of the Paris office: its log by the file, a fair of two cities, a seminar with three seats, a newsletter and
readings, a mission, and the hand-over to who comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api

OFFICE, YEAR, ZONE = "paris", 2026, "Europe/Paris"
MONTH_ENDED_AT, SEMINAR_AT = "2026-06-01T10:00:00+09:00", "2026-06-24T16:00:00+09:00"
QUARTER_ENDED_AT = "2026-07-01T10:00:00+09:00"
ARITA, KANAZAWA, IMABARI, TAKAMATSU, SHIZUOKA = "414018", "172014", "382027", "372013", "220001"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who leaves the office and who comes; `headquarters`: an officer of events there; `city`: a clerk of 高松市."""

    registrar: Api
    headquarters: Api
    officer: Api
    successor: Api
    city: Api


def add(api: Api, plural: str, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post(f"/events/v1/{plural}", body)
    return made


def change(api: Api, plural: str, ref: str, **body: Any) -> dict[str, Any]:
    path = f"/events/v1/{plural}/{ref}"
    changed: dict[str, Any] = api.request("PATCH", path, json=body, headers={"If-Match": "*"}).json()
    return changed


def figures(api: Api, name: str, **asked: str | int) -> dict[str, Any]:
    """A statistic of the office in the quarter's fiscal year."""
    query: dict[str, str | int | bool] = {"fiscal_year": YEAR, "office": OFFICE, **asked}
    answer: dict[str, Any] = api.get(f"/events/v1/statistics/{name}", query)
    return answer


def totals(answer: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """By metric, which has no name where there is one alone, and by how the total was made."""
    return {(one.get("metric", ""), one["kind"]): one["value"] for one in answer["totals"]}


def folder(out: Path) -> Path:
    made = out / "paris"
    made.mkdir(exist_ok=True)
    return made
