"""What the worker does once results are public: of each round all are told together. A worker that is late delays what
is told, and no reader."""

from services.grants.selections import notices, repository
from services.kit import audit
from services.kit.db.session import Database
from services.kit.operations import worker_scope


async def tell_due(database: Database) -> None:
    async with database.writing(worker_scope("grants")) as session:
        for one in await repository.untold(session):
            told = await notices.of_round(session, one)
            await notices.tell(session, told)
            await repository.told(session, one)
            await audit.entry(session, "grants", "tell", "rounds", one, after={"applications": len(told)})
