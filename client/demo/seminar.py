"""A seminar with three seats: five register, one withdraws, and who waits first takes the seat that is offered."""

from pathlib import Path
from typing import Any

from client.demo.abroad import OFFICE, SEMINAR_AT, YEAR, ZONE, Cast, add, figures
from client.demo.calls import move_clock, refusal
from client.demo.stage import Stage

EVENT, EDITION, LEG = "PARIS-SEMINAR", "PARIS-SEMINAR-2026-1", "PARIS-SEMINAR-2026-1-1"
SEATS, VIEWS = 3, 128
# the office's guests, then two of the city
GUESTS = (
    ("見本 ルイ", "架空美術館"),
    ("見本 マリー", "架空日仏協会"),
    ("見本 ポール", "見本トラベル株式会社"),
)
OF_CITY = ("星渡 みどり", "錨島 巧")
STATES = {"confirmed": "確定", "waiting": "順番待ち", "offered": "案内中", "released": "取下げ"}
PATH = "/events/v1/registrations"


def play(stage: Stage, cast: Cast, _: Path) -> None:
    stage.act("定員3名のセミナーに5名が申し込む", "Five register for a seminar with three seats")
    _announced(cast)
    made = [_register(cast.officer, number, name, of) for number, (name, of) in enumerate(GUESTS[:2])]
    made += [_register(cast.city, number, name, "高松市") for number, name in enumerate(OF_CITY, start=2)]
    made.append(_register(cast.officer, 4, *GUESTS[2]))
    _stand(stage, cast, made, ["確定", "確定", "確定", "順番待ち 1", "順番待ち 2"])
    stage.say("1人が取り下げ、順番待ちの1人目（市の職員）に席が案内され、市が受けます。",
              "One withdraws; the seat is offered to the first who waits, and the city takes it.")  # fmt: skip
    cast.officer.post(f"{PATH}/{made[1]['id']}/withdrawals")
    _stand(stage, cast, made, ["確定", "取下げ", "確定", "案内中", "順番待ち 2"])
    cast.city.post(f"{PATH}/{made[3]['id']}/confirmations")
    _stand(stage, cast, made, ["確定", "取下げ", "確定", "確定", "順番待ち 2"])
    seen = cast.city.get(PATH, {"leg": LEG})["items"]
    stage.expect("市に見える申込み（自分の職員だけ）", "what the city sees: its own people",
                 sorted(one["name"] for one in seen), sorted(OF_CITY))  # fmt: skip
    _held(stage, cast, [made[0], made[2], made[3]])


def _announced(cast: Cast) -> None:
    add(cast.officer, "events", code=EVENT, programme="economic_seminar", office_code=OFFICE,
        name_ja="パリ事務所セミナー", name_en="Seminars of the Paris office")  # fmt: skip
    add(cast.officer, "editions", code=EDITION, event_code=EVENT, fiscal_year=YEAR, series_number=12,
        title_ja="見本の町の観光と工芸", title_en="Crafts and journeys", counted_at="leg", public=True)  # fmt: skip
    add(cast.officer, "legs", code=LEG, edition_code=EDITION, mode="hybrid", venue="パリ事務所 会議室", place="パリ",
        country="FR", time_zone=ZONE, starts_on="2026-06-24", ends_on="2026-06-24", opens_at="09:00",
        closes_at="10:30", seats=SEATS, registers_from="2026-05-20T09:00:00+02:00",
        registers_until="2026-06-20T18:00:00+02:00")  # fmt: skip


def _register(api: Any, number: int, name: str, of: str) -> dict[str, Any]:
    return add(
        api, "registrations", leg_code=LEG, name=name, affiliation=of, email=f"guest{number}@seminar.example"
    )


def _stand(stage: Stage, cast: Cast, made: list[dict[str, Any]], expected: list[str]) -> None:
    listed = {one["id"]: one for one in cast.officer.get(PATH, {"leg": LEG})["items"]}
    told = []
    for one in made:
        now = listed[one["id"]]
        number = f" {now['waiting_number']}" if now["state"] == "waiting" else ""
        told.append(f"{STATES[now['state']]}{number}")
    stage.expect("5人の状態", "how the five stand", told, expected)


def _held(stage: Stage, cast: Cast, coming: list[dict[str, Any]]) -> None:
    early = refusal(lambda: cast.officer.post(f"{PATH}/{coming[0]['id']}/check-ins", {}))
    stage.expect("開催前の受付", "checked in before the day", early[:2], (409, "action_not_available"))
    move_clock(stage, cast.registrar, SEMINAR_AT)
    for one in coming:
        cast.officer.post(f"{PATH}/{one['id']}/check-ins", {})
    came = cast.officer.get(f"/events/v1/legs/{LEG}")["checked_in"]
    stage.expect("受付で数えた参加者", "who came, counted at the door", came, SEATS)
    count = {"leg_code": LEG, "method": "registration"}
    add(
        cast.officer,
        "attendance-counts",
        code=f"{LEG}-P",
        subject="participants",
        value=came,
        unit="名",
        **count,
    )
    add(cast.officer, "attendance-counts", code=f"{LEG}-R", leg_code=LEG, subject="recording_views", value=VIEWS,
        unit="回", source="配信サービスの表示")  # fmt: skip
    cells = figures(cast.headquarters, "event-counts", dimensions="subject", edition=EDITION)["cells"]
    told = [(one["subject"], one["value"], one["unit"]) for one in cells if one["metric"] == "count"]
    stage.expect("参加者と録画の視聴は別の数", "participants, and views of the recording apart",
                 told, [("participants", SEATS, "名"), ("recording_views", VIEWS, "回")])  # fmt: skip
