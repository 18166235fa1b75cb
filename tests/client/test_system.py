"""The client against the real processes: every way of logging in, an import, a refusal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.api import Api
from client.credentials import ActingFor, Secret, SigningKey, load_key
from client.demo.clients import Wanted, credentials, register
from client.problem import Problem
from services.system import System

HEADER = "code,name,kind\n"


@pytest.fixture(scope="module")
def registrar(system: System) -> Iterator[Api]:
    known = json.loads((system.keys / "registrar.json").read_text(encoding="utf-8"))
    with Api(system.url, Secret(known["client_id"], known["client_secret"])) as api:
        yield api


def send(api: Api, path: Path, rows: str) -> tuple[bool, int, int, int]:
    path.write_text(HEADER + rows, encoding="utf-8")
    result = api.submit("directory", "organisations", path)
    return result.stored, result.created, result.unchanged, result.refused


def test_the_same_file_again_changes_nothing(registrar: Api, tmp_path: Path) -> None:
    rows = "".join(f"S98{n:03},学校法人試験{n}学園,school_corporation\n" for n in range(3))
    assert send(registrar, tmp_path / "o.csv", rows) == (True, 3, 0, 0)
    assert send(registrar, tmp_path / "o.csv", rows) == (True, 0, 3, 0)
    assert registrar.get("/directory/v1/organisations/S98001")["name"] == "学校法人試験1学園"


def test_one_wrong_row_and_nothing_is_stored(registrar: Api, tmp_path: Path) -> None:
    rows = "S98900,学校法人正学園,school_corporation\nS98901,学校法人誤学園,planet\n"
    assert send(registrar, tmp_path / "o.csv", rows) == (False, 0, 0, 1)
    with pytest.raises(Problem) as raised:
        registrar.get("/directory/v1/organisations/S98900")
    assert raised.value.code == "not_found"


def test_pages_hold_every_record_once(registrar: Api, tmp_path: Path) -> None:
    rows = "".join(f"S97{n:03},学校法人頁{n}学園,school_corporation\n" for n in range(620))
    send(registrar, tmp_path / "o.csv", rows)
    codes = [one["code"] for one in registrar.iterate("/directory/v1/organisations") if one["code"] >= "S97"]
    assert len(codes) == len(set(codes))
    assert {f"S97{n:03}" for n in range(620)} <= set(codes)


def test_a_client_registered_again_keeps_working_with_its_new_secret(
    registrar: Api, system: System, tmp_path: Path
) -> None:
    wanted = Wanted("test-coordinator", "試験", "coordinator", ("directory:read",))
    first, second = (register(registrar, wanted, tmp_path) for _ in range(2))
    with Api(system.url, credentials(second)) as api:
        assert "items" in api.get("/directory/v1/organisations")
    with Api(system.url, credentials(first)) as api, pytest.raises(Problem):
        api.get("/directory/v1/organisations")


def test_a_ministry_signs_with_its_key_and_reads_figures_alone(
    registrar: Api, system: System, tmp_path: Path
) -> None:
    wanted = Wanted(
        "test-ministry", "試験府省", "ministry", ("jet.statistics:read", "directory:read"), keyed=True
    )
    described = register(registrar, wanted, tmp_path)
    assert "client_secret" not in described
    with Api(system.url, SigningKey("test-ministry", load_key(Path(described["key_file"])))) as api:
        assert api.get("/jet/v1/statistics/participants")["unit"] == "名"
        with pytest.raises(Problem) as raised:
            api.get("/jet/v1/participants")
    assert raised.value.status == 403


def test_a_tool_acts_for_a_person_only_while_they_hold_a_post(
    registrar: Api, system: System, tmp_path: Path
) -> None:
    send(registrar, tmp_path / "o.csv", "S98800,学校法人役職学園,school_corporation\n")
    people = "number,kind,name\nTEST-1,officer,試験 花子\nTEST-2,officer,試験 太郎\n"
    posts = "person_number,organisation_code,section,title,valid_from\nTEST-1,S98800,office,主事,2020-04-01\n"
    for kind, text in (("people", people), ("posts", posts)):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        assert registrar.submit("directory", kind, path).stored
    scopes = ("directory:read", "jet.appointment:read")
    wanted = Wanted("test-tool", "試験ツール", "service", scopes, acts_for_people=True, keyed=True)
    key = load_key(Path(register(registrar, wanted, tmp_path)["key_file"]))
    ids = {number: registrar.get(f"/directory/v1/people/{number}")["id"] for number in ("TEST-1", "TEST-2")}
    with Api(system.url, ActingFor("test-tool", key, ids["TEST-1"])) as api:
        assert api.get("/jet/v1/appointments")["items"] == []
    with Api(system.url, ActingFor("test-tool", key, ids["TEST-2"])) as api, pytest.raises(Problem) as raised:
        api.get("/jet/v1/appointments")
    assert raised.value.code == "invalid_grant"
