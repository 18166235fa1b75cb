"""One API process: `python -m services.serve NAME`, listening where KAKEHASHI_LISTEN says.

`unix:/path/to/socket` or `host:port`.  uvicorn opens its socket file to everybody, so the folder must not be.
"""

import gc
import os
import socket
import sys
from pathlib import Path

import uvicorn

APPS = {
    "door": "services.gateway.door.app:create_app",
    "registry": "services.gateway.registry.app:create_app",
    "jet": "services.jet.app:create_app",
    "care": "services.jet.care.app:create_app",
    "grants": "services.grants.app:create_app",
    "events": "services.events.app:create_app",
    "desk": "services.gateway.desk.app:create_app",
}
DRAIN_SECONDS = 10


def configuration(name: str, listen: str) -> uvicorn.Config:
    path, host, port = None, "127.0.0.1", 0
    if listen.startswith("unix:"):
        path = listen.removeprefix("unix:")
        if Path(path).parent.stat().st_mode & 0o077:
            raise SystemExit(f"{path}: its folder must be open to its owner only (chmod 700)")
    else:
        host, _, number = listen.rpartition(":")
        if not host or not number.isdecimal():
            raise SystemExit(f"KAKEHASHI_LISTEN={listen}: neither unix:/path nor host:port")
        host, port = host.strip("[]"), int(number)
    return uvicorn.Config(
        APPS[name],
        factory=True,
        uds=path,
        host=host,
        port=port,
        loop="uvloop",
        http="services.gateway.door.protocol:DoorProtocol" if name == "door" else "httptools",
        ws="none",
        lifespan="on",  # "auto" would serve on after a failed start
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


class Server(uvicorn.Server):
    """An app with a `drain` in its state is told first, while new connections are still taken."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        drain = self.lifespan.state.get("drain")
        if drain is not None:
            await drain()
        await super().shutdown(sockets)


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in APPS:
        raise SystemExit(f"usage: python -m services.serve {'|'.join(APPS)}")
    listen = os.environ.get("KAKEHASHI_LISTEN", "")
    made = configuration(arguments[0], listen)
    # what is imported and mounted stays: to look through it again and again is a quarter of a start
    gc.disable()
    made.load()
    gc.freeze()
    gc.enable()
    Server(made).run()


if __name__ == "__main__":
    main(sys.argv[1:])
