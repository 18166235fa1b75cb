"""`make bench-gateway`: the door beside what a user would put in its place, in one alternating run.

CPU-µs per request of the gateway itself (user and system, its helpers among it; neither the upstream's nor
the load's), medians over the rounds; what is quoted is the median of the pairwise ratios. The reference is
nginx `auth_request` with a verifier of our own that knows a token by its SHA-256 and, as the door does, is
asked on every request, so that a withdrawn token ends at once. With nginx's `proxy_cache` before the verifier
it is cheaper and forgets that; the row says what it costs.
"""

import asyncio
import json
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from bench.client import a_request, load_for
from bench.read import cpu
from bench.standins import ISSUER, LIST, THING, UPSTREAM, VERIFIER
from services.kit.auth.keys import new_key, public_jwk
from services.kit.auth.tokens import AccessToken, mint_access

ROUNDS, SECONDS, CONNECTIONS, IDLE = 5, 1, 16, 1000
FLOOR, GOAL = 2.0, 1.5
REFERENCE = "nginx auth_request"
NGINX = """
worker_processes 1; daemon off; pid {folder}/{name}.pid; error_log {folder}/{name}.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log {folder}/{name}.access; default_type application/json; client_body_temp_path {folder}/{name}-body;
  proxy_temp_path {folder}/{name}-proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s; keepalive_requests 10000000;
  proxy_http_version 1.1; proxy_set_header Connection "";
  proxy_cache_path {folder}/{name}-cache keys_zone=seen:1m;
  upstream service {{ server unix:{folder}/upstream.sock; keepalive 32; keepalive_requests 10000000; }}
  upstream verifier {{ server unix:{folder}/verifier.sock; keepalive 32; keepalive_requests 10000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ {ask} proxy_pass http://service; }}
    location = /verify {{
      internal; {cache} proxy_pass http://verifier; proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }}
  }}
}}
"""
CACHE = "proxy_cache seen; proxy_cache_key $http_authorization; proxy_cache_valid 204 60s;"
HAPROXY = """
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend front
  bind 127.0.0.1:{port}
  http-request deny deny_status 401 unless {{ http_auth_bearer,jwt_verify(ES256,"{folder}/issuer.pem") -m int 1 }}
  default_backend service
backend service
  server one unix@{folder}/upstream.sock
"""
LUA = 'wrk.method = "{method}"\nwrk.body = [==[{body}]==]\nwrk.headers["Content-Type"] = "application/json"\n'
Figures = dict[str, list[tuple[float, float]]]


@dataclass
class Peer:
    """A gateway that listens on `port`; `own` are its processes."""

    name: str
    port: int
    own: set[int] = field(default_factory=set)
    guarded: bool = True


@dataclass(frozen=True)
class Asked:
    """One kind of request, and how many bytes its answer has."""

    title: str
    method: str
    path: str
    answer: int
    body: bytes = b""

    def bytes(self, headers: dict[str, str]) -> bytes:
        typed = {"Content-Type": "application/json"} if self.body else {}
        return a_request(self.method, self.path, headers | typed, self.body)


ASKED = (
    Asked("GET by id", "GET", "/jet/v1/participants/0190a000-0000-7000-8000-000000000001", len(THING)),
    Asked("list of 27 KB", "GET", "/jet/v1/participants?limit=50", len(LIST)),
    Asked("POST of 1 KB", "POST", "/jet/v1/participants", len(THING), json.dumps({"n": "x" * 1015}).encode()),
)


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def make_keys(folder: Path) -> dict[str, str]:
    """The issuer's and the door's keys, and the header of a caller."""
    issuer, door = new_key("ES256"), new_key("Ed25519")
    (folder / "issuer.public.jwk").write_text(json.dumps(public_jwk(issuer)))
    (folder / "issuer.pem").write_bytes(issuer.as_pem(private=False))
    (folder / "door.jwk").write_text(json.dumps(door.as_dict(private=True)))
    now = int(time.time())
    token = AccessToken(
        ISSUER, "bench", "bench", "coordinator", None, None, frozenset({"jet.participant:read"}),
        str(UUID(int=1)), now, now + 300,
    )  # fmt: skip
    return {"Authorization": f"Bearer {mint_access(token, issuer)}"}


@contextmanager
def running(arguments: list[str]) -> Iterator[int]:
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def standin(stack: ExitStack, folder: Path, name: str, listen: str) -> int:
    return stack.enter_context(running([sys.executable, "-m", "bench.standins", name, str(folder), listen]))


def peers(stack: ExitStack, folder: Path) -> Iterator[Peer]:
    """The door and the reference first, so that the two follow each other in every round."""
    door = Peer("door", free_port())
    door.own = {standin(stack, folder, "door", f"127.0.0.1:{door.port}")}
    yield door
    verifier = standin(stack, folder, "verifier", f"unix:{folder / VERIFIER}")
    ask = "auth_request /verify;"
    made = [
        (REFERENCE, ask, ""),
        (f"{REFERENCE} + proxy_cache", ask, CACHE),
        ("nginx plain, no check", "", ""),
    ]
    for number, (name, asking, cache) in enumerate(made):
        if program := installed("nginx", name):
            port, file = free_port(), folder / f"n{number}.conf"
            said = {"folder": folder, "name": f"n{number}", "port": port, "ask": asking, "cache": cache}
            file.write_text(NGINX.format(**said))
            pid = stack.enter_context(running([program, "-c", str(file), "-e", f"{folder}/n{number}.log"]))
            yield Peer(name, port, {pid, verifier} if asking else {pid}, guarded=bool(asking))
    if program := installed("haproxy", "HAProxy jwt_verify"):
        port, file = free_port(), folder / "haproxy.cfg"
        file.write_text(HAPROXY.format(folder=folder, port=port))
        pid = stack.enter_context(running([program, "-db", "-q", "-f", str(file)]))
        yield Peer("HAProxy jwt_verify", port, {pid})
    usual = Peer("FastAPI + httpx", free_port())
    usual.own = {standin(stack, folder, "usual", f"127.0.0.1:{usual.port}")}
    yield usual
    direct = Peer("direct", free_port(), guarded=False)
    direct.own = {standin(stack, folder, "upstream", f"127.0.0.1:{direct.port}")}
    yield direct


def installed(program: str, row: str) -> str | None:
    found = shutil.which(program) or shutil.which(f"/usr/sbin/{program}")
    if found is None:
        print(f"{row}: {program} is not installed, this row is left out")
    return found


def wait_for(address: str | int) -> None:
    family, place = (
        (socket.AF_UNIX, address) if isinstance(address, str) else (socket.AF_INET, ("127.0.0.1", address))
    )
    deadline = time.monotonic() + 20
    while True:
        with socket.socket(family) as asking:
            if not asking.connect_ex(place):
                return
        if time.monotonic() > deadline:
            raise RuntimeError(f"nobody listens at {address}")
        time.sleep(0.05)


def check(peer: Peer, headers: dict[str, str]) -> None:
    """Waits until it is up; then it must answer whole, and nobody without a token."""
    wait_for(peer.port)
    for asked in ASKED:
        status, length = answer(peer.port, asked.bytes(headers))
        if (status, length) != (200, asked.answer):
            raise RuntimeError(f"{peer.name}: {asked.title} gave {status} with {length} bytes")
    if peer.guarded and answer(peer.port, ASKED[0].bytes({}))[0] != 401:
        raise RuntimeError(f"{peer.name} lets everybody in")


def answer(port: int, request: bytes) -> tuple[int, int]:
    closing = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(closing)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), len(body)


def load(folder: Path, peer: Peer, asked: Asked, headers: dict[str, str]) -> int:
    """How many requests were answered in a second; wrk where it is, else a loop of our own."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return asyncio.run(load_for(SECONDS, peer.port, asked.bytes(headers), CONNECTIONS))
    arguments = [
        wrk,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}s",
        "-H",
        f"Authorization: {headers['Authorization']}",
    ]
    if asked.body:
        script = folder / "post.lua"
        script.write_text(LUA.format(method=asked.method, body=asked.body.decode()))
        arguments += ["-s", str(script)]
    run = subprocess.run(
        [*arguments, f"http://127.0.0.1:{peer.port}{asked.path}"], capture_output=True, text=True, check=True
    )
    if "Non-2xx" in run.stdout or "Socket errors" in run.stdout:
        raise RuntimeError(f"{peer.name}: {run.stdout}")
    found = re.search(r"(\d+) requests in", run.stdout)
    assert found is not None
    return int(found[1])


def compare(
    folder: Path, all_peers: list[Peer], asked: Asked, headers: dict[str, str], upstream: int
) -> float:
    """Prints the table; the door's ratio to the reference, 0 where that is missing."""
    figures: Figures = {peer.name: [] for peer in all_peers}
    for _ in range(ROUNDS):
        for peer in all_peers:
            before = cpu(peer.own), cpu({upstream})
            done = load(folder, peer, asked, headers)
            after = cpu(peer.own), cpu({upstream})
            figures[peer.name].append(((after[0] - before[0]) / done, (after[1] - before[1]) / done))
    base = [own for own, _ in figures.get(REFERENCE, [])]
    print(f"\n{asked.title:<34} gateway µs   ÷ {REFERENCE}      upstream µs")
    quoted = 0.0
    for name, rows in figures.items():
        own, behind = (statistics.median(column) for column in zip(*rows, strict=True))
        if name == "direct":
            print(f"  {name:<32} {'–':>10}   {'–':^20}      {own:8.0f}")
            continue
        ratios = [row[0] / reference for row, reference in zip(rows, base, strict=False)]
        spread = f"{statistics.median(ratios):5.2f} ({min(ratios):.2f}–{max(ratios):.2f})" if ratios else "–"
        print(f"  {name:<32} {own:10.0f}   {spread:^20}      {behind:8.0f}")
        if name == "door" and ratios:
            quoted = statistics.median(ratios)
    return quoted


async def idle_memory(peer: Peer, request: bytes) -> float:
    """KiB of the process for each connection that has had an answer and stays."""
    before = resident(peer)
    writers = []
    for _ in range(IDLE):
        reader, writer = await asyncio.open_connection("127.0.0.1", peer.port)
        writer.write(request)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(THING))
        writers.append(writer)
    grown = resident(peer) - before
    for writer in writers:
        writer.close()
    return grown / IDLE


def resident(peer: Peer) -> int:
    status = Path(f"/proc/{next(iter(peer.own))}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def main() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8192)), hard))
    with tempfile.TemporaryDirectory(prefix="kk-bench-") as made, ExitStack() as stack:
        folder = Path(made)
        folder.chmod(0o711)  # nginx started by root serves as nobody, who must reach the sockets
        headers = make_keys(folder)
        upstream = standin(stack, folder, "upstream", f"unix:{folder / UPSTREAM}")
        all_peers = list(peers(stack, folder))
        for name in (UPSTREAM, VERIFIER):
            wait_for(str(folder / name))
        for peer in all_peers:
            check(peer, headers)
        tool = "wrk" if shutil.which("wrk") else "bench/client.py"
        print(f"{ROUNDS} alternating rounds of {SECONDS} s, {CONNECTIONS} connections, load by {tool}")
        ratios = [compare(folder, all_peers, asked, headers, upstream) for asked in ASKED]
        grown = asyncio.run(idle_memory(all_peers[0], ASKED[0].bytes(headers)))
    print(
        f"\n{IDLE} idle connections at the door: {grown:.1f} KiB of memory each, {grown * IDLE / 1024:.0f} MiB"
    )
    if not ratios[0]:
        print(f"No verdict: {REFERENCE} is not there to compare with")
        return 0
    verdict = "goal" if ratios[0] <= GOAL else "floor" if ratios[0] <= FLOOR else "nothing"
    print(f"GET by id {ratios[0]:.2f}× {REFERENCE}: meets the {verdict} (floor {FLOOR}, goal {GOAL})")
    return 0 if ratios[0] <= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
