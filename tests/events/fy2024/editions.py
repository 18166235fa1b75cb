"""What the open tables of editions print, as records in the files that an office would send: nobody is named in them."""

from typing import Any

from tests.support.report_tables import local_governments, printed

Row = dict[str, Any]
OFFICES = {
    "ニューヨーク": "new_york", "ロンドン": "london", "パリ": "paris", "シンガポール": "singapore", "ソウル": "seoul", "シドニー": "sydney",
    "北京": "beijing",
}  # fmt: skip
ZONES = {
    None: "Asia/Tokyo", "new_york": "America/New_York", "london": "Europe/London", "paris": "Europe/Paris",
    "singapore": "Asia/Singapore", "seoul": "Asia/Seoul", "sydney": "Australia/Sydney", "beijing": "Asia/Shanghai",
}  # fmt: skip
KINDS = ("events", "editions", "legs", "talks", "edition-participants", "attendance-counts")
MODES = {"現地": "on_site", "オンライン": "online", "現地及びオンライン": "hybrid"}
SURE = {"": "exact", "約": "about", "以上": "at_least"}
COUNTRIES = {"日本": "JP", "フランス": "FR", "中国": "CN", "韓国": "KR"}
PREFECTURES = ("静岡県", "滋賀県", "奈良県", "兵庫県", "島根県", "山口県", "香川県")
NAMES = (*PREFECTURES, *(row["municipality"] for row in printed("10b")))
TABLES = (
    "02", "02a", "03", "03a", "04", "04a", "05", "05a", "10", "10a", "10b", "15", "15a", "22", "23", "24", "26", "27", "28",
    "31", "36", "42", "60", "60a", "62", "62a", "64", "64a",
)  # fmt: skip
# of one line of the report each: its programme and its office
SEMINARS = {
    "02": ("economic_seminar", None), "03": ("economic_seminar", "new_york"), "04": ("economic_seminar", "london"),
    "05": ("economic_seminar", "paris"), "60": ("exchange_seminar", None), "62": ("cooperation_seminar", None),
}  # fmt: skip
SESSIONS = {
    "22": ("disaster_training", "online"), "23": ("disaster_training", "on_site"), "24": ("external_promotion", "on_site"),
    "26": ("multicultural_training", "on_site"), "31": ("promotion_workshop", None), "36": ("opinion_exchange", None),
    "42": ("association_training", None), "64": ("exchange_conference", "on_site"),
}  # fmt: skip
IN_PARTS = {"27": "multicultural_manager", "28": "collaboration_workshop"}


class Files:
    """The rows of each kind of import, in the order in which they are loaded."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        self._known = local_governments()

    def edition(
        self, number: str, row: str, programme: str, office: str | None, title: str, **given: Any
    ) -> str:
        code = f"T{number}-{row}"
        name = given.pop("name_ja", title)
        self.rows["events"].append(
            {"code": code, "programme": programme, "office_code": office, "name_ja": name}
        )
        self.rows["editions"].append(
            {"code": code, "event_code": code, "fiscal_year": 2024, "title_ja": title} | given
        )
        return code

    def leg(self, edition: str, office: str | None, row: Row, number: int = 1, **given: Any) -> str:
        code = f"{edition}-{number}"
        told = {
            "code": code, "edition_code": edition, "number": number, "time_zone": ZONES[office],
            "starts_on": row["date_start"], "ends_on": row["date_end"], "place": row.get("place") or None,
            "country_printed": row.get("country_printed") or None, "topic": row.get("topic"),
            "mode": MODES.get(row.get("method", "")),
        }  # fmt: skip
        self.rows["legs"].append(told | given)
        return code

    def count(self, subject: str, value: str | int, **given: Any) -> None:
        code = f"N{len(self.rows['attendance-counts']) + 1:03d}"
        told = {"code": code, "subject": subject, "value": int(value), "unit": "名"}
        self.rows["attendance-counts"].append(told | given)

    def talk(self, edition: str, number: int, **given: Any) -> None:
        said = {name: value or None for name, value in given.items()}
        self.rows["talks"].append({"edition_code": edition, "number": number} | said)

    def joins(self, edition: str, seq: int, name: str, **given: Any) -> None:
        told = {"edition_code": edition, "organisation_code": self._known[name]["code"], "seq": seq}
        self.rows["edition-participants"].append(told | given)


def _titles(number: str, row: Row) -> Row:
    if number == "03":
        return {"title": row["theme_ja"], "title_en": row["theme"]}
    title = row.get("theme") or row.get("training_name") or row.get("event_name") or row.get("topic")
    return {"title": title or row["topics"]}


def _seminars(files: Files) -> None:
    for number, (programme, office) in SEMINARS.items():
        for row in printed(number):
            series: Row = {"series_number": int(row["series_no"])} if "series_no" in row else {}
            code = files.edition(number, row["row_no"], programme, office, **_titles(number, row), **series)
            files.leg(code, office, row, mode="online")
            files.count("participants", row["participants"], edition_code=code)
        for row in printed(f"{number}a"):
            files.talk(
                f"T{number}-{row['seminar_row_no']}", int(row.get("talk_no") or row["item_no"]), label=row["label"],
                title=row.get("talk_title") or row.get("title"), presenter=row.get("presenter"),
            )  # fmt: skip


def _sessions(files: Files) -> None:
    for number, (programme, mode) in SESSIONS.items():
        for row in printed(number):
            given: Row = {
                "host": row.get("host"),
                "content": row.get("booth"),
                "audience": row.get("audience"),
            }
            if number == "24":
                given["part"] = "joined"
            if number == "64":
                given |= {"name_ja": row["conference"], "series_number": int(row["edition"])}
            code = files.edition(number, row["row_no"], programme, None, **_titles(number, row), **given)
            files.leg(code, None, row, mode=mode or MODES[row["method"]])
            for place, topic in enumerate(row.get("topics", "").split(";"), 1):
                if topic:
                    files.talk(code, place, title=topic)
            if number == "64":
                continue
            sure = {"qualifier": SURE[row["qualifier"]], "method": "organiser"} if number == "24" else {}
            files.count("participants", row["participants"], edition_code=code, **sure)
            if "recording_views" in row:
                files.count("recording_views", row["recording_views"], edition_code=code, unit="回")
    for row in printed("64a"):
        of = {"edition_code": f"T64-{row['row_no']}", "country": COUNTRIES[row["country"]]}
        files.count("participants", row["participants"], **of)


def _in_parts(files: Files) -> None:
    for number, programme in IN_PARTS.items():
        rows = printed(number)
        code = files.edition(number, "1", programme, None, "2部の研修", listing="each_leg", counted_at="leg")
        for row in rows:
            part = int(row["part_no"])
            of = files.leg(code, None, row, part, content=row.get("content"), format=row.get("format"))
            files.count("participants", row["participants"], leg_code=of)
    files.count("certified", printed("27")[0]["participants"], edition_code="T27-1")


def _abroad(files: Files) -> None:
    for number, legs, programme in (("10", "10a", "media_promotion"), ("15", "15a", "joined_economic_event")):
        offices = {}
        for row in printed(number):
            office = offices[row["row_no"]] = OFFICES[row["overseas_office"]]
            title = row.get("name") or row["event_name"]
            part = "joined" if number == "15" else "hosted"
            files.edition(
                number, row["row_no"], programme, office, title, content=row.get("media"), part=part
            )
        for row in printed(legs):
            place = int(row.get("period_no") or row["occurrence_no"])
            files.leg(f"T{number}-{row['row_no']}", offices[row["row_no"]], row, place)
    for row in printed("10b"):
        files.joins(f"T10-{row['row_no']}", int(row["seq"]), row["municipality"])


def files() -> dict[str, list[Row]]:
    made = Files()
    _seminars(made)
    _sessions(made)
    _in_parts(made)
    _abroad(made)
    made.rows["stated-figures"] = [
        {
            "code": "S27", "statistic": "multicultural-managers", "fiscal_year": 2024, "label_ja": "累計認定者数",
            "label_en": "Certified in all", "value": 759, "unit": "名", "source": "令和6年度事業報告書 2.3(1)",
        }
    ]  # fmt: skip
    # 1.1(5): planned, and not held
    made.edition(
        "06", "1", "economic_seminar", "singapore", "シンガポール事務所主催セミナー", standing="postponed",
        standing_reason="会場の都合", next_plan="翌年6月に開催",
    )  # fmt: skip
    return made.rows
