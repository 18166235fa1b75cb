"""History loads without a file: rows through the store path of an import that states its knowledge."""

from datetime import timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from services.jet.appointments.resource import appointments
from services.jet.participants.resource import participants
from services.kit import writer
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.constraints import refusal_of
from services.kit.http import problem
from services.kit.resource import Resource
from tests.support.database import CLOCK
from tests.support.jet import Jet

SCOPE = Scope(Principal("history", None, "coordinator", None, frozenset()), "all", "test")


# before all that a history of the tests states
LONG_KNOWN = CLOCK - timedelta(days=1000)


def participant(jet: Jet, *, year: int, family: str = "Doe") -> str:
    """The JET number of one who has been known long since."""
    body = jet.described(year=year, family=family)
    assert load(jet, {"body": body, "known_from": LONG_KNOWN}, into=participants) == 200
    return str(body["jet_number"])


def load(jet: Jet, *rows: dict[str, Any], into: Resource = appointments) -> int:
    """Through the store path of an import that states its knowledge, one after the other in one transaction."""

    async def play() -> int:
        try:
            async with jet.served.app.state.service.database.writing(SCOPE) as session:
                for row in rows:
                    made = into.write.model_validate(row["body"]).model_dump() | {"_row": 1}  # type: ignore[union-attr]
                    made |= {"known_from": row["known_from"]} if "known_from" in row else {}
                    if await writer.prepare(session, into, [made]):
                        return 422
                    await writer.store(session, into, [made])
        except DBAPIError as error:
            refusal = refusal_of(error, into.constraints)
            assert refusal is not None, error
            return problem.STATUS[refusal.sort]
        return 200

    return jet.served.run(play())
