"""Facts of the tables of missions, as files that are loaded in this order.

What a table does not say is made up: codes, and of which bodies the participants of the global training are.
"""

from typing import Any

from tests.support.report_tables import Line, local_governments, printed

Rows = list[dict[str, Any]]
TABLES = ("17", "32", "33", "34", "35", "63", "79", "84")
OFFICES = {
    "ニューヨーク": "new_york", "ロンドン": "london", "パリ": "paris", "シンガポール": "singapore", "シドニー": "sydney",
    "北京": "beijing",
}  # fmt: skip
TRAINED = ("札幌市", "青森県", "静岡県三島市", "島根県出雲市", "兵庫県養父市")
ASSOCIATIONS = {f"KYOKAI-{number}": f"架空国際化協会{number}" for number in (1, 2, 3)}
COUNTRIES = ("VN", "TH")
NAMES = (*(row["host"] for row in printed("63")), *(row["body"] for row in printed("84")), *TRAINED)
# a municipality is printed with its prefecture
PREFECTURES = ("静岡県", "島根県", "兵庫県", "山口県")
STATED = {
    "code": "SENIOR-OFFICIALS-2024", "statistic": "senior-official-seminars", "fiscal_year": "2024",
    "label_ja": "参加国", "label_en": "Countries", "value": "15", "unit": "か国", "qualifier": "exact", "source": "4.2(1)",
}  # fmt: skip


def _mission(table: str, programme: str, row: Line, number: str = "row_no", **given: str) -> dict[str, Any]:
    day = row.get("visited_on", "")
    return {
        "code": f"M{table}-{int(row[number]):02}", "programme": programme, "title_ja": "架空の派遣",
        "starts_on": row.get("date_start", day), "ends_on": row.get("date_end", day),
    } | given  # fmt: skip


def _missions() -> Rows:
    code = {name: row["code"] for name, row in local_governments().items()}
    made = [
        _mission("17", "food_culture_tour", row, places=row["places"], markets=row["target_markets"])
        for row in printed("17")
    ]
    made += [
        _mission("32", "hands_on_school", row, places=row["place"], content=row["topic"])
        for row in printed("32")
    ]
    for table, programme in (("33", "uk_policy_exchange"), ("34", "australia_policy_exchange")):
        made += [
            _mission(table, programme, row, content=row["content"], and_others="true")
            for row in printed(table)
        ]
    made += [
        _mission(
            "63", "senior_official_seminar", row, office_code=OFFICES[row["overseas_office"]], host_code=code[row["host"]]
        )
        for row in printed("63")
    ]  # fmt: skip
    made += [
        _mission(
            "79", "global_training", row, title_ja=row["programme"], places=row["places"], countries=";".join(COUNTRIES),
            audience=row["audience"],
        )
        for row in printed("79")
    ]  # fmt: skip
    made += [
        _mission(
            "84", "council_visit", row, "visit_no", host_code=code[row["body"]], host_role=row["body_role"]
        )
        for row in printed("84")
    ]
    columns = dict.fromkeys(name for row in made for name in row)
    return [{name: row.get(name, "") for name in columns} for row in made]


def _counts() -> Rows:
    of = (
        ("17", "invitees"),
        ("32", "participants"),
        ("33", "participants"),
        ("34", "participants"),
        ("63", "participants"),
    )
    return [
        {"code": f"C{table}-{row['row_no']}", "mission_code": f"M{table}-{int(row['row_no']):02}", "subject": subject,
         "unit": "名", "value": row[subject], "qualifier": "exact"}
        for table, subject in of
        for row in printed(table)
    ]  # fmt: skip


def _members() -> Rows:
    code = {name: row["code"] for name, row in local_governments().items()}
    # the second of an association, too
    bodies = [*(code[name] for name in TRAINED), *ASSOCIATIONS, next(iter(ASSOCIATIONS))]
    made = [
        {"mission_code": "M79-01", "number": str(number), "capacity": "participant", "name": f"見本 {number}",
         "organisation_code": body, "title": "", "protocol_rank": "", "person_number": ""}
        for number, body in enumerate(bodies, 1)
    ]  # fmt: skip
    for row in printed("84"):
        travellers = zip(row["traveller_titles"].split(";"), row["traveller_keys"].split(";"), strict=True)
        made += [
            {"mission_code": f"M84-{int(row['visit_no']):02}", "number": str(rank), "capacity": "traveller", "name": "",
             "organisation_code": "", "title": title, "protocol_rank": str(rank), "person_number": key}
            for rank, (title, key) in enumerate(travellers, 1)
        ]  # fmt: skip
    return made


def _hosts() -> Rows:
    of = {"英国": "M33-01", "豪州": "M34-01"}
    return [
        {"mission_code": of[row["programme"]], "number": row["seq"], "name": row["host"]}
        for row in printed("35")
    ]


def files() -> dict[str, Rows]:
    return {
        "missions": _missions(),
        "mission-members": _members(),
        "mission-hosts": _hosts(),
        "attendance-counts": _counts(),
        "stated-figures": [STATED],
    }
