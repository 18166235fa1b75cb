"""A Postgres as somebody else runs it: over TCP, with a password for everybody."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from services.postgres import ENVIRONMENT, FAST, LOCALE
from services.postgres_binaries import account_for, find
from tests.support.database import short_folder

ADMINISTRATOR = "postgres"
PASSWORD = "administrator"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_postgres() -> Iterator[str]:
    """Its URL, without the slash and the name of a database."""
    with short_folder() as folder:
        data, port = folder / "pg", free_port()
        account = account_for(data)
        password = folder / "password"
        password.write_text(PASSWORD)
        data.mkdir()
        if account is not None:
            os.chown(data, account.uid, account.gid)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [find() / program, "-D", data, *arguments],
                env=ENVIRONMENT, cwd="/", stdout=subprocess.DEVNULL, check=True, umask=0o077,
                user=account.uid if account else None, group=account.gid if account else None, extra_groups=[] if account else None,
            )  # fmt: skip

        run(
            "initdb",
            "-U",
            ADMINISTRATOR,
            "--auth=scram-sha-256",
            f"--pwfile={password}",
            "--no-sync",
            *LOCALE,
        )
        where = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-p", str(port))
        run("pg_ctl", "start", "-w", "-l", str(data / "server.log"), "-o", " ".join((*where, *FAST)))
        try:
            yield f"postgresql://{ADMINISTRATOR}:{PASSWORD}@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "fast")
