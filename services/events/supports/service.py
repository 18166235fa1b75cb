"""Lines of the office log are counted by their rules; one without a code is known by what it says."""

from services.events.log_tables import support
from services.events.references import check_office
from services.events.supports import domain, repository
from services.events.supports.domain import CHANNEL, DAYS, REPEATED, REQUESTER, REQUESTER_KIND
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Row
from services.kit.writer import PATCH


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows, stored=support)
    named = {row["organisation_id"] for row in rows if row["organisation_id"] is not None}
    kinds = await repository.kinds(session, named)
    for row in rows:
        if (kind := kinds.get(row["organisation_id"])) is not None:
            row["requester_kind"] = domain.requester_kind(kind)
        row["fiscal_year"] = fiscal_year_of(row["received_on"])
        row["told"] = domain.told(row["requester_name"], row["content"])
        if wrong := list(_wrong(row)):
            found.setdefault(row["_row"], []).extend(wrong)
    await _known(session, rows, found)
    return found


def _wrong(row: Row) -> list[tuple[str, Finding]]:
    found = []
    if (row["organisation_id"] is None) == (row["requester_name"] is None):
        found.append(("requester_name", REQUESTER))
    elif row["requester_kind"] is None:
        found.append(("requester_kind", REQUESTER_KIND))
    if row["kind"] == "enquiry" and row["channel"] is None:
        found.append(("channel", CHANNEL))
    counted = domain.counts(row["kind"], row["channel"], row["countable"], row["not_countable_reason"])
    if isinstance(counted, Finding):
        found.append(("countable", counted))
    else:
        row["countable"], row["not_countable_reason"] = counted
    if not domain.ordered(row["received_on"], row["done_on"], row["due_on"], row["closed_on"]):
        found.append(("received_on", DAYS))
    return found


async def _known(session: WriteSession, rows: list[Row], found: dict[int, list[tuple[str, Finding]]]) -> None:
    """A row without a code that says what a line says is that line; two that say the same are one too many."""
    bare = [row for row in rows if row["code"] is None and PATCH not in row]
    stored = await repository.codes(session, bare) if bare else {}
    seen = set()
    for row in bare:
        same = domain.twin(row)
        if same in seen:
            found.setdefault(row["_row"], []).append(("content", REPEATED))
        seen.add(same)
        row["code"] = stored.get(same)
    await repository.draw(
        session, [row for row in bare if row["code"] is None and not found.get(row["_row"])]
    )
