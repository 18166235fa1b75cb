"""Mail through one port: an SMTP server, or a folder."""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from uuid import uuid4

from services.kit.settings import Settings


class MailFailed(Exception):
    """The letter was not taken."""


class MailSettings(Settings):
    mail_smtp: str | None = None
    mail_folder: Path | None = None
    mail_from: str = "kakehashi@localhost"


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str


async def send(letter: Letter, settings: MailSettings) -> None:
    assert settings.mail_folder is not None
    await asyncio.to_thread(_file, letter, settings.mail_from, settings.mail_folder)


def _file(letter: Letter, sender: str, folder: Path) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message.set_content(letter.text)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(descriptor, "wb") as written:
        written.write(bytes(message))
    os.replace(name, folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S%f}-{uuid4().hex[:8]}.eml")
