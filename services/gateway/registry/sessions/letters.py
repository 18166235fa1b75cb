"""Letters with one-time links, sent by a job: so asking takes the same time for every address."""

from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from services.gateway.registry.issuer.repository import ISSUER, Identity
from services.gateway.registry.issuer.standing import standings
from services.gateway.registry.sessions import repository
from services.gateway.registry.settings import RegistrySettings
from services.kit import audit
from services.kit.db.session import Database, WriteSession
from services.kit.jobs import Later, Work
from services.kit.log import log
from services.kit.mail import Letter, MailFailed, MailSettings, send

ENTRYPOINT = "identity.sign-in-links"
TABLES = ("sign_in_request", "session")

_TEXT = """{name} 様

架け橋（{host}）にサインインするためのリンクです。
リンクを求めたのと同じブラウザで開き、表示されるボタンを押してください。

  {link}

・{minutes}分以内に、1回だけ使えます。
・お心当たりがなければ、このメールは捨ててください。何も起きません。
・CLAIR がこのリンクやパスワードをお尋ねすることはありません。

----

Dear {name},

This link signs you in to Kakehashi ({host}). Open it in the browser in which you asked for it, then press the button.

  {link}

It works once, within {minutes} minutes. If you did not ask for it, throw this mail away: nothing will happen.
CLAIR never asks you for this link or for a password.
"""


def letter(issuer: str, to: repository.Addressed, number: str) -> Letter:
    link = f"{issuer}/desk/enter/{number}"
    host = urlsplit(issuer).netloc
    said = _TEXT.format(name=to.name, host=host, link=link, minutes=repository.LINK_MINUTES)
    return Letter(to.email, "架け橋 サインインのリンク / Your sign-in link", said)


async def _written(session: WriteSession, issuer: str, request: UUID) -> list[Letter]:
    """One for each person of the address who may come in today: an office may share a mailbox."""
    identity = Identity(session)
    for table in TABLES:
        await identity.forget(table)
    wanted = await repository.wanted(session, request)
    if wanted is None:
        return []
    found = {}
    for one in await repository.people(session, wanted.email):
        known = await identity.person(str(one.person))
        if known is not None and standings(known):
            found[one.person] = one
    links = await repository.give_links(session, request, wanted.browser, list(found))
    for person in links:
        await audit.entry(session, "identity", "create", "sign-in-links", request, after={"person": person})
    return [letter(issuer, found[person], number) for person, number in links.items()]


def works(database: Database) -> Mapping[str, Work]:
    settings, mail = RegistrySettings(), MailSettings()  # type: ignore[call-arg]

    async def work(request: UUID, _: int) -> None:
        async with database.writing(ISSUER) as session:
            letters = await _written(session, settings.issuer, request)
        for one in letters:
            try:
                await send(one, mail)
            except MailFailed as failed:
                log.warning("mail_failed", reason=str(failed))
                raise Later("the mail could not be handed over") from None
        async with database.writing(ISSUER) as session:
            await repository.sent(session, request)

    return {ENTRYPOINT: work}
