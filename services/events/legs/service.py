"""Legs are checked against their edition and told in UTC; what calendars must hear of counts their sequence on."""

from services.events.legs.domain import ANOTHER_YEAR, CANCELLED, instants, moved
from services.events.legs.repository import Legs
from services.events.references import check_office, take_office
from services.events.tables import edition, leg
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Row
from services.kit.text import Text
from services.kit.wall_time import RELEASE

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
    for row in rows:
        problems = found.setdefault(row["_row"], [])
        row["fiscal_year"] = fiscal_year_of(row["starts_on"])
        if row["fiscal_year"] != years[row["edition_id"]]:
            problems.append(("starts_on", ANOTHER_YEAR))
        if (row["cancelled_on"] is None) != (row["cancelled_reason"] is None):
            problems.append(
                ("cancelled_reason" if row["cancelled_reason"] is None else "cancelled_on", CANCELLED)
            )
        told = instants(
            row["time_zone"], row["starts_on"], row["opens_at"], row["ends_on"], row["closes_at"], row["repeated_hour"]
        )  # fmt: skip
        if isinstance(told, list):
            problems.extend(told)
        else:
            row["starts_at"], row["ends_at"] = told
            row["zone_release"] = RELEASE if told[0] is not None else None
    return found


async def count_on(session: WriteSession, rows: list[Row]) -> None:
    """Of each row its sequence: one more, where calendars must hear of it."""
    before = await Legs(session).known(rows)
    for row in rows:
        known = before.get(row["code"])
        row["sequence"] = 0 if known is None else known["sequence"] + moved(known, row)
