"""A mission: senior officials of two countries visit a city, with members, stops and a sheet to take along."""

from pathlib import Path

from client.demo.abroad import KANAZAWA, OFFICE, Cast, add, figures, folder, totals
from client.demo.stage import Stage

MISSION = "PARIS-SENIOR-2026"
MEMBERS = (
    ("leader", "Anne Sample", "副市長", "Deputy Mayor", "架空市", "FR", 1),
    ("guest", "Luc Specimen", "文化局長", "Director of Culture", "見本県", "FR", 2),
    ("guest", "Marie Muster", "都市計画局長", "Director of Planning", "見本市", "BE", 3),
    ("interpreter", "見本 通", "通訳", "Interpreter", None, None, None),
)
STOPS = (
    ("2026-06-15", "10:00", "東京", "架空協会", "概要の説明"),
    ("2026-06-16", "14:00", "金沢", None, "市長への表敬"),
    ("2026-06-17", "10:00", "金沢", "架空工芸館", "工芸の継承の視察"),
)


def play(stage: Stage, cast: Cast, out: Path) -> None:
    stage.act("海外自治体の幹部を招くセミナー", "A seminar for senior officials from abroad")
    add(cast.officer, "missions", code=MISSION, programme="senior_official_seminar", office_code=OFFICE,
        title_ja="海外自治体幹部交流協力セミナー", title_en="Seminar for senior officials", starts_on="2026-06-15",
        ends_on="2026-06-18", places=["東京", "金沢"], countries=["FR", "BE"], host_code=KANAZAWA)  # fmt: skip
    for number, (capacity, name, title, title_en, body, country, rank) in enumerate(MEMBERS, start=1):
        add(cast.officer, "mission-members", mission_code=MISSION, number=number, capacity=capacity, name=name, title=title,
            title_en=title_en, affiliation=body, country=country, protocol_rank=rank)  # fmt: skip
    for number, (day, at, place, receiver, purpose) in enumerate(STOPS, start=1):
        code = None if receiver else KANAZAWA
        add(cast.officer, "mission-stops", mission_code=MISSION, number=number, held_on=day, begins_at=at, place=place,
            receiver=receiver, organisation_code=code, purpose=purpose)  # fmt: skip
    taking_part = cast.officer.get("/events/v1/mission-members", {"mission": MISSION, "takes_part": True})[
        "items"
    ]
    add(cast.officer, "attendance-counts", code=f"{MISSION}-P", mission_code=MISSION, subject="participants",
        value=len(taking_part), unit="名", method="list")  # fmt: skip
    answer = figures(cast.headquarters, "senior-official-seminars")
    stage.expect("参加者（通訳を除く）", "who takes part, the interpreter not among them",
                 totals(answer)["participants", "sum"], len(MEMBERS) - 1)  # fmt: skip
    path = folder(out) / "programme-sheet.pdf"
    cast.officer.download(f"/events/v1/missions/{MISSION}/programme-sheet", path)
    stage.wrote(path)
