"""Fills an empty system with the demo years, as an installation would be filled: by imports over HTTP.

Loading again changes nothing but the secrets of the demo's clients.
"""

import csv
import json
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from client.api import Api, ImportResult
from client.credentials import Secret, load_key, public_part
from client.demo.cast import ADDRESSES, CLAIR, COMPANIES, SECONDED_FROM, VENDOR, coming_in, people
from client.demo.clients import DIRECTORY_LOADER, LOADER, credentials, register, wanted
from client.demo.generate import Batch, generate
from client.demo.members import write_clients
from client.demo.organisations import JOINED_ON

DATA = Path(__file__).parents[2] / "services" / "gateway" / "registry" / "data"

ORGANISATION = ("code", "name", "name_kana", "name_en", "kind")
ROLE = ("organisation_code", "role", "valid_from")
PERSON = ("number", "kind", "name", "name_kana", "email", "company", "participant_id")
POST = ("person_number", "organisation_code", "section", "title", "valid_from")
SECONDMENT = ("person_number", "home_code", "valid_from")

Rows = Iterable[tuple[str, ...]]


class NotLoaded(Exception):
    """A demo file was refused: a fault of the demo, told with its first problems."""


def load(url: str, keys: Path) -> dict[str, Any]:
    """Returns what var/demo.json tells: the clients, the people behind them, and who plays in the story."""
    registered = json.loads((keys / "registrar.json").read_text(encoding="utf-8"))
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="kk-demo-") as temporary,
        _registrar(url, registered) as registrar,
    ):
        folder = Path(temporary)
        batches = generate(folder, DATA / "local_governments.csv")
        story: dict[str, Any] = json.loads((folder / "story.json").read_text(encoding="utf-8"))
        loader = Loader(folder, registrar)
        with Api(url, credentials(register(registrar, DIRECTORY_LOADER, keys))) as history:
            loader.directory([batch for batch in batches if batch.service == "directory"], history)
        city, gathers = story["organisation_code"], story["survey"]["host_code"]
        host = registrar.get("/directory/v1/hierarchies", {"member": city})["items"][0]["host_code"]
        clients = {
            name: register(registrar, client, keys)
            for name, client in wanted(city, host, story["neighbour_code"], gathers).items()
        }
        loader.members(story["survey"]["members"], Path(clients["member"]["key_file"]))
        with Api(url, credentials(register(registrar, LOADER, keys))) as history:
            for batch in batches:
                if batch.service == "jet":
                    loader.submit(history, batch.service, batch.kind, batch.path, history=True)
            themselves = {
                role: history.get(f"/jet/v1/participants/{number}")
                for role, number in coming_in(story).items()
            }
        codes = {"organisation": city, "host_authority": host, "gathering": gathers, "counsellor": VENDOR[0]}
        codes |= {"organisation_deputy": city} | dict.fromkeys(
            ("neighbour", "neighbour_deputy"), story["neighbour_code"]
        )
        known = loader.people(codes, themselves)
    clients["service"]["people"] = known
    clients["participant"]["people"] = {role: known[role] for role in themselves}
    print(f"  {'全体 / in all':<24}{time.monotonic() - began:>17.1f} s", flush=True)
    return {
        "clients": {"registrar": registered | {"role": "registrar"}} | clients,
        "desk": ADDRESSES,
        "story": story,
    }


def _registrar(url: str, registered: dict[str, Any]) -> Api:
    return Api(url, Secret(registered["client_id"], registered["client_secret"]))


class Loader:
    """Sends files and small tables, and tells of each."""

    def __init__(self, folder: Path, registrar: Api) -> None:
        self._folder = folder
        self._registrar = registrar

    def submit(self, api: Api, service: str, kind: str, path: Path, *, history: bool = False) -> None:
        began = time.monotonic()
        result = api.submit(service, kind, path, history=history)
        if not result.stored:
            raise NotLoaded(_told(api, kind, result))
        print(f"  {kind:<24}{result.rows:>8,} 行 rows{time.monotonic() - began:>7.1f} s", flush=True)

    def directory(self, batches: list[Batch], history: Api) -> None:
        for kind in ("code-lists", "countries", "overseas-offices"):
            self._known(kind, DATA / f"{kind.replace('-', '_')}.csv")
        for batch in batches:
            if batch.kind == "organisations":
                self._known(batch.kind, batch.path)
            else:
                self.submit(history, batch.service, batch.kind, batch.path, history=True)
        self._known("successors", DATA / "local_government_successions.csv")
        self._table("organisations", ORGANISATION, [CLAIR, *COMPANIES, VENDOR])
        self._table("organisation-roles", ROLE, [(code, "exhibitor", JOINED_ON) for code, *_ in COMPANIES])

    def members(self, codes: list[str], key: Path) -> None:
        """A client for each; the first of them is registered already, with the key of all."""
        wanted = [("organisation", code) for code in codes[1:]]
        path = write_clients(self._folder / "clients.csv", wanted, public_part(load_key(key)))
        self.submit(self._registrar, "identity", "clients", path)

    def people(self, codes: dict[str, str], participants: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Somebody for each role; role → the person's id."""
        known = people(codes, participants)
        self._table("people", PERSON, [one[:-1] for one in known.values()])
        self._table("posts", POST, [(one.number, *one.post) for one in known.values() if one.post])
        seconded = ((known[role].number, codes[home]) for role, home in SECONDED_FROM.items())
        self._table("secondments", SECONDMENT, [(*one, JOINED_ON) for one in seconded])
        return {
            role: self._registrar.get(f"/directory/v1/people/{one.number}")["id"]
            for role, one in known.items()
        }

    def _known(self, kind: str, path: Path) -> None:
        self.submit(self._registrar, "directory", kind, path)

    def _table(self, kind: str, header: tuple[str, ...], rows: Rows) -> None:
        path = self._folder / f"own-{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(header)
            writer.writerows(rows)
        self._known(kind, path)


def _told(api: Api, kind: str, result: ImportResult) -> str:
    first = api.get(f"{result.path}/problems", {"limit": 5})["items"]
    return f"{kind}: {result.refused} rows refused\n" + json.dumps(first, ensure_ascii=False, indent=1)
