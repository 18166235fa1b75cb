"""An installation with a mail server: the link leaves through it, and signs in."""

from services.system import System
from tests.operate.test_operating import eventually
from tests.support.desk import Visitor
from tests.support.mail_server import Sink
from tests.support.offices import offices

SECONDS = 20.0


def test_a_link_leaves_through_the_mail_server(watched: System, mail_server: Sink) -> None:
    with offices(watched) as office, Visitor(watched) as visitor:
        who = office.staff("jet", "架橋 花子")
        visitor.ask(who.email)
        link = eventually(lambda: mail_server.link_to(who.email), SECONDS)
        (letter,) = mail_server.letters_to(who.email)
        assert "架橋 花子 様" in letter.get_content()
        visitor.get(link)
        assert "架橋 花子" in visitor.post(link).text
        assert not watched.mail.exists()
