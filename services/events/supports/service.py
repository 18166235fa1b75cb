"""Lines of the office log are counted by their rules; one without a code is known by what it says."""

from typing import Any

from services.events.log_tables import support
from services.events.references import check_office
from services.events.supports import domain, repository
from services.events.supports.domain import CHANNEL, DAYS, OTHER_CONTACT, REPEATED, REQUESTER, REQUESTER_KIND
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Row
from services.kit.writer import KEPT, PATCH


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows, stored=support)
    named = {row["organisation_id"] for row in rows if row["organisation_id"] is not None}
    kinds = await repository.kinds(session, named)
    contacts = {row["contact_id"] for row in rows if row["contact_id"] is not None}
    offices = await repository.contacts(session, contacts) if contacts else {}
    for row in rows:
        if offices.get(row["contact_id"], row["office"]) != row["office"]:
            found.setdefault(row["_row"], []).append(("contact_code", OTHER_CONTACT))
        if row["organisation_id"] is None and _named_now(row):
            row["requester_kind"] = None
        if (kind := kinds.get(row["organisation_id"])) is not None:
            row["requester_kind"] = domain.requester_kind(kind)
        row["fiscal_year"] = fiscal_year_of(row["received_on"])
        row["told"] = domain.told(row["requester_name"], row["content"])
        if wrong := list(_wrong(row)):
            found.setdefault(row["_row"], []).extend(wrong)
    await _known(session, rows, found)
    return found


def _named_now(row: Row) -> bool:
    """Of a requester that had a code before: the kind that the code said is not the name's."""
    kept = row.get(KEPT, ())
    return PATCH in row and "requester_kind" in kept and "organisation_code" not in kept


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
    """A row without a code that says what a line says is that line, and a second one alike is the second."""
    sent = [row for row in rows if PATCH not in row]
    stored = await repository.alike(session, sent) if sent else {}
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in sent:
        groups.setdefault(domain.twin(row), []).append(row)
    for same, group in groups.items():
        for row in domain.matched(group, stored.get(same, {})):
            found.setdefault(row["_row"], []).append(("alike_no", REPEATED))
    await repository.draw(
        session, [row for row in sent if row["code"] is None and not found.get(row["_row"])]
    )
