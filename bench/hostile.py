"""`make hostile`: honest callers of a real door while others misbehave at it.

Medians over alternating rounds; what is quoted is a ratio within one run. Services are stand-ins, the door is the
real process with the limits of an installation. Greedy and slow callers cost a small machine as much as the door
does, so the honest ones are compared with a time in which the same callers do the same to a bare server beside it.
"""

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn

from bench.client import a_request
from bench.gateway import free_port
from bench.standins import ISSUER, THING, StillState
from services.gateway.door.app import Door
from services.gateway.door.asgi import Receive, Scope, Send
from services.gateway.door.settings import Settings
from services.kit.auth.keys import Key, load_key, new_key, public_jwk, ring
from services.kit.auth.tokens import AccessToken, mint_access
from services.kit.ids import OrganisationId
from services.serve import configuration

ROUNDS, SLOW_ROUNDS, SECONDS, WATCHED, HONEST_RATE = 5, 3, 4.0, 13.0, 20.0
HONEST, VICTIM, BREAKING = (
    "/grants/v1/audit-checkpoints",
    "/jet/v1/participants",
    "/events/v1/audit-checkpoints",
)
ARRIVING = 50  # a second, of each kind of slow ones
SLOW, GREED, LARGE = 100, 20, 32 << 20


async def service(scope: Scope, receive: Receive, send: Send) -> None:
    """A small answer, or a large one where somebody asks for more."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body", False):
        pass
    size = LARGE if scope["query_string"] else len(THING)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % size)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    piece = THING if size == len(THING) else bytes(1 << 16)
    for left in range(size - len(piece), -1, -len(piece)):
        await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


def serve(name: str, folder: Path, listen: str) -> None:
    if name == "door":
        config = configuration("door", listen)
        key = load_key(folder / "issuer.jwk", "ES256", private=True)
        sockets = {
            f"upstream_{one}": f"unix:{folder}/{one}.sock" for one in ("jet", "care", "grants", "events")
        }
        given: dict[str, Any] = sockets | {"upstream_registry": sockets["upstream_grants"], "keys": folder}
        settings = Settings.model_validate(given | {"database_url": "postgresql://none"})
        config.app, config.factory = Door(settings, StillState(ring([public_jwk(key)], "ES256"))), False
    else:
        at = {"uds": listen[5:]} if listen.startswith("unix:") else {"port": int(listen.rpartition(":")[2])}
        config = uvicorn.Config(service, lifespan="off", access_log=False, log_level="critical",
                                timeout_graceful_shutdown=1, **at)  # fmt: skip
    uvicorn.Server(config).run()


@contextmanager
def process(name: str, folder: Path, listen: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bench.hostile", name, str(folder), listen]
    started = subprocess.Popen(command, env=os.environ | {"KAKEHASHI_ACCESS_LOG": "false"})
    try:
        yield started
    finally:
        started.send_signal(signal.SIGCONT)
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@dataclass
class Seen:
    """What came of requests: seconds of the good ones, and how often each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bare: int = 0  # 429 and 503 without Retry-After

    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98]


class Callers:
    """Those who ask the door on this port, each client under an organisation of its own."""

    def __init__(self, port: int, key: Key) -> None:
        self.port, self._key = port, key
        self._made: dict[str, str] = {}

    def request(self, client: str, path: str, method: str = "GET", **headers: str) -> bytes:
        if client not in self._made:
            now, number = int(time.time()), OrganisationId(UUID(int=len(self._made) + 1))
            rights = frozenset({"jet.participant:read"})
            token = AccessToken(
                ISSUER, client, client, "coordinator", number, None, rights, str(number), now, now + 300
            )
            self._made[client] = mint_access(token, self._key)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return a_request(method, path, {"Authorization": f"Bearer {self._made[client]}"} | more)

    async def line(self, limit: int = 1 << 16) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=limit)

    async def ask(self, client: str, path: str, rate: float, until: float, seen: Seen) -> None:
        """At this rate and not in time with others; late answers do not thin it out more than they must."""
        reader, writer = await self.line()
        request, due = self.request(client, path), time.monotonic()
        while (now := time.monotonic()) < until:
            if now < due:
                await asyncio.sleep(due - now)
            due = max(due + 1 / rate, time.monotonic() - 1 / rate)
            start = time.perf_counter()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            status = int(head.split(b" ")[1])
            seen.statuses[status] += 1
            seen.bare += status in (429, 503) and b"retry-after:" not in head
            if status == 200:
                seen.seconds.append(time.perf_counter() - start)
        writer.close()

    async def honest(self, seconds: float) -> Seen:
        seen, until = Seen(), time.monotonic() + seconds
        await asyncio.gather(
            *(self.ask(f"honest-{n}", HONEST, HONEST_RATE, until, seen) for n in range(5) for _ in range(2))
        )
        return seen


@dataclass
class Figures:
    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def add(self, what: str, figure: float, goal: float, unit: str = "") -> None:
        self.rows.append((what, f"{figure:.2f}{unit}", f"≤ {goal:g}{unit}", figure <= goal))

    def show(self) -> int:
        for what, figure, goal, good in self.rows:
            print(f"{what:<58} {figure:>10} {goal:>10}  {'ok' if good else 'MISSED'}")
        return 0 if all(good for *_, good in self.rows) else 1


async def frozen(callers: Callers, jet: subprocess.Popen[bytes], figures: Figures) -> None:
    ratios, opened, healed = [], [], []
    for number in range(ROUNDS):
        until = time.monotonic() + 0.05
        arriving = asyncio.gather(
            *(callers.ask(f"stuck-{one % 4}", VICTIM, 10, until, Seen()) for one in range(24))
        )
        before = await callers.honest(SECONDS)  # while it is well
        await arriving
        jet.send_signal(signal.SIGSTOP)
        start, stuck = time.monotonic(), Seen()
        refused: list[float] = []

        async def insist(
            one: int, start: float = start, refused: list[float] = refused, number: int = number
        ) -> None:
            seen = Seen()
            with suppress(OSError, asyncio.IncompleteReadError):
                while not seen.statuses[503] and time.monotonic() < start + SECONDS:
                    await callers.ask(f"stuck-{one % 4}", VICTIM, 10, time.monotonic() + 0.05, seen)
                if seen.statuses[503]:
                    refused.append(time.monotonic() - start)

        insisting = [asyncio.create_task(insist(one)) for one in range(24)]

        async def latecomer(insist: Callable[[int], Any] = insist) -> None:
            await asyncio.sleep(1.6)
            await insist(1)

        insisting.append(asyncio.create_task(latecomer()))
        during = await callers.honest(SECONDS)
        jet.send_signal(signal.SIGCONT)
        well = time.monotonic()
        while not stuck.statuses[200]:
            await callers.ask("stuck-9", VICTIM, 20, time.monotonic() + 0.05, stuck)
        healed.append(time.monotonic() - well)
        await asyncio.gather(*insisting)
        opened.append(min(refused, default=99.0))
        ratios.append(during.p99() / before.p99())
    figures.add("frozen service: others' p99 ÷ while it is well", statistics.median(ratios), 1.5)
    figures.add("frozen service: refused at once after", statistics.median(opened), 2, " s")
    figures.add("frozen service: serves again after it is well", statistics.median(healed), 5, " s")


@contextmanager
def others(name: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Bad callers in a process of their own, so that honest ones do not wait for them in ours."""
    command = [sys.executable, "-m", "bench.hostile", name, str(folder), str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdin is not None and started.stdout is not None
        started.stdout.readline()  # its start is no part of what is measured
        started.stdin.write(b"\n")
        started.stdin.flush()
        yield started


def told(started: subprocess.Popen[bytes]) -> Any:
    return json.loads(started.communicate(timeout=60)[0])


async def beside(name: str, folder: Path, port: int, callers: Callers, seconds: float) -> tuple[Seen, Any]:
    """What honest callers of the door see while those of this name are busy at this port, and what they tell."""
    with others(name, folder, port) as process:
        seen = await callers.honest(seconds)
        return seen, await asyncio.to_thread(told, process)


async def greedy(callers: Callers, folder: Path, elsewhere: int, figures: Figures) -> None:
    ratios, turned, bare, quota = [], 0, 0, Counter[str]()
    for _ in range(ROUNDS):
        before, _ = await beside("greedy", folder, elsewhere, callers, SECONDS)
        during, much = await beside("greedy", folder, callers.port, callers, SECONDS)
        ratios.append(during.p99() / before.p99())
        turned += during.statuses.total() - during.statuses[200]
        bare += much["bare"]
        quota += much["statuses"]
    odd = sum(times for status, times in quota.items() if status not in ("200", "429", "503"))
    figures.add(f"client at {GREED}× another: others' p99 ÷ control", statistics.median(ratios), 2.0)
    figures.add("greedy client: others refused", turned, 0)
    figures.add("greedy client: answers but 200, 429, 503", odd, 0)
    figures.add("greedy client: refusals without Retry-After", bare, 0)
    print(f"# the greedy client had {dict(quota)}")


async def be_greedy(callers: Callers) -> None:
    much, until = Seen(), time.monotonic() + SECONDS
    rate = GREED * 2 * HONEST_RATE / 16  # an honest client has two lines
    await asyncio.gather(*(callers.ask("greedy", HONEST, rate, until, much) for _ in range(16)))
    print(json.dumps({"statuses": much.statuses, "bare": much.bare}))


async def drip(
    callers: Callers, kind: str, first: bytes, piece: bytes, cut: list[float], after: float
) -> None:
    """Sends as little as keeps a naive server waiting, or reads nothing, until the door has had enough."""
    await asyncio.sleep(after)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 12)
    line.setblocking(False)
    loop, start = asyncio.get_running_loop(), time.monotonic()
    with line, suppress(OSError):
        await loop.sock_connect(line, ("127.0.0.1", callers.port))
        await loop.sock_sendall(line, first)
        while time.monotonic() - start < WATCHED:
            await asyncio.sleep(0.25)
            await loop.sock_sendall(line, piece)
            if kind != "read":
                with suppress(BlockingIOError):
                    line.recv(1 << 12)
                    break  # an answer or an end: the door has had enough
    cut.append(time.monotonic() - start)


async def be_slow(callers: Callers) -> None:
    cut: dict[str, list[float]] = {"head": [], "body": [], "read": []}
    post = {"Content_Type": "application/json", "Content_Length": "1000"}
    each = []
    for number in range(SLOW):
        client = f"slow-{number // 10}"
        body = callers.request(client, VICTIM, "POST", **post)
        read = callers.request(client, f"{VICTIM}?limit=50")
        for kind, first, piece in (
            ("head", b"GET / HTTP/1.1\r\n", b"X: y\r\n"),
            ("body", body, b" "),
            ("read", read, b"\r\n"),
        ):
            each.append(drip(callers, kind, first, piece, cut[kind], number / ARRIVING))
    await asyncio.gather(*each)
    print(json.dumps({kind: max(seconds) for kind, seconds in cut.items()}))


async def slow(callers: Callers, folder: Path, elsewhere: int, figures: Figures) -> None:
    ratios: list[float] = []
    cut: dict[str, list[float]] = {"head": [], "body": [], "read": []}
    for _ in range(SLOW_ROUNDS):
        before, _ = await beside("slow", folder, elsewhere, callers, WATCHED)
        during, ended = await beside("slow", folder, callers.port, callers, WATCHED)
        for kind, seconds in ended.items():
            cut[kind].append(seconds)
        ratios.append(during.p99() / before.p99())
    figures.add(f"{3 * SLOW} slow clients: others' p99 ÷ control", statistics.median(ratios), 2.0)
    for kind, seconds in cut.items():
        figures.add(f"slow {kind}: the last is cut after", statistics.median(seconds), 10, " s")


async def storm(callers: Callers, folder: Path, figures: Figures) -> None:
    """A service that breaks off on each connection's second request: as many as it can are asked for again."""
    asked = 0

    async def breaking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        for turn in range(2):
            with suppress(asyncio.IncompleteReadError, asyncio.CancelledError):
                await reader.readuntil(b"\r\n\r\n")
                asked += 1
                if not turn:
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood")
        writer.close()

    async with await asyncio.start_unix_server(breaking, str(folder / "events.sock")):
        seen, until = Seen(), time.monotonic() + 2 * SECONDS
        await asyncio.gather(*(callers.ask(f"storm-{n}", BREAKING, 50, until, seen) for n in range(4)))
    let_through = seen.statuses[200] + seen.statuses[502]
    figures.add("storm: requests at the service ÷ let through", asked / let_through, 1.10)
    print(f"# in the storm callers had {dict(seen.statuses)}")


async def attack(port: int, elsewhere: int, key: Key, folder: Path, jet: subprocess.Popen[bytes]) -> int:
    callers, figures = Callers(port, key), Figures()
    for _ in range(100):
        with suppress(OSError):
            await callers.honest(1)
            break
        await asyncio.sleep(0.1)
    await frozen(callers, jet, figures)
    await greedy(callers, folder, elsewhere, figures)
    callers = Callers(port, key)  # with fresh tokens
    await slow(callers, folder, elsewhere, figures)
    await storm(callers, folder, figures)
    return figures.show()


BAD = {"greedy": be_greedy, "slow": be_slow}


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kk-hostile-") as made, ExitStack() as stack:
        folder, port, elsewhere = Path(made), free_port(), free_port()
        key = new_key("ES256")
        (folder / "issuer.jwk").write_text(json.dumps(key.as_dict(private=True)))
        (folder / "door.jwk").write_text(json.dumps(new_key("Ed25519").as_dict(private=True)))
        at = {name: f"unix:{folder}/{name}.sock" for name in ("grants", "jet")} | {
            "door": f"127.0.0.1:{port}",
            "bare": f"127.0.0.1:{elsewhere}",
        }
        started = {name: stack.enter_context(process(name, folder, listen)) for name, listen in at.items()}
        missed = asyncio.run(attack(port, elsewhere, key, folder, started["jet"]))
    print(f"# {time.monotonic() - began:.0f} s")
    return missed


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] in BAD:
        issuer = load_key(Path(sys.argv[2]) / "issuer.jwk", "ES256", private=True)
        print(flush=True)
        sys.stdin.readline()
        asyncio.run(BAD[sys.argv[1]](Callers(int(sys.argv[3]), issuer)))
    elif len(sys.argv) == 4:
        serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(main())
