"""Mail through its one port: a real SMTP conversation over a socket, or a folder."""

import asyncio
import stat
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.kit.mail import Letter, MailFailed, MailSettings, send
from tests.support.mail_server import Sink, sink

LETTER = Letter(
    "clerk@city.example",
    "架け橋 サインインのリンク / Your sign-in link",
    "リンク\n  https://kakehashi.example/desk\n",
)


def settings(**given: Any) -> MailSettings:
    return MailSettings(mail_from="kakehashi@clair.example", **given)


def test_a_letter_goes_to_a_mail_server_as_it_was_written() -> None:
    async def story() -> Sink:
        async with sink() as server:
            await send(LETTER, settings(mail_smtp=f"smtp://127.0.0.1:{server.port}"))
            return server

    server = asyncio.run(story())
    assert "MAIL FROM:<kakehashi@clair.example>" in " ".join(server.said)
    assert "RCPT TO:<clerk@city.example>" in " ".join(server.said)
    message = message_from_bytes(server.taken[0].removesuffix(b".\r\n"), policy=policy.default)
    assert (message["To"], message["Subject"]) == (LETTER.to, LETTER.subject)
    assert message.get_content().replace("\r\n", "\n").rstrip() == LETTER.text.rstrip()
    assert message["Auto-Submitted"] == "auto-generated" and message["Date"]
    assert str(message["Message-ID"]).endswith("@clair.example>")
    assert max(len(line) for line in server.taken[0].split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("refuses", "temporary"),
    [
        ({"RCPT": "550 nobody clerk@city.example"}, False), ({"RCPT": "450 later"}, True),
        ({"MAIL": "421 closing"}, True), ({".": "552 too much"}, False),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_told_without_the_address(refuses: dict[str, str], temporary: bool) -> None:
    async def story() -> None:
        async with sink(**refuses) as server:
            await send(LETTER, settings(mail_smtp=f"smtp://127.0.0.1:{server.port}"))

    with pytest.raises(MailFailed) as failed:
        asyncio.run(story())
    assert failed.value.temporary is temporary and "clerk" not in str(failed.value)


def test_a_server_that_is_not_there_may_come_back() -> None:
    with pytest.raises(MailFailed) as failed:
        asyncio.run(send(LETTER, settings(mail_smtp="smtp://127.0.0.1:1")))
    assert failed.value.temporary


def test_a_password_is_never_sent_in_the_open() -> None:
    async def story() -> Sink:
        async with sink() as server:
            with pytest.raises(MailFailed):
                await send(LETTER, settings(mail_smtp=f"smtp://desk:secret@127.0.0.1:{server.port}"))
            return server

    server = asyncio.run(story())
    assert not server.taken and not any(line.startswith("AUTH") for line in server.said)


@pytest.mark.parametrize(
    "to", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b>", "a b@c.example", ""]
)
def test_an_address_is_one_address(to: str, tmp_path: Path) -> None:
    with pytest.raises(MailFailed):
        asyncio.run(send(Letter(to, "x", "x"), settings(mail_folder=tmp_path)))
    assert not list(tmp_path.iterdir())


def test_a_subject_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MailFailed):
        asyncio.run(send(Letter(LETTER.to, "x\r\nBcc: c@d.example", "x"), settings(mail_folder=tmp_path)))


def test_a_folder_keeps_letters_to_itself(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    asyncio.run(send(LETTER, settings(mail_folder=folder)))
    (letter,) = folder.iterdir()
    assert letter.suffix == ".eml" and stat.S_IMODE(letter.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "given",
    [
        {}, {"mail_smtp": "smtp://a", "mail_folder": Path("x")}, {"mail_smtp": "http://a"}, {"mail_smtp": "smtp://"},
        {"mail_smtp": "smtp://a/b"}, {"mail_smtp": "smtp://u:secret@a:99999"},
    ],
)  # fmt: skip
def test_there_is_one_way_out_and_a_wrong_one_does_not_start(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**given)
    assert "KAKEHASHI_MAIL_SMTP" in str(refused.value) and "secret" not in str(refused.value)
