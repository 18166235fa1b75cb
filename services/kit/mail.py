"""Mail through one port: an SMTP server, or a folder of letters where one machine is all there is.

A letter is plain text to one address. What went wrong is told without the address: a server's own words hold it.
"""

import asyncio
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aiosmtplib
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from services.kit.settings import Settings

SECONDS = 20.0

# One address and nothing beside it. Old carrier addresses have doubled dots, so RFC 5321 is not asked.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SCHEMES = ("smtp", "smtps")


class MailFailed(Exception):
    """The letter was not taken; `temporary`: the same letter may be taken later."""

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.temporary = temporary


class MailSettings(Settings):
    """`KAKEHASHI_MAIL_SMTP` (`smtp://` or `smtps://[user:password@]host[:port]`) or `KAKEHASHI_MAIL_FOLDER`: one of
    the two. STARTTLS is used where it is offered, and demanded where there is a password to protect."""

    # an error would show the password
    model_config = SettingsConfigDict(env_ignore_empty=True, hide_input_in_errors=True)

    mail_smtp: str | None = Field(default=None, repr=False)
    mail_folder: Path | None = None
    mail_from: str = "kakehashi@localhost"

    @model_validator(mode="after")
    def _one_way_out(self) -> Self:
        if (self.mail_smtp is None) == (self.mail_folder is None):
            raise ValueError("set one of KAKEHASHI_MAIL_SMTP and KAKEHASHI_MAIL_FOLDER")
        if self.mail_smtp is not None and not _is_server(self.mail_smtp):
            raise ValueError("KAKEHASHI_MAIL_SMTP must be smtp://host:port or smtps://host:port")
        if not _ADDRESS.fullmatch(self.mail_from):
            raise ValueError("KAKEHASHI_MAIL_FROM must be one address, such as name@example.jp")
        return self


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str


async def send(letter: Letter, settings: MailSettings) -> None:
    """Hand the letter over; MailFailed where it was not taken."""
    message = _message(letter, settings.mail_from)
    try:
        if settings.mail_smtp is not None:
            await _hand_over(message, letter.to, settings.mail_from, settings.mail_smtp)
        else:
            assert settings.mail_folder is not None
            await asyncio.to_thread(_file, message, settings.mail_folder)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise _failure(error) from None


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    beyond = parts.path or parts.query or parts.fragment
    return parts.scheme in _SCHEMES and bool(parts.hostname) and port != 0 and not beyond


def _message(letter: Letter, sender: str) -> EmailMessage:
    if not _ADDRESS.fullmatch(letter.to):
        raise MailFailed("the recipient is not one address", temporary=False)
    if _CONTROL.search(letter.subject):
        raise MailFailed("the subject is not one line", temporary=False)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, letter.to
    # folded here: the policy loses a space at the end of some lines of Japanese
    message.set_raw("Subject", Header(letter.subject, "utf-8", header_name="Subject").encode())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


async def _hand_over(message: EmailMessage, to: str, sender: str, server: str) -> None:
    parts = urlsplit(server)
    encrypted = parts.scheme == "smtps"
    await aiosmtplib.send(
        message,
        sender=sender,
        recipients=[to],
        hostname=parts.hostname,
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        timeout=SECONDS,
        use_tls=encrypted,
        start_tls=False if encrypted else True if parts.username else None,
    )


def _file(message: EmailMessage, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as written:
            written.write(bytes(message))
        os.replace(name, folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S%f}-{uuid4().hex[:8]}.eml")
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _failure(error: aiosmtplib.SMTPException | OSError) -> MailFailed:
    """RFC 5321, 4.2.1: replies of 5xx are for good. A server that is not there may come back."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    kind = type(error).__name__
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return MailFailed(f"{kind} {error.code}", temporary=error.code < 500)
    return MailFailed(kind, temporary=isinstance(error, OSError))
