"""No file brings a service down, stores half of itself, or leaves its sender without a word.

`KAKEHASHI_BATTERY` names how many rounds the long form takes; without it the short form runs.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.kit.imports.reading import CSV
from tests.kit.imports.bad_files import BadFile, every, few
from tests.kit.imports.bad_rows import ORGANISATIONS, PARTICIPANTS
from tests.kit.imports.bad_texts import awkward
from tests.kit.imports.sending import Place, place
from tests.support.database import Databases

LONG = bool(os.environ.get("KAKEHASHI_BATTERY"))
LEAST = 1_600 if LONG else 120
# whom the appointments are about
_KNOWN = dict(
    zip(PARTICIPANTS.names, PARTICIPANTS.having(jet_number="20990000002", arrival_group="a"), strict=True)
)
MOST_BYTES = 100_000_000


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[Place]:
    with databases.fresh() as postgres, place(postgres) as made:
        made.sql(
            "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('XA', 'XXA', '架空国', 'Nowhere')"
        )
        made.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) VALUES ('B000002', '架空市', 'city', '')"
        )
        known = {name: int(value) if name == "programme_year" else value for name, value in _KNOWN.items()}
        jet = made.services["jet"]
        assert jet.served.call("jet_participants_create", jet.caller, json=known).status_code == 201
        yield made


def _memory(line: str) -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(said.split()[1]) for said in status if said.startswith(line))


def _said(text: Any) -> bool:
    return bool(text["ja"].strip() and text["en"].strip())


def _wrongs(house: Place, file: BadFile) -> list[str]:
    """What is not as it must be, once the file was sent and worked on."""
    service = house.services[file.form.service]
    sent = service.send(file)
    if sent.status_code != 202:
        answer = sent.json()
        told = all(answer.get(name) for name in ("type", "code", "title", "detail"))
        return [] if 400 <= sent.status_code < 500 and told else [f"{sent.status_code} {sent.text}"]
    operation = service.done(sent)
    wrongs = []
    if operation["state"] != ("succeeded" if file.reads else "failed"):
        wrongs.append(f"{operation['state']} {operation['problem']} {operation['result']}")
    if file.reads and operation["result"]["refused"]:
        wrongs.append(f"refused {service.problems(operation)}")
    said = operation["problem"]
    if said and (said["code"] == "internal_fault" or not (said["title"] and said["detail"])):
        wrongs.append(f"told {said}")
    problems = service.problems(operation)
    if said and said["code"] == "import_refused" and not any(one["severity"] == "error" for one in problems):
        wrongs.append("refused without a reason")
    for one in problems:
        if not (
            one["code"]
            and _said(one["message"])
            and _said(one["remedy"])
            and {"sheet", "row", "column"} <= one.keys()
        ):
            wrongs.append(f"problem {one}")
    return wrongs


def _taken(house: Place, file: BadFile) -> tuple[list[str], int]:
    """What is wrong, and the peak of this process above what it held before: it receives the file and works on it."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory("VmRSS")
    return _wrongs(house, file), _memory("VmHWM") - before


def test_bad_files_are_refused_in_words_change_nothing_and_take_little_memory(house: Place) -> None:
    known = {service: house.records(service) for service in house.services}
    found: dict[str, list[str]] = {}
    labels = []
    for file in every() if LONG else few():
        labels.append(file.label)
        wrongs, taken = _taken(house, file)
        service = file.form.service
        if (records := house.records(service)) != known[service]:
            wrongs.append("records changed")
            known[service] = records
        if taken > MOST_BYTES:
            wrongs.append(f"took {taken} bytes")
        if wrongs:
            found[file.label] = wrongs
    assert found == {}
    assert len(set(labels)) == len(labels) >= LEAST


def test_characters_that_cp932_writes_in_two_ways_are_read(house: Place) -> None:
    rows = [(f"W{place:06d}", both) for place, both in enumerate(awkward())]
    assert len(rows) == 398
    body = "コード,名称,種類\r\n".encode("cp932") + b"".join(
        code.encode() + b",\x89\xcb" + both + ",企業\r\n".encode("cp932") for code, both in rows
    )
    service = house.services["directory"]
    operation = service.done(service.send(BadFile(ORGANISATIONS, "cp932", CSV, body)))
    assert (operation["state"], operation["result"]["created"]) == ("succeeded", 398)
    stored = dict(house.sql("SELECT code, name FROM directory.organisation WHERE code LIKE 'W%'"))
    assert stored == {code: "架" + both.decode("cp932") for code, both in rows}
