"""A mail server that keeps what it takes, for tests: a real SMTP conversation over a socket."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Sink:
    """A mail server that keeps what it takes; `refuses`: a command with the reply that it gets."""

    refuses: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    talks: list[asyncio.Task[None]] = field(default_factory=list)
    port: int = 0

    def letters_to(self, address: str) -> list[EmailMessage]:
        made = [
            message_from_bytes(one.removesuffix(b".\r\n"), policy=policy.default) for one in list(self.taken)
        ]
        return [one for one in made if one["To"] == address]

    def link_to(self, address: str) -> str | None:
        """The path that signs in who was sent a letter."""
        found = [
            re.search(r"/desk/enter/[A-Za-z0-9_-]{43}", one.get_content()) for one in self.letters_to(address)
        ]
        return found[-1][0] if found and found[-1] else None

    def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks.append(asyncio.create_task(self._talk(reader, writer)))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink ESMTP\r\n")
        while line := (await reader.readline()).decode().strip():
            self.said.append(line)
            verb = line.split(" ", 1)[0].upper()
            if verb == "QUIT":
                break
            writer.write(f"{self.refuses.get(verb) or self._answer(verb)}\r\n".encode())
            if verb == "DATA" and verb not in self.refuses:
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(f"{self.refuses.get('.', '250 kept')}\r\n".encode())
        writer.close()
        await writer.wait_closed()

    def _answer(self, verb: str) -> str:
        return {"EHLO": "250-sink\r\n250 AUTH PLAIN LOGIN", "DATA": "354 go on", "AUTH": "235 welcome"}.get(
            verb, "250 ok"
        )


@asynccontextmanager
async def sink(**refuses: str) -> AsyncIterator[Sink]:
    made = Sink(refuses)
    server = await asyncio.start_server(made.called, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield made
        finally:
            await asyncio.gather(*made.talks, return_exceptions=True)


@contextmanager
def sink_beside() -> Iterator[Sink]:
    """For other processes to send to, while the test goes on."""
    ready, ended, made = threading.Event(), threading.Event(), []

    async def serve() -> None:
        async with sink() as server:
            made.append(server)
            ready.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield made[0]
    finally:
        ended.set()
        thread.join()
