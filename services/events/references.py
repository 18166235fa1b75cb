"""What rows of the events service refer to, and for which offices the caller may write."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, MetaData, Table, Text, func, select

from services.events.meeting_tables import meeting, staff_training
from services.events.tables import edition, leg, mission
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.resource import Filter, Ref, Row
from services.kit.text import Text as Said

overseas_office = Table(
    "overseas_office", MetaData(schema="directory"), Column("code", Text, primary_key=True), Column("name_ja", Text),
    Column("name_en", Text), Column("time_zone", Text),
)  # fmt: skip
UNKNOWN_OFFICE = Finding(
    "office_unknown",
    Said("この海外事務所のコードは登録されていません", "No overseas office has this code"),
    Said("事務所コードを確認してください。本部の記録では空欄にします。", "Check the office's code; leave it empty for headquarters."),
)  # fmt: skip
NOT_YOUR_OFFICE = Finding(
    "office_not_yours",
    Said("担当していない事務所の記録です", "This is of an office that you do not serve for"),
    Said(
        "担当する事務所のコードを入力してください。本部の記録は本部の行事担当が入力します。",
        "Give the code of your office; headquarters' records are entered by headquarters.",
    ),
)
UNKNOWN_COUNTRY = Finding(
    "country_unknown",
    Said("この国コードは登録されていません", "No country has this code"),
    Said(
        "ISO 3166-1 の2文字のコード（例 FR）を入力してください。",
        "Give the two letters of ISO 3166-1, such as FR.",
    ),
)


def _unknown(code: str, ja: str, en: str) -> Finding:
    return Finding(
        code,
        Said(f"この{ja}コードは登録されていません", f"No {en} has this code"),
        Said(
            f"{ja}コードを確認してください。{ja}は先に登録します。",
            f"Check the code; the {en} is entered first.",
        ),
    )


UNKNOWN_EVENT = _unknown("event_unknown", "行事", "event")
UNKNOWN_EDITION = _unknown("edition_unknown", "開催", "edition")
UNKNOWN_LEG = _unknown("leg_unknown", "日程", "leg")
UNKNOWN_MISSION = _unknown("mission_unknown", "派遣・訪問", "mission")
UNKNOWN_MEETING = _unknown("meeting_unknown", "会議", "meeting")
UNKNOWN_STAFF_TRAINING = _unknown("staff_training_unknown", "本部研修", "training")
UNKNOWN_CONTACT = _unknown("contact_unknown", "連絡先", "contact")

OFFICE = Ref("office_code", "office", overseas_office, "code", UNKNOWN_OFFICE)
COUNTRY = Ref("country", "_country_id", directory.country, "alpha2", UNKNOWN_COUNTRY)
EDITION = Ref("edition_code", "edition_id", edition, "code", UNKNOWN_EDITION)
LEG = Ref("leg_code", "leg_id", leg, "code", UNKNOWN_LEG)
MISSION = Ref("mission_code", "mission_id", mission, "code", UNKNOWN_MISSION)
MEETING = Ref("meeting_code", "meeting_id", meeting, "code", UNKNOWN_MEETING)
STAFF_TRAINING = Ref("training_code", "training_id", staff_training, "code", UNKNOWN_STAFF_TRAINING)


def organisation(field: str = "organisation_code", column: str = "organisation_id") -> Ref:
    return Ref(
        field, column, directory.organisation, "code", directory.UNKNOWN_ORGANISATION, meant=directory.did_you_mean
    )  # fmt: skip


def headquarters(office: Any) -> Filter:
    """A list's parameter: what is headquarters' own, which has no office to ask for."""
    return Filter(bool, lambda given: office.is_(None) == given)


async def check_office(
    session: WriteSession, rows: Sequence[Row], pointer: str = "office_code", stored: Table | None = None
) -> dict[int, list[tuple[str, Finding]]]:
    """Rows of an office that the caller does not serve for; mirrored by the second wall. `stored`: also those whose code a
    record of such an office has, which a row of a file would take over."""
    mine = set(await session.scalar(select(func.events.offices())) or ())
    found = {row["_row"]: [(pointer, NOT_YOUR_OFFICE)] for row in rows if (row["office"] or "") not in mine}
    if stored is not None:
        wanted = select(stored.c.code, stored.c.office).where(
            stored.c.code.in_({row["code"] for row in rows})
        )
        taken = {one.code for one in await session.execute(wanted) if (one.office or "") not in mine}
        found |= {row["_row"]: [("code", NOT_YOUR_OFFICE)] for row in rows if row["code"] in taken}
    return found


async def check_headquarters(
    session: WriteSession, rows: Sequence[Row], pointer: str
) -> dict[int, list[tuple[str, Finding]]]:
    """Rows of what is headquarters' alone, where the caller does not serve there; mirrored by the second wall."""
    mine = await session.scalar(select(func.events.offices())) or ()
    return {} if "" in mine else {row["_row"]: [(pointer, NOT_YOUR_OFFICE)] for row in rows}


async def take_office(session: WriteSession, rows: Sequence[Row], table: Table, link: str) -> None:
    """Of each row the office of the record of `table` that its column `link` names."""
    wanted = {row[link] for row in rows if row.get(link) is not None}
    found: dict[Any, Any] = {
        one.id: one.office
        for one in await session.execute(select(table.c.id, table.c.office).where(table.c.id.in_(wanted)))
    }
    for row in rows:
        row["office"] = found.get(row.get(link))
