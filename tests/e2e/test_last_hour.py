"""The last hour of a survey on real processes: what arrives is judged when it arrives, once, whatever happens to it."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bench.last_hour import YEAR, Played, play
from client.api import Api
from client.credentials import Secret, new_key, public_part
from client.demo.clients import Wanted, credentials, register
from client.demo.members import write_clients
from services.launcher import registrar
from services.system import System

HOSTS = {f"H{host:05d}": [f"M{host:02d}{member:03d}" for member in range(14)] for host in range(4)}
MEMBERS = [code for members in HOSTS.values() for code in members]
CLAIR = Wanted(
    "clair", "CLAIR", "coordinator",
    ("directory:read", "jet.request:decide", "jet.request:read", "jet.request:write", "jet.survey:write"),
)  # fmt: skip
BEFORE, WINDOW = 3.0, 6.0


@pytest.fixture(scope="module")
def played(moving: System, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("files")
    known = registrar(moving)
    with Api(moving.url, Secret(str(known["client_id"]), str(known["client_secret"]))) as opener:
        _organisations(opener, folder)
        with Api(moving.url, credentials(register(opener, CLAIR, moving.keys))) as coordinator:
            today = datetime.fromisoformat(coordinator.get("/identity/v1/clock")["today"] + "T00:00:00+09:00")
            deadline = today + timedelta(days=1)
            coordinator.post("/jet/v1/placement-surveys", {
                "programme_year": YEAR,
                "host_deadline_at": deadline.isoformat(),
                "clair_deadline_at": (deadline + timedelta(days=14)).isoformat(),
            })  # fmt: skip
            key = new_key()
            wanted = [("host_authority", host) for host in HOSTS]
            wanted += [("organisation", code) for code in MEMBERS]
            file = write_clients(folder / "clients.csv", wanted, public_part(key))
            assert opener.submit("identity", "clients", file).created == len(wanted)
            return asyncio.run(play(moving, opener, coordinator, key, HOSTS, deadline, BEFORE, WINDOW))


def _organisations(registrar: Api, folder: Path) -> None:
    first = "2024-04-01"
    codes = [*HOSTS, *MEMBERS]
    roles = [(host, "host_authority", first) for host in HOSTS]
    roles += [(code, "contracting_organisation", first) for code in MEMBERS]
    for kind, header, rows in (
        ("organisations", ("code", "name", "kind"), [(code, "架空市", "city") for code in codes]),
        ("organisation-roles", ("organisation_code", "role", "valid_from"), roles),
        ("hierarchies", ("member_code", "host_code", "valid_from"),
         [(member, host, first) for host, members in HOSTS.items() for member in members]),
    ):  # fmt: skip
        result = registrar.submit("directory", kind, _file(folder / f"{kind}.csv", header, rows))
        assert result.created == len(rows)


def _file(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])
    return path


def test_every_file_that_was_taken_has_its_receipt_once(played: Played) -> None:
    assert played.expected().keys() == set(MEMBERS) == played.receipts.keys()
    assert (played.lost(), played.twice()) == ([], [])
    assert all(
        kept["state"] == "succeeded" and not kept["summary"]["refused"] for kept in played.imports.values()
    )


def test_a_file_is_late_by_its_arrival_alone(played: Played) -> None:
    """The worker was down while the deadline passed, so that what came in time was done after it."""
    assert played.misjudged() == []
    arrived = {code: one.told["arrived_at"] for code, one in played.expected().items()}
    late = {code for code, at in arrived.items() if datetime.fromisoformat(at) >= played.deadline}
    assert played.late() == late
    assert 0 < len(late) < len(MEMBERS)


def test_a_repeated_upload_is_the_first_one(played: Played) -> None:
    again = [one for one in played.sent if one.parcel.manner == "again"]
    assert again
    assert all(one.again == one.told for one in again)
    assert {one.parcel.manner for one in played.sent} == {"once", "again", "broken"}
    assert len({one.told["receipt_number"] for one in played.sent}) == len(played.sent)


def test_a_host_authoritys_file_submits_its_members(played: Played) -> None:
    helped = [one for one in played.sent if len(one.parcel.codes) > 1]
    assert len(helped) == len(HOSTS)
    for one in helped:
        receipts = [played.receipts[code][0] for code in one.parcel.codes]
        assert {(each["receipt_number"], each["on_behalf"]) for each in receipts} == {
            (one.told["receipt_number"], True)
        }
