"""What is said in counselling stands nowhere but sealed: not in a log, a trace, a figure, an error, a letter, another's answer,
a dump of the database, nor any file of it. And no log, trace or figure tells who is counselled.
"""

import asyncio
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from client.api import Api
from client.demo.clients import Wanted, credentials, register
from services.openapi import FOLDER
from services.postgres_binaries import find
from services.system import System
from tests.care.claiming import CONTENT, JPEG
from tests.operate.canaries import Canaries
from tests.operate.collector import Collector
from tests.operate.test_operating import eventually, said_by
from tests.support.desk import Visitor
from tests.support.mail_server import Sink
from tests.support.offices import Somebody, offices
from tests.support.sql import execute, value

CARE = "/care/v1"
DESK = "/desk/appointments"
CONTRACT = json.loads((FOLDER / "care.json").read_text(encoding="utf-8"))
OPERATIONS = [one for path in CONTRACT["paths"].values() for one in path.values()]
TOOL = Wanted(
    "canary-tool", "Tool", "service", tuple(sorted({one["x-scope"] for one in OPERATIONS if one.get("x-scope")})),
    acts_for_people=True, keyed=True,
)  # fmt: skip
LISTS = [path for path, methods in CONTRACT["paths"].items() if "get" in methods and "{" not in path]


class Voice:
    """Who speaks over raw HTTP, as a client of ours would not."""

    def __init__(self, system: System, tool: dict[str, Any], who: Somebody) -> None:
        self.who = who
        form = credentials(tool, str(who.id)).request(system.url).form
        token = httpx.post(f"{system.url}/oauth/token", data=form).json()["access_token"]
        self._http = httpx.Client(
            base_url=system.url, timeout=60, headers={"Authorization": f"Bearer {token}"}
        )

    def __call__(
        self, method: str, path: str, *, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        made = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        return self._http.request(method, path, headers={**made, **headers}, **options)

    def done(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        given = options if body is None else {"json": body} | options
        answer = self(method, path, **given)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def __enter__(self) -> "Voice":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


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


class Story:
    def __init__(
        self, system: System, canaries: Canaries, mail: Sink, vendor: str,
        participant: Voice, stranger: Voice, counsellor: Voice, officer: Voice, another: Voice, protector: Voice,
    ) -> None:  # fmt: skip
        self._system, self._say, self._mail, self._vendor = system, canaries, mail, vendor
        self._participant, self._stranger, self._counsellor = participant, stranger, counsellor
        self._officer, self._another, self._protector = officer, another, protector
        self._case = self.pseudonym = self._claim = ""

    def is_told(self) -> None:
        """In every field that takes words, so that it is kept."""
        say, participant, counsellor, officer = self._say, self._participant, self._counsellor, self._officer
        written = participant.done("POST", f"{CARE}/messages", {"body": say("眠れません。")})
        self.pseudonym, self._case = written["pseudonym"], f"{CARE}/cases/{written['case_id']}"
        given = {"counsellor_id": str(counsellor.who.id), "organisation_code": self._vendor}
        officer.done("POST", f"{self._case}/assignments", given)
        counsellor.done("POST", f"{self._case}/messages", {"body": say()})
        counsellor.done("POST", f"{self._case}/notes", {"content": say()})
        held = {"channel": "phone", "held_on": "2024-07-08"}
        counsellor.done("POST", f"{self._case}/contacts", held | {"content": say()})
        due = {"due_on": "2024-08-01", "content": say()}
        counsellor.done("POST", f"{self._case}/follow-ups", due)
        referral = counsellor.done(
            "POST", f"{self._case}/referrals", {"referred_to": say(), "content": say()}
        )
        participant.done("POST", f"{CARE}/referrals/{referral['id']}/consents")
        counsellor.done("POST", f"{CARE}/case-searches", {"q": say()})
        slot = {"local_start": "2024-07-20T10:00", "time_zone": "Asia/Tokyo", "minutes": 50}
        slot = counsellor.done("POST", f"{CARE}/slots", slot)
        booked = participant.done("POST", f"{CARE}/bookings", {"slot_id": slot["id"]})
        cancels = f"{CARE}/bookings/{booked['id']}/cancellations"
        assert participant("POST", cancels, json={"reason": say()}).status_code == 400
        participant.done("POST", cancels)
        self._claims()
        self._opens()

    def _claims(self) -> None:
        say, participant, officer = self._say, self._participant, self._officer
        details = CONTENT | {"clinic_name": say(), "claim_note": say(), "account_holder_kana": say.kana}
        body = {"service_on": "2024-06-10", "currency": "JPY", "amount": "8400"} | details
        self._claim = f"{CARE}/claims/{participant.done('POST', f'{CARE}/claims', body)['id']}"
        name = {"Content-Type": "image/jpeg", "Content-Disposition": f'attachment; filename="{say()}.jpg"'}
        photo = JPEG + say().encode()
        receipt = participant.done("POST", f"{self._claim}/receipts", headers=name, content=photo)
        no_photo = participant("POST", f"{self._claim}/receipts", headers=name, content=say().encode())
        self._refused(no_photo, 422)
        participant.done("POST", f"{self._claim}/submissions")
        officer.done("POST", f"{self._claim}/returns", {"claim_answer": say()})
        changed = participant("PATCH", self._claim, headers={"If-Match": "*"}, json={"claim_note": say()})
        assert changed.status_code == 200, changed.text
        participant.done("POST", f"{self._claim}/submissions")
        assert self._say.within(officer("GET", f"{self._claim}/details").text)
        assert officer("GET", f"{CARE}/claim-receipts/{receipt['id']}/file").content == photo
        officer.done("POST", f"{self._claim}/approvals")
        paid = officer.done("POST", f"{CARE}/claim-payments", {"pay_on": "2024-07-31"})
        assert officer("GET", f"{CARE}/claim-payments/{paid['id']}/file").status_code == 200

    def _opens(self) -> None:
        """The mail server refuses the letter, with words of its own."""
        asked = self._officer.done("POST", f"{self._case}/glass-openings", {"reason": "danger_to_life"})
        opening = f"{CARE}/glass-openings/{asked['id']}"
        self._mail.refuses["RCPT"] = f"550 nobody called {self._say()}"
        try:
            self._another.done("POST", f"{opening}/approvals")
            eventually(lambda: [
                one for one in said_by(self._system, "worker-care") if one["event"] == "mail_failed"
            ])  # fmt: skip
        finally:
            del self._mail.refuses["RCPT"]
        assert self._say.within(self._officer("GET", f"{opening}/content").text)

    def is_told_badly(self) -> None:
        """Each in every way that is refused: nobody's words come back, not even to who said them."""
        counsellor, case = self._counsellor, self._case
        today = {"channel": "phone", "held_on": "2024-07-08"}
        for voice, path, body, name in (
            (self._participant, f"{CARE}/messages", {}, "body"),
            (self._participant, f"{CARE}/claims", {"service_on": "2024-06-10", "currency": "JPY", "amount": "1"}, "claim_note"),
            (self._officer, f"{self._claim}/returns", {}, "claim_answer"),
            (counsellor, f"{case}/messages", {}, "body"),
            (counsellor, f"{case}/notes", {}, "content"),
            (counsellor, f"{case}/contacts", today, "content"),
            (counsellor, f"{case}/follow-ups", {"due_on": "2024-08-01"}, "content"),
            (counsellor, f"{case}/referrals", {"referred_to": "x"}, "content"),
            (counsellor, f"{CARE}/case-searches", {}, "q"),
        ):  # fmt: skip
            self._badly(voice, path, body, name)
        self._astray()

    def _badly(self, voice: Voice, path: str, body: dict[str, Any], name: str) -> None:
        say = self._say
        typed = {"Content-Type": "application/json"}
        for status, options in (
            (422, {"json": body | {name: say() * 200}}),
            (422, {"json": body | {name: [say()]}}),
            (422, {"json": body | {name: f"{say()}\x01"}}),
            (400, {"headers": typed, "content": f'{{"{name}": "{say()}'.encode()}),
            (400, {"headers": typed, "content": say().encode("utf-16")}),
            (415, {"headers": {"Content-Type": f"text/{say()}"}, "content": say().encode()}),
            (400, {"params": {say(): say()}, "json": body | {name: say()}}),
            (413, {"json": body | {name: say() * 60_000}}),
        ):  # fmt: skip
            self._refused(voice("POST", path, **options), status)
        # its own name alone is told to who sent it
        answer = voice("POST", path, json=body | {name: say(), say(): say()})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "field_unknown")

    def _astray(self) -> None:
        """Where an address, a filter, a code or a header is expected."""
        say, participant, counsellor = self._say, self._participant, self._counsellor
        held = {"channel": "phone", "held_on": "2024-07-08"}
        spoken = (
            "Accept",
            "Accept-Language",
            "User-Agent",
            "Referer",
            "Cookie",
            "Forwarded",
            "X-Forwarded-For",
            "Range",
        )
        for status, voice, method, path, options in (
            (422, counsellor, "POST", f"{self._case}/contacts", {"json": held | {"channel": say()}}),
            (422, counsellor, "POST", f"{self._case}/contacts", {"json": held | {"held_on": "2030-01-01", "content": say()}}),
            (422, counsellor, "POST", f"{self._case}/closures", {"json": {"outcome": say()}}),
            (412, participant, "PATCH", self._claim, {"headers": {"If-Match": f'"{say()}"'}, "json": {"claim_note": say()}}),
            (409, participant, "PATCH", self._claim, {"headers": {"If-Match": "*"}, "json": {"claim_note": say()}}),
            (415, participant, "POST", f"{self._claim}/receipts", {"headers": {"Content-Type": f"image/{say()}"}, "content": say().encode()}),
            (422, participant, "POST", f"{CARE}/bookings", {"json": {"slot_id": say()}}),
            (422, participant, "POST", f"{CARE}/bookings", {"json": {"slot_id": str(uuid4()), "time_zone": say()}}),
            (404, participant, "GET", f"{CARE}/messages/{say()}", {}),
            (404, counsellor, "GET", f"{CARE}/{say()}/{say()}", {}),
            (400, participant, say(), f"{CARE}/messages", {}),
            (404, counsellor, "GET", f"{CARE}/cases/{say()}", {}),
            (404, counsellor, "POST", f"{CARE}/cases/{say()}/notes", {"json": {"content": say()}}),
            (200, counsellor, "GET", f"{CARE}/messages", {"params": {"pseudonym": say()}}),
            (200, counsellor, "GET", f"{CARE}/contacts", {"params": {"channel": say()}}),
            (400, counsellor, "GET", f"{CARE}/messages", {"params": {"case_id": say()}}),
            (400, counsellor, "GET", f"{CARE}/messages", {"params": {"cursor": say()}}),
            (400, counsellor, "GET", f"{CARE}/messages", {"params": {"fields": say(), "sort": say()}}),
            (406, participant, "GET", f"{CARE}/messages", {"headers": {"Accept": f"text/{say()}"}}),
            (200, participant, "GET", f"{CARE}/messages", {"headers": {"X-Said": say()} | {one: say() for one in spoken[1:]}}),
        ):  # fmt: skip
            self._refused(voice(method, path, **options), status)

    def _refused(self, answer: httpx.Response, status: int) -> None:
        """And nothing of it comes back, not even to who said it."""
        asked = f"{answer.request.method} {answer.request.url} {answer.request.content[:80]!r}"
        assert answer.status_code == status, f"{asked} {answer.text}"
        assert status == 200 or self._say.within(answer.text) == [], asked

    def is_told_at_the_desk(self, email: str) -> None:
        say = self._say
        with Visitor(self._system) as visitor:
            visitor.ask(email)
            link = eventually(lambda: self._mail.link_to(email))
            visitor.get(link)
            visitor.post(link)
            visitor.get(f"{DESK}/messages")
            assert visitor.post(f"{DESK}/messages", {"body": say()}).status == 200
            assert visitor.post(f"{DESK}/messages", {"body": say() * 200}).status == 422
            visitor.post(f"{DESK}/messages", {say(): say()})
            visitor.get(f"{DESK}/{say()}", **{say(): say()})
            visitor.get(DESK, zone=say())
            claim = {name: text for name, text in CONTENT.items() if name != "claim_note"}
            claim |= {"service_on": "2024-06-10", "currency": "JPY", "amount": "8400", "clinic_name": say()}
            visitor.get(f"{DESK}/refunds")
            assert visitor.post(f"{DESK}/refunds", claim | {"amount": say()}).status == 422
            saved = visitor.post(f"{DESK}/refunds", claim)
            photo = {"file": (f"{say()}.jpg", JPEG + say().encode(), "")}
            assert visitor.post(f"{saved.path}/receipts", files=photo).status == 200
            assert (
                visitor.post(
                    f"{saved.path}/receipts", files={"file": (f"{say()}.png", say().encode(), "")}
                ).status
                == 422
            )

    def breaks(self) -> None:
        """The database hangs up in the middle of a word, and bytes of another were changed."""
        asyncio.run(self._hung_up())
        message = self._participant.done("POST", f"{CARE}/messages", {"body": self._say()})
        execute(self._system.database, f"UPDATE care.message SET body = '\\x00' WHERE id = '{message['id']}'")
        assert self._participant("GET", f"{CARE}/messages/{message['id']}").status_code == 500
        with suppress(httpx.RemoteProtocolError):  # a file is cut short where it cannot go on
            self._participant("GET", f"{CARE}/messages", headers={"Accept": "text/csv"})

    async def _hung_up(self) -> None:
        waiting = "FROM pg_stat_activity WHERE usename = 'care_app' AND wait_event_type = 'Lock'"
        connection = await asyncpg.connect(self._system.database)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE care.note IN ACCESS EXCLUSIVE MODE")
                said = {"json": {"content": self._say()}}
                sending = asyncio.create_task(
                    asyncio.to_thread(self._counsellor, "POST", f"{self._case}/notes", **said)
                )
                for _ in range(500):
                    if await connection.fetchval(f"SELECT count(pg_terminate_backend(pid)) {waiting}"):
                        break
                    await asyncio.sleep(0.02)
            assert (await sending).status_code in (201, 503)
        finally:
            await connection.close()


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
