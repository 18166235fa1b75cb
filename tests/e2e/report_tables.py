"""How many open tables of the FY2024 report whose home is events (or nobody's) come back to the digit:
`python -m tests.e2e.report_tables`.

Real processes; the facts go in as files by `kakehashi load`, as an officer of headquarters and as the registrar, and the
statistics are asked at the door.
"""

import csv
import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from client.api import Api
from client.credentials import Secret
from client.demo.clients import Wanted, credentials, register
from client.load import Loader
from services.launcher import registrar
from services.system import System
from tests.events import fy2024 as areas
from tests.gateway.registry import house_fy2024 as house
from tests.support.database import private_database, short_folder
from tests.support.fy2024 import write
from tests.support.report_tables import FIXTURES, Ask, differences, local_governments, statistic_of

AFTER = "2025-06-02T09:00:00+09:00"
# of JET's contents, awards and trainees (01, 59, 65) another service tells
ELSEWHERE = ("01", "59", "65")
OFFICER = Wanted(
    "report-loader", "行事の記録の登録 Loader of events", "service",
    ("directory:read", "events.event:read", "events.event:write", "events.log:read", "events.log:write",
     "events.statistics:read", "imports:write"),
    acts_for_people=True, keyed=True,
)  # fmt: skip
OFFICER_NUMBER = "EVENTS-0001"
Rows = list[dict[str, Any]]


def ours() -> list[str]:
    with (FIXTURES / "homes.csv").open(encoding="utf-8", newline="") as lines:
        return [
            row["table"]
            for row in csv.DictReader(lines)
            if row["home"] in ("events", "outside") and row["table"].rstrip("abc") not in ELSEWHERE
        ]


def _areas() -> list[Any]:
    return [
        importlib.import_module(f"{areas.__name__}.{found.name}")
        for found in pkgutil.iter_modules(areas.__path__)
    ]


def _directory() -> dict[str, Rows]:
    """The house, the bodies that the areas name, and the officer who enters their records."""
    files = house.files() | {"countries": house.reference("countries")}
    there = {one["code"] for one in files["organisations"]}
    known = local_governments()
    names = dict.fromkeys(
        name for area in _areas() for name in (*area.NAMES, *getattr(area, "PREFECTURES", ()))
    )
    files["organisations"] += [
        {"code": row["code"], "name": row["name"], "kind": row["kind"]}
        for row in (known[name] for name in names)
        if row["code"] not in there
    ]
    for area in _areas():
        files["organisations"] += [
            {"code": code, "name": name, "kind": "association"}
            for code, name in getattr(area, "ASSOCIATIONS", {}).items()
        ]
    files["people"].append({"number": OFFICER_NUMBER, "kind": "staff", "name": "架空 本部"})
    files["posts"].append(
        house.AT_CLAIR | {"person_number": OFFICER_NUMBER, "section": "events", "title": "主事"}
    )
    return files


def _events() -> dict[str, Rows]:
    """All areas' files, each kind once: counts and stated figures last, which are of what the others make."""
    files: dict[str, Rows] = {}
    for area in _areas():
        for kind, rows in area.files().items():
            files.setdefault(kind, []).extend(rows)
    return {
        kind: files[kind]
        for kind in sorted(files, key=lambda kind: kind in ("attendance-counts", "stated-figures"))
    }


def _as_in_csv(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: ";".join(map(str, value)) if isinstance(value, list) else value for name, value in row.items()
    }


def _loaded(api: Api, folder: Path, service: str, files: Mapping[str, Rows]) -> None:
    write(folder, service, {kind: [_as_in_csv(row) for row in rows] for kind, rows in files.items()})
    for outcome in Loader(api, folder).run():
        print(f"{outcome.file.name:<44}{outcome.counts}")
        if outcome.state != "stored":
            raise SystemExit(f"{outcome.file.name}: {outcome.said} {outcome.problems[:3]}")


@contextmanager
def year() -> Iterator[tuple[Ask, Ask]]:
    """Everything loaded; what asks the statistics of the directory and those of events."""
    with ExitStack() as stack:
        own = stack.enter_context(private_database())
        system = stack.enter_context(System(stack.enter_context(short_folder()), own.url()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        known = registrar(system)
        login = Secret(str(known["client_id"]), str(known["client_secret"]))
        opener = stack.enter_context(Api(system.url, login))
        opener.post("/identity/v1/clock-moves", {"to": AFTER})
        _loaded(opener, folder / "directory", "directory", _directory())
        person = opener.get(f"/directory/v1/people/{OFFICER_NUMBER}")["id"]
        tool = credentials(register(opener, OFFICER, system.keys), person)
        officer = stack.enter_context(Api(system.url, tool))
        _loaded(officer, folder / "events", "events", _events())

        def house_of(api: Api) -> Ask:
            days = {statistic_of(number): day for number, day in house.DAYS.items()}
            return lambda name: house.as_printed(
                api.get(f"/directory/v1/statistics/{name}", {"as_of": days[name]})
            )

        yield (
            house_of(opener),
            lambda name: officer.get(f"/events/v1/statistics/{name}", {"fiscal_year": 2024}),
        )


def compared() -> dict[str, str]:
    """Of each table what differs; nothing where it matches."""
    found: dict[str, str] = {}
    with year() as (directory, events):
        for number in ours():
            try:
                missing, beyond = differences(number, directory if number in house.DAYS else events)
                found[number] = "" if not missing and not beyond else f"−{missing.total()} +{beyond.total()}"
            except Exception as error:
                found[number] = str(error).partition("\n")[0][:100]
    return found


def main() -> int:
    found = compared()
    for number, wrong in found.items():
        print(f"{number:<6}{wrong or 'ok'}")
    matched = sum(not wrong for wrong in found.values())
    print(f"{matched} of {len(found)} open tables match")
    return int(matched < len(found))


if __name__ == "__main__":
    sys.exit(main())
