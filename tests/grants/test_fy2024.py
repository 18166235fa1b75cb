"""Tables 11, 12 and 61 of the FY2024 business report: adopted projects, from applications on paper through the panel, the
decision and the awards to the printed lines, each step by the interface."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from migrations.run import Sandbox, reopen_sandbox
from tests.grants.deciding import budget
from tests.grants.reviewing import RUBRIC
from tests.support.database import Databases
from tests.support.grants import Grants, done, grants_over
from tests.support.serving import Caller

FIXTURES = Path(__file__).parents[1] / "fixtures/fy2024"
AUTUMN = datetime(2023, 10, 2, 9, tzinfo=timezone(timedelta(hours=9)))
CLOSES, PUBLIC = "2023-11-01T00:00:00+09:00", "2024-04-01T10:00:00+09:00"
PLANNED = 30_000_000
# of each table its programme and category
TABLES = {
    "11-economic_grants_sales_channels": ("KEIZAI", "sales_channels"),
    "12-economic_grants_inbound": ("KEIZAI", "inbound"),
    "61-cooperation_model_grants": ("MODEL", None),
}
SECTIONS = {"KEIZAI": "grants-economy", "MODEL": "grants-exchange"}
CODES = {
    "岩手県": "030007", "秋田県": "050008", "千葉県": "120006", "福井県": "180009", "静岡県": "220001", "奈良県": "290009",
    "静岡市": "221007", "浜松市": "221309", "青森県八戸市": "022039", "福島県郡山市": "072036", "山口県萩市": "352047",
    "鹿児島県薩摩川内市": "462152", "新潟県": "150002", "三重県鳥羽市": "242110", "神奈川県": "140007", "宮崎県": "450006",
    "福岡県北九州市": "401005", "北海道白老町": "015784", "広島県神石高原町": "345458", "山口県宇部市": "352021",
    "神戸国際コミュニティセンター": "S00001",
}  # fmt: skip
LAST = {"市": "city", "町": "town"}
COUNTRIES = {"ベトナム": "VN", "インドネシア": "ID", "パラグアイ": "PY", "ネパール": "NP"}
OTHERS = "不採択の事業"
MINISTRY = Caller("ministry", "ministry")


def printed(table: str) -> list[dict[str, str]]:
    with (FIXTURES / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return [
            {name: value for name, value in row.items() if name != "source_section"}
            for row in csv.DictReader(lines)
        ]


def kind(row: dict[str, str]) -> str:
    """Of an organisation: the report says no more than municipality."""
    stated = row["applicant_type"]
    return LAST[row["applicant"][-1]] if stated == "municipality" else stated


class Year:
    """Two programmes of two sections, each with a round for 2024 that is announced in the autumn before."""

    def __init__(self, grants: Grants) -> None:
        self.grants = grants
        self.officers = {of: grants.officer(section) for of, section in SECTIONS.items()}
        self.amounts: dict[str, int] = {}
        self.entered: dict[str, list[tuple[str, str]]] = {of: [] for of in SECTIONS}
        self.selections: dict[str, str] = {}
        self.deciders: dict[str, Caller] = {}
        grants.sql(
            "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES "
            + ", ".join(f"('{code}', '{code}X', '{name}', 'x')" for name, code in COUNTRIES.items())
        )
        for of in SECTIONS:
            self._announced(of)
        self._organisations([row for table in TABLES for row in printed(table)])

    def _announced(self, of: str) -> None:
        grants, officer, edition = self.grants, self.officers[of], f"{of}-2024"
        grants.programme(officer, SECTIONS[of], code=of)
        grants.edition(officer, of, code=edition, fiscal_year=2024)
        for category in (two for one, two in TABLES.values() if one == of and two is not None):
            grants.made(
                "edition_categories", officer, edition_code=edition, code=category, name_ja=category, name_en="x"
            )  # fmt: skip
        rules = grants.rules(
            officer, edition, applicants={"kinds": ["prefecture", "designated_city", "city", "town", "association"]},
            cost_categories=[{"code": "travel", "ja": "旅費", "en": "Travel"}],
        )  # fmt: skip
        line = {"fiscal_year": 2024, "section": SECTIONS[of], "name_ja": "助成金", "name_en": "Grants"}
        grants.made("budget_lines", officer, code=f"{of}-LINE", **line)
        done(grants.act("budget_lines", "plan", f"{of}-LINE", officer, planned_yen=PLANNED))
        grants.made(
            "rounds", officer, code=f"{edition}-1", edition_code=edition, number=1, rules_code=rules["code"],
            opens_at=(AUTUMN + timedelta(days=1)).isoformat(), closes_at=CLOSES, publish_at=PUBLIC,
            projects_from="2024-04-01", projects_to="2025-03-31", budget_line_code=f"{of}-LINE",
        )  # fmt: skip
        done(grants.act("rounds", "announce", f"{edition}-1", officer))

    def _organisations(self, rows: list[dict[str, str]]) -> None:
        found = {row["applicant"]: kind(row) for row in rows}
        self.grants.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) VALUES "
            + ", ".join(f"('{CODES[name]}', '{name}', '{of}', '')" for name, of in found.items())
        )

    def applied(self, table: str, row: dict[str, str]) -> None:
        """By post: written down by an officer, with the instant at which it arrived."""
        of, category = TABLES[table]
        title, officer = row["project_name"], self.officers[of]
        asked = self.amounts[title] = 1_000_000 + 1_000 * len(self.amounts)
        body = {
            "round_code": f"{of}-2024-1", "organisation_code": CODES[row["applicant"]], "channel": "mail",
            "title": title, "department": row.get("department") or "国際課", "category_code": category,
            "project_number": int(row["row_no"]) + (20 if category == "inbound" else 0), "budget": budget(asked),
            "country_codes": [code for name, code in COUNTRIES.items() if name in title],
        }  # fmt: skip
        made = str(self.grants.made("applications", officer, **body)["id"])
        arrived = self.grants.now().isoformat()
        done(self.grants.act("applications", "enter", made, officer, channel="mail", arrived_at=arrived))
        self.entered[of].append((made, title))

    def decided(self, of: str) -> None:
        """The panel ranks what arrived, one draws up what is selected, and another decides."""
        grants, officer = self.grants, self.officers[of]
        reviewer = grants.officer(SECTIONS[of])
        panel = grants.made("panels", officer, round_code=f"{of}-2024-1", rubric=RUBRIC | {"quorum": 1})["id"]
        done(grants.act("panels", "add_member", panel, officer, person_id=str(reviewer.person)))
        for made, title in self.entered[of]:
            done(grants.act("applications", "accept", made, officer))
            given = {"application_id": made, "reviewer_id": str(reviewer.person)}
            review = done(grants.act("panels", "assign", panel, officer, **given))["id"]
            scores = {"effect": 0 if title == OTHERS else 5, "plan": 5}
            done(grants.act("reviews", "seal", review, reviewer, scores=scores))
        done(grants.act("panels", "rank", panel, officer))
        self.selections[of] = grants.made("selections", officer, round_code=f"{of}-2024-1")["id"]
        params = {"round_code": f"{of}-2024-1", "limit": 500}
        for entry in done(grants.call("selection_entries_list", officer, params=params))["items"]:
            if entry["application_id"] in {made for made, title in self.entered[of] if title == OTHERS}:
                no = {"standing": "not_selected", "amount_yen": 0, "reason": "評点"}
                done(grants.change("selection_entries", entry["id"], officer, **no))
        done(grants.act("selections", "decide", self.selections[of], reviewer))
        self.deciders[of] = reviewer

    def at(self, instant: str) -> None:
        self.grants.sql(f"UPDATE platform.clock SET offset_by = '{instant}'::timestamptz - now()")

    def awarded(self) -> None:
        for of, selection in self.selections.items():
            given = {"appropriated_yen": PLANNED, "appropriated_on": "2024-03-18"}
            done(self.grants.act("budget_lines", "appropriate", f"{of}-LINE", self.officers[of], **given))
            done(self.grants.act("selections", "award", selection, self.deciders[of], application_ids=[]))


@pytest.fixture(scope="module")
def year(databases: Databases) -> Iterator[Year]:
    with databases.fresh() as postgres:
        reopen_sandbox(postgres.url(), Sandbox(clock=AUTUMN, go_live_at=AUTUMN))
        with grants_over(postgres) as grants:
            made = Year(grants)
            grants.advance(2)
            for table in TABLES:
                rows = printed(table)
                # the order of arrival is another than that of the lines
                for row in sorted(rows, key=lambda row: row["project_name"]):
                    made.applied(table, row)
                made.applied(table, rows[0] | {"project_name": OTHERS, "row_no": "70"})
            made.at(CLOSES)
            for of in SECTIONS:
                made.decided(of)
            yield made


def test_the_tables_come_out_as_printed(year: Year) -> None:
    grants = year.grants

    def listed(table: str) -> list[dict[str, Any]]:
        of, category = TABLES[table]
        params = {"fiscal_year": 2024, "programme_code": of, "sort": "row_no", "limit": 500}
        params |= {"category_code": category} if category else {}
        items: list[dict[str, Any]] = done(grants.call("public_awards_list", None, params=params))["items"]
        return items

    def told(table: str, **more: Any) -> dict[str, Any]:
        of, category = TABLES[table]
        params = {"fiscal_year": 2024, "programme_code": of} | more
        params |= {"category_code": category} if category else {}
        path = {"name": "adopted-grants"}
        found: dict[str, Any] = done(grants.call("statistics_read", MINISTRY, path=path, params=params))
        return found

    assert [listed(table) for table in TABLES] == [[], [], []]
    assert [told(table)["cells"] for table in TABLES] == [[], [], []]
    year.at(PUBLIC)
    assert {one["state"] for table in TABLES for one in listed(table)} == {"selected"}
    year.awarded()
    for table in TABLES:
        rows = printed(table)
        assert [
            (str(one["row_no"]), one["title"], one["organisation_name"], one["organisation_kind"], one["amount_yen"],
             one["state"])
            for one in listed(table)
        ] == [
            (row["row_no"], row["project_name"], row["applicant"], kind(row), year.amounts[row["project_name"]],
             "awarded")
            for row in rows
        ]  # fmt: skip
        found = told(table)
        shown = [
            {name: "" if cell[name] is None else str(cell[name]) for name in found["dimensions"]}
            for cell in found["cells"]
        ]
        # two tables print no department, for each applicant has one line
        assert shown == [{"department": ""} | row for row in rows]
        assert [cell["value"] for cell in found["cells"]] == [1] * len(rows)
        assert [total["value"] for total in found["totals"]] == [len(rows)]
        by_type = told(table, dimensions="applicant_type")["cells"]
        counted = Counter(row["applicant_type"] for row in rows)
        assert {cell["applicant_type"]: cell["value"] for cell in by_type} == counted
        # the line behind a cell is there for everybody
        last = found["cells"][-1]
        behind = done(grants.served.call("grants_public_awards_list", None, url=last["records"]))["items"]
        assert [one["title"] for one in behind] == [rows[-1]["project_name"]]


def test_applications_of_the_year_are_counted(year: Year) -> None:
    grants = year.grants
    grants.sql(f"UPDATE platform.clock SET offset_by = greatest(offset_by, '{PUBLIC}'::timestamptz - now())")
    params = {"fiscal_year": 2024, "dimensions": "grant_programme,category"}
    path = {"name": "grant-applications"}
    found = done(grants.call("statistics_read", MINISTRY, path=path, params=params))
    counted = {
        (cell["grant_programme"], cell["category"]): cell["value"]
        for cell in found["cells"]
        if cell["metric"] == "adopted"
    }
    assert counted == {of: len(printed(table)) for table, of in TABLES.items()}
    totals = {one["metric"]: one["value"] for one in found["totals"]}
    assert totals == {"received": 25, "adopted": 22, "declined": 0, "withdrawn": 0, "not_adopted": 3}
