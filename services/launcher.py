"""One machine: `python -m services.launcher demo` plays the story and ends, `… run` serves the demo years until
Ctrl-C, `… serve` an installation without them.

The loaded demo years are kept as a template; every demo, and the first run, starts from a copy of it.
"""

import hashlib
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from migrations.run import Sandbox, analyse, migrate, reopen_sandbox
from services.keys import create_passwords
from services.postgres import PostgresError, PrivatePostgres, copy_data
from services.postgres_binaries import remove
from services.processes import ProcessFailed
from services.system import ROLES, System
from services.templates import DATA, content_key, template

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE_SOURCES = ("migrations", "client/demo", "services/kit", "services/jet", "services/gateway/registry")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
DEMO_FILE = "demo.json"
NO_DEMO = "no-demo-data"  # marks the folder of an installation, so that no invented people get into it
STORY_STARTS = datetime(2024, 7, 8, 9, tzinfo=timezone(timedelta(hours=9)))
SANDBOX = Sandbox(clock=STORY_STARTS, go_live_at=STORY_STARTS)

Load = Callable[[System], Mapping[str, object]]


def load_demo_years(system: System) -> Mapping[str, object]:
    """The demo clients: role to client id, secret or key file, scopes and organisation."""
    made: Mapping[str, object] = importlib.import_module("client.demo.load").load(system.url, system.keys)
    return made


@dataclass(frozen=True, slots=True)
class Launcher:
    """`data` is KAKEHASHI_DATA_DIR; `load` fills a running system and describes its demo clients."""

    data: Path
    port: int
    load: Load = load_demo_years
    metrics: int = 0

    def demo(self) -> int:
        """The story in a fresh clone; what remains is out/, the logs and the template."""
        with self.sandbox():
            story = [sys.executable, "-m", "client.demo.story", str(self.data / DEMO_FILE)]
            return subprocess.run(story, check=False).returncode

    @contextmanager
    def sandbox(self) -> Iterator[System]:
        """A running system on a fresh clone of the demo years, its clock where the story starts."""
        self.data.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="demo-", dir=self.data))
        try:
            self._clone(folder)
            with PrivatePostgres(folder / DATA, durable=False) as postgres:
                reopen_sandbox(postgres.url(), SANDBOX)
                with System(folder, postgres.url(), port=self.port, logs=self.data / "log") as system:
                    self._publish(system)
                    yield system
        finally:
            remove(folder / DATA)
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, database: str | None) -> int:
        """Serve the demo years; `database` is an administrator's URL of an own Postgres, else a private one."""
        folder = self._folder(database, "run")
        if (folder / NO_DEMO).exists():
            raise ProcessFailed("This database holds an installation without demo data: use `make serve`.")
        with (
            self._own(database) if database else self._private(folder) as (url, passwords),
            self._system(folder, url, passwords) as system,
        ):
            if not (folder / DEMO_FILE).exists():
                save(folder / DEMO_FILE, self.load(system))
            print(welcome(self._publish(system), system.metrics_url), flush=True)
            return watch(system)

    def serve(self, database: str | None) -> int:
        """Serve without demo data: what is there is what was sent."""
        folder = self._folder(database, "installation")
        if not (folder / DEMO_FILE).exists():
            (folder / NO_DEMO).touch()
        with (
            self._own(database) if database else self._empty(folder) as (url, passwords),
            self._system(folder, url, passwords) as system,
        ):
            print(installed(system), flush=True)
            return watch(system)

    def _folder(self, database: str | None, private: str) -> Path:
        """The keys belong to one database, so each has a folder of its own."""
        folder = self.data / (f"database-{_named(*_place(database))}" if database else private)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _system(self, folder: Path, url: str, passwords: Mapping[str, str]) -> System:
        migrate(url, passwords=passwords)
        return System(
            folder, url, port=self.port, mail=self.data / "mail", passwords=passwords, metrics=self.metrics
        )

    @contextmanager
    def _own(self, url: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Login roles belong to a whole server: two databases on it share their passwords."""
        yield url, create_passwords(self.data / f"server-{_named(_place(url)[0])}", ROLES)

    @contextmanager
    def _empty(self, folder: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
        with PrivatePostgres(folder / DATA, durable=True) as postgres:
            yield postgres.url(), {}

    @contextmanager
    def _private(self, folder: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
        first = not (folder / DATA).exists()
        if first:
            self._clone(folder)
        with PrivatePostgres(folder / DATA, durable=True) as postgres:
            if first:
                reopen_sandbox(postgres.url(), SANDBOX)
            yield postgres.url(), {}

    def _clone(self, folder: Path) -> None:
        """The data comes last: where it is, the rest is."""
        key = content_key(REPOSITORY / source for source in TEMPLATE_SOURCES)
        with template(self.data / "templates", key, self._build) as made:
            shutil.copytree(made / "keys", folder / "keys", dirs_exist_ok=True)
            shutil.copy2(made / DEMO_FILE, folder / DEMO_FILE)
            copy_data(made / DATA, folder / DATA)

    def _build(self, folder: Path) -> None:
        print("Loading the demo years, once … / 初回のみ、デモ年度を読み込みます…", flush=True)
        with PrivatePostgres(folder / DATA, durable=False) as postgres:
            migrate(postgres.url(), sandbox=SANDBOX)
            with System(folder, postgres.url(), logs=self.data / "log") as system:
                save(folder / DEMO_FILE, self.load(system))
            analyse(postgres.url())  # copies start with the statistics that a running server gathers in time

    def _publish(self, system: System) -> Mapping[str, object]:
        """var/demo.json: the demo clients, where they find this system, where that keeps what it is told, and where
        letters arrive."""
        kept = [str(system.folder / DATA), str(system.logs)]
        described = {
            "url": system.url,
            "kept": kept,
            "mail": str(system.mail),
            **json.loads((system.folder / DEMO_FILE).read_text()),
        }
        for client in described.get("clients", {}).values():
            if "key_file" in client:  # the keys were copied along with the data
                client["key_file"] = str(system.keys / Path(client["key_file"]).name)
        described.get("clients", {}).get("registrar", {}).update(registrar(system))
        save(self.data / DEMO_FILE, described)
        return described


def registrar(system: System) -> dict[str, object]:
    """What bootstrap wrote: made anew when the database did not know it."""
    known: dict[str, object] = json.loads((system.keys / "registrar.json").read_text(encoding="utf-8"))
    return known


def _place(url: str) -> tuple[str, str]:
    """Which server and which database a URL means, whoever logs in there."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    address = parts.netloc.rpartition("@")[2].lower() or ",".join(query.get("host", []))
    port = ",".join(query.get("port", ["5432"]))
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    return address if re.search(r":[0-9]+$", address) else f"{address}:{port}", parts.path.strip("/") or user


def _named(*place: str) -> str:
    return hashlib.sha256("\0".join(place).encode()).hexdigest()[:12]


def save(path: Path, content: Mapping[str, object]) -> None:
    """Whole or not at all, and only for its owner: it holds the secrets of the demo clients."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    new.replace(path)


def welcome(demo: Mapping[str, object], metrics: str | None = None) -> str:
    """What a person needs first: the address, a client for each role, lines that work as printed."""
    url = demo["url"]
    lines = [f"Kakehashi serves at {url}   (Ctrl-C stops it / Ctrl-C で停止)", f"  docs  {url}/docs"]
    lines += [f"  metrics  {metrics}"] if metrics else []
    desk = demo.get("desk")
    if isinstance(desk, dict):
        lines += [f"  desk  {url}/desk   enter one of these addresses; the link is printed here"]
        lines += ["        次のアドレスを入力すると、サインインのリンクがここに表示されます"]
        lines += [f"    {role:<16} {address}" for role, address in desk.items()]
    lines.append("")
    clients = demo.get("clients")
    for role, client in (clients if isinstance(clients, dict) else {}).items():
        lines.append(
            f"  {role:<16} {client['client_id']}  {client.get('client_secret') or client.get('key_file')}"
        )
        lines += [f"    for {who:<14} {person}" for who, person in client.get("people", {}).items()]
        if role == "coordinator" and "client_secret" in client:
            credentials = f"{client['client_id']}:{client['client_secret']}"
            lines += [
                f"    TOKEN=$(curl -s -u '{credentials}' -d grant_type=client_credentials {url}/oauth/token"
                """ | python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])')""",
                f'    curl -s -H "Authorization: Bearer $TOKEN" "{url}/jet/v1/participants?limit=3"',
            ]
    return "\n".join(lines)


def installed(system: System) -> str:
    """What the first registrar needs."""
    return "\n".join(
        [
            f"Kakehashi serves at {system.url}   (Ctrl-C stops it / Ctrl-C で停止)",
            f"  docs       {system.url}/docs",
            f"  desk       {system.url}/desk   (mail in {system.mail})",
            f"  registrar  {system.keys / 'registrar.json'}   (client_id, client_secret)",
            f"  metrics    {system.metrics_url}",
        ]
    )


def watch(system: System) -> int:
    """Until Ctrl-C or SIGTERM. A dead process is reported, not restarted; without the door all ends. Letters that
    go to a folder are printed: on one machine nobody else brings them."""
    reported: set[str] = set()
    seen = set(system.mail.glob("*.eml"))
    try:
        while True:
            for path in sorted(set(system.mail.glob("*.eml")) - seen):
                seen.add(path)
                print(_letter(path), flush=True)
            for child in system.dead():
                if child.name not in reported:
                    reported.add(child.name)
                    print(child.last_words(), file=sys.stderr, flush=True)
            if "door" in reported:
                return 1
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("Stopping … / 停止しています…", flush=True)
        return 0


def _letter(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body()
    text = "" if body is None else body.get_content()
    return f"\n-- {path.name} --\nTo: {message['To']}\nSubject: {message['Subject']}\n\n{text}"


def _interrupt(*_: object) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut the stopping short
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    if arguments not in (["run"], ["demo"], ["serve"]):
        print("usage: python -m services.launcher run|demo|serve", file=sys.stderr)
        return 2
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    data = Path(os.environ.get("KAKEHASHI_DATA_DIR") or "var").absolute()
    port = int(os.environ.get("KAKEHASHI_PORT") or (0 if arguments == ["demo"] else 8000))
    metrics = int(os.environ.get("KAKEHASHI_METRICS_PORT") or 0)
    database = os.environ.get("DATABASE_URL") or None
    launcher = Launcher(data, port, metrics=metrics)
    try:
        if arguments == ["demo"]:
            return launcher.demo()
        return launcher.run(database) if arguments == ["run"] else launcher.serve(database)
    except (PostgresError, ProcessFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
