"""The whole of Kakehashi on one machine, as real processes against one database.

Several Systems with different folders run side by side: each has its own private socket folder and door port.
"""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from services.keys import CARE_KEY, create_keys
from services.nursery import DATABASE, CopyChild
from services.processes import Child, ProcessFailed

SERVICES = ("registry", "jet", "care", "grants", "events")
WORKERS = ("jet", "registry", "care", "grants", "events")
ROLES = tuple(f"{name}_app" for name in (*SERVICES, "door"))
HOST = "127.0.0.1"
START_SECONDS = 60.0


class System:
    """`folder` keeps the keys; `database` is an administrator's URL, from which each role's is derived.

    `metrics`: the port on which all processes show their figures, 0 for a free one, None for none.
    """

    def __init__(
        self,
        folder: Path,
        database: str,
        *,
        port: int = 0,
        logs: Path | None = None,
        mail: Path | None = None,
        passwords: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        metrics: int | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.database = database
        self.keys = self.folder / "keys"
        self.logs = logs or self.folder / "log"
        self.mail = mail or self.folder / "mail"
        self.port = port or _free_port()
        self.metrics = _free_port() if metrics == 0 else metrics
        self.children: dict[str, Child] = {}
        self._passwords = passwords or {}
        self._environment = environment or {}
        self._sockets: Path | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def metrics_url(self) -> str | None:
        """The door's; the others' figures are below it, by their names."""
        return None if self.metrics is None else f"http://{HOST}:{self.metrics}/metrics"

    def __enter__(self) -> "System":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        create_keys(self.keys)
        self._sockets = Path(tempfile.mkdtemp(prefix="kk-", dir="/tmp"))  # 0700; socket paths are short
        try:
            for name in SERVICES:
                self._add(name, ["services.serve", name], f"unix:{self._socket(name)}", name)
            for name in WORKERS:
                if name != "care":
                    self._add(f"worker-{name}", ["services.worker", name], None, name)
            self._add("desk", ["services.serve", "desk"], f"unix:{self._socket('desk')}", None)
            self._add("door", ["services.serve", "door"], f"{HOST}:{self.port}", "door")
            for child in self.children.values():
                child.start()
            self._bootstrap()
            for child in self.children.values():
                child.wait_ready(START_SECONDS)
            # It begins with a copy of the roster, through the door, as the client that bootstrap made.
            self._add("worker-care", ["services.worker", "care"], None, "care", self._roster_client())
            self.children["worker-care"].start()
            self.children["worker-care"].wait_ready(START_SECONDS)
        except BaseException:
            self.stop()
            raise

    def _bootstrap(self) -> None:
        """The first registrar and the client that copies the roster, whose secrets go to the keys; meanwhile the others
        start.

        Asked at every start: only the database knows whether it has this registrar, with today's scopes.
        """
        environment = self.children["registry"].environment
        command = ["services.gateway.registry.bootstrap"]
        child = CopyChild("bootstrap", command, environment, self.logs / "bootstrap.log", None)
        child.start()
        if child.finish(START_SECONDS):
            raise ProcessFailed(f"no registrar could be made\n{child.last_words()}")

    def _roster_client(self) -> dict[str, str]:
        known = json.loads((self.keys / "care-roster.json").read_text(encoding="utf-8"))
        return {
            "KAKEHASHI_CARE_CLIENT": known["client_id"],
            "KAKEHASHI_CARE_SECRET": known["client_secret"],
        }

    def stop(self) -> None:
        """The door first, so that nothing new comes in; then the rest together."""
        rest = [child for name, child in self.children.items() if name != "door"]
        if "door" in self.children:
            self.children["door"].stop()
        for child in rest:
            child.terminate()
        for child in rest:
            child.stop()
        self.children.clear()
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def dead(self) -> list[Child]:
        return [child for child in self.children.values() if not child.alive]

    def database_as(self, role: str) -> str:
        """The same database for another login role."""
        parts = urlsplit(self.database)
        address = parts.netloc.rpartition("@")[2]
        password = f":{self._passwords[role]}" if role in self._passwords else ""
        return urlunsplit(parts._replace(netloc=f"{role}{password}@{address}"))

    def _socket(self, name: str) -> str:
        return f"{self._sockets}/{name}.sock"

    def _add(
        self, name: str, module: list[str], listen: str | None, service: str | None,
        alone: Mapping[str, str] = {},
    ) -> None:  # fmt: skip
        """`service`: as whose role it works in the database, None for one that holds none. `alone`: what no other
        process is told."""
        inherited = {key: value for key, value in os.environ.items() if key not in DATABASE}
        environment = {
            **inherited,
            **(dict.fromkeys(DATABASE, self.database_as(f"{service}_app")) if service else {}),
            "KAKEHASHI_KEYS": str(self.keys),
            "KAKEHASHI_ISSUER": self.url,
            "KAKEHASHI_DOOR": self.url,
            **({"KAKEHASHI_LISTEN": listen} if listen else {}),
            **{
                f"KAKEHASHI_UPSTREAM_{peer.upper()}": f"unix:{self._socket(peer)}"
                for peer in (*SERVICES, "desk")
            },
            **({"KAKEHASHI_CARE_KEY": (self.keys / CARE_KEY).read_text()} if service == "care" else {}),
            **self._mail(),
            **self._metrics(name),
            **alone,
            **self._environment,
        }
        self.children[name] = CopyChild(name, module, environment, self.logs / f"{name}.log", listen)

    def _mail(self) -> dict[str, str]:
        """Letters go into the folder, unless the installation names a mail server."""
        said = os.environ | dict(self._environment)
        return {} if said.get("KAKEHASHI_MAIL_SMTP") else {"KAKEHASHI_MAIL_FOLDER": str(self.mail)}

    def _metrics(self, name: str) -> dict[str, str]:
        """A service shows its figures where it listens; the door and the workers need a place of their own."""
        if self.metrics is None:
            return {}
        workers = {f"worker-{worker}": f"unix:{self._socket(f'worker-{worker}')}" for worker in WORKERS}
        if name in workers:
            return {"KAKEHASHI_METRICS_LISTEN": workers[name]}
        if name != "door":
            return {}
        peers = {peer: f"unix:{self._socket(peer)}" for peer in SERVICES} | workers
        return {
            "KAKEHASHI_METRICS_LISTEN": f"{HOST}:{self.metrics}",
            "KAKEHASHI_METRICS_PEERS": json.dumps(peers),
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
