"""Counselling as it is said in a running system: in good requests, in bad ones, at the desk, and while something breaks."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from client.demo.clients import credentials
from services.system import System
from tests.care.claiming import CONTENT, JPEG
from tests.operate.canaries import Canaries
from tests.operate.test_operating import eventually, said_by
from tests.support.desk import Visitor
from tests.support.mail_server import Sink
from tests.support.offices import Somebody
from tests.support.sql import execute

CARE = "/care/v1"
DESK = "/desk/appointments"


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
