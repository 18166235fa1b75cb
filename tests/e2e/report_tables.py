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
from tests.support.report_tables import FIXTURES, Ask, differences, local_governments

AFTER = "2025-06-02T09:00:00+09:00"
# of JET's contents, awards and trainees (01, 59, 65) another service tells
ELSEWHERE = ("01", "59", "65")
OFFICER = Wanted(
    "report-loader", "行事の記録の登録 Loader of events", "service",
    ("directory:read", "events.event:read", "events.event:write", "events.log:read", "events.log:write",
     "events.statistics:read", "imports:write"),
    acts_for_people=True, keyed=True,
)  # fmt: skip
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


def _organisations(names: list[str]) -> Rows:
    known = local_governments()
    return [
        {"code": row["code"], "name": row["name"], "kind": row["kind"]}
        for place, name in enumerate(dict.fromkeys(names))
        for row in [known.get(name) or {"code": f"R-{place:03d}", "name": name, "kind": "other"}]
    ]


def _events() -> dict[str, Rows]:
    """All areas' files, each kind once and in the order in which they name each other."""
    files: dict[str, Rows] = {}
    for area in _areas():
        for kind, rows in area.files().items():
            files.setdefault(kind, []).extend(rows)
    return files


def _loaded(api: Api, folder: Path, service: str, files: Mapping[str, Rows]) -> None:
    write(folder, service, dict(files))
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
        names = [name for area in _areas() for name in area.NAMES]
        files = house.files()
        files["organisations"] = files.get("organisations", []) + [
            row for row in _organisations(names)
            if row["code"] not in {one["code"] for one in files.get("organisations", [])}
        ]  # fmt: skip
        _loaded(opener, folder / "directory", "directory", files)
        tool = credentials(register(opener, OFFICER, system.keys), house.EVENT_OFFICER)
        officer = stack.enter_context(Api(system.url, tool))
        _loaded(officer, folder / "events", "events", _events())

        def of(service: str, api: Api, asked: Mapping[str, Any]) -> Ask:
            return lambda name: api.get(f"/{service}/v1/statistics/{name}", dict(asked))

        yield of("directory", opener, {}), of("events", officer, {"fiscal_year": 2024})


def compared() -> dict[str, str]:
    """Of each table what differs; nothing where it matches."""
    found: dict[str, str] = {}
    with year() as (directory, events):
        for number in ours():
            try:
                missing, beyond = differences(number, directory if number in house.TABLES else events)
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
