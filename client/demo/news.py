"""A newsletter, the readings of month ends of which one is missing, and the change on the year."""

from pathlib import Path

from client.demo.abroad import OFFICE, QUARTER_ENDED_AT, YEAR, Cast, add
from client.demo.calls import move_clock
from client.demo.stage import Stage

NEWSLETTER, BEFORE = "PARIS-NEWS", 41
MAIL, ACCOUNT = "PARIS-MAIL-READERS", "CLAIR-SNS-FOLLOWERS"
READERS = {"2026-04-30": 1204, "2026-06-30": 1251}
MISSED, FOUND = "2026-05-31", 1226
FOLLOWERS = {"2025-03-31": 4120, "2026-03-31": 4515}
STATES = {"read": "入力済み", "late": "遅れて入力", "missing": "未入力"}


def play(stage: Stage, cast: Cast, _: Path) -> None:
    stage.act("ニューズレターと月末の指標", "A newsletter, and the readings of month ends")
    move_clock(stage, cast.registrar, QUARTER_ENDED_AT)
    _issued(stage, cast)
    _read(stage, cast)
    _changed(stage, cast)


def _issued(stage: Stage, cast: Cast) -> None:
    add(cast.officer, "publications", code=NEWSLETTER, kind="newsletter", office_code=OFFICE, name_ja="見本だより",
        name_en="Sample Letter", frequency="季刊", cumulative_before=BEFORE, cumulative_year=YEAR - 1)  # fmt: skip
    add(cast.officer, "issues", code=f"{NEWSLETTER}-{BEFORE + 1}", publication_code=NEWSLETTER, number=BEFORE + 1,
        published_on="2026-06-15", title_ja="2都市の物産展", article_count=4)  # fmt: skip
    told = cast.officer.get(f"/events/v1/publications/{NEWSLETTER}")["cumulative"]
    stage.expect("ニューズレターの通算号数", "issues so far", told, BEFORE + 1)


def _read(stage: Stage, cast: Cast) -> None:
    add(cast.officer, "media-channels", code="PARIS-MAIL", office_code=OFFICE, kind="mail_list",
        name_ja="パリ事務所の配信リスト", name_en="Mailing list of the Paris office")  # fmt: skip
    add(cast.officer, "channel-metrics", code=MAIL, channel_code="PARIS-MAIL", name_ja="登録者数", name_en="Readers",
        unit="名", owner="所長補佐", due="month_end", starts_on="2026-04-01")  # fmt: skip
    for day, value in READERS.items():
        add(cast.officer, "metric-readings", metric_code=MAIL, read_on=day, value=value)
    stage.expect("5月末は未入力のまま（前月の値で埋めない）", "the end of May is missing, and not filled in",
                 _due(cast), ("入力済み 1204", "未入力", "入力済み 1251"))  # fmt: skip
    add(
        cast.officer,
        "metric-readings",
        metric_code=MAIL,
        read_on=MISSED,
        value=FOUND,
        source="配信サービスの月次の控え",
    )
    stage.expect("控えから入力した後", "entered from the service's own record",
                 _due(cast), ("入力済み 1204", "入力済み 1226", "入力済み 1251"))  # fmt: skip


def _due(cast: Cast) -> tuple[str, ...]:
    found = cast.officer.get("/events/v1/readings-due", {"metric": MAIL, "sort": "due_on"})["items"]
    return tuple(f"{STATES[one['state']]} {one['value'] or ''}".strip() for one in found)


def _changed(stage: Stage, cast: Cast) -> None:
    """Of an account of headquarters, by the days on which the report's figures are read."""
    clair = cast.headquarters
    add(clair, "media-channels", code="CLAIR-SNS", kind="sns", name_ja="見本SNS", name_en="Sample network")
    add(clair, "channel-metrics", code=ACCOUNT, channel_code="CLAIR-SNS", name_ja="フォロワー数", name_en="Followers",
        unit="名", owner="経済交流課", due="fiscal_year_end", starts_on="2025-03-31")  # fmt: skip
    for day, value in FOLLOWERS.items():
        add(clair, "metric-readings", metric_code=ACCOUNT, read_on=day, value=value)
    cells = clair.get("/events/v1/statistics/sns-followers", {"fiscal_year": YEAR - 1})["cells"]
    told = {one["metric"]: one["value"] for one in cells}
    before, now = FOLLOWERS.values()
    stage.expect("本部のSNS：年度末 / 前年度末 / 増減", "headquarters' account: year end, the one before, the change",
                 (told["count"], told["previous_year"], told["change_on_previous_year"]), (now, before, now - before))  # fmt: skip
