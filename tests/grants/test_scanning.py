"""Files and the scanner, a process of its own: a verdict comes after the arrival, and a bad one asks for the document again."""

import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest

from services.grants.app import works
from services.grants.files.scanning import ENTRYPOINT
from services.kit.jobs import Later
from tests.grants.applying import Applying
from tests.support.database import short_folder
from tests.support.grants import Grants, done, wrong


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    with short_folder() as folder:
        socket = str(folder / "scan")
        monkeypatch.setenv("KAKEHASHI_SCANNER", f"unix:{socket}")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.grants.scanner", socket], stdout=subprocess.PIPE
        )
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


async def scanned(grants: Grants, identity: str) -> None:
    await works(grants.served.app.state.service.database)[ENTRYPOINT](UUID(identity), 1)


def test_a_file_is_looked_at_after_it_has_arrived(
    applying: Applying, scanner: subprocess.Popen[bytes]
) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    ref = applying.draft(city.first, call)["id"]
    good = done(applying.file(city.first, ref, "photo", b"%PDF-1.7 " + b"x" * 1_200_000))["id"]
    bad = done(applying.file(city.first, ref, "plan", b"%PDF-1.7 EICAR"))["id"]
    enqueued = f"SELECT count(*) FROM grants.pgqueuer WHERE entrypoint = '{ENTRYPOINT}'"
    assert grants.sql(enqueued) == [(2,)]
    applying.approved(city, ref)
    made = done(applying.act("submit", ref, city.first))  # nothing has looked at them yet
    for identity in (good, bad, bad):
        grants.served.run(scanned(grants, identity))
    shown = {
        one["id"]: one["verdict"]
        for one in done(grants.call("application_files_list", city.first, params={"application_id": ref}))[
            "items"
        ]
    }
    assert shown == {good: "clean", bad: "bad"}
    assert grants.call("application_files_content", city.first, path={"ref": good}).status_code == 200
    assert grants.call("application_files_content", applying.officer, path={"ref": bad}).status_code == 409
    # the arrival stands, and the document is asked for again
    assert applying.read(ref, city.first)["state"] == "correction_requested"
    (asked,) = done(grants.call("corrections_list", city.first, params={"application_id": ref}))["items"]
    assert (asked["number"], asked["fields"], asked["documents"]) == (1, [], ["plan"])
    assert (
        done(grants.call("submissions_read", city.first, path={"ref": made["id"]}))["arrived_at"]
        == made["arrived_at"]
    )
    assert wrong(applying.act("submit", ref, city.first)) == {("/files/plan", "file_bad")}
    done(grants.act("application_files", "remove", bad, city.first))
    done(applying.file(city.first, ref))
    assert done(applying.act("submit", ref, city.first))["number"] == 2


def test_a_scanner_that_is_not_there_is_asked_again(
    applying: Applying, scanner: subprocess.Popen[bytes]
) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    identity = done(applying.file(city.first, applying.draft(city.first, call)["id"]))["id"]
    scanner.kill()
    scanner.wait()
    with pytest.raises(Later):
        grants.served.run(scanned(grants, identity))
    shown = done(grants.call("application_files_read", city.first, path={"ref": identity}))
    assert shown["verdict"] == "pending"
