"""What is said in counselling stands nowhere but sealed: not in a log, a trace, a figure, an error, a letter, another's answer,
a dump of the database, nor any file of it. And no log, trace or figure tells who is counselled.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from client.api import Api
from client.demo.clients import Wanted, register
from services.openapi import FOLDER
from services.postgres_binaries import find
from services.system import System
from tests.operate.canaries import Canaries
from tests.operate.collector import Collector
from tests.operate.saying import CARE, Story, Voice
from tests.operate.test_operating import eventually, said_by
from tests.support.mail_server import Sink
from tests.support.offices import Somebody, offices
from tests.support.sql import execute, value

CONTRACT = json.loads((FOLDER / "care.json").read_text(encoding="utf-8"))
OPERATIONS = [one for path in CONTRACT["paths"].values() for one in path.values()]
TOOL = Wanted(
    "canary-tool", "Tool", "service", tuple(sorted({one["x-scope"] for one in OPERATIONS if one.get("x-scope")})),
    acts_for_people=True, keyed=True,
)  # fmt: skip
LISTS = [path for path, methods in CONTRACT["paths"].items() if "get" in methods and "{" not in path]


@dataclass
class Told:
    """Everything was said, once."""

    system: System
    canaries: Canaries
    participant: Voice
    visitor: Somebody
    participations: list[UUID]
    vendor: str
    pseudonym: str
    elsewhere: dict[str, str] = field(default_factory=dict)
    by_pseudonym: dict[str, str] = field(default_factory=dict)

    def logs(self) -> dict[str, bytes]:
        """Of the processes, and of the database itself."""
        server = self.data / "server.log"
        return {path.name: path.read_bytes() for path in (*self.system.logs.glob("*.log"), server)}

    def figures(self) -> dict[str, str]:
        names = ("", *(f"/{name}" for name in self.system.children if name not in ("door", "desk")))
        return {name: httpx.get(f"{self.system.metrics_url}{name}").text for name in names}

    @property
    def data(self) -> Path:
        return Path(str(value(self.system.database, "SHOW data_directory")))


@pytest.fixture(scope="module")
def told(watched: System, registrar: Api, collector: Collector, mail_server: Sink) -> Iterator[Told]:
    canaries, participations = Canaries(), [uuid4(), uuid4(), uuid4()]
    with ExitStack() as stack:
        office = stack.enter_context(offices(watched))
        tool = register(registrar, TOOL, watched.keys)
        vendor = office.organisation(f"V{uuid4().hex[:8].upper()}", "company", "架空相談室")
        people = [
            office.person("participant", f"匿名 {uuid4().hex}", participant=one) for one in participations
        ]
        workers = [office.officer(vendor, "counsellor"), office.staff("care"), office.staff("care")]
        workers.append(office.staff("protection"))
        voices = [stack.enter_context(Voice(watched, tool, one)) for one in (*people[:2], *workers)]
        participant, stranger, counsellor, officer, _, protector = voices
        story = Story(watched, canaries, mail_server, vendor, *voices)
        story.is_told()
        made = Told(watched, canaries, participant, people[2], participations, vendor, story.pseudonym)
        story.is_told_badly()
        story.is_told_at_the_desk(people[2].email)
        for path in LISTS:
            for voice in (stranger, officer, protector):
                made.elsewhere[f"{voice.who.number} {path}"] = voice("GET", path).text
        for path in ("/identity/v1/refused-requests", "/identity/v1/audit-entries", "/directory/v1/changes"):
            made.elsewhere[path] = httpx.get(
                watched.url + path, params={"limit": 500}, headers=_bearer(registrar)
            ).text
        made.by_pseudonym = {path: counsellor("GET", path).text for path in LISTS}
        story.breaks()
        trace = uuid4().hex
        participant("GET", f"{CARE}/messages", headers={"traceparent": f"00-{trace}-{'1' * 16}-01"})
        eventually(
            lambda: {one.process for one in collector.trace(trace)} >= {"kakehashi-door", "kakehashi-care"}
        )
        yield made


def _bearer(api: Api) -> dict[str, str]:
    return {"Authorization": str(api.request("GET", "/identity/v1/clock").request.headers["Authorization"])}


def test_what_is_said_is_in_no_log_trace_figure_or_letter(
    told: Told, collector: Collector, mail_server: Sink
) -> None:
    logs = told.logs()
    assert b"request_failed" in logs["care.log"] and b"terminating connection" in logs["server.log"]
    assert b"STATEMENT:" not in logs["server.log"] and b"DETAIL:" not in logs["server.log"]
    for name, content in logs.items():
        assert told.canaries.within(content) == [], name
    for name, page in told.figures().items():
        assert "kakehashi_" in page and told.canaries.within(page) == [], name
    spans = [f"{one.process} {one.name} {one.attributes}" for one in collector.spans()]
    assert any("kakehashi-care" in one for one in spans)
    assert told.canaries.within("\n".join(spans)) == []
    assert told.canaries.within(b"\n".join(mail_server.taken)) == []


def test_what_is_said_is_in_nobody_elses_answers(told: Told) -> None:
    assert any(told.pseudonym in text for text in told.elsewhere.values())
    for path, text in told.elsewhere.items():
        assert told.canaries.within(text) == [], path


def test_a_counsellor_reads_a_pseudonym_and_nothing_by_which_it_is_known(told: Told) -> None:
    assert told.canaries.within("".join(told.by_pseudonym.values()))
    who = told.participant.who
    for path in ("cases", "messages", "bookings", "contacts", "notes", "referrals", "follow-ups"):
        assert told.pseudonym in told.by_pseudonym[f"{CARE}/{path}"], path
    (case,) = json.loads(told.by_pseudonym[f"{CARE}/cases"])["items"]
    assert case["organisation_code"] == told.vendor  # the counsellor's own, and nobody's employer
    for path, text in told.by_pseudonym.items():
        for one in (who.id, who.number, who.name, who.email, told.participations[0]):
            assert str(one) not in text, (path, one)


def test_what_is_said_is_in_no_dump_and_in_no_file_of_the_database(told: Told) -> None:
    """The outbox, the audit and whatever is kept for a retry are in it, and the log of what was written as well."""
    command = [str(find() / "pg_dump"), "--inserts", told.system.database]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    assert told.pseudonym.encode() in dump and b"care.claim_receipt" in dump
    assert told.canaries.within(dump) == []
    execute(told.system.database, "CHECKPOINT")
    files = [one for place in (told.data, told.system.folder) for one in place.rglob("*") if one.is_file()]
    assert any("pg_wal" in one.parts for one in files)
    for one in files:
        with suppress(FileNotFoundError):  # a temporary one
            assert told.canaries.within(one.read_bytes()) == [], one


def test_who_is_counselled_is_in_no_log_trace_or_figure(told: Told, collector: Collector) -> None:
    """Who comes by the API comes for counselling alone; who comes to the desk is named where they do something else, in
    lines that nothing links with those of counselling."""
    who, visitor = told.participant.who, told.visitor
    spans = "\n".join(f"{one.name} {one.attributes}" for one in collector.spans())
    everywhere = {"spans": spans.encode(), **{name: page.encode() for name, page in told.figures().items()}}
    for name, content in (everywhere | told.logs()).items():
        for one in (who.id, who.number, who.name, who.email, told.participations[0], told.pseudonym):
            assert str(one).encode() not in content, (name, one)
    for name in ("care.log", "worker-care.log", "desk.log", "server.log"):
        assert str(visitor.id).encode() not in told.logs()[name], name
    lines = said_by(told.system, "door")
    of_care = [one for one in lines if one.get("service") == "care"]
    named = [one for one in lines if one.get("person") == str(visitor.id)]
    assert of_care and named and not [one for one in of_care if "person" in one or one["route"] != "-"]
    for link in ("request_id", "trace_id"):
        assert not {one[link] for one in of_care} & {one[link] for one in named}
