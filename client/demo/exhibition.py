"""A fair of two cities: its host counts the visitors of both in one number, and who joins both is one local government."""

from pathlib import Path
from typing import Any

import httpx
from icalendar import Calendar

from client.demo.abroad import (
    ARITA,
    IMABARI,
    KANAZAWA,
    OFFICE,
    SHIZUOKA,
    TAKAMATSU,
    YEAR,
    ZONE,
    Cast,
    add,
    change,
    figures,
    folder,
    totals,
)
from client.demo.calls import refusal
from client.demo.stage import Stage

EVENT, EDITION, TITLE = "PARIS-FAIR", "PARIS-FAIR-2026", "見本物産展2026"
LEGS = (
    ("PARIS-FAIR-2026-1", "パリ会場", "見本の広場", "パリ", "2026-06-05", "2026-06-07"),
    ("PARIS-FAIR-2026-2", "リヨン会場", "見本の市場", "リヨン", "2026-06-12", "2026-06-14"),
)
MOVED_TO = ("2026-06-19", "2026-06-21")
# of each the legs that it joins
JOINS = {KANAZAWA: [1], ARITA: [1], IMABARI: [2], TAKAMATSU: [1, 2], SHIZUOKA: [1, 2]}
VISITORS = 18_000


def play(stage: Stage, cast: Cast, out: Path) -> None:
    stage.act("2都市の物産展：日程、人数、参加団体", "A fair of two cities: legs, counts and who joins")
    _announced(cast)
    kept = folder(out)
    before = _calendar(cast, kept / "events.ics")
    leg = LEGS[1][0]
    change(cast.officer, "legs", leg, starts_on=MOVED_TO[0], ends_on=MOVED_TO[1])
    after = _calendar(cast, kept / "events.ics")
    stage.say("リヨンの日程を1週間延ばします。公開カレンダーを読み直します。",
              "Lyon is put off by a week; the public calendar is read again.")  # fmt: skip
    stage.wrote(kept / "events.ics")
    stage.expect("SEQUENCE：パリとリヨン、変更前 / 変更後", "SEQUENCE of Paris and Lyon, before and after",
                 (_sequences(before), _sequences(after)), ("0, 0", "0, 1"))  # fmt: skip
    lyon = next(one for one in after.walk("VEVENT") if "リヨン" in str(one["SUMMARY"]))
    stage.expect("読み直したリヨンの開始", "when Lyon begins, read back",
                 (lyon["DTSTART"].dt.isoformat(), str(lyon["DTSTART"].params["TZID"])),
                 (f"{MOVED_TO[0]}T10:00:00+02:00", ZONE))  # fmt: skip
    _public(stage, cast, kept / "events.csv")
    _joined(stage, cast)
    _counted(stage, cast)


def _announced(cast: Cast) -> None:
    add(cast.officer, "events", code=EVENT, programme="hosted_economic_event", office_code=OFFICE,
        name_ja="見本物産展", name_en="Sample Fair of Japan")  # fmt: skip
    add(cast.officer, "editions", code=EDITION, event_code=EVENT, fiscal_year=YEAR, title_ja=TITLE,
        title_en="Sample Fair of Japan 2026", listing="each_leg", counted_at="edition", public=True)  # fmt: skip
    for number, (code, label, venue, place, first, last) in enumerate(LEGS, start=1):
        add(cast.officer, "legs", code=code, edition_code=EDITION, number=number, label=label, venue=venue, place=place,
            country="FR", mode="on_site", time_zone=ZONE, starts_on=first, ends_on=last, opens_at="10:00",
            closes_at="18:00")  # fmt: skip


def _calendar(cast: Cast, path: Path) -> Any:
    """What anybody may subscribe to."""
    url = f"{cast.officer.url}/events/v1/public/calendar"
    path.write_bytes(_anonymous(url, {"office": OFFICE}, "text/calendar"))
    return Calendar.from_ical(path.read_bytes())


def _anonymous(url: str, query: dict[str, str], accept: str) -> bytes:
    answer = httpx.get(url, params=query, headers={"Accept": accept, "Accept-Language": "ja"})
    return answer.raise_for_status().content


def _sequences(calendar: Any) -> str:
    """In the order of the legs."""
    told = {str(one["SUMMARY"]): str(one["SEQUENCE"]) for one in calendar.walk("VEVENT")}
    return ", ".join(told[f"{TITLE} {label}"] for _, label, *_ in LEGS)


def _public(stage: Stage, cast: Cast, path: Path) -> None:
    url = f"{cast.officer.url}/events/v1/public/events"
    path.write_bytes(_anonymous(url, {"office": OFFICE}, "text/csv"))
    stage.wrote(path)
    listed = path.read_text(encoding="utf-8-sig").splitlines()
    stage.expect(
        "公開一覧のCSV（鍵なし）", "the public list as CSV, without a key", len(listed) - 1, len(LEGS)
    )


def _joined(stage: Stage, cast: Cast) -> None:
    for seq, (code, legs) in enumerate(JOINS.items(), start=1):
        add(cast.officer, "edition-participants", edition_code=EDITION, organisation_code=code, seq=seq,
            capacity="exhibitor", leg_numbers=legs)  # fmt: skip
    by_leg = figures(cast.headquarters, "hosted-economic-event-sessions")
    municipalities = [one["value"] for one in by_leg["cells"] if one["metric"] == "municipalities"]
    once = figures(cast.headquarters, "hosted-economic-event-municipalities")
    stage.expect("参加自治体：パリ / リヨン / 延べ", "local governments in Paris, in Lyon, and their sum",
                 (*municipalities, totals(by_leg)["municipalities", "sum"]), (4, 3, 7))  # fmt: skip
    stage.expect("参加自治体：実数", "and how many there are", totals(once)["", "distinct"], len(JOINS))


def _counted(stage: Stage, cast: Cast) -> None:
    count = {"subject": "visitors", "value": VISITORS, "unit": "名", "qualifier": "about", "method": "organiser"}  # fmt: skip
    add(cast.officer, "attendance-counts", code=f"{EDITION}-V", edition_code=EDITION, source="主催者の発表", **count)  # fmt: skip
    city = {"code": f"{EDITION}-V1", "leg_code": LEGS[0][0], **count}
    refused = refusal(lambda: add(cast.officer, "attendance-counts", **city))
    stage.expect("会場だけの来場者数を足す", "to add a count of one city",
                 refused[:2], (409, "count_at_other_level"))  # fmt: skip
    stage.say(f"  {refused[2]}", "what the officer is told")
    asked = {"dimensions": "leg", "edition": EDITION, "subject": "visitors"}
    cells = figures(cast.headquarters, "event-counts", **asked)["cells"]
    told = [
        (one["leg"] or EDITION, one["qualifier"], one["value"]) for one in cells if one["metric"] == "count"
    ]
    stage.expect(
        "来場者は開催の一つだけ", "visitors: one count, of the edition", told, [(EDITION, "約", VISITORS)]
    )
