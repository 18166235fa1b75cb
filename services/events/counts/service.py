"""Counts are checked against their record, and with the other counts of it as the same file makes them."""

from collections.abc import Iterator

from services.events.counts import repository
from services.events.counts.domain import ELSEWHERE, OF_ONE, Count, Level, contradiction, misplaced
from services.events.counts.tables import attendance_count
from services.events.references import check_office, take_office
from services.events.tables import edition, leg, mission
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.resource import Row

Found = dict[int, list[tuple[str, Finding]]]
RECORDS = (
    ("edition_code", "edition_id", edition),
    ("leg_code", "leg_id", leg),
    ("mission_code", "mission_id", mission),
)


async def check(session: WriteSession, rows: list[Row]) -> Found:
    found: Found = {}
    sound = []
    for row in rows:
        links = [(field, row[link]) for field, link, _ in RECORDS if row[link] is not None]
        if len(links) == 1:
            ((row["_field"], row["_record"]),) = links
            sound.append(row)
        else:
            found[row["_row"]] = [("edition_code", OF_ONE)]
    for field, link, table in RECORDS:
        if named := [row for row in sound if row["_field"] == field]:
            await take_office(session, named, table, link)
            found |= await check_office(session, named, field, stored=attendance_count)
    await _against_the_record(session, sound, found)
    return found


async def _against_the_record(session: WriteSession, rows: list[Row], found: Found) -> None:
    editions = await repository.editions(session, rows)
    stored = await repository.counts(session, {row["_record"] for row in rows}, {row["code"] for row in rows})
    record_of = {code: record for record, counts in stored.items() for code in counts}
    for row in rows:
        stored[row["_record"]][row["code"]] = Count(
            *(row["within_code" if name == "within" else name] for name in Count._fields)
        )
    for row in rows:
        beside = stored[row["_record"]]
        of = editions.get(row["_record"])
        if of is not None:
            row["edition_id"] = of.edition_id
        whole = beside.get(row["within_code"])
        row["within_value"] = None if whole is None else whole.value
        elsewhere = record_of.get(row["code"], row["_record"]) != row["_record"]
        problems = found.setdefault(row["_row"], [])
        problems += [(row["_field"], ELSEWHERE)] if elsewhere else []
        problems += _rules(row, None if of is None else of.counted_at, beside)


def _rules(row: Row, counted_at: Level | None, beside: dict[str, Count]) -> Iterator[tuple[str, Finding]]:
    of_leg = row["_field"] == "leg_code"
    if (wrong := misplaced(row["subject"], of_leg=of_leg, counted_at=counted_at)) is not None:
        yield wrong
    if (wrong := contradiction(beside[row["code"]], beside.values())) is not None:
        yield wrong
