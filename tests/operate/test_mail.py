"""An installation with a mail server: the link leaves through it, and signs in."""

import re
import time
from email import message_from_bytes, policy

from services.system import System
from tests.support.desk import Visitor
from tests.support.mail_server import Sink
from tests.support.offices import offices

SECONDS = 20.0


def test_a_link_leaves_through_the_mail_server(watched: System, mail_server: Sink) -> None:
    with offices(watched) as office, Visitor(watched) as visitor:
        who = office.staff("jet", "架橋 花子")
        visitor.ask(who.email)
        until = time.monotonic() + SECONDS
        while not mail_server.taken:
            assert time.monotonic() < until, "no letter came"
            time.sleep(0.1)
        letter = message_from_bytes(mail_server.taken[0].removesuffix(b".\r\n"), policy=policy.default)
        assert letter["To"] == who.email and "架橋 花子 様" in letter.get_content()
        link = re.search(r"/desk/enter/[A-Za-z0-9_-]{43}", letter.get_content())
        assert link is not None
        visitor.get(link[0])
        assert "架橋 花子" in visitor.post(link[0]).text
        assert not watched.mail.exists()
