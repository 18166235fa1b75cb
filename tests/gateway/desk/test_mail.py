"""An installation with a mail server: the link leaves through it, and signs in."""

import re
import time
from email import message_from_bytes, policy

from services.system import System
from tests.support.database import private_database, short_folder
from tests.support.desk import Visitor
from tests.support.mail_server import sink_beside
from tests.support.offices import offices

SECONDS = 20.0


def test_a_link_leaves_through_the_mail_server() -> None:
    with sink_beside() as server, private_database() as postgres, short_folder() as folder:
        environment = {"KAKEHASHI_MAIL_SMTP": f"smtp://127.0.0.1:{server.port}"}
        with System(folder, postgres.url(), environment=environment) as system, offices(system) as office:
            who = office.staff("jet", "架橋 花子")
            with Visitor(system) as visitor:
                visitor.ask(who.email)
                until = time.monotonic() + SECONDS
                while not server.taken:
                    assert time.monotonic() < until, "no letter came"
                    time.sleep(0.1)
                letter = message_from_bytes(server.taken[0].removesuffix(b".\r\n"), policy=policy.default)
                assert letter["To"] == who.email and "架橋 花子 様" in letter.get_content()
                link = re.search(r"/desk/enter/[A-Za-z0-9_-]{43}", letter.get_content())
                assert link is not None
                visitor.get(link[0])
                assert "架橋 花子" in visitor.post(link[0]).text
            assert not system.mail.exists()


def test_the_desk_has_no_address_of_the_database(system: System) -> None:
    environment = system.children["desk"].environment
    assert not [name for name in environment if "DATABASE" in name or name.startswith("PG")]
    assert "postgresql" not in "".join(environment.values())
