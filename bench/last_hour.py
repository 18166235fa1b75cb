"""The last hour of a survey, played against running processes: every organisation sends its file while the deadline
passes and the worker is killed. Then the receipts are compared with what the senders were told.
"""

import asyncio
import csv
import io
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import httpx
from joserfc.jwk import ECKey
from openpyxl import Workbook

from client.api import MEDIA_TYPES, Api, Query
from client.credentials import SigningKey
from client.demo.members import client_id
from services.system import System

YEAR = 2025
ON_BEHALF = 5  # so many members of a host authority let it send one file for them
HEADINGS = (
    "organisation_code",
    "programme_year",
    "line",
    "entry",
    "job_type",
    "arrival_group",
    "seats",
    "elementary",
)
AT_ONCE, TRIES, PATIENCE = 16, 30, 90.0
IMPORTS, RECEIPTS, SUBMISSIONS = (
    f"/jet/v1/{name}" for name in ("imports", "placement-receipts", "placement-submissions")
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file, for whom it is, and when in the window it is sent. `manner`: once, again (as if the answer had been
    lost), or broken off in the middle and then whole."""

    client: str
    codes: tuple[str, ...]
    suffix: str
    content: bytes
    at: float
    manner: str
    key: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class Sent:
    """`seconds` from the first try to the 202; `told` is the receipt, `again` what the same key was answered."""

    parcel: Parcel
    seconds: float
    told: dict[str, Any]
    again: dict[str, Any] | None


@dataclass
class Played:
    """What the senders were told, what the survey holds, and when the last file was done."""

    deadline: datetime
    sent: list[Sent]
    accepting: float
    done: float
    turned: int
    imports: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    submissions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def expected(self) -> dict[str, Sent]:
        return {code: one for one in self.sent for code in one.parcel.codes}

    def lost(self) -> list[str]:
        """Organisations whose file was taken and that have no receipt, or no submission."""
        held = {code for code, one in self.submissions.items() if one["state"] == "submitted"}
        return sorted(self.expected().keys() - (self.receipts.keys() & held))

    def twice(self) -> list[str]:
        again = {one.told["id"] for one in self.sent if one.again and one.again != one.told}
        return sorted([code for code, found in self.receipts.items() if len(found) > 1] + list(again))

    def misjudged(self) -> list[str]:
        """Those whose receipt is not that of their file, or late by anything but the file's arrival."""
        return sorted(
            code
            for code, one in self.expected().items()
            for receipt in self.receipts.get(code, [])
            if not self._just(one, receipt, self.submissions[code])
        )

    def _just(self, one: Sent, receipt: dict[str, Any], submission: dict[str, Any]) -> bool:
        told, kept = one.told, self.imports[one.told["id"]]
        late = instant(told["arrived_at"]) >= self.deadline
        return bool(
            [receipt[name] for name in ("receipt_number", "arrived_at", "sha256", "import_id")]
            == [told["receipt_number"], kept["arrived_at"], told["sha256"], told["id"]]
            and told["arrived_at"] == kept["arrived_at"]
            and (receipt["late"], submission["late"]) == (late, late)
            and receipt["on_behalf"] == one.parcel.client.startswith("host-")
        )

    def late(self) -> set[str]:
        return {code for code, found in self.receipts.items() if found[0]["late"]}


def instant(said: str) -> datetime:
    return datetime.fromisoformat(said)


def parcels(hosts: Mapping[str, Sequence[str]], rng: Random, window: float) -> list[Parcel]:
    """Most arrive about the middle of the window. `hosts`: the members of each host authority."""
    groups: list[tuple[str, tuple[str, ...]]] = []
    for host, members in hosts.items():
        helped = tuple(members[-ON_BEHALF:]) if len(members) > 2 * ON_BEHALF else ()
        groups += [(client_id("host_authority", host), helped)] if helped else []
        groups += [(client_id("organisation", code), (code,)) for code in members if code not in helped]
    rng.shuffle(groups)
    made = []
    for number, (client, codes) in enumerate(groups):
        rows = [
            (code, YEAR, line, "new", "ALT", "a", rng.randint(1, 4), "○")
            for code in codes
            for line in (1, 2, 3)
        ]
        suffix = ".xlsx" if number % 3 == 0 else ".csv"
        content = workbook(rows) if suffix == ".xlsx" else table(rows)
        manner = {3: "again", 7: "broken"}.get(number % 10, "once")
        made.append(Parcel(client, codes, suffix, content, rng.triangular(0, window, window / 2), manner))
    return sorted(made, key=lambda one: one.at)


def table(rows: Iterable[Sequence[object]]) -> bytes:
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([HEADINGS, *rows])
    return lines.getvalue().encode()


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in (HEADINGS, *rows):
        sheet.append(list(row))
    book.save(file)
    return file.getvalue()


class Senders:
    """Each client with its own token, got beforehand; a refusal for now is waited for and tried again."""

    def __init__(self, http: httpx.AsyncClient, issuer: str, key: ECKey) -> None:
        self._http, self._issuer, self._key = http, issuer, key
        self._tokens: dict[str, str] = {}
        self.turned = 0

    async def _patiently(self, method: str, path: str, **options: Any) -> httpx.Response:
        for _ in range(TRIES):
            answer = await self._http.request(method, path, **options)
            if answer.status_code not in (409, 429, 503):
                return answer
            self.turned += 1
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
        raise RuntimeError(f"{method} {path}: {answer.text}")

    async def identify(self, client: str) -> None:
        form = SigningKey(client, self._key).request(self._issuer).form
        answer = await self._patiently("POST", "/oauth/token", data=form)
        self._tokens[client] = answer.raise_for_status().json()["access_token"]

    async def send(self, parcel: Parcel, since: float) -> Sent:
        await asyncio.sleep(since + parcel.at - time.monotonic())
        headers = {
            "Authorization": f"Bearer {self._tokens[parcel.client]}",
            "Content-Type": MEDIA_TYPES[parcel.suffix],
            "Idempotency-Key": parcel.key,
        }
        began = time.monotonic()
        if parcel.manner == "broken":
            with suppress(BrokenOff):
                await self._post(headers, half(parcel.content))
        told = (await self._post(headers, parcel.content)).json()
        seconds = time.monotonic() - began
        again = (await self._post(headers, parcel.content)).json() if parcel.manner == "again" else None
        return Sent(parcel, seconds, told, again)

    async def _post(self, headers: dict[str, str], content: bytes | AsyncIterator[bytes]) -> httpx.Response:
        query = {"kind": "placement-requests"}
        answer = await self._patiently("POST", IMPORTS, params=query, headers=headers, content=content)
        if answer.status_code != 202:
            raise RuntimeError(answer.text)
        return answer

    async def read(self, one: Sent) -> dict[str, Any]:
        """The import as its sender sees it."""
        bearer = {"Authorization": f"Bearer {self._tokens[one.parcel.client]}"}
        answer = await self._patiently("GET", one.told["import"], headers=bearer)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


class BrokenOff(Exception):
    """The sender's line went down."""


async def half(content: bytes) -> AsyncIterator[bytes]:
    yield content[: len(content) // 2]
    await asyncio.sleep(0.05)
    raise BrokenOff


async def few(works: Iterable[Any]) -> list[Any]:
    """A few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(work: Any) -> Any:
        async with gate:
            return await work

    return await asyncio.gather(*map(one, works))


async def unlucky(system: System, since: float, before: float) -> None:
    """The worker is down while the deadline passes, and is killed once more at the pile that it finds."""
    worker = system.children["worker-jet"]
    await asyncio.sleep(since + before - 1.5 - time.monotonic())
    worker.kill()
    await asyncio.sleep(3)
    worker.start()
    await asyncio.to_thread(worker.wait_ready, 30)
    await asyncio.sleep(0.5)
    worker.kill()
    worker.start()


async def done(coordinator: Api, wanted: int) -> float:
    """When there are as many receipts as organisations, or none has come for a long time."""
    asked: Query = {"programme_year": YEAR, "limit": 1, "include": "total"}
    seen, at = 0, time.monotonic()
    while seen < wanted and time.monotonic() < at + PATIENCE:
        total = (await asyncio.to_thread(coordinator.get, RECEIPTS, asked))["total"]
        if total > seen:
            seen, at = total, time.monotonic()
        await asyncio.sleep(0.3)
    return at


async def play(
    system: System, registrar: Api, coordinator: Api, key: ECKey, hosts: Mapping[str, Sequence[str]],
    deadline: datetime, before: float, window: float,
) -> Played:  # fmt: skip
    """The survey of YEAR is open; the sandbox's clock is set to `before` seconds ahead of its deadline."""
    made = parcels(hosts, Random(YEAR), window)
    async with httpx.AsyncClient(base_url=system.url, timeout=60) as http:
        senders = Senders(http, system.url, key)
        await few(senders.identify(one.client) for one in made)
        senders.turned = 0
        registrar.post("/identity/v1/clock-moves", {"to": (deadline - timedelta(seconds=before)).isoformat()})
        since = time.monotonic()
        killing = asyncio.create_task(unlucky(system, since, before))
        sent = await asyncio.gather(*(senders.send(one, since) for one in made))
        accepting = time.monotonic() - since
        await killing
        ended = await done(coordinator, sum(len(one.codes) for one in made))
        played = Played(deadline, sent, accepting, ended - since, senders.turned)
        kept = await few(senders.read(one) for one in sent)
    played.imports = {one["id"]: one for one in kept}
    asked: Query = {"programme_year": YEAR}
    for receipt in coordinator.iterate(RECEIPTS, asked):
        played.receipts.setdefault(receipt["organisation_code"], []).append(receipt)
    played.submissions = {one["organisation_code"]: one for one in coordinator.iterate(SUBMISSIONS, asked)}
    return played
