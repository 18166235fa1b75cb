"""Legs are checked against their edition and told in UTC; what calendars must hear of counts their sequence on."""

from typing import Any

from services.events.legs.domain import ANOTHER_YEAR, CANCELLED, check_window, instants, moved
from services.events.legs.repository import Legs
from services.events.references import check_office, take_office
from services.events.tables import edition, leg
from services.kit.capacity.service import Capacity
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Change, Resource, Row
from services.kit.text import Text
from services.kit.wall_time import RELEASE
from services.kit.writer import store_parts, with_lesser

NUMBER_TAKEN = Refusal(
    "leg_number_taken",
    "conflict",
    Text("この開催には、同じ番号の日程があります", "The edition has a leg of this number"),
    Text("別の番号を入力してください。", "Give another number."),
)


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, edition, "edition_id")
    found = await check_office(session, rows, "edition_code", stored=leg)
    years = await Legs(session).years({row["edition_id"] for row in rows})
    before = await Legs(session).known(rows)
    for row in rows:
        problems = found.setdefault(row["_row"], [])
        row["fiscal_year"] = fiscal_year_of(row["starts_on"])
        if row["fiscal_year"] != years[row["edition_id"]]:
            problems.append(("starts_on", ANOTHER_YEAR))
        if (row["cancelled_on"] is None) != (row["cancelled_reason"] is None):
            problems.append(
                ("cancelled_reason" if row["cancelled_reason"] is None else "cancelled_on", CANCELLED)
            )
        row["_known"] = known = before.get(row["code"])
        had_window = known is not None and known["pool_id"] is not None
        problems += check_window(row["seats"], row["registers_from"], row["registers_until"], had_window)
        told = instants(
            row["time_zone"], row["starts_on"], row["opens_at"], row["ends_on"], row["closes_at"], row["repeated_hour"]
        )  # fmt: skip
        if isinstance(told, list):
            problems.extend(told)
        else:
            row["starts_at"], row["ends_at"] = told
            row["zone_release"] = RELEASE if told[0] is not None else None
            row["zone_problem"] = None
    return found


async def store(
    session: WriteSession, resource: Resource, rows: list[Row], insert_only: bool
) -> list[Change]:
    """A leg that begins to take registrations opens its pool of seats; others get the number that the row says."""
    capacity = Capacity(session, "events", "registrations")
    for row in rows:
        known: Any = row["_known"]
        row["sequence"] = 0 if known is None else known["sequence"] + moved(known, row)
        row["pool_id"] = None if known is None else known["pool_id"]
    opening = [row for row in rows if row["pool_id"] is None and row["registers_from"] is not None]
    resized = {
        row["_row"]: row
        for row in rows
        if row["pool_id"] is not None and row["_known"]["seats"] != row["seats"]
    }
    for row, pool in zip(opening, await capacity.open_many([row["seats"] for row in opening]), strict=True):
        row["pool_id"] = pool
    changes = await store_parts(session, resource, rows, insert_only)
    if not resized:
        return changes
    await capacity.resize_many({row["pool_id"]: row["seats"] for row in resized.values()})
    lesser = [
        Change(
            number, "UPDATE", row["_known"]["id"], {"seats": row["_known"]["seats"]}, {"seats": row["seats"]}
        )
        for number, row in resized.items()
    ]
    return await with_lesser(session, leg, {one.row: one for one in changes}, lesser)
